"""One parallel primitive: map in order over any executor, and drop nothing.

The first exception propagates; a lost worker is an error, never a shorter list. Work is chunked here
because executors differ in whether they chunk at all (Dask's ``map`` ignores ``chunksize``).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import islice
from typing import TypeVar

from evote.errors import EvoteError

T = TypeVar("T")
R = TypeVar("R")

IN_FLIGHT = 8


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
) -> Iterator[R]:
    """Yield ``function(chunk)`` for consecutive chunks of ``items``, in order.

    ``function`` must be picklable when an executor is given. At most `IN_FLIGHT` chunks are held at once, so a
    stream of any length needs bounded memory. Raises whatever ``function`` raises, and `WorkerLost`.
    """
    chunks = batched(items, chunk)
    if executor is None:
        # Not ``yield from map(...)``, which takes a StopIteration from ``function`` for the end of the list.
        for work in chunks:
            yield function(work)
        return
    pending: deque[Future[R]] = deque()
    try:
        for work in chunks:
            pending.append(executor.submit(function, work))
            if len(pending) >= IN_FLIGHT:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenExecutor as error:
        raise WorkerLost("a worker process died before it answered; nothing was concluded") from error
    finally:
        for future in pending:
            future.cancel()
