"""The operator's door: every message is checked by the rules before it is posted, and answered in writing.

An accepted message gets a receipt: its inclusion proof under a signed checkpoint. A refused one gets a signed refusal
that names the check it failed, and leaves no trace on the board, so it never displaces an earlier good one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from evote.crypto.signing import SigningKey
from evote.errors import DecodeError, VerificationError
from evote.formats.native.reader import NativeRecord
from evote.formats.native.writer import RecordWriter
from evote.procedure.machine import Procedure
from evote.questions.petition import CLOSING
from evote.record.audit import Audit
from evote.record.board import Receipt
from evote.record.entries import Aggregate, AnyBody, Closing, Definition, KeyRestart, decode_entry, lists_named
from evote.record.lists import lines_digest
from evote.record.manifest import Election
from evote.record.operator import make_receipt, sign_checkpoint, sign_entry, sign_refusal
from evote.record.replies import Refusal


@dataclass(frozen=True, slots=True)
class Message:
    """What a party hands in: the line of its entry, and the lines of the lists that the entry names."""

    line: bytes
    lists: tuple[list[bytes], ...] = ()


class _Desk:
    """The record, the lines admitted that are not yet part of it, and the lists of the message under examination."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._record: NativeRecord | None = None
        self.handed_in: dict[bytes, list[bytes]] = {}
        self.admitted: list[bytes] = []

    def refresh(self) -> None:
        """Start again from the record as it now is."""
        self._record = None
        self.admitted = []

    def _opened(self) -> NativeRecord:
        self._record = self._record or NativeRecord(self._path)
        return self._record

    def line(self, index: int) -> bytes:
        record = self._opened()
        return record.line(index) if index < record.size else self.admitted[index - record.size]

    def rows(self, digest: bytes, limit: int) -> Iterable[bytes]:
        rows = self.handed_in.get(digest)
        if rows is None:
            return self._opened().rows(digest, limit)
        if len(rows) > limit:
            raise DecodeError(f"a list of more than {limit} lines")
        return rows


