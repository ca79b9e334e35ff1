"""Rankings: no gap, no candidate twice, nobody from another district; read from the matrix and from what is mixed."""

from __future__ import annotations

from itertools import pairwise, permutations, product

import pytest

from evote.crypto.group import group
from evote.questions.option import Rule
from evote.questions.question import Route, question_type
from evote.questions.ranked import Ranked
from tests.questions.question_contract import QuestionContract, options


def matrix(*rows: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(cell for row in rows for cell in row)


class TestTruncated(QuestionContract):
    question = Ranked(3, 1, 3)
    selections = ((), (1,), (3, 1), (1, 3), (2, 3, 1))
    refused = {"the same twice": (1, 1), "off the list": (4,), "zero": (0,), "four": (1, 2, 3, 4)}
    malicious = {
        "a duplicate rank": matrix((1, 1, 0), (0, 0, 0), (0, 0, 0)),
        "a candidate twice": matrix((1, 0, 0), (1, 0, 0), (0, 0, 0)),
        "a gap": matrix((1, 0, 0), (0, 0, 0), (0, 1, 0)),
        "no first": matrix((0, 0, 0), (1, 0, 0), (0, 0, 0)),
        "out of range": matrix((2, 0, 0), (0, 0, 0), (0, 0, 0)),
        "negative": matrix((1, 1, -1), (0, 0, 0), (0, 0, 0)),
        "more below": matrix((1, 0, 0), (0, 1, 1), (0, 0, 0)),
    }


class TestExactlyThree(QuestionContract):
    """As in the participatory budget of Krakow."""

    question = Ranked(4, 3, 3, blank=False)
    selections = ((1, 2, 3), (4, 3, 2), (3, 2, 1))
    refused = {"two": (1, 2), "none": ()}
    malicious = {
        "two": matrix((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 0)),
        "none": (0,) * 12,
        "two at the end": matrix((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 1)),
    }


class TestOneDistrict(QuestionContract):
    question = Ranked(4, 1, 2)
    allowed = (2, 4)
    selections = ((), (2,), (4, 2))
    refused = {"three": (2, 4, 1)}
    malicious = {
        "another district's": matrix((1, 0, 0, 0), (0, 0, 0, 0)),
        "another's, second": matrix((0, 1, 0, 0), (0, 0, 1, 0)),
    }


class TestOnePosition(QuestionContract):
    """A single row: its sum says all that columns could."""

    question = Ranked(3, 1, 1)
    selections = ((), (1,), (3,))
    refused = {"two": (1, 2)}
    malicious = {"two": (1, 0, 1), "twice": (0, 2, 0), "to and fro": (1, 1, -1), "against": (-1, 1, 0)}

    def test_there_are_no_columns(self) -> None:
        assert len(self.statements((0, 1, 0))) == 4


class TestOneOption(QuestionContract):
    question = Ranked(1, 1, 1)
    selections = ((), (1,))
    refused = {"two": (1, 1)}
    malicious = {"twice": (2,)}


class TestRistretto(QuestionContract):
    group = group("ristretto255")
    question = Ranked(2, 1, 2)
    selections = ((), (2, 1))
    refused = {"twice": (1, 1)}
    malicious = {"twice": matrix((1, 0), (1, 0))}


SMALL = [Ranked(3, low, high, blank) for high in (1, 2, 3) for low in range(1, high + 1) for blank in (True, False)]


@pytest.mark.parametrize("question", SMALL, ids=str)
def test_the_statements_admit_exactly_what_is_encoded(question: Ranked) -> None:
    """Over all 0/1 matrices: steps of rows and sums of columns are as stated if and only if `read` finds a ranking."""
    for cells in product((0, 1), repeat=question.width):
        rows = [sum(row) for row in question._rows(cells)]
        steps = [rows[0], *(before - after for before, after in pairwise(rows))]
        admitted = all(step in values for step, values in zip(steps, question._steps(), strict=True))
        admitted &= all(sum(column) <= 1 for column in question._columns(cells, range(1, 4)))
        assert admitted == (question.read(cells) is not None)


@pytest.mark.parametrize("question", SMALL, ids=str)
def test_every_ranking_is_read_from_its_row(question: Ranked) -> None:
    """Over all rows of numbers: exactly the rankings are read, each from its one row."""
    rankings = [r for n in range(4) for r in permutations((1, 2, 3), n) if question._valid(r)]
    read = [question.read_row(row) for row in product(range(4), repeat=question.columns)]
    assert sorted(r for r in read if r is not None) == sorted(rankings)
    for ranking in rankings:
        assert question.read_row((*ranking, *[0] * (question.columns - len(ranking)))) == ranking


RULES: dict[str, tuple[dict[str, Rule], Ranked]] = {
    "none": ({}, Ranked(4, 1, 4)),
    "three": ({"minimum": 3, "maximum": 3, "blank": False}, Ranked(4, 3, 3, blank=False)),
}


@pytest.mark.parametrize(("rules", "question"), RULES.values(), ids=RULES)
def test_rules(rules: dict[str, Rule], question: Ranked) -> None:
    assert question_type("ranked").from_rules(options(4), rules) == question
    assert (question.route, question.ranked, question.bound) == (Route.MIX, True, 4)


WRONG: dict[str, dict[str, Rule]] = {
    "more than there are": {"maximum": 5},
    "a minimum of none": {"minimum": 0},
    "minimum above maximum": {"minimum": 3, "maximum": 2},
    "a number for a bool": {"blank": 1},
}


@pytest.mark.parametrize("rules", WRONG.values(), ids=WRONG)
def test_wrong_rules(rules: dict[str, Rule]) -> None:
    with pytest.raises(ValueError, match=r"rule|ranking"):
        Ranked.from_rules(options(4), rules)
