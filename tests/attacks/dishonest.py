"""A dishonest board: it posts what its door should refuse, and everything but the mathematics fits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evote.errors import VerificationError
from evote.formats.native.reader import NativeRecord
from evote.procedure.machine import Procedure
from evote.record.audit import Audit
from evote.record.entries import Entry
from evote.record.lists import lines_digest
from evote.record.replies import Refusal
from evote.simulate import Simulation
from evote.verify import verify
from tests.elections import ask
from tests.mutants.records import World
from tests.mutants.sealing import Draft, Item, item_of, take_apart


def board_of(simulation: Simulation) -> Draft:
    """Return the board as it stands, open to changes by whoever has every key."""
    return take_apart(World("a board", simulation.path, simulation.keys))


def posted(board: Draft, entry: Entry, *lists: list[bytes]) -> Item:
    """Post an entry without looking at it, with its lists; return it."""
    item = item_of(entry)
    item.pinned = True
    board.items.append(item)
    board.lists |= {lines_digest(lines): lines for lines in lists}
    return item


def items_of(board: Draft, kind: str) -> list[Item]:
    """Return the entries of a kind."""
    return [item for item in board.items if item.kind == kind]


def condemned(board: Draft, path: Path) -> list[str]:
    """Return the checks that fail when an auditor reads the board; ``path`` must not exist."""
    board.seal(path)
    report = verify(path)
    assert report.status == 1, report.failures
    return [finding.check for finding in report.failures if not finding.absent]


def refused_by_door(simulation: Simulation, entry: Entry, *lists: list[bytes]) -> str:
    """Return the check that an honest operator's signed refusal names."""
    reply = ask(simulation.operator, bytes(entry), *lists)
    assert isinstance(reply, Refusal)
    return reply.check


def refused_everywhere(simulation: Simulation, path: Path, entry: Entry, *lists: list[bytes]) -> str:
    """Return the check by which an honest door refuses an entry and an auditor a dishonest one's board."""
    board = board_of(simulation)
    posted(board, entry, *lists)
    check = refused_by_door(simulation, entry, *lists)
    assert condemned(board, path) == [check]
    return check


def read_by_party(path: Path) -> Procedure:
    """Return what a trustee or mixer knows who reads the board at ``path``; it raises if anything there is false."""
    record = NativeRecord(path)
    procedure = Procedure(record.election, record, Audit())
    assert sum(procedure.replay(record.lines())) == record.size
    return procedure


def turned_away(board: Draft, path: Path) -> str:
    """Return the check at which a party stops reading a board and does nothing."""
    board.seal(path)
    with pytest.raises(VerificationError) as stopped:
        read_by_party(path)
    return stopped.value.check


def edited(simulation: Simulation, edit: Callable[[Draft], None]) -> Draft:
    """Return the board after an edit."""
    board = board_of(simulation)
    edit(board)
    return board
