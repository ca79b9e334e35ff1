"""The forms in which a record of an election lies on a disk, each readable without any other.

A new format is one new package whose reader is registered under ``evote.formats``.
"""

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any


def record_format(name: str) -> Callable[[Path], Any]:
    """Return what opens a record of the format; ``ValueError`` if none, or more than one, has that name."""
    found = entry_points(group="evote.formats", name=name)
    if len({entry.value for entry in found}) != 1:
        raise ValueError(f"{'several record formats' if found else 'no record format'} under the name {name!r}")
    opener: Callable[[Path], Any] = next(iter(found)).load()
    return opener


def format_names() -> list[str]:
    """Return the names of all registered formats."""
    return sorted({entry.name for entry in entry_points(group="evote.formats")})
