"""Cumulative votes: a number of points to spread over the options, or to heap on one; the sums are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evote.questions.option import Option, Rule, rules_of
from evote.questions.points import Points, check_size


@dataclass(frozen=True, slots=True)
class Cumulative(Points):
    """Give each option 0 to ``maximum`` points, ``limit`` in all at most.

    A ballot has n ciphertexts, n `range_statements` and, if all may not have the maximum, those of their sum.
    """

    options: int
    maximum: int
    limit: int

    def __post_init__(self) -> None:
        if self.options < 1 or not 1 <= self.maximum <= self.limit:
            raise ValueError("cumulative votes need options, and 1 <= maximum <= limit")
        check_size(self)

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Cumulative:
        """Build from ``limit`` (5 if absent) and ``maximum`` (the limit if absent)."""
        given = {"limit": 5, **rules_of(rules, maximum=int, limit=int)}
        return cls(len(options), given.get("maximum", given["limit"]), given["limit"])

    @property
    def prices(self) -> tuple[int, ...]:
        """A point is a point."""
        return (1,) * self.options

    @property
    def allowance(self) -> int:
        """The limit."""
        return self.limit
