"""Whatever the context of a proof is, changing any part of it changes every challenge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from evote.crypto.transcript import NativeTranscript
from evote.record.context import ballot_transcript, list_transcript, open_transcript, proof_transcript
from evote.record.entries import Answer, Ballot
from evote.record.units import Place
from tests.elections import changed, small_election

ELECTION, _ = small_election("sum")
OTHER, _ = small_election("sum", name="Another")
KEY = b"key"
PLACE = Place("council", "north")
FIRST = Answer(contest="council", ciphertexts=(b"c1c2", b"d1d2"), proofs=(b"proof",))
BALLOT = Ballot(sequence=1, previous=bytes(32), answers=(FIRST,))


def challenge(transcript: NativeTranscript) -> int:
    return transcript.challenge("challenge", 128)


def opened(use: str = "use", election: Any = ELECTION, author: str = "voter 1", key: bytes = KEY) -> int:
    return challenge(open_transcript(use, election, author, key))


def listed(
    use: str = "use",
    election: Any = ELECTION,
    author: str = "mixer 1",
    key: bytes = KEY,
    place: Place = PLACE,
    digests: tuple[bytes, ...] = (b"in", b"out"),
) -> int:
    return challenge(list_transcript(use, election, author, key, place, digests))


def proof(ballot: Ballot = BALLOT, contest: str = "council", number: int = 1, author: str = "voter 1") -> int:
    return challenge(proof_transcript(ballot_transcript(ELECTION, KEY, author, ballot), contest, number))


def answered(**changes: Any) -> Ballot:
    return changed(BALLOT, answers=(changed(FIRST, **changes),))


CHANGES: dict[str, tuple[Callable[..., int], dict[str, Any]]] = {
    "use": (opened, {"use": "other"}),
    "election": (opened, {"election": OTHER}),
    "author": (opened, {"author": "voter 2"}),
    "no key": (opened, {"key": b""}),
    "list: use": (listed, {"use": "other"}),
    "list: election": (listed, {"election": OTHER}),
    "list: author": (listed, {"author": "mixer 2"}),
    "list: key": (listed, {"key": b"yek"}),
    "list: contest": (listed, {"place": Place("mayor", "north")}),
    "list: unit": (listed, {"place": Place("council", "south")}),
    "list: contest and unit run together": (listed, {"place": Place("counci", "lnorth")}),
    "list: input": (listed, {"digests": (b"ni", b"out")}),
    "list: one list for two": (listed, {"digests": (b"inout",)}),
    "ballot: sequence": (proof, {"ballot": changed(BALLOT, sequence=2)}),
    "ballot: previous": (proof, {"ballot": changed(BALLOT, previous=bytes([1] * 32))}),
    "ballot: no answer": (proof, {"ballot": changed(BALLOT, answers=())}),
    "ballot: answer twice": (proof, {"ballot": changed(BALLOT, answers=(FIRST, FIRST))}),
    "ballot: contest": (proof, {"ballot": answered(contest="mayor")}),
    "ballot: c2": (proof, {"ballot": answered(ciphertexts=(b"c1cX", b"d1d2"))}),
    "ballot: last ciphertext": (proof, {"ballot": answered(ciphertexts=(b"c1c2", b"d1dX"))}),
    "ballot: voter": (proof, {"author": "voter 2"}),
    "proof: contest": (proof, {"contest": "mayor"}),
    "proof: number": (proof, {"number": 2}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_part_of_the_context_is_bound(name: str) -> None:
    function, changes = CHANGES[name]
    assert function() == function()
    assert function(**changes) != function()


def test_a_ballot_is_bound_without_its_proofs() -> None:
    assert proof(answered(proofs=())) == proof() == proof(answered(proofs=(b"a", b"b")))


def test_one_proof_leaves_the_next_ones_context_alone() -> None:
    bound = ballot_transcript(ELECTION, KEY, "voter 1", BALLOT)
    first = challenge(proof_transcript(bound, "council", 1))
    assert challenge(proof_transcript(bound, "council", 1)) == first
