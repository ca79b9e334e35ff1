"""Figures that a file publishes are those of its ballots, or the file contradicts itself."""

from __future__ import annotations

import pytest

from evote.sources.pabulib import pabulib_poll
from evote.sources.poll import scaled
from tests.sources.files import DATA, POINTS, changed, outside, pabulib
from tests.sources.test_pabulib import REAL

# A.1 and A.2 have 2 and 3 of the four ballots, B/7 has one; of a budget of 100, A.2 takes 60, A.1 the rest.
APPROVAL = pabulib("approval").replace("cost;votes;", "cost;selected;votes;")
APPROVAL = APPROVAL.replace("40;2;", "40;1;2;").replace("60;3;", "60;1;3;").replace("80;1;", "80;0;1;")
SCORED = pabulib("cumulative", POINTS, max_sum_points="3").replace("cost;votes;", "cost;score;")
SCORED = changed(SCORED, "60;3;", "60;5;")
RANKED = pabulib("ordinal", max_length="2").replace("cost;votes;", "cost;score;")
RANKED = RANKED.replace("40;2;", "40;3;").replace("60;3;", "60;5;").replace("80;1;", "80;2;")

HONEST = {
    "votes and selection": APPROVAL,
    "points": SCORED,
    "points of places": RANKED,
    "money from elsewhere": changed(APPROVAL, "80;0;1", "80;2;1"),
    "no selection of some": changed(APPROVAL, "80;0;1", "80;;1"),
    "a selection by another rule": changed(APPROVAL, "greedy", "equalshares").replace("80;0;1", "80;1;1"),
    "nothing": pabulib("approval").replace("cost;votes;", "cost;likes;"),
}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_what_is_published_may_agree(text: str) -> None:
    assert pabulib_poll(text.encode()).contradictions == ()


FALSE = {
    "votes": (changed(APPROVAL, "1;2;", "1;4;"), ["votes of A.1: 4 in the file, 2 by its ballots"]),
    "selection": (changed(APPROVAL, "40;1;", "40;0;"), ["selected of A.1: 0 in the file, 1 by its ballots"]),
    "points": (changed(SCORED, "60;5;", "60;6;"), ["score of A.2: 6 in the file, 5 by its ballots"]),
    "points of places": (changed(RANKED, "80;2;", "80;1;"), ["score of B/7: 1 in the file, 2 by its ballots"]),
}


@pytest.mark.parametrize(("text", "sentences"), FALSE.values(), ids=FALSE)
def test_what_is_published_may_be_false(text: str, sentences: list[str]) -> None:
    poll = pabulib_poll(text.encode())
    assert list(poll.contradictions) == sentences
    assert scaled(poll, 2).contradictions == poll.contradictions


def test_a_tie_is_broken_in_favour_of_the_file() -> None:
    """Of 100, one of two equal projects of 60 can be funded: either, and not none."""
    equal = changed(changed(APPROVAL, "40;1;2;", "60;{};2;"), "60;1;3;", "60;{};2;")
    equal = changed(equal, "3;A.2,A.1;F", "3;A.1;F")
    agreed = {pair: not pabulib_poll(equal.format(*pair).encode()).contradictions for pair in ("10", "01", "00", "11")}
    assert agreed == {"10": True, "01": True, "00": False, "11": False}


@pytest.mark.parametrize("name", [pytest.param(name, marks=outside(name)) for name in REAL])
def test_real_files_agree_with_their_ballots(name: str) -> None:
    poll = pabulib_poll((DATA / name).read_bytes())
    assert poll.recounted == poll.published
