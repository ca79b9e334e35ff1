"""Logs 1 to 3: hashes of the ciphertexts that were accepted, removed, and passed on to counting, each with its voter.

Together with the box of the last stage, log 3 tells who sent which ciphertext to the mixer. What can be checked is that
nothing was lost: log 1 is the sum of the others.

Source: ``formats/IVXV.md`` 4.5.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.box.fields import DistrictNumber, Election, Region, VoterId, take
from evote.formats.ivxv.box.stages import Ballot
from evote.formats.ivxv.pem import decode_base64

VERSION = "1"
HEAD, PARTS = 3, 5
MAX_FILE = 1 << 30
TIME = "%Y%m%d%H%M%S"
WHAT = "log"


class Kind(Enum):
    """Which log it is."""

    ACCEPTED = "1"
    REMOVED = "2"
    COUNTED = "3"


@dataclass(frozen=True, slots=True)
class Record:
    """A line: when it was written, SHA-256 of the ciphertext, region and number of the district, voter.

    The time has 14 digits and is that of an unnamed zone.
    """

    time: str
    digest: bytes
    region: str
    number: str
    voter: str


@dataclass(frozen=True, slots=True)
class Log:
    """A log of one question."""

    election: str
    kind: Kind
    records: tuple[Record, ...]


def file_name(question: str, kind: Kind) -> str:
    """Return the name of a question's log."""
    return f"{re.sub('[^A-Za-z0-9.-]', '_', question)}.log{kind.value}"


def record(time: str, voter: str, ballot: Ballot, question: str) -> Record:
    """Return the record of a ballot, written at ``time``; ``KeyError`` if it does not answer the question."""
    region, _, number = ballot.district.partition(".")
    return Record(time, hashlib.sha256(ballot.ciphertexts[question]).digest(), region, number, voter)


def read_log(data: bytes) -> Log:
    """Return the log in a file; raise `DecodeError`."""
    if len(data) > MAX_FILE:
        raise DecodeError(f"{WHAT}: {len(data)} bytes where at most {MAX_FILE} are allowed")
    try:
        *lines, rest = data.decode().split("\n")
    except ValueError:
        raise DecodeError(f"{WHAT}: not UTF-8") from None
    kinds = {kind.value: kind for kind in Kind}
    if rest or len(lines) < HEAD or lines[0] != VERSION or lines[2] not in kinds:
        raise DecodeError(f"{WHAT}: no log of version {VERSION}")
    records = tuple(_record(line, f"{WHAT}, line {number}") for number, line in enumerate(lines[HEAD:], HEAD + 1))
    return Log(take(lines[1], Election, WHAT), kinds[lines[2]], records)


def check_logs(accepted: Log, removed: Iterable[Log], counted: Log) -> None:
    """Raise ``VerificationError("ivxv.logs")`` unless log 1 holds exactly the records of all logs 2 and of log 3.

    The times of writing differ and are not compared.
    """
    parts = [*removed, counted]
    kinds = [accepted.kind, *(log.kind for log in parts)]
    if kinds != [Kind.ACCEPTED, *[Kind.REMOVED] * (len(parts) - 1), Kind.COUNTED]:
        raise VerificationError("ivxv.logs", "not logs 1, 2 and 3 in this order")
    if {log.election for log in parts} != {accepted.election}:
        raise VerificationError("ivxv.logs", "of different elections")
    total = Counter(key for log in parts for key in _keys(log))
    if total != (whole := Counter(_keys(accepted))):
        lost, added = (whole - total).total(), (total - whole).total()
        raise VerificationError(
            "ivxv.logs", f"{lost} records of log 1 are in no other, {added} of the others not in it"
        )


def _keys(log: Log) -> list[tuple[bytes, str, str, str]]:
    return [(one.digest, one.region, one.number, one.voter) for one in log.records]


def _record(line: str, what: str) -> Record:
    parts = line.split("\t")
    if len(parts) != PARTS:
        raise DecodeError(f"{what}: a record of {len(parts)} parts")
    time, digest, region, number, voter = parts
    where = take(region, Region, what), take(number, DistrictNumber, what)
    return Record(_time(time, what), _digest(digest, what), *where, take(voter, VoterId, what))


def _time(text: str, what: str) -> str:
    try:
        known = datetime.strptime(text, TIME).strftime(TIME)
    except ValueError:
        known = ""
    if known.rjust(14, "0") != text:
        raise DecodeError(f"{what}: no time: {text[:40]!a}")
    return text


def _digest(text: str, what: str) -> bytes:
    data = decode_base64(text, what)
    if len(data) != hashlib.sha256().digest_size:
        raise DecodeError(f"{what}: no SHA-256")
    return data
