"""A CSV file with a header: every row as long as it, every cell without white space around it."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evote.sources.text import MAX_LINES, wrong


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its line, counted from 1, and its cells by column."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell, empty if the table has no such column."""
        return self.cells.get(column, "")


def read_table(text: str, needed: Collection[str]) -> Iterator[Row]:
    """Yield the rows; `DecodeError` unless each column that is ``needed`` is there once, or for a row that is cut.

    Lines at the end may be empty.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _header(reader)
        if missing := [column for column in needed if header.count(column) != 1]:
            raise wrong(1, f"there must be one column {missing[0]!r}")
        for line, row in _rows(reader):
            if len(row) != len(header):
                raise wrong(line, f"{len(row)} fields under {len(header)} columns")
            yield Row(line, {column: cell.strip() for column, cell in zip(header, row, strict=True)})
    except csv.Error as error:
        raise wrong(reader.line_num, str(error)) from None


def columns(text: str) -> tuple[str, ...]:
    """Return the names in the header."""
    try:
        return _header(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise wrong(1, str(error)) from None


def _header(reader: Iterator[list[str]]) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in next(reader, ()))
    if len(header) == 1 and ";" in header[0]:
        raise wrong(1, "columns are separated by semicolons, where commas are read")
    return header


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the line in which each row ends, and its cells."""
    empty = 0
    for row in reader:
        if reader.line_num > MAX_LINES:
            raise wrong(reader.line_num, f"at most {MAX_LINES} lines are allowed")
        if empty and row:
            raise wrong(empty, "an empty line, and not at the end")
        if row:
            yield reader.line_num, row
        else:
            empty = empty or reader.line_num
