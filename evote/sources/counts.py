"""Counts: a CSV file of how many votes each option had in each district, for a definition that is given.

Columns ``district``, ``option`` and ``votes``; others are for people. Each vote counted becomes a ballot for that one
option; the option ``blank``, unless the definition has one of that name, is a ballot for none. Districts that the
definition does not have are left out, so that one file serves a country and each of its parts.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from evote.errors import DecodeError
from evote.sources.poll import Line, Poll, Vote
from evote.sources.text import MAX_LINES, read_text, shown, whole, wrong

COLUMNS = ("district", "option", "votes")
BLANK = "blank"


def counts_poll(data: bytes, definition: Mapping[str, Any]) -> Poll:
    """Return the poll that the counts describe; `DecodeError` says in which line they do not fit the definition.

    The definition must put one contest to its voters: counts do not tell how the answers to two went together.
    """
    if len(definition["contests"]) != 1:
        raise DecodeError("a counts file answers one contest, and the definition has more")
    (contest,) = definition["contests"]
    places = {district["id"] for district in definition["districts"]}
    options = {option["id"]: frozenset(option.get("districts", ())) for option in contest["options"]}
    lines: dict[tuple[str, str], Line] = {}
    for line, district, option, votes in _rows(read_text(data)):
        if district not in places:
            continue
        chosen = () if option == BLANK and BLANK not in options else (option,)
        if chosen and not (option in options and (not options[option] or district in options[option])):
            raise wrong(line, f"the definition has no option {shown(option)} in district {shown(district)}")
        if (district, option) in lines:
            raise wrong(line, f"option {shown(option)} of district {shown(district)} again")
        lines[district, option] = Line(Vote(district, "", 1, {contest["id"]: chosen}), votes)
    return Poll(definition=definition, lines=tuple(lines.values()), originals={option: option for option in options})


def _rows(text: str) -> Iterator[tuple[int, str, str, int]]:
    """Yield line, district, option and votes."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if missing := [column for column in COLUMNS if header.count(column) != 1]:
            raise wrong(1, f"there must be one column {missing[0]!r}")
        places = [header.index(column) for column in COLUMNS]
        for row in reader:
            line = reader.line_num
            if len(row) != len(header) or line > MAX_LINES:
                raise wrong(line, f"{len(row)} fields under {len(header)} columns, or too many lines")
            district, option, votes = (row[place].strip() for place in places)
            yield line, district, option, whole(votes, line, "the number of votes")
    except csv.Error as error:
        raise wrong(reader.line_num, str(error)) from None
