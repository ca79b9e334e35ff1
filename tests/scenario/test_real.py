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
from tests.sources.files import outside

AMSTERDAM_643, GDANSK, KRAKOW, AMSTERDAM_525 = FILES


@pytest.mark.parametrize("name", [pytest.param(name, marks=outside(name)) for name in (AMSTERDAM_643, GDANSK)])
def test_the_encrypted_tally_is_the_published_one(tmp_path: Path, name: str) -> None:
    held = hold(tmp_path / "record", name)
    assert held.report
    assert held.outcome.differences() == []
    assert held.recounted == held.published


@pytest.mark.parametrize("name", [pytest.param(name, marks=outside(name)) for name in (KRAKOW, AMSTERDAM_525)])
def test_the_encrypted_tally_of_a_sample_is_its_count(tmp_path: Path, name: str) -> None:
    """All ballots of these take minutes: ``python -m tests.scenario.real``."""
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        held = hold(tmp_path / "record", name, voters=60, executor=executor)
    assert held.report
    assert held.outcome.differences() == []
    assert Counter(held.recounted["votes"]) == held.poll.totals(CONTEST)


def test_mandates_of_a_small_riigikogu_are_those_of_its_figures(tmp_path: Path) -> None:
    scenario = draw("riigikogu", 200)
    outcome = run(tmp_path / "record", scenario)
    report = verify(tmp_path / "record")
    assert report
    assert outcome.differences() == []
    (contest,), result = outcome.election.contests, report.results["riigikogu"]
    votes = scenario.poll.totals("riigikogu")
    counts = tuple(votes[option.id] for option in contest.options)
    assert (result.counts, sum(counts), result.invalid) == (counts, 200, 3)
    rules = {rule: value for rule, value in contest.count.items() if rule != "method"}
    method = Riigikogu.from_rules(contest.options, rules)
    assert result.outcome == method.outcome(Figures(contest.options, counts))
    assert len({district.id for district in outcome.election.districts}) == 12
