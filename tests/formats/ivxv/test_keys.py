"""Keys: every vector comes back byte for byte, and what is not exactly a key is refused for its own reason."""

import pickle

import pytest

from evote.crypto.group import group
from evote.crypto.modp import ModPGroup
from evote.crypto.threshold import lagrange
from evote.formats.ivxv import der, pem
from evote.formats.ivxv.elements import is_modp
from evote.formats.ivxv.keys import curve_parameters, modp_parameters, public_key, read_public_key
from evote.formats.ivxv.private_key import PrivateKey, read_private_key
from evote.formats.ivxv.reasons import Reason, Refusal
from tests.formats.ivxv.vectors import GROUPS, OFFICIAL, THIRD, load, number, official, official_key, unhex

FILES = sorted([*OFFICIAL.glob("*/pub.*"), *THIRD.glob("*pub.pem")])
TOY = official_key("toy256")
P, Y = TOY.group.p, int.from_bytes(bytes(TOY.y), "big")  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_public_keys_come_back(path: object) -> None:
    data = path.read_bytes()  # type: ignore[attr-defined]
    key = read_public_key(data)
    assert key.encoded in (data, pem.decode(data, pem.PUBLIC_KEY))
    assert public_key(key.parameters, key.y) == key
    made = (
        modp_parameters(key.group, key.election)
        if is_modp(key.group)
        else curve_parameters(key.election, lifted=key.parameters.lifted)
    )
    assert made == key.parameters
    assert key.elgamal.y == key.y


@pytest.mark.parametrize("name", GROUPS)
def test_official_pem_is_written_as_they_do(name: str) -> None:
    data = (OFFICIAL / name / "pub.pem").read_bytes()
    assert pem.encode(official_key(name).encoded, pem.PUBLIC_KEY) == data


def test_known_groups_are_ours() -> None:
    assert official_key("modp3072").group is group("modp-3072")
    assert official_key("p384").group is group("p-384")
    assert TOY.group == read_public_key(TOY.encoded).group
    assert TOY.group.name.startswith("modp-256-")


def test_what_keys_say_of_lifting() -> None:
    lifted = {path.name: read_public_key(path.read_bytes()).parameters.lifted for path in THIRD.glob("*pub.pem")}
    assert lifted == {
        "gen2-pyivxv-legacy-pub.pem": False,
        "gen3-pyivxv-lifted-pub.pem": True,
        "rk2026-evoteid-pub.pem": True,
    }


def modp(
    p: int = P, g: int = 4, y: int = Y, election: bytes = der.encode_text("T"), tail: bytes = b"", unused: int = 0
) -> bytes:
    """Return a key modulo p with these parts."""
    parameters = der.encode_sequence(der.encode_integer(p), der.encode_integer(g), election, tail)
    algorithm = der.encode_sequence(unhex("06092b0601040197550201"), parameters)
    element = der.encode_sequence(der.encode_integer(y))
    return der.encode_sequence(algorithm, der.encode(der.BIT_STRING, bytes([unused]) + element))


def curve(name: str = "P-384", tail: bytes = b"", point: bytes | None = None) -> bytes:
    """Return a key on a curve with these parts."""
    parameters = der.encode_sequence(der.encode_text(name), der.encode_text("T"), tail)
    algorithm = der.encode_sequence(unhex("06092b06010401868d1f01"), parameters)
    held = bytes(group("p-384").generator) if point is None else point
    element = der.encode_sequence(der.encode_octets(held))
    return der.encode_sequence(algorithm, der.encode(der.BIT_STRING, b"\0" + element))


POINT = bytes(group("p-384").generator)
TAMPERED = {
    "p composite": (modp(p=P + 2), Reason.UNSAFE_PARAMETERS),
    "p prime, (p-1)/2 not": (modp(p=13, g=3, y=3), Reason.UNSAFE_PARAMETERS),
    "p negative": (modp(p=-P), Reason.UNSAFE_PARAMETERS),
    "p too large": (modp(p=(1 << 4097) + 1), Reason.TOO_LARGE),
    "g 1": (modp(g=1), Reason.UNSAFE_PARAMETERS),
    "g -1": (modp(g=P - 1), Reason.UNSAFE_PARAMETERS),
    "g not reduced": (modp(g=P + 4), Reason.UNSAFE_PARAMETERS),
    "y 0": (modp(y=0), Reason.OUT_OF_RANGE),
    "y 1": (modp(y=1), Reason.WEAK_KEY),
    "y negative": (modp(y=-Y), Reason.OUT_OF_RANGE),
    "y not reduced": (modp(y=Y + P), Reason.OUT_OF_RANGE),
    "y no square": (modp(y=P - Y), Reason.NOT_IN_GROUP),
    "four parameters": (modp(tail=b"\x01\x01\xff"), Reason.MALFORMED),
    "election of another type": (modp(election=b"\x0c\x01T"), Reason.MALFORMED),
    "election too long": (modp(election=der.encode_text("T" * 29)), Reason.BAD_IDENTIFIER),
    "election with a line end": (modp(election=der.encode_text("T\n")), Reason.BAD_IDENTIFIER),
    "election not ASCII": (modp(election=b"\x1b\x02\xc3\x84"), Reason.MALFORMED),
    "unused bits": (modp(unused=1), Reason.MALFORMED),
    "bytes behind": (TOY.encoded + b"\0", Reason.TRAILING_BYTES),
    "BER": (b"\x30\x80" + TOY.encoded[2:] + b"\0\0", Reason.NOT_DER),
    "nothing": (b"", Reason.MALFORMED),
    "another curve": (curve(name="P-256"), Reason.UNKNOWN_CURVE),
    "the identity": (curve(point=b"\0"), Reason.IDENTITY_POINT),
    "the identity at length": (curve(point=bytes(97)), Reason.IDENTITY_POINT),
    "a compressed point": (curve(point=b"\x02" + POINT[1:49]), Reason.POINT_ENCODING),
    "a padded point": (curve(point=b"\x04\0" + POINT[1:49] + b"\0" + POINT[49:]), Reason.POINT_ENCODING),
    "a point off the curve": (curve(point=POINT[:-1] + b"\0"), Reason.NOT_IN_GROUP),
    "a flag that is no DER": (curve(tail=b"\x01\x01\x01"), Reason.MALFORMED),
    "two flags": (curve(tail=b"\x01\x01\xff" * 2), Reason.MALFORMED),
    "an algorithm of another kind": (modp().replace(unhex("0401975502"), unhex("0401975503")), Reason.WRONG_ALGORITHM),
}


