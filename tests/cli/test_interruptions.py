"""A command that was interrupted can be given again, and nothing half-written is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evote.cli import messages, post, secret_file, trustee
from evote.operator import Operator
from tests.cli.parties import MIXERS, TRUSTEES, Parties, at_stage, one_sentence


class Interrupt:
    """Stands in for a function: the call with this number (from 1) is interrupted before anything is done."""

    def __init__(self, patch: pytest.MonkeyPatch, target: object, name: str, call: int = 1) -> None:
        self._left, self._real = call, getattr(target, name)
        patch.setattr(target, name, self)

    def __call__(self, *arguments: object, **named: object) -> object:
        self._left -= 1
        if self._left == 0:
            raise KeyboardInterrupt
        return self._real(*arguments, **named)


def files(directory: Path) -> dict[str, bytes]:
    """Return the content of every file below a directory."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def interrupted(parties: Parties, *words: object) -> None:
    one_sentence(parties.run(*words), 130, "interrupted")


@pytest.mark.parametrize("number", range(1, 5))
def test_a_trustee_says_the_same_again(tmp_path: Path, number: int) -> None:
    """In each round: the state is safe before the message is anywhere, and the message made from it never changes."""
    parties = at_stage("defined", tmp_path / "home")
    for earlier in range(1, number):
        parties.post(*(act(parties, i, f"{earlier}-{i}.msg") for i in TRUSTEES))
    words = ["trustee", "act", parties.record, *parties.keys("trustee-1"), "--out", tmp_path / "out.msg"]
    before = parties.secret("trustee-1").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, secret_file.SecretFile, "replace")
        interrupted(parties, *words)
    assert parties.secret("trustee-1").read_bytes() == before
    assert not (tmp_path / "out.msg").exists()
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, trustee, "write_message")
        interrupted(parties, *words)
    remembered = parties.secret("trustee-1").read_bytes()
    assert remembered != before
    assert not (tmp_path / "out.msg").exists()
    said = [act(parties, 1, f"{name}.msg").read_bytes() for name in ("once", "twice")]
    assert said[0] == said[1]
    assert parties.secret("trustee-1").read_bytes() == remembered
    parties.post(parties.home / "once.msg")
    assert act(parties, 1, "once.msg").read_bytes() == said[0]


def act(parties: Parties, index: int, out: str) -> Path:
    return parties.do(f"trustee-{index}", "trustee", "act", parties.record, out=out)


def test_the_ceremony_goes_on_without_a_trustee_who_is_absent(tmp_path: Path) -> None:
    parties = at_stage("enrolled", tmp_path / "home")
    parties.post(*(act(parties, i, f"lost-{i}.msg") for i in (1, 2)))
    assert "due: trustee 3" in parties.run("status", parties.record).out
    parties.do("operator", "operator", "restart-key", parties.record, "--absent", 3)
    assert "attempt 2 of the key ceremony begins, with trustee 1, trustee 2" in parties.said
    for number in range(1, 5):
        parties.post(*(act(parties, i, f"again-{number}-{i}.msg") for i in (1, 2)))
    absent = ["trustee", "act", parties.record, *parties.keys("trustee-3"), "--out", tmp_path / "out"]
    one_sentence(parties.run(*absent), 2, "no message is due from me")
    assert parties.run("status", parties.record).last == "due: operator, the joint key"
    parties.do("operator", "operator", "finish-key", parties.record)
    assert "voting is open" in parties.run("status", parties.record).out


def test_shuffles_that_are_there_are_not_made_again(tmp_path: Path) -> None:
    """The mayor has two lists, one for each weight, of which the heavy one is withheld; so one shuffle, kept."""
    parties = at_stage("closed", tmp_path / "home")
    for i in MIXERS:
        with pytest.MonkeyPatch.context() as patch:
            Interrupt(patch, messages, "write_new")
            interrupted(parties, "mix", parties.record, *parties.keys(f"mixer-{i}"), "--out", parties.home / f"mix-{i}")
        assert files(parties.home / f"mix-{i}") == {}
        made = parties.do(f"mixer-{i}", "mix", parties.record, out=f"mix-{i}")
        first = files(made)
        parties.do(f"mixer-{i}", "mix", parties.record, out=f"mix-{i}")
        assert files(made) == first
        assert set(first) == {f"mixer-{i}-mayor-1.msg"}
        parties.post(made)


