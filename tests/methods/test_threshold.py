"""A legal threshold: a number of votes, or a share of the electorate rounded up."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.methods.method import Figures
from evote.methods.threshold import Threshold
from evote.questions.option import Option
from tests.methods.method_contract import MethodContract

OPTIONS = (Option(id="yes", name="Yes, do"), Option(id="no", name="No"))


def figures(*counts: int, electorate: int = 100) -> Figures:
    return Figures(OPTIONS[: len(counts)], counts, electorate=electorate)


class TestVotes(MethodContract):
    name, kind, ties = "threshold", Threshold, False
    options = OPTIONS
    rules = {"votes": 30}
    samples = (figures(0, 0), figures(29, 30), figures(31, 99))
    wrong_rules = {
        "neither": {},
        "both": {"votes": 3, "share": "1/2"},
        "no votes": {"votes": 0},
        "fewer than none": {"votes": -1},
        "more than the board counts": {"votes": 1 << 53},
        "ties": {"votes": 3, "ties": "order"},
        **{
            f"share {share!r}": {"share": share}
            for share in ("0", "0/5", "1/0", "1/00", "2", "5%", ".5", "1.", "1/2\n", "½")
        },
    }


class TestShare(MethodContract):
    name, kind, ties = "threshold", Threshold, False
    options = OPTIONS
    rules = {"share": "1/3"}
    samples = (figures(0, 0), figures(33, 34), figures(5, 5, electorate=0))


def test_who_reaches_it_wins() -> None:
    found = Threshold(30).outcome(figures(30, 29))
    assert found.winners == ("yes",)
    assert found.tables[0].rows == (("Yes, do", "30", "30", "yes"), ("No", "29", "30", "no"))


@pytest.mark.parametrize(
    ("share", "t"), [("1/3", 34), ("0.05", 5), ("0.051", 6), ("1", 100), ("1/100", 1), ("1/999999999", 1)]
)
def test_a_share_is_rounded_up(share: str, t: int) -> None:
    assert Threshold.from_rules(OPTIONS, {"share": share}).at(100) == t


def test_no_votes_are_no_share_of_nobody() -> None:
    """A contest put to a district in which nobody is on the roll."""
    found = Threshold.from_rules(OPTIONS, {"share": "1/2"}).outcome(figures(0, 0, electorate=0))
    assert found.winners == ()
    assert found.tables[0].rows == (("Yes, do", "0", "1", "no"), ("No", "0", "1", "no"))


@given(st.integers(1, 999), st.integers(1, 999), st.integers(1, 10**9))
def test_no_fewer_would_do(part: int, whole: int, electorate: int) -> None:
    """T is the least number that is the share of the electorate, or more."""
    part = min(part, whole)
    t = Threshold.from_rules(OPTIONS, {"share": f"{part}/{whole}"}).at(electorate)
    assert t == ceil(Fraction(part, whole) * electorate)
    assert t * whole >= part * electorate > (t - 1) * whole
