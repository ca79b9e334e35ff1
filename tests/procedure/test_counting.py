"""From the closing to the results: what is due, by whom, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evote.errors import EvidenceMissing
from evote.record.entries import Aggregate, Ballot, Result, UnitResult, ballot_in
from evote.record.replies import Refusal
from evote.simulate import Simulation, VoterPlan
from tests.elections import (
    EXPECTED,
    ROADS,
    accept,
    ask,
    bodies,
    changed,
    entries_of,
    finished,
    good_ballot,
    open_box,
    outcome,
    signed,
    story,
)


def refused(simulation: Simulation, author: str, body: Any) -> str:
    reply = ask(simulation.operator, signed(simulation, author, body))
    assert isinstance(reply, Refusal)
    return reply.check


@pytest.mark.parametrize("road", ROADS)
def test_the_outcome_is_what_was_put_in(road: str) -> None:
    results = {result.contest: outcome(result) for result in bodies(finished(road).path, Result)}
    assert results == {contest.id: EXPECTED[contest.id] for contest in finished(road).election.contests}


@pytest.mark.parametrize("road", ROADS)
def test_every_kept_ballot_is_accounted_for(road: str) -> None:
    for result in bodies(finished(road).path, Result):
        assert [(unit.unit, unit.ballots) for unit in result.units] == [("north", 4), ("south", 4)]
        assert sum(unit.ballots for unit in result.units) + result.withheld == 9
        if result.contest == "mayor":
            assert sum(result.counts) + result.blank + result.invalid + result.withheld == 9


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """Return an election by both roads, mixed and aggregated, with one of two shares of each list."""
    simulation = open_box(tmp_path_factory.mktemp("closed") / "record", "both")
    story(simulation)
    simulation.operator.close_box()
    simulation.mix()
    simulation.operator.tally()
    simulation.decrypt([3])
    yield simulation
    simulation.operator.close_record()


def test_a_result_before_its_shares_is_out_of_order(closed: Simulation) -> None:
    for result in bodies(finished("both").path, Result):
        assert refused(closed, "operator", result) == "entry.order"


def test_what_is_due_is_said_in_order(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "both")
    story(simulation)
    simulation.operator.close_box()
    counting, north, south = simulation.counting, "contest mayor, unit north", "contest mayor, unit south"
    assert list(counting.pending()) == [
        ("operator", "the aggregate of contest council, unit north"),
        ("trustees", "2 more decryption shares of contest council, unit north"),
        ("operator", "the aggregate of contest council, unit south"),
        ("trustees", "2 more decryption shares of contest council, unit south"),
        ("operator", "the result of contest council"),
        ("mixer 1", f"the shuffle of {north}"),
        ("mixer 2", f"the shuffle of {north}"),
        ("trustees", f"2 more decryption shares of {north}"),
        ("mixer 1", f"the shuffle of {south}"),
        ("mixer 2", f"the shuffle of {south}"),
        ("trustees", f"2 more decryption shares of {south}"),
        ("operator", "the result of contest mayor"),
    ]
    simulation.mix()
    simulation.operator.tally()
    simulation.decrypt([2])
    assert {who for who, _ in counting.pending()} == {"trustees", "operator"}
    assert ("trustees", f"1 more decryption shares of {north}") in set(counting.pending())
    assert not any(map(counting.ready, simulation.election.contests))
    simulation.decrypt([1])
    assert [who for who, _ in counting.pending()] == ["operator", "operator"]
    assert all(map(counting.ready, simulation.election.contests))
    simulation.operator.tally()
    assert list(counting.pending()) == []
    assert simulation.operator.tally() == []
    simulation.operator.close_record()


def test_there_is_no_outcome_without_the_lists(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "both")
    story(simulation)
    simulation.operator.close_box()
    for contest in simulation.election.contests:
        with pytest.raises(EvidenceMissing, match="not there yet"):
            simulation.counting.outcome(contest)
    simulation.operator.close_record()


# --- aggregates ---


def raw_ballot(simulation: Simulation) -> dict[str, Any]:
    """Return one ballot's ciphertexts."""
    ballot = next(ballot_in(entry) for entry in entries_of(simulation.path) if entry.author == "voter n2")
    return {"ciphertexts": ballot.answers[0].ciphertexts}


