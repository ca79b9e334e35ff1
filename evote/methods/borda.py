"""Borda: so many points for a first place, one fewer for each place after it; the most points win.

Without ``points`` a first place is worth as many as there are options (Borda 1781, with 1 for a last place). Polish
participatory budgets give as many as places may be filled: ``points = 3`` and three ranked projects get 3, 2, 1. An
option that a voter did not rank gets nothing from that ballot, and a short ballot gives away fewer points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, verdicts
from evote.methods.ranked import ids, standing
from evote.methods.rules import check_seats, settled_with_seats
from evote.methods.ties import Ties
from evote.questions.option import Option, Rule

MAX_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Borda(Method):
    """``seats`` (default 1) go to the most points; ``points`` is what a first place gives; ``ties`` as in `Ties`."""

    points: int
    seats: int = 1
    ties: Ties = Ties.ORDER

    def __post_init__(self) -> None:
        check_seats(self.seats)
        if not 1 <= self.points <= MAX_POINTS:
            raise ValueError(f"rule 'points' lies between 1 and {MAX_POINTS}")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``points`` (as many as options if absent), ``seats`` and ``ties``."""
        return cls(**settled_with_seats(options, rules, points=len(options)))

    @property
    def by_rankings(self) -> bool:
        """It does."""
        return True

    def outcome(self, figures: Figures) -> Outcome:
        """Return the winners, most points first; an option without points does not win."""
        points = borda_points(figures, self.points)
        order = sorted(standing(figures, self.ties), key=lambda number: -points[number - 1])
        winners = ids(figures, [number for number in order if points[number - 1]][: self.seats])
        rows = {figures.options[number - 1]: (points[number - 1],) for number in order}
        return Outcome(method="borda", winners=winners, tables=(verdicts("Points", ("Points",), rows, winners),))


def borda_points(figures: Figures, first: int) -> tuple[int, ...]:
    """Return the points of each option: for place p = 0, 1, ... on a ballot of weight w, w max(first - p, 0)."""
    points = [0] * len(figures.options)
    for ranking, weight in figures.ballots:
        for place, number in enumerate(ranking[:first]):
            points[number - 1] += weight * (first - place)
    return tuple(points)
