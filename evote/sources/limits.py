"""What a Pabulib file demands of a ballot, and whether each ballot obeys.

A file limits how many projects a ballot names (``length``), what they cost together (``sum_cost``), the points of each
(``points``) and of all (``sum_points``), by ``min_`` and ``max_`` keys of META. A question type states some of these in
its proofs; the others are checked here and named, for nothing else holds a voter to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evote.errors import DecodeError
from evote.sources.sections import Meta
from evote.sources.text import wrong

LENGTH_AND_COST = ("length", "sum_cost")
POINTS = ("points", "sum_points")
ABOUT_PROJECTS = ("min_project_cost", "max_project_cost")


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest and the highest value of each quantity, by ``min_``- and ``max_``-key, where the file has them."""

    bounds: Mapping[str, int]

    def low(self, quantity: str) -> int:
        """Return the least value, 0 if the file does not say."""
        return self.bounds.get(f"min_{quantity}", 0)

    def high(self, quantity: str, otherwise: int) -> int:
        """Return the greatest value, at most ``otherwise``."""
        return min(self.bounds.get(f"max_{quantity}", otherwise), otherwise)

    def check(self, line: int, voter: str, ballot: Mapping[str, int], costs: Mapping[str, int]) -> None:
        """Return if a ballot (points by project) obeys; `DecodeError` names line, voter and rule."""
        values = {
            "length": [len(ballot)],
            "sum_cost": [sum(costs[project] for project in ballot)],
            "points": list(ballot.values()),
            "sum_points": [sum(ballot.values())],
        }
        for key, bound in self.bounds.items():
            end, _, quantity = key.partition("_")
            for value in values[quantity]:
                if (value < bound) if end == "min" else (value > bound):
                    raise wrong(line, f"the ballot of voter {voter} has {quantity} {value}, against {key} {bound}")

    def unstated(self, stated: tuple[str, ...]) -> tuple[str, ...]:
        """Return, for people, the rules that are not among those stated elsewhere."""
        return tuple(f"{key} = {bound}" for key, bound in self.bounds.items() if bound and key not in stated)


def limits_of(meta: Meta, quantities: tuple[str, ...], implied: Mapping[str, int]) -> Limits:
    """Return the limits on these quantities, and those that the vote type implies.

    `DecodeError` for a rule about anything else, which we could not check, and for rules that contradict each other.
    """
    known = {f"{end}_{quantity}": quantity for quantity in quantities for end in ("min", "max")}
    bounds = dict(implied)
    for key, (line, text) in meta.entries.items():
        if not text or not key.startswith(("min_", "max_")) or key in ABOUT_PROJECTS:
            continue
        if key not in known:
            raise wrong(line, f"rule {key} is not known for ballots of this vote_type")
        bounds[key] = meta.amount(key) if known[key] == "sum_cost" else meta.number(key)
        if key in implied and bounds[key] != implied[key]:
            raise wrong(line, f"{key} is {bounds[key]}, but the vote_type means {implied[key]}")
    for quantity in quantities:
        low, high = bounds.get(f"min_{quantity}", 0), bounds.get(f"max_{quantity}")
        if high is not None and not max(low, 1) <= high:
            raise DecodeError(f"no ballot has {quantity} of at least {low} and at most {high}")
    return Limits(bounds)
