"""What any t holders of a shared key compute together, the way `evote.tally.decryption` does it."""

from __future__ import annotations

from collections.abc import Mapping

from evote.crypto.group import Element
from evote.crypto.threshold import lagrange


def combined(shares: Mapping[int, Element]) -> Element:
    """Return base^secret, given base^share for each index: (prod_j d_j^w_j)^(1/delta)."""
    (group,) = {share.group for share in shares.values()}
    delta, weights = lagrange(shares, group.order)
    product = group.product_of_powers(list(shares.values()), [weights[j] for j in shares])
    return product ** pow(delta, -1, group.order)
