"""Equal votes are decided by a rule that was fixed before anybody voted: the order of the definition, or a lot.

The lot orders names by SHA-256 of `Figures.lot` and the name, lowest first. That is a hash of the contest and of the
board's root at the closing of the ballot box: nobody knew it while voting, and anybody draws the same lot again. It is
not a dice throw before witnesses: who writes the board's last entries (the operator, or a voter in league with it) can
try many last entries and keep the one whose root suits. Nobody knows at that time whether there is a tie, for the votes
are sealed; t trustees in the plot would. Where that is too much, ``order`` leaves nothing to grind, and the
definition's order can be drawn in public.
"""

import hashlib
from collections.abc import Iterable
from enum import Enum

from evote.crypto.transcript import frame

DOMAIN = b"evote lot v1"


class Ties(Enum):
    """How a method chooses among equals."""

    ORDER = "order"
    LOT = "lot"

    def order(self, names: Iterable[str], lot: bytes) -> dict[str, int]:
        """Return the place of each name, from 0: of equals, the one with the lowest place wins.

        ``names`` come in the order of the definition; ``lot`` is `Figures.lot`.
        """
        ordered = sorted(names, key=lambda name: draw(lot, name)) if self is Ties.LOT else names
        return {name: place for place, name in enumerate(ordered)}


def draw(lot: bytes, name: str) -> bytes:
    """Return the lot of a name: SHA-256 of domain, lot and name, each behind its length as eight bytes."""
    return hashlib.sha256(frame(DOMAIN) + frame(lot) + frame(name.encode())).digest()


def tie_rule(name: str) -> Ties:
    """Return the rule of that name; ``ValueError`` if there is none."""
    if name not in (names := [rule.value for rule in Ties]):
        raise ValueError(f"rule 'ties' is {name!r}, not one of {', '.join(names)}")
    return Ties(name)
