"""The groups of ``docs/record.md``, done the slow way: one power at a time, in plain integers.

An element is its canonical encoding, so two elements are equal if their bytes are. Powers of public values only.
"""

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache

Point = tuple[int, ...]
Stream = Callable[[int], bytes]  # the first so many bytes of a hash


class Refuted(Exception):
    """Something in the record is false or malformed."""


def require(condition: object, what: str) -> None:
    """Go on only if the condition holds."""
    if not condition:
        raise Refuted(what)


def frame(data: bytes) -> bytes:
    """Return ``data`` behind its length."""
    return len(data).to_bytes(8, "big") + data


class Group:
    """What all groups share; a family fills in `point`, `encode`, `add`, `times` and `from_stream` on its points."""

    point: Callable[[bytes], Point]
    encode: Callable[[Point], bytes]
    add: Callable[[Point, Point], Point]
    times: Callable[[Point, int], Point]
    from_stream: Callable[[Stream], Point]

    def __init__(self, name: str, order: int, size: int, generator: Point, identity: Point) -> None:
        """Remember, for this group, what has been decoded, raised to a power, or hashed before."""
        self.name, self.order, self.size = name, order, size
        self.decode = lru_cache(maxsize=1 << 16)(self.point)
        self.power = lru_cache(maxsize=1 << 17)(lambda base, x: self.times(self.decode(base), x))
        self.product = lru_cache(maxsize=1 << 17)(self._product)
        self.hash = lru_cache(maxsize=1 << 12)(self._hash)
        self.generator, self.identity = self.encode(generator), self.encode(identity)
        self.scalar_size = (order.bit_length() + 7) // 8
        self.challenge_bits = min(256, order.bit_length() - 1)

    def _product(self, *factors: tuple[bytes, int]) -> bytes:
        """Return the product of base^exponent over the pairs (base, exponent)."""
        result = self.decode(self.identity)
        for base, exponent in factors:
            result = self.add(result, self.power(base, exponent % self.order))
        return self.encode(result)

    def element(self, data: bytes) -> bytes:
        """Return ``data`` if it is the encoding of a member."""
        require(len(data) == self.size, "an element is not of its length")
        self.decode(data)
        return data

    def scalar(self, data: bytes) -> int:
        """Return the integer below the order that ``data`` encodes."""
        value = int.from_bytes(data, "big")
        require(len(data) == self.scalar_size and value < self.order, "not a scalar")
        return value

    def _hash(self, label: str, message: bytes) -> bytes:
        parts = b"".join(map(frame, (self.name.encode(), label.encode(), message)))
        return self.encode(self.from_stream(hashlib.shake_256(b"evote hash-to-group v1" + parts).digest))


# --- ristretto255 (RFC 9496), and Ed25519 (RFC 8032) beside it: the curve -x^2 + y^2 = 1 + d x^2 y^2 ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1
NEUTRAL: Point = (0, 1, 1, 0)  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def even(x: int) -> int:
    """Return whichever of x and -x is even."""
    return x % P if x % P % 2 == 0 else -x % P


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """Return (True, sqrt(u/v)), or (False, sqrt(i u/v)) where u/v is no square; RFC 9496, section 4.2."""
    r = u * v**3 % P * pow(u * v**7 % P, (P - 5) // 8, P) % P
    check = v * r * r % P
    if check in (-u % P, -u * ROOT % P):
        r = r * ROOT % P
    return check in (u % P, -u % P), even(r)


SQRT_AD_MINUS_ONE = -sqrt_ratio(-D - 1, 1)[1]
INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]


