"""Checking a commitment-consistent proof of shuffle: 4 + N0 + 2w equations, those of Terelius and Wikstrom.

That u commits to a permutation of N0 items is A, B, C, D of the first part; that the list is permuted as the N kept
entries of u say, A and F of the second, whose e is drawn after u, what is kept of it and both lists.
``docs/soundness.md`` says why the first part need not know the lists, and why a wrong choice of entries is caught.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from evote.crypto.equation import Equation, Family
from evote.crypto.group import Group
from evote.crypto.transcript import Transcript
from evote.mixnet.commitment_consistent.proof import (
    SPARE,
    TwoParts,
    batching_vector,
    consistency_challenge,
    decode,
    permutation_challenge,
)
from evote.mixnet.shuffle import ShuffleStatement
from evote.mixnet.terelius_wikstrom.verifier import Challenge, Named, opening, permutation, reencryption


class CommitmentConsistent:
    """The registered proof ``commitment-consistent``.

    Folded, N (8 + 4w) powers, of which N (3 + 2w) short modulo p; and 6 for each entry of u that is not kept.
    """

    check: ClassVar[str] = "shuffle.commitment-consistent"
    meaning: ClassVar[str] = "each list is the one before, re-encrypted, and permuted as was committed to"
    spare: ClassVar[int] = SPARE

    def decode(self, group: Group, width: int, lines: Sequence[bytes], proof: bytes) -> TwoParts:
        """Return the proof; raise `DecodeError` for anything but its encoding."""
        return decode(group, width, lines, proof)

    def equations(
        self, statement: ShuffleStatement, proof: TwoParts, transcript: Transcript
    ) -> Iterator[Equation | Family]:
        """Yield the equations; a proof for a list of another length is a ``ValueError``."""
        if proof.n != len(statement.before) or len(proof.u) != len(statement.h):
            raise ValueError("a proof of shuffle for a list of another length")
        first = permutation_challenge(proof.permutation, statement.place.contest, transcript)
        e = batching_vector(statement, proof.kept, transcript)
        said = Challenge(e, consistency_challenge(proof.consistency.A_prime, proof.consistency.F_prime, transcript))
        for claims in (permutation(statement.h, proof.permutation, first), _consistency(statement, proof, said)):
            for _, equation in claims:
                yield equation


def _consistency(statement: ShuffleStatement, proof: TwoParts, said: Challenge) -> Named:
    """Yield what shows that the list is permuted as u says."""
    c, spread = proof.consistency, [0] * len(proof.u)
    for i, e in zip(proof.kept, said.e, strict=True):
        spread[i] = e
    # A = prod u_i^e_i over the kept entries, A^v A' = g^k_A prod h_i^k_E,i over i < N: the others have the exponent 0
    k_e = [*c.k_E, *[0] * (len(proof.u) - proof.n)]
    yield "A", opening(proof.u, statement.h, c.A_prime, c.k_A, k_e, Challenge(spread, said.v))
    keys = [statement.key.y] * statement.width
    yield from reencryption(keys, statement.before, statement.after, c.F_prime, c.k_F, c.k_E, said)
