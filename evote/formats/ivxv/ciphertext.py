"""Ciphertexts, strictly: one encoding for each, both halves members of the group, c1 not the identity.

The official test of acceptance is laxer and lives in `official`. What nobody can see before decryption, bad padding,
is not refused here; nor is a copy of somebody else's ciphertext, re-randomised.

Source: ``formats/IVXV.md`` 1.5 and 1.7.
"""

from __future__ import annotations

from evote.crypto.elgamal import Ciphertext
from evote.crypto.group import Group
from evote.formats.ivxv import schema
from evote.formats.ivxv.der import encode_sequence
from evote.formats.ivxv.elements import element_der, encoding, encoding_der, is_modp, member, oid
from evote.formats.ivxv.reasons import Reason, Refusal

CIPHERTEXT = "ciphertext"


def ciphertext_encodings(group: Group, data: bytes) -> tuple[bytes, bytes]:
    """Return our encodings of c1 and c2, not yet known to be members; raise `Refusal` if the DER is not exactly right.

    With `evote.crypto.group.Group.decode_many` it is the way to read many.
    """
    kind: type[schema.AnyCiphertext] = schema.IntegerCiphertext if is_modp(group) else schema.PointCiphertext
    held = schema.decode(kind, data, CIPHERTEXT)
    if held.algorithm.oid.dotted_string != oid(group):
        raise Refusal(Reason.WRONG_ALGORITHM, CIPHERTEXT)
    pair = held.elements
    c1, c2 = encoding(group, pair.first, CIPHERTEXT), encoding(group, pair.second, CIPHERTEXT)
    if c1 == bytes(group.identity):
        raise Refusal(Reason.NO_RANDOMNESS, CIPHERTEXT)
    return c1, c2


def decode_ciphertext(group: Group, data: bytes) -> Ciphertext:
    """Return the one ciphertext that ``data`` is the DER of; raise `Refusal`."""
    c1, c2 = ciphertext_encodings(group, data)
    return Ciphertext(member(group, c1, CIPHERTEXT), member(group, c2, CIPHERTEXT))


def encode_ciphertext(ciphertext: Ciphertext) -> bytes:
    """Return the DER; ``ValueError`` for the identity of a curve."""
    return _encoded(ciphertext.c1.group, element_der(ciphertext.c1), element_der(ciphertext.c2))


def encoded_ciphertext(group: Group, c1: bytes, c2: bytes) -> bytes:
    """Return the DER of the ciphertext with these encodings of ours, members or not; the opposite of reading them."""
    return _encoded(group, encoding_der(group, c1), encoding_der(group, c2))


def _encoded(group: Group, c1: bytes, c2: bytes) -> bytes:
    algorithm = encode_sequence(schema.encode_oid(oid(group)))
    return encode_sequence(algorithm, encode_sequence(c1, c2))
