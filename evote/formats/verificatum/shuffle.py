"""The proofs of shuffle of one party: over a whole list, or of a commitment made ahead and then of the list.

The equations are those of our own Terelius-Wikstrom verifier; what is here is how Verificatum writes them and what it
hashes. With precomputation u commits to a permutation of N0 items; a keep list thins it out to the N that came, which
are a permutation of the first N generators.

Source: ``docs/verificatum.md``, sections 8 and 9; ``hvzk/PoSBasicTW.java``, ``PoSCBasicTW.java``, ``CCPoSBasicW.java``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evote.crypto.elgamal import Row
from evote.crypto.equation import Equation, Family
from evote.crypto.group import Element
from evote.crypto.vector import Vector
from evote.formats.verificatum.byte_tree import Tree, node_header
from evote.formats.verificatum.directory import PROOFS, Directory
from evote.formats.verificatum.lists import Ciphertexts, JointKey, Layout
from evote.formats.verificatum.oracle import Challenger, Piece
from evote.formats.verificatum.records import (
    read_element,
    read_scalar,
    read_scalars,
    read_vector,
    write_element,
    write_vector,
)
from evote.mixnet.terelius_wikstrom.proof import Commitment, Proof, Reply
from evote.mixnet.terelius_wikstrom.verifier import Challenge, Named, opening, permutation, reencryption

Claims = Iterator[tuple[str, Equation | Family]]  # with the name of the equation


@dataclass(frozen=True, slots=True)
class Session:
    """What all proofs of a directory share."""

    directory: Directory
    layout: Layout
    challenger: Challenger
    key: JointKey

    def file(self, kind: str, party: int) -> Tree:
        """Return the tree in a party's file."""
        return self.directory.tree(party_file(kind, party))


@dataclass(frozen=True, slots=True)
class Turn:
    """What a party's shuffle starts from and what it ends in; ``h`` are N generators, or N0 with precomputation."""

    party: int
    before: Ciphertexts
    after: Ciphertexts
    h: Vector


def party_file(kind: str, party: int) -> str:
    """Return the name of a party's file."""
    return f"{PROOFS}/{kind}{party:02}.bt"


def whole_claims(session: Session, turn: Turn) -> Claims:
    """Yield the equations of a proof of shuffle (PoS)."""
    challenger, h, n = session.challenger, turn.h, len(turn.before)
    u, written = permutation_commitment(session, turn.party, n)
    seed = challenger.seed(*_said(session, h, written, turn))
    commitment_tree, reply_tree = (session.file(f"PoS{part}", turn.party) for part in ("Commitment", "Reply"))
    commitment = _read_commitment(commitment_tree, session.layout, n, wide=True)
    v = challenger.challenge(seed, commitment_tree.since(0))
    proof = Proof(u, commitment, _read_reply(reply_tree, session.layout, n, wide=True))
    said = Challenge(challenger.batching_vector(seed, n), v)
    yield from permutation(h, proof, said)
    yield from _reencryption(session, turn, commitment.F_prime, proof.reply.k_F, proof.reply.k_E, said)


def ahead_claims(session: Session, turn: Turn) -> Claims:
    """Yield the equations of a proof of shuffle of commitments (PoSC), and of the list's consistency (CCPoS)."""
    u, written = permutation_commitment(session, turn.party, len(turn.h))
    for letter, equation in _commitment_claims(session, turn, u, written):
        yield f"PoSC {letter}", equation
    kept, n = _kept(session, turn), len(turn.before)
    thinned = b"".join([data for data, keep in zip(u.encodings(), kept, strict=True) if keep])
    u = Vector(u.group, thinned, u.name)
    for letter, equation in _consistency_claims(session, turn, u, turn.h.cut(0, n)):
        yield f"CCPoS {letter}", equation


