"""A legal threshold: an option wins with so many votes, or with a share of the electorate; counted, or only tested."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Self

from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, Table
from evote.questions.option import Option, Rule, rules_of

SHARE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}|/(?!0+\Z)[0-9]{1,9})?\Z")

MAX_VOTES = 1 << 53  # as of every count on the board; a test of a petition needs it to be far below the group's order

BARRED = "barred"


@dataclass(frozen=True, slots=True)
class Threshold(Method):
    """Win with ``votes`` votes or, if that is 0, with ``share`` of the weight of all who could have voted."""

    votes: int
    share: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if not 0 <= self.votes < MAX_VOTES or not 0 <= self.share <= 1 or bool(self.votes) == bool(self.share):
            raise ValueError("a threshold is a number of votes, or a share of the electorate up to 1, and not both")

    @classmethod
    def from_rules(cls, _options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``votes``, or ``share``: "0.05" or "1/20"."""
        given = rules_of(rules, votes=int, share=str)
        share = given.get("share", "0")
        if not SHARE.match(share):
            raise ValueError('a share is written "0.05" or "1/20"')
        return cls(given.get("votes", 0), Fraction(share))

    def at(self, electorate: int) -> int:
        """Return T, the number of votes to be reached: ``votes``, or ceil(share x electorate), and 1 at least."""
        return self.votes or max(1, ceil(self.share * electorate))

    def outcome(self, figures: Figures) -> Outcome:
        """Return the options with at least T votes, in the order of the definition."""
        t = self.at(figures.electorate)
        votes = list(zip(figures.options, figures.counts, strict=True))
        return Outcome(
            method="threshold",
            winners=tuple(option.id for option, count in votes if count >= t),
            tables=(
                Table(
                    title="Threshold",
                    columns=("Option", "Votes", "Threshold", "Reached"),
                    rows=tuple((o.name, str(count), str(t), "yes" if count >= t else "no") for o, count in votes),
                ),
            ),
        )


def tested(
    option: str, rows: Sequence[tuple[str, int, int, bool]], barred: tuple[str, int, int, int] | None
) -> Outcome:
    """Return what tests of one option's support say: time, ballots, T and whether it was reached, the last decides.

    ``barred`` is the time of a test that could not be made after them, with ballots, T, and how many new ballots it
    takes.
    """
    told = [(time, str(ballots), str(t), "yes" if reached else "no") for time, ballots, t, reached in rows]
    if barred:
        time, ballots, t, least = barred
        told.append((time, str(ballots), str(t), f"{BARRED}: fewer than {least} new ballots"))
    table = Table(title="Threshold", columns=("Time", "Ballots", "Threshold", "Reached"), rows=tuple(told))
    return Outcome(method="threshold", winners=(option,) if rows[-1][-1] else (), tables=(table,))


def as_of(outcome: Outcome) -> str:
    """Return of which test an outcome is, and why of no later one; nothing for any other outcome."""
    rows = outcome.tables[0].rows if outcome.method == "threshold" and outcome.tables else ()
    if len(rows) < 2 or not rows[-1][-1].startswith(BARRED):  # noqa: PLR2004
        return ""
    return f"as of the test {rows[-2][0]}; that at {rows[-1][0]} was {rows[-1][-1]}"
