"""Shuffles of several parties in a row: what a part of them shows, and what the scope says of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evote.crypto.group import group
from evote.formats.verificatum.shuffle import party_file
from evote.formats.verificatum.verifier import verify_directory
from evote.formats.verificatum.writer import MixServer
from evote.record.report import Report
from tests.formats.verificatum.cases import SEED, edit
from tests.formats.verificatum.synthetic import write_session

KINDS = ("Ciphertexts", "PermutationCommitment", "PoSCommitment", "PoSReply")
PARTY = b"<party></party>"
OUTPUT = "ShuffledCiphertexts.bt"


def files(root: Path, party: int) -> list[Path]:
    return [root / party_file(kind, party) for kind in KINDS]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shuffles in a session of four parties of which two have to; each made as that of a party alone."""
    case = tmp_path_factory.mktemp("session")
    write_session(group("p-256"), 4, case)
    turns, source = [case / f"turn-{party}" for party in (1, 2, 3)], case / "ciphertexts"
    for turn in turns:
        MixServer.read(case / "protInfo.xml", case / "publicKey").shuffle(turn, source)
        source = turn / OUTPUT
    root = shutil.copytree(turns[0], case / "nizkp")
    for party, turn in enumerate(turns, 1):
        for old, new in zip(files(turn, 1), files(root, party), strict=True):
            shutil.copy(old, new)
    shutil.copy(source, root / OUTPUT)
    (root / "proofs" / "activethreshold").write_text("3")
    numbers = {b"<nopart>1": b"<nopart>4", b"<thres>1": b"<thres>2", b"</party>": b"</party>" + 3 * PARTY}
    for one, several in numbers.items():
        edit("protInfo.xml", one, several)(case)
    return case


def report(case: Path, *, compared: bool = False) -> Report:
    ciphertexts = case / "ciphertexts" if compared else None
    return verify_directory(case / "nizkp", case / "protInfo.xml", ciphertexts=ciphertexts, seed=SEED)


def said(case: Path) -> str:
    """Return what the scope says of an accepted directory's parties."""
    found = report(case)
    assert (found.status, found.failures) == (0, [])
    return found.scope[0].partition("; ")[2]


def test_all_of_them(made: Path) -> None:
    assert said(made) == "parties: 4, 3 of them shuffled, 2 had to"
    assert report(made, compared=True).status == 0


def without_the_last(case: Path) -> None:
    root = case / "nizkp"
    for path in files(root, 3):
        path.unlink()
    shutil.copy(files(root, 2)[0], root / OUTPUT)
    (root / "proofs" / "activethreshold").write_text("2")


def without_the_first(case: Path) -> None:
    root = case / "nizkp"
    files(root, 1)[0].rename(root / "Ciphertexts.bt")
    for party in (1, 2):
        for old, new in zip(files(root, party + 1), files(root, party), strict=True):
            old.rename(new)
    (root / "proofs" / "activethreshold").write_text("2")


def test_the_first_ones_are_a_true_rest_and_the_scope_says_how_many(made: Path, tmp_path: Path) -> None:
    case = shutil.copytree(made, tmp_path / "case")
    without_the_last(case)
    assert said(case) == "parties: 4, 2 of them shuffled, 2 had to"
    assert report(case, compared=True).status == 0


def test_the_last_ones_are_a_true_rest_of_another_list(made: Path, tmp_path: Path) -> None:
    case = shutil.copytree(made, tmp_path / "case")
    without_the_first(case)
    assert said(case) == "parties: 4, 2 of them shuffled, 2 had to"
    (failure,) = report(case, compared=True).failures
    assert (failure.check, failure.absent) == ("verificatum.origin", False)


def test_fewer_than_have_to_are_not_enough(made: Path, tmp_path: Path) -> None:
    case = shutil.copytree(made, tmp_path / "case")
    without_the_last(case)
    edit("proofs/activethreshold", b"2", b"1")(case)
    assert report(case).status == 1
    edit("protInfo.xml", b"<thres>2", b"<thres>3")(case)
    edit("proofs/activethreshold", b"1", b"3")(case)
    assert report(case).status == 2


def test_turns_exchanged_are_refused(made: Path, tmp_path: Path) -> None:
    case = shutil.copytree(made, tmp_path / "case")
    root = case / "nizkp"
    for first, second in zip(files(root, 1), files(root, 2), strict=True):
        held = first.read_bytes()
        shutil.copy(second, first)
        second.write_bytes(held)
    assert report(case).status == 1
