"""Beyond one machine: Dask, with real worker processes that die at the worst moment, and the adapters in ``examples/``.

The verdict is the one without workers, or there is none; nobody waits for ever.
"""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from evote import parallel
from evote.parallel import WorkerLost, pmap, worker_count
from evote.procedure import machine
from evote.verify import Report, verify
from tests.elections import finished

ROOT = Path(__file__).parent.parent
distributed = pytest.importorskip("distributed", reason="pip install evote[dask]")


@contextmanager
def two_workers(directory: Path) -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",  # any free port; None would be 8787
        local_directory=directory,
        silence_logs=60,
    ) as made:
        yield made


@pytest.fixture(scope="module")
def calm_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with two_workers(tmp_path_factory.mktemp("dask")) as made:
        yield made


@pytest.fixture
def calm(calm_cluster: Any) -> Iterator[Any]:
    """A client of two workers that nothing happens to."""
    with distributed.Client(calm_cluster) as made:
        yield made


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    """A client of two workers that will not live long."""
    with two_workers(tmp_path / "dask") as cluster, distributed.Client(cluster) as made:
        yield made


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "BALLOTS_IN_A_CHUNK", 2)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "PULSE", 0.2)
    monkeypatch.setattr(parallel, "PATIENCE", 1.0)


def add_slowly(chunk: list[int]) -> int:
    time.sleep(0.1)
    return sum(chunk)


def refuse_7(chunk: list[int]) -> int:
    if 7 in chunk:
        raise ZeroDivisionError(f"chunk {chunk}")
    return add_slowly(chunk)


def die_at_7(chunk: list[int]) -> int:
    if 7 in chunk:
        os.kill(os.getpid(), signal.SIGKILL)
    return sum(chunk)


def kill_workers(client: Any) -> None:
    for pid in client.run(os.getpid).values():
        os.kill(pid, signal.SIGKILL)


