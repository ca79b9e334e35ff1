"""Seats for lists in proportion to their votes: by d'Hondt (Jefferson) or by Sainte-Laguë (Webster).

Two shapes of contest are understood. Where an option without a party is the party of others, or none has a party,
options without a party are the lists: their own counts are the lists' votes, and candidates are ranked inside by
preference votes; a list in a contest without candidates takes every seat that it wins in its own name. Where parties
are names, a list's votes are the sum of its candidates' and who has no party is a list of one.

Votes, the threshold's hundred per cent included, are those for lists; blank ballots are none. Sources: Gallagher 1991,
"Proportionality, disproportionality and electoral systems"; Pukelsheim 2017, "Proportional Representation", chapter 4.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from evote.methods.averages import PartyList, Seat, decimal, highest_averages
from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, Table
from evote.methods.plurality import by_votes
from evote.methods.rules import settled
from evote.methods.ties import Ties
from evote.questions.option import Option, Rule

MAX_SEATS = 10_000
PERCENT = re.compile(r"(0|[1-9][0-9]?)(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class HighestAverages(Method):
    """``seats`` for lists with at least ``threshold`` per cent of the votes; see the module for ``options``.

    Rules: ``seats``, 1 to 10 000; ``threshold``, text such as ``"5"`` or ``"3.25"``, default ``"0"``; ``ties``,
    ``order`` (default) or ``lot``, both among lists and among candidates.
    """

    name: ClassVar[str]
    step: ClassVar[int]  # of the divisors 1, 1 + step, 1 + 2 step, ...

    seats: int
    threshold: str = "0"
    ties: Ties = Ties.ORDER

    def __post_init__(self) -> None:
        if not 1 <= self.seats <= MAX_SEATS:
            raise ValueError(f"rule 'seats' must be from 1 to {MAX_SEATS}")
        if not PERCENT.fullmatch(self.threshold):
            raise ValueError("rule 'threshold' must be text, a percentage from 0 to below 100 such as '5' or '3.25'")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``seats``, ``threshold`` and ``ties``; ``ValueError`` also for options of both shapes at once."""
        are_lists(options)
        return cls(**settled(rules, "seats", threshold="0"))

    def outcome(self, figures: Figures) -> Outcome:
        """Return who takes the seats, in the order in which they are won, with all lists and all winning quotients."""
        lists = party_lists(figures, self.ties, self.seats)
        bar = Fraction(self.threshold) / 100 * sum(party.votes for party in lists)
        seats = highest_averages([party for party in lists if party.votes >= bar], self.seats, self.quotient)
        names = {option.id: option.name for option in figures.options}
        tables = self._lists(lists, bar, seats), self._quotients(seats, names)
        return Outcome(method=self.name, winners=tuple(seat.candidate for seat in seats), tables=tables)

    def quotient(self, V: int, n: int) -> Fraction:  # noqa: N803  (the field's letter for votes)
        """Return what a list with V votes offers for its n-th seat: V / (1 + step (n-1))."""
        return Fraction(V, 1 + self.step * (n - 1))

    def _lists(self, lists: Sequence[PartyList], bar: Fraction, seats: Sequence[Seat]) -> Table:
        won = Counter(seat.list.place for seat in seats)
        rows = tuple(
            (party.name, str(party.votes), "yes" if party.votes >= bar else "no", str(won[party.place]))
            for party in lists
        )
        title = f"Lists, and whether they reach {self.threshold} per cent"
        return Table(title=title, columns=("List", "Votes", "Reaches it", "Seats"), rows=rows)

    def _quotients(self, seats: Sequence[Seat], names: Mapping[str, str]) -> Table:
        rows = tuple(
            (
                str(number),
                seat.list.name,
                f"{seat.list.votes} / {1 + self.step * (seat.n - 1)}",
                decimal(self.quotient(seat.list.votes, seat.n)),
                names[seat.candidate],
            )
            for number, seat in enumerate(seats, 1)
        )
        columns = ("Seat", "List", "Quotient", "Rounded down", "Goes to")
        return Table(title="Seats in the order in which they were won", columns=columns, rows=rows)


class DHondt(HighestAverages):
    """Divisors 1, 2, 3, ...: rounds fractions of seats down, which favours large lists."""

    __slots__ = ()
    name, step = "dhondt", 1


class SainteLague(HighestAverages):
    """Divisors 1, 3, 5, ...: rounds fractions of seats to the nearest, which favours nobody."""

    __slots__ = ()
    name, step = "sainte-lague", 2


def are_lists(options: Sequence[Option]) -> bool:
    """Tell whether options without a party are lists, rather than candidates of no party; ``ValueError`` if unclear."""
    parties = {option.party for option in options if option.party}
    lists = {option.id for option in options if not option.party}
    if parties & lists and parties - lists:
        raise ValueError(f"party {min(parties - lists)!r} is not the id of a list, as other parties are")
    return parties <= lists


def party_lists(figures: Figures, ties: Ties, seats: int) -> list[PartyList]:
    """Return the lists, in the order of the definition, each with those whom it seats, in order, ``seats`` at most."""
    lists, members = are_lists(figures.options), _members(figures, ties)
    titles = {option.id: option.name for option in figures.options if not option.party}
    votes: dict[str, int] = {}
    for option, count in zip(figures.options, figures.counts, strict=True):
        key = option.party or option.id
        votes[key] = votes.get(key, 0) + (0 if lists and option.party else count)
    place = ties.order(votes, figures.lot)
    alone = 1 if not lists else 0 if members else seats
    return [
        PartyList(titles.get(key, key), votes[key], tuple(members.get(key, [key] * alone)), place[key]) for key in votes
    ]


def _members(figures: Figures, ties: Ties) -> dict[str, list[str]]:
    """Return each party's candidates, most votes first."""
    members: dict[str, list[str]] = {}
    for option, _ in by_votes(figures, ties):
        if option.party:
            members.setdefault(option.party, []).append(option.id)
    return members
