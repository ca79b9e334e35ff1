"""Participatory budgets: approve projects whose costs together stay within a sum; the approvals are counted.

sum_i cost_i x_i <= B with each x_i 0 or 1. All is divided by u, the greatest common divisor of the costs, and B / u
rounded down: the same ballots are valid, and the proof, which grows with log2(B / u), is shorter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd

from evote.questions.option import Option, Rule, rules_of
from evote.questions.points import Points, check_size


@dataclass(frozen=True, slots=True)
class Budget(Points):
    """Approve projects with these ``costs``, within ``budget``; costs and budget are in units of u.

    A ballot has n ciphertexts, n proofs of 0/1 and, if not all can be afforded, the `range_statements` of the sum.
    """

    options: int
    costs: tuple[int, ...]
    budget: int
    maximum: int = field(default=1, init=False)

    def __post_init__(self) -> None:
        if not self.costs or len(self.costs) != self.options or min(self.costs) < 0 or not any(self.costs):
            raise ValueError("a budget needs projects, and some that cost something")
        if self.budget < 1:
            raise ValueError("a budget below the unit of all costs affords nothing")
        check_size(self)

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Budget:
        """Build from ``budget`` and the options' costs."""
        given = rules_of(rules, budget=int)
        unit = gcd(*(option.cost for option in options))
        if "budget" not in given or not unit:
            raise ValueError("a budget needs a rule named budget, and options with costs")
        return cls(len(options), tuple(option.cost // unit for option in options), given["budget"] // unit)

    @property
    def prices(self) -> tuple[int, ...]:
        """The costs."""
        return self.costs

    @property
    def allowance(self) -> int:
        """The budget."""
        return self.budget
