"""OpenSSL as the measure of our arithmetic, the exceptional cases of the group law, and bad curves."""

import hashlib
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from evote.crypto.group import Element, Group, Raw, group
from evote.crypto.weierstrass import WeierstrassGroup
from tests.crypto.group_contract import Script

CURVES = {"p-256": ec.SECP256R1(), "p-384": ec.SECP384R1()}
P256 = {
    "p": 2**256 - 2**224 + 2**192 + 2**96 - 1,
    "b": 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    "q": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "gx": 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    "gy": 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
}


@pytest.fixture(scope="module", params=CURVES)
def curve(request: pytest.FixtureRequest) -> WeierstrassGroup:
    found = group(request.param)
    assert isinstance(found, WeierstrassGroup)
    return found


def openssl(g: Group, k: int) -> bytes:
    """Return OpenSSL's encoding of the k-th power of its generator."""
    public = ec.derive_private_key(k, CURVES[g.name]).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def spread(element: Element) -> Element:
    """Return the same element with another Z."""
    g = element.group
    return element * g.generator / g.generator


def test_products_agree_with_openssl(curve: Group) -> None:
    product, other = curve.generator, curve.identity
    for k in range(1, 40):
        assert bytes(product) == openssl(curve, k)
        product, other = product * curve.generator, other * curve.generator
        assert bytes(product * other) == openssl(curve, 2 * k + 1)


def test_powers_agree_with_openssl(curve: Group) -> None:
    for i in range(1, 20):
        k, m = (int.from_bytes(hashlib.sha512(bytes([i, j])).digest(), "big") % curve.order for j in (0, 1))
        assert bytes(curve.generator**k) == openssl(curve, k)
        assert bytes(spread(curve.generator**k) ** m) == openssl(curve, k * m % curve.order)


@pytest.mark.parametrize("near", range(-4, 5))
def test_powers_near_the_order(curve: Group, near: int) -> None:
    base = curve.hash_to_group("base")
    expected = curve.identity
    for _ in range(abs(near)):
        expected = expected * base if near > 0 else expected / base
    assert base ** (curve.order + near) == spread(base) ** near == expected


def test_exceptional_cases_of_the_law(curve: Group) -> None:
    one, a = curve.identity, curve.hash_to_group("a")
    opposite = one / a
    for p in (a, spread(a)):
        for q in (a, spread(a)):
            assert p * q == curve.element(curve.square(a.raw)) != p
            assert p * (one / q) == opposite * q == p / q == one
            assert p * q * (one / q) == p
        assert p * one == one * p == p
        assert p * spread(one) == spread(one) * p == p
    assert one * one == spread(one) * one == one != a
    assert one == curve.element(curve.square(one.raw))


def test_the_identity_is_zero_bytes(curve: Group) -> None:
    assert bytes(curve.identity) == bytes(spread(curve.identity)) == bytes(curve.element_size)
    assert curve.decode(bytes(curve.element_size)) == curve.identity


