"""Threshold arithmetic: any t shares combine, no other value does, and an index is a number between 1 and q-1, once."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import factorial, gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.group import Scalar, group
from evote.crypto.threshold import commitment_at, joint_coefficients, lagrange, share_is_valid
from tests.crypto.samples import TOY, elements, scalars
from tests.crypto.shares import combined

Q = TOY.order
g = TOY.generator
N, T = 5, 3
DEALERS = [scalars(TOY, T, seed) for seed in range(40, 40 + N)]
COMMITMENTS = [[g**a for a in polynomial] for polynomial in DEALERS]


def at(polynomial: list[Scalar], index: int) -> Scalar:
    return sum((a * index**k for k, a in enumerate(polynomial)), TOY.scalar(0))


def joint_share(index: int) -> Scalar:
    return sum((at(polynomial, index) for polynomial in DEALERS), TOY.scalar(0))


SECRET = joint_share(0)
(C1,) = elements(TOY, 1, seed=50)
SHARES = {j: C1 ** joint_share(j) for j in range(1, N + 1)}


@pytest.mark.parametrize("who", list(combinations(range(1, N + 1), T)), ids=str)
def test_any_t_shares_combine(who: tuple[int, ...]) -> None:
    assert combined({j: SHARES[j] for j in who}) == C1**SECRET


def test_more_than_t_shares_combine() -> None:
    assert combined(SHARES) == C1**SECRET


@pytest.mark.parametrize("who", list(combinations(range(1, N + 1), T - 1)), ids=str)
def test_fewer_do_not(who: tuple[int, ...]) -> None:
    assert combined({j: SHARES[j] for j in who}) != C1**SECRET


def test_a_share_under_another_index_spoils_it() -> None:
    assert combined({1: SHARES[2], 2: SHARES[1], 3: SHARES[3]}) != C1**SECRET


def test_any_polynomial_of_the_degree_is_interpolated_over_the_integers() -> None:
    for who in combinations((1, 2, 4, 7, 9), 3):
        delta, weights = lagrange(who, Q)
        for f in (lambda x: 1, lambda x: x, lambda x: x * x, lambda x: 5 - 3 * x + 2 * x * x):
            assert sum(weights[j] * f(j) for j in who) == delta * f(0)


def test_joint_coefficients_commit_to_the_sum() -> None:
    joint = joint_coefficients(COMMITMENTS)
    assert joint[0] == g**SECRET
    for j in range(1, N + 1):
        assert commitment_at(joint, j) == g ** joint_share(j)


def test_one_dealer_is_a_key_too() -> None:
    assert joint_coefficients(COMMITMENTS[:1]) == tuple(COMMITMENTS[0])
    assert combined({1: C1 ** at(DEALERS[0][:1], 1)}) == C1 ** DEALERS[0][0]


def test_dealers_with_polynomials_of_different_degrees_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        joint_coefficients([COMMITMENTS[0], COMMITMENTS[1][:-1]])


@given(st.integers(0, Q - 1))
def test_commitment_at_any_index(index: int) -> None:
    assert commitment_at(COMMITMENTS[0], index) == g ** at(DEALERS[0], index)


def test_shares_are_checked_against_commitments() -> None:
    coefficients, share = COMMITMENTS[0], at(DEALERS[0], 2)
    assert share_is_valid(coefficients, 2, share)
    assert not share_is_valid(coefficients, 3, share)
    assert not share_is_valid(coefficients, 2, share + 1)
    assert not share_is_valid(COMMITMENTS[1], 2, share)


@given(st.sets(st.integers(1, Q - 1), min_size=1, max_size=6), st.lists(st.integers(0, Q - 1), max_size=6))
def test_lagrange_interpolates_at_zero(indices: set[int], coefficients: list[int]) -> None:
    coefficients = coefficients[: len(indices)]

    def f(x: int) -> int:
        return sum(a * x**k for k, a in enumerate(coefficients)) % Q

    delta, weights = lagrange(indices, Q)
    assert sum(weights[j] * f(j) for j in indices) % Q == delta * f(0) % Q


@pytest.mark.parametrize("t", range(1, 12))
def test_the_first_t_need_no_root(t: int) -> None:
    delta, weights = lagrange(range(t, 0, -1), Q)
    assert delta == 1
    assert sum(weights.values()) == 1


@given(st.sets(st.integers(1, 30), min_size=1))
def test_weights_are_the_smallest_integers_there_are(indices: set[int]) -> None:
    delta, weights = lagrange(indices, Q)
    exact = {j: Fraction(1) for j in indices}
    for j in indices:
        for m in indices - {j}:
            exact[j] *= Fraction(m, m - j)
    assert weights == {j: delta * value for j, value in exact.items()}
    assert all(type(weight) is int for weight in weights.values())
    assert gcd(delta, *weights.values()) == 1
    assert factorial(max(indices)) ** len(indices) % delta == 0
    assert delta > 0


def test_small_indices_have_small_weights() -> None:
    for who in combinations(range(1, 10), 5):
        delta, weights = lagrange(who, Q)
        assert max(delta, *map(abs, weights.values())).bit_length() <= 18


def test_indices_may_come_in_any_order() -> None:
    assert lagrange([5, 1, 3], Q) == lagrange({1, 3, 5}, Q) == lagrange(dict.fromkeys((3, 5, 1)), Q)


BAD_INDICES: dict[str, list[int]] = {
    "twice the same": [1, 2, 2],
    "zero": [0, 1],
    "negative": [-1, 1],
    "none": [],
    "the order": [1, Q],
    "the same modulo the order": [1, Q + 1],
}


@pytest.mark.parametrize("indices", BAD_INDICES.values(), ids=BAD_INDICES)
def test_bad_indices(indices: list[int]) -> None:
    assert lagrange([1, 2], Q) == (1, {1: 2, 2: -1})
    with pytest.raises(ValueError, match="indices"):
        lagrange(indices, Q)


def test_ristretto255() -> None:
    ristretto = group("ristretto255")
    polynomial = scalars(ristretto, 2)
    (base,) = elements(ristretto, 1, seed=9)
    shares = {j: base ** (polynomial[0] + polynomial[1] * j) for j in (1, 3)}
    assert combined(shares) == base ** polynomial[0]
    commitments = [ristretto.generator**a for a in polynomial]
    assert share_is_valid(commitments, 3, polynomial[0] + polynomial[1] * 3)
