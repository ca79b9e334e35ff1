"""The results of a contest: the decision and its seats, votes as bars, the steps of the count, unit by unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element

from evote.cli.names import (
    POINTS,
    VOTES,
    counted_in,
    counted_in_unit,
    in_words,
    most_first,
    nothing_opened,
    parties,
    seats_of,
    steps_told,
    tells_blanks,
    unit_name,
    weighted,
    what_is_counted,
    why_no_count,
    winner_names,
    withheld,
)
from evote.cli.page.chart import bar, chamber, percent, swatch
from evote.cli.page.element import LONG, Child, element, listing, section, table
from evote.methods.outcome import Outcome, Table
from evote.methods.threshold import as_of
from evote.record.entries import Result
from evote.record.manifest import Contest, Election

NUMBER = re.compile(r"[-+0-9 .,/%]*")
DECIDING = ("Reached", "Elected", "Funded", "Seats", "Mandates")
PLAIN = re.compile(r"[0-9]{1,30}([.][0-9]{1,30})?")


def contest_section(election: Election, contest: Contest, result: Result | None, *, units: bool) -> Element:
    """Return the section of a contest; without a result it says so."""
    parts: list[Element] = []
    if result is None:
        parts.append(element("p", "There is no result yet."))
    else:
        parts += _decision(contest, result.outcome) if result.outcome else []
        parts += _count(contest, result) if result.counts else [element("p", f"{why_no_count(result).capitalize()}.")]
        parts += [_step(step) for step in steps_told(contest, result)]
        parts += _units(election, contest, result) if units and result.units else []
    return section(f"contest-{contest.id}", contest.title, *parts)


def _decision(contest: Contest, outcome: Outcome) -> list[Element]:
    names = winner_names(contest, outcome.winners)
    parts = [element("h3", "Decision"), element("p", "Decided by the method ", element("code", outcome.method), ".")]
    seats = seats_of(contest, outcome.winners)
    if len(seats) < len(names):
        rows = [(_group(place, name), str(count)) for place, (name, count) in enumerate(seats)]
        parts += [chamber(seats), table(f"The {len(names)} seats", ("Party", "Seats"), rows, [1])]
        parts.append(_folded("Who won them, in order", listing("ol", names), len(names)))
    elif words := in_words(contest, outcome):
        parts.append(element("p", words.capitalize(), *(_as_of(outcome) or "."), class_="lead"))
    elif len(names) == 1:
        parts.append(element("p", "Won by ", element("strong", element("bdi", names[0])), class_="lead"))
    else:
        parts.append(_folded(f"The {len(names)} that won, in order", listing("ol", names), len(names)))
    return parts


def _as_of(outcome: Outcome) -> list[Child]:
    said = as_of(outcome)
    return [", ", element("bdi", said), "."] if said else []


def _folded(title: str, items: Element, count: int) -> Element:
    if count <= LONG:
        return element("div", element("p", f"{title}:"), items)
    return element("details", element("summary", title), items)


def _group(place: int, name: str) -> Element:
    return element("span", swatch(place), name)


def _count(contest: Contest, result: Result) -> list[Element]:
    kept_back = [element("p", f"{withheld(result).capitalize()}.")] if result.withheld else []
    if nothing_opened(result):
        return kept_back
    counted = counted_in(contest, result)
    other = [("Blank", str(result.blank))] if tells_blanks(contest) else []
    other.append(("Invalid", str(result.invalid)))
    rows = list(_options(contest, result))
    if (title := what_is_counted(contest)) == POINTS:
        votes = table(counted, ("Option", title), [row[:2] for row in rows], [1])
    else:
        share = "Of the weight" if weighted(result) else "Of the ballots"
        votes = table(counted, ("Option", "Votes", share), rows, [1, 2])
    unit = "By weight" if weighted(result) else "Ballots"
    return [votes, table("For no option", ("Answer", unit), other, [1]), *kept_back]


def _options(contest: Contest, result: Result) -> Iterator[tuple[Child, ...]]:
    """Yield the options by number of votes, each with a bar, its votes, and its share of the ballots."""
    weight, most = sum(unit.ballots * unit.weight for unit in result.units), max(result.counts)
    won = set(result.outcome.winners) if result.outcome else set()
    party = parties(contest)
    for option, count in most_first(contest, result.counts):
        chosen = option.id in won
        label = [element("span", option.name)]
        label += [element("span", "won", class_="chip")] if chosen else []
        label += [element("small", party[option.id], dir="auto")] if option.party else []
        yield element("div", *label, bar(count, most, "won" if chosen else "")), str(count), percent(count, weight)


def _step(given: Table) -> Element:
    """Return a table of the method; one of numbers alone (votes round by round, say) has a bar for each."""
    step = _deciding_first(given)
    columns = list(zip(*step.rows, strict=True))
    numbers = [i for i, cells in enumerate(columns) if i and any(cells) and all(map(NUMBER.fullmatch, cells))]
    if len(numbers) < max(2, len(step.columns) - 1):
        return table(step.title, step.columns, step.rows, numbers)
    most = [max(map(_size, cells)) for cells in columns[1:]]
    rows: list[list[Child]] = [[first, *map(_measured, cells, most)] for first, *cells in step.rows]
    return table(step.title, step.columns, rows, numbers)


def _deciding_first(step: Table) -> Table:
    """Return the table with a last column that says what was decided put second, where a phone shows it."""
    if len(step.columns) < 2 or step.columns[-1] not in DECIDING:  # noqa: PLR2004 - a second column
        return step
    rows = ((first, rest[-1], *rest[:-1]) for first, *rest in (step.columns, *step.rows))
    columns, *others = rows
    return Table(title=step.title, columns=columns, rows=tuple(others))


def _size(cell: str) -> int:
    """Return how large a figure is, in thousandths; what is not a plain number has no size."""
    return int(Decimal(cell) * 1000) if PLAIN.fullmatch(cell) else 0


def _measured(cell: str, most: int) -> Element:
    return element("div", cell, bar(_size(cell), most))


def _units(election: Election, contest: Contest, result: Result) -> list[Element]:
    names = {each.unit: unit_name(election, each.unit) for each in result.units}
    told = tells_blanks(contest)
    columns = ("Unit", "Ballots", "Weight of each", *["Blank"] * told, "Invalid")
    rows = [(names[u.unit], *map(str, (u.ballots, u.weight, *[u.blank] * told, u.invalid))) for u in result.units]
    numbers = range(1, len(columns))
    parts = [element("h3", "Unit by unit"), table("Units that were opened, in ballots", columns, rows, numbers)]
    counted = counted_in_unit(contest, result)
    parts += [_unit(contest, names[u.unit], counted, u.counts) for u in result.units if u.counts]
    invalid = [e.hex() for u in result.units for e in u.invalid_elements]
    if invalid:
        codes = listing("ul", (element("code", text) for text in invalid))
        parts.append(element("details", element("summary", "Invalid votes, as elements"), codes))
    return parts


def _unit(contest: Contest, name: str, counted: str, counts: Sequence[int]) -> Element:
    rows = [(option.name, str(count)) for option, count in most_first(contest, counts)]
    heads = ("Option", POINTS if what_is_counted(contest) == POINTS else VOTES)
    return element("details", element("summary", name), table(f"{name}: {counted.lower()}", heads, rows, [1]))
