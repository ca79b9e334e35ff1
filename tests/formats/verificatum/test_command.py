"""``evote verify --format verificatum``: what it says, and what an auditor may bring from elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evote.cli.main import main
from evote.formats import foreign_format, format_names
from evote.formats.verificatum import verifier
from evote.formats.verificatum.verifier import VerificatumFormat
from tests.formats.verificatum.cases import VECTORS, copied, edit, flip, write

CASE = VECTORS / "p256-k1-mix-n20"
OTHER = VECTORS / "p256-k3t2-mix-n20"  # another session, of the same group and as many ciphertexts


def evote(case: Path, *words: str) -> int:
    arguments = ["verify", str(case / "nizkp"), "--format", "verificatum", "--jobs", "1"]
    return main([*arguments, "--protinfo", str(case / "protInfo.xml"), *words])


def test_the_command_says_what_held(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert evote(CASE, "--json", str(tmp_path / "report.json")) == 0
    said = capsys.readouterr().out
    assert "VERIFIED" in said
    scope = (
        "scope: mixing, session VMNVector.default, width 1, 20 ciphertexts; parties: 1, 1 of them shuffled, 1 had to"
    )
    taken = "taken from the directory, and compared with nothing: type, auxsid, the public key, the input list"
    assert said.splitlines()[-4:-2] == [scope, taken]
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["status"] == 0
    assert report["scope"] == [scope, taken]
    assert {finding["check"] for finding in report["findings"]} >= {"verificatum.shuffle", "verificatum.decryption"}
    assert all(finding["meaning"] for finding in report["findings"])


def test_the_command_says_what_is_false(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    case = copied(CASE.name, tmp_path)
    flip("proofs/PoSReply01.bt", -1)(case)
    assert evote(case) == 1
    assert "FALSE verificatum.shuffle: party 1: equation F" in capsys.readouterr().out


def key(case: Path) -> bytes:
    return (case / "publicKey").read_bytes()


def ciphertexts(case: Path) -> bytes:
    return (case / "nizkp" / "Ciphertexts.bt").read_bytes()


def brought(tmp_path: Path, **files: bytes | None) -> list[str]:
    """Return the options that bring these files; None is one that is not there."""
    for name, data in files.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
    return [word for name in files for word in (f"--{name}", str(tmp_path / name))]


def test_what_the_auditor_brings_is_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = {"key": key(CASE), "ciphertexts": ciphertexts(CASE)}
    compared = {"key": "the public key", "ciphertexts": "the input list"}
    for names, held in ((("key", "ciphertexts"), 2), (("key",), 1), (("ciphertexts",), 1), ((), 0)):
        words = brought(tmp_path, **{name: files[name] for name in names})
        assert evote(CASE, *words, "--json", str(tmp_path / "report.json")) == 0
        said = capsys.readouterr().out
        for name, what in compared.items():
            assert (f"origin of {what}: not checked" in said) == (name not in names)
        findings = json.loads((tmp_path / "report.json").read_text())["findings"]
        assert sum(finding["held"] for finding in findings if finding["check"] == "verificatum.origin") == held


def shorter(data: bytes) -> bytes:
    return data[:-1]


def longer(data: bytes) -> bytes:
    return data + b"\0"


def another_bit(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def nothing(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("change", [shorter, longer, another_bit, nothing])
@pytest.mark.parametrize("name", ["key", "ciphertexts"])
def test_what_is_almost_the_same_is_another(
    name: str,
    change: Callable[[bytes], bytes],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(verifier, "PIECE", 100)
    files = {"key": key(CASE), "ciphertexts": ciphertexts(CASE)}
    assert evote(CASE, *brought(tmp_path, **(files | {name: change(files[name])}))) == 1
    assert f"that in {tmp_path / name}" in capsys.readouterr().out.replace("\n", "")


SESSIONS: dict[str, tuple[bytes | None, bytes | None, int, list[str]]] = {
    "another session's key": (key(OTHER), ciphertexts(CASE), 1, ["FALSE verificatum.origin: the public key is not"]),
    "another session's list": (key(CASE), ciphertexts(OTHER), 1, ["FALSE verificatum.origin: the input list is not"]),
    "another session's key and list": (
        key(OTHER),
        ciphertexts(OTHER),
        1,
        ["FALSE verificatum.origin: the public key is not", "FALSE verificatum.origin: the input list is not"],
    ),
    "no key": (None, ciphertexts(CASE), 2, ["ABSENT verificatum.complete:"]),
    "no list": (key(CASE), None, 2, ["ABSENT verificatum.complete:"]),
    "another session's key, no list": (
        key(OTHER),
        None,
        1,
        ["FALSE verificatum.origin: the public key is not", "ABSENT verificatum.complete:"],
    ),
}


@pytest.mark.parametrize("name", SESSIONS)
def test_what_is_not_what_the_auditor_brings(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    theirs, listed, status, failures = SESSIONS[name]
    assert evote(CASE, *brought(tmp_path, key=theirs, ciphertexts=listed)) == status
    said = capsys.readouterr().out.splitlines()
    failed = [line for line in said if line.startswith(("FALSE", "ABSENT"))]
    assert len(failed) == len(failures)
    assert all(line.startswith(failure) for line, failure in zip(failed, failures, strict=True))


def scope_of(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith(("scope", "taken"))]


def test_what_a_directory_says_it_is_is_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = brought(tmp_path, key=key(CASE), ciphertexts=ciphertexts(CASE))
    assert evote(CASE, "--type", "mixing", "--auxsid", "default", "--width", "1") == 0
    assert scope_of(capsys)[1].endswith("nothing: the public key, the input list")
    assert evote(CASE, "--type", "mixing", *files) == 0
    assert scope_of(capsys)[1].endswith("nothing: auxsid")
    assert evote(CASE, "--type", "mixing", "--auxsid", "default", *files) == 0
    assert len(scope_of(capsys)) == 1
    for words, error in (
        (("--type", "shuffling"), "type mixing, not shuffling as expected"),
        (("--auxsid", "north"), "auxsid default, not north as expected"),
        (("--width", "2"), "width 1, not 2 as expected"),
        (
            ("--type", "decryption", "--width", "3"),
            "type mixing, not decryption as expected; width 1, not 3 as expected",
        ),
    ):
        assert evote(CASE, *words) == 1
        assert f"FALSE verificatum.parameters: {error}\n" in capsys.readouterr().out


def relabelled(kind: str, to: Path) -> Path:
    """Take the decryption away from a mixing, or the shuffle, and call the rest so."""
    case = copied(CASE.name, to)
    root, proofs = case / "nizkp", case / "nizkp" / "proofs"
    (root / "type").write_text(kind)
    if kind == "shuffling":
        for path in (*proofs.glob("Decr*"), proofs / "CorrectIndices.bt", root / "Plaintexts.bt"):
            path.unlink()
        (root / "ShuffledCiphertexts.bt").write_bytes((proofs / "Ciphertexts01.bt").read_bytes())
    else:
        (proofs / "Ciphertexts01.bt").rename(root / "Ciphertexts.bt")
        for path in (*proofs.glob("PoS*"), *proofs.glob("Permutation*")):
            path.unlink()
    return case


@pytest.mark.parametrize("kind", ["shuffling", "decryption"])
def test_half_of_a_mixing_is_none(kind: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What is left is true, so that only who knows what was asked for can tell."""
    case = relabelled(kind, tmp_path)
    assert evote(case) == 0
    scope, taken = scope_of(capsys)
    assert scope.startswith(f"scope: {kind}, ")
    assert ("shuffled" in scope) == (kind == "shuffling")
    assert "nothing: type" in taken
    assert evote(case, "--type", kind) == 0
    assert evote(case, "--type", "mixing") == 1


