"""PrefLib: rankings and approvals that researchers collected, each with the number of its voters.

``.soc`` and ``.soi`` are strict orders, complete or not, and become a contest of type ``ranked`` (``minimum`` and
``maximum`` are the shortest and the longest order of the file, which states no rule). ``.toc`` and ``.toi``, likewise
complete or not, allow ties, which a ranked ballot of ours does not: the first tie is refused. ``.cat`` with two
categories, or one, is an approval, the first category the approved: type ``selection``. No method is named, because the
files name none.

Format: PrefLib-Data, ``FORMAT_SPECIFICATION.md`` (the format with ``#`` headers, since 2022). The declared numbers of
alternatives, voters and distinct ballots must be those of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from evote.errors import DecodeError
from evote.sources.poll import Line, Poll, Vote, definition
from evote.sources.text import MAX_LINES, MAX_OPTIONS, read_text, shown, title, whole, wrong

CONTEST = "alternatives"
KINDS = ("soc", "soi", "toc", "toi", "cat")
COMPLETE = ("soc", "toc")

_HEADER = re.compile(r"# ([A-Z0-9 ]+):(.*)")
_NUMBER = "[0-9]{1,6}"
_ITEM = rf"(?:{_NUMBER}|\{{{_NUMBER}(?:,{_NUMBER})*\}}|\{{\}})"
_ITEMS = re.compile(f"{_ITEM}(?:,{_ITEM})*")
_CATEGORIES = (1, 2)


class Ballot(NamedTuple):
    """A line of votes: the number of its voters, and groups of alternatives (a group is a rank, or a category)."""

    line: int
    times: int
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _File:
    """The header by key, with the line of each entry, and the ballots."""

    header: dict[str, tuple[int, str]]
    ballots: tuple[Ballot, ...]

    def text(self, key: str) -> tuple[int, str]:
        if key not in self.header:
            raise DecodeError(f"the header has no {key!r}")
        return self.header[key]

    def number(self, key: str) -> int:
        line, text = self.text(key)
        return whole(text, line, key)


def preflib_poll(data: bytes) -> Poll:
    """Return the poll of a PrefLib file; `DecodeError` says in which line it is not one that we can hold."""
    file = _parsed(read_text(data))
    line, kind = file.text("DATA TYPE")
    if kind not in KINDS:
        raise wrong(line, f"data of type {shown(kind)} are no votes that can be cast here")
    names = _alternatives(file)
    _check_numbers(file, "NUMBER UNIQUE PREFERENCES" if kind == "cat" else "NUMBER UNIQUE ORDERS")
    _check_members(file, len(names))
    if kind == "cat":
        selections, rules = _approvals(file), {"minimum": 1, "maximum": len(names), "blank": True}
    else:
        selections = _rankings(file, complete=kind in COMPLETE, alternatives=len(names))
        lengths = [len(order) for order in selections]
        rules = {"minimum": min(lengths), "maximum": max(lengths), "blank": False}
    contest = {
        "id": CONTEST,
        "title": _name(file),
        "type": "selection" if kind == "cat" else "ranked",
        "rules": rules,
        "options": [{"id": id_, "name": name} for id_, name in names.items()],
    }
    votes = (Vote("all", "", 1, {CONTEST: tuple(map(str, chosen))}) for chosen in selections)
    lines = tuple(Line(vote, ballot.times) for vote, ballot in zip(votes, file.ballots, strict=True))
    return Poll(definition=definition(_name(file), contest, "All voters"), lines=lines, originals={n: n for n in names})


def _parsed(text: str) -> _File:
    header: dict[str, tuple[int, str]] = {}
    ballots: list[Ballot] = []
    for line, content in _lines(text):
        match = _HEADER.fullmatch(content)
        if match and not ballots:
            if match[1] in header:
                raise wrong(line, f"the header has {match[1]!r} again")
            header[match[1]] = line, match[2].strip()
        elif header and not content.startswith("#"):
            ballots.append(_ballot(line, content))
        else:
            raise wrong(line, "neither a header ('# KEY: value', all of them first) nor a ballot after them")
    if not ballots:
        raise DecodeError("the file has no ballots")
    return _File(header, tuple(ballots))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise DecodeError(f"{len(lines)} lines where at most {MAX_LINES} are allowed")
    for number, line in enumerate(lines, 1):
        if line.strip() or number < len(lines):
            yield number, line.strip()


def _ballot(line: int, content: str) -> Ballot:
    times, colon, order = content.replace(" ", "").partition(":")
    if not colon or not _ITEMS.fullmatch(order):
        raise wrong(line, f"{shown(content)} is not a number of voters, a colon and numbers of alternatives")
    number = whole(times, line, "the number of voters")
    if not number:
        raise wrong(line, "a ballot that nobody cast")
    groups = re.findall(_ITEM, order)
    return Ballot(line, number, tuple(tuple(sorted(map(int, re.findall(_NUMBER, group)))) for group in groups))


def _name(file: _File) -> str:
    """Return the title of the poll, or the name of its file where there is none."""
    line, text = file.text("TITLE")
    return title(text or file.text("FILE NAME")[1], line, "TITLE")


def _alternatives(file: _File) -> dict[str, str]:
    """Return the name of each alternative by its number, which is its id."""
    number = file.number("NUMBER ALTERNATIVES")
    if not 1 <= number <= MAX_OPTIONS:
        raise DecodeError(f"{number} alternatives where 1 to {MAX_OPTIONS} are allowed")
    if sum(key.startswith("ALTERNATIVE NAME ") for key in file.header) != number:
        raise DecodeError(f"the header does not name exactly the alternatives 1 to {number}")
    keys = {str(i): f"ALTERNATIVE NAME {i}" for i in range(1, number + 1)}
    return {id_: title(file.text(key)[1], file.text(key)[0], key) for id_, key in keys.items()}


def _check_numbers(file: _File, distinct: str) -> None:
    voters = sum(ballot.times for ballot in file.ballots)
    if file.number("NUMBER VOTERS") != voters:
        raise wrong(file.text("NUMBER VOTERS")[0], f"{file.number('NUMBER VOTERS')} voters, but there are {voters}")
    if file.number(distinct) != len(file.ballots):
        line, _ = file.text(distinct)
        raise wrong(line, f"{file.number(distinct)} distinct ballots, but there are {len(file.ballots)}")


def _check_members(file: _File, alternatives: int) -> None:
    seen: set[tuple[tuple[int, ...], ...]] = set()
    for ballot in file.ballots:
        named = [number for group in ballot.groups for number in group]
        if len(set(named)) != len(named) or not all(1 <= number <= alternatives for number in named):
            raise wrong(ballot.line, f"an alternative that is not one of 1 to {alternatives}, or the same one twice")
        if ballot.groups in seen:
            raise wrong(ballot.line, "this ballot stood in an earlier line")
        seen.add(ballot.groups)


def _rankings(file: _File, *, complete: bool, alternatives: int) -> list[tuple[int, ...]]:
    for ballot in file.ballots:
        if () in ballot.groups:
            raise wrong(ballot.line, "an empty rank")
        if tie := next((group for group in ballot.groups if len(group) > 1), None):
            raise wrong(ballot.line, f"alternatives {tie[0]} and {tie[1]} are tied; a ranked ballot is a strict order")
        if complete and len(ballot.groups) != alternatives:
            raise wrong(ballot.line, f"not an order of all {alternatives} alternatives")
    return [tuple(number for (number,) in ballot.groups) for ballot in file.ballots]


def _approvals(file: _File) -> list[tuple[int, ...]]:
    categories = file.number("NUMBER CATEGORIES")
    if categories not in _CATEGORIES:
        raise wrong(file.text("NUMBER CATEGORIES")[0], "only one or two categories, approved and not, are an approval")
    for ballot in file.ballots:
        if len(ballot.groups) != categories:
            raise wrong(ballot.line, f"{len(ballot.groups)} categories where there are {categories}")
    return [ballot.groups[0] for ballot in file.ballots]
