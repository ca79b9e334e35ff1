"""The mix servers' lists, unit by unit: which shuffle comes next, and whether it is one.

The first list is what the ballot box determines; every mix server named in the definition shuffles it once, in order;
what the last one leaves is the only list that may be decrypted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from evote.crypto.elgamal import PublicKey
from evote.crypto.rows import Rows
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Vector
from evote.errors import EvidenceMissing, Refused
from evote.mixnet.shuffle import Generators, ShuffleStatement, WrittenProof, shuffle_proof
from evote.record.audit import Audit
from evote.record.context import open_transcript
from evote.record.entries import Shuffle
from evote.record.lists import Source, list_digest, read_list
from evote.record.manifest import Election
from evote.record.units import Place


@dataclass(slots=True)
class MixList:
    """One unit's current list; ``rows`` is None when a list that the board names is not there."""

    rows: Rows | None
    digest: bytes
    width: int
    shuffles: int = 0


class Cascade:
    """The state of the mix. ``admit`` takes in shuffles; ``output`` gives the list of a unit that is fully mixed."""

    def __init__(self, election: Election, key: PublicKey, audit: Audit) -> None:
        """Start without lists."""
        self.key = key
        self._election, self._audit = election, audit
        self._lists: dict[Place, MixList] = {}
        self._proof = shuffle_proof(election.shuffle)
        self._generators = Generators(key.group)
        self._served: set[bytes] = set()

    def open(self, place: Place, encoded: list[bytes], width: int) -> None:
        """Take in the rows that the ballot box determined for a unit, in board order."""
        self._lists[place] = MixList(Rows(self.key.group, width, encoded), list_digest(encoded), width)

    def places(self) -> list[Place]:
        """Return every contest and unit on the mix road."""
        return list(self._lists)

    def turn(self, place: Place) -> int | None:
        """Return the mixer (from 1) whose turn it is with a unit, or None when all have been."""
        done = self._lists[place].shuffles
        return done + 1 if done < len(self._election.mixers) else None

    def current(self, place: Place) -> MixList:
        """Return a unit's list as it stands, for the mixer whose turn it is."""
        return self._lists[place]

    def output(self, place: Place) -> tuple[Rows, bytes]:
        """Return the rows and digest of a fully mixed list; `Refused` before that."""
        mixed = self._lists.get(place)
        if mixed is None or self.turn(place) is not None:
            raise Refused(f"the list of {place} is not fully mixed")
        if mixed.rows is None:
            raise EvidenceMissing(f"the mixed list of {place} is not there")
        return mixed.rows, mixed.digest

    def unknown(self, place: Place) -> bool:
        """Tell whether a unit's current list is named on the board but not there."""
        return self._lists[place].rows is None

    def admit(self, author: str, body: Shuffle, source: Source, subject: str) -> None:
        """Verify a shuffle and make its output the unit's list; raise `VerificationError` if it is none.

        `EvidenceMissing` if a list is not there, and for everything after a shuffle that was passed over.
        """
        place, require = Place(body.contest, body.unit), self._audit.require
        turn = self.turn(place) if place in self._lists else None
        require(turn is not None and author == f"mixer {turn}", "mix.order", subject)
        mixed = self._lists[place]
        require(body.input == mixed.digest, "mix.input", subject)
        rows = self._verify(author, body, source, subject)
        self._lists[place] = MixList(rows, body.output, mixed.width, mixed.shuffles + 1)

    def pass_over(self, body: Shuffle) -> None:
        """Go on after a shuffle that lacks its evidence: the chain of digests holds, the list is unknown."""
        mixed = self._lists[Place(body.contest, body.unit)]
        self._lists[Place(body.contest, body.unit)] = MixList(None, body.output, mixed.width, mixed.shuffles + 1)

    def statement(self, place: Place, before: Rows, after: Rows, lines: int) -> ShuffleStatement:
        """Return the statement that one list is a shuffle of the other, for a proof of so many lines."""
        return ShuffleStatement(self.key, before, after, self.generators(lines), place)

    def served(self, proof: WrittenProof) -> bool:
        """Tell whether a shuffle that was admitted has the permutation commitment of this one."""
        return _digest(proof) in self._served

    def generators(self, count: int) -> Vector:
        """Return the first independent generators, one for each line of a proof."""
        return self._generators.first(count, self._audit.executor)

    def _verify(self, author: str, body: Shuffle, source: Source, subject: str) -> Rows:
        """Return the output of a shuffle if its proof convinces."""
        place, group = Place(body.contest, body.unit), self.key.group
        before, width = self._lists[place].rows, self._lists[place].width
        if before is None:
            raise EvidenceMissing(f"{subject}: the list that it shuffles is not there")
        after = Rows(group, width, read_list(source, body.output, len(before)))
        try:
            lines = list(source.rows(body.vectors, self._proof.spare * len(before)))
        except EvidenceMissing:
            after.decoded(self._audit.executor)  # a list that holds no members is false, whatever is missing beside it
            raise
        proof, most = self._proof.decode(group, width, lines, body.proof), self._proof.spare * len(before)
        self._audit.require(proof.n == len(before) <= len(lines) <= most, "mix.length", subject)
        batch = self._audit.batch("shuffle", place, author)
        statement = self.statement(place, before, after, len(lines))
        transcript = shuffle_transcript(self._election, author, self.key)
        batch.add(self._proof.equations(statement, proof, transcript), self._proof.check, subject)
        batch.check(self._audit.executor)
        self._audit.hold(self._proof.check)
        self._audit.require(not self.served(proof), "mix.once", subject)
        self._served.add(_digest(proof))
        return after


def shuffle_transcript(election: Election, author: str, key: PublicKey) -> Transcript:
    """Return the transcript that a proof of shuffle goes on from: election, key, mixer."""
    return open_transcript("shuffle", election, author, key.y)


def _digest(proof: WrittenProof) -> bytes:
    return hashlib.sha256(b"".join(proof.u.encodings())).digest()
