"""What the official processor does to a ballot box, stage by stage, as pure functions that report all they remove.

`squash` keeps each voter's last ballot and drops it, too, if a ciphertext is malformed (bb-1 to bb-2); `revoke` takes
out those whose ballots were revoked (bb-3); `anonymize` forgets the names (bb-4). Order is that of the registration
times; at equal times the order in the file decides, in which the official programs put them at random.

What is stricter than there: ciphertexts are judged as `evote.formats.ivxv.ciphertext` does, and every question counts.
Each removal that the official programs would not have made says so. `Quirk` switches to their rules.

Source: ``formats/IVXV.md`` 4.3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import chain

from evote.crypto.group import Group
from evote.errors import DecodeError
from evote.formats.ivxv.box.anonymous import Place, Vote
from evote.formats.ivxv.box.quirks import NONE, Quirk, Quirks
from evote.formats.ivxv.box.stages import Ballot, Stage, StageFile, Voter
from evote.formats.ivxv.ciphertext import CIPHERTEXT, ciphertext_encodings
from evote.formats.ivxv.elements import member
from evote.formats.ivxv.keys import PublicKey, read_public_key
from evote.formats.ivxv.official import CiphertextVerdict, check_ciphertext, difference
from evote.formats.ivxv.reasons import Refusal
from evote.parallel import pmap

CHUNK = 1024  # voters


class Cause(Enum):
    """Why a ballot does not go on."""

    RECURRENT = "the voter voted again later"
    INVALID = "a ciphertext is malformed, so that the voter has no vote"
    REVOKED = "it was revoked"


@dataclass(frozen=True, slots=True)
class Removed:
    """A ballot that does not go on; ``detail`` is for people."""

    cause: Cause
    ballot: Ballot
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a voter: the ballot that goes on, if any, and those that do not.

    ``tied`` says that the last two ballots were registered at the same time, so that somebody else may keep the other.
    """

    voter: str
    kept: Ballot | None
    removed: tuple[Removed, ...] = ()
    tied: bool = False


def squash(
    box: StageFile, key: PublicKey, *, quirks: Quirks = NONE, executor: Executor | None = None, chunk: int = CHUNK
) -> Iterator[Outcome]:
    """Yield what becomes of each voter from bb-1 to bb-2; raise `DecodeError` for another box.

    Costs a test of membership for each ciphertext kept, in batches.
    """
    box.demand(Stage.CHECKED)
    return chain.from_iterable(
        pmap(partial(_squash, key.encoded, frozenset(quirks)), box, executor=executor, chunk=chunk)
    )


def revoke(box: StageFile, revoked: Collection[str]) -> Iterator[Outcome]:
    """Yield what becomes of each voter from bb-2 to bb-3; raise `DecodeError` for another box.

    ``revoked`` comes from `evote.formats.ivxv.box.revocation.apply_revocations`, which needs the voters of bb-2 first.
    """
    box.demand(Stage.SQUASHED)
    return (_revoke(voter, revoked) for voter in box)


def anonymize(box: StageFile) -> Iterator[Vote]:
    """Yield the votes of bb-3 for bb-4, still in the voters' order; raise `DecodeError` for another box."""
    box.demand(Stage.REVOKED)
    return (
        Vote(Place(ballot.district, ballot.parish, question), ciphertext)
        for voter in box
        for ballot in voter.ballots
        for question, ciphertext in ballot.ciphertexts.items()
    )


def remaining(outcomes: Iterable[Outcome]) -> Iterator[Voter]:
    """Yield the voters of the next stage."""
    return (Voter(outcome.voter, (outcome.kept,)) for outcome in outcomes if outcome.kept is not None)


def _revoke(voter: Voter, revoked: Collection[str]) -> Outcome:
    (ballot,) = voter.ballots
    if voter.id in revoked:
        return Outcome(voter.id, None, (Removed(Cause.REVOKED, ballot),))
    return Outcome(voter.id, ballot)


def _squash(encoded: bytes, quirks: frozenset[Quirk], voters: list[Voter]) -> list[Outcome]:
    group = read_public_key(encoded).group
    kept = [voter.ballots[-1] for voter in voters]
    data = [ciphertext for ballot in kept for ciphertext in ballot.ciphertexts.values()]
    verdicts = iter(_lenient(group, data) if Quirk.LENIENT_CIPHERTEXTS in quirks else _strict(group, data))
    return [_outcome(voter, [next(verdicts) for _ in voter.ballots[-1].votes], quirks) for voter in voters]


def _outcome(voter: Voter, verdicts: list[str], quirks: frozenset[Quirk]) -> Outcome:
    """Return the outcome, given what is wrong with each ciphertext of the last ballot ("" for nothing)."""
    *earlier, last = voter.ballots
    removed = [Removed(Cause.RECURRENT, ballot) for ballot in earlier]
    tied = bool(earlier) and earlier[-1].instant == last.instant
    deciding = verdicts[-1:] if Quirk.LAST_QUESTION_DECIDES in quirks else verdicts
    wrong = next(filter(None, deciding), "")
    if not wrong:
        return Outcome(voter.id, last, tuple(removed), tied)
    if not verdicts[-1]:
        wrong += "; official tool: keeps the ballot, since the ciphertext of its last question is valid"
    return Outcome(voter.id, None, (*removed, Removed(Cause.INVALID, last, wrong)), tied)


def _lenient(group: Group, ciphertexts: list[bytes]) -> list[str]:
    verdicts = [check_ciphertext(group, data) for data in ciphertexts]
    return ["" if verdict is CiphertextVerdict.VALID else verdict.value for verdict in verdicts]


def _strict(group: Group, ciphertexts: list[bytes]) -> list[str]:
    """Return what is wrong with each; membership of all that are well-formed is tested at once."""
    opened: list[tuple[bytes, bytes] | Refusal] = [_open(group, data) for data in ciphertexts]
    try:
        group.decode_many([half for one in opened if not isinstance(one, Refusal) for half in one])
    except DecodeError:
        opened = [_members(group, one) for one in opened]
    return [
        difference(check_ciphertext(group, data) is CiphertextVerdict.VALID, one) if isinstance(one, Refusal) else ""
        for data, one in zip(ciphertexts, opened, strict=True)
    ]


def _open(group: Group, data: bytes) -> tuple[bytes, bytes] | Refusal:
    try:
        return ciphertext_encodings(group, data)
    except Refusal as refusal:
        return refusal


def _members(group: Group, one: tuple[bytes, bytes] | Refusal) -> tuple[bytes, bytes] | Refusal:
    if isinstance(one, Refusal):
        return one
    try:
        for half in one:
            member(group, half, CIPHERTEXT)
    except Refusal as refusal:
        return refusal
    return one
