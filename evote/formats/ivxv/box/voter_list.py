"""A voter list: who may vote and where, at first whole, then as change sets; and orders to skip a change set.

The form is checked here, line by line, so that no two files say the same. Whether rows agree with the voters known
before is for `register`; whether the file is signed, for `signatures`.

Source: ``formats/IVXV.md`` 7, format version 2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evote.errors import DecodeError
from evote.formats.ivxv.box.fields import (
    ChangeSet,
    DistrictNumber,
    Election,
    Name,
    Parish,
    VoterId,
    check_date,
    take,
)

VERSION = "2"
ADD, REMOVE = "lisamine", "kustutamine"
HEAD = 4  # lines
MAX_FILE = 1 << 28
WHAT, SKIP = "voter list", "skip order"


@dataclass(frozen=True, slots=True)
class Addition:
    """A row that adds a voter: name, parish, and the number of a district there."""

    voter: str
    name: str
    parish: str
    number: str


@dataclass(frozen=True, slots=True)
class Removal:
    """A row that removes a voter."""

    voter: str


Row = Addition | Removal


@dataclass(frozen=True, slots=True)
class VoterList:
    """A list of changes: its number, 0 for the first, the time that it covers, its rows in order."""

    election: str
    changeset: int
    start: str
    end: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SkipOrder:
    """An order that a change set is not applied; ``target`` names what is skipped."""

    election: str
    changeset: int
    target: str


def read_voter_list(data: bytes) -> VoterList:
    """Return the list in a file; raise `DecodeError`."""
    if len(data) > MAX_FILE:
        raise DecodeError(f"{WHAT}: {len(data)} bytes where at most {MAX_FILE} are allowed")
    lines = _lines(data)
    if len(lines) < HEAD or lines[0] != VERSION:
        raise DecodeError(f"{WHAT}: no head of format version {VERSION}")
    changeset = int(take(lines[2], ChangeSet, WHAT))
    start, _, end = lines[3].partition("\t")
    for date in (start, end):
        check_date(date)
    rows = tuple(_row(line, f"{WHAT}, line {number}") for number, line in enumerate(lines[HEAD:], HEAD + 1))
    if changeset == 0 and any(isinstance(row, Removal) for row in rows):
        raise DecodeError(f"{WHAT}: the first list removes voters")
    return VoterList(take(lines[1], Election, WHAT), changeset, start, end, rows)


def read_skip_order(data: bytes) -> SkipOrder:
    """Return the order in a file of three lines "name: value", in any order; raise `DecodeError`.

    Of YAML nothing more is taken: no quotes, no comments.
    """
    found = [re.fullmatch(r"(election|changeset|skip_voter_list): (\S(?:.*\S)?)", line) for line in _lines(data)]
    said = {match[1]: match[2] for match in found if match}
    if len(said) != len(SkipOrder.__slots__) or len(found) != len(said) or re.search("[\"'#]", "".join(said.values())):
        raise DecodeError(f"{SKIP}: not an election, a changeset and a skip_voter_list")
    election, changeset = take(said["election"], Election, SKIP), take(said["changeset"], ChangeSet, SKIP)
    return SkipOrder(election, int(changeset), take(said["skip_voter_list"], Name, SKIP))


def _lines(data: bytes) -> list[str]:
    try:
        *lines, rest = data.decode().split("\n")
    except ValueError:
        raise DecodeError(f"{WHAT}: not UTF-8") from None
    if rest:
        raise DecodeError(f"{WHAT}: the last line has no end")
    return lines


def _row(line: str, what: str) -> Row:
    match line.split("\t"):
        case [action, voter, name, parish, number] if action == ADD:
            where = take(parish, Parish, what), take(number, DistrictNumber, what)
            return Addition(take(voter, VoterId, what), take(name, Name, what), *where)
        case [action, voter] if action == REMOVE:
            return Removal(take(voter, VoterId, what))
    raise DecodeError(f"{what}: a row that neither adds nor removes: {line[:80]!a}")
