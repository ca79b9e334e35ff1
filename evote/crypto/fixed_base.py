"""Many powers of one base, in variable time: public exponents, or a mixer's fast path.

With x = sum x_k 2^(ck), a power is the product of one entry (base^(2^(ck)))^(x_k) of a table for each of the L/c
windows, so squarings are paid once for all. `powers_of_base` knows all exponents and streams: it builds the entries of
one window, multiplies all results by theirs and drops them, so a megabyte does what a stored table needs hundreds for.
`FixedBase` stores the table, for exponents that come one at a time. In products, for n exponents of L bits:

    powers_of_base   (L/c) (n + e 2^(c-1)), and 4 n for the inverses where these are not free
    FixedBase        (L/w) 2^(w-1) or (L/w) 2^w once, then L/w each

An entry costs e = 1 modulo p. On curves, where it is made an addend, too, and fills the cache, e = 3 fits best.
(Brickell, Gordon, McCurley, Wilson 1992.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evote.crypto import digits
from evote.crypto.group import Element, Group
from evote.crypto.powers import shortest

Raw = Any

MAX_WIDTH = 14
ENTRY, ENTRY_ON_CURVES = 1, 3  # products: an entry of a table


def powers_of_base(base: Element, exponents: Sequence[int]) -> list[Element]:
    """Return base^x for each x, which may have any sign and length."""
    group = base.group
    short = [shortest(int(exponent), group.order, free_inverses=True) for exponent in exponents]
    bits = digits.bit_length(short)
    entry = ENTRY_ON_CURVES if group.signed_digits else ENTRY
    c = streamed_width(len(short), bits, entry)
    if len(short) * group.public_power_cost(bits) < streamed_cost(len(short), bits, c, entry):
        return [group.element(_single(group, base.raw, exponent)) for exponent in short]
    streamed = _streamed if group.signed_digits else _streamed_as_quotients
    return [group.element(raw) for raw in streamed(group, base.raw, digits.signed(short, c, group.order))]


def streamed_cost(count: int, bits: int, width: int, entry: int = ENTRY) -> float:
    """Return the products that streaming spends; a signed digit needs a bit more of its exponent."""
    return (bits // width + 1) * (count + entry * (1 << width - 1))


def streamed_width(count: int, bits: int, entry: int = ENTRY) -> int:
    """Return the width c that costs least."""
    return min(range(2, MAX_WIDTH + 1), key=lambda c: streamed_cost(count, bits, c, entry))


def _single(group: Group, base: Raw, exponent: int) -> Raw:
    power = group.power_public(base, abs(exponent))
    return group.invert(power) if exponent < 0 else power


def _streamed(group: Group, base: Raw, windows: digits.Digits) -> list[Raw]:
    targets = [group.identity.raw] * windows.count
    for k, table in enumerate(_tables(group, base, windows)):
        if k:
            group.spread(targets, group.addends(table), windows[k])
        else:
            targets = [table[digit] if digit >= 0 else group.invert(table[-digit]) for digit in windows[0]]
    return targets


def _streamed_as_quotients(group: Group, base: Raw, windows: digits.Digits) -> list[Raw]:
    """Return the powers as quotients: the digits > 0 make the numerators, those < 0 the denominators."""
    n = windows.count
    targets = [group.identity.raw] * (2 * n)
    for k, table in enumerate(_tables(group, base, windows)):
        group.spread(targets, group.addends(table), digits.apart(windows[k]))
    return list(map(group.multiply, targets[:n], group.invert_many(targets[n:])))


def _tables(group: Group, base: Raw, windows: digits.Digits) -> Iterator[list[Raw]]:
    """Yield what the digits of each window name, the lowest first."""
    for _ in range(len(windows)):
        table = _multiples(group, base, 1 << windows.width - 1)
        yield table
        base = group.square(table[-1])


def _multiples(group: Group, base: Raw, count: int) -> list[Raw]:
    """Return base^0 ... base^count: what is there, multiplied by its last entry, is the next half."""
    table = [group.identity.raw, base]
    while (known := len(table)) <= count:
        more = table[1 : count + 2 - known]
        group.spread(more, group.addends([group.identity.raw, table[-1]]), [1] * len(more))
        table += more
    return table


def stored_width(count: int, bits: int) -> int:
    """Return the width w of a stored table that costs least if ``count`` powers are taken from it."""
    return min(range(1, 11), key=lambda w: -(-bits // w) * (count + (1 << w)))


class FixedBase:
    """A public table of one base: a power costs L/w products.

    ``width`` is w in bits, see `stored_width`; the table holds L/w times 2^w elements, or 2^(w-1) where inverses are
    free.
    """

    def __init__(self, base: Element, width: int = 6) -> None:
        """Build the table, a product for each entry."""
        self.group, self.width = base.group, width
        group, signed, step = self.group, self.group.signed_digits, base.raw
        self._size = 1 << width - 1 if signed and width > 1 else (1 << width) - 1
        self._tables = []
        for _ in range(0, group.order.bit_length() + signed, width):
            table = _multiples(group, step, self._size)
            self._tables.append(group.addends(table))
            step = group.square(table[-1]) if self._size & 1 == 0 else group.multiply(table[-1], step)

    def power(self, exponent: int) -> Element:
        """Return base^exponent in variable time."""
        group, mask, size, rest = self.group, (1 << self.width) - 1, self._size, exponent % self.group.order
        addends, signs = [], []
        for table in self._tables:
            digit = rest & mask
            rest >>= self.width
            if digit > size:
                digit -= mask + 1
                rest += 1
            if digit:
                addends.append(table[abs(digit)])
                signs.append(1 if digit > 0 else -1)
        product = group.collect(addends, signs, 1)[1]
        return group.identity if product is None else group.element(product)
