"""What is prepared for a shuffle serves one shuffle: in memory, in a file, after crashes, among processes."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pytest

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import PublicKey, encode_row
from evote.crypto.group import group
from evote.errors import DecodeError, EvidenceMissing, Refused
from evote.mixnet import offline
from evote.mixnet.cascade import Cascade
from evote.mixnet.draws import Draws
from evote.mixnet.mixer import Mixer
from evote.mixnet.offline import PreparedShuffle, Purpose, claim, write
from evote.record import single_use, vault
from evote.record.audit import Audit
from evote.record.units import Place
from tests.elections import small_election
from tests.mixnet.shuffle_contract import NoExecutor, ballots, generators
from tests.mixnet.test_cascade import ENCODED, GROUP, KEY, NORTH, SOUTH, Lists, body, cascade, mixer

ROWS, H = len(ENCODED), generators(GROUP, len(ENCODED))
PASSPHRASE = b"correct horse battery"
ONCE = "has been used|serves once"


def prepared(rows: int = ROWS) -> PreparedShuffle:
    return mixer(1).prepare(KEY, *NORTH, 1, generators(GROUP, rows))


def purpose(rows: int = ROWS) -> Purpose:
    return mixer(1).purpose(KEY, *NORTH, rows, 1)


def written(directory: Path) -> Path:
    """Return a new file of something prepared for the north."""
    path = directory / "mixer-1.prepared"
    write(path, prepared(), PASSPHRASE, vault.MINIMAL)
    return path


def claimed(path: Path) -> PreparedShuffle:
    return claim(path, PASSPHRASE, purpose(), GROUP)


def shuffle_with(made: PreparedShuffle) -> None:
    """Shuffle, and let the cascade verify it."""
    state = cascade()
    message = mixer(1).shuffle(state, NORTH, made)
    state.admit("mixer 1", body(message), Lists(message), "")


# --- in memory ---


def test_a_shuffle_that_was_prepared_verifies_and_cannot_be_made_twice() -> None:
    made = prepared()
    shuffle_with(made)
    with pytest.raises(Refused, match="serves once"):
        mixer(1).shuffle(cascade(), NORTH, made)


@pytest.mark.parametrize("name", ["p-256", "modp-2048"])
@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_in_other_groups_and_widths(name: str, arithmetic: Arithmetic, tmp_path: Path) -> None:
    algebra = group(name)
    election, keys = small_election("mix")
    election = msgspec.structs.replace(election, group=name)
    key = PublicKey(algebra.generator ** algebra.scalar(9))
    rows = list(map(encode_row, ballots(key, 3, 2)))
    path = tmp_path / "file"
    for stored in (False, True):
        state = Cascade(election, key, Audit())
        state.open(NORTH, rows, 2)
        made_by = Mixer(
            election, 1, keys.mixers[0], arithmetic, NoExecutor() if arithmetic is Arithmetic.CAREFUL else None
        )
        made = made_by.prepare(key, *NORTH, 2, generators(algebra, 3))
        if stored:
            write(path, made, PASSPHRASE, vault.MINIMAL)
            made = claim(path, PASSPHRASE, made_by.purpose(key, *NORTH, 3, 2), algebra)
        message = made_by.shuffle(state, NORTH, made)
        state.admit("mixer 1", body(message), Lists(message), "")
        mixed = state.current(NORTH).rows
        assert mixed is not None
        plain = {tuple(c.c2 / c.c1 ** algebra.scalar(9) for c in row) for row in mixed.decoded()}
        assert plain == {(algebra.generator ** (i + 7),) * 2 for i in range(3)}


def test_workers_help() -> None:
    with ThreadPoolExecutor(2) as executor:
        made_by = Mixer(*ELECTION_AND_KEY, Arithmetic.FAST, executor)
        state = cascade()
        message = made_by.shuffle(state, NORTH, made_by.prepare(KEY, *NORTH, 1, H))
    state.admit("mixer 1", body(message), Lists(message), "")


ELECTION_AND_KEY = (mixer(1)._election, 1, mixer(1)._key)


def test_of_many_threads_one_gets_it() -> None:
    made = prepared()

    def use(_: int) -> bool:
        try:
            made.take(purpose())
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as executor:
        assert sum(executor.map(use, range(32))) == 1


OTHERS: dict[str, tuple[str, Any]] = {
    "another election": ("election", bytes(32)),
    "another mix server": ("author", "mixer 2"),
    "another contest": ("contest", "council"),
    "another unit": ("unit", "south"),
    "another key": ("key", bytes(32)),
    "another proof": ("proof", "bayer-groth"),
    "a shorter list": ("rows", ROWS - 1),
    "wider rows": ("width", 2),
    "another version of this software": ("software", "0"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_it_serves_no_other_purpose(name: str, tmp_path: Path) -> None:
    """And is not spent by the attempt, neither in memory nor on the disk."""
    field, value = OTHERS[name]
    made, path, other = prepared(), written(tmp_path), msgspec.structs.replace(purpose(), **{field: value})
    for use in (lambda: made.take(other), lambda: claim(path, PASSPHRASE, other, GROUP)):
        with pytest.raises(Refused, match=f"this was prepared for {field} .*, not "):
            use()
    shuffle_with(made)
    shuffle_with(claimed(path))


def test_every_field_of_a_purpose_has_its_case() -> None:
    assert {field for field, _ in OTHERS.values()} == set(Purpose.__struct_fields__)


def test_a_mixer_refuses_what_is_not_for_this_list() -> None:
    for made in (prepared(ROWS - 1), mixer(1).prepare(KEY, *SOUTH, 1, H), mixer(2).prepare(KEY, *NORTH, 1, H)):
        with pytest.raises(Refused, match="this was prepared for"):
            mixer(1).shuffle(cascade(), NORTH, made)


def test_secrets_do_not_print_pickle_or_compare() -> None:
    made = prepared()
    ahead = made.take(purpose())
    for secret in (made, ahead, ahead.proof):
        assert repr(secret) == f"<{type(secret).__name__}: secret>"
        with pytest.raises(TypeError, match="neither pickled nor copied"):
            pickle.dumps(secret)
    assert replace(ahead) != ahead
    assert ahead.seed.hex() not in repr(ahead)


# --- the secrets ---


def test_a_seed_fixes_every_draw_and_uses_are_kept_apart() -> None:
    first, again = (Draws("a use", GROUP, bytes(32)) for _ in range(2))
    assert first.exponents("x", 5) == again.exponents("x", 5)
    assert first.permutation(9) == again.permutation(9)
    others = [Draws("another use", GROUP, bytes(32)), Draws("a use", GROUP, b"\1" * 32), Draws("a use", KEY.group, b"")]
    assert len({tuple(draws.exponents("x", 2)) for draws in [*others, Draws("a use", GROUP, bytes(32))]}) == 4


def test_draws_are_in_range_and_cover_it() -> None:
    draws = Draws("test", group("toy"), bytes(32))
    numbers = draws.below("x", 7, 700)
    assert {numbers.count(x) // 40 for x in range(7)} <= {1, 2, 3}
    orders = [tuple(draws.permutation(3)) for _ in range(600)]
    assert len(set(orders)) == 6
    assert min(map(orders.count, set(orders))) > 50
    assert draws.permutation(1) == [0]


# --- in a file ---


def test_a_file_serves_once_and_keeps_no_secret_after(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    made = claimed(path)
    spent = tmp_path / "mixer-1.prepared.spent"
    assert list(tmp_path.iterdir()) == [spent]
    assert spent.read_bytes() == b""
    shuffle_with(made)
    with pytest.raises(Refused, match=ONCE):
        claimed(path)


def test_what_is_in_a_file_does_not_serve_from_memory_too(tmp_path: Path) -> None:
    made = prepared()
    write(tmp_path / "file", made, PASSPHRASE, vault.MINIMAL)
    with pytest.raises(Refused, match=ONCE):
        made.take(purpose())
    with pytest.raises(Refused, match=ONCE):
        write(tmp_path / "another", made, PASSPHRASE, vault.MINIMAL)


def test_a_file_put_back_beside_its_spent_mark_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    copy = path.read_bytes()
    claimed(path)
    path.write_bytes(copy)
    path.chmod(0o600)
    with pytest.raises(Refused, match=ONCE):
        claimed(path)
    with pytest.raises(Refused, match="has been used; take another"):
        write(path, prepared(), PASSPHRASE, vault.MINIMAL)


def test_a_purpose_is_compared_whole() -> None:
    for name in ("election", "key"):
        ends_otherwise = msgspec.structs.replace(purpose(), **{name: getattr(purpose(), name)[:-1] + b"?"})
        with pytest.raises(Refused, match=f"prepared for {name}"):
            prepared().take(ends_otherwise)


def test_files_that_do_not_open(tmp_path: Path) -> None:
    path = written(tmp_path)
    with pytest.raises(DecodeError, match="wrong passphrase"):
        claim(path, b"another", purpose(), GROUP)
    with pytest.raises(FileExistsError):
        write(path, prepared(), PASSPHRASE, vault.MINIMAL)
    path.chmod(0o644)
    with pytest.raises(Refused, match="others can read it"):
        claimed(path)
    with pytest.raises(EvidenceMissing):
        claimed(tmp_path / "nothing")
    vault.write_secret(tmp_path / "key", b'{"secret":1}', PASSPHRASE, cost=vault.MINIMAL)
    with pytest.raises(DecodeError, match="key is not a prepared shuffle"):
        claimed(tmp_path / "key")
    path.chmod(0o600)
    shuffle_with(claimed(path))


def test_a_list_too_long_for_a_file_is_said_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "LARGEST", 100)
    with pytest.raises(Refused, match="too many for a prepared file"):
        written(tmp_path)
    assert list(tmp_path.iterdir()) == []


# What a claim does, in order; a crash before the first of them leaves the file, one at any later leaves it spent.
STEPS: dict[str, tuple[object, str]] = {
    "before it is renamed": (Path, "rename"),
    "before the name is on the disk": (single_use, "sync_directory"),
    "before it is emptied": (os, "ftruncate"),
    "before the emptiness is on the disk": (os, "fsync"),
    "before its secrets are in hand": (offline, "_witness"),
}


def crash_in(patch: pytest.MonkeyPatch, step: str, end: Callable[[], Any]) -> None:
    """Let the process end where a claim comes to a step; reading the file, before it all, is left alone."""
    target, name = STEPS[step]
    read = vault.read_open_secret

    def then_crash(file: BinaryIO, path: Path, passphrase: bytes) -> bytes:
        data = read(file, path, passphrase)
        patch.setattr(target, name, lambda *_, **__: end())
        return data

    patch.setattr(vault, "read_open_secret", then_crash)


def stop() -> None:
    raise KeyboardInterrupt


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("step", STEPS)
def test_a_file_is_used_once_whenever_its_user_is_interrupted(step: str, tmp_path: Path) -> None:
    path = written(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        crash_in(patch, step, stop)
        with pytest.raises(KeyboardInterrupt):
            claimed(path)
    used_once_more(path, step)


@pytest.mark.parametrize("step", STEPS)
def test_a_file_is_used_once_whenever_its_user_is_killed(step: str, tmp_path: Path) -> None:
    path = written(tmp_path)
    child = os.fork()
    if not child:
        crash_in(pytest.MonkeyPatch(), step, kill)
        claimed(path)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    used_once_more(path, step)


def used_once_more(path: Path, step: str) -> None:
    """Check that a crash before the rename has spent nothing, and one after it everything."""
    if step == next(iter(STEPS)):
        shuffle_with(claimed(path))
    for _ in range(2):
        with pytest.raises(Refused, match=ONCE):
            claimed(path)


def test_a_crash_after_the_claim_has_used_it(tmp_path: Path) -> None:
    """Whether the message was written, nobody knows; so there will be no second."""
    path = written(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mixer, "_reencrypted", lambda *_: stop())
        with pytest.raises(KeyboardInterrupt):
            shuffle_with(claimed(path))
    with pytest.raises(Refused, match=ONCE):
        claimed(path)
    shuffle_with(prepared())


def wins(path: Path, _: int) -> bool:
    try:
        claimed(path)
    except Refused:
        return False
    return True


def test_of_two_processes_one_gets_it(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, get_context("fork")) as executor:
        for number in range(5):
            directory = tmp_path / str(number)
            directory.mkdir()
            assert sum(executor.map(partial(wins, written(directory)), range(4))) == 1


def test_who_finds_it_empty_while_reading_is_told_that_it_was_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other uses it after this one has opened it and before it reads."""
    path, read = written(tmp_path), vault.read_open_secret

    def overtaken(file: BinaryIO, at: Path, passphrase: bytes) -> bytes:
        monkeypatch.setattr(vault, "read_open_secret", read)
        claimed(path)
        return read(file, at, passphrase)

    monkeypatch.setattr(vault, "read_open_secret", overtaken)
    with pytest.raises(Refused, match=ONCE):
        claimed(path)


def test_who_finds_it_gone_while_opening_is_told_that_it_was_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, resolve = written(tmp_path), single_use._own
    answers = iter([lambda _: resolve(path), lambda _: (resolve(path), claimed(path))[0]])

    def overtaken(name: Path) -> Path:
        answer = next(answers, resolve)
        return answer(name)

    monkeypatch.setattr(single_use, "_own", overtaken)
    with pytest.raises(Refused, match=ONCE):
        claimed(path)


PLACE = Place("mayor", "west")


def test_a_place_that_is_not_mixed_is_refused_before_anything_is_used() -> None:
    made = mixer(1).prepare(KEY, *PLACE, 1, H)
    with pytest.raises(Refused, match="not my turn"):
        mixer(1).shuffle(cascade(), PLACE, made)
    assert made.take(mixer(1).purpose(KEY, *PLACE, ROWS, 1)).factors
