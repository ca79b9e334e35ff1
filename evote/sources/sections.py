"""A Pabulib file as it is written: three sections of semicolon-separated rows, each under a header of its own.

META (key; value), PROJECTS and VOTES, once each and in this order, every row as long as its header. What the cells
mean is `evote.sources.pabulib`'s business. Format: pabulib.org/format; Faliszewski et al. 2023, "Participatory
Budgeting: Data, Tools, and Analysis", section 3.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evote.errors import DecodeError
from evote.sources.table import Row
from evote.sources.text import MAX_LINES, amount, shown, whole, wrong

COLUMNS = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}
SECTIONS = tuple(COLUMNS)


@dataclass(frozen=True, slots=True)
class Meta:
    """The rows of META by key, each with its line."""

    entries: Mapping[str, tuple[int, str]]

    def entry(self, key: str) -> tuple[int, str]:
        """Return the line of a value, and the value; `DecodeError` if there is none."""
        line, text = self.entries.get(key, (0, ""))
        if not text:
            raise DecodeError(f"META has no {key}")
        return line, text

    def get(self, key: str) -> str:
        """Return a value, or the empty text."""
        return self.entries.get(key, (0, ""))[1]

    def number(self, key: str) -> int:
        """Return a whole number; `DecodeError` if there is none."""
        line, text = self.entry(key)
        return whole(text, line, key)

    def amount(self, key: str) -> int:
        """Return an amount of money, rounded down; `DecodeError` if there is none."""
        line, text = self.entry(key)
        return amount(text, line, key, exact=False)


@dataclass(frozen=True, slots=True)
class Sections:
    """The three sections of a file."""

    meta: Meta
    projects: tuple[Row, ...]
    votes: tuple[Row, ...]


def read_sections(text: str) -> Sections:
    """Return the sections of a file; `DecodeError` names the line at which it is not one."""
    found: dict[str, list[Row]] = {}
    header: list[str] = []
    for line, row in _rows(text):
        if len(row) == 1 and row[0] in SECTIONS:
            if SECTIONS.index(row[0]) != len(found):
                raise wrong(line, f"section {row[0]} out of its place: there are {', '.join(SECTIONS)}, in this order")
            header, found[row[0]] = [], []
        elif not found:
            raise wrong(line, "the file does not begin with META")
        elif not header:
            header = _header(line, row, list(found)[-1])
        elif len(row) != len(header):
            raise wrong(line, f"{len(row)} fields under {len(header)} columns")
        else:
            found[list(found)[-1]].append(Row(line, dict(zip(header, row, strict=True))))
    if len(found) != len(SECTIONS):
        raise DecodeError(f"there is no section {SECTIONS[len(found)]}")
    return Sections(_meta(found["META"]), tuple(found["PROJECTS"]), tuple(found["VOTES"]))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line in which each row begins, and its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    begin = 1
    try:
        for row in reader:
            if begin > MAX_LINES:
                raise wrong(begin, f"at most {MAX_LINES} lines are allowed")
            if row:
                yield begin, [cell.strip() for cell in row]
            begin = reader.line_num + 1
    except csv.Error as error:
        raise wrong(begin, str(error)) from None


def _header(line: int, row: list[str], section: str) -> list[str]:
    if missing := [column for column in COLUMNS[section] if column not in row]:
        raise wrong(line, f"section {section} has no column {missing[0]}")
    if len(set(row)) != len(row):
        raise wrong(line, f"section {section} has two columns of one name")
    return row


def _meta(rows: list[Row]) -> Meta:
    entries: dict[str, tuple[int, str]] = {}
    for row in rows:
        if row["key"] in entries:
            raise wrong(row.line, f"META has {shown(row['key'])} again")
        entries[row["key"]] = row.line, row["value"]
    return Meta(entries)