def elsewhere(_: Simulation) -> dict[str, Any]:
    """Return the same unit's aggregate in another run of the story."""
    return {"ciphertexts": bodies(finished("both").path, Aggregate)[0].ciphertexts}


AGGREGATES: dict[str, tuple[str, Callable[[Simulation], dict[str, Any]]]] = {
    "one raw ballot": ("tally.aggregate", raw_ballot),
    "another election's": ("tally.aggregate", elsewhere),
    "ciphertexts exchanged": (
        "tally.aggregate",
        lambda s: {"ciphertexts": aggregate(s).ciphertexts[::-1]},
    ),
    "a ciphertext missing": ("tally.aggregate", lambda s: {"ciphertexts": aggregate(s).ciphertexts[1:]}),
    "nothing": ("tally.aggregate", lambda _: {"ciphertexts": ()}),
    "a withheld unit": ("tally.unit", lambda _: {"unit": "south/x5"}),
    "the whole contest": ("tally.unit", lambda _: {"unit": "north+south"}),
    "a contest to be mixed": ("tally.unit", lambda _: {"contest": "mayor"}),
    "a contest that there is not": ("tally.unit", lambda _: {"contest": "queen"}),
}


def aggregate(simulation: Simulation) -> Aggregate:
    place, row = next(iter(simulation.counting.aggregates.items()))
    return Aggregate(contest=place.contest, unit=place.unit, ciphertexts=tuple(map(bytes, row)))


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """Return an election by both roads right after its closing."""
    simulation = open_box(tmp_path_factory.mktemp("counted") / "record", "both")
    story(simulation)
    simulation.operator.close_box()
    yield simulation
    simulation.operator.close_record()


@pytest.mark.parametrize("name", AGGREGATES)
def test_a_wrong_aggregate_is_refused(counted: Simulation, name: str) -> None:
    check, change = AGGREGATES[name]
    assert refused(counted, "operator", changed(aggregate(counted), **change(counted))) == check
    assert counted.counting.decryption.places() == []


def test_an_aggregate_is_posted_once(closed: Simulation) -> None:
    assert refused(closed, "operator", aggregate(closed)) == "tally.unit"


# --- results ---

UNITS: dict[str, dict[str, Any]] = {
    "a vote moved within a unit": {"counts": (0, 3, 3)},
    "a unit's blank": {"blank": 2},
    "an invalid vote hidden": {"invalid": 0, "invalid_elements": ()},
    "an invalid vote invented": {"invalid": 2},
    "another invalid element": {"invalid_elements": (bytes(32),)},
    "a unit's size": {"ballots": 5},
    "a unit's weight": {"weight": 2},
    "a unit's name": {"unit": "west"},
}
TOTALS: dict[str, dict[str, Any]] = {
    "a vote moved": {"counts": (3, 2, 1)},
    "a vote added": {"counts": (5, 1, 1)},
    "a blank less": {"blank": 0},
    "an invalid vote less": {"invalid": 0},
    "a withheld vote less": {"withheld": 0},
    "no units": {"units": ()},
}


@pytest.mark.parametrize("name", [*UNITS, *TOTALS, "units exchanged", "a unit twice"])
def test_a_wrong_result_is_refused(shared: Simulation, name: str) -> None:
    true = shared.counting.outcome(shared.election.contest("mayor"))
    north, south = true.units
    others: dict[str, dict[str, Any]] = {
        **TOTALS,
        **{key: {"units": (north, changed(south, **changes))} for key, changes in UNITS.items()},
        "units exchanged": {"units": (south, north)},
        "a unit twice": {"units": (north, north)},
    }
    assert isinstance(south, UnitResult)
    assert refused(shared, "operator", changed(true, **others[name])) == "result.count"
    assert shared.counting.results == {}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """Return an election by both roads with all shares and no result."""
    simulation = open_box(tmp_path_factory.mktemp("shared") / "record", "both")
    story(simulation)
    simulation.operator.close_box()
    simulation.mix()
    simulation.operator.tally()
    simulation.decrypt()
    yield simulation
    simulation.operator.close_record()


