"""Verificatum's hashing: a pseudo-random generator that counts, a random oracle made of it, challenges behind a prefix.

    PRG(s)  = H(s || 0) || H(s || 1) || ...      (counters of four bytes)
    RO_t(d) = the first t bits of PRG(H(t || d)), right-aligned in whole bytes

What is hashed is the file's own bytes, never what somebody made of them.

Source: ``docs/verificatum.md``, sections 4, 5, 7; ``crypto/PRGHeuristic.java``, ``crypto/HashdigestRandomOracle.java``.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from evote.formats.verificatum.byte_tree import leaf, node_header

HASHES: dict[str, Callable[[bytes], Any]] = {
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}
Piece = bytes | memoryview


def digest_size(name: str) -> int:
    """Return the length of a hash in bytes."""
    return int(HASHES[name](b"").digest_size)


def stream(name: str, seed: bytes, start: int, length: int) -> bytes:
    """Return bytes ``start`` ... of the generator's output; the seed is as long as a hash."""
    size = digest_size(name)
    first, last = start // size, -(-(start + length) // size)
    seeded, blocks = HASHES[name](seed), []
    for counter in range(first, last):
        state = seeded.copy()
        state.update(struct.pack(">i", counter))
        blocks.append(state.digest())
    return b"".join(blocks)[start - first * size :][:length]


def integers(name: str, seed: bytes, bits: int, count: int, start: int = 0) -> list[int]:
    """Return integers ``start`` ... of the generator, each the low ``bits`` bits of as many whole bytes as it takes."""
    size, mask = -(-bits // 8), (1 << bits) - 1
    output = stream(name, seed, start * size, count * size)
    return [int.from_bytes(output[i : i + size], "big") & mask for i in range(0, len(output), size)]


def random_oracle(name: str, bits: int, pieces: Iterable[Piece]) -> bytes:
    """Return the answer to the joined pieces, with leading zero bits if it does not fill its bytes."""
    state = HASHES[name](struct.pack(">i", bits))
    for piece in pieces:
        state.update(piece)
    (value,) = integers(name, state.digest(), bits, 1)
    return value.to_bytes(-(-bits // 8), "big")


@dataclass(frozen=True, slots=True)
class Challenger:
    """Who turns what was said into challenges, within one session; ``prefix`` is the session's.

    ``rohash`` and ``prg`` are names of hashes; components of batching vectors have ``e_bits`` bits, challenges
    ``v_bits``.
    """

    rohash: str
    prg: str
    prefix: bytes
    e_bits: int
    v_bits: int

    def seed(self, *pieces: Piece) -> bytes:
        """Return the seed of a batching vector; the pieces are one byte tree."""
        return self._answer(self.prg, pieces)

    def generator_seed(self) -> bytes:
        """Return the seed of the independent generators."""
        return self._answer(self.rohash, [leaf(b"generators")])

    def batching_vector(self, seed: bytes, count: int) -> list[int]:
        """Return e, integers that may exceed the order."""
        return integers(self.prg, seed, self.e_bits, count)

    def challenge(self, seed: bytes, *commitment: Piece) -> int:
        """Return v for a commitment, one byte tree in pieces."""
        pieces = [self.prefix, node_header(2), leaf(seed), *commitment]
        return int.from_bytes(random_oracle(self.rohash, self.v_bits, pieces), "big")

    def _answer(self, size_of: str, pieces: Iterable[Piece]) -> bytes:
        return random_oracle(self.rohash, 8 * digest_size(size_of), [self.prefix, *pieces])
