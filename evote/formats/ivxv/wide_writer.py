"""A box and a key as Verificatum's mix server takes them: wide, in its "raw" form (``vmn -setpk``, ``vmn -shuffle``).

Nothing here is secret. What the pairs are is told in `wide`, which reads them.

Source: ``formats/IVXV.md`` 6; ``docs/verificatum.md`` 2.
"""

from __future__ import annotations

from collections.abc import Iterable

from evote.crypto.group import Group
from evote.crypto.vector import Vector
from evote.formats.ivxv.box.anonymous import Vote
from evote.formats.ivxv.ciphertext import ciphertext_encodings
from evote.formats.ivxv.encoding import squares
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.wide import COLUMNS, TEXTS, wide_key, wide_layout
from evote.formats.verificatum.byte_tree import node
from evote.formats.verificatum.groups import product_group, write_group
from evote.formats.verificatum.records import write_element, write_vector
from evote.formats.verificatum.shapes import write_product


def write_key(key: PublicKey) -> bytes:
    """Return the wide key as a raw file, which ``vmn -setpk`` takes; ``TypeError`` for a curve."""
    of = squares(key.group).group
    shape = wide_layout(of).plain
    halves = ([of.generator] * COLUMNS, wide_key(key))
    pair = node(*(write_product(shape, map(write_element, half)) for half in halves))
    return node(product_group(write_group(of), shape), pair)


def write_list(of: Group, election: str, votes: Iterable[Vote]) -> bytes:
    """Return the votes as a raw list, in their order; raise `Refusal` for a vote that is no ciphertext of the group.

    ``TypeError`` for a curve, ``ValueError`` if there are no votes. Memory: ten elements for each vote, twice.
    """
    encoded = _Encoded(of)
    c1, c2 = ([bytearray() for _ in range(COLUMNS)] for _ in range(2))
    for vote in votes:
        place = vote.place
        texts = [encoded[text] for text in (election, place.district, place.parish, place.question)]
        first, second = ciphertext_encodings(of, vote.ciphertext)
        for half, row in ((c1, [bytes(of.identity)] * TEXTS + [first]), (c2, [*texts, second])):
            for column, data in zip(half, row, strict=True):
                column.extend(data)
    if not c1[0]:
        raise ValueError("Verificatum has no empty lists")
    shape = wide_layout(of).wide
    return node(*(write_product(shape, (write_vector(Vector(of, bytes(c))) for c in half)) for half in (c1, c2)))


class _Encoded(dict[str, bytes]):
    """The encoding of the element of each text, computed once."""

    def __init__(self, of: Group) -> None:
        super().__init__()
        self._squares = squares(of)

    def __missing__(self, text: str) -> bytes:
        self[text] = data = bytes(self._squares.encode(text.encode()))
        return data
