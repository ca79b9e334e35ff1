"""Making Ed25519 signatures (RFC 8032, through libsodium): deterministic, so no randomness to get wrong."""

from __future__ import annotations

import secrets

from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair

from evote.crypto.secret import Secret

SEED_SIZE = 32


class SigningKey(Secret):
    """A secret signing key; ``public_key`` is its 32-byte public half."""

    __slots__ = ("_expanded", "_seed", "public_key")

    def __init__(self, seed: bytes) -> None:
        """Make the key that a 32-byte seed determines."""
        if len(seed) != SEED_SIZE:
            raise ValueError(f"a seed has {SEED_SIZE} bytes")
        self._seed = bytes(seed)
        self.public_key: bytes
        self.public_key, self._expanded = crypto_sign_seed_keypair(self._seed)

    @classmethod
    def generate(cls) -> SigningKey:
        """Make a fresh key from the operating system's randomness."""
        return cls(secrets.token_bytes(SEED_SIZE))

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """Make the key that a 32-byte seed determines."""
        return cls(seed)

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes R || S."""
        return bytes(crypto_sign(message, self._expanded)[:crypto_sign_BYTES])

    def secret_bytes(self) -> bytes:
        """Return the seed, for a vault and for nothing else."""
        return self._seed
