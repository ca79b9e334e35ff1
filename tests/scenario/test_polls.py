"""Every question type, on its road, with strata and weights: the result is what was put in, and the record verifies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evote.errors import VerificationError
from evote.record.entries import Result
from evote.scenario import Scenario, run
from evote.scenario.election import HeldElection
from evote.scenario.ledger import published
from evote.sources.poll import Poll
from evote.verify import Report, verify
from tests.scenario.polls import KINDS, blank_by_hand, by_hand, small_poll

TELL_BLANK = ("one of three", "choice", "proved choice", "ranked", "ranked budget", "lists", "petition")
COUNTED = [kind for kind in KINDS if kind != "threshold"]


def held(path: Path, poll: Poll, seed: int = 0) -> tuple[HeldElection, Report]:
    """Hold a poll and verify its record; everything must be as it was put in."""
    outcome = run(path, Scenario(poll, seed))
    report = verify(path, expect=outcome.election.fingerprint)
    assert report
    assert outcome.differences() == []
    assert report.results == outcome.simulation.counting.results
    assert report.figures == outcome.simulation.counting.figures
    return outcome, report


def counts_of(outcome: HeldElection, report: Report, name: str = "it") -> dict[str, int]:
    """Return the verified count by option."""
    options = outcome.election.contest(name).options
    return {option.id: votes for option, votes in zip(options, report.results[name].counts, strict=True) if votes}


@pytest.mark.parametrize("kind", COUNTED)
def test_weights_count_on_every_road(tmp_path: Path, kind: str) -> None:
    poll = small_poll(kind, weights=(1, 1, 4))
    outcome, report = held(tmp_path / "record", poll)
    result = report.results["it"]
    assert counts_of(outcome, report) == by_hand(poll)
    assert result.blank == (blank_by_hand(poll) if kind in TELL_BLANK else 0)
    assert {unit.weight for unit in result.units} == {1, 4}
    assert result.withheld == 0


@pytest.mark.parametrize("kind", ["one of three", "choice", "cumulative", "ranked"])
def test_strata_are_counted_apart(tmp_path: Path, kind: str) -> None:
    poll = small_poll(kind, strata=("young", "old"), seed=1)
    outcome, report = held(tmp_path / "record", poll)
    units = report.results["it"].units
    assert [unit.unit for unit in units] == ["north/old", "north/young", "south/old", "south/young"]
    for unit in units:
        place = tuple(unit.unit.split("/"))
        lines = tuple(line for line in poll.lines if (line.vote.district, line.vote.stratum) == place)
        found = {o.id: n for o, n in zip(outcome.election.contests[0].options, unit.counts, strict=True) if n}
        assert found == by_hand(replace(poll, lines=lines))


def test_rankings_are_told_with_their_weight(tmp_path: Path) -> None:
    poll = small_poll("ranked", weights=(2, 3))
    _, report = held(tmp_path / "record", poll)
    expected: dict[tuple[int, ...], int] = {}
    for vote in poll.ballots:
        ranking = tuple("abc".index(option) + 1 for option in vote.selections["it"])
        expected[ranking] = expected.get(ranking, 0) + vote.weight
    expected.pop((), None)
    assert dict(report.figures["it"].ballots) == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_petition_only_the_threshold_is_told(tmp_path: Path, seed: int) -> None:
    poll = small_poll("threshold", weights=(5,), seed=seed)
    outcome, report = held(tmp_path / "record", poll, seed)
    result, roll = report.results["it"], outcome.simulation.counting
    assert (result.counts, result.units, report.figures) == ((), (), {})
    assert result.outcome is not None
    times, ballots, thresholds, reached = zip(*result.outcome.tables[0].rows, strict=True)
    assert times == ("early", "late", "closing")
    assert ballots[-1] == "16"
    assert [int(n) for n in ballots] == sorted(int(n) for n in ballots)
    t = outcome.election.contests[0].threshold(sum_of_roll(outcome))
    assert (set(thresholds), reached[-1]) == ({str(t)}, "yes" if by_hand(poll)["yes"] >= t else "no")
    assert roll.results == {"it": result}


@pytest.mark.parametrize(
    ("voters", "tests", "withheld"), [(1, (), 1), (2, ("late", "closing"), 1), (5, ("early", "closing"), 0)]
)
def test_a_petition_is_tested_when_there_are_ballots_enough(
    tmp_path: Path, voters: int, tests: tuple[str, ...], withheld: int
) -> None:
    """A third vote before each test, and one whose ballot is revoked; three must be new, or the closing is barred."""
    outcome, report = held(tmp_path / "record", small_poll("threshold", voters=voters))
    assert tuple(row[0] for row in outcome.expected["it"].tests) == tests
    assert report.results["it"].withheld == withheld
    barred = ["barred: fewer than 3 new ballots" in row for row in outcome.expected["it"].tests]
    assert barred == [False] * (len(tests) - 1) + [voters == 2] * bool(tests)
    assert (report.results["it"].outcome is not None) == bool(tests)


def sum_of_roll(outcome: HeldElection) -> int:
    """Return the weight of all on the roll."""
    box = outcome.simulation.operator.procedure.box
    assert box is not None
    return box.weight_of(outcome.election.contests[0])


def test_all_on_one_ballot_with_two_workers(tmp_path: Path) -> None:
    poll = small_poll(*KINDS, voters=8, weights=(2,))
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        outcome = run(tmp_path / "record", Scenario(poll), executor=executor)
        report = verify(tmp_path / "record", executor=executor)
    assert report
    assert outcome.differences() == []
    for number, kind in enumerate(KINDS):
        if kind != "threshold":
            assert counts_of(outcome, report, f"c{number}") == by_hand(poll, f"c{number}")


def test_the_accidents_happen_and_change_nothing(tmp_path: Path) -> None:
    poll = small_poll("choice", voters=40)
    outcome, report = held(tmp_path / "record", poll)
    assert outcome.refused == {"ballot.proof": 4}
    assert outcome.accepted == 40 + 2 + 1 + 3  # voted again, revoked, invalid
    assert report.results["it"].invalid == 3
    assert counts_of(outcome, report) == by_hand(poll)


@pytest.mark.parametrize("kind", ["proved choice", "ranked", "one of three"])
def test_no_invalid_votes_where_proofs_exclude_them(tmp_path: Path, kind: str) -> None:
    _, report = held(tmp_path / "record", small_poll(kind, voters=10))
    assert report.results["it"].invalid == 0


def test_units_too_small_are_withheld(tmp_path: Path) -> None:
    poll = small_poll("one of three", voters=8)
    lone = replace(poll.lines[0], vote=replace(poll.lines[0].vote, weight=9))
    _, report = held(tmp_path / "record", replace(poll, lines=(*poll.lines, lone)))
    assert report.results["it"].withheld == 1
    assert report.results["it"].counts == held(tmp_path / "without", poll)[1].results["it"].counts


def test_weights_that_differ_are_refused_where_only_a_test_is_told(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match=r"petition\.weight: .*contest it is only tested"):
        run(tmp_path / "record", Scenario(small_poll("threshold", weights=(1, 5))))


def test_weights_that_could_overflow_the_count_are_refused(tmp_path: Path) -> None:
    poll = small_poll("score", voters=3, weights=((1 << 40) - 1,))
    with pytest.raises(VerificationError, match=r"roll\.weight"):
        run(tmp_path / "record", Scenario(poll))


RESULT_CHANGES: dict[str, Callable[[Result], dict[str, Any]]] = {
    "counts": lambda r: {"counts": (r.counts[0] + 1, *r.counts[1:])},
    "blank": lambda r: {"blank": r.blank + 1},
    "invalid": lambda r: {"invalid": r.invalid + 1},
    "withheld": lambda r: {"withheld": 1},
    "units": lambda r: {"units": r.units[1:]},
    "outcome": lambda r: {"outcome": None},
}


@pytest.fixture(scope="module")
def choice(tmp_path_factory: pytest.TempPathFactory) -> HeldElection:
    return held(tmp_path_factory.mktemp("choice") / "record", small_poll("choice", voters=12))[0]


@pytest.mark.parametrize("part", RESULT_CHANGES)
def test_a_difference_is_named(choice: HeldElection, part: str) -> None:
    counting = choice.simulation.counting
    honest, expected = counting.results["it"], choice.expected["it"]
    assert expected.differences(published(honest, counting.figures["it"])) == []
    wrong: Result = msgspec.structs.replace(honest, **RESULT_CHANGES[part](honest))
    assert expected.differences(published(wrong, counting.figures["it"])) == [part]
