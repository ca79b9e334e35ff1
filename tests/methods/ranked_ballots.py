"""Ballots for the tests of ranked methods: written as strings of one letter for each option, with weights."""

from hypothesis import settings
from hypothesis import strategies as st

from evote.methods.method import Figures
from evote.methods.outcome import Table
from evote.questions.option import Option

Profile = dict[str, int]  # rankings with their weights


def options(letters: str) -> tuple[Option, ...]:
    return tuple(Option(id=letter.lower(), name=letter) for letter in letters)


def figures(letters: str, ballots: Profile | list[tuple[str, int]], lot: bytes = b"") -> Figures:
    pairs = ballots.items() if isinstance(ballots, dict) else ballots
    ranked = tuple((tuple(letters.index(letter) + 1 for letter in ranking), weight) for ranking, weight in pairs)
    first = [sum(weight for ranking, weight in ranked if ranking[:1] == (i,)) for i in range(1, len(letters) + 1)]
    return Figures(options(letters), tuple(first), ranked, lot)


def rows(table: Table) -> dict[str, tuple[str, ...]]:
    """Return a table's rows by their first cell."""
    return {row[0]: row[1:] for row in table.rows}


FUZZ = settings(deadline=None, database=None)
LETTERS = "ABCDE"
RANKINGS = st.permutations(LETTERS).flatmap(lambda p: st.integers(0, len(p)).map(lambda n: "".join(p[:n])))
PROFILES = st.dictionaries(RANKINGS, st.integers(1, 30), max_size=12)

# The capital of Tennessee: Wikipedia, "Ranked voting", by distance from four cities, in percent of the population.
TENNESSEE = {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17}
# Mayor of Burlington, Vermont, 3 March 2009, ballots reduced to the three strongest: rangevoting.org/Burlington.html.
BURLINGTON = {
    "MKW": 1332,
    "MWK": 767,
    "M": 455,
    "KMW": 2043,
    "KWM": 371,
    "K": 568,
    "WMK": 1513,
    "WKM": 495,
    "W": 1289,
}
