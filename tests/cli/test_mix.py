"""A mix server that prepares: the same messages in the end, each prepared file used once, whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from evote.cli import mix
from evote.mixnet import offline
from tests.cli.parties import Parties, at_stage, one_sentence
from tests.cli.test_interruptions import Interrupt, files, interrupted

AHEAD = "mixer-1-mayor-1.prepared"


@pytest.fixture
def closed(tmp_path: Path) -> Parties:
    return at_stage("closed", tmp_path / "home", "mix")


def prepare(parties: Parties, name: str, *options: object) -> Path:
    words = ["mix", "prepare", parties.record, "--kdf-cost", "interactive", *options]
    return parties.do(name, *words, out=f"ahead-{name}")


def shuffle(parties: Parties, name: str, ahead: Path) -> Path:
    return parties.do(name, "mix", "shuffle", parties.record, "--prepared", ahead, out=f"mix-{name}")


def words_of(parties: Parties, name: str, ahead: Path) -> list[object]:
    out = ["--out", parties.home / f"mix-{name}"]
    return ["mix", "shuffle", parties.record, "--prepared", ahead, *parties.keys(name), *out]


def test_mix_servers_prepare_before_their_turn(closed: Parties) -> None:
    """Server 2 while server 1 has not begun, so that its list does not exist; one carefully."""
    ahead = [prepare(closed, "mixer-1"), prepare(closed, "mixer-2", "--careful")]
    assert "do not copy it" in closed.said
    for name, directory in zip(("mixer-1", "mixer-2"), ahead, strict=True):
        assert {path.name for path in directory.iterdir()} == {f"{name}-mayor-1.prepared"}
        closed.post(shuffle(closed, name, directory))
        assert files(directory) == {f"{name}-mayor-1.prepared.spent": b""}
    closed.do("operator", "operator", "tally", closed.record)
    for trustee in ("trustee-1", "trustee-2"):
        closed.post(closed.do(trustee, "trustee", "decrypt", closed.record, out=f"shares-{trustee}"))
    closed.do("operator", "operator", "tally", closed.record)
    assert closed.run("verify", closed.record).status == 0
    late = ["mix", "prepare", closed.record, *closed.keys("mixer-1"), "--out", closed.home / "late"]
    one_sentence(closed.run(*late), 2, "mixer 1: no list will come to me any more")


def test_what_is_prepared_already_is_left_alone(closed: Parties) -> None:
    ahead = prepare(closed, "mixer-1")
    before = files(ahead)
    prepare(closed, "mixer-1")
    assert "is there already" in closed.said
    assert files(ahead) == before


def test_a_shuffle_that_is_there_needs_nothing_prepared(closed: Parties) -> None:
    made = shuffle(closed, "mixer-1", prepare(closed, "mixer-1"))
    before = files(made)
    assert files(shuffle(closed, "mixer-1", closed.home / "nowhere")) == before


STEPS: dict[str, tuple[object, str]] = {
    "before the file is spent": (offline, "_spend"),
    "after the file is spent": (offline, "_witness"),
    "before the message is written": (mix, "write_message"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_shuffle_that_was_interrupted_uses_its_file_once(closed: Parties, step: str) -> None:
    ahead = prepare(closed, "mixer-1")
    words = words_of(closed, "mixer-1", ahead)
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, *STEPS[step])
        interrupted(closed, *words)
    assert files(closed.home / "mix-mixer-1") == {}
    if (ahead / AHEAD).exists():
        assert step == "before the file is spent"
        shuffle(closed, "mixer-1", ahead)
        return
    assert files(ahead) == {f"{AHEAD}.spent": b""}
    one_sentence(closed.run(*words), 2, "has been used")
    again = ["mix", "prepare", closed.record, *closed.keys("mixer-1"), "--kdf-cost", "interactive", "--out", ahead]
    one_sentence(closed.run(*again), 2, "has been used; take another")
    closed.post(closed.do("mixer-1", "mix", closed.record, out="mix-mixer-1"))  # without anything prepared


def test_another_servers_file_is_refused_and_kept(closed: Parties) -> None:
    theirs = prepare(closed, "mixer-2")
    (theirs / "mixer-2-mayor-1.prepared").rename(theirs / AHEAD)
    before = files(theirs)
    words = words_of(closed, "mixer-1", theirs)
    one_sentence(closed.run(*words), 2, "prepared for author mixer 2, not mixer 1")
    assert files(theirs) == before


def test_a_missing_file_is_said(closed: Parties) -> None:
    one_sentence(closed.run(*words_of(closed, "mixer-1", closed.home / "nowhere")), 2, f"{AHEAD}: No such file")


def test_nobody_else_prepares(closed: Parties) -> None:
    words = ["mix", "prepare", closed.record, *closed.keys("trustee-1"), "--out", closed.home / "out"]
    one_sentence(closed.run(*words), 2, "not that of a mix server")
    voting = at_stage("voting", closed.home.parent / "voting", "mix")
    early = ["mix", "prepare", voting.record, *voting.keys("mixer-1"), "--out", voting.home / "out"]
    one_sentence(voting.run(*early), 2, "the ballot box is not closed yet")
