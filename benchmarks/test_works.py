"""Wall time of every work under pytest-benchmark, for its statistics and comparisons between runs.

    pytest benchmarks --benchmark-enable --sizes 100,1000 --processes 1,2 --benchmark-json FILE

One round each, because a work's caches (independent generators, say) would flatter the second. ``evote bench`` measures
processor time and memory besides, each in a process of its own; figures in documents come from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from pytest_benchmark.fixture import BenchmarkFixture

from evote.bench.measure import Bench, pm_samples, workers
from evote.bench.works import WORKS


def test_work(work: str, group: str, n: int, jobs: int, benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Time one work."""
    bench = Bench(group, n, jobs, tmp_path)
    with workers(jobs, group) as executor:
        timed = WORKS[work](replace(bench, executor=executor))
        benchmark.group = work
        benchmark.extra_info.update(work=work, group=group, n=n, jobs=jobs, pm=median(pm_samples()))
        once: Callable[..., object] = benchmark.pedantic
        once(timed, rounds=1, iterations=1)
