"""Many additions of affine points of y^2 = x^3 - 3x + b: those of a batch share an inversion, six products each.

An addition needs 1 / (x2 - x1). A batch inverts the product of all its denominators and peels one after the other off
it (Montgomery's trick). What is equal, opposite or the identity has no such denominator and is added by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from evote.crypto.bigint import invert, mpz

Residue = Any  # an mpz in 0..p-1
Point = tuple[Residue, Residue, Residue]  # (X, Y, Z) with x = X/Z^2 and y = Y/Z^3; Z = 0 is the identity
Addend = tuple[Residue, Residue]  # affine; zeros, which no point of odd order has, are the identity
Pending = tuple[int, Residue, Residue, Residue, Residue, Residue, Residue]

ZERO, ONE = mpz(0), mpz(1)
ORIGIN: Addend = ZERO, ZERO
NEUTRAL: Point = ONE, ONE, ZERO
BATCH = 20  # additions that share an inversion: more have more numbers alive than gmpy2 keeps ready for reuse (100)


def affine(p: Residue, point: Point) -> Addend:
    """Return x and y of a point that is not the identity."""
    x, y, z = point
    if z == 1:
        return x, y
    z_inv = invert(z, p)
    zz_inv = z_inv * z_inv % p
    return x * zz_inv % p, y * zz_inv % p * z_inv % p


def spread(p: Residue, targets: list[Point], table: Sequence[Addend], digits: Sequence[int]) -> None:
    """Add to each target the addend ``table[d]`` of its digit, or subtract ``table[-d]``; they then have Z = 1 or 0."""
    for low in range(0, len(digits), BATCH):
        _add(p, targets, *_denominators(p, targets, table, enumerate(digits[low : low + BATCH], low)))


def _denominators(
    p: Residue, targets: list[Point], table: Sequence[Addend], digits: Iterable[tuple[int, int]]
) -> tuple[list[Pending], Residue]:
    """Return what `_add` needs: i, x1, y1, x2, y2, dx = x2 - x1, the dx before it multiplied; and all dx multiplied."""
    pending, dxs = [], ONE
    for i, digit in digits:
        if digit > 0:
            x2, y2 = table[digit]
        else:
            x2, y2 = table[-digit]
            y2 = -y2
        if not digit or not y2:
            continue
        x1, y1, z1 = targets[i]
        dx = x2 - x1
        if z1 is ONE and dx:
            pending.append((i, x1, y1, x2, y2, dx, dxs))
            dxs = dxs * dx % p
        else:
            targets[i] = _added(p, targets[i], x2, y2)
    return pending, dxs


def _add(p: Residue, targets: list[Point], pending: list[Pending], dxs: Residue) -> None:
    rest = invert(dxs, p)
    for i, x1, y1, x2, y2, dx, before in reversed(pending):
        slope = (y2 - y1) * (rest * before % p) % p
        rest = rest * dx % p
        x3 = (slope * slope - x1 - x2) % p
        targets[i] = x3, (slope * (x1 - x3) - y1) % p, ONE


def _added(p: Residue, point: Point, x2: Residue, y2: Residue) -> Point:
    """Return the sum of any point and an affine one, by an inversion of its own."""
    if not point[2]:
        return x2, y2 % p, ONE
    x1, y1 = affine(p, point)
    if x1 != x2:
        slope = (y2 - y1) * invert(x2 - x1, p) % p
    elif (y1 + y2) % p:
        slope = 3 * (x1 * x1 - 1) * invert(2 * y1, p) % p
    else:
        return NEUTRAL
    x3 = (slope * slope - x1 - x2) % p
    return x3, (slope * (x1 - x3) - y1) % p, ONE


def collect(p: Residue, addends: Sequence[Addend], digits: Sequence[int], size: int) -> list[Point | None]:
    """Return, for each d from 0 to ``size``, the sum of the addends of digit d, less those of -d; None where none is.

    A sum that waits for its batch lets the next addend of its digit start afresh; the two meet later.
    """
    sums: list[Any] = [None] * (size + 1)
    late: list[tuple[int, Addend]] = []
    for low in range(0, len(digits), BATCH):
        work = zip(digits[low : low + BATCH], addends[low : low + BATCH], strict=True)
        late = _put(p, sums, *_pairs(p, sums, chain(late, work)))
    while late:
        late = _put(p, sums, *_pairs(p, sums, late))
    points: list[Point | None] = [held and (held[0], held[1] % p, ONE) for held in sums]
    if empty := {i for i, point in enumerate(points) if i and not point}:
        for i in empty.intersection(map(abs, digits)):  # where addends cancelled, or were the identity
            points[i] = NEUTRAL
    return points


def _pairs(p: Residue, sums: list[Any], work: Iterable[tuple[int, Addend]]) -> tuple[list[Pending], Residue]:
    """Put each addend where its digit has none yet, and return the pairs of the others with what was there."""
    pending, dxs = [], ONE
    for digit, (x2, y2) in work:
        if not digit or not y2:
            continue
        i, y = (digit, y2) if digit > 0 else (-digit, -y2)
        held = sums[i]
        if held is None:
            sums[i] = x2, y
            continue
        x1, y1 = held
        dx = x2 - x1
        if dx:
            sums[i] = None
            pending.append((i, x1, y1, x2, y, dx, dxs))
            dxs = dxs * dx % p
        else:
            x3, y3, z3 = _added(p, (x1, y1, ONE), x2, y)
            sums[i] = (x3, y3) if z3 else None
    return pending, dxs


def _put(p: Residue, sums: list[Any], pending: list[Pending], dxs: Residue) -> list[tuple[int, Addend]]:
    """Put the sum of each pair in its place; return those whose places have been taken meanwhile."""
    taken, rest = [], invert(dxs, p)
    for i, x1, y1, x2, y2, dx, before in reversed(pending):
        slope = (y2 - y1) * (rest * before % p) % p
        rest = rest * dx % p
        x3 = (slope * slope - x1 - x2) % p
        point = x3, (slope * (x1 - x3) - y1) % p
        if sums[i] is None:
            sums[i] = point
        else:
            taken.append((i, point))
    return taken
