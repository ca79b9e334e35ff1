"""Texts as elements: the vectors, both ways, and the elements that decode to a text without being its own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.group import group
from evote.formats.ivxv.encoding import GENERATION_1, GENERATION_2, Lifted, P, Points, Squares, is_canonical, squares
from evote.formats.ivxv.generation import Generation, embedding
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.reasons import Reason, Refusal
from tests.formats.ivxv.fuzz import FUZZ
from tests.formats.ivxv.vectors import GROUPS, base64_of, load, number, official, official_key, unhex

P_384 = group("p-384")
FORMS: dict[str, Squares | Points] = {
    "toy256": squares(official_key("toy256").group),
    "modp3072": squares(group("modp-3072")),
    "p384": GENERATION_1,
    "G2": GENERATION_2,
}


def cases() -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}-{number_}")
        for name in GROUPS
        for number_, case in enumerate(official(name, "encrypt"))
    ]


@pytest.mark.parametrize(("name", "case"), cases())
def test_official_encodings(name: str, case: Any) -> None:
    form, text = FORMS[name], unhex(case["message_hex"])
    if "encoded_element" not in case:
        with pytest.raises(Refusal) as refused:
            form.encode(text)
        assert refused.value.reason is Reason.PLAINTEXT_LENGTH
        assert len(text) == form.capacity + 1
        return
    assert form.padding.pad(text) == unhex(case["padded_hex"])
    element = form.encode(text)
    assert bytes(element) == bytes.fromhex(case["encoded_element"].rjust(2 * form.group.element_size, "0"))
    assert form.decode(element) == text
    assert is_canonical(form, element)


@pytest.mark.parametrize("case", load("thirdparty/gen2-point-encoding.json"), ids=lambda case: case["text"])
def test_third_party_points(case: Any) -> None:
    if "x" not in case:
        with pytest.raises(Refusal):
            GENERATION_2.encode(b"A" * 46)
        return
    x, y = number(case["x"]).to_bytes(48, "big"), number(case["y"]).to_bytes(48, "big")
    element = GENERATION_2.encode(case["text"].encode())
    assert bytes(element) == b"\x04" + x + y
    assert GENERATION_2.decode(element) == case["text"].encode()


@pytest.mark.parametrize("case", load("thirdparty/gen3-pyivxv-lifted.json")["cases"][:3], ids=lambda case: case["text"])
def test_third_party_lifted_points(case: Any) -> None:
    form, text = Lifted(P_384), case["text"].encode()
    assert bytes(form.encode(text)) == unhex(case["message_point_sec1"])
    assert form.table([b"0000.999", text])[unhex(case["message_point_sec1"])] == text
    with pytest.raises(Refusal) as refused:
        form.decode(form.encode(text))
    assert refused.value.reason is Reason.NEEDS_TABLE


@pytest.mark.parametrize("name", FORMS)
@given(data=st.data())
@FUZZ
def test_texts_come_back(name: str, data: st.DataObject) -> None:
    form = FORMS[name]
    text = data.draw(st.binary(max_size=form.capacity))
    assert form.decode(form.encode(text)) == text


def test_capacities() -> None:
    assert {name: form.capacity for name, form in FORMS.items()} == {
        "toy256": 29,
        "modp3072": 381,
        "p384": 44,
        "G2": 45,
    }
    for text in (b"", bytes(48)):
        with pytest.raises(Refusal):
            Lifted(P_384).encode(text)


PADDING = FORMS["toy256"].padding
BAD = {
    "head": b"\x00\x02" + bytes([0xFF]) * 20 + b"\0" + b"A" * 9,
    "a byte that is neither fill nor end": b"\x00\x01" + bytes([0xFF]) * 19 + b"\xfe\0" + b"A" * 9,
    "no end": b"\x00\x01" + bytes([0xFF]) * 30,
    "too short": PADDING.pad(b"A")[:-1],
    "too long": PADDING.pad(b"A") + b"A",
    "the other generation": GENERATION_2.padding.pad(b"A" * 29)[:32],
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_bad_padding_is_refused(data: bytes) -> None:
    assert PADDING.unpad(PADDING.pad(b"A")) == b"A"
    with pytest.raises(Refusal) as refused:
        PADDING.unpad(data)
    assert refused.value.reason is Reason.BAD_PADDING


def test_other_points_of_a_text() -> None:
    """The other root, and the next abscissa, decode to the same text and are told apart."""
    for form in (GENERATION_1, GENERATION_2):
        own = form.encode(b"0000.101")
        other = P_384.identity / own
        x = int.from_bytes(bytes(own)[1:49], "big") + 1
        while True:
            z = (x**3 - 3 * x + (int.from_bytes(bytes(own)[49:], "big") ** 2 - _cube(own))) % P
            y = pow(z, (P + 1) // 4, P)
            if y * y % P == z:
                break
            x += 1
        later = P_384.decode(b"\x04" + x.to_bytes(48, "big") + y.to_bytes(48, "big"))
        for element in (other, later):
            assert form.decode(element) == b"0000.101"
            assert not is_canonical(form, element)
            if form is GENERATION_1:
                with pytest.raises(Refusal) as refused:
                    Plaintext.decrypted(Generation.G1, element)
                assert refused.value.reason is Reason.NOT_CANONICAL
            else:
                assert Plaintext.decrypted(Generation.G2, element).text == b"0000.101"


def _cube(point: object) -> int:
    x = int.from_bytes(bytes(point)[1:49], "big")  # type: ignore[call-overload]
    return int(x**3 - 3 * x)


@pytest.mark.parametrize(
    ("generation", "group_name"),
    [
        (Generation.G1, "toy256"),
        (Generation.G1_PADDED, "toy256"),
        (Generation.G1, "p384"),
        (Generation.G2, "p384"),
        (Generation.G3, "p384"),
    ],
)
def test_plaintexts_and_messages(generation: Generation, group_name: str) -> None:
    of = official_key(group_name).group
    element = embedding(generation, of).encode(b"0000.101")
    plaintext = Plaintext.decrypted(generation, element)
    assert Plaintext.claimed(generation, of, plaintext.message(generation)) == plaintext
    assert plaintext.text == (None if generation is Generation.G3 else b"0000.101")


def test_padded_messages_with_and_without_the_first_octet() -> None:
    """Nobody knows which one G1' writes; the proof hashes the one that stands in the file."""
    of, padded = official_key("toy256").group, PADDING.pad(b"0000.101")
    for data in (padded, padded[1:]):
        plaintext = Plaintext.claimed(Generation.G1_PADDED, of, base64_of(data))
        assert (plaintext.text, plaintext.hashed) == (b"0000.101", data)
    with pytest.raises(Refusal):
        Plaintext.claimed(Generation.G1_PADDED, of, base64_of(padded[2:]))


def test_points_without_a_text_are_plaintexts() -> None:
    plaintext = Plaintext.decrypted(Generation.G2, P_384.generator)
    assert plaintext.text is None
    with pytest.raises(Refusal):
        Plaintext.decrypted(Generation.G1, P_384.generator)


def test_messages_that_are_none() -> None:
    of = official_key("toy256").group
    for generation, message in (
        (Generation.G1, "\ud800"),
        (Generation.G1_PADDED, "A" * 30),
        (Generation.G1_PADDED, "é"),
    ):
        with pytest.raises(Refusal):
            Plaintext.claimed(generation, of, message)
