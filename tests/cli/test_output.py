"""Where the output ends, nothing that was not said looks like a success or a refutation."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import pytest

from evote.cli.main import main
from tests.cli.test_verdicts import add_a_file
from tests.elections import copy_of, finished

EVOTE = Path(sys.executable).with_name("evote")
SENTENCE = r"evote: the output could not be written: .*\n"


@contextmanager
def closed_pipe() -> Iterator[int]:
    """Yield the end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@contextmanager
def full_disk() -> Iterator[int]:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    yield descriptor
    os.close(descriptor)


@contextmanager
def nothing() -> Iterator[None]:
    yield None


Said = subprocess.CompletedProcess[str]
Command = Callable[..., Said]


def run(*words: object, stdout: int | None, close: tuple[int, ...] = (), stderr: int | None = subprocess.PIPE) -> Said:
    """Run a command with this as its output; ``close`` names descriptors that it starts without."""
    line = 'exec "$0" "$@" ' + " ".join(f"{descriptor}>&-" for descriptor in close)
    command = ["/bin/sh", "-c", line, str(EVOTE), *map(str, words)]
    return subprocess.run(command, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, text=True, check=False)


# The ways in which an output is no more, and the descriptors that are closed from the start.
ENDS = {"a closed pipe": (closed_pipe, ()), "a full disk": (full_disk, ()), "no output": (nothing, (1,))}


@pytest.mark.parametrize("end", ENDS)
def test_a_verdict_that_could_not_be_said_is_a_2(end: str, tmp_path: Path) -> None:
    """And the report is in its file all the same."""
    opened, close = ENDS[end]
    with opened() as output:
        words = ("verify", finished("sum").path, "--jobs", "1", "--json", tmp_path / "report.json")
        done = run(*words, stdout=output, close=close)
    assert done.returncode == 2
    assert re.fullmatch(SENTENCE, done.stderr)
    assert json.loads((tmp_path / "report.json").read_text())["status"] == 0


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("words", [("verify",), ("show", "--html")], ids=" ".join)
def test_what_is_false_stays_a_1_when_nobody_listens(end: str, words: tuple[str, ...], tmp_path: Path) -> None:
    record = copy_of("sum", tmp_path / "record")
    add_a_file(record)
    opened, close = ENDS[end]
    file = [tmp_path / "page.html"] if "--html" in words else []
    with opened() as output:
        done = run(words[0], record, "--jobs", "1", *words[1:], *file, stdout=output, close=close)
    assert done.returncode == 1
    assert re.fullmatch(SENTENCE, done.stderr)
    assert all(path.exists() for path in file)


class Enough(io.StringIO):
    """A reader who goes after the first line."""

    def write(self, text: str) -> int:
        if self.getvalue():
            raise BrokenPipeError(32, "Broken pipe")
        return super().write(text)


def test_a_reader_who_has_seen_enough_leaves_a_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = copy_of("sum", tmp_path / "record")
    for change, status in ((lambda _: None, 2), (add_a_file, 1)):
        change(record)
        with redirect_stdout(Enough()) as heard:
            assert main(["verify", str(record), "--jobs", "1"]) == status
        assert len(heard.getvalue().splitlines()) == 1
        assert re.fullmatch(SENTENCE, capsys.readouterr().err)


OTHERS: dict[str, Callable[[Path], list[object]]] = {
    "help": lambda _: ["--help"],
    "version": lambda _: ["--version"],
    "status": lambda _: ["status", finished("sum").path, "--jobs", "1"],
    "new": lambda home: ["new", "--from", "referendum", "--out", home / "election.toml"],
    "nothing": lambda _: [],
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("end", ENDS)
def test_every_command_says_that_it_was_not_heard(name: str, end: str, tmp_path: Path) -> None:
    opened, close = ENDS[end]
    with opened() as output:
        done = run(*OTHERS[name](tmp_path), stdout=output, close=close)
    assert done.returncode == 2
    assert re.fullmatch(SENTENCE, done.stderr)


def test_a_sentence_for_a_closed_stderr_goes_nowhere_else(tmp_path: Path) -> None:
    done = run("verify", tmp_path, "--expect", "no fingerprint", stdout=subprocess.PIPE, close=(2,))
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("end", ["a closed pipe", "a full disk"])
def test_the_status_stands_when_the_sentence_cannot_be_written(end: str, tmp_path: Path) -> None:
    record = copy_of("sum", tmp_path / "record")
    for change, status in ((lambda _: None, 2), (add_a_file, 1)):
        change(record)
        with ENDS[end][0]() as output:
            assert run("verify", record, "--jobs", "1", stdout=output, stderr=output).returncode == status


@pytest.mark.parametrize("jobs", [1, 2])
def test_with_nothing_open_the_status_alone_speaks(jobs: int, tmp_path: Path) -> None:
    """And no file of the record is taken for the output."""
    record = copy_of("sum", tmp_path / "record")
    before = {path: path.read_bytes() for path in record.rglob("*") if path.is_file()}
    assert run("verify", record, "--jobs", jobs, stdout=None, close=(0, 1, 2)).returncode == 2
    assert {path: path.read_bytes() for path in record.rglob("*") if path.is_file()} == before
    add_a_file(record)
    assert run("verify", record, "--jobs", jobs, stdout=None, close=(0, 1, 2)).returncode == 1


def test_who_cannot_be_asked_is_told_how_to_give_a_passphrase(tmp_path: Path) -> None:
    done = run("key", "new", tmp_path / "key", stdout=subprocess.PIPE, close=(0,))
    assert (done.returncode, done.stdout) == (2, "")
    assert "give --passphrase-file" in done.stderr
