"""The voting device: encode, encrypt, prove, sign.

It holds the voter's signing key. The seed of a ballot's randomness leaves it only as the `Ticket` that the voter's
second device reads. Votes, randomness and nonces are exponents of careful powers, unless the caller says otherwise; the
caller is then no voter's device but a simulation.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from evote.ballot.receipt import SEED_SIZE, Ticket, ballot_randomness
from evote.crypto.arithmetic import Arithmetic, Powers
from evote.crypto.elgamal import Power, PublicKey
from evote.crypto.group import Element
from evote.crypto.pedersen import commit, second_generator
from evote.crypto.prover import prove
from evote.crypto.signing import SigningKey
from evote.crypto.transcript import NativeTranscript
from evote.questions.question import Opening, Sealed
from evote.record.context import ballot_transcript, proof_transcript
from evote.record.entries import Answer, Ballot, Credential, Entry
from evote.record.manifest import Contest, Election
from evote.record.merkle import leaf_hash
from evote.record.operator import sign_entry

TABLES_PAY = 3  # ciphertexts in a ballot, from which careful tables cost less than they save

Selections = Mapping[str, Sequence[int]]  # contest id -> option numbers from 1; empty: blank


@dataclass(frozen=True, slots=True)
class CastBallot:
    """A signed ballot for the board, and the ticket for the voter's second device."""

    entry: Entry
    ticket: Ticket


class Voter:
    """One voter's device in an election under a joint key."""

    def __init__(
        self,
        election: Election,
        key: PublicKey,
        credential: Credential,
        signing_key: SigningKey,
        *,
        power: Power | None = None,
    ) -> None:
        """Hold the signing key of ``credential``; ``power`` raises to secret exponents, carefully if none is given."""
        if signing_key.public_key != credential.key:
            raise ValueError("this signing key does not belong to the credential")
        self._election, self._key, self._credential, self._signing_key = election, key, credential, signing_key
        self._given = power

    @cached_property
    def _power(self) -> Power:
        """What raises to secret exponents."""
        if self._given is not None:
            return self._given
        ciphertexts = sum(contest.question.width for contest in self._contests)
        bases = public_bases(self._election, self._key) if ciphertexts >= TABLES_PAY else ()
        return Powers(Arithmetic.CAREFUL, *bases)

    @property
    def author(self) -> str:
        """The name it signs under."""
        return f"voter {self._credential.voter}"

    def cast(self, selections: Selections, sequence: int, previous: bytes) -> CastBallot:
        """Return a ballot with these selections, one for each contest put to the voter.

        ``sequence`` and ``previous`` continue the voter's ballots on the board. ``ValueError`` for a selection that
        the question does not allow.
        """
        if set(selections) != {contest.id for contest in self._contests}:
            raise ValueError("a ballot answers every contest put to the voter, and no other")
        exponents = {contest.id: self._encode(contest, selections[contest.id]) for contest in self._contests}
        return self.seal(exponents, sequence, previous)

    def _encode(self, contest: Contest, selection: Sequence[int]) -> tuple[int, ...]:
        if not set(selection) <= set(contest.allowed(self._credential.district)):
            raise ValueError(f"contest {contest.id}: an option that is not open to this voter")
        return contest.question.encode(selection)

    def seal(self, exponents: Mapping[str, Sequence[int]], sequence: int, previous: bytes) -> CastBallot:
        """Return a ballot that seals these exponents, be they a valid answer or not; `cast` is for honest voters."""
        seed = secrets.token_bytes(SEED_SIZE)
        sealed = [self._encrypt(contest, exponents[contest.id], seed) for contest in self._contests]
        answers = tuple(s.answer for s in sealed)
        ballot = Ballot(sequence=sequence, previous=previous, answers=answers)
        transcript = ballot_transcript(self._election, self._key.y, self.author, ballot)
        proved = tuple(
            msgspec.structs.replace(answer, proofs=tuple(self._proofs(s, transcript)))
            for answer, s in zip(answers, sealed, strict=True)
        )
        ballot = msgspec.structs.replace(ballot, answers=proved)
        entry = sign_entry(self._signing_key, self._election.fingerprint, self.author, ballot)
        return CastBallot(entry, Ticket(seed, leaf_hash(bytes(entry))))

    @property
    def _contests(self) -> tuple[Contest, ...]:
        return self._election.contests_of(self._credential.district)

    def _encrypt(self, contest: Contest, exponents: Sequence[int], seed: bytes) -> _Answered:
        group, power, question = self._key.group, self._power, contest.question
        randomness = ballot_randomness(seed, self._election, contest)
        r, s = randomness[: question.width], randomness[question.width :]
        row = tuple(
            self._key.encrypt(power(group.generator, m_i), r_i, power=power)
            for m_i, r_i in zip(exponents, r, strict=True)
        )
        values = zip(question.committed(exponents), s, strict=True)
        commitments = tuple(commit(group, v_j, s_j, power=power) for v_j, s_j in values)
        return _Answered(contest, Sealed(row, commitments), Opening(exponents, r, s))

    def _proofs(self, answered: _Answered, transcript: NativeTranscript) -> Iterator[bytes]:
        contest, allowed = answered.contest, answered.contest.allowed(self._credential.district)
        statements = contest.question.statements(self._key, answered.sealed, allowed)
        witnesses = contest.question.witnesses(answered.opening, allowed)
        for number, (statement, witness) in enumerate(zip(statements, witnesses, strict=True), 1):
            bound = proof_transcript(transcript, contest.id, number)
            yield bytes(prove(statement, witness, bound, power=self._power))


def public_bases(election: Election, key: PublicKey) -> tuple[Element, ...]:
    """Return the bases that ballots are made with: g, the joint key and, where there are commitments, h."""
    committing = any(contest.question.commitments for contest in election.contests)
    return (key.group.generator, key.y, *([second_generator(key.group)] if committing else []))


@dataclass(frozen=True, slots=True)
class _Answered:
    """One answer, sealed, with what the proofs need."""

    contest: Contest
    sealed: Sealed
    opening: Opening

    @property
    def answer(self) -> Answer:
        """What stands in the ballot, without the proofs."""
        ciphertexts, commitments = self.sealed.ciphertexts, self.sealed.commitments
        return Answer(
            contest=self.contest.id,
            ciphertexts=tuple(map(bytes, ciphertexts)),
            commitments=tuple(map(bytes, commitments)),
            proofs=(),
        )
