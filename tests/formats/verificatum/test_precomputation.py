"""What is prepared before there is a list serves one shuffle, of at most as many rows, and our reader accepts it."""

from __future__ import annotations

import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import pytest

from evote.cli.main import main
from evote.crypto.arithmetic import Arithmetic
from evote.crypto.group import group
from evote.errors import DecodeError, EvidenceMissing, Refused
from evote.formats.verificatum import precomputation
from evote.formats.verificatum.byte_tree import Tree
from evote.formats.verificatum.generators import generators
from evote.formats.verificatum.verifier import verify_directory
from evote.formats.verificatum.writer import MixServer
from evote.record import vault
from tests.formats.verificatum.cases import SEED, VECTORS, Change, edit, flip, verified, write
from tests.formats.verificatum.synthetic import write_session

PASSPHRASE = b"correct horse battery"
PREPARED = "list.prepared"


def server(case: Path, auxsid: str = "default", arithmetic: Arithmetic = Arithmetic.FAST) -> MixServer:
    return MixServer.read(case / "protInfo.xml", case / "publicKey", auxsid, arithmetic)


def prepare(case: Path, rows: int, arithmetic: Arithmetic = Arithmetic.FAST) -> None:
    server(case, "default", arithmetic).prepare(case / PREPARED, PASSPHRASE, rows, vault.MINIMAL)


