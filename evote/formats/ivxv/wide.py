"""IVXV's wide ciphertexts: five ElGamal pairs for a vote, so that where it counts goes through the mix beside it.

Election, district, parish and question are the c2 of the first four, padded and encoded as texts of generation 1, with
c1 = 1 and under a key that is 1: mixing changes c1 and leaves c2. The fifth pair is the vote. What is read back
is strict: members with exact padding, places of the form that a ballot box has. Whether votes are members is not asked
here, but by Verificatum's verifier. Modulo p only, like IVXV's mixer.

Source: ``formats/IVXV.md`` 6; ``docs/verificatum.md`` 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from evote.crypto.group import Element, Group
from evote.errors import DecodeError
from evote.formats.ivxv.box.anonymous import Vote, read_place
from evote.formats.ivxv.ciphertext import encoded_ciphertext
from evote.formats.ivxv.encoding import squares
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.reasons import Reason, Refusal
from evote.formats.verificatum.lists import Ciphertexts, Layout

TEXTS = 4  # election, district, parish, question
COLUMNS = TEXTS + 1
LIST = "list of wide ciphertexts"


def wide_layout(of: Group) -> Layout:
    """Return how products of five are written."""
    return Layout(of, COLUMNS, 1)


def wide_key(key: PublicKey) -> tuple[Element, ...]:
    """Return 1, 1, 1, 1, y."""
    return (key.group.identity,) * TEXTS + (key.y,)


def read_votes(held: Ciphertexts, election: str) -> Iterator[Vote]:
    """Yield the votes of a list of five columns; raise `DecodeError` for what is no vote of this election.

    ``TypeError`` for a curve.
    """
    of = held.c1[-1].group
    decoded = _Decoded(of)
    columns = [column.encodings() for column in (*held.c2, held.c1[-1])]
    for *texts, c2, c1 in zip(*columns, strict=True):
        said, district, parish, question = (decoded[data] for data in texts)
        if said != election:
            raise DecodeError(f"{LIST}: a vote of {said!a}, not of {election}")
        place = read_place(district, parish, question, election, LIST)
        yield Vote(place, encoded_ciphertext(of, c1, c2))


class _Decoded(dict[bytes, str]):
    """The text of each encoding, computed once."""

    def __init__(self, of: Group) -> None:
        super().__init__()
        self._squares = squares(of)

    def __missing__(self, data: bytes) -> str:
        text = self._squares.decode(self._squares.group.decode(data))
        try:
            self[data] = said = text.decode("ascii")
        except UnicodeDecodeError:
            raise Refusal(Reason.BAD_IDENTIFIER, LIST) from None
        return said
