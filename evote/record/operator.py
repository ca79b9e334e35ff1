"""What the operator and every other author of the board sign."""

import hashlib
import unicodedata

from evote.crypto.signing import SigningKey
from evote.record.board import OPERATOR, Checkpoint, NoteSignature, Receipt, key_hash, origin
from evote.record.entries import MAX_TEXT, AnyBody, Entry, signing_message
from evote.record.merkle import MerkleLog
from evote.record.replies import Refusal, refusal_message


def sign_entry(key: SigningKey, fingerprint: bytes, author: str, body: AnyBody) -> Entry:
    """Return the entry that says ``body`` in the name of ``author``, whose key this is."""
    signature = key.sign(signing_message(fingerprint, author, body))
    return Entry(author=author, body=body, signature=signature)


def sign_checkpoint(key: SigningKey, fingerprint: bytes, log: MerkleLog) -> bytes:
    """Return the operator's signed checkpoint of the log as it stands."""
    unsigned = Checkpoint(origin(fingerprint), log.size, log.root())
    signature = NoteSignature(OPERATOR, key_hash(OPERATOR, key.public_key), key.sign(unsigned.text))
    return bytes(Checkpoint(unsigned.origin, unsigned.size, unsigned.root, (signature,)))


def make_receipt(log: MerkleLog, index: int, checkpoint: bytes) -> Receipt:
    """Return the receipt of entry ``index``, from 0, under a signed checkpoint of the log as it stands."""
    return Receipt(leaf=log.leaf(index), index=index, proof=log.inclusion_proof(index, log.size), checkpoint=checkpoint)


def sign_refusal(key: SigningKey, fingerprint: bytes, line: bytes, check: str, subject: str = "") -> Refusal:
    """Return the operator's refusal of an entry's line, because ``check`` failed for ``subject``.

    The subject may quote what a stranger sent; what canonical JSON has no room for is left out.
    """
    subject = unicodedata.normalize("NFC", "".join(c if c.isprintable() else "?" for c in subject))[:MAX_TEXT]
    entry = hashlib.sha256(line).digest()
    signature = key.sign(refusal_message(fingerprint, entry, check, subject))
    return Refusal(fingerprint=fingerprint, entry=entry, check=check, subject=subject, signature=signature)