def add(p: Point, q: Point) -> Point:
    """Return p + q."""
    (x1, y1, z1, t1), (x2, y2, z2, t2) = p, q
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(p: Point, x: int) -> Point:
    """Return x p, four bits of x at a time."""
    table = [NEUTRAL]
    while len(table) < 16:
        table.append(add(table[-1], p))
    result = NEUTRAL
    for shift in range((x.bit_length() + 3) // 4 * 4 - 4, -1, -4):
        for _ in range(4):
            result = add(result, result)
        result = add(result, table[x >> shift & 15])
    return result


class Ristretto(Group):
    """ristretto255; sections of RFC 9496."""

    def __init__(self) -> None:
        super().__init__("ristretto255", L, 32, edwards_point((4 * pow(5, -1, P) % P).to_bytes(32, "little")), NEUTRAL)

    add, times = staticmethod(add), staticmethod(times)

    @staticmethod
    def point(data: bytes) -> Point:
        """Section 4.3.1."""
        s = int.from_bytes(data, "little")
        require(s < P and s % 2 == 0, "not a canonical field element")
        u1, u2 = 1 - s * s, 1 + s * s
        v = -D * u1 * u1 - u2 * u2
        square, inverse = sqrt_ratio(1, v * u2 * u2 % P)
        x = even(2 * s * inverse * u2)
        y = u1 * inverse * inverse * u2 * v % P
        t = x * y % P
        require(square and t % 2 == 0 and y != 0, "not the encoding of an element")
        return x, y, 1, t

    @staticmethod
    def encode(p: Point) -> bytes:
        """Section 4.3.2."""
        x, y, z, t = p
        u1, u2 = (z + y) * (z - y) % P, x * y % P
        _, inverse = sqrt_ratio(1, u1 * u2 * u2 % P)
        d1, d2 = inverse * u1 % P, inverse * u2 % P
        z_inverse = d1 * d2 * t % P
        if t * z_inverse % P % 2:
            x, y, d2 = y * ROOT % P, x * ROOT % P, d1 * INVSQRT_A_MINUS_D % P
        if x * z_inverse % P % 2:
            y = -y
        return even(d2 * (z - y)).to_bytes(32, "little")

    @staticmethod
    def from_stream(stream: Stream) -> Point:
        """Section 4.3.4: the sum of two mapped halves."""
        data = stream(64)
        return add(Ristretto._map(data[:32]), Ristretto._map(data[32:]))

    @staticmethod
    def _map(data: bytes) -> Point:
        t = int.from_bytes(data, "little") % 2**255
        r = ROOT * t * t % P
        u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
        square, s = sqrt_ratio(u, v)
        s, c = (s, -1) if square else (-even(s * t), r)
        n = c * (r - 1) * (D - 1) ** 2 - v
        w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
        return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def edwards_point(data: bytes) -> Point:
    """Return the point that ``data`` encodes; RFC 8032, section 5.1.3."""
    value = int.from_bytes(data, "little")
    y, sign = value % 2**255, value >> 255
    square, x = sqrt_ratio(y * y - 1, D * y * y + 1)
    require(len(data) == 32 and y < P and square and (x or not sign), "not a point of edwards25519")
    x = x if x % 2 == sign else P - x
    return x, y, 1, x * y % P


@lru_cache(maxsize=1 << 14)
def prime_order_point(data: bytes) -> Point:
    """Return the point that ``data`` encodes, of order L: neither the identity nor with a part of small order."""
    point = edwards_point(data)
    x, y, z, _ = times(point, L)
    require(point[0] != 0 and x == 0 and y == z, "a point that is not of prime order")
    return point


@lru_cache(maxsize=1 << 14)
def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether R || S is the signature: S B = R + h A, exactly; RFC 8032, section 5.1.7."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    base = edwards_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    x1, y1, z1, _ = times(base, s)
    x2, y2, z2, _ = add(prime_order_point(r), times(prime_order_point(key), h))
    return s < L and (x1 * z2 - x2 * z1) % P == 0 and (y1 * z2 - y2 * z1) % P == 0


# --- subgroups modulo a prime p: the squares, where p = 2q + 1 ---


class ModP(Group):
    """The subgroup of order q modulo p."""

    def __init__(self, name: str, p: int, q: int, g: int) -> None:
        self.p, self.q = p, q
        super().__init__(name, q, (p.bit_length() + 7) // 8, (g,), (1,))

    def point(self, data: bytes) -> Point:
        x = int.from_bytes(data, "big")
        require(0 < x < self.p and pow(x, self.q, self.p) == 1, "not a member of the subgroup")
        return (x,)

    def encode(self, a: Point) -> bytes:
        return a[0].to_bytes(self.size, "big")

    def add(self, a: Point, b: Point) -> Point:
        return (a[0] * b[0] % self.p,)

    def times(self, a: Point, x: int) -> Point:
        return (pow(a[0], x, self.p),)

    def from_stream(self, stream: Stream) -> Point:
        step, end, member = self.size + 16, 0, 0
        while member <= 1:
            end += step
            member = pow(int.from_bytes(stream(end)[-step:], "big"), (self.p - 1) // self.q, self.p)
        return (member,)


def pi(bits: int) -> int:
    """Return floor(2^bits pi), by Machin's formula."""
    guard = bits + 64

    def arctan(n: int) -> int:
        term, total, k = (1 << guard) // n, 0, 0
        while term:
            total += (-1) ** k * (term // (2 * k + 1))
            term, k = term // (n * n), k + 1
        return total

    return 4 * (4 * arctan(5) - arctan(239)) >> 64


def euler(bits: int) -> int:
    """Return floor(2^bits e)."""
    term, total, k = 1 << (bits + 64), 0, 0
    while term:
        total, k = total + term, k + 1
        term //= k
    return total >> 64


def safe_prime_group(name: str, bits: int, digits: int) -> Group:
    """RFC 3526 and RFC 7919: 64 ones, the digits of a constant, 64 ones."""
    p = 2**bits - 2 ** (bits - 64) + 2**64 * digits - 1
    return ModP(name, p, (p - 1) // 2, 2)


# --- NIST's curves y^2 = x^3 - 3x + b ---


class Curve(Group):
    """Points are (x, y), the identity is ()."""

    def __init__(self, name: str, p: int, b: int, q: int, g: Point) -> None:
        self.p, self.b, self.length = p, b, (p.bit_length() + 7) // 8
        super().__init__(name, q, 1 + 2 * self.length, g, ())

    def point(self, data: bytes) -> Point:
        if not any(data):
            return ()
        x, y = (int.from_bytes(part, "big") for part in (data[1 : 1 + self.length], data[1 + self.length :]))
        on_curve = (y * y - x**3 + 3 * x - self.b) % self.p == 0
        require(data[0] == 4 and x < self.p and y < self.p and on_curve, "not a point of the curve")
        return x, y

    def encode(self, a: Point) -> bytes:
        return b"\x04" + b"".join(z.to_bytes(self.length, "big") for z in a) if a else bytes(self.size)

    def add(self, a: Point, b: Point) -> Point:
        if not a or not b:
            return a or b
        (x1, y1), (x2, y2), p = a, b, self.p
        if x1 == x2 and (y1 + y2) % p == 0:
            return ()
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, p) if a == b else (y2 - y1) * pow(x2 - x1, -1, p)
        x3 = (slope * slope - x1 - x2) % p
        return x3, (slope * (x1 - x3) - y1) % p

    def times(self, a: Point, x: int) -> Point:
        result: Point = ()
        for bit in bin(x)[2:]:
            result = self.add(result, result)
            result = self.add(result, a) if bit == "1" else result
        return result

    def from_stream(self, stream: Stream) -> Point:
        step, end = self.length + 1, 0
        while True:
            end += step
            candidate = stream(end)[-step:]
            x, sign = int.from_bytes(candidate[:-1], "big"), candidate[-1] % 2
            square = (x**3 - 3 * x + self.b) % self.p
            y = pow(square, (self.p + 1) // 4, self.p)
            if x < self.p and y and y * y % self.p == square:
                return x, y if y % 2 == sign else self.p - y


# b, q, generator: FIPS 186-4, appendix D.1.2
P_256 = (
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)
P_384 = (
    0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    (
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    ),
)

GROUPS: dict[str, Callable[[], Group]] = {
    "ristretto255": Ristretto,
    "modp-2048": lambda: safe_prime_group("modp-2048", 2048, pi(1918) + 124476),
    "modp-3072": lambda: safe_prime_group("modp-3072", 3072, pi(2942) + 1690314),
    "modp-4096": lambda: safe_prime_group("modp-4096", 4096, pi(3966) + 240904),
    "ffdhe3072": lambda: safe_prime_group("ffdhe3072", 3072, euler(2942) + 2625351),
    "p-256": lambda: Curve("p-256", 2**256 - 2**224 + 2**192 + 2**96 - 1, *P_256),
    "p-384": lambda: Curve("p-384", 2**384 - 2**128 - 2**96 + 2**32 - 1, *P_384),
}


@cache
def group(name: str) -> Group:
    """Return the group of that name."""
    require(name in GROUPS, f"no group is called {name}")
    return GROUPS[name]()