def test_a_width_of_its_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """As ``vmn -width`` makes it: protInfo.xml, which is hashed nowhere in this, says another."""
    case = copied("p256-k1-shuffle-w2-n20", tmp_path)
    edit("protInfo.xml", b"<width>2<", b"<width>1<")(case)
    assert evote(case) == 1
    assert "FALSE verificatum.parameters: width 2, not 1 as in protInfo.xml\n" in capsys.readouterr().out
    assert evote(case, "--width", "2", "--auxsid", "wide2") == 0
    assert evote(case, "--width", "1") == 1
    write("width", b"1")(case)
    assert evote(case) == 1


def test_vmns_own_layout_is_recognised(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    root = copied(CASE.name, tmp_path) / "nizkp"
    root.rename(tmp_path / "default")
    root.mkdir()
    (root / "elsewhere").mkdir()
    (tmp_path / "default").rename(root / "default")
    assert evote(root.parent) == 2
    said = capsys.readouterr().out
    assert f"ABSENT verificatum.complete: auxsid is missing: the proof seems to be in {root / 'default'}\n" in said
    (root / "default").rename(root / "default1")
    (root / "default1" / "auxsid").unlink()
    assert evote(root.parent) == 2
    assert "auxsid is missing\n" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--protinfo", "--key", "--ciphertexts"])
def test_directories_and_pipes_are_no_files(option: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        assert evote(CASE, option, str(path)) == 2
        assert f"ABSENT verificatum.complete: {path} is not a file" in capsys.readouterr().out


PROTINFO = ["--format", "verificatum", "--protinfo", "x"]
MALFORMED: dict[str, tuple[bytes, bytes, str]] = {
    "not XML": (b"</protocol>", b"", "no element found"),
    "a threshold of none": (b"<thres>1", b"<thres>0", "thres is not a number from 1 to 99"),
    "no threshold": (b"<thres>1</thres>", b"", "no thres"),
    "a group of no digits": (b"::", b"::x", "pgroup: not hexadecimal digits"),
    "a group cut short": (b"2d323536</pgroup>", b"</pgroup>", "pgroup, byte "),
    "an unknown hash": (b"<rohash>SHA-256", b"<rohash>SHA-1", "the hash of rohash is none of SHA-256"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_protinfo_is_the_auditors(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Nothing of the directory has been looked at, so nothing is refuted."""
    case = copied(CASE.name, tmp_path)
    old, new, error = MALFORMED[name]
    edit("protInfo.xml", old, new)(case)
    mine = (case / "protInfo.xml").rename(tmp_path / "mine.xml")
    assert evote(case, "--protinfo", str(mine)) == 2
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("ABSENT"))
    assert line.startswith(f"ABSENT verificatum.complete: {mine}: ")
    assert error in line
    assert line.endswith("(a file that the auditor brings)") == ("no thres" not in error and "the hash" not in error)


def test_weak_parameters_are_refuted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    case = copied(CASE.name, tmp_path)
    edit("protInfo.xml", b"<vbitlenro>256", b"<vbitlenro>128")(case)
    assert evote(case) == 1
    path = case / "protInfo.xml"
    assert f"FALSE verificatum.parameters: {path}: vbitlenro has 128 bits, fewer than 256" in capsys.readouterr().out


WRONG_CALLS: dict[str, tuple[list[str], str]] = {
    "nothing brought": (["--format", "verificatum"], "needs protinfo"),
    "an unknown format": (["--format", "papyrus"], "no format is named papyrus"),
    "a key alone": (["--format", "verificatum", "--key", "x"], "needs protinfo"),
    "a ballot box": (["--format", "verificatum", "--protinfo", "x", "--box", "x"], "has no use for box"),
    "a list for another format": (["--format", "ivxv", "--ciphertexts", "x"], "has no use for ciphertexts"),
    "ours needs none": (["--protinfo", "x"], "no use for --protinfo"),
    "ours has no type": (["--type", "mixing"], "no use for --type"),
    "a type for another format": (["--format", "ivxv", "--type", "mixing"], "has no use for type"),
    "a type that is none": ([*PROTINFO, "--type", "mingling"], "one of shuffling, mixing, decryption"),
    "an auxsid that is none": ([*PROTINFO, "--auxsid", "a b"], "letters and digits"),
    "an auxsid too long": ([*PROTINFO, "--auxsid", "a" * 257], "letters and digits"),
    "no width": ([*PROTINFO, "--width", "0"], "--width"),
    "a width too large": ([*PROTINFO, "--width", "1001"], "from 1 to 1000"),
    "a checkpoint": (["--format", "verificatum", "--checkpoint", "x"], "neither fingerprints nor checkpoints"),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_wrong_calls(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words, error = WRONG_CALLS[name]
    assert main(["verify", str(CASE / "nizkp"), *words]) == 2
    assert error in capsys.readouterr().err


def test_the_format_is_registered() -> None:
    assert "verificatum" in format_names()
    assert isinstance(foreign_format("verificatum", ["protinfo"]), VerificatumFormat)
    assert isinstance(foreign_format("verificatum", ["protinfo", "ciphertexts", "key"]), VerificatumFormat)
    for names in ([], ["key"], ["protinfo", "checkpoint"]):
        with pytest.raises(ValueError, match="the format verificatum"):
            foreign_format("verificatum", names)
    with pytest.raises(ValueError, match=r"evote\.verify"):
        foreign_format("native", [])
    assert isinstance(foreign_format("verificatum", ["protinfo"], {"width": "2"}), VerificatumFormat)
    for claims in ({"version": "1"}, {"type": ""}, {"width": "02"}):
        with pytest.raises(ValueError, match=r"no use for version|the type is|a width is"):
            foreign_format("verificatum", ["protinfo"], claims)
