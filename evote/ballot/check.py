"""What a ballot must satisfy by itself, whoever looks at it: door, trustee, mixer and auditor run this one function.

A chunk of ballots is decoded in one list (membership proved once for all) and its proofs folded into one product, so
the work goes to workers by the chunk. Nothing here depends on other ballots; what does is in `box`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from evote.crypto.batch import Batch
from evote.crypto.elgamal import Ciphertext, PublicKey, decode_ciphertexts
from evote.crypto.group import Element
from evote.crypto.relation import Proof, Statement, decode_proof, decode_proofs
from evote.crypto.signature import verify_signature
from evote.crypto.transcript import Transcript
from evote.crypto.verifier import equations
from evote.errors import DecodeError, VerificationError
from evote.questions.question import Sealed
from evote.record.context import ballot_transcript, proof_transcript
from evote.record.entries import Answer, Ballot, Credential, Entry, ballot_in, signing_message
from evote.record.manifest import Contest, Election

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Submission:
    """A ballot entry as it stands on, or comes to, the board, with the credential of its author."""

    entry: Entry
    credential: Credential
    subject: str

    @property
    def ballot(self) -> Ballot:
        """The body."""
        return ballot_in(self.entry)


def check_ballots(election: Election, key: PublicKey, seed: bytes, submissions: list[Submission]) -> Counter[str]:
    """Return how often each check held; raise `VerificationError` for a ballot that should not be there."""
    for submission in submissions:
        _check_form(election, submission)
    sealed = _sealed(key, submissions)
    due = [proof for submission in submissions for proof in _due(election, key, submission, sealed)]
    batch = Batch(seed + submissions[0].subject.encode())
    for told, proof in zip(due, _decoded(due), strict=True):
        batch.add(equations(told.statement, proof, told.transcript), "ballot.proof", told.subject)
    batch.check()
    of_each_ballot = ("ballot.signature", "ballot.contests", "ballot.ciphertext")
    return Counter(dict.fromkeys(of_each_ballot, len(submissions)) | {"ballot.proof": len(due)})


@dataclass(frozen=True, slots=True)
class _Due:
    """A proof that a ballot owes: what it must show, as it is written, and where its transcript stands."""

    statement: Statement
    data: bytes
    transcript: Transcript
    subject: str


def _due(election: Election, key: PublicKey, submission: Submission, sealed: Iterator[Sealed]) -> Iterator[_Due]:
    """Yield the proofs of one ballot, whose answers are the next ones."""
    transcript = ballot_transcript(election, key.y, submission.entry.author, submission.ballot)
    for contest, answer in _answers(election, submission):
        statements = contest.question.statements(key, next(sealed), contest.allowed(submission.credential.district))
        if len(answer.proofs) != len(statements):
            raise VerificationError("ballot.contests", f"{submission.subject}: wrong number of proofs")
        for number, (statement, data) in enumerate(zip(statements, answer.proofs, strict=True), 1):
            subject = f"{submission.subject}, contest {contest.id}, proof {number} ({statement.name})"
            yield _Due(statement, data, proof_transcript(transcript, contest.id, number), subject)


def _decoded(due: list[_Due]) -> list[Proof]:
    try:
        return decode_proofs([told.statement for told in due], [told.data for told in due])
    except DecodeError:
        for told in due:  # whose was it?
            try:
                decode_proof(told.statement, told.data)
            except DecodeError as error:
                raise VerificationError("ballot.proof", f"{told.subject}: {error}") from None
        raise


def _answers(election: Election, submission: Submission) -> Iterator[tuple[Contest, Answer]]:
    return zip(election.contests_of(submission.credential.district), submission.ballot.answers, strict=True)


def _check_form(election: Election, submission: Submission) -> None:
    """Check signature and shape: every contest of the district is answered once, in order, at full width."""
    entry, subject = submission.entry, submission.subject
    try:
        message = signing_message(election.fingerprint, entry.author, entry.body)
        verify_signature(submission.credential.key, message, entry.signature)
    except VerificationError:
        raise VerificationError("ballot.signature", subject) from None
    contests = election.contests_of(submission.credential.district)
    if [answer.contest for answer in submission.ballot.answers] != [contest.id for contest in contests]:
        raise VerificationError("ballot.contests", subject)
    for contest, answer in _answers(election, submission):
        if len(answer.ciphertexts) != contest.question.width:
            raise VerificationError("ballot.contests", f"{subject}: wrong number of ciphertexts")
        if len(answer.commitments) != contest.question.commitments:
            raise VerificationError("ballot.contests", f"{subject}: wrong number of commitments")


def _sealed(key: PublicKey, submissions: list[Submission]) -> Iterator[Sealed]:
    """Return all answers, decoded; raise `VerificationError` for one that holds no members of the group."""
    ciphertexts, commitments = iter(_ciphertexts(key, submissions)), iter(_commitments(key, submissions))
    answers = [answer for submission in submissions for answer in submission.ballot.answers]
    return iter(
        [
            Sealed(tuple(islice(ciphertexts, len(a.ciphertexts))), tuple(islice(commitments, len(a.commitments))))
            for a in answers
        ]
    )


def _ciphertexts(key: PublicKey, submissions: list[Submission]) -> list[Ciphertext]:
    encodings = [(s, c) for s in submissions for answer in s.ballot.answers for c in answer.ciphertexts]
    return _members(partial(decode_ciphertexts, key.group), encodings)


def _commitments(key: PublicKey, submissions: list[Submission]) -> list[Element]:
    encodings = [(s, c) for s in submissions for answer in s.ballot.answers for c in answer.commitments]
    return _members(key.group.decode_many, encodings)


def _members(decode: Callable[[list[bytes]], list[T]], encodings: list[tuple[Submission, bytes]]) -> list[T]:
    try:
        return decode([data for _, data in encodings])
    except DecodeError:
        for submission, data in encodings:  # whose was it?
            try:
                decode([data])
            except DecodeError as error:
                raise VerificationError("ballot.ciphertext", f"{submission.subject}: {error}") from None
        raise
