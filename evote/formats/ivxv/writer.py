"""An election's files from public key to tally, as the official programs name and print them; no reader imports it.

The ballot box goes in as votes with their places, and comes out counted: what a quorum opened is written as proofs of
the votes that count, the list of those that do not, and a tally of each question. Certificates, signatures and logs are
other programs' affair.

Source: ``formats/IVXV.md`` 1.2, 2, 4.4 and 7.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import to_builtins

from evote.formats.ivxv import pem
from evote.formats.ivxv.box.anonymous import Place, Vote
from evote.formats.ivxv.box.definitions import Choices, Districts
from evote.formats.ivxv.box.pretty import Members, pretty
from evote.formats.ivxv.box.tally import Definitions
from evote.formats.ivxv.box.writer import checksum, write_anonymous, write_invalid, write_tally
from evote.formats.ivxv.decryptor import Opened
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.proof import encode_proof
from evote.formats.ivxv.proof_file import Entry
from evote.formats.ivxv.voter import choice_text


def write_public_key(file: BinaryIO, key: PublicKey) -> None:
    """Write the PEM file."""
    file.write(pem.encode(key.encoded, pem.PUBLIC_KEY))


def write_proofs(file: BinaryIO, election: str, entries: Iterable[Entry]) -> None:
    """Write a proof file, entry by entry."""
    proofs = (Members((name, getattr(entry, name)) for name in Entry.__slots__) for entry in entries)
    for piece in pretty(Members([("election", election), ("proofs", proofs)])):
        file.write(piece.encode())


def proof_entry(generation: Generation, opened: Opened) -> Entry:
    """Return the entry of a vote that counts; ``ValueError`` for one that does not."""
    if opened.claim is None or opened.proof is None:
        raise ValueError("a vote that does not count has no proof")
    message = opened.claim.plaintext.message(generation)
    return Entry(_base64(opened.vote.ciphertext), message, _base64(encode_proof(opened.proof)))


def write_definitions(file: BinaryIO, held: Districts | Choices) -> None:
    """Write districts or choices."""
    file.write(json.dumps(_filled(to_builtins(held)), ensure_ascii=False, indent=2).encode())


class ElectionFiles:
    """The files of one election in a directory, by their official names."""

    def __init__(self, directory: Path, key: PublicKey, definitions: Definitions) -> None:
        """Write the key, in both forms, and the definitions; ``ValueError`` if they are of different elections."""
        elections = {key.election, definitions.districts.election, definitions.choices.election}
        if len(elections) > 1:
            raise ValueError("key, districts and choices are of different elections")
        self._directory, self._election, self._definitions = directory, key.election, definitions
        self._write("-pub.pem", write_public_key, key)
        self._write("-pub.der", lambda file: file.write(key.encoded))
        self._write(".districts.json", write_definitions, definitions.districts)
        self._write(".choices.json", write_definitions, definitions.choices)

    def write_box(self, votes: Iterable[Vote], *, mixed: bool = False) -> None:
        """Write the anonymous ballot box before or after mixing, and its checksum. All votes are held."""
        name = "-shuffled.json" if mixed else "-bb-4.json"
        path = self._write(name, write_anonymous, self._election, votes)
        with path.open("rb") as file:
            path.with_name(f"{path.name}.sha256sum").write_bytes(checksum(file))

    def write_outcome(self, opened: Iterable[Opened], questions: Collection[str]) -> None:
        """Write proofs, the invalid votes, and a tally of each question, also of one that nobody answered.

        Proofs are written as they come; what is held are the invalid votes, and a place and a code of each vote.
        """
        counted: list[tuple[Place, bytes | None]] = []
        invalid: list[Vote] = []
        self._write("-proof", write_proofs, self._election, self._proved(opened, counted, invalid))
        self._write("-invalid", write_invalid, self._election, invalid)
        for question, tally in self._definitions.count(counted, questions).items():
            with (self._directory / f"{question}.tally").open("wb") as file:
                write_tally(file, tally)

    def _proved(
        self, opened: Iterable[Opened], counted: list[tuple[Place, bytes | None]], invalid: list[Vote]
    ) -> Iterator[Entry]:
        for one in opened:
            if one.code is None:
                invalid.append(one.vote)
                counted.append((one.vote.place, None))
            else:
                counted.append((one.vote.place, choice_text(self._definitions, one.vote.place.district, one.code)))
                yield proof_entry(self._definitions.generation, one)

    def _write(self, name: str, write: Callable[..., object], *arguments: object) -> Path:
        path = self._directory / (self._election + name)
        with path.open("wb") as file:
            write(file, *arguments)
        return path


def _filled(value: object) -> object:
    """Return a value without the names that have nothing."""
    return {name: _filled(held) for name, held in value.items() if held != ""} if isinstance(value, dict) else value


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