def test_hashing_takes_the_first_abscissa_of_a_point() -> None:
    g, p, b = group("p-256"), P256["p"], P256["b"]
    blocks = [hashlib.sha512(bytes([i])).digest()[:33] for i in range(40)]
    signs = set()
    for start in range(30):
        tries = [b"\xff" * 33, *blocks[start:]]
        expected = next(t for t in tries if (x := int.from_bytes(t[:32], "big")) < p
                        and pow(x**3 - 3 * x + b, (p - 1) // 2, p) == 1)  # fmt: skip
        data = g.encode(g.hash_to_raw(Script(b"".join(tries))))
        assert data[1:33] == expected[:32]
        assert data[-1] & 1 == expected[32] & 1
        signs.add(data[-1] & 1)
    assert signs == {0, 1}


# --- many at once ---


def points(g: Group, count: int) -> list[Raw]:
    """Return points among which are equal, opposite and neutral ones, some with Z = 1."""
    a, one = g.hash_to_group("a"), g.identity
    special = [a, a, one / a, a * a, spread(a), spread(one / a), one, spread(one), g.generator, g.decode(bytes(a))]
    return [e.raw for e in special + [spread(g.hash_to_group("a", bytes([i]))) for i in range(count - len(special))]]


def same(g: Group, ours: Sequence[Raw | None], theirs: Sequence[Raw | None]) -> bool:
    """Tell whether the values are the same elements; None is the identity."""
    one = g.identity.raw
    return all(g.equal(a or one, b or one) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("name", CURVES)
@given(st.lists(st.integers(-4, 4), min_size=48, max_size=48))
@settings(database=None, deadline=None, max_examples=20)
def test_buckets_and_targets_are_those_of_the_plain_law(name: str, digits: list[int]) -> None:
    g, raws = group(name), points(group(name), 48)
    for size in (4, 5):
        assert same(g, g.collect(g.addends(raws), digits, size), Group.collect(g, raws, digits, size))
    for table in (raws, raws[4:9]):
        targets, expected = raws[::-1], raws[::-1]
        for _ in range(2):
            g.spread(targets, g.addends(table), digits)
            Group.spread(g, expected, table, digits)
            assert same(g, targets, expected)


def test_buckets_empty_full_and_cancelled(curve: Group) -> None:
    a, b = curve.hash_to_group("a").raw, curve.hash_to_group("b").raw
    addends = curve.addends([a, a, a, b, a, b, curve.identity.raw])
    buckets = curve.collect(addends, [1, 1, -1, 2, 3, -2, 5], 5)
    assert [i for i, bucket in enumerate(buckets) if bucket is None] == [0, 4]
    assert same(curve, buckets, [None, a, None, a, None, None])
    assert same(curve, curve.collect(addends[:3], [-1, -1, 1], 1), [None, curve.invert(a)])


def test_packing_keeps_the_point(curve: Group) -> None:
    raws = points(curve, 12)
    packed = curve.pack(raws)
    assert len(packed) == 12 * (curve.element_size - 1)
    assert same(curve, curve.unpack(packed), raws)
    assert curve.unpack(curve.pack([])) == []


def test_normalised_points_are_the_same_points(curve: WeierstrassGroup) -> None:
    raws = points(curve, 12)
    assert same(curve, curve.normalised(raws), raws)
    assert {point[2] for point in curve.normalised(raws)} == {0, 1}


def test_public_powers_at_every_length(curve: Group) -> None:
    base = spread(curve.hash_to_group("base"))
    for bits in (0, 1, 2, 40, 80, curve.order.bit_length() - 1):
        for exponent in ((1 << bits) - 1, 1 << bits, (1 << bits) + 1):
            assert curve.element(curve.power_public(base.raw, exponent)) == base**exponent
    for near in range(-3, 4):
        assert curve.element(curve.power_public(base.raw, curve.order + near)) == base**near
    assert curve.element(curve.power_public(curve.identity.raw, curve.order - 2)) == curve.identity


BAD_CURVES = {
    "p composite": {"p": P256["p"] - 2},
    "p is 1 modulo 4": {"p": 2**255 - 19},
    "q composite": {"q": P256["q"] - 2},
    "q another prime": {"q": 2**255 - 19},
    "q the field's prime": {"q": P256["p"]},
    "another b": {"b": P256["b"] + 1},
    "singular": {"b": 2, "gx": 1, "gy": 0},
    "generator off the curve": {"gy": P256["gy"] + 1},
}


def test_good_parameters() -> None:
    assert WeierstrassGroup("good", ec.SECP256R1(), **P256) != group("p-256")


@pytest.mark.parametrize("change", BAD_CURVES.values(), ids=BAD_CURVES)
def test_bad_parameters_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="bad: "):
        WeierstrassGroup("bad", ec.SECP256R1(), **{**P256, **change})
