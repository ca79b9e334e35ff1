"""Single transferable vote for several seats, instant runoff for one: methods named ``stv`` and ``irv``.

Both are the count of `evote.methods.transferable`. The instant runoff excludes the last until one option has more than
half of the votes that still count; it transfers no surplus and rounds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, Table
from evote.methods.ranked import ids, standing
from evote.methods.rules import check_seats, settled, settled_with_seats
from evote.methods.ties import Ties
from evote.methods.transferable import Count, Runoff
from evote.questions.option import Option, Rule

SCOTLAND = 5
MAX_DECIMALS = 18


@dataclass(frozen=True, slots=True)
class SingleTransferableVote(Method):
    """``seats`` (default 1) by Droop's quota; values to ``decimals`` (default 5, as in Scotland); ``ties``."""

    seats: int = 1
    decimals: int = SCOTLAND
    ties: Ties = Ties.ORDER

    def __post_init__(self) -> None:
        check_seats(self.seats)
        if not 0 <= self.decimals <= MAX_DECIMALS:
            raise ValueError(f"rule 'decimals' lies between 0 and {MAX_DECIMALS}")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``seats``, ``decimals`` and ``ties``."""
        return cls(**settled_with_seats(options, rules, decimals=SCOTLAND))

    @property
    def by_rankings(self) -> bool:
        """It does."""
        return True

    def outcome(self, figures: Figures) -> Outcome:
        """Return who was elected, in that order, and the result sheet: all votes at all stages."""
        count = Count(figures.ballots, standing(figures, self.ties), self.seats, 10**self.decimals)
        title = f"Stages; quota {_decimal(count.quota, self.decimals)} of {count.papers} votes"
        return _counted("stv", title, count, figures, self.decimals)


@dataclass(frozen=True, slots=True)
class InstantRunoff(Method):
    """One seat; ``ties`` is ``order`` (default) or ``lot``."""

    ties: Ties = Ties.ORDER

    @classmethod
    def from_rules(cls, _options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``ties``."""
        return cls(**settled(rules))

    @property
    def by_rankings(self) -> bool:
        """It does."""
        return True

    def outcome(self, figures: Figures) -> Outcome:
        """Return the winner and the result sheet."""
        count = Runoff(figures.ballots, standing(figures, self.ties))
        return _counted("irv", f"Stages; {count.papers} votes", count, figures, 0)


def _counted(method: str, title: str, count: Count, figures: Figures, decimals: int) -> Outcome:
    count.run()
    tables = (_stages(title, count, figures), _sheet(count, figures, decimals))
    return Outcome(method=method, winners=ids(figures, count.elected), tables=tables)


def _stages(title: str, count: Count, figures: Figures) -> Table:
    """Return what happened, one row for each transfer and each election."""
    rows: list[tuple[str, str, str]] = []
    for number, stage in enumerate(count.stages, 1):
        source = figures.options[stage.source - 1].name if stage.source else ""
        rows.append((str(number), stage.transfer, source))
        rows.extend((str(number), "elected", figures.options[option - 1].name) for option in stage.elected)
    return Table(title=title, columns=("Stage", "Event", "Option"), rows=tuple(rows))


def _sheet(count: Count, figures: Figures, decimals: int) -> Table:
    """Return the votes of each option at the end of each stage, and what counts for nobody any more."""
    votes = [(figures.options[o - 1].name, [stage.votes[o] for stage in count.stages]) for o in sorted(count.votes)]
    rest = [count.papers * 10**decimals - sum(stage.votes.values()) for stage in count.stages]
    rows = (*votes, ("not transferable, or cut off", rest))
    return Table(
        title="Votes at the end of each stage",
        columns=("Option", *(str(number) for number in range(1, len(count.stages) + 1))),
        rows=tuple((name, *(_decimal(units, decimals) for units in row)) for name, row in rows),
    )


def _decimal(units: int, decimals: int) -> str:
    """Return units of 10^-decimals as a decimal number."""
    whole, part = divmod(units, 10**decimals)
    return f"{whole}.{part:0{decimals}}" if decimals else str(whole)
