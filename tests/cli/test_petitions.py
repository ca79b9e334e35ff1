"""Petitions by the command line: each trustee with its own secret file, and only the bit on the board."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from evote.cli import secret_file, trustee
from evote.tally.petition_trustee import Pooled, decode_pooled
from tests.cli.parties import VOTERS, Parties, at_stage, one_sentence
from tests.cli.test_interruptions import Interrupt, interrupted

EARLY = ["--contest", "park", "--time", "1 June"]


@pytest.fixture(scope="module")
def supported(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    """Return open polls: three of five support the park, four the pool."""
    parties = at_stage("voting", tmp_path_factory.mktemp("cli") / "home", "petitions")
    park, pool = ("n1", "n2", "n3"), ("n1", "n2", "n3", "n4")
    ballots = [
        parties.vote(v, f"park={'support' * (v in park)}", f"pool={'support' * (v in pool)}", out=f"{v}.msg")
        for v in ("n1", "n2", "n3", "n4", "s1")
    ]
    parties.post(*ballots)
    return parties


@pytest.fixture
def parties(supported: Parties, tmp_path: Path) -> Parties:
    """Return a copy of them, to go on with."""
    return copied(supported, tmp_path / "home")


def copied(parties: Parties, home: Path) -> Parties:
    shutil.copytree(parties.home, home)
    return Parties(home, parties.road)


def test_the_registrar_signs_no_roll_with_weights_that_differ(tmp_path: Path) -> None:
    parties = at_stage("defined", tmp_path / "home", "petitions")
    lines = [parties.new("voter", name, "--voter", name, *words) for name, words in VOTERS.items()]
    credentials = tmp_path / "credentials.jsonl"
    credentials.write_text("".join(f"{line}\n" for line in lines))
    words = ["registrar", "roll", parties.record, credentials, *parties.keys("registrar")]
    said = parties.run(*words, "--out", tmp_path / "out")
    one_sentence(said, 1, "contest park is only tested and cannot carry weights that differ: voter w1 has weight 5")
    assert not (tmp_path / "out").exists()


def begin(parties: Parties) -> None:
    parties.do("operator", "operator", "test", parties.record, *EARLY)


def shares(parties: Parties, *indices: int) -> None:
    """Let trustees say their shares, and the operator post them."""
    for i in indices:
        parties.post(parties.do(f"trustee-{i}", "trustee", "test", parties.record, out=f"tests-{i}"))


def pool(parties: Parties, sender: int, receiver: int, *options: str) -> Path:
    words = ["trustee", "pool", parties.record, "--to", receiver, *options]
    number = len(list(parties.home.glob("*.pooled")))
    return parties.do(f"trustee-{sender}", *words, out=f"{number}-from-{sender}-for-{receiver}.pooled")


def prove(parties: Parties, prover: int, *pooled: Path) -> Path:
    given = [word for path in pooled for word in ("--with", path)]
    return parties.do(f"trustee-{prover}", "trustee", "prove", parties.record, *given, out=f"proofs-{prover}")


def answer(parties: Parties) -> None:
    """Let trustees 1 and 2 answer all tests under way."""
    shares(parties, 1, 2)
    parties.post(prove(parties, 1, pool(parties, 2, 1)))


def status(parties: Parties) -> list[str]:
    said = parties.run("status", parties.record)
    assert (said.status, said.err) == (0, "")
    return said.out.splitlines()[1:]


# --- the whole of it ---


def test_from_the_vote_to_the_verdict(parties: Parties) -> None:
    """The park fails at first and is carried at closing by one more; of neither petition is a number told."""
    assert status(parties) == [
        "voting is open: 8 voters, 5 ballots so far",
        "contest park may be tested: 1 June, 1 July",
    ]
    begin(parties)
    assert parties.said.splitlines() == [
        "contest park is being tested at 1 June",
        "due: trustees, 2 more shares of contest park, test 1 June",
    ]
    shares(parties, 1)
    assert status(parties)[1:] == [
        "contest park may be tested: 1 July",
        "contest park, test 1 June: shares of trustee 1",
        "due: trustees, 1 more shares of contest park, test 1 June",
    ]
    shares(parties, 2)
    assert status(parties)[-1] == "due: trustees, the proof of contest park, test 1 June"
    parties.post(prove(parties, 1, pool(parties, 2, 1)))
    assert status(parties)[-1] == "contest park, test 1 June: the threshold is not reached"
    for voter, choice in {"s2": "support", "s3": "", "n4": ""}.items():
        parties.post(parties.vote(voter, f"park={choice}", "pool=support", out=f"{voter}-late.msg"))
    parties.do("operator", "operator", "close", parties.record)
    assert "due: operator, the test of contest park at closing" in parties.said
    assert "tested only if there are enough" in parties.inspect(parties.home / "n1.msg").last
    parties.do("operator", "operator", "tally", parties.record)
    assert "due: trustees, 2 more shares of contest pool, test closing" in status(parties)
    answer(parties)
    parties.do("operator", "operator", "tally", parties.record)
    assert status(parties) == [
        "contest park, test 1 June: the threshold is not reached",
        "contest park, test closing: the threshold is reached",
        "contest pool, test closing: the threshold is reached",
        "every contest has its result",
    ]
    told = parties.home / "report.json"
    assert parties.run("verify", parties.record, "--json", told).status == 0
    results = json.loads(told.read_text())["results"]
    for contest in ("park", "pool"):
        assert (results[contest]["counts"], results[contest]["withheld"]) == ([], 0)
    assert parties.inspect(parties.home / "n1.msg").last == "A pool: tested"


def test_a_closing_that_is_barred(parties: Parties) -> None:
    """The park fails at five ballots and is supported by two more: whoever reads the result reads of when it is."""
    begin(parties)
    answer(parties)
    for voter in ("s2", "s3"):
        parties.post(parties.vote(voter, "park=support", "pool=", out=f"{voter}-late.msg"))
    parties.do("operator", "operator", "close", parties.record)
    assert "contest park, test closing: barred, for fewer than 3 ballots are new" in status(parties)
    parties.do("operator", "operator", "tally", parties.record)
    answer(parties)
    parties.do("operator", "operator", "tally", parties.record)
    said = "as of the test 1 June; that at closing was barred: fewer than 3 new ballots"
    verified = parties.run("verify", parties.record, "--json", parties.home / "report.json")
    assert verified.status == 0
    assert f"contest park: decided {said}" in verified.out
    results = json.loads((parties.home / "report.json").read_text())["results"]
    assert results["park"]["outcome"]["tables"][0]["rows"][-1][-1] == "barred: fewer than 3 new ballots"
    shown = parties.run("show", parties.record)
    assert f"A park: decided by the method threshold, {said}: the threshold was not reached" in shown.out
    assert "or none any more: 2" in shown.out
    late = parties.inspect(parties.home / "s2-late.msg").out
    assert "A park: kept, but not tested: too few ballots were new" in late


# --- said once, said again ---


def test_a_share_and_a_proof_stay_the_same(parties: Parties) -> None:
    """The state is safe before the message is anywhere, and a message that was lost is made again as it was."""
    begin(parties)
    test = ["trustee", "test", parties.record, "--out", parties.home / "tests", *parties.keys("trustee-1")]
    before = parties.secret("trustee-1").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, secret_file.SecretFile, "replace")
        interrupted(parties, *test)
    assert parties.secret("trustee-1").read_bytes() == before
    with pytest.MonkeyPatch.context() as patch:
        Interrupt(patch, trustee, "write_message")
        interrupted(parties, *test)
    remembered = parties.secret("trustee-1").read_bytes()
    assert remembered != before
    said = [made_in(parties, "trustee-1", "test", out) for out in ("once", "twice", "twice")]
    assert said[0] == said[1] == said[2]
    assert set(said[0]) == {"trustee-1-park.test-1.msg"}
    assert parties.secret("trustee-1").read_bytes() == remembered
    parties.post(parties.home / "once")
    shares(parties, 2)
    given = ["--with", pool(parties, 2, 1)]
    said = [made_in(parties, "trustee-1", "prove", out, *given) for out in ("first", "second", "first")]
    assert said[0] == said[1] == said[2]
    assert set(said[0]) == {"trustee-1-park.proof-1.msg"}
    parties.post(parties.home / "second")
    too_late = [*parties.keys("trustee-1"), "--out", parties.home / "late"]
    one_sentence(parties.run("trustee", "test", parties.record, *too_late), 2, "no share of a test is due from me now")
    one_sentence(parties.run("trustee", "prove", parties.record, *given, *too_late), 2, "nothing here is for a test")
    one_sentence(parties.run("trustee", "pool", parties.record, "--to", 2, *too_late), 2, "no test is under way")


def made_in(parties: Parties, name: str, verb: str, out: str, *words: object) -> dict[str, bytes]:
    directory = parties.do(name, "trustee", verb, parties.record, *words, out=out)
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_test_may_be_asked_for_again(parties: Parties) -> None:
    begin(parties)
    before = (parties.record / "board" / "checkpoint").read_bytes()
    begin(parties)
    assert (parties.record / "board" / "checkpoint").read_bytes() == before


def test_whoever_is_lost_is_replaced_by_who_says_so(parties: Parties) -> None:
    """Trustee 1 has what opens the count, and vanishes; the test still comes to its end."""
    begin(parties)
    shares(parties, 1, 2, 3)
    first = pool(parties, 2, 1)
    kept = first.read_bytes()
    first.unlink()
    assert pool(parties, 2, 1).read_bytes() == kept  # the message was lost: the same again
    words = ["trustee", "pool", parties.record, "--to", 3, *parties.keys("trustee-2"), "--out", parties.home / "o"]
    one_sentence(parties.run(*words), 2, "trustee 1 has what opens the count of contest park, test 1 June; --instead")
    assert not (parties.home / "o").exists()
    parties.post(prove(parties, 3, pool(parties, 2, 3, "--instead")))
    assert status(parties)[-1] == "contest park, test 1 June: the threshold is not reached"


# --- not now, not so ---


OPERATOR = {
    "another contest": (["--contest", "pond", "--time", "1 June"], "contest pond is not a petition that is tested"),
    "no such time": (["--contest", "park", "--time", "May"], "cannot be tested at May now; left: 1 June, 1 July"),
    "at closing": (["--contest", "park", "--time", "closing"], "cannot be tested at closing now; left: 1 June, 1 July"),
    "no time is left": (["--contest", "pool", "--time", "1 June"], "cannot be tested at 1 June now; left: no time"),
}


@pytest.mark.parametrize("name", OPERATOR)
def test_when_a_petition_is_not_tested(supported: Parties, name: str) -> None:
    words, pattern = OPERATOR[name]
    said = supported.run("operator", "test", supported.record, *words, *supported.keys("operator"))
    one_sentence(said, 2, pattern)


def test_too_few_ballots_are_not_tested(tmp_path: Path) -> None:
    parties = at_stage("voting", tmp_path / "home", "petitions")
    said = parties.run("operator", "test", parties.record, *EARLY, *parties.keys("operator"))
    one_sentence(said, 2, "contest park: 0 new ballots are too few for a test")
    enrolled = at_stage("enrolled", tmp_path / "enrolled", "petitions")
    said = enrolled.run("operator", "test", enrolled.record, *EARLY, *enrolled.keys("operator"))
    one_sentence(said, 2, "voting has not begun")


@pytest.fixture(scope="module")
def shared(supported: Parties, tmp_path_factory: pytest.TempPathFactory) -> Parties:
    """Return a test with the shares of trustees 1 and 2 on the board."""
    parties = copied(supported, tmp_path_factory.mktemp("cli") / "home")
    begin(parties)
    shares(parties, 1, 2)
    return parties


def test_what_trustees_do_not_hand_over(shared: Parties, tmp_path: Path) -> None:
    out = ["--out", tmp_path / "out"]
    cases: list[tuple[str, list[object], str]] = [
        ("trustee-3", ["--to", 1], "my share of contest park, test 1 June is not on the board"),
        ("trustee-2", ["--to", 2], "trustee 2 is not another one with a share"),
        ("trustee-2", ["--to", 3], "trustee 3 is not another one with a share"),
        ("trustee-2", ["--to", 9], "trustee 9 is not another one with a share"),
        ("operator", ["--to", 1], "not that of a trustee"),
    ]
    for name, words, pattern in cases:
        said = shared.run("trustee", "pool", shared.record, *words, *shared.keys(name), *out)
        one_sentence(said, 2, pattern)
    assert not (tmp_path / "out").exists()


def test_what_proves_nothing(shared: Parties, tmp_path: Path) -> None:
    good = pool(shared, 2, 1)
    message = decode_pooled(good.read_bytes().rstrip(b"\n"))
    box = message.box[:-1] + bytes([message.box[-1] ^ 1])
    files: dict[str, tuple[bytes, int, str]] = {
        "nothing": (b"", 2, "nothing here is for a test that is under way"),
        "no line end": (bytes(message), 1, "a line without its end"),
        "a letter": (b"Dear trustee 1\n", 1, "not a Pooled: JSON is malformed"),
        "twice": (good.read_bytes() * 2, 0, ""),
        "a box that is damaged": (bytes(edited(message, box=box)) + b"\n", 1, "petition.pool: trustee 2"),
        "for another test": (bytes(edited(message, time="1 July")) + b"\n", 2, "nothing here is for a test"),
        "by another trustee": (bytes(edited(message, sender=3)) + b"\n", 2, "for another trustee or test"),
        "under the receiver's own name": (bytes(edited(message, sender=1)) + b"\n", 1, "petition.pool: trustee 1"),
    }
    for name, (data, expected, pattern) in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        fresh = copied(shared, tmp_path / f"home of {name}")
        words = ["trustee", "prove", fresh.record, "--with", path, *fresh.keys("trustee-1")]
        said = fresh.run(*words, "--out", tmp_path / f"out of {name}")
        if expected:
            one_sentence(said, expected, pattern)
            assert expected == 2 or "petition.pool" in pattern or str(path) in said.err
        else:
            assert (said.status, said.err) == (0, "")
    alone = shared.run(*("trustee", "prove", shared.record, "--out", tmp_path / "o"), *shared.keys("trustee-1"))
    one_sentence(alone, 2, "a proof needs what others hand over")
    none = shared.run(
        *("trustee", "prove", shared.record, "--with", tmp_path / "none", "--out", tmp_path / "o"),
        *shared.keys("trustee-1"),
    )
    one_sentence(none, 2, "there is no such file")


def edited(message: Pooled, **changes: object) -> Pooled:
    return msgspec.structs.replace(message, **changes)


def test_a_trustee_shares_on_one_board_only(parties: Parties, tmp_path: Path) -> None:
    """The operator shows trustee 1 a second board, on which one ballot more was cast before the test."""
    other = copied(parties, tmp_path / "other")
    begin(parties)
    shares(parties, 1)
    other.post(other.vote("s2", "park=support", "pool=", out="s2.msg"))
    begin(other)
    words = ["trustee", "test", other.record, *parties.keys("trustee-1"), "--out", tmp_path / "out"]
    one_sentence(other.run(*words), 1, "board.consistency: this is not the board that had")
    assert not (tmp_path / "out").exists()
