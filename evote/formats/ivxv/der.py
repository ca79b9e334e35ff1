"""Writing DER: tag, shortest length, content. Transcripts splice objects that stand in files as they are.

Source: ITU-T X.690.
"""

from __future__ import annotations

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, GENERAL_STRING, SEQUENCE = 0x01, 0x02, 0x03, 0x04, 0x1B, 0x30


def encode(tag: int, content: bytes) -> bytes:
    """Return tag, minimal length and content."""
    length = len(content)
    if length < 0x80:  # noqa: PLR2004 - X.690, 8.1.3.4
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def content(data: bytes) -> bytes:
    """Return the content of an object that is known to be DER, with a tag of one byte."""
    size = data[1] & 0x7F if data[1] & 0x80 else 0
    return data[2 + size :]


def encode_sequence(*members: bytes) -> bytes:
    """Return a SEQUENCE of objects that are DER already."""
    return encode(SEQUENCE, b"".join(members))


def encode_integer(value: int) -> bytes:
    """Return the minimal two's-complement INTEGER."""
    return encode(INTEGER, signed_bytes(value))


def signed_bytes(value: int) -> bytes:
    """Return the shortest big-endian two's complement, as Java's ``toByteArray`` writes it."""
    return value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True)


def encode_octets(content: bytes) -> bytes:
    """Return an OCTET STRING."""
    return encode(OCTET_STRING, content)


def encode_text(text: str) -> bytes:
    """Return a GeneralString of ASCII characters."""
    return encode(GENERAL_STRING, text.encode("ascii"))
