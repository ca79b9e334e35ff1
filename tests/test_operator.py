"""The operator's door: it answers everything in writing, and a crash loses nothing that it acknowledged."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evote.ballot.check import check_ballots
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError, EvidenceMissing, Refused, VerificationError
from evote.formats.native import writer
from evote.formats.native.writer import RecordWriter
from evote.mixnet.mixer import Mixer
from evote.operator import Message, Operator
from evote.record.board import Receipt, verify_receipt
from evote.record.entries import Closing, KeyRestart, ballot_in
from evote.record.merkle import MerkleLog, leaf_hash
from evote.record.operator import sign_checkpoint
from evote.record.replies import Refusal, decode_refusal, verify_refusal
from evote.simulate import Simulation
from evote.tally.trustee import Trustee
from evote.verify import verify
from tests.elections import (
    ask,
    changed,
    copy_of,
    finished,
    good_ballot,
    open_box,
    signed,
    small_election,
    start,
    story,
)


def reopened(simulation: Simulation) -> Simulation:
    """Let the operator close the record and take it up again, as after a crash."""
    simulation.operator.close_record()
    simulation.operator = Operator.open(simulation.path, simulation.keys.operator)
    return simulation


# --- replies ---


def test_an_accepted_message_gets_a_receipt_that_anybody_can_check(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "sum")
    lines = [bytes(good_ballot(simulation, voter).entry) for voter in ("n1", "n2")]
    replies = simulation.operator.post([Message(line) for line in lines])
    for line, reply in zip(lines, replies, strict=True):
        assert isinstance(reply, Receipt)
        assert reply.leaf == leaf_hash(line)
        verify_receipt(reply, simulation.election.fingerprint, simulation.election.operator.key)
    simulation.operator.close_record()


def test_nothing_handed_in_gets_no_answer_and_changes_nothing(tmp_path: Path) -> None:
    simulation = start(tmp_path / "record")
    before = (simulation.path / "board" / "checkpoint").read_bytes()
    assert simulation.operator.post([]) == []
    assert (simulation.path / "board" / "checkpoint").read_bytes() == before
    simulation.operator.close_record()


def test_a_batch_is_answered_in_its_order(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "sum")
    good = [bytes(good_ballot(simulation, voter).entry) for voter in ("n1", "n2")]
    replies = simulation.operator.post([Message(line) for line in (b"x", good[0], good[0], good[1], b"")])
    assert [type(reply) for reply in replies] == [Refusal, Receipt, Refusal, Receipt, Refusal]
    receipts = [reply.index for reply in replies if isinstance(reply, Receipt)]
    assert receipts == [simulation.operator.procedure.log.size - 2, simulation.operator.procedure.log.size - 1]
    simulation.operator.close_record()


STRANGE = {
    "control characters": b'{"\x01\x1b[2J":1}',
    "escapes": b'{"\\u0000\\u001b[2J":1}',
    "a name of 5000 letters": b'{"' + b"a" * 5000 + b'":1}',
    "text not in normal form C": '{"e\u0301\u2028":1}'.encode(),
    "markup": b'{"[bold red]":1}',
}


def test_a_false_ballot_in_a_batch_is_the_only_one_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Good ones are checked once, all together; with a false one among them each is looked at by itself."""
    simulation, calls = open_box(tmp_path / "record", "sum"), list[int]()

    def counted(*told: Any) -> Counter[str]:
        calls.append(len(told[-1]))
        return check_ballots(*told)

    monkeypatch.setattr("evote.procedure.machine.check_ballots", counted)
    good = [good_ballot(simulation, voter) for voter in ("n1", "n2", "n3", "s1")]
    assert all(isinstance(reply, Receipt) for reply in simulation.cast(good))
    assert calls == [4]
    calls.clear()
    mixed = [good_ballot(simulation, voter) for voter in ("n4", "n5", "s2")]
    swapped = changed(ballot_in(mixed[1].entry), answers=ballot_in(mixed[0].entry).answers)
    lines = [bytes(mixed[0].entry), bytes(signed(simulation, "voter n5", swapped)), bytes(mixed[2].entry)]
    replies = simulation.operator.post([Message(line) for line in (*lines, lines[0], b"{}")])
    assert calls == [4, 1, 1, 1]
    found = [reply.check if isinstance(reply, Refusal) else "" for reply in replies]
    assert found == ["", "ballot.proof", "", "ballot.sequence", "entry.encoding"]


