"""Counts: a CSV file of how many votes each option had in each district, for a definition that is given.

Columns ``district``, ``option`` and ``votes``; others are for people. Each vote counted becomes a ballot for that one
option; the option ``blank``, unless the definition has one of that name, is a ballot for none. A row of a district that
the definition does not have is refused: it may be a slip, and votes would be missing.
"""

from collections.abc import Mapping
from typing import Any

from evote.errors import DecodeError
from evote.sources.poll import Line, Poll, Vote
from evote.sources.table import read_table
from evote.sources.text import read_text, shown, whole, wrong

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
    for row in read_table(read_text(data), COLUMNS):
        line, district, option = row.line, row["district"], row["option"]
        votes = whole(row["votes"], line, "the number of votes")
        if district not in places:
            raise wrong(line, f"district {shown(district)} is not in the definition")
        chosen = () if option == BLANK and BLANK not in options else (option,)
        if chosen and not (option in options and (not options[option] or district in options[option])):
            raise wrong(line, f"the definition has no option {shown(option)} in district {shown(district)}")
        if (district, option) in lines:
            raise wrong(line, f"option {shown(option)} of district {shown(district)} again")
        lines[district, option] = Line(Vote(district, "", 1, {contest["id"]: chosen}), votes)
    return Poll(definition=definition, lines=tuple(lines.values()), originals={option: option for option in options})
