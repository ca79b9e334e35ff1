"""A trustee's part in the test of a petition: a blinded partial decryption, pooling the blinding, the proof.

It is handed `PetitionTests`, which have verified the board up to here, and a `Trustee`, whose state remembers what must
be said only once. What t - 1 others pool with a trustee shows it the count; it comes in boxes that only that one opens.
Secret exponents take the careful path.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from operator import pow as careful
from typing import Annotated

import msgspec
from msgspec import Meta

from evote.crypto.box import box_key_of
from evote.crypto.group import Element, Scalar
from evote.crypto.logarithm import discrete_logarithm
from evote.crypto.pedersen import commit, second_generator
from evote.crypto.prover import prove
from evote.crypto.range_proof import bits, commitment_range_statements, commitment_range_witnesses
from evote.crypto.relation import LinearRelation, Witness, decode_proof
from evote.crypto.sealing import BoxSecret, seal
from evote.crypto.signing import SigningKey
from evote.crypto.statements import decryption
from evote.crypto.verifier import verify
from evote.errors import DecodeError, Refused, VerificationError
from evote.record import canonical
from evote.record.entries import Entry, Index, Name, ThresholdProof, ThresholdShare
from evote.record.manifest import Election
from evote.record.operator import sign_entry
from evote.tally.petition import PetitionTest, PetitionTests
from evote.tally.trustee import Trustee


class Pooled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one trustee hands another: its blinding rho_j and a proof that this is it, in a box for the receiver."""

    contest: Name
    time: Name
    sender: Index
    receiver: Index
    box: Annotated[bytes, Meta(max_length=1 << 16)]

    def __bytes__(self) -> bytes:
        """Return canonical JSON."""
        return canonical.encode(self)


