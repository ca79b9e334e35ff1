"""Checking a Terelius-Wikstrom proof of shuffle: 3 + N + 2w equations, nothing taken on trust.

Letters and equations of `proof`; the verifier recomputes the generators h_i, the batching vector e and the challenge v.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from evote.crypto.equation import Equation
from evote.crypto.group import Group
from evote.crypto.transcript import Transcript
from evote.mixnet.shuffle import ShuffleStatement, generators
from evote.mixnet.terelius_wikstrom.proof import Proof, batching_vector, challenge, decode


class TereliusWikstrom:
    """The registered proof ``terelius-wikstrom``. Folded into one product: about N (6 + 4w) powers."""

    check: ClassVar[str] = "shuffle.terelius-wikstrom"

    def decode(self, group: Group, width: int, lines: Sequence[bytes], proof: bytes) -> Proof:
        """Return the proof; raise `DecodeError` for anything but its encoding."""
        return decode(group, width, lines, proof)

    def equations(self, statement: ShuffleStatement, proof: Proof, transcript: Transcript) -> Iterator[Equation]:
        """Yield the equations; a proof for a list of another length is a ``ValueError``."""
        group, n = statement.group, len(statement.before)
        if not n == len(proof.u) == len(proof.commitment.B):
            raise ValueError("a proof of shuffle for a list of another length")
        h = generators(group, n)
        e = batching_vector(statement, proof.u, transcript)
        v = challenge(proof.commitment, group, transcript)
        g, c, k = group.generator, proof.commitment, proof.reply
        negative_k_e = [-x for x in k.k_E]
        # A^v A' = g^k_A prod h_i^k_E,i   with A = prod u_i^e_i
        yield Equation((*proof.u, c.A_prime, g, *h), (*(v * x for x in e), 1, -int(k.k_A), *negative_k_e))
        # B_i^v B'_i = g^k_B,i B_{i-1}^k_E,i   with B_{-1} = h_0
        before = (h[0], *c.B[:-1])
        for b, b_prime, k_b, previous, k_e in zip(c.B, c.B_prime, k.k_B, before, negative_k_e, strict=True):
            yield Equation((b, b_prime, g, previous), (v, 1, -int(k_b), k_e))
        # C^v C' = g^k_C   with C = prod u_i / prod h_i
        yield Equation((*proof.u, *h, c.C_prime, g), (*[v] * n, *[-v] * n, 1, -int(k.k_C)))
        # D^v D' = g^k_D   with D = B_{N-1} / h_0^{prod e_i}
        product = _product(e, group.order)
        yield Equation((c.B[-1], h[0], c.D_prime, g), (v, -v * product, 1, -int(k.k_D)))
        yield from _ciphertext_equations(statement, proof, [v * x for x in e], negative_k_e)


def _ciphertext_equations(
    statement: ShuffleStatement, proof: Proof, v_e: list[int], negative_k_e: list[int]
) -> Iterator[Equation]:
    # F^v F' = pk^{-k_F} prod w'_i^k_E,i   with F = prod w_i^e_i, for each block and both halves
    for block, (f_prime, k_f) in enumerate(zip(proof.commitment.F_prime, proof.reply.k_F, strict=True)):
        before = [row[block] for row in statement.before]
        after = [row[block] for row in statement.after]
        exponents = (*v_e, 1, int(k_f), *negative_k_e)
        g, y = statement.group.generator, statement.key.y
        yield Equation((*(w.c1 for w in before), f_prime.c1, g, *(w.c1 for w in after)), exponents)
        yield Equation((*(w.c2 for w in before), f_prime.c2, y, *(w.c2 for w in after)), exponents)


def _product(values: Sequence[int], order: int) -> int:
    result = 1
    for value in values:
        result = result * value % order
    return result
