"""A file is the old one or the new one, whatever fails in between."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evote.record.files import is_temporary, publish, write_atomic, write_new, write_temporary

STEPS = ["os.fsync", "os.fchmod", "pathlib.Path.replace"]


class PowerCut(BaseException):
    """The process stops here; no ``except Exception`` may notice."""


def cut(*_: object) -> None:
    raise PowerCut


def test_writing_replaces(tmp_path: Path) -> None:
    write_atomic(tmp_path / "file", b"old")
    write_atomic(tmp_path / "file", b"new", 0o640)
    assert (tmp_path / "file").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["file"]


def test_a_new_file_replaces_nothing(tmp_path: Path) -> None:
    write_new(tmp_path / "file", b"old", 0o600)
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    write_atomic(tmp_path / "file", b"old")
    monkeypatch.setattr(step, cut)
    with pytest.raises(PowerCut):
        write_atomic(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_bytes_reach_the_disk_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def noted(step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            steps.append(step.__name__)
            return step(*arguments)

        return run

    monkeypatch.setattr(os, "fsync", noted(os.fsync))
    monkeypatch.setattr(Path, "replace", noted(Path.replace))
    write_atomic(tmp_path / "file", b"new")
    assert steps == ["fsync", "replace", "fsync"]


def test_rows_that_fail_leave_nothing(tmp_path: Path) -> None:
    def rows() -> Iterator[bytes]:
        yield b"one"
        raise PowerCut

    with pytest.raises(PowerCut):
        write_temporary(tmp_path, rows())
    assert os.listdir(tmp_path) == []


def test_temporary_files_are_recognised(tmp_path: Path) -> None:
    temporary = write_temporary(tmp_path, [b"one", b"two"])
    assert is_temporary(temporary)
    publish(temporary, tmp_path / "file")
    assert not is_temporary(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"onetwo"


def test_what_is_not_a_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "directory").mkdir()
    for name in ("pipe", "link", "directory"):
        with pytest.raises(OSError, match="not a regular file"):
            write_atomic(tmp_path / name, b"new")
    assert stat.S_ISFIFO((tmp_path / "pipe").lstat().st_mode)
    assert sorted(os.listdir(tmp_path)) == ["directory", "link", "pipe"]


def test_what_a_link_leads_to_is_replaced_and_not_the_link(tmp_path: Path) -> None:
    """Or a party's old state would lie on where the link led."""
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/file")
    for data in (b"old", b"new"):
        write_atomic(tmp_path / "link", data)
        assert (tmp_path / "there" / "file").read_bytes() == data
    assert (tmp_path / "link").is_symlink()
