"""A record on disk, read as a stream: a million ballots need memory for one line and eight bytes each.

The reader guarantees the form of files and lines, and that a list is the one its digest names. What the lines say is
not its business, and it never writes. The record must not change while it is read.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.formats.reading import opened, scanned
from evote.record.board import MAX_CHECKPOINT
from evote.record.canonical import MAX_LINE
from evote.record.manifest import Election, decode_election

BOARD, LISTS = "board", "lists"
ELECTION, ENTRIES, CHECKPOINT = "election.json", f"{BOARD}/entries.jsonl", f"{BOARD}/checkpoint"


def list_name(digest: bytes) -> str:
    """Return the place in a record of the list with this SHA-256."""
    return f"{LISTS}/{digest.hex()}.jsonl"


class NativeRecord:
    """A record directory, opened for reading; ``path`` is where it lies."""

    name = "native"

    def __init__(self, path: Path) -> None:
        """Open the record at ``path``; raise `EvidenceMissing` if there is none."""
        if not os.path.lexists(path / ELECTION):
            raise EvidenceMissing(f"{path} is not a record: it has no {ELECTION}")
        self.path = path

    @cached_property
    def election(self) -> Election:
        """The definition."""
        return decode_election(self._read(ELECTION, MAX_LINE))

    def checkpoint_bytes(self) -> bytes:
        """Return the operator's note, unchecked."""
        return self._read(CHECKPOINT, MAX_CHECKPOINT)

    @property
    def size(self) -> int:
        """The number of entries; the first use reads them all."""
        return len(self._offsets) - 1

    def lines(self, start: int = 0) -> Iterator[bytes]:
        """Yield the entries' lines from number ``start``, without their ends."""
        with opened(self.path, ENTRIES, "record.files") as file:
            file.seek(self._offsets[start] if start else 0)
            yield from read_lines(file, ENTRIES)

    def line(self, index: int) -> bytes:
        """Return the line of entry ``index``, from 0; ``IndexError`` if there is none."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        start, end = self._offsets[index : index + 2]
        with opened(self.path, ENTRIES, "record.files") as file:
            file.seek(start)
            return file.read(end - start - 1)

    def rows(self, digest: bytes, limit: int) -> Iterator[bytes]:
        """Yield the lines of the list with SHA-256 ``digest``, at most ``limit`` of them, without their ends.

        No line comes before the digest of the whole has been checked. Raises ``VerificationError("record.list")``,
        `EvidenceMissing` and `DecodeError`.
        """
        name = list_name(digest)
        with opened(self.path, name, "record.files") as file:
            if hashlib.file_digest(file, "sha256").digest() != digest:
                raise VerificationError("record.list", name)
            file.seek(0)
            for number, line in enumerate(read_lines(file, name)):
                if number == limit:
                    raise DecodeError(f"{name}: more than {limit} lines")
                yield line

    def check_files(self, named: Collection[bytes]) -> None:
        """Return if the record holds no files but its own and the lists with these digests.

        Raises ``VerificationError("record.files")`` for anything else: strange names, directories, links, devices.
        """
        files = {ELECTION, ENTRIES, CHECKPOINT, *map(list_name, named)}
        for directory in ("", BOARD, LISTS):
            for entry in scanned(self.path / directory):
                name = f"{directory}/{entry.name}" if directory else entry.name
                if name in (BOARD, LISTS):
                    expected = entry.is_dir(follow_symlinks=False)
                else:
                    expected = name in files and entry.is_file(follow_symlinks=False)
                if not expected:
                    raise VerificationError("record.files", ascii(name)[1:-1])

    @cached_property
    def _offsets(self) -> array[int]:
        """Where each line begins, and where the last one ends."""
        offsets, end = array("Q", [0]), 0
        for line in self.lines():
            end += len(line) + 1
            offsets.append(end)
        return offsets

    def _read(self, name: str, limit: int) -> bytes:
        with opened(self.path, name, "record.files") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise DecodeError(f"{name}: more than {limit} bytes")
        return data


def read_lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of a file without their ends; raise `DecodeError` unless each ends in LF and holds something."""
    while line := file.readline(MAX_LINE + 1):
        if line[-1:] != b"\n":
            raise DecodeError(f"{name}: a line without its end, or longer than {MAX_LINE} bytes")
        if line == b"\n" or b"\r" in line:
            raise DecodeError(f"{name}: an empty line or a carriage return")
        yield line[:-1]
