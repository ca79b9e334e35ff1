"""Choose one, k of n, approval, yes/no: what is encoded, proved and counted, and what cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.group import group
from evote.crypto.relation import Witness, proof_size
from evote.questions.option import Rule
from evote.questions.question import question_type
from evote.questions.selection import Selection
from tests.questions.question_contract import QuestionContract, options


class TestChooseOne(QuestionContract):
    question = Selection(3)
    selections = ((), (1,), (2,), (3,))
    refused = {
        "two": (1, 2),
        "an option that is not there": (4,),
        "option zero": (0,),
        "a negative option": (-1,),
        "the same one twice": (1, 1),
    }
    malicious = {
        "two votes": (1, 1, 0, 0),
        "two votes for one": (2, 0, 0, 0),
        "a million votes": (10**6, 0, 0, 0),
        "minus one vote": (-1, 0, 0, 0),
        "two votes, one against": (1, 1, -1, 0),
        "a vote moved": (2, -1, 0, 0),
        "nothing at all": (0, 0, 0, 0),
        "blank and an option": (1, 0, 0, 1),
        "blank twice": (0, 0, 0, 2),
        "two options, blank minus one": (1, 1, 0, -1),
        "blank minus one": (0, 0, 0, -1),
    }


class TestWithoutBlank(QuestionContract):
    question = Selection(3, blank=False)
    selections = ((1,), (2,), (3,))
    refused = {"none": (), "two": (2, 3)}
    malicious = {"none": (0, 0, 0), "two": (0, 1, 1), "half and half": (2, -1, 0), "all": (1, 1, 1)}


class TestSomeOfMany(QuestionContract):
    question = Selection(4, minimum=2, maximum=3)
    selections = ((), *combinations(range(1, 5), 2), *combinations(range(1, 5), 3))
    refused = {"one": (1,), "four": (1, 2, 3, 4)}
    malicious = {
        "fewer than the minimum": (1, 0, 0, 0, 0),
        "more than the maximum": (1, 1, 1, 1, 0),
        "none, not blank": (0, 0, 0, 0, 0),
        "blank and one": (1, 0, 0, 0, 1),
        "blank and the minimum": (1, 1, 0, 0, 1),
        "cumulated": (2, 0, 0, 0, 0),
        "negative to make room": (1, 1, 1, 1, -1),
    }


class TestApproval(QuestionContract):
    question = Selection(3, minimum=0, maximum=3, blank=False)
    selections = tuple(s for n in range(4) for s in combinations((1, 2, 3), n))
    refused = {"a fourth": (1, 2, 3, 4)}
    malicious = {"two for one": (2, 0, 0), "against": (-1, 1, 1), "four in all": (2, 1, 1)}


class ForgedSum(QuestionContract):
    """A cheat whose bits are an honest voter's, and whose link tells the truth about the sum."""

    question: ClassVar[Selection]

    def forged(self, cheat: Sequence[int]) -> list[Witness]:
        q, opening = self.question, self.opening(cheat)
        multipliers = [1] * q.options + [q.maximum] * q.blank
        rho = sum((r * w for w, r in zip(multipliers, opening.randomness, strict=True)), self.group.scalar(0))
        marks = [Witness((r,)) for r in opening.randomness]
        return [*marks, *self.forged_range(q._above(cheat), rho, iter(opening.blinding), q.maximum - q.minimum)]


class TestManyOfMany(ForgedSum):
    """From 0 to 6 is committed to in bits."""

    question = Selection(8, minimum=1, maximum=7)
    selections = ((), (1,), (3, 8), (1, 2, 3, 4, 5, 6, 7))
    refused = {"eight": tuple(range(1, 9))}
    malicious = {
        "eight": (1, 1, 1, 1, 1, 1, 1, 1, 0),
        "none, not blank": (0, 0, 0, 0, 0, 0, 0, 0, 0),
        "blank and one": (0, 0, 1, 0, 0, 0, 0, 0, 1),
        "eight for one": (8, 0, 0, 0, 0, 0, 0, 0, 0),
        "negative to make room": (1, 1, 1, 1, 1, 1, 1, 1, -1),
        "nine, two against": (3, 3, 3, -1, -1, 0, 0, 0, 0),
    }


class TestApprovalOfMany(ForgedSum):
    question = Selection(6, minimum=0, maximum=6, blank=False)
    selections = ((), (6,), (1, 2, 3, 4, 5, 6))
    refused = {"a seventh": (1, 2, 3, 4, 5, 6, 7)}
    malicious = {"two for one": (2, 0, 0, 0, 0, 0), "against": (-1, 1, 1, 1, 1, 1), "seven": (2, 1, 1, 1, 1, 1)}


class TestYesOrNo(QuestionContract):
    question = Selection(1)
    selections = ((), (1,))
    refused = {"two": (1, 1), "the second": (2,)}
    malicious = {"neither": (0, 0), "both": (1, 1), "twice": (2, 0), "minus": (-1, 2)}


class TestSomeOptionsNotAllowed(QuestionContract):
    question = Selection(3)
    allowed = (1, 3)
    selections = ((), (1,), (3,))
    refused = {"two": (1, 3)}
    malicious = {
        "the one not allowed": (0, 1, 0, 0),
        "it and another": (1, 1, 0, 0),
        "it and blank": (0, 1, 0, 1),
        "less than none of it": (1, -1, 0, 0),
    }

    def test_the_voter_is_told(self) -> None:
        with pytest.raises(ValueError, match="not allowed"):
            self.witnesses(self.question.encode((2,)))


