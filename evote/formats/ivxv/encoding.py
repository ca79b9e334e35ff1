"""Texts as group elements: padded, then an integer and its square, a point, or in the latest generation an exponent.

A text has one element, but several elements decode to one text: modulo p the other sign if somebody skips the test of
membership; on a curve the other root, or a later abscissa. `Embedding.decode` reads any of them, as the official tally
does; a proof about the text is a proof about the one. `is_canonical` tells them apart.

Source: ``formats/IVXV.md`` 1.3 and 1.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from evote.crypto.group import Element, Group, group
from evote.crypto.modp import ModPGroup
from evote.errors import DecodeError
from evote.formats.ivxv.reasons import Reason, Refusal

FILL = 0xFF
FREE_BITS = 10  # below the padded text in an abscissa, for the search
COORDINATE = 48
P = 2**384 - 2**128 - 2**96 + 2**32 - 1


class Embedding(Protocol):
    """How a generation turns texts into elements."""

    @property
    def group(self) -> Group:
        """The group of the elements."""

    @property
    def capacity(self) -> int:
        """The longest text, in bytes."""

    def encode(self, text: bytes) -> Element:
        """Return the element of a text; raise `Refusal` if it is too long."""

    def decode(self, element: Element) -> bytes:
        """Return the text of an element; raise `Refusal` if it has none."""


@dataclass(frozen=True, slots=True)
class Padding:
    """``size`` bytes in all: ``head``, as many FF as it takes, the byte ``end``, the text."""

    size: int
    head: bytes
    end: int

    @property
    def capacity(self) -> int:
        """The longest text, in bytes."""
        return self.size - len(self.head) - 1

    def pad(self, text: bytes) -> bytes:
        """Return the padded text; raise `Refusal` if it is too long."""
        room = self.capacity - len(text)
        if room < 0:
            raise Refusal(Reason.PLAINTEXT_LENGTH, "plaintext")
        return self.head + bytes([FILL]) * room + bytes([self.end]) + text

    def unpad(self, data: bytes) -> bytes:
        """Return the text; raise `Refusal` if the padding is not exactly right."""
        rest = data[len(self.head) :].lstrip(bytes([FILL]))
        if len(data) != self.size or not data.startswith(self.head) or rest[:1] != bytes([self.end]):
            raise Refusal(Reason.BAD_PADDING, "plaintext")
        return rest[1:]


@dataclass(frozen=True, slots=True)
class Squares:
    """Modulo a safe prime: the padded text as an integer M, or p - M if M is no square."""

    group: ModPGroup

    @property
    def padding(self) -> Padding:
        """As long as the order."""
        return Padding((self.group.order.bit_length() + 7) // 8, b"\x00\x01", 0x00)

    @property
    def capacity(self) -> int:
        """The longest text, in bytes."""
        return self.padding.capacity

    def encode(self, text: bytes) -> Element:
        """Return M or p - M, whichever is a square."""
        return self.square(int.from_bytes(self.padding.pad(text), "big"))

    def square(self, m: int) -> Element:
        """Return m or p - m, 0 < m < p, whichever is a square: p = 3 modulo 4, so exactly one is."""
        size = self.group.element_size
        try:
            return self.group.decode(m.to_bytes(size, "big"))
        except DecodeError:
            return self.group.decode((self.group.p - m).to_bytes(size, "big"))

    def decode(self, element: Element) -> bytes:
        """Return the text of e or p - e, whichever is at most q."""
        e = int.from_bytes(bytes(element), "big")
        padding = self.padding
        return padding.unpad(min(e, self.group.p - e).to_bytes(padding.size, "big"))


def squares(of: Group) -> Squares:
    """Return the embedding into a group modulo p; ``TypeError`` for another group."""
    if not isinstance(of, ModPGroup):
        raise TypeError(f"{of.name} is no group modulo p")
    return Squares(of)


@dataclass(frozen=True, slots=True)
class Points:
    """On P-384: the padded text as the high bits of x, and the root of x^3 - 3x + b that is a square itself."""

    padding: Padding

    @property
    def group(self) -> Group:
        """P-384."""
        return group("p-384")

    @property
    def capacity(self) -> int:
        """The longest text, in bytes."""
        return self.padding.capacity

    def encode(self, text: bytes) -> Element:
        """Return the point with the least x from the padded text upwards."""
        start = int.from_bytes(self.padding.pad(text), "big") << FREE_BITS
        for x in range(start, start + (1 << FREE_BITS)):
            z = (x**3 - 3 * x + _b()) % P
            y = pow(z, (P + 1) // 4, P)
            if y * y % P == z:
                return self.group.decode(b"\x04" + x.to_bytes(COORDINATE, "big") + y.to_bytes(COORDINATE, "big"))
        raise Refusal(Reason.PLAINTEXT_LENGTH, "plaintext")  # met with probability 2^-1024

    def decode(self, element: Element) -> bytes:
        """Return the text in the high bits of x."""
        padded = int.from_bytes(bytes(element)[1 : 1 + COORDINATE], "big") >> FREE_BITS
        if padded.bit_length() > 8 * self.padding.size:
            raise Refusal(Reason.BAD_PADDING, "plaintext")
        return self.padding.unpad(padded.to_bytes(self.padding.size, "big"))


@dataclass(frozen=True, slots=True)
class Lifted:
    """g to the power of the text read as an integer. Decoding takes a table of the texts there are."""

    group: Group

    @property
    def capacity(self) -> int:
        """The longest text, in bytes: below the order for certain."""
        return (self.group.order.bit_length() - 1) // 8

    def encode(self, text: bytes) -> Element:
        """Return g^text; raise `Refusal` for the empty text, too."""
        if not 0 < len(text) <= self.capacity:
            raise Refusal(Reason.PLAINTEXT_LENGTH, "plaintext")
        return self.group.product_of_powers([self.group.generator], [int.from_bytes(text, "big")])

    def decode(self, element: Element) -> bytes:  # noqa: ARG002
        """Raise `Refusal`: a single element has no text."""
        raise Refusal(Reason.NEEDS_TABLE, "plaintext")

    def table(self, texts: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the way back from the encodings of these texts' elements."""
        return {bytes(self.encode(text)): text for text in texts}


GENERATION_1 = Points(Padding(47, b"\x00\x01", 0x00))
GENERATION_2 = Points(Padding(48, b"\x00\x1f", 0xFE))


def is_canonical(embedding: Embedding, element: Element) -> bool:
    """Tell whether the element decodes to a text that encodes to the same element."""
    try:
        return embedding.encode(embedding.decode(element)) == element
    except Refusal:
        return False


@cache
def _b() -> int:
    """Return the curve's b, from the generator."""
    data = bytes(group("p-384").generator)
    x, y = (int.from_bytes(part, "big") for part in (data[1 : 1 + COORDINATE], data[1 + COORDINATE :]))
    return (y * y - x**3 + 3 * x) % P
