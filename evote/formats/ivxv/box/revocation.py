"""Revocation and restoration: lists of voters whose ballots do not count, because they voted on paper, or do again.

Lists are applied in the order given. Each turns a voter's ballot off or on; who is in the wanted state already, or not
in the box, is reported and nothing else.

Source: ``formats/IVXV.md`` 4.3 and 7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from msgspec import Struct

from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.box import strict_json
from evote.formats.ivxv.box.fields import Election, VoterId
from evote.formats.ivxv.box.quirks import NONE, Quirk, Quirks

WHAT = "revocation list"


class Order(Enum):
    """What a list wants."""

    REVOKE = "revoke"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class RevocationList:
    """An order, and for whom; the election may be left out."""

    election: str | None
    order: Order
    persons: tuple[str, ...]


class Effect(Enum):
    """What became of an order for a person."""

    DONE = "done"
    ABSENT = "voter not in box"
    ALREADY = "already in that state"


@dataclass(frozen=True, slots=True)
class Message:
    """One person's line in the report."""

    order: Order
    person: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Revocations:
    """Whose ballots do not count after all lists, and the report."""

    revoked: frozenset[str]
    messages: tuple[Message, ...]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    persons: tuple[VoterId, ...]
    election: Election | None = None


def read_revocation_list(data: bytes, *, quirks: Quirks = NONE) -> RevocationList:
    """Return the list in a file; raise `DecodeError`, also for a type of which the official programs make "restore"."""
    held = strict_json.decode(data, _File, WHAT)
    orders = {order.value: order for order in Order}
    if held.type not in orders and Quirk.UNKNOWN_ORDER_RESTORES not in quirks:
        raise DecodeError(f"{WHAT}: type {held.type[:80]!a} (official tool: restores); it is revoke or restore")
    return RevocationList(held.election, orders.get(held.type, Order.RESTORE), held.persons)


def apply_revocations(election: str, known: Collection[str], lists: Iterable[RevocationList]) -> Revocations:
    """Apply the lists in order to a box of ``known`` voters; raise ``VerificationError("ivxv.revocation")``.

    That is for a list of another election.
    """
    revoked: set[str] = set()
    messages: list[Message] = []
    for held in lists:
        if held.election not in {None, election}:
            raise VerificationError("ivxv.revocation", "a list is of another election")
        messages += [Message(held.order, person, _apply(held.order, person, known, revoked)) for person in held.persons]
    return Revocations(frozenset(revoked), tuple(messages))


def _apply(order: Order, person: str, known: Collection[str], revoked: set[str]) -> Effect:
    if person not in known:
        return Effect.ABSENT
    if (person in revoked) == (order is Order.REVOKE):
        return Effect.ALREADY
    (revoked.add if order is Order.REVOKE else revoked.remove)(person)
    return Effect.DONE
