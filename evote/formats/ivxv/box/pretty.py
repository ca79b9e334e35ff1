"""JSON as the official programs print it: two spaces for each level, ``"name" : value``, lists on one line.

That is Jackson's pretty printer on a machine whose lines end with LF. Objects and lists may be streams.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Members:
    """An object: names and values, in order. A value is `Members`, a text, an integer, or an iterable of values."""

    pairs: Iterable[tuple[str, object]]


def pretty(value: object, depth: int = 0) -> Iterator[str]:
    """Yield the text of a value, piece by piece, without a line end."""
    if isinstance(value, Members):
        yield from _object(value.pairs, depth)
    elif isinstance(value, str | int):
        yield json.dumps(value, ensure_ascii=False)
    elif isinstance(value, Iterable):
        yield from _list(value, depth)
    else:
        raise TypeError(f"{type(value).__name__} is not printed")


def _object(pairs: Iterable[tuple[str, object]], depth: int) -> Iterator[str]:
    mark, indent = "{", "\n" + "  " * (depth + 1)
    for name, value in pairs:
        yield f"{mark}{indent}{json.dumps(name, ensure_ascii=False)} : "
        yield from pretty(value, depth + 1)
        mark = ","
    yield "{ }" if mark == "{" else "\n" + "  " * depth + "}"


def _list(values: Iterable[object], depth: int) -> Iterator[str]:
    mark = "["
    for value in values:
        yield f"{mark} "
        yield from pretty(value, depth)
        mark = ","
    yield "[ ]" if mark == "[" else " ]"
