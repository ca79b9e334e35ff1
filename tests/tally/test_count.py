"""Counting: logarithms within their bound, choices by table, and every ballot in exactly one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.group import Element, group
from evote.crypto.logarithm import discrete_logarithm
from evote.crypto.vector import Vector
from evote.errors import VerificationError
from evote.record.entries import Result, UnitResult
from evote.record.manifest import Contest
from evote.record.units import Cell, Unit
from evote.tally.count import count_unit, figures, result
from tests.elections import COUNCIL, MAYOR, changed

TOY = group("toy")
g = TOY.generator

SELECTION = msgspec.convert(COUNCIL, Contest)
CHOICE = msgspec.convert(MAYOR, Contest)
NORTH = Unit((Cell("north", "", 1),), 4)
SOUTH = Unit((Cell("south", "", 1),), 4)


def contest(base: Mapping[str, Any], **changes: Any) -> Contest:
    return msgspec.convert({**base, **changes}, Contest)


# --- logarithms ---


@given(st.integers(0, 3000).flatmap(lambda bound: st.tuples(st.just(bound), st.integers(0, bound))))
def test_a_logarithm_within_the_bound_is_found(case: tuple[int, int]) -> None:
    bound, m = case
    assert discrete_logarithm(g**m, bound) == m


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_a_logarithm_beyond_the_bound_is_not(bound: int, beyond: int) -> None:
    assert discrete_logarithm(g ** (bound + beyond), bound) is None


@pytest.mark.parametrize("bound", [0, 1, 2, 3, 4, 8, 15, 16, 17, 255, 256])
def test_the_edges_of_the_bound(bound: int) -> None:
    assert [discrete_logarithm(g**m, bound) for m in (0, bound, bound + 1)] == [0, bound, None]
    assert discrete_logarithm(TOY.identity / g, bound) is None
    assert discrete_logarithm(TOY.hash_to_group("no small power"), bound) is None


def test_a_large_logarithm_is_found() -> None:
    assert discrete_logarithm(g ** (1 << 30), (1 << 30) + 5) == 1 << 30


def counted(contest: Contest, unit: Unit, plaintexts: Vector) -> UnitResult:
    return count_unit(contest, unit, plaintexts).result


# --- the homomorphic road ---


def opened(*sums: Element | int) -> Vector:
    return Vector.of(TOY, [g**m if isinstance(m, int) else m for m in sums])


def test_sums_are_counts_and_blank() -> None:
    unit = counted(SELECTION, NORTH, opened(2, 1, 3, 1))
    assert (unit.counts, unit.blank, unit.invalid, unit.invalid_elements) == ((2, 1, 3), 1, 0, ())
    assert (unit.unit, unit.ballots, unit.weight) == ("north", 4, 1)


IMPOSSIBLE = {
    "more blanks than ballots": opened(0, 0, 0, 5),
    "more votes than ballots": opened(5, 0, 0, 0),
    "more votes than ballots that are not blank": opened(4, 0, 0, 1),
    "too few votes": opened(1, 1, 1, 0),
    "too many votes": opened(3, 3, 3, 0),
    "a negative sum": opened(-1, 4, 1, 0),
    "no small power": opened(TOY.hash_to_group("x"), 1, 1, 1),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_sums_that_no_ballots_could_give_are_refused(name: str) -> None:
    assert counted(SELECTION, NORTH, opened(4, 0, 0, 0)).counts == (4, 0, 0)
    with pytest.raises(VerificationError, match="contest council, unit north") as caught:
        count_unit(SELECTION, NORTH, IMPOSSIBLE[name])
    assert caught.value.check == "result.sums"


# --- the mix road ---


def test_choices_are_read_by_table() -> None:
    unit = counted(CHOICE, SOUTH, opened(1, 3, 0, 3))
    assert (unit.counts, unit.blank, unit.invalid) == ((1, 0, 2), 1, 0)


STRANGE = {
    "the next number": g**4,
    "a large number": g**777,
    "minus one": TOY.identity / g,
    "text": TOY.hash_to_group("a receipt"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_anything_else_is_invalid_and_shown_as_an_element(name: str) -> None:
    unit = counted(CHOICE, SOUTH, opened(1, STRANGE[name], 2, 3))
    assert (unit.counts, unit.blank, unit.invalid) == ((1, 1, 1), 0, 1)
    assert unit.invalid_elements == (bytes(STRANGE[name]),)


def test_an_option_of_another_district_is_invalid() -> None:
    assert counted(CHOICE, NORTH, opened(1, 3, 2, 0)).invalid_elements == (bytes(g**3),)
    assert counted(CHOICE, SOUTH, opened(1, 3, 2, 0)).invalid == 0


def test_the_identity_is_invalid_where_there_is_no_blank() -> None:
    no_blank = contest(MAYOR, rules={"blank": False})
    unit = counted(no_blank, SOUTH, opened(1, 0, 2, 3))
    assert (unit.counts, unit.blank, unit.invalid) == ((1, 1, 1), 0, 1)
    assert unit.invalid_elements == (bytes(TOY.identity),)


@given(st.lists(st.one_of(st.integers(-2, 6), st.sampled_from(list(STRANGE.values()))), min_size=1, max_size=12))
def test_every_ballot_is_in_exactly_one_place(votes: list[Any]) -> None:
    elements = opened(*votes)
    unit = counted(CHOICE, changed_unit(SOUTH, len(votes)), elements)
    assert sum(unit.counts) + unit.blank + unit.invalid == unit.ballots == len(votes)
    assert len(unit.invalid_elements) == unit.invalid


def changed_unit(unit: Unit, ballots: int) -> Unit:
    return Unit(unit.cells, ballots)


# --- results ---


def whole(contest: Contest, units: Mapping[Unit, Vector], withheld: int) -> Result:
    opened_units = [count_unit(contest, unit, plaintexts) for unit, plaintexts in units.items()]
    return result(contest, opened_units, withheld, figures(contest, opened_units, bytes(32), 9))


def test_totals_are_by_weight_and_units_by_ballot() -> None:
    heavy = Unit((Cell("south", "", 5),), 3)
    outcome = whole(CHOICE, {SOUTH: opened(1, 1, 0, 9), heavy: opened(1, 2, 9)}, withheld=2)
    assert (outcome.counts, outcome.blank, outcome.invalid, outcome.withheld) == ((7, 5, 0), 1, 6, 2)
    assert [(u.unit, u.ballots, u.weight, u.counts, u.invalid) for u in outcome.units] == [
        ("south", 4, 1, (2, 0, 0), 1),
        ("south/x5", 3, 5, (1, 1, 0), 1),
    ]


def test_nobody_voted() -> None:
    outcome = whole(SELECTION, {}, withheld=0)
    assert (outcome.counts, outcome.blank, outcome.invalid, outcome.units) == ((0, 0, 0), 0, 0, ())
    assert changed(outcome, withheld=0) == outcome
