"""What the README shows is what happens."""

import doctest
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.parties import Parties

README = Path(__file__).parent.parent / "README.md"


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failed, tried = doctest.testfile(str(README), module_relative=False)
    assert (failed, tried) == (0, 8)


def test_the_commands_are_in_the_makefile() -> None:
    targets = (README.parent / "Makefile").read_text(encoding="utf-8")
    lines = README.read_text(encoding="utf-8").splitlines()
    named = {line.split()[1] for line in lines if line.startswith("    make ")}
    assert named == {"demo", "test"}
    assert all(f"\n{target}:" in targets for target in named)


def test_the_commands_can_be_given_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [line.strip() for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("    evote ")]
    answers = {line: Parties(tmp_path, "both").run(*shlex.split(line, comments=True)[1:]) for line in lines}
    assert len(answers) > 3
    assert [line for line, answer in answers.items() if answer.status or answer.err] == []


@pytest.mark.parametrize("program", ["ivxv_election", "mpi_executor", "ray_executor"])
def test_an_example_says_in_a_sentence_what_it_needs(program: str) -> None:
    path = README.parent / "examples" / f"{program}.py"
    answer = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