class TestTheLastOptionNotAllowed(QuestionContract):
    question = Selection(3)
    allowed = (1, 2)
    selections = ((), (1,), (2,))
    refused = {"two": (1, 2)}
    malicious = {"the one not allowed": (0, 0, 1, 0), "it and another": (0, 1, 1, 0)}


class TestRistretto(QuestionContract):
    group = group("ristretto255")
    question = Selection(2)
    selections = ((), (1,))
    refused = {"two": (1, 2)}
    malicious = {"both": (1, 1, 0), "blank and one": (1, 0, 1)}


# --- the range trick, exhaustively ---

SMALL = [
    Selection(n, low, high, blank)
    for n in (1, 2, 3)
    for high in range(1, n + 1)
    for low in range(high + 1)
    for blank in (True, False)
    if low or not blank
]


@pytest.mark.parametrize("question", SMALL, ids=str)
def test_the_range_admits_exactly_what_is_encoded(question: Selection) -> None:
    """Over all 0/1 vectors: S + maximum b is in [minimum, maximum] if and only if `read` finds a selection."""
    for exponents in product((0, 1), repeat=question.width):
        total = sum(exponents[: question.options]) + (question.maximum * exponents[-1] if question.blank else 0)
        assert (question.minimum <= total <= question.maximum) == (question.read(exponents) is not None)


@pytest.mark.parametrize("question", [q for q in SMALL if q.options < 3], ids=str)
def test_totals_admit_exactly_what_ballots_give(question: Selection) -> None:
    """Of three ballots, over all sums: a necessary condition is sufficient, too, where ballots weigh the same."""
    valid = [e for e in product((0, 1), repeat=question.width) if question.read(e) is not None]
    possible = {tuple(map(sum, zip(*cast, strict=True))) for cast in product(valid, repeat=3)}
    for sums in product(range(-1, 5), repeat=question.width):
        assert (question.totals(sums, 3) is not None) == (sums in possible)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 1000)), min_size=1))
def test_weights_multiply(cast: list[tuple[int, int]]) -> None:
    question = Selection(3)
    encoded = [[weight * e for e in question.encode((option,) if option else ())] for option, weight in cast]
    sums = [sum(column) for column in zip(*encoded, strict=True)]
    counts = tuple(sum(weight for o, weight in cast if o == option) for option in (1, 2, 3))
    blank = sum(weight for option, weight in cast if not option)
    assert question.totals(sums, sum(weight for _, weight in cast)) == (counts, blank)
    assert question.totals(sums, sum(weight for _, weight in cast) + 1) is None


def test_no_ballots() -> None:
    assert Selection(2).totals((0, 0, 0), 0) == ((0, 0), 0)
    assert Selection(2).totals((1, 0, 0), 0) is None


# --- size ---


def contract_of(asked: Selection) -> QuestionContract:
    class Asked(QuestionContract):
        question = asked

    return Asked()


@pytest.mark.parametrize("question", [Selection(3), Selection(5, 2, 4), Selection(4, 0, 4, blank=False)], ids=str)
def test_size_of_a_ballot(question: Selection) -> None:
    contract = contract_of(question)
    statements = contract.statements((0,) * question.width)
    branches = [len(statement.branches) for statement in statements]
    assert question.bound == 1
    assert branches == [2] * question.width + [question.maximum - question.minimum + 1]
    toy = contract.group
    assert proof_size(statements[0]) == 4 * toy.element_size + 3 * toy.scalar_size


@pytest.mark.parametrize(("maximum", "bits"), [(6, 0), (7, 3), (8, 3), (9, 4), (100, 7)])
def test_a_long_range_costs_its_logarithm(maximum: int, bits: int) -> None:
    question = Selection(100, 1, maximum)
    statements = contract_of(question).statements((0,) * 100 + (1,))
    assert question.commitments == len(statements) - question.width - 1 == bits


# --- rules ---


def test_registered() -> None:
    assert question_type("selection") is Selection


RULES: dict[str, tuple[dict[str, Rule], Selection]] = {
    "none": ({}, Selection(4, 1, 1, blank=True)),
    "two of four": ({"minimum": 2, "maximum": 2}, Selection(4, 2, 2, blank=True)),
    "approval": ({"minimum": 0, "maximum": 4, "blank": False}, Selection(4, 0, 4, blank=False)),
}


@pytest.mark.parametrize(("rules", "question"), RULES.values(), ids=RULES)
def test_rules(rules: dict[str, Rule], question: Selection) -> None:
    assert Selection.from_rules(options(4), rules) == question


WRONG_RULES: dict[str, dict[str, Rule]] = {
    "unknown": {"maximun": 2},
    "options": {"options": 2},
    "a bool for a number": {"maximum": True},
    "a number for a bool": {"blank": 1},
    "text for a number": {"minimum": "1"},
    "minimum above maximum": {"minimum": 3, "maximum": 2},
    "maximum above options": {"maximum": 5},
    "negative minimum": {"minimum": -1},
    "maximum zero": {"minimum": 0, "maximum": 0, "blank": False},
    "two ways to choose none": {"minimum": 0, "maximum": 2, "blank": True},
}


@pytest.mark.parametrize("rules", WRONG_RULES.values(), ids=WRONG_RULES)
def test_wrong_rules(rules: dict[str, Rule]) -> None:
    with pytest.raises(ValueError, match=r"rule|selection"):
        Selection.from_rules(options(4), rules)


def test_no_question_type_of_that_name() -> None:
    with pytest.raises(ValueError, match="nothing is registered"):
        question_type("astrology")
