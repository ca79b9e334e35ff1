"""The forms in which a record of an election lies on a disk, each readable without any other.

A new format is one new package whose reader is registered under ``evote.formats``; see `record_format`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from evote.registry import registered, registered_names


def record_format(name: str) -> Callable[[Path], Any]:
    """Return what opens a record of the format; ``ValueError`` if none, or more than one, has that name."""
    opener: Callable[[Path], Any] = registered("evote.formats", name)
    return opener


def format_names() -> list[str]:
    """Return the names of all registered formats."""
    return registered_names("evote.formats")
