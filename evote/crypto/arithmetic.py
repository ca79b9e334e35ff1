"""How secret exponents are raised to: carefully, or fast.

CAREFUL takes the path of ``**``, meant for secrets. FAST uses tables and products whose use of memory and time depends
on the exponents, so whoever can measure the machine meanwhile may learn something of them. A mix server's secrets are
the permutation and the re-encryption randomness of one list; a careful shuffle cannot be fast, so its operator chooses.
``docs/limitations.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from evote.crypto.group import Element
from evote.crypto.powers import FixedBase


class Arithmetic(Enum):
    """The choice, explicit in every API that makes a shuffle."""

    FAST = "fast"
    CAREFUL = "careful"

    def table(self, base: Element) -> Callable[[int], Element]:
        """Return the function x -> base^x for many x."""
        if self is Arithmetic.FAST:
            return FixedBase(base).power
        return lambda exponent: base**exponent

    def product(self, bases: Sequence[Element], exponents: Sequence[int]) -> Element:
        """Return the product of bases[i]^exponents[i]."""
        group = bases[0].group
        if self is Arithmetic.FAST:
            return group.product_of_powers(bases, exponents)
        result = group.identity
        for base, exponent in zip(bases, exponents, strict=True):
            result *= base**exponent
        return result
