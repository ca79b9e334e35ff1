"""Many equations, checked as one product of powers.

Equation k is raised to a random 128-bit weight w_k, and all are multiplied (Bellare, Garay, Rabin 1998, small
exponents). In a group of prime order a false equation survives with probability at most 2^-128. If the product is not
the identity, bisection with fresh weights finds the first false equation and names its check and subject.

How the powers of whole vectors are taken does not change what is checked, only the cost. Where exponents are much
shorter than the order (3072 bits modulo p, of which a response needs 512), each vector's product is computed with the
exponents as they are and only the result raised to its weight. Where they are about as long (curves), the weighted
exponents of a base are added modulo q, and all bases go into one product. ``docs/soundness.md``, "Batches".
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from evote.crypto.equation import Equation, Family
from evote.crypto.group import Element, Group
from evote.crypto.powers import Load, cost
from evote.crypto.vector import KnownVector, Power, products
from evote.errors import VerificationError

WEIGHT_SIZE = 16
DIGIT = 12  # bits that one multiplication into a bucket deals with, in a product of some 50 000 powers
SINGLES = 4096  # so many bases by themselves are not worth a worker


@dataclass(frozen=True, slots=True)
class Claim:
    """An equation, or a family of them, and what it means when it is false."""

    said: Equation | Family
    check: str
    subject: str

    @property
    def count(self) -> int:
        """How many weights it takes."""
        return 1 if isinstance(self.said, Equation) else self.said.count


class Batch:
    """Equations of one group, checked together; another group's among them is a ``ValueError``.

    ``seed`` (32 bytes) fixes the weights. It must be drawn after everything that is checked is fixed; then a forger
    cannot aim at the weights.
    """

    def __init__(self, seed: bytes) -> None:
        """Start an empty batch."""
        self._seed = seed
        self._claims: list[Claim] = []

    def add(self, equations: Iterable[Equation | Family], check: str, subject: str) -> None:
        """Take in equations that a failure shall be reported under ``check`` and ``subject``."""
        self._claims += [Claim(said, check, subject) for said in equations]

    def check(self, executor: Executor | None = None) -> None:
        """Return if every equation holds; raise `VerificationError` for the first that does not.

        Raises `DecodeError` if a vector in them holds anything but members.
        """
        if self._claims and not self._hold(0, len(self._claims), executor):
            culprit = self._bisect(0, len(self._claims), executor)
            raise VerificationError(culprit.check, culprit.subject)

    def _bisect(self, low: int, high: int, executor: Executor | None) -> Claim:
        """Return the first false claim in [low, high), whose folded product is not the identity."""
        if high - low == 1:
            return self._claims[low]
        middle = (low + high) // 2
        if self._hold(low, middle, executor):
            return self._bisect(middle, high, executor)
        return self._bisect(low, middle, executor)

    def _hold(self, low: int, high: int, executor: Executor | None) -> bool:
        """Tell whether the claims in [low, high) hold, but for 2^-128."""
        claims = self._claims[low:high]
        weights = iter(self._weights(low, high, sum(claim.count for claim in claims)))
        folding = Folding()
        for claim in claims:
            taken = [next(weights) for _ in range(claim.count)]
            if isinstance(claim.said, Equation):
                folding.multiply(claim.said, taken[0])
            else:
                folding.multiply(claim.said.fold(taken), 1)
        return folding.is_identity(executor)

    def _weights(self, low: int, high: int, count: int) -> list[int]:
        label = low.to_bytes(8, "big") + high.to_bytes(8, "big")
        stream = hashlib.shake_256(b"evote batch weights v1" + self._seed + label).digest(WEIGHT_SIZE * count)
        return [int.from_bytes(stream[i : i + WEIGHT_SIZE], "big") for i in range(0, len(stream), WEIGHT_SIZE)]


@dataclass(slots=True)
class Folding:
    """A product of equations in the making. One object is one element; equal ones in two objects only cost more."""

    bases: dict[int, Element] = field(default_factory=dict)
    exponents: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    powers: defaultdict[int, list[Power]] = field(default_factory=lambda: defaultdict(list))

    def multiply(self, equation: Equation, weight: int) -> None:
        """Take in an equation, raised to a weight."""
        for base, exponent in zip(equation.bases, equation.exponents, strict=True):
            self.bases[id(base.raw)] = base
            self.exponents[id(base.raw)] += weight * exponent
        for power in equation.powers:
            self.powers[id(power.vector)].append(Power(power.vector, power.exponents, weight * power.factor))

    def is_identity(self, executor: Executor | None = None) -> bool:
        """Evaluate the product."""
        bases, exponents = list(self.bases.values()), [self.exponents[at] for at in self.bases]
        group = bases[0].group
        apart, merged = self._plan(group)
        if executor is not None and len(bases) > SINGLES:
            known = KnownVector(group, group.pack(group.identity.same_group(base) for base in bases), len(bases))
            merged, bases, exponents = [*merged, Power(known, exponents)], [], []
        wanted = [[Power(power.vector, power.exponents)] for power in apart] + [merged] * bool(merged)
        bases += products(group, wanted, executor)
        exponents += [power.factor for power in apart] + [1] * bool(merged)
        return group.product_of_powers(bases, exponents) == group.identity

    def _plan(self, group: Group) -> tuple[list[Power], list[Power]]:
        """Return the powers to be computed as they are, and those to be weighted and merged into one product."""
        apart: list[Power] = []
        merged: list[Power] = []
        for powers in self.powers.values():
            alone = sum(_cost(group, power) for power in powers)
            among_many = len(powers[0].vector) * group.order.bit_length() / DIGIT
            (apart if alone < among_many else merged).extend(powers)
        return apart, merged


def _cost(group: Group, power: Power) -> float:
    n, bits = len(power.exponents), max(map(int.bit_length, power.exponents), default=0)
    return cost(group, Load(n, n * bits, bits))
