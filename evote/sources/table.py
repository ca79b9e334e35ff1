"""A CSV file with a header: every row as long as it, every cell without white space around it."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

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
    """Yield the rows; `DecodeError` unless each column that is ``needed`` is there once, or for a row that is cut."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if missing := [column for column in needed if header.count(column) != 1]:
            raise wrong(1, f"there must be one column {missing[0]!r}")
        for row in reader:
            line = reader.line_num
            if len(row) != len(header) or line > MAX_LINES:
                raise wrong(line, f"{len(row)} fields under {len(header)} columns, or too many lines")
            yield Row(line, {column: cell.strip() for column, cell in zip(header, row, strict=True)})
    except csv.Error as error:
        raise wrong(reader.line_num, str(error)) from None


def columns(text: str) -> tuple[str, ...]:
    """Return the names in the header."""
    try:
        return tuple(cell.strip() for cell in next(csv.reader(io.StringIO(text, newline=""), strict=True), ()))
    except csv.Error as error:
        raise wrong(1, str(error)) from None
