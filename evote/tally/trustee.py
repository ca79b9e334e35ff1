"""One trustee: its part in the key ceremony, its share of the key, its partial decryptions.

It is handed a `Ceremony` or a `Decryption`, which have verified the board up to here, and refuses what the rules do not
determine. Whoever hands it one makes sure that the board continues the one it saw before. Its share never leaves it;
the joint secret never exists anywhere. Secret exponents take the careful path.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

import msgspec

from evote.crypto.group import Element, Scalar
from evote.crypto.prover import prove
from evote.crypto.relation import Witness
from evote.crypto.sealing import BoxSecret, seal
from evote.crypto.signing import SigningKey
from evote.crypto.verifier import verify
from evote.errors import DecodeError, Refused
from evote.record.entries import (
    AnyBody,
    Complaint,
    DecryptionShare,
    Entry,
    KeyBoxes,
    KeyCommitment,
    KeyOpening,
    KeyVerdict,
)
from evote.record.lists import list_digest, list_lines
from evote.record.manifest import Election
from evote.record.operator import sign_entry
from evote.record.units import Place
from evote.tally.ceremony import Ceremony, commitment_hash, possession, possession_transcript
from evote.tally.decryption import Decryption, share_statement, share_vector


class TrusteeState(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a trustee must remember between its messages, for its secret file. It does not print or pickle."""

    attempt: int = 0
    coefficients: tuple[bytes, ...] = ()
    opening: KeyOpening | None = None
    box_secrets: tuple[bytes, ...] = ()
    share: bytes = b""
    decrypted: dict[str, bytes] = {}
    blindings: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return "<TrusteeState: secret>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a trustee's state is neither pickled nor copied")

    __copy__ = __reduce__


@dataclass(frozen=True, slots=True)
class ShareMessage:
    """A signed decryption share and the list of partial decryptions that goes beside the board."""

    entry: Entry
    lines: list[bytes]


