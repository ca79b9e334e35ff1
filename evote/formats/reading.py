"""Files that somebody else has written: regular ones alone are read, and within a directory no link is followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from evote.errors import EvidenceMissing, VerificationError


@contextmanager
def opened(directory: Path, name: str, check: str) -> Iterator[BufferedReader]:
    """Open a file; raise `VerificationError` for anything else, `EvidenceMissing` if it is absent or unreadable."""
    path = directory / name
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise VerificationError(check, f"{name} is not a file")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise EvidenceMissing(f"{name} is missing") from None
    except OSError as error:
        raise EvidenceMissing(f"{name} cannot be read: {error.strerror}") from None


@contextmanager
def opened_path(path: Path) -> Iterator[BufferedReader]:
    """Open a file that the caller names, through links if need be; `EvidenceMissing` for what cannot be read."""
    try:
        if os.path.exists(path) and not path.is_file():
            raise EvidenceMissing(f"{path} is not a file")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise EvidenceMissing(f"{path}: {error.strerror}") from None


def scanned(path: Path) -> list[os.DirEntry[str]]:
    """Return what is in a directory, by name; nothing if there is none. Raise `EvidenceMissing` if it is unreadable."""
    try:
        with os.scandir(path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise EvidenceMissing(f"{path} cannot be read: {error.strerror}") from None
