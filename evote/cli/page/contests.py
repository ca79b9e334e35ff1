"""The results of a contest: the decision and its seats, votes as bars, the steps of the count, unit by unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from evote.cli.page.chart import COLOURS, bar, chamber, percent
from evote.cli.page.element import Child, element, listing, section, table
from evote.cli.page.names import party_of, seats_of, unit_name, winner_names
from evote.methods.outcome import Outcome, Table
from evote.record.entries import Result
from evote.record.manifest import Contest, Election

NUMBER = re.compile(r"-?\d[\d ]*([.,]\d+)?( ?%|( \+ | )?\d*/\d+)?|-?")


def contest_section(election: Election, contest: Contest, result: Result | None, *, units: bool) -> Element:
    """Return the section of a contest; without a result it says so."""
    parts: list[Element] = []
    if result is None:
        parts.append(element("p", "There is no result yet."))
    else:
        parts += _decision(contest, result.outcome) if result.outcome else []
        parts.append(_votes(contest, result))
        parts.append(_other_ballots(result))
        parts += [_step(step) for step in result.outcome.tables] if result.outcome else []
        parts += _units(election, contest, result) if units else []
    return section(f"contest-{contest.id}", contest.title, *parts)


def _decision(contest: Contest, outcome: Outcome) -> list[Element]:
    names = winner_names(contest, outcome.winners)
    parts = [element("h3", "Decision"), element("p", "Decided by the method ", element("code", outcome.method), ".")]
    seats = seats_of(contest, outcome.winners)
    if len(seats) < len(names):
        rows = [(_group(place, name), str(count)) for place, (name, count) in enumerate(seats)]
        parts += [chamber(seats), table(f"The {len(names)} seats", ("Party", "Seats"), rows, [1])]
        parts.append(element("details", element("summary", "Who won them, in order"), listing("ol", names)))
    elif len(names) == 1:
        parts.append(element("p", "Won by ", element("strong", element("bdi", names[0])), class_="lead"))
    elif names:
        parts.append(listing("ol", names))
    else:
        parts.append(element("p", "No option won.", class_="lead"))
    return parts


def _group(place: int, name: str) -> Element:
    swatch = element("span", class_=f"swatch group-{min(place, COLOURS - 1)}", aria_hidden="true")
    return element("span", swatch, name)


def _votes(contest: Contest, result: Result) -> Element:
    if not result.counts:
        return element("p", "By the rules of this contest nobody learns the count, only the decision.")
    weight, most = sum(unit.ballots * unit.weight for unit in result.units), max(result.counts)
    won = result.outcome.winners if result.outcome else ()
    rows: list[tuple[Child, ...]] = []
    for option, count in sorted(zip(contest.options, result.counts, strict=True), key=lambda pair: -pair[1]):
        chosen = option.id in won
        label = [element("span", option.name, class_="name")]
        label += [element("span", "won", class_="chip")] if chosen else []
        label += [element("small", party_of(contest, option.id), dir="auto")] if option.party else []
        label.append(bar(count, most, "won" if chosen else ""))
        rows.append((element("div", *label), str(count), percent(count, weight)))
    if most > weight:  # points: more than one to a ballot
        return table("Points", ("Option", "Points"), [row[:2] for row in rows], [1])
    return table("Votes", ("Option", "Votes", "Of the ballots"), rows, [1, 2])


def _other_ballots(result: Result) -> Element:
    rows = [("Blank", str(result.blank)), ("Invalid", str(result.invalid))]
    rows.append(("Withheld: in units too small to open", str(result.withheld)))
    return table("Ballots that count, but not for an option", ("Ballots", "Number"), rows, [1])


def _step(step: Table) -> Element:
    columns = zip(*step.rows, strict=True)
    numbers = [place for place, cells in enumerate(columns) if place and all(map(NUMBER.fullmatch, cells))]
    return table(step.title, step.columns, step.rows, numbers)


def _units(election: Election, contest: Contest, result: Result) -> list[Element]:
    columns = ("Unit", "Ballots", "Weight of each", "Blank", "Invalid")
    rows = [
        (unit_name(election, u.unit), str(u.ballots), str(u.weight), str(u.blank), str(u.invalid)) for u in result.units
    ]
    parts = [element("h3", "Unit by unit"), table("The units that were opened", columns, rows, [1, 2, 3, 4])]
    parts += [_unit(contest, unit_name(election, u.unit), u.counts) for u in result.units if u.counts]
    invalid = [e.hex() for u in result.units for e in u.invalid_elements]
    if invalid:
        codes = listing("ul", (element("code", text) for text in invalid))
        parts.append(element("details", element("summary", "Invalid votes, as elements"), codes))
    return parts


def _unit(contest: Contest, name: str, counts: Sequence[int]) -> Element:
    ranked = sorted(zip(contest.options, counts, strict=True), key=lambda pair: -pair[1])
    rows = [(option.name, str(count)) for option, count in ranked]
    return element("details", element("summary", name), table(f"Ballots in {name}", ("Option", "Ballots"), rows, [1]))
