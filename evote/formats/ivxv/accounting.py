"""Whether every ciphertext is accounted for: from one box to the next, and from the last box to what was decrypted.

Ciphertexts are compared by the SHA-256 of their bytes, which is also how the logs name them. Places, and how many votes
are in each, survive mixing; ciphertexts do not. The official auditor makes none of these comparisons.

Source: ``formats/IVXV.md`` 6.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from evote.errors import VerificationError
from evote.formats.ivxv.box.anonymous import Place, Vote
from evote.formats.ivxv.checks import MIX

SHOWN = 5  # of a list of faults; the rest is counted
Places = Sequence[Place]


@dataclass(slots=True)
class Votes:
    """The votes of a file: the places of each ciphertext, by digest."""

    election: str
    places: dict[bytes, list[Place]] = field(default_factory=dict)
    count: int = 0

    @classmethod
    def of(cls, election: str, votes: Iterable[Vote], see: Callable[[bytes, bytes], None] | None = None) -> Votes:
        """Return the votes, read to the end; ``see`` is told each one's digest and bytes."""
        made = cls(election)
        for vote in votes:
            name = digest(vote.ciphertext)
            made.places.setdefault(name, []).append(vote.place)
            made.count += 1
            if see is not None:
                see(name, vote.ciphertext)
        return made

    def by_place(self) -> Counter[Place]:
        """Return how many votes there are in each place."""
        return Counter(place for places in self.places.values() for place in places)

    def questions(self) -> list[str]:
        """Return the questions that were answered, sorted."""
        return sorted({place.question for place in self.by_place()})

    def copies(self) -> int:
        """Return how many votes have the ciphertext of another."""
        return self.count - len(self.places)


def digest(ciphertext: bytes) -> bytes:
    """Return the SHA-256, by which ciphertexts are compared."""
    return hashlib.sha256(ciphertext).digest()


def listed(faults: Sequence[str]) -> str:
    """Return the first faults, and how many more there are."""
    rest = len(faults) - SHOWN
    return "; ".join(faults[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


def names(digests: Sequence[bytes]) -> str:
    """Return how many ciphertexts these are, and the first of them, named as the logs name them."""
    first = [b64encode(one).decode() for one in digests[:SHOWN]]
    return f"{len(digests)} ({', '.join(first)}{', ...' if len(digests) > SHOWN else ''})"


def was_mixed(before: Votes, after: Votes) -> bool:
    """Tell whether the second box is the first one mixed, as far as that can be seen without a proof of shuffle.

    Raises `VerificationError` if the second can be neither the first one, in any order, nor the first one mixed: mixing
    keeps the number of votes in each place, and no ciphertext.
    """
    had, has = before.by_place(), after.by_place()
    if had != has:
        faults = [
            f"{place.district}, {place.parish}, {place.question}: {had[place]} votes before mixing, {has[place]} after"
            for place in sorted(had.keys() | has.keys())
            if had[place] != has[place]
        ]
        raise VerificationError(MIX, listed(faults))
    same = sum(sorted(places) == sorted(after.places.get(name, ())) for name, places in before.places.items())
    if same == len(before.places):
        return False
    if before.places.keys() & after.places.keys():
        raise VerificationError(MIX, "some ciphertexts stand in both boxes and others do not: not mixed, nor the same")
    return True


@dataclass(frozen=True, slots=True)
class Decrypted:
    """What was decrypted: how many proofs there are of each ciphertext, and what is listed as invalid."""

    proofs: Counter[bytes]
    invalid: Votes

    def meets(self, box: Votes) -> bool:
        """Tell whether any ciphertext of the box was decrypted; of a box that was mixed none is."""
        return not box.places.keys().isdisjoint(self.proofs.keys() | self.invalid.places.keys())

    def check_count(self, box: Votes, *, complete: bool) -> None:
        """Raise `VerificationError` unless there may be as many votes in the box as here, whatever they are.

        There may be more in the box unless the list of invalid votes is ``complete``.
        """
        listed = {name: len(places) for name, places in self.invalid.places.items()}
        least = sum(max(self.proofs[name], listed.get(name, 0)) for name in self.proofs.keys() | listed.keys())
        most = self.proofs.total() + self.invalid.count
        if box.count < least or (complete and box.count > most):
            raise VerificationError(MIX, f"{box.count} votes before mixing, and {most} proved or listed as invalid")

    def is_proved_too(self, name: bytes, box: Votes) -> bool:
        """Tell whether votes listed as invalid have proofs as well, which the format does not demand."""
        return self.proofs[name] == len(box.places[name])

    def missing(self, box: Votes) -> list[bytes]:
        """Return the ciphertexts of the box that are neither proved nor listed, as often as they stand there."""
        return [
            name
            for name, places in box.places.items()
            if self.proofs[name] + len(self.invalid.places.get(name, ())) < len(places)
        ]

    def surplus(self, box: Votes) -> list[bytes]:
        """Return the ciphertexts proved or listed more often than they stand in the box, or in other places."""
        return [
            name
            for name in sorted(self.proofs.keys() | self.invalid.places.keys())
            if not self._fits(name, box.places.get(name, ()))
        ]

    def _fits(self, name: bytes, places: Places) -> bool:
        """Tell whether there is a place for all; too few is not asked here."""
        invalid = self.invalid.places.get(name, ())
        if Counter(invalid) - Counter(places):
            return False
        return self.proofs[name] <= len(places) - len(invalid) or self.proofs[name] == len(places)

    def remaining(self, name: bytes, places: Places) -> list[Place]:
        """Return the places of a ciphertext without those where it is listed as invalid."""
        return list((Counter(places) - Counter(self.invalid.places.get(name, ()))).elements())
