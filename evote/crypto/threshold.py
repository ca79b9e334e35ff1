"""A key that t of n trustees hold together and nobody holds alone: Shamir shares, Feldman commitments.

Trustee j shares a polynomial f_j of degree t-1 and publishes A_{j,k} = g^{a_{j,k}} (Feldman 1987; Pedersen 1991). Share
keys and combinations are computed here from public values alone; the joint secret never exists.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

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


def lagrange(indices: Collection[int], order: int) -> dict[int, int]:
    """Return lambda_j = prod_{m != j} m / (m - j) mod q for interpolation at 0; ``ValueError`` on a duplicate index."""
    if len(set(indices)) != len(indices) or not all(0 < j < order for j in indices):
        raise ValueError("share indices must be distinct and between 1 and q-1")
    result = {}
    for j in indices:
        numerator = denominator = 1
        for m in indices:
            if m != j:
                numerator, denominator = numerator * m % order, denominator * (m - j) % order
        result[j] = numerator * pow(denominator, -1, order) % order
    return result


def combine(shares: Mapping[int, Element]) -> Element:
    """Return prod_j d_j^lambda_j, what the joint secret would have given; ``ValueError`` if there is no d_j."""
    if not shares:
        raise ValueError("no shares to combine")
    first = next(iter(shares.values()))
    weights = lagrange(shares, first.group.order)
    return first.group.product_of_powers(list(shares.values()), [weights[j] for j in shares])
