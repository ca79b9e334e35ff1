"""``evote verify`` and ``evote show`` on records that are finished, false, or not all there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evote.verify import CHECKS
from tests.cli.parties import Parties, one_sentence
from tests.elections import EXPECTED, copy_of, finished, open_box


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    return Parties(tmp_path / "home", "both")


def drop_list(record: Path) -> None:
    max((record / "lists").iterdir()).unlink()


def cut(record: Path) -> None:
    entries = record / "board" / "entries.jsonl"
    entries.write_bytes(b"".join(entries.read_bytes().splitlines(keepends=True)[:-1]))


def swap_option_names(record: Path) -> None:
    election = record / "election.json"
    election.write_bytes(election.read_bytes().replace(b'"Ada"', b'"Ida"'))


def add_a_file(record: Path) -> None:
    (record / "notes.txt").write_text("Ada won.")


def add_a_file_and_drop_a_list(record: Path) -> None:
    add_a_file(record)
    drop_list(record)


def drop_the_board(record: Path) -> None:
    (record / "board" / "entries.jsonl").unlink()


def write_garbage(record: Path) -> None:
    (record / "board" / "checkpoint").write_bytes(b"\xff")


CHANGES: dict[str, tuple[Callable[[Path], None], int, str]] = {
    "a list is missing": (drop_list, 2, "ABSENT record.complete"),
    "the board is missing": (drop_the_board, 2, "ABSENT record.complete"),
    "the last entry is missing": (cut, 1, "FALSE board.root"),
    "another definition": (swap_option_names, 1, "FALSE"),
    "a stowaway": (add_a_file, 1, "FALSE record.files: notes.txt"),
    "a stowaway, and a list is missing": (add_a_file_and_drop_a_list, 1, "FALSE record.files"),
    "a checkpoint that is none": (write_garbage, 1, "FALSE board.checkpoint"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_verdict_is_the_status(parties: Parties, tmp_path: Path, name: str) -> None:
    change, status, line = CHANGES[name]
    record = copy_of("both", tmp_path / "record")
    change(record)
    answer = parties.run("verify", record, "--json", tmp_path / "report.json")
    assert (answer.status, answer.err) == (status, "")
    assert line in answer.out
    assert answer.out.splitlines()[-1].startswith("REFUTED" if status == 1 else "INCOMPLETE")
    assert json.loads((tmp_path / "report.json").read_text())["status"] == status


def test_what_is_no_record_is_a_2(parties: Parties, tmp_path: Path) -> None:
    answer = parties.run("verify", tmp_path / "nothing")
    assert answer.status == 2
    assert "is not a record" in answer.out
    assert "VERIFIED" not in answer.out


def test_the_report_says_all_that_the_screen_says(parties: Parties, tmp_path: Path) -> None:
    path, simulation = tmp_path / "report.json", finished("both")
    fingerprint = simulation.election.fingerprint.hex()
    answer = parties.run("verify", simulation.path, "--json", path, "--expect", fingerprint)
    report = json.loads(path.read_text())
    assert (report["status"], report["expected"], report["notes"]) == (0, fingerprint, [])
    assert report["election"] == {"name": simulation.election.name, "fingerprint": fingerprint}
    for finding in report["findings"]:
        assert finding["meaning"] == CHECKS[finding["check"]]
        assert f"│ {finding['check']} " in answer.out
    assert len(report["scope"]) > 1
    assert set(report["scope"]) <= set(answer.out.splitlines())
    for contest, expected in EXPECTED.items():
        result = report["results"][contest]
        assert (tuple(result["counts"]), result["blank"], result["invalid"], result["withheld"]) == expected


def test_a_report_that_cannot_be_written_is_a_2(parties: Parties, tmp_path: Path) -> None:
    answer = parties.run("verify", finished("sum").path, "--json", tmp_path / "nowhere" / "report.json")
    one_sentence(answer, 2, "report.json: No such file")


def test_a_false_record_stays_a_1_when_the_report_cannot_be_written(parties: Parties, tmp_path: Path) -> None:
    record = copy_of("sum", tmp_path / "record")
    add_a_file(record)
    answer = parties.run("verify", record, "--json", tmp_path / "nowhere" / "report.json")
    one_sentence(answer, 1, "report.json: No such file")


def test_an_election_under_way_is_shown_as_far_as_it_goes(parties: Parties, tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "both")
    simulation.operator.close_record()
    answer = parties.run("show", simulation.path)
    assert (answer.status, answer.err) == (0, "")
    assert "kept if the box closed now" in answer.out
    assert "Mayor: no result yet" in answer.out
    assert "voting is open: 12 voters, 0 ballots so far" in parties.run("status", simulation.path).out


def test_invalid_votes_are_shown_as_elements(parties: Parties) -> None:
    answer = parties.run("show", finished("mix").path, "--units")
    (unit,) = (u for u in finished("mix").counting.results["mayor"].units if u.invalid)
    assert f"invalid in unit {unit.unit}: {unit.invalid_elements[0].hex()}" in answer.out


def test_a_false_record_shows_nothing(parties: Parties, tmp_path: Path) -> None:
    record = copy_of("sum", tmp_path / "record")
    cut(record)
    answer = parties.run("show", record)
    one_sentence(answer, 1, "board.root")
    assert answer.out == ""
