"""One of a list on the mix road: with membership proved no false choice gets in, without it none is counted."""

from __future__ import annotations

import pytest

from evote.crypto.elgamal import PublicKey
from evote.crypto.group import group
from evote.questions.choice import PROVED, Choice
from evote.questions.option import Rule
from evote.questions.question import Opening, Route, Sealed, question_type
from tests.questions.question_contract import SECRET, TOY, QuestionContract, options


class TestUnproved(QuestionContract):
    question = Choice(5)
    selections = ((), (1,), (4,), (5,))
    refused = {"two": (1, 2), "off the list": (6,), "zero": (0,), "negative": (-1,)}
    unreadable = {"off the list": (6,), "negative": (-1,), "a million": (10**6,)}

    def test_randomness_must_be_known(self) -> None:
        """Who re-uses another's c1 without its randomness proves nothing."""
        (statement,) = self.question.statements(self.key, self.seal((1,)), self.options_allowed)
        opening = Opening((1,), [self.group.scalar(5)])
        (witness,) = self.question.witnesses(opening, self.options_allowed)
        assert not self.provable(statement, witness)


class TestProved(QuestionContract):
    question = Choice(5, membership=PROVED)
    selections = ((), (1,), (4,), (5,))
    refused = {"two": (1, 2), "off the list": (6,), "zero": (0,)}
    malicious = {"off the list": (6,), "negative": (-1,), "a million": (10**6,)}


class TestProvedWithoutBlank(QuestionContract):
    question = Choice(3, blank=False, membership=PROVED)
    selections = ((1,), (2,), (3,))
    refused = {"none": ()}
    malicious = {"blank": (0,), "off the list": (4,)}


class TestOneOption(QuestionContract):
    question = Choice(1, membership=PROVED)
    selections = ((), (1,))
    refused = {"a second": (2,)}
    malicious = {"a second": (2,)}


class TestUnprovedWithoutBlank(QuestionContract):
    question = Choice(3, blank=False)
    selections = ((1,), (2,), (3,))
    refused = {"none": ()}
    unreadable = {"blank": (0,), "off the list": (4,)}


class TestOneDistrict(QuestionContract):
    """The voter's district has some of the candidates, not in order."""

    question = Choice(6, membership=PROVED)
    allowed = (5, 2, 3)
    selections = ((), (2,), (3,), (5,))
    refused = {"off every list": (7,)}
    malicious = {"another district's": (1,), "another's, the last": (6,), "off every list": (7,)}

    def test_the_voter_is_told(self) -> None:
        with pytest.raises(ValueError, match="not allowed"):
            self.witnesses(self.question.encode((1,)))


class TestRistretto(QuestionContract):
    group = group("ristretto255")
    question = Choice(2, membership=PROVED)
    selections = ((), (2,))
    refused = {"two": (1, 2)}
    malicious = {"off the list": (3,)}


def test_registered() -> None:
    assert question_type("choice") is Choice
    assert Choice(1).route is Route.MIX


def test_membership_binds_c2_and_unproved_leaves_it_to_the_transcript() -> None:
    key = PublicKey(TOY.generator ** TOY.scalar(SECRET))
    sealed = key.encrypt(TOY.generator, TOY.scalar(5))
    assert len(Choice(3).statements(key, Sealed((sealed,)), (1, 2, 3))) == 1
    assert len(Choice(3, membership=PROVED).statements(key, Sealed((sealed,)), (1, 2, 3))[-1].branches) == 4


def test_the_bound_is_the_last_option() -> None:
    assert Choice(3).bound == 3
    assert Choice(3).encode((3,)) == (3,)


def test_ballots_are_not_summed() -> None:
    with pytest.raises(TypeError, match="one by one"):
        Choice(3).totals((1, 2, 3), 6)


RULES: dict[str, tuple[dict[str, Rule], Choice]] = {
    "none": ({}, Choice(4)),
    "no blank": ({"blank": False}, Choice(4, blank=False)),
    "proved": ({"membership": "proved"}, Choice(4, membership=PROVED)),
}


@pytest.mark.parametrize(("rules", "question"), RULES.values(), ids=RULES)
def test_rules(rules: dict[str, Rule], question: Choice) -> None:
    assert Choice.from_rules(options(4), rules) == question


WRONG_RULES: dict[str, dict[str, Rule]] = {
    "unknown": {"maximum": 2},
    "a number for a bool": {"blank": 0},
    "a bool for text": {"membership": True},
    "another word": {"membership": "maybe"},
}


@pytest.mark.parametrize("rules", WRONG_RULES.values(), ids=WRONG_RULES)
def test_wrong_rules(rules: dict[str, Rule]) -> None:
    with pytest.raises(ValueError, match=r"rule|membership"):
        Choice.from_rules(options(4), rules)
