"""Products of powers against the naive product, on every path and with every awkward base and exponent."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto import powers
from evote.crypto.group import Element, Group, group
from evote.crypto.modp import ModPGroup
from evote.crypto.powers import pippenger, powers_of, straus
from tests.crypto.samples import TOY, elements
from tests.crypto.watching import noting

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
def test_products_of_any_length(count: int) -> None:
    bases, exponents = elements(TOY, count), exponents_for(TOY, count)
    assert TOY.product_of_powers(bases, exponents) == naive(TOY, bases, exponents)


@pytest.mark.parametrize("of", [RISTRETTO, MODP], ids=lambda g: g.name)
@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_real_groups(of: Group, count: int) -> None:
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
def test_awkward_exponents(exponent: int, count: int) -> None:
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
def test_awkward_bases(bases: list[Element], sign: int) -> None:
    for exponents in ([sign * 5] * len(bases), [sign * (i + 1) for i in range(len(bases))], [Q - 1] * len(bases)):
        assert TOY.product_of_powers(bases, exponents) == naive(TOY, bases, exponents)


@pytest.mark.parametrize("of", [RISTRETTO, group("p-256")], ids=lambda g: g.name)
@pytest.mark.parametrize("count", [2, 30])
def test_curves_add_equal_and_opposite_points(of: Group, count: int) -> None:
    """An incomplete addition formula fails here."""
    base = of.hash_to_group("base")
    for bases in ([base] * count, [base, of.identity / base] * (count // 2), [of.identity, base] * (count // 2)):
        exponents = [3] * count
        assert of.product_of_powers(bases, exponents) == naive(of, bases, exponents)


pairs = st.lists(st.tuples(st.integers(-30, 30), st.integers(-(2**130), 2**130)), max_size=40)


@given(pairs)
def test_any_product(pairs: list[tuple[int, int]]) -> None:
    bases = [g ** TOY.scalar(base) for base, _ in pairs]
    expected = g ** TOY.scalar(sum(base * exponent for base, exponent in pairs))
    assert TOY.product_of_powers(bases, [exponent for _, exponent in pairs]) == expected


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2**80)), min_size=1, max_size=30))
def test_straus_and_pippenger_agree(pairs: list[tuple[int, int]]) -> None:
    bases = [(g**base).raw for base, _ in pairs]
    exponents = [exponent for _, exponent in pairs]
    assert straus(TOY, bases, exponents) == pippenger(TOY, bases, exponents)


def test_as_many_exponents_as_bases() -> None:
    with pytest.raises(ValueError, match="as many"):
        TOY.product_of_powers([g, g], [1])


def test_bases_of_one_group() -> None:
    with pytest.raises(ValueError, match="different groups"):
        TOY.product_of_powers([g, MODP.generator], [1, 1])


def test_scalars_are_exponents_too() -> None:
    assert TOY.product_of_powers([g, a], [TOY.scalar(-1), 3]) == a**3 / g


# --- the same, where inverses are free ---


class FreeInverses(ModPGroup):
    """The toy group, by the default hooks and with signed digits."""

    signed_digits = True
    collect, weigh, spread = Group.collect, Group.weigh, Group.spread


FREE = FreeInverses("toy", TOY.p, Q, 2)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 30, 300])
def test_free_inverses(count: int) -> None:
    bases, exponents = elements(FREE, count), exponents_for(FREE, count)
    assert FREE.product_of_powers(bases, exponents) == naive(FREE, bases, exponents)


@pytest.mark.parametrize("exponent", EXPONENTS.values(), ids=EXPONENTS)
@pytest.mark.parametrize("count", [1, 2, 40])
def test_free_inverses_with_awkward_exponents(exponent: int, count: int) -> None:
    bases = elements(FREE, count)
    for exponents in ([exponent] * count, [0] * (count - 1) + [exponent]):
        assert FREE.product_of_powers(bases, exponents) == naive(FREE, bases, exponents)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, Q)), min_size=1, max_size=30))
def test_signed_straus_and_pippenger_agree(pairs: list[tuple[int, int]]) -> None:
    bases = [(g**base).raw for base, _ in pairs]
    exponents = [exponent for _, exponent in pairs]
    expected = (g ** TOY.scalar(sum(base * exponent for base, exponent in pairs))).raw
    assert straus(FREE, bases, exponents) == pippenger(FREE, bases, exponents) == expected


@pytest.mark.parametrize("signed", [False, True])
@given(exponent=st.integers(0, 2**300), width=st.integers(2, 7))
def test_sliding_digits(exponent: int, width: int, *, signed: bool) -> None:
    found = powers.sliding_digits(exponent, width, signed=signed)
    assert sum(digit << at for at, digit in found) == exponent
    assert all(digit % 2 and -signed * 2 ** (width - 1) < digit < 2 ** (width - signed) for _, digit in found)
    assert all(later - at >= width for (at, _), (later, _) in pairwise(found))


@pytest.mark.parametrize("free", [False, True])
@given(exponent=st.integers(-(2**200), 2**200))
def test_the_shortest_exponent(exponent: int, *, free: bool) -> None:
    short = powers.shortest(exponent, Q, free_inverses=free)
    assert (short - exponent) % Q == 0
    assert short.bit_length() <= min(exponent.bit_length(), Q.bit_length())
    assert powers.shortest(Q - 5, Q, free_inverses=free) == -5


# --- the costs that the docstrings state, in products ---


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record every product and squaring of the toy group with free inverses, which uses the default hooks."""
    record: list[str] = []
    monkeypatch.setattr(FREE, "multiply", noting(record, lambda *_: "multiply", FREE.multiply))
    monkeypatch.setattr(FREE, "square", noting(record, lambda _: "square", FREE.square))
    return record


