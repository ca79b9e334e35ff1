"""Lists of ballots as bytes: columns are where they were, lengths are checked at once, members when they are used."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from evote.crypto.elgamal import Ciphertext, Row, encode_row
from evote.crypto.group import group
from evote.crypto.rows import Rows
from evote.crypto.vector import Power, products
from evote.errors import DecodeError
from tests.crypto.samples import TOY, elements

SIZE = TOY.element_size


def rows_of(n: int, width: int) -> list[Row]:
    members = iter(elements(TOY, 2 * n * width))
    return [tuple(Ciphertext(next(members), next(members)) for _ in range(width)) for _ in range(n)]


@pytest.mark.parametrize(("n", "width"), [(0, 1), (0, 3), (1, 1), (5, 1), (1, 3), (5, 3)])
def test_every_half_is_where_it_was(n: int, width: int) -> None:
    true = rows_of(n, width)
    for rows in (Rows.of(TOY, width, true), Rows(TOY, width, list(map(encode_row, true)))):
        assert (len(rows), list(rows.encoded)) == (n, list(map(encode_row, true)))
        assert rows.decoded() == true
        for block in range(width):
            assert rows.c1[block].elements() == [row[block].c1 for row in true]
            assert rows.c2[block].elements() == [row[block].c2 for row in true]
        assert rows.all_c1.elements() == [c.c1 for row in true for c in row]
        assert rows.all_c2.elements() == [c.c2 for row in true for c in row]


@pytest.mark.parametrize("width", [1, 2])
def test_a_column_is_always_the_same_object(width: int) -> None:
    rows = Rows.of(TOY, width, rows_of(3, width))
    for half in ("c1", "c2"):
        columns = getattr(rows, half)
        assert all(a is b for a, b in zip(columns, getattr(rows, half), strict=True))
        assert getattr(rows, f"all_{half}") is getattr(rows, f"all_{half}")
    if width == 1:
        assert rows.all_c1 is rows.c1[0]
        assert rows.all_c2 is rows.c2[0]


LENGTHS: dict[str, Callable[[bytes], bytes]] = {
    "a byte short": lambda row: row[:-1],
    "a byte long": lambda row: row + b"\0",
    "an element short": lambda row: row[:-SIZE],
    "a ciphertext short": lambda row: row[: -2 * SIZE],
    "a ciphertext long": lambda row: row + row[: 2 * SIZE],
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("at", [0, 3])
def test_a_row_of_another_length_is_refused_though_the_whole_fits(name: str, at: int) -> None:
    encoded = list(map(encode_row, rows_of(4, 2)))
    assert len(Rows(TOY, 2, encoded)) == 4
    spoilt = LENGTHS[name](encoded[at])
    rest = (encoded[at] + encoded[1])[len(spoilt) :]
    for rows in ([*encoded[:at], spoilt, *encoded[at + 1 :]], [spoilt, rest]):
        with pytest.raises(DecodeError, match="a row of 2 ciphertexts has 36 bytes"):
            Rows(TOY, 2, rows)


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("at", [0, 2, 4])
def test_what_is_no_member_is_kept_until_it_is_used(at: int, half: int) -> None:
    encoded = list(map(encode_row, rows_of(5, 1)))
    outside = (2**64 + 3102).to_bytes(SIZE, "big")
    encoded[at] = outside + encoded[at][SIZE:] if half == 0 else encoded[at][:SIZE] + outside
    rows = Rows(TOY, 1, encoded)
    column = (rows.c1, rows.c2)[half][0]
    with pytest.raises(DecodeError):
        rows.decoded()
    with pytest.raises(DecodeError, match=f"c{half + 1} of row {at}: "):
        column.elements()
    with pytest.raises(DecodeError, match=f"c{half + 1} of row {at}: "):
        products(TOY, [[Power(column, [1] * 5)]])
    assert len((rows.c1, rows.c2)[1 - half][0].elements()) == 5


def test_in_wide_rows_ciphertexts_are_counted_through() -> None:
    encoded = list(map(encode_row, rows_of(3, 2)))
    encoded[1] = encoded[1][: 3 * SIZE] + bytes(SIZE)
    rows = Rows(TOY, 2, encoded)
    with pytest.raises(DecodeError, match=r"c2 of ciphertext 3: "):
        rows.all_c2.elements()
    with pytest.raises(DecodeError, match=r"c2 of row 1: "):
        rows.c2[1].elements()


def test_equal_if_the_bytes_are() -> None:
    true = rows_of(3, 2)
    one, other = Rows.of(TOY, 2, true), Rows(TOY, 2, tuple(map(encode_row, true)))
    assert one == other
    assert one != Rows(TOY, 2, one.encoded[1:])
    assert one != Rows(TOY, 2, [*one.encoded[1:], one.encoded[0]])
    assert Rows(TOY, 1, []) != Rows(TOY, 2, [])
    assert Rows(TOY, 1, []) != Rows(group("p-256"), 1, [])
    assert one != list(one.encoded)
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_they_cross_to_a_process() -> None:
    rows = Rows.of(TOY, 2, rows_of(3, 2))
    assert rows.all_c1.elements() == pickle.loads(pickle.dumps(rows)).all_c1.elements()
    assert pickle.loads(pickle.dumps(rows)) == rows


def test_workers_decode_the_same_in_order() -> None:
    true = rows_of(600, 1)
    rows = Rows(TOY, 1, list(map(encode_row, true)))
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(1, get_context("spawn")) as processes:
        assert rows.decoded(threads) == rows.decoded(processes) == true
