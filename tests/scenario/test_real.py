"""Real ballots whose true count is published: encrypted, tallied and verified, they give that count."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from evote.methods.method import Figures
from evote.methods.riigikogu import Riigikogu
from evote.scenario import draw, run
from evote.verify import verify
from tests.scenario.real import CONTEST, FILES, hold
from tests.sources.files import DATA, outside

AMSTERDAM_643, GDANSK, KRAKOW, AMSTERDAM_525 = FILES


@pytest.mark.parametrize("name", [pytest.param(name, marks=outside(name)) for name in (AMSTERDAM_643, GDANSK)])
def test_the_encrypted_tally_is_the_published_one(tmp_path: Path, name: str) -> None:
    held = hold(tmp_path / "record", DATA / name)
    assert held.report
    assert held.outcome.differences() == []
    assert held.recounted == held.published
    assert held.good


PROJECTS = "project_id;cost;votes;selected\na;60;8;1\nb;50;5;0\nc;40;3;1\n"
GENERATED = "META\nkey;value\ndescription;d\nunit;u\nnum_projects;3\nnum_votes;12\nbudget;100\nrule;greedy\n"


@pytest.mark.parametrize(("count", "selected", "good"), [(5, 1, True), (4, 1, False), (5, 0, False)])
def test_what_a_file_publishes_is_compared(tmp_path: Path, count: int, selected: int, good: bool) -> None:  # noqa: FBT001 - a row of the table
    """Of twelve ballots, eight are for a, five for b, three for c; a and c fit the budget."""
    votes = "".join(f"{i};{','.join(p for p, n in (('a', 8), ('b', 5), ('c', 3)) if i < n)}\n" for i in range(12))
    projects = PROJECTS.replace("50;5;0", f"50;{count};0").replace("40;3;1", f"40;3;{selected}")
    file = tmp_path / "generated.pb"
    file.write_text(
        f"{GENERATED}vote_type;approval\nPROJECTS\n{projects}VOTES\nvoter_id;vote\n{votes}", encoding="utf-8"
    )
    held = hold(tmp_path / "record", file)
    assert held.report
    assert held.recounted == {"votes": {"a": 8, "b": 5, "c": 3}}
    assert held.good == good


@pytest.mark.parametrize("name", [pytest.param(name, marks=outside(name)) for name in (KRAKOW, AMSTERDAM_525)])
def test_the_encrypted_tally_of_a_sample_is_its_count(tmp_path: Path, name: str) -> None:
    """All ballots of these take minutes: ``python -m tests.scenario.real``."""
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        held = hold(tmp_path / "record", DATA / name, voters=60, executor=executor)
    assert held.report
    assert held.outcome.differences() == []
    assert Counter(held.recounted["votes"]) == held.poll.totals(CONTEST)


def test_mandates_of_a_small_riigikogu_are_those_of_its_figures(tmp_path: Path) -> None:
    """District 6 has seven voters, and is withheld: no other has its candidates."""
    scenario = draw("riigikogu", 200)
    outcome = run(tmp_path / "record", scenario)
    report = verify(tmp_path / "record")
    assert report
    assert outcome.differences() == []
    (contest,), result = outcome.election.contests, report.results["riigikogu"]
    votes = scenario.poll.totals("riigikogu")
    counts = tuple(0 if option.districts == ("6",) else votes[option.id] for option in contest.options)
    assert (result.counts, sum(counts), result.withheld, result.invalid) == (counts, 193, 7, 3)
    assert {unit.unit for unit in result.units} == {str(number) for number in range(1, 13)} - {"6"}
    rules = {rule: value for rule, value in contest.count.items() if rule != "method"}
    method = Riigikogu.from_rules(contest.options, rules)
    assert result.outcome == method.outcome(Figures(contest.options, counts))
    assert len({district.id for district in outcome.election.districts}) == 12
