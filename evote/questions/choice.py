"""One of a list, for the mix road: choice i is sealed as g^i and read back by table.

Anything that is not in the table is invalid and shown as an element, never as text: free text would be a receipt. The
voter proves knowledge of the randomness; with ``membership = "proved"`` also that the choice is on the district's
list, at a cost that grows with the list. Without it an invalid vote comes to light only when it is decrypted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import Scalar
from evote.crypto.relation import Statement, Witness
from evote.crypto.statements import encryption_of_one_of, knowledge_of_randomness
from evote.questions.question import Route, Rule, place, rules_of

PROVED, UNPROVED = "proved", "unproved"


@dataclass(frozen=True, slots=True)
class Choice:
    """Choose one option or, if ``blank``, none. A ballot has one ciphertext and one proof, two with membership."""

    route: ClassVar[Route] = Route.MIX
    options: int
    blank: bool = True
    membership: str = UNPROVED

    def __post_init__(self) -> None:
        if self.options < 1:
            raise ValueError("a choice needs at least one option")
        if self.membership not in (PROVED, UNPROVED):
            raise ValueError('membership is "proved" or "unproved"')

    @classmethod
    def from_rules(cls, options: int, rules: Mapping[str, Rule]) -> Choice:
        """Build from ``blank`` (true if absent) and ``membership`` ("unproved" if absent)."""
        return cls(options, **rules_of(rules, blank=bool, membership=str))

    @property
    def width(self) -> int:
        """One ciphertext."""
        return 1

    @property
    def bound(self) -> int:
        """The exponent is the number of the option."""
        return self.options

    def encode(self, selection: Collection[int]) -> tuple[int, ...]:
        """Return the number of the one option chosen, 0 for blank."""
        if not selection and self.blank:
            return (0,)
        if len(selection) != 1 or not set(selection) <= set(range(1, self.options + 1)):
            raise ValueError("choose exactly one option on the list")
        return tuple(selection)

    def read(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return the option chosen, () for blank, None for an invalid vote."""
        (exponent,) = exponents
        if exponent == 0:
            return () if self.blank else None
        return (exponent,) if 1 <= exponent <= self.options else None

    def statements(
        self, key: PublicKey, ciphertexts: Sequence[Ciphertext], allowed: Collection[int]
    ) -> list[Statement]:
        """Return knowledge of the randomness and, if asked for, membership of the district's list."""
        (ciphertext,) = ciphertexts
        knowledge: list[Statement] = [knowledge_of_randomness(ciphertext)]
        if self.membership == UNPROVED:
            return knowledge
        return [*knowledge, encryption_of_one_of(key, ciphertext, self._values(allowed))]

    def witnesses(
        self, exponents: Sequence[int], randomness: Sequence[Scalar], allowed: Collection[int]
    ) -> list[Witness]:
        """Return the randomness and the place of the choice in the list."""
        knowledge = [Witness((randomness[0],))]
        if self.membership == UNPROVED:
            return knowledge
        return [*knowledge, Witness((randomness[0],), place(self._values(allowed), exponents[0]))]

    def _values(self, allowed: Collection[int]) -> tuple[int, ...]:
        return (*([0] if self.blank else []), *sorted(allowed))

    def totals(self, _sums: Sequence[int], _weight: int, /) -> tuple[tuple[int, ...], int] | None:
        """Mixed ballots are read one by one, never summed."""
        raise TypeError("a choice is counted ballot by ballot")
