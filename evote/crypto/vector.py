"""Long lists of elements stay bytes until a worker needs them: decoded, proved members, multiplied, forgotten.

A `Vector` holds encodings. Nothing about them is believed: whoever asks for its elements gets members of the group or
a `DecodeError` that names the item. So a proof over a million rows needs memory for its bytes and for one chunk of
points, and the costly part of reading, the proof of membership, is shared out with the powers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from evote.crypto import powers
from evote.crypto.group import Element, Group, Raw
from evote.errors import DecodeError
from evote.parallel import pmap, worker_count

CHUNK = 1 << 16  # elements in hand at once; more make no product cheaper, since the buckets leave the cache
SMALLEST_CHUNK = 1 << 11
PARTS = 2  # for each worker, so that they end at nearly the same time


class Vector:
    """Elements of one group as the bytes that were written, one after the other. ``name`` is for error messages."""

    def __init__(self, group: Group, data: bytes, name: str = "item") -> None:
        """Hold the encodings; ``ValueError`` unless they fill whole elements."""
        if len(data) % group.element_size:
            raise ValueError(f"{name}: not a whole number of elements")
        self.group, self.data, self.name = group, data, name

    @classmethod
    def of(cls, group: Group, elements: Iterable[Element], name: str = "item") -> Vector:
        """Return the vector that these elements are written as."""
        return cls(group, b"".join(group.encode_many(elements)), name)

    def __len__(self) -> int:
        return len(self.data) // self.group.element_size

    def encodings(self) -> list[bytes]:
        """Return the encoding of each element."""
        size = self.group.element_size
        return [self.data[i : i + size] for i in range(0, len(self.data), size)]

    def cut(self, low: int, high: int) -> Vector:
        """Return items ``low`` to ``high - 1``, as far as there are any."""
        size = self.group.element_size
        return type(self)(self.group, self.data[low * size : high * size], self.name)

    def elements(self, first: int = 0) -> list[Element]:
        """Return members of the group; raise `DecodeError`, counting items from ``first``, if one is none."""
        try:
            return self.group.decode_many(self.encodings())
        except DecodeError:
            for index, data in enumerate(self.encodings()):
                try:
                    self.group.decode(data)
                except DecodeError as error:
                    raise DecodeError(f"{self.name} {first + index}: {error}") from None
            raise

    def raws(self, first: int = 0) -> list[Raw]:
        """Return the raw values of `elements`."""
        return [element.raw for element in self.elements(first)]


class KnownVector(Vector):
    """Elements that our own processes computed and packed, so that nothing is left to prove."""

    def __init__(self, group: Group, data: bytes, count: int, name: str = "item") -> None:
        """Hold ``count`` packed elements."""
        self.group, self.data, self.name, self._count = group, data, name, count

    def __len__(self) -> int:
        return self._count

    def cut(self, low: int, high: int) -> KnownVector:
        """Return items ``low`` to ``high - 1``, as far as there are any."""
        low, high = min(low, self._count), min(high, self._count)
        size = len(self.data) // max(1, self._count)
        return KnownVector(self.group, self.data[low * size : high * size], high - low, self.name)

    def encodings(self) -> list[bytes]:
        """Return the encoding of each element."""
        return self.group.encode_many(self.elements())

    def elements(self, first: int = 0) -> list[Element]:  # noqa: ARG002 - nothing here can fail
        """Return the elements."""
        return [Element(self.group, raw) for raw in self.raws()]

    def raws(self, first: int = 0) -> list[Raw]:  # noqa: ARG002
        """Return the raw values."""
        return self.group.unpack(self.data)


@dataclass(frozen=True, slots=True)
class Power:
    """The product of ``vector[i] ** (factor * exponents[i])``."""

    vector: Vector
    exponents: Sequence[int]
    factor: int = 1


def products(group: Group, wanted: Sequence[Sequence[Power]], executor: Executor | None = None) -> list[Element]:
    """Return, for each list wanted, the product of its powers, computed by the workers chunk by chunk.

    A vector in several of them is decoded once. Raises `DecodeError` if a vector holds anything but members.
    """
    if any(len(power.vector) != len(power.exponents) for powers_ in wanted for power in powers_):
        raise ValueError("as many exponents as elements")
    vectors = {id(power.vector): power.vector for powers_ in wanted for power in powers_}
    if any(vector.group != group for vector in vectors.values()):
        raise ValueError("vectors of different groups")
    length = max((len(vector) for vector in vectors.values()), default=0)
    rows = chunk_rows(length, len(vectors), 1 if executor is None else PARTS * (worker_count(executor) or 1))
    jobs = (_Job.cut(group, wanted, low, low + rows) for low in range(0, length, rows))
    totals = [group.identity.raw] * len(wanted)
    for packed in pmap(_answer, jobs, executor=executor, chunk=1):
        parts = group.unpack(packed)
        totals = [group.multiply(total, part) for total, part in zip(totals, parts, strict=True)]
    return list(map(group.element, totals))


def chunk_rows(length: int, width: int, parts: int) -> int:
    """Return how many rows of ``width`` elements make a chunk: ``length`` rows in even parts, ``parts`` or more."""
    smallest, largest = SMALLEST_CHUNK // max(1, width), max(1, CHUNK // max(1, width))
    return max(1, smallest, -(-length // max(parts, -(-length // largest))))


@dataclass(frozen=True, slots=True)
class _Job:
    """The part of the wanted products that rows ``first`` ... contribute; powers name vectors and exponents by place.

    An object that is used twice is there once, so that it crosses to the worker once.
    """

    group: Group
    first: int
    vectors: list[Vector]
    exponents: list[Sequence[int]]
    wanted: list[list[tuple[int, int, int]]]

    @classmethod
    def cut(cls, group: Group, wanted: Sequence[Sequence[Power]], low: int, high: int) -> _Job:
        vectors: dict[int, int] = {}
        exponents: dict[int, int] = {}
        job = cls(group, low, [], [], [])
        for powers_ in wanted:
            places = []
            for power in powers_:
                if vectors.setdefault(id(power.vector), len(job.vectors)) == len(job.vectors):
                    job.vectors.append(power.vector.cut(low, high))
                if exponents.setdefault(id(power.exponents), len(job.exponents)) == len(job.exponents):
                    job.exponents.append(power.exponents[low:high])
                places.append((vectors[id(power.vector)], exponents[id(power.exponents)], power.factor))
            job.wanted.append(places)
        return job

    def products(self) -> Iterator[Raw]:
        raws = [vector.raws(self.first) for vector in self.vectors]
        for places in self.wanted:
            merged: dict[int, Sequence[int]] = {}
            for vector, at, factor in places:
                merged[vector] = self._sum(merged.get(vector), self.exponents[at], factor)
            bases = [raw for vector in merged for raw in raws[vector]]
            yield powers.product_of_powers(self.group, bases, [x for xs in merged.values() for x in xs])

    def _sum(self, held: Sequence[int] | None, exponents: Sequence[int], factor: int) -> Sequence[int]:
        """Return held + factor exponents modulo q; one list by itself stays as long as it is."""
        if held is None and factor == 1:
            return exponents
        q = self.group.order
        if held is None:
            return [factor * x % q for x in exponents]
        return [(a + factor * x) % q for a, x in zip(held, exponents, strict=True)]


def _answer(jobs: list[_Job]) -> bytes:
    (job,) = jobs
    return job.group.pack(job.products())
