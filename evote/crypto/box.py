"""Opening a sealed box once its secret is public, so that everybody sees the same thing in it.

A box is libsodium's ``crypto_box_seal``: an ephemeral X25519 key (RFC 7748), then XSalsa20-Poly1305. When a trustee
complains about a share it reveals the one-time secret; dealer and complainer are judged by what the box then holds,
so secrets and keys have one accepted form each: clamped scalars, reduced coordinates, no points of small order.
"""

from nacl.bindings import (
    crypto_box_seal_open,
    crypto_scalarmult,
    crypto_scalarmult_base,
    crypto_sign_ed25519_pk_to_curve25519,
)
from nacl.exceptions import CryptoError

from evote.errors import DecodeError

KEY_SIZE = 32
OVERHEAD = 48  # ephemeral key and authenticator

_FIELD = 2**255 - 19
_EIGHT = (8 + 2**254).to_bytes(32, "little")  # any clamped scalar is a multiple of the cofactor


def check_box_key(key: bytes) -> None:
    """Raise `DecodeError` unless ``key`` is a reduced X25519 coordinate of a point that is not of small order."""
    if len(key) != KEY_SIZE or int.from_bytes(key, "little") >= _FIELD:
        raise DecodeError("not a canonical X25519 key")
    try:
        crypto_scalarmult(_EIGHT, key)
    except CryptoError:
        raise DecodeError("an X25519 key of small order") from None


def box_key_of(public_key: bytes) -> bytes:
    """Return the X25519 key that belongs to an Ed25519 key, checked already: the same point in the other coordinate.

    One key may both sign and open boxes (Thormarker, Public-Key Cryptography 2021).
    """
    return bytes(crypto_sign_ed25519_pk_to_curve25519(public_key))


def box_public_key(secret: bytes) -> bytes:
    """Return the X25519 key of a clamped secret; raise `DecodeError` for any other form of it."""
    if len(secret) != KEY_SIZE or secret[0] & 7 or secret[31] >> 6 != 1:
        raise DecodeError("not a clamped X25519 secret")
    return bytes(crypto_scalarmult_base(secret))


def open_box(secret: bytes, box: bytes) -> bytes:
    """Return what ``box`` holds; raise `DecodeError` if it is not a box sealed to the key of this clamped secret."""
    public_key = box_public_key(secret)
    if len(box) < OVERHEAD:
        raise DecodeError("too short for a sealed box")
    check_box_key(box[:KEY_SIZE])
    try:
        return bytes(crypto_box_seal_open(box, public_key, secret))
    except CryptoError:
        raise DecodeError("this secret does not open this box") from None
