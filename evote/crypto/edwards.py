"""ristretto255: a group of prime order made of Curve25519, with exactly one encoding for each element.

Points of edwards25519, -x^2 + y^2 = 1 + d x^2 y^2, are tuples (X, Y, Z, T) of residues with x = X/Z, y = Y/Z,
x y = T/Z; the addition law has no exceptions. An element of ristretto255 is a set of four points that differ by
4-torsion, and any of them may stand for it, so nothing but `Ristretto255.equal` and the encoding may compare them.
Decoding is the proof of membership and refuses every byte string that encoding would not have produced.

Timing. A careful power is libsodium's constant-time ladder. What surrounds it is not constant-time: the arithmetic on
the base and on the result, neither of which is a secret exponent, and one reduction of the exponent modulo the order.

Sources: RFC 9496 section 4 (letters as there), RFC 8032 section 5.1, Hisil-Wong-Carter-Dawson 2008 section 3.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp, crypto_scalarmult_ed25519_noclamp

from evote.crypto.bigint import invert, mpz, powmod
from evote.crypto.group import Element, Group, Stream
from evote.errors import DecodeError

Residue = Any  # an mpz in 0..p-1
Point = tuple[Residue, Residue, Residue, Residue]

P = mpz(2**255 - 19)
ORDER = 2**252 + 27742317777372353535851937790883648493
D = mpz(37095705934669439343138083508754565189542113879843219016388785533085940283555)
TWICE_D = 2 * D % P
ROOT_EXPONENT = (P - 5) // 8
EIGHTH = pow(8, -1, ORDER)
SIGN_BIT = 1 << 255
SHORT_BITS = 60

SQRT_M1 = mpz(19681161376707505956807079304988542015446066515923890162744021073123829784752)
SQRT_AD_MINUS_ONE = mpz(25063068953384623474111414158702152701244531502492656460079210482610430750235)
INVSQRT_A_MINUS_D = mpz(54469307008909316920995813868745141605393597292927456921205312896311721017578)
ONE_MINUS_D_SQ = mpz(1159843021668779879193775521855586647937357759715417654439879720876111806838)
D_MINUS_ONE_SQ = mpz(40440834346308536858101042469323190826248399146238708352240133220865137265952)

IDENTITY: Point = (mpz(0), mpz(1), mpz(1), mpz(0))


def add(p: Point, q: Point) -> Point:
    """Return p + q; Hisil et al. section 3.1, nine products."""
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a, b = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = t1 * t2 % P * TWICE_D, 2 * z1 * z2
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(p: Point) -> Point:
    """Return 2p; Hisil et al. section 3.3 with all signs turned, three squares and five products."""
    x, y, z, _ = p
    a, b = x * x, y * y
    h, g = a + b, a - b
    e, f = -2 * x * y, 2 * z * z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(p: Point) -> Point:
    """Return -p."""
    x, y, z, t = p
    return -x % P, y, z, -t % P


def absolute(e: Residue) -> Residue:
    """Return whichever of e and -e is even."""
    return P - e if e & 1 else e


def sqrt_ratio(u: Residue, v: Residue) -> tuple[bool, Residue]:
    """Return (True, sqrt(u/v)), or (False, sqrt(i u/v)) if u/v is not a square; RFC 9496 section 4.2."""
    # r = (u v^3) (u v^7)^((p-5)/8)
    u, v3 = u % P, v * v % P * v % P
    uv3 = u * v3 % P
    r = uv3 * powmod(uv3 * v3 % P * v, ROOT_EXPONENT, P) % P
    check = v * r % P * r % P
    if check == u:
        return True, absolute(r)
    if (check + u) % P == 0:
        return True, absolute(r * SQRT_M1 % P)
    if (check + u * SQRT_M1) % P == 0:
        r = r * SQRT_M1 % P
    return False, absolute(r)


def encode(p: Point) -> bytes:
    """Return the encoding of the element that p stands for; RFC 9496 section 4.3.2."""
    x, y, z, t = p
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    _, invsqrt = sqrt_ratio(mpz(1), u1 * u2 % P * u2)
    den1, den2 = invsqrt * u1 % P, invsqrt * u2 % P
    z_inv = den1 * den2 % P * t % P
    den_inv = den2
    if t * z_inv % P & 1:
        x, y = y * SQRT_M1 % P, x * SQRT_M1 % P
        den_inv = den1 * INVSQRT_A_MINUS_D % P
    if x * z_inv % P & 1:
        y = -y
    return _little_endian(absolute(den_inv * (z - y) % P))


def decode(data: bytes) -> Point:
    """Return a point for the element that ``data`` encodes, or raise `DecodeError`; RFC 9496 section 4.3.1."""
    s = mpz(int.from_bytes(data, "little"))
    if len(data) != Ristretto255.element_size or s >= P or s & 1:
        raise DecodeError("ristretto255: not a canonical field element")
    ss = s * s % P
    u1, u2 = 1 - ss, 1 + ss
    u2_sqr = u2 * u2 % P
    v = (-D * u1 % P * u1 - u2_sqr) % P
    was_square, invsqrt = sqrt_ratio(mpz(1), v * u2_sqr)
    den_x = invsqrt * u2 % P
    x = absolute(2 * s * den_x % P)
    y = u1 * invsqrt % P * den_x % P * v % P
    t = x * y % P
    if not was_square or t & 1 or y == 0:
        raise DecodeError("ristretto255: not the encoding of an element")
    return x, y, mpz(1), t


def from_uniform_bytes(data: bytes) -> Point:
    """Return the element that 64 uniform bytes stand for; RFC 9496 section 4.3.4."""
    return add(_map(data[:32]), _map(data[32:64]))


def _map(data: bytes) -> Point:
    t = mpz(int.from_bytes(data, "little") % SIGN_BIT)
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


def _little_endian(value: int) -> bytes:
    return int(value).to_bytes(32, "little")


def _compress(p: Point) -> bytes:
    """Return p in the encoding of RFC 8032: y, and the lowest bit of x on top."""
    x, y, z, _ = p
    z_inv = invert(z, P)
    return _little_endian(y * z_inv % P | (SIGN_BIT if x * z_inv % P & 1 else 0))


def _decompress(data: bytes) -> Point:
    """Return the point that libsodium encoded; bytes from elsewhere never come here."""
    value = mpz(int.from_bytes(data, "little"))
    y = value % SIGN_BIT
    # x^2 = (y^2 - 1) / (d y^2 + 1)
    _, x = sqrt_ratio(y * y - 1, (D * y % P * y + 1) % P)
    if value >= SIGN_BIT:
        x = P - x
    return x, y, mpz(1), x * y % P


BASE = _decompress(_little_endian(4 * invert(5, P) % P))


class Ristretto255(Group):
    """The group of RFC 9496; a raw value is any point that stands for the element."""

    name = "ristretto255"
    order = ORDER
    element_size = 32

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
            product = crypto_scalarmult_ed25519_base_noclamp(_little_endian(exponent or 1))
        else:
            scalar = _little_endian((exponent or 1) * EIGHTH % ORDER)
            product = crypto_scalarmult_ed25519_noclamp(scalar, _compress(octuple))
        return (_decompress(product), IDENTITY)[exponent == 0]

    def power_public(self, a: Point, exponent: int) -> Any:
        """Return a^exponent; libsodium is the faster path, too, unless the exponent is short."""
        if exponent.bit_length() <= SHORT_BITS:
            return super().power_public(a, exponent)
        return self.power(a, exponent % ORDER)

    def encode(self, a: Point) -> bytes:
        """Return the canonical encoding."""
        return encode(a)

    def decode_raw(self, data: bytes) -> Point:
        """Return a point for the element that ``data`` encodes."""
        return decode(data)

    def hash_to_raw(self, stream: Stream) -> Point:
        """Return the element of the first 64 bytes of the stream."""
        return from_uniform_bytes(stream.digest(64))


@cache
def ristretto255() -> Group:
    """Return the group."""
    return Ristretto255()
