"""k of n and its relatives, counted by a homomorphic sum: a yes/no question, choose one, approval.

One ciphertext of 0 or 1 for each option, and one more for an exclusive blank vote where the rules allow it. The sum
S of the options and the blank b satisfy minimum (1 - b) <= S <= maximum (1 - b), proved as one range:
S + maximum b lies between minimum and maximum, which with b = 1 leaves only S = 0. Beyond a few values its bits are
committed to (`evote.crypto.range_proof`), so its cost grows with their logarithm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.range_proof import bit_weights, bits, range_statements, range_witnesses
from evote.crypto.relation import Statement, Witness
from evote.questions.marks import Marks
from evote.questions.option import Option, Rule, rules_of
from evote.questions.question import Opening, Sealed, check_form


@dataclass(frozen=True, slots=True)
class Selection(Marks):
    """Choose at least ``minimum`` and at most ``maximum`` of the options, or, if ``blank``, none expressly.

    A ballot has n ciphertexts, n + 1 with blank; a proof of 2 branches for each, and the `range_statements` of the sum.
    """

    options: int
    minimum: int = 1
    maximum: int = 1
    blank: bool = True

    def __post_init__(self) -> None:
        if not (0 <= self.minimum <= self.maximum <= self.options and self.maximum >= 1):
            raise ValueError("a selection needs 0 <= minimum <= maximum <= options and maximum >= 1")
        if self.blank and not self.minimum:
            raise ValueError("a selection of none and a blank vote are one: minimum 0 needs blank = false")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Selection:
        """Build from ``minimum``, ``maximum`` (both 1 if absent) and ``blank`` (true if absent)."""
        return cls(len(options), **rules_of(rules, minimum=int, maximum=int, blank=bool))

    @property
    def commitments(self) -> int:
        """The bits of S + maximum b - minimum, unless its values are named."""
        return len(bit_weights(self.maximum - self.minimum))

    def answerable(self, allowed: Collection[int]) -> bool:
        """Tell whether there are ``minimum`` options to choose, and one at least."""
        return len(allowed) >= max(self.minimum, 1)

    def encode(self, selection: Sequence[int]) -> tuple[int, ...]:
        """Return 1 for each option chosen and 0 for the others, then the blank flag; empty means blank."""
        chosen = self.distinct(selection)
        blank = self.blank and not chosen
        if not blank and not self.minimum <= len(chosen) <= self.maximum:
            raise ValueError(f"choose at least {self.minimum} and at most {self.maximum}")
        return self.marks(chosen)

    def statements(self, key: PublicKey, sealed: Sealed, allowed: Collection[int]) -> list[Statement]:
        """Return 0/1 for each ciphertext (0 for an option that is not allowed), then the range of the sum."""
        ciphertexts = check_form(self, sealed)
        total, m = self._total(ciphertexts), self.maximum - self.minimum
        marks = self.mark_statements(key, ciphertexts, allowed)
        return [*marks, *range_statements(key, total, sealed.commitments, m, start=self.minimum)]

    def committed(self, exponents: Sequence[int], /) -> tuple[int, ...]:
        """Return the bits of S + maximum b - minimum."""
        return bits(self._above(exponents), self.maximum - self.minimum)

    def witnesses(self, opening: Opening, allowed: Collection[int]) -> list[Witness]:
        """Return which branch is true and its randomness, for each of the `statements`."""
        exponents, randomness = opening.exponents, opening.randomness
        marks = self.mark_witnesses(opening, allowed)
        r = sum(randomness[1 : self.options], randomness[0])
        if self.blank:
            r += randomness[-1] * self.maximum
        return [*marks, *range_witnesses(self._above(exponents), r, opening.blinding, self.maximum - self.minimum)]

    def _above(self, exponents: Sequence[int]) -> int:
        """Return S + maximum b - minimum."""
        blank = exponents[-1] if self.blank else 0
        return sum(exponents[: self.options]) + self.maximum * blank - self.minimum

    def _total(self, ciphertexts: Sequence[Ciphertext]) -> Ciphertext:
        """Return an encryption of S + maximum b."""
        total = reduce(mul, ciphertexts[: self.options])
        return reduce(mul, [ciphertexts[-1]] * self.maximum, total) if self.blank else total

    def totals(self, sums: Sequence[int], ballots: int, /) -> tuple[tuple[int, ...], int] | None:
        """Return the count of each option and of blank, or None if so many ballots cannot give them.

        With K the ballots and B the blanks: minimum (K - B) <= sum <= maximum (K - B), and each option 0 to K - B.
        """
        counts, blank = tuple(sums[: self.options]), sums[-1] if self.blank else 0
        marked = ballots - blank
        each = min(sums) >= 0 and max(counts) <= marked
        return (counts, blank) if each and self.minimum * marked <= sum(counts) <= self.maximum * marked else None
