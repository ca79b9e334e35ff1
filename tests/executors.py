"""The executors that nothing may depend on: none, threads, processes. A module takes the fixture by naming it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest


@pytest.fixture(scope="module", params=["none", "thread", "process"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor | None]:
    """Yield each of them in turn."""
    if request.param == "none":
        yield None
        return
    with ThreadPoolExecutor(2) if request.param == "thread" else ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield pool
