"""Sealing a message so that only one secret opens it; the sealer cannot open it either."""

from __future__ import annotations

import secrets

from nacl.bindings import crypto_box_seal, crypto_sign_ed25519_sk_to_curve25519

from evote.crypto.box import KEY_SIZE, box_public_key, check_box_key, open_box
from evote.crypto.secret import Secret
from evote.crypto.signing import SigningKey


class BoxSecret(Secret):
    """A one-time X25519 secret, clamped (RFC 7748, section 5); ``public_key`` is what others seal to."""

    __slots__ = ("_secret", "public_key")

    def __init__(self, secret: bytes) -> None:
        """Take up a clamped secret, from a vault; raise `DecodeError` for any other form."""
        self.public_key = box_public_key(secret)
        self._secret = bytes(secret)

    @classmethod
    def generate(cls) -> BoxSecret:
        """Make a fresh secret from the operating system's randomness."""
        raw = bytearray(secrets.token_bytes(KEY_SIZE))
        raw[0] &= 0b1111_1000
        raw[31] = raw[31] & 0b0011_1111 | 0b0100_0000
        return cls(bytes(raw))

    @classmethod
    def of(cls, key: SigningKey) -> BoxSecret:
        """Return the secret of a signing key's box key, see `box_key_of`."""
        return cls(crypto_sign_ed25519_sk_to_curve25519(key.secret_bytes() + key.public_key))

    def open(self, box: bytes) -> bytes:
        """Return what ``box`` holds; raise `DecodeError` if it does not open."""
        return open_box(self._secret, box)

    def reveal(self) -> bytes:
        """Return the secret, for a complaint or a vault."""
        return self._secret


def seal(public_key: bytes, message: bytes) -> bytes:
    """Return a box, 48 bytes longer than ``message``; raise `DecodeError` for a key that `check_box_key` refuses."""
    check_box_key(public_key)
    return bytes(crypto_box_seal(message, public_key))
