"""The parallel map: in order, nothing dropped, nothing read ahead without bound, and a dead worker is an error."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from typing import Any, ParamSpec, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote import parallel
from evote.errors import EvoteError
from evote.parallel import IN_FLIGHT, WorkerLost, batched, in_flight, pmap, worker_count

P = ParamSpec("P")
T = TypeVar("T")


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
def test_results_come_in_order_and_none_is_dropped(executor: Executor | None, count: int) -> None:
    assert list(pmap(double, range(count), executor=executor, chunk=5)) == [
        double(list(range(i, min(i + 5, count)))) for i in range(0, count, 5)
    ]


class Backwards(Executor):
    """An executor that finishes what came last first."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, function: Callable[P, T], /, *args: P.args, **keywords: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        self.waiting.append((future, lambda: function(*args, **keywords)))
        if len(self.waiting) == IN_FLIGHT:
            while self.waiting:
                last, work = self.waiting.pop()
                last.set_result(work())
        return future


def test_order_is_that_of_the_items_not_of_completion() -> None:
    results = pmap(double, range(IN_FLIGHT), executor=Backwards(), chunk=1)
    assert list(results) == [[2 * i] for i in range(IN_FLIGHT)]


def test_the_first_exception_propagates(executor: Executor | None) -> None:
    results = pmap(fail_at_7, range(20), executor=executor, chunk=2)
    assert [next(results) for _ in range(3)] == [[0, 1], [2, 3], [4, 5]]
    with pytest.raises(ZeroDivisionError, match=r"\[6, 7\]"):
        next(results)
    assert list(results) == []


def test_of_several_exceptions_the_first_in_order_propagates(executor: Executor | None) -> None:
    with pytest.raises(ZeroDivisionError, match=r"\[6, 7\]"):
        list(pmap(fail_from_7, range(20), executor=executor, chunk=2))


def test_a_stray_stop_iteration_does_not_end_the_list(executor: Executor | None) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        list(pmap(stop, range(20), executor=executor, chunk=2))


def test_an_error_of_the_items_propagates(executor: Executor | None) -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise EvoteError("unreadable")

    with pytest.raises(EvoteError, match="unreadable"):
        list(pmap(double, items(), executor=executor, chunk=2))


