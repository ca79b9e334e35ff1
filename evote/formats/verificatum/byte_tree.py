"""Byte trees: a leaf is bytes, a node is trees, and either says first how much there is of it.

A `Tree` reads one strictly, from the front, without recursion and without copies: whoever reads knows what has to come
next, and anything else, or anything after the end, is a `DecodeError`. VMN itself ignores what follows.

    leaf = 01 || length || bytes,    node = 00 || number || trees,    both numbers as four bytes, big-endian, signed

Source: ``docs/verificatum.md``, section 1; ``eio/ByteTree.java``.
"""

from __future__ import annotations

import struct

from evote.errors import DecodeError

NODE, LEAF = 0, 1
HEADER = struct.Struct(">Bi")


def leaf(data: bytes) -> bytes:
    """Return a leaf."""
    return HEADER.pack(LEAF, len(data)) + data


def integer_leaf(value: int) -> bytes:
    """Return a leaf of four bytes."""
    return leaf(struct.pack(">i", value))


def node_header(count: int) -> bytes:
    """Return what stands before ``count`` trees that together are a node."""
    return HEADER.pack(NODE, count)


def node(*children: bytes) -> bytes:
    """Return a node."""
    return node_header(len(children)) + b"".join(children)


class Tree:
    """A byte tree that is being read; ``name`` is for error messages."""

    def __init__(self, data: bytes | memoryview, name: str) -> None:
        """Start at the front."""
        self.name, self._data, self._at = name, memoryview(data), 0

    def node(self, count: int | None = None) -> int:
        """Enter a node, of ``count`` trees if that is known; return the number of trees, which come next."""
        found = self._header(NODE)
        if count is not None and found != count:
            raise self.error(f"{found} trees in a node where {count} belong")
        return found

    def leaf(self, size: int | None = None) -> bytes:
        """Return a leaf's bytes, ``size`` of them if that is known."""
        found = self._header(LEAF)
        if size is not None and found != size:
            raise self.error(f"{found} bytes in a leaf where {size} belong")
        return bytes(self.take(found))

    def text(self) -> str:
        """Return a leaf that is text."""
        try:
            return self.leaf().decode()
        except UnicodeDecodeError:
            raise self.error("a text that is not UTF-8") from None

    def integer(self) -> int:
        """Return the integer in a leaf of four bytes."""
        return int.from_bytes(self.leaf(4), "big", signed=True)

    def take(self, size: int) -> memoryview:
        """Return the next bytes as they are."""
        data = self._data[self._at : self._at + size]
        if len(data) != size:
            raise self.error("it ends too early")
        self._at += size
        return data

    def since(self, start: int) -> memoryview:
        """Return the bytes from place ``start`` to here."""
        return self._data[start : self._at]

    @property
    def at(self) -> int:
        """The place that has been reached."""
        return self._at

    def end(self) -> None:
        """Raise `DecodeError` unless all has been read."""
        if self._at != len(self._data):
            raise self.error(f"{len(self._data) - self._at} bytes too many")

    def error(self, what: str) -> DecodeError:
        """Return the error that says where something is wrong."""
        return DecodeError(f"{self.name}, byte {self._at}: {what}")

    def _header(self, kind: int) -> int:
        found, number = HEADER.unpack(self.take(HEADER.size))
        if found != kind or number < 0:
            raise self.error("a leaf belongs here" if kind == LEAF else "a node belongs here")
        return int(number)
