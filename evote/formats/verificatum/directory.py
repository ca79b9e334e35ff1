"""A proof directory on a disk, read as byte trees, words and numbers.

Whatever is there must be expected, and what is expected is read, also what VMN's own verifier never looks at. Large
files are mapped into memory, not copied; the directory must not change while it is read.

Source: ``docs/verificatum.md``, section 11.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Collection
from pathlib import Path

from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.formats.reading import opened, scanned
from evote.formats.verificatum.byte_tree import Tree

FILES = "verificatum.files"
PROOFS = "proofs"
MAX_TEXT = 256
TEXT = re.compile("[0-9A-Za-z._-]+")


def is_word(text: str) -> bool:
    """Tell whether a file of a directory can hold this text."""
    return len(text) <= MAX_TEXT and TEXT.fullmatch(text) is not None


class Directory:
    """The files of one session; names are relative, with ``/``."""

    def __init__(self, path: Path) -> None:
        """Open the directory at ``path``; raise `EvidenceMissing` if there is none."""
        if not os.path.isdir(path):
            raise EvidenceMissing(f"{path} is not a directory")
        self._path = path
        if self.has(PROOFS) and not os.path.isdir(path / PROOFS):
            raise VerificationError(FILES, f"{PROOFS} is not a directory")

    def has(self, name: str) -> bool:
        """Tell whether there is such a file, or something else of that name."""
        return os.path.lexists(self._path / name)

    def sessions(self) -> list[Path]:
        """Return the directories within that have an auxsid: VMN writes one for each list of a session."""
        within = (self._path / entry.name for entry in scanned(self._path) if entry.is_dir(follow_symlinks=False))
        return [path for path in within if os.path.isfile(path / "auxsid")]

    def tree(self, name: str) -> Tree:
        """Return the byte tree in a file; raise `EvidenceMissing` or `VerificationError` if there is no such file."""
        with opened(self._path, name, FILES) as file:
            if not os.fstat(file.fileno()).st_size:
                return Tree(b"", name)
            return Tree(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), name)

    def text(self, name: str) -> str:
        """Return the word in a file, which has no end of line."""
        with opened(self._path, name, FILES) as file:
            data = file.read(MAX_TEXT + 1)
        text = data.decode("ascii", "replace")
        if not is_word(text):
            raise DecodeError(f"{name}: not one word")
        return text

    def number(self, name: str, low: int, high: int) -> int:
        """Return the decimal number in a file."""
        text = self.text(name)
        if not text.isdigit() or str(int(text)) != text or not low <= int(text) <= high:
            raise DecodeError(f"{name}: not a number from {low} to {high}")
        return int(text)

    def strangers(self, expected: Collection[str]) -> list[str]:
        """Return the names of what is there and not expected: links, directories and devices are never."""
        found = []
        for directory in ("", PROOFS):
            for entry in scanned(self._path / directory):
                name = f"{directory}/{entry.name}" if directory else entry.name
                if name == PROOFS:
                    fits = entry.is_dir(follow_symlinks=False)
                else:
                    fits = name in expected and entry.is_file(follow_symlinks=False)
                if not fits:
                    found.append(ascii(name)[1:-1])
        return sorted(found)
