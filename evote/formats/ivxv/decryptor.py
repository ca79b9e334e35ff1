"""A ballot box is opened by a quorum: who counts for whom, and a proof of every vote that counts.

All holders are in one process here, as at the machine where the cards are read; `share_holder` and `quorum` are what
each would run apart. The key is never put together. Votes that do not count get no proof, as the format has no place
for one; the reason is kept.

Source: ``formats/IVXV.md`` 2, 3.2 and 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evote.crypto.elgamal import Ciphertext
from evote.crypto.group import Element, Group
from evote.crypto.relation import Proof
from evote.crypto.rows import Rows
from evote.crypto.vector import Vector
from evote.formats.ivxv.box.anonymous import Vote
from evote.formats.ivxv.ciphertext import decode_ciphertext
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.proof import Claim
from evote.formats.ivxv.quorum import Answers, Quorum, find_quorum, join, open_rows
from evote.formats.ivxv.reasons import Refusal
from evote.formats.ivxv.receipt import Reading
from evote.formats.ivxv.share_holder import ShareHolder
from evote.parallel import batched

CHUNK = 1024  # votes in hand at once
NOT_LISTED = "it is no choice of the district"


@dataclass(frozen=True, slots=True)
class Opened:
    """A vote, and the code that it counts for with the claim and its proof; or None and why it does not count."""

    vote: Vote
    code: str | None = None
    claim: Claim | None = None
    proof: Proof | None = None
    reason: str = ""


def assemble(key: PublicKey, holders: Sequence[ShareHolder], threshold: int) -> tuple[Quorum, list[ShareHolder]]:
    """Return a quorum of these holders, and those who are in it; raise as `find_quorum` and `ShareHolder.announce`."""
    quorum = find_quorum(key, [holder.announce(key) for holder in holders], threshold)
    return quorum, [holder for holder in holders if holder.index in quorum.share_keys]


def open_box(
    quorum: Quorum,
    members: Sequence[ShareHolder],
    reading: Reading,
    votes: Iterable[Vote],
    *,
    chunk: int = CHUNK,
) -> Iterator[Opened]:
    """Yield what each vote is, in order. Costs each member two careful powers and one of g for each vote that counts.

    What is no ciphertext is not decrypted. Raises `VerificationError` with the index of a member who is wrong.
    """
    for part in batched(votes, chunk):
        yield from _open_chunk(quorum, members, reading, part)


def prove_claims(
    quorum: Quorum, members: Sequence[ShareHolder], claims: Sequence[Claim], shares: Mapping[int, Vector]
) -> list[Proof]:
    """Return a proof of each claim under the published key; ``shares`` are the partial decryptions, by member."""
    sessions = [member.begin(quorum, claims) for member in members]
    seals = {session.index: session.seal() for session in sessions}
    opened = {session.index: session.open(seals) for session in sessions}
    responses = {session.index: session.respond(opened) for session in sessions}
    return join(quorum, claims, Answers(seals, opened, responses), shares)


def _open_chunk(
    quorum: Quorum, members: Sequence[ShareHolder], reading: Reading, votes: list[Vote]
) -> Iterator[Opened]:
    group = quorum.key.group
    received = [_received(group, vote) for vote in votes]
    rows = Rows.of(group, 1, [(one,) for one in received if isinstance(one, Ciphertext)])
    partials = [member.decrypt(quorum, rows) for member in members]
    elements = iter(open_rows(quorum, rows, partials))
    judged = [
        Opened(vote, reason=one.reason.value)
        if isinstance(one, Refusal)
        else _judge(reading, vote, one, next(elements))
        for vote, one in zip(votes, received, strict=True)
    ]
    decrypted = [judge for judge, one in zip(judged, received, strict=True) if isinstance(one, Ciphertext)]
    counted = [number for number, one in enumerate(decrypted) if one.claim]
    shares = {one.index: _chosen(one.shares, counted) for one in partials}
    proofs = iter(prove_claims(quorum, members, [one.claim for one in decrypted if one.claim], shares))
    yield from (replace(one, proof=next(proofs)) if one.claim else one for one in judged)


def _received(group: Group, vote: Vote) -> Ciphertext | Refusal:
    try:
        return decode_ciphertext(group, vote.ciphertext)
    except Refusal as refusal:
        return refusal


def _judge(reading: Reading, vote: Vote, ciphertext: Ciphertext, element: Element) -> Opened:
    try:
        plaintext, code = reading.read(vote.place.district, element)
    except Refusal as refusal:
        return Opened(vote, reason=refusal.reason.value)
    if code is None:
        return Opened(vote, reason=NOT_LISTED)
    return Opened(vote, code, Claim(reading.key, ciphertext, plaintext))


def _chosen(vector: Vector, items: Sequence[int]) -> Vector:
    encodings = vector.encodings()
    return Vector(vector.group, b"".join([encodings[i] for i in items]), vector.name)
