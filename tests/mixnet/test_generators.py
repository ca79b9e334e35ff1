"""The generators of a shuffle: those of the specification, however many were asked for before and whoever made them."""

from __future__ import annotations

from concurrent.futures import Executor
from itertools import chain

import pytest

from evote.crypto.group import Group, group
from evote.mixnet import shuffle
from evote.mixnet.shuffle import BLOCK, GENERATORS, Generators
from evote.parallel import pmap
from tests import executors
from tests.crypto.watching import noting

TOY = group("toy")
MOST = 17 * BLOCK + 5
TRUE = list(map(bytes, TOY.independent_generators(MOST, GENERATORS)))
ORDERS = [
    [1, BLOCK, BLOCK + 1, MOST],
    [MOST, 2, 0, BLOCK, MOST],
    [0, 1, 2, BLOCK - 1, BLOCK, 2 * BLOCK],
    [BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK + 1],
]


executor = executors.executor


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_they_are_the_specified_ones_in_whatever_order_one_asks(order: list[int], executor: Executor | None) -> None:
    made = Generators(TOY)
    for count in order:
        h = made.first(count, executor)
        assert (len(h), h.encodings()) == (count, TRUE[:count])


@pytest.mark.parametrize("name", ["p-256", "ristretto255", "modp-2048"])
def test_in_other_groups(name: str) -> None:
    of: Group = group(name)
    assert Generators(of).first(3).elements() == of.independent_generators(3, GENERATORS)


def test_none_is_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[range] = []
    monkeypatch.setattr(shuffle, "pmap", noting(asked, lambda _, items, **__: items, pmap))
    made = Generators(TOY)
    for count in (BLOCK + 1, 3, 2 * BLOCK, MOST, MOST):
        made.first(count)
    assert list(chain(*asked)) == list(range(18))


def test_what_is_asked_for_later_does_not_change_what_was_given() -> None:
    made = Generators(TOY)
    few = made.first(3)
    made.first(BLOCK + 1)
    assert few.encodings() == TRUE[:3]


def test_a_worker_that_fails_leaves_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    made, honest = Generators(TOY), shuffle._generators

    def failing(of: Group, blocks: list[int]) -> bytes:
        if 1 in blocks:
            raise MemoryError
        return honest(of, blocks)

    with monkeypatch.context() as patch:
        patch.setattr(shuffle, "_generators", failing)
        with pytest.raises(MemoryError):
            made.first(MOST)
    assert made.first(MOST).encodings() == TRUE
