"""RFC 9496's own vectors, the curve's law against the textbook, and the cosets that libsodium does not know."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_add

from evote.crypto import edwards, edwards25519
from evote.crypto.bigint import mpz
from evote.crypto.edwards import ORDER
from evote.crypto.edwards25519 import BASE, IDENTITY, SQRT_M1, D, P, Point
from evote.crypto.group import Group, group
from evote.errors import DecodeError
from tests.crypto.group_contract import Script

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/rfc9496/vectors.json").read_text())
INVALID = [(reason, data) for reason, row in VECTORS["invalid encodings"].items() for data in row]
FIELD_ERRORS = {"Non-canonical field encodings", "Negative field elements"}
PHRASES = [
    "Ristretto is traditionally a short shot of espresso coffee",
    "made with the normal amount of ground coffee but extracted with",
    "about half the amount of water in the same amount of time",
    "by using a finer grind.",
    "This produces a concentrated shot of coffee per volume.",
    "Just pulling a normal shot short will produce a weaker shot",
    "and is not a Ristretto as some believe.",
]

residues = st.integers(0, 2**255 - 20)
scalars = st.integers(0, ORDER - 1)


@pytest.fixture(scope="module")
def ristretto() -> Group:
    return group("ristretto255")


# --- RFC 9496, appendix A ---


def test_multiples_of_the_generator(ristretto: Group) -> None:
    element = ristretto.identity
    for multiple, encoding in enumerate(VECTORS["multiples of the generator"]):
        assert bytes(element).hex() == encoding
        assert ristretto.decode(bytes.fromhex(encoding)) == element == ristretto.generator**multiple
        element = element * ristretto.generator
    assert multiple == 15


@pytest.mark.parametrize(("reason", "encoding"), INVALID)
def test_invalid_encodings(ristretto: Group, reason: str, encoding: str) -> None:
    expected = "not a canonical field element" if reason in FIELD_ERRORS else "not the encoding of an element"
    with pytest.raises(DecodeError, match=expected):
        ristretto.decode(bytes.fromhex(encoding))


def test_there_are_29_invalid_encodings() -> None:
    assert len(INVALID) == 29


@pytest.mark.parametrize("vector", VECTORS["elements from uniform bytes"], ids=range(11))
def test_elements_from_uniform_bytes(ristretto: Group, vector: dict[str, str]) -> None:
    uniform = bytes.fromhex(vector["input"])
    assert edwards.encode(edwards.from_uniform_bytes(uniform)).hex() == vector["output"]
    assert ristretto.encode(ristretto.hash_to_raw(Script(uniform))).hex() == vector["output"]


def test_the_first_inputs_are_hashed_phrases() -> None:
    inputs = [vector["input"] for vector in VECTORS["elements from uniform bytes"]]
    assert [hashlib.sha512(phrase.encode()).hexdigest() for phrase in PHRASES] == inputs[:7]


@pytest.mark.parametrize("vector", VECTORS["square root of a ratio"], ids=range(6))
def test_square_root_of_a_ratio(vector: dict[str, Any]) -> None:
    u, v, r = (mpz(int.from_bytes(bytes.fromhex(vector[key]), "little")) for key in "uvr")
    assert edwards25519.sqrt_ratio(u, v) == (vector["was_square"], r)


# --- constants and field ---


def test_constants() -> None:
    assert (121666 * D + 121665) % P == 0
    assert (SQRT_M1**2 + 1) % P == 0
    assert (edwards.SQRT_AD_MINUS_ONE**2 + D + 1) % P == 0
    assert (edwards.INVSQRT_A_MINUS_D**2 * (-1 - D)) % P == 1
    assert (edwards.ONE_MINUS_D_SQ + D**2) % P == 1
    assert ((D - 1) ** 2 - edwards.D_MINUS_ONE_SQ) % P == 0
    assert 5 * BASE[1] % P == 4
    assert BASE[0] % 2 == 0


@given(residues, residues)
@settings(database=None)
def test_square_roots(u: int, v: int) -> None:
    was_square, r = edwards25519.sqrt_ratio(mpz(u), mpz(v))
    assert r % 2 == 0
    assert 0 <= r < P
    if was_square:
        assert (v * r**2 - u) % P == 0
    else:
        assert v == 0 or (v * r**2 - SQRT_M1 * u) % P == 0
        assert pow(u * v, (P - 1) // 2, P) != 1


# --- the curve ---


def affine(p: Point) -> tuple[int, int]:
    x, y, z, t = p
    assert (x * y - z * t) % P == 0
    inverse = pow(z, -1, P)
    return x * inverse % P, y * inverse % P


def textbook_sum(p: Point, q: Point) -> tuple[int, int]:
    """Return p + q by the affine law of a twisted Edwards curve with a = -1."""
    (x1, y1), (x2, y2) = affine(p), affine(q)
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + y1 * x2) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def point(seed: int) -> Point:
    return edwards.from_uniform_bytes(hashlib.sha512(seed.to_bytes(9, "big")).digest())


TORSION = [IDENTITY, *((mpz(x), mpz(y), mpz(1), mpz(0)) for x, y in
                       ((0, -1 % P), (SQRT_M1, 0), (-SQRT_M1 % P, 0)))]  # fmt: skip


@given(st.integers(0, 2**64), st.integers(0, 2**64))
@settings(database=None, max_examples=30)
def test_the_law_of_the_curve(i: int, j: int) -> None:
    p, q = point(i), point(j)
    pairs = [(p, q), (p, p), (p, edwards25519.negate(p)), (p, IDENTITY), (IDENTITY, IDENTITY), (p, TORSION[2])]
    for a, b in pairs:
        assert affine(edwards25519.add(a, b)) == affine(edwards25519.add(b, a)) == textbook_sum(a, b)
    for a in (p, q, *TORSION):
        assert affine(edwards25519.double(a)) == textbook_sum(a, a)


def test_the_law_of_the_curve_is_libsodiums() -> None:
    p, q = BASE, edwards25519.double(BASE)
    for _ in range(10):
        theirs = crypto_core_ed25519_add(edwards25519.compress(p), edwards25519.compress(q))
        p, q = q, edwards25519.add(p, q)
        assert edwards25519.compress(q) == theirs
        assert affine(edwards25519.decompress(theirs)) == affine(q)


# --- cosets ---


def test_torsion_is_torsion() -> None:
    for t in TORSION:
        assert (-(t[0] ** 2) + t[1] ** 2 - 1) % P == 0
        assert affine(edwards25519.double(edwards25519.double(t))) == (0, 1)


@pytest.mark.parametrize("torsion", TORSION, ids=["(0, 1)", "(0, -1)", "(i, 0)", "(-i, 0)"])
def test_a_coset_is_one_element(ristretto: Group, torsion: Point) -> None:
    for p in (BASE, IDENTITY, point(1), point(2)):
        q = edwards25519.add(p, torsion)
        assert ristretto.equal(p, q)
        assert edwards.encode(p) == edwards.encode(q)
        for exponent in (0, 1, 2, 3, 4, 8, ORDER - 1, ORDER // 3):
            assert ristretto.element(p) ** exponent == ristretto.element(q) ** exponent
    assert not ristretto.equal(point(1), edwards25519.add(point(2), torsion))


@given(scalars)
@settings(database=None, deadline=None, max_examples=20)
def test_no_exponent_is_refused_by_libsodium(exponent: int) -> None:
    g = group("ristretto255")
    for base in (g.generator, g.identity, g.hash_to_group("base")):
        for x in (exponent, 8 * exponent, -exponent):
            assert base**x * base ** (1 - x) == base


# --- many at once ---


def representatives(count: int) -> list[Point]:
    """Return points among which are equal, opposite and neutral ones, in all cosets, some with Z = 1."""
    p = point(0)
    special = [p, p, edwards25519.negate(p), edwards25519.double(p), IDENTITY, BASE, *TORSION]
    points = special + [point(i) for i in range(count - len(special))]
    mixed = [edwards25519.add(q, TORSION[i % 4]) for i, q in enumerate(points)]
    return [edwards25519.normalised([q])[0] if i % 3 == 0 else q for i, q in enumerate(mixed)]


@given(st.lists(st.integers(-4, 4), min_size=16, max_size=16))
@settings(database=None, deadline=None, max_examples=20)
def test_buckets_and_targets_are_those_of_the_plain_law(digits: list[int]) -> None:
    g = group("ristretto255")
    points = representatives(16)
    for size in (4, 5):
        expected = Group.collect(g, points, digits, size)
        buckets = g.collect(g.addends(points), digits, size)
        assert [b and affine(b) for b in buckets] == [b and affine(b) for b in expected]
    for table in (points, [IDENTITY, *points[:4]]):
        targets, wanted = points[::-1], points[::-1]
        g.spread(targets, g.addends(table), digits)
        Group.spread(g, wanted, table, digits)
        assert [affine(p) for p in targets] == [affine(p) for p in wanted]


def test_lists_of_addends_and_digits_are_equally_long(ristretto: Group) -> None:
    with pytest.raises(ValueError, match="zip"):
        ristretto.collect(ristretto.addends([BASE]), [1, 1], 1)
    with pytest.raises(ValueError, match="zip"):
        ristretto.spread([BASE], ristretto.addends([IDENTITY, BASE]), [1, 1])


def test_packing_keeps_the_point(ristretto: Group) -> None:
    points = representatives(20)
    packed = ristretto.pack(points)
    assert len(packed) == 64 * len(points)
    assert [affine(p) for p in ristretto.unpack(packed)] == [affine(p) for p in points]
    assert ristretto.unpack(ristretto.pack([])) == []


def test_normalised_points_are_the_same_points() -> None:
    points = representatives(20)
    assert [p[2] for p in edwards25519.normalised(points)] == [1] * 20
    assert [affine(p) for p in edwards25519.normalised(points)] == [affine(p) for p in points]
    assert edwards25519.normalised([]) == []


@pytest.mark.parametrize("torsion", TORSION, ids=["(0, 1)", "(0, -1)", "(i, 0)", "(-i, 0)"])
def test_products_of_powers_know_cosets(ristretto: Group, torsion: Point) -> None:
    for count in (1, 3, 40):
        points = representatives(count + 10)
        moved = [edwards25519.add(p, torsion) for p in points]
        exponents = [(-1) ** i * (ORDER // (i + 2)) for i in range(len(points))]
        expected = ristretto.product_of_powers([ristretto.element(p) for p in points], exponents)
        assert ristretto.product_of_powers([ristretto.element(p) for p in moved], exponents) == expected
