"""The verdict: 0 if all held, 1 if anything is false, 2 if something is absent, and never a 2 for what is false."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from evote.crypto.signing import SigningKey
from evote.formats.native.reader import list_name
from evote.record.entries import DecryptionShare, Result, Roll, Shuffle, decode_entry
from evote.record.merkle import MerkleLog, leaf_hash
from evote.record.operator import sign_checkpoint, sign_entry
from evote.simulate import Simulation
from evote.verify import CHECKS, Finding, Report, verify
from tests.elections import EXPECTED, ROADS, bodies, changed, copy_of, finished, good_ballot, open_box, outcome


def lines_of(path: Path) -> list[bytes]:
    return (path / "board" / "entries.jsonl").read_bytes().splitlines()


def log_of(lines: list[bytes]) -> MerkleLog:
    log = MerkleLog()
    for line in lines:
        log.append(leaf_hash(line))
    return log


def reseal(path: Path, lines: list[bytes], road: str = "both") -> None:
    """Write a board and sign the checkpoint that it needs."""
    simulation = finished(road)
    (path / "board" / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    note = sign_checkpoint(simulation.keys.operator, simulation.election.fingerprint, log_of(lines))
    (path / "board" / "checkpoint").write_bytes(note)


def rewrite(path: Path, kind: type[Any], which: int = -1, **changes: Any) -> None:
    """Change fields of one entry, sign it and the checkpoint again."""
    simulation, lines = finished("both"), lines_of(path)
    at = [i for i, line in enumerate(lines) if isinstance(decode_entry(line).body, kind)][which]
    entry = decode_entry(lines[at])
    body = changed(entry.body, **changes)
    key = simulation.keys.of(entry.author)
    lines[at] = bytes(sign_entry(key, simulation.election.fingerprint, entry.author, body))
    reseal(path, lines)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return copy_of("both", tmp_path / "record")


def failed(report: Report) -> list[str]:
    return [finding.check for finding in report.failures]


# --- 0 ---


@pytest.mark.parametrize("road", ROADS)
def test_an_honest_record_is_verified(road: str) -> None:
    report = verify(finished(road).path)
    assert report
    assert (report.status, report.failures) == (0, [])
    assert {contest: outcome(result) for contest, result in report.results.items()} == {
        contest.id: EXPECTED[contest.id] for contest in finished(road).election.contests
    }
    assert report.election == finished(road).election
    assert report.notes == ["origin of the record: not checked (no fingerprint was given)"]


def test_every_check_of_an_honest_record_is_named_and_counted() -> None:
    report = verify(finished("both").path, expect=finished("both").election.fingerprint)
    held = {finding.check: finding.held for finding in report.findings}
    assert list(held) == [check for check in CHECKS if check in held]
    exceptional = {"key.restart", "board.consistency", "result.sums", "shuffle.commitment-consistent", "mix.once"}
    exceptional |= {check for check in CHECKS if check.startswith("petition.")}
    assert set(CHECKS) - set(held) <= exceptional
    assert held["entry.signature"] == sum(
        not e.author.startswith("voter") for e in map(decode_entry, lines_of(finished("both").path))
    )
    assert held["entry.encoding"] == len(lines_of(finished("both").path))
    assert held["record.list"] == 1 + 4 * 2 + 8
    assert held["ballot.signature"] == 15
    assert held["shuffle.terelius-wikstrom"] == 4
    assert held["decryption.proof"] == 8
    assert held["result.count"] == 2


def test_the_origin_is_checked_with_a_fingerprint_brought_along() -> None:
    report = verify(finished("sum").path, expect=finished("sum").election.fingerprint)
    assert (report.status, report.notes) == (0, [])


def test_progress_is_told_of_every_entry() -> None:
    told: list[int] = []
    assert verify(finished("sum").path, progress=told.append)
    assert sum(told) == len(lines_of(finished("sum").path))


def test_a_given_seed_makes_a_reproduction(record: Path) -> None:
    report = verify(record, seed=bytes(32))
    assert report.status == 0
    assert report.seed == bytes(32)
    assert any("reproduction, not a verification" in note for note in report.notes)
    assert verify(record).seed != verify(record).seed


def test_workers_give_the_same_verdict(record: Path) -> None:
    with ProcessPoolExecutor(2) as executor:
        assert verify(record, executor=executor).findings == verify(record).findings
        rewrite(record, Shuffle, 0, proof=bodies(record, Shuffle)[1].proof)
        with_workers, alone = verify(record, executor=executor), verify(record)
    assert with_workers.failures == alone.failures
    assert failed(alone) == ["shuffle.terelius-wikstrom"]


# --- 1 ---


def foreign_file(path: Path) -> None:
    (path / "lists" / "extra.jsonl").write_bytes(b"")


def link(path: Path) -> None:
    os.symlink(path / "board" / "entries.jsonl", path / "board" / "link")


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        place = path / name
        place.write_bytes(change(place.read_bytes()))

    return apply


def some_list(path: Path) -> None:
    digest = bodies(path, Shuffle)[0].output
    place = path / list_name(digest)
    lines = place.read_bytes().splitlines(keepends=True)
    place.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))


def unsealed(path: Path) -> None:
    """Drop the last entry and leave the checkpoint."""
    lines = lines_of(path)
    (path / "board" / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines[:-1]))


def other_operator(path: Path) -> None:
    lines = lines_of(path)
    note = sign_checkpoint(SigningKey.generate(), finished("both").election.fingerprint, log_of(lines))
    (path / "board" / "checkpoint").write_bytes(note)


FALSE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a definition with a blank": ("election.definition", edit("election.json", lambda data: data + b" ")),
    "a definition that is none": ("election.definition", edit("election.json", lambda _: b"{}")),
    "another definition": (
        "board.checkpoint",
        edit("election.json", lambda data: data.replace(b"A small election", b"A great election")),
    ),
    "a checkpoint cut short": ("board.checkpoint", edit("board/checkpoint", lambda data: data[:-2])),
    "a checkpoint by somebody else": ("board.checkpoint", other_operator),
    "an entry less than the checkpoint covers": ("board.root", unsealed),
    "an entry without its end": ("entry.encoding", edit("board/entries.jsonl", lambda data: data[:-1])),
    "an entry twice": (
        "entry.order",
        edit("board/entries.jsonl", lambda data: data.splitlines(keepends=True)[0] + data),
    ),
    "a file that nobody named": ("record.files", foreign_file),
    "a link": ("record.files", link),
    "a list with rows exchanged": ("record.list", some_list),
    "a result one vote off": ("result.count", lambda path: rewrite(path, Result, counts=(9, 9, 9))),
    "a proof of decryption of another unit": (
        "decryption.proof",
        lambda path: rewrite(path, DecryptionShare, -1, proof=bodies(path, DecryptionShare)[0].proof),
    ),
    "a roll of another length": ("roll.count", lambda path: rewrite(path, Roll, count=13)),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_found_and_named(record: Path, name: str) -> None:
    check, falsify = FALSE[name]
    falsify(record)
    report = verify(record)
    assert report.status == 1
    assert not report
    assert check in failed(report)
    assert all(finding.error for finding in report.failures)
    names = [finding.check for finding in report.findings]
    assert len(set(names)) == len(names)  # a check that failed is not listed among those that held


def test_another_fingerprint_refutes_the_record(record: Path) -> None:
    report = verify(record, expect=bytes(32))
    assert (report.status, failed(report)) == (1, ["record.origin"])
    assert finished("both").election.fingerprint.hex() in report.failures[0].error
    assert not report.results


# --- 2 ---


def lost(name: str) -> Callable[[Path], None]:
    return lambda path: (path / name).unlink()


def lost_list(kind: type[Any], field: str, which: int = 0) -> Callable[[Path], None]:
    return lambda path: (path / list_name(getattr(bodies(path, kind)[which], field))).unlink()


ABSENT: dict[str, Callable[[Path], None]] = {
    "the record": shutil.rmtree,
    "the definition": lost("election.json"),
    "the board": lost("board/entries.jsonl"),
    "the checkpoint": lost("board/checkpoint"),
    "the roll": lost_list(Roll, "credentials"),
    "a shuffled list": lost_list(Shuffle, "output"),
    "a proof of shuffle": lost_list(Shuffle, "vectors", -1),
    "a list of shares": lost_list(DecryptionShare, "shares"),
    "all lists": lambda path: shutil.rmtree(path / "lists"),
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_absent_leaves_the_verdict_open(record: Path, name: str) -> None:
    ABSENT[name](record)
    report = verify(record)
    assert report.status == 2
    assert not report
    assert all(finding.absent and finding.check == "record.complete" for finding in report.failures)
    assert failed(report)


@pytest.mark.parametrize("name", ["the checkpoint", "a shuffled list", "a proof of shuffle", "a list of shares"])
def test_what_is_absent_does_not_hide_what_is_false(record: Path, name: str) -> None:
    rewrite(record, Shuffle, -1, input=bytes(32))
    ABSENT[name](record)
    report = verify(record)
    assert report.status == 1
    assert "mix.input" in failed(report)


def test_a_lost_checkpoint_and_a_strange_file_are_both_reported(record: Path) -> None:
    lost("board/checkpoint")(record)
    foreign_file(record)
    report = verify(record)
    assert report.status == 1
    assert failed(report) == ["record.complete", "record.files"]


def test_a_file_that_cannot_be_read_is_absent(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    report = verify(record)
    assert report.status == 2
    assert "Permission denied" in report.failures[0].error


class BrokenPool(Executor):
    """Workers that die before they answer."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor())
        return future


