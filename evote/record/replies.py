"""What the operator answers instead of accepting an entry: a signed refusal, so that it cannot deny having refused.

A refusal is a reply to the author of the entry, never an entry itself. It names the failed check; whether it is
justified, anybody who has the entry and the board can judge.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from evote.crypto.signature import verify_signature
from evote.crypto.transcript import frame
from evote.errors import VerificationError
from evote.record import canonical
from evote.record.entries import Digest, Name, Text

SIGNING_DOMAIN = b"evote refusal v1\x00"


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The operator of the election refuses the line whose SHA-256 is ``entry``: ``check`` failed for ``subject``."""

    fingerprint: Digest
    entry: Digest
    check: Name
    subject: Text
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]

    def __bytes__(self) -> bytes:
        """Return the refusal's canonical JSON."""
        return canonical.encode(self)


def refusal_message(fingerprint: bytes, entry: bytes, check: str, subject: str) -> bytes:
    """Return what the operator signs: domain, fingerprint, digest of the line, framed check, framed subject."""
    return SIGNING_DOMAIN + fingerprint + entry + frame(check.encode()) + frame(subject.encode())


def decode_refusal(data: bytes) -> Refusal:
    """Return the refusal whose canonical JSON is ``data``; raise `DecodeError` for anything else."""
    return canonical.decode(data, Refusal)


def verify_refusal(refusal: Refusal, fingerprint: bytes, operator_key: bytes) -> None:
    """Return if the operator of this election signed the refusal; raise ``VerificationError("board.refusal")``."""
    message = refusal_message(refusal.fingerprint, refusal.entry, refusal.check, refusal.subject)
    try:
        verify_signature(operator_key, message, refusal.signature)
    except VerificationError:
        raise VerificationError("board.refusal", "signature of operator") from None
    if refusal.fingerprint != fingerprint:
        raise VerificationError("board.refusal", "another election")
