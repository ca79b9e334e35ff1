"""Scores, cumulative votes and budgets: no point too many, none negative, nothing over the cap."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.group import group
from evote.questions.budget import Budget
from evote.questions.cumulative import Cumulative
from evote.questions.option import Option, Rule
from evote.questions.points import Points
from evote.questions.question import Question, Route, question_type
from evote.questions.score import Score
from tests.questions.points_contract import PointsContract
from tests.questions.question_contract import TOY, options

FIVE_OF_ONE = (1,) * 5


class TestScore(PointsContract):
    question = Score(2, 3)
    selections = ((), (1,), (2, 2, 2), (1, 1, 1, 2), (1, 1, 1, 2, 2, 2))
    refused = {"four for one": (1, 1, 1, 1), "off the list": (3,), "zero": (0,)}
    malicious = {"out of range": (4, 0), "negative": (-1, 0), "a million": (0, 10**6), "to and fro": (4, -1)}


class TestScoreInBits(PointsContract):
    """Ten is too much to be named one by one: bits are committed to."""

    question = Score(2, 10)
    selections = ((), (1,) * 10, (1,) * 3 + (2,) * 9)
    refused = {"eleven for one": (1,) * 11}
    malicious = {"eleven": (11, 0), "sixteen": (0, 16), "negative": (-1, 0), "to and fro": (11, -1)}


class TestCumulative(PointsContract):
    question = Cumulative(3, 5, 5)
    selections = ((), (1,), FIVE_OF_ONE, (1, 1, 2, 3, 3))
    refused = {"six for one": (1,) * 6, "six in all": (1, 1, 2, 2, 3, 3), "off the list": (4,)}
    malicious = {
        "six for one": (6, 0, 0),
        "six in all": (2, 2, 2),
        "negative to make room": (5, 1, -1),
        "negative": (0, 0, -1),
        "all to all": (5, 5, 5),
    }


class TestCumulativeInBits(PointsContract):
    question = Cumulative(2, 7, 9)
    selections = ((), (1,) * 7 + (2,) * 2, (2,) * 7)
    refused = {"eight for one": (1,) * 8, "ten in all": (1,) * 5 + (2,) * 5}
    malicious = {"eight for one": (8, 0), "ten in all": (5, 5), "negative to make room": (7, -1), "sixteen": (16, 0)}


class TestCumulativeInADistrict(PointsContract):
    question = Cumulative(3, 2, 3)
    allowed = (1, 3)
    selections = ((), (1, 1), (1, 3, 3))
    refused = {"four": (1, 1, 3, 3)}
    malicious = {"one not allowed": (0, 1, 0), "and another": (1, 1, 1), "less than none of it": (2, -1, 2)}


class TestScoreInBitsInADistrict(PointsContract):
    question = Score(2, 10)
    allowed = (2,)
    selections = ((), (2,) * 10)
    refused = {"eleven for one": (2,) * 11}
    malicious = {"one not allowed": (1, 0), "ten not allowed": (10, 3), "eleven": (0, 11), "less than none": (-1, 0)}

    def test_the_voter_is_told(self) -> None:
        with pytest.raises(ValueError, match="not allowed"):
            self.witnesses((1, 0))


class TestBudgetInADistrict(PointsContract):
    """An option that is not allowed has one proof of one value."""

    question = Budget(3, (4, 3, 2), 6)
    allowed = (1, 3)
    selections = ((), (1,), (1, 3))
    refused = {"all": (1, 2, 3)}
    malicious = {"one not allowed": (0, 1, 0), "too dear with it": (1, 1, 0), "negative to make room": (1, -1, 1)}

    def test_what_is_proved_of_each(self) -> None:
        branches = [len(statement.branches) for statement in self.statements((0, 0, 0))]
        assert branches == [2, 1, 2, 2, 2, 2, 1]  # the last four are of the cap, in bits


class TestBudget(PointsContract):
    question = Budget(4, (8, 3, 3, 1), 11)
    selections = tuple(
        s for n in range(4) for s in combinations((1, 2, 3, 4), n) if sum((8, 3, 3, 1)[i - 1] for i in s) <= 11
    )
    refused = {"over the cap": (1, 2, 4), "twice": (4, 4), "off the list": (5,)}
    malicious = {
        "one over the cap": (1, 1, 0, 1),
        "everything": (1, 1, 1, 1),
        "negative to make room": (1, 1, 1, -3),
        "twice": (0, 0, 0, 2),
        "negative": (-1, 0, 0, 0),
    }


class TestSmallBudget(PointsContract):
    """A cap that is proved by naming what may be spent."""

    question = Budget(3, (2, 1, 1), 3)
    selections = ((), (1, 2), (2, 3))
    refused = {"over the cap": (1, 2, 3)}
    malicious = {"everything": (1, 1, 1), "negative to make room": (1, 2, -1)}


class TestBudgetOnACurve(PointsContract):
    group = group("p-256")
    question = Budget(2, (50, 40), 60)
    selections = ((), (1,), (2,))
    refused = {"both": (1, 2)}
    malicious = {"both": (1, 1)}


class TestFreeProject(PointsContract):
    question = Budget(2, (10, 0), 7)
    selections = ((), (2,))
    refused = {"too dear": (1,)}
    malicious = {"too dear": (1, 0), "free, twice": (0, 2)}


# --- budgets ---


def projects(*costs: int) -> list[Option]:
    return [Option(id=f"p-{i}", name="Project", cost=cost) for i, cost in enumerate(costs)]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6).filter(any), st.integers(1, 100), st.integers(1, 50))
def test_dividing_by_the_unit_changes_nothing(costs: list[int], budget: int, unit: int) -> None:
    """Whatever the unit: the same selections cost no more than the budget."""
    priced = projects(*(cost * unit for cost in costs))
    try:
        question = Budget.from_rules(priced, {"budget": budget})
    except ValueError:
        assert budget < min(cost * unit for cost in costs if cost)
        return
    for number in range(len(costs) + 1):
        for chosen in combinations(range(1, len(costs) + 1), number):
            affordable = sum(costs[i - 1] * unit for i in chosen) <= budget
            marks = [int(i in chosen) for i in range(1, len(costs) + 1)]
            assert (question.read(marks) is not None) == affordable


def test_the_proof_grows_with_the_logarithm() -> None:
    sizes = [Budget.from_rules(projects(10**10, 7), {"budget": 10**n}).commitments for n in (2, 4, 8)]
    assert sizes == [7, 14, 27]


def test_costs_in_thousands_make_short_proofs() -> None:
    assert Budget.from_rules(projects(40_000, 15_000), {"budget": 154_999}) == Budget(2, (8, 3), 30)


# --- rules ---


def test_registered() -> None:
    found = [question_type(name) for name in ("score", "cumulative", "budget")]
    assert found == [Score, Cumulative, Budget]
    assert {q.route for q in (Score(1, 1), Cumulative(1, 1, 1), Budget(1, (1,), 1))} == {Route.AGGREGATE}


RULES: dict[str, tuple[type[Question], dict[str, Rule], Question]] = {
    "score": (Score, {}, Score(4, 5)),
    "score to ten": (Score, {"maximum": 10}, Score(4, 10)),
    "cumulative": (Cumulative, {}, Cumulative(4, 5, 5)),
    "six points": (Cumulative, {"limit": 6}, Cumulative(4, 6, 6)),
    "at most two each": (Cumulative, {"limit": 6, "maximum": 2}, Cumulative(4, 2, 6)),
}


@pytest.mark.parametrize(("kind", "rules", "question"), RULES.values(), ids=RULES)
def test_rules(kind: type[Question], rules: dict[str, Rule], question: Question) -> None:
    assert kind.from_rules(options(4), rules) == question


WRONG: dict[str, tuple[type[Question], dict[str, Rule]]] = {
    "a score of nothing": (Score, {"maximum": 0}),
    "a score in words": (Score, {"maximum": "ten"}),
    "no points": (Cumulative, {"limit": 0}),
    "more for one than in all": (Cumulative, {"limit": 3, "maximum": 4}),
    "a negative limit": (Cumulative, {"limit": -1}),
    "a budget without a sum": (Budget, {}),
    "a budget without costs": (Budget, {"budget": 5}),
}


@pytest.mark.parametrize(("kind", "rules"), WRONG.values(), ids=WRONG)
def test_wrong_rules(kind: type[Question], rules: dict[str, Rule]) -> None:
    with pytest.raises(ValueError, match=r"rule|score|cumulative|budget"):
        kind.from_rules(options(4), rules)


def test_a_budget_that_buys_nothing() -> None:
    with pytest.raises(ValueError, match="affords nothing"):
        Budget.from_rules(projects(30, 60), {"budget": 29})


def contract_of(asked: Points) -> PointsContract:
    class Asked(PointsContract):
        question = asked

    return Asked()


UNCAPPED: dict[str, tuple[Points, Points]] = {
    "cumulative": (Cumulative(2, 4, 8), Cumulative(2, 4, 7)),
    "budget": (Budget(3, (5, 3, 1), 9), Budget(3, (5, 3, 1), 8)),
}


@pytest.mark.parametrize(("free", "capped"), UNCAPPED.values(), ids=UNCAPPED)
def test_a_cap_that_nobody_can_pass_is_not_proved(free: Points, capped: Points) -> None:
    for question, cap in ((free, None), (capped, capped.allowance)):
        names = [statement.name for statement in contract_of(question).statements((0,) * question.options)]
        assert (question.cap, "range" in names) == (cap, cap is not None)
    assert free.read((free.maximum,) * free.options) is not None
    assert capped.read((free.maximum,) * free.options) is None


def test_what_the_group_cannot_count_is_not_stated() -> None:
    """A cost of q - 2 and one of 3 make 1 in the exponent, which is under any cap."""
    q = TOY.order
    assert contract_of(Budget(2, (q - 2, 1), 10)).statements((0, 0))
    too_dear = contract_of(Budget(2, (q - 2, 3), 10))
    with pytest.raises(ValueError, match="more to be spent than the group can count"):
        too_dear.statements((0, 0))


LARGE: dict[str, tuple[type[Question], dict[str, Rule]]] = {
    "score": (Score, {"maximum": 1 << 16}),
    "cumulative": (Cumulative, {"maximum": 1 << 16, "limit": 1 << 17}),
    "limit": (Cumulative, {"limit": 1 << 16}),
}


@pytest.mark.parametrize(("kind", "rules"), LARGE.values(), ids=LARGE)
def test_more_points_than_a_selection_can_name(kind: type[Question], rules: dict[str, Rule]) -> None:
    assert kind.from_rules(options(4), {"maximum": (1 << 16) - 1} | ({"limit": 1 << 17} if "limit" in rules else {}))
    with pytest.raises(ValueError, match="fewer than 65536 points"):
        kind.from_rules(options(4), rules)


def test_costs_of_more_than_64_bits() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        Budget.from_rules(projects(1, *[(1 << 53) - 1] * 2100), {"budget": 5})