def test_a_lost_worker_is_no_verdict(record: Path) -> None:
    report = verify(record, executor=BrokenPool())
    assert report.status == 2
    assert "worker" in report.failures[0].error


@pytest.mark.parametrize("step", range(6))
def test_an_election_under_way_is_not_finished_but_not_false(tmp_path: Path, step: int) -> None:
    simulation = open_box(tmp_path / "record", "both")
    steps: list[Callable[[Simulation], Any]] = [
        lambda s: s.cast([good_ballot(s, voter) for voter in ("n1", "n2", "n3")]),
        lambda s: s.operator.close_box(),
        lambda s: s.mix(),
        lambda s: s.operator.tally(),
        lambda s: s.decrypt(),
    ]
    for take in steps[:step]:
        take(simulation)
    simulation.operator.close_record()
    report = verify(simulation.path)
    assert report.status == 2
    assert "not finished" in report.failures[0].error
    due = ["the box is open", "the box is open", "operator: the aggregate", "operator: the aggregate", "trustees: 2"]
    assert ([*due, "operator: the result"])[step] in report.failures[0].error


# --- checkpoints seen elsewhere ---


def seen(lines: list[bytes], road: str = "both", key: SigningKey | None = None) -> bytes:
    simulation = finished(road)
    return sign_checkpoint(key or simulation.keys.operator, simulation.election.fingerprint, log_of(lines))


