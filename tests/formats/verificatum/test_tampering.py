"""What was changed is refused, and named: the file, or the party and the equation."""

import os
from pathlib import Path

import pytest

from evote.formats.verificatum.byte_tree import node_header
from evote.formats.verificatum.protinfo import read_protinfo
from tests.formats.verificatum.cases import (
    VECTORS,
    Change,
    both,
    copied,
    delete,
    edit,
    file_names,
    flip,
    swap,
    verified,
    write,
)

SHUFFLE, MIX, MANY = "modp3072-k1-shuffle-n20", "modp3072-k1-mix-n20", "p256-k3t2-mix-n20"
WIDE, AHEAD, DECRYPT = "p256-k1-shuffle-w2-n20", "p256-k1-precomp-mix-n20", "modp3072-k1-decrypt-n20"
P256_MIX, ONE = "p256-k1-mix-n20", "p256-k1-shuffle-n1"

MODP_RECORD, POINT = 390, 81
INFINITY = b"\0\0\0\0\2" + 2 * (b"\1\0\0\0\x21" + b"\xff" * 33)
OTHER_INFINITY = b"\0\0\0\0\2" + 2 * (b"\1\0\0\0\x21\0" + b"\xff" * 32)

P = getattr(read_protinfo(VECTORS / MIX / "protInfo.xml").group, "p", 0)
NO_SQUARE = (P - 1).to_bytes(384, "big")


def data(case: str, file: str) -> bytes:
    return (VECTORS / case / "nizkp" / file).read_bytes()


def first_of(file: str, new: bytes, at: int = 5) -> Change:
    """Return what replaces the point that begins at a place."""

    def change(case: Path) -> None:
        path = case / "nizkp" / file
        held = path.read_bytes()
        path.write_bytes(held[:at] + new + held[at + len(new) :])

    return change


def shorter(file: str, record: int) -> Change:
    """Return what takes the last element out of both columns of a list."""

    def change(case: Path) -> None:
        path = case / "nizkp" / file
        held = path.read_bytes()
        half = (len(held) - 5) // 2
        columns = (held[5 : 5 + half], held[5 + half :])
        cut = [node_header(19) + column[5:-record] for column in columns]
        path.write_bytes(held[:5] + b"".join(cut))

    return change


def stranger(case: Path) -> None:
    (case / "nizkp/proofs/PoSReply02.bt").write_bytes(b"")


def link(case: Path) -> None:
    path = case / "nizkp/proofs/PoSReply01.bt"
    path.rename(case / "elsewhere")
    path.symlink_to(case / "elsewhere")


def file_for_directory(case: Path) -> None:
    (case / "nizkp/proofs").rename(case / "elsewhere")
    (case / "nizkp/proofs").write_bytes(b"")


def linked_directory(case: Path) -> None:
    (case / "nizkp/proofs").rename(case / "elsewhere")
    (case / "nizkp/proofs").symlink_to(case / "elsewhere")


def device(case: Path) -> None:
    path = case / "nizkp/proofs/PoSReply01.bt"
    path.unlink()
    os.mkfifo(path)


