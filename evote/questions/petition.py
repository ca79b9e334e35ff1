"""A petition: support it, or do not; withdrawing is voting again without support.

A ballot is one ciphertext of 1 or 0. Anybody on the roll may post a 0, so a ballot shows that somebody took part, not
that they support. What is published is the count at closing (``result = "count"``) or only whether the threshold is
reached (``result = "threshold"``), tested at the times named in ``tests`` and at closing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from evote.crypto.elgamal import PublicKey
from evote.crypto.relation import Statement, Witness
from evote.crypto.statements import encryption_of_one_of
from evote.questions.option import Option, Rule, rules_of
from evote.questions.question import Opening, Question, Route, Sealed, check_form, place

COUNT, THRESHOLD = "count", "threshold"
CLOSING = "closing"
MAX_TESTS, MAX_NAME = 100, 40


@dataclass(frozen=True, slots=True)
class Petition(Question):
    """Support the one option, or nothing; ``tests`` are the names of the tests before closing, in order.

    A ballot has one ciphertext and one proof of 2 branches.
    """

    options: int = 1
    result: str = COUNT
    tests: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.options != 1:
            raise ValueError("a petition has one option: to support it")
        if self.result not in (COUNT, THRESHOLD):
            raise ValueError('the result of a petition is "count" or "threshold"')
        if self.tests and self.result == COUNT:
            raise ValueError("a petition that is counted is tested by its count, at closing")
        for test in self.tests:
            if not 0 < len(test) <= MAX_NAME or test != test.strip():
                raise ValueError(f"test {test!r}: a name has 1 to {MAX_NAME} characters, no space before or after it")
        if len({*self.tests, CLOSING}) != len(self.tests) + 1:
            raise ValueError(f"the tests of a petition have names of their own, and none is called {CLOSING}")
        if len(self.tests) > MAX_TESTS:
            raise ValueError(f"a petition has at most {MAX_TESTS} tests")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Petition:
        """Build from ``result`` ("count" if absent) and ``tests``, names between commas."""
        given = rules_of(rules, result=str, tests=str)
        tests = given.get("tests", "")
        return cls(len(options), given.get("result", COUNT), tuple(tests.split(",")) if tests else ())

    @property
    def times(self) -> tuple[str, ...]:
        """When the threshold is tested, in order."""
        return (*self.tests, CLOSING)

    @property
    def route(self) -> Route:
        """Only the sum, or only the test, is opened."""
        return Route.AGGREGATE if self.result == COUNT else Route.THRESHOLD

    @property
    def width(self) -> int:
        """One ciphertext."""
        return 1

    @property
    def bound(self) -> int:
        """It seals 0 or 1."""
        return 1

    def encode(self, selection: Sequence[int]) -> tuple[int, ...]:
        """Return 1 for support, 0 for none."""
        if tuple(selection) not in ((), (1,)):
            raise ValueError("support the petition, or do not")
        return (len(selection),)

    def read(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return (1,) for support, () for none."""
        (exponent,) = exponents
        return {0: (), 1: (1,)}.get(exponent)

    def statements(self, key: PublicKey, sealed: Sealed, allowed: Collection[int]) -> list[Statement]:
        """Return 0 or 1; 0 where support is not allowed."""
        (ciphertext,) = check_form(self, sealed)
        return [encryption_of_one_of(key, ciphertext, self._values(allowed))]

    def witnesses(self, opening: Opening, allowed: Collection[int]) -> list[Witness]:
        """Return the randomness, and which it is."""
        (exponent,), (r,) = opening.exponents, opening.randomness
        return [Witness((r,), place(self._values(allowed), exponent))]

    def totals(self, sums: Sequence[int], ballots: int, /) -> tuple[tuple[int, ...], int] | None:
        """Return the supporters, and as blank those who took part without support."""
        (support,) = sums
        return ((support,), ballots - support) if 0 <= support <= ballots else None

    def _values(self, allowed: Collection[int]) -> tuple[int, ...]:
        return (0, 1) if 1 in allowed else (0,)
