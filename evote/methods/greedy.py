"""Greedy: a participatory budget funds the projects with the most votes, each if it fits what is left.

A project that no longer fits is skipped, and cheaper ones after it may still be funded: the rule of most Polish cities,
named ``greedy`` in Pabulib files (Faliszewski et al. 2023, "Participatory Budgeting: Data, Tools, and Analysis"). A
project for which nobody voted is not funded. Equal votes are decided by `Ties`. Where ballots rank projects, ``points``
makes votes of them, as Kraków does: so many for a first place, one fewer for each next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from evote.methods.borda import MAX_POINTS, borda_points
from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, Table
from evote.methods.plurality import by_votes
from evote.methods.rules import settled
from evote.methods.ties import Ties
from evote.questions.option import Option, Rule


@dataclass(frozen=True, slots=True)
class Greedy(Method):
    """``budget`` may be spent, in the unit of the options' ``cost``; ``ties`` is ``order`` (default) or ``lot``.

    ``points`` are what a first place gives, 0 (default) where votes are counted.
    """

    budget: int
    ties: Ties = Ties.ORDER
    points: int = 0

    def __post_init__(self) -> None:
        if self.budget < 1:
            raise ValueError("rule 'budget' must be at least 1")
        if not 0 <= self.points <= MAX_POINTS:
            raise ValueError(f"rule 'points' lies between 0 and {MAX_POINTS}")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``budget``, ``points`` and ``ties``; ``ValueError`` also for a project without a cost."""
        if free := [option.id for option in options if not option.cost]:
            raise ValueError(f"option {free[0]!r} has no cost")
        return cls(**settled(rules, "budget", points=0))

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
