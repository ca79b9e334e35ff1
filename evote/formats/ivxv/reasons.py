"""Why something is refused, one sentence each: reports say "official tool: accepts; refused here because ...".

A `Refusal` is a `DecodeError`, so whoever does not care for reasons need not know this module.
"""

from __future__ import annotations

from enum import Enum

from evote.errors import DecodeError


class Reason(Enum):
    """What is wrong; the value completes the sentence "refused because"."""

    MALFORMED = "it is not the structure that belongs here"
    TRAILING_BYTES = "bytes follow the object, and whoever hashes the file hashes other bytes than the proof does"
    NOT_DER = "it has a second encoding (BER), so that equal objects differ in the file"
    BASE64 = "it is not base64 with padding and without line breaks"
    TOO_LARGE = "it exceeds the size limit"
    WRONG_ALGORITHM = "its algorithm is not the key's"
    OUT_OF_RANGE = "a group element is not between 1 and p - 1"
    NOT_IN_GROUP = "an element is outside the group of prime order, where the proof proves nothing"
    IDENTITY_POINT = "a point is the identity, which has no encoding in the transcript"
    POINT_ENCODING = "a point is not 04, x and y of fixed length, so that equal points differ in the file"
    NO_RANDOMNESS = "c1 is the identity: the plaintext stands in the clear"
    RESPONSE_RANGE = "the response is not between 0 and the order less 1, so that one proof has many encodings"
    FALSE_PROOF = "the proof's equations do not hold"
    WRONG_GENERATION = "the plaintext has the form of another generation of the format"
    AMBIGUOUS_GENERATION = "nothing in key and file tells its generation, which has to be named"
    NEEDS_TABLE = "elements of this generation have a text only by a table of the choices"
    PLAINTEXT_LENGTH = "the plaintext does not fit the group"
    BAD_PADDING = "the plaintext is not padded as the format demands"
    NOT_CANONICAL = "the element decodes to a text, but is not the one that the text encodes to"
    UNSAFE_PARAMETERS = "the group's parameters are not a safe prime and a generator of its squares"
    WEAK_KEY = "the public key is the identity"
    UNKNOWN_CURVE = "the curve is not P-384"
    BAD_IDENTIFIER = "an identifier is not 1 to 28 of the characters allowed"


class Refusal(DecodeError):
    """Bytes refused for a reason that reports can name."""

    def __init__(self, reason: Reason, what: str = "") -> None:
        """Say what was refused (a noun), and why."""
        super().__init__(reason, what)
        self.reason = reason
        self.what = what

    def __str__(self) -> str:
        """Return one sentence for people."""
        return f"{self.what or 'data'} refused: {self.reason.value}"
