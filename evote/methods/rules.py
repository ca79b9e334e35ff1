"""The rules of a method, as a contest's ``count`` gives them; in common are ``seats`` and ``ties``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evote.methods.ties import Ties, tie_rule
from evote.questions.option import Option, Rule, rules_of


def settled(rules: Mapping[str, Rule], *needed: str, **defaults: Rule) -> dict[str, Any]:
    """Return ``defaults`` overruled by ``rules``, with ``ties`` (``order`` if absent) as `Ties`.

    ``needed`` are whole numbers without a default. ``ValueError`` for one that is missing, for a rule that is neither
    needed nor has a default, and for one of another type.
    """
    given: dict[str, Any] = {"ties": Ties.ORDER.value, **defaults}
    kinds = {name: type(value) for name, value in given.items()}
    given |= rules_of(rules, **dict.fromkeys(needed, int), **kinds)
    if missing := [name for name in needed if name not in given]:
        raise ValueError(f"rule {missing[0]!r} is missing")
    return given | {"ties": tie_rule(given["ties"])}


def settled_with_seats(options: Sequence[Option], rules: Mapping[str, Rule], **defaults: Rule) -> dict[str, Any]:
    """Do the same with ``seats``, 1 if absent; ``ValueError`` also for more seats than options."""
    given = settled(rules, seats=1, **defaults)
    if given["seats"] > len(options):
        raise ValueError("rule 'seats' is more than there are options")
    return given


def check_seats(seats: int) -> None:
    """Raise ``ValueError`` for fewer seats than one."""
    if seats < 1:
        raise ValueError("rule 'seats' must be at least 1")
