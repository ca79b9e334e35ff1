"""How a mix server raises to secret exponents: fast, or carefully.

A mix server's secrets are the permutation and the re-encryption randomness of one list. FAST uses tables whose use of
memory and time depends on them, so whoever can measure the server while it mixes may learn something. CAREFUL takes the
path that voters and trustees take, at many times the cost; a careful shuffle cannot be fast. ``docs/limitations.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from evote.crypto.group import Element
from evote.crypto.powers import FixedBase


class MixerArithmetic(Enum):
    """The choice, explicit in every API that makes a shuffle."""

    FAST = "fast"
    CAREFUL = "careful"

    def fixed_base(self, base: Element) -> Callable[[int], Element]:
        """Return the function x -> base^x for many x."""
        if self is MixerArithmetic.FAST:
            return FixedBase(base).power
        return lambda exponent: base**exponent

    def product(self, bases: Sequence[Element], exponents: Sequence[int]) -> Element:
        """Return the product of bases[i]^exponents[i]."""
        group = bases[0].group
        if self is MixerArithmetic.FAST:
            return group.product_of_powers(bases, exponents)
        result = group.identity
        for base, exponent in zip(bases, exponents, strict=True):
            result *= base**exponent
        return result
