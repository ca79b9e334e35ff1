"""A transferable vote counts for one option at a time: the highest on the ballot that can still use it.

The count of the Scottish Local Government Elections Order 2007 (SSI 2007/42, Schedule 1, rules 45-52), known as the
weighted inclusive Gregory method; and for one seat the instant runoff. Votes are integers in units of 10^-decimals: a
paper's value is cut down to so many decimals when it moves on with a surplus, and nothing else is ever rounded.
Exact fractions have no such rule, but their length can double with each surplus (ADR 22).

Equals are told apart by the latest earlier stage at which they were unequal (rules 49 and 51), and only where there is
none by the rule for ties, in place of the returning officer's lot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evote.methods.method import Ballots


@dataclass(frozen=True, slots=True)
class Parcel:
    """Papers alike: the preferences not yet used, how many papers there are, what each is worth in units."""

    rest: Iterator[int]
    papers: int
    value: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What was transferred and from whom (0: from nobody), each option's votes in units after it, who was elected."""

    transfer: str
    source: int
    votes: dict[int, int]
    elected: tuple[int, ...]


class Count:
    """A count under way; `run` finishes it. ``order`` lists the options by number, of equals the winner first."""

    def __init__(self, ballots: Ballots, order: Sequence[int], seats: int, unit: int):
        """Give every paper to its first preference; a blank one is none."""
        self.papers = sum(weight for ranking, weight in ballots if ranking)
        self.elected: list[int] = []
        self.stages: list[Stage] = []
        self._seats = seats
        self._unit = unit
        self._order = list(order)
        self._continuing = set(order)
        self.votes = dict.fromkeys(order, 0)
        self._parcels: dict[int, list[Parcel]] = {option: [] for option in order}
        self._deal(Parcel(iter(ranking), weight, unit) for ranking, weight in ballots)
        self._close("first preferences", 0)

    @property
    def quota(self) -> int:
        """The fewest votes, in units, that no more options than there are seats can have (Droop; rule 46)."""
        return (self.papers // (self._seats + 1) + 1) * self._unit

    def run(self) -> None:
        """Transfer surpluses, largest first, then exclude the last, until the seats are filled (rules 48-52)."""
        while self._continuing and (vacancies := self._seats - len(self.elected)):
            quota = self.quota
            surpluses = (o for o in self._order if self.votes[o] > quota and o not in self._continuing)
            if len(self._continuing) <= vacancies:
                self._close("last vacancies", 0, self._continuing)
            elif option := next(surpluses, 0):
                self._transfer_surplus(option)
            else:
                self._exclude(next(o for o in reversed(self._order) if o in self._continuing))

    def _transfer_surplus(self, option: int) -> None:
        """Move all papers on at value x surplus / votes, cut down to a unit (rule 48(3))."""
        votes, surplus = self.votes[option], self.votes[option] - self.quota
        self._deal(Parcel(p.rest, p.papers, p.value * surplus // votes) for p in self._parcels.pop(option))
        self.votes[option] = self.quota
        self._close("surplus", option)

    def _exclude(self, option: int) -> None:
        """Move all papers on at their value (rule 50(4))."""
        self._continuing.remove(option)
        self._deal(self._parcels.pop(option))
        self.votes[option] = 0
        self._close("exclusion", option)

    def _deal(self, parcels: Iterable[Parcel]) -> None:
        """Give each parcel to its next continuing option; who stopped continuing never comes back."""
        for parcel in parcels:
            option = next((o for o in parcel.rest if o in self._continuing), 0)
            if option:
                self._parcels[option].append(parcel)
                self.votes[option] += parcel.papers * parcel.value

    def _close(self, transfer: str, source: int, elected: Iterable[int] = ()) -> None:
        """End a stage: who reached the quota is elected (rule 47).

        The sort is stable, so equals stay as the latest stage at which they were unequal left them.
        """
        self._order.sort(key=lambda option: -self.votes[option])
        quota = self.quota
        reached = {o for o in self._continuing if self.votes[o] >= quota}.union(elected)
        new = tuple(option for option in self._order if option in reached)
        self._continuing.difference_update(new)
        self.elected += new
        self.stages.append(Stage(transfer, source, dict(self.votes), new))


class Runoff(Count):
    """A count for one seat: over as soon as one option has more than half of the votes that still count."""

    def __init__(self, ballots: Ballots, order: Sequence[int]):
        """Give every paper to its first preference; a vote is one unit."""
        super().__init__(ballots, order, seats=1, unit=1)

    @property
    def quota(self) -> int:
        """The fewest votes that are a majority now. Who has it would also reach Droop's quota or be the last left."""
        return sum(self.votes.values()) // 2 + 1
