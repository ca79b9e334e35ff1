"""A party acts only in its turn, with its own key, and on a board that it has checked."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from evote.ballot.receipt import Ticket
from evote.cli import messages
from evote.cli.secret_file import RoleSecret, SecretFile
from evote.record.entries import decode_entry
from evote.record.manifest import decode_election
from evote.record.merkle import leaf_hash
from evote.record.operator import sign_entry
from tests.cli.parties import PASSPHRASES, TRUSTEES, Parties, at_stage, one_sentence


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return at_stage("enrolled", tmp_path_factory.mktemp("cli") / "home")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return at_stage("closed", tmp_path_factory.mktemp("cli") / "home")


def test_everybody_is_told_what_is_waited_for(enrolled: Parties, closed: Parties, tmp_path: Path) -> None:
    defined = at_stage("defined", tmp_path / "home")
    assert ": 1 entry, fingerprint" in defined.run("status", defined.record).out
    assert ": 2 entries, fingerprint" in enrolled.run("status", enrolled.record).out
    waits = {parties: parties.run("verify", parties.record) for parties in (defined, enrolled, closed)}
    assert [answer.status for answer in waits.values()] == [2, 2, 2]
    for parties, what in ((defined, "no joint key yet"), (enrolled, "no joint key yet"), (closed, "; due: ")):
        assert what in waits[parties].out


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
    act = ["trustee", "act", parties.record, "--out", tmp_path / "out", *parties.keys("trustee-1")]
    one_sentence(parties.run(*act), 1, r"entry.signature: entry 1 \(roll by registrar\)")
    before = entries.read_bytes()
    post = ["post", parties.record, parties.home / "roll.msg", *parties.keys("operator")]
    one_sentence(parties.run(*post), 1, "(entry.signature|board.root)")
    assert entries.read_bytes() == before
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


def test_a_trustee_who_cheats_is_named_and_left_out(tmp_path: Path) -> None:
    """Trustee 1 opens another nonce than it committed to, and signs that with its own key."""
    parties = at_stage("enrolled", tmp_path / "home")

    def act(index: int, out: str) -> Path:
        return parties.do(f"trustee-{index}", "trustee", "act", parties.record, out=out)

    parties.post(*(act(i, f"1-{i}.msg") for i in TRUSTEES))
    honest = decode_entry(act(1, "2-1.msg").read_bytes().rstrip(b"\n"))
    key = SecretFile(parties.secret("trustee-1"), PASSPHRASES["trustee-1"].encode()).read(RoleSecret).key
    fingerprint = decode_election((parties.record / "election.json").read_bytes()).fingerprint
    lie = msgspec.structs.replace(honest.body, nonce=bytes(32))
    false = parties.home / "false.msg"
    false.write_bytes(bytes(sign_entry(key, fingerprint, "trustee 1", lie)) + b"\n")
    parties.post(false)
    said = parties.run("status", parties.record).out
    assert "key ceremony: trustee 1: the opening is not the one committed to" in said
    assert "due: operator, a restart of the key ceremony" in said
    parties.do("operator", "operator", "restart-key", parties.record)
    assert "attempt 2 of the key ceremony begins, with trustee 2, trustee 3" in parties.said


def test_a_receipt_from_another_board_convicts_the_operator(tmp_path: Path) -> None:
    """The operator shows two boards; whoever has a receipt from one finds the other inconsistent with it."""
    one, other = (at_stage("voting", tmp_path / name) for name in ("one", "other"))
    ballot = one.vote("n1", "council=ada", "mayor=kai", out="n1.msg")
    one.post(ballot)
    other.post(other.vote("n2", "council=eve", "mayor=liv", out="n2.msg"))
    receipt = one.home / "n1.msg.receipt"
    answer = other.run("inspect", other.record, f"{ballot}.ticket", "--receipt", receipt)
    one_sentence(answer, 1, "board.consistency: the receipt's checkpoint of 16 entries; keep it")


def test_a_ticket_for_an_entry_that_is_no_ballot(enrolled: Parties) -> None:
    (_, roll) = (enrolled.record / "board" / "entries.jsonl").read_bytes().splitlines()
    ticket = Ticket(bytes(32), leaf_hash(roll))
    one_sentence(enrolled.run("inspect", enrolled.record, ticket), 1, "receipt.ballot: entry 1 is no ballot")


def test_a_message_too_long_is_not_read(enrolled: Parties, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_MESSAGE", 10)
    answer = enrolled.run("post", enrolled.record, enrolled.home / "roll.msg", *enrolled.keys("operator"))
    one_sentence(answer, 1, "roll.msg is too long for a message")
