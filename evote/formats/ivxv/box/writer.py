"""Writing what the official programs write, byte for byte where they were observed; no reader imports it.

Everything but voter lists and logs is printed by `pretty`. The order of names is the caller's, except for the districts
of a tally, which come out of a Java hash table.

Source: ``formats/IVXV.md`` 4.4, 4.5 and 7, the vectors under ``tests/vectors/ivxv/official-java/box``.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import BinaryIO

from msgspec import to_builtins

from evote.formats.ivxv.box import voter_list
from evote.formats.ivxv.box.anonymous import Vote
from evote.formats.ivxv.box.checksum import digest
from evote.formats.ivxv.box.logs import VERSION, Log
from evote.formats.ivxv.box.pretty import Members, pretty
from evote.formats.ivxv.box.revocation import RevocationList
from evote.formats.ivxv.box.stages import Stage, Voter
from evote.formats.ivxv.box.tally import Tally
from evote.formats.ivxv.box.voter_list import Addition, VoterList

TABLE, LOAD = 16, 0.75  # a Java hash table's first size, and how full it gets


def write_stage(file: BinaryIO, election: str, stage: Stage, voters: Iterable[Voter]) -> None:
    """Write bb-1, bb-2 or bb-3, voter by voter."""
    ballots = Members((voter.id, _voter(voter)) for voter in voters)
    _write(file, {"election": election, "type": stage.value, "ballots": ballots})


def write_anonymous(file: BinaryIO, election: str, votes: Iterable[Vote]) -> None:
    """Write bb-4: votes by district, parish and question, sorted, in each place in the order given. All are held."""
    districts: dict[str, dict[str, dict[str, list[str]]]] = {}
    for vote in votes:
        parishes = districts.setdefault(vote.place.district, {})
        questions = parishes.setdefault(vote.place.parish, {})
        questions.setdefault(vote.place.question, []).append(_base64(vote.ciphertext))
    _write(file, {"election": election, "districts": _sorted(districts)})


def write_invalid(file: BinaryIO, election: str, votes: Iterable[Vote]) -> None:
    """Write the list of votes that did not count."""
    _write(file, {"election": election, "invalid": map(_invalid, votes)})


def write_tally(file: BinaryIO, tally: Tally) -> None:
    """Write a tally."""
    held = to_builtins(tally)
    for name in ("byparish", "bydistrict"):
        held[name] = {district: held[name][district] for district in hash_order(held[name])}
    _write(file, held)


def write_revocation_list(file: BinaryIO, held: RevocationList) -> None:
    """Write a revocation list, without the election if it names none."""
    election = [("election", held.election)] if held.election is not None else []
    _write(file, dict([*election, ("type", held.order.value), ("persons", held.persons)]))


def write_voter_list(file: BinaryIO, held: VoterList) -> None:
    """Write a voter list."""
    head = [voter_list.VERSION], [held.election], [str(held.changeset)], [held.start, held.end]
    _write_lines(file, [*head, *map(_row, held.rows)])


def write_log(file: BinaryIO, log: Log) -> None:
    """Write a log."""
    records = ([one.time, _base64(one.digest), one.region, one.number, one.voter] for one in log.records)
    _write_lines(file, [[VERSION], [log.election], [log.kind.value], *records])


def checksum(file: BinaryIO) -> bytes:
    """Return the checksum file of a file, read from where it stands."""
    return digest(file).hex().encode()


def hash_order(names: Iterable[str]) -> list[str]:
    """Return the names in the order in which a Java hash table yields them that got them in this one."""
    held = list(names)
    size = TABLE
    while len(held) > LOAD * size:
        size *= 2
    return sorted(held, key=lambda name: _hash(name) & (size - 1))


def _hash(name: str) -> int:
    """Return h = 31 h + c over the characters c, folded as the table does."""
    h = 0
    for c in name:
        h = (31 * h + ord(c)) & 0xFFFFFFFF
    return h ^ (h >> 16)


def _voter(voter: Voter) -> Members:
    ballots = [_members(to_builtins(ballot)) for ballot in voter.ballots]
    return Members([("voterId", voter.id), ("ballots", ballots)])


def _invalid(vote: Vote) -> Members:
    place = vote.place
    names = {"district": place.district, "station": place.parish, "question": place.question}
    return Members({**names, "vote": _base64(vote.ciphertext)}.items())


def _row(row: voter_list.Row) -> list[str]:
    if isinstance(row, Addition):
        return [voter_list.ADD, row.voter, row.name, row.parish, row.number]
    return [voter_list.REMOVE, row.voter]


def _sorted(value: object) -> object:
    return {name: _sorted(value[name]) for name in sorted(value)} if isinstance(value, dict) else value


def _members(value: object) -> object:
    return Members((name, _members(held)) for name, held in value.items()) if isinstance(value, dict) else value


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _write(file: BinaryIO, value: dict[str, object]) -> None:
    for piece in pretty(_members(value)):
        file.write(piece.encode())


def _write_lines(file: BinaryIO, lines: Iterable[list[str]]) -> None:
    for line in lines:
        file.write("\t".join(line).encode() + b"\n")
