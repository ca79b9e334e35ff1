"""Verificatum's dialect of our prover of shuffles: what it hashes, and how the proof is written.

Masks are longer than what they hide by what the session says, and by 128 bits at least.

Source: ``docs/verificatum.md``, section 8; ``hvzk/PoSBasicTW.java``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Row
from evote.crypto.group import Element
from evote.crypto.vector import Vector
from evote.formats.verificatum.byte_tree import Tree, node
from evote.formats.verificatum.lists import Ciphertexts, JointKey, Layout
from evote.formats.verificatum.oracle import Challenger
from evote.formats.verificatum.records import write_element, write_scalar, write_scalars, write_vector
from evote.formats.verificatum.shapes import write_product
from evote.formats.verificatum.shuffle import statement
from evote.mixnet.columns import RawVector, multiplied, raw_vector
from evote.mixnet.draws import new_seed
from evote.mixnet.offline import Ahead, made_ahead
from evote.mixnet.terelius_wikstrom import offline
from evote.mixnet.terelius_wikstrom.proof import SLACK_BITS, Commitment, Lengths, Reply
from evote.mixnet.terelius_wikstrom.prover import Proving


@dataclass(frozen=True, slots=True)
class Written:
    """A shuffle and its proof as trees."""

    after: Ciphertexts
    u: bytes
    commitment: bytes
    reply: bytes


@dataclass(frozen=True, slots=True)
class Shuffler:
    """Who shuffles in a session; ``slack`` is its n_r. The workers of an ``executor`` see secrets."""

    layout: Layout
    challenger: Challenger
    slack: int
    key: JointKey
    arithmetic: Arithmetic
    executor: Executor | None = None

    @property
    def workers(self) -> Executor | None:
        """Who may see secrets."""
        return self.executor if self.arithmetic is Arithmetic.FAST else None

    @property
    def keys(self) -> Sequence[Element]:
        """The key of each column."""
        return self.key.y * self.layout.width

    @property
    def lengths(self) -> Lengths:
        """The lengths of the proofs' integers."""
        return Lengths(self.challenger.e_bits, self.challenger.v_bits, max(self.slack, SLACK_BITS))

    def read(self, tree: Tree) -> Ciphertexts:
        """Return the list in a file, every item proved a member; the `DecodeError` for one that is none names it."""
        listed = self.layout.ciphertexts(tree)
        c1, c2 = (tuple(RawVector(v.group, v.raws(), v.name) for v in half) for half in (listed.c1, listed.c2))
        return replace(listed, c1=c1, c2=c2)

    def shuffle(self, before: Ciphertexts, h: Vector) -> Written:
        """Return a new shuffle of a list that was `read`, h being its generators."""
        ahead = self._prepare(h)
        columns = self.reencrypted(before, ahead.witness.permutation, ahead.factors)
        half = len(columns) // 2
        after = self.layout.write_ciphertexts(columns[:half], columns[half:])
        dialect = Dialect(self, before, after, h)
        proving = Proving(h, lambda: columns, ahead.witness, self.lengths, self.arithmetic, self.workers)
        proof = proving.proved(ahead.proof.take(), dialect)
        return Written(after, write_vector(proof.u), dialect.commitment, write_reply(self.layout, proof.reply))

    def _prepare(self, h: Vector) -> Ahead:
        def share(permutation: Sequence[int], s: Sequence[int]) -> tuple[offline.PreparedProof, list[Element]]:
            arguments = self.lengths, self.arithmetic, new_seed(), self.workers, s
            return offline.prepare(self.keys, h, permutation, *arguments)

        return made_ahead(self.keys, len(h), share, self.arithmetic, self.workers)

    def reencrypted(self, before: Ciphertexts, pi: Sequence[int], factors: Sequence[Vector]) -> list[RawVector]:
        """Return the columns of the second list, first halves and then second halves, as the factors are."""
        group = self.layout.group
        places = sorted(range(len(pi)), key=pi.__getitem__)  # of input i in the output
        columns = []
        for column, half in zip(factors, (*before.c1, *before.c2), strict=True):
            raws = column.raws()
            made = multiplied(RawVector(group, [raws[j] for j in places]), half, self.workers)
            # w'_j = w_pi(j) (g, y)^s_pi(j)
            columns.append(raw_vector(group, [made[i] for i in pi]))
        return columns


def write_reply(layout: Layout, reply: Reply) -> bytes:
    """Return a reply's tree, without k_F if there is no list."""
    group = layout.group
    k_a, k_c, k_d, *k_f = (write_scalar(k, group) for k in (reply.k_A, reply.k_C, reply.k_D, *reply.k_F))
    k_e = write_scalars([k % group.order for k in reply.k_E], group)
    wide = [write_product(layout.wide, iter(k_f))] if k_f else []
    return node(k_a, write_scalars(reply.k_B, group), k_c, k_d, k_e, *wide)


def write_commitment(layout: Layout, c: Commitment) -> bytes:
    """Return a commitment's tree, without F' if there is no list."""
    return node(
        write_vector(c.B),
        write_element(c.A_prime),
        write_vector(c.B_prime),
        write_element(c.C_prime),
        write_element(c.D_prime),
        *([write_row(layout, c.F_prime)] if c.F_prime else []),
    )


def write_row(layout: Layout, row: Row) -> bytes:
    """Return the tree of a ciphertext."""
    halves = ((c.c1 for c in row), (c.c2 for c in row))
    return node(*(write_product(layout.wide, map(write_element, half)) for half in halves))


@dataclass(slots=True)
class Dialect:
    """Answers a prover, and keeps what it was told as it is written."""

    shuffler: Shuffler
    before: Ciphertexts
    after: Ciphertexts
    h: Vector
    commitment: bytes = b""
    seed: bytes = field(default=b"", repr=False)

    def batching_vector(self, u: Vector) -> list[int]:
        """Return e."""
        challenger, pk = self.shuffler.challenger, self.shuffler.key.widened(self.shuffler.layout.width)
        self.seed = challenger.seed(*statement(pk, self.h, write_vector(u), self.before, self.after))
        return challenger.batching_vector(self.seed, len(u))

    def challenge(self, commitment: Commitment) -> int:
        """Return v."""
        self.commitment = write_commitment(self.shuffler.layout, commitment)
        return self.shuffler.challenger.challenge(self.seed, self.commitment)
