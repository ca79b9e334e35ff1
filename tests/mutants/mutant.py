"""A mutant: one named change to a record, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.records import World


@dataclass(frozen=True, slots=True)
class Mutant:
    """``write`` puts the mutant of a world's record at a path; ``name`` begins with the record's name.

    ``honest`` is the reason why an honest author may do the same; such a mutant must be accepted. ``absent`` says that
    something is taken away, so that "absent" is a right verdict, too.
    """

    name: str
    write: Callable[[World, Path], None]
    honest: str = ""
    absent: bool = False

    @property
    def record(self) -> str:
        """The record that is changed."""
        return self.name.split("/")[0]
