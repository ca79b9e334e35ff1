"""A shuffle in two parts: a commitment to a permutation with its proof before there is a list, and the list's own.

What is prepared for N0 rows serves one shuffle, of at most N0: `PreparedShuffle` and `claim` see to that. The first
part of the proof (PoSC) is public once it is written; the permutation, and what opens the commitment, stay secret. Of N
rows that come, u keeps the entries that commit to the first N generators. The second part (CCPoS) has masks of its own.

Source: ``docs/verificatum.md``, section 9; ``hvzk/PoSCBasicTW.java``, ``CCPoSBasicW.java``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from evote.crypto.elgamal import Ciphertext, Row
from evote.crypto.group import Element, Group
from evote.crypto.secret import Secret
from evote.crypto.vector import Vector
from evote.errors import Refused
from evote.formats.verificatum.byte_tree import leaf, node, node_header
from evote.formats.verificatum.lists import Ciphertexts
from evote.formats.verificatum.prover import Shuffler, write_commitment, write_reply, write_row
from evote.formats.verificatum.records import (
    element_record,
    scalar_record,
    write_element,
    write_scalar,
    write_scalars,
    write_vector,
)
from evote.formats.verificatum.shapes import write_product
from evote.formats.verificatum.shuffle import statement
from evote.mixnet.draws import new_seed
from evote.mixnet.offline import LARGEST, PreparedShuffle, Purpose, made_ahead
from evote.mixnet.shuffle import ShuffleWitness
from evote.mixnet.terelius_wikstrom import offline
from evote.mixnet.terelius_wikstrom.offline import Masks, products_of
from evote.mixnet.terelius_wikstrom.proof import Commitment
from evote.mixnet.terelius_wikstrom.prover import Proving

PROOF = "verificatum PoSC"
BIN = 3  # bytes that msgpack puts before others, at most


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    r: list[bytes]
    u: bytes
    commitment: bytes
    reply: bytes


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Committed(Secret):
    """The permutation commitment u, opened by r, and its proof as trees."""

    r: list[int]
    u: Vector
    commitment: bytes
    reply: bytes

    def secret_bytes(self) -> bytes:
        """Return it as `restore` reads it."""
        r = [value.to_bytes(self.u.group.scalar_size, "big") for value in self.r]
        return msgspec.msgpack.encode(_Stored(r, self.u.data, self.commitment, self.reply))


def restore(data: bytes, group: Group, n: int, width: int) -> Committed:  # noqa: ARG001 - as `claim` calls it
    """Return what `Committed.secret_bytes` wrote; nothing of the bytes is checked."""
    stored = msgspec.msgpack.decode(data, type=_Stored)
    r = [int.from_bytes(value, "big") for value in stored.r]
    return Committed(r, Vector(group, stored.u, "u"), stored.commitment, stored.reply)


@dataclass(frozen=True, slots=True)
class WrittenAhead:
    """A shuffle and both parts of its proof as trees."""

    after: Ciphertexts
    u: bytes
    commitment: bytes
    reply: bytes
    kept: bytes
    consistency_commitment: bytes
    consistency_reply: bytes


def purpose_of(shuffler: Shuffler, auxsid: str, rows: int) -> Purpose:
    """Return what a shuffle of at most ``rows`` rows in this session is prepared for."""
    key, width = hashlib.sha256(shuffler.key.written).digest(), len(shuffler.keys)
    prefix = shuffler.challenger.prefix
    return Purpose(
        election=prefix, author="party 1", contest=auxsid, unit="", key=key, proof=PROOF, rows=rows, width=width
    )


def require(found: Purpose, wanted: Purpose, name: object) -> None:
    """Raise `Refused` if what is called ``name`` was prepared for something else, and say in what the two differ.

    The sessions of two lists cannot be compared: of a session there is one hash, over the auxsid, too.
    """
    if found.proof != wanted.proof:
        raise Refused(f"{name} was prepared for evote mix")
    session = "another session: protInfo.xml differs in version, sid, pgroup, a hash or a length"
    other_list = found.contest != wanted.contest
    differences = (
        (other_list, f"auxsid {found.contest}, not {wanted.contest}"),
        (not other_list and found.election != wanted.election, session),
        (found.width != wanted.width, f"rows of {found.width}, not {wanted.width}"),
        (found.key != wanted.key, "another public key"),
    )
    if different := [what for differs, what in differences if differs]:
        raise Refused(f"{name} was prepared for {'; '.join(different)}")
    found.require(wanted)


def stored_size(shuffler: Shuffler, rows: int) -> int:
    """Return how many bytes a prepared file for so many rows holds, or up to 640 more."""
    group = shuffler.layout.group
    element, scalar, columns = element_record(group).length, scalar_record(group).length, 2 * len(shuffler.keys)
    powers = columns * len(group.pack([group.generator.raw]))
    # r_j and u_j, B_i and B'_i, k_B,i and k_E,i
    proof = group.scalar_size + BIN + group.element_size + 2 * element + 2 * scalar
    return rows * (powers + proof) + 3 * (element + scalar) + 5 * columns + 640


def most_rows(shuffler: Shuffler) -> int:
    """Return how many rows a prepared file has room for."""
    empty = stored_size(shuffler, 0)
    return (LARGEST - empty) // (stored_size(shuffler, 1) - empty)


def prepare(shuffler: Shuffler, purpose: Purpose, h: Vector) -> PreparedShuffle:
    """Return a permutation commitment with its proof, and the powers that re-encrypt; h are N0 generators."""
    lengths, arithmetic, workers = shuffler.lengths, shuffler.arithmetic, shuffler.workers

    def share(permutation: Sequence[int], s: Sequence[int]) -> tuple[Committed, list[Element]]:
        prepared, powers = offline.prepare((), h, permutation, lengths, arithmetic, new_seed(), workers, s)
        ahead, dialect = prepared.take(), _CommitmentDialect(shuffler, h)
        witness = ShuffleWitness(permutation, [()] * len(h))
        proof = Proving(h, tuple, witness, lengths, arithmetic, workers).proved(ahead, dialect)
        reply = write_reply(shuffler.layout, proof.reply)
        return Committed(ahead.masks.r, proof.u, dialect.commitment, reply), powers

    return PreparedShuffle(purpose, made_ahead(shuffler.keys, len(h), share, arithmetic, workers))


class _CommitmentDialect:
    """What is hashed of a permutation commitment and its proof."""

    def __init__(self, shuffler: Shuffler, h: Vector) -> None:
        self._shuffler, self._h, self._seed, self.commitment = shuffler, h, b"", b""

    def batching_vector(self, u: Vector) -> list[int]:
        challenger, g = self._shuffler.challenger, write_element(u.group.generator)
        self._seed = challenger.seed(node_header(3), g, write_vector(self._h), write_vector(u))
        return challenger.batching_vector(self._seed, len(u))

    def challenge(self, commitment: Commitment) -> int:
        self.commitment = write_commitment(self._shuffler.layout, commitment)
        return self._shuffler.challenger.challenge(self._seed, self.commitment)


def shuffle(
    shuffler: Shuffler, before: Ciphertexts, h: Vector, prepared: PreparedShuffle, purpose: Purpose
) -> WrittenAhead:
    """Return the shuffle that was prepared; `Refused` for a longer list, another purpose, or the second time."""
    n = len(before)
    if n > purpose.rows:
        raise Refused(f"this was prepared for at most {purpose.rows} rows, not {n}")
    ahead, h = prepared.take(purpose), h.cut(0, n)
    committed: Committed = ahead.proof
    witness, kept = ahead.witness.cut(n)
    columns = shuffler.reencrypted(before, witness.permutation, [factors.cut(0, n) for factors in ahead.factors])
    after = shuffler.layout.write_ciphertexts(columns[: len(columns) // 2], columns[len(columns) // 2 :])
    encodings = committed.u.encodings()
    u = Vector(h.group, b"".join([encodings[i] for i in kept]), "u")
    proving = Proving(h, lambda: columns, witness, shuffler.lengths, shuffler.arithmetic, shuffler.workers)
    said = statement(shuffler.key.widened(shuffler.layout.width), h, write_vector(u), before, after)
    seed = shuffler.challenger.seed(*said)
    commitment, reply = _consistency(shuffler, proving, h, witness, committed.r[:n], seed)
    marked = set(kept)
    keep_list = leaf(bytes(i in marked for i in range(purpose.rows)))
    written = write_vector(committed.u)
    return WrittenAhead(after, written, committed.commitment, committed.reply, keep_list, commitment, reply)


def _consistency(
    shuffler: Shuffler, proving: Proving, h: Vector, witness: ShuffleWitness, r: list[int], seed: bytes
) -> tuple[bytes, bytes]:
    """Return commitment and reply of the CCPoS, whose statement has this seed."""
    layout, challenger, group, n = shuffler.layout, shuffler.challenger, h.group, len(h)
    drawn = Masks.drawn(group, n, len(shuffler.keys), shuffler.lengths.mask_bound(group), new_seed())
    masks = replace(drawn, r=r)
    e = challenger.batching_vector(seed, n)
    permuted = [e[i] for i in witness.permutation]
    a_prime, blinding = _opening(shuffler, masks, h)
    commitment = node(write_element(a_prime), write_row(layout, proving.f_prime(masks, blinding)))
    v = challenger.challenge(seed, commitment)
    k_a, k_e, k_b = proving.shuffled_reply(v, e, permuted, masks)
    trees = write_product(layout.wide, (write_scalar(k, group) for k in k_b))
    return commitment, node(write_scalar(k_a, group), trees, write_scalars([k % group.order for k in k_e], group))


def _opening(shuffler: Shuffler, masks: Masks, h: Vector) -> tuple[Element, Row]:
    """Return A' = g^alpha prod h_i^epsilon_i, and pk^-phi."""
    few = [masks.alpha, *(-phi for phi in masks.phi)]
    g_alpha, *g_phi = shuffler.arithmetic.powers(h.group.generator, few)
    (product,) = products_of(shuffler.arithmetic, [h], masks.epsilon, shuffler.workers)
    pairs = zip(g_phi, shuffler.keys, masks.phi, strict=True)
    return g_alpha * product, tuple(Ciphertext(power, y**-phi) for power, y, phi in pairs)