def test_a_result_of_a_contest_that_there_is_not_is_refused(shared: Simulation) -> None:
    true = shared.counting.outcome(shared.election.contest("mayor"))
    assert refused(shared, "operator", changed(true, contest="queen")) == "result.contest"
    assert refused(shared, "operator", changed(true, contest="council")) == "result.count"


# --- elections with few or no ballots ---


@pytest.mark.parametrize("road", ROADS)
def test_an_election_in_which_nobody_votes_ends_well(tmp_path: Path, road: str) -> None:
    simulation = open_box(tmp_path / "record", road)
    simulation.finish()
    for result in bodies(simulation.path, Result):
        assert outcome(result) == ((0, 0, 0), 0, 0, 0)
        assert result.units == ()


@pytest.mark.parametrize("road", ROADS)
def test_an_election_with_too_few_votes_opens_none(tmp_path: Path, road: str) -> None:
    simulation = open_box(tmp_path / "record", road)
    accept(simulation.cast([good_ballot(simulation, "n1"), good_ballot(simulation, "s1")]))
    simulation.finish()
    for result in bodies(simulation.path, Result):
        assert outcome(result) == ((0, 0, 0), 0, 0, 2)
    assert len(bodies(simulation.path, Ballot)) == 2


def test_a_small_district_is_merged_with_those_of_its_list_before_anything_is_opened(tmp_path: Path) -> None:
    """With 3 ballots in the north, 2 in the south and a minimum of 3, only their sum is ever decrypted.

    The mayor has a candidate in the south alone, so there the two are withheld.
    """
    simulation = open_box(tmp_path / "record", "both")
    voters = ("n1", "n2", "n3", "s1", "s2")
    accept(simulation.cast([good_ballot(simulation, voter, (1,), (2,)) for voter in voters]))
    simulation.finish()
    council, mayor = bodies(simulation.path, Result)
    assert [(unit.unit, unit.ballots) for unit in council.units] == [("north+south", 5)]
    assert [(unit.unit, unit.ballots) for unit in mayor.units] == [("north", 3)]
    assert (council.withheld, mayor.withheld) == (0, 2)


def test_heavy_votes_are_opened_apart_and_counted_by_weight(tmp_path: Path) -> None:
    voters = [VoterPlan(f"l{i}", "north") for i in range(3)] + [
        VoterPlan(f"h{i}", "north", weight=10) for i in range(3)
    ]
    simulation = open_box(tmp_path / "record", "both", voters)
    votes = {"l0": 1, "l1": 1, "l2": 2, "h0": 2, "h1": 2, "h2": 1}
    accept(simulation.cast([good_ballot(simulation, voter, (vote,), (vote,)) for voter, vote in votes.items()]))
    simulation.finish()
    for result in bodies(simulation.path, Result):
        assert result.counts == (12, 21, 0)
        assert [(u.unit, u.weight, u.counts) for u in result.units] == [
            ("north", 1, (2, 1, 0)),
            ("north/x10", 10, (1, 2, 0)),
        ]


def test_strata_are_counted_apart(tmp_path: Path) -> None:
    voters = [VoterPlan(f"{s}{i}", "north", s) for s in ("old", "young") for i in range(3)]
    simulation = open_box(tmp_path / "record", "sum", voters, strata=["old", "young"])
    accept(simulation.cast([good_ballot(simulation, v.voter, (1 if v.stratum == "old" else 2,)) for v in voters]))
    simulation.finish()
    (result,) = bodies(simulation.path, Result)
    assert [(u.unit, u.counts) for u in result.units] == [("north/old", (3, 0, 0)), ("north/young", (0, 3, 0))]
