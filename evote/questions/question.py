"""A question says what may be answered and what must be true of a sealed answer; it neither proves nor verifies.

A new question type is one new file: a class with this protocol, registered under ``evote.questions``. Options are
numbered from 1 in the order of the definition; an answer is a sequence of exponents m_i, one ciphertext
(g^r, g^m_i y^r) for each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, Protocol, Self

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import Scalar
from evote.crypto.relation import Statement, Witness
from evote.registry import registered, registered_names

Rule = bool | int | str


class Route(Enum):
    """The road from ballots to a result."""

    AGGREGATE = "aggregate"
    MIX = "mix"


class Question(Protocol):
    """What a question type must offer; instances are frozen and cannot be built wrong."""

    route: ClassVar[Route]
    options: int

    @classmethod
    def from_rules(cls, options: int, rules: Mapping[str, Rule]) -> Self:
        """Build from the definition's ``rules``; ``ValueError`` names what is wrong with them."""

    @property
    def width(self) -> int:
        """The number of ciphertexts in an answer."""

    @property
    def bound(self) -> int:
        """The largest exponent that a ciphertext of a valid answer seals."""

    def encode(self, selection: Collection[int]) -> tuple[int, ...]:
        """Return the exponents that seal a selection of options (empty: blank); ``ValueError`` if not allowed."""

    def statements(
        self, key: PublicKey, ciphertexts: Sequence[Ciphertext], allowed: Collection[int]
    ) -> list[Statement]:
        """Return what must be true of an answer by a voter who may choose from ``allowed``."""

    def witnesses(
        self, exponents: Sequence[int], randomness: Sequence[Scalar], allowed: Collection[int]
    ) -> list[Witness]:
        """Return why the `statements` are true, in the same order."""

    def read(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return the selection that `encode` turns into these exponents, or None if there is none."""

    def totals(self, sums: Sequence[int], weight: int, /) -> tuple[tuple[int, ...], int] | None:
        """Return counts per option and blanks from the sums of all answers, or None if ballots cannot give them.

        Only for Route.AGGREGATE; ``weight`` is the total weight of the ballots.
        """


def rules_of(rules: Mapping[str, Rule], **kinds: type) -> dict[str, Any]:
    """Return the rules as keyword arguments; ``ValueError`` for an unknown one or one of another type."""
    for name, value in rules.items():
        if type(value) is not kinds.get(name):
            raise ValueError(f"rule {name!r} is unknown, or not of the right type")
    return dict(rules)


def place(values: Sequence[int], exponent: int) -> int:
    """Return where ``exponent`` stands among the values that a voter may seal; ``ValueError`` if it does not."""
    if exponent not in values:
        raise ValueError("an option that is not allowed to this voter")
    return values.index(exponent)


def question_type(name: str) -> type[Question]:
    """Return the registered question type of that name; ``ValueError`` if there is none, or more than one."""
    found: type[Question] = registered("evote.questions", name)
    return found


def question_names() -> list[str]:
    """Return the names of all registered question types."""
    return registered_names("evote.questions")
