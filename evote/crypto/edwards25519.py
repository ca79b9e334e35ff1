"""The curve edwards25519: points, sums of points, many sums at once; square roots of its field.

Points of -x^2 + y^2 = 1 + d x^2 y^2 are tuples (X, Y, Z, T) of residues with x = X/Z, y = Y/Z, x y = T/Z; the addition
law has no exceptions. Nothing here is constant-time. An addition costs nine products of residues, seven in `add_all`.

Sources: Hisil-Wong-Carter-Dawson 2008 section 3, RFC 8032 section 5.1, RFC 9496 section 4.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from evote.crypto.bigint import invert, invert_many, mpz, powmod

Residue = Any  # an mpz in 0..p-1
Point = tuple[Residue, Residue, Residue, Residue]
Addend = tuple[Residue, Residue, Residue]  # y - x, y + x, 2dxy: a point of Z = 1 that is to be added

P = mpz(2**255 - 19)
D = mpz(37095705934669439343138083508754565189542113879843219016388785533085940283555)
SQRT_M1 = mpz(19681161376707505956807079304988542015446066515923890162744021073123829784752)
TWICE_D, INVERSE_D = 2 * D % P, invert(D, P)
ROOT_EXPONENT = (P - 5) // 8
COORDINATE = 32  # bytes
SIGN_BIT = 1 << 255

ZERO, ONE, TWO = mpz(0), mpz(1), mpz(2)
IDENTITY: Point = (ZERO, ONE, ONE, ZERO)


def add(p: Point, q: Point) -> Point:
    """Return p + q; Hisil et al. section 3.1, nine products."""
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a, b = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = t1 * t2 % P * TWICE_D % P, (z1 + z1) * z2 % P
    e, f, g, h = (b - a) % P, d - c, d + c, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(p: Point) -> Point:
    """Return 2p; Hisil et al. section 3.3 with all signs turned, three squares and five products."""
    x, y, z, _ = p
    a, b = x * x, y * y
    h, g = (a + b) % P, a - b
    e, f = -2 * x * y % P, 2 * z * z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(p: Point) -> Point:
    """Return -p."""
    x, y, z, t = p
    return -x % P, y, z, -t % P


def add_all(sums: list[Any], places: Iterable[int], addends: Iterable[Addend], signs: Iterable[int]) -> None:
    """Add to the point ``sums[i]``, for each place i, the next addend; subtract it for a sign < 0, skip it for 0.

    None among the sums is the neutral element. Seven products an addition; Hisil et al. section 3.1 with Z2 = 1.
    """
    p = P
    for i, addend, sign in zip(places, addends, signs, strict=True):
        if not sign:
            continue
        low, high, turn = addend
        if sign < 0:
            low, high, turn = high, low, -turn
        held = sums[i]
        if held is None:
            sums[i] = (high - low) % p, (high + low) % p, TWO, turn * INVERSE_D % p
            continue
        x, y, z, t = held
        a, b, c, d = (y - x) * low, (y + x) * high, t * turn % p, z + z
        e, f, g, h = (b - a) % p, d - c, d + c, (b + a) % p
        sums[i] = e * f % p, g * h % p, f * g % p, e * h % p


def normalised(points: Iterable[Point]) -> list[Point]:
    """Return the same points with Z = 1; one inversion for all, and six products for each that has another Z."""
    points = list(points)
    others = [i for i, p in enumerate(points) if p[2] != 1]
    for i, z_inv in zip(others, invert_many([points[i][2] for i in others], P), strict=True):
        x, y = points[i][0] * z_inv % P, points[i][1] * z_inv % P
        points[i] = x, y, ONE, x * y % P
    return points


def addends(points: Iterable[Point]) -> list[Addend]:
    """Return the points as `add_all` takes them."""
    return [((y - x) % P, (y + x) % P, t * TWICE_D % P) for x, y, _, t in normalised(points)]


def absolute(e: Residue) -> Residue:
    """Return whichever of e and -e is even."""
    return P - e if e & 1 else e


def sqrt_ratio(u: Residue, v: Residue) -> tuple[bool, Residue]:
    """Return (True, sqrt(u/v)), or (False, sqrt(i u/v)) if u/v is not a square; RFC 9496 section 4.2."""
    # r = u (u v)^((p-5)/8), which differs from the RFC's by a fourth root of 1
    u %= P
    r = u * powmod(u * v, ROOT_EXPONENT, P) % P
    check = v * r % P * r % P
    if check == u:
        return True, absolute(r)
    if (check + u) % P == 0:
        return True, absolute(r * SQRT_M1 % P)
    if (check + u * SQRT_M1) % P == 0:
        r = r * SQRT_M1 % P
    return False, absolute(r)


def inverse_root(v: Residue) -> Residue:
    """Return a square root of 1/v, or 0 if there is none."""
    # r = v^((p-5)/8), so r^2 v is 0 or a fourth root of 1
    r = powmod(v, ROOT_EXPONENT, P)
    check = r * r % P * v % P
    if check == 1:
        return r
    return r * SQRT_M1 % P if check == P - 1 else ZERO


def little_endian(value: int) -> bytes:
    """Return a residue or scalar in 32 bytes."""
    return value.to_bytes(COORDINATE, "little")


def compress(p: Point) -> bytes:
    """Return p in the encoding of RFC 8032: y, and the lowest bit of x on top."""
    x, y, z, _ = p
    z_inv = invert(z, P)
    return little_endian(y * z_inv % P | (SIGN_BIT if x * z_inv % P & 1 else 0))


def decompress(data: bytes) -> Point:
    """Return the point that libsodium encoded; bytes from elsewhere never come here."""
    value = mpz.from_bytes(data, "little")
    y = value % SIGN_BIT
    # x^2 = (y^2 - 1) / (d y^2 + 1)
    yy = y * y % P
    x = absolute((yy - 1) * inverse_root((yy - 1) * (D * yy + 1) % P) % P)
    if value >= SIGN_BIT:
        x = P - x
    return x, y, ONE, x * y % P


BASE = decompress(little_endian(4 * invert(5, P) % P))
