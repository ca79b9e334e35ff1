"""The values that files hold: one pattern for each, enforced everywhere; the official readers enforce none of them.

Source: ``formats/IVXV.md`` 4.4 and 7.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from evote.errors import DecodeError
from evote.formats.ivxv.box import strict_json
from evote.formats.ivxv.keys import IDENTIFIER

SEPARATOR = "\x1f"  # between the parts of a plaintext, so that no name may hold it
FOREIGN, ABROAD = "FOREIGN", "0000"  # two names for the parish of those who live abroad
INVALID = "invalid"  # stands beside the codes in a tally

Election = Annotated[str, Meta(pattern=rf"\A{IDENTIFIER.pattern}\Z")]
Question = Annotated[str, Meta(pattern=rf"\A{IDENTIFIER.pattern}\.{IDENTIFIER.pattern}\Z")]  # ELECTION.QUESTION
District = Annotated[str, Meta(pattern=r"\A[0-9]{4}\.[0-9]{1,2}\Z")]
DistrictNumber = Annotated[str, Meta(pattern=r"\A[0-9]{1,2}\Z")]
Region = Annotated[str, Meta(pattern=r"\A[0-9]{4}\Z")]
Parish = Annotated[str, Meta(pattern=rf"\A([0-9]{{4}}|{FOREIGN})\Z")]
VoterId = Annotated[str, Meta(pattern=r"\A[0-9]{11}\Z")]
Name = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,100}\Z")]
Code = Annotated[str, Meta(pattern=r"\A[0-9]{4}\.[0-9]{1,11}\Z")]
CodeOrInvalid = Annotated[str, Meta(pattern=rf"\A([0-9]{{4}}\.[0-9]{{1,11}}|{INVALID})\Z")]
BallotId = Annotated[str, Meta(pattern=r"\A[0-9]{17}[+-][0-9]{4}\Z")]  # the collector's clock; informative
ChangeSet = Annotated[str, Meta(pattern=r"\A(0|[1-9][0-9]{0,8})\Z")]
Count = Annotated[int, Meta(ge=0, lt=2**31)]

TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.((?:[0-9]{3}){1,3}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def take(value: object, kind: Any, what: str) -> str:
    """Return a text that has the pattern of its ``kind``; raise `DecodeError`, which calls it ``what``."""
    return str(strict_json.convert(value, kind, what))


def instant(text: str) -> int:
    """Return the nanoseconds since 1970 of a time in UTC as Java prints it; raise `DecodeError` for another form."""
    match = TIME.fullmatch(text)
    fraction = (match[2] or "") if match else ""
    if match is None or match[3] != "Z" or fraction.endswith("000"):
        raise DecodeError(f"no time in UTC: {text!a}")
    return _seconds(match[1] + "+00:00") * 10**9 + int(fraction.ljust(9, "0"))


def check_date(text: str) -> None:
    """Raise `DecodeError` unless the text is a time in any zone (RFC 3339)."""
    match = TIME.fullmatch(text)
    if match is None:
        raise DecodeError(f"no time: {text!a}")
    _seconds(match[1] + match[3].replace("Z", "+00:00"))


def _seconds(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        raise DecodeError(f"no such time: {text!a}") from None


def check_question(question: str, election: str, what: str) -> None:
    """Raise `DecodeError` unless the question belongs to the election."""
    if not question.startswith(f"{election}."):
        raise DecodeError(f"{what}: question {question!a} is not of election {election!a}")
