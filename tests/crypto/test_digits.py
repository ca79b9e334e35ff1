"""Digits against their definition, above all where the window divides the length."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto import digits
from evote.crypto.digits import Digits

LONG = 2**5000 + 1  # an order that nothing reaches


def values(rows: Digits) -> list[int]:
    """Return the numbers of which these are the digits."""
    columns = zip(*(rows[k] for k in range(len(rows))), strict=True)
    return [sum(d << rows.width * k for k, d in enumerate(column)) for column in columns]


def ends(bits: int) -> list[int]:
    source = random.Random(bits)
    return [0, 1, 2, (1 << bits) - 1, (1 << bits) - 2, 1 << bits - 1, *(source.getrandbits(bits) for _ in range(20))]


@pytest.mark.parametrize("width", [2, 3, 8, 11, 25])
@pytest.mark.parametrize("bits", [2, 22, 24, 25, 128, 253, 256, 3071])
def test_digits_make_up_the_exponents(width: int, bits: int) -> None:
    exponents = ends(bits)
    rows = digits.unsigned(exponents, width)
    assert values(rows) == exponents
    assert len(rows) == -(-bits // width)
    assert all(0 <= d < 1 << width for k in range(len(rows)) for d in rows[k])
    exponents += [-x for x in exponents]
    rows, half = digits.signed(exponents, width, LONG), 1 << width - 1
    assert values(rows) == exponents
    assert len(rows) <= bits // width + 2
    assert all(-half <= d < half for k in range(len(rows)) for d in rows[k])


@pytest.mark.parametrize("width", [2, 4, 8, 16, 3, 5, 13])
@pytest.mark.parametrize("order", [2**16 - 15, 2**256 - 189, 2**252 + 2**124 + 1, 2**61 - 1])
def test_residues_take_no_more_windows_than_the_order(width: int, order: int) -> None:
    exponents = [0, 1, order - 1, order - 2, order // 2, order // 2 + 1, -1, -order + 1, order**3]
    rows, half = digits.signed(exponents, width, order), 1 << width - 1
    assert len(rows) == -(-order.bit_length() // width)
    assert [(ours - x) % order for ours, x in zip(values(rows), exponents, strict=True)] == [0] * len(exponents)
    assert all(-half <= d < half for k in range(len(rows)) for d in rows[k])


@given(st.lists(st.integers(-(2**200), 2**200)), st.integers(2, 25))
def test_any_exponents(exponents: list[int], width: int) -> None:
    rows = digits.signed(exponents, width, LONG)
    assert values(rows) == (exponents if len(rows) else [])
    assert len(rows) or not any(exponents)


def test_no_exponents_and_no_length() -> None:
    assert len(digits.unsigned([], 4)) == len(digits.unsigned([0, 0], 4)) == len(digits.signed([0], 4, LONG)) == 0
    assert digits.unsigned([5, 0], 4)[0] == [5, 0]
    assert digits.bit_length([]) == 0
    assert digits.bit_length([3, -9]) == 4


def test_windows_that_do_not_exist() -> None:
    rows = digits.unsigned([255], 4)
    for k in (-1, 2):
        with pytest.raises(IndexError):
            rows[k]
    for width in (0, 26):
        with pytest.raises(ValueError, match="1 to 25 bits"):
            digits.unsigned([1], width) if width else Digits([1], 1, width, 0)


def test_signs_apart() -> None:
    assert digits.apart([3, 0, -2]) == [3, 0, 0, 0, 0, 2]
    assert digits.apart([]) == []
