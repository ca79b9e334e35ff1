"""Instant runoff and single transferable vote: published counts, a naive count, what must hold of any count."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.methods.method import Figures
from evote.methods.stv import InstantRunoff, SingleTransferableVote
from evote.methods.ties import Ties
from evote.questions.option import Option, Rule
from tests.methods.ranked_ballots import BURLINGTON, FUZZ, LETTERS, PROFILES, TENNESSEE, Profile, figures, options, rows

# Adams, Baker, Campbell, Gray, Miller: the Scottish Government's example of how votes are counted (2007 Order),
# www2.gov.scot/Resource/0038/00389095.pdf, as tests of votelib quote it: whole votes at each stage.
SCOTLAND = {
    "AB": 35,
    "AGB": 84,
    "AGM": 267,
    "AG": 49,
    "AM": 78,
    "A": 37,
    "B": 377,
    "GB": 54,
    "GM": 96,
    "G": 17,
    "M": 331,
    "CAB": 7,
    "CAGB": 7,
    "CAGM": 19,
    "CAG": 23,
    "CAM": 263,
    "CA": 38,
    "CB": 223,
    "CGB": 15,
    "CGM": 58,
    "CG": 10,
    "CM": 252,
    "C": 57,
}
# Chocolate, Orange, Pears, Strawberries, sweeTs: Wikipedia, "Single transferable vote", revision of 2010.
SWEETS = {"O": 4, "PO": 2, "CS": 8, "CT": 4, "S": 1, "T": 1}


def test_the_example_of_the_scottish_government() -> None:
    outcome = SingleTransferableVote(seats=3).outcome(figures("ABCGM", SCOTLAND))
    stages, sheet = outcome.tables
    assert (outcome.method, outcome.winners) == ("stv", ("c", "a", "m"))
    assert stages.title == "Stages; quota 600.00000 of 2397 votes"
    assert stages.rows == (
        ("1", "first preferences", ""),
        ("1", "elected", "C"),
        ("2", "surplus", "C"),
        ("2", "elected", "A"),
        ("3", "surplus", "A"),
        ("4", "exclusion", "G"),
        ("4", "elected", "M"),
    )
    whole = {name: [int(Fraction(cell)) for cell in cells] for name, cells in rows(sheet).items()}
    assert whole["A"] == [550, 686, 600, 600]
    assert whole["B"] == [377, 462, 467, 537]
    assert whole["C"] == [972, 600, 600, 600]
    assert whole["G"] == [167, 198, 251, 0]
    assert whole["M"] == [331, 427, 449, 602]


def test_a_value_is_cut_to_five_decimals_and_never_rounded_up() -> None:
    # rule 48(3): 372 / 972 = 0.382716...; rule 48(4): 86.62747 / 686.62747 of it, and of a first preference
    by_paper = 38271 * 8662747 // 68662747, 100000 * 8662747 // 68662747
    assert by_paper == (4828, 12616)
    sheet = rows(SingleTransferableVote(seats=3).outcome(figures("ABCGM", SCOTLAND)).tables[1])
    assert sheet["G"][2] == "251.59465"  # 198.76493 + 400 x 0.12616 + 49 x 0.04828 = 251.59465
    assert Fraction("198.76493") + 400 * Fraction("0.12616") + 49 * Fraction("0.04828") == Fraction("251.59465")


def test_chocolate_and_sweets() -> None:
    outcome = SingleTransferableVote(seats=3, decimals=1).outcome(figures("COPST", SWEETS))
    assert outcome.winners == ("c", "o", "s")
    sheet = rows(outcome.tables[1])
    assert sheet["O"] == ("4.0", "4.0", "6.0", "6.0", "6.0")
    assert sheet["S"] == ("1.0", "5.0", "5.0", "5.0", "5.0")
    assert outcome.tables[0].title == "Stages; quota 6.0 of 20 votes"


def test_more_decimals_lose_less() -> None:
    lost = "not transferable, or cut off"
    exact = 57 * Fraction(372, 972)
    for decimals in (5, 12, 18):
        outcome = SingleTransferableVote(seats=3, decimals=decimals).outcome(figures("ABCGM", SCOTLAND))
        assert 0 <= Fraction(rows(outcome.tables[1])[lost][1]) - exact < Fraction(972, 10**decimals)


def test_tennessee_elects_knoxville_by_runoff() -> None:
    """Wikipedia, "Instant-runoff voting": Chattanooga goes first, then Nashville; Knoxville 58, Memphis 42."""
    outcome = InstantRunoff().outcome(figures("MNCK", TENNESSEE))
    assert (outcome.method, outcome.winners) == ("irv", ("k",))
    assert rows(outcome.tables[1])["K"] == ("17", "32", "58")
    assert rows(outcome.tables[1])["M"] == ("42", "42", "42")


def test_burlington_elected_kiss() -> None:
    """The last round as published for these ballots: Kiss 4314, Wright 4064."""
    outcome = InstantRunoff().outcome(figures("KMW", BURLINGTON))
    sheet = rows(outcome.tables[1])
    assert outcome.winners == ("k",)
    assert (sheet["K"], sheet["W"]) == (("2982", "4314"), ("3297", "4064"))
    assert sheet["not transferable, or cut off"] == ("0", "455")


SMALL = {
    "one option": ("A", {"A": 3}, ("a",)),
    "no ballots": ("AB", {}, ()),
    "only blank rankings": ("AB", {"": 5}, ()),
    "nobody named B": ("AB", {"A": 1}, ("a",)),
    "all tied": ("ABC", {"A": 1, "B": 1, "C": 1}, ("a",)),
    "all ballots exhausted before a majority": ("ABC", {"A": 4, "B": 3, "C": 3}, ("a",)),
    "a blank ranking raises no majority": ("AB", {"A": 2, "B": 1, "": 100}, ("a",)),
    "a weight is so many ballots": ("AB", {"A": 1, "B": 2}, ("b",)),
}


@pytest.mark.parametrize(("letters", "profile", "winners"), SMALL.values(), ids=SMALL)
def test_small_counts(letters: str, profile: Profile, winners: tuple[str, ...]) -> None:
    assert InstantRunoff().outcome(figures(letters, profile)).winners == winners
    assert SingleTransferableVote().outcome(figures(letters, profile)).winners == winners


def test_equals_are_told_apart_by_the_latest_stage_at_which_they_were_not() -> None:
    # after D goes, B and C have 4 each; at the first stage C had more, so B is excluded though it comes first
    ballots = figures("BCDA", {"A": 5, "B": 3, "C": 4, "DB": 1})
    outcome = InstantRunoff().outcome(ballots)
    assert rows(outcome.tables[1])["B"] == ("3", "4", "0")
    # and where they were equal always, by the rule: of B, C, D the last, D
    equal = InstantRunoff().outcome(figures("BCD", {"B": 1, "C": 1, "D": 1}))
    assert equal.tables[0].rows[1] == ("2", "exclusion", "D")


def test_a_lot_is_drawn_from_the_figures() -> None:
    tied = [InstantRunoff(Ties.LOT).outcome(figures("AB", {"A": 1, "B": 1}, bytes([n]))).winners for n in range(20)]
    assert set(tied) == {("a",), ("b",)}
    assert (
        tied[0]
        == InstantRunoff.from_rules(options("AB"), {"ties": "lot"})
        .outcome(figures("AB", {"B": 1, "A": 1}, b"\0"))
        .winners
    )


def test_the_largest_surplus_moves_first_and_who_was_elected_gets_no_more() -> None:
    # quota 9: A's surplus of 11 elects C; B and C have 15 now, but B had more before, and its papers pass C by
    profile = {"AC": 20, "BCD": 15, "C": 4, "D": 4, "E": 1}
    outcome = SingleTransferableVote(seats=4, decimals=3).outcome(figures("ABCDE", profile))
    sheet = rows(outcome.tables[1])
    assert sheet["A"] == ("20.000", "9.000", "9.000")
    assert sheet["B"] == ("15.000", "15.000", "9.000")
    assert sheet["C"] == ("4.000", "15.000", "15.000")
    assert sheet["D"] == ("4.000", "4.000", "10.000")
    assert outcome.winners == ("a", "b", "c", "d")


@dataclass
class Paper:
    """A ballot paper, what it is worth, and with whom it lies: with nobody at first, then with ``-`` once exhausted."""

    ranking: str
    value: int
    at: str = ""


def naive(letters: str, profile: Profile, seats: int, decimals: int) -> tuple[str, ...]:
    """Count paper by paper; each paper knows where it lies. Ties by the whole history, then by the order of letters."""
    unit = 10**decimals
    named = [o for o in letters if any(o in ranking for ranking in profile)]
    papers = [Paper(r, unit) for r, w in profile.items() if r for _ in range(w)]
    quota = unit * (len(papers) // (seats + 1)) + unit
    elected, out, spent = list[str](), set[str](), set[str]()
    history: list[dict[str, int]] = []

    def free(option: str) -> bool:
        return option not in elected and option not in out

    def move(paper: Paper) -> None:
        later = paper.ranking[paper.ranking.index(paper.at) + 1 :] if paper.at else paper.ranking
        paper.at = next((o for o in later if free(o)), "-")

    def votes(option: str) -> int:
        return quota if option in spent else sum(p.value for p in papers if p.at == option)

    def strength(option: str) -> list[int]:
        return [stage[option] for stage in reversed(history)] + [-letters.index(option)]

    for paper in papers:
        move(paper)
    while True:
        history.append({o: votes(o) for o in named})
        elected += sorted((o for o in named if free(o) and votes(o) >= quota), key=strength, reverse=True)
        running = [o for o in named if free(o)]
        if not running or len(elected) == seats:
            return tuple(elected)
        if len(running) <= seats - len(elected):
            return (*elected, *sorted(running, key=strength, reverse=True))
        rich = [o for o in elected if votes(o) > quota]
        source = max(rich, key=strength) if rich else min(running, key=strength)
        held, total = [p for p in papers if p.at == source], votes(source)
        (spent if rich else out).add(source)
        for paper in held:
            paper.value = paper.value * (total - quota) // total if rich else paper.value
            move(paper)


@FUZZ
@given(PROFILES, st.integers(1, 4), st.sampled_from([0, 2, 5]))
def test_a_naive_count_elects_the_same(profile: Profile, seats: int, decimals: int) -> None:
    outcome = SingleTransferableVote(seats, decimals).outcome(figures(LETTERS, profile))
    assert tuple(winner.upper() for winner in outcome.winners) == naive(LETTERS, profile, seats, decimals)


@FUZZ
@given(PROFILES, st.integers(1, 4))
def test_votes_are_never_made_and_seats_are_filled(profile: Profile, seats: int) -> None:
    outcome = SingleTransferableVote(seats).outcome(figures(LETTERS, profile))
    sheet = rows(outcome.tables[1])
    lost = [Fraction(cell) for cell in sheet.pop("not transferable, or cut off")]
    assert lost == sorted(lost)
    assert lost[0] == 0
    for stage, gone in enumerate(lost):
        assert gone + sum(Fraction(row[stage]) for row in sheet.values()) == sum(w for r, w in profile.items() if r)
    assert len(outcome.winners) == min(seats, len(sheet))


@FUZZ
@given(PROFILES)
def test_a_majority_of_first_preferences_wins(profile: Profile) -> None:
    first = {o: sum(w for r, w in profile.items() if r[:1] == o) for o in LETTERS}
    total = sum(first.values())
    (winner,) = InstantRunoff().outcome(figures(LETTERS, profile)).winners or ("",)
    assert all(winner == o.lower() for o in LETTERS if first[o] > total / 2)


@FUZZ
@given(PROFILES, st.data())
def test_the_order_of_ballots_and_how_they_are_bundled_is_nothing(profile: Profile, data: st.DataObject) -> None:
    single = data.draw(st.permutations([(ranking, 1) for ranking, weight in profile.items() for _ in range(weight)]))
    for method in (InstantRunoff(), SingleTransferableVote(3)):
        assert method.outcome(figures(LETTERS, single)) == method.outcome(figures(LETTERS, profile))


@FUZZ
@given(PROFILES, st.permutations(LETTERS))
def test_with_a_lot_the_order_of_options_is_nothing(profile: Profile, order: list[str]) -> None:
    for method in (InstantRunoff(Ties.LOT), SingleTransferableVote(3, ties=Ties.LOT)):
        shuffled = method.outcome(figures("".join(order), profile, b"lot"))
        assert shuffled.winners == method.outcome(figures(LETTERS, profile, b"lot")).winners


def test_a_hundred_options_and_sixty_seats() -> None:
    """With exact fractions the values would have thousands of digits."""
    ballots = tuple((tuple((i * k) % 101 for k in range(1, 101)), i) for i in range(1, 101))
    many = tuple(Option(id=f"o{i}", name=f"o{i}") for i in range(100))
    outcome = SingleTransferableVote(seats=60).outcome(Figures(many, (0,) * 100, ballots))
    assert len(set(outcome.winners)) == 60
    assert max(len(cell) for table in outcome.tables for row in table.rows for cell in row) < 30


BAD_RULES = {
    "no seats": {"seats": 0},
    "more seats than options": {"seats": 3},
    "negative decimals": {"decimals": -1},
    "too many decimals": {"decimals": 19},
    "another quota": {"quota": "hare"},
    "unknown tie rule": {"ties": "coin"},
}


@pytest.mark.parametrize("rules", BAD_RULES.values(), ids=BAD_RULES)
def test_bad_rules_are_refused(rules: dict[str, Rule]) -> None:
    assert SingleTransferableVote.from_rules(options("AB"), {}) == SingleTransferableVote(1, 5, Ties.ORDER)
    with pytest.raises(ValueError, match="rule"):
        SingleTransferableVote.from_rules(options("AB"), rules)


def test_a_runoff_has_one_seat() -> None:
    assert InstantRunoff.from_rules(options("AB"), {"ties": "order"}) == InstantRunoff()
    with pytest.raises(ValueError, match="'seats'"):
        InstantRunoff.from_rules(options("AB"), {"seats": 1})
