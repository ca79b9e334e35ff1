"""Plurality: the options with the most votes win.

An option for which nobody voted does not win, so seats can stay empty. Equal votes are decided by `Ties`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, verdicts
from evote.methods.rules import check_seats, settled_with_seats
from evote.methods.ties import Ties
from evote.questions.option import Option, Rule


@dataclass(frozen=True, slots=True)
class Plurality(Method):
    """``seats`` (default 1) go to the options with the most votes; ``ties`` is ``order`` (default) or ``lot``."""

    seats: int = 1
    ties: Ties = Ties.ORDER

    def __post_init__(self) -> None:
        check_seats(self.seats)

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``seats`` and ``ties``."""
        return cls(**settled_with_seats(options, rules))

    def outcome(self, figures: Figures) -> Outcome:
        """Return the winners, most votes first, and the table of all options in that order."""
        ranked = by_votes(figures, self.ties)
        winners = tuple(option.id for option, votes in ranked if votes)[: self.seats]
        rows = {option: (votes,) for option, votes in ranked}
        return Outcome(method="plurality", winners=winners, tables=(verdicts("Votes", ("Votes",), rows, winners),))


def by_votes(figures: Figures, ties: Ties) -> list[tuple[Option, int]]:
    """Return the options with their votes, most votes first, equals as the rule says."""
    place = ties.order((option.id for option in figures.options), figures.lot)
    pairs = zip(figures.options, figures.counts, strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], place[pair[0].id]))
