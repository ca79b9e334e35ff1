"""Small JSON files with one meaning: no name twice, no unknown member, every value of its type and pattern.

msgspec alone keeps the last of two members with one name; so the standard library decodes, and msgspec types.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from evote.errors import DecodeError

T = TypeVar("T")
MAX_FILE = 1 << 25  # bytes


def decode(data: bytes, kind: type[T], what: str, *, limit: int = MAX_FILE) -> T:
    """Return what the file says; raise `DecodeError`, which calls the file ``what``."""
    if len(data) > limit:
        raise DecodeError(f"{what}: {len(data)} bytes where at most {limit} are allowed")
    try:
        value = json.loads(data.decode(), object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"{what}: {error}") from None
    return convert(value, kind, what)


def convert(value: object, kind: type[T], what: str) -> T:
    """Return a decoded value as its type; raise `DecodeError`."""
    try:
        return msgspec.convert(value, type=kind)
    except msgspec.ValidationError as error:
        raise DecodeError(f"{what}: {error}") from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice in an object")
    return members
