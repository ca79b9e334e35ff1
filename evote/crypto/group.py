"""Groups of prime order, written multiplicatively: ``g ** x``, ``a * b``, ``a / b``.

An `Element` in hand is a member of its group: `Group.decode` proved it, and no protocol asks again. ``**`` takes
the careful path and may be given a secret exponent; the fast public path has the long name,
`Group.product_of_powers`, and must never see one.

A new group is one new file: subclass `Group`, fill in the operations on *raw* values (whatever represents an
element inside that file), register a function without arguments that returns it under ``evote.groups``, and inherit
``GroupContract`` in its test. Raw values never leave ``evote.crypto``.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property, partial
from typing import Any, Protocol

from evote.crypto import powers
from evote.errors import DecodeError
from evote.registry import registered, registered_names

Raw = Any  # an mpz, or a tuple of them: immutable, and only the group that made it can read it

CHALLENGE_BITS = 256


class Stream(Protocol):
    """Uniform bytes to make an element of; a SHAKE object is one."""

    def digest(self, length: int, /) -> bytes:
        """Return the first ``length`` bytes."""


class Scalar:
    """An integer modulo the order of a group; mixing orders raises ``ValueError``. It never prints its value."""

    __slots__ = ("order", "value")

    def __init__(self, value: int, order: int) -> None:
        """Reduce ``value`` modulo ``order``."""
        self.value = int(value) % order
        self.order = order

    def _other(self, other: Scalar | int) -> int:
        if isinstance(other, int):
            return other
        if other.order != self.order:
            raise ValueError("scalars of different orders")
        return other.value

    def __add__(self, other: Scalar | int) -> Scalar:
        return Scalar(self.value + self._other(other), self.order)

    def __sub__(self, other: Scalar | int) -> Scalar:
        return Scalar(self.value - self._other(other), self.order)

    def __mul__(self, other: Scalar | int) -> Scalar:
        return Scalar(self.value * self._other(other), self.order)

    def __truediv__(self, other: Scalar | int) -> Scalar:
        return Scalar(self.value * pow(self._other(other), -1, self.order), self.order)

    def __neg__(self) -> Scalar:
        return Scalar(-self.value, self.order)

    def __int__(self) -> int:
        return self.value

    def __bytes__(self) -> bytes:
        return self.value.to_bytes((self.order.bit_length() + 7) // 8, "big")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scalar) and (self.value, self.order) == (other.value, other.order)

    def __hash__(self) -> int:
        return hash((self.value, self.order))

    def __repr__(self) -> str:
        return f"<scalar modulo a {self.order.bit_length()}-bit order>"


class Element:
    """A member of ``group``. Immutable; equality and hashing follow the canonical encoding."""

    __slots__ = ("_bytes", "group", "raw")

    def __init__(self, group: Group, raw: Raw, encoding: bytes | None = None) -> None:
        """Wrap a raw value that is known to be a member; `Group.decode` is the way in for bytes."""
        self.group = group
        self.raw = raw
        self._bytes = encoding

    def same_group(self, other: Element) -> Raw:
        """Return the other's raw value; ``ValueError`` if it is of another group."""
        if other.group is not self.group and other.group != self.group:
            raise ValueError("elements of different groups")
        return other.raw

    def __mul__(self, other: Element) -> Element:
        return Element(self.group, self.group.multiply(self.raw, self.same_group(other)))

    def __truediv__(self, other: Element) -> Element:
        return Element(self.group, self.group.multiply(self.raw, self.group.invert(self.same_group(other))))

    def __pow__(self, exponent: Scalar | int) -> Element:
        """Raise to a power by the careful path, fit for secret exponents."""
        if isinstance(exponent, Scalar) and exponent.order != self.group.order:
            raise ValueError("a scalar of another order")
        return Element(self.group, self.group.power(self.raw, int(exponent) % self.group.order))

    def __bytes__(self) -> bytes:
        if self._bytes is None:
            self._bytes = self.group.encode(self.raw)
        return self._bytes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Element) or other.group != self.group:
            return NotImplemented
        return self.raw is other.raw or self.group.equal(self.raw, other.raw)

    def __hash__(self) -> int:
        return hash(bytes(self))

    def __repr__(self) -> str:
        return f"<{self.group.name} {bytes(self)[:8].hex()}...>"

    def __reduce__(self) -> tuple[Callable[..., Element], tuple[Group, Raw, bytes | None]]:
        return Element, (self.group, self.raw, self._bytes)


