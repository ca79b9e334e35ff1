"""Small directories, every file and every byte tree of which is changed in every way: all refused, without a crash."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from evote.crypto.group import group
from evote.formats.verificatum.writer import MixServer
from evote.record import vault
from tests.formats.verificatum.cases import verified
from tests.formats.verificatum.decrypting import Decryption
from tests.formats.verificatum.synthetic import shuffle_session, write_session

P256 = group("p-256")
PASSPHRASE = b"correct horse battery"


def whole(case: Path) -> None:
    """Write a shuffle of wide ciphertexts under a key of which a component is 1."""
    write_session(P256, 2, case, 2, 1, (0,))
    shuffle_session(case)


def ahead(case: Path) -> None:
    """Write a shuffle in two parts."""
    write_session(P256, 2, case)
    server = MixServer.read(case / "protInfo.xml", case / "publicKey")
    server.prepare(case / "prepared", PASSPHRASE, 3, vault.MINIMAL)
    server.shuffle_prepared(case / "nizkp", case / "ciphertexts", case / "prepared", PASSPHRASE)


def decrypted(case: Path) -> None:
    """Write a decryption by two parties of two, so that nobody can be left out."""
    Decryption(parties=2, threshold=2).write(case, P256, 2)


def mixed(case: Path) -> None:
    """Write a shuffle with the decryption of its output."""
    Decryption(mixed=True).write(case, P256, 1)


MADE = {"a shuffle": whole, "a shuffle in two parts": ahead, "a decryption": decrypted, "a mix": mixed}
WITHOUT = {
    ("a shuffle", "proofs/Ciphertexts01.bt"): 0,  # a copy of ShuffledCiphertexts.bt
    ("a shuffle in two parts", "proofs/maxciph"): 1,  # without it, a whole shuffle with strange files
}


def trees(data: bytes) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return where leaves start and end, and where nodes start and how many trees they hold."""
    leaves, nodes, at = [], [], 0
    while at < len(data):
        kind, number = struct.unpack_from(">Bi", data, at)
        if kind:
            leaves.append((at, at + 5 + number))
        else:
            nodes.append((at, number))
        at += 5 + kind * number
    return leaves, nodes


def mutants(name: str, data: bytes, others: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield other contents of a file, and what they are."""
    yield "nothing", b""
    yield "a byte less", data[:-1]
    yield "a byte more", data + b"\0"
    yield from (("another file", other) for other in others)
    if not name.endswith(".bt"):
        yield from (("another digit", bytes([data[0] ^ 1 << bit]) + data[1:]) for bit in range(8))
        return
    leaves, nodes = trees(data)
    for start, end in leaves:
        yield f"the last bit of leaf {start}", data[: end - 1] + bytes([data[end - 1] ^ 1]) + data[end:]
        yield f"without leaf {start}", data[:start] + data[end:]
        yield f"leaf {start} of zeros", data[: start + 5] + bytes(end - start - 5) + data[end:]
    for (a, b), (c, d) in pairwise(leaves):
        yield f"leaves {a} and {c} exchanged", data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]
    for start, number in nodes:
        for count in (number + 1, number - 1, -1):
            yield f"node {start} of {count}", data[: start + 1] + struct.pack(">i", count) + data[start + 5 :]


@pytest.mark.parametrize("kind", MADE)
def test_every_change_of_every_file_is_refused(kind: str, tmp_path: Path) -> None:
    MADE[kind](tmp_path)
    root = tmp_path / "nizkp"
    assert verified(tmp_path).status == 0
    held = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    for path, data in held.items():
        name = str(path.relative_to(root))
        for what, changed in mutants(name, data, [other for other in set(held.values()) if other != data]):
            if changed != data:
                path.write_bytes(changed)
                assert verified(tmp_path).status == 1, (name, what)
        path.unlink()
        assert verified(tmp_path).status == WITHOUT.get((kind, name), 2), name
        path.write_bytes(data)
    assert verified(tmp_path).status == 0
