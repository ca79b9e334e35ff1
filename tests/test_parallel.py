"""The parallel map: in order, nothing dropped, nothing read ahead without bound, and a dead worker is an error."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import EvoteError
from evote.parallel import IN_FLIGHT, WorkerLost, batched, pmap


def double(chunk: list[int]) -> list[int]:
    return [2 * item for item in chunk]


def fail_at_7(chunk: list[int]) -> list[int]:
    if 7 in chunk:
        raise ZeroDivisionError(f"chunk {chunk}")
    return chunk


def fail_from_7(chunk: list[int]) -> list[int]:
    if max(chunk) >= 7:
        raise ZeroDivisionError(f"chunk {chunk}")
    return chunk


def stop(_: list[int]) -> list[int]:
    raise StopIteration


def die_at_7(chunk: list[int]) -> list[int]:
    if 7 in chunk:
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk


@pytest.fixture(params=["serial", "threads"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor | None]:
    if request.param == "serial":
        yield None
        return
    with ThreadPoolExecutor(3) as pool:
        yield pool


@pytest.fixture
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("count", [0, 1, 4, 5, 6, 1000])
def test_results_come_in_order_and_none_is_dropped(executor: Executor | None, count: int):
    assert list(pmap(double, range(count), executor=executor, chunk=5)) == [
        double(list(range(i, min(i + 5, count)))) for i in range(0, count, 5)
    ]


class Backwards(Executor):
    """An executor that finishes what came last first."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[object], Callable[[], object]]] = []

    def submit(self, function, /, *args, **keywords):
        future: Future[object] = Future()
        self.waiting.append((future, lambda: function(*args, **keywords)))
        if len(self.waiting) == IN_FLIGHT:
            while self.waiting:
                last, work = self.waiting.pop()
                last.set_result(work())
        return future


def test_order_is_that_of_the_items_not_of_completion():
    results = pmap(double, range(IN_FLIGHT), executor=Backwards(), chunk=1)
    assert list(results) == [[2 * i] for i in range(IN_FLIGHT)]


def test_the_first_exception_propagates(executor: Executor | None):
    results = pmap(fail_at_7, range(20), executor=executor, chunk=2)
    assert [next(results) for _ in range(3)] == [[0, 1], [2, 3], [4, 5]]
    with pytest.raises(ZeroDivisionError, match=r"\[6, 7\]"):
        next(results)
    assert list(results) == []


def test_of_several_exceptions_the_first_in_order_propagates(executor: Executor | None):
    with pytest.raises(ZeroDivisionError, match=r"\[6, 7\]"):
        list(pmap(fail_from_7, range(20), executor=executor, chunk=2))


def test_a_stray_stop_iteration_does_not_end_the_list(executor: Executor | None):
    with pytest.raises(RuntimeError, match="StopIteration"):
        list(pmap(stop, range(20), executor=executor, chunk=2))


def test_an_error_of_the_items_propagates(executor: Executor | None):
    def items() -> Iterator[int]:
        yield from range(3)
        raise EvoteError("unreadable")

    with pytest.raises(EvoteError, match="unreadable"):
        list(pmap(double, items(), executor=executor, chunk=2))


@pytest.mark.parametrize("chunk", [0, -1])
def test_a_chunk_of_nothing_is_refused(executor: Executor | None, chunk: int):
    with pytest.raises(ValueError, match="at least one"):
        list(pmap(double, range(3), executor=executor, chunk=chunk))


# --- laziness ---


def counting(read: list[int]) -> Iterator[int]:
    for item in range(10_000):
        read.append(item)
        yield item


def test_items_are_read_as_results_are_taken(executor: Executor | None):
    read: list[int] = []
    results = pmap(double, counting(read), executor=executor, chunk=3)
    assert read == []
    for taken in range(1, 20):
        next(results)
        assert len(read) <= 3 * (taken - 1 + IN_FLIGHT)


def test_at_most_so_many_chunks_are_in_flight():
    started: list[list[int]] = []

    class Slow(Executor):
        """An executor that works only when a result is asked for."""

        def submit(self, function, /, *args, **keywords):
            started.append(*args)
            future: Future[object] = Future()
            future.set_result(function(*args, **keywords))
            return future

    results = pmap(double, counting([]), executor=Slow(), chunk=4)
    for taken in range(1, 30):
        next(results)
        assert len(started) == taken - 1 + IN_FLIGHT


def test_an_abandoned_map_cancels_what_has_not_begun():
    pending: list[Future[object]] = []

    class Never(Executor):
        def submit(self, function, /, *args, **keywords):
            future: Future[object] = Future()
            if not pending:
                future.set_result(function(*args, **keywords))
            pending.append(future)
            return future

    results = pmap(double, range(100), executor=Never(), chunk=1)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(pending) == IN_FLIGHT
    assert all(future.cancelled() for future in pending[1:])


# --- processes ---


def test_processes_give_the_same(processes: Executor):
    assert list(pmap(double, range(50), executor=processes, chunk=7)) == list(pmap(double, range(50), chunk=7))
    with pytest.raises(ZeroDivisionError):
        list(pmap(fail_at_7, range(20), executor=processes, chunk=2))


def test_a_lost_worker_is_an_error(processes: Executor):
    results = pmap(die_at_7, range(100), executor=processes, chunk=2)
    with pytest.raises(WorkerLost, match="nothing was concluded") as caught:
        list(results)
    assert isinstance(caught.value.__cause__, BrokenProcessPool)
    with pytest.raises(WorkerLost):
        list(pmap(double, range(3), executor=processes))


# --- batches ---


@given(st.lists(st.integers()), st.integers(1, 10))
def test_batches_are_the_items(items: list[int], size: int):
    chunks = list(batched(iter(items), size))
    assert [item for chunk in chunks for item in chunk] == items
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(chunks)
