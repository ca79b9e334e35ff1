"""The Estonian parliament: the election of 2023, each sentence of the law, and a naive count of random elections."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.methods.method import Figures
from evote.methods.outcome import Outcome, Table
from evote.methods.riigikogu import District, Riigikogu
from evote.methods.ties import Ties
from evote.questions.option import Option
from tests.methods.method_contract import MethodContract

EXPECTED = json.loads((Path(__file__).parents[1] / "vectors" / "riigikogu" / "expected.json").read_text())
INDEPENDENTS = "Üksikkandidaadid"


def figures(*candidates: tuple[str, str, int], root: bytes = b"") -> Figures:
    """Return figures for candidates given as district, party, votes; their ids are c1, c2, ..."""
    options = tuple(
        Option(id=f"c{i}", name=f"C{i}", party=party, districts=(district,))
        for i, (district, party, _) in enumerate(candidates, 1)
    )
    return Figures(options, tuple(votes for *_, votes in candidates), lot=root)


def elect(found: Figures, seats: Mapping[str, int], ties: str = "order") -> Outcome:
    method = Riigikogu.from_rules(found.options, {"seats": dict(seats), "independents": "alone", "ties": ties})
    return method.outcome(found)


def table(outcome: Outcome, title: str) -> Table:
    return next(table for table in outcome.tables if table.title == title)


SMALL = figures(("a", "Red", 60), ("a", "Blue", 40), ("b", "Red", 20), ("b", "", 80), ("b", "alone", 0))


class TestRiigikogu(MethodContract):
    name = "riigikogu"
    kind = Riigikogu
    options = SMALL.options
    rules = {"seats": {"a": 2, "b": 3}, "independents": "alone", "ties": "lot"}
    samples = (SMALL, Figures(SMALL.options, (0,) * 5), Figures(SMALL.options, (0, 0, 1, 2, 3)))
    wrong_rules = {
        "no seats": {},
        "a district without candidates": {"seats": {"a": 2, "b": 3, "c": 1}},
        "a district left out": {"seats": {"a": 2}},
        "a district without mandates": {"seats": {"a": 2, "b": 0}},
        "more mandates than there are in any district": {"seats": {"a": 2, "b": 1001}},
        "another way with ties": {"seats": {"a": 2, "b": 3}, "ties": "coin"},
    }
    wrong_options = {
        "nobody": (),
        "a candidate of no district": (*SMALL.options, Option(id="x", name="X")),
        "a candidate of two districts": (*SMALL.options, Option(id="x", name="X", districts=("a", "b"))),
    }


# --- 2023 ---


@cache
def riigikogu_2023() -> tuple[dict[str, Option], Outcome]:
    rows = list(csv.DictReader((files("evote") / "examples" / "riigikogu-2023.csv").read_text().splitlines()))
    options = tuple(
        Option(id=row["option"], name=row["name"], party=row["party"], districts=(row["district"],)) for row in rows
    )
    method = Riigikogu.from_rules(options, {"seats": EXPECTED["mandates"], "independents": INDEPENDENTS})
    outcome = method.outcome(Figures(options, tuple(int(row["votes"]) for row in rows)))
    return {option.id: option for option in options}, outcome


def test_2023_by_party() -> None:
    options, outcome = riigikogu_2023()
    assert len(set(outcome.winners)) == sum(EXPECTED["mandates"].values()) == 101
    assert Counter(options[winner].party for winner in outcome.winners) == EXPECTED["parties"]
    assert {row[0]: int(row[-1]) for row in table(outcome, "Mandates").rows if row[-1] != "0"} == EXPECTED["parties"]


def test_2023_by_kind_of_mandate() -> None:
    _, outcome = riigikogu_2023()
    titles = {"personal": "Personal mandates", "district": "District mandates"}
    titles["compensation"] = "Compensation mandates, in order"
    assert {kind: len(table(outcome, title).rows) for kind, title in titles.items()} == EXPECTED["computed"]


def test_2023_in_the_districts() -> None:
    _, outcome = riigikogu_2023()
    isamaa = [row[1] for row in table(outcome, "District mandates").rows if row[2] == "ISAMAA Erakond"]
    assert sorted(isamaa) == EXPECTED["isamaa elected in districts"]
    shares = table(outcome, "Parties in districts").rows
    none = [district for district, party, *_, won in shares if party == "Eesti Keskerakond" and won == "0"]
    assert none == EXPECTED["districts that elect nobody of the Centre Party"]


def test_2023_figures_are_exact() -> None:
    _, outcome = riigikogu_2023()
    assert table(outcome, "Districts").rows[6] == ("7", "29542", "6", "4923.666")
    first, *_, last = table(outcome, "Compensation mandates, in order").rows
    assert first[:3] == ("ISAMAA Erakond", "50118 / 4^0.9", "14392.616")
    assert last[:3] == ("Eesti Reformierakond", "190632 / 37^0.9", "7392.890")


# --- the law, sentence by sentence; the simple quota is 100 votes throughout ---


def test_a_full_quota_is_a_personal_mandate_party_or_not() -> None:
    alone = figures(("a", "alone", 100), ("a", "", 100), ("a", "Red", 100), ("a", "Red", 0))
    assert elect(alone, {"a": 3}).winners == ("c1", "c2", "c3")
    below = figures(("a", "alone", 99), ("a", "", 100), ("a", "Red", 101), ("a", "Red", 0))
    assert elect(below, {"a": 3}).winners == ("c3", "c2")  # c4 has not even 5 per cent of a quota


def test_independents_do_not_add_up() -> None:
    assert elect(figures(("a", "alone", 60), ("a", "alone", 60), ("a", "Red", 80)), {"a": 2}).winners == ("c3",)


@pytest.mark.parametrize(("red", "mandates"), [(74, "0"), (75, "1"), (174, "1"), (175, "2")])
def test_seventy_five_per_cent_of_a_quota_are_one_more_mandate(red: int, mandates: str) -> None:
    found = figures(("a", "Red", red - 60), ("a", "Red", 60), ("a", "Blue", 400 - red))
    assert table(elect(found, {"a": 4}), "Parties in districts").rows[0][-1] == mandates


@pytest.mark.parametrize(("second", "mandates"), [(10, "2"), (9, "1")])
def test_a_district_mandate_takes_ten_per_cent_of_a_quota(second: int, mandates: str) -> None:
    # Red has two quotas. What the second candidate does not take goes into compensation, where 5 per cent do.
    found = figures(("a", "Red", 200 - second), ("a", "Red", second), ("b", "Blue", 100))
    outcome = elect(found, {"a": 2, "b": 1})
    assert table(outcome, "Parties in districts").rows[0][-1] == mandates
    assert sorted(outcome.winners) == ["c1", "c2", "c3"]


def test_a_compensation_mandate_takes_five_per_cent_of_a_quota() -> None:
    for second, winners in ((5, ("c1", "c2")), (4, ("c1",))):
        found = figures(("a", "Red", 200 - second), ("a", "Red", second))
        assert elect(found, {"a": 2}).winners == winners


@pytest.mark.parametrize(("others", "reaches"), [(1425, True), (1426, False)])
def test_a_party_takes_five_per_cent_of_all_votes(others: int, *, reaches: bool) -> None:
    found = figures(("a", "Red", 75), ("a", "Blue", 25), ("b", "Blue", others - 25))
    row = table(elect(found, {"a": 1, "b": 14}), "Mandates").rows[0]
    assert row == ("Red", "75", "yes" if reaches else "no", "0", "1" if reaches else "0", "0", "1" if reaches else "0")


def test_district_mandates_go_to_the_most_votes_and_compensation_to_the_national_list() -> None:
    # c1 leads the national list, c3 the district. A mandate is left open: 120 / 2^0.9 = 64.3 against 60.
    found = figures(("a", "Red", 30), ("a", "Red", 40), ("a", "Red", 50), ("a", "Blue", 60), ("a", "alone", 20))
    outcome = elect(found, {"a": 2})
    assert outcome.winners == ("c3", "c1")
    assert table(outcome, "District mandates").rows[0][1] == "C3"
    assert table(outcome, "Compensation mandates, in order").rows[0][3] == "C1"


@pytest.mark.parametrize(("blue", "first"), [(75, "C2"), (76, "C3")])
def test_mandates_won_leave_out_the_first_divisors(blue: int, first: str) -> None:
    # Red holds one, so it offers 140 / 2^0.9 = 75.02.
    one = (("a", "Red", 110), ("a", "Red", 30), ("a", "Blue", 36), ("a", "alone", 24))
    other = (("b", "Blue", blue - 36), ("b", "alone", 80), ("b", "alone", 120 + 36 - blue))
    outcome = elect(figures(*one, *other), {"a": 2, "b": 2})
    assert table(outcome, "Compensation mandates, in order").rows[0][3] == first


def test_equal_candidates_go_by_the_national_list() -> None:
    found = figures(("a", "Red", 50), ("a", "Red", 50), ("a", "Blue", 0))
    assert elect(found, {"a": 1}).winners == ("c1",)


def test_of_equal_parties_the_one_further_down_the_consolidated_list_wins() -> None:
    found = figures(("a", "Red", 50), ("a", "Blue", 50))
    assert elect(found, {"a": 1}).winners == ("c2",)


def test_equals_by_lot() -> None:
    for found in (figures(("a", "Red", 50), ("a", "Red", 50)), figures(("a", "Red", 50), ("a", "Blue", 50))):
        drawn = {
            elect(Figures(found.options, found.counts, lot=bytes([i])), {"a": 1}, "lot").winners for i in range(30)
        }
        assert drawn == {("c1",), ("c2",)}


def test_nobody_is_elected_without_a_vote() -> None:
    assert elect(figures(("a", "Red", 0), ("a", "alone", 0)), {"a": 1}).winners == ()
    assert elect(figures(("a", "Red", 0), ("b", "Red", 7)), {"a": 1, "b": 1}).winners == ("c2",)


def test_a_party_whose_list_is_used_up_leaves_its_mandates_to_others() -> None:
    # Red has won two mandates and has one candidate. Blue, with no full quota anywhere, has two: one seat stays empty.
    found = figures(("a", "Red", 260), ("a", "Blue", 40), ("b", "Blue", 60), ("b", "alone", 40))
    assert elect(found, {"a": 3, "b": 1}).winners == ("c1", "c2", "c3")


def test_remainders_may_give_out_more_mandates_than_there_are() -> None:
    # Four parties with three quarters of a quota each have three quotas.
    found = figures(*(("a", party, 75) for party in ("Red", "Blue", "Green", "White")))
    assert elect(found, {"a": 3}).winners == ("c1", "c2", "c3", "c4")


def test_methods_cannot_be_built_wrong() -> None:
    assert Riigikogu((District("a", 1),)).ties is Ties.ORDER
    for wrong in ((), (District("a", 0),), (District("a", 1), District("b", 1001))):
        with pytest.raises(ValueError, match="mandates"):
            Riigikogu(wrong)


# --- any figures ---

candidates = st.tuples(st.sampled_from("abc"), st.sampled_from(["Red", "Blue", "Green", "alone"]), st.integers(0, 40))
mandates = st.fixed_dictionaries({name: st.integers(1, 6) for name in "abc"})


def naive(found: Figures, seats: Mapping[str, int]) -> tuple[set[str], Counter[str]]:
    """Return who is elected in districts, and the compensation mandates by party; whole numbers only."""
    rows = [(o.id, o.districts[0], o.party, votes) for o, votes in zip(found.options, found.counts, strict=True)]
    district, party, elected = Counter[str](), Counter[str](), set[str]()
    for _, d, p, votes in rows:
        district[d] += votes
        party[p] += votes
    over = [p for p in dict.fromkeys(p for _, _, p, _ in rows) if p != "alone" and 20 * party[p] >= sum(party.values())]
    for d in district:
        if not district[d]:
            continue
        elected |= {i for i, where, _, votes in rows if where == d and votes * seats[d] >= district[d]}
        for p in over:
            own = sorted((r for r in rows if r[1:3] == (d, p)), key=lambda r: -r[3])
            full, rest = divmod(sum(r[3] for r in own) * seats[d], district[d])
            full += 4 * rest >= 3 * district[d]
            elected |= {r[0] for r in own[:full] if 10 * r[3] * seats[d] >= district[d]}
    held = Counter(p for i, _, p, _ in rows if i in elected)
    free = Counter(
        p
        for i, d, p, votes in rows
        if i not in elected and p in over and district[d] and 20 * votes * seats[d] >= district[d]
    )
    won = Counter[str]()
    while free.total() and len(elected) + won.total() < sum(seats[d] for d in district):
        best = None
        for p in (p for p in over if free[p]):
            if best is None or party[p] ** 10 * (held[best] + won[best] + 1) ** 9 >= (
                party[best] ** 10 * (held[p] + won[p] + 1) ** 9
            ):
                best = p
        assert best is not None
        won[best] += 1
        free[best] -= 1
    return elected, won


@given(st.lists(candidates, min_size=1, max_size=14), mandates)
def test_agrees_with_the_naive_count(standing: list[tuple[str, str, int]], seats: dict[str, int]) -> None:
    found = figures(*standing)
    seats = {d: n for d, n in seats.items() if any(d == where for where, *_ in standing)}
    outcome = elect(found, seats)
    elected, won = naive(found, seats)
    assert set(outcome.winners[: len(elected)]) == elected
    assert Counter(row[0] for row in table(outcome, "Compensation mandates, in order").rows) == +won
    assert len(set(outcome.winners)) == len(outcome.winners) == len(elected) + won.total()


@given(st.lists(candidates, min_size=1, max_size=14), mandates)
def test_the_tables_add_up(standing: list[tuple[str, str, int]], seats: dict[str, int]) -> None:
    found = figures(*standing)
    outcome = elect(found, {d: n for d, n in seats.items() if any(d == where for where, *_ in standing)})
    party = {option.id: option.party for option in found.options}
    won = Counter(party[winner] for winner in outcome.winners)
    for name, votes, _, *each, total in table(outcome, "Mandates").rows:
        assert int(votes) == sum(v for _, p, v in standing if p == name)
        assert sum(map(int, each)) == int(total) == won[name]
