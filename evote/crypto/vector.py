"""Long lists of elements stay bytes until a worker needs them: decoded, proved members, multiplied, forgotten.

A `Vector` holds encodings. Nothing about them is believed: whoever asks for its elements gets members of the group or
a `DecodeError` that names the item. So a proof over a million rows needs memory for its bytes and for one chunk of
points, and the costly part of reading, the proof of membership, is shared out with the powers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from math import ceil

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
    workers = 1 if executor is None else worker_count(executor) or 1
    totals = [group.identity.raw] * len(wanted)
    for places, packed in pmap(_answer, _jobs(group, wanted, workers), executor=executor, chunk=1):
        for place, part in zip(places, group.unpack(packed), strict=True):
            totals[place] = group.multiply(totals[place], part)
    return list(map(group.element, totals))


def _jobs(group: Group, wanted: Sequence[Sequence[Power]], workers: int) -> Iterator[_Job]:
    """Yield the jobs: products without common vectors apart, the costliest first, cut into rows as workers need it.

    A product of many rows in one piece costs less than in several.
    """
    sharing = sorted(_sharing(wanted), key=lambda places: -_bits(group, wanted, places))
    everything = sum(_bits(group, wanted, places) for places in sharing)
    for places in sharing:
        vectors = {id(power.vector): power.vector for place in places for power in wanted[place]}
        length = max(map(len, vectors.values()), default=0)
        share = PARTS * workers * _bits(group, wanted, places) / everything if workers > 1 and everything else 1
        rows = chunk_rows(length, len(vectors), ceil(share))
        for low in range(0, length, rows):
            yield _Job.cut(group, wanted, places, low, low + rows)


def _sharing(wanted: Sequence[Sequence[Power]]) -> list[list[int]]:
    """Return the places of the wanted products, together if they have a vector in common."""
    found: list[tuple[set[int], list[int]]] = []
    for place, powers_ in enumerate(wanted):
        vectors, places = {id(power.vector) for power in powers_}, [place]
        for others in [other for other in found if other[0] & vectors]:
            found.remove(others)
            vectors, places = vectors | others[0], others[1] + places
        found.append((vectors, places))
    return [places for _, places in found]


def _bits(group: Group, wanted: Sequence[Sequence[Power]], places: Sequence[int]) -> int:
    """Return how many bits the exponents of these products have together, about."""
    order = group.order.bit_length()
    powers_ = [power for place in places for power in wanted[place]]
    return sum(
        len(power.vector) * min(order, max(map(int.bit_length, power.exponents), default=0)) for power in powers_
    )


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
    places: list[int]
    first: int
    vectors: list[Vector]
    exponents: list[Sequence[int]]
    wanted: list[list[tuple[int, int, int]]]

    @classmethod
    def cut(cls, group: Group, wanted: Sequence[Sequence[Power]], chosen: list[int], low: int, high: int) -> _Job:
        vectors: dict[int, int] = {}
        exponents: dict[int, int] = {}
        job = cls(group, chosen, low, [], [], [])
        for place in chosen:
            places = []
            for power in wanted[place]:
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


def _answer(jobs: list[_Job]) -> tuple[list[int], bytes]:
    (job,) = jobs
    return job.places, job.group.pack(job.products())
