"""What a work costs: processor time, in seconds and in pm.

pm is the time of one full-size 3072-bit modular power of GMP, measured in the same process before and after the work
(median of 2 x 7). Seconds differ between machines, and on a shared one from minute to minute; ratios to pm much less.
Each measurement has a process of its own, so that memory and caches of one do not flatter or spoil another, and what a
work starts from is made in yet another. Nothing here is a test.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import shake_256
from importlib import import_module
from multiprocessing import active_children, get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import msgspec

from evote.crypto.bigint import powmod
from evote.crypto.group import group
from evote.parallel import WorkerLost

T = TypeVar("T")

PM_BITS = 3072
PM_ROUNDS = 7
Made = dict[str, list[bytes]]  # what a work starts from, as bytes, so that it passes between processes


class Figure(msgspec.Struct, frozen=True):
    """One measurement.

    ``cpu_s_per_item`` is user and system time of the process and its workers, divided by n; ``wall_s`` the time that
    passed for all n; ``max_rss_mb`` the largest resident size of the process alone, without its workers'.
    """

    work: str
    group: str
    n: int
    jobs: int
    cpu_s_per_item: float
    wall_s: float
    pm_per_item: float
    max_rss_mb: float


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a work is measured: group, number of items, workers, and where the processes of a run leave things."""

    group: str
    n: int
    jobs: int
    directory: Path
    executor: Executor | None = field(default=None, compare=False)

    def made(self, maker: Callable[[Bench], Made]) -> Made:
        """Return what ``maker`` makes for this group and n, in a process of its own; made once in a directory."""
        path = self.directory / f"{maker.__name__.strip('_')}-{self.group}-{self.n}"
        if not path.exists():
            fresh_process(_make, maker, replace(self, executor=None), path)
        return msgspec.msgpack.decode(path.read_bytes(), type=Made)


def _make(maker: Callable[[Bench], Made], bench: Bench, path: Path) -> None:
    path.write_bytes(msgspec.msgpack.encode(maker(bench)))


Timed = Callable[[], object]
Work = Callable[[Bench], Timed]  # prepares, and returns what is timed


def fresh_process(function: Callable[..., T], *arguments: Any) -> T:
    """Return what ``function`` returns in a new process; raise what it raises, `WorkerLost` if it dies."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        try:
            return process.submit(function, *arguments).result()
        except BrokenExecutor:
            raise WorkerLost("the process that measured died (of a lack of memory?)") from None


@contextmanager
def workers(jobs: int, algebra: str) -> Iterator[Executor | None]:
    """Yield an executor whose ``jobs`` processes have loaded code and group, or None for one job: this process."""
    group(algebra)
    if jobs == 1:
        yield None
        return
    context = get_context("spawn")
    everybody = context.Barrier(jobs + 1)
    with ProcessPoolExecutor(jobs, context, _get_ready, (everybody, algebra)) as pool:
        for _ in range(jobs):
            pool.submit(int)
        everybody.wait()
        yield pool


def _get_ready(everybody: Barrier, algebra: str) -> None:
    group(algebra)
    import_module("evote.bench.works")  # here, because it imports this module
    everybody.wait()


def measure(name: str, work: Work, bench: Bench) -> Figure:
    """Measure one work in a fresh process."""
    return fresh_process(measure_here, name, work, bench)


def measure_here(name: str, work: Work, bench: Bench) -> Figure:
    """Measure one work in this process."""
    with workers(bench.jobs, bench.group) as executor:
        timed = work(replace(bench, executor=executor))
        powers = pm_samples()
        start, cpu = time.perf_counter(), cpu_seconds()
        timed()
        cpu, wall = cpu_seconds() - cpu, time.perf_counter() - start
        pm = median(powers + pm_samples())
    each = cpu / bench.n
    return Figure(name, bench.group, bench.n, bench.jobs, each, wall, each / pm, peak_mb())


def cpu_seconds() -> float:
    """Return user and system time of this process and its living children."""
    # The clock of another process, as in clock_getcpuclockid(3) of Linux.
    return time.process_time() + sum(
        time.clock_gettime(~child.pid << 3 | 2) for child in active_children() if child.pid is not None
    )


def peak_mb() -> float:
    """Return the largest resident size that this process has had, in MB; unlike ru_maxrss not its parent's."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return round(int(status["VmHWM"].split()[0]) / 1000, 1)


def pm_samples(rounds: int = PM_ROUNDS) -> list[float]:
    """Return the seconds that a full-size 3072-bit modular power takes, several times over."""
    numbers = shake_256(b"evote pm").digest(2 * PM_BITS // 8)
    base, exponent = (int.from_bytes(numbers[i : i + PM_BITS // 8], "big") for i in (0, PM_BITS // 8))
    modulus = group("modp-3072").order * 2 + 1
    return [_seconds(lambda: powmod(base, exponent, modulus)) for _ in range(rounds)]


def _seconds(function: Timed) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


@contextmanager
def directory() -> Iterator[Path]:
    """Yield a directory for one run."""
    with TemporaryDirectory(prefix="evote-bench-") as path:
        yield Path(path)
