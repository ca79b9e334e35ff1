"""How many could vote, how many did, and what became of their ballots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from evote.procedure.machine import Procedure
from evote.record.entries import Closing


@dataclass(frozen=True, slots=True)
class Turnout:
    """The number of voters on the roll, what the closing says of the ballots, and whether it is on the board yet."""

    electorate: int
    ballots: Closing
    closed: bool = True

    @classmethod
    def of(cls, procedure: Procedure) -> Self | None:
        """Return the turnout as far as the board goes; None before there is a roll."""
        box, log = procedure.box, procedure.log
        if box is None:
            return None
        return cls(box.electorate, box.closing(log.size, log.root()), closed=procedure.counting is not None)
