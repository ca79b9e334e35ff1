"""Lists of ciphertexts, column by column as they are written, and the key that all of them are encrypted under.

Each holds the file's own bytes, too, which are what is hashed.

Source: ``docs/verificatum.md``, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evote.crypto.elgamal import Ciphertext, Row
from evote.crypto.group import Element, Group
from evote.crypto.vector import Vector
from evote.formats.verificatum.byte_tree import Tree, node
from evote.formats.verificatum.records import read_element, read_scalar, read_vector, write_vector
from evote.formats.verificatum.shapes import Shape, plain_shape, read_product, wide_shape, write_product


@dataclass(frozen=True, slots=True)
class Wide:
    """A list of products of elements: a vector for each component, all of one length."""

    columns: tuple[Vector, ...]
    written: memoryview

    def __len__(self) -> int:
        return len(self.columns[0])


@dataclass(frozen=True, slots=True)
class Ciphertexts:
    """A list of ciphertexts: halves u and v, which are c1 and c2 in the rest of this library."""

    c1: tuple[Vector, ...]
    c2: tuple[Vector, ...]
    written: bytes | memoryview

    def __len__(self) -> int:
        return len(self.c1[0])


@dataclass(frozen=True, slots=True)
class JointKey:
    """The key (g, y), with a component for each column of a block, as it was written."""

    group: Group
    y: tuple[Element, ...]
    g_written: bytes
    y_written: bytes

    @property
    def written(self) -> bytes:
        """The key as a tree."""
        return node(self.g_written, self.y_written)

    def widened(self, width: int) -> bytes:
        """Return the key in the form of a row of ``width`` blocks."""
        if width == 1:
            return self.written
        return node(node(*[self.g_written] * width), node(*[self.y_written] * width))


@dataclass(frozen=True, slots=True)
class Layout:
    """How this session's products are written."""

    group: Group
    keywidth: int
    width: int

    @property
    def plain(self) -> Shape:
        """The shape of keys."""
        return plain_shape(self.keywidth)

    @property
    def wide(self) -> Shape:
        """The shape of a half of a ciphertext."""
        return wide_shape(self.keywidth, self.width)

    def elements(self, tree: Tree, shape: Shape) -> list[Element]:
        """Return the element of a product that comes next."""
        return read_product(tree, shape, lambda tree: read_element(tree, self.group))

    def scalars(self, tree: Tree, shape: Shape) -> list[int]:
        """Return the scalar that acts on such an element."""
        return read_product(tree, shape, lambda tree: read_scalar(tree, self.group))

    def row(self, tree: Tree) -> Row:
        """Return the ciphertext that comes next."""
        tree.node(2)
        u, v = self.elements(tree, self.wide), self.elements(tree, self.wide)
        return tuple(map(Ciphertext, u, v))

    def key(self, tree: Tree) -> JointKey:
        """Return the key in a file; raise `DecodeError` unless its first half is g and its second not all 1."""
        tree.node(2)
        start = tree.at
        g = self.elements(tree, self.plain)
        middle = tree.at
        y = self.elements(tree, self.plain)
        written = bytes(tree.since(start))
        tree.end()
        if any(element != self.group.generator for element in g):
            raise tree.error("the first half is not the group's generator")
        if all(element == self.group.identity for element in y):
            raise tree.error("the identity is no public key")
        return JointKey(self.group, tuple(y), written[: middle - start], written[middle - start :])

    def ciphertexts(self, tree: Tree, count: int | None = None) -> Ciphertexts:
        """Return the list in a file, ``count`` ciphertexts long, or at least one."""
        tree.node(2)
        u = self._columns(tree, "u", count)
        v = self._columns(tree, "v", len(u[0]))
        tree.end()
        return Ciphertexts(u, v, tree.since(0))

    def write_ciphertexts(self, c1: Sequence[Vector], c2: Sequence[Vector]) -> Ciphertexts:
        """Return the list with these columns, written."""
        return Ciphertexts(tuple(c1), tuple(c2), node(*(self._write_columns(half) for half in (c1, c2))))

    def _write_columns(self, columns: Sequence[Vector]) -> bytes:
        return write_product(self.wide, map(write_vector, columns))

    def halves(self, tree: Tree, count: int) -> Wide:
        """Return the list of plaintexts or decryption factors in a file."""
        columns = self._columns(tree, "", count)
        tree.end()
        return Wide(columns, tree.since(0))

    def _columns(self, tree: Tree, half: str, count: int | None) -> tuple[Vector, ...]:
        columns: list[Vector] = []

        def column(tree: Tree) -> Vector:
            vector = read_vector(tree, self.group, len(columns[0]) if columns else count)
            column_name = f"column {len(columns)}" if self.wide else ""
            vector.name = " ".join(filter(None, (tree.name, half, column_name, "item")))
            columns.append(vector)
            return vector

        return tuple(read_product(tree, self.wide, column))
