"""Equal votes: by the order of the definition, or by a lot that anybody draws again."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.methods.ties import Ties, draw, tie_rule

names = st.lists(st.text(max_size=8), unique=True, max_size=8)


@given(names, st.binary(max_size=32))
def test_order_is_that_of_the_definition(given_names: list[str], root: bytes) -> None:
    assert Ties.ORDER.order(given_names, root) == {name: place for place, name in enumerate(given_names)}


@given(names, st.binary(max_size=32), st.permutations(range(8)))
def test_a_lot_does_not_depend_on_the_order_of_names(given_names: list[str], root: bytes, shuffle: list[int]) -> None:
    drawn = Ties.LOT.order(given_names, root)
    assert sorted(drawn.values()) == list(range(len(given_names)))
    shuffled = [given_names[i] for i in shuffle if i < len(given_names)]
    assert Ties.LOT.order(shuffled, root) == drawn


def test_a_lot_is_a_hash_of_framed_root_and_name() -> None:
    framed = b"".join(len(data).to_bytes(8, "big") + data for data in (b"evote lot v1", b"root", "ü".encode()))
    assert draw(b"root", "ü") == hashlib.sha256(framed).digest()
    assert draw(b"ab", "c") != draw(b"a", "bc")


def test_lots_are_fair() -> None:
    drawn = (Ties.LOT.order("abc", i.to_bytes(4, "big")) for i in range(3000))
    first = Counter(min(order, key=order.__getitem__) for order in drawn)
    assert all(900 < count < 1100 for count in first.values())


def test_rules_have_names() -> None:
    assert [tie_rule("order"), tie_rule("lot")] == [Ties.ORDER, Ties.LOT]
    for wrong in ("", "ORDER", "coin"):
        with pytest.raises(ValueError, match="order, lot"):
            tie_rule(wrong)
