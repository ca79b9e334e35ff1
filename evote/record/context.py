"""What every challenge of an election is bound to, before the statement itself.

The proofs know nothing of elections; these are the transcripts that the voter, trustee or mixer and the verifier open
for them. ``docs/transcript.md`` lists the labels.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import SupportsBytes

import msgspec

from evote.crypto.transcript import NativeTranscript
from evote.record.entries import Ballot, signing_message
from evote.record.manifest import Election
from evote.record.units import Place


def integer(value: int) -> bytes:
    """Return an index or count as eight bytes, big-endian."""
    return value.to_bytes(8, "big")


def open_transcript(use: str, election: Election, author: str, key: SupportsBytes = b"") -> NativeTranscript:
    """Return a transcript bound to suite, election, joint key (empty before there is one) and prover."""
    transcript = NativeTranscript(use)
    transcript.append("suite", election.format.encode(), election.group.encode())
    transcript.append("election", election.fingerprint)
    transcript.append("joint key", key)
    transcript.append("author", author.encode())
    return transcript


def ballot_transcript(election: Election, key: SupportsBytes, author: str, ballot: Ballot) -> NativeTranscript:
    """Return the transcript of a ballot: its whole body without proofs, every c2 included, signed form and all."""
    bare = msgspec.structs.replace(
        ballot, answers=tuple(msgspec.structs.replace(answer, proofs=()) for answer in ballot.answers)
    )
    transcript = open_transcript("ballot", election, author, key)
    transcript.append("ballot", signing_message(election.fingerprint, author, bare))
    return transcript


def proof_transcript(ballot: NativeTranscript, contest: str, number: int) -> NativeTranscript:
    """Return the transcript of proof ``number`` (from 1) in a contest."""
    transcript = ballot.fork()
    transcript.append("proof", contest.encode(), integer(number))
    return transcript


def list_transcript(
    use: str, election: Election, author: str, key: SupportsBytes, place: Place, digests: Iterable[bytes]
) -> NativeTranscript:
    """Return the transcript of a proof about lists: contest and unit, then the digests of the lists."""
    transcript = open_transcript(use, election, author, key)
    transcript.append("place", *(part.encode() for part in place))
    transcript.append("lists", *digests)
    return transcript
