"""Highest averages: each seat in turn goes to the list with the largest quotient of its votes and its next divisor.

Quotients are fractions, so equal ones are found equal; a list wins no more seats than it can fill, none without a vote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heapreplace


@dataclass(frozen=True, slots=True)
class PartyList:
    """A list: its name, its votes, whom it seats, in order, its place in ties, the seats it won before."""

    name: str
    votes: int
    candidates: tuple[str, ...]
    place: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat won: by which list, as its n-th, for which candidate."""

    list: PartyList
    n: int
    candidate: str


def highest_averages(
    lists: Sequence[PartyList], seats: int, quotient: Callable[[int, int], Fraction]
) -> tuple[Seat, ...]:
    """Return at most ``seats`` seats, in the order in which they are won.

    ``quotient(V, n)`` must order as the quotient that a list with V votes offers for its n-th seat, n from 1; it falls
    as n grows. Equal quotients: the lowest ``place`` wins. Costs a step of a heap for each seat.
    """

    def offer(i: int, won: int) -> tuple[Fraction, int, int, int]:
        return -quotient(lists[i].votes, lists[i].held + won + 1), lists[i].place, i, won

    won: list[Seat] = []
    offers = [offer(i, 0) for i, party in enumerate(lists) if party.votes and party.candidates]
    heapify(offers)
    while offers and len(won) < seats:
        _, _, i, n = offers[0]
        party = lists[i]
        won.append(Seat(party, party.held + n + 1, party.candidates[n]))
        if n + 1 < len(party.candidates):
            heapreplace(offers, offer(i, n + 1))
        else:
            heappop(offers)
    return tuple(won)


def decimal(value: Fraction) -> str:
    """Return a fraction, not negative, rounded down to thousandths, as text."""
    thousandths = value.numerator * 1000 // value.denominator
    return f"{thousandths // 1000}.{thousandths % 1000:03}"
