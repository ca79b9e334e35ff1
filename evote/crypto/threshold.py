"""A key that t of n trustees hold together and nobody holds alone: Shamir shares, Feldman commitments.

Trustee j shares a polynomial f_j of degree t-1 and publishes A_{j,k} = g^{a_{j,k}} (Feldman 1987; Pedersen 1991). Share
keys and combinations are computed here from public values alone; the joint secret never exists.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from math import lcm, prod

from evote.crypto.group import Element, Scalar


def commitment_at(coefficients: Sequence[Element], index: int) -> Element:
    """Return g^f(index) = prod_k A_k^{index^k}."""
    group = coefficients[0].group
    return group.product_of_powers(coefficients, [index**k for k in range(len(coefficients))])


def share_is_valid(coefficients: Sequence[Element], index: int, share: Scalar) -> bool:
    """Tell whether ``share`` is f(index): g^share = prod_k A_k^{index^k}."""
    return coefficients[0].group.generator ** share == commitment_at(coefficients, index)


def joint_coefficients(dealers: Sequence[Sequence[Element]]) -> tuple[Element, ...]:
    """Return the commitments to the sum of all polynomials; the first is the joint key."""
    joint = list(dealers[0])
    for coefficients in dealers[1:]:
        joint = [a * b for a, b in zip(joint, coefficients, strict=True)]
    return tuple(joint)


def lagrange(indices: Collection[int], order: int) -> tuple[int, dict[int, int]]:
    """Return the least delta > 0 for which all delta lambda_j are integers, and those: small ones for small indices.

    lambda_j = prod_{m != j} m / (m - j) interpolates at 0. Modulo q it would be as long as q; delta lambda_j has a few
    bits, and delta is 1 for the indices 1 ... t. All indices being below the prime ``order`` q, delta is invertible
    modulo q. ``ValueError`` for no index, a duplicate, or one that is not between 1 and q - 1.
    """
    if not indices or len(set(indices)) != len(indices) or min(indices) < 1 or max(indices) >= order:
        raise ValueError("share indices must be distinct and between 1 and q - 1")
    weights = {j: prod((Fraction(m, m - j) for m in indices if m != j), start=Fraction(1)) for j in indices}
    delta = lcm(*(weight.denominator for weight in weights.values()))
    return delta, {j: int(delta * weight) for j, weight in weights.items()}
