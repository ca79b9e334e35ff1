"""Units: the groups of ballots that are counted together, never smaller than the definition's ``minimum_group``.

The kept ballots of a contest fall into cells (district, stratum, weight). A cell below the minimum is merged with the
smallest other one in its parent: first within its district, then among the districts whose voters may choose the same
options. Other districts are never merged, because a vote for what only some could choose says that it is theirs; nor
are weight classes, because a heavy vote can be read off a sum of light ones. What stays below the minimum is withheld:
not decrypted, and counted as withheld. The units are one partition, so no total can be subtracted from another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import NamedTuple

from evote.record.entries import Credential


class Place(NamedTuple):
    """Where a list belongs: a contest's id and the name of one of its units."""

    contest: str
    unit: str

    def __str__(self) -> str:
        """Return it for people."""
        return f"contest {self.contest}, unit {self.unit}"


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """The voters of one district, stratum and weight."""

    district: str
    stratum: str
    weight: int

    @property
    def name(self) -> str:
        """``district``, then ``/stratum`` if there is one, then ``/xW`` for a weight W other than 1."""
        stratum = f"/{self.stratum}" if self.stratum else ""
        return f"{self.district}{stratum}/x{self.weight}" if self.weight != 1 else self.district + stratum


@dataclass(frozen=True, slots=True)
class Unit:
    """Cells of one weight, of districts with the same options, that are counted together."""

    cells: tuple[Cell, ...]
    ballots: int

    @property
    def name(self) -> str:
        """The names of the cells, sorted and joined by ``+``."""
        return "+".join(sorted(cell.name for cell in self.cells))

    @property
    def weight(self) -> int:
        """The weight of each ballot."""
        return self.cells[0].weight

    @property
    def district(self) -> str:
        """One of the districts that the cells lie in; the voters of all may choose the same options."""
        return self.cells[0].district


def cell_of(credential: Credential) -> Cell:
    """Return the cell that a voter belongs to."""
    return Cell(credential.district, credential.stratum, credential.weight)


def partition(ballots: Mapping[Cell, int], minimum: int, allowed: Callable[[str], tuple[int, ...]]) -> tuple[Unit, ...]:
    """Return the units, sorted by name, for the number of kept ballots in each cell; empty cells do not appear.

    ``allowed`` tells the options open to a district, as `Contest.allowed` does. A unit may still have fewer ballots
    than ``minimum`` if its parent holds no other: it is withheld.
    """
    units = [Unit((cell,), count) for cell, count in ballots.items() if count]
    units = _merge(units, minimum, lambda unit: (unit.weight, unit.district))
    units = _merge(units, minimum, lambda unit: (unit.weight, allowed(unit.district)))
    return tuple(sorted(units, key=lambda unit: unit.name))


def _merge(
    units: Iterable[Unit], minimum: int, parent: Callable[[Unit], tuple[int, str | tuple[int, ...]]]
) -> list[Unit]:
    merged: list[Unit] = []
    for _, siblings in groupby(sorted(units, key=parent), parent):
        merged += _merge_siblings(list(siblings), minimum)
    return merged


def _merge_siblings(units: list[Unit], minimum: int) -> list[Unit]:
    heap = [(unit.ballots, unit.name, unit) for unit in units]  # names are distinct, so units are never compared
    heapify(heap)
    while len(heap) > 1 and heap[0][0] < minimum:
        (*_, first), (*_, second) = heappop(heap), heappop(heap)
        merged = Unit(first.cells + second.cells, first.ballots + second.ballots)
        heappush(heap, (merged.ballots, merged.name, merged))
    return [unit for *_, unit in heap]
