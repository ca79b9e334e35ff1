"""PEM as IVXV writes it: 76 columns, lines ended by CRLF, marks ended by LF, nothing after the last.

Readers must take 64 columns and either line end, too. Nothing else is taken: the official reader skips what it does not
know, so that a file may hold more than anybody sees.
"""

from __future__ import annotations

import binascii
import re

from evote.formats.ivxv.reasons import Reason, Refusal

PUBLIC_KEY, PRIVATE_KEY = "PUBLIC KEY", "PRIVATE KEY"
MARK = b"-----"
MAX_FILE = 1 << 14
COLUMNS = (64, 76)


def decode(data: bytes, label: str) -> bytes:
    """Return the bytes under the label; what does not begin with a mark is DER already. Raise `Refusal`."""
    if len(data) > MAX_FILE:
        raise Refusal(Reason.TOO_LARGE, label.lower())
    text = data.strip(b" \t\r\n")
    if not text.startswith(MARK):
        return data
    lines = re.split(rb"\r?\n", text)
    body = lines[1:-1]
    if lines[0] != _mark("BEGIN", label) or lines[-1] != _mark("END", label) or not body:
        raise Refusal(Reason.MALFORMED, label.lower())
    lengths = [len(line) for line in body]
    full = lengths[0] if len(body) > 1 else COLUMNS[-1]
    if full not in COLUMNS or set(lengths[:-1]) - {full} or not 0 < lengths[-1] <= full:
        raise Refusal(Reason.MALFORMED, label.lower())
    return decode_base64(b"".join(body), label.lower())


def encode(data: bytes, label: str) -> bytes:
    """Return the file that the official programs write."""
    text = binascii.b2a_base64(data, newline=False)
    lines = [text[i : i + COLUMNS[-1]] for i in range(0, len(text), COLUMNS[-1])]
    return _mark("BEGIN", label) + b"\n" + b"\r\n".join(lines) + b"\n" + _mark("END", label)


def decode_base64(text: bytes | str, what: str) -> bytes:
    """Return the bytes; raise `Refusal` unless the text is what encoding them gives."""
    try:
        held = text.encode("ascii") if isinstance(text, str) else text
        data = binascii.a2b_base64(held)
    except ValueError:
        raise Refusal(Reason.BASE64, what) from None
    if binascii.b2a_base64(data, newline=False) != held:
        raise Refusal(Reason.BASE64, what)
    return data


def _mark(word: str, label: str) -> bytes:
    return MARK + f"{word} {label}".encode() + MARK
