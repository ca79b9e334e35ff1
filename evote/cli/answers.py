"""How an answer is written: ``ada,bob``, the best first in a ranking; ``parks:3,trees:2`` where points are given.

An option that is not named gets no points. The same words tell it to the voter before sealing and on the second device.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evote.cli.output import say, show_table
from evote.errors import Refused
from evote.questions.budget import Budget
from evote.questions.choice import Choice
from evote.questions.cumulative import Cumulative
from evote.questions.lists import Lists
from evote.questions.option import Option
from evote.questions.petition import Petition
from evote.questions.points import Points, gives_points
from evote.questions.question import Question
from evote.questions.ranked import Ranked
from evote.questions.selection import Selection
from evote.record.manifest import Contest

POINTS = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


def selection_of(contest: Contest, district: str, text: str) -> list[int]:
    """Return the selection that a voter of ``district`` wrote; `Refused` says in a sentence why it cannot be."""
    items = [item.strip() for item in text.split(",") if item.strip()]
    if gives_points(contest.question):
        selection = list(_with_points(contest, contest.question.maximum, items))
    else:
        selection = [_number(contest, item) for item in items]
        _check_once(contest, items)
    for number in selection:
        if number not in contest.allowed(district):
            raise Refused(f"contest {contest.id}: option {contest.options[number - 1].id} is not open to this voter")
    _check_spent(contest, selection)
    try:
        contest.question.encode(selection)
    except ValueError as error:
        raise Refused(f"contest {contest.id}: {error}") from None
    return selection


def words(contest: Contest, selection: Sequence[int]) -> str:
    """Return a selection as people read it, whatever order it was typed in unless that counts."""
    if not selection:
        return _nothing(contest.question)
    told = selection if contest.question.ranked else sorted(selection)
    labels = {number: f"{option.id} {option.name}" for number, option in enumerate(contest.options, 1)}
    if gives_points(contest.question):
        return ", ".join(f"{labels[n]}: {points} point{'s' * (points > 1)}" for n, points in Counter(told).items())
    if contest.question.ranked:
        return ", ".join(f"{place}. {labels[n]}" for place, n in enumerate(told, 1))
    return ", ".join(labels[n] for n in told)


def ask(contest: Contest, district: str) -> list[int]:
    """Show the options, and ask at the terminal until the answer can be cast."""
    _show_options(contest, [contest.options[number - 1] for number in contest.allowed(district)])
    while True:
        try:
            selection = selection_of(contest, district, input(f"{_rule(contest)}: "))
        except Refused as error:
            say(f"{error}; try again", "yellow")
            continue
        if balance := _balance(contest, selection):
            say(f"spent {balance}, {balance.left} left")
        return selection


def _number(contest: Contest, name: str) -> int:
    numbers = {option.id: number for number, option in enumerate(contest.options, 1)}
    if name not in numbers:
        raise Refused(f"contest {contest.id} has no option {name}")
    return numbers[name]


def _with_points(contest: Contest, maximum: int, items: Sequence[str]) -> Iterator[int]:
    """Yield each option as often as it is given points."""
    _check_once(contest, [item.partition(":")[0] for item in items])
    for item in items:
        name, _, points = item.partition(":")
        number = _number(contest, name)
        if not POINTS.match(points) or int(points) > maximum:
            raise Refused(f"contest {contest.id}: write {name}:POINTS, from 0 to {maximum}")
        yield from (number for _ in range(int(points)))


def _check_once(contest: Contest, names: Sequence[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise Refused(f"contest {contest.id}: option {name} is named {times} times")


@dataclass(frozen=True, slots=True)
class _Balance:
    """What a selection spends of what may be spent."""

    spent: int
    limit: int
    unit: str

    @property
    def left(self) -> int:
        return self.limit - self.spent

    def __str__(self) -> str:
        return f"{self.spent} of {self.limit}{self.unit}"


def _balance(contest: Contest, selection: Sequence[int]) -> _Balance | None:
    """Return what a selection spends; None where nothing is spent."""
    match contest.question, contest.rules:
        case Budget(), {"budget": int(limit)}:
            return _Balance(sum(contest.options[number - 1].cost for number in selection), limit, "")
        case Cumulative(limit=limit), _:
            return _Balance(len(selection), limit, " points")
    return None


def _check_spent(contest: Contest, selection: Sequence[int]) -> None:
    balance = _balance(contest, selection)
    if balance and balance.left < 0:
        raise Refused(f"contest {contest.id}: spent {balance}, {-balance.left} too much")


def _nothing(question: Question) -> str:
    match question:
        case Petition():
            return "(no support)"
        case Points():
            return "(nothing)"
        case Selection(blank=False):
            return "(none)"
    return "(blank)"


def _rule(contest: Contest) -> str:
    """Return what may be typed, in a line."""
    match contest.question:
        case Petition():
            rule = f"Type {contest.options[0].id} to support it, nothing not to"
        case Choice():
            rule = "Choose one"
        case Selection(minimum=least, maximum=most):
            rule = f"Choose {_from_to(least, most)}, commas between them"
        case Lists(maximum=most):
            rule = f"Choose one list and, if you like, up to {most} of its candidates, commas between them"
        case Ranked(minimum=least, maximum=most):
            rule = f"Rank {_from_to(least, most)} in your order of preference, the best first, commas between them"
        case Budget():
            rule = f"Choose projects that cost no more than {contest.rules['budget']} together, commas between them"
        case Cumulative(maximum=1, limit=limit):
            rule = f"Choose up to {limit}, commas between them"
        case Cumulative(maximum=most, limit=limit):
            rule = f"Give {limit} points at most, up to {most} to one option, as in {_sample(contest)}"
        case Points(maximum=1):
            rule = "Choose as many as you like, commas between them"
        case Points(maximum=most):
            rule = f"Give each option up to {most} points, as in {_sample(contest)}; those not named get none"
        case _:
            rule = "Your choice, commas between several"
    return rule + ("; nothing for a blank vote" if getattr(contest.question, "blank", False) else "")


def _from_to(least: int, most: int) -> str:
    return f"{most}" if least == most else f"{least} to {most}"


def _sample(contest: Contest) -> str:
    return ",".join(f"{option.id}:{points}" for option, points in zip(contest.options, (2, 1), strict=False))


def _show_options(contest: Contest, options: Iterable[Option]) -> None:
    """Show a table with the columns that say something."""
    rows = [(o.id, o.name, o.party, o.cost) for o in options]
    heads = ("", "option", "list" if isinstance(contest.question, Lists) else "party", "cost")
    told = [column for column in range(len(heads)) if any(row[column] for row in rows)]
    show_table(contest.title, [heads[c] for c in told], [[row[c] for c in told] for row in rows])
