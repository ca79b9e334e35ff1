"""Vectors multiplied item by item, decoded and encoded on the way, by the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import chain

from evote.crypto.group import Element, Group, Raw
from evote.crypto.vector import KnownVector, Vector
from evote.parallel import pmap

CHUNK = 1024


class RawVector(Vector):
    """Elements that this process computed. They are packed when they cross to a worker, and not before."""

    def __init__(self, group: Group, raws: Sequence[Raw], name: str = "item") -> None:
        """Hold raw values."""
        self.group, self.name, self._raws = group, name, raws

    def __len__(self) -> int:
        return len(self._raws)

    def __reduce__(self) -> tuple[Callable[..., Vector], tuple[Group, bytes, int, str]]:
        return KnownVector, (self.group, self.group.pack(self._raws), len(self), self.name)

    def cut(self, low: int, high: int) -> RawVector:
        """Return items ``low`` to ``high - 1``, as far as there are any."""
        return RawVector(self.group, self._raws[low:high], self.name)

    def encodings(self) -> list[bytes]:
        """Return the encoding of each element."""
        return self.group.encode_many(self.elements())

    def elements(self, first: int = 0) -> list[Element]:  # noqa: ARG002 - nothing here can fail
        """Return the elements."""
        return list(map(self.group.element, self._raws))

    def raws(self, first: int = 0) -> list[Raw]:  # noqa: ARG002
        """Return the raw values."""
        return list(self._raws)


def raw_vector(group: Group, elements: Sequence[Element]) -> RawVector:
    """Return the vector of these elements."""
    return RawVector(group, [element.raw for element in elements])


@dataclass(frozen=True, slots=True)
class _Pair:
    left: Vector
    right: Vector
    first: int

    def elements(self) -> list[Element]:
        """Return left[i] right[i]: what `Group.spread` does for digits that are all different."""
        group, products = self.left.group, list(self.left.raws(self.first))
        factors = group.addends([group.identity.raw, *self.right.raws(self.first)])
        group.spread(products, factors, range(1, len(factors)))
        return list(map(group.element, products))


def multiplied(left: Vector, right: Vector, executor: Executor | None = None) -> list[Element]:
    """Return left[i] right[i], each with its encoding; raise `DecodeError` if one of them is no member."""
    return list(chain.from_iterable(pmap(_multiplied, _pairs(left, right), executor=executor, chunk=1)))


def multiplied_encodings(left: Vector, right: Vector, executor: Executor | None = None) -> list[bytes]:
    """Return the encodings of left[i] right[i]; raise `DecodeError` if one of them is no member."""
    return list(chain.from_iterable(pmap(_encoded, _pairs(left, right), executor=executor, chunk=1)))


def _pairs(left: Vector, right: Vector) -> Iterator[_Pair]:
    if len(left) != len(right):
        raise ValueError("vectors of different lengths")
    for low in range(0, len(left), CHUNK):
        yield _Pair(left.cut(low, low + CHUNK), right.cut(low, low + CHUNK), low)


def _multiplied(pairs: list[_Pair]) -> list[Element]:
    (pair,) = pairs
    elements, group = pair.elements(), pair.left.group
    encodings = group.encode_many(elements)
    return [Element(group, element.raw, data) for element, data in zip(elements, encodings, strict=True)]


def _encoded(pairs: list[_Pair]) -> list[bytes]:
    (pair,) = pairs
    return pair.left.group.encode_many(pair.elements())