class Trustee:
    """Trustee ``index`` (from 1). Keep ``state`` safe after each call and before its message leaves the house."""

    def __init__(self, election: Election, index: int, key: SigningKey, state: TrusteeState | None = None) -> None:
        """Hold the signing key, and the state of an earlier session if there was one."""
        self._election, self.index, self._key = election, index, key
        self.state = state or TrusteeState()

    @property
    def author(self) -> str:
        """The name it signs under."""
        return f"trustee {self.index}"

    def next_message(self, ceremony: Ceremony) -> Entry:
        """Return this trustee's message for the round under way; `Refused` if none is due from it."""
        attempt = ceremony.attempt
        if ceremony.key is not None or self.index not in attempt.absent or attempt.faults:
            raise Refused(f"{self.author}: no message is due from me in this round of the key ceremony")
        rounds: tuple[Callable[[Ceremony], AnyBody], ...] = (self._commit, self._open, self._deal, self._judge)
        body = rounds[attempt.round - 1](ceremony)
        return sign_entry(self._key, self._election.fingerprint, self.author, body)

    def _commit(self, ceremony: Ceremony) -> KeyCommitment:
        number, participants = ceremony.attempt.number, ceremony.attempt.participants
        if self.state.attempt != number or self.state.opening is None:
            self.state = self._fresh(number, len(participants))
        return KeyCommitment(
            attempt=number,
            commitment=self._commitment(),
            box_keys=tuple(BoxSecret(secret).public_key for secret in self.state.box_secrets),
        )

    def _fresh(self, number: int, participants: int) -> TrusteeState:
        """Draw a polynomial and box secrets; prove possession of the constant term."""
        group = self._election.algebra
        polynomial = [group.scalar(1 + secrets.randbelow(group.order - 1)) for _ in range(self._election.threshold)]
        commitments = [group.generator**a for a in polynomial]
        encoded = tuple(map(bytes, commitments))
        transcript = possession_transcript(self._election, self.author, number, encoded)
        proof = prove(possession(commitments[0]), Witness((polynomial[0],)), transcript)
        nonce = secrets.token_bytes(32)
        return TrusteeState(
            attempt=number,
            coefficients=tuple(map(bytes, polynomial)),
            opening=KeyOpening(attempt=number, coefficients=encoded, proof=bytes(proof), nonce=nonce),
            box_secrets=tuple(BoxSecret.generate().reveal() for _ in range(participants)),
        )

    def _commitment(self) -> bytes:
        """Return the hash of our opening; nothing, without one."""
        opening = self.state.opening
        return commitment_hash(self._election, self.author, opening) if opening else b""

    def _own_attempt(self, ceremony: Ceremony) -> KeyOpening:
        """Return our opening if the commitment on the board is ours; `Refused` otherwise."""
        posted, opening = ceremony.attempt.commitments[self.index], self.state.opening
        if opening is None or posted.commitment != self._commitment():
            raise Refused(f"{self.author}: the commitment on the board is not the one in my secret file")
        return opening

    def _open(self, ceremony: Ceremony) -> KeyOpening:
        return self._own_attempt(ceremony)

    def _deal(self, ceremony: Ceremony) -> KeyBoxes:
        self._own_attempt(ceremony)
        attempt, place = ceremony.attempt, ceremony.attempt.slot(self.index)
        boxes = [
            seal(attempt.commitments[receiver].box_keys[place], bytes(self._evaluate(receiver)))
            for receiver in attempt.participants
        ]
        return KeyBoxes(attempt=attempt.number, boxes=tuple(boxes))

    def _evaluate(self, index: int) -> Scalar:
        """Return f(index) by Horner's rule."""
        group = self._election.algebra
        value = group.scalar(0)
        for coefficient in reversed(self.state.coefficients):
            value = value * index + group.decode_scalar(coefficient)
        return value

    def _judge(self, ceremony: Ceremony) -> KeyVerdict:
        """Open every box; complain of those that hold no share or a wrong one, keep the sum of the others."""
        self._own_attempt(ceremony)
        attempt, group = ceremony.attempt, self._election.algebra
        total, complaints = group.scalar(0), []
        for dealer, encoded in zip(attempt.participants, self.state.box_secrets, strict=True):
            secret = BoxSecret(encoded)
            try:
                share = group.decode_scalar(secret.open(attempt.boxes[dealer].boxes[attempt.slot(self.index)]))
                fits = ceremony.share_fits(dealer, self.index, share)
            except DecodeError:
                fits = False
            if fits:
                total += share
            else:
                complaints.append(Complaint(dealer=dealer, secret=secret.reveal()))
        self.state.share = b"" if complaints else bytes(total)
        return KeyVerdict(attempt=attempt.number, complaints=tuple(complaints))

    def decrypt(self, decryption: Decryption, place: Place) -> ShareMessage:
        """Return this trustee's share of a unit's list, proof checked; `Refused` for any list but that one.

        Costs a careful power for each ciphertext.
        """
        ours = decryption.list_of(place)
        x, share_key = self.share_of(decryption.share_keys)
        if self.state.decrypted.setdefault(str(place), ours.digest) != ours.digest:
            raise Refused(f"{self.author}: I have decrypted another list for {place}")
        shares = [bytes(c1**x) for c1 in ours.rows.all_c1.elements()]
        width = ours.rows.width
        encoded = [b"".join(shares[i : i + width]) for i in range(0, len(shares), width)]
        body = DecryptionShare(
            contest=place.contest, unit=place.unit, input=ours.digest, shares=list_digest(encoded), proof=b""
        )
        transcript = decryption.transcript(self.author, body)
        statement = share_statement(share_key, ours.rows, share_vector(share_key.group, encoded, width), transcript)
        checking = transcript.fork()
        proof = prove(statement, Witness((x,)), transcript)
        verify(statement, proof, checking, self.author)
        body = msgspec.structs.replace(body, proof=bytes(proof))
        entry = sign_entry(self._key, self._election.fingerprint, self.author, body)
        return ShareMessage(entry, list(list_lines(encoded)))

    def share_of(self, share_keys: Mapping[int, Element]) -> tuple[Scalar, Element]:
        """Return our share x and its public key g^x, if they match; `Refused` otherwise."""
        share_key = share_keys.get(self.index)
        if share_key is None or not self.state.share:
            raise Refused(f"{self.author}: I hold no share of this key")
        x = self._election.algebra.decode_scalar(self.state.share)
        if share_key.group.generator**x != share_key:
            raise Refused(f"{self.author}: the share in my secret file does not belong to this key")
        return x, share_key