# as in the collection's MANIFEST files, vmnv accepts neg06
REFERENCE: dict[str, tuple[str, Change, str, str]] = {
    "neg01": (MIX, flip("proofs/PoSReply01.bt", 17130), "shuffle", "party 1: equation F"),
    "neg02": (SHUFFLE, flip("proofs/PoSReply01.bt", 17130), "shuffle", "party 1: equation F"),
    "neg03": (SHUFFLE, flip("proofs/PoSReply01.bt", 16631), "shuffle", "party 1: equation A"),
    "neg04": (
        SHUFFLE,
        swap("proofs/PermutationCommitment01.bt", 5, 395, MODP_RECORD),
        "shuffle",
        "party 1: equation A",
    ),
    "neg05": (
        SHUFFLE,
        both(*(swap(file, 10, 400, MODP_RECORD) for file in ("proofs/Ciphertexts01.bt", "ShuffledCiphertexts.bt"))),
        "shuffle",
        "party 1: equation A",
    ),
    "neg06": (SHUFFLE, swap("ShuffledCiphertexts.bt", 10, 400, MODP_RECORD), "lists", "ShuffledCiphertexts.bt is not"),
    "neg07": (MIX, flip("proofs/DecrFactReply01.bt", 388), "decryption", "equation of party 1: key"),
    "neg08": (MIX, swap("Plaintexts.bt", 5, 395, MODP_RECORD), "plaintexts", "Plaintexts.bt"),
    "neg09": (WIDE, flip("proofs/PoSCommitment01.bt", 60), "shuffle", "proofs/PoSCommitment01.bt B 0"),
    "neg10": (WIDE, flip("proofs/PoSReply01.bt", 1729), "shuffle", "party 1: equation F"),
}
FALSE: dict[str, tuple[str, Change, str, str]] = {
    **REFERENCE,
    # equations
    "k_A": (WIDE, flip("proofs/PoSReply01.bt", 5 + 37), "shuffle", "party 1: equation A"),
    "k_B": (WIDE, flip("proofs/PoSReply01.bt", 5 + 38 + 5 + 3 * 38 - 1), "shuffle", "party 1: equation B"),
    "k_C": (WIDE, flip("proofs/PoSReply01.bt", 5 + 38 + 5 + 20 * 38 + 37), "shuffle", "party 1: equation C"),
    "k_D": (WIDE, flip("proofs/PoSReply01.bt", 5 + 38 + 5 + 20 * 38 + 75), "shuffle", "party 1: equation D"),
    "the second party's k_F": (MANY, flip("proofs/PoSReply02.bt", -1), "shuffle", "party 2: equation F"),
    "k_D of a commitment": (AHEAD, flip("proofs/PoSCReply01.bt", -1 - 25 * 38 - 5), "shuffle", "equation PoSC D"),
    "k_E of a commitment": (AHEAD, flip("proofs/PoSCReply01.bt", -1), "shuffle", "equation PoSC A"),
    "k_A of a list": (AHEAD, flip("proofs/CCPoSReply01.bt", 5 + 37), "shuffle", "equation CCPoS A"),
    "k_B of a list": (AHEAD, flip("proofs/CCPoSReply01.bt", 5 + 75), "shuffle", "equation CCPoS B"),
    "factors exchanged": (
        MANY,
        swap("proofs/DecryptionFactors01.bt", 5, 5 + POINT, POINT),
        "decryption",
        "equation of party 1: key",
    ),
    "the third party's reply": (MANY, flip("proofs/DecrFactReply03.bt", -1), "decryption", "party 3: key"),
    "plaintexts of many": (MANY, swap("Plaintexts.bt", 5, 5 + POINT, POINT), "plaintexts", "Plaintexts.bt"),
    "input of another party": (MANY, swap("proofs/Ciphertexts01.bt", 10, 10 + POINT, POINT), "shuffle", "party 1"),
    "another session": (WIDE, write("auxsid", b"wide3"), "shuffle", "party 1: equation A"),
    "another protocol": (WIDE, edit("protInfo.xml", b"<sid>VMNVector", b"<sid>VMNVictor"), "shuffle", "equation A"),
    # lists and keys
    "another output beside": (
        ONE,
        write("ShuffledCiphertexts.bt", data(P256_MIX, "Ciphertexts.bt")),
        "lists",
        "ShuffledCiphertexts.bt is not",
    ),
    "a list cut short": (P256_MIX, shorter("proofs/Ciphertexts01.bt", POINT), "lists", "19 trees in a node where 20"),
    "columns of two lengths": (
        P256_MIX,
        edit("Ciphertexts.bt", node_header(20), node_header(19)),
        "lists",
        "Ciphertexts.bt",
    ),
    "an empty list": (P256_MIX, write("Ciphertexts.bt", node_header(2) + 2 * node_header(0)), "lists", "an empty list"),
    "the identity as key": (
        P256_MIX,
        first_of("FullPublicKey.bt", INFINITY, 86),
        "key",
        "the identity is no public key",
    ),
    "another generator": (P256_MIX, swap("FullPublicKey.bt", 5, 86, POINT), "key", "not the group's generator"),
    "another polynomial": (
        P256_MIX,
        write("proofs/PolynomialInExponent.bt", data(AHEAD, "proofs/PolynomialInExponent.bt")),
        "key",
        "not the joint key",
    ),
    "a polynomial of higher degree": (
        P256_MIX,
        write("proofs/PolynomialInExponent.bt", data(MANY, "proofs/PolynomialInExponent.bt")),
        "key",
        "2 trees in a node where 1 belong",
    ),
    # encodings
    "the identity in a second encoding": (
        P256_MIX,
        first_of("Ciphertexts.bt", OTHER_INFINITY, 10),
        "shuffle",
        "u item 0",
    ),
    "the point (0, 0)": (
        P256_MIX,
        first_of("Ciphertexts.bt", OTHER_INFINITY.replace(b"\xff", b"\0"), 10),
        "shuffle",
        "Ciphertexts.bt u item 0",
    ),
    "a coordinate with a sign": (
        P256_MIX,
        flip("Ciphertexts.bt", 20, 0x80),
        "lists",
        "Ciphertexts.bt 0: not an encoding",
    ),
    "a residue with a sign": (MIX, flip("Ciphertexts.bt", 15, 0x80), "lists", "Ciphertexts.bt 0: not an encoding"),
    "no square": (MIX, first_of("Plaintexts.bt", NO_SQUARE, 11), "plaintexts", "Plaintexts.bt item 0"),
    "zero": (MIX, first_of("Plaintexts.bt", bytes(384), 11), "plaintexts", "Plaintexts.bt item 0"),
    "plaintexts cut short": (DECRYPT, write("Plaintexts.bt", b""), "plaintexts", "Plaintexts.bt, byte 0: it ends too"),
    "a scalar not below the order": (
        ONE,
        first_of("proofs/PoSReply01.bt", b"\xff" * 32, 11),
        "shuffle",
        "not below the order",
    ),
    "a keep list with a 2": (AHEAD, flip("proofs/KeepList01.bt", 5, 3), "shuffle", "KeepList01.bt"),
    "a keep list that keeps more": (AHEAD, edit("proofs/KeepList01.bt", b"\0", b"\1", 9), "shuffle", "KeepList01.bt"),
    "fewer commitments than ciphertexts": (AHEAD, write("proofs/maxciph", b"19"), "shuffle", "proofs/maxciph"),
    "more commitments than anybody has": (
        AHEAD,
        write("proofs/maxciph", b"99999999"),
        "shuffle",
        "PermutationCommitment01.bt",
    ),
    "another number of commitments": (AHEAD, write("proofs/maxciph", b"24"), "shuffle", "PermutationCommitment01.bt"),
    "indices with a 2": (MANY, flip("proofs/CorrectIndices.bt", 6, 3), "decryption", "CorrectIndices.bt"),
    "nobody's index": (MANY, flip("proofs/CorrectIndices.bt", 5), "decryption", "CorrectIndices.bt"),
    "too few correct parties": (
        MANY,
        edit("proofs/CorrectIndices.bt", b"\1\1\1\1", b"\1\0\0\1"),
        "decryption",
        "fewer than 2",
    ),
    # parameters and files
    "another version": (WIDE, write("version", b"3.0.4"), "parameters", "version 3.0.4"),
    "another width": (WIDE, write("width", b"1"), "parameters", "width 1"),
    "a width with a zero before it": (WIDE, write("width", b"02"), "parameters", "width: not a number"),
    "an end of line": (WIDE, write("type", b"shuffling\n"), "parameters", "type: not one word"),
    "another kind": (WIDE, write("type", b"mingling"), "parameters", "auxsid or type"),
    "a threshold below the session's": (MANY, write("proofs/activethreshold", b"1"), "parameters", "activethreshold"),
    "more parties than there are": (MANY, write("proofs/activethreshold", b"4"), "parameters", "activethreshold"),
    "a file that nobody reads": (WIDE, stranger, "files", "proofs/PoSReply02.bt"),
    "a link": (WIDE, link, "files", "proofs/PoSReply01.bt"),
    "a file for a directory": (WIDE, file_for_directory, "files", "proofs is not a directory"),
    "a link for a directory": (WIDE, linked_directory, "files", "proofs"),
    "a pipe for a file": (WIDE, device, "files", "proofs/PoSReply01.bt"),
}
ABSENT: dict[str, tuple[str, Change, str, str]] = {
    "a party that is inactive": (
        MANY,
        both(*(delete(f"proofs/{kind}02.bt") for kind in ("PermutationCommitment", "PoSCommitment", "PoSReply"))),
        "complete",
        "proofs/PermutationCommitment02.bt is missing",
    ),
    "a third party that shuffled": (MANY, write("proofs/activethreshold", b"3"), "complete", "proofs/Ciphertexts03.bt"),
    "no output": (
        WIDE,
        both(delete("ShuffledCiphertexts.bt"), delete("proofs/Ciphertexts01.bt")),
        "complete",
        "ShuffledCiphertexts.bt is missing",
    ),
    "no polynomial": (P256_MIX, delete("proofs/PolynomialInExponent.bt"), "complete", "PolynomialInExponent.bt"),
    "no directory": (WIDE, lambda case: (case / "nizkp").rename(case / "other"), "complete", "not a directory"),
    "no protInfo.xml": (WIDE, lambda case: (case / "protInfo.xml").unlink(), "complete", "protInfo.xml"),
}


