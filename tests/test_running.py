"""The document on running an election is typed into a shell, word for word, and holds one."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from evote.record import vault
from tests.cli.parties import Answer, Parties

DOCUMENT = Path(__file__).parent.parent / "docs" / "running.md"
# To the shell, evote is a function that asks this process: to start a program for each command would take minutes.
SHELL = r"""set -eu
trap ': > asked' EXIT
evote() { printf '%s\0' "$@" > asked; cat said; read -r status < done; return "$status"; }
"""


def serve(parties: Parties) -> list[tuple[list[str], Answer]]:
    """Run what the shell asks for until it ends; return every command with its answer."""
    history = []
    while asked := Path("asked").read_text(encoding="utf-8"):
        words = asked.rstrip("\0").split("\0")
        answer = parties.run(*words)
        history.append((words, answer))
        Path("said").write_text(answer.out, encoding="utf-8")
        Path("done").write_text(f"{answer.status}\n", encoding="utf-8")
    return history


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty directory, which is the working directory now, and in which secret files cost nothing to open."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVOTE_PASSPHRASE", "correct horse battery")
    monkeypatch.setattr(vault, "MODERATE", vault.MINIMAL)
    for name in ("asked", "said", "done"):
        os.mkfifo(name)
    return tmp_path


def test_the_commands_of_the_document_hold_an_election(home: Path) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    script = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    with subprocess.Popen(["/bin/bash", "-c", SHELL + script]) as shell:
        history = serve(Parties(home, "both"))
    failed = [(words, answer) for words, answer in history if answer.status or answer.err]
    assert (shell.returncode, failed) == (0, [])
    said = {" ".join(words): answer.out for words, answer in history}
    verdict, page, first, second = (answer for _, answer in history[-4:])
    assert verdict.last == "VERIFIED: every check held"
    assert "Nashville" in page.out
    assert "superseded" in first.last
    assert "counted" in second.last
    assert "voting is open: 12 voters" in said["status record"]
    assert (home / "results.html").is_file()
