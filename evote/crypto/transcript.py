"""A transcript turns what was said, under the paper's names, into challenges.

The application creates it, says which election, contest and voter it is about, and hands it to a proof; the proof
appends its whole statement and draws its challenge. How names become bytes is the transcript's own affair, so a
foreign record format is another transcript, not another proof. A dialect raises ``ValueError`` on a label that it
has no place for: silence would drop data from the hash.

The native transcript absorbs into one SHAKE-256 state (FIPS 202). Each message is framed by its length as eight
bytes, big-endian; labels and counts are framed the same way, so no two histories share an input. The bytes are laid
out in ``docs/transcript.md``.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Protocol, SupportsBytes

VERSION = b"evote transcript v1"
APPEND, CHALLENGE = b"\x01", b"\x02"


class Transcript(Protocol):
    """What a proof needs of a transcript."""

    def append(self, label: str, *messages: SupportsBytes) -> None:
        """Absorb messages under a label."""

    def challenge(self, label: str, bits: int) -> int:
        """Return an integer below 2^bits that depends on all that was said so far."""

    def challenges(self, label: str, bits: int, count: int) -> list[int]:
        """Return ``count`` such integers, drawn at once."""

    def fork(self) -> Transcript:
        """Return a copy that shares the past and has a future of its own."""


@lru_cache(maxsize=4096)
def _length(value: int) -> bytes:
    return value.to_bytes(8, "big")


@lru_cache(maxsize=256)
def _label(kind: bytes, label: str) -> bytes:
    return kind + frame(label.encode())


def frame(data: bytes) -> bytes:
    """Return ``data`` behind its length."""
    return _length(len(data)) + data


class NativeTranscript:
    """The SHAKE-256 transcript of evote's own records."""

    def __init__(self, domain: str) -> None:
        """Start a transcript for one kind of use, such as ``"ballot"``."""
        self._state = hashlib.shake_256(frame(VERSION) + frame(domain.encode()))

    def append(self, label: str, *messages: SupportsBytes) -> None:
        """Absorb 01, label, number of messages, then each message."""
        parts = [_label(APPEND, label), _length(len(messages))]
        for message in messages:
            data = message.__bytes__()  # bytes(message) would take an integer n for n zeros
            parts += _length(len(data)), data
        self._state.update(b"".join(parts))

    def challenge(self, label: str, bits: int) -> int:
        """Absorb 02, label, bits and the count 1; return the one integer of `challenges`."""
        return self.challenges(label, bits, 1)[0]

    def challenges(self, label: str, bits: int, count: int) -> list[int]:
        """Absorb 02, label, bits and count; cut the output into whole bytes, less their first excess bits."""
        self._state.update(_label(CHALLENGE, label) + _length(bits) + _length(count))
        size = (bits + 7) // 8
        output = self._state.digest(size * count)
        mask = (1 << bits) - 1
        return [int.from_bytes(output[i : i + size], "big") & mask for i in range(0, size * count, size)]

    def fork(self) -> NativeTranscript:
        """Return a copy that shares the past."""
        twin = object.__new__(NativeTranscript)
        twin._state = self._state.copy()
        return twin
