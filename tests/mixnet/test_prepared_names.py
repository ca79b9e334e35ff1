"""A prepared file serves one shuffle, by whatever names it is reached."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from evote.errors import EvidenceMissing, Refused
from evote.mixnet.offline import PreparedShuffle
from evote.record import vault
from tests.mixnet.test_offline import ONCE, claimed, purpose, shuffle_with, written

ROUNDS = 4


def directory_link(path: Path) -> Path:
    (path.parent.parent / "there").symlink_to(path.parent)
    return path.parent.parent / "there" / path.name


def symbolic_link(path: Path) -> Path:
    link = path.parent.parent / "link"
    link.symlink_to(path)
    return link


def link_to_a_link(path: Path) -> Path:
    link = symbolic_link(path)
    (path.parent / "second").symlink_to(link)
    return path.parent / "second"


def detour(path: Path) -> Path:
    (path.parent / "below").mkdir()
    return path.parent / "below" / ".." / "." / path.name


def relative(path: Path) -> Path:
    return Path(os.path.relpath(path))


OTHER_NAMES: dict[str, Callable[[Path], Path]] = {
    "the same": lambda path: path,
    "a symbolic link": symbolic_link,
    "a link to a link": link_to_a_link,
    "a linked directory": directory_link,
    "a detour": detour,
    "a relative name": relative,
}


def seed_by(name: Path) -> bytes | None:
    """Return the seed that this claim gets, or None if it is told that the file has been used."""
    try:
        return claimed(name).take(purpose()).seed
    except Refused as refusal:
        if "has been used" not in str(refusal):
            raise
        return None


@pytest.fixture
def prepared_at(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return written(tmp_path / "home")


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_one_after_the_other_the_second_is_told_that_it_was_used(name: str, prepared_at: Path) -> None:
    other = OTHER_NAMES[name](prepared_at)
    shuffle_with(claimed(other))
    assert prepared_at.with_name(f"{prepared_at.name}.spent").read_bytes() == b""
    for again in (other, prepared_at, other):
        with pytest.raises(Refused, match="has been used"):
            claimed(again)


def processes() -> Executor:
    return ProcessPoolExecutor(2, get_context("fork"))


@pytest.mark.parametrize("start", [processes, lambda: ThreadPoolExecutor(4)], ids=["processes", "threads"])
@pytest.mark.parametrize("name", OTHER_NAMES)
def test_of_those_who_race_by_two_names_one_gets_it(name: str, start: Callable[[], Executor], tmp_path: Path) -> None:
    with start() as executor:
        for number in range(ROUNDS):
            (tmp_path / str(number) / "home").mkdir(parents=True)
            path = written(tmp_path / str(number) / "home")
            seeds = list(executor.map(seed_by, [path, OTHER_NAMES[name](path)] * 2))
            assert len(seeds) - seeds.count(None) == 1


def between(patch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen after the next claim has read its file and before it spends it."""
    unlock = vault._unlock

    def then_act(path: Path, content: vault._Vault, passphrase: bytes) -> bytes:
        patch.setattr(vault, "_unlock", unlock)
        data = unlock(path, content, passphrase)
        act()
        return data

    patch.setattr(vault, "_unlock", then_act)


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_of_two_that_have_both_read_it_one_gets_it(
    name: str, prepared_at: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, made = OTHER_NAMES[name](prepared_at), list[PreparedShuffle]()
    between(monkeypatch, lambda: made.append(claimed(other)))
    with pytest.raises(Refused, match=ONCE):
        claimed(prepared_at)
    shuffle_with(*made)


def test_a_file_of_two_names_is_refused_until_one_is_removed(prepared_at: Path) -> None:
    other = prepared_at.with_name("another")
    other.hardlink_to(prepared_at)
    for name in (prepared_at, other):
        with pytest.raises(Refused, match=f"{name.name} has another name, a hard link: remove"):
            claimed(name)
    prepared_at.unlink()
    shuffle_with(claimed(other))
    with pytest.raises(Refused, match="has been used"):
        claimed(other)


def test_a_name_given_while_it_is_read_is_found_too(prepared_at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = prepared_at.with_name("another")
    between(monkeypatch, lambda: other.hardlink_to(prepared_at))
    with pytest.raises(Refused, match="hard link"):
        claimed(prepared_at)


def test_a_name_given_at_the_last_moment_finds_nothing(prepared_at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The links have been counted, the file has been renamed, and there it gets another name."""
    other, rename = prepared_at.with_name("another"), Path.rename

    def then_link(path: Path, target: Path) -> Path:
        moved = rename(path, target)
        other.hardlink_to(moved)
        return moved

    monkeypatch.setattr(Path, "rename", then_link)
    shuffle_with(claimed(prepared_at))
    assert other.read_bytes() == b""
    with pytest.raises(Refused, match="has been used"):
        claimed(other)


def test_what_was_moved_while_it_was_read_is_not_used(prepared_at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be, from its new place; so no claim may go on with what it has read."""
    moved = prepared_at.with_name("moved")
    between(monkeypatch, lambda: prepared_at.rename(moved))
    with pytest.raises(Refused, match="moved"):
        claimed(prepared_at)
    shuffle_with(claimed(moved))


def test_what_was_exchanged_while_it_was_read_is_not_used(prepared_at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the one nor the other is spent."""
    moved, (home, another) = prepared_at.with_name("moved"), (prepared_at.parent, prepared_at.parent / "2")
    another.mkdir()
    second = written(another)

    def exchange() -> None:
        prepared_at.rename(moved)
        second.rename(home / prepared_at.name)

    between(monkeypatch, exchange)
    with pytest.raises(Refused, match="moved"):
        claimed(prepared_at)
    shuffle_with(claimed(moved))
    shuffle_with(claimed(prepared_at))


def test_what_is_left_of_a_used_file_serves_nothing(prepared_at: Path) -> None:
    """Even if its user was stopped before it was emptied."""
    spent, whole = prepared_at.with_name(f"{prepared_at.name}.spent"), prepared_at.read_bytes()
    claimed(prepared_at)
    for content in (b"", whole):
        spent.write_bytes(content)
        with pytest.raises(Refused, match="has been used"):
            claimed(spent)


def test_what_cannot_be_renamed_is_left_as_it_is(prepared_at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(prepared_at))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(OSError, match="Permission denied"):
            claimed(prepared_at)
    shuffle_with(claimed(prepared_at))


def test_what_cannot_be_locked_is_left_as_it_is(prepared_at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", refuse)
        with pytest.raises(Refused, match=r"cannot be locked, .*: No locks available"):
            claimed(prepared_at)
    shuffle_with(claimed(prepared_at))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in (tmp_path / "pipe", tmp_path):
        with pytest.raises(EvidenceMissing, match=r"not seekable|directory"):
            claimed(name)
