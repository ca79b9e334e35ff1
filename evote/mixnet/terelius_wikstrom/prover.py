"""Making a Terelius-Wikstrom proof of shuffle. Letters as in `proof`, formulas above the lines that compute them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, Row
from evote.crypto.group import Element
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Vector
from evote.mixnet.shuffle import ShuffleStatement, ShuffleWitness
from evote.mixnet.terelius_wikstrom.proof import (
    Commitment,
    Proof,
    Reply,
    batching_vector,
    challenge,
    mask_bound,
    reduced,
)


class TereliusWikstromProver:
    """One proof of shuffle in the making; costs 4N fixed-base powers and (1 + 2w) products of N powers.

    ``randbelow`` draws every secret; the default is the operating system's.
    """

    def __init__(
        self,
        statement: ShuffleStatement,
        witness: ShuffleWitness,
        arithmetic: Arithmetic,
        randbelow: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        """Prepare tables for g and h_0."""
        self._statement, self._witness, self._arithmetic = statement, witness, arithmetic
        self._group, self._n = statement.group, len(statement.before)
        self._q = self._group.order
        self._h = statement.h.elements()
        self._g_power = arithmetic.table(self._group.generator)
        self._h0_power = arithmetic.table(self._h[0])
        self._randbelow = randbelow

    def prove(self, transcript: Transcript) -> Proof:
        """Return the proof; ``transcript`` is bound to the whole statement and advanced."""
        q, pi, n = self._q, self._witness.permutation, self._n
        r = self._scalars(n)
        # u_pi(j) = g^r_j h_j
        committed: list[Element] = [self._group.identity] * n
        for j, i in enumerate(pi):
            committed[i] = self._g_power(r[j]) * self._h[j]
        u = Vector.of(self._group, committed)
        e = batching_vector(self._statement, u, transcript)
        permuted = [e[i] for i in pi]  # e'_j = e_pi(j)
        masks = _Masks(
            b=self._scalars(n),
            alpha=self._randbelow(q),
            beta=self._scalars(n),
            gamma=self._randbelow(q),
            delta=self._randbelow(q),
            epsilon=[self._randbelow(mask_bound(self._group)) for _ in range(n)],
            phi=self._scalars(self._statement.width),
        )
        x, commitment = self._commit(permuted, masks)
        v = challenge(commitment, self._group, transcript)
        return Proof(u, commitment, self._reply(v, r, e, permuted, x, masks))

    def _scalars(self, count: int) -> list[int]:
        return [self._randbelow(self._q) for _ in range(count)]

    def _commit(self, permuted: list[int], masks: _Masks) -> tuple[int, Commitment]:
        """Return d = x_{N-1} and the commitment."""
        q, g, h0 = self._q, self._g_power, self._h0_power
        x, y = 0, 1
        b_list, b_prime = [], []
        for b, beta, e, eps in zip(masks.b, masks.beta, permuted, masks.epsilon, strict=True):
            # B'_i = g^beta_i B_{i-1}^eps_i = g^{beta_i + x_{i-1} eps_i} h_0^{y_{i-1} eps_i}
            b_prime.append(g((beta + x * eps) % q) * h0(y * eps % q))
            # x_i = x_{i-1} e'_i + b_i,  y_i = y_{i-1} e'_i,  B_i = g^x_i h_0^y_i
            x, y = (x * e + b) % q, y * e % q
            b_list.append(g(x) * h0(y))
        # A' = g^alpha prod h_i^eps_i,  C' = g^gamma,  D' = g^delta
        a_prime = g(masks.alpha) * self._arithmetic.product(self._h, masks.epsilon)
        f_prime = self._f_prime(masks)
        b_vector, b_prime_vector = Vector.of(self._group, b_list), Vector.of(self._group, b_prime)
        return x, Commitment(b_vector, a_prime, b_prime_vector, g(masks.gamma), g(masks.delta), f_prime)

    def _f_prime(self, masks: _Masks) -> Row:
        """Return F' = pk^{-phi} prod w'_i^eps_i, block by block."""
        after, key, product = self._statement.after.decoded(), self._statement.key, self._arithmetic.product
        blocks = []
        for block, phi in enumerate(masks.phi):
            c1 = product([row[block].c1 for row in after], masks.epsilon) * self._g_power(-phi % self._q)
            c2 = product([row[block].c2 for row in after], masks.epsilon) * key.y ** (-phi)
            blocks.append(Ciphertext(c1, c2))
        return tuple(blocks)

    def _reply(self, v: int, r: list[int], e: list[int], permuted: list[int], d: int, masks: _Masks) -> Reply:
        group, q, s = self._group, self._q, self._witness.randomness
        # a = sum r_j e'_j,  c = sum r_j,  f = sum s_i e_i
        a = sum(x * y for x, y in zip(r, permuted, strict=True))
        f = [sum(s_i[block] * e_i for s_i, e_i in zip(s, e, strict=True)) for block in range(len(masks.phi))]
        return Reply(
            k_A=(v * a + masks.alpha) % q,
            k_B=[(v * b + beta) % q for b, beta in zip(masks.b, masks.beta, strict=True)],
            k_C=(v * sum(r) + masks.gamma) % q,
            k_D=(v * d + masks.delta) % q,
            k_E=[reduced(group, v * x + eps) for x, eps in zip(permuted, masks.epsilon, strict=True)],
            k_F=[(v * x + phi) % q for x, phi in zip(f, masks.phi, strict=True)],
        )


@dataclass(frozen=True, slots=True)
class _Masks:
    """The secrets that hide the witness in the reply."""

    b: list[int] = field(repr=False)
    alpha: int = field(repr=False)
    beta: list[int] = field(repr=False)
    gamma: int = field(repr=False)
    delta: int = field(repr=False)
    epsilon: list[int] = field(repr=False)
    phi: list[int] = field(repr=False)
