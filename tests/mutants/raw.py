"""Changes to bytes and files, by somebody without any key."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

from evote.formats.native.reader import CHECKPOINT, ELECTION, ENTRIES, list_name
from tests.mutants.mutant import Mutant
from tests.mutants.records import World
from tests.mutants.sealing import LIST_FIELDS, take_apart

Bytes = Callable[[bytes, random.Random], bytes]
Change = Callable[[Path], None]
Lines = Callable[[list[bytes], int, int], list[bytes]]


def flip_bit(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def insert_byte(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + bytes([rng.randrange(256)]) + data[at:]


def delete_byte(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + 1 :]


def repeat_byte(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[: at + 1] + data[at:]


def truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def exchange_characters(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) - 1)
    return data[:at] + data[at + 1 : at + 2] + data[at : at + 1] + data[at + 2 :]


BYTES: dict[str, Bytes] = {
    "flip-bit": flip_bit,
    "insert-byte": insert_byte,
    "delete-byte": delete_byte,
    "repeat-byte": repeat_byte,
    "truncate": truncate,
    "exchange-characters": exchange_characters,
}

LINES: dict[str, Lines] = {
    "drop-line": lambda lines, i, _: lines[:i] + lines[i + 1 :],
    "double-line": lambda lines, i, _: lines[: i + 1] + lines[i:],
    "swap-lines": lambda lines, i, j: [lines[{i: j, j: i}.get(k, k)] for k in range(len(lines))],
    "copy-line-over-another": lambda lines, i, j: [lines[j] if k == i else lines[k] for k in range(len(lines))],
    "cut-after-line": lambda lines, i, _: lines[:i],
    "join-lines": lambda lines, i, _: [*lines[:i], lines[i].rstrip(b"\n"), *lines[i + 1 :]],
    "empty-line": lambda lines, i, _: [*lines[:i], b"\n", *lines[i:]],
    "space-before-line": lambda lines, i, _: [*lines[:i], b" " + lines[i], *lines[i + 1 :]],
    "carriage-return": lambda lines, i, _: [*lines[:i], lines[i].replace(b"\n", b"\r\n"), *lines[i + 1 :]],
}

WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda _: b"",
    "twice": lambda data: data * 2,
    "without-last-byte": lambda data: data[:-1],
    "line-feed-more": lambda data: data + b"\n",
    "zero-byte-more": lambda data: data + b"\x00",
    "byte-order-mark": lambda data: b"\xef\xbb\xbf" + data,
    "zeroed": lambda data: bytes(len(data)),
    "upper-case": bytes.upper,
}


def remove(path: Path, name: str) -> None:
    (path / name).unlink()


def rename(path: Path, name: str) -> None:
    (path / name).rename(path / f"{name}.old")


def make_directory(path: Path, name: str) -> None:
    (path / name).unlink()
    (path / name).mkdir()


def make_link(path: Path, name: str) -> None:
    (path / name).rename(path.parent / "elsewhere")
    (path / name).symlink_to(path.parent / "elsewhere")


FILES: dict[str, Callable[[Path, str], None]] = {
    "removed": remove,
    "renamed": rename,
    "now-a-directory": make_directory,
    "now-a-link": make_link,
}

STRANGERS = ("notes.txt", "board/entries.jsonl.bak", ".hidden", f"lists/{'0' * 64}.jsonl", "lists/readme", "board/sub/")


def add_file(name: str, path: Path) -> None:
    stranger = path / name
    stranger.mkdir() if name.endswith("/") else stranger.write_bytes(b"{}\n")


def swap_files(one: str, other: str, path: Path) -> None:
    first, second = (path / one).read_bytes(), (path / other).read_bytes()
    (path / one).write_bytes(second)
    (path / other).write_bytes(first)


def edit(name: str, change: Callable[[bytes], bytes], path: Path) -> None:
    """Change the bytes of one file."""
    (path / name).write_bytes(change((path / name).read_bytes()))


def edit_at_random(change: Bytes, seed: str, data: bytes) -> bytes:
    """Change bytes somewhere, but change them; the seed says where."""
    rng = random.Random(seed)
    while (changed := change(data, rng)) == data:
        pass
    return changed


def edit_lines(change: Lines, i: int, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(change(lines, i, (i + 1) % len(lines)))


def raw_mutants(world: World) -> Iterator[Mutant]:
    """Yield changes to every file of a record: the first list of each kind gets them all, the others a few."""
    files, full = file_names(world), set[str]()
    for label, name in files.items():
        kind = label.rpartition(".")[2]
        changes = dict(_changes(world, label, name) if kind not in full else _few_changes(label, name))
        full.add(kind)
        yield from (_mutant(f"{world.name}/{label}/{operator}", change) for operator, change in changes.items())
    for name in STRANGERS:
        yield _mutant(f"{world.name}/added/{name}", partial(add_file, name))
    labels = sorted(files)
    for one, other in pairwise(labels):
        yield _mutant(f"{world.name}/swapped/{one}+{other}", partial(swap_files, files[one], files[other]))


def _mutant(name: str, change: Change) -> Mutant:
    def write(world: World, path: Path) -> None:
        shutil.copytree(world.path, path)
        change(path)

    # An unknown plug-in in the definition is one that is not installed here.
    absent = name.endswith(("/removed", "/renamed")) or f"/{ELECTION}/" in name
    return Mutant(name, write, absent=absent)


def _few_changes(label: str, name: str) -> Iterator[tuple[str, Change]]:
    yield "flip-bit", partial(edit, name, partial(edit_at_random, flip_bit, label))
    yield "removed", partial(_on_file, remove, name)


def _changes(world: World, label: str, name: str) -> Iterator[tuple[str, Change]]:
    data = (world.path / name).read_bytes()
    for operator, random_change in BYTES.items():
        for number in range(2 + len(data) // 2500):
            seed = f"{world.name}/{label}/{operator}-{number}"
            yield f"{operator}-{number}", partial(edit, name, partial(edit_at_random, random_change, seed))
    for operator, whole in WHOLE.items():
        yield operator, partial(edit, name, whole)
    for operator, on_file in FILES.items():
        yield operator, partial(_on_file, on_file, name)
    if name.endswith(".jsonl"):
        yield from _line_changes(name, data)


def _on_file(change: Callable[[Path, str], None], name: str, path: Path) -> None:
    change(path, name)


def _line_changes(name: str, data: bytes) -> Iterator[tuple[str, Change]]:
    count = len(data.splitlines())
    for i in sorted({0, count // 3, count - 1}):
        for operator, change in LINES.items():
            if edit_lines(change, i, data) != data:
                yield f"{operator}-{i}", partial(edit, name, partial(edit_lines, change, i))


def file_names(world: World) -> dict[str, str]:
    """Return the files of a record; lists under the name of the entry and field that name them."""
    lists = {
        f"lists/{index:02}-{item.kind}.{field}": list_name(item.body[field])
        for index, item in enumerate(take_apart(world).items)
        for field in LIST_FIELDS
        if field in item.body
    }
    return {name: name for name in (ELECTION, ENTRIES, CHECKPOINT)} | lists
