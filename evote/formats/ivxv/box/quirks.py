"""Where the official programs err: each error can be switched on, one by one, to see what they would have done.

All are off unless asked for. What was ruled otherwise than we should, but ruled, is no quirk: a voter whose last ballot
is malformed loses the earlier ones, too.

Source: ``formats/IVXV.md`` 1.7, 4.3 and 7; each was observed in running the official programs.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum


class Quirk(Enum):
    """What is done if it is switched on."""

    LENIENT_CIPHERTEXTS = (
        "a ciphertext is judged by the official test, which takes BER, trailing bytes and the identity"
    )
    LAST_QUESTION_DECIDES = "a ballot is kept if the ciphertext of its last question is valid, whatever the others are"
    UNKNOWN_ORDER_RESTORES = 'a revocation list whose type is not exactly "revoke" restores'
    DISTRICTS_UNCHECKED_AFTER_REMOVAL = 'after the first removal in a voter list, an unknown district becomes "."'


Quirks = Collection[Quirk]
NONE: Quirks = frozenset()
OFFICIAL: Quirks = frozenset(Quirk)
