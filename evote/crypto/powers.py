"""Products of powers, fast and in variable time: public exponents only.

Few bases: Straus' method (Straus 1964) with sliding windows, which shares the squarings. Many bases: Pippenger's bucket
method (Bernstein, Doumen, Lange, Oosterwijk 2012). Where a library's single power is cheap: one by one. All work on raw
values of any group, and a cost model chooses. In products, for n exponents of B bits together, the longest of L bits:

    Straus      s L + r (n 2^(w-1) + B/(w+1))  windows of w bits; 2^(w-2) under `Group.signed_digits`
    Pippenger   s L + B/c + e (L/c) 2^c        digits of c bits; or signed ones: 2^(c-1), and 3 n where inverses cost
    one by one  n `Group.public_power_cost`

where a product is one into a bucket and a squaring costs s = 0.87 of it (measured: 0.83 to 0.9). A product one at a
time, with its digit, costs r = 1.2 modulo p and 1.6 on curves, where addends for buckets are cheaper. To empty a
bucket costs e = 1 modulo p and 3 on curves. Exponents of very different lengths are split into classes where the model
says so; thus one long exponent among many short ones costs its own length and no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from evote.crypto import digits

if TYPE_CHECKING:
    from evote.crypto.group import Element, Group

Raw = Any
Power = tuple[Raw, int]  # a base and an exponent > 0

SQUARE = 0.87  # products
LOOSE, LOOSE_ON_CURVES = 1.2, 1.6  # products: one outside the buckets
EMPTYING, EMPTYING_ON_CURVES = 1, 3  # products: a bucket, once in each window
INVERSE = 3  # products, one of many
WORTHWHILE = 4  # bits, for which to take an inverse that is not free
MANY = 8  # bases; with fewer, buckets and classes of lengths are not worth a thought
MAX_WIDTH = 16  # of a bucket's digit: beyond it the buckets leave the cache


class Load(NamedTuple):
    """What a product of powers costs by: how many exponents, their bits together, the bits of the longest."""

    n: int
    total: int
    top: int

    @classmethod
    def of(cls, powers: Sequence[Power]) -> Load:
        """Return the load of some powers."""
        lengths = [exponent.bit_length() for _, exponent in powers]
        return cls(len(lengths), sum(lengths), max(lengths, default=0))

    def __add__(self, other: Load) -> Load:  # type: ignore[override]
        return Load(self.n + other.n, self.total + other.total, max(self.top, other.top))


def product_of_powers(group: Group, bases: Sequence[Raw], exponents: Sequence[int]) -> Raw:
    """Return the product of bases[i]^exponents[i]; exponents may have any sign and length.

    An exponent gives way to a congruent one where that is shorter. Negative powers: where inverses are free the base
    is inverted; else so are few bases, while many are collected apart and inverted once.
    """
    positive: list[Power] = []
    negative: list[Power] = []
    for base, exponent in zip(bases, exponents, strict=True):
        short = shortest(exponent, group.order, free_inverses=group.signed_digits)
        if short:
            (negative if short < 0 else positive).append((base, abs(short)))
    if negative and not group.signed_digits and _apart(group, Load.of(positive), Load.of(negative)):
        return group.multiply(_positive(group, positive), group.invert(_positive(group, negative)))
    inverses = group.invert_many([base for base, _ in negative])
    return _positive(group, positive + [(b, x) for b, (_, x) in zip(inverses, negative, strict=True)])


def shortest(exponent: int, order: int, *, free_inverses: bool) -> int:
    """Return the shortest congruent number; a few bits are worth a minus only where inverses are free."""
    if exponent.bit_length() < order.bit_length() - 1:
        return exponent
    residue = exponent % order
    gain = residue.bit_length() - (order - residue).bit_length()
    return residue - order if gain > (0 if free_inverses else WORTHWHILE) else residue


def _apart(group: Group, positive: Load, negative: Load) -> bool:
    """Tell whether two products of powers and one inversion cost less than one product and many inversions."""
    apart = cost(group, positive) + cost(group, negative)
    return apart < cost(group, positive + negative) + INVERSE * (negative.n - 1)


def _positive(group: Group, powers: Sequence[Power]) -> Raw:
    product = None
    for part in _classes(group, powers):
        factor = _method(group, Load.of(part))[1](*zip(*part, strict=True))
        product = factor if product is None else group.multiply(product, factor)
    return group.identity.raw if product is None else product


def _classes(group: Group, powers: Sequence[Power]) -> list[Sequence[Power]]:
    """Split powers by the length of their exponents into the parts that cost least together."""
    if len(powers) < MANY:
        return [powers] if powers else []
    by_length: defaultdict[int, list[Power]] = defaultdict(list)
    for power in powers:
        bits = power[1].bit_length()
        octave = bits.bit_length()
        by_length[2 * octave + (bits >> octave - 2 & 1 if octave > 1 else 0)].append(power)
    steps = [by_length[length] for length in sorted(by_length)]
    loads = [Load.of(step) for step in steps]
    # best[j]: the least cost of the j shortest steps, and where the last of its parts begins
    best: list[tuple[float, int]] = [(0, 0)]
    for j in range(1, len(steps) + 1):
        sums = reversed(list(accumulate(reversed(loads[:j]))))
        best.append(min((best[i][0] + cost(group, load), i) for i, load in enumerate(sums)))
    parts: list[Sequence[Power]] = []
    end = len(steps)
    while end:
        start = best[end][1]
        parts.append([power for step in steps[start:end] for power in step])
        end = start
    return parts


def cost(group: Group, load: Load) -> float:
    """Return what the cheapest method spends, in products."""
    return _method(group, load)[0] if load.n else 0


def _method(group: Group, load: Load) -> tuple[float, Callable[[Sequence[Raw], Sequence[int]], Raw]]:
    """Return the cost of the cheapest method, and that method."""
    methods = [
        (load.n * (1 + group.public_power_cost(load.total // load.n)) - 1, one_by_one),
        (straus_cost(load, signed=group.signed_digits), straus),
    ]
    if load.n >= MANY:
        methods.append((buckets_for(load, free_inverses=group.signed_digits).cost, pippenger))
    least, method = min(methods, key=lambda pair: pair[0])
    return least, partial(method, group)


def one_by_one(group: Group, bases: Sequence[Raw], exponents: Sequence[int]) -> Raw:
    """Return the product of powers by single powers; exponents > 0."""
    *rest, product = map(group.power_public, bases, exponents)
    for power in rest:
        product = group.multiply(product, power)
    return product


def straus_cost(load: Load, *, signed: bool) -> float:
    """Return the products that `straus` spends."""
    w = straus_window(load.total // max(load.n, 1), signed=signed)
    loose = LOOSE_ON_CURVES if signed else LOOSE
    return SQUARE * load.top + loose * (load.n * (1 << w - 1 - signed) + load.total / (w + 1))


@cache
def straus_window(bits: int, *, signed: bool) -> int:
    """Return the width w that costs least for exponents of this length."""
    return min(range(2, 8), key=lambda w: (1 << w - 1 - signed) + bits / (w + 1))


def straus(group: Group, bases: Sequence[Raw], exponents: Sequence[int]) -> Raw:
    """Return the product of powers by sliding windows over shared squarings; exponents >= 0."""
    multiply, square, signed = group.multiply, group.square, group.signed_digits
    top = max(exponent.bit_length() for exponent in exponents)
    factors: list[list[Raw]] = [[] for _ in range(top + 1)]  # by the power of two to which they are raised
    for base, exponent in zip(bases, exponents, strict=True):
        w = straus_window(exponent.bit_length(), signed=signed)
        table = _odd_powers(group, base, 1 << w - 1 - signed)
        for at, digit in sliding_digits(exponent, w, signed=signed):
            factors[at].append(table[digit >> 1] if digit > 0 else group.invert(table[-digit >> 1]))
    result = None
    for row in reversed(factors):
        if result is not None:
            result = square(result)
        for factor in row:
            result = factor if result is None else multiply(result, factor)
    return group.identity.raw if result is None else result


def _odd_powers(group: Group, base: Raw, count: int) -> list[Raw]:
    """Return base, base^3, base^5 ..., ``count`` of them."""
    table = [base]
    square = group.square(base) if count > 1 else base
    while len(table) < count:
        table.append(group.multiply(table[-1], square))
    return table


def sliding_digits(exponent: int, width: int, *, signed: bool) -> list[tuple[int, int]]:
    """Return positions and odd digits d of an exponent >= 0, at least w apart; d < 2^w, or |d| < 2^(w-1) if signed.

    The exponent is the sum of d 2^position.
    """
    # bits as text, lowest first: to search it takes less time than to shift numbers
    text = f"{exponent:b}"[::-1] + "0" * (2 * width + 1)
    values, half, at, carry = _values(width), 1 << width - 1, 0, 0
    result = []
    while (at := text.find("0" if carry else "1", at)) >= 0:
        digit = values[text[at : at + width]] | carry
        carry = int(signed and digit > half)
        result.append((at, digit - (carry << width)))
        at += width
    return result


@cache
def _values(width: int) -> dict[str, int]:
    return {f"{value:0{width}b}"[::-1]: value for value in range(1 << width)}


class Buckets(NamedTuple):
    """How `pippenger` goes about a load: by digits of ``width`` bits, signed or not, at ``cost`` products."""

    cost: float
    width: int
    signed: bool


def buckets_for(load: Load, *, free_inverses: bool) -> Buckets:
    """Return the cheapest way; where inverses are not free, signed digits pay for long exponents only."""
    mean = -(-load.total // load.n)
    return _cheapest_buckets(Load(load.n, load.n * mean, load.top), free_inverses)


@lru_cache(maxsize=1024)
def _cheapest_buckets(load: Load, free_inverses: bool) -> Buckets:  # noqa: FBT001 - private, and keywords cost time
    widths, signs = range(2, MAX_WIDTH + 1), (True,) if free_inverses else (False, True)
    return min(_buckets(load, c, signed, 0 if free_inverses else INVERSE) for signed in signs for c in widths)


def _buckets(load: Load, c: int, signed: bool, inverse: int) -> Buckets:  # noqa: FBT001 - private, of two fields
    emptying = EMPTYING if inverse else EMPTYING_ON_CURVES
    squarings, windows = SQUARE * load.top, -(-(load.top + signed) // c)
    # a signed digit needs a bit more of its exponent
    products = (load.total + signed * load.n) / c + windows * (1 << c - signed) * emptying
    return Buckets(squarings + products + signed * inverse * load.n, c, signed)


def pippenger(group: Group, bases: Sequence[Raw], exponents: Sequence[int]) -> Raw:
    """Return the product of powers by buckets, one window after the other; exponents >= 0."""
    multiply, square, free = group.multiply, group.square, group.signed_digits
    _, c, signed = buckets_for(Load.of(list(zip(bases, exponents, strict=True))), free_inverses=free)
    windows = digits.signed(exponents, c, group.order) if signed else digits.unsigned(exponents, c)
    both = signed and not free
    addends = group.addends([*bases, *group.invert_many(bases)] if both else bases)
    size = 1 << c - 1 if signed else (1 << c) - 1
    result = group.identity.raw
    for k in range(len(windows) - 1, -1, -1):
        for _ in range(c):
            result = square(result)
        row = digits.apart(windows[k]) if both else windows[k]
        result = multiply(result, group.weigh(group.collect(addends, row, size)))
    return result


def powers_of(base: Element, count: int) -> list[Element]:
    """Return base^0 ... base^count, one product each."""
    result = [base.group.identity]
    while len(result) <= count:
        result.append(result[-1] * base)
    return result
