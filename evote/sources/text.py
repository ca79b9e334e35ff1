"""Strangers' text, bounded: every complaint is one sentence that names the line.

UTF-8, with a byte order mark or without (spreadsheets write one, and both formats' own tools skip it), brought to NFC
as a definition must be. Numbers are ASCII digits and below 10^15, so that they and their JSON are exact.
"""

import re
import unicodedata
from collections.abc import Mapping

from evote.errors import DecodeError

MAX_BYTES = 1 << 26
MAX_OPTIONS = 10_000
MAX_LINES = 1 << 20
MAX_TITLE = 200
MAX_ID = 64

_DIGITS = re.compile("-?[0-9]+")
_WHOLE = re.compile("[0-9]{1,15}")
_AMOUNT = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,15}))?")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def read_text(data: bytes) -> str:
    """Return the text of a file; `DecodeError` if it is too long or not UTF-8."""
    if len(data) > MAX_BYTES:
        raise DecodeError(f"longer than the {MAX_BYTES} bytes that are allowed")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise wrong(data.count(b"\n", 0, error.start) + 1, "not UTF-8") from None
    return unicodedata.normalize("NFC", text)


def wrong(line: int, what: str) -> DecodeError:
    """Return the error that says what is wrong in that line, counted from 1."""
    return DecodeError(f"line {line}: {what}")


def shown(text: str) -> str:
    """Return a stranger's text as a sentence may quote it: short, without control characters."""
    return repr(text if len(text) <= MAX_ID else text[: MAX_ID - 1] + "…")


def whole(text: str, line: int, what: str) -> int:
    """Return a whole number below 10^15; `DecodeError` for any other text."""
    if not _WHOLE.fullmatch(text):
        raise _no_number(text, line, what)
    return int(text)


def amount(text: str, line: int, what: str, *, exact: bool) -> int:
    """Return an amount without its decimals: if ``exact``, `DecodeError` unless they are 0, else rounded down."""
    match = _AMOUNT.fullmatch(text)
    if not match or (exact and int(match[2] or 0)):
        raise _no_number(text, line, what)
    return int(match[1])


def _no_number(text: str, line: int, what: str) -> DecodeError:
    reason = "is not a whole number"
    if _DIGITS.fullmatch(text):
        reason = "is below 0" if text.startswith("-") else "has more than 15 digits"
    return wrong(line, f"{what} {shown(text)} {reason}")


def title(text: str, line: int, what: str) -> str:
    """Return text as a title: white space joined, cut to 200 characters; `DecodeError` if there is none."""
    joined = " ".join(text.split())
    if not joined or _CONTROL.search(joined):
        raise wrong(line, f"{what} is empty or has control characters")
    return joined if len(joined) <= MAX_TITLE else joined[: MAX_TITLE - 1] + "…"


def ids(names: Mapping[str, int], what: str) -> dict[str, str]:
    """Return an id for each name (given with its line): lower case, a hyphen for each run of anything but a-z and 0-9.

    No two names get the same id, so who holds the result can go back: `DecodeError` if they would.
    """
    owners: dict[str, str] = {}
    for name, line in names.items():
        found = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
        if not 1 <= len(found) <= MAX_ID:
            raise wrong(line, f"{what} {shown(name)} makes no id of 1 to {MAX_ID} letters and digits")
        if found in owners:
            raise wrong(line, f"{what} {shown(name)} and {shown(owners[found])} would both be {found!r}")
        owners[found] = name
    return {name: found for found, name in owners.items()}
