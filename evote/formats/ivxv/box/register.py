"""The voters as of any change set: voter lists applied in order, rows that contradict them left out and named.

The official processor leaves such rows out, too; the collector refuses the whole list, so that the two may hold
different voters. A caller to whom that matters refuses a list with problems.

Source: ``formats/IVXV.md`` 7.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from evote.errors import VerificationError
from evote.formats.ivxv.box.definitions import Districts
from evote.formats.ivxv.box.fields import ABROAD, FOREIGN
from evote.formats.ivxv.box.quirks import NONE, Quirk, Quirks
from evote.formats.ivxv.box.stages import Ballot, Voter
from evote.formats.ivxv.box.voter_list import Addition, Removal, SkipOrder, VoterList

UNCHECKED = "."  # the district of a row whose district the official programs failed to check
CHECK = "ivxv.voter-list"


class Problem(Enum):
    """Why a row is left out, or why a ballot's voter was not entitled to it."""

    UNKNOWN_DISTRICT = "no district has this number and parish"
    UNSEEN_DISTRICT = 'no district has this number and parish; official tool: takes it as ".", as a removal came before'
    ADDED_TWICE = "the voter is in the list already"
    REMOVED_UNKNOWN = "the voter is not in the list"
    REMOVED_AND_ADDED = "the voter was not in the list, which a row of the same change set denies"
    NO_LIST = "the ballot names a voter list that was never in force"
    NO_VOTER = "the voter was not in the list that the ballot names"
    OTHER_ENTRY = "name, district or parish are not those of the list that the ballot names"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and whose it is; ``changeset`` is the list's number."""

    problem: Problem
    voter: str
    changeset: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a voter votes."""

    name: str
    district: str
    parish: str


class Register:
    """Voters by change set. Lists are applied in order; nothing is ever taken back."""

    def __init__(self, districts: Districts, *, foreign: str = ABROAD, quirks: Quirks = NONE) -> None:
        """Start without voters; those with the parish FOREIGN get the parish ``foreign``."""
        self._districts, self._foreign = districts, foreign
        self._unchecked = Quirk.DISTRICTS_UNCHECKED_AFTER_REMOVAL in quirks
        self._changesets: list[int] = []
        self._history: dict[str, list[tuple[int, Entry | None]]] = {}

    @property
    def changesets(self) -> tuple[int, ...]:
        """The numbers of the lists applied or skipped."""
        return tuple(self._changesets)

    def apply(self, changes: VoterList) -> list[Finding]:
        """Apply a list; return the rows left out. Raise ``VerificationError("ivxv.voter-list")`` if it has no place.

        All its removals come before its additions, so a voter may move.
        """
        self._number(changes.election, changes.changeset)
        problems: list[tuple[Problem, str]] = []
        after: dict[str, Entry | None] = {}
        unknown: set[str] = set()
        for removal in (row for row in changes.rows if isinstance(row, Removal)):
            if self._latest(removal.voter) is None or removal.voter in after:
                problems.append((Problem.REMOVED_UNKNOWN, removal.voter))
                unknown.add(removal.voter)
            else:
                after[removal.voter] = None
        for row, unseen in _additions(changes):
            entry = self._entry(row, unchecked=unseen and self._unchecked)
            if entry is None:
                problems.append((Problem.UNSEEN_DISTRICT if unseen else Problem.UNKNOWN_DISTRICT, row.voter))
            elif row.voter in unknown - after.keys():
                problems.append((Problem.REMOVED_AND_ADDED, row.voter))
            elif (after[row.voter] if row.voter in after else self._latest(row.voter)) is not None:
                problems.append((Problem.ADDED_TWICE, row.voter))
            else:
                after[row.voter] = entry
        for voter, held in after.items():
            self._history.setdefault(voter, []).append((changes.changeset, held))
        return [Finding(problem, voter, changes.changeset) for problem, voter in problems]

    def skip(self, order: SkipOrder) -> None:
        """Let a change set change nothing; raise ``VerificationError("ivxv.voter-list")`` if it has no place."""
        self._number(order.election, order.changeset)

    def lookup(self, voter: str, changeset: int) -> Entry | None:
        """Return the voter's entry as of a change set; None if there is none, or if no such list was in force."""
        if changeset not in self._changesets:
            return None
        history = self._history.get(voter, [])
        at = bisect_right(history, changeset, key=lambda change: change[0])
        return history[at - 1][1] if at else None

    def check(self, voter: str, ballot: Ballot) -> Problem | None:
        """Return why a ballot contradicts the list that it names; None if it does not."""
        changeset = int(ballot.version)
        if changeset not in self._changesets:
            return Problem.NO_LIST
        entry = self.lookup(voter, changeset)
        if entry is None:
            return Problem.NO_VOTER
        said = Entry(ballot.name, ballot.district, self._parish(ballot.parish))
        return None if said == entry else Problem.OTHER_ENTRY

    def _number(self, election: str, changeset: int) -> None:
        if election != self._districts.election:
            raise VerificationError(CHECK, f"list {changeset} is of another election")
        if not self._changesets and changeset != 0:
            raise VerificationError(CHECK, f"list {changeset} comes first, and is not the initial one")
        if self._changesets and changeset <= self._changesets[-1]:
            raise VerificationError(CHECK, f"list {changeset} comes after list {self._changesets[-1]}")
        self._changesets.append(changeset)

    def _entry(self, row: Addition, *, unchecked: bool) -> Entry | None:
        parish = self._parish(row.parish)
        district = self._districts.find(row.number, parish) or (UNCHECKED if unchecked else None)
        return Entry(row.name, district, parish) if district else None

    def _parish(self, parish: str) -> str:
        return self._foreign if parish == FOREIGN else parish

    def _latest(self, voter: str) -> Entry | None:
        history = self._history.get(voter)
        return history[-1][1] if history else None


def _additions(changes: VoterList) -> Iterator[tuple[Addition, bool]]:
    """Yield the additions, and whether the official programs fail to see their districts."""
    unseen = False
    for row in changes.rows:
        if isinstance(row, Addition):
            yield row, unseen
        else:
            unseen = True


def unentitled(voters: Iterable[Voter], register: Register) -> Iterator[Finding]:
    """Yield the ballots of a box that contradict the voter lists; the official check lets none of them into bb-1."""
    for voter in voters:
        for ballot in voter.ballots:
            if problem := register.check(voter.id, ballot):
                yield Finding(problem, voter.id, int(ballot.version))
