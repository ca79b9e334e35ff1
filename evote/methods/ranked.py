"""What the methods for ranked ballots share: who stands, in which order among equals, and rules in common.

An option that is on nobody's ballot does not stand and does not win, so seats can stay empty. A ballot of weight w is
w ballots.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from evote.methods.method import Figures
from evote.methods.outcome import Table
from evote.methods.ties import Ties, tie_rule
from evote.questions.option import Option, Rule, rules_of


def settled(options: Sequence[Option], rules: Mapping[str, Rule], **defaults: int | str) -> dict[str, Any]:
    """Return ``defaults`` overruled by ``rules``, with ``ties`` as `Ties`.

    ``ValueError`` for a rule without default, one of another type, or ``seats`` that do not lie between 1 and the
    number of options.
    """
    given: dict[str, Any] = defaults | rules_of(rules, **{name: type(value) for name, value in defaults.items()})
    if not 1 <= given.get("seats", 1) <= len(options):
        raise ValueError("rule 'seats' lies between 1 and the number of options")
    return given | {"ties": tie_rule(given["ties"])}


def standing(figures: Figures, ties: Ties) -> list[int]:
    """Return the numbers of the options that are on somebody's ballot: of equals, the earlier one wins."""
    place = ties.order((option.id for option in figures.options), figures.lot)
    ranked = {number for ranking, _ in figures.ballots for number in ranking}
    return sorted(ranked, key=lambda number: place[figures.options[number - 1].id])


def ids(figures: Figures, numbers: Collection[int]) -> tuple[str, ...]:
    """Return the ids of options given by number."""
    return tuple(figures.options[number - 1].id for number in numbers)


def verdicts(title: str, heads: Sequence[str], rows: Mapping[Option, Sequence[object]], won: Collection[str]) -> Table:
    """Return a table of options, one row of figures each, that ends with who was elected."""
    return Table(
        title=title,
        columns=("Option", *heads, "Elected"),
        rows=tuple(
            (option.name, *map(str, figures), "yes" if option.id in won else "no") for option, figures in rows.items()
        ),
    )
