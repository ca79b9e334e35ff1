"""Real votes, every one encrypted, tallied on its road and verified.

Run it: ``python -m tests.scenario.real [FILE ...]``.
The tests hold what takes seconds, and samples of the rest; this holds all, with two workers, and says what came of it.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evote.scenario.election import HeldElection, run
from evote.scenario.scenario import scenario
from evote.sources.poll import Poll
from evote.sources.reader import read_poll
from evote.verify import Report, verify
from tests.sources.files import DATA

CONTEST = "projects"
FILES = (
    "Netherlands_Amsterdam_643.pb",
    "Poland_Gdansk_2020_Mlyniska.pb",
    "Poland_Krakow_2018_Swoszowice.pb",
    "Netherlands_Amsterdam_525.pb",
)


@dataclass(frozen=True)
class Held:
    """A file's election: the votes put in, the parties, and what a verifier says of the record."""

    poll: Poll
    outcome: HeldElection
    report: Report

    @property
    def recounted(self) -> dict[str, Mapping[str, int]]:
        """The columns of the file that the record tells, by option."""
        options = [option.id for option in self.outcome.election.contests[0].options]
        counts = dict(zip(options, self.report.results[CONTEST].counts, strict=True))
        match self.poll.definition["contests"][0]["type"]:
            case "cumulative":
                return {"score": counts}
            case "ranked":
                votes, score = Counter[str](), Counter[str]()
                for ranking, times in self.report.figures[CONTEST].ballots:
                    for points, number in zip((3, 2, 1), ranking, strict=True):
                        votes[options[number - 1]] += times
                        score[options[number - 1]] += points * times
                return {"votes": votes, "score": score}
        return {"votes": counts}

    @property
    def published(self) -> dict[str, Mapping[str, int]]:
        """The same columns as the file has them."""
        return {column: self.poll.published[column] for column in self.recounted}

    @property
    def funded(self) -> bool:
        """Whether the winners are the file's, if it names them."""
        outcome, selected = self.report.results[CONTEST].outcome, self.poll.published.get("selected")
        return not selected or (outcome is not None and {o for o, n in selected.items() if n} == set(outcome.winners))

    @property
    def good(self) -> bool:
        """Whether the record verifies, and its result is what was put in and what the file says."""
        honest = bool(self.report) and not self.outcome.differences()
        return honest and self.recounted == self.published and self.funded


def hold(path: Path, votes: Path, voters: int | None = None, executor: Executor | None = None) -> Held:
    """Hold the election of a file, of all its ballots or so many, and verify the record at ``path``."""
    made = scenario(read_poll(votes), voters)
    outcome = run(path, made, executor=executor)
    return Held(made.poll, outcome, verify(path, expect=outcome.election.fingerprint, executor=executor))


def main(names: list[str]) -> int:
    """Hold whole files; return 0 if every result is the published one, 2 if a file is not there."""
    good = []
    if missing := [name for name in names or FILES if not (DATA / name).is_file()]:
        print(f"{DATA / missing[0]} is not there; EVOTE_DATA names the directory of the files", file=sys.stderr)
        return 2
    for name in names or FILES:
        start = time.perf_counter()
        with TemporaryDirectory() as directory, ProcessPoolExecutor(2) as executor:
            held = hold(Path(directory) / "record", DATA / name, executor=executor)
        good.append(held.good)
        columns, result = " and ".join(held.recounted), held.report.results[CONTEST].outcome
        print(
            f"{name}: {held.poll.size} ballots, {columns} {'as published' if good[-1] else 'NOT AS PUBLISHED'}; "
            f"{result.method if result else 'no method'}: {', '.join(result.winners) if result else ''}; "
            f"{time.perf_counter() - start:.0f} s",
            flush=True,
        )
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
