"""What a lenient reader makes of bytes that are not DER: it says why they are refused, and what others would see.

It takes what the official Java library does, as far as that is known: lengths in any form, and bytes after the object.
Nothing that is verified comes from here. Source: ITU-T X.690, 8.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from evote.errors import DecodeError
from evote.formats.ivxv import der
from evote.formats.ivxv.reasons import Reason

CONSTRUCTED, LONG_TAG, LONG_LENGTH, INDEFINITE = 0x20, 0x1F, 0x80, 0x80
MAX_DEPTH = 8
MAX_OBJECT = 1 << 14  # bytes; the largest in use, a proof with a 4096-bit p, has 1560


@dataclass(frozen=True, slots=True)
class Node:
    """An object: its tag, and either its octets or, if it is constructed, its members."""

    tag: int
    content: bytes
    members: tuple[Node, ...] = ()

    def der(self) -> bytes:
        """Return the object with every length in its shortest form."""
        content = b"".join(member.der() for member in self.members) if self.tag & CONSTRUCTED else self.content
        return der.encode(self.tag, content)


def read(data: bytes) -> tuple[Node, int]:
    """Return the object that ``data`` begins with, and its length; raise `DecodeError` if there is none."""
    if len(data) > MAX_OBJECT:
        raise DecodeError("an object that is too large")
    return _read(data, 0, MAX_DEPTH)


def diagnose(data: bytes) -> Reason:
    """Return why bytes that are not the DER of what is expected are refused."""
    try:
        node, end = read(data)
    except DecodeError:
        return Reason.MALFORMED
    if end < len(data):
        return Reason.TRAILING_BYTES
    return Reason.NOT_DER if node.der() != data else Reason.MALFORMED


def _read(data: bytes, at: int, depth: int) -> tuple[Node, int]:
    tag, start, end = _header(data, at)
    if not tag & CONSTRUCTED:
        if end is None:
            raise DecodeError("a primitive object of indefinite length")
        return Node(tag, data[start:end]), end
    if depth == 0:
        raise DecodeError("objects are nested too deeply")
    members: list[Node] = []
    at = start
    while at != end:
        if end is None and data[at : at + 2] == b"\0\0":
            return Node(tag, b"", tuple(members)), at + 2
        member, at = _read(data, at, depth - 1)
        members.append(member)
        if end is not None and at > end:
            raise DecodeError("a member is longer than what holds it")
    return Node(tag, b"", tuple(members)), at


def _header(data: bytes, at: int) -> tuple[int, int, int | None]:
    """Return the tag, where the content starts, and where it ends unless that is for a mark to say."""
    if at + 2 > len(data) or data[at] & LONG_TAG == LONG_TAG:
        raise DecodeError("no object")
    tag, length, start = data[at], data[at + 1], at + 2
    if length == INDEFINITE:
        return tag, start, None
    if length & LONG_LENGTH:
        size = length & ~LONG_LENGTH
        start, length = start + size, int.from_bytes(data[start : start + size], "big")
    if start + length > len(data):
        raise DecodeError("an object that is cut short")
    return tag, start, start + length
