"""Small logarithms: sums of votes are exponents that baby steps and giant steps find (Shanks 1971)."""

from __future__ import annotations

from math import isqrt

from evote.crypto.group import Element
from evote.crypto.statements import small_logarithms


def discrete_logarithm(element: Element, bound: int) -> int | None:
    """Return m <= bound with element = g^m, or None. About sqrt(bound) products and encodings, twice.

    The number of baby steps is a power of two, so that sums of like size share their table.
    """
    group = element.group
    count = 1 << isqrt(bound + 1).bit_length()
    table, step = small_logarithms(group, count), group.generator**-count
    for giant in range(bound // count + 1):
        baby = table.get(bytes(element))
        if baby is not None and giant * count + baby <= bound:
            return giant * count + baby
        element *= step
    return None
