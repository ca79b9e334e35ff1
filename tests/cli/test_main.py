"""The entry point: help, statuses, and what is loaded for whom."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import typer

from evote.cli import verify as verify_noun
from evote.cli.main import NOUNS, main
from evote.cli.output import printable
from evote.cli.secret_file import RoleSecret
from evote.errors import EvidenceMissing
from evote.parallel import WorkerLost
from tests.cli.parties import Parties, at_stage, one_sentence
from tests.elections import copy_of

# The parts that touch secrets; see the design's layout.
PARTIES = (
    "evote.ballot.voter",
    "evote.cli.secret_file",
    "evote.crypto.prover",
    "evote.crypto.sealing",
    "evote.crypto.signing",
    "evote.formats.native.writer",
    "evote.formats.verificatum.precomputation",
    "evote.formats.verificatum.prover",
    "evote.formats.verificatum.writer",
    "evote.mixnet.draws",
    "evote.mixnet.mixer",
    "evote.mixnet.offline",
    "evote.mixnet.terelius_wikstrom.offline",
    "evote.mixnet.terelius_wikstrom.prover",
    "evote.operator",
    "evote.record.operator",
    "evote.record.vault",
    "evote.scenario",
    "evote.simulate",
    "evote.tally.petition_trustee",
    "evote.tally.trustee",
)
LOADED = """
import json, sys
from evote.cli.main import main
if __name__ == "__main__":
    status = main(sys.argv[1:])
    print(json.dumps([status, sorted(name for name in sys.modules if name.startswith("evote"))]))
