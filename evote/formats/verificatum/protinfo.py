"""What the parties of a session agreed on: ``protInfo.xml``, which the auditor brings and does not take from a record.

Parameters weaker than ours are refused, whatever the parties agreed on: vmn asks for as much, vmnv does not.

Source: ``docs/verificatum.md``, sections 3 and 5; ``protocol/elgamal/ProtocolElGamal.java``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from evote.crypto.group import Group
from evote.crypto.modp import ModPGroup
from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.formats.reading import opened_path
from evote.formats.verificatum.byte_tree import integer_leaf, leaf, node
from evote.formats.verificatum.directory import is_word
from evote.formats.verificatum.groups import SEPARATOR, read_description
from evote.formats.verificatum.oracle import HASHES, Challenger

PARAMETERS = "verificatum.parameters"
MAX_SIZE = 1 << 20
MAX_PARTIES = 99  # in file names they have two digits
MAX_WIDTH = 1000
MIN_CHALLENGE_BITS = 256  # of v and of each component of e
MAX_BITS = 4096  # of any of these
MIN_SLACK_BITS = 100
MIN_ORDER_BITS, MIN_MODULUS_BITS = 224, 2048
WORD = re.compile("[0-9A-Za-z]+")
DECLARATION = re.compile(rb"<!(?!--)")
DECIMAL = re.compile("0|[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class ProtInfo:
    """The parameters that matter to a verifier; ``pgroup`` verbatim, since it is hashed."""

    version: str
    sid: str
    parties: int
    threshold: int
    pgroup: str
    group: Group
    keywidth: int
    width: int
    slack: int
    v_bits: int
    e_bits: int
    prg: str
    rohash: str

    @property
    def marshalled(self) -> bytes:
        """The group as it is marshalled."""
        return bytes.fromhex(self.pgroup.rpartition(SEPARATOR)[2])

    def challenger(self, auxsid: str) -> Challenger:
        """Return who makes the challenges of the session with this auxiliary identifier."""
        texts = [leaf(text.encode()) for text in (self.version, f"{self.sid}.{auxsid}")]
        numbers = [integer_leaf(number) for number in (self.slack, self.v_bits, self.e_bits)]
        hashed = [leaf(text.encode()) for text in (self.prg, self.pgroup, self.rohash)]
        prefix = HASHES[self.rohash](node(*texts, *numbers, *hashed)).digest()
        return Challenger(self.rohash, self.prg, prefix, self.e_bits, self.v_bits)


def read_protinfo(path: Path) -> ProtInfo:
    """Return what the file says; raise `DecodeError`, `VerificationError` or `EvidenceMissing`, and name the file."""
    with opened_path(path) as file:
        data = file.read(MAX_SIZE + 1)
    try:
        return parse_protinfo(data)
    except VerificationError as error:
        raise VerificationError(error.check, f"{path}: {error.subject}") from None
    except (DecodeError, EvidenceMissing) as error:
        raise type(error)(f"{path}: {error}") from None


def parse_protinfo(data: bytes) -> ProtInfo:
    """Return what the bytes say."""
    texts = _texts(data)
    info = ProtInfo(
        version=texts.file_word("version"),
        sid=texts.word("sid"),
        parties=texts.number("nopart", 1, MAX_PARTIES),
        threshold=texts.number("thres", 1, MAX_PARTIES),
        pgroup=texts.text("pgroup"),
        group=read_description(texts.text("pgroup")),
        keywidth=texts.number("keywidth", 1, MAX_WIDTH),
        width=texts.number("width", 1, MAX_WIDTH),
        slack=texts.number("statdist", 0, MAX_BITS),
        v_bits=texts.number("vbitlenro", 0, MAX_BITS),
        e_bits=texts.number("ebitlenro", 0, MAX_BITS),
        prg=texts.hash("prg"),
        rohash=texts.hash("rohash"),
    )
    if texts.text("corr") != "noninteractive" or info.threshold > info.parties or len(texts.parties) != info.parties:
        raise DecodeError("corr is not noninteractive, or the number of parties is not as stated")
    _check_strength(info)
    return info


def _check_strength(info: ProtInfo) -> None:
    least = {
        "vbitlenro": (info.v_bits, MIN_CHALLENGE_BITS),
        "ebitlenro": (info.e_bits, MIN_CHALLENGE_BITS),
        "statdist": (info.slack, MIN_SLACK_BITS),
        "the order of pgroup": (info.group.order.bit_length(), MIN_ORDER_BITS),
    }
    if isinstance(info.group, ModPGroup):
        least["the modulus of pgroup"] = info.group.p.bit_length(), MIN_MODULUS_BITS
    for what, (found, wanted) in least.items():
        if found < wanted:
            raise VerificationError(PARAMETERS, f"{what} has {found} bits, fewer than {wanted}")


@dataclass(frozen=True, slots=True)
class _Texts:
    """The text of each tag that may stand there once."""

    found: dict[str, str]
    parties: list[ElementTree.Element]

    def text(self, tag: str) -> str:
        if tag not in self.found:
            raise EvidenceMissing(f"it has no {tag}")
        return self.found[tag]

    def word(self, tag: str) -> str:
        text = self.text(tag)
        if not WORD.fullmatch(text):
            raise DecodeError(f"{tag} has other characters than letters and digits")
        return text

    def file_word(self, tag: str) -> str:
        text = self.text(tag)
        if not is_word(text):
            raise DecodeError(f"{tag} is not one word, so no directory can have the same")
        return text

    def number(self, tag: str, low: int, high: int) -> int:
        text = self.text(tag)
        if not DECIMAL.fullmatch(text) or not low <= int(text) <= high:
            raise DecodeError(f"{tag} is not a number from {low} to {high}")
        return int(text)

    def hash(self, tag: str) -> str:
        text = self.text(tag)
        if text not in HASHES:
            raise EvidenceMissing(f"the hash of {tag} is none of {', '.join(HASHES)}")
        return text


def _texts(data: bytes) -> _Texts:
    """Return the tags of a document without declarations, which could make it grow; each once, except parties."""
    try:
        if len(data) > MAX_SIZE or DECLARATION.search(data):
            raise DecodeError(f"more than {MAX_SIZE} bytes, or a declaration")
        root = ElementTree.fromstring(data.decode())  # noqa: S314 - no declarations, so no entities
    except (UnicodeDecodeError, ElementTree.ParseError) as error:
        raise DecodeError(str(error)) from None
    parties = root.findall("party")
    others = [child for child in root if child.tag != "party"]
    found = {child.tag: child.text or "" for child in others}
    if root.tag != "protocol" or len(found) != len(others) or any(len(child) for child in others):
        raise DecodeError("not a protocol with each of its parameters once")
    return _Texts(found, parties)
