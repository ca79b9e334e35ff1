"""NIST's curves P-256 and P-384: y^2 = x^3 - 3x + b, in groups of prime order, at home in every library and chip.

Points are tuples (X, Y, Z) of residues with x = X/Z^2 and y = Y/Z^3; Z = 0 is the identity. The group law is right for
all inputs: equal, opposite and identity. Building a group proves its parameters, and by Hasse's bound that the curve
has no points beyond the q multiples of the generator, so a point on the curve is a member.

An encoding is 04 || x || y (SEC 1, uncompressed: a square root costs more than the bytes); the identity, which SEC 1
gives a single byte, is as many zero bytes.

Timing. A careful power is OpenSSL's through ``cryptography``: a key derivation for the generator, else two
Diffie-Hellman exchanges. What surrounds it is not constant-time: the arithmetic on the base and on the result, neither
of which is a secret exponent, and the passage of the exponent into OpenSSL.

Many additions at once are those of `evote.crypto.affine`.

Sources: FIPS 186-4 appendix D.1.2, SEC 1 section 2.3, Brier-Joye 2002 section 4; formulas dbl-2001-b and add-1998-cmo-2
of the Explicit-Formulas Database.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from evote.crypto import affine
from evote.crypto.affine import NEUTRAL, ONE, ORIGIN, Addend, Point, Residue
from evote.crypto.bigint import invert, invert_many, is_prime, jacobi, mpz, powmod
from evote.crypto.group import Element, Group, Stream
from evote.errors import DecodeError

TAG = b"\4"  # of an uncompressed point


class WeierstrassGroup(Group):
    """The points of y^2 = x^3 - 3x + ``b`` modulo ``p``, whose prime number is ``q``; generator (``gx``, ``gy``)."""

    signed_digits = True

    def __init__(
        self,
        name: str,
        curve: ec.EllipticCurve,
        *,
        p: int,
        b: int,
        q: int,
        gx: int,
        gy: int,
        library_cost: float = math.inf,
    ) -> None:
        """Prove the parameters; ``ValueError`` if they are not what the class says. ``curve`` is OpenSSL's.

        ``library_cost`` is measured: what a power by OpenSSL costs, in products as `collect` makes them.
        """
        self.name, self.order, self._curve, self._library_cost = name, q, curve, library_cost
        self.p, self._p, self._b = p, mpz(p), mpz(b)
        self._size = (p.bit_length() + 7) // 8
        self.element_size = 1 + 2 * self._size
        self.identity = Element(self, NEUTRAL)
        self.generator = Element(self, (mpz(gx), mpz(gy), ONE))
        self._check()

    def _check(self) -> None:
        p, q, g = self._p, self.order, self.generator.raw
        if not is_prime(p) or not is_prime(q) or (p + 1) % 4:
            raise ValueError(f"{self.name}: p and q must be primes, and p be 3 modulo 4")
        if (27 * self._b**2 - 108) % p == 0 or not self._on_curve(g[0], g[1]):
            raise ValueError(f"{self.name}: the curve is singular or the generator not on it")
        # q divides the number of points, which differs from p + 1 by at most 2 sqrt(p)
        if (q - p - 1) ** 2 > 4 * p or super().power_public(g, q)[2] != 0:
            raise ValueError(f"{self.name}: the curve does not have q points")

    def multiply(self, a: Point, b: Point) -> Point:
        """Return a b: 16 products, or 11 if one of the two has Z = 1."""
        if a[2] is ONE:
            a, b = b, a
        x1, y1, z1 = a
        x2, y2, z2 = b
        if not z1:
            return b
        if not z2:
            return a
        p = self._p
        u, s, z, zz1 = x1, y1, z1, z1 * z1 % p
        if z2 is not ONE:
            zz2 = z2 * z2 % p
            u, s, z = x1 * zz2 % p, y1 * z2 % p * zz2 % p, z1 * z2 % p
        h, r = (x2 * zz1 - u) % p, (y2 * z1 % p * zz1 - s) % p
        if not h:
            return NEUTRAL if r else self.square(a)
        hh = h * h % p
        hhh, v = h * hh % p, u * hh % p
        x3 = (r * r - hhh - v - v) % p
        return x3, (r * (v - x3) - s * hhh) % p, h * z % p

    def square(self, a: Point) -> Point:
        """Return a^2: 8 products. The group has odd order, so only the identity has a tangent that runs to it."""
        x, y, z = a
        p = self._p
        delta, gamma = z * z % p, y * y % p
        beta, alpha = x * gamma % p, 3 * (x - delta) * (x + delta) % p
        x3 = (alpha * alpha - 8 * beta) % p
        return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % p, 2 * y * z % p

    def invert(self, a: Point) -> Point:
        """Return 1/a."""
        return a[0], -a[1] % self._p, a[2]

    def equal(self, a: Point, b: Point) -> bool:
        """Tell whether two points are the same."""
        (x1, y1, z1), (x2, y2, z2) = a, b
        if not z1 or not z2:
            return bool(z1 == z2)
        zz1, zz2 = z1 * z1, z2 * z2
        return bool((x1 * zz2 - x2 * zz1) % self._p == 0 and (y1 * zz2 * z2 - y2 * zz1 * z1) % self._p == 0)

    def power(self, a: Point, exponent: int) -> Point:
        """Return a^exponent by OpenSSL.

        Where that has no answer (exponent 0; for another base than the generator also 1 and -1, met with negligible
        probability unless chosen) the same work is done for another exponent and thrown away. The identity as base
        is public.
        """
        if not a[2]:
            return a
        x, y = affine.affine(self._p, a)
        if (x, y, ONE) == self.generator.raw:
            numbers = ec.derive_private_key(exponent or 1, self._curve).public_key().public_numbers()
            return ((mpz(numbers.x), mpz(numbers.y), ONE), NEUTRAL)[exponent == 0]
        known = {0: NEUTRAL, 1: (x, y, ONE), self.order - 1: (x, -y % self._p, ONE)}
        computed = self._ladder(x, y, 2 if exponent in known else exponent)
        return known.get(exponent, computed)

    def power_public(self, a: Point, exponent: int) -> Any:
        """Return a^exponent by OpenSSL where that is faster: on P-256, unless the exponent is short."""
        if super().public_power_cost(exponent.bit_length()) < self._library_cost:
            return super().power_public(a, exponent)
        return self.power(a, exponent % self.order)

    def public_power_cost(self, bits: int) -> float:
        """Return the cost in products of the cheaper path."""
        return min(super().public_power_cost(bits), self._library_cost)

    def addends(self, raws: Sequence[Point]) -> list[Addend]:
        """Return the points in affine coordinates."""
        return [(x, y) if z else ORIGIN for x, y, z in self.normalised(raws)]

    def collect(self, addends: Sequence[Addend], digits: Sequence[int], size: int) -> list[Point | None]:
        """Return the products of the addends with equal digits, with Z = 1."""
        return affine.collect(self._p, addends, digits, size)

    def spread(self, targets: list[Point], table: Sequence[Addend], digits: Sequence[int]) -> None:
        """Multiply each target by the addend that its digit names; afterwards those have Z = 1."""
        affine.spread(self._p, targets, table, digits)

    def normalised(self, raws: Iterable[Point]) -> list[Point]:
        """Return the same points, with Z = 1 unless it is 0; one inversion for all, seven products for each."""
        p, points = self._p, list(raws)
        others = [i for i, point in enumerate(points) if point[2] is not ONE and point[2]]
        for i, z_inv in zip(others, invert_many([points[i][2] for i in others], p), strict=True):
            x, y, _ = points[i]
            zz_inv = z_inv * z_inv % p
            points[i] = x * zz_inv % p, y * zz_inv % p * z_inv % p, ONE
        return points

    def pack(self, raws: Iterable[Point]) -> bytes:
        """Return x and y of each point, as in its addend."""
        return b"".join(c.to_bytes(self._size, "big") for addend in self.addends(list(raws)) for c in addend)

    def unpack(self, data: bytes) -> list[Point]:
        """Return the points that `pack` wrote."""
        numbers = [mpz.from_bytes(data[i : i + self._size], "big") for i in range(0, len(data), self._size)]
        return [(x, y, ONE) if y else NEUTRAL for x, y in zip(numbers[::2], numbers[1::2], strict=True)]

    def _ladder(self, x: Residue, y: Residue, k: int) -> Point:
        """Return the k-th power of the point (x, y) from the abscissas of the powers k and k + 1; 2 <= k <= q - 2."""
        p = self._p
        peer = ec.EllipticCurvePublicKey.from_encoded_point(self._curve, self.encode((x, y, ONE)))
        u, w = (
            mpz.from_bytes(ec.derive_private_key(e, self._curve).exchange(ec.ECDH(), peer), "big") for e in (k, k + 1)
        )
        # w + u + x = ((v - y) / (u - x))^2 and v^2 = u^3 - 3u + b, so v = (y^2 + v^2 - (w + u + x)(u - x)^2) / 2y
        v = (y * y + self._cubic(u) - (w + u + x) * (u - x) ** 2) * invert(2 * y, p) % p
        return u, v, ONE

    def encode(self, a: Point) -> bytes:
        """Return 04 || x || y, or zero bytes for the identity."""
        if not a[2]:
            return bytes(self.element_size)
        x, y = affine.affine(self._p, a)
        encoding: bytes = TAG + x.to_bytes(self._size, "big") + y.to_bytes(self._size, "big")
        return encoding

    def decode_raw(self, data: bytes) -> Point:
        """Return the point that ``data`` encodes: coordinates below p, on the curve."""
        if not any(data):
            return NEUTRAL
        x, y = mpz.from_bytes(data[1 : 1 + self._size], "big"), mpz.from_bytes(data[1 + self._size :], "big")
        if data[:1] != TAG or x >= self._p or y >= self._p or not self._on_curve(x, y):
            raise DecodeError(f"{self.name}: not an uncompressed point of the curve")
        return x, y, ONE

    def hash_to_raw(self, stream: Stream) -> Point:
        """Return the first point whose x is the next bytes of the stream; one more byte gives the parity of y.

        The time taken depends on the input, so that must be public.
        """
        step, end = self._size + 1, 0
        while True:
            end += step
            candidate = stream.digest(end)[-step:]
            x = mpz.from_bytes(candidate[:-1], "big")
            if x < self._p and (y := self._root(x)):
                return x, y if (y ^ candidate[-1]) & 1 == 0 else self._p - y, ONE

    def lift(self, x: int) -> Point | None:
        """Return the point with this abscissa, 0 <= x < p, and the smaller ordinate, if there is one."""
        y = self._root(mpz(x))
        return y and (mpz(x), min(y, self._p - y), ONE)

    def _root(self, x: Residue) -> Residue | None:
        yy = self._cubic(x)
        return powmod(yy, (self._p + 1) // 4, self._p) if jacobi(yy, self._p) == 1 else None

    def _cubic(self, x: Residue) -> Residue:
        return (x * (x * x - 3) + self._b) % self._p

    def _on_curve(self, x: Residue, y: Residue) -> bool:
        return bool(y * y % self._p == self._cubic(x))


@cache
def p_256() -> Group:
    """Return NIST P-256, also known as secp256r1 and prime256v1."""
    return WeierstrassGroup(
        "p-256",
        ec.SECP256R1(),
        p=2**256 - 2**224 + 2**192 + 2**96 - 1,
        b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        q=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        gx=0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        gy=0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        library_cost=125,
    )


@cache
def p_384() -> Group:
    """Return NIST P-384, also known as secp384r1."""
    return WeierstrassGroup(
        "p-384",
        ec.SECP384R1(),
        p=2**384 - 2**128 - 2**96 + 2**32 - 1,
        b=0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        q=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        gx=0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        gy=0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    )