"""


def loaded_by(script: Path, *words: object) -> tuple[int, set[str]]:
    """Run a command in a fresh process; return its status and the modules of ours that it loaded."""
    script.write_text(LOADED)
    done = subprocess.run([sys.executable, script, *map(str, words)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    status, names = json.loads(done.stdout.splitlines()[-1])
    return status, set(names)


@pytest.mark.parametrize("words", [["verify"], ["verify", "--jobs", "2"], ["show"], ["status"]], ids=" ".join)
def test_auditors_load_no_prover_code(tmp_path: Path, words: list[str]) -> None:
    record = copy_of("both", tmp_path / "record")
    noun, *options = words
    status, names = loaded_by(tmp_path / "script.py", noun, record, *options)
    assert status == 0
    assert f"evote.cli.{noun}" in names
    assert names.isdisjoint(PARTIES)


def test_help_loads_nothing_but_itself(tmp_path: Path) -> None:
    status, names = loaded_by(tmp_path / "script.py", "--help")
    assert status == 0
    assert names.isdisjoint({*PARTIES, *(f"evote.cli.{name}" for name, _, _ in NOUNS), "evote.crypto.group"})


def test_the_installed_command_runs() -> None:
    command = Path(sys.executable).with_name("evote")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"evote {version('evote')}\n", "")


def test_help_names_every_noun(tmp_path: Path) -> None:
    answer = Parties(tmp_path, "both").run("--help")
    assert (answer.status, answer.err) == (0, "")
    for name, panel, _ in NOUNS:
        assert name in answer.out
        assert panel in answer.out


@pytest.mark.parametrize("name", [name for name, _, _ in NOUNS])
def test_every_noun_explains_itself(tmp_path: Path, name: str) -> None:
    parties = Parties(tmp_path, "both")
    answer = parties.run(name, "--help")
    assert (answer.status, answer.err) == (0, "")
    if "Commands" in answer.out:
        rows = answer.out.split(" Commands ")[1].splitlines()[1:]
        verbs = [row.split()[1] for row in rows if row.startswith("│ ") and row[2] != " "]
        assert verbs
        for verb in verbs:
            assert f"evote {name} {verb}" in parties.run(name, verb, "--help").out.split("Examples:")[1]
    else:
        assert f"evote {name}" in answer.out.split("Examples:")[1]


def test_no_noun_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Usage: evote" in capsys.readouterr().out


ENDS: dict[str, tuple[BaseException, int, str]] = {
    "unforeseen": (
        ZeroDivisionError("division by zero"),
        1,
        r"ZeroDivisionError at test_main.py:\d+: division by zero;",
    ),
    "a caller's mistake that nobody caught": (ValueError("no such thing"), 1, "ValueError at .*: no such thing"),
    "deep": (RecursionError("too deep"), 1, "RecursionError"),
    "out of memory": (MemoryError(), 2, "not enough memory"),
    "a lost worker": (WorkerLost("a worker died"), 2, "a worker died"),
    "absent": (EvidenceMissing("gone"), 2, "gone"),
    "a full disk": (OSError(28, "No space left on device", "/r/.a.tmp"), 2, "/r: No space left on device"),
    "an error of the system without a file": (OSError("odd"), 2, "odd"),
    "Ctrl-C": (KeyboardInterrupt(), 130, "interrupted"),
    "no to a question": (typer.Abort(), 130, "interrupted"),
    "two lines": (OSError("one\ntwo \u202e three"), 2, r"one\\u\{a\}two \\u\{202e\} three"),
}


@pytest.mark.parametrize("name", ENDS)
def test_whatever_happens_is_one_sentence_and_a_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    error, status, pattern = ENDS[name]

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(verify_noun, "verdict", fail)
    one_sentence(Parties(tmp_path, "both").run("verify", tmp_path), status, pattern)


def test_what_is_not_printable_is_shown_as_a_number() -> None:
    assert printable("Õie [bold]\x1b[2J\u202e\n") == "Õie [bold]\\u{1b}[2J\\u{202e}\\u{a}"


def test_secrets_do_not_print_or_pickle() -> None:
    secret = RoleSecret(seed=bytes(range(32)))
    assert repr(secret) == "<RoleSecret: secret>"
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        secret.__reduce__()


def test_a_passphrase_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parties = Parties(tmp_path, "both")
    monkeypatch.setenv("EVOTE_PASSPHRASE", "from the environment")
    made = parties.run("key", "new", tmp_path / "k", "--kdf-cost", "interactive")
    assert (made.status, parties.run("key", "show", tmp_path / "k").out) == (0, made.out)
    monkeypatch.setenv("EVOTE_PASSPHRASE", "")
    one_sentence(parties.run("key", "show", tmp_path / "k"), 2, "is empty")


class Terminal:
    """A person at a terminal, who types these lines."""

    def __init__(self, patch: pytest.MonkeyPatch, *lines: str) -> None:
        self._lines = iter(lines)
        patch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        for question in ("evote.cli.secret_file.getpass", "builtins.input"):
            patch.setattr(question, self)

    def __call__(self, _: str) -> str:
        return next(self._lines)


def test_a_new_passphrase_is_asked_for_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parties = Parties(tmp_path, "both")
    new = ["key", "new", tmp_path / "k", "--kdf-cost", "interactive"]
    Terminal(monkeypatch, "one", "two")
    one_sentence(parties.run(*new), 2, "the two passphrases differ")
    Terminal(monkeypatch, "one", "one", "one")
    made = parties.run(*new)
    assert (made.status, parties.run("key", "show", tmp_path / "k").out) == (0, made.out)


def test_a_voter_at_a_terminal_gets_a_menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parties = at_stage("voting", tmp_path / "home")
    vote = ["vote", parties.record, *parties.keys("n1"), "--out", parties.home / "n1.msg"]
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    Terminal(monkeypatch, "ada, eve", "")
    answer = parties.run(*vote)
    assert (answer.status, answer.err) == (0, "")
    assert "mia" not in answer.out  # stands in the south only
    assert "Council: ada Ada, eve Eve" in answer.out
    assert "Mayor: (blank)" in answer.out
    parties.post(parties.home / "n1.msg")
    (ticket,) = (line for line in answer.out.splitlines() if line.startswith("EVOTE1:"))
    assert "ada Ada, eve Eve" in parties.run("inspect", parties.record, ticket).out


def test_a_voter_may_think_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parties = at_stage("voting", tmp_path / "home")

    def no(*_: object, **__: object) -> None:
        raise typer.Abort

    monkeypatch.setattr("typer.confirm", no)
    Terminal(monkeypatch, "", "")
    answer = parties.run("vote", parties.record, *parties.keys("n1"), "--out", parties.home / "n1.msg")
    one_sentence(answer, 130, "interrupted")
    assert not (parties.home / "n1.msg").exists()


def test_a_revoked_voter_is_told(tmp_path: Path) -> None:
    parties = at_stage("voted", tmp_path / "home")
    parties.vote("n4", "council=", "mayor=", out="n4-again.msg")
    assert "will not count unless they are restored" in parties.said
