"""A function that does what it did, and notes its calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def noting(record: list[T], note: Callable[..., T], function: Callable[P, R]) -> Callable[P, R]:
    """Return ``function``, with ``note`` of each call's arguments put on the record before it."""

    def noted(*arguments: P.args, **keywords: P.kwargs) -> R:
        record.append(note(*arguments, **keywords))
        return function(*arguments, **keywords)

    return noted
