"""JSON as the official programs print it: two spaces for each level, ``"name" : value``, lists on one line.

That is Jackson's pretty printer on a machine whose lines end with LF. Objects and lists may be streams.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ESCAPE = re.compile(r"(\\u)([0-9a-f]{4})|\\.")


@dataclass(frozen=True, slots=True)
class Members:
    """An object: names and values, in order. A value is `Members`, a text, an integer, or an iterable of values."""

    pairs: Iterable[tuple[str, object]]


def pretty(value: object, depth: int = 0) -> Iterator[str]:
    """Yield the text of a value, piece by piece, without a line end."""
    if isinstance(value, Members):
        yield from _object(value.pairs, depth)
    elif isinstance(value, str | int):
        yield _scalar(value)
    elif isinstance(value, Iterable):
        yield from _list(value, depth)
    else:
        raise TypeError(f"{type(value).__name__} is not printed")


def _object(pairs: Iterable[tuple[str, object]], depth: int) -> Iterator[str]:
    mark, indent = "{", "\n" + "  " * (depth + 1)
    for name, value in pairs:
        yield f"{mark}{indent}{_scalar(name)} : "
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


def _scalar(value: str | int) -> str:
    """Return a text or an integer; what has to be escaped by its number is in capitals."""
    return ESCAPE.sub(
        lambda match: match[1] + match[2].upper() if match[2] else match[0], json.dumps(value, ensure_ascii=False)
    )
