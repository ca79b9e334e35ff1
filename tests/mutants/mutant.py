"""A mutant: one named change to a record, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.records import World

ACCEPTED, FALSE, ABSENT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Mutant:
    """``write`` puts the mutant of a world's record at a path; ``name`` begins with the record's name.

    ``honest`` is the reason why an honest author may do the same; such a mutant must be accepted. ``absent`` says that
    something is taken away, so that "absent" is a right verdict, too. A ``sealed`` one must be caught by other checks
    than the hash tree's.
    """

    name: str
    write: Callable[[World, Path], None]
    honest: str = ""
    absent: bool = False
    sealed: bool = False

    @property
    def record(self) -> str:
        """The record that is changed."""
        return self.name.split("/")[0]

    @property
    def right(self) -> frozenset[int]:
        """The exit statuses that are right."""
        return frozenset({ACCEPTED} if self.honest else {FALSE, ABSENT} if self.absent else {FALSE})
