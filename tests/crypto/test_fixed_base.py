"""Powers of one base against careful ones: streamed and from stored tables, with signed digits and without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto import fixed_base
from evote.crypto.digits import Digits
from evote.crypto.fixed_base import FixedBase, powers_of_base
from evote.crypto.group import Element, Group, group
from tests.crypto.samples import TOY, elements
from tests.crypto.test_powers import EXPONENTS, FREE, spent  # noqa: F401 - a fixture
from tests.crypto.watching import noting

Q = TOY.order
(a,) = elements(TOY, 1)
BASES = {"generator": TOY.generator, "another": a, "identity": TOY.identity}
of_both = pytest.mark.parametrize("of", [TOY, FREE], ids=["inverses cost", "inverses are free"])


@of_both
@pytest.mark.parametrize("width", [1, 2, 4, 6, 7, 8])
@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_stored_tables(of: Group, base: Element, width: int) -> None:
    table = FixedBase(of.element(base.raw), width)
    for exponent in EXPONENTS.values():
        assert table.power(exponent) == base ** TOY.scalar(exponent)


TABLES = [FixedBase(TOY.element(a.raw)), FixedBase(FREE.element(a.raw))]


@given(st.integers())
def test_stored_tables_of_any_exponent(exponent: int) -> None:
    assert TABLES[0].power(exponent) == TABLES[1].power(exponent) == a ** TOY.scalar(exponent)


@of_both
@pytest.mark.parametrize("repeat", [1, 20])
@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_streamed(of: Group, base: Element, repeat: int) -> None:
    exponents = [*EXPONENTS.values()] * repeat
    expected = [base ** TOY.scalar(exponent) for exponent in exponents]
    assert powers_of_base(of.element(base.raw), exponents) == expected


@of_both
@pytest.mark.parametrize("width", [2, 4, 5, 8, 13, 16])
def test_every_width(of: Group, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a length of 64 bits, 2, 4, 8 and 16 are divisors."""
    widths: list[int] = []
    monkeypatch.setattr(fixed_base, "streamed_width", lambda *_: width)
    monkeypatch.setattr(Digits, "__init__", noting(widths, lambda _self, _v, _n, w, _o: w, Digits.__init__))
    monkeypatch.setattr(fixed_base, "streamed_cost", lambda *_: 0)
    assert Q.bit_length() == 64
    exponents = [*EXPONENTS.values(), Q // 2, Q // 2 + 1]
    expected = [a ** TOY.scalar(exponent) for exponent in exponents]
    assert powers_of_base(of.element(a.raw), exponents) == expected
    assert widths == [width]


@given(st.lists(st.integers(-(2**130), 2**130), max_size=60))
def test_any_exponents(exponents: list[int]) -> None:
    expected = [a ** TOY.scalar(exponent) for exponent in exponents]
    assert powers_of_base(a, exponents) == powers_of_base(FREE.element(a.raw), exponents) == expected


@pytest.mark.parametrize("name", ["ristretto255", "p-256"])
def test_curves(name: str) -> None:
    g = group(name)
    exponents = [0, 1, -1, g.order - 1, g.order, 2**64, 12345678901234567890] * 9
    expected = [g.generator ** g.scalar(exponent) for exponent in exponents[:7]] * 9
    table = FixedBase(g.generator)
    assert powers_of_base(g.generator, exponents) == expected
    assert [table.power(exponent) for exponent in exponents[:7]] == expected[:7]


def test_cost_of_streaming(spent: list[str]) -> None:  # noqa: F811
    exponents = [*range(Q - 500, Q)]
    powers_of_base(FREE.element(a.raw), exponents)
    short = len(spent)
    spent.clear()
    powers_of_base(FREE.element(a.raw), [x * (Q // 1000) for x in range(500)])
    c = fixed_base.streamed_width(500, 64, fixed_base.ENTRY_ON_CURVES)
    assert short < len(spent) <= (64 // c + 1) * (500 + 2 ** (c - 1))


def test_cost_of_a_stored_table(spent: list[str]) -> None:  # noqa: F811
    table = FixedBase(FREE.element(a.raw), 6)
    windows = -(-(Q.bit_length() + 1) // 6)
    assert len(spent) <= 2**5 * windows
    spent.clear()
    table.power(Q - 1)
    assert len(spent) < windows


def test_widths_grow_with_the_work() -> None:
    streamed = [fixed_base.streamed_width(n, 3071) for n in (1, 10, 300, 5000, 20000)]
    stored = [fixed_base.stored_width(n, 256) for n in (1, 10, 300, 5000)]
    assert streamed == sorted(set(streamed))
    assert fixed_base.streamed_width(5000, 252, fixed_base.ENTRY_ON_CURVES) == 9
    assert streamed[3] == 11
    assert stored == sorted(set(stored))
