"""An IVXV ballot is made: one choice in the words of its generation, encrypted, and a QR code that opens it.

There is no proof in such a ballot: nothing in it says that it is well-formed, or that its voter knows what is in it.
The signed container around it, and the collector, are not made here.

Source: ``formats/IVXV.md`` 1.3 to 1.5, 5 and 7.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from evote.formats.ivxv.box.fields import SEPARATOR
from evote.formats.ivxv.box.tally import Definitions
from evote.formats.ivxv.ciphertext import encode_ciphertext
from evote.formats.ivxv.generation import Generation, embedding
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.receipt import QrCode


@dataclass(frozen=True, slots=True)
class SealedVote:
    """The ciphertext's DER, which the voter signs, and the randomness, which nobody else may see."""

    ciphertext: bytes
    randomness: int = field(repr=False)

    def qr_code(self, session: str, vote_id: bytes) -> QrCode:
        """Return what the device shows when the collector has answered with session and vote."""
        return QrCode(session, self.randomness, vote_id)


def choice_text(definitions: Definitions, district: str, code: str) -> bytes:
    """Return the plaintext of a choice, in generation 1 with party and name; ``ValueError`` if not on the list."""
    for party, names in definitions.choices.choices.get(district, {}).items():
        if code in names:
            whole = definitions.generation in {Generation.G1, Generation.G1_PADDED}
            return (SEPARATOR.join((code, party, names[code])) if whole else code).encode()
    raise ValueError(f"{code!r} is not on the list of district {district!r}")


def encrypt_choice(key: PublicKey, definitions: Definitions, district: str, code: str) -> SealedVote:
    """Encrypt a choice; costs two careful powers. ``ValueError`` for one that is not on the district's list.

    Raises `Refusal` if its text is too long for the group.
    """
    if definitions.choices.election != key.election:
        raise ValueError("the choices are of another election than the key")
    form = embedding(definitions.generation, key.group)
    element = form.encode(choice_text(definitions, district, code))
    r = key.group.scalar(1 + secrets.randbelow(key.group.order - 1))
    return SealedVote(encode_ciphertext(key.elgamal.encrypt(element, r)), int(r))
