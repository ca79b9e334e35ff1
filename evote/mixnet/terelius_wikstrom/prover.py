"""Making a Terelius-Wikstrom proof of shuffle. Letters as in `proof`, formulas above the lines that compute them.

A `Proving` asks a `Dialect` for e and v, so that systems which differ in how they hash and write a proof have one
prover, as they have one verifier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import accumulate
from typing import Protocol

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, Row
from evote.crypto.fixed_base import streamed_cost, streamed_width
from evote.crypto.group import Element, Group, Raw
from evote.crypto.rows import Rows
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Vector
from evote.mixnet.columns import RawVector, multiplied_encodings, raw_vector
from evote.mixnet.draws import new_seed
from evote.mixnet.shuffle import ShuffleStatement, ShuffleToCome, ShuffleWitness
from evote.mixnet.terelius_wikstrom import offline
from evote.mixnet.terelius_wikstrom.offline import Ahead, Masks, PreparedProof, products_of
from evote.mixnet.terelius_wikstrom.proof import (
    E_BITS,
    Commitment,
    Lengths,
    Proof,
    Reply,
    batching_vector,
    challenge,
    native_lengths,
)
from evote.parallel import pmap

CHAIN = 512  # links made by a worker at once; the first of them costs a power of full length


class Dialect(Protocol):
    """What a system makes of the statement and of what a prover says."""

    def batching_vector(self, u: Vector) -> list[int]:
        """Return e, for the statement and u."""

    def challenge(self, commitment: Commitment) -> int:
        """Return v, for all before and the commitment."""


class _Native:
    """Our own dialect: a labelled transcript."""

    def __init__(self, statement: ShuffleStatement, transcript: Transcript) -> None:
        self._statement, self._transcript = statement, transcript

    def batching_vector(self, u: Vector) -> list[int]:
        return batching_vector(self._statement, u, self._transcript)

    def challenge(self, commitment: Commitment) -> int:
        return challenge(commitment, self._statement.group, self._transcript)


class Proving:
    """One proof of shuffle in the making.

    Costs, ahead: 3N powers of g and a product of N powers. Then: 2N powers of h_0 of full length, or, where squarings
    dominate a power, N of full length and N of n_e bits; and 2w products of N powers.
    """

    def __init__(
        self,
        h: Vector,
        after: Callable[[], Sequence[Vector]],
        witness: ShuffleWitness,
        lengths: Lengths,
        arithmetic: Arithmetic,
        executor: Executor | None = None,
    ) -> None:
        """``after`` returns the columns of the second list: first halves of each block, then second halves.

        The workers of an ``executor`` see secrets, and are used by FAST arithmetic only.
        """
        self._h, self._after, self._witness, self._lengths = h, after, witness, lengths
        self._group, self._n, self._q, self._arithmetic = h.group, len(h), h.group.order, arithmetic
        self._executor = executor if arithmetic is Arithmetic.FAST else None

    def proved(self, ahead: Ahead, dialect: Dialect) -> Proof:
        """Return the proof that goes on from what was made ahead."""
        e = dialect.batching_vector(ahead.u)
        permuted = [e[i] for i in self._witness.permutation]  # e'_j = e_pi(j)
        commitment = self._commit(ahead, permuted)
        v = dialect.challenge(commitment)
        return Proof(ahead.u, commitment, self._reply(v, e, permuted, ahead))

    def _commit(self, ahead: Ahead, permuted: list[int]) -> Commitment:
        q, group = self._q, self._group
        # y_i = y_{i-1} e'_i,  y_{-1} = 1
        y = list(accumulate(permuted, lambda last, e: last * e % q, initial=1))
        # B_i = g^x_i h_0^y_i,  B'_i = g^t_i h_0^{y_{i-1} eps_i}
        masked = [y_i * eps % q for y_i, eps in zip(y, ahead.masks.epsilon, strict=False)]
        h_y, h_masked = self._powers_of_h0(y, permuted, masked)
        b = Vector(group, b"".join(multiplied_encodings(ahead.g_x, h_y, self._executor)), "B")
        b_prime = Vector(group, b"".join(multiplied_encodings(ahead.g_t, h_masked, self._executor)), "B_prime")
        f_prime = self.f_prime(ahead.masks, ahead.blinding)
        return Commitment(b, ahead.A_prime, b_prime, ahead.C_prime, ahead.D_prime, f_prime)

    def _powers_of_h0(self, y: list[int], permuted: list[int], masked: list[int]) -> tuple[RawVector, RawVector]:
        """Return h_0^y_i for i >= 0 and h_0^masked_i."""
        (h_0,) = self._h.cut(0, 1).elements()
        n, group, executor = self._n, self._group, self._executor
        if self._arithmetic is Arithmetic.FAST and chain_pays(group, n, self._lengths.n_e):
            size = n if executor is None else CHAIN
            starts = ((y[low], permuted[low : low + size]) for low in range(0, n, size))
            parts = pmap(partial(_chain, h_0), starts, executor=executor, chunk=1)
            links = [raw for part in parts for raw in part.raws()]
            return RawVector(group, links), raw_vector(group, self._arithmetic.powers(h_0, masked, executor))
        powers = self._arithmetic.powers(h_0, [*y[1:], *masked], executor)
        return raw_vector(group, powers[:n]), raw_vector(group, powers[n:])

    def f_prime(self, masks: Masks, blinding: Row) -> Row:
        """Return F' = pk^{-phi} prod w'_i^eps_i, block by block; ``blinding`` is pk^-phi. Without a list, nothing."""
        columns = self._after()
        if not columns:
            return ()
        made = products_of(self._arithmetic, columns, masks.epsilon, self._executor)
        powers = map(Ciphertext, made[: len(made) // 2], made[len(made) // 2 :])
        return tuple(c * blind for c, blind in zip(powers, blinding, strict=True))

    def _reply(self, v: int, e: list[int], permuted: list[int], ahead: Ahead) -> Reply:
        group, q, m = self._group, self._q, ahead.masks
        k_a, k_e, k_f = self.shuffled_reply(v, e, permuted, m)
        return Reply(
            k_A=k_a,
            # k_B = v b_i + beta_i = v x_i + t_i - x_{i-1} k_E,i
            k_B=[(v * x + t - last * k) % q for x, t, last, k in zip(m.x, m.t, [0, *m.x[:-1]], k_e, strict=True)],
            # c = sum r_j,  d = x_{N-1}
            k_C=(v * sum(m.r) + m.gamma) % q,
            k_D=(v * m.x[-1] + m.delta) % q,
            k_E=[self._lengths.reduced(group, k) for k in k_e],
            k_F=k_f,
        )

    def shuffled_reply(self, v: int, e: list[int], permuted: list[int], m: Masks) -> tuple[int, list[int], list[int]]:
        """Return k_A, k_E as integers, and k_F: what shows that the list is permuted as u says."""
        q, s = self._q, self._witness.randomness
        # a = sum r_j e'_j,  f = sum s_i e_i
        a = sum(x * y for x, y in zip(m.r, permuted, strict=True))
        f = [sum(s_i[block] * e_i for s_i, e_i in zip(s, e, strict=True)) for block in range(len(m.phi))]
        k_e = [v * x + eps for x, eps in zip(permuted, m.epsilon, strict=True)]
        return (v * a + m.alpha) % q, k_e, [(v * x + phi) % q for x, phi in zip(f, m.phi, strict=True)]


class TereliusWikstromProver(Proving):
    """Our own proof of shuffle in the making."""

    def __init__(
        self,
        statement: ShuffleStatement,
        witness: ShuffleWitness,
        arithmetic: Arithmetic,
        executor: Executor | None = None,
        prepared: PreparedProof | None = None,
    ) -> None:
        """Take what `prepare` made for this permutation, or make it now.

        The workers of an ``executor`` see secrets, and are used by FAST arithmetic only.
        """
        columns = partial(columns_of, statement.after, executor if arithmetic is Arithmetic.FAST else None)
        super().__init__(statement.h, columns, witness, native_lengths(statement.group), arithmetic, executor)
        self._statement, self._prepared = statement, prepared

    @staticmethod
    def prepare(
        to_come: ShuffleToCome, arithmetic: Arithmetic, executor: Executor | None = None, also: Sequence[int] = ()
    ) -> tuple[PreparedProof, list[Element]]:
        """Return what can be made of one proof before there is a list; its challenges wait for that.

        And g^x for the x in ``also``, which cost less in one batch with the proof's own powers.
        """
        workers = executor if arithmetic is Arithmetic.FAST else None
        keys, lengths = [to_come.key.y] * to_come.width, native_lengths(to_come.key.group)
        return offline.prepare(keys, to_come.h, to_come.permutation, lengths, arithmetic, new_seed(), workers, also)

    @staticmethod
    def restore(data: bytes, group: Group, n: int, width: int) -> PreparedProof:
        """Return what `PreparedProof.secret_bytes` wrote."""
        return offline.restore(data, group, n, width)

    def prove(self, transcript: Transcript) -> Proof:
        """Return the proof; ``transcript`` is bound to the whole statement and advanced.

        `Refused` if what was prepared has been used.
        """
        pi, s = self._witness.permutation, self._statement
        prepared = self._prepared
        if prepared is None:
            to_come = ShuffleToCome(s.key, s.h, s.width, s.place.contest, transcript, pi)
            prepared, _ = self.prepare(to_come, self._arithmetic, self._executor)
        return self.proved(prepared.take(), _Native(s, transcript))


def columns_of(rows: Rows, executor: Executor | None) -> list[Vector]:
    """Return the first halves of each block, then the second halves, decoded."""
    decoded, blocks = rows.decoded(executor), range(rows.width)
    columns: list[Vector] = [RawVector(rows.group, [row[block].c1.raw for row in decoded]) for block in blocks]
    return columns + [RawVector(rows.group, [row[block].c2.raw for row in decoded]) for block in blocks]


def chain_pays(group: Group, n: int, n_e: int = E_BITS) -> bool:
    """Tell whether N powers with exponents of n_e bits, each of the one before, cost less than N powers of one base.

    They do modulo p, where the exponents of one base are as long as p, and do not on curves.
    """
    bits = group.order.bit_length()
    return group.public_power_cost(n_e) * n < streamed_cost(n, bits, streamed_width(n, bits))


def _chain(base: Element, starts: list[tuple[int, list[int]]]) -> RawVector:
    """Return base^(y e_0), base^(y e_0 e_1), ..."""
    ((y, exponents),) = starts
    return RawVector(base.group, list(_links(base, y, exponents)))


def _links(base: Element, y: int, exponents: list[int]) -> Iterator[Raw]:
    link = base.group.power_public(base.raw, y)
    for exponent in exponents:
        link = base.group.power_public(link, exponent)
        yield link
