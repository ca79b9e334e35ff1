"""Greedy: a participatory budget funds the projects with the most votes, each if it fits what is left.

A project that no longer fits is skipped, and cheaper ones after it may still be funded: the rule of most Polish cities,
named ``greedy`` in Pabulib files (Faliszewski et al. 2023, "Participatory Budgeting: Data, Tools, and Analysis"). A
project for which nobody voted is not funded. Equal votes are decided by `Ties`. Where ballots rank projects, ``points``
makes votes of them, as Kraków does: so many for a first place, one fewer for each next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from evote.methods.borda import MAXIMUM, borda_points
from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, Table
from evote.methods.plurality import by_votes
from evote.methods.ties import Ties, tie_rule
from evote.questions.option import Option, Rule, rules_of


@dataclass(frozen=True, slots=True)
class Greedy(Method):
    """``budget`` may be spent, in the unit of the options' ``cost``; ``ties`` is ``order`` (default) or ``lot``.

    ``points`` are what a first place gives, 0 (default) where votes are counted.
    """

    budget: int
    ties: Ties = Ties.ORDER
    points: int = 0

    def __post_init__(self) -> None:
        """``ValueError`` for a budget that is not positive, or points that are negative or more than a million."""
        if self.budget < 1:
            raise ValueError("rule 'budget' must be at least 1")
        if not 0 <= self.points <= MAXIMUM:
            raise ValueError(f"rule 'points' lies between 0 and {MAXIMUM}")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``budget``, ``points`` and ``ties``; ``ValueError`` also for a project without a cost."""
        given: dict[str, Any] = {"points": 0, "ties": Ties.ORDER.value}
        given |= rules_of(rules, budget=int, points=int, ties=str)
        if "budget" not in given:
            raise ValueError("rule 'budget' is missing")
        if free := [option.id for option in options if not option.cost]:
            raise ValueError(f"option {free[0]!r} has no cost")
        return cls(given["budget"], tie_rule(given["ties"]), given["points"])

    @property
    def by_rankings(self) -> bool:
        """Where they make points."""
        return self.points > 0

    def outcome(self, figures: Figures) -> Outcome:
        """Return the funded projects, most votes or points first, and a table of all with what was left before each."""
        if self.points:
            figures = replace(figures, counts=borda_points(figures, self.points))
        left, winners, rows = self.budget, [], []
        for project, votes in by_votes(figures, self.ties):
            funded = votes > 0 and project.cost <= left
            rows.append((project.name, str(votes), str(project.cost), str(left), "yes" if funded else "no"))
            if funded:
                winners.append(project.id)
                left -= project.cost
        columns = ("Project", "Points" if self.points else "Votes", "Cost", "Left in the budget", "Funded")
        table = Table(title="Projects", columns=columns, rows=tuple(rows))
        return Outcome(method="greedy", winners=tuple(winners), tables=(table,))
