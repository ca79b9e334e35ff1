"""A message on its way from a party to the operator: one file, the entry's line first, then the lists that it names.

A blank line stands before each list. The file is the same bytes that go into the record, and is written whole or not
at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from evote.cli.output import say
from evote.errors import DecodeError, EvidenceMissing, Refused
from evote.operator import Message
from evote.record.entries import DecryptionShare, Entry, Shuffle, decode_entry
from evote.record.files import write_new

SUFFIX = ".msg"
MAX_MESSAGE = 1 << 32


def write_message(path: Path, entry: Entry, lists: Sequence[Sequence[bytes]] = ()) -> None:
    """Write a message, unless the same one is there already; `Refused` if the file is something else."""
    sections = ([bytes(entry)], *lists)
    data = b"\n".join(b"".join(line + b"\n" for line in section) for section in sections)
    _write(path, data, "the operator")


def write_lines(path: Path, lines: Sequence[bytes], receiver: str) -> None:
    """Write what goes to another party than the operator, in the same way."""
    _write(path, b"".join(line + b"\n" for line in lines), receiver)


def _write(path: Path, data: bytes, receiver: str) -> None:
    if path.is_file() and path.read_bytes() == data:
        say(f"{path} is there already")
        return
    try:
        write_new(path, data)
    except FileExistsError:
        raise _occupied(path) from None
    say(f"wrote {path}; hand it to {receiver}")


def check_there(path: Path) -> None:
    """Raise `EvidenceMissing` unless there is such a file."""
    if not path.is_file():
        raise EvidenceMissing(f"{path}: there is no such file")


def read_message(path: Path) -> Message:
    """Return the message in a file, its content unchecked; `DecodeError` if it does not have the form of one."""
    check_there(path)
    if path.stat().st_size > MAX_MESSAGE:
        raise DecodeError(f"{path} is too long for a message")
    lines = path.read_bytes().split(b"\n")
    head, *lists = _sections(lines[:-1])
    if lines[-1] or len(head) != 1:
        raise DecodeError(f"{path} is not a message: an entry's line, then its lists, each after a blank line")
    return Message(head[0], tuple(lists))


def _sections(lines: list[bytes]) -> Iterator[list[bytes]]:
    section: list[bytes] = []
    for line in lines:
        if line:
            section.append(line)
        else:
            yield section
            section = []
    yield section


def own_message(path: Path, author: str, kind: type[Shuffle] | type[DecryptionShare], digest: bytes) -> bool:
    """Tell whether ``author`` has left a message of that kind about the list with that digest at ``path``.

    `Refused` if something else is there.
    """
    if not path.exists():
        return False
    entry = decode_entry(read_message(path).line)
    if not (entry.author == author and isinstance(entry.body, kind) and entry.body.input == digest):
        raise _occupied(path)
    say(f"{path} is there already")
    return True


def _occupied(path: Path) -> Refused:
    return Refused(f"{path} exists and is something else: move it away first")
