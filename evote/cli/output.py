"""What reaches the terminal: nothing that a record says is taken for markup or moves the cursor.

What does not reach it, because a pipe is closed or a disk is full, is `Unsaid`, and looks neither like a success nor
like a verdict.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from evote.errors import EvoteError, Refused
from evote.record.files import check_replaceable, write_atomic

WIDTH_OF_A_FILE = 120
STANDARD_ERROR = 2  # the highest of the three descriptors that a program starts with


class Unsaid(EvoteError):
    """What a command has to say could not be written."""


class _Output(io.TextIOBase):
    """Standard output, if there is any; its errors are `Unsaid`, which no library between takes for its own affair."""

    encoding = "utf-8"

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self.encoding = getattr(stream, "encoding", None) or self.encoding

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        return super().fileno() if self._stream is None else self._stream.fileno()

    def write(self, text: str) -> int:
        if self._stream is None:
            raise Unsaid("the output could not be written: it is closed")
        try:
            count = self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            _abandon(self._stream)
            raise Unsaid(f"the output could not be written: {error.strerror}") from None
        return count


def _abandon(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere: Python would try again when it ends, and change the exit status."""
    with suppress(OSError):
        descriptor = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


@contextmanager
def standard_streams() -> Iterator[None]:
    """Put streams with known failures in the place of Python's; which has none where a descriptor is closed."""
    with suppress(OSError):
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STANDARD_ERROR:
            pass  # so no file opened later is taken for one of them
        os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.stdin = sys.stdin or io.StringIO()
    with redirect_stdout(_Output(sys.stdout)):
        yield


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
    """Print the one sentence that says what went wrong, on stderr, if there is one."""
    if sys.stderr is None:
        return
    try:
        print(f"evote: {printable(sentence)}", file=sys.stderr, flush=True)
    except OSError:
        _abandon(sys.stderr)


def check_report_place(path: Path | None, *inputs: Path | None) -> None:
    """Raise `Refused` or ``OSError`` if a report there would change an input, or replace what is not a file."""
    if path is None:
        return
    check_replaceable(path)
    for given in inputs:
        if given is not None and Path(os.path.realpath(path)).is_relative_to(os.path.realpath(given)):
            raise Refused(f"{path} is, or would lie in, {given}, which is read and not changed")
    with suppress(OSError, ValueError):
        if os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno())):
            raise Refused(f"{path} is the output, which says the same to people")


def write_report(path: Path, data: bytes) -> None:
    """Write what is said on the screen, in another form, to a file; `Unsaid` if it cannot be."""
    try:
        write_atomic(path, data)
    except OSError as error:
        raise Unsaid(f"{path}: {error.strerror}") from None


def told(status: int, *ways: Callable[[], None]) -> int:
    """Tell a verdict in each of these ways and return the exit status.

    What could not be told is a 2, but what is false stays a 1.
    """
    for tell in ways:
        try:
            tell()
        except Unsaid as error:
            complain(str(error))
            status = status or 2
    return status


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
