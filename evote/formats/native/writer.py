"""Writing a record so that a crash at any moment loses nothing that was acknowledged.

What the checkpoint covers is acknowledged. Lists come first, then the lines, then the checkpoint, each on the disk
before the next begins; whatever a crash leaves beyond the checkpoint, the next `RecordWriter.open` removes, having made
sure that the checkpoint is the operator's and covers these very lines. One writer at a time: the lock is the kernel's,
on the directory ``board``, and leaves no file behind.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from evote.errors import DecodeError, EvidenceMissing, Refused, VerificationError
from evote.formats.native.reader import (
    BOARD,
    CHECKPOINT,
    ELECTION,
    ENTRIES,
    LISTS,
    NativeRecord,
    list_name,
    read_lines,
)
from evote.record.board import Checkpoint, decode_checkpoint, verify_checkpoint
from evote.record.canonical import MAX_LINE
from evote.record.entries import decode_entry, lists_named
from evote.record.files import is_temporary, publish, write_atomic, write_temporary
from evote.record.manifest import Election
from evote.record.merkle import EMPTY_ROOT, MerkleLog, leaf_hash

# Only lines with one of these are decoded to see which lists they name.
_NAMING = (b'"kind":"roll"', b'"kind":"shuffle"', b'"kind":"decryption"')


class RecordWriter:
    """A record directory, locked for writing until `close`; ``size`` counts its acknowledged entries."""

    def __init__(self, path: Path) -> None:
        """Lock the record at ``path`` and remove what a crash left; `open` and `create` are the ways in."""
        self.path = path
        self.size = 0
        self._lock = _lock(path / BOARD)
        try:
            self._recover()
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path, election: Election) -> Self:
        """Start the record of an election; ``FileExistsError`` if ``path`` exists and is not an empty directory."""
        path.mkdir(exist_ok=True)
        if any(path.iterdir()):
            raise FileExistsError(f"{path} is not empty")
        (path / BOARD).mkdir()
        (path / LISTS).mkdir()
        write_atomic(path / ENTRIES, b"")
        write_atomic(path / ELECTION, election.canonical)
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a record for appending; `EvidenceMissing` if there is none, `Refused` while another holds it."""
        _ = NativeRecord(path).election
        return cls(path)

    def __enter__(self) -> Self:
        """Return the writer; leaving the block closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the lock."""
        self.close()

    def close(self) -> None:
        """Release the lock; the writer is of no further use."""
        fcntl.flock(self._lock, fcntl.LOCK_UN)  # at once, even if a forked worker still has a copy
        os.close(self._lock)

    def put_list(self, rows: Iterable[bytes]) -> bytes:
        """Write a list, one row a line, and return its SHA-256; append an entry that names it before closing."""
        digest = hashlib.sha256()

        def lines() -> Iterator[bytes]:
            for row in rows:
                _check_line(row)
                digest.update(row + b"\n")
                yield row + b"\n"

        temporary = write_temporary(self.path / LISTS, lines())
        publish(temporary, self.path / list_name(digest.digest()))
        return digest.digest()

    def append(self, lines: Sequence[bytes], checkpoint: bytes) -> None:
        """Append entries' lines and the checkpoint that covers them, which is what acknowledges them.

        If this raises, the record is as it was before, unless the checkpoint had already reached its place; ``size``
        tells which.
        """
        for line in lines:
            _check_line(line)
        if decode_checkpoint(checkpoint).size != self.size + len(lines):
            raise ValueError("the checkpoint does not cover exactly these lines")
        try:
            with (self.path / ENTRIES).open("ab") as file:
                file.writelines(line + b"\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            write_atomic(self.path / CHECKPOINT, checkpoint)
            self.size += len(lines)
        except BaseException:
            self._cut()
            raise

    def _recover(self) -> None:
        (self.path / LISTS).mkdir(exist_ok=True)
        for directory in ("", BOARD, LISTS):
            for path in (self.path / directory).iterdir():
                if is_temporary(path):
                    path.unlink()
        self._check_not_lost()
        named = self._cut()
        for path in (self.path / LISTS).iterdir():
            if path.name.endswith(".jsonl") and f"{LISTS}/{path.name}" not in named:
                path.unlink()

    def _check_not_lost(self) -> None:
        """Refuse a board that is longer than its first entry and has no checkpoint: no crash leaves that."""
        with (self.path / ENTRIES).open("rb") as file:
            if not (self.path / CHECKPOINT).exists() and sum(1 for _ in file) > 1:
                raise EvidenceMissing(f"{self.path / CHECKPOINT} is missing")

    def _acknowledged(self) -> Checkpoint:
        """Return the operator's checkpoint, or that of an empty board if it never got to the first."""
        if not (self.path / CHECKPOINT).exists():
            return Checkpoint("", 0, EMPTY_ROOT)
        record = NativeRecord(self.path)
        return verify_checkpoint(record.checkpoint_bytes(), record.election.fingerprint, record.election.operator.key)

    def _cut(self) -> set[str]:
        """Remove what lies beyond the checkpoint, find ``size``, and return the lists still named."""
        acknowledged, log = self._acknowledged(), MerkleLog()
        size, named = acknowledged.size, set[str]()
        with (self.path / ENTRIES).open("r+b") as file:
            lines = read_lines(file, ENTRIES)
            end = 0
            for number in range(size):
                line = next(lines, None)
                if line is None:
                    raise DecodeError(f"the checkpoint covers {size} entries, but there are {number}")
                end += len(line) + 1
                log.append(leaf_hash(line))
                if any(tag in line for tag in _NAMING):
                    named.update(map(list_name, lists_named(decode_entry(line).body)))
            if log.root() != acknowledged.root:
                raise VerificationError("board.root", f"the first {size} entries are not those under the checkpoint")
            file.truncate(end)
            os.fsync(file.fileno())
        self.size = size
        return named


def _lock(directory: Path) -> int:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Refused(f"{directory.parent}: another command is writing to this record") from None
    return descriptor


def _check_line(line: bytes) -> None:
    if not 0 < len(line) <= MAX_LINE or b"\n" in line or b"\r" in line:
        raise ValueError("a line is empty, too long, or not one line")
