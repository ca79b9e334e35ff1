"""Units: one partition, nothing below the minimum opened, nothing to subtract, weights and lists of options apart."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.record.entries import Credential
from evote.record.units import Cell, Place, Unit, cell_of
from evote.record.units import partition as partition_by
from tests.reference import counting

CELLS = st.builds(
    Cell,
    st.sampled_from(["north", "south", "west"]),
    st.sampled_from(["", "young", "old"]),
    st.sampled_from([1, 2, 5]),
)
BALLOTS = st.dictionaries(CELLS, st.integers(0, 12), max_size=15)
MINIMUM = st.integers(1, 12)
LISTS = {"west": (1, 3)}  # the options of a district that are not those of the others


def allowed(district: str) -> tuple[int, ...]:
    return LISTS.get(district, (1, 2))


def partition(ballots: dict[Cell, int], minimum: int) -> tuple[Unit, ...]:
    return partition_by(ballots, minimum, allowed)


@given(BALLOTS, MINIMUM)
def test_units_are_a_partition(ballots: dict[Cell, int], minimum: int) -> None:
    units = partition(ballots, minimum)
    cells = [cell for unit in units for cell in unit.cells]
    assert Counter(cells) == Counter(cell for cell, count in ballots.items() if count)
    assert all(unit.ballots == sum(ballots[cell] for cell in unit.cells) for unit in units)


@given(BALLOTS, MINIMUM)
def test_names_are_distinct_and_in_order(ballots: dict[Cell, int], minimum: int) -> None:
    names = [unit.name for unit in partition(ballots, minimum)]
    assert names == sorted(set(names))


@given(BALLOTS, MINIMUM)
def test_weights_never_merge(ballots: dict[Cell, int], minimum: int) -> None:
    for unit in partition(ballots, minimum):
        assert {cell.weight for cell in unit.cells} == {unit.weight}


@given(BALLOTS, MINIMUM)
def test_lists_of_options_never_merge(ballots: dict[Cell, int], minimum: int) -> None:
    """In one unit a vote for what only some of it could choose would say who they are."""
    for unit in partition(ballots, minimum):
        assert {allowed(cell.district) for cell in unit.cells} == {allowed(unit.district)}


@given(BALLOTS, MINIMUM)
def test_a_unit_below_the_minimum_is_all_there_is_of_its_weight_and_list(
    ballots: dict[Cell, int], minimum: int
) -> None:
    for unit in partition(ballots, minimum):
        alike = [c for c in ballots if (c.weight, allowed(c.district)) == (unit.weight, allowed(unit.district))]
        assert unit.ballots >= minimum or unit.ballots == sum(ballots[cell] for cell in alike)


@given(BALLOTS, MINIMUM, st.randoms(use_true_random=False))
def test_the_order_of_the_cells_makes_no_difference(
    ballots: dict[Cell, int], minimum: int, shuffler: random.Random
) -> None:
    items = list(ballots.items())
    shuffler.shuffle(items)
    assert partition(dict(items), minimum) == partition(ballots, minimum)


@given(BALLOTS, MINIMUM)
def test_no_sum_of_units_is_a_small_group_more_than_another(ballots: dict[Cell, int], minimum: int) -> None:
    """Two different sums of opened units differ by whole units, so by at least the minimum in ballots."""
    opened = [unit for unit in partition(ballots, minimum) if unit.ballots >= minimum][:6]
    sums = [set(chosen) for size in range(len(opened) + 1) for chosen in combinations(opened, size)]
    for one, other in combinations(sums, 2):
        if one < other:
            assert sum(unit.ballots for unit in other - one) >= minimum


@given(BALLOTS, MINIMUM)
def test_merging_prefers_the_district(ballots: dict[Cell, int], minimum: int) -> None:
    """A unit crosses districts only if one of them could not have made up the minimum by itself."""
    for unit in partition(ballots, minimum):
        districts = {cell.district for cell in unit.cells}
        if len(districts) > 1:
            within = [
                sum(n for cell, n in ballots.items() if (cell.district, cell.weight) == (district, unit.weight))
                for district in districts
            ]
            assert min(within) < minimum


@given(BALLOTS, MINIMUM, st.permutations(["north", "south", "west"]))
def test_the_naive_verifier_has_the_same_units(ballots: dict[Cell, int], minimum: int, order: list[str]) -> None:
    plain = {(cell.district, cell.stratum, cell.weight): count for cell, count in ballots.items() if count}
    theirs = counting.partition(plain, minimum, {district: frozenset(allowed(district)) for district in order})
    assert [(u.name, u.ballots) for u in theirs] == [(u.name, u.ballots) for u in partition(ballots, minimum)]


def cells(**counts: int) -> dict[Cell, int]:
    """Return counts by ``district``, ``district_stratum`` or ``district_stratum_weight``; a stratum - is none."""
    made = {}
    for name, count in counts.items():
        district, stratum, weight = (*name.split("_"), "", "")[:3]
        made[Cell(district, stratum.replace("none", ""), int(weight or 1))] = count
    return made


EXAMPLES: dict[str, tuple[dict[Cell, int], list[tuple[str, int]]]] = {
    "nobody": ({}, []),
    "an empty district": (cells(north=5, south=0), [("north", 5)]),
    "large enough": (cells(north=5, south=3), [("north", 5), ("south", 3)]),
    "the small one joins the smallest other": (
        cells(north=9, south=2, east=4),
        [("east+south", 6), ("north", 9)],
    ),
    "two small ones join each other": (cells(north=9, south=2, east=2), [("east+south", 4), ("north", 9)]),
    "one with another list stays alone": (
        cells(north=9, south=2, west=2),
        [("north+south", 11), ("west", 2)],
    ),
    "strata join within the district first": (
        cells(north_old=1, north_young=4, south_old=2, south_young=9),
        [("north/old+north/young", 5), ("south/old+south/young", 11)],
    ),
    "a tie is broken by name": (cells(a=1, b=3, c=3), [("a+b", 4), ("c", 3)]),
    "all together are still too few": (cells(north=1, south=1), [("north+south", 2)]),
    "a heavy voter stays alone": (cells(north=9, north_none_5=1), [("north", 9), ("north/x5", 1)]),
    "heavy voters join each other across districts": (
        cells(north_none_2=2, south_none_2=2, north=3),
        [("north", 3), ("north/x2+south/x2", 4)],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    ballots, expected = EXAMPLES[name]
    assert [(unit.name, unit.ballots) for unit in partition(ballots, 3)] == expected


def test_the_cell_of_a_voter_and_the_place_of_a_unit() -> None:
    credential = Credential(voter="v", key=bytes(32), district="north", stratum="old", weight=3)
    assert cell_of(credential) == Cell("north", "old", 3)
    assert Unit((cell_of(credential),), 4).name == "north/old/x3"
    assert str(Place("mayor", "north")) == "contest mayor, unit north"