def refused(case: Path, status: int, check: str, error: str) -> None:
    report = verified(case)
    assert report.status == status
    assert not report
    assert any(f.check == f"verificatum.{check}" and error in f.error for f in report.failures), report.failures
    assert not any(f.check == "verificatum.complete" and f.held for f in report.findings)


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_refused(name: str, tmp_path: Path) -> None:
    of, change, check, error = FALSE[name]
    case = copied(of, tmp_path)
    change(case)
    refused(case, 1, check, error)


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_absent_is_named(name: str, tmp_path: Path) -> None:
    of, change, check, error = ABSENT[name]
    case = copied(of, tmp_path)
    change(case)
    refused(case, 2, check, error)


@pytest.mark.parametrize("file", file_names(AHEAD))
def test_no_file_can_be_taken_away_or_changed(file: str, tmp_path: Path) -> None:
    case = copied(AHEAD, tmp_path)
    path = case / "nizkp" / file
    held = path.read_bytes()
    for changed in (held + b"\0", held[:-1], b"", held[: len(held) // 2]):
        path.write_bytes(changed)
        assert verified(case).status == 1, changed[:9]
    middle = len(held) // 2
    path.write_bytes(held[:middle] + bytes([held[middle] ^ 1]) + held[middle + 1 :])
    assert verified(case).status in (1, 2)
    path.unlink()
    assert verified(case).status == 2 if file != "proofs/maxciph" else 1


def test_malformed_plaintexts_keep_no_proof_from_being_checked(tmp_path: Path) -> None:
    case = copied(DECRYPT, tmp_path)
    write("Plaintexts.bt", b"")(case)
    (failure,) = verified(case).failures
    assert failure.check == "verificatum.plaintexts"
    assert any(f.check == "verificatum.decryption" and f.held for f in verified(case).findings)
    flip("proofs/DecrFactReply01.bt", -1)(case)
    assert {f.check for f in verified(case).failures} == {"verificatum.plaintexts", "verificatum.decryption"}


def test_what_is_false_outweighs_what_is_absent(tmp_path: Path) -> None:
    case = copied(AHEAD, tmp_path)
    flip("proofs/KeepList01.bt", 5, 3)(case)
    delete("proofs/CorrectIndices.bt")(case)
    assert verified(case).status == 1
    assert any(finding.absent for finding in verified(case).failures)