class Group(ABC):
    """A cyclic group of prime order in which discrete logarithms are hard.

    ``name`` is the registered name, bound into every proof; ``order`` the prime q; ``element_size`` the length of
    an encoding in bytes. Two groups are equal if their names are, so a name stands for one set of parameters.
    """

    name: str
    order: int
    element_size: int
    generator: Element
    identity: Element

    # --- what a new group fills in; raw values only ---

    @abstractmethod
    def multiply(self, a: Raw, b: Raw) -> Raw:
        """Return a b."""

    @abstractmethod
    def invert(self, a: Raw) -> Raw:
        """Return 1/a."""

    @abstractmethod
    def equal(self, a: Raw, b: Raw) -> bool:
        """Tell whether two raw values are the same element."""

    @abstractmethod
    def power(self, a: Raw, exponent: int) -> Raw:
        """Return a^exponent by the careful path; 0 <= exponent < q, and any of these may be secret."""

    @abstractmethod
    def encode(self, a: Raw) -> bytes:
        """Return the canonical encoding, ``element_size`` bytes."""

    @abstractmethod
    def decode_raw(self, data: bytes) -> Raw:
        """Return the member that ``data`` encodes, or raise `DecodeError`; the length is already right."""

    @abstractmethod
    def hash_to_raw(self, stream: Stream) -> Raw:
        """Map a SHAKE-256 object to an element whose logarithm nobody knows."""

    def square(self, a: Raw) -> Raw:
        """Return a^2."""
        return self.multiply(a, a)

    def power_public(self, a: Raw, exponent: int) -> Raw:
        """Return a^exponent in variable time, exponent >= 0."""
        return powers.straus(self, [a], [exponent]) if exponent else self.identity.raw

    def encode_many(self, elements: Iterable[Element]) -> list[bytes]:
        """Return the encodings of a list; a group that can share inversions does so here."""
        return [bytes(element) for element in elements]

    def decode_many(self, encodings: Sequence[bytes]) -> list[Element]:
        """Decode a list, proving membership of each; the error names the first bad index."""
        elements = []
        for index, data in enumerate(encodings):
            try:
                elements.append(self.decode(data))
            except DecodeError as error:
                raise DecodeError(f"item {index}: {error}") from None
        return elements

    # --- what a group may do faster in bulk; raw values only, public exponents unless said otherwise ---

    signed_digits = False  # whether an inverse costs next to nothing, so that digits of exponents may be negative

    def public_power_cost(self, bits: int) -> float:
        """Return what `power_public` costs for an exponent of ``bits`` bits, in products.

        A group with a library behind `power_public` says here when it beats shared squarings.
        """
        return powers.straus_cost(powers.Load(1, bits, bits), signed=self.signed_digits)

    def invert_many(self, raws: Sequence[Raw]) -> list[Raw]:
        """Return the inverses of a list."""
        return [self.invert(raw) for raw in raws]

    def addends(self, raws: Sequence[Raw]) -> list[Raw]:
        """Return the values in the form in which `collect` and `spread` multiply them into others."""
        return list(raws)

    def collect(self, addends: Sequence[Raw], digits: Sequence[int], size: int) -> list[Raw | None]:
        """Return, for each d from 0 to ``size``, the product of the addends whose digit is d; None where none is.

        An addend with digit -d counts inverted, which occurs only under `signed_digits`; one with digit 0 not at all,
        so that the first item is None. What it returns are raw values, not addends.
        """
        buckets: list[Raw | None] = [None] * (size + 1)
        for addend, digit in zip(addends, digits, strict=True):
            if digit:
                at, factor = (digit, addend) if digit > 0 else (-digit, self.invert(addend))
                held = buckets[at]
                buckets[at] = factor if held is None else self.multiply(held, factor)
        return buckets

    def weigh(self, buckets: Sequence[Raw | None]) -> Raw:
        """Return the product of ``buckets[d]`` to the power d, by running products from the end; None is empty."""
        running = total = self.identity.raw
        for held in reversed(buckets[1:]):
            if held is not None:
                running = self.multiply(running, held)
            total = self.multiply(total, running)
        return total

    def spread(self, targets: list[Raw], table: Sequence[Raw], digits: Sequence[int]) -> None:
        """Multiply each target by the addend ``table[d]`` for its digit d; by the inverse of ``table[-d]`` if d < 0.

        Negative digits occur only under `signed_digits`; ``table[0]`` is the identity's addend and never needed.
        """
        for i, digit in enumerate(digits):
            if digit:
                factor = table[digit] if digit > 0 else self.invert(table[-digit])
                targets[i] = self.multiply(targets[i], factor)

    def careful_table(self, a: Raw) -> Callable[[int], Raw]:
        """Return what raises ``a`` to secret exponents, 0 <= exponent < q, as carefully as `power` and perhaps faster.

        ``a`` itself is public. It pays for a base used often.
        """
        return partial(self.power, a)

    def pack(self, raws: Iterable[Raw]) -> bytes:
        """Return the values for another of our own processes; `unpack` proves nothing."""
        return b"".join(map(self.encode, raws))

    def unpack(self, data: bytes) -> list[Raw]:
        """Return the values that `pack` wrote; bytes from elsewhere never come here."""
        size = self.element_size
        return [self.decode_raw(data[i : i + size]) for i in range(0, len(data), size)]

    # --- what every group then offers ---

    @property
    def scalar_size(self) -> int:
        """The length of an encoded scalar in bytes."""
        return (self.order.bit_length() + 7) // 8

    @property
    def challenge_bits(self) -> int:
        """The length k of challenges; 2^k <= q, so that distinct challenges are distinct modulo q."""
        return min(CHALLENGE_BITS, self.order.bit_length() - 1)

    def element(self, raw: Raw) -> Element:
        """Wrap a raw value that this group's own arithmetic made."""
        return Element(self, raw)

    def scalar(self, value: int) -> Scalar:
        """Return ``value`` modulo the order."""
        return Scalar(value, self.order)

    def decode(self, data: bytes) -> Element:
        """Return the member whose canonical encoding is ``data``; raise `DecodeError` for anything else."""
        if len(data) != self.element_size:
            raise DecodeError(f"{self.name}: an element has {self.element_size} bytes, not {len(data)}")
        return Element(self, self.decode_raw(data), bytes(data))

    def decode_scalar(self, data: bytes) -> Scalar:
        """Return the scalar whose canonical encoding is ``data``; raise `DecodeError` for anything else."""
        value = int.from_bytes(data, "big")
        if len(data) != self.scalar_size or value >= self.order:
            raise DecodeError(f"{self.name}: not a scalar")
        return Scalar(value, self.order)

    def product_of_powers(self, bases: Sequence[Element], exponents: Sequence[int | Scalar]) -> Element:
        """Return the product of ``b ** x``. Variable time: public exponents only, of any sign and length."""
        if len(bases) != len(exponents):
            raise ValueError("as many exponents as bases")
        raws = [self.identity.same_group(base) for base in bases]
        return Element(self, powers.product_of_powers(self, raws, [int(x) for x in exponents]))

    def hash_to_group(self, label: str, *messages: bytes) -> Element:
        """Return an element whose logarithm to any other base nobody knows; ``label`` separates uses."""
        stream = hashlib.shake_256(b"evote hash-to-group v1")
        for part in (self.name.encode(), label.encode(), *messages):
            stream.update(len(part).to_bytes(8, "big") + part)
        return Element(self, self.hash_to_raw(stream))

    def independent_generators(self, count: int, label: str, start: int = 0) -> list[Element]:
        """Return generators ``start`` ... ``start + count - 1`` of a series without known relations among them."""
        return [self.hash_to_group(label, index.to_bytes(8, "big")) for index in range(start, start + count)]

    @cached_property
    def _key(self) -> tuple[str, int]:
        return self.name, self.order

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Group) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"<group {self.name}>"

    def __reduce__(self) -> tuple[Callable[..., Group], tuple[Any, ...]]:
        return group, (self.name,)


@cache
def group(name: str) -> Group:
    """Return the registered group of that name; ``ValueError`` if there is none, or more than one."""
    made: Group = registered("evote.groups", name)()
    if made.name != name:
        raise ValueError(f"the group registered as {name!r} calls itself {made.name!r}")
    return made


def group_names() -> list[str]:
    """Return the names of all registered groups."""
    return registered_names("evote.groups")
