"""Checking a Terelius-Wikstrom proof of shuffle: 3 + N + 2w equations, nothing taken on trust.

Letters and equations of `proof`. The equations ask for the batching vector e and the challenge v as numbers, so that
systems which differ in how they hash and write a proof have one algebra. They come in parts, which Verificatum puts
together in three ways: all of them, those of a permutation commitment alone, and A with F.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from evote.crypto.elgamal import Row
from evote.crypto.equation import Equation, Family
from evote.crypto.group import Element, Group
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Power, Vector
from evote.mixnet.shuffle import ShuffleStatement
from evote.mixnet.terelius_wikstrom.proof import Proof, batching_vector, challenge, decode

Named = Iterator[tuple[str, Equation | Family]]  # with the letter of the commitment that an equation is about


class Columns(Protocol):
    """A list of rows of ciphertexts, as a vector for each half of each block."""

    @property
    def c1(self) -> tuple[Vector, ...]:
        """The first halves."""

    @property
    def c2(self) -> tuple[Vector, ...]:
        """The second halves."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the verifier says: the batching vector e, and v."""

    e: Sequence[int]
    v: int


class TereliusWikstrom:
    """The registered proof ``terelius-wikstrom``. Folded, N (6 + 4w) powers, of which N (2 + 2w) are short modulo p."""

    check: ClassVar[str] = "shuffle.terelius-wikstrom"
    meaning: ClassVar[str] = "each list is the one before, re-encrypted and permuted"
    spare: ClassVar[int] = 1

    def decode(self, group: Group, width: int, lines: Sequence[bytes], proof: bytes) -> Proof:
        """Return the proof; raise `DecodeError` for anything but its encoding."""
        return decode(group, width, lines, proof)

    def equations(
        self, statement: ShuffleStatement, proof: Proof, transcript: Transcript
    ) -> Iterator[Equation | Family]:
        """Yield the equations; a proof for a list of another length is a ``ValueError``."""
        if len(proof.u) != len(statement.before):
            raise ValueError("a proof of shuffle for a list of another length")
        e = batching_vector(statement, proof.u, transcript)
        said = Challenge(e, challenge(proof.commitment, statement.group, transcript))
        for _, equation in permutation(statement.h, proof, said):
            yield equation
        keys, c, k = [statement.key.y] * statement.width, proof.commitment, proof.reply
        for _, equation in reencryption(keys, statement.before, statement.after, c.F_prime, k.k_F, k.k_E, said):
            yield equation


def opening(u: Vector, h: Vector, a_prime: Element, k_a: int, k_e: Sequence[int], said: Challenge) -> Equation:
    """Return A^v A' = g^k_A prod h_i^k_E,i   with A = prod u_i^e_i."""
    return Equation((a_prime, u.group.generator), (1, -k_a), (Power(u, said.e, said.v), Power(h, k_e, -1)))


def permutation(h: Vector, proof: Proof, said: Challenge) -> Named:
    """Yield what shows that u commits to a permutation; ``ValueError`` for a proof of another length than h."""
    n, c, k, g, v = len(h), proof.commitment, proof.reply, h.group.generator, said.v
    if not n == len(proof.u) == len(c.B):
        raise ValueError("a proof of shuffle for a list of another length")
    h_0, b_last = h.cut(0, 1).elements()[0], c.B.cut(n - 1, n).elements(n - 1)[0]
    yield "A", opening(proof.u, h, c.A_prime, k.k_A, k.k_E, said)
    # B_i^v B'_i = g^k_B,i B_{i-1}^k_E,i   with B_{-1} = h_0
    yield "B", Bridges(proof, v, h_0)
    # C^v C' = g^k_C   with C = prod u_i / prod h_i
    ones = [1] * n
    yield "C", Equation((c.C_prime, g), (1, -k.k_C), (Power(proof.u, ones, v), Power(h, ones, -v)))
    # D^v D' = g^k_D   with D = B_{N-1} / h_0^{prod e_i}
    product = _product(said.e, h.group.order)
    yield "D", Equation((b_last, h_0, c.D_prime, g), (v, -v * product, 1, -k.k_D))


def reencryption(
    keys: Sequence[Element],
    before: Columns,
    after: Columns,
    f_prime: Row,
    k_f: Sequence[int],
    k_e: Sequence[int],
    said: Challenge,
) -> Named:
    """Yield F^v F' = pk^{-k_F} prod w'_i^k_E,i   with F = prod w_i^e_i, for each block and both halves."""
    e, v, lists = said.e, said.v, zip(before.c1, before.c2, after.c1, after.c2, strict=True)
    for y, prime, k, (c1, c2, after1, after2) in zip(keys, f_prime, k_f, lists, strict=True):
        yield "F", Equation((prime.c1, y.group.generator), (1, k), (Power(c1, e, v), Power(after1, k_e, -1)))
        yield "F", Equation((prime.c2, y), (1, k), (Power(c2, e, v), Power(after2, k_e, -1)))


@dataclass(frozen=True, slots=True)
class Bridges:
    """The N equations B_i^v B'_i = g^k_B,i B_{i-1}^k_E,i, each base once in their fold."""

    proof: Proof
    v: int
    h_0: Element

    @property
    def count(self) -> int:
        """One for each row."""
        return len(self.proof.u)

    def fold(self, weights: Sequence[int]) -> Equation:
        """Return prod B_i^(t_i v - t_{i+1} k_E,i+1) prod B'_i^t_i = g^(sum t_i k_B,i) h_0^(t_0 k_E,0)."""
        t, c, k = weights, self.proof.commitment, self.proof.reply
        carried = [t_i * k_e for t_i, k_e in zip(t, k.k_E, strict=True)]
        b = [t_i * self.v - after for t_i, after in zip(t, [*carried[1:], 0], strict=True)]
        g_exponent = -sum(t_i * k_b for t_i, k_b in zip(t, k.k_B, strict=True))
        return Equation(
            (self.h_0.group.generator, self.h_0),
            (g_exponent, -carried[0]),
            (Power(c.B, b), Power(c.B_prime, t)),
        )


def _product(values: Sequence[int], order: int) -> int:
    result = 1
    for value in values:
        result = result * value % order
    return result
