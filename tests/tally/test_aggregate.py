"""The product of the ballots, whoever multiplies and in whatever order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from evote.crypto.elgamal import PublicKey
from evote.crypto.group import group
from evote.errors import DecodeError
from evote.record.units import Cell, Unit
from evote.tally.aggregate import aggregate

TOY = group("toy")
KEY = PublicKey(TOY.generator ** TOY.scalar(42))
NORTH, SOUTH = (Unit((Cell(name, "", 1),), 300) for name in ("north", "south"))
VOTES = [(NORTH if i % 3 else SOUTH, (i % 2, i % 5)) for i in range(600)]
ANSWERS = [
    (unit, tuple(bytes(KEY.encrypt(TOY.generator**m, TOY.scalar(7 * i + j))) for j, m in enumerate(votes)))
    for i, (unit, votes) in enumerate(VOTES)
]


def test_the_product_encrypts_the_sums() -> None:
    totals = aggregate(TOY, ANSWERS)
    assert set(totals) == {NORTH, SOUTH}
    for unit, row in totals.items():
        sums = [sum(votes[j] for u, votes in VOTES if u == unit) for j in range(2)]
        assert [c.c2 / c.c1 ** TOY.scalar(42) for c in row] == [TOY.generator**m for m in sums]


def test_order_and_workers_make_no_difference() -> None:
    with ThreadPoolExecutor(2) as executor:
        assert aggregate(TOY, ANSWERS[::-1], executor) == aggregate(TOY, ANSWERS)


def test_nobody_voted() -> None:
    assert aggregate(TOY, []) == {}


def test_what_is_no_ciphertext_is_refused() -> None:
    with pytest.raises(DecodeError):
        aggregate(TOY, [(NORTH, (b"",))])
