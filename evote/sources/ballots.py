"""Ballots: a CSV file of ballots and how many voters cast each, for a definition that is given.

Column ``votes`` is the number of voters. Each contest has a column named by its id: the options selected, between
spaces, best first where the question ranks, ``option:3`` where it gets three points; nothing is a blank vote, or a
contest that is not put to the district. ``district`` and ``stratum`` say where the voters stand; they may be left out
where there is only one district, or no strata. ``weight`` is 1 if it is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from evote.errors import DecodeError
from evote.questions.budget import Budget
from evote.questions.cumulative import Cumulative
from evote.questions.option import Option
from evote.questions.points import gives_points
from evote.record.manifest import MAX_WEIGHT_BITS, Contest
from evote.sources.poll import Line, Poll, Vote
from evote.sources.table import Row, columns, read_table
from evote.sources.text import read_text, shown, whole, wrong

VOTES, DISTRICT, STRATUM, WEIGHT = "votes", "district", "stratum", "weight"
MAX_WEIGHT = (1 << MAX_WEIGHT_BITS) - 1
_POINTS = re.compile(r"([^:]+):(0|[1-9][0-9]{0,18})")


def ballots_poll(data: bytes, definition: Mapping[str, Any]) -> Poll:
    """Return the poll of these ballots; `DecodeError` says in which line one does not fit the definition."""
    text = read_text(data)
    contests = _contests(definition)
    places, strata = [district["id"] for district in definition["districts"]], definition.get("strata", [])
    needed = [VOTES, *contests, *([DISTRICT] if len(places) > 1 else []), *([STRATUM] if strata else [])]
    if unknown := set(columns(text)) - {*needed, DISTRICT, WEIGHT}:
        raise wrong(1, f"column {shown(min(unknown))} is neither a contest nor one of {VOTES}, {DISTRICT}, ...")
    lines = []
    for row in read_table(text, needed):
        place = (_one_of(places, row, DISTRICT), _one_of(strata or [""], row, STRATUM), _weight(row))
        selections = dict(_selections(row, contests, place[0]))
        lines.append(Line(Vote(*place, selections), whole(row[VOTES], row.line, "the number of votes")))
    originals = {option.id: option.id for contest in contests.values() for option in contest.options}
    return Poll(definition=definition, lines=tuple(lines), originals=originals)


def _contests(definition: Mapping[str, Any]) -> dict[str, Contest]:
    try:
        contests = msgspec.convert(definition["contests"], list[Contest])
    except (msgspec.MsgspecError, ValueError) as error:
        raise DecodeError(f"the definition's contests: {error}") from None
    return {contest.id: contest for contest in contests}


def _one_of(known: list[str], row: Row, column: str) -> str:
    found = row[column] or (known[0] if len(known) == 1 else "")
    if found not in known:
        raise wrong(row.line, f"{column} {shown(found)} is not in the definition")
    return found


def _weight(row: Row) -> int:
    weight = whole(row[WEIGHT], row.line, "the weight") if row[WEIGHT] else 1
    if not 1 <= weight <= MAX_WEIGHT:
        raise wrong(row.line, f"weight {weight} is not between 1 and {MAX_WEIGHT}")
    return weight


def _selections(row: Row, contests: Mapping[str, Contest], district: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the options selected in each contest put to the district."""
    for name, contest in contests.items():
        selected = tuple(_selected(row, contest))
        if not contest.put_to(district):
            if selected:
                raise wrong(row.line, f"contest {name} is not put to district {shown(district)}")
            continue
        numbers = {contest.options[number - 1].id: number for number in contest.allowed(district)}
        if unknown := [option for option in selected if option not in numbers]:
            raise wrong(row.line, f"contest {name} has no option {shown(unknown[0])} in district {shown(district)}")
        _check_spent(row.line, contest, [contest.options[numbers[option] - 1] for option in selected])
        try:
            contest.question.encode([numbers[option] for option in selected])
        except ValueError as error:
            raise wrong(row.line, f"contest {name}: {error}") from None
        yield name, selected


def _check_spent(line: int, contest: Contest, selected: Sequence[Option]) -> None:
    """Refuse a ballot that spends too much, in the definition's units; those of the question may be others."""
    match contest.question, contest.rules:
        case Budget(), {"budget": int(most)} if (cost := sum(option.cost for option in selected)) > most:
            raise wrong(line, f"contest {contest.id}: these projects cost {cost}, more than {most}")
        case Cumulative(limit=most), _ if len(selected) > most:
            raise wrong(line, f"contest {contest.id}: {len(selected)} points, more than {most}")


def _selected(row: Row, contest: Contest) -> Iterator[str]:
    """Yield the options of one contest, each as often as it gets points."""
    words = row[contest.id].split()
    if not gives_points(contest.question):
        yield from words
        return
    for name, times in Counter(word.partition(":")[0] for word in words).items():
        if times > 1:
            raise wrong(row.line, f"contest {contest.id}: {shown(name)} has points {times} times")
    for word in words:
        match = _POINTS.fullmatch(word)
        if match is None or int(match[2]) > contest.question.maximum:
            most = contest.question.maximum
            raise wrong(row.line, f"contest {contest.id}: {shown(word)} is not option:points, from 0 to {most}")
        yield from [match[1]] * int(match[2])
