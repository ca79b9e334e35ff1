"""ristretto255: a group of prime order made of Curve25519, with exactly one encoding for each element.

An element of ristretto255 is a set of four points of edwards25519 that differ by 4-torsion, and any of them may stand
for it, so nothing but `Ristretto255.equal` and the encoding may compare them. Decoding is the proof of membership and
refuses every byte string that encoding would not have produced.

Timing. A careful power is libsodium's constant-time ladder. What surrounds it is not constant-time: the arithmetic on
the base and on the result, neither of which is a secret exponent, and one reduction of the exponent modulo the order.

Source: RFC 9496 section 4, letters as there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp, crypto_scalarmult_ed25519_noclamp

from evote.crypto.bigint import mpz
from evote.crypto.edwards25519 import (
    BASE,
    COORDINATE,
    IDENTITY,
    ONE,
    SIGN_BIT,
    SQRT_M1,
    Addend,
    D,
    P,
    Point,
    absolute,
    add,
    add_all,
    addends,
    compress,
    decompress,
    double,
    inverse_root,
    little_endian,
    negate,
    normalised,
    sqrt_ratio,
)
from evote.crypto.group import Element, Group, Stream
from evote.errors import DecodeError

ORDER = 2**252 + 27742317777372353535851937790883648493
EIGHTH = pow(8, -1, ORDER)
LIBRARY_COST = 85  # libsodium's power, in products as `add_all` makes them; measured

SQRT_AD_MINUS_ONE = mpz(25063068953384623474111414158702152701244531502492656460079210482610430750235)
INVSQRT_A_MINUS_D = mpz(54469307008909316920995813868745141605393597292927456921205312896311721017578)
ONE_MINUS_D_SQ = mpz(1159843021668779879193775521855586647937357759715417654439879720876111806838)
D_MINUS_ONE_SQ = mpz(40440834346308536858101042469323190826248399146238708352240133220865137265952)


def encode(p: Point) -> bytes:
    """Return the encoding of the element that p stands for; RFC 9496 section 4.3.2."""
    x, y, z, t = p
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    invsqrt = inverse_root(u1 * u2 % P * u2 % P)
    den1, den2 = invsqrt * u1 % P, invsqrt * u2 % P
    z_inv = den1 * den2 % P * t % P
    den_inv = den2
    if t * z_inv % P & 1:
        x, y = y * SQRT_M1 % P, x * SQRT_M1 % P
        den_inv = den1 * INVSQRT_A_MINUS_D % P
    if x * z_inv % P & 1:
        y = -y
    return little_endian(absolute(den_inv * (z - y) % P))


def decode(data: bytes) -> Point:
    """Return a point for the element that ``data`` encodes, or raise `DecodeError`; RFC 9496 section 4.3.1."""
    s = mpz.from_bytes(data, "little")
    if len(data) != COORDINATE or s >= P or s & 1:
        raise DecodeError("ristretto255: not a canonical field element")
    ss = s * s % P
    u1, u2 = 1 - ss, 1 + ss
    v = -(D * u1 % P * u1 + u2 * u2) % P
    invsqrt = inverse_root(v * u2 % P * u2 % P)
    den_x = invsqrt * u2 % P
    x = absolute(2 * s * den_x % P)
    y = u1 * invsqrt % P * den_x % P * v % P
    t = x * y % P
    if not invsqrt or t & 1 or not y:
        raise DecodeError("ristretto255: not the encoding of an element")
    return x, y, ONE, t


def from_uniform_bytes(data: bytes) -> Point:
    """Return the element that 64 uniform bytes stand for; RFC 9496 section 4.3.4."""
    return add(_map(data[:32]), _map(data[32:64]))


def _map(data: bytes) -> Point:
    t = mpz.from_bytes(data, "little") % SIGN_BIT
    r = SQRT_M1 * t % P * t % P
    u = (r + 1) * ONE_MINUS_D_SQ % P
    v = (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio(u, v)
    c = mpz(-1)
    if not was_square:
        s, c = -absolute(s * t % P), r
    n = c * (r - 1) % P * D_MINUS_ONE_SQ - v
    w0, w1, w2, w3 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P, 1 - s * s, 1 + s * s
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


class Ristretto255(Group):
    """The group of RFC 9496; a raw value is any point that stands for the element."""

    name = "ristretto255"
    order = ORDER
    element_size = COORDINATE
    signed_digits = True

    def __init__(self) -> None:
        """Fix identity and generator, the element of the Ed25519 base point."""
        self.identity = Element(self, IDENTITY)
        self.generator = Element(self, BASE)

    def multiply(self, a: Point, b: Point) -> Point:
        """Return a b."""
        return add(a, b)

    def square(self, a: Point) -> Point:
        """Return a^2."""
        return double(a)

    def invert(self, a: Point) -> Point:
        """Return 1/a."""
        return negate(a)

    def equal(self, a: Point, b: Point) -> bool:
        """Tell whether two points stand for one element; RFC 9496 section 4.3.3."""
        x1, y1, _, _ = a
        x2, y2, _, _ = b
        return bool((x1 * y2 - y1 * x2) % P == 0 or (y1 * y2 - x1 * x2) % P == 0)

    def power(self, a: Point, exponent: int) -> Point:
        """Return a^exponent by libsodium, which knows no cosets and refuses the identity, torsion and the scalar 0.

        So the base is 8a, free of torsion, and the scalar exponent/8 modulo the order. The identity as base is
        public; for the exponent 0, which is secret, the same work is done for 1 and thrown away.
        """
        octuple = double(double(double(a)))
        if octuple[0] == 0:
            return IDENTITY
        if self.equal(a, BASE):
            product = crypto_scalarmult_ed25519_base_noclamp(little_endian(exponent or 1))
        else:
            scalar = little_endian((exponent or 1) * EIGHTH % ORDER)
            product = crypto_scalarmult_ed25519_noclamp(scalar, compress(octuple))
        return (decompress(product), IDENTITY)[exponent == 0]

    def power_public(self, a: Point, exponent: int) -> Any:
        """Return a^exponent; libsodium is the faster path, too, unless the exponent is short."""
        if super().public_power_cost(exponent.bit_length()) < LIBRARY_COST:
            return super().power_public(a, exponent)
        return self.power(a, exponent % ORDER)

    def public_power_cost(self, bits: int) -> float:
        """Return the cost in products of the cheaper path."""
        return min(super().public_power_cost(bits), LIBRARY_COST)

    def encode(self, a: Point) -> bytes:
        """Return the canonical encoding."""
        return encode(a)

    def decode_raw(self, data: bytes) -> Point:
        """Return a point for the element that ``data`` encodes."""
        return decode(data)

    def hash_to_raw(self, stream: Stream) -> Point:
        """Return the element of the first 64 bytes of the stream."""
        return from_uniform_bytes(stream.digest(64))

    def addends(self, raws: Sequence[Point]) -> list[Addend]:
        """Return the points as `add_all` takes them."""
        return addends(raws)

    def collect(self, addends: Sequence[Addend], digits: Sequence[int], size: int) -> list[Point | None]:
        """Return the sums of the addends with equal digits."""
        buckets: list[Point | None] = [None] * (size + 1)
        add_all(buckets, map(abs, digits), addends, digits)
        return buckets

    def spread(self, targets: list[Point], table: Sequence[Addend], digits: Sequence[int]) -> None:
        """Add to each target the addend that its digit names."""
        add_all(targets, range(len(targets)), map(table.__getitem__, map(abs, digits)), digits)

    def pack(self, raws: Iterable[Point]) -> bytes:
        """Return x and y of each point."""
        return b"".join(little_endian(c) for p in normalised(raws) for c in p[:2])

    def unpack(self, data: bytes) -> list[Point]:
        """Return the points that `pack` wrote."""
        numbers = [mpz.from_bytes(data[i : i + COORDINATE], "little") for i in range(0, len(data), COORDINATE)]
        return [(x, y, ONE, x * y % P) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


@cache
def ristretto255() -> Group:
    """Return the group."""
    return Ristretto255()
