"""A sealed number lies between 0 and m: its bits are committed to, each is 0 or 1, and their sum is the number.

With k = floor(log2 m) + 1, the weights w_j are 1, 2, 4, ..., 2^(k-2), m - 2^(k-1) + 1. The sums of some of them are
0, 1, ..., m and no others, so a range is exact for every m, at a cost that grows with log m (weights of this kind:
Lipmaa, Asokan, Niemi 2002). Beside the sealed number v stand commitments P_j = g^b_j h^r_j. One statement for each says
that b_j is 0 or 1; one more, the link, says that v is their weighted sum.

Sound: whoever makes the proofs knows b_j in {0, 1} and r_j with P_j = g^b_j h^r_j, and rho, v, R with (c1, c2) =
(g^rho, g^v y^rho) and prod_j P_j^w_j = g^v h^R. Dividing, g^(v - sum_j w_j b_j) = h^(sum_j w_j r_j - R). Unless he
has found log_g h, both exponents are 0 modulo q; and sum_j w_j b_j <= m < q, so the sealed number is that sum.

Hiding: the P_j are uniform and the proofs show nothing but that they can be made, so a number is hidden as well as
its ciphertext hides it; a number in a Pedersen commitment, perfectly.

Up to m = 5 nothing is committed to: it is cheaper to name the values, v = 0 or v = 1 or ... (``ENUMERATED``). The
transcript of each proof must be bound to the ciphertext and all commitments. Nothing here draws randomness or proves.

A range is one of residues modulo q. Where the number is a sum of prices, say, that is meant as an integer, the caller
sees to it that it stays below q; then "at most m" needs no proof of its own (ADR 25).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import Element, Group, Scalar
from evote.crypto.pedersen import commitment_to_one_of, second_generator
from evote.crypto.relation import LinearRelation, Statement, Witness
from evote.crypto.statements import encryption_of_one_of

ENUMERATED = 5  # the largest m whose values are named: 3m + 2 powers and 4m + 3 numbers, against 5k + 5 and 6k + 6


def bit_weights(m: int) -> tuple[int, ...]:
    """Return the weights of the bits that a number in 0..m is committed to by, the least first; none for a small m.

    There are k = floor(log2 m) + 1 of them, the sum of all is m, and every number in 0..m is a sum of some.
    """
    if m < 0:
        raise ValueError("a range starts at 0")
    if m <= ENUMERATED:
        return ()
    highest = m.bit_length() - 1
    return (*[1 << j for j in range(highest)], m - (1 << highest) + 1)


def bits(v: int, m: int) -> tuple[int, ...]:
    """Return the b_j to commit to, with v = sum_j w_j b_j; the last is 1 only if v >= 2^(k-1).

    For a small m none, whatever v is; else ``ValueError`` unless 0 <= v <= m.
    """
    weights = bit_weights(m)
    if not weights:
        return ()
    _check(v, m)
    highest = len(weights) - 1
    last = v >> highest
    rest = v - last * weights[-1]
    return (*[rest >> j & 1 for j in range(highest)], last)


def range_statements(
    key: PublicKey, ciphertext: Ciphertext, commitments: Sequence[Element], m: int, *, start: int = 0
) -> list[Statement]:
    """State that the ciphertext seals a number v in start..start + m: k statements about `bits` of v - start, the link.

    The link: I know (rho, v', R) with c1 = g^rho, c2 / g^start = g^v' y^rho, prod_j P_j^w_j = g^v' h^R. Proofs have
    2k + 3 elements, k challenges and 2k + 3 scalars, and cost 3k + 5 powers: k + 3 of g, 2k + 1 of h, 1 of the key. The
    commitments are k elements more, and 2k powers; all in all, 192k + 192 bytes over ristretto255. For m <= 5 it is one
    `encryption_of_one_of`. ``ValueError`` for another number of commitments, or start + m >= q.
    """
    total = _sum(commitments, m, key.group, start)
    if not commitments:
        return [encryption_of_one_of(key, ciphertext, range(start, start + m + 1))]
    return [*map(_bit, commitments), _link(key, ciphertext, start, total)]


def range_witnesses(v: int, rho: Scalar, blinding: Sequence[Scalar], m: int) -> list[Witness]:
    """Return why the `range_statements` about (g^rho, g^(start + v) y^rho) and the g^b_j h^r_j are true.

    ``blinding`` are the r_j. ``ValueError`` unless 0 <= v <= m.
    """
    _check(v, m)
    weights, known = bit_weights(m), bits(v, m)
    if not weights:
        return [Witness((rho,), v)]
    return [*_openings(known, blinding), Witness((rho, Scalar(v, rho.order), _combined(weights, blinding)))]


def commitment_range_statements(commitment: Element, commitments: Sequence[Element], m: int) -> list[Statement]:
    """State that a Pedersen commitment C commits to a number in 0..m: k statements about `bits`, and the link.

    The link: I know R with prod_j P_j^w_j / C = h^R. "At least T", S - T in 0..m for a commitment to S, is said of
    C / g^T; "less than T", T - 1 - S in 0..m, of g^(T-1) / C; m = 2^k - 1 gives the weights 2^j. Proofs have 2k + 1
    elements, k challenges and 2k + 1 scalars, and cost 3k + 1 powers, k of g and 2k + 1 of h. The commitments are k
    elements more, and 2k powers; all in all, 192k + 64 bytes over ristretto255. For m <= 5 it is one
    `commitment_to_one_of`. ``ValueError`` for another number of commitments, or m >= q.
    """
    total = _sum(commitments, m, commitment.group)
    if not commitments:
        return [commitment_to_one_of(commitment, range(m + 1))]
    h = second_generator(commitment.group)
    return [*map(_bit, commitments), LinearRelation("committed-range", ((h,),), (total / commitment,))]


def commitment_range_witnesses(v: int, r: Scalar, blinding: Sequence[Scalar], m: int) -> list[Witness]:
    """Return why the `commitment_range_statements` about g^v h^r and the g^b_j h^r_j are true.

    ``blinding`` are the r_j. ``ValueError`` unless 0 <= v <= m.
    """
    _check(v, m)
    weights, known = bit_weights(m), bits(v, m)
    if not weights:
        return [Witness((r,), v)]
    return [*_openings(known, blinding), Witness((_combined(weights, blinding) - r,))]


def _check(v: int, m: int) -> None:
    if not 0 <= v <= m:
        raise ValueError("a number out of range")


def _sum(commitments: Sequence[Element], m: int, group: Group, start: int = 0) -> Element:
    """Return prod_j P_j^w_j, which commits to the number that the bits make."""
    weights = bit_weights(m)
    if len(commitments) != len(weights):
        raise ValueError(f"a number in 0..{m} has {len(weights)} commitments")
    if start + m >= group.order:
        raise ValueError("a range that the group is too small for")
    return group.product_of_powers(commitments, weights)


def _bit(commitment: Element) -> Statement:
    return commitment_to_one_of(commitment, (0, 1))


def _link(key: PublicKey, ciphertext: Ciphertext, start: int, total: Element) -> LinearRelation:
    """State that I know (rho, v, R) with c1 = g^rho, c2 / g^start = g^v y^rho and total = g^v h^R."""
    g, h, one = key.group.generator, second_generator(key.group), key.group.identity
    bases = ((g, one, one), (key.y, g, one), (one, g, h))
    return LinearRelation("range", bases, (ciphertext.c1, ciphertext.c2, total), (0, start, 0))


def _openings(known: Sequence[int], blinding: Sequence[Scalar]) -> Iterator[Witness]:
    for b, r in zip(known, blinding, strict=True):
        yield Witness((r,), b)


def _combined(weights: Sequence[int], blinding: Sequence[Scalar]) -> Scalar:
    """Return sum_j w_j r_j; of one at least."""
    terms = [r * w for w, r in zip(weights, blinding, strict=True)]
    return sum(terms[1:], terms[0])
