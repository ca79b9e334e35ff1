"""Writing a record: acknowledged entries survive any crash, and nothing else does."""

import os
import shutil
from pathlib import Path

import pytest

from evote.errors import DecodeError, EvidenceMissing, Refused
from evote.formats.native.reader import NativeRecord, list_name
from evote.formats.native.writer import RecordWriter
from evote.record.canonical import MAX_LINE
from evote.record.entries import AnyBody, Roll, lists_named
from evote.record.operator import sign_checkpoint
from tests.record.samples import DEFINITION, ELECTION, FINGERPRINT, OPERATOR, log_of, operator_entry, revocation
from tests.record.test_entries import BODIES, KINDS

FIRST = [bytes(DEFINITION)]
LATER = [revocation(number) for number in range(3)]


def checkpoint(lines: list[bytes]) -> bytes:
    return sign_checkpoint(OPERATOR, FINGERPRINT, log_of(lines))


def contents(path: Path) -> dict[str, bytes]:
    """Return every file under a directory."""
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a record of one entry."""
    with RecordWriter.create(tmp_path / "record", ELECTION) as writer:
        writer.append(FIRST, checkpoint(FIRST))
    return tmp_path / "record"


def test_appending(path: Path) -> None:
    with RecordWriter.open(path) as writer:
        assert writer.size == 1
        writer.append(LATER[:2], checkpoint(FIRST + LATER[:2]))
        writer.append([], checkpoint(FIRST + LATER[:2]))
        writer.append(LATER[2:], checkpoint(FIRST + LATER))
        assert writer.size == 4
    assert contents(path) == {
        "election.json": ELECTION.canonical,
        "board/entries.jsonl": b"".join(line + b"\n" for line in FIRST + LATER),
        "board/checkpoint": checkpoint(FIRST + LATER),
    }
    NativeRecord(path).check_files(set())


def test_opening_a_sound_record_changes_nothing(path: Path) -> None:
    before = contents(path)
    RecordWriter.open(path).close()
    assert contents(path) == before


def test_a_record_starts_in_an_empty_directory(path: Path, tmp_path: Path) -> None:
    before = contents(path)
    with pytest.raises(FileExistsError, match="not empty"):
        RecordWriter.create(path, ELECTION)
    assert contents(path) == before
    (tmp_path / "empty").mkdir()
    RecordWriter.create(tmp_path / "empty", ELECTION).close()
    with pytest.raises(FileNotFoundError):
        RecordWriter.create(tmp_path / "no" / "parent", ELECTION)


def test_there_is_no_record_to_open(tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing):
        RecordWriter.open(tmp_path)


NOT_LINES = {
    "empty": b"",
    "two lines": b"{}\n{}",
    "line end": b"{}\n",
    "carriage return": b"{}\r",
    "too long": b"x" * (MAX_LINE + 1),
}


@pytest.mark.parametrize("name", NOT_LINES)
def test_what_is_not_a_line(path: Path, name: str) -> None:
    before = contents(path)
    with RecordWriter.open(path) as writer:
        lines = [*FIRST, NOT_LINES[name]]
        with pytest.raises(ValueError, match="a line"):
            writer.append([NOT_LINES[name]], checkpoint(lines))
        with pytest.raises(ValueError, match="a line"):
            writer.put_list([b'"good"', NOT_LINES[name]])
    assert contents(path) == before


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_checkpoint_that_covers_something_else(path: Path, size: int) -> None:
    before = contents(path)
    with RecordWriter.open(path) as writer, pytest.raises(ValueError, match="cover"):
        writer.append(LATER[:1], checkpoint((FIRST + LATER)[:size]))
    assert contents(path) == before


def test_one_writer_at_a_time(path: Path) -> None:
    with RecordWriter.open(path):
        with pytest.raises(Refused, match="another command"):
            RecordWriter.open(path)
        assert list(NativeRecord(path).lines()) == FIRST
    RecordWriter.open(path).close()


def test_the_lock_ends_with_the_writer_even_if_a_child_has_it(path: Path) -> None:
    writer = RecordWriter.open(path)
    child_copy = os.dup(writer._lock)  # as a forked worker would hold it
    writer.close()
    RecordWriter.open(path).close()
    os.close(child_copy)


# --- crashes ---


class Killed(BaseException):
    """The process is gone."""


def killer(monkeypatch: pytest.MonkeyPatch, name: str, survive: int) -> None:
    """Kill the process at the call of ``name`` after ``survive`` others; a dead process repairs nothing."""
    owner, attribute = {"fsync": (os, "fsync"), "replace": (Path, "replace"), "chmod": (os, "fchmod")}[name]
    real = getattr(owner, attribute)
    calls: list[object] = []

    def step(*arguments: object) -> object:
        if len(calls) >= survive:
            monkeypatch.setattr(RecordWriter, "_cut", lambda _: None)
            monkeypatch.setattr(Path, "unlink", lambda _: None)
            raise Killed
        calls.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(owner, attribute, step)


# At which call an append dies, and how many entries the record then has. Its steps are: entries to the disk (fsync),
# temporary checkpoint (chmod, fsync), its name (replace), the directory (fsync).
DEATHS = {
    "before the entries are safe": ("fsync", 0, 1),
    "before the checkpoint is written": ("chmod", 0, 1),
    "before the checkpoint is safe": ("fsync", 1, 1),
    "before the checkpoint has its name": ("replace", 0, 1),
    "after the checkpoint has its name": ("fsync", 2, 4),
}


@pytest.mark.parametrize("name", DEATHS)
def test_a_crash_keeps_what_was_acknowledged(path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    call, survive, size = DEATHS[name]
    lines = (FIRST + LATER)[:size]
    with monkeypatch.context() as patch, RecordWriter.open(path) as writer:
        killer(patch, call, survive)
        with pytest.raises(Killed):
            writer.append(LATER, checkpoint(FIRST + LATER))
    with RecordWriter.open(path) as writer:
        assert writer.size == size
        assert list(NativeRecord(path).lines()) == lines
        assert NativeRecord(path).checkpoint_bytes() == checkpoint(lines)
        NativeRecord(path).check_files(set())
        writer.append(FIRST, checkpoint(lines + FIRST))
    assert list(NativeRecord(path).lines()) == lines + FIRST


@pytest.mark.parametrize("name", DEATHS)
def test_a_failure_leaves_the_record_sound_at_once(path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    call, survive, size = DEATHS[name]
    owner, attribute = {"fsync": (os, "fsync"), "replace": (Path, "replace"), "chmod": (os, "fchmod")}[call]
    real, calls = getattr(owner, attribute), []

    def fail_once(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == survive + 1:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    with RecordWriter.open(path) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(owner, attribute, fail_once)
            with pytest.raises(OSError, match="No space"):
                writer.append(LATER, checkpoint(FIRST + LATER))
        assert writer.size == size
        assert list(NativeRecord(path).lines()) == (FIRST + LATER)[:size]
        NativeRecord(path).check_files(set())


@pytest.mark.parametrize("size", range(0, 200, 7))
def test_half_a_line_is_removed(path: Path, size: int) -> None:
    before = contents(path)
    with (path / "board/entries.jsonl").open("ab") as file:
        file.write(LATER[0][:size])
    RecordWriter.open(path).close()
    assert contents(path) == before


def test_before_the_first_checkpoint_nothing_is_acknowledged(tmp_path: Path) -> None:
    RecordWriter.create(tmp_path / "record", ELECTION).close()
    (tmp_path / "record/board/entries.jsonl").write_bytes(FIRST[0] + b"\n")
    with RecordWriter.open(tmp_path / "record") as writer:
        assert writer.size == 0
    assert (tmp_path / "record/board/entries.jsonl").read_bytes() == b""


def test_a_list_is_kept_once_an_entry_names_it(path: Path) -> None:
    with RecordWriter.open(path) as writer:
        named = writer.put_list([b'"a"', b'"b"'])
        forgotten = writer.put_list([b'"c"'])
        empty = writer.put_list([])
        lines = [*FIRST, bytes(operator_entry(Roll(credentials=named, count=2)))]
        writer.append(lines[1:], checkpoint(lines))
    assert (path / list_name(forgotten)).read_bytes() == b'"c"\n'
    assert (path / list_name(empty)).read_bytes() == b""
    RecordWriter.open(path).close()
    assert os.listdir(path / "lists") == [Path(list_name(named)).name]
    NativeRecord(path).check_files({named})


def test_a_list_named_only_by_an_entry_that_was_lost_goes_with_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(path)
    with monkeypatch.context() as patch, RecordWriter.open(path) as writer:
        digest = writer.put_list([b'"a"'])
        lines = [*FIRST, bytes(operator_entry(Roll(credentials=digest, count=1)))]
        killer(patch, "replace", 0)
        with pytest.raises(Killed):
            writer.append(lines[1:], checkpoint(lines))
    RecordWriter.open(path).close()
    assert contents(path) == before


@pytest.mark.parametrize("body", BODIES, ids=KINDS)
def test_every_list_that_any_kind_of_entry_names_is_kept(path: Path, body: AnyBody) -> None:
    lines = [*FIRST, bytes(operator_entry(body))]
    with RecordWriter.open(path) as writer:
        for digest in lists_named(body):
            (path / list_name(digest)).touch()
        writer.append(lines[1:], checkpoint(lines))
    RecordWriter.open(path).close()
    NativeRecord(path).check_files(lists_named(body))
    assert len(os.listdir(path / "lists")) == len(set(lists_named(body)))


@pytest.mark.parametrize("directory", [".", "board", "lists"])
def test_temporary_files_are_removed(path: Path, directory: str) -> None:
    before = contents(path)
    (path / directory / ".abc.tmp").write_bytes(b"half")
    RecordWriter.open(path).close()
    assert contents(path) == before


def test_an_empty_directory_of_lists_may_be_lost(path: Path) -> None:
    shutil.rmtree(path / "lists")
    NativeRecord(path).check_files(set())
    with RecordWriter.open(path) as writer:
        assert (path / list_name(writer.put_list([]))).exists()


DAMAGE = {
    "entries lost": ("board/entries.jsonl", b"", "covers 1 entries"),
    "last line cut": ("board/entries.jsonl", FIRST[0][:-1], "without its end"),
    "checkpoint cut": ("board/checkpoint", checkpoint(FIRST)[:-1], "not a checkpoint"),
    "definition cut": ("election.json", ELECTION.canonical[:-1], "Election"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_record_is_not_repaired(path: Path, name: str) -> None:
    place, data, message = DAMAGE[name]
    (path / place).write_bytes(data)
    before = contents(path)
    with pytest.raises(DecodeError, match=message):
        RecordWriter.open(path)
    assert contents(path) == before
    with pytest.raises(DecodeError, match=message):
        RecordWriter.open(path)  # and the lock was released
