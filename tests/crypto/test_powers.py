"""Products of powers against the naive product, on every path and with every awkward base and exponent."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto import powers
from evote.crypto.group import Element, Group, group
from evote.crypto.fixed_base import FixedBase
from evote.crypto.powers import pippenger, powers_of, straus
from tests.crypto.samples import TOY, elements

Q = TOY.order
g = TOY.generator
RISTRETTO, MODP = group("ristretto255"), group("modp-2048")


def naive(of: Group, bases: Sequence[Element], exponents: Sequence[int]) -> Element:
    result = of.identity
    for base, exponent in zip(bases, exponents, strict=True):
        result *= base ** of.scalar(exponent)
    return result


def exponents_for(of: Group, count: int) -> list[int]:
    """Return exponents of every sign and length in turn."""
    source, q = random.Random(count), of.order
    kinds = (
        lambda: source.randrange(q),
        lambda: -source.randrange(q),
        lambda: source.getrandbits(128),
        lambda: -source.getrandbits(20),
        lambda: source.randrange(q) * source.getrandbits(200),
        lambda: source.choice([0, 1, -1, q - 1, q, q + 1, -q, 2 * q]),
    )
    return [kinds[i % len(kinds)]() for i in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 30, 300])
def test_products_of_any_length(count: int):
    bases, exponents = elements(TOY, count), exponents_for(TOY, count)
    assert TOY.product_of_powers(bases, exponents) == naive(TOY, bases, exponents)


@pytest.mark.parametrize("of", [RISTRETTO, MODP], ids=lambda g: g.name)
@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_real_groups(of: Group, count: int):
    bases = [of.hash_to_group("base", bytes([i])) for i in range(count)]
    exponents = exponents_for(of, count)
    assert of.product_of_powers(bases, exponents) == naive(of, bases, exponents)


EXPONENTS: dict[str, int] = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "a window": 15,
    "a window and a bit": 16,
    "minus one": -1,
    "q - 1": Q - 1,
    "q": Q,
    "q + 1": Q + 1,
    "minus q": -Q,
    "as long as q, and larger": (1 << Q.bit_length()) - 1,
    "longer than q": Q**3 + 12345,
    "longer than q, negative": -(Q**3) - 12345,
}


@pytest.mark.parametrize("exponent", EXPONENTS.values(), ids=EXPONENTS)
@pytest.mark.parametrize("count", [1, 2, 40])
def test_awkward_exponents(exponent: int, count: int):
    bases = elements(TOY, count)
    for exponents in ([exponent] * count, [exponent] + [7] * (count - 1), [0] * (count - 1) + [exponent]):
        assert TOY.product_of_powers(bases, exponents) == naive(TOY, bases, exponents)


a, b = elements(TOY, 2)
BASES: dict[str, list[Element]] = {
    "identity alone": [TOY.identity],
    "identity first": [TOY.identity, a],
    "all identity": [TOY.identity] * 30,
    "equal": [a, a],
    "equal objects": [a, TOY.decode(bytes(a))],
    "opposite": [a, TOY.identity / a],
    "one and its inverse, often": [a, TOY.identity / a] * 20,
    "one, twice that, and so on": [a ** (1 << i) for i in range(30)],
    "equal but one": [a] * 29 + [b],
}


@pytest.mark.parametrize("bases", BASES.values(), ids=BASES)
@pytest.mark.parametrize("sign", [1, -1])
def test_awkward_bases(bases: list[Element], sign: int):
    for exponents in ([sign * 5] * len(bases), [sign * (i + 1) for i in range(len(bases))], [Q - 1] * len(bases)):
        assert TOY.product_of_powers(bases, exponents) == naive(TOY, bases, exponents)


@pytest.mark.parametrize("of", [RISTRETTO, group("p-256")], ids=lambda g: g.name)
@pytest.mark.parametrize("count", [2, 30])
def test_curves_add_equal_and_opposite_points(of: Group, count: int):
    """An incomplete addition formula fails here."""
    base = of.hash_to_group("base")
    for bases in ([base] * count, [base, of.identity / base] * (count // 2), [of.identity, base] * (count // 2)):
        exponents = [3] * count
        assert of.product_of_powers(bases, exponents) == naive(of, bases, exponents)


pairs = st.lists(st.tuples(st.integers(-30, 30), st.integers(-(2**130), 2**130)), max_size=40)


@given(pairs)
def test_any_product(pairs: list[tuple[int, int]]):
    bases = [g ** TOY.scalar(base) for base, _ in pairs]
    expected = g ** TOY.scalar(sum(base * exponent for base, exponent in pairs))
    assert TOY.product_of_powers(bases, [exponent for _, exponent in pairs]) == expected


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2**80)), min_size=1, max_size=30))
def test_straus_and_pippenger_agree(pairs: list[tuple[int, int]]):
    bases = [(g**base).raw for base, _ in pairs]
    exponents = [exponent for _, exponent in pairs]
    assert straus(TOY, bases, exponents) == pippenger(TOY, bases, exponents)


def test_as_many_exponents_as_bases():
    with pytest.raises(ValueError, match="as many"):
        TOY.product_of_powers([g, g], [1])


def test_bases_of_one_group():
    with pytest.raises(ValueError, match="different groups"):
        TOY.product_of_powers([g, MODP.generator], [1, 1])


def test_scalars_are_exponents_too():
    assert TOY.product_of_powers([g, a], [TOY.scalar(-1), 3]) == a**3 / g


# --- the costs that the docstrings state, in products ---


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record every product and squaring of the toy group."""
    record: list[str] = []
    multiply, square = TOY.multiply, TOY.square
    monkeypatch.setattr(TOY, "multiply", lambda x, y: record.append("product") or multiply(x, y))
    monkeypatch.setattr(TOY, "square", lambda x: record.append("square") or square(x))
    return record


