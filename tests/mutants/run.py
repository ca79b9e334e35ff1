"""Making and judging mutants, in two processes."""

from __future__ import annotations

import hashlib
import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import zip_longest
from pathlib import Path

from tests.mutants import kinds, records
from tests.mutants.judge import Verdict, judge
from tests.mutants.mutant import Mutant
from tests.mutants.raw import raw_mutants
from tests.mutants.records import World
from tests.mutants.resealed import resealed_mutants

BUILDERS: Mapping[str, Callable[[Path], World]] = {
    "sum": records.by_sum,
    "mix": records.by_mix,
    "points": kinds.points,
    "ranked": kinds.ranked,
    "petition": kinds.petition,
}
RUNS = {"raw": raw_mutants, "resealed": resealed_mutants}
Worlds = Mapping[str, World]


def make_worlds(directory: Path) -> Worlds:
    """Hold all elections."""
    return {name: build(directory / name) for name, build in BUILDERS.items()}


def mutants_of(worlds: Worlds, run: str) -> list[Mutant]:
    """Return every mutant of a run, in order."""
    return [mutant for world in worlds.values() for mutant in RUNS[run](world)]


def thinned(mutants: Iterable[Mutant], count: int) -> list[Mutant]:
    """Return about ``count`` mutants, always the same: one for each place in turn, then the next for each place."""
    groups: dict[str, list[Mutant]] = {}
    for mutant in sorted(mutants, key=lambda mutant: hashlib.sha256(mutant.name.encode()).digest()):
        groups.setdefault(mutant.name.rpartition("/")[0], []).append(mutant)
    by_turn = (mutant for turn in zip_longest(*groups.values()) for mutant in turn if mutant is not None)
    return sorted(list(by_turn)[:count], key=lambda mutant: mutant.name)


def judged(worlds: Worlds, mutant: Mutant) -> Verdict:
    """Make one mutant, judge it, throw it away."""
    with tempfile.TemporaryDirectory(prefix="evote-mutant-") as directory:
        path = Path(directory) / "record"
        mutant.write(worlds[mutant.record], path)
        return judge(mutant, path)


class _Worker:
    """What a worker process inherits: mutants cannot be pickled, nor can keys, but their places in a list can."""

    worlds: Worlds
    mutants: list[Mutant]


def _judged_at(index: int) -> Verdict:
    return judged(_Worker.worlds, _Worker.mutants[index])


def judge_all(worlds: Worlds, mutants: list[Mutant], processes: int) -> Iterator[Verdict]:
    """Yield the verdicts on all mutants, in order."""
    _Worker.worlds, _Worker.mutants = worlds, mutants
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_judged_at, range(len(mutants)), chunksize=4)


def by_check(verdicts: Iterable[Verdict]) -> Counter[str]:
    """Return how many mutants each check caught first."""
    return Counter(verdict.check for verdict in verdicts if verdict.check)


def by_reason(verdicts: Iterable[Verdict]) -> Counter[str]:
    """Return how many mutants were excluded for each reason."""
    return Counter(verdict.honest for verdict in verdicts if verdict.honest)
