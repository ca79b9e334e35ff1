"""IVXV's challenges: SHA-256 in counter mode over one DER object, cut into integers, too large ones passed over.

The object says: "DECRYPTION", the public key's bytes, the ciphertext, the plaintext, the two commitments. Bases and
image of the relation are not written, since key, ciphertext and plaintext determine them; so a transcript is made for
one relation and refuses to be told another.

Source: ``formats/IVXV.md`` 2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import chain, count
from typing import NoReturn, SupportsBytes

from evote.crypto.group import Element
from evote.crypto.relation import LinearRelation
from evote.crypto.transcript import NativeTranscript
from evote.formats.ivxv.der import encode_octets, encode_sequence, encode_text
from evote.formats.ivxv.elements import element_der

DECRYPTION = "DECRYPTION"
PARTS = ("key", "ciphertext", "plaintext")  # what the caller says, in this order


def integers_below(bound: int, seed: bytes) -> Iterator[int]:
    """Yield the integers below ``bound`` that the seed determines.

    The stream is SHA-256(i || seed) for i = 1, 2, ..., eight bytes each; an integer takes the next bytes of it, as many
    as ``bound`` has, and keeps as many bits. The bytes of one that is not below ``bound`` are used up.
    """
    size, stream = (bound.bit_length() + 7) // 8, _stream(seed)
    mask, held = (1 << bound.bit_length()) - 1, b""
    while True:
        while len(held) < size:
            held += next(stream)
        value, held = int.from_bytes(held[:size], "big") & mask, held[size:]
        if value < bound:
            yield value


def _stream(seed: bytes) -> Iterator[bytes]:
    for i in count(1):
        yield hashlib.sha256(i.to_bytes(8, "big") + seed).digest()


def decryption_seed(key: bytes, ciphertext: bytes, plaintext: bytes, commitments: bytes) -> bytes:
    """Return the DER object that is hashed. All parts but the plaintext are DER already; ``commitments`` is A and B."""
    return encode_sequence(encode_text(DECRYPTION), key, ciphertext, encode_octets(plaintext), commitments)


class DecryptionTranscript:
    """The transcript of one proof of decryption, about the ``relation`` that what it is told determines.

    Told in order: "key", "ciphertext", "plaintext" by whoever makes it; statement, bases, image, commitments by the
    proof. Any other label, order or relation is a ``ValueError``.
    """

    def __init__(self, relation: LinearRelation) -> None:
        """Start a transcript in which nothing has been said."""
        group = relation.group
        if relation.name != DECRYPTION:
            raise ValueError(f"{relation.name} is not about a decryption")
        self._relation = relation
        self._expected: dict[str, tuple[object, ...]] = {
            "statement": (relation.name.encode(), group.name.encode()),
            "bases": tuple(chain.from_iterable(relation.bases)),
            "image": relation.image,
        }
        self._labels = iter((*PARTS, *self._expected, "commitment"))
        self._parts: list[bytes] = []

    def append(self, label: str, *messages: SupportsBytes) -> None:
        """Take in what comes next."""
        if label != next(self._labels, None):
            raise ValueError(f"the transcript of a decryption has no place here for {label!r}")
        if label in self._expected:
            if messages != self._expected[label]:
                raise ValueError("the transcript of a decryption is told another relation than its own")
        elif label == "commitment":
            self._parts.append(b"".join(element_der(element) for element in messages if isinstance(element, Element)))
        else:
            self._parts.append(b"".join(map(bytes, messages)))

    @property
    def seed(self) -> bytes:
        """The DER object that is hashed; ``ValueError`` before all of it has been said."""
        if next(self._labels, None) is not None:
            raise ValueError("the transcript of a decryption is not told to its end")
        return decryption_seed(*self._parts)

    def challenge(self, label: str, bits: int) -> int:  # noqa: ARG002 - the bound is the order
        """Return the integer below the group's order."""
        if label != "challenge":
            raise ValueError("the transcript of a decryption has one challenge")
        return next(integers_below(self._relation.group.order, self.seed))

    def challenges(self, label: str, bits: int, count: int) -> NoReturn:  # noqa: ARG002
        """Raise ``ValueError``: there is no second challenge."""
        raise ValueError("the transcript of a decryption has one challenge")

    def fork(self) -> NativeTranscript:
        """Return our own transcript bound to what was said so far, for a prover to draw its nonces from."""
        twin = NativeTranscript("ivxv nonces")
        twin.append("said", *self._parts)
        return twin
