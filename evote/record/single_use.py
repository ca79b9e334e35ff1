"""A file that is used once, by whatever name it is reached: a symbolic link leads to the file, a hard link is refused.

Who uses it holds the file itself, not its name: under a lock on it the file is renamed to ``.spent`` and emptied, and
whoever has it open, too, by any name, then finds it so. It does not protect against a copy.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evote.errors import EvidenceMissing, Refused
from evote.record.files import sync_directory

SPENT = ".spent"  # what is left of a used file is called so, and empty


@dataclass(frozen=True, slots=True)
class SingleUse:
    """An open file that has not been used; ``name`` is what the user calls it, ``path`` is its own."""

    name: Path
    path: Path
    file: BinaryIO

    def check(self) -> None:
        """Raise `Refused` if it has been used meanwhile, or has another name."""
        check_unused(self.name)
        status = os.fstat(self.file.fileno())
        if not status.st_size:
            raise Refused(f"{self.name} has been used: it is empty")
        if status.st_nlink > 1:
            raise Refused(f"{self.name} has another name, a hard link: remove all but one, for it serves once")

    def spend(self) -> None:
        """Rename it and bring that to the disk, then empty it; when this returns, nobody else has done or will do it.

        `Refused` if somebody has, or if the file is not where it was; then, and if it cannot be renamed (``OSError``),
        it is left as it is.
        """
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX)
        except OSError as error:
            raise Refused(f"{self.name} cannot be locked, so it might serve twice: {error.strerror}") from None
        self.check()
        self._rename()
        sync_directory(self.path.parent)
        os.ftruncate(self.file.fileno(), 0)
        os.fsync(self.file.fileno())

    def _rename(self) -> None:
        """Rename the file if it is where it was; where a lock is not seen by all, one alone can do so even then."""
        try:
            if os.path.samestat(self.path.lstat(), os.fstat(self.file.fileno())):
                self.path.rename(spent(self.path))
                return
        except FileNotFoundError:
            check_unused(self.name)
        raise Refused(f"{self.name} has been moved or replaced while it was read")


@contextmanager
def opened(name: Path) -> Iterator[SingleUse]:
    """Open a file that is to be used; `Refused` if it has been, `EvidenceMissing` if it cannot be read and written."""
    check_unused(name)
    path = _own(name)
    try:
        file = path.open("r+b")
    except OSError as error:
        check_unused(name)
        raise EvidenceMissing(f"{name}: {error.strerror or error}") from None
    with file:
        single = SingleUse(name, path, file)
        single.check()
        yield single


def check_unused(name: Path) -> None:
    """Raise `Refused` if a file of that name has been used."""
    path = _own(name)
    left = path if path.name.endswith(SPENT) else spent(path)
    if os.path.lexists(left):
        raise Refused(f"{name} has been used: {left} is there")


def spent(path: Path) -> Path:
    """Return where a file is once it has been used."""
    return path.with_name(path.name + SPENT)


def _own(name: Path) -> Path:
    return Path(os.path.realpath(name))
