"""A party acts only in its turn, with its own key, and on a board that it has checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.parties import Parties, at_stage, one_sentence


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return at_stage("enrolled", tmp_path_factory.mktemp("cli") / "home")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return at_stage("closed", tmp_path_factory.mktemp("cli") / "home")


def test_what_is_too_early(enrolled: Parties, tmp_path: Path) -> None:
    record, out = enrolled.record, ["--out", tmp_path / "out"]
    early: list[tuple[str, list[object], str]] = [
        ("operator", ["operator", "finish-key", record], "has not come to a good end"),
        ("operator", ["operator", "restart-key", record], "no trustee is at fault"),
        ("operator", ["operator", "restart-key", record, "--absent", 9], "trustee 9 is not absent"),
        ("operator", ["operator", "close", record], "voting has not begun"),
        ("operator", ["operator", "tally", record], "the ballot box is not closed yet"),
        ("n1", ["vote", record, "--choose", "mayor=", *out], "voting has not begun"),
        ("mixer-1", ["mix", record, *out], "the ballot box is not closed yet"),
        ("trustee-2", ["trustee", "decrypt", record, *out], "the ballot box is not closed yet"),
    ]
    for name, words, pattern in early:
        one_sentence(enrolled.run(*words, *enrolled.keys(name)), 2, pattern)
    defined = at_stage("defined", tmp_path / "defined")
    one_sentence(defined.run("show", defined.record), 2, "there is no roll yet")
    assert not (tmp_path / "out").exists()


def test_too_few_trustees_make_no_key(enrolled: Parties) -> None:
    words = ["operator", "restart-key", enrolled.record, "--absent", 1, "--absent", 2]
    one_sentence(enrolled.run(*words, *enrolled.keys("operator")), 1, "key.restart: .*too few trustees left")


def test_what_is_too_late_or_not_ones_turn(closed: Parties, tmp_path: Path) -> None:
    record, out = closed.record, ["--out", tmp_path / "out"]
    late: list[tuple[str, list[object], str]] = [
        ("operator", ["operator", "restart-key", record, "--absent", 1], "the key ceremony is over"),
        ("trustee-1", ["trustee", "act", record, *out], "trustee 1: no message is due from me"),
        ("registrar", ["registrar", "roll", record, closed.home / "credentials.jsonl", *out], "on the board already"),
        ("n1", ["vote", record, "--choose", "mayor=", *out], "voting is over"),
        ("mixer-2", ["mix", record, *out], "mixer 2: no list waits for me now"),
        ("trustee-1", ["trustee", "decrypt", record, *out], "trustee 1: no decryption is due from me now"),
    ]
    for name, words, pattern in late:
        one_sentence(closed.run(*words, *closed.keys(name)), 2, pattern)
    assert not (tmp_path / "out").exists()


def test_everybody_uses_their_own_key(enrolled: Parties, tmp_path: Path) -> None:
    record, out = enrolled.record, ["--out", tmp_path / "out"]
    wrong: list[tuple[str, list[object], str]] = [
        ("mixer-1", ["trustee", "act", record, *out], "not that of a trustee"),
        ("trustee-2", ["mix", record, *out], "not that of a mix server"),
        ("operator", ["registrar", "revoke", record, "n1", "--reason", "none", *out], "not the registrar's"),
        ("registrar", ["post", record, enrolled.home / "roll.msg"], "not that of the operator"),
        ("operator", ["vote", record, *out], "holds the key of a role, not the key of a voter"),
    ]
    for name, words, pattern in wrong:
        one_sentence(enrolled.run(*words, *enrolled.keys(name)), 2, pattern)


def test_a_changed_board_stops_everybody(tmp_path: Path) -> None:
    parties = at_stage("enrolled", tmp_path / "home")
    entries = parties.record / "board" / "entries.jsonl"
    entries.write_bytes(entries.read_bytes().replace(b'"count":8', b'"count":7'))
    out = ["--out", tmp_path / "out"]
    for name, words in {"trustee-1": ["trustee", "act", *out], "operator": ["post", parties.home / "roll.msg"]}.items():
        noun, *more = words
        verb = [more.pop(0)] if noun == "trustee" else []
        answer = parties.run(noun, *verb, parties.record, *more, *parties.keys(name))
        one_sentence(answer, 1, r"entry.signature: entry 1 \(roll by registrar\)")
    one_sentence(parties.run("status", parties.record), 1, "entry.signature")
    (parties.record / "board" / "checkpoint").write_bytes(b"hello\n")
    one_sentence(parties.run("status", parties.record), 1, "not a checkpoint")


def test_a_missing_list_stops_everybody(tmp_path: Path) -> None:
    parties = at_stage("enrolled", tmp_path / "home")
    (roll,) = (parties.record / "lists").iterdir()
    roll.unlink()
    one_sentence(parties.run("status", parties.record), 2, "is missing")
    act = ["trustee", "act", parties.record, *parties.keys("trustee-1"), "--out", tmp_path / "out"]
    one_sentence(parties.run(*act), 2, "is missing")


def test_everybody_may_pin_the_election(enrolled: Parties) -> None:
    answer = enrolled.run("status", enrolled.record, "--expect", "00" * 32)
    one_sentence(answer, 1, "record.origin: the record's fingerprint is")


def test_a_trustee_serves_one_election_and_one_board(tmp_path: Path) -> None:
    parties = at_stage("voting", tmp_path / "home")
    early = at_stage("enrolled", tmp_path / "early")  # the same election, before the trustees acted
    act = ["--out", tmp_path / "out", *parties.keys("trustee-1")]
    one_sentence(parties.run("trustee", "act", early.record, *act), 1, "board.consistency: this is not the board")
    toml = parties.home / "election.toml"
    toml.write_text(toml.read_text().replace("by hand", "by foot"))
    parties.do("operator", "define", toml, tmp_path / "another")
    one_sentence(parties.run("trustee", "act", tmp_path / "another", *act), 2, "serves another election")
    assert not (tmp_path / "out").exists()