def shuffle(case: Path, to: str = "nizkp", auxsid: str = "default") -> int:
    return server(case, auxsid).shuffle_prepared(case / to, case / "ciphertexts", case / PREPARED, PASSPHRASE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five wide ciphertexts, shuffled with what was prepared for nine."""
    case = tmp_path_factory.mktemp("session")
    write_session(group("p-256"), 5, case, 2, 2, (1,))
    prepare(case, 9)
    shuffle(case)
    return case


@pytest.mark.parametrize("arithmetic", Arithmetic)
@pytest.mark.parametrize(("n", "rows"), [(1, 1), (1, 4), (5, 5), (5, 9)])
def test_a_shuffle_in_two_parts_verifies(n: int, rows: int, arithmetic: Arithmetic, tmp_path: Path) -> None:
    write_session(group("p-256"), n, tmp_path)
    prepare(tmp_path, rows, arithmetic)
    assert shuffle(tmp_path) == n
    assert verified(tmp_path).status == 0
    assert (tmp_path / "nizkp" / "proofs" / "maxciph").read_text() == str(rows)


@pytest.mark.parametrize("name", ["modp3072-k1-precomp-shuffle-n20", "p256-k1-precomp-mix-n20"])
def test_verificatums_inputs_in_files_of_the_same_lengths_as_verificatums(name: str, tmp_path: Path) -> None:
    source = VECTORS / name
    for file in ("protInfo.xml", "publicKey", "nizkp/Ciphertexts.bt"):
        shutil.copy(source / file, tmp_path)
    (tmp_path / "Ciphertexts.bt").rename(tmp_path / "ciphertexts")
    prepare(tmp_path, 25)
    assert shuffle(tmp_path) == 20
    assert verified(tmp_path).status == 0
    for path in (tmp_path / "nizkp" / "proofs").glob("*.bt"):
        assert path.stat().st_size == (source / "nizkp" / "proofs" / path.name).stat().st_size


def test_workers_take_part_in_both_parts(tmp_path: Path) -> None:
    write_session(group("p-256"), 3, tmp_path)
    with ProcessPoolExecutor(2) as executor:
        made = MixServer.read(tmp_path / "protInfo.xml", tmp_path / "publicKey", executor=executor)
        made.prepare(tmp_path / PREPARED, PASSPHRASE, 4, vault.MINIMAL)
        made.shuffle_prepared(tmp_path / "nizkp", tmp_path / "ciphertexts", tmp_path / PREPARED, PASSPHRASE)
    assert verified(tmp_path).status == 0


def test_it_serves_one_shuffle_whatever_became_of_that(made: Path) -> None:
    with pytest.raises(Refused, match="has been used"):
        shuffle(made, "again")
    assert (made / f"{PREPARED}.spent").read_bytes() == b""
    assert not (made / "again").exists()


def test_in_memory_too(tmp_path: Path) -> None:
    write_session(group("p-256"), 2, tmp_path)
    made = server(tmp_path)
    purpose = precomputation.purpose_of(made.shuffler, "default", 3)
    h = generators(made.info.group, made.shuffler.challenger, made.info.slack, 3)
    ahead = precomputation.prepare(made.shuffler, purpose, h)
    before = made.shuffler.read(_tree(tmp_path / "ciphertexts"))
    precomputation.shuffle(made.shuffler, before, h, ahead, purpose)
    with pytest.raises(Refused, match="serves once"):
        precomputation.shuffle(made.shuffler, before, h, ahead, purpose)


def test_what_was_prepared_for_our_own_elections_serves_them(tmp_path: Path) -> None:
    write_session(group("p-256"), 1, tmp_path)
    wanted = precomputation.purpose_of(server(tmp_path).shuffler, "default", 3)
    with pytest.raises(Refused, match=r"prepared for evote mix$"):
        precomputation.require(msgspec.structs.replace(wanted, proof="terelius-wikstrom", width=7), wanted, "x")
    with pytest.raises(Refused, match=r"prepared for software 0\.0"):
        precomputation.require(msgspec.structs.replace(wanted, software="0.0"), wanted, "x")
    precomputation.require(wanted, wanted, "x")


def _tree(path: Path) -> Tree:
    return Tree(path.read_bytes(), path.name)


def spoil(at: int) -> Change:
    """Return what changes a byte of the list that is to be shuffled."""

    def change(case: Path) -> None:
        data = bytearray((case / "ciphertexts").read_bytes())
        data[at] ^= 1
        (case / "ciphertexts").write_bytes(data)

    return change


def longer_list(case: Path) -> None:
    """Write a list of seven rows under the same key."""
    key = (case / "publicKey").read_bytes()
    write_session(group("p-256"), 7, case)
    (case / "publicKey").write_bytes(key)


OTHERS: dict[str, tuple[Change | None, str, str]] = {
    "another list": (None, "other", r"list\.prepared was prepared for auxsid default, not other$"),
    "another session": (
        edit("protInfo.xml", b"<sid>VMNVector", b"<sid>VMNVictor"),
        "default",
        "prepared for another session: protInfo.xml differs in version, sid, pgroup, a hash or a length$",
    ),
    "another key": (
        lambda c: write_session(group("p-256"), 4, c),
        "default",
        r"list\.prepared was prepared for another public key$",
    ),
    "another list, key and width": (
        lambda c: write_session(group("p-256"), 3, c, 2, 3),
        "other",
        "prepared for auxsid default, not other; rows of 1, not 6; another public key$",
    ),
    "more rows": (longer_list, "default", "at most 6 rows, not 7"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_it_serves_nothing_else_and_is_not_spent_by_an_attempt(name: str, tmp_path: Path) -> None:
    change, auxsid, message = OTHERS[name]
    write_session(group("p-256"), 3, tmp_path)
    prepare(tmp_path, 6)
    if change is not None:
        change(tmp_path)
    with pytest.raises(Refused, match=message):
        shuffle(tmp_path, auxsid=auxsid)
    write_session(group("p-256"), 3, tmp_path)
    assert shuffle(tmp_path) == 3
    assert verified(tmp_path).status == 0


BAD_LISTS: dict[str, tuple[Change, str]] = {
    "the last item is no member": (spoil(-1), "ciphertexts v item 2"),
    "the first item is no member": (spoil(40), "ciphertexts u item 0"),
    "a byte too many": (
        lambda c: (c / "ciphertexts").write_bytes((c / "ciphertexts").read_bytes() + b"\0"),
        "too many",
    ),
    "empty": (lambda c: (c / "ciphertexts").write_bytes(b""), "ends too early"),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_a_bad_list_is_refused_before_anything_is_spent(name: str, tmp_path: Path) -> None:
    change, message = BAD_LISTS[name]
    write_session(group("p-256"), 3, tmp_path)
    prepare(tmp_path, 3)
    held = (tmp_path / PREPARED).read_bytes()
    change(tmp_path)
    with pytest.raises(DecodeError, match=message):
        shuffle(tmp_path)
    assert (tmp_path / PREPARED).read_bytes() == held
    assert not (tmp_path / "nizkp").exists()
    write_session(group("p-256"), 3, tmp_path)
    assert shuffle(tmp_path) == 3


def test_where_nothing_can_be_written_nothing_is_spent(tmp_path: Path) -> None:
    write_session(group("p-256"), 2, tmp_path)
    prepare(tmp_path, 2)
    for place in ("nowhere/nizkp", "protInfo.xml/nizkp", "a" * 256):
        with pytest.raises(OSError, match=r"No such file|Not a directory|File name too long"):
            shuffle(tmp_path, place)
    assert shuffle(tmp_path) == 2


def test_what_is_not_there(tmp_path: Path) -> None:
    write_session(group("p-256"), 1, tmp_path)
    with pytest.raises(EvidenceMissing):
        shuffle(tmp_path)
    with pytest.raises(Refused, match="1 to"):
        prepare(tmp_path, 0)
    assert not (tmp_path / PREPARED).exists()


def late(case: Path) -> None:
    (case / f"{PREPARED}.spent").write_bytes(b"")


def occupied(case: Path) -> None:
    (case / PREPARED).write_bytes(b"")


def nowhere(case: Path) -> None:
    (case / PREPARED).symlink_to(case / "nowhere")


UNWRITABLE: dict[str, tuple[Change, type[Exception], str]] = {
    "one of that name was used": (late, Refused, "has been used"),
    "there is one": (occupied, FileExistsError, "is there already"),
    "there is a link": (nowhere, FileExistsError, "is there already"),
}


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail as soon as anything is prepared."""
    monkeypatch.delattr(precomputation, "prepare")


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("name", UNWRITABLE)
def test_where_nothing_can_be_written_nothing_is_prepared(name: str, tmp_path: Path) -> None:
    change, error, message = UNWRITABLE[name]
    write_session(group("p-256"), 1, tmp_path)
    change(tmp_path)
    with pytest.raises(error, match=message):
        prepare(tmp_path, 2)


@pytest.mark.usefixtures("idle")
def test_where_there_is_no_directory_nothing_is_prepared(tmp_path: Path) -> None:
    write_session(group("p-256"), 1, tmp_path)
    with pytest.raises(FileNotFoundError):
        server(tmp_path).prepare(tmp_path / "nowhere" / PREPARED, PASSPHRASE, 2, vault.MINIMAL)


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("length", [250, 256])
def test_a_name_too_long_is_refused_before_anything_is_prepared(length: int, tmp_path: Path) -> None:
    """Also one to which ``.spent`` cannot be added."""
    write_session(group("p-256"), 1, tmp_path)
    with pytest.raises(OSError, match="File name too long"):
        server(tmp_path).prepare(tmp_path / ("a" * length), PASSPHRASE, 2, vault.MINIMAL)


SESSIONS = [("p-256", 1, 1, ()), ("p-256", 2, 2, (1,)), ("p-384", 1, 3, ()), ("modp-2048", 3, 1, (0,))]


@pytest.mark.parametrize(("name", "keywidth", "width", "plain"), SESSIONS)
def test_how_many_rows_a_file_has_room_for_is_known_before(
    name: str, keywidth: int, width: int, plain: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_session(group(name), 1, tmp_path, keywidth, width, plain)
    written: list[int] = []

    def write_secret(_: Path, secret: bytes, *_others: object, **_named: object) -> None:
        written.append(len(secret))

    monkeypatch.setattr(vault, "write_secret", write_secret)
    made = server(tmp_path)
    for rows in (1, 12):
        made.prepare(tmp_path / PREPARED, PASSPHRASE, rows, vault.MINIMAL)
        said = precomputation.stored_size(made.shuffler, rows)
        assert said - 1024 < written[-1] <= said
    per_row = precomputation.stored_size(made.shuffler, 2) - precomputation.stored_size(made.shuffler, 1)
    assert written[1] - written[0] in range(11 * per_row - 20, 11 * per_row + 1)
    monkeypatch.setattr(precomputation, "LARGEST", written[1])
    most = precomputation.most_rows(made.shuffler)
    assert most < 12
    assert (
        precomputation.stored_size(made.shuffler, most)
        <= written[1]
        < precomputation.stored_size(made.shuffler, most + 1)
    )
    monkeypatch.delattr(precomputation, "prepare")
    with pytest.raises(Refused, match=f"at most {most} rows of this session, not {most + 1}: shuffle without"):
        made.prepare(tmp_path / PREPARED, PASSPHRASE, most + 1, vault.MINIMAL)


def test_the_document_says_how_many_rows_of_estonias_fit() -> None:
    case = VECTORS / "modp3072-ivxv-kw5-setpk-shuffle-n20"
    most = precomputation.most_rows(server(case).shuffler)
    text = (Path(__file__).parents[3] / "docs" / "verificatum.md").read_text(encoding="utf-8")
    assert f"{most // 1000} {most % 1000:03} rows" in text


def test_secrets_do_not_print_or_pickle(tmp_path: Path) -> None:
    write_session(group("p-256"), 1, tmp_path)
    made = server(tmp_path)
    purpose = precomputation.purpose_of(made.shuffler, "default", 2)
    h = generators(made.info.group, made.shuffler.challenger, made.info.slack, 2)
    ahead = precomputation.prepare(made.shuffler, purpose, h).take(purpose)
    for secret in (ahead, ahead.proof):
        assert repr(secret).endswith(": secret>")
        with pytest.raises(TypeError, match="neither pickled nor copied"):
            pickle.dumps(secret)


TAMPERING: dict[str, Change] = {
    "the commitment": flip("proofs/PermutationCommitment01.bt", -1),
    "the commitment's proof": flip("proofs/PoSCReply01.bt", -1),
    "what that commits to": flip("proofs/PoSCCommitment01.bt", -1),
    "the keep list": lambda c: _kept_otherwise(c / "nizkp" / "proofs" / "KeepList01.bt"),
    "the list's proof": flip("proofs/CCPoSReply01.bt", -1),
    "the first of its replies": flip("proofs/CCPoSReply01.bt", 42),
    "its commitment": flip("proofs/CCPoSCommitment01.bt", -1),
    "the output": flip("ShuffledCiphertexts.bt", -1),
    "the input": flip("Ciphertexts.bt", -1),
    "how many were prepared for": write("proofs/maxciph", b"8"),
    "the session": edit("auxsid", b"default", b"other"),
}


def _kept_otherwise(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:5] + data[:4:-1])
    if path.read_bytes() == data:  # it reads the same from both ends
        path.write_bytes(data[:5] + data[6:] + data[5:6])


@pytest.mark.parametrize("name", TAMPERING)
def test_changed_it_is_refused(name: str, made: Path, tmp_path: Path) -> None:
    case = shutil.copytree(made, tmp_path / "case")
    assert verified(case).status == 0
    TAMPERING[name](case)
    report = verified(case)
    assert report.status == 1
    assert {finding.check for finding in report.failures} <= {"verificatum.shuffle", "verificatum.lists"}


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    write_session(group("p-256"), 2, tmp_path)
    monkeypatch.setenv("EVOTE_PASSPHRASE", "correct horse battery")
    names = {"protinfo": "protInfo.xml", "key": "publicKey"}
    common = [word for name, file in names.items() for word in (f"--{name}", str(tmp_path / file))] + ["--jobs", "1"]
    ahead, out = str(tmp_path / PREPARED), str(tmp_path / "nizkp")
    assert main(["shuffle", "prepare", *common, "--rows", "3", "--out", ahead, "--kdf-cost", "interactive"]) == 0
    assert "serves one shuffle" in capsys.readouterr().out
    words = ["shuffle", *common, "--in", str(tmp_path / "ciphertexts"), "--prepared", ahead, "--out"]
    assert main([*words, out]) == 0
    assert verify_directory(tmp_path / "nizkp", tmp_path / "protInfo.xml", seed=SEED).status == 0
    assert main([*words, f"{out}-2"]) == 2
    assert "has been used" in capsys.readouterr().err
