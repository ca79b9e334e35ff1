"""The processes that share a command's work."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from evote.parallel import end_with_parent

PROCESSORS = os.cpu_count() or 1


@contextmanager
def workers(jobs: int) -> Iterator[Executor | None]:
    """Yield an executor with ``jobs`` processes, or None for one job, which this process does itself."""
    if jobs == 1:
        yield None
        return
    # Not fork: the progress bar has a thread.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["evote.procedure.machine"])  # imported once, not by each worker
    pool = ProcessPoolExecutor(jobs, context, initializer=_depend_on_the_parent)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _depend_on_the_parent() -> None:
    """Leave interrupts to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