@pytest.mark.parametrize("name", STRANGE)
def test_a_refusal_can_be_written_whatever_was_sent(tmp_path: Path, name: str) -> None:
    simulation = start(tmp_path / "record")
    reply = ask(simulation.operator, STRANGE[name])
    simulation.operator.close_record()
    assert isinstance(reply, Refusal)
    verify_refusal(decode_refusal(bytes(reply)), simulation.election.fingerprint, simulation.election.operator.key)
    assert reply.subject.isprintable()


# --- lists ---


def test_a_message_brings_exactly_the_lists_that_its_entry_names(tmp_path: Path) -> None:
    """A list that no entry names would refute the whole record."""
    simulation = open_box(tmp_path / "record", "mix")
    ballot = bytes(good_ballot(simulation, "n1").entry)
    unnamed: list[list[list[bytes]]] = [[[b'"AA=="']], [[]], [[b"a\nb"]]]
    for lists in unnamed:
        reply = ask(simulation.operator, ballot, *lists)
        assert isinstance(reply, Refusal)
        assert reply.check == "record.list"
    assert isinstance(ask(simulation.operator, ballot), Receipt)
    story_without_n1(simulation)
    simulation.operator.close_box()
    place = simulation.counting.cascade.places()[0]
    message = Mixer(simulation.election, 1, simulation.keys.mixers[0]).shuffle(simulation.counting.cascade, place)
    line, (output, vectors) = bytes(message.entry), message.lists
    for lists in ([], [output], [vectors], [output, vectors, [b'"AA=="']], [output, vectors[1:]]):
        reply = ask(simulation.operator, line, *lists)
        assert isinstance(reply, Refusal)
        assert reply.check == "record.list"
        assert str(tmp_path) not in reply.subject
    assert isinstance(ask(simulation.operator, line, output, vectors), Receipt)
    reopened(simulation).operator.close_record()


def story_without_n1(simulation: Simulation) -> None:
    for voter in ("n2", "n3", "n4"):
        assert isinstance(ask(simulation.operator, bytes(good_ballot(simulation, voter).entry)), Receipt)


def test_a_closing_may_come_in_one_batch_with_ballots(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "mix")
    lines = [bytes(good_ballot(simulation, voter).entry) for voter in ("n1", "n2", "n3")]
    log, ahead = simulation.operator.procedure.log, MerkleLog()
    for leaf in [*map(log.leaf, range(log.size)), *map(leaf_hash, lines)]:
        ahead.append(leaf)
    closing = Closing(size=ahead.size, root=ahead.root(), ballots=3, superseded=0, revoked=0, kept=3)
    messages = [*lines, signed(simulation, "operator", closing)]
    replies = simulation.operator.post([Message(line) for line in messages])
    assert all(isinstance(reply, Receipt) for reply in replies)
    simulation.mix()
    simulation.decrypt()
    simulation.operator.tally()
    simulation.operator.close_record()
    assert verify(simulation.path).status == 0


# --- taking a record up again ---


def test_every_step_may_be_followed_by_a_crash(tmp_path: Path) -> None:
    simulation = reopened(start(tmp_path / "record", "both"))
    for _ in range(4):
        for trustee in simulation.trustees:
            entry = trustee.next_message(reopened(simulation).operator.procedure.ceremony)
            assert isinstance(ask(simulation.operator, bytes(entry)), Receipt)
    simulation.operator.finish_key()
    story(reopened(simulation))
    reopened(simulation).operator.close_box()
    reopened(simulation).mix()
    reopened(simulation).operator.tally()
    for index in (1, 3):
        reopened(simulation).decrypt([index])
    reopened(simulation).operator.tally()
    reopened(simulation).operator.close_record()
    assert verify(simulation.path).status == 0


