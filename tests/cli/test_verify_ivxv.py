"""``evote verify --format ivxv``: a directory, or files named one by one; the status is the verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evote.formats.ivxv.evidence import NAMES, ROLES
from tests.cli.parties import Answer, Parties, one_sentence
from tests.formats.ivxv.audits import ELECTION, edit, election, verified
from tests.formats.ivxv.mixed import mixed_election
from tests.formats.ivxv.vectors import THIRD

IVXV = ("--format", "ivxv")


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    return Parties(tmp_path / "home", "both")


def is_verdict(answer: Answer, status: int) -> None:
    assert (answer.status, answer.err) == (status, "")
    assert "Traceback" not in answer.out
    assert answer.last.startswith(("VERIFIED", "REFUTED", "INCOMPLETE")[status])


def named(directory: Path) -> list[object]:
    """Return the options that name all files of an election, which need not bear their own names then."""
    words: list[object] = []
    for role in ROLES:
        for path in sorted(directory.iterdir()):
            if any(map(path.match, NAMES[role])):
                words += [f"--{role}", path]
    return words


def test_a_mixed_election_with_its_proof_of_shuffle(parties: Parties, tmp_path: Path) -> None:
    directory = mixed_election(tmp_path)
    is_verdict(parties.run("verify", directory, *IVXV), 0)
    is_verdict(parties.run("verify", *named(directory), "--mixing", directory / "mixing", *IVXV), 0)
    is_verdict(parties.run("verify", *named(directory), *IVXV), 2)


@pytest.mark.parametrize(("invalid", "mixed", "status"), [("none", False, 0), ("plain", False, 2), ("none", True, 2)])
def test_an_honest_election(parties: Parties, tmp_path: Path, invalid: str, mixed: bool, status: int) -> None:  # noqa: FBT001
    directory = election(tmp_path, invalid=invalid, mixed=mixed)
    whole = parties.run("verify", directory, *IVXV)
    is_verdict(whole, status)
    apart = parties.run("verify", *named(directory), *IVXV)
    is_verdict(apart, status)
    assert "key: SHA-256 " in whole.out
    assert "proofs: 6 hold, 0 do not; G2" in whole.out
    assert [line for line in whole.out.splitlines() if line.startswith("ABSENT")] == [
        line for line in apart.out.splitlines() if line.startswith("ABSENT")
    ]


def test_a_false_tally(parties: Parties, tmp_path: Path) -> None:
    directory = election(tmp_path)
    edit(".tally", lambda held: held["bydistrict"]["0164.1"].__setitem__("0164.101", 3))(directory)
    answer = parties.run("verify", directory, *IVXV, "--json", tmp_path / "report.json")
    is_verdict(answer, 1)
    assert "FALSE ivxv.tally.sums: official tool: does not ask; refused here because" in answer.out
    assert "0164.1, 0164.101: 3 and 2" in answer.out
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["status"] == 1
    assert any(line.startswith("key: SHA-256 ") for line in report["scope"])
    assert all(finding["meaning"] for finding in report["findings"])


def test_a_key_and_a_proof_file_alone(parties: Parties) -> None:
    """As the official auditor has it; what else there would be to see is said."""
    files = ["--key", THIRD / "gen3-pyivxv-lifted-pub.pem", "--proofs", THIRD / "gen3-pyivxv-lifted-proof"]
    answer = parties.run("verify", *files, *IVXV)
    is_verdict(answer, 2)
    assert "proofs: 3 hold, 0 do not; G3" in answer.out
    assert "ABSENT ivxv.complete: no box (" in answer.out
    assert "not reached, so not shown: ivxv.checksum, ivxv.choices, ivxv.mix, ivxv.shuffle, ivxv.account" in answer.out
    is_verdict(parties.run("verify", *files, "--format", "ivxv-g2"), 1)


def test_a_file_that_is_not_there(parties: Parties, tmp_path: Path) -> None:
    answer = parties.run("verify", election(tmp_path), *IVXV, "--proofs", tmp_path / "nowhere")
    is_verdict(answer, 2)
    assert f"ABSENT ivxv.complete: {tmp_path / 'nowhere'}: No such file" in answer.out
    is_verdict(parties.run("verify", election(tmp_path / "x"), *IVXV, "--proofs", tmp_path), 2)


def test_what_is_no_directory(parties: Parties, tmp_path: Path) -> None:
    is_verdict(parties.run("verify", tmp_path / "nothing", *IVXV), 2)
    (tmp_path / "file").write_bytes(b"")
    is_verdict(parties.run("verify", tmp_path / "file", *IVXV), 2)
    (tmp_path / "empty").mkdir()
    answer = parties.run("verify", tmp_path / "empty", *IVXV)
    is_verdict(answer, 2)
    assert answer.out.count("ABSENT") == 6


def test_what_a_file_says_moves_no_cursor(parties: Parties, tmp_path: Path) -> None:
    directory = election(tmp_path)
    (directory / "\x1b[2J").write_bytes(b"")
    answer = parties.run("verify", directory, *IVXV)
    is_verdict(answer, 0)
    assert "\x1b" not in answer.out
    assert "1 files were not looked at" in answer.out


CALLS: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing to verify": (("verify", *IVXV), "Missing argument 'RECORD'"),
    "our own format, without a record": (("verify",), "Missing argument 'RECORD'"),
    "our own format, with a file": (("verify", "r", "--key", "k"), "our own format has no use for --key"),
    "an option of another format": (
        ("verify", "r", "--format", "verificatum", "--protinfo", "p", "--box", "b"),
        "verificatum has no use for box",
    ),
    "an option of ours": (("verify", "r", *IVXV, "--checkpoint", "c"), "neither fingerprints nor checkpoints"),
    "a generation that is none": (
        ("verify", "r", "--format", "ivxv-g9"),
        "no format is named ivxv-g9; there are",
    ),
    "a file for another format": (("verify", "r", *IVXV, "--ciphertexts", "c"), "the format ivxv has no use for"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_is_a_2(parties: Parties, name: str) -> None:
    words, pattern = CALLS[name]
    one_sentence(parties.run(*words), 2, pattern)


@pytest.mark.parametrize("jobs", [1, 2])
def test_jobs_change_nothing(parties: Parties, tmp_path: Path, jobs: int) -> None:
    directory = election(tmp_path)
    is_verdict(parties.run("verify", directory, *IVXV, "--jobs", jobs), verified(directory).status)
    (directory / f"{ELECTION}-proof").write_bytes(b"[]")
    is_verdict(parties.run("verify", directory, *IVXV, "--jobs", jobs), 1)
