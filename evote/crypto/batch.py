"""Many equations, checked as one product of powers.

Equation k is raised to a random 128-bit
weight w_k, and all are multiplied into one product of powers (Bellare, Garay, Rabin 1998, small exponents). In a group
of prime order a false equation survives with probability at most 2^-128. If the product is not the identity, bisection
with fresh weights finds the first false equation and names its check and subject.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from evote.crypto.equation import Equation
from evote.crypto.group import Element, Group
from evote.errors import VerificationError
from evote.parallel import pmap

WEIGHT_SIZE = 16


@dataclass(frozen=True, slots=True)
class Claim:
    """An equation and what it means when it is false."""

    equation: Equation
    check: str
    subject: str


class Batch:
    """Equations of one group, checked together; another group's among them is a ``ValueError``.

    ``seed`` (32 bytes) fixes the weights. It must be drawn after everything that is checked is fixed; then a forger
    cannot aim at the weights.
    """

    def __init__(self, seed: bytes) -> None:
        """Start an empty batch."""
        self._seed = seed
        self._claims: list[Claim] = []

    def add(self, equations: Iterable[Equation], check: str, subject: str) -> None:
        """Take in equations that a failure shall be reported under ``check`` and ``subject``."""
        self._claims += [Claim(equation, check, subject) for equation in equations]

    def check(self, executor: Executor | None = None) -> None:
        """Return if every equation holds; raise `VerificationError` for the first that does not."""
        if self._claims and not self._folded(0, len(self._claims), executor):
            culprit = self._bisect(0, len(self._claims))
            raise VerificationError(culprit.check, culprit.subject)

    def _bisect(self, low: int, high: int) -> Claim:
        """Return the first false claim in [low, high), whose folded product is not the identity."""
        if high - low == 1:
            return self._claims[low]
        middle = (low + high) // 2
        return self._bisect(middle, high) if self._folded(low, middle) else self._bisect(low, middle)

    def _folded(self, low: int, high: int, executor: Executor | None = None) -> bool:
        claims = self._claims[low:high]
        if len(claims) == 1:
            return claims[0].equation.holds()
        group = claims[0].equation.bases[0].group
        bases, exponents = fold([claim.equation for claim in claims], self._weights(low, high))
        return _product(group, bases, exponents, executor) == group.identity

    def _weights(self, low: int, high: int) -> list[int]:
        label = low.to_bytes(8, "big") + high.to_bytes(8, "big")
        stream = hashlib.shake_256(b"evote batch weights v1" + self._seed + label).digest(WEIGHT_SIZE * (high - low))
        return [int.from_bytes(stream[i : i + WEIGHT_SIZE], "big") for i in range(0, len(stream), WEIGHT_SIZE)]


def _product(group: Group, bases: list[Element], exponents: list[int], executor: Executor | None) -> Element:
    """Return the product of powers, computed in parts by the workers if there are any."""
    if executor is None:
        return group.product_of_powers(bases, exponents)
    powers = zip(bases, exponents, strict=True)
    parts = list(pmap(_partial_product, powers, executor=executor, chunk=max(256, len(bases) // 4 + 1)))
    return group.product_of_powers(parts, [1] * len(parts))


def _partial_product(powers: list[tuple[Element, int]]) -> Element:
    bases, exponents = zip(*powers, strict=True)
    group: Group = bases[0].group
    return group.product_of_powers(bases, exponents)


def fold(equations: Sequence[Equation], weights: Sequence[int]) -> tuple[list[Element], list[int]]:
    """Return bases and exponents of the product of equations[k]^weights[k]; a base used often appears once."""
    # One object is one element; equal elements in two objects only cost a little more.
    place: dict[int, int] = {}
    bases: list[Element] = []
    exponents: list[int] = []
    for equation, weight in zip(equations, weights, strict=True):
        for base, exponent in zip(equation.bases, equation.exponents, strict=True):
            at = place.setdefault(id(base.raw), len(bases))
            if at == len(bases):
                bases.append(base)
                exponents.append(0)
            exponents[at] += weight * exponent
    return bases, exponents