def die_first(marker: Path, function: Callable[..., bytes], *arguments: bytes) -> bytes:
    """Kill the first worker that gets this work; whoever gets it then does it."""
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return function(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def wait_for(marker: Path, *_: object) -> None:
    """Be busy until ``marker`` is there; a cluster does not close while a worker is."""
    end = time.monotonic() + 60
    while not marker.exists() and time.monotonic() < end:
        time.sleep(0.05)


class Accident(Executor):
    """An executor that does something else with the piece of work of a certain number, from 1."""

    def __init__(self, inner: Executor, number: int, instead: Callable[..., object]) -> None:
        self.inner, self.left, self.instead = inner, number, instead
        if hasattr(inner, "_client"):
            self._client = inner._client

    def submit(self, function: Any, /, *arguments: Any, **keywords: Any) -> Future[Any]:
        self.left -= 1
        if self.left == 0:
            return self.inner.submit(self.instead, function, *arguments, **keywords)
        return self.inner.submit(function, *arguments, **keywords)


def said(report: Report) -> tuple[object, ...]:
    return report.status, report.findings, report.results


def no_verdict(report: Report) -> str:
    """Return why there is none; fail if there is one."""
    assert report.status == 2
    (failure,) = report.failures
    assert (failure.check, failure.absent) == ("record.complete", True)
    assert "nothing was concluded" in failure.error
    return failure.error


# --- Dask ---


def test_a_cluster_tells_how_many_work_for_it(calm: Any) -> None:
    assert worker_count(calm.get_executor()) == 2


def test_order_errors_and_equal_chunks(calm: Any) -> None:
    executor = calm.get_executor()
    assert list(pmap(add_slowly, range(20), executor=executor, chunk=3)) == list(pmap(add_slowly, range(20), chunk=3))
    assert list(pmap(add_slowly, [1] * 12, executor=executor, chunk=3)) == [3] * 4
    results = pmap(refuse_7, range(20), executor=executor, chunk=3)
    assert [next(results), next(results)] == [3, 12]
    with pytest.raises(ZeroDivisionError, match=r"\[6, 7, 8\]"):
        next(results)


def test_an_abandoned_map_leaves_the_cluster_nothing_to_do(calm: Any) -> None:
    results = pmap(add_slowly, range(1000), executor=calm.get_executor(), chunk=1)
    assert next(results) == 0
    assert isinstance(results, Generator)
    results.close()
    end = time.monotonic() + 10
    while any(calm.processing().values()) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(calm.processing().values())


@pytest.mark.parametrize("road", ["sum", "mix"])
def test_a_cluster_gives_the_same_report(calm: Any, road: str) -> None:
    record = finished(road).path
    report = verify(record, executor=calm.get_executor())
    assert report.status == 0
    assert said(report) == said(verify(record))


def test_a_worker_that_dies_is_replaced_and_the_result_is_right(client: Any) -> None:
    results = pmap(add_slowly, range(40), executor=client.get_executor(), chunk=2)
    first = next(results)
    kill_workers(client)
    assert [first, *results] == [sum(range(i, i + 2)) for i in range(0, 40, 2)]


def test_the_report_is_right_though_a_worker_died_midway(client: Any, tmp_path: Path) -> None:
    record, marker = finished("both").path, tmp_path / "died"
    report = verify(record, executor=Accident(client.get_executor(), 4, partial(die_first, marker)))
    assert marker.exists()
    assert said(report) == said(verify(record))


def test_work_that_kills_every_worker_is_an_error(client: Any) -> None:
    client.cluster.scheduler.allowed_failures = 1
    with pytest.raises(WorkerLost, match=r"KilledWorker(.|\n)*nothing was concluded"):
        list(pmap(die_at_7, range(10), executor=client.get_executor(), chunk=2))


def test_no_verdict_where_nobody_may_repeat_the_work(client: Any, tmp_path: Path) -> None:
    client.cluster.scheduler.allowed_failures = 0
    executor = Accident(client.get_executor(), 4, partial(die_first, tmp_path / "died"))
    assert "KilledWorker" in no_verdict(verify(finished("both").path, executor=executor))


@pytest.mark.usefixtures("impatient")
def test_no_verdict_where_all_workers_left(client: Any, tmp_path: Path) -> None:
    timer = Timer(0.5, client.cluster.scale, [0])
    timer.start()
    report = verify(
        finished("both").path, executor=Accident(client.get_executor(), 3, partial(wait_for, tmp_path / "end"))
    )
    (tmp_path / "end").touch()
    timer.join()
    assert "no workers for" in no_verdict(report)


@pytest.mark.usefixtures("impatient")
def test_no_verdict_from_a_cluster_that_was_left(calm: Any, tmp_path: Path) -> None:
    timer = Timer(0.5, calm.close)
    timer.start()
    report = verify(
        finished("both").path, executor=Accident(calm.get_executor(), 3, partial(wait_for, tmp_path / "end"))
    )
    (tmp_path / "end").touch()
    timer.join()
    assert no_verdict(report)


# --- processes, for comparison ---


def test_a_pool_of_processes_does_not_survive_a_death(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        executor = Accident(pool, 4, partial(die_first, tmp_path / "died"))
        assert "BrokenProcessPool" in no_verdict(verify(finished("both").path, executor=executor))


# --- the adapters in examples/ ---


@pytest.mark.skipif(find_spec("ray") is None, reason="pip install ray")
def test_ray_gives_the_same_report_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = runpy.run_path(str(ROOT / "examples" / "ray_executor.py"))
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "plugin")])
    settings = {"num_cpus": 2, "include_dashboard": False, "runtime_env": {"env_vars": {"PYTHONPATH": paths}}}
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    executor = adapter["RayExecutor"](log_to_driver=False, **settings)
    try:
        assert worker_count(executor) == 2
        record = finished("both").path
        assert said(verify(record, executor=executor)) == said(verify(record))
        with pytest.raises(WorkerLost, match="WorkerCrashedError"):
            list(pmap(die_at_7, range(10), executor=executor, chunk=2))
    finally:
        adapter["ray"].shutdown()


@pytest.mark.skipif(not (find_spec("mpi4py") and shutil.which("mpiexec")), reason="pip install mpi4py mpich")
def test_mpi_gives_the_same_verdict() -> None:
    command = ["mpiexec", "-n", "3", sys.executable, "-m", "mpi4py.futures", str(ROOT / "examples" / "mpi_executor.py")]
    done = subprocess.run(
        [*command, finished("both").path], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout == "2 workers\nverdict: 0\n"
    assert done.returncode == 0
