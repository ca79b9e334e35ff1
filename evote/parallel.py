"""One parallel primitive: map in order over any executor, and drop nothing.

The first exception propagates; a lost worker is an error, never a shorter list. An executor carries bytes only, and
what the function raises in a worker comes back as a value. So whatever a future itself raises is the executor's doing,
be it a pool of processes, Dask, Ray or MPI, and is `WorkerLost`; no executor's exceptions need be known here.
``docs/parallel.md``.
"""

import gc
import os
import pickle
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, TypeVar

from evote.errors import EvoteError

T = TypeVar("T")
R = TypeVar("R")

IN_FLIGHT = 8  # chunks held at once, at least
PULSE = 5.0  # seconds between looks at an executor that does not answer
PATIENCE = 60.0  # seconds without any worker, after which none is expected
LIMIT = 3600.0  # seconds for which the next result is waited for in any case


class WorkerLost(EvoteError):
    """A worker died before it answered, so there is no answer."""


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of ``size`` consecutive items; the last may be shorter."""
    if size < 1:
        raise ValueError("a chunk holds at least one item")
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def pmap(
    function: Callable[[list[T]], R], items: Iterable[T], *, executor: Executor | None = None, chunk: int = 256
) -> Generator[R, None, None]:
    """Yield ``function(chunk)`` for consecutive chunks of ``items``, in order.

    With an executor ``function``, items and results must be picklable, and ``function`` pure: a chunk whose worker dies
    may be done again by another. At most `in_flight` chunks are held at once, so a stream of any length needs bounded
    memory. Raises whatever ``function`` or reading the items raises, whichever comes first without workers, and
    `WorkerLost`.
    """
    chunks = batched(items, chunk)
    if executor is None:
        # Not ``yield from map(...)``, which takes a StopIteration from ``function`` for the end of the list.
        for work in chunks:
            with _collector_at_rest():
                result = function(work)
            yield result
        return
    sent, limit = pickle.dumps(function), in_flight(executor)
    pending: deque[Future[bytes]] = deque()
    faults: list[Exception] = []
    try:
        for work in _until_fault(chunks, faults):
            pending.append(_submit(executor, sent, pickle.dumps(work)))
            if len(pending) >= limit:
                yield _receive(executor, pending.popleft())
        while pending:
            yield _receive(executor, pending.popleft())
    except WorkerLost:
        pending.clear()  # to ask an executor that is gone to cancel something may take for ever
        raise
    finally:
        for future in pending:
            future.cancel()
    if faults:
        raise faults[0]


def worker_count(executor: Executor) -> int | None:
    """Return how many chunks the executor works on at once, as far as it tells; None if it does not."""
    # Executors have no common way to say: mpi4py's and our examples' have num_workers, the standard library's pools
    # and Dask's executor keep it, or the client that knows it, to themselves.
    client = getattr(executor, "_client", None)
    if client is not None:
        return _threads(client)
    count = getattr(executor, "num_workers", getattr(executor, "_max_workers", None))
    return count if isinstance(count, int) else None


def end_with_parent() -> None:
    """Let this process end when the one that started it is gone, however that came; for the initializer of a pool.

    A pool whose owner is killed otherwise waits for work for ever, with what it has seen in its memory.
    """
    Thread(target=_end_after, args=(parent_process(),), daemon=True).start()


def _end_after(parent: BaseProcess | None) -> None:
    if parent is not None:
        parent.join()
        os._exit(1)


def in_flight(executor: Executor) -> int:
    """Return how many chunks `pmap` holds: while each worker does one, the next lies ready for it."""
    return max(IN_FLIGHT, 2 * (worker_count(executor) or 0))


def _threads(client: Any) -> int:
    """Return how many threads a Dask cluster works with; a client that has lost its scheduler has none."""
    # Whatever the error is called, nobody is there to ask.
    try:
        return sum(client.nthreads(callback_timeout=PULSE).values()) if client.status == "running" else 0
    except Exception:
        return 0


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Stop the search for cycles: a chunk makes points by the ten thousand, tuples all, which the search visits.

    They are freed by their reference counts. The search costs an eighth of the verification of a shuffle.
    """
    resting = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not resting:
            gc.enable()


def _until_fault(chunks: Iterable[T], faults: list[Exception]) -> Iterator[T]:
    """Yield the chunks; what goes wrong in reading ahead has to wait until the chunks before it have been judged."""
    try:
        yield from chunks
    except Exception as error:
        faults.append(error)


def _submit(executor: Executor, function: bytes, work: bytes) -> Future[bytes]:
    # The nonce: Dask takes calls whose arguments have the same MD5 for one call, and answers both with one result.
    try:
        return executor.submit(_work, function, work, os.urandom(16))
    except Exception as error:
        raise _lost(error) from error


def _receive(executor: Executor, future: Future[bytes]) -> Any:
    try:
        answer = _wait(executor, future)
    except Exception as error:
        raise _lost(error) from error
    result, raised = pickle.loads(answer)  # noqa: S301 - written by `_work`
    if raised is None:
        return result
    # A worker told to stop must not stop us, least of all with a status that looks like a verdict.
    raise raised if isinstance(raised, Exception) else _lost(raised) from raised


def _wait(executor: Executor, future: Future[bytes]) -> bytes:
    """Return the result as soon as it is there; give up if it does not come, early if nobody is there to compute it."""
    silent = deserted = 0.0
    while silent < LIMIT and deserted < PATIENCE:
        try:
            return future.result(PULSE)
        except TimeoutError:
            if future.done():
                return future.result()
        silent += PULSE
        deserted = deserted + PULSE if worker_count(executor) == 0 else 0.0
    raise TimeoutError(f"no workers for {deserted:.0f} seconds" if deserted else f"no answer in {silent:.0f} seconds")


def _lost(error: BaseException) -> WorkerLost:
    first, *_ = traceback.format_exception_only(error)[0].splitlines()
    what = "".join(filter(str.isprintable, first))
    return WorkerLost(f"a worker was lost before it answered ({what}); nothing was concluded")


def _work(function: bytes, work: bytes, _: bytes) -> bytes:
    """Return, in a worker, the pickle of (result, None) or (None, what was raised)."""
    try:
        with _collector_at_rest():
            return pickle.dumps((_loaded(function)(pickle.loads(work)), None))  # noqa: S301 - written by `pmap`
    except BaseException as error:
        error.add_note("".join(traceback.format_exception(error)))
        return pickle.dumps((None, error))


@lru_cache(maxsize=1)
def _loaded(function: bytes) -> Callable[[Any], Any]:
    """Return the function, unpickled once for all its chunks; an election with its group takes milliseconds."""
    loaded: Callable[[Any], Any] = pickle.loads(function)  # noqa: S301 - written by `pmap`
    return loaded
