"""Individual verification of an IVXV ballot: a second device opens one ciphertext from the randomness in a QR code.

c1 = g^r is checked first: without it a ballot could look right and decrypt to garbage (Sutopo, Haines, Roenne 2023).
Then the choice must be on the district's list, in exactly these words, which the official app does not ask. What the
device cannot tell: that this ballot is the voter's latest, or that it is in the ballot box at all. The code is no
secret between voter and device alone: whoever photographs it can fetch the ballot and read it.

Source: ``formats/IVXV.md`` 1.5 and 5.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from evote.crypto.group import Element
from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.box.tally import Definitions
from evote.formats.ivxv.ciphertext import decode_ciphertext
from evote.formats.ivxv.encoding import Lifted
from evote.formats.ivxv.generation import embedding
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.reasons import Reason, Refusal

SESSION = re.compile("[0-9a-f]{32}")
VOTE_ID_SIZE = 16
MAX_RANDOMNESS = 513  # bytes: of a group modulo 4096 bits, and a sign
QR = "QR code"


@dataclass(frozen=True, slots=True)
class QrCode:
    """What the voting device shows: session identifier, the randomness r, and the vote's identifier.

    Nothing in it says of which election it is, and nothing is signed.
    """

    session: str
    randomness: int = field(repr=False)
    vote_id: bytes

    def __post_init__(self) -> None:
        if not SESSION.fullmatch(self.session) or len(self.vote_id) != VOTE_ID_SIZE or self.randomness < 1:
            raise ValueError("a QR code holds 32 hex digits, a positive integer and 16 bytes")

    def __str__(self) -> str:
        """Return the payload: three lines, of which the last has no end."""
        r = self.randomness.to_bytes((self.randomness.bit_length() + 7) // 8, "big")
        return "\n".join((self.session, _base64(r), _base64(self.vote_id)))


def decode_qr(text: str) -> QrCode:
    """Return the code with that payload; raise `Refusal` for anything else.

    The randomness may have one zero byte in front, as Java's signed integers have it.
    """
    lines = text.split("\n")
    if len(lines) != 3 or not SESSION.fullmatch(lines[0]):  # noqa: PLR2004 - session, randomness, vote
        raise Refusal(Reason.MALFORMED, QR)
    r, vote_id = decode_base64(lines[1], QR), decode_base64(lines[2], QR)
    if len(vote_id) != VOTE_ID_SIZE or not 0 < len(r) <= MAX_RANDOMNESS or (r[0] == 0 and r[1:2] < b"\x80"):
        raise Refusal(Reason.MALFORMED, QR)
    return QrCode(lines[0], int.from_bytes(r, "big"), vote_id)


class Reading:
    """How elements become codes: by padding, or by a table for each district."""

    def __init__(self, key: PublicKey, definitions: Definitions) -> None:
        """Make the tables if the generation needs them; ``ValueError`` if it never used the key's group.

        Raises ``VerificationError("ivxv.choices")`` if key and choices are of different elections.
        """
        if definitions.choices.election != key.election:
            raise VerificationError("ivxv.choices", "of another election than the key")
        self.key, self.definitions = key, definitions
        self._form = embedding(definitions.generation, key.group)
        self._tables: dict[str, dict[bytes, bytes]] = {}

    def read(self, district: str, element: Element) -> tuple[Plaintext, str | None]:
        """Return the plaintext and the code that it counts for in a district, None if it is no choice there.

        Raise `Refusal` where the generation allows no claim about the element.
        """
        plaintext, text = Plaintext.decrypted(self.definitions.generation, element), None
        if isinstance(self._form, Lifted):
            if district not in self._tables:
                self._tables[district] = self._form.table(self.definitions.texts(district))
            text = self._tables[district].get(bytes(element))
        return plaintext, self.definitions.code(district, text or plaintext.text)


def open_vote(reading: Reading, district: str, ciphertext: bytes, code: QrCode) -> str:
    """Return the code of the choice that a ballot seals; the caller has fetched it and checked whose it is.

    Raises ``VerificationError("ivxv.receipt.randomness")`` if the ballot was not made with this randomness,
    ``VerificationError("ivxv.receipt.choice")`` if it is no choice of the district, `DecodeError` if it is no ballot.
    """
    group = reading.key.group
    held = decode_ciphertext(group, ciphertext)
    if code.randomness >= group.order or held.c1 != group.generator**code.randomness:
        raise VerificationError("ivxv.receipt.randomness", "c1 is not g^r")
    try:
        _, choice = reading.read(district, held.c2 / reading.key.y**code.randomness)
    except DecodeError as error:
        raise VerificationError("ivxv.receipt.choice", str(error)) from None
    if choice is None:
        raise VerificationError("ivxv.receipt.choice", f"not on the list of district {district}")
    return choice


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