class Operator:
    """The operator of one record. ``procedure`` is the state of the election, verified up to the last entry.

    After an exception from `post`, a full disk for one, open the record again: it holds what was acknowledged.
    """

    def __init__(self, writer: RecordWriter, key: SigningKey, *, executor: Executor | None = None) -> None:
        """Take up a record where it stands, verifying all of it; `open` and `create` are the ways in.

        The writer has made sure that the board is the one under our own checkpoint: nobody makes us sign two histories.
        """
        self._writer, self._key = writer, key
        self._desk = _Desk(writer.path)
        try:
            record = NativeRecord(writer.path)
            self.election = record.election
            self.procedure = Procedure(self.election, self._desk, Audit(executor=executor))
            self._replay(record)
        except BaseException:
            writer.close()
            raise

    def _replay(self, record: NativeRecord) -> None:
        for _ in self.procedure.replay(record.lines()):
            pass
        self.procedure.require_evidence()

    @classmethod
    def create(cls, path: Path, election: Election, key: SigningKey, *, executor: Executor | None = None) -> Self:
        """Start the record of an election; ``ValueError`` if the definition names another operator's key."""
        _check_key(election, key)
        operator = cls(RecordWriter.create(path, election), key, executor=executor)
        operator.say(Definition(fingerprint=election.fingerprint))
        return operator

    @classmethod
    def open(cls, path: Path, key: SigningKey, *, executor: Executor | None = None) -> Self:
        """Take up a record for posting; a crash in ``create`` before the first entry is made good.

        ``ValueError`` for another operator's key.
        """
        _check_key(NativeRecord(path).election, key)
        operator = cls(RecordWriter.open(path), key, executor=executor)
        if not operator.procedure.log.size:
            operator.say(Definition(fingerprint=operator.election.fingerprint))
        return operator

    def close_record(self) -> None:
        """Let go of the record."""
        self._writer.close()

    def post(self, messages: Sequence[Message]) -> list[Receipt | Refusal]:
        """Examine messages in order; post what the rules admit, under one checkpoint; answer each."""
        self.procedure.check_ahead(message.line for message in messages if len(messages) > 1)
        verdicts = [self._examine(message) for message in messages]
        admitted = [m for m, refusal in zip(messages, verdicts, strict=True) if refusal is None]
        checkpoint = b""
        if admitted:
            for message in admitted:
                for rows in message.lists:
                    self._writer.put_list(rows)
            checkpoint = sign_checkpoint(self._key, self.election.fingerprint, self.procedure.log)
            self._writer.append([message.line for message in admitted], checkpoint)
            self._desk.refresh()
        indices = iter(range(self.procedure.log.size - len(admitted), self.procedure.log.size))
        return [
            make_receipt(self.procedure.log, next(indices), checkpoint) if refusal is None else refusal
            for refusal in verdicts
        ]

    def _examine(self, message: Message) -> Refusal | None:
        """Admit a message to the procedure, or return why not."""
        self._desk.handed_in = {lines_digest(rows): rows for rows in message.lists}
        try:
            self._check_lists(message)
            self.procedure.admit(message.line)
        except VerificationError as error:
            check, subject = error.check, error.subject
        except DecodeError as error:
            check, subject = "entry.encoding", str(error)
        else:
            self._desk.admitted.append(message.line)
            return None
        finally:
            self._desk.handed_in = {}
        return sign_refusal(self._key, self.election.fingerprint, message.line, check, subject)

    def _check_lists(self, message: Message) -> None:
        if set(lists_named(decode_entry(message.line).body)) != set(self._desk.handed_in):
            raise VerificationError("record.list", "a message brings the lists that its entry names, and no other")

    def say(self, body: AnyBody) -> Receipt:
        """Post an entry of the operator's own; raise `VerificationError` if the rules do not admit it."""
        entry = sign_entry(self._key, self.election.fingerprint, "operator", body)
        (reply,) = self.post([Message(bytes(entry))])
        if not isinstance(reply, Receipt):
            raise VerificationError(reply.check, reply.subject)
        return reply

    def finish_key(self) -> Receipt:
        """Post the joint key."""
        return self.say(self.procedure.ceremony.joint_key())

    def restart_key(self, absent: Iterable[int] = ()) -> Receipt:
        """Post a restart of the key ceremony without those at fault or, if nobody is, those declared absent."""
        attempt = self.procedure.ceremony.attempt
        return self.say(
            KeyRestart(attempt=attempt.number, disqualified=tuple(sorted(set(attempt.faults) or set(absent))))
        )

    def close_box(self) -> Receipt:
        """Post the closing of the ballot box."""
        return self.say(self.closing())

    def closing(self) -> Closing:
        """Return what the closing would state now; `VerificationError` before the vote."""
        box, log = self.procedure.box, self.procedure.log
        if box is None:
            raise VerificationError("entry.order", "there is no roll yet")
        return box.closing(log.size, log.root())

    def test(self, contest: str, time: str) -> Receipt:
        """Open the test of a petition; `VerificationError` if it is not time, or too few ballots are new."""
        box = self.procedure.box
        if box is None:
            raise VerificationError("entry.order", "there is no roll yet")
        body = self.procedure.petitions.body(self.election.contest(contest), time, box, self.procedure.log)
        return self.say(body)

    def tally(self) -> list[Receipt]:
        """Post the aggregates, tests and results that are due and can be computed now."""
        counting = self.procedure.counting
        if counting is None:
            raise VerificationError("entry.order", "the ballot box is not closed")
        aggregates = [
            self.say(Aggregate(contest=place.contest, unit=place.unit, ciphertexts=tuple(map(bytes, row))))
            for place, row in counting.aggregates.items()
            if place not in counting.decryption.places()
        ]
        petitions, box = self.procedure.petitions, self.procedure.box
        tests = [self.test(c.id, CLOSING) for c in petitions.contests() if box and petitions.is_due(c, box)]
        results = [
            self.say(counting.outcome(contest))
            for contest in self.election.contests
            if contest.id not in counting.results and counting.ready(contest)
        ]
        return aggregates + tests + results


def _check_key(election: Election, key: SigningKey) -> None:
    if key.public_key != election.operator.key:
        raise ValueError("this key is not the operator's in the definition")
