"""What the board promises: a signed checkpoint says how many entries it has and what they are.

A `Checkpoint` is a C2SP tlog-checkpoint in a signed note (c2sp.org/tlog-checkpoint, c2sp.org/signed-note), of which
one strict form is accepted: no extension lines, and the signatures of the expected keys, in order, and no others. A
`Receipt` shows that an entry stands under a checkpoint. It does not show that everybody sees the same board; but two
receipts that contradict each other convict the operator, whoever holds them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from evote.crypto.signature import verify_signature
from evote.errors import DecodeError, VerificationError
from evote.record import canonical
from evote.record.entries import Count, Digest
from evote.record.merkle import verify_inclusion

OPERATOR = "operator"
MAX_CHECKPOINT = 4096
_ED25519 = b"\x01"  # the signature type of signed notes
_NOTE = re.compile(
    r"(?P<origin>evote/[0-9a-f]{64})\n(?P<size>0|[1-9][0-9]{0,15})\n(?P<root>[A-Za-z0-9+/]{43}=)\n\n"
    r"(?P<signatures>(?:— [a-z0-9-]{1,64} [A-Za-z0-9+/]{91}=\n)+)"
)


def origin(fingerprint: bytes) -> str:
    """Return the name of an election's board."""
    return f"evote/{fingerprint.hex()}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """A signature line of a note: the key's name, the first four bytes of its hash, an Ed25519 signature."""

    name: str
    key_hash: bytes
    signature: bytes

    def __str__(self) -> str:
        """Return the line, without its end."""
        return f"— {self.name} {_base64(self.key_hash + self.signature)}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The board of ``origin`` has ``size`` entries under the Merkle root ``root``, say those who signed."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[NoteSignature, ...] = ()

    @property
    def text(self) -> bytes:
        """What is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n".encode()

    def __bytes__(self) -> bytes:
        """Return the whole note."""
        return self.text + b"\n" + "".join(f"{signature}\n" for signature in self.signatures).encode()

    def verify(self, keys: Sequence[tuple[str, bytes]]) -> None:
        """Return if exactly these (name, key) signed, in this order.

        Raises ``VerificationError("board.checkpoint")``.
        """
        signers = [(signature.name, signature.key_hash) for signature in self.signatures]
        if signers != [(name, key_hash(name, key)) for name, key in keys]:
            raise VerificationError("board.checkpoint", "not the signatures of the expected keys")
        for signature, (name, key) in zip(self.signatures, keys, strict=True):
            try:
                verify_signature(key, self.text, signature.signature)
            except VerificationError:
                raise VerificationError("board.checkpoint", f"signature of {name}") from None


def key_hash(name: str, key: bytes) -> bytes:
    """Return the four bytes by which a note's signature line refers to an Ed25519 key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:4]


def decode_checkpoint(data: bytes) -> Checkpoint:
    """Return the checkpoint whose note is ``data``, signatures unchecked; raise `DecodeError` for anything else."""
    if len(data) > MAX_CHECKPOINT:
        raise DecodeError(f"a checkpoint of more than {MAX_CHECKPOINT} bytes")
    try:
        match = _NOTE.fullmatch(data.decode())
    except UnicodeDecodeError:
        match = None
    if match is None:
        raise DecodeError("not a checkpoint")
    signatures = tuple(_note_signature(line) for line in match["signatures"].splitlines())
    checkpoint = Checkpoint(match["origin"], int(match["size"]), base64.b64decode(match["root"]), signatures)
    if bytes(checkpoint) != data:
        raise DecodeError("not the canonical encoding of a checkpoint")
    return checkpoint


def verify_checkpoint(data: bytes, fingerprint: bytes, operator_key: bytes) -> Checkpoint:
    """Return the checkpoint in ``data`` if the operator signed it for the board of this election.

    Raises `DecodeError`, or ``VerificationError("board.checkpoint")``.
    """
    checkpoint = decode_checkpoint(data)
    if checkpoint.origin != origin(fingerprint):
        raise VerificationError("board.checkpoint", "the board of another election")
    checkpoint.verify([(OPERATOR, operator_key)])
    return checkpoint


class Receipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Entry ``index``, from 0, of the board under ``checkpoint`` has leaf hash ``leaf``; ``proof`` shows it."""

    leaf: Digest
    index: Count
    proof: Annotated[tuple[Digest, ...], Meta(max_length=64)]
    checkpoint: bytes

    def __bytes__(self) -> bytes:
        """Return the receipt's canonical JSON."""
        return canonical.encode(self)


def decode_receipt(data: bytes) -> Receipt:
    """Return the receipt whose canonical JSON is ``data``; raise `DecodeError` for anything else."""
    return canonical.decode(data, Receipt)


def verify_receipt(receipt: Receipt, fingerprint: bytes, operator_key: bytes) -> Checkpoint:
    """Return the receipt's checkpoint if the operator signed it and the entry stands under it.

    Raises `DecodeError`, ``VerificationError("board.checkpoint")`` or ``VerificationError("board.inclusion")``.
    """
    checkpoint = verify_checkpoint(receipt.checkpoint, fingerprint, operator_key)
    verify_inclusion(receipt.leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    return checkpoint


def verify_conflict(one: Receipt, other: Receipt, fingerprint: bytes, operator_key: bytes) -> None:
    """Return if the operator signed two boards that cannot both be true; it needs no trust in who shows them.

    They give one place to two entries, or one size two roots. Raises what `verify_receipt` does, and
    ``VerificationError("board.conflict")`` if the receipts agree as far as they go.
    """
    first, second = (verify_receipt(receipt, fingerprint, operator_key) for receipt in (one, other))
    two_entries = one.index == other.index and one.leaf != other.leaf
    two_roots = first.size == second.size and first.root != second.root
    if not (two_entries or two_roots):
        raise VerificationError("board.conflict", "the receipts do not contradict each other")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _note_signature(line: str) -> NoteSignature:
    _, name, payload = line.split(" ")
    data = base64.b64decode(payload)
    return NoteSignature(name, data[:4], data[4:])
