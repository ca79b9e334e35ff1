"""The key ceremony as everybody sees it: four rounds, each complete before the next, and nobody's word taken.

1 hash commitments and box keys, 2 openings, 3 boxes with shares, 4 verdicts. What is malformed is refused at the door;
what is well-formed and false stands on the board as evidence and names its author. After a fault the only way on is a
restart without the guilty and with fresh polynomials: who aborts picks among at most n - t + 1 uniform keys and bends
none of them. ``docs/adr/0004-no-gjkr.md`` says why no second sharing (Gennaro, Jarecki, Krawczyk, Rabin) is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from evote.crypto.box import OVERHEAD, box_public_key, check_box_key, open_box
from evote.crypto.elgamal import PublicKey
from evote.crypto.group import Element, Scalar
from evote.crypto.relation import LinearRelation, decode_proof
from evote.crypto.statements import knowledge_of_logarithm
from evote.crypto.threshold import commitment_at, joint_coefficients, share_is_valid
from evote.crypto.transcript import Transcript
from evote.crypto.verifier import verify
from evote.errors import DecodeError, VerificationError
from evote.record.audit import Audit
from evote.record.context import integer, open_transcript
from evote.record.entries import (
    Complaint,
    JointKey,
    KeyBoxes,
    KeyCommitment,
    KeyOpening,
    KeyRestart,
    KeyVerdict,
    trustee_index,
)
from evote.record.manifest import Election

KeyBody = KeyCommitment | KeyOpening | KeyBoxes | KeyVerdict
ROUNDS: tuple[type[KeyBody], ...] = (KeyCommitment, KeyOpening, KeyBoxes, KeyVerdict)


def commitment_hash(election: Election, author: str, opening: KeyOpening) -> bytes:
    """Return what a trustee commits to in round 1: a hash of the opening it will show in round 2."""
    transcript = open_transcript("key commitment", election, author)
    transcript.append("attempt", integer(opening.attempt))
    transcript.append("coefficients", *opening.coefficients)
    transcript.append("proof", opening.proof)
    transcript.append("nonce", opening.nonce)
    return transcript.challenge("commitment", 256).to_bytes(32, "big")


def possession(constant: Element) -> LinearRelation:
    """I know the constant term of my polynomial: A_0 = g^a_0."""
    return knowledge_of_logarithm("possession", constant.group.generator, constant)


def possession_transcript(election: Election, author: str, attempt: int, coefficients: Sequence[bytes]) -> Transcript:
    """Return the transcript of a proof of possession, bound to ceremony, attempt, trustee and whole polynomial."""
    transcript = open_transcript("possession", election, author)
    transcript.append("attempt", integer(attempt))
    transcript.append("coefficients", *coefficients)
    return transcript


@dataclass(slots=True)
class Attempt:
    """One attempt: who takes part, what they have posted in each round, and who was caught at what."""

    number: int
    participants: tuple[int, ...]
    commitments: dict[int, KeyCommitment] = field(default_factory=dict)
    openings: dict[int, tuple[Element, ...]] = field(default_factory=dict)
    boxes: dict[int, KeyBoxes] = field(default_factory=dict)
    verdicts: dict[int, KeyVerdict] = field(default_factory=dict)
    posted: list[set[int]] = field(default_factory=lambda: [set() for _ in ROUNDS])
    faults: dict[int, str] = field(default_factory=dict)

    @property
    def round(self) -> int:
        """The round under way, from 1; 5 when all four are complete."""
        return 1 + sum(1 for done in self.posted if done == set(self.participants))

    @property
    def absent(self) -> set[int]:
        """The participants who have not posted in this round."""
        return set(self.participants) - self.posted[self.round - 1] if self.round <= len(ROUNDS) else set()

    def slot(self, index: int) -> int:
        """Return the place of a trustee in lists that have an item for each participant."""
        return self.participants.index(index)


class Ceremony:
    """The state of the ceremony: ``admit`` takes in what trustees post, ``restart`` and ``finish`` the operator's."""

    def __init__(self, election: Election, audit: Audit) -> None:
        """Start the first attempt, with every trustee."""
        self._election, self._audit = election, audit
        self.attempt = Attempt(1, tuple(range(1, len(election.trustees) + 1)))
        self.key: PublicKey | None = None
        self.share_keys: dict[int, Element] = {}

    def admit(self, author: str, body: KeyBody, subject: str) -> None:
        """Take in a trustee's message of the round under way; raise `VerificationError` if it does not belong there."""
        attempt, index = self.attempt, trustee_index(author)
        due = attempt.round <= len(ROUNDS) and isinstance(body, ROUNDS[attempt.round - 1]) and self.key is None
        fits = due and body.attempt == attempt.number and index in attempt.absent and not attempt.faults
        self._audit.require(fits, "key.order", subject)
        round_ = attempt.round
        match body:
            case KeyCommitment():
                self._commitment(index, body, subject)
            case KeyOpening():
                self._opening(index, author, body, subject)
            case KeyBoxes():
                self._boxes(index, body, subject)
            case KeyVerdict():
                self._verdict(index, body, subject)
        attempt.posted[round_ - 1].add(index)

    def _commitment(self, index: int, body: KeyCommitment, subject: str) -> None:
        self._audit.require(len(body.box_keys) == len(self.attempt.participants), "key.commitment", subject)
        used = {key for other in self.attempt.commitments.values() for key in other.box_keys}
        fresh = len(set(body.box_keys)) == len(body.box_keys) and not used & set(body.box_keys)
        self._audit.require(fresh, "key.commitment", f"{subject}: a box key used twice")
        for key in body.box_keys:
            check_box_key(key)
        self.attempt.commitments[index] = body

    def _opening(self, index: int, author: str, body: KeyOpening, subject: str) -> None:
        """Degree exactly t-1, constant term not the identity, hash and proof of possession right, or a fault."""
        attempt, group = self.attempt, self._election.algebra
        self._audit.require(len(body.coefficients) == self._election.threshold, "key.opening", subject)
        if commitment_hash(self._election, author, body) != attempt.commitments[index].commitment:
            attempt.faults[index] = "the opening is not the one committed to"
            return
        try:
            coefficients = tuple(group.decode_many(body.coefficients))
            statement = possession(coefficients[0])
            transcript = possession_transcript(self._election, author, attempt.number, body.coefficients)
            verify(statement, decode_proof(statement, body.proof), transcript)
        except (DecodeError, VerificationError) as error:
            attempt.faults[index] = f"bad opening: {error}"
            return
        if group.identity in (coefficients[0], coefficients[-1]):
            attempt.faults[index] = "bad opening: the first or the last coefficient is the identity"
            return
        self._audit.hold("key.opening")
        attempt.openings[index] = coefficients

    def _boxes(self, index: int, body: KeyBoxes, subject: str) -> None:
        size = OVERHEAD + self._election.algebra.scalar_size
        fits = len(body.boxes) == len(self.attempt.participants) and all(len(box) == size for box in body.boxes)
        self._audit.require(fits, "key.boxes", subject)
        self.attempt.boxes[index] = body

    def _verdict(self, index: int, body: KeyVerdict, subject: str) -> None:
        dealers = [complaint.dealer for complaint in body.complaints]
        in_order = dealers == sorted(set(dealers)) and set(dealers) <= set(self.attempt.participants)
        self._audit.require(in_order, "key.verdict", subject)
        for complaint in body.complaints:
            guilty, reason = self.judge(index, complaint)
            self.attempt.faults.setdefault(guilty, reason)
        self.attempt.verdicts[index] = body

    def judge(self, complainer: int, complaint: Complaint) -> tuple[int, str]:
        """Return who is at fault, and why: open that one box and see."""
        dealer = complaint.dealer
        published = self.attempt.commitments[complainer].box_keys[self.attempt.slot(dealer)]
        try:
            if box_public_key(complaint.secret) != published:
                return complainer, f"complained of trustee {dealer} with a secret that is not the box's"
        except DecodeError:
            return complainer, f"complained of trustee {dealer} with a malformed secret"
        box = self.attempt.boxes[dealer].boxes[self.attempt.slot(complainer)]
        try:
            share = self._election.algebra.decode_scalar(open_box(complaint.secret, box))
        except DecodeError:
            return dealer, f"sent trustee {complainer} a box that holds no share"
        if self.share_fits(dealer, complainer, share):
            return complainer, f"complained of trustee {dealer} without reason"
        return dealer, f"sent trustee {complainer} a wrong share"

    def share_fits(self, dealer: int, receiver: int, share: Scalar) -> bool:
        """Tell whether a share is the dealer's polynomial at the receiver's index."""
        return share_is_valid(self.attempt.openings[dealer], receiver, share)

    def restart(self, body: KeyRestart, subject: str) -> None:
        """Begin again without those at fault or, if nobody is, without some who are absent from the round under way.

        A fault stops the round, so whoever has not posted by then may not be blamed for it.
        """
        attempt, out = self.attempt, set(body.disqualified)
        determined = out == set(attempt.faults) if attempt.faults else out and out <= attempt.absent
        rest = tuple(i for i in attempt.participants if i not in out)
        fits = body.attempt == attempt.number and self.key is None and list(body.disqualified) == sorted(out)
        self._audit.require(bool(determined) and fits, "key.restart", subject)
        self._audit.require(len(rest) >= self._election.threshold, "key.restart", f"{subject}: too few trustees left")
        self.attempt = Attempt(attempt.number + 1, rest)

    def joint_key(self) -> JointKey:
        """Return the outcome that the rules determine; `VerificationError` while there is none."""
        attempt = self.attempt
        if attempt.round <= len(ROUNDS) or attempt.faults:
            raise VerificationError("key.joint", "the ceremony has not come to a good end")
        key = joint_coefficients([attempt.openings[i] for i in attempt.participants])[0]
        return JointKey(attempt=attempt.number, key=bytes(key), trustees=attempt.participants)

    def finish(self, body: JointKey, subject: str) -> PublicKey:
        """Check the operator's joint key against the openings; fix the public share key of each trustee."""
        self._audit.require(self.key is None and body == self.joint_key(), "key.joint", subject)
        joint = joint_coefficients([self.attempt.openings[i] for i in self.attempt.participants])
        self._audit.require(joint[0] != joint[0].group.identity, "key.joint", f"{subject}: the identity is no key")
        self.key = PublicKey(joint[0])
        self.share_keys = {i: commitment_at(joint, i) for i in self.attempt.participants}
        return self.key
