"""A verifier's work is a list of equations, each "this product of powers is the identity"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from evote.crypto.group import Element
from evote.crypto.vector import Power, products


@dataclass(frozen=True, slots=True)
class Equation:
    """The product of ``bases[i] ** exponents[i]``, and of ``powers`` of whole vectors, is the identity.

    There is at least one base; elements of different groups are different objects.
    """

    bases: tuple[Element, ...]
    exponents: tuple[int, ...]
    powers: tuple[Power, ...] = ()

    def holds(self) -> bool:
        """Evaluate this equation by itself."""
        group = self.bases[0].group
        total = group.product_of_powers(self.bases, self.exponents)
        for element in products(group, [[power] for power in self.powers]):
            total *= element
        return total == group.identity


class Family(Protocol):
    """Equations of one form, one for each row of a list, which fold into one equation better than one by one."""

    @property
    def count(self) -> int:
        """How many equations there are."""

    def fold(self, weights: Sequence[int]) -> Equation:
        """Return the product of equation[i] ** weights[i], one weight for each."""
