"""Each example is an election that can be held: its votes fit its definition, and come out as they were put in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from evote.errors import EvidenceMissing
from evote.methods.method import Figures, method
from evote.record.manifest import Contest
from evote.scenario import draw, run
from evote.sources.examples import example_names, example_poll, restricted
from evote.verify import verify
from tests.scenario.polls import by_hand

# What the whole of each example's votes comes to.
VOTES: dict[str, dict[str, dict[str, int]]] = {
    "referendum": {"accession": {"yes": 369657, "no": 183454}},
    "petition": {"permits": {"support": 1830}},
    "ranked": {"capital": {"memphis": 42, "nashville": 26, "chattanooga": 15, "knoxville": 17}},
}
SIZES = {"riigikogu": 610_299, "referendum": 555_835, "petition": 3000, "ranked": 100}
WINNERS = {"schulze": ("nashville",), "plurality": ("memphis",), "irv": ("knoxville",)}
VOTERS = {"survey": 30, "riigikogu": 40}
DISTRICTS = {"riigikogu": ("1", "12")}  # in twelve, forty voters would be too few to open any


def test_there_is_one_for_each_kind_of_vote() -> None:
    kinds = ["lists", "participatory-budget", "petition", "ranked", "referendum", "riigikogu", "survey"]
    assert example_names() == kinds


@pytest.mark.parametrize("name", VOTES)
def test_the_votes_are_the_figures(name: str) -> None:
    poll = example_poll(name)
    for contest, votes in VOTES[name].items():
        first = Counter[str]()
        for line in poll.lines:
            first.update(dict.fromkeys(line.vote.selections[contest][:1], line.times))
        assert first == votes


@pytest.mark.parametrize("name", SIZES)
def test_every_vote_is_there(name: str) -> None:
    assert example_poll(name).size == SIZES[name]


@pytest.mark.parametrize("name", example_names())
def test_an_example_is_held_and_verifies(tmp_path: Path, name: str) -> None:
    scenario = draw(name, VOTERS.get(name, 20), seed=3, districts=DISTRICTS.get(name, ()))
    outcome = run(tmp_path / "record", scenario)
    report = verify(tmp_path / "record", expect=outcome.election.fingerprint)
    assert report
    assert outcome.differences() == []
    for contest in outcome.election.contests:
        result = report.results[contest.id]
        counts = {o.id: n for o, n in zip(contest.options, result.counts, strict=False) if n}
        assert counts == (by_hand(scenario.poll, contest.id) if result.counts else {})
        assert result.withheld == 0


def test_the_ranked_example_shows_what_its_comment_says() -> None:
    poll = example_poll("ranked")
    (contest,) = msgspec.convert(poll.definition["contests"], list[Contest])
    numbers = {option.id: number for number, option in enumerate(contest.options, 1)}
    rankings = {tuple(numbers[o] for o in line.vote.selections["capital"]): line.times for line in poll.lines}
    first = Counter({contest.options[ranking[0] - 1].id: times for ranking, times in rankings.items()})
    figures = Figures(contest.options, tuple(first[o.id] for o in contest.options), tuple(rankings.items()))
    winners = {name: method(name).from_rules(contest.options, {}).outcome(figures).winners for name in WINNERS}
    assert winners == WINNERS


def test_a_scenario_can_be_of_some_districts() -> None:
    scenario = draw("riigikogu", 50, districts=("1", "12"))
    assert [district["id"] for district in scenario.definition["districts"]] == ["1", "12"]
    (contest,) = scenario.definition["contests"]
    assert contest["count"]["seats"] == {"1": 10, "12": 7}
    assert {d for option in contest["options"] for d in option["districts"]} == {"1", "12"}
    assert {vote.district for vote in scenario.ballots} == {"1", "12"}
    assert example_poll("riigikogu", ("1",)).size == 61_610
    with pytest.raises(ValueError, match="no district '13'"):
        restricted(example_poll("riigikogu").definition, ("1", "13"))


def test_another_group_and_a_seed_change_what_they_say_and_no_more() -> None:
    one, other = draw("survey", 40, seed=1), draw("survey", 40, seed=2, group="p-256")
    assert other.definition["group"] == "p-256"
    assert {**other.definition, "group": one.definition["group"]} == one.definition
    assert draw("survey", 40, seed=1) == one
    assert draw("survey", 40, seed=1).ballots == one.ballots != other.ballots


def test_an_unknown_example_is_named() -> None:
    with pytest.raises(EvidenceMissing, match="no example 'nope'; there are: lists, part"):
        draw("nope", 10)
