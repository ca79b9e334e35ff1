"""Names for people in place of the record's ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from evote.record.manifest import Contest, Election

CELL = re.compile(r"(?P<district>[a-z0-9-]+)(/(?P<stratum>(?!x\d+$)[a-z0-9-]+))?(/x(?P<weight>\d+))?")


def winner_names(contest: Contest, winners: Iterable[str]) -> list[str]:
    """Return the names of the options with these ids, a party's candidate with the party; an unknown id as it is."""
    known = {option.id: option for option in contest.options}
    return [
        id_
        if id_ not in known
        else f"{known[id_].name} ({party})"
        if (party := party_of(contest, id_))
        else known[id_].name
        for id_ in winners
    ]


def party_of(contest: Contest, option: str) -> str:
    """Return the name of an option's party, which may be an option itself; empty if it has none."""
    known = {each.id: each for each in contest.options}
    party = known[option].party if option in known else ""
    return known[party].name if party in known else party


def seats_of(contest: Contest, winners: Iterable[str]) -> list[tuple[str, int]]:
    """Return the parties (an option without one stands for itself) with how many winners each has, most first."""
    known = {option.id: option.name for option in contest.options}
    return Counter(party_of(contest, winner) or known.get(winner, winner) for winner in winners).most_common()


def unit_name(election: Election, unit: str) -> str:
    """Return a unit's districts by name with stratum and weight: ``North, women + South``."""
    districts = {district.id: district.name for district in election.districts}
    cells = []
    for text in unit.split("+"):
        cell = CELL.fullmatch(text)
        if cell is None:
            return unit
        weight = f"weight {cell['weight']}" if cell["weight"] else ""
        parts = (districts.get(cell["district"], cell["district"]), cell["stratum"], weight)
        cells.append(", ".join(part for part in parts if part))
    return " + ".join(cells)
