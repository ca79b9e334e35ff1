"""Individual verification: a second device opens one ballot from its seed and says what it really holds.

All randomness of a ballot derives from one 32-byte seed, which the voting device shows as a QR code. The check
c1 = g^r comes first: without it a ballot could look right and decrypt to garbage (Sutopo, Haines, Roenne 2023). The
commitments are g^v h^s with an s from the seed, too, so that no device can hide anything of its own in them. The seed
is a receipt: whoever has it can show the vote to others. Proof nonces never derive from it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from evote.crypto.elgamal import Ciphertext, PublicKey, decode_ciphertexts
from evote.crypto.group import Scalar
from evote.crypto.logarithm import discrete_logarithm
from evote.crypto.pedersen import commit
from evote.crypto.transcript import frame
from evote.errors import DecodeError, VerificationError
from evote.record.entries import Answer, Ballot, Credential
from evote.record.manifest import Contest, Election

SEED_SIZE = 32
_DOMAIN = b"evote ballot randomness v1"
_PREFIX = "EVOTE1:"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the QR code carries: the ballot's seed and the leaf hash that finds it on the board."""

    seed: bytes = field(repr=False)
    leaf: bytes

    def __str__(self) -> str:
        """Return the payload, in characters that QR codes hold compactly."""
        return _PREFIX + base64.b32encode(self.seed + self.leaf).decode().rstrip("=")


def decode_ticket(text: str) -> Ticket:
    """Return the ticket with that payload; raise `DecodeError` for anything else."""
    try:
        data = base64.b32decode(text.removeprefix(_PREFIX) + "=")
    except ValueError:
        raise DecodeError("not the payload of a ballot's QR code") from None
    ticket = Ticket(data[:SEED_SIZE], data[SEED_SIZE:])
    if len(data) != SEED_SIZE + 32 or str(ticket) != text:
        raise DecodeError("not the payload of a ballot's QR code")
    return ticket


def ballot_randomness(seed: bytes, election: Election, contest: Contest) -> list[Scalar]:
    """Return r for each ciphertext of a contest, then s for each commitment, by SHAKE-256 from the seed."""
    group = election.algebra
    size = group.scalar_size + 16  # 128 bits more than the order, so that the remainder is uniform
    stream = hashlib.shake_256(b"".join(map(frame, (_DOMAIN, seed, election.fingerprint, contest.id.encode()))))
    data = stream.digest(size * (contest.question.width + contest.question.commitments))
    return [group.scalar(int.from_bytes(data[i : i + size], "big")) for i in range(0, len(data), size)]


def open_ballot(
    election: Election, key: PublicKey, credential: Credential, ballot: Ballot, seed: bytes
) -> dict[str, tuple[int, ...]]:
    """Return the selection in each contest; raise `VerificationError` if the seed or the choice is not right.

    An empty selection is a blank vote. The ballot has been through `check.check_ballots`.
    """
    opened = {}
    for contest, answer in zip(election.contests_of(credential.district), ballot.answers, strict=True):
        randomness, width = ballot_randomness(seed, election, contest), contest.question.width
        ciphertexts = decode_ciphertexts(key.group, answer.ciphertexts)
        exponents = [_open(key, c, r, contest) for c, r in zip(ciphertexts, randomness[:width], strict=True)]
        selection = contest.question.read(exponents)
        if selection is None or not set(selection) <= set(contest.allowed(credential.district)):
            raise VerificationError("receipt.choice", f"contest {contest.id}: not a choice open to this voter")
        _check_commitments(key, contest, answer, exponents, randomness[width:])
        opened[contest.id] = selection
    return opened


def _open(key: PublicKey, ciphertext: Ciphertext, r: Scalar, contest: Contest) -> int:
    if ciphertext.c1 != key.group.generator**r:
        raise VerificationError("receipt.randomness", f"contest {contest.id}: c1 is not g^r")
    exponent = discrete_logarithm(ciphertext.c2 / key.y**r, contest.question.bound)
    if exponent is None:
        raise VerificationError("receipt.choice", f"contest {contest.id}: not a choice")
    return exponent


def _check_commitments(
    key: PublicKey, contest: Contest, answer: Answer, exponents: Sequence[int], blinding: Sequence[Scalar]
) -> None:
    values = contest.question.committed(exponents)
    expected = [commit(key.group, v, s) for v, s in zip(values, blinding, strict=True)]
    if key.group.decode_many(answer.commitments) != expected:
        raise VerificationError("receipt.randomness", f"contest {contest.id}: a commitment is not g^v h^s")