class PetitionTrustee:
    """One trustee at a test. Keep the trustee's state safe after each call, before its message leaves the house."""

    def __init__(self, election: Election, trustee: Trustee, key: SigningKey) -> None:
        """Act for ``trustee``, who signs with ``key``."""
        self._election, self._trustee, self._key = election, trustee, key

    def share(self, tests: PetitionTests, contest: str, time: str) -> Entry:
        """Return this trustee's blinded decryption of a test's aggregate, the same whenever it is asked for."""
        test, state = tests.find(contest, time), self._trustee.state
        if test.reached is not None:
            raise Refused(f"{self._trustee.author}: {test.name} is over")
        x, share_key = self._trustee.share_of(tests.share_keys)
        if state.decrypted.setdefault(test.name, test.digest) != test.digest:
            raise Refused(f"{self._trustee.author}: I have seen another {test.name}")
        q = share_key.group.order
        rho = share_key.group.scalar(int.from_bytes(state.blindings.get(test.name) or _draw(q), "big"))
        state.blindings[test.name] = bytes(rho)
        # D_j = c1^x_j h^rho_j
        share = careful(test.aggregate.c1, x) * careful(second_generator(share_key.group), rho)
        statement = test.blinded_decryption(share_key, share)
        proof = prove(statement, Witness((x, rho)), tests.share_transcript(self._trustee.author, test))
        return self._sign(ThresholdShare(contest=contest, time=time, share=bytes(share), proof=bytes(proof)))

    def pool(self, tests: PetitionTests, contest: str, time: str, receiver: int) -> Pooled:
        """Return our rho_j in a box for another trustee; `Refused` unless t shares, of both among them, are there."""
        test = tests.find(contest, time)
        rho = self._blinding(test)
        if receiver not in test.shares or receiver == self._trustee.index:
            raise Refused(f"{self._trustee.author}: trustee {receiver} is not another one with a share of {test.name}")
        x, _ = self._trustee.share_of(tests.share_keys)
        statement = self._unblinded(tests, test, self._trustee.index, rho)
        transcript = tests.pool_transcript(self._trustee.author, test, receiver)
        content = bytes(rho) + bytes(prove(statement, Witness((x,)), transcript))
        box = seal(box_key_of(self._election.trustees[receiver - 1].key), content)
        return Pooled(contest=contest, time=time, sender=self._trustee.index, receiver=receiver, box=box)

    def prove(self, tests: PetitionTests, contest: str, time: str, pooled: Iterable[Pooled]) -> Entry:
        """Return the proof that the threshold is reached or is not, from our blinding and those of t - 1 others.

        `Refused` for too few or too many; `VerificationError` names a trustee whose blinding is not the right one.
        """
        test = tests.find(contest, time)
        known = {self._trustee.index: self._blinding(test)}
        known |= {message.sender: self._opened(tests, test, message) for message in pooled}
        if len(known) != self._election.threshold:
            raise Refused(f"{self._trustee.author}: a test takes the blindings of {self._election.threshold} trustees")
        trustees = sorted(known)
        weights = test.weights(trustees)
        # rho = - sum_j lambda_j rho_j
        rho = -sum((known[j] * weights[j] for j in trustees[1:]), known[trustees[0]] * weights[trustees[0]])
        count = self._count(test, test.commitment(trustees), rho)
        return self._proof(tests, test, trustees, count, rho)

    def _proof(self, tests: PetitionTests, test: PetitionTest, trustees: list[int], count: int, rho: Scalar) -> Entry:
        reached = count >= test.threshold
        value, r = (count - test.threshold, rho) if reached else (test.threshold - 1 - count, -rho)
        group = self._election.algebra
        blinding = [group.scalar(secrets.randbelow(group.order)) for _ in bits(value, test.largest)]
        values = zip(bits(value, test.largest), blinding, strict=True)
        commitments = [commit(group, b, r_j) for b, r_j in values]
        body = ThresholdProof(
            contest=test.body.contest,
            time=test.body.time,
            trustees=tuple(trustees),
            reached=reached,
            commitments=tuple(map(bytes, commitments)),
            proofs=(),
        )
        distance = test.distance(test.commitment(trustees), reached=reached)
        statements = commitment_range_statements(distance, commitments, test.largest)
        witnesses = commitment_range_witnesses(value, r, blinding, test.largest)
        transcripts = tests.proof_transcripts(self._trustee.author, test, body)
        proofs = (prove(*told) for told in zip(statements, witnesses, transcripts, strict=True))
        return self._sign(msgspec.structs.replace(body, proofs=tuple(map(bytes, proofs))))

    def _sign(self, body: ThresholdShare | ThresholdProof) -> Entry:
        return sign_entry(self._key, self._election.fingerprint, self._trustee.author, body)

    def _blinding(self, test: PetitionTest) -> Scalar:
        """Return our rho_j, if our share of the test is on the board with enough others, and it is not over."""
        if test.reached is not None:
            raise Refused(f"{self._trustee.author}: {test.name} is over")
        kept = self._trustee.state.blindings.get(test.name)
        if kept is None or self._trustee.index not in test.shares:
            raise Refused(f"{self._trustee.author}: my share of {test.name} is not on the board")
        if len(test.shares) < self._election.threshold:
            raise Refused(f"{self._trustee.author}: {test.name} waits for more shares")
        if self._trustee.state.decrypted.get(test.name) != test.digest:
            raise Refused(f"{self._trustee.author}: I have seen another {test.name}")
        return self._election.algebra.decode_scalar(kept)

    def _opened(self, tests: PetitionTests, test: PetitionTest, message: Pooled) -> Scalar:
        """Return what another trustee hands us, if it is what blinds its share."""
        sender, group = f"trustee {message.sender}", self._election.algebra
        ours = (*test.at, self._trustee.index)
        if (message.contest, message.time, message.receiver) != ours or message.sender not in test.shares:
            raise Refused(f"{self._trustee.author}: what {sender} sent is for another trustee or test")
        try:
            content = BoxSecret.of(self._key).open(message.box)
            rho = group.decode_scalar(content[: group.scalar_size])
            statement = self._unblinded(tests, test, message.sender, rho)
            transcript = tests.pool_transcript(sender, test, self._trustee.index)
            verify(statement, decode_proof(statement, content[group.scalar_size :]), transcript, sender)
        except (DecodeError, VerificationError):
            raise VerificationError("petition.pool", f"{sender} did not hand over what blinds its share") from None
        return rho

    def _unblinded(self, tests: PetitionTests, test: PetitionTest, index: int, rho: Scalar) -> LinearRelation:
        """State that D_j / h^rho_j = c1^x_j."""
        d = test.shares[index] / careful(second_generator(self._election.algebra), rho)
        return decryption(tests.share_keys[index], test.aggregate.c1, d)

    def _count(self, test: PetitionTest, commitment: Element, rho: Scalar) -> int:
        """Return S, with g^S = C / h^rho."""
        opened = commitment / careful(second_generator(self._election.algebra), rho)
        count = discrete_logarithm(opened, test.electorate)
        if count is None:
            raise Refused(f"{self._trustee.author}: the shares of {test.name} open to no count")
        return count


def _draw(order: int) -> bytes:
    return secrets.randbelow(order).to_bytes((order.bit_length() + 7) // 8, "big")


def decode_pooled(data: bytes) -> Pooled:
    """Return what a trustee hands another; raise `DecodeError` for anything else."""
    return canonical.decode(data, Pooled)
