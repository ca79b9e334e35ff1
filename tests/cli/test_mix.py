"""A mix server that prepares: the same messages in the end, each prepared file used once, whatever happens."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from evote.cli import mix
from evote.mixnet import offline
from evote.record.single_use import SingleUse
from tests.cli.parties import VOTERS, Parties, at_stage, one_sentence, stage
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
    "before the file is spent": (SingleUse, "spend"),
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


# --- before the first ballot ---


@cache
def early() -> Parties:
    """Return an election with a proof of shuffle in two parts, its joint key on the board, and no ballot; made once."""
    home = Path(tempfile.mkdtemp(prefix="evote-mix-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    shutil.copytree(stage("appointed", "mix").home, home / "home")
    parties = Parties(home / "home", "mix")
    with (parties.home / "election.toml").open("a") as file:
        file.write('shuffle = "commitment-consistent"\n')
    parties.define()
    parties.enrol(VOTERS)
    parties.make_joint_key()
    return parties


@pytest.fixture
def voting(tmp_path: Path) -> Parties:
    shutil.copytree(early().home, tmp_path / "home")
    return Parties(tmp_path / "home", "mix")


def prepare_early(parties: Parties, name: str, rows: int) -> Path:
    return prepare(parties, name, "--contest", "mayor", "--rows", rows)


def vote(parties: Parties) -> None:
    """Let three people in the north vote; the south is withheld."""
    parties.post(*(parties.vote(voter, "mayor=liv", out=f"{voter}.msg") for voter in ("n1", "n2", "n3")))
    parties.do("operator", "operator", "close", parties.record)


def test_mix_servers_prepare_before_the_first_ballot(voting: Parties) -> None:
    for rows in (64, 8, 4):  # one too long for a list of three, two that will do
        prepare_early(voting, "mixer-1", rows)
    ahead = {"mixer-1": voting.home / "ahead-mixer-1", "mixer-2": prepare_early(voting, "mixer-2", 3)}
    assert "do not copy it" in voting.said
    assert set(files(ahead["mixer-1"])) == {f"mixer-1-mayor.{rows}-rows.1.prepared" for rows in (64, 8, 4)}
    vote(voting)
    for name, directory in ahead.items():
        voting.post(shuffle(voting, name, directory))
    assert {name for name, data in files(ahead["mixer-1"]).items() if not data} == {
        "mixer-1-mayor.4-rows.1.prepared.spent"
    }
    assert files(ahead["mixer-2"]) == {"mixer-2-mayor.3-rows.1.prepared.spent": b""}
    voting.do("operator", "operator", "tally", voting.record)
    for trustee in ("trustee-1", "trustee-2"):
        voting.post(voting.do(trustee, "trustee", "decrypt", voting.record, out=f"shares-{trustee}"))
    voting.do("operator", "operator", "tally", voting.record)
    answer = voting.run("verify", voting.record)
    assert answer.status == 0
    assert "shuffle.commitment-consistent" in answer.out
    assert "mix.once" in answer.out


def test_each_call_prepares_one_more(voting: Parties) -> None:
    for _ in range(2):
        ahead = prepare_early(voting, "mixer-1", 3)
    assert set(files(ahead)) == {f"mixer-1-mayor.3-rows.{number}.prepared" for number in (1, 2)}
    vote(voting)
    shuffle(voting, "mixer-1", ahead)
    assert set(files(ahead)) == {"mixer-1-mayor.3-rows.1.prepared.spent", "mixer-1-mayor.3-rows.2.prepared"}
    prepare_early(voting, "mixer-1", 3)
    assert "mixer-1-mayor.3-rows.3.prepared" in files(ahead)


def test_a_file_that_was_used_is_refused_wherever_a_copy_of_it_lies(voting: Parties) -> None:
    ahead = prepare_early(voting, "mixer-1", 3)
    copies = shutil.copytree(ahead, voting.home / "backup")
    name = "mixer-1-mayor.3-rows.1.prepared"
    vote(voting)
    shuffle(voting, "mixer-1", ahead)
    shutil.rmtree(voting.home / "mix-mixer-1")  # the message is lost
    words = words_of(voting, "mixer-1", ahead)
    one_sentence(voting.run(*words), 2, "mixer-1-mayor-1.prepared: No such file")
    shutil.copy(copies / name, ahead / name)
    one_sentence(voting.run(*words), 2, f"{name} has been used")


def test_a_file_for_other_lengths_is_kept(voting: Parties) -> None:
    for rows in (2, 13):
        ahead = prepare_early(voting, "mixer-1", rows)
    before = files(ahead)
    vote(voting)
    said = voting.run(*words_of(voting, "mixer-1", ahead))
    one_sentence(said, 2, "nothing in .* was prepared for a list of 3 rows")
    assert files(ahead) == before


EARLY: dict[str, tuple[list[object], str]] = {
    "no such contest": (["--contest", "council", "--rows", 8], "no contest council is mixed"),
    "no number of rows": (["--contest", "mayor"], "--contest and --rows go together"),
    "no contest": (["--rows", 8], "--contest and --rows go together"),
    "the box is open": ([], "the ballot box is not closed yet"),
}


@pytest.mark.parametrize("name", EARLY)
def test_what_cannot_be_prepared_early(name: str) -> None:
    options, said = EARLY[name]
    parties = early()
    out = parties.home / "out"
    answer = parties.run("mix", "prepare", parties.record, *parties.keys("mixer-1"), "--out", out, *options)
    assert answer.status == 2
    assert said in answer.err
    assert not out.exists()


def test_not_before_the_joint_key_and_not_for_the_proof_in_one_part(tmp_path: Path) -> None:
    for name, said in (("enrolled", "there is no joint key yet"), ("voting", "before the ballot box is closed")):
        parties = at_stage(name, tmp_path / name, "mix")
        words = ["--contest", "mayor", "--rows", 8, "--out", parties.home / "out"]
        one_sentence(parties.run("mix", "prepare", parties.record, *parties.keys("mixer-1"), *words), 2, said)
