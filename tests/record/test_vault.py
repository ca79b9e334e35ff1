"""Secret files: closed to others, to wrong passphrases and to forged parameters."""

import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evote.errors import DecodeError, EvidenceMissing, Refused
from evote.record.vault import MINIMAL, MODERATE, read_secret, replace_secret, write_secret

SECRET, PASSPHRASE = b"the share of trustee 1", b"correct horse"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    path = tmp_path / "trustee-1.secret"
    write_secret(path, SECRET, PASSPHRASE, cost=MINIMAL)
    return path


def test_what_was_written_is_read(vault: Path) -> None:
    assert read_secret(vault, PASSPHRASE) == SECRET
    assert SECRET not in vault.read_bytes()
    assert os.listdir(vault.parent) == [vault.name]


def test_nobody_else_can_read_it(vault: Path) -> None:
    assert stat.S_IMODE(vault.stat().st_mode) == 0o600
    for mode in (0o640, 0o604, 0o660, 0o610):
        vault.chmod(mode)
        with pytest.raises(Refused, match="others can read it"):
            read_secret(vault, PASSPHRASE)
    vault.chmod(0o400)
    assert read_secret(vault, PASSPHRASE) == SECRET


def test_it_was_never_readable_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[int] = []
    fsync = os.fsync

    def noted(file: int) -> None:
        modes.append(os.fstat(file).st_mode)
        fsync(file)

    monkeypatch.setattr("os.fsync", noted)
    before = os.umask(0)
    try:
        write_secret(tmp_path / "secret", SECRET, PASSPHRASE, cost=MINIMAL)
    finally:
        os.umask(before)
    assert [stat.S_IMODE(mode) for mode in modes if stat.S_ISREG(mode)] == [0o600]


@pytest.mark.parametrize("passphrase", [b"", b"correct hors", b"correct horse ", b"Correct horse", b"\x00"])
def test_wrong_passphrase(vault: Path, passphrase: bytes) -> None:
    with pytest.raises(DecodeError, match="wrong passphrase"):
        read_secret(vault, passphrase)
    with pytest.raises(DecodeError, match="wrong passphrase"):
        replace_secret(vault, b"new", passphrase)
    assert read_secret(vault, PASSPHRASE) == SECRET


def test_two_files_of_one_secret_have_nothing_in_common(vault: Path, tmp_path: Path) -> None:
    write_secret(tmp_path / "other", SECRET, PASSPHRASE, cost=MINIMAL)
    one, other = (msgspec.json.decode(path.read_bytes()) for path in (vault, tmp_path / "other"))
    assert one["salt"] != other["salt"]
    assert one["box"] != other["box"]


def test_a_secret_is_not_overwritten(vault: Path) -> None:
    with pytest.raises(FileExistsError):
        write_secret(vault, b"new", PASSPHRASE, cost=MINIMAL)
    assert read_secret(vault, PASSPHRASE) == SECRET


def test_an_empty_passphrase_protects_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="empty passphrase"):
        write_secret(tmp_path / "secret", SECRET, b"", cost=MINIMAL)
    assert os.listdir(tmp_path) == []


def test_a_new_state_replaces_the_old(vault: Path) -> None:
    replace_secret(vault, b"after round 2", PASSPHRASE)
    assert read_secret(vault, PASSPHRASE) == b"after round 2"
    assert stat.S_IMODE(vault.stat().st_mode) == 0o600
    header = msgspec.json.decode(vault.read_bytes())
    assert (header["ops"], header["mem"]) == MINIMAL


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_crash_keeps_the_old_state(vault: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(step, fail)
        with pytest.raises(OSError, match="No space"):
            replace_secret(vault, b"after round 2", PASSPHRASE)
    assert read_secret(vault, PASSPHRASE) == SECRET
    assert os.listdir(vault.parent) == [vault.name]


def test_the_default_cost_is_not_that_of_the_tests(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", SECRET, PASSPHRASE)
    header = msgspec.json.decode((tmp_path / "secret").read_bytes())
    assert (header["kdf"], header["ops"], header["mem"]) == ("argon2id", *MODERATE)
    assert MODERATE.memory >= 1 << 28


def test_absent(tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing, match="No such file"):
        read_secret(tmp_path / "none", PASSPHRASE)
    with pytest.raises(EvidenceMissing, match="directory"):
        read_secret(tmp_path, PASSPHRASE)
    with pytest.raises(EvidenceMissing, match="No such file"):
        replace_secret(tmp_path / "none", b"new", PASSPHRASE)


@pytest.mark.parametrize(
    "changes",
    [
        {"kdf": "scrypt"},
        {"ops": 0},
        {"ops": 17},
        {"ops": 2},
        {"mem": 1 << 31},
        {"mem": 1 << 40},
        {"mem": 0},
        {"mem": 8193},
        {"mem": 16384},
        {"salt": "AAAA"},
        {"salt": "AAAAAAAAAAAAAAAAAAAAAA=="},
        {"box": ""},
        {"box": "AAAA"},
        {"note": "hello"},
    ],
    ids=str,
)
def test_forged_parameters(vault: Path, changes: dict[str, object]) -> None:
    forged = msgspec.json.decode(vault.read_bytes()) | changes
    vault.write_bytes(msgspec.json.encode(forged, order="sorted"))
    with pytest.raises(DecodeError):
        read_secret(vault, PASSPHRASE)


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_a_damaged_file(vault: Path, place: int, flip: int) -> None:
    whole = vault.read_bytes()
    data = bytearray(whole)
    data[place % len(data)] ^= flip
    vault.write_bytes(data)
    with pytest.raises(DecodeError):
        read_secret(vault, PASSPHRASE)
    vault.write_bytes(whole)


def test_a_cut_file(vault: Path) -> None:
    whole = vault.read_bytes()
    for size in (0, 1, len(whole) // 2, len(whole) - 1):
        vault.write_bytes(whole[:size])
        with pytest.raises(DecodeError):
            read_secret(vault, PASSPHRASE)
