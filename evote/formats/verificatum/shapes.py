"""Products of a group with itself: an element of one is a node of elements, an array of them a node of arrays.

A shape lists how many components there are at each level: () is the group itself, (3, 5) is three blocks of five.
Components are kept flat, in the order in which they are written. Products of one are never wrapped.

Source: ``docs/verificatum.md``, section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from evote.formats.verificatum.byte_tree import Tree, node

T = TypeVar("T")
Shape = tuple[int, ...]


def plain_shape(keywidth: int) -> Shape:
    """Return the shape of keys."""
    return () if keywidth == 1 else (keywidth,)


def wide_shape(keywidth: int, width: int) -> Shape:
    """Return the shape of one half of a ciphertext."""
    return plain_shape(keywidth) if width == 1 else (width, *plain_shape(keywidth))


def read_product(tree: Tree, shape: Shape, read: Callable[[Tree], T]) -> list[T]:
    """Return the components of the product that comes next, each read by ``read``."""
    if not shape:
        return [read(tree)]
    tree.node(shape[0])
    return [component for _ in range(shape[0]) for component in read_product(tree, shape[1:], read)]


def write_product(shape: Shape, components: Iterator[bytes]) -> bytes:
    """Return the product of components, each a tree."""
    if not shape:
        return next(components)
    return node(*(write_product(shape[1:], components) for _ in range(shape[0])))
