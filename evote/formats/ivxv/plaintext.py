"""What a proof says was decrypted: an element, the bytes that are hashed for it, and the text if it is one.

The three differ by generation, and so does how the proof file writes them.

Source: ``formats/IVXV.md``, first table, and 2.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from evote.crypto.group import Element, Group
from evote.formats.ivxv import schema
from evote.formats.ivxv.der import encode_octets
from evote.formats.ivxv.elements import decode_element
from evote.formats.ivxv.encoding import Embedding, squares
from evote.formats.ivxv.generation import Generation, embedding
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.reasons import Reason, Refusal


@dataclass(frozen=True, slots=True)
class Plaintext:
    """A plaintext: its element, the bytes that its proof hashes, and its text.

    No text (None) means bad padding, except in G3, where it takes a table of the choices to find one.
    """

    element: Element
    hashed: bytes
    text: bytes | None

    @classmethod
    def decrypted(cls, generation: Generation, element: Element) -> Plaintext:
        """Return the plaintext of a decrypted element; raise `Refusal` in G1 and G1' if it has no text.

        There an element that is not the text's own has no valid proof either, so it is refused as well.
        """
        form = embedding(generation, element.group)
        if generation in {Generation.G2, Generation.G3}:
            return cls(element, bytes(element), _text(form, element))
        text = form.decode(element)
        if form.encode(text) != element:
            raise Refusal(Reason.NOT_CANONICAL, "plaintext")
        padded = generation is Generation.G1_PADDED
        return cls(element, squares(element.group).padding.pad(text) if padded else text, text)

    @classmethod
    def claimed(cls, generation: Generation, group: Group, message: str) -> Plaintext:
        """Return the plaintext that a proof file's ``message`` stands for; raise `Refusal`."""
        form = embedding(generation, group)
        if generation is Generation.G1:
            text = _utf8(message)
            return cls(form.encode(text), text, text)
        data = decode_base64(message, "message")
        if generation is Generation.G1_PADDED:
            padding = squares(group).padding
            text = padding.unpad(data.rjust(padding.size, b"\0"))
            return cls(form.encode(text), data, text)
        element = decode_element(group, schema.decode(bytes, data, "message"), "message")
        return cls(element, bytes(element), _text(form, element))

    def message(self, generation: Generation) -> str:
        """Return the ``message`` that a proof file writes."""
        if generation is Generation.G1:
            return self.hashed.decode()
        held = self.hashed if generation is Generation.G1_PADDED else encode_octets(self.hashed)
        return binascii.b2a_base64(held, newline=False).decode()


def _text(form: Embedding, element: Element) -> bytes | None:
    try:
        return form.decode(element)
    except Refusal:
        return None


def _utf8(message: str) -> bytes:
    try:
        return message.encode()
    except UnicodeEncodeError:
        raise Refusal(Reason.MALFORMED, "message") from None
