"""Lists: one digest for the rows, wherever they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError
from evote.record.lists import lines_digest, list_digest, list_lines, read_list

ROWS = st.lists(st.binary(max_size=40), max_size=8)


class Memory:
    """A source that holds one list, whatever it is asked for."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.lines = list(lines)

    def line(self, index: int) -> bytes:
        return self.lines[index]

    def rows(self, digest: bytes, limit: int) -> Iterable[bytes]:  # noqa: ARG002 - as the protocol says
        return self.lines


@given(ROWS)
def test_a_list_reads_back(rows: list[bytes]) -> None:
    assert read_list(Memory(list_lines(rows)), list_digest(rows), len(rows)) == rows


@given(ROWS, ROWS)
def test_other_rows_have_another_digest(one: list[bytes], other: list[bytes]) -> None:
    assert (list_digest(one) == list_digest(other)) == (one == other)


def test_the_digest_is_that_of_the_file() -> None:
    assert list(list_lines([b"", b"\xff"])) == [b'""', b'"/w=="']
    assert list_digest([b"", b"\xff"]) == hashlib.sha256(b'""\n"/w=="\n').digest()
    assert lines_digest([]) == hashlib.sha256(b"").digest()


BAD = {
    "a row too few": ([b'"AA=="'], 2),
    "a row too many": ([b'"AA=="', b'"AA=="'], 1),
    "not base64": ([b'"*"'], 1),
    "loose base64": ([b'"AB=="'], 1),
    "not text": ([b"1"], 1),
    "an unquoted row": ([b"AA=="], 1),
    "white space": ([b' "AA=="'], 1),
    "two rows in one": ([b'"AA=="\n"AA=="'], 1),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_list_is_refused(name: str) -> None:
    lines, count = BAD[name]
    assert read_list(Memory([b'"AA=="']), bytes(32), 1) == [b"\x00"]
    with pytest.raises(DecodeError):
        read_list(Memory(lines), bytes(32), count)
