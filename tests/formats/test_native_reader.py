"""Reading a record: what is there is read exactly, what is not is missing, what should not be is refused."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.formats import format_names, record_format
from evote.formats.native.reader import NativeRecord, list_name
from evote.formats.native.writer import RecordWriter
from evote.record.canonical import MAX_LINE
from evote.record.entries import Roll
from evote.record.operator import sign_checkpoint
from tests.record.samples import DEFINITION, ELECTION, FINGERPRINT, OPERATOR, log_of, operator_entry, revocation

ROWS = [b'"one"', b'"two"', b'"three"']


@pytest.fixture
def lines() -> list[bytes]:
    return [bytes(DEFINITION), *(revocation(number) for number in range(5))]


@pytest.fixture
def path(tmp_path: Path, lines: list[bytes]) -> Path:
    """Return a record with one list; the entry that names it comes last."""
    with RecordWriter.create(tmp_path / "record", ELECTION) as writer:
        digest = writer.put_list(ROWS)
        lines.append(bytes(operator_entry(Roll(credentials=digest, count=3))))
        writer.append(lines, sign_checkpoint(OPERATOR, FINGERPRINT, log_of(lines)))
    return tmp_path / "record"


@pytest.fixture
def digest() -> bytes:
    return hashlib.sha256(b"".join(row + b"\n" for row in ROWS)).digest()


def test_what_was_written_is_read(path: Path, lines: list[bytes], digest: bytes) -> None:
    record = NativeRecord(path)
    assert record.election == ELECTION
    assert (path / "election.json").read_bytes() == ELECTION.canonical
    assert record.checkpoint_bytes() == sign_checkpoint(OPERATOR, FINGERPRINT, log_of(lines))
    assert list(record.lines()) == lines
    assert record.size == len(lines)
    assert [record.line(index) for index in (3, 0, 6, 3)] == [lines[3], lines[0], lines[6], lines[3]]
    assert list(record.rows(digest, 3)) == ROWS
    record.check_files({digest})


@pytest.mark.parametrize("start", range(8))
def test_lines_from_the_middle(path: Path, lines: list[bytes], start: int) -> None:
    assert list(NativeRecord(path).lines(start)) == lines[start:]


@pytest.mark.parametrize("index", [-1, 7, 100])
def test_there_is_no_such_line(path: Path, index: int) -> None:
    with pytest.raises(IndexError):
        NativeRecord(path).line(index)


def test_an_empty_board(tmp_path: Path) -> None:
    RecordWriter.create(tmp_path / "record", ELECTION).close()
    record = NativeRecord(tmp_path / "record")
    assert list(record.lines()) == []
    assert record.size == 0
    record.check_files(set())


# --- what is missing ---

ABSENT: dict[str, Callable[[NativeRecord], object]] = {
    "election.json": lambda record: record.election,
    "board/checkpoint": lambda record: record.checkpoint_bytes(),
    "board/entries.jsonl": lambda record: list(record.lines()),
    "lists": lambda record: list(record.rows(bytes(32), 1)),
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_absent_is_missing(path: Path, name: str) -> None:
    record = NativeRecord(path)
    (path / name).rename(path.parent / "elsewhere")
    with pytest.raises(EvidenceMissing, match="is missing"):
        ABSENT[name](record)


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_no_record(tmp_path: Path, place: str) -> None:
    with pytest.raises(EvidenceMissing, match="is not a record"):
        NativeRecord(tmp_path / place)


def test_a_file_is_no_record(path: Path) -> None:
    with pytest.raises(EvidenceMissing, match="is not a record"):
        NativeRecord(path / "election.json")


def test_what_cannot_be_read_is_missing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    record = NativeRecord(path)
    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(EvidenceMissing, match="cannot be read: Permission denied"):
        record.checkpoint_bytes()
    monkeypatch.setattr(os, "scandir", fail)
    with pytest.raises(EvidenceMissing, match="cannot be read: Permission denied"):
        record.check_files(set())


# --- lines ---

LINES = {
    "no end": b'{"a":1}',
    "last line without its end": b'{"a":1}\n{"b":2}',
    "empty line": b'{"a":1}\n\n{"b":2}\n',
    "empty line first": b"\n",
    "carriage return": b'{"a":1}\r\n',
    "carriage return inside": b'{"a"\r:1}\n',
    "too long": b"x" * (MAX_LINE + 1) + b"\n",
    "too long without end": b"x" * (MAX_LINE + 2),
}


@pytest.mark.parametrize("name", LINES)
def test_what_is_not_lines(path: Path, name: str) -> None:
    (path / "board/entries.jsonl").write_bytes(LINES[name])
    with pytest.raises(DecodeError, match=r"entries\.jsonl"):
        list(NativeRecord(path).lines())
    with pytest.raises(DecodeError, match=r"entries\.jsonl"):
        _ = NativeRecord(path).size
    digest = hashlib.sha256(LINES[name]).digest()
    (path / list_name(digest)).write_bytes(LINES[name])
    with pytest.raises(DecodeError, match="jsonl"):
        list(NativeRecord(path).rows(digest, 9))


def test_the_longest_line(path: Path) -> None:
    (path / "board/entries.jsonl").write_bytes(b"x" * MAX_LINE + b"\n")
    assert [len(line) for line in NativeRecord(path).lines()] == [MAX_LINE]


@pytest.mark.parametrize("name", ["election.json", "board/checkpoint"])
def test_a_file_without_end(path: Path, name: str) -> None:
    (path / name).write_bytes(b" " * (MAX_LINE + 1))
    record = NativeRecord(path)
    with pytest.raises(DecodeError, match="more than"):
        record.checkpoint_bytes() if name.startswith("board") else record.election


def test_a_definition_that_is_not_canonical(path: Path) -> None:
    (path / "election.json").write_bytes(ELECTION.canonical + b"\n")
    with pytest.raises(DecodeError):
        _ = NativeRecord(path).election


# --- lists ---


def test_no_row_of_a_list_with_another_digest_is_seen(path: Path, digest: bytes) -> None:
    (path / list_name(digest)).write_bytes(b'"one"\n"two"\n"other"\n')
    seen: list[bytes] = []
    with pytest.raises(VerificationError) as caught:
        seen.extend(NativeRecord(path).rows(digest, 3))
    assert caught.value.check == "record.list"
    assert seen == []


@pytest.mark.parametrize("limit", [0, 2])
def test_a_list_that_is_too_long(path: Path, digest: bytes, limit: int) -> None:
    seen: list[bytes] = []
    with pytest.raises(DecodeError, match=f"more than {limit} lines"):
        seen.extend(NativeRecord(path).rows(digest, limit))
    assert seen == ROWS[:limit]


# --- files that the record does not name ---

STRANGERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file": (lambda path: (path / "notes.txt").touch(), "notes.txt"),
    "a hidden file": (lambda path: (path / ".DS_Store").touch(), ".DS_Store"),
    "a temporary file": (lambda path: (path / "board/.x.tmp").touch(), "board/.x.tmp"),
    "a file beside the entries": (lambda path: (path / "board/entries.jsonl~").touch(), "board/entries.jsonl~"),
    "a directory": (lambda path: (path / "more").mkdir(), "more"),
    "a directory on the board": (lambda path: (path / "board/more").mkdir(), "board/more"),
    "an unnamed list": (lambda path: (path / list_name(bytes(32))).touch(), list_name(bytes(32))),
    "a list in capitals": (lambda path: (path / "lists/AB.jsonl").touch(), "lists/AB.jsonl"),
    "a link": (lambda path: (path / "link").symlink_to("/etc/passwd"), "link"),
    "a dangling link": (lambda path: (path / "link").symlink_to("nowhere"), "link"),
    "a pipe": (lambda path: os.mkfifo(path / "board/pipe"), "board/pipe"),
    "a name to fool a terminal": (lambda path: (path / "\x1b[2J").touch(), r"\x1b[2J"),
    "a name that is not text": (lambda path: Path(os.fsdecode(bytes(path) + b"/\xff")).touch(), r"\udcff"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_file_that_the_record_does_not_name(path: Path, digest: bytes, name: str) -> None:
    make, subject = STRANGERS[name]
    record = NativeRecord(path)
    record.check_files({digest})
    make(path)
    with pytest.raises(VerificationError) as caught:
        record.check_files({digest})
    assert (caught.value.check, caught.value.subject) == ("record.files", subject)


def test_a_list_that_no_entry_names(path: Path) -> None:
    with pytest.raises(VerificationError, match=r"record\.files: lists/"):
        NativeRecord(path).check_files(set())


def link(path: Path) -> None:
    path.rename(path.parent.parent / "target")
    path.symlink_to(path.parent.parent / "target")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("change", [link, pipe, directory])
@pytest.mark.parametrize("name", ["election.json", "board/entries.jsonl", "board/checkpoint"])
def test_a_file_that_is_not_a_plain_file(path: Path, digest: bytes, name: str, change: Callable[[Path], None]) -> None:
    change(path / name)
    record = NativeRecord(path)
    uses: list[Callable[[], object]] = [lambda: ABSENT[name](record), lambda: record.check_files({digest})]
    for use in uses:
        with pytest.raises(VerificationError) as caught:
            use()
        assert caught.value.check == "record.files"


@pytest.mark.parametrize("name", ["board", "lists"])
def test_a_directory_that_is_a_link(path: Path, digest: bytes, name: str) -> None:
    (path / name).rename(path.parent / "target")
    (path / name).symlink_to(path.parent / "target")
    with pytest.raises(VerificationError, match=f"record.files: {name}"):
        NativeRecord(path).check_files({digest})


# --- the registry ---


def test_the_format_is_registered() -> None:
    assert "native" in format_names()
    assert record_format("native") is NativeRecord
    with pytest.raises(ValueError, match="nothing is registered"):
        record_format("papyrus")


def test_reading_loads_nothing_that_writes_or_signs() -> None:
    program = (
        "import sys, evote.formats.native.reader, evote.record.replies;"
        "print(*sorted(name for name in sys.modules if name.startswith('evote.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "evote.record.board" in loaded
    secretive = {"crypto.signing", "crypto.sealing", "crypto.secret", "record.operator", "record.vault"}
    writing = {"formats.native.writer", "record.files"}
    assert not loaded & {f"evote.{name}" for name in secretive | writing}
