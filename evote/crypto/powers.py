"""Products of powers, fast and in variable time: public exponents only.

Few bases: Straus' method (Straus 1964), which shares the squarings. Many bases: Pippenger's bucket method (Bernstein,
Doumen, Lange, Oosterwijk 2012). Both work on raw values and any group; costs below are in multiplications, for n bases
and exponents of L bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evote.crypto.group import Element, Group

Raw = Any

STRAUS_WINDOW = 4
STRAUS_LIMIT = 40  # measured: they cross at 32 bases for 128-bit exponents, 64 for 256 bits, 100 for 2048


def product_of_powers(group: Group, bases: Sequence[Raw], exponents: Sequence[int]) -> Raw:
    """Return the product of bases[i]^exponents[i]; exponents may have any sign and length.

    An exponent longer than the order is reduced first; a shorter one costs no more than its own length. The negative
    powers are collected apart and inverted once.
    """
    order, bits = group.order, group.order.bit_length()
    positive: tuple[list[Raw], list[int]] = ([], [])
    negative: tuple[list[Raw], list[int]] = ([], [])
    for base, exponent in zip(bases, exponents, strict=True):
        short = exponent if exponent.bit_length() <= bits else exponent % order
        side = negative if short < 0 else positive
        if short:
            side[0].append(base)
            side[1].append(abs(short))
    result = _positive(group, *positive)
    if negative[0]:
        result = group.multiply(result, group.invert(_positive(group, *negative)))
    return result


def _positive(group: Group, bases: list[Raw], exponents: list[int]) -> Raw:
    if not bases:
        return group.identity.raw
    if len(bases) == 1:
        return group.power_public(bases[0], exponents[0])
    if len(bases) <= STRAUS_LIMIT:
        return straus(group, bases, exponents)
    return pippenger(group, bases, exponents)


def straus(group: Group, bases: Sequence[Raw], exponents: Sequence[int]) -> Raw:
    """Return the product of powers by interleaved windows of w = 4 bits: L squarings + n (2^w + L/w) products."""
    multiply, square, mask = group.multiply, group.square, (1 << STRAUS_WINDOW) - 1
    tables = [_multiples(group, base, mask) for base in bases]
    top = max(exponent.bit_length() for exponent in exponents)
    result = None
    for shift in range((top - 1) // STRAUS_WINDOW * STRAUS_WINDOW, -1, -STRAUS_WINDOW):
        if result is not None:
            for _ in range(STRAUS_WINDOW):
                result = square(result)
        for table, exponent in zip(tables, exponents, strict=True):
            if digit := exponent >> shift & mask:
                result = table[digit] if result is None else multiply(result, table[digit])
    return group.identity.raw if result is None else result


def straus_cost(lengths: Sequence[int]) -> float:
    """Return the products that `straus` spends on exponents of these lengths in bits, a squaring counted as one."""
    return max(lengths, default=0) + sum((1 << STRAUS_WINDOW) + bits / STRAUS_WINDOW for bits in lengths)


def _multiples(group: Group, base: Raw, count: int) -> list[Raw]:
    """Return base^0 ... base^count."""
    table = [group.identity.raw, base]
    while len(table) <= count:
        table.append(group.multiply(table[-1], base))
    return table


def window(count: int, bits: int) -> int:
    """Return the bucket width c that minimises (L/c) (n + 2^(c+1)) products for n bases and L-bit exponents."""
    return min(range(2, 17), key=lambda c: -(-bits // c) * (count + (2 << c)))


def pippenger(group: Group, bases: Sequence[Raw], exponents: Sequence[int]) -> Raw:
    """Return the product of powers by buckets: L squarings + (L/c) (n + 2^(c+1)) products."""
    multiply, square = group.multiply, group.square
    bits = max(exponent.bit_length() for exponent in exponents)
    c = window(len(bases), bits)
    mask = (1 << c) - 1
    result = group.identity.raw
    for shift in range((bits - 1) // c * c, -1, -c):
        for _ in range(c):
            result = square(result)
        buckets: list[Raw] = [None] * (mask + 1)
        for base, exponent in zip(bases, exponents, strict=True):
            if digit := exponent >> shift & mask:
                held = buckets[digit]
                buckets[digit] = base if held is None else multiply(held, base)
        result = multiply(result, group.weigh(buckets))
    return result


def powers_of(base: Element, count: int) -> list[Element]:
    """Return base^0 ... base^count, one product each."""
    result = [base.group.identity]
    while len(result) <= count:
        result.append(result[-1] * base)
    return result


class FixedBase:
    """A public table of one base: a power costs L/w products. For public exponents, or a mixer's fast path.

    ``width`` is w in bits; the table holds (2^w - 1) L/w elements.
    """

    def __init__(self, base: Element, width: int = 6) -> None:
        """Build the table: about 2^w L/w products."""
        self.group, self.width = base.group, width
        step, self._tables = base.raw, []
        for _ in range(0, self.group.order.bit_length(), width):
            table = _multiples(self.group, step, (1 << width) - 1)
            self._tables.append(table)
            step = self.group.multiply(table[-1], step)

    def power(self, exponent: int) -> Element:
        """Return base^exponent in variable time."""
        group, rest, mask = self.group, exponent % self.group.order, (1 << self.width) - 1
        result = group.identity.raw
        for table in self._tables:
            if digit := rest & mask:
                result = group.multiply(result, table[digit])
            rest >>= self.width
        return group.element(result)
