"""DER, and nothing but DER: what is decoded here encodes to the same bytes again, or it is refused.

Reading is ``cryptography``'s declarative ASN.1 (Rust): 3 to 5 us for a ciphertext where asn1crypto takes 20 and pyasn1
150 (ADR 20). Its interface may change, so it is used in this module alone, and every value is encoded again.

Source: ITU-T X.690.
"""

from __future__ import annotations

from typing import TypeVar

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from evote.formats.ivxv import ber, der
from evote.formats.ivxv.reasons import Reason, Refusal

T = TypeVar("T")
TLV = asn1.TLV  # any object, as it stands


@asn1.sequence
class Algorithm:
    """The algorithm of a ciphertext: an OID and nothing else."""

    oid: ObjectIdentifier


@asn1.sequence
class IntegerPair:
    """c1 and c2 modulo p."""

    first: int
    second: int


@asn1.sequence
class PointPair:
    """c1 and c2 on a curve."""

    first: bytes
    second: bytes


@asn1.sequence
class IntegerCiphertext:
    """A ciphertext modulo p."""

    algorithm: Algorithm
    elements: IntegerPair


@asn1.sequence
class PointCiphertext:
    """A ciphertext on a curve."""

    algorithm: Algorithm
    elements: PointPair


@asn1.sequence
class IntegerProof:
    """A, B and s modulo p."""

    first: int
    second: int
    response: int


@asn1.sequence
class PointProof:
    """A, B and s on a curve."""

    first: bytes
    second: bytes
    response: int


@asn1.sequence
class KeyAlgorithm:
    """The algorithm of a key: an OID and parameters that depend on it."""

    oid: ObjectIdentifier
    parameters: TLV


@asn1.sequence
class SubjectPublicKeyInfo:
    """A public key; the bits are a SEQUENCE of one element."""

    algorithm: KeyAlgorithm
    key: asn1.BitString


@asn1.sequence
class PrivateKeyInfo:
    """A private key or share of one; the OCTET STRING holds another."""

    version: int
    algorithm: KeyAlgorithm
    key: bytes


@asn1.sequence
class Card:
    """What a smart card holds: the index of a share, and the share."""

    index: bytes
    share: bytes


@asn1.sequence
class ModPParameters:
    """p, g and the election, a GeneralString."""

    p: int
    g: int
    election: TLV


@asn1.sequence
class CurveParameters:
    """The curve's name and the election, both GeneralStrings, and whether plaintexts are lifted."""

    curve: TLV
    election: TLV
    lifted: bool | None


@asn1.sequence
class OneInteger:
    """A public key modulo p."""

    element: int


@asn1.sequence
class OnePoint:
    """A public key on a curve."""

    element: bytes


OneElement = OneInteger | OnePoint
AnyCiphertext = IntegerCiphertext | PointCiphertext
AnyProof = IntegerProof | PointProof


def decode(kind: type[T], data: bytes, what: str) -> T:
    """Return the ``kind`` whose DER is ``data``; raise `Refusal`, which calls it ``what``, for anything else."""
    if len(data) > ber.MAX_OBJECT:
        raise Refusal(Reason.TOO_LARGE, what)
    try:
        value = asn1.decode_der(kind, data)
        if asn1.encode_der(value) == data:
            return value
    except (ValueError, OverflowError):
        pass
    raise Refusal(ber.diagnose(data), what)


def encoded(value: object) -> bytes:
    """Return the DER of something that was decoded here."""
    return asn1.encode_der(value)


def general_string(value: TLV, what: str) -> str:
    """Return the text of a GeneralString, ASCII only."""
    text = bytes(value.data)
    if value.tag_bytes != bytes([der.GENERAL_STRING]) or not text.isascii():
        raise Refusal(Reason.MALFORMED, what)
    return text.decode("ascii")


def encode_oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    return asn1.encode_der(ObjectIdentifier(dotted))
