"""d'Hondt and Sainte-Laguë: published examples, a naive count, and what every proportional method keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.methods.averages import PartyList, decimal, highest_averages
from evote.methods.method import Figures
from evote.methods.party_lists import DHondt, HighestAverages, SainteLague
from evote.methods.ties import Ties
from evote.questions.option import Option
from tests.methods.method_contract import MethodContract

BOTH = (DHondt, SainteLague)


def option(name: str, party: str = "") -> Option:
    return Option(id=name, name=name.upper(), party=party)


def closed(*counts: int, root: bytes = b"") -> Figures:
    """Return figures for lists without candidates, named a, b, c, ..."""
    return Figures(tuple(option("abcdefgh"[i]) for i in range(len(counts))), counts, lot=root)


def seats_of(method: HighestAverages, *counts: int) -> list[int]:
    """Return how many seats each closed list wins."""
    won = Counter(method.outcome(closed(*counts)).winners)
    return [won["abcdefgh"[i]] for i in range(len(counts))]


# Lists with candidates: "left" and "right" are lists; candidates are marked besides.
OPEN = tuple(map(option, ("left", "right", "l1", "l2", "r1", "r2", "r3"), ("", "", "left", "left", *["right"] * 3)))
# Candidates only: parties are names.
NAMED = tuple(map(option, ("c1", "c2", "c3", "c4", "c5"), ("Blue", "Green", "Blue", "", "Green")))


class TestDHondt(MethodContract):
    name = "dhondt"
    kind = DHondt
    options = OPEN
    rules = {"seats": 3, "threshold": "2.5", "ties": "lot"}
    samples = (Figures(OPEN, (0,) * 7), Figures(OPEN, (9, 20, 3, 4, 1, 1, 30)), Figures(OPEN, (5, 5, 1, 1, 1, 1, 1)))
    wrong_rules = {
        "no seats": {},
        "seats for nobody": {"seats": 0},
        "more seats than there are in any hall": {"seats": 10_001},
        "a threshold of everything": {"seats": 1, "threshold": "100"},
        "a negative threshold": {"seats": 1, "threshold": "-5"},
        "a threshold with a sign": {"seats": 1, "threshold": "5%"},
        "a threshold with a newline": {"seats": 1, "threshold": "5\n"},
        "a threshold in other digits": {"seats": 1, "threshold": "\u0665"},
        "a threshold with a power of ten": {"seats": 1, "threshold": "1e1"},
        "another way with ties": {"seats": 1, "ties": "coin"},
    }
    wrong_options = {"a party that is no list among parties that are": (*OPEN, option("x", "Elsewhere"))}


class TestSainteLague(MethodContract):
    name = "sainte-lague"
    kind = SainteLague
    options = NAMED
    rules = {"seats": 3}
    samples = (Figures(NAMED, (0,) * 5), Figures(NAMED, (3, 1, 4, 1, 5)))
    wrong_rules = {"no seats": {}}


def test_published_examples() -> None:
    # The worked examples of Wikipedia's "D'Hondt method" and "Sainte-Laguë method".
    assert seats_of(DHondt(8), 100_000, 80_000, 30_000, 20_000) == [4, 3, 1, 0]
    assert seats_of(SainteLague(7), 53_000, 24_000, 23_000) == [3, 2, 2]
    assert seats_of(DHondt(7), 53_000, 24_000, 23_000) == [4, 2, 1]


def test_seats_come_in_the_order_of_their_quotients() -> None:
    outcome = DHondt(4).outcome(closed(100, 80, 30))
    assert outcome.winners == ("a", "b", "a", "b")
    assert outcome.tables[0].rows == (("A", "100", "yes", "2"), ("B", "80", "yes", "2"), ("C", "30", "yes", "0"))
    assert outcome.tables[1].rows[3] == ("4", "B", "80 / 2", "40.000", "B")


def test_a_threshold_is_of_all_votes_and_reached_exactly() -> None:
    assert seats_of(DHondt(20, "5"), 95, 5) == [19, 1]
    assert seats_of(DHondt(20, "5.000001"), 95, 5) == [20, 0]
    assert seats_of(DHondt(4, "30"), 10, 20, 30, 40) == [0, 0, 2, 2]
    assert seats_of(DHondt(4, "50"), 10, 20, 30, 40) == [0, 0, 0, 0]


def test_candidates_are_ranked_inside_their_list_which_counts_its_own_votes() -> None:
    # Preference votes do not count for the list: left wins by 20 against 9.
    outcome = DHondt(3).outcome(Figures(OPEN, (20, 9, 1, 2, 50, 60, 55)))
    assert outcome.winners == ("l2", "l1", "r2")


def test_a_list_may_come_after_its_candidates() -> None:
    figures = Figures((OPEN[2], OPEN[0], OPEN[3]), (1, 20, 2))
    outcome = DHondt(1).outcome(figures)
    assert outcome.winners == ("l2",)
    assert outcome.tables[0].rows == (("LEFT", "20", "yes", "1"),)


def test_without_lists_a_party_has_the_sum_of_its_candidates() -> None:
    outcome = SainteLague(3).outcome(Figures(NAMED, (3, 0, 4, 5, 6)))
    assert outcome.winners == ("c3", "c5", "c4")
    assert [row[:2] for row in outcome.tables[0].rows] == [("Blue", "7"), ("Green", "6"), ("C4", "5")]


def test_who_has_no_party_takes_one_seat() -> None:
    assert DHondt(3).outcome(Figures(NAMED, (1, 0, 1, 900, 1))).winners == ("c4", "c1", "c3")


def test_a_list_takes_no_more_seats_than_it_has_candidates() -> None:
    assert DHondt(5).outcome(Figures(OPEN, (900, 10, 0, 0, 3, 2, 1))).winners == ("l1", "l2", "r1", "r2", "r3")


def test_a_list_without_candidates_among_others_that_have_some_takes_no_seat() -> None:
    figures = Figures((option("empty"), *OPEN), (900, 20, 9, 0, 0, 0, 0, 0))
    assert DHondt(2).outcome(figures).winners == ("l1", "l2")


@pytest.mark.parametrize("kind", BOTH)
def test_equal_quotients_go_by_the_definition_or_by_lot(kind: type[HighestAverages]) -> None:
    assert kind(1).outcome(closed(7, 7)).winners == ("a",)
    drawn = {kind(1, ties=Ties.LOT).outcome(closed(7, 7, root=bytes([i]))).winners for i in range(30)}
    assert drawn == {("a",), ("b",)}


def test_rules_and_figures_may_be_huge() -> None:
    outcome = DHondt(10_000).outcome(closed(2**40, 2**40 - 1))
    assert Counter(outcome.winners) == {"a": 5000, "b": 5000}


def test_decimals_are_rounded_down() -> None:
    assert [decimal(Fraction(*f)) for f in ((0, 1), (2, 3), (1, 1000), (19999, 10000))] == [
        "0.000",
        "0.666",
        "0.001",
        "1.999",
    ]


# --- any figures ---

some_votes = st.lists(st.integers(0, 30), min_size=1, max_size=6)
kinds = st.sampled_from(BOTH)


def naive(counts: Sequence[int], seats: int, step: int) -> list[int]:
    """Return the seats of closed lists from the table of all quotients, sorted as a clerk would."""
    table = [(count / Fraction(1 + step * n), -i) for i, count in enumerate(counts) for n in range(seats) if count]
    won = Counter(-i for _, i in sorted(table, reverse=True)[:seats])
    return [won[i] for i in range(len(counts))]


@given(kinds, some_votes, st.integers(1, 25))
def test_agrees_with_the_naive_count(kind: type[HighestAverages], counts: list[int], seats: int) -> None:
    assert seats_of(kind(seats), *counts) == naive(counts, seats, kind.step)


@given(kinds, some_votes, st.integers(1, 25))
def test_the_house_is_full_and_grows_by_one(kind: type[HighestAverages], counts: list[int], seats: int) -> None:
    small, large = (kind(n).outcome(closed(*counts)).winners for n in (seats, seats + 1))
    assert len(small) == (seats if any(counts) else 0)
    assert large[: len(small)] == small


@given(kinds, some_votes, st.integers(1, 25), st.integers(1, 9), st.data())
def test_more_votes_cost_no_seat(
    kind: type[HighestAverages], counts: list[int], seats: int, extra: int, data: st.DataObject
) -> None:
    i = data.draw(st.integers(0, len(counts) - 1))
    more = [*counts[:i], counts[i] + extra, *counts[i + 1 :]]
    assert seats_of(kind(seats), *more)[i] >= seats_of(kind(seats), *counts)[i]


@given(kinds, some_votes, st.integers(1, 25), st.integers(2, 9))
def test_only_proportions_count(kind: type[HighestAverages], counts: list[int], seats: int, factor: int) -> None:
    assert seats_of(kind(seats), *counts) == seats_of(kind(seats), *(factor * count for count in counts))


@given(some_votes, st.integers(1, 25))
def test_dhondt_gives_every_list_its_whole_quotas(counts: list[int], seats: int) -> None:
    total = sum(counts) or 1
    assert all(
        won >= seats * count // total for won, count in zip(seats_of(DHondt(seats), *counts), counts, strict=True)
    )


@given(some_votes, st.permutations(range(6)), st.integers(1, 25))
def test_with_lots_the_order_of_the_definition_does_not_matter(
    counts: list[int], shuffle: list[int], seats: int
) -> None:
    figures = closed(*counts, root=b"root")
    order = [i for i in shuffle if i < len(counts)]
    twin = replace(
        figures, options=tuple(figures.options[i] for i in order), counts=tuple(figures.counts[i] for i in order)
    )
    method = DHondt(seats, ties=Ties.LOT)
    assert method.outcome(figures).winners == method.outcome(twin).winners


def test_seats_held_before_leave_out_the_first_quotients() -> None:
    held = PartyList("held", 100, ("h1", "h2"), place=0, held=1)
    other = PartyList("other", 60, ("o1", "o2"), place=1)
    seats = highest_averages([held, other], 3, Fraction)
    assert [(seat.candidate, seat.n) for seat in seats] == [("o1", 1), ("h1", 2), ("h2", 3)]
