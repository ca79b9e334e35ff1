"""One JSON text for each value; everything else is refused.

Keys are sorted, nothing is spaced, strings are raw UTF-8 in NFC without control characters, bytes are base64 with
padding, integers are below 2^53. `decode` accepts a text only if encoding the result gives the same bytes back:
msgspec alone would accept white space, repeated or reordered keys, escapes and loose base64.
"""

import re
import unicodedata
from typing import Any, TypeVar

import msgspec

from evote.errors import DecodeError

T = TypeVar("T")

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
MAX_LINE = 1 << 22


def encode(value: Any) -> bytes:
    """Return the canonical JSON of a struct; ``ValueError`` if it has none."""
    text = _json(value)
    _check_text(text)
    return text


def decode(data: bytes, kind: type[T], *, limit: int = MAX_LINE) -> T:
    """Return the ``kind`` whose canonical JSON is ``data``; raise `DecodeError` for anything else."""
    if len(data) > limit:
        raise DecodeError(f"{len(data)} bytes where at most {limit} are allowed")
    try:
        value = msgspec.json.decode(data, type=kind)
        _check_text(data)
        same = _json(value) == data
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError) as error:
        raise DecodeError(f"not {_one(kind)}: {error}") from None
    if not same:
        raise DecodeError(f"not the canonical encoding of {_one(kind)}")
    return value


def _one(kind: type[Any]) -> str:
    return f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def _check_text(data: bytes) -> None:
    text = data.decode()
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("text is not in Unicode normal form C")
    # JSON writes control characters below U+0020 as escapes; quotes and backslashes are the only others.
    escapes = text.replace("\\\\", "").replace('\\"', "")
    if "\\" in escapes or _CONTROL.search(text):
        raise ValueError("text has control characters")
