"""Decryptions that Verificatum's vectors have none of: several keys and blocks at once, any parties that count."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evote.crypto.group import group
from evote.formats.verificatum.byte_tree import leaf, node
from evote.formats.verificatum.decryption import read_polynomial
from evote.formats.verificatum.directory import Directory
from evote.formats.verificatum.lists import JointKey, Layout
from evote.formats.verificatum.protinfo import read_protinfo
from evote.formats.verificatum.records import write_element
from evote.formats.verificatum.verifier import verify_directory
from tests.formats.verificatum.cases import SEED, Change, both, delete, flip, swap, verified, write
from tests.formats.verificatum.decrypting import Decryption

POINT = 81


SHAPES: dict[str, Decryption] = {
    "one key": Decryption(),
    "two keys": Decryption(2),
    "three blocks": Decryption(1, 3),
    "two keys in three blocks": Decryption(2, 3),
    "two of three parties": Decryption(3, 2, 3, 2),
    "the first and the third": Decryption(2, 2, 3, 2, (1, 3)),
    "three of four, not the first": Decryption(1, 2, 4, 3, (2, 3, 4)),
    "mixed, two keys in two blocks": Decryption(2, 2, mixed=True),
    "mixed by one of three, decrypted by the third": Decryption(2, 3, 3, 1, (3,), mixed=True),
}


@pytest.mark.parametrize("name", SHAPES)
def test_decryptions_of_every_shape(name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]
    shape.write(tmp_path, group("p-256"), 3)
    key, ciphertexts = tmp_path / "publicKey", tmp_path / "ciphertexts"
    report = verify_directory(
        tmp_path / "nizkp", tmp_path / "protInfo.xml", key=key, ciphertexts=ciphertexts, seed=SEED
    )
    assert report.status == 0, report.failures
    silent = set(range(1, shape.parties + 1)) - set(shape.correct or range(1, shape.parties + 1))
    assert [note for note in report.notes if "not checked" in note] == [
        f"party {party} does not count as correct: what it says of the decryption was not checked"
        for party in sorted(silent)
    ]


def test_in_a_subgroup(tmp_path: Path) -> None:
    Decryption(2, 2, 3, 2).write(tmp_path, group("electionguard-4096"), 2)
    assert verified(tmp_path).status == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two keys in two blocks, three parties of which two count, three rows."""
    case = tmp_path_factory.mktemp("session")
    Decryption(2, 2, 3, 2, (1, 3)).write(case, group("p-256"), 3)
    return case


def indices(*correct: int) -> Change:
    return write("proofs/CorrectIndices.bt", leaf(bytes([1, *correct])))


def first_coefficient(case: Path) -> None:
    """Write the constant polynomial, of which each party would have the whole key."""
    path = case / "nizkp" / "proofs" / "PolynomialInExponent.bt"
    size = 5 + 2 * POINT
    path.write_bytes(node(path.read_bytes()[5 : 5 + size]))


TAMPERING: dict[str, tuple[Change, str, str]] = {
    "the second key's reply": (flip("proofs/DecrFactReply01.bt", -1), "decryption", "party 1: key"),
    "the first key's reply": (flip("proofs/DecrFactReply03.bt", 5 + 37), "decryption", "party 3: key"),
    "y' of the second key": (swap("proofs/DecrFactCommitment01.bt", 10, 10 + POINT, POINT), "decryption", "party 1"),
    "B' of the blocks": (
        swap("proofs/DecrFactCommitment01.bt", 10 + 2 * POINT + 10, 10 + 2 * POINT + 15 + 2 * POINT, POINT),
        "decryption",
        "party 1",
    ),
    "factors of two keys": (
        swap("proofs/DecryptionFactors01.bt", 15, 15 + 5 + 3 * POINT, POINT),
        "decryption",
        "party 1",
    ),
    "plaintexts of two keys": (swap("Plaintexts.bt", 15, 15 + 5 + 3 * POINT, POINT), "plaintexts", "Plaintexts.bt"),
    "plaintexts of two rows": (swap("Plaintexts.bt", 15, 15 + POINT, POINT), "plaintexts", "Plaintexts.bt"),
    "a false party counts": (
        both(flip("proofs/DecrFactReply02.bt", -1), indices(1, 1, 1)),
        "decryption",
        "party 2: key",
    ),
    "too few parties count": (indices(0, 0, 1), "decryption", "1 parties count as correct, fewer than 2"),
    "none too many": (indices(1, 0, 1, 0), "decryption", "CorrectIndices.bt"),
    "factors of a party that does not count": (
        swap("proofs/DecryptionFactors02.bt", 15, 15 + POINT, POINT),
        "decryption",
        "party 1",
    ),
    "a commitment of a party that does not count": (
        swap("proofs/DecrFactCommitment02.bt", 10, 10 + POINT, POINT),
        "decryption",
        "party 1",
    ),
    "a polynomial of lower degree": (first_coefficient, "key", "1 trees in a node where 2 belong"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_changed_it_is_refused(name: str, made: Path, tmp_path: Path) -> None:
    change, check, error = TAMPERING[name]
    case = shutil.copytree(made, tmp_path / "case")
    assert verified(case).status == 0
    change(case)
    report = verified(case)
    assert report.status == 1
    assert any(f.check == f"verificatum.{check}" and error in f.error for f in report.failures), report.failures


@pytest.mark.parametrize(("keywidth", "undivided"), [(1, (0,)), (2, (0,)), (2, (1,)), (3, (0, 2))])
def test_a_key_that_each_party_has_alone_is_refused(keywidth: int, undivided: tuple[int, ...], tmp_path: Path) -> None:
    """Also if the other keys of the product need all parties."""
    Decryption(keywidth, 2, 3, 2, undivided=undivided).write(tmp_path, group("p-256"), 2)
    report = verified(tmp_path)
    assert report.status == 1
    columns = ", ".join(str(j + 1) for j in undivided)
    (failure,) = report.failures
    assert failure.check == "verificatum.key"
    assert failure.error.endswith(f"its last coefficient is the identity in columns {columns}")


def test_a_key_of_1_need_not_be_divided(tmp_path: Path) -> None:
    case, of = tmp_path, group("p-256")
    Decryption(2, 1, 2, 2).write(case, of, 2)
    path = case / "nizkp" / "proofs" / "PolynomialInExponent.bt"
    layout, info = Layout(of, 2, 1), read_protinfo(case / "protInfo.xml")
    key = JointKey(of, (of.identity, of.generator), b"", b"")
    rows = [[of.identity, of.generator], [of.identity, of.generator]]
    path.write_bytes(node(*(node(*map(write_element, row)) for row in rows)))
    polynomial = read_polynomial(Directory(case / "nizkp"), layout, key, info.threshold)
    assert polynomial.coefficients == tuple(map(tuple, rows))


@pytest.mark.parametrize("kind", ["DecryptionFactors", "DecrFactCommitment", "DecrFactReply"])
def test_a_party_that_does_not_count_must_have_spoken(kind: str, made: Path, tmp_path: Path) -> None:
    case = shutil.copytree(made, tmp_path / "case")
    delete(f"proofs/{kind}02.bt")(case)
    assert verified(case).status == 2