def _commitment_claims(session: Session, turn: Turn, u: Vector, written: memoryview) -> Claims:
    challenger, h, n = session.challenger, turn.h, len(turn.h)
    seed = challenger.seed(node_header(3), write_element(h.group.generator), write_vector(h), written)
    commitment_tree, reply_tree = (session.file(f"PoSC{part}", turn.party) for part in ("Commitment", "Reply"))
    commitment = _read_commitment(commitment_tree, session.layout, n, wide=False)
    v = challenger.challenge(seed, commitment_tree.since(0))
    proof = Proof(u, commitment, _read_reply(reply_tree, session.layout, n, wide=False))
    return permutation(h, proof, Challenge(challenger.batching_vector(seed, n), v))


def _consistency_claims(session: Session, turn: Turn, u: Vector, h: Vector) -> Claims:
    challenger, layout, n = session.challenger, session.layout, len(h)
    seed = challenger.seed(*_said(session, h, write_vector(u), turn))
    tree = session.file("CCPoSCommitment", turn.party)
    tree.node(2)
    a_prime, b_prime = read_element(tree, layout.group), layout.row(tree)
    tree.end()
    v = challenger.challenge(seed, tree.since(0))
    said = Challenge(challenger.batching_vector(seed, n), v)
    tree = session.file("CCPoSReply", turn.party)
    tree.node(3)
    k_a, k_b, k_e = (
        read_scalar(tree, layout.group),
        layout.scalars(tree, layout.wide),
        read_scalars(tree, layout.group, n),
    )
    tree.end()
    yield "A", opening(u, h, a_prime, k_a, k_e, said)
    # the note's B is the F of a proof of shuffle
    for _, equation in _reencryption(session, turn, b_prime, k_b, k_e, said):
        yield "B", equation


def _reencryption(
    session: Session, turn: Turn, prime: Row, k: Sequence[int], k_e: Sequence[int], said: Challenge
) -> Named:
    keys: Sequence[Element] = session.key.y * session.layout.width
    return reencryption(keys, turn.before, turn.after, prime, k, k_e, said)


def _said(session: Session, h: Vector, u: Piece, turn: Turn) -> Iterator[Piece]:
    return statement(session.key.widened(session.layout.width), h, u, turn.before, turn.after)


def statement(pk: bytes, h: Vector, u: Piece, before: Ciphertexts, after: Ciphertexts) -> Iterator[Piece]:
    """Yield node(g, h, u, pk, w, w'): what a proof of shuffle is about; u and the widened key as they are written."""
    yield node_header(6)
    yield write_element(h.group.generator)
    yield write_vector(h)
    yield u
    yield pk
    yield before.written
    yield after.written


def permutation_commitment(session: Session, party: int, n: int) -> tuple[Vector, memoryview]:
    """Return u, of n items, and how it was written."""
    tree = session.file("PermutationCommitment", party)
    u = read_vector(tree, session.layout.group, n)
    tree.end()
    return u, tree.since(0)


def _kept(session: Session, turn: Turn) -> bytes:
    tree = session.file("KeepList", turn.party)
    kept = tree.leaf(len(turn.h))
    tree.end()
    if kept.count(1) != len(turn.before) or kept.count(0) + kept.count(1) != len(kept):
        raise tree.error(f"not a byte for each commitment, {len(turn.before)} of them 1, the others 0")
    return kept


def _read_commitment(tree: Tree, layout: Layout, n: int, *, wide: bool) -> Commitment:
    group = layout.group
    tree.node(6 if wide else 5)
    b, a_prime, b_prime = read_vector(tree, group, n), read_element(tree, group), read_vector(tree, group, n)
    b.name, b_prime.name = f"{tree.name} B", f"{tree.name} B'"
    c_prime, d_prime = read_element(tree, group), read_element(tree, group)
    f_prime = layout.row(tree) if wide else ()
    tree.end()
    return Commitment(b, a_prime, b_prime, c_prime, d_prime, f_prime)


def _read_reply(tree: Tree, layout: Layout, n: int, *, wide: bool) -> Reply:
    group = layout.group
    tree.node(6 if wide else 5)
    k_a, k_b = read_scalar(tree, group), read_scalars(tree, group, n)
    k_c, k_d = read_scalar(tree, group), read_scalar(tree, group)
    k_e = read_scalars(tree, group, n)
    k_f = layout.scalars(tree, layout.wide) if wide else []
    tree.end()
    return Reply(k_a, k_b, k_c, k_d, k_e, k_f)
