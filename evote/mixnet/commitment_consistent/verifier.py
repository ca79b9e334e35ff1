"""Checking a commitment-consistent proof of shuffle: 4 + N + 2w equations, those of Terelius and Wikstrom.

That u commits to a permutation is A, B, C, D of the first part; that the list is permuted so, A and F of the second,
whose e is drawn after u and both lists. ``docs/soundness.md`` says why the first part need not know the lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from evote.crypto.equation import Equation, Family
from evote.crypto.group import Group
from evote.crypto.transcript import Transcript
from evote.mixnet.commitment_consistent.proof import (
    TwoParts,
    batching_vector,
    consistency_challenge,
    decode,
    permutation_challenge,
)
from evote.mixnet.shuffle import ShuffleStatement
from evote.mixnet.terelius_wikstrom.verifier import Challenge, Named, opening, permutation, reencryption


class CommitmentConsistent:
    """The registered proof ``commitment-consistent``. Folded, N (8 + 4w) powers, of which N (3 + 2w) short modulo p."""

    check: ClassVar[str] = "shuffle.commitment-consistent"

    def decode(self, group: Group, width: int, lines: Sequence[bytes], proof: bytes) -> TwoParts:
        """Return the proof; raise `DecodeError` for anything but its encoding."""
        return decode(group, width, lines, proof)

    def equations(
        self, statement: ShuffleStatement, proof: TwoParts, transcript: Transcript
    ) -> Iterator[Equation | Family]:
        """Yield the equations; a proof for a list of another length is a ``ValueError``."""
        if len(proof.u) != len(statement.before):
            raise ValueError("a proof of shuffle for a list of another length")
        first = permutation_challenge(proof.permutation, transcript)
        e = batching_vector(statement, transcript)
        said = Challenge(e, consistency_challenge(proof.consistency.A_prime, proof.consistency.F_prime, transcript))
        for claims in (permutation(statement.h, proof.permutation, first), _consistency(statement, proof, said)):
            for _, equation in claims:
                yield equation


def _consistency(statement: ShuffleStatement, proof: TwoParts, said: Challenge) -> Named:
    """Yield what shows that the list is permuted as u says."""
    c = proof.consistency
    yield "A", opening(proof.u, statement.h, c.A_prime, c.k_A, c.k_E, said)
    keys = [statement.key.y] * statement.width
    yield from reencryption(keys, statement.before, statement.after, c.F_prime, c.k_F, c.k_E, said)
