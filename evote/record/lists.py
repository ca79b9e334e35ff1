"""Lists too long for a line: JSON lines in a file named by the SHA-256 of its bytes.

A list of ciphertexts or elements is one base64 string a line. The digest of a list is the same whether the list
stands beside the board or is computed from it, so a proof can name either.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from evote.errors import DecodeError
from evote.record import canonical


class Source(Protocol):
    """Where a board's entries and lists are read from."""

    def line(self, index: int) -> bytes:
        """Return the line of entry ``index``, from 0."""

    def rows(self, digest: bytes, limit: int) -> Iterable[bytes]:
        """Yield at most ``limit`` lines of the list with that digest, or raise `EvidenceMissing`."""


def list_lines(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Yield one line for each byte string, without line ends."""
    return map(canonical.encode, rows)


def lines_digest(lines: Iterable[bytes]) -> bytes:
    """Return SHA-256 of the lines, each followed by a line feed."""
    state = hashlib.sha256()
    for line in lines:
        state.update(line + b"\n")
    return state.digest()


def list_digest(rows: Iterable[bytes]) -> bytes:
    """Return the digest of a list of byte strings."""
    return lines_digest(list_lines(rows))


def read_list(source: Source, digest: bytes, count: int) -> list[bytes]:
    """Return the list of exactly ``count`` byte strings with that digest; raise `DecodeError` for another length."""
    rows = [canonical.decode(line, bytes) for line in source.rows(digest, count)]
    if len(rows) != count:
        raise DecodeError(f"list {digest.hex()[:16]} has {len(rows)} rows, not {count}")
    return rows
