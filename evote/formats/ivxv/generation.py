"""The format changed its meaning and kept its OIDs: the generation is read off key and file together, never guessed.

| | group | a proof hashes | ``message`` in the proof file |
|---|---|---|---|
| G1 (2017 to 2023) | mod p, or P-384 | the text | the text |
| G1' (2024) | mod p | the padded text | base64 of it |
| G2 (2025) | P-384 | the point | base64 of an OCTET STRING with the point |
| G3 (2026) | P-384, key says TRUE | the point, g^text | as G2 |

The forms of a message exclude each other: base64 of a padded text or of a point is longer than any text may be.
G1' is known from third-party programs only, without vectors; whether its byte string keeps the leading zero octet is
not known, so both are read.

Source: ``formats/IVXV.md``, first table.
"""

from __future__ import annotations

from enum import Enum

from evote.crypto.group import Group
from evote.formats.ivxv.der import encode_octets
from evote.formats.ivxv.elements import is_modp
from evote.formats.ivxv.encoding import GENERATION_1, GENERATION_2, Embedding, Lifted, squares
from evote.formats.ivxv.keys import Parameters
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.reasons import Reason, Refusal


class Generation(Enum):
    """A generation of ciphertext payloads and proofs, by its name in reports."""

    G1 = "G1"
    G1_PADDED = "G1'"
    G2 = "G2"
    G3 = "G3"


def generations(parameters: Parameters) -> frozenset[Generation]:
    """Return the generations that a key with these parameters may belong to."""
    if is_modp(parameters.group):
        return frozenset({Generation.G1, Generation.G1_PADDED})
    if parameters.lifted is None:
        return frozenset({Generation.G1, Generation.G2})
    return frozenset({Generation.G3 if parameters.lifted else Generation.G2})


def detect(parameters: Parameters, message: str | None, forced: Generation | None = None) -> Generation:
    """Return the one generation that a key and a ``message`` of its proof file (None: there is none) can be of.

    A ``forced`` one is taken if the key allows it, whatever the message. Raise `Refusal` if none is possible, or more
    than one.
    """
    possible = generations(parameters)
    if forced is not None:
        possible &= {forced}
    elif message is not None:
        possible &= _forms(parameters.group, message)
    if len(possible) > 1:
        raise Refusal(Reason.AMBIGUOUS_GENERATION, "proof file")
    if not possible:
        raise Refusal(Reason.WRONG_GENERATION, "proof file")
    return next(iter(possible))


def embedding(generation: Generation, group: Group) -> Embedding:
    """Return how texts become elements; ``ValueError`` if the generation never used the group."""
    if is_modp(group) and generation in {Generation.G1, Generation.G1_PADDED}:
        return squares(group)
    if group == GENERATION_1.group and generation is not Generation.G1_PADDED:
        return {Generation.G1: GENERATION_1, Generation.G2: GENERATION_2}.get(generation) or Lifted(group)
    raise ValueError(f"{generation.value} does not use {group.name}")


def _forms(group: Group, message: str) -> set[Generation]:
    """Return the generations whose messages have this form."""
    if len(message.encode("utf-8", "replace")) <= embedding(Generation.G1, group).capacity:
        return {Generation.G1}
    try:
        data = decode_base64(message, "message")
    except Refusal:
        return set()
    if is_modp(group):
        size = squares(group).padding.size
        return {Generation.G1_PADDED} if len(data) in {size, size - 1} else set()
    is_point = len(data) == len(encode_octets(bytes(group.element_size)))
    return {Generation.G2, Generation.G3} if is_point else set()
