"""The reference verifier: says what `evote.verify` says, of honest records and of forged ones, and shares no code."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from evote.crypto.box import open_box
from evote.crypto.group import group, group_names
from evote.crypto.sealing import BoxSecret, seal
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError
from evote.simulate import VoterPlan
from evote.verify import verify as verify_ours
from tests import elections
from tests.reference import box, groups, verifier

RECORDS = Path(__file__).parent / "vectors" / "record"
HERE = Path(__file__).parent / "reference"


def status(path: Path) -> int:
    """Return the reference verifier's verdict as an exit status."""
    try:
        verifier.verify(path)
    except verifier.Refuted:
        return 1
    except verifier.Absent:
        return 2
    return 0


def test_it_imports_nothing_but_the_standard_library_and_itself() -> None:
    allowed = {
        "base64",
        "collections",
        "fractions",
        "functools",
        "hashlib",
        "itertools",
        "json",
        "math",
        "os",
        "pathlib",
        "re",
    }
    allowed |= {"struct", "tests", "types", "typing", "unicodedata"}
    imported = set()
    for path in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert str(node.module).split(".")[:2] == ["tests", "reference"] or "tests" not in str(node.module)
                imported.add(str(node.module).split(".")[0])
    assert imported <= allowed


@pytest.mark.parametrize("name", ["sum", "mix", "points", "lists", "ranked", "petition"])
def test_the_vectors_hold(name: str) -> None:
    assert status(RECORDS / name) == 0
    assert verify_ours(RECORDS / name).status == 0


def test_a_fresh_election_holds() -> None:
    assert status(elections.finished("both").path) == 0


@pytest.mark.parametrize("name", ["p-256", "modp-2048"])
def test_other_groups_hold(name: str, tmp_path: Path) -> None:
    voters = [VoterPlan("one", "north")]
    simulation = elections.open_box(
        tmp_path / "r", "both", voters, group=name, minimum_group=1, trustees=1, threshold=1
    )
    elections.accept(simulation.cast([elections.good_ballot(simulation, "one")]))
    simulation.finish()
    assert (status(simulation.path), verify_ours(simulation.path).status) == (0, 0)


@pytest.mark.parametrize("name", sorted(set(groups.GROUPS) & set(group_names())))
def test_the_groups_are_the_same(name: str) -> None:
    naive, ours = groups.group(name), group(name)
    assert (naive.order, naive.size, naive.identity) == (ours.order, ours.element_size, bytes(ours.identity))
    assert naive.generator == bytes(ours.generator)
    for message in (b"", b"\x00" * 8, b"other"):
        hashed = ours.hash_to_group("a label", message)
        assert naive.hash("a label", message) == bytes(hashed)
        naive.element(bytes(hashed))
    h = naive.hash("a label", b"")
    power = ours.product_of_powers([ours.generator, ours.decode(h)], [2**200 + 1, -5])
    assert naive.product((naive.generator, 2**200 + 1), (h, -5)) == bytes(power)


@pytest.mark.parametrize("name", ["ristretto255", "p-256", "modp-2048"])
def test_they_refuse_the_same_encodings(name: str) -> None:
    naive, ours = groups.group(name), group(name)
    good = bytes(ours.generator)
    for at in range(0, len(good), 5):
        data = good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :]
        assert _decodes(partial(naive.element, data)) == _decodes(partial(ours.decode, data))


def _decodes(decode: Callable[[], object]) -> bool:
    try:
        decode()
    except (groups.Refuted, DecodeError):
        return False
    return True


def test_signatures() -> None:
    key = SigningKey.from_seed(bytes(32))
    signature = key.sign(b"message")
    assert groups.signed(key.public_key, b"message", signature)
    assert not groups.signed(key.public_key, b"another", signature)
    s = int.from_bytes(signature[32:], "little") + groups.L
    assert not groups.signed(key.public_key, b"message", signature[:32] + s.to_bytes(32, "little"))


def test_boxes() -> None:
    secret = BoxSecret.generate()
    for message in (b"", b"x" * 31, b"y" * 200):
        sealed = seal(secret.public_key, message)
        assert box.public_key(secret.reveal()) == secret.public_key
        assert box.open_box(secret.reveal(), sealed) == open_box(secret.reveal(), sealed) == message
        with pytest.raises(groups.Refuted):
            box.open_box(secret.reveal(), sealed[:-1] + bytes([sealed[-1] ^ 1]))


def change(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    """Return the forgery that replaces bytes once in a file."""

    def forge(path: Path) -> None:
        data = (path / name).read_bytes()
        assert old in data
        (path / name).write_bytes(data.replace(old, new, 1))

    return forge


FORGERIES: dict[str, tuple[int, Callable[[Path], object]]] = {
    "the definition changed": (1, change("election.json", b'"threshold":2', b'"threshold":1')),
    "the definition not canonical": (1, change("election.json", b'"threshold":2', b'"threshold": 2')),
    "an unknown group": (2, change("election.json", b'"ristretto255"', b'"ristretto256"')),
    "an unknown version": (2, change("election.json", b'"evote/1"', b'"evote/2"')),
    "a reason changed": (1, change("board/entries.jsonl", b"voted on paper", b"voted in paper")),
    "an empty line": (1, change("board/entries.jsonl", b"\n", b"\n\n")),
    "no last line end": (1, lambda path: _cut(path / "board/entries.jsonl", 1)),
    "the last entry gone": (1, lambda path: _drop_line(path / "board/entries.jsonl")),
    "the checkpoint changed": (1, change("board/checkpoint", b"operator", b"operato2")),
    "an empty checkpoint": (1, lambda path: (path / "board/checkpoint").write_bytes(b"")),
    "an empty board": (1, lambda path: (path / "board/entries.jsonl").write_bytes(b"")),
    "no checkpoint": (2, lambda path: (path / "board/checkpoint").unlink()),
    "no board": (2, lambda path: (path / "board/entries.jsonl").unlink()),
    "no definition": (2, lambda path: (path / "election.json").unlink()),
    "a list gone": (2, lambda path: min((path / "lists").iterdir()).unlink()),
    "a list renamed": (1, lambda path: _rename(min((path / "lists").iterdir()))),
    "a list changed": (1, lambda path: _cut(min((path / "lists").iterdir()), 3)),
    "a strange file": (1, lambda path: (path / "notes.txt").write_text("hello")),
    "a link": (1, lambda path: (path / "lists" / "x").symlink_to("/dev/null")),
}


def _cut(path: Path, count: int) -> None:
    path.write_bytes(path.read_bytes()[:-count])


def _drop_line(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _rename(path: Path) -> None:
    path.rename(path.with_name("0" * 64 + ".jsonl"))


@pytest.mark.parametrize("name", ["sum", "mix"])
@pytest.mark.parametrize(("expected", "forge"), FORGERIES.values(), ids=FORGERIES)
def test_forgeries_are_told_alike(name: str, expected: int, forge: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "record"
    shutil.copytree(RECORDS / name, path)
    forge(path)
    assert status(path) == expected
    assert verify_ours(path).status == expected