@pytest.mark.parametrize("chunk", [0, -1])
def test_a_chunk_of_nothing_is_refused(executor: Executor | None, chunk: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        list(pmap(double, range(3), executor=executor, chunk=chunk))


def test_items_that_cannot_be_read_wait_for_the_chunks_before_them(executor: Executor | None) -> None:
    """So the error that is reported does not depend on how far ahead the items were read."""

    def items() -> Iterator[int]:
        yield from range(10)
        raise EvoteError("unreadable")

    with pytest.raises(ZeroDivisionError, match=r"\[6, 7\]"):
        list(pmap(fail_at_7, items(), executor=executor, chunk=2))
    results = pmap(double, items(), executor=executor, chunk=2)
    assert [next(results) for _ in range(5)] == [[0, 2], [4, 6], [8, 10], [12, 14], [16, 18]]
    with pytest.raises(EvoteError, match="unreadable"):
        next(results)


# --- laziness ---


def counting(read: list[int]) -> Iterator[int]:
    for item in range(10_000):
        read.append(item)
        yield item


def test_items_are_read_as_results_are_taken(executor: Executor | None) -> None:
    read: list[int] = []
    results = pmap(double, counting(read), executor=executor, chunk=3)
    assert read == []
    for taken in range(1, 20):
        next(results)
        assert len(read) <= 3 * (taken - 1 + IN_FLIGHT)


def test_at_most_so_many_chunks_are_in_flight() -> None:
    started: list[Callable[..., object]] = []

    class Slow(Executor):
        """An executor that works only when a result is asked for."""

        def submit(self, function: Callable[P, T], /, *args: P.args, **keywords: P.kwargs) -> Future[T]:
            started.append(function)
            future: Future[T] = Future()
            future.set_result(function(*args, **keywords))
            return future

    results = pmap(double, counting([]), executor=Slow(), chunk=4)
    for taken in range(1, 30):
        next(results)
        assert len(started) == taken - 1 + IN_FLIGHT


def test_an_abandoned_map_cancels_what_has_not_begun() -> None:
    pending: list[Future[Any]] = []

    class Never(Executor):
        def submit(self, function: Callable[P, T], /, *args: P.args, **keywords: P.kwargs) -> Future[T]:
            future: Future[T] = Future()
            if not pending:
                future.set_result(function(*args, **keywords))
            pending.append(future)
            return future

    results = pmap(double, range(100), executor=Never(), chunk=1)
    next(results)
    results.close()
    assert len(pending) == IN_FLIGHT
    assert all(future.cancelled() for future in pending[1:])


@pytest.mark.parametrize("size", [1, 2, 4, 5, 16, 32])
def test_the_next_chunk_lies_ready_for_every_worker(size: int) -> None:
    with ThreadPoolExecutor(size) as pool:
        assert worker_count(pool) == size
        assert in_flight(pool) == max(IN_FLIGHT, 2 * size)


def test_who_does_not_tell_how_many_workers_there_are_gets_a_few_chunks() -> None:
    assert worker_count(Backwards()) is None
    assert in_flight(Backwards()) == IN_FLIGHT


# --- executors that fail in ways of their own ---


class Failing(Executor):
    """An executor whose futures raise what some other package calls the death of a worker."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def submit(self, _function: Callable[P, T], /, *_: P.args, **__: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_exception(self.error)
        return future


FAILURES = {
    "broken": BrokenExecutor("dead"),
    "cancelled": CancelledError("gone"),
    "timeout": TimeoutError("too late"),
    "colourful": OSError("\x1b[36mtask\x1b[0m\nand a long story"),
    "unheard of": type("KilledWorker", (Exception,), {})("four times"),
}


@pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES)
def test_whatever_the_executor_raises_is_a_lost_worker(error: Exception) -> None:
    with pytest.raises(WorkerLost, match="nothing was concluded") as caught:
        list(pmap(double, range(3), executor=Failing(error)))
    assert caught.value.__cause__ is error
    assert str(caught.value).isprintable()


def test_a_cancelled_future_is_a_lost_worker() -> None:
    class Cancelled(Executor):
        def submit(self, _function: Callable[P, T], /, *_: P.args, **__: P.kwargs) -> Future[T]:
            future: Future[T] = Future()
            future.cancel()
            return future

    with pytest.raises(WorkerLost, match="CancelledError"):
        list(pmap(double, range(3), executor=Cancelled()))


def test_a_lost_executor_is_not_asked_to_cancel_anything() -> None:
    pending: list[Future[Any]] = []

    class DiesAtOnce(Executor):
        def submit(self, _function: Callable[P, T], /, *_: P.args, **__: P.kwargs) -> Future[T]:
            future: Future[T] = Future()
            if not pending:
                future.set_exception(BrokenExecutor())
            pending.append(future)
            return future

    with pytest.raises(WorkerLost):
        list(pmap(double, range(100), executor=DiesAtOnce(), chunk=1))
    assert len(pending) == IN_FLIGHT
    assert not any(future.cancelled() for future in pending)


def test_an_executor_that_takes_no_more_work_is_a_lost_worker() -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(WorkerLost, match="cannot schedule"):
        list(pmap(double, range(3), executor=pool))


def test_what_the_function_raises_is_not_the_executors_doing(executor: Executor | None) -> None:
    for error in FAILURES.values():
        if type(error).__module__ != __name__:
            with pytest.raises(type(error)) as caught:
                list(pmap(partial(raise_it, error), range(3), executor=executor))
            assert not isinstance(caught.value, WorkerLost)


def raise_it(error: BaseException, _: list[int]) -> None:
    raise error


@pytest.mark.parametrize("stop", [SystemExit(0), KeyboardInterrupt()], ids=repr)
def test_a_worker_that_is_told_to_stop_does_not_stop_us(stop: BaseException) -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(WorkerLost, match=type(stop).__name__):
        list(pmap(partial(raise_it, stop), range(3), executor=pool))


class Deserted(Executor):
    """An executor that never answers, with ``num_workers`` as told each time it is asked."""

    def __init__(self, counts: list[int]) -> None:
        self.counts = counts
        self.futures: list[Future[Any]] = []

    @property
    def num_workers(self) -> int:
        if len(self.counts) == 1 and self.counts[0]:
            self.futures[0].set_result(self.answer)
        return self.counts.pop(0)

    def submit(self, function: Callable[P, T], /, *args: P.args, **keywords: P.kwargs) -> Future[T]:
        self.answer: object = function(*args, **keywords)
        self.futures.append(Future())
        return self.futures[-1]


def test_nobody_waits_for_ever_where_there_are_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "PULSE", 0.01)
    monkeypatch.setattr(parallel, "PATIENCE", 0.025)
    executor = Deserted([1, 0, 0, 0])
    with pytest.raises(WorkerLost, match="no workers"):
        list(pmap(double, range(3), executor=executor))
    assert executor.counts == []
    assert executor.futures[0].done() is False


def test_nobody_waits_for_ever_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Executor):
        def submit(self, _function: Callable[P, T], /, *_: P.args, **__: P.kwargs) -> Future[T]:
            return Future()

    monkeypatch.setattr(parallel, "PULSE", 0.01)
    monkeypatch.setattr(parallel, "LIMIT", 0.03)
    with pytest.raises(WorkerLost, match="no answer in"):
        list(pmap(double, range(3), executor=Silent()))


def test_workers_that_come_back_in_time_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "PULSE", 0.01)
    monkeypatch.setattr(parallel, "PATIENCE", 0.025)
    executor = Deserted([1, 0, 0, 1, 0, 0, 1])
    assert list(pmap(double, range(3), executor=executor)) == [[0, 2, 4]]
    assert executor.counts == []


# --- processes ---


def test_processes_give_the_same(processes: Executor) -> None:
    assert list(pmap(double, range(50), executor=processes, chunk=7)) == list(pmap(double, range(50), chunk=7))
    with pytest.raises(ZeroDivisionError):
        list(pmap(fail_at_7, range(20), executor=processes, chunk=2))


def test_a_lost_worker_is_an_error(processes: Executor) -> None:
    results = pmap(die_at_7, range(100), executor=processes, chunk=2)
    with pytest.raises(WorkerLost, match="nothing was concluded") as caught:
        list(results)
    assert isinstance(caught.value.__cause__, BrokenProcessPool)
    with pytest.raises(WorkerLost):
        list(pmap(double, range(3), executor=processes))


class Talkative(Exception):
    """An exception that cannot be made again from what it says."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def fail_talkatively(_: list[int]) -> None:
    raise Talkative(1, 2)


def test_an_exception_that_does_not_travel_is_still_an_error(processes: Executor) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        list(pmap(fail_talkatively, range(3), executor=processes))
    assert list(pmap(double, range(3), executor=processes)) == [[0, 2, 4]]


def test_an_error_says_where_in_the_worker_it_arose(processes: Executor) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        list(pmap(fail_at_7, range(20), executor=processes, chunk=2))
    assert "in fail_at_7" in caught.value.__notes__[0]


LOADED: list[int] = []


class Counted:
    """A function that counts how often it was unpickled."""

    def __call__(self, chunk: list[int]) -> int:
        return len(LOADED) + 0 * len(chunk)

    def __reduce__(self) -> tuple[Callable[[], Counted], tuple[()]]:
        return _counted, ()


def _counted() -> Counted:
    LOADED.append(1)
    return Counted()


def test_a_worker_unpickles_the_function_once(processes: Executor) -> None:
    assert list(pmap(Counted(), range(20), executor=processes, chunk=1)) == [1] * 20


def test_no_two_calls_are_the_same() -> None:
    """An executor that answers equal calls with one result would otherwise trust its hash function for us."""
    calls: list[tuple[object, ...]] = []

    class Watching(Executor):
        def submit(self, function: Callable[P, T], /, *args: P.args, **keywords: P.kwargs) -> Future[T]:
            calls.append(args)
            future: Future[T] = Future()
            future.set_result(function(*args, **keywords))
            return future

    assert list(pmap(double, [1] * 6, executor=Watching(), chunk=2)) == [[2, 2]] * 3
    assert len(set(calls)) == 3
    assert {type(part) for call in calls for part in call} == {bytes}


# --- batches ---


@given(st.lists(st.integers()), st.integers(1, 10))
def test_batches_are_the_items(items: list[int], size: int) -> None:
    chunks = list(batched(iter(items), size))
    assert [item for chunk in chunks for item in chunk] == items
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(chunks)


def test_the_collector_rests_while_a_chunk_is_worked_on_and_never_longer() -> None:
    assert gc.isenabled()
    seen = [(inside, gc.isenabled()) for inside in pmap(lambda _: gc.isenabled(), range(3), chunk=1)]
    assert seen == [(False, True)] * 3
    with pytest.raises(ZeroDivisionError):
        list(pmap(lambda work: 1 / work[0], [0], chunk=1))
    assert gc.isenabled()
    gc.disable()
    try:
        list(pmap(len, [1]))
        assert not gc.isenabled()
    finally:
        gc.enable()
