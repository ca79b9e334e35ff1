"""A score for each option, independent of the others: 0 to m points; the sums are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evote.questions.option import Option, Rule, rules_of
from evote.questions.points import Points, check_size


@dataclass(frozen=True, slots=True)
class Score(Points):
    """Give every option 0 to ``maximum`` points; an option that is not named gets 0.

    A ballot has n ciphertexts and n `range_statements`.
    """

    options: int
    maximum: int

    def __post_init__(self) -> None:
        if self.options < 1 or self.maximum < 1:
            raise ValueError("a score needs options, and a maximum of at least 1")
        check_size(self)

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Score:
        """Build from ``maximum`` (5 if absent)."""
        return cls(len(options), **{"maximum": 5, **rules_of(rules, maximum=int)})

    @property
    def prices(self) -> tuple[int, ...]:
        """Points cost nothing."""
        return (0,) * self.options

    @property
    def allowance(self) -> int:
        """Nothing is spent."""
        return 0
