"""Lists with preferences: one list, its own candidates, not too many."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest

from evote.crypto.group import group
from evote.crypto.relation import Witness
from evote.questions.lists import Lists
from evote.questions.option import Option, Rule
from evote.questions.question import Route, question_type
from tests.questions.question_contract import QuestionContract

TWO = (1, 1, 1, 4, 4)  # list 1 with candidates 2 and 3, list 4 with candidate 5


class TestLists(QuestionContract):
    question = Lists(5, TWO)
    selections = ((), (1,), (1, 2), (1, 3), (4,), (4, 5))
    refused = {
        "two lists": (1, 4),
        "a candidate without the list": (2,),
        "a candidate of the other list": (1, 5),
        "two preferences": (1, 2, 3),
        "off the list": (6,),
        "twice": (1, 1),
    }
    malicious = {
        "two lists": (1, 0, 0, 1, 0, 0),
        "a candidate without the list": (0, 1, 0, 0, 0, 1),
        "a candidate of the other list": (1, 0, 0, 0, 1, 0),
        "two preferences": (1, 1, 1, 0, 0, 0),
        "a preference twice": (1, 2, 0, 0, 0, 0),
        "a negative preference": (1, 1, -1, 0, 0, 0),
        "nothing at all": (0, 0, 0, 0, 0, 0),
        "blank and a list": (1, 0, 0, 0, 0, 1),
        "a list twice": (2, 0, 0, 0, 0, -1),
    }


class TestTwoPreferencesWithoutBlank(QuestionContract):
    question = Lists(5, TWO, maximum=2, blank=False)
    selections = ((1,), (1, 2, 3), (4, 5))
    refused = {"none": (), "three": (1, 2, 3, 5)}
    malicious = {"none": (0, 0, 0, 0, 0), "both lists": (1, 1, 1, 1, 0), "across": (1, 1, 0, 0, 1)}


class TestManyPreferences(QuestionContract):
    """List 1 with six candidates: from 0 to 6 is committed to in bits."""

    question = Lists(8, (1, 1, 1, 1, 1, 1, 1, 8), maximum=7)
    selections = ((), (1,), (1, 2, 5), (1, 2, 3, 4, 5, 6, 7), (8,))
    refused = {"two lists": (1, 8), "a candidate without the list": (2, 8)}
    malicious = {
        "a candidate without the list": (0, 1, 0, 0, 0, 0, 0, 1, 0),
        "a candidate and blank": (0, 0, 0, 0, 0, 0, 1, 0, 1),
        "seven preferences": (1, 2, 1, 1, 1, 1, 1, 0, 0),
        "negative": (1, -1, 0, 0, 0, 0, 0, 0, 0),
    }

    def forged(self, cheat: Sequence[int]) -> list[Witness]:
        """Return the truth about each ciphertext and about what is left, and an honest voter's bits."""
        opening = self.opening(cheat)
        r, left = opening.randomness, 6 * cheat[0] - sum(cheat[1:7])
        inside = self.forged_range(left, r[0] * 6 - sum(r[2:7], r[1]), iter(opening.blinding), 6)
        return [*(Witness((r_i,)) for r_i in r), Witness((r[0] + r[7] + r[8],)), *inside]


class TestOneDistrict(QuestionContract):
    question = Lists(5, TWO)
    allowed = (1, 2, 4)
    selections = ((), (1, 2), (4,))
    refused = {"two lists": (1, 4)}
    malicious = {"another district's candidate": (1, 0, 1, 0, 0, 0)}


class TestListsOnly(QuestionContract):
    question = Lists(2, (1, 2))
    selections = ((), (1,), (2,))
    refused = {"two": (1, 2)}
    malicious = {"two": (1, 1, 0)}


class TestRistretto(QuestionContract):
    group = group("ristretto255")
    question = Lists(3, (1, 1, 3))
    selections = ((), (1, 2))
    refused = {"two": (1, 3)}
    malicious = {"outside": (0, 1, 1, 0)}


@pytest.mark.parametrize("maximum", [1, 2])
def test_the_statements_admit_exactly_what_is_encoded(maximum: int) -> None:
    question = Lists(5, TWO, maximum)
    for marks in product((0, 1), repeat=6):
        one = marks[0] + marks[3] + marks[5] == 1
        first, second = maximum * marks[0] - marks[1] - marks[2], marks[3] - marks[4]
        admitted = one and 0 <= first <= maximum and 0 <= second <= 1
        assert admitted == (question.read(marks) is not None)


OPTIONS = [
    Option(id="green", name="Greens"),
    Option(id="ann", name="Ann", party="green"),
    Option(id="red", name="Reds"),
    Option(id="bo", name="Bo", party="green"),
]


def test_lists_are_read_from_parties() -> None:
    question = question_type("lists").from_rules(OPTIONS, {"maximum": 2, "blank": False})
    assert question == Lists(4, (1, 1, 3, 1), 2, blank=False)
    assert question.route is Route.AGGREGATE


def test_a_candidate_without_a_list() -> None:
    with pytest.raises(ValueError, match="no list 'blue'"):
        Lists.from_rules([*OPTIONS, Option(id="cy", name="Cy", party="blue")], {})


WRONG: dict[str, dict[str, Rule]] = {
    "no preferences": {"maximum": 0},
    "unknown": {"minimum": 1},
    "text": {"blank": "no"},
}


@pytest.mark.parametrize("rules", WRONG.values(), ids=WRONG)
def test_wrong_rules(rules: dict[str, Rule]) -> None:
    with pytest.raises(ValueError, match=r"rule|lists"):
        Lists.from_rules(OPTIONS, rules)
