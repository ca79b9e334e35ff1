"""Schulze's method: published paths, paths enumerated one by one, what must hold of any Condorcet method."""

from collections.abc import Iterator
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.methods.method import Figures
from evote.methods.schulze import Schulze
from evote.methods.ties import Ties
from evote.questions.option import Option, Rule
from tests.methods.ranked_ballots import BURLINGTON, FUZZ, LETTERS, PROFILES, TENNESSEE, Profile, figures, options, rows

# Schulze 2011, also Wikipedia, "Schulze method", the example of 45 voters.
FORTY_FIVE = {"ACBED": 5, "ADECB": 5, "BEDAC": 8, "CABED": 3, "CAEBD": 7, "CBADE": 2, "DCEBA": 7, "EBADC": 8}
FORTY_FIVE_PATHS = {
    "AB": 28,
    "AC": 28,
    "AD": 30,
    "AE": 24,
    "BA": 25,
    "BC": 28,
    "BD": 33,
    "BE": 24,
    "CA": 25,
    "CB": 29,
    "CD": 29,
    "CE": 24,
    "DA": 25,
    "DB": 28,
    "DC": 28,
    "DE": 24,
    "EA": 25,
    "EB": 28,
    "EC": 28,
    "ED": 31,
}


def test_forty_five_voters() -> None:
    outcome = Schulze(seats=5).outcome(figures(LETTERS, FORTY_FIVE))
    assert (outcome.method, outcome.winners) == ("schulze", ("e", "a", "c", "b", "d"))
    contests, paths = outcome.tables
    assert {row[2] for row in contests.rows} == {"no"}
    found: dict[str, int] = {}
    for elected, other, *_, path, back in paths.rows:
        found |= {elected + other: int(path.split(":")[0]), other + elected: int(back.split(":")[0])}
    assert found == FORTY_FIVE_PATHS
    assert rows(paths)["E"] == ("D", "31", "14", "31:14", "24:21")


def test_tennessee_and_burlington_have_condorcet_winners() -> None:
    nashville = Schulze().outcome(figures("MNCK", TENNESSEE))
    assert nashville.winners == ("n",)
    assert rows(nashville.tables[0])["N"] == ("3", "yes", "yes")
    montroll = Schulze().outcome(figures("KMW", BURLINGTON))
    assert montroll.winners == ("m",)
    # electowiki, "2009 Burlington mayoral election": 4067 to 3477 against Kiss, 4597 to 3668 against Wright
    votes = {row[1]: row[2:4] for row in montroll.tables[1].rows}
    assert votes == {"K": ("4067", "3477"), "W": ("4597", "3668")}


SMALL = {
    "one option": ("A", {"A": 3}, ("a",)),
    "no ballots": ("AB", {}, ()),
    "only blank rankings": ("AB", {"": 5}, ()),
    "all tied": ("ABC", {"ABC": 1, "BCA": 1, "CAB": 1}, ("a",)),
    "two tied": ("BA", {"AB": 1, "BA": 1}, ("b",)),
    "what is ranked is preferred to what is not": ("ABC", {"B": 2, "AC": 1}, ("b",)),
    "a weight is so many ballots": ("AB", {"A": 1, "B": 2}, ("b",)),
    "of equal support the link with fewer against it": ("ABC", {"AB": 1, "B": 1, "CA": 2, "BC": 1}, ("b",)),
}


@pytest.mark.parametrize(("letters", "profile", "winners"), SMALL.values(), ids=SMALL)
def test_small_elections(letters: str, profile: Profile, winners: tuple[str, ...]) -> None:
    assert Schulze().outcome(figures(letters, profile)).winners == winners


Strengths = dict[tuple[str, str], tuple[int, int]]


def prefer(profile: Profile, i: str, j: str) -> int:
    return sum(w for r, w in profile.items() if i in r and (j not in r or r.index(i) < r.index(j)))


def naive_paths(profile: Profile, letters: list[str]) -> Strengths:
    """Return the strength of the strongest path for each pair, by looking at every path."""
    support = {(i, j): prefer(profile, i, j) for i in letters for j in letters}
    strength: Strengths = {}
    for path in (p for n in range(2, len(letters) + 1) for p in permutations(letters, n)):
        links = [(support[i, j], -support[j, i]) for i, j in pairwise(path)]
        weakest = min(links) if all(n > -m for n, m in links) else (0, 0)
        ends = path[0], path[-1]
        strength[ends] = max(strength.get(ends, (0, 0)), weakest, key=lambda link: (link[0] > 0, link))
    return strength


def naive(profile: Profile, letters: str) -> Iterator[str]:
    """Return the order: again and again the first option that none of those left is better than."""
    left = [o for o in letters if any(o in ranking for ranking in profile)]
    strength = naive_paths(profile, left)
    while left:
        unbeaten = [i for i in left if all(strength[i, j] >= strength[j, i] for j in left if i != j)]
        left.remove(unbeaten[0])
        yield unbeaten[0].lower()


@FUZZ
@given(PROFILES)
def test_every_path_looked_at_gives_the_same_order(profile: Profile) -> None:
    assert Schulze(5).outcome(figures(LETTERS, profile)).winners == tuple(naive(profile, LETTERS))


@FUZZ
@given(PROFILES)
def test_a_condorcet_winner_wins_and_is_named(profile: Profile) -> None:
    named = [o for o in LETTERS if any(o in ranking for ranking in profile)]
    beats_all = [i for i in named if all(prefer(profile, i, j) > prefer(profile, j, i) for j in named if j != i)]
    outcome = Schulze().outcome(figures(LETTERS, profile))
    assert [name for name, row in rows(outcome.tables[0]).items() if row[1] == "yes"] == beats_all
    assert not beats_all or outcome.winners == (beats_all[0].lower(),)


@FUZZ
@given(PROFILES, st.data())
def test_the_order_of_ballots_and_how_they_are_bundled_is_nothing(profile: Profile, data: st.DataObject) -> None:
    single = data.draw(st.permutations([(ranking, 1) for ranking, weight in profile.items() for _ in range(weight)]))
    assert Schulze(3).outcome(figures(LETTERS, single)) == Schulze(3).outcome(figures(LETTERS, profile))


@FUZZ
@given(PROFILES, st.permutations(LETTERS))
def test_with_a_lot_the_order_of_options_is_nothing(profile: Profile, order: list[str]) -> None:
    shuffled = Schulze(3, Ties.LOT).outcome(figures("".join(order), profile, b"lot"))
    assert shuffled == Schulze(3, Ties.LOT).outcome(figures(LETTERS, profile, b"lot"))


def test_a_hundred_options() -> None:
    many = tuple(Option(id=f"o{i}", name=f"o{i}") for i in range(100))
    ballots = tuple((tuple((i * k) % 101 for k in range(1, 101)), 1) for i in range(1, 101))
    outcome = Schulze(seats=3).outcome(Figures(many, (0,) * 100, ballots))
    assert len(set(outcome.winners)) == 3


@pytest.mark.parametrize("rules", [{"seats": 0}, {"seats": 3}, {"ties": "coin"}, {"margins": True}])
def test_bad_rules_are_refused(rules: dict[str, Rule]) -> None:
    assert Schulze.from_rules(options("AB"), {"seats": 2, "ties": "lot"}) == Schulze(2, Ties.LOT)
    with pytest.raises(ValueError, match="rule"):
        Schulze.from_rules(options("AB"), rules)