class Crash(BaseException):
    """The power fails."""


@pytest.mark.parametrize("step", ["put_list", "write_atomic", "fsync"])
def test_a_crash_in_the_middle_of_posting_loses_only_what_was_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    simulation = Simulation(tmp_path / "record", *small_election("sum"))

    def fail(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        target: object = {
            "put_list": RecordWriter,
            "write_atomic": writer,
            "fsync": os,
        }[step]
        broken.setattr(target, step, fail)
        with pytest.raises(Crash):
            simulation.enrol([])
    reopened(simulation).enrol([])
    simulation.make_key()
    simulation.finish()
    assert verify(simulation.path).status == 0


def test_a_crash_before_the_first_entry_is_made_good(tmp_path: Path) -> None:
    election, keys = small_election("sum")
    RecordWriter.create(tmp_path / "record", election).close()
    operator = Operator.open(tmp_path / "record", keys.operator)
    assert operator.procedure.log.size == 1
    operator.close_record()


def test_only_the_operators_own_key_opens_its_record(tmp_path: Path) -> None:
    election, keys = small_election("sum")
    with pytest.raises(ValueError, match="not the operator's"):
        Operator.create(tmp_path / "record", election, keys.registrar)
    assert not (tmp_path / "record").exists()
    path = copy_of("sum", tmp_path / "copy")
    for key in (keys.registrar, SigningKey.generate()):
        with pytest.raises(ValueError, match="not the operator's"):
            Operator.open(path, key)
    Operator.open(path, keys.operator).close_record()


def test_one_operator_at_a_time(tmp_path: Path) -> None:
    simulation = start(tmp_path / "record")
    with pytest.raises(Refused, match="another command"):
        Operator.open(simulation.path, simulation.keys.operator)
    simulation.operator.close_record()


def last_line_dropped(path: Path) -> None:
    entries = path / "board" / "entries.jsonl"
    entries.write_bytes(b"".join(entries.read_bytes().splitlines(keepends=True)[:-1]))


def other_root(path: Path) -> None:
    """Put the last two entries, which are independent, in the other order."""
    entries = path / "board" / "entries.jsonl"
    lines = entries.read_bytes().splitlines(keepends=True)
    entries.write_bytes(b"".join([*lines[:-2], lines[-1], lines[-2]]))


def other_checkpoint(path: Path) -> None:
    shutil.copy(finished("sum").path / "board" / "checkpoint", path / "board" / "checkpoint")


def no_checkpoint(path: Path) -> None:
    (path / "board" / "checkpoint").unlink()


def shorter_checkpoint(path: Path) -> None:
    """Put a checkpoint that the operator signed for the first entries of another history."""
    simulation = finished("both")
    log = MerkleLog()
    log.append(bytes(32))
    signed_note = sign_checkpoint(simulation.keys.operator, simulation.election.fingerprint, log)
    (path / "board" / "checkpoint").write_bytes(signed_note)


def a_list_less(path: Path) -> None:
    next((path / "lists").iterdir()).unlink()


TAMPERED: dict[str, tuple[type[Exception], Callable[[Path], None]]] = {
    "an entry less": (DecodeError, last_line_dropped),
    "entries exchanged": (VerificationError, other_root),
    "another board's checkpoint": (VerificationError, other_checkpoint),
    "a checkpoint of another history": (VerificationError, shorter_checkpoint),
    "no checkpoint": (EvidenceMissing, no_checkpoint),
    "a list less": (EvidenceMissing, a_list_less),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_record_is_neither_taken_up_nor_touched(tmp_path: Path, name: str) -> None:
    """Signing on from another history would convict the operator of showing two boards."""
    error, tamper = TAMPERED[name]
    path = copy_of("both", tmp_path / "record")
    tamper(path)
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    for _ in range(2):
        with pytest.raises(error):
            Operator.open(path, finished("both").keys.operator)
    assert {file: file.read_bytes() for file in path.rglob("*") if file.is_file()} == before


def test_a_definition_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing, match="not a record"):
        Operator.open(tmp_path, SigningKey.generate())
    path = copy_of("sum", tmp_path / "record")
    with pytest.raises(FileExistsError):
        Operator.create(path, finished("sum").election, finished("sum").keys.operator)


# --- what the operator says itself ---


def test_the_operator_cannot_say_what_the_rules_do_not_admit(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path / "record", *small_election("sum"))
    operator = simulation.operator
    for action, check in {
        operator.close_box: "entry.order",
        operator.closing: "entry.order",
        operator.tally: "entry.order",
        operator.finish_key: "key.joint",
        operator.restart_key: "key.restart",
    }.items():
        with pytest.raises(VerificationError) as caught:
            action()
        assert caught.value.check == check
    assert operator.procedure.log.size == 1
    simulation.enrol([])
    with pytest.raises(VerificationError, match=r"entry\.order"):
        operator.close_box()
    operator.close_record()


def test_a_role_signs_with_its_own_key(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path / "record", *small_election("sum"))
    simulation.keys.registrar = SigningKey.generate()
    with pytest.raises(VerificationError, match=r"entry\.signature"):
        simulation.enrol([])
    simulation.operator.close_record()


def test_the_ceremony_restarts_without_the_guilty_and_the_absent(tmp_path: Path) -> None:
    simulation = start(tmp_path / "record", trustees=4)
    ceremony, speakers = simulation.operator.procedure.ceremony, simulation.trustees
    for trustee in speakers[:3]:
        ask(simulation.operator, bytes(trustee.next_message(ceremony)))
    simulation.operator.restart_key(absent=[4])
    assert ceremony.attempt.participants == (1, 2, 3)
    for _ in range(2):
        for trustee in speakers[:3]:
            ask(simulation.operator, bytes(trustee.next_message(ceremony)))
    bad = changed(speakers[2].next_message(ceremony).body, boxes=(bytes(80),) * 3)
    for line in [*(bytes(t.next_message(ceremony)) for t in speakers[:2]), signed(simulation, "trustee 3", bad)]:
        assert isinstance(ask(simulation.operator, line), Receipt)
    assert isinstance(ask(simulation.operator, bytes(speakers[0].next_message(ceremony))), Receipt)
    assert ceremony.attempt.faults == {3: "sent trustee 1 a box that holds no share"}
    with pytest.raises(Refused):
        speakers[1].next_message(ceremony)
    reopened(simulation)
    simulation.operator.restart_key()
    simulation.trustees = speakers[:2]
    simulation.make_key()
    story(simulation)
    simulation.finish()
    report = verify(simulation.path)
    assert report.status == 0
    assert report.results["council"].counts == (5, 3, 2)


def test_a_trustee_out_of_the_ceremony_decrypts_nothing(tmp_path: Path) -> None:
    simulation = start(tmp_path / "record")
    operator, trustees = simulation.operator, simulation.trustees
    for trustee in trustees[:2]:
        ask(operator, bytes(trustee.next_message(operator.procedure.ceremony)))
    operator.say(KeyRestart(attempt=1, disqualified=(3,)))
    simulation.trustees = trustees[:2]
    simulation.make_key()
    story(simulation)
    operator.close_box()
    operator.tally()
    place = simulation.counting.decryption.places()[0]
    outsider = Trustee(simulation.election, 3, simulation.keys.trustees[2])
    with pytest.raises(Refused, match="hold no share"):
        outsider.decrypt(simulation.counting.decryption, place)
    share = trustees[0].decrypt(simulation.counting.decryption, place)
    reply = ask(operator, signed(simulation, "trustee 3", share.entry.body), share.lines)
    assert isinstance(reply, Refusal)
    assert reply.check == "decryption.list"
    operator.close_record()
