"""What a proof directory says it is, and what the auditor knows it to be.

Whoever has a directory can write another type into it, or take away the files of a later step. What is left is true,
and may be less than the auditor asked for: so it is compared with what was asked for, and the report says what was not.

Source: ``docs/verificatum.md``, section 11; vmnv asks for the type, and for the auxsid if it is not ``default``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.formats.verificatum.directory import MAX_TEXT, Directory, is_word
from evote.formats.verificatum.protinfo import DECIMAL, MAX_WIDTH, PARAMETERS, WORD, ProtInfo

SHUFFLING, MIXING, DECRYPTING = KINDS = ("shuffling", "mixing", "decryption")
DEFAULT_AUXSID = "default"
CLAIMS: dict[str, str] = {
    "type": "shuffling, mixing or decryption",
    "auxsid": "what tells the lists of one session apart",
    "width": "how many blocks a ciphertext has",
}


def is_auxsid(text: str) -> bool:
    """Tell whether a list can be called so."""
    return is_word(text) and WORD.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Expected:
    """What an auditor knows a directory to be.

    None is compared with nothing, or, where it is the width, with protInfo.xml.
    """

    kind: str | None = None
    auxsid: str | None = None
    width: int | None = None

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for what no directory can be."""
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"the type is one of {', '.join(KINDS)}")
        if self.auxsid is not None and not is_auxsid(self.auxsid):
            raise ValueError(f"an auxsid has 1 to {MAX_TEXT} letters and digits")
        if self.width is not None and not 1 <= self.width <= MAX_WIDTH:
            raise ValueError(f"a width is a number from 1 to {MAX_WIDTH}")

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Expected:
        """Return what these words for `CLAIMS` say."""
        width = words.get("width")
        if width is not None and not DECIMAL.fullmatch(width):
            raise ValueError(f"a width is a number from 1 to {MAX_WIDTH}")
        return cls(words.get("type"), words.get("auxsid"), None if width is None else int(width))


ANYTHING = Expected()


@dataclass(frozen=True, slots=True)
class Label:
    """What a directory says it is."""

    kind: str
    auxsid: str
    width: int


def read_label(directory: Directory, info: ProtInfo, expected: Expected) -> Label:
    """Return what a directory says it is; raise `VerificationError` if it is expected to be something else."""
    if not directory.has("auxsid") and (within := directory.sessions()):
        raise EvidenceMissing(f"auxsid is missing: the proof seems to be in {', '.join(map(str, within))}")
    auxsid, kind, version = (directory.text(name) for name in ("auxsid", "type", "version"))
    if not WORD.fullmatch(auxsid) or kind not in KINDS:
        raise DecodeError("auxsid or type: not a word that belongs there")
    width = directory.number("width", 1, MAX_WIDTH)
    own_width = info.width if expected.width is None else None
    compared = (
        ("type", kind, expected.kind, "expected"),
        ("auxsid", auxsid, expected.auxsid, "expected"),
        ("width", width, expected.width, "expected"),
        ("width", width, own_width, "in protInfo.xml"),
        ("version", version, info.version, "in protInfo.xml"),
    )
    other = [
        f"{name} {found}, not {known} as {how}" for name, found, known, how in compared if known not in (None, found)
    ]
    if other:
        raise VerificationError(PARAMETERS, "; ".join(other))
    return Label(kind, auxsid, width)
