"""The ballot box without names (bb-4; the mixer's input and output), and the list of what did not count.

Both are ciphertexts with a place: district, parish, question. Read one by one; a ciphertext may be any bytes here.

Source: ``formats/IVXV.md`` 4.4 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from msgspec import Struct

from evote.errors import DecodeError
from evote.formats.ivxv.box import strict_json
from evote.formats.ivxv.box.fields import District, Election, Parish, Question, check_question, take
from evote.formats.ivxv.box.stages import MAX_CIPHERTEXT
from evote.formats.ivxv.json_stream import JsonStream
from evote.formats.ivxv.pem import decode_base64

BOX, INVALID_FILE = "anonymous ballot box", "invalid file"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a vote counts."""

    district: str
    parish: str
    question: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A ciphertext's bytes, and where it counts."""

    place: Place
    ciphertext: bytes


class AnonymousFile:
    """A box being read: its ``election``, then, by iterating once, its votes."""

    def __init__(self, file: BinaryIO, name: str = BOX) -> None:
        """Read the head; raise `DecodeError` if it is none."""
        self._json, self._name = JsonStream(file, name), name
        self._names, self.election = _head(self._json, "districts", name)

    def __iter__(self) -> Iterator[Vote]:
        """Yield the votes in the order of the file; raise `DecodeError` where it ceases to be one."""
        for place in self._places():
            for _ in self._json.items():
                yield Vote(place, _ciphertext(self._json.text(), self._name))
        _finish(self._json, self._names, self._name)

    def _places(self) -> Iterator[Place]:
        for district in self._json.members():
            for parish in self._json.members():
                for question in self._json.members():
                    yield read_place(district, parish, question, self.election, self._name)


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    district: str
    station: str
    question: str
    vote: str


class InvalidFile:
    """The votes that did not count, with neither plaintext nor proof: ``election``, then, by iterating once, they."""

    def __init__(self, file: BinaryIO, name: str = INVALID_FILE) -> None:
        """Read the head; raise `DecodeError` if it is none."""
        self._json, self._name = JsonStream(file, name), name
        self._names, self.election = _head(self._json, "invalid", name)

    def __iter__(self) -> Iterator[Vote]:
        """Yield the votes in the order of the file; raise `DecodeError` where it ceases to be one."""
        for _ in self._json.items():
            held = strict_json.convert(self._json.value(), _Entry, self._name)
            place = read_place(held.district, held.station, held.question, self.election, self._name)
            yield Vote(place, _ciphertext(held.vote, self._name))
        _finish(self._json, self._names, self._name)


def _head(json: JsonStream, rest: str, what: str) -> tuple[Iterator[str], str]:
    names = json.members()
    json.name("election", names)
    election = take(json.text(), Election, what)
    json.name(rest, names)
    return names, election


def _finish(json: JsonStream, names: Iterator[str], what: str) -> None:
    if next(names, None) is not None:
        raise DecodeError(f"{what}: more members than belong there")
    json.end()


def read_place(district: str, parish: str, question: str, election: str, what: str) -> Place:
    """Return the place with these names; raise `DecodeError` unless they are of this election and form."""
    check_question(question, election, what)
    return Place(take(district, District, what), take(parish, Parish, what), take(question, Question, what))


def _ciphertext(text: str, what: str) -> bytes:
    data = decode_base64(text, what)
    if len(data) > MAX_CIPHERTEXT:
        raise DecodeError(f"{what}: a ciphertext of {len(data)} bytes where at most {MAX_CIPHERTEXT} are allowed")
    return data
