"""Schulze: who beats everybody in pairs wins, and where nobody does, chains of such victories decide.

A voter prefers what is ranked to what is not, and has no preference among options not ranked. i beats j if more voters
prefer i to j than j to i. Such a link is as strong as the voters for it are many, of equal numbers as those against
are few ("winning votes"). A path is as strong as its weakest link. i is better than j if the strongest path from i to j
is stronger than any from j to i; that is transitive, so somebody is always unbeaten. Each seat goes to an option that
none of those left is better than, of several to the first by the rule for ties. Several seats are the head of one
order, which the same majority may fill: this is no proportional method.

Source: Schulze 2011, Social Choice and Welfare 36, sections 2.1-2.3; the same links in Debian's constitution, A.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from evote.methods.method import Ballots, Figures, Method
from evote.methods.outcome import Outcome, Table, verdicts
from evote.methods.ranked import ids, standing
from evote.methods.rules import check_seats, settled_with_seats
from evote.methods.ties import Ties
from evote.questions.option import Option, Rule


@dataclass(frozen=True, slots=True)
class Schulze(Method):
    """``seats`` (default 1) go to the best; ``ties`` is ``order`` (default) or ``lot``."""

    seats: int = 1
    ties: Ties = Ties.ORDER

    def __post_init__(self) -> None:
        check_seats(self.seats)

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``seats`` and ``ties``."""
        return cls(**settled_with_seats(options, rules))

    @property
    def by_rankings(self) -> bool:
        """It does."""
        return True

    def outcome(self, figures: Figures) -> Outcome:
        """Return who was elected, best first, who beats how many in pairs, and the paths that decided.

        n options and b ballots cost nb additions of n numbers, n^2 steps and at worst n^3 operations on sets of n.
        """
        order = standing(figures, self.ties)
        pairs = Pairs.of(figures.ballots, order)
        best = pairs.best(self.seats)
        winners = ids(figures, [order[i] for i in best])
        options = [figures.options[number - 1] for number in order]
        tables = (_contests(pairs, options, winners), _paths(pairs, options, best))
        return Outcome(method="schulze", winners=winners, tables=tables)


@dataclass(frozen=True, slots=True)
class Pairs:
    """``support[i][j]`` voters prefer i to j; ``paths[i][j]`` is the strength of the strongest path, 0 for none.

    A strength is support x (voters + 1) + voters - opposition, so that strengths compare as numbers.
    """

    voters: int
    support: list[list[int]]
    paths: list[list[int]]

    @classmethod
    def of(cls, ballots: Ballots, order: Sequence[int]) -> Self:
        """Compare every pair of options, given by number in ``order``, which becomes the index 0, 1, ..."""
        voters = sum(weight for _, weight in ballots)
        support = _support(ballots, order, voters.bit_length())
        links = [
            [n * (voters + 1) + voters - m if n > m else 0 for n, m in zip(row, column, strict=True)]
            for row, column in zip(support, zip(*support, strict=True), strict=True)
        ]
        return cls(voters, support, _strongest(links))

    def best(self, seats: int) -> list[int]:
        """Return the first so many in an order that puts the better before the worse, and equals by index."""
        found: list[int] = []
        left = list(range(len(self.paths)))
        while left and len(found) < seats:
            unbeaten = (i for i in left if all(self.paths[i][j] >= self.paths[j][i] for j in left))
            found.append(next(unbeaten))
            left.remove(found[-1])
        return found

    def beaten(self, i: int) -> int:
        """Return how many options i beats; a Condorcet winner beats all others."""
        return sum(n > row[i] for n, row in zip(self.support[i], self.support, strict=True))

    def strength(self, i: int, j: int) -> str:
        """Return support and opposition of the weakest link on the strongest path from i to j."""
        support, rest = divmod(self.paths[i][j], self.voters + 1)
        return f"{support}:{self.voters - rest}" if support else "none"


def _support(ballots: Ballots, order: Sequence[int], bits: int) -> list[list[int]]:
    """Return how many prefer i to j. A row is summed up as one number with ``bits`` for each option."""
    lane = {number: 1 << bits * i for i, number in enumerate(order)}
    rows = dict.fromkeys(order, 0)
    everybody = sum(lane.values())
    for ranking, weight in ballots:
        below = everybody
        for number in ranking:
            below -= lane[number]
            rows[number] += weight * below
    mask = (1 << bits) - 1
    return [[row >> bits * i & mask for i in range(len(order))] for row in rows.values()]


def _strongest(links: list[list[int]]) -> list[list[int]]:
    """Return the strengths of the strongest paths: that of the link that first connects, from the strongest down.

    Sets of options are the bits of a number: ``after[i]`` can be reached from i, ``before[i]`` can reach it.
    """
    n = len(links)
    paths = [[0] * n for _ in range(n)]
    after = [1 << i for i in range(n)]
    before = list(after)
    every = [(strength, i, j) for i, row in enumerate(links) for j, strength in enumerate(row) if strength]
    for strength, i, j in sorted(every, reverse=True):
        for k in _members(before[i] & ~before[j]):
            for m in _members(after[j] & ~after[k]):
                paths[k][m] = strength
                before[m] |= 1 << k
            after[k] |= after[j]
    return paths


def _members(options: int) -> Iterator[int]:
    while options:
        lowest = options & -options
        yield lowest.bit_length() - 1
        options ^= lowest


def _contests(pairs: Pairs, options: Sequence[Option], winners: Sequence[str]) -> Table:
    """Return how many options each one beats in pairs, and whether that is all of them."""
    beaten = [pairs.beaten(i) for i in range(len(options))]
    rows = {o: (n, "yes" if n == len(options) - 1 else "no") for o, n in zip(options, beaten, strict=True)}
    return verdicts("Contests in pairs", ("Beats", "Condorcet winner"), rows, winners)


def _paths(pairs: Pairs, options: Sequence[Option], best: Sequence[int]) -> Table:
    """Return, for each of those elected and each one then left, the votes and the strongest path either way."""
    left = set(range(len(options)))
    rows: list[tuple[str, ...]] = []
    for i in best:
        left.remove(i)
        for j in sorted(left):
            votes = str(pairs.support[i][j]), str(pairs.support[j][i])
            rows.append((options[i].name, options[j].name, *votes, pairs.strength(i, j), pairs.strength(j, i)))
    columns = ("Elected", "Other", "For", "Against", "Path", "Path back")
    return Table(title="Strongest paths, by their weakest links", columns=columns, rows=tuple(rows))
