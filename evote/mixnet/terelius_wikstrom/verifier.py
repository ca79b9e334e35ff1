"""Checking a Terelius-Wikstrom proof of shuffle: 3 + N + 2w equations, nothing taken on trust.

Letters and equations of `proof`; the verifier recomputes the generators h_i, the batching vector e and the challenge v.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from evote.crypto.equation import Equation, Family
from evote.crypto.group import Element, Group
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Power
from evote.mixnet.shuffle import ShuffleStatement
from evote.mixnet.terelius_wikstrom.proof import Proof, batching_vector, challenge, decode


class TereliusWikstrom:
    """The registered proof ``terelius-wikstrom``. Folded, N (6 + 4w) powers, of which N (2 + 2w) are short modulo p."""

    check: ClassVar[str] = "shuffle.terelius-wikstrom"

    def decode(self, group: Group, width: int, lines: Sequence[bytes], proof: bytes) -> Proof:
        """Return the proof; raise `DecodeError` for anything but its encoding."""
        return decode(group, width, lines, proof)

    def equations(
        self, statement: ShuffleStatement, proof: Proof, transcript: Transcript
    ) -> Iterator[Equation | Family]:
        """Yield the equations; a proof for a list of another length is a ``ValueError``."""
        group, n, h = statement.group, len(statement.before), statement.h
        if not n == len(proof.u) == len(proof.commitment.B):
            raise ValueError("a proof of shuffle for a list of another length")
        e = batching_vector(statement, proof.u, transcript)
        v = challenge(proof.commitment, group, transcript)
        g, c, k, ones = group.generator, proof.commitment, proof.reply, [1] * n
        h_0, b_last = h.cut(0, 1).elements()[0], c.B.cut(n - 1, n).elements(n - 1)[0]
        # A^v A' = g^k_A prod h_i^k_E,i   with A = prod u_i^e_i
        yield Equation((c.A_prime, g), (1, -k.k_A), (Power(proof.u, e, v), Power(h, k.k_E, -1)))
        # B_i^v B'_i = g^k_B,i B_{i-1}^k_E,i   with B_{-1} = h_0
        yield Bridges(proof, v, h_0)
        # C^v C' = g^k_C   with C = prod u_i / prod h_i
        yield Equation((c.C_prime, g), (1, -k.k_C), (Power(proof.u, ones, v), Power(h, ones, -v)))
        # D^v D' = g^k_D   with D = B_{N-1} / h_0^{prod e_i}
        yield Equation((b_last, h_0, c.D_prime, g), (v, -v * _product(e, group.order), 1, -k.k_D))
        # F^v F' = pk^{-k_F} prod w'_i^k_E,i   with F = prod w_i^e_i, for each block and both halves
        before, after = statement.before, statement.after
        for block, (f_prime, k_f) in enumerate(zip(c.F_prime, k.k_F, strict=True)):
            c1 = (Power(before.c1[block], e, v), Power(after.c1[block], k.k_E, -1))
            c2 = (Power(before.c2[block], e, v), Power(after.c2[block], k.k_E, -1))
            yield Equation((f_prime.c1, g), (1, k_f), c1)
            yield Equation((f_prime.c2, statement.key.y), (1, k_f), c2)


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