def test_the_honest_keys_beside_the_tampered() -> None:
    assert read_public_key(modp()).y == TOY.y
    assert read_public_key(modp(election=der.encode_text(""))).election == ""
    assert read_public_key(curve()).parameters.lifted is None
    assert read_public_key(curve(tail=b"\x01\x01\0")).parameters.lifted is False


@pytest.mark.parametrize(("data", "reason"), TAMPERED.values(), ids=TAMPERED)
def test_tampered_keys_are_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read_public_key(data)
    assert refused.value.reason is reason
    assert str(refused.value).endswith(reason.value)


BODY = (OFFICIAL / "toy256" / "pub.pem").read_bytes()


def test_line_ends_and_columns_are_free() -> None:
    lines = BODY.replace(b"\r\n", b"\n").split(b"\n")
    text = b"".join(lines[1:-1])
    narrow = [lines[0], *(text[i : i + 64] for i in range(0, len(text), 64)), lines[-1]]
    for end in (b"\n", b"\r\n"):
        assert read_public_key(end.join(lines) + end) == TOY
        assert read_public_key(end.join(narrow)) == TOY


@pytest.mark.parametrize(
    "data",
    [
        BODY.replace(b"PUBLIC", b"PRIVATE"),
        BODY.replace(b"END", b"BEGIN"),
        BODY + b"x",
        BODY.replace(b"\r\n", b"\r\n\r\n"),
        BODY.replace(b"\r\n", b" \r\n"),
        BODY.replace(b"\r\n", b""),
        BODY.replace(b"\n-----END", b"=\n-----END"),
        BODY.replace(b"\r\n", b"\r\n!"),
        b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        b"-----BEGIN PUBLIC KEY-----",
    ],
)
def test_other_files_are_no_keys(data: bytes) -> None:
    with pytest.raises(Refusal):
        read_public_key(data)


@pytest.mark.parametrize("name", GROUPS)
def test_shares(name: str) -> None:
    """Three shares give the key, which the official card reader never compares with the public one."""
    facts, key = official(name, "key"), official_key(name)
    shares = {share["index"]: read_private_key(unhex(share["pkcs8_der"])) for share in facts["shares"]}
    for share in facts["shares"]:
        held = shares[share["index"]]
        assert int(held.x) == number(share["value_hex"])
        assert held.secret_bytes() == (OFFICIAL / name / f"share-{share['index']}.der").read_bytes()
        assert held.parameters == key.parameters
    delta, weights = lagrange([1, 3, 5], key.group.order)
    x = key.group.scalar(sum(weights[i] * int(shares[i].x) for i in weights)) / delta
    assert int(x) == number(facts["recovered_secret_hex"])
    assert PrivateKey(key.parameters, x).public() == key


def test_private_keys_keep_their_secret() -> None:
    held = read_private_key((OFFICIAL / "toy256" / "share-1.der").read_bytes())
    assert repr(held) == "<PrivateKey: secret>"
    with pytest.raises(TypeError):
        pickle.dumps(held)
    with pytest.raises(ValueError, match="no private key"):
        PrivateKey(held.parameters, held.parameters.group.scalar(0))


def private(number_: bytes, version: int = 0) -> bytes:
    held = der.encode_octets(der.encode_octets(number_))
    return der.encode_sequence(der.encode_integer(version), TOY.parameters.encoded, held)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (private(b"\x05", version=1), Reason.MALFORMED),
        (private(b"\0\x05"), Reason.NOT_DER),
        (private(b""), Reason.NOT_DER),
        (private(b"\0"), Reason.OUT_OF_RANGE),
        (private(b"\xff"), Reason.OUT_OF_RANGE),
        (private(der.signed_bytes(TOY.group.order)), Reason.OUT_OF_RANGE),
        (private(b"\x05") + b"\0", Reason.TRAILING_BYTES),
    ],
)
def test_tampered_private_keys_are_refused(data: bytes, reason: Reason) -> None:
    assert int(read_private_key(private(b"\x05")).x) == 5
    with pytest.raises(Refusal) as refused:
        read_private_key(data)
    assert refused.value.reason is reason


def test_keys_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="no public key"):
        public_key(TOY.parameters, TOY.group.identity)
    with pytest.raises(TypeError):
        modp_parameters(group("p-384"), "T")
    assert isinstance(TOY.group, ModPGroup)
    assert load("thirdparty/gen3-pyivxv-lifted.json")["lifted"] is True