def test_every_earlier_checkpoint_is_continued(record: Path) -> None:
    lines = lines_of(record)
    for size in (1, 17, len(lines)):
        report = verify(record, checkpoint=seen(lines[:size]))
        assert report.status == 0
        assert any(finding.check == "board.consistency" and finding.held for finding in report.findings)


CHECKPOINTS: dict[str, tuple[str, Callable[[list[bytes]], bytes]]] = {
    "a fork": ("board.consistency", lambda lines: seen([*lines[:20], *lines[21:30]])),
    "another last entry": ("board.consistency", lambda lines: seen([*lines[:-1], lines[0]])),
    "a longer board": ("board.consistency", lambda lines: seen([*lines, lines[0]])),
    "another election": ("board.checkpoint", lambda lines: seen(lines, "sum")),
    "another operator": ("board.checkpoint", lambda lines: seen(lines, key=SigningKey.generate())),
    "no checkpoint": ("board.checkpoint", lambda _: b"a note"),
}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_that_the_board_does_not_continue_refutes_it(record: Path, name: str) -> None:
    check, make = CHECKPOINTS[name]
    report = verify(record, checkpoint=make(lines_of(record)))
    assert (report.status, failed(report)) == (1, [check])


def test_a_shortened_board_is_betrayed_by_the_checkpoint_of_a_receipt(record: Path) -> None:
    """The operator leaves out the last result and signs again; whoever kept the old checkpoint notices."""
    lines = lines_of(record)
    reseal(record, lines[:-1])
    assert verify(record).status == 2
    assert verify(record, checkpoint=seen(lines)).status == 1


# --- reports ---


def test_a_report_without_checks_is_no_pass() -> None:
    assert not Report()
    assert Report().status == 2
    assert Report(findings=[Finding("a", 0)]).status == 2


def test_what_is_false_outweighs_what_is_absent() -> None:
    held, absent, false = Finding("a", 3), Finding("b", 0, "gone", absent=True), Finding("c", 1, "false")
    assert Report(findings=[held]).status == 0
    assert Report(findings=[held, absent]).status == 2
    assert Report(findings=[held, false]).status == Report(findings=[absent, false, held]).status == 1


@pytest.mark.parametrize("workers", [0, 2])
def test_ballots_beyond_a_chunk_are_all_checked(tmp_path: Path, workers: int) -> None:
    """A false ballot in the second chunk of 64 is named, with workers and without."""
    simulation = open_box(tmp_path / "record", "mix")
    for _ in range(7):
        simulation.cast([good_ballot(simulation, voter) for voter in [p for p in simulation.keys.voters if p != "w1"]])
    simulation.operator.close_record()
    lines = lines_of(simulation.path)
    assert sum(b'"kind":"ballot"' in line for line in lines) == 77
    first, last = ([i for i, line in enumerate(lines) if b'"voter n1"' in line][at] for at in (0, -1))
    copied = decode_entry(lines[first]).body.answers[0].proofs  # type: ignore[union-attr]
    entry = decode_entry(lines[last])
    body = changed(entry.body, answers=(changed(entry.body.answers[0], proofs=copied),))  # type: ignore[union-attr]
    key = simulation.keys.of("voter n1")
    lines[last] = bytes(sign_entry(key, simulation.election.fingerprint, "voter n1", body))
    (simulation.path / "board" / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    with ProcessPoolExecutor(workers) if workers else nullcontext() as executor:
        report = verify(simulation.path, executor=executor)
    (failure,) = report.failures
    assert failure.check == "ballot.proof"
    assert f"entry {last} (ballot by voter n1)" in failure.error
