"""Marks of 0 or 1 for the options, and for an exclusive blank vote if there is one, counted by a homomorphic sum.

This is what choosing among options and voting for lists have in common: one ciphertext for each mark, each proved to be
0 or 1, and 0 where the voter may not choose. How many marks a ballot may have is for the question type to say.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.relation import Statement, Witness
from evote.crypto.statements import encryption_of_one_of
from evote.questions.question import Opening, Question, Route, place


class Marks(Question):
    """The common part; a question type adds which marks go together, and proves it."""

    __slots__ = ()

    blank: bool

    @property
    def route(self) -> Route:
        """Only sums are opened."""
        return Route.AGGREGATE

    @property
    def width(self) -> int:
        """One ciphertext for each option and one for blank."""
        return self.options + self.blank

    @property
    def bound(self) -> int:
        """A ciphertext seals 0 or 1."""
        return 1

    def read(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return the options marked 1, or None if no ballot looks like this."""
        chosen = tuple(option for option in range(1, self.options + 1) if exponents[option - 1])
        try:
            return chosen if self.encode(chosen) == tuple(exponents) else None
        except ValueError:
            return None

    def distinct(self, selection: Sequence[int]) -> set[int]:
        """Return the options chosen; ``ValueError`` for one that there is not, or the same one twice."""
        chosen = set(selection)
        if len(chosen) != len(selection) or not chosen <= set(range(1, self.options + 1)):
            raise ValueError("an option that is not on the list, or the same one twice")
        return chosen

    def marks(self, chosen: Collection[int]) -> tuple[int, ...]:
        """Return 1 for each option chosen and 0 for the others, then the blank flag; empty means blank."""
        return (*(int(option in chosen) for option in range(1, self.options + 1)), *[int(not chosen)] * self.blank)

    def mark_statements(self, key: PublicKey, row: Sequence[Ciphertext], allowed: Collection[int]) -> list[Statement]:
        """Return 0/1 for each ciphertext, 0 for an option that is not allowed."""
        return [encryption_of_one_of(key, c, self._values(i, allowed)) for i, c in enumerate(row, 1)]

    def mark_witnesses(self, opening: Opening, allowed: Collection[int]) -> list[Witness]:
        """Return which branch is true and its randomness, for each of the `mark_statements`."""
        pairs = zip(opening.exponents, opening.randomness, strict=True)
        return [Witness((r,), place(self._values(i, allowed), m)) for i, (m, r) in enumerate(pairs, 1)]

    def _values(self, number: int, allowed: Collection[int]) -> tuple[int, ...]:
        return (0, 1) if number in allowed or number > self.options else (0,)
