"""What the methods for ranked ballots share: who stands, and in which order among equals.

An option that is on nobody's ballot does not stand and does not win, so seats can stay empty. A ballot of weight w is
w ballots.
"""

from __future__ import annotations

from collections.abc import Collection

from evote.methods.method import Figures
from evote.methods.ties import Ties


def standing(figures: Figures, ties: Ties) -> list[int]:
    """Return the numbers of the options that are on somebody's ballot: of equals, the earlier one wins."""
    place = ties.order((option.id for option in figures.options), figures.lot)
    ranked = {number for ranking, _ in figures.ballots for number in ranking}
    return sorted(ranked, key=lambda number: place[figures.options[number - 1].id])


def ids(figures: Figures, numbers: Collection[int]) -> tuple[str, ...]:
    """Return the ids of options given by number."""
    return tuple(figures.options[number - 1].id for number in numbers)
