"""One of a list, for the mix road: choice i is sealed as g^i and read back by table.

Anything that is not in the table is invalid and shown as an element, never as text: free text would be a receipt. The
voter proves knowledge of the randomness; with ``membership = "proved"`` also that the choice is on the district's
list, at a cost that grows with the list. Without it an invalid vote comes to light only when it is decrypted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from evote.crypto.elgamal import PublicKey
from evote.crypto.relation import Statement, Witness
from evote.crypto.statements import encryption_of_one_of, knowledge_of_randomness
from evote.questions.option import Option, Rule, rules_of
from evote.questions.question import Opening, Question, Route, Sealed, check_form, place

PROVED, UNPROVED = "proved", "unproved"


@dataclass(frozen=True, slots=True)
class Choice(Question):
    """Choose one option or, if ``blank``, none. A ballot has one ciphertext and one proof, two with membership."""

    options: int
    blank: bool = True
    membership: str = UNPROVED

    def __post_init__(self) -> None:
        if self.options < 1:
            raise ValueError("a choice needs at least one option")
        if self.membership not in (PROVED, UNPROVED):
            raise ValueError('membership is "proved" or "unproved"')

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Choice:
        """Build from ``blank`` (true if absent) and ``membership`` ("unproved" if absent)."""
        return cls(len(options), **rules_of(rules, blank=bool, membership=str))

    @property
    def route(self) -> Route:
        """Ballots are mixed and read one by one."""
        return Route.MIX

    @property
    def width(self) -> int:
        """One ciphertext."""
        return 1

    @property
    def bound(self) -> int:
        """The exponent is the number of the option."""
        return self.options

    def encode(self, selection: Sequence[int]) -> tuple[int, ...]:
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

    def statements(self, key: PublicKey, sealed: Sealed, allowed: Collection[int]) -> list[Statement]:
        """Return knowledge of the randomness and, if asked for, membership of the district's list."""
        (ciphertext,) = check_form(self, sealed)
        knowledge: list[Statement] = [knowledge_of_randomness(ciphertext)]
        if self.membership == UNPROVED:
            return knowledge
        return [*knowledge, encryption_of_one_of(key, ciphertext, self._values(allowed))]

    def witnesses(self, opening: Opening, allowed: Collection[int]) -> list[Witness]:
        """Return the randomness and the place of the choice in the list."""
        (exponent,), (r,) = opening.exponents, opening.randomness
        knowledge = [Witness((r,))]
        if self.membership == UNPROVED:
            return knowledge
        return [*knowledge, Witness((r,), place(self._values(allowed), exponent))]

    def _values(self, allowed: Collection[int]) -> tuple[int, ...]:
        return (*([0] if self.blank else []), *sorted(allowed))