def raws_and_exponents(count: int, bits: int) -> tuple[list[object], list[int]]:
    source = random.Random(3)
    return [x.raw for x in elements(TOY, count)], [source.getrandbits(bits) | 1 << bits - 1 for _ in range(count)]


@pytest.mark.parametrize(("count", "bits"), [(2, 64), (20, 64), (20, 256)])
def test_cost_of_straus(count: int, bits: int, spent: list[str]):
    bases, exponents = raws_and_exponents(count, bits)
    spent.clear()
    straus(TOY, bases, exponents)
    assert spent.count("square") <= bits
    assert spent.count("product") <= count * (2**powers.STRAUS_WINDOW + bits / powers.STRAUS_WINDOW)


@pytest.mark.parametrize(("count", "bits"), [(50, 64), (300, 128), (300, 256)])
def test_cost_of_pippenger(count: int, bits: int, spent: list[str]):
    bases, exponents = raws_and_exponents(count, bits)
    c = powers.window(count, bits)
    spent.clear()
    pippenger(TOY, bases, exponents)
    assert spent.count("square") <= bits + c
    assert spent.count("product") <= -(-bits // c) * (count + 2 ** (c + 1))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_short_exponent_costs_its_own_length(sign: int, spent: list[str]):
    TOY.product_of_powers([a, b], [sign * 3, sign * 2])
    short = len(spent)
    spent.clear()
    TOY.product_of_powers([a, b], [Q - 1, Q - 2])
    assert short <= 2 * 2**powers.STRAUS_WINDOW + 2 < len(spent)


# --- one base ---


@pytest.mark.parametrize("width", [1, 4, 6, 7])
@pytest.mark.parametrize("base", [g, a, TOY.identity], ids=["generator", "another", "identity"])
def test_fixed_base(width: int, base: Element):
    table = FixedBase(base, width)
    for exponent in EXPONENTS.values():
        assert table.power(exponent) == base ** TOY.scalar(exponent)


@given(st.integers())
def test_fixed_base_of_any_exponent(exponent: int):
    assert TABLE.power(exponent) == a ** TOY.scalar(exponent)


TABLE = FixedBase(a)


def test_cost_of_a_fixed_base(spent: list[str]):
    FixedBase(a, 6)
    assert len(spent) <= 2**6 * -(-Q.bit_length() // 6)
    spent.clear()
    TABLE.power(Q - 1)
    assert len(spent) <= -(-Q.bit_length() // 6)


def test_fixed_base_on_a_curve():
    table = FixedBase(RISTRETTO.generator)
    for exponent in (0, 1, RISTRETTO.order - 1, 12345678901234567890):
        assert table.power(exponent) == RISTRETTO.generator ** RISTRETTO.scalar(exponent)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_powers_of(count: int):
    assert powers_of(a, count) == [a**i for i in range(count + 1)]
