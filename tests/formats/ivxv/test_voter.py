"""A ballot of our own, opened by its randomness: right ones of every generation, wrong ones by name."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.elgamal import Ciphertext
from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv import official
from evote.formats.ivxv.box.definitions import Choices
from evote.formats.ivxv.ciphertext import decode_ciphertext, encode_ciphertext
from evote.formats.ivxv.encoding import GENERATION_1
from evote.formats.ivxv.receipt import QrCode, Reading, decode_qr, open_vote
from evote.formats.ivxv.voter import encrypt_choice
from tests.formats.ivxv.elections import CHOICES, HERE, KINDS, THERE, Small, small

SESSION, VOTE = "0123456789abcdef" * 2, bytes(range(16))


def sealed(made: Small, code: str = "0296.101") -> tuple[bytes, QrCode]:
    vote = encrypt_choice(made.key, made.reading.definitions, THERE.district, code)
    return vote.ciphertext, vote.qr_code(SESSION, VOTE)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_sealed_is_what_is_shown(kind: str) -> None:
    made = small(kind)
    ciphertext, code = sealed(made)
    assert official.check_ciphertext(made.key.group, ciphertext) is official.CiphertextVerdict.VALID
    assert open_vote(made.reading, THERE.district, ciphertext, decode_qr(str(code))) == "0296.101"
    assert sealed(made)[0] != ciphertext


def moved(ciphertext: Ciphertext) -> Ciphertext:
    """A ballot that looks right to whoever does not check c1: it decrypts to garbage."""
    return Ciphertext(ciphertext.c1 * ciphertext.c1.group.generator, ciphertext.c2)


FALSE: dict[str, tuple[str, Callable[[Ciphertext], Ciphertext], int, str]] = {
    "another randomness": (THERE.district, lambda c: c, 1, r"ivxv\.receipt\.randomness: c1 is not g\^r"),
    "c1 of another randomness": (THERE.district, moved, 0, r"ivxv\.receipt\.randomness: c1 is not g\^r"),
    "another district's choice": (
        HERE.district,
        lambda c: c,
        0,
        r"ivxv\.receipt\.choice: not on the list of district 0164",
    ),
    "no such district": ("0001.1", lambda c: c, 0, r"ivxv\.receipt\.choice: not on the list of district 0001\.1"),
}


@pytest.mark.parametrize("kind", ["G1 toy", "G2", "G3"])
@pytest.mark.parametrize(("district", "change", "more", "message"), FALSE.values(), ids=FALSE)
def test_false_ballots_are_named(
    kind: str, district: str, change: Callable[[Ciphertext], Ciphertext], more: int, message: str
) -> None:
    made = small(kind)
    ciphertext, code = sealed(made)
    changed = encode_ciphertext(change(decode_ciphertext(made.key.group, ciphertext)))
    with pytest.raises(VerificationError, match=message):
        open_vote(made.reading, district, changed, replace(code, randomness=code.randomness + more))


@pytest.mark.parametrize("kind", ["G1 toy", "G1 P-384"])
def test_garbage_is_no_choice(kind: str) -> None:
    made = small(kind)
    ciphertext, code = sealed(made)
    held = decode_ciphertext(made.key.group, ciphertext)
    changed = encode_ciphertext(replace(held, c2=held.c2 * held.c1))
    with pytest.raises(VerificationError, match=r"ivxv\.receipt\.choice: plaintext refused"):
        open_vote(made.reading, THERE.district, changed, code)


def test_a_randomness_has_one_form() -> None:
    made = small("G1 toy")
    ciphertext, code = sealed(made)
    with pytest.raises(VerificationError, match="randomness"):
        open_vote(
            made.reading, THERE.district, ciphertext, replace(code, randomness=code.randomness + made.key.group.order)
        )


def test_bytes_that_are_no_ballot() -> None:
    made = small("G1 toy")
    ciphertext, code = sealed(made)
    with pytest.raises(DecodeError):
        open_vote(made.reading, THERE.district, ciphertext + b"\0", code)


def test_definitions_of_another_election() -> None:
    made = small("G1 toy")
    other = replace(made.reading.definitions, choices=Choices(election="OTHER", choices=CHOICES))
    with pytest.raises(VerificationError, match=r"ivxv\.choices: of another election"):
        Reading(made.key, other)
    with pytest.raises(ValueError, match="of another election"):
        encrypt_choice(made.key, other, THERE.district, "0296.101")


@pytest.mark.parametrize("code", ["0164.101", "0296.102", "", "0296.101\x1fP2"])
def test_only_choices_of_the_district_are_sealed(code: str) -> None:
    with pytest.raises(ValueError, match="is not on the list of district"):
        sealed(small("G1 toy"), code)


def test_a_text_too_long_is_refused() -> None:
    made = small("G1 P-384")
    name = "X" * GENERATION_1.capacity
    long = replace(
        made.reading.definitions, choices=Choices(election="SMALL", choices={"0296.1": {"P2": {"0296.101": name}}})
    )
    with pytest.raises(DecodeError, match="does not fit the group"):
        encrypt_choice(made.key, long, THERE.district, "0296.101")


# --- the QR code ---


@given(st.integers(min_value=1, max_value=2**4096), st.binary(min_size=16, max_size=16))
def test_codes_are_read_back(r: int, vote_id: bytes) -> None:
    code = QrCode(SESSION, r, vote_id)
    assert decode_qr(str(code)) == code
    assert "randomness" not in repr(code)


def payload(*, session: str = SESSION, r: bytes = b"\x81", vote: bytes = VOTE, end: str = "") -> str:
    return "\n".join((session, base64.b64encode(r).decode(), base64.b64encode(vote).decode())) + end


def test_javas_sign_byte_is_read() -> None:
    assert decode_qr(payload(r=b"\0\x81")) == decode_qr(payload(r=b"\x81"))
    assert str(decode_qr(payload(r=b"\0\x81"))) == payload(r=b"\x81")


BAD: dict[str, str] = {
    "no lines": SESSION,
    "a line too many": payload(end="\n"),
    "carriage returns": payload().replace("\n", "\r\n"),
    "session too short": payload(session=SESSION[1:]),
    "session in capitals": payload(session=SESSION.upper()),
    "no randomness": payload(r=b""),
    "randomness zero": payload(r=b"\0"),
    "randomness with a needless zero": payload(r=b"\0\x01"),
    "randomness with two zeros": payload(r=b"\0\0\x81"),
    "randomness too long": payload(r=b"\x01" * 514),
    "vote too short": payload(vote=VOTE[1:]),
    "vote without padding": payload().rstrip("="),
    "loose bits": payload()[:-3] + "x==",
    "not ASCII": payload(session="é" * 32),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(DecodeError, match="QR code refused"):
        decode_qr(text)


@given(st.text(alphabet="0123456789abcdefABC=+/\n\0é"))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        code = decode_qr(text)
    except DecodeError:
        return
    assert decode_qr(str(code)) == code


@pytest.mark.parametrize("wrong", [{"session": "0" * 31}, {"randomness": 0}, {"vote_id": b"short"}])
def test_codes_cannot_be_built_wrong(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a QR code holds"):
        replace(QrCode(SESSION, 1, VOTE), **wrong)