def raws_and_exponents(count: int, bits: int) -> tuple[list[object], list[int]]:
    source = random.Random(3)
    return [x.raw for x in elements(TOY, count)], [source.getrandbits(bits) | 1 << bits - 1 for _ in range(count)]


@pytest.mark.parametrize(("count", "bits"), [(2, 60), (20, 60), (20, 40)])
def test_cost_of_straus(count: int, bits: int, spent: list[str]) -> None:
    bases, exponents = raws_and_exponents(count, bits)
    straus(FREE, bases, exponents)
    w = powers.straus_window(bits, signed=True)
    assert spent.count("square") <= bits + count + 1
    assert spent.count("multiply") <= 1.1 * count * (2 ** (w - 2) + bits / (w + 1)) + count


@pytest.mark.parametrize(("count", "bits"), [(50, 60), (300, 40), (300, 60)])
def test_cost_of_pippenger(count: int, bits: int, spent: list[str]) -> None:
    bases, exponents = raws_and_exponents(count, bits)
    pippenger(FREE, bases, exponents)
    _, c, signed = powers.buckets_for(powers.Load(count, count * bits, bits), free_inverses=True)
    assert signed
    assert spent.count("square") <= bits + 2 * c
    assert spent.count("multiply") <= (bits // c + 1) * (count + 2 ** (c - 1) + 2)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_short_exponent_costs_its_own_length(sign: int, spent: list[str]) -> None:
    FREE.product_of_powers([a, b], [sign * 3, sign * 2])
    assert len(spent) <= 5


@pytest.mark.parametrize("long", [Q // 2, Q - 1, -1])
def test_one_long_exponent_among_short_ones_costs_its_own_length(long: int, spent: list[str]) -> None:
    bases, exponents = elements(FREE, 400), [random.Random(1).getrandbits(20) for _ in range(400)]
    FREE.product_of_powers(bases, exponents)
    alone = len(spent)
    spent.clear()
    FREE.product_of_powers([*bases, a], [*exponents, long])
    assert len(spent) <= alone + 1.5 * Q.bit_length()


def test_costs_follow_the_model() -> None:
    load = powers.Load
    small, large = load(3, 3 * 256, 256), load(3000, 3000 * 256, 256)
    for of in (MODP, FREE):
        assert powers.straus_cost(small, signed=of.signed_digits) == powers.cost(of, small)
        assert powers.buckets_for(large, free_inverses=of.signed_digits).cost == powers.cost(of, large)
        assert powers.cost(of, load(1000, 128 * 1000, 128)) * 4 < powers.cost(of, load(1000, 640 * 1000, 640))
        assert powers.cost(of, load(0, 0, 0)) == 0


def test_where_inverses_cost_signed_digits_pay_for_long_exponents() -> None:
    signs = [
        powers.buckets_for(powers.Load(1000, 1000 * bits, bits), free_inverses=False).signed for bits in (128, 3072)
    ]
    assert signs == [False, True]
    bases, exponents = elements(TOY, 300), [random.Random(i).getrandbits(900) for i in range(300)]
    expected = naive(TOY, bases, exponents)
    assert TOY.element(pippenger(TOY, [base.raw for base in bases], exponents)) == expected


@pytest.mark.parametrize("negatives", [1, 200])
def test_negative_exponents_one_by_one_or_together(negatives: int) -> None:
    bases = elements(TOY, 200)
    exponents = [(-1 if i < negatives else 1) * (i + 2) ** 5 for i in range(200)]
    assert TOY.product_of_powers(bases, exponents) == naive(TOY, bases, exponents)


def test_a_cheap_library_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(TOY, "public_power_cost", lambda bits: 1.0)
    monkeypatch.setattr(TOY, "power_public", noting(asked, lambda _, x: x, TOY.power_public))
    bases = elements(TOY, 9)
    assert TOY.product_of_powers(bases, range(1, 10)) == naive(TOY, bases, range(1, 10))
    assert sorted(asked) == [*range(1, 10)]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_powers_of(count: int) -> None:
    assert powers_of(a, count) == [a**i for i in range(count + 1)]
