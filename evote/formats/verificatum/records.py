"""Arrays of elements and scalars: records of one length, rewritten into our encodings by slicing, not by computing.

Each record is a few bytes that never change (headers, leading zeros) around coordinates of fixed length, so that a
million headers are checked with a dozen strided slices. Whether the coordinates are those of a member is asked by
whoever decodes the `Vector`, in the workers; values at or above p fail there, too.

Source: ``docs/verificatum.md``, section 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from evote.crypto.group import Element, Group
from evote.crypto.modp import ModPGroup
from evote.crypto.vector import Vector
from evote.errors import DecodeError
from evote.formats.verificatum.byte_tree import HEADER, LEAF, NODE, Tree, node_header


@dataclass(frozen=True, slots=True)
class Record:
    """``frames[i]`` stands before coordinate i, of ``size`` bytes; ``head`` stands before them all in our encoding.

    ``infinity`` is the record of the identity, if it has one of its own, which is zeros in our encoding.
    """

    frames: tuple[bytes, ...]
    size: int
    head: bytes = b""
    infinity: bytes = b""

    @property
    def length(self) -> int:
        """The length of a record."""
        return sum(map(len, self.frames)) + self.size * len(self.frames)

    def read(self, data: memoryview, name: str) -> bytes:
        """Return our encodings of the records, one after the other; raise `DecodeError`, naming the record."""
        if self._framed(data):
            return self._coordinates(data)
        records = (data[start : start + self.length] for start in range(0, len(data), self.length))
        return b"".join(self._one(record, f"{name} {index}") for index, record in enumerate(records))

    def _one(self, record: memoryview, name: str) -> bytes:
        if self.infinity and record == self.infinity:
            return bytes(len(self.head) + self.size * len(self.frames))
        if not self._framed(record):
            raise DecodeError(f"{name}: not an encoding of fixed length")
        return self._coordinates(record)

    def _framed(self, data: memoryview) -> bool:
        """Tell whether all records have their frames."""
        count, offset = len(data) // self.length, 0
        for frame in self.frames:
            for at, byte in enumerate(frame, offset):
                if bytes(data[at :: self.length]) != bytes([byte]) * count:
                    return False
            offset += len(frame) + self.size
        return True

    def _coordinates(self, data: memoryview) -> bytes:
        ends = range(self.length, len(data) + 1, self.length)
        if len(self.frames) == 1:
            return b"".join([data[end - self.size : end] for end in ends])
        low = len(self.frames[0]) - self.length
        high = low + self.size
        parts = ((self.head, data[end + low : end + high], data[end - self.size : end]) for end in ends)
        return b"".join(chain.from_iterable(parts))

    def write(self, encodings: Iterable[bytes]) -> bytes:
        """Return the records of our encodings."""
        if len(self.frames) == 1:
            return b"".join([self.frames[0] + data for data in encodings])
        first, second = self.frames
        middle = len(self.head) + self.size
        return b"".join(
            [
                first + data[len(self.head) : middle] + second + data[middle:] if any(data) else self.infinity
                for data in encodings
            ]
        )


def integer_size(value: int) -> int:
    """Return the length of the least two's complement of a positive integer."""
    return value.bit_length() // 8 + 1


def _leaf_frame(size: int, unsigned: int) -> bytes:
    """Return the header of a leaf of ``size`` bytes, and those of them that are zero before ``unsigned`` others."""
    return HEADER.pack(LEAF, size) + bytes(size - unsigned)


@lru_cache(maxsize=64)
def element_record(group: Group) -> Record:
    """Return how an element is written."""
    if isinstance(group, ModPGroup):
        return Record((_leaf_frame(integer_size(group.p), group.element_size),), group.element_size)
    coordinate = group.element_size // 2
    size = integer_size(group.p)  # type: ignore[attr-defined]
    frame = _leaf_frame(size, coordinate)
    point = HEADER.pack(NODE, 2)
    infinity = point + 2 * (HEADER.pack(LEAF, size) + b"\xff" * size)
    return Record((point + frame, frame), coordinate, head=b"\4", infinity=infinity)


@lru_cache(maxsize=64)
def scalar_record(group: Group) -> Record:
    """Return how a scalar is written."""
    return Record((_leaf_frame(integer_size(group.order), group.scalar_size),), group.scalar_size)


def read_element(tree: Tree, group: Group) -> Element:
    """Return the element that comes next, proved a member."""
    record = element_record(group)
    return group.decode(record.read(tree.take(record.length), tree.name))


def read_vector(tree: Tree, group: Group, count: int | None = None) -> Vector:
    """Return the array that comes next: ``count`` elements, or at least one."""
    record, found = element_record(group), tree.node(count)
    if not found:
        raise tree.error("an empty list")
    return Vector(group, record.read(tree.take(found * record.length), tree.name), tree.name)


def read_scalar(tree: Tree, group: Group) -> int:
    """Return the scalar that comes next."""
    return _scalars(tree, group, 1)[0]


def read_scalars(tree: Tree, group: Group, count: int) -> list[int]:
    """Return the array of scalars that comes next."""
    return _scalars(tree, group, tree.node(count))


def _scalars(tree: Tree, group: Group, count: int) -> list[int]:
    record, size = scalar_record(group), group.scalar_size
    data = record.read(tree.take(count * record.length), tree.name)
    values = [int.from_bytes(data[i : i + size], "big") for i in range(0, len(data), size)]
    for index, value in enumerate(values):
        if value >= group.order:
            raise tree.error(f"scalar {index} is not below the order")
    return values


def write_element(element: Element) -> bytes:
    """Return an element's tree."""
    return element_record(element.group).write([bytes(element)])


def write_vector(vector: Vector) -> bytes:
    """Return an array of elements."""
    return node_header(len(vector)) + element_record(vector.group).write(vector.encodings())


def write_scalar(value: int, group: Group) -> bytes:
    """Return a scalar's tree; it is below the order."""
    return scalar_record(group).write([value.to_bytes(group.scalar_size, "big")])


def write_scalars(values: Sequence[int], group: Group) -> bytes:
    """Return an array of scalars, which are below the order."""
    record, size = scalar_record(group), group.scalar_size
    return node_header(len(values)) + record.write([value.to_bytes(size, "big") for value in values])
