"""Whole elections by the command line, on both roads, each party with its own secret file."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from evote.record.board import decode_receipt
from evote.record.manifest import decode_election
from evote.record.replies import decode_refusal, verify_refusal
from tests.cli.parties import BLANK, COUNTS, WITHHELD, Answer, Parties, at_stage


@pytest.fixture(scope="module", params=["both", "sum"])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Parties:
    """Hold an election up to its results."""
    return at_stage("counted", tmp_path_factory.mktemp("cli") / "home", request.param)


def test_the_result_is_what_was_put_in(held: Parties) -> None:
    report = held.home / "report.json"
    answer = held.run("verify", held.record, "--json", report)
    assert (answer.status, answer.err) == (0, ""), answer
    results = json.loads(report.read_text())["results"]
    election = decode_election((held.record / "election.json").read_bytes())
    for contest in election.contests:
        result = results[contest.id]
        assert dict(zip((o.id for o in contest.options), result["counts"], strict=True)) == COUNTS[contest.id]
        assert (result["blank"], result["invalid"], result["withheld"]) == (BLANK, 0, WITHHELD[contest.id])


def test_the_verdict_says_where_the_record_comes_from(held: Parties) -> None:
    fingerprint = decode_election((held.record / "election.json").read_bytes()).fingerprint.hex()
    unpinned = held.run("verify", held.record)
    assert unpinned.out.startswith("origin of the record: not checked")
    pinned = held.run("verify", held.record, "--expect", fingerprint)
    assert (pinned.status, pinned.out.splitlines()[0]) == (
        0,
        f"origin of the record: the fingerprint is {fingerprint}, as expected",
    )
    assert pinned.out.splitlines()[-1] == "VERIFIED: every check held"
    foreign = held.run("verify", held.record, "--expect", "00" * 32)
    assert foreign.status == 1
    assert "FALSE record.origin" in foreign.out


def test_a_checkpoint_from_elsewhere_must_fit(held: Parties) -> None:
    receipt = decode_receipt((held.home / "n1.msg.receipt").read_bytes())
    seen = held.home / "seen"
    seen.write_bytes(receipt.checkpoint)
    assert held.run("verify", held.record, "--checkpoint", seen).status == 0
    seen.write_bytes(receipt.checkpoint.replace(b"operator ", b"operator A"))
    assert held.run("verify", held.record, "--checkpoint", seen).status == 1


def test_workers_come_to_the_same_verdict(held: Parties) -> None:
    answer = held.run("verify", held.record, "--jobs", 2)
    assert (answer.status, answer.err) == (0, "")


def test_the_results_are_shown_by_name(held: Parties) -> None:
    answer = held.run("show", held.record, "--units")
    assert answer.status == 0
    assert "An election [bold]by hand[/bold]" in answer.out
    for text in ("Ada", "Eve", "voters on the roll", "withheld"):
        assert text in answer.out


def test_everybody_can_see_that_nothing_is_due(held: Parties) -> None:
    assert held.run("status", held.record).last == "every contest has its result"


FATES = {
    "n1": "superseded: ballot 2 of this voter came later",
    "n1-again": "counted",
    "n4": "revoked: the registrar has set this voter's ballots aside",
    "n2": "counted",
    "w1": "withheld in a unit too small to open",
}


@pytest.mark.parametrize("name", FATES)
def test_a_second_device_says_whether_a_ballot_counts(held: Parties, name: str) -> None:
    answer = held.inspect(held.home / f"{name}.msg")
    assert (answer.status, answer.err) == (0, "")
    assert FATES[name] in answer.last
    assert f"of voter {name.removesuffix('-again')};" in answer.out


def test_a_second_device_says_in_which_contest_a_ballot_counts(held: Parties) -> None:
    mayor = "Mayor: kept, but withheld in a unit too small to open\n" if held.road == "both" else ""
    assert held.inspect(held.home / "s1.msg").out.endswith(f"\nCouncil: counted\n{mayor}")


def test_a_second_device_names_the_choice(held: Parties) -> None:
    answer = held.inspect(held.home / "n1.msg")
    assert "ada Ada, bob Bob" in answer.out
    if held.road == "both":
        assert "kai Kai" in answer.out
        assert "(blank)" in held.inspect(held.home / "n3.msg").out


def test_a_ticket_may_be_typed_in(held: Parties) -> None:
    text = (held.home / "n1.msg.ticket").read_text().strip()
    assert held.run("inspect", held.record, text).status == 0
    tampered = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]
    answer = held.run("inspect", held.record, tampered)
    assert (answer.status, answer.err) == (1, "evote: receipt.randomness: contest council: c1 is not g^r\n")


def test_another_voters_ballot_is_refused_to_who_says_who_they_are(held: Parties) -> None:
    ticket = held.home / "n1.msg.ticket"
    assert held.run("inspect", held.record, ticket, "--voter", "n1").status == 0
    answer = held.run("inspect", held.record, ticket, "--voter", "n2")
    assert answer.status == 1
    assert answer.err.endswith("is the ballot of voter n1\n")


def test_a_receipt_must_be_for_this_ballot(held: Parties) -> None:
    answer = held.run("inspect", held.record, held.home / "n1.msg.ticket", "--receipt", held.home / "n2.msg.receipt")
    assert answer == Answer(1, "", "evote: board.inclusion: the receipt is for another ballot\n")


def test_what_is_on_the_board_is_answered_again(held: Parties) -> None:
    entries = (held.record / "board" / "entries.jsonl").read_bytes()
    (held.home / "n1.msg.receipt").unlink()
    held.post(held.home / "n1.msg")
    assert (held.record / "board" / "entries.jsonl").read_bytes() == entries
    assert held.inspect(held.home / "n1.msg").status == 0


def test_what_comes_too_late_is_refused_in_writing(held: Parties, tmp_path: Path) -> None:
    message = tmp_path / "late.msg"
    message.write_bytes((held.home / "n1.msg").read_bytes().replace(b'"sequence":1', b'"sequence":3'))
    answer = held.run("post", held.record, message, *held.keys("operator"))
    assert (answer.status, answer.err, answer.last) == (1, "", "accepted 0 of 1")
    refusal = decode_refusal((tmp_path / "late.msg.refusal").read_bytes())
    election = decode_election((held.record / "election.json").read_bytes())
    verify_refusal(refusal, election.fingerprint, election.operator.key)
    assert held.run("verify", held.record).status == 0


def test_commands_can_be_given_again(held: Parties) -> None:
    before = (held.record / "board" / "checkpoint").read_bytes()
    held.do("operator", "define", held.home / "election.toml", held.record)
    for verb in ("finish-key", "close", "tally"):
        held.do("operator", "operator", verb, held.record)
    assert (held.record / "board" / "checkpoint").read_bytes() == before


def test_secret_files_are_for_their_owner_alone(held: Parties) -> None:
    for path in held.home.glob("*.secret"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((held.home / "n1.msg.ticket").stat().st_mode) == 0o600
    assert not list(held.home.rglob(".*"))