def test_shares_that_are_there_are_not_made_again(tmp_path: Path) -> None:
    parties = at_stage("closed", tmp_path / "home")
    for i in MIXERS:
        parties.post(parties.do(f"mixer-{i}", "mix", parties.record, out=f"mix-{i}"))
    parties.do("operator", "operator", "tally", parties.record)
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, trustee, "write_message", call=2)
        words = ["trustee", "decrypt", parties.record, *parties.keys("trustee-2"), "--out", parties.home / "shares"]
        interrupted(parties, *words)
    first = files(parties.home / "shares")
    assert len(first) == 1
    parties.post(parties.do("trustee-2", "trustee", "decrypt", parties.record, out="shares"))
    now = files(parties.home / "shares")
    assert {name for name in now if name.endswith(".msg")} == {"trustee-2-council-1.msg", "trustee-2-mayor-1.msg"}
    assert first.items() <= now.items()


def test_another_message_in_the_way_is_left_alone(tmp_path: Path) -> None:
    parties = at_stage("closed", tmp_path / "home")
    out = parties.home / "mix"
    out.mkdir()
    (out / "mixer-1-mayor-1.msg").write_bytes((parties.home / "n1.msg").read_bytes())
    before = files(out)
    answer = parties.run("mix", parties.record, *parties.keys("mixer-1"), "--out", out)
    one_sentence(answer, 2, "exists and is something else")
    assert files(out) == before


Step = tuple[object, str]
STARTS: dict[str, Step] = {"before the first entry": (Operator, "say"), "before it is named": (Path, "rename")}


@pytest.mark.parametrize("name", STARTS)
def test_a_record_appears_complete_or_not_at_all(tmp_path: Path, name: str) -> None:
    parties = at_stage("appointed", tmp_path / "home")
    before = files(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, *STARTS[name])
        interrupted(parties, "define", parties.home / "election.toml", parties.record, *parties.keys("operator"))
    assert files(tmp_path).keys() - before.keys() == {"home/operator.passphrase"} - before.keys()
    parties.define()
    assert "due: trustee 1" in parties.run("status", parties.record).out


def test_a_simulation_appears_complete_or_not_at_all(tmp_path: Path) -> None:
    parties = Parties(tmp_path, "both")
    simulate = ["simulate", tmp_path / "out", "--example", "referendum", "--voters", 12, "--seed", 3]
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, Operator, "close_box")
        interrupted(parties, *simulate)
    assert list(tmp_path.iterdir()) == []
    answer = parties.run(*simulate)
    assert (answer.status, answer.err) == (0, "")
    assert parties.run("verify", tmp_path / "out", "--expect", answer.last).status == 0
    one_sentence(parties.run(*simulate), 2, "out exists")


def test_receipts_come_later_if_they_must(tmp_path: Path) -> None:
    parties = at_stage("voting", tmp_path / "home")
    ballot = parties.vote("n1", "council=ada", "mayor=kai", out="n1.msg")
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, post, "write_atomic")
        interrupted(parties, "post", parties.record, ballot, *parties.keys("operator"))
    board = (parties.record / "board" / "entries.jsonl").read_bytes()
    assert not (parties.home / "n1.msg.receipt").exists()
    parties.post(ballot, ballot)
    assert (parties.record / "board" / "entries.jsonl").read_bytes() == board
    assert parties.inspect(ballot).status == 0


def test_a_ballot_that_was_not_written_may_be_made_again(tmp_path: Path) -> None:
    parties = at_stage("voting", tmp_path / "home")
    out, ticket = parties.home / "n1.msg", parties.home / "n1.msg.ticket"
    vote = ["vote", parties.record, "--choose", "council=", "--choose", "mayor=", *parties.keys("n1")]
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, messages, "write_new")
        interrupted(parties, *vote, "--out", out, "--ticket", ticket)
    assert not out.exists()
    orphan = ticket.read_text()
    parties.post(parties.vote("n1", "council=", "mayor=", out="n1.msg"))
    assert ticket.read_text() != orphan
    answer = parties.run(*vote, "--out", tmp_path / "second.msg", "--ticket", ticket)
    one_sentence(answer, 2, "is the ticket of a ballot on the board")


FIRST: dict[str, Callable[[Parties], list[object]]] = {
    "key": lambda parties: ["key", "new", parties.secret("new"), *parties.keys("new")[2:]],
    "voter": lambda parties: [
        *("voter", "new", parties.secret("new"), "--voter", "v", "--district", "north"),
        *parties.keys("new")[2:],
    ],
}


@pytest.mark.parametrize("noun", FIRST)
def test_a_secret_file_appears_complete_or_not_at_all(tmp_path: Path, noun: str) -> None:
    parties = Parties(tmp_path, "both")
    words = [*FIRST[noun](parties), "--kdf-cost", "interactive"]
    before = files(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, Path, "hardlink_to")
        interrupted(parties, *words)
    assert files(tmp_path) == before
    made = parties.run(*words)
    shown = parties.run(noun, "show", parties.secret("new"), *parties.keys("new")[2:])
    assert (shown.status, shown.out) == (0, made.out)
