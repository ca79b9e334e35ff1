"""All secrets of a shuffle come from a seed of 32 bytes, so that one who prepares it keeps few secrets and no more.

SHAKE-256 expands the seed, as it makes challenges. Integers modulo the order are within 2^-128 of uniform.
"""

from __future__ import annotations

import secrets

from evote.crypto.group import Group
from evote.crypto.transcript import NativeTranscript

SEED_SIZE = 32
EXCESS_BITS = 128


def new_seed() -> bytes:
    """Return a seed, drawn by the operating system."""
    return secrets.token_bytes(SEED_SIZE)


class Draws:
    """A stream of secrets; ``use`` keeps the streams of one seed apart. What is drawn depends on all draws before."""

    def __init__(self, use: str, group: Group, seed: bytes) -> None:
        """Start the stream."""
        self._group, self._stream = group, NativeTranscript(use)
        self._stream.append("seed", group.name.encode(), seed)

    def exponents(self, label: str, count: int) -> list[int]:
        """Return numbers modulo the order."""
        return self.below(label, self._group.order, count)

    def below(self, label: str, bound: int, count: int) -> list[int]:
        """Return numbers below a bound."""
        bits = bound.bit_length() + EXCESS_BITS
        return [value % bound for value in self._stream.challenges(label, bits, count)]

    def permutation(self, n: int) -> list[int]:
        """Return 0 ... n - 1 in random order: sorted by random keys, among which two are equal with 2^-256 n^2."""
        keys = self._stream.challenges("permutation", 256, n)
        return sorted(range(n), key=keys.__getitem__)
