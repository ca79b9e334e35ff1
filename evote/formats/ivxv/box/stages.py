"""The ballot box while ballots still bear names (bb-1 to bb-3), read voter by voter.

The form is checked: stage, distinct voters and ballots, ballots in order of time, questions of the election, one ballot
for each voter from bb-2 on. Ciphertexts may be any bytes here, since nobody looked at them when they were collected.
Memory: one voter, and the identifiers of those before.

Source: ``formats/IVXV.md`` 4.3 and 4.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from msgspec import Struct

from evote.errors import DecodeError
from evote.formats.ivxv.box import strict_json
from evote.formats.ivxv.box.fields import (
    BallotId,
    ChangeSet,
    District,
    Election,
    Name,
    Parish,
    Question,
    VoterId,
    check_question,
    instant,
    take,
)
from evote.formats.ivxv.json_stream import JsonStream
from evote.formats.ivxv.pem import decode_base64

MAX_CIPHERTEXT = 1 << 15  # bytes, as the collector's example configuration
MAX_BALLOTS = 10_000  # of a voter
MAX_VOTERS = 1 << 22
BALLOT_BOX = "ballot box"


class Stage(Enum):
    """What has been done to a box, as its file says it."""

    CHECKED = "INTEGRITY_CONTROLLED"
    SQUASHED = "INVALID_CIPHERTEXTS_REMOVED"
    REVOKED = "DOUBLE_VOTERS_REMOVED"


class Ballot(Struct, frozen=True, forbid_unknown_fields=True, rename={"district": "districtId"}):
    """What a voter sent at one time: a ciphertext for each question, in base64."""

    id: BallotId
    time: str
    version: ChangeSet
    name: Name
    district: District
    parish: Parish
    votes: dict[Question, str]

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a time or ciphertexts that are none."""
        try:
            instant(self.time)
            held = self.ciphertexts
        except DecodeError as error:
            raise ValueError(error) from None
        if not held or max(map(len, held.values())) > MAX_CIPHERTEXT:
            raise ValueError("a ballot without ciphertexts, or with too long a one")

    @property
    def ciphertexts(self) -> dict[str, bytes]:
        """The ciphertexts by question, as they were sent."""
        return {question: decode_base64(text, BALLOT_BOX) for question, text in self.votes.items()}

    @property
    def instant(self) -> int:
        """When it was registered, in nanoseconds since 1970."""
        return instant(self.time)


@dataclass(frozen=True, slots=True)
class Voter:
    """A voter and the voter's ballots, by time; of those at the same time in the order of the file."""

    id: str
    ballots: tuple[Ballot, ...]


class StageFile:
    """A box being read: its ``election`` and ``stage``, then, by iterating once, its voters."""

    def __init__(self, file: BinaryIO, name: str = BALLOT_BOX) -> None:
        """Read the head; raise `DecodeError` if it is none."""
        self._json, self._name = JsonStream(file, name), name
        self._names = self._json.members()
        self._json.name("election", self._names)
        self.election = take(self._json.text(), Election, name)
        self._json.name("type", self._names)
        self.stage = strict_json.convert(self._json.text(), Stage, name)
        self._json.name("ballots", self._names)

    def demand(self, stage: Stage) -> None:
        """Raise `DecodeError` unless the box is at this stage."""
        if self.stage is not stage:
            raise DecodeError(f"{self._name}: stage {self.stage.value} where {stage.value} is needed")

    def __iter__(self) -> Iterator[Voter]:
        """Yield the voters in the order of the file; raise `DecodeError` where it ceases to be one."""
        for number, voter in enumerate(self._json.members()):
            if number >= MAX_VOTERS:
                raise DecodeError(f"{self._name}: more than {MAX_VOTERS} voters")
            yield self._voter(take(voter, VoterId, self._name))
        if next(self._names, None) is not None:
            raise DecodeError(f"{self._name}: more than an election, a type and ballots")
        self._json.end()

    def _voter(self, voter: str) -> Voter:
        names = self._json.members()
        self._json.name("voterId", names)
        if self._json.text() != voter:
            raise DecodeError(f"{self._name}: voter {voter} is called otherwise within")
        self._json.name("ballots", names)
        ballots = tuple(self._ballots(f"{self._name}, voter {voter}"))
        times = [ballot.instant for ballot in ballots]
        if times != sorted(times) or len({ballot.id for ballot in ballots}) < len(ballots):
            raise DecodeError(f"{self._name}: voter {voter}: ballots not in order of time, or one twice")
        if not ballots or (self.stage is not Stage.CHECKED and len(ballots) > 1) or next(names, None) is not None:
            raise DecodeError(f"{self._name}: voter {voter}: not the ballots that the stage demands")
        return Voter(voter, ballots)

    def _ballots(self, what: str) -> Iterator[Ballot]:
        for number in self._json.items():
            if number >= MAX_BALLOTS:
                raise DecodeError(f"{what}: more than {MAX_BALLOTS} ballots")
            ballot = strict_json.convert(self._json.value(), Ballot, what)
            for question in ballot.votes:
                check_question(question, self.election, what)
            yield ballot
