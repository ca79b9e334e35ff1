"""Plurality: the options with the most votes win.

An option for which nobody voted does not win, so seats can stay empty. Equal votes are decided by `Ties`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, Table
from evote.methods.ties import Ties, tie_rule
from evote.questions.option import Option, Rule, rules_of


@dataclass(frozen=True, slots=True)
class Plurality(Method):
    """``seats`` (default 1) go to the options with the most votes; ``ties`` is ``order`` (default) or ``lot``."""

    seats: int = 1
    ties: Ties = Ties.ORDER

    def __post_init__(self) -> None:
        """``ValueError`` for fewer seats than one."""
        if self.seats < 1:
            raise ValueError("rule 'seats' must be at least 1")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``seats`` and ``ties``; ``ValueError`` also for more seats than options."""
        given: dict[str, Any] = {"seats": 1, "ties": Ties.ORDER.value} | rules_of(rules, seats=int, ties=str)
        if given["seats"] > len(options):
            raise ValueError("rule 'seats' is more than there are options")
        return cls(given["seats"], tie_rule(given["ties"]))

    def outcome(self, figures: Figures) -> Outcome:
        """Return the winners, most votes first, and the table of all options in that order."""
        ranked = by_votes(figures, self.ties)
        winners = tuple(option.id for option, votes in ranked if votes)[: self.seats]
        rows = tuple((option.name, str(votes), "yes" if option.id in winners else "no") for option, votes in ranked)
        table = Table(title="Votes", columns=("Option", "Votes", "Elected"), rows=rows)
        return Outcome(method="plurality", winners=winners, tables=(table,))


def by_votes(figures: Figures, ties: Ties) -> list[tuple[Option, int]]:
    """Return the options with their votes, most votes first, equals as the rule says."""
    place = ties.order((option.id for option in figures.options), figures.lot)
    pairs = zip(figures.options, figures.counts, strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], place[pair[0].id]))
