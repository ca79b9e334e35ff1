"""A report goes to a new file or in the place of one, and never in the place of anything else."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from evote.cli.main import main
from tests.cli.parties import Parties, at_stage, one_sentence
from tests.elections import copy_of, finished

EVOTE = Path(sys.executable).with_name("evote")


def fifo(home: Path) -> Path:
    os.mkfifo(home / "pipe")
    return home / "pipe"


def link_to_a_fifo(home: Path) -> Path:
    (home / "link").symlink_to(fifo(home))
    return home / "link"


def directory(home: Path) -> Path:
    (home / "directory").mkdir()
    return home / "directory"


def link_to_itself(home: Path) -> Path:
    (home / "loop").symlink_to("loop")
    return home / "loop"


PLACES: dict[str, Callable[[Path], Path]] = {
    "a fifo": fifo,
    "a link to a fifo": link_to_a_fifo,
    "a directory": directory,
    "a link to itself": link_to_itself,
}
COMMANDS: dict[str, Callable[[], list[object]]] = {
    "verify": lambda: ["verify", finished("sum").path, "--jobs", 1, "--json"],
    "show": lambda: ["show", finished("sum").path, "--jobs", 1, "--html"],
    "bench": lambda: ["bench", "--work", "decode", "--n", 1, "--jobs", 1, "--json"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", PLACES)
def test_what_is_not_a_file_is_refused_before_any_work(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = PLACES[name](tmp_path)
    before = place.lstat()
    assert main([str(word) for word in (*COMMANDS[command](), place)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"evote: {place}: ")
    assert os.path.samestat(place.lstat(), before)


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path: Path) -> None:
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(file)
    for _ in range(2):
        assert Parties(tmp_path, "both").run("verify", finished("sum").path, "--json", link).status == 0
        assert link.is_symlink()
        assert file.read_bytes().startswith(b"{")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]


def test_a_report_does_not_replace_what_is_verified(tmp_path: Path) -> None:
    record, parties = copy_of("sum", tmp_path / "record"), Parties(tmp_path / "home", "both")
    seen, link = tmp_path / "seen", tmp_path / "link"
    seen.write_bytes((record / "board" / "checkpoint").read_bytes())
    link.symlink_to(record / "election.json")
    before = {path: path.read_bytes() for path in record.rglob("*") if path.is_file()}
    for place in (record / "election.json", record / "new.json", record / "board" / ".." / "new.json", link, seen):
        answer = parties.run("verify", record, "--checkpoint", seen, "--json", place)
        one_sentence(answer, 2, f"{place.name} .*, which is read and not changed")
    assert {path: path.read_bytes() for path in record.rglob("*") if path.is_file()} == before
    assert parties.run("verify", record, "--checkpoint", seen).status == 0


def verified_into(place: object, output: IO[bytes] | int) -> tuple[int, str]:
    """Run the command with this output; return its status and what it says on stderr."""
    words = [str(EVOTE), "verify", str(finished("sum").path), "--jobs", "1", "--json", str(place)]
    done = subprocess.run(words, stdout=output, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


def test_a_report_does_not_replace_the_output(tmp_path: Path) -> None:
    out, link = tmp_path / "out", tmp_path / "link"
    link.symlink_to("/proc/self/fd/1")  # like /dev/stdout, which a mistake here must not replace
    for place in (link, out):
        with out.open("wb") as output:
            status, said = verified_into(place, output)
        assert (status, said) == (2, f"evote: {place} is the output, which says the same to people\n")
        assert out.read_bytes() == b""
    status, said = verified_into(link, subprocess.PIPE)
    assert (status, said) == (2, f"evote: {link}: not a regular file, and so not replaced\n")


def test_a_ticket_replaces_no_fifo(tmp_path: Path) -> None:
    parties, place = at_stage("voting", tmp_path / "home"), fifo(tmp_path)
    vote = ["vote", parties.record, "--choose", "council=", "--choose", "mayor=", *parties.keys("n1")]
    answer = parties.run(*vote, "--out", tmp_path / "n1.msg", "--ticket", place)
    one_sentence(answer, 2, "pipe: .*not a regular file")
    assert stat.S_ISFIFO(place.lstat().st_mode)
    assert not (tmp_path / "n1.msg").exists()
