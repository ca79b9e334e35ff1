"""Making a commitment-consistent proof of shuffle: nearly all of it before there is a list.

What is prepared is u with its proof, finished, and of the second part pk^-phi and nearly all of A'. Then there remain
2w products of N powers. For a list of N rows that is shorter than u, those entries of u are kept that commit to h_0 ...
h_{N-1}. It serves once: masks used for two lists would give the permutation away, and one u for two would link them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from math import prod

import msgspec

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, Row
from evote.crypto.group import Element, Group
from evote.crypto.secret import Once, Secret
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Power, Vector, products
from evote.mixnet.commitment_consistent.proof import (
    Consistency,
    TwoParts,
    batching_vector,
    consistency_challenge,
    permutation_challenge,
    permutation_vector,
)
from evote.mixnet.draws import new_seed
from evote.mixnet.shuffle import ShuffleStatement, ShuffleToCome, ShuffleWitness
from evote.mixnet.terelius_wikstrom import offline
from evote.mixnet.terelius_wikstrom.offline import Masks
from evote.mixnet.terelius_wikstrom.proof import Commitment, Proof, challenge, decode, mask_bound, native_lengths
from evote.mixnet.terelius_wikstrom.prover import Proving, columns_of

BLOCK = 1024  # rows; a list of any length has all of A' computed ahead but for less than a block


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Ahead(Secret):
    """u with its proof, and the entries kept of it; ``masks`` of the second part, with the r that opens u; its pk^-phi.

    ``factors`` make its A': g^alpha, then for each `BLOCK` of rows prod h_i^epsilon_i.
    """

    seeds: tuple[bytes, bytes]
    masks: Masks
    proof: Proof
    factors: tuple[Element, ...]
    blinding: Row
    kept: Sequence[int]


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    seeds: tuple[bytes, bytes]
    lines: list[bytes]
    proof: bytes
    others: bytes


class PreparedPermutation(Once[Ahead]):
    """A permutation committed to and proved, for one shuffle."""

    __slots__ = ()

    def secret_bytes(self) -> bytes:
        """Take it, and return it as `CommitmentConsistentProver.restore` reads it."""
        a = self.take()
        others = [*(half for c in a.blinding for half in (c.c1, c.c2)), *a.factors]
        packed = a.proof.u.group.pack(e.raw for e in others)
        return msgspec.msgpack.encode(_Stored(a.seeds, a.proof.lines(), bytes(a.proof), packed))

    def cut(self, kept: Sequence[int]) -> PreparedPermutation:
        """Take it, and return what serves a shorter list: of u, these entries are kept."""
        return PreparedPermutation(replace(self.take(), kept=kept))


class _First:
    """What is hashed of the first part."""

    def __init__(self, contest: str, transcript: Transcript) -> None:
        self._contest, self._transcript = contest, transcript

    def batching_vector(self, u: Vector) -> list[int]:
        return permutation_vector(u, self._contest, self._transcript)

    def challenge(self, commitment: Commitment) -> int:
        return challenge(commitment, commitment.A_prime.group, self._transcript)


class CommitmentConsistentProver:
    """One proof in the making, or what is left to make of it."""

    def __init__(
        self,
        statement: ShuffleStatement,
        witness: ShuffleWitness,
        arithmetic: Arithmetic,
        executor: Executor | None = None,
        prepared: PreparedPermutation | None = None,
    ) -> None:
        """Take what `prepare` made for this permutation, or make it now.

        The workers of an ``executor`` see secrets, and are used by FAST arithmetic only.
        """
        self._statement, self._witness, self._arithmetic, self._prepared = statement, witness, arithmetic, prepared
        self._executor = executor if arithmetic is Arithmetic.FAST else None

    @staticmethod
    def prepare(
        to_come: ShuffleToCome, arithmetic: Arithmetic, executor: Executor | None = None, also: Sequence[int] = ()
    ) -> tuple[PreparedPermutation, list[Element]]:
        """Return the first part, and what can be made of the second; g^x, too, for the x in ``also``.

        Costs 3 N0 powers of g and 2 N0 of h_0, or fewer as in `Proving`, and two products of N0 powers.
        """
        h, pi = to_come.h, to_come.permutation
        workers = executor if arithmetic is Arithmetic.FAST else None
        group, lengths, seeds = h.group, native_lengths(h.group), (new_seed(), new_seed())
        drawn = _masks(group, len(h), to_come.width, seeds)
        few = [drawn.alpha, *(-phi for phi in drawn.phi)]
        started, powers = offline.prepare((), h, pi, lengths, arithmetic, seeds[0], workers, [*few, *also])
        witness = ShuffleWitness(pi, [()] * len(h))
        first = Proving(h, tuple, witness, lengths, arithmetic, workers)
        proof = first.proved(started.take(), _First(to_come.contest, to_come.transcript))
        factors = (powers[0], *_products(h, drawn.epsilon, arithmetic, workers))
        pairs = zip(powers[1 : len(few)], drawn.phi, strict=True)
        blinding = tuple(Ciphertext(g_phi, to_come.key.y**-phi) for g_phi, phi in pairs)
        ahead = Ahead(seeds, drawn, proof, factors, blinding, range(len(h)))
        return PreparedPermutation(ahead), powers[len(few) :]

    @staticmethod
    def restore(data: bytes, group: Group, n: int, width: int) -> PreparedPermutation:
        """Return what `PreparedPermutation.secret_bytes` wrote."""
        stored = msgspec.msgpack.decode(data, type=_Stored)
        others = tuple(map(group.element, group.unpack(stored.others)))
        halves, factors = others[: 2 * width], others[2 * width :]
        blinding = tuple(map(Ciphertext, halves[::2], halves[1::2]))
        masks, proof = _masks(group, n, width, stored.seeds), decode(group, 0, stored.lines, stored.proof)
        return PreparedPermutation(Ahead(stored.seeds, masks, proof, factors, blinding, range(n)))

    def prove(self, transcript: Transcript) -> TwoParts:
        """Return the proof; ``transcript`` is bound to the whole statement and advanced.

        `Refused` if what was prepared has been used.
        """
        s, pi = self._statement, self._witness.permutation
        prepared = self._prepared
        if prepared is None:
            to_come = ShuffleToCome(s.key, s.h, s.width, s.place.contest, transcript.fork(), pi)
            prepared, _ = self.prepare(to_come, self._arithmetic, self._executor)
        ahead = prepared.take()
        permutation_challenge(ahead.proof, s.place.contest, transcript)
        return TwoParts(ahead.proof, ahead.kept, self._consistency(ahead, transcript))

    def _consistency(self, ahead: Ahead, transcript: Transcript) -> Consistency:
        s, n, lengths = self._statement, len(self._statement.before), native_lengths(self._statement.group)
        masks = replace(ahead.masks, r=ahead.masks.r[:n], epsilon=ahead.masks.epsilon[:n])
        columns = partial(columns_of, s.after, self._executor)
        proving = Proving(s.h.cut(0, n), columns, self._witness, lengths, self._arithmetic, self._executor)
        e = batching_vector(s, ahead.kept, transcript)
        permuted = [e[i] for i in self._witness.permutation]
        a_prime = self._a_prime(ahead.factors, masks.epsilon)
        f_prime = proving.f_prime(masks, ahead.blinding)
        v = consistency_challenge(a_prime, f_prime, transcript)
        k_a, k_e, k_f = proving.shuffled_reply(v, e, permuted, masks)
        return Consistency(a_prime, f_prime, k_a, [lengths.reduced(s.group, k) for k in k_e], k_f)

    def _a_prime(self, factors: Sequence[Element], epsilon: Sequence[int]) -> Element:
        """Return A' = g^alpha prod h_i^epsilon_i; at most the last block is left to compute."""
        n, h = len(epsilon), self._statement.h
        whole = len(factors) - 1 if n == len(h) else n // BLOCK
        rest = _products(h.cut(whole * BLOCK, n), epsilon[whole * BLOCK :], self._arithmetic, self._executor)
        return prod((*factors[1 : whole + 1], *rest), start=factors[0])


def _products(h: Vector, epsilon: Sequence[int], arithmetic: Arithmetic, workers: Executor | None) -> list[Element]:
    """Return prod h_i^epsilon_i over each block."""
    cuts = range(0, len(h), BLOCK)
    blocks = [Power(h.cut(low, low + BLOCK), epsilon[low : low + BLOCK]) for low in cuts]
    if workers is None:
        return [arithmetic.product(block.vector.elements(), block.exponents) for block in blocks]
    return products(h.group, [[block] for block in blocks], workers)


def _masks(group: Group, n: int, width: int, seeds: tuple[bytes, bytes]) -> Masks:
    """Return the masks of the second part, with the r of the first."""
    bound = mask_bound(group)
    first, second = Masks.drawn(group, n, 0, bound, seeds[0]), Masks.drawn(group, n, width, bound, seeds[1])
    return replace(second, r=first.r)
