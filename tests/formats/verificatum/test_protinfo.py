"""protInfo.xml: what is read of it, what is too weak, what is malformed."""

import pytest

from evote.errors import DecodeError, EvidenceMissing, EvoteError, VerificationError
from evote.formats.verificatum.protinfo import parse_protinfo
from tests.formats.verificatum.cases import VECTORS

HONEST = (VECTORS / "p256-k3t2-mix-n20" / "protInfo.xml").read_bytes()

REFUSED: dict[str, tuple[bytes, bytes, type[EvoteError]]] = {
    "short challenges": (b"<vbitlenro>256", b"<vbitlenro>255", VerificationError),
    "short batching": (b"<ebitlenro>256", b"<ebitlenro>128", VerificationError),
    "short masks": (b"<statdist>100", b"<statdist>50", VerificationError),
    "no challenges": (b"<vbitlenro>256", b"<vbitlenro>0", VerificationError),
    "huge challenges": (b"<vbitlenro>256", b"<vbitlenro>999999999", DecodeError),
    "a number with a sign": (b"<vbitlenro>256", b"<vbitlenro>+256", DecodeError),
    "a number with a zero before it": (b"<vbitlenro>256", b"<vbitlenro>0256", DecodeError),
    "a number with a space": (b"<vbitlenro>256", b"<vbitlenro> 256", DecodeError),
    "interactive": (b"<corr>noninteractive", b"<corr>interactive", DecodeError),
    "a threshold of none": (b"<thres>2", b"<thres>0", DecodeError),
    "a threshold above the number": (b"<thres>2", b"<thres>4", DecodeError),
    "more parties than there are": (b"<nopart>3", b"<nopart>4", DecodeError),
    "no keys": (b"<keywidth>1", b"<keywidth>0", DecodeError),
    "an identifier with a dot": (b"<sid>VMNVector", b"<sid>VMN.Vector", DecodeError),
    "an unknown hash": (b"<rohash>SHA-256", b"<rohash>SHA-1", EvidenceMissing),
    "an unknown generator": (b"<prg>SHA-256", b"<prg>MD5", EvidenceMissing),
    "a parameter twice": (b"<thres>2</thres>", b"<thres>2</thres><thres>1</thres>", DecodeError),
    "a parameter missing": (b"<thres>2</thres>", b"", EvidenceMissing),
    "a parameter within one": (b"<thres>2</thres>", b"<thres><nopart>3</nopart></thres>", DecodeError),
    "a declaration": (b"<protocol>", b'<!DOCTYPE x [<!ENTITY a "b">]><protocol>', DecodeError),
    "another document": (b"protocol>", b"private>", DecodeError),
    "not XML": (b"</protocol>", b"", DecodeError),
    "not UTF-8": (b"<sid>VMNVector", b"<sid>\xff", DecodeError),
    "a small group": (
        HONEST[HONEST.index(b"<pgroup>") : HONEST.index(b"</pgroup>")],
        b"<pgroup>::0000000002010000002f636f6d",
        DecodeError,
    ),
}


def test_what_is_read() -> None:
    info = parse_protinfo(HONEST)
    assert (info.parties, info.threshold, info.keywidth, info.width) == (3, 2, 1, 1)
    assert (info.version, info.sid, info.group.name) == ("3.1.0", "VMNVector", "p-256")
    assert (info.slack, info.v_bits, info.e_bits, info.prg, info.rohash) == (100, 256, 256, "SHA-256", "SHA-256")


def test_comments_are_passed_over() -> None:
    assert parse_protinfo(HONEST.replace(b"<thres>", b"<!-- <thres>1</thres> --><thres>")) == parse_protinfo(HONEST)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    old, new, error = REFUSED[name]
    assert old in HONEST
    with pytest.raises(error):
        parse_protinfo(HONEST.replace(old, new))


def test_a_group_too_small() -> None:
    small = (VECTORS / "modp3072-k1-shuffle-n20" / "protInfo.xml").read_text()
    start, end = small.index("<pgroup>") + 8, small.index("</pgroup>")
    toy = "::0000000002010000001f636f6d2e766572696669636174756d2e61726974686d2e4d6f645047726f7570"
    toy += "0000000004" + "010000000117" + "01000000010b" + "010000000102" + "010000000400000001"
    toy = toy.replace("010000001f", "0100000020")
    with pytest.raises(VerificationError, match=r"verificatum.parameters: the order of pgroup has 4 bits"):
        parse_protinfo((small[:start] + toy + small[end:]).encode())


def test_the_prefix_depends_on_every_parameter() -> None:
    info = parse_protinfo(HONEST)
    prefixes = {info.challenger(auxsid).prefix for auxsid in ("default", "other")}
    for old, new in ((b"3.1.0", b"3.0.4"), (b"VMNVector", b"ivxv"), (b"<prg>SHA-256", b"<prg>SHA-512")):
        prefixes.add(parse_protinfo(HONEST.replace(old, new)).challenger("default").prefix)
    assert len(prefixes) == 5
