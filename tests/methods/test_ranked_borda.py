"""Borda: published points, the points of a real budget, points by definition."""

from pathlib import Path

import pytest
from hypothesis import given

from evote.methods.borda import Borda, borda_points
from evote.methods.method import Figures
from evote.questions.option import Option, Rule
from tests.methods.ranked_ballots import FUZZ, LETTERS, PROFILES, TENNESSEE, Profile, figures, options, rows

KRAKOW = Path("/work/shared/data/Poland_Krakow_2018_Swoszowice.pb")


def test_tennessee_with_nothing_for_a_last_place() -> None:
    """Wikipedia, "Borda count": 126, 194, 173, 107."""
    tennessee = figures("MNCK", TENNESSEE)
    assert borda_points(tennessee, 3) == (126, 194, 173, 107)
    outcome = Borda.from_rules(tennessee.options, {"points": 3}).outcome(tennessee)
    assert (outcome.method, outcome.winners) == ("borda", ("n",))
    assert outcome.tables[0].rows[:2] == (("N", "194", "yes"), ("C", "173", "no"))


def test_a_first_place_is_worth_as_many_points_as_there_are_options_unless_said() -> None:
    outcome = Borda.from_rules(options("MNCK"), {}).outcome(figures("MNCK", TENNESSEE))
    assert rows(outcome.tables[0])["N"] == ("294", "yes")


def test_three_places_of_a_polish_budget() -> None:
    ballots = figures("ABCD", {"ABC": 2, "BA": 1})
    assert borda_points(ballots, 3) == (2 * 3 + 2, 2 * 2 + 3, 2, 0)
    assert Borda(3, seats=4).outcome(ballots).winners == ("a", "b", "c")  # nobody named D


def test_places_beyond_the_points_give_nothing() -> None:
    assert borda_points(figures("ABC", {"CAB": 1}), 1) == (0, 0, 1)


def test_equals_are_decided_as_the_rules_say() -> None:
    tie = figures("AB", {"AB": 1, "BA": 1}, lot=b"lot")
    by_order = Borda.from_rules(tie.options, {"seats": 2}).outcome(tie)
    assert by_order.winners == ("a", "b")
    lots = {
        Borda.from_rules(tie.options, {"ties": "lot"}).outcome(figures("AB", {"AB": 1, "BA": 1}, bytes([n]))).winners
        for n in range(20)
    }
    assert lots == {("a",), ("b",)}


@FUZZ
@given(PROFILES)
def test_points_by_definition(profile: Profile) -> None:
    points = borda_points(figures(LETTERS, profile), 4)
    naive = [sum(w * max(4 - r.index(o), 0) for r, w in profile.items() if o in r) for o in LETTERS]
    assert list(points) == naive


BAD_RULES = {
    "no points": {"points": 0},
    "too many points": {"points": 1_000_001},
    "points of another type": {"points": "three"},
    "no seats": {"seats": 0},
    "more seats than options": {"seats": 3},
    "unknown rule": {"quota": 1},
    "unknown tie rule": {"ties": "coin"},
    "a truth value for seats": {"seats": True},
}


@pytest.mark.parametrize("rules", BAD_RULES.values(), ids=BAD_RULES)
def test_bad_rules_are_refused(rules: dict[str, Rule]) -> None:
    assert Borda.from_rules(options("AB"), {}).points == 2
    with pytest.raises(ValueError, match="rule"):
        Borda.from_rules(options("AB"), rules)


@pytest.mark.skipif(not KRAKOW.exists(), reason="the Pabulib file is not there")
def test_krakow_2018_swoszowice_has_the_published_scores() -> None:
    """Pabulib's `score` column: three ranked projects get 3, 2 and 1."""
    meta, rest = KRAKOW.read_text(encoding="utf-8").split("PROJECTS\n")
    projects, votes = ([line.split(";") for line in part.split("\n") if line] for part in rest.split("VOTES\n"))
    heads = projects.pop(0)
    scores = {row[0]: int(row[heads.index("score")]) for row in projects}
    number = {project: i for i, project in enumerate(scores, 1)}
    column = votes.pop(0).index("vote")
    ballots = tuple((tuple(number[p] for p in row[column].split(",")), 1) for row in votes)
    found = borda_points(Figures(tuple(Option(id=p, name=p) for p in scores), (0,) * len(scores), ballots), 3)
    assert "vote_type;ordinal" in meta
    assert found == tuple(scores.values())
