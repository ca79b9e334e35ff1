"""What reaches the terminal: nothing that a record says is taken for markup or moves the cursor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

WIDTH_OF_A_FILE = 120


def printable(text: str) -> str:
    """Return the text with what is not printable (controls, direction marks, unassigned) as its number."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def _console() -> Console:
    """Return a console that takes no text for markup; made anew, because tests and pipes exchange ``sys.stdout``."""
    width = None if sys.stdout.isatty() else WIDTH_OF_A_FILE
    return Console(markup=False, highlight=False, emoji=False, width=width)


def say(text: str, style: str | None = None) -> None:
    """Print one line."""
    _console().print(printable(text), style=style, soft_wrap=True)


def complain(sentence: str) -> None:
    """Print the one sentence that says what went wrong, on stderr."""
    print(f"evote: {printable(sentence)}", file=sys.stderr)


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a title and a table; numbers stand to the right."""
    say(title, "bold")
    made = [list(row) for row in rows]
    table = Table()
    for number, column in enumerate(columns):
        numeric = bool(made) and all(isinstance(row[number], int) for row in made)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in made:
        table.add_row(*(printable(str(cell)) for cell in row))
    _console().print(table)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Yield what to call with the number of entries just done; the bar is drawn on a terminal only, and vanishes."""
    console = Console(stderr=True, markup=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)
