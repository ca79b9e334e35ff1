"""A verifier's work is a list of equations, each "this product of powers is the identity"."""

from __future__ import annotations

from dataclasses import dataclass

from evote.crypto.group import Element


@dataclass(frozen=True, slots=True)
class Equation:
    """The product of ``bases[i] ** exponents[i]`` is the identity."""

    bases: tuple[Element, ...]
    exponents: tuple[int, ...]

    def holds(self) -> bool:
        """Evaluate this equation by itself."""
        group = self.bases[0].group
        return group.product_of_powers(self.bases, self.exponents) == group.identity
