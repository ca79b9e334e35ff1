"""Sealed boxes: one accepted form of every key and secret, because a box decides who is disqualified."""

import copy
import hashlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings
from nacl.public import PrivateKey, SealedBox

from evote.crypto.box import box_public_key, check_box_key, open_box
from evote.crypto.sealing import BoxSecret, seal
from evote.errors import DecodeError

FIELD = 2**255 - 19
SECRET = BoxSecret(b"\x08" + bytes(30) + b"\x40")
OTHER = BoxSecret(b"\x10" + bytes(30) + b"\x40")
BOX = seal(SECRET.public_key, b"a share")
# The points of order 4, 1 or 2, 2 of the twist, 8 and 8 (RFC 7748's curve; cr.yp.to/ecdh.html#validate)
SMALL = {
    "0": 0,
    "1": 1,
    "p - 1": FIELD - 1,
    "order 8": 325606250916557431795983626356110631294008115727848805560023387167927233504,
    "order 8, the other": 39382357235489614581723060781553021112529911719440698176882885853963445705823,
}
NOT_KEYS = {
    "empty": b"",
    "short": SECRET.public_key[:-1],
    "long": SECRET.public_key + b"\x00",
    "high bit set": SECRET.public_key[:-1] + bytes([SECRET.public_key[-1] | 0x80]),
    "not reduced": (FIELD + 9).to_bytes(32, "little"),
    "p": FIELD.to_bytes(32, "little"),
    "all ones": b"\xff" * 32,
} | {f"small order: {name}": u.to_bytes(32, "little") for name, u in SMALL.items()}
UNCLAMPED = {
    "empty": b"",
    "short": SECRET.reveal()[:-1],
    "long": SECRET.reveal() + b"\x00",
    "low bit": b"\x09" + bytes(30) + b"\x40",
    "bit 2": b"\x0c" + bytes(30) + b"\x40",
    "bit 254 clear": b"\x08" + bytes(31),
    "bit 255 set": b"\x08" + bytes(30) + b"\xc0",
}


@given(st.binary(max_size=300))
def test_a_box_opens_to_what_was_sealed(message: bytes) -> None:
    box = seal(SECRET.public_key, message)
    assert len(box) == len(message) + 48
    assert open_box(SECRET.reveal(), box) == SECRET.open(box) == message


def test_it_is_libsodiums_sealed_box() -> None:
    theirs = PrivateKey(SECRET.reveal())
    assert bytes(theirs.public_key) == SECRET.public_key == box_public_key(SECRET.reveal())
    assert SealedBox(theirs).decrypt(BOX) == b"a share"
    assert SECRET.open(SealedBox(theirs.public_key).encrypt(b"a share")) == b"a share"


def test_fresh_keys_are_good_and_different() -> None:
    one, two = BoxSecret.generate(), BoxSecret.generate()
    check_box_key(one.public_key)
    assert one.public_key != two.public_key
    assert box_public_key(one.reveal()) == one.public_key


@pytest.mark.parametrize("name", NOT_KEYS)
def test_what_is_not_a_box_key(name: str) -> None:
    with pytest.raises(DecodeError):
        check_box_key(NOT_KEYS[name])
    with pytest.raises(DecodeError):
        seal(NOT_KEYS[name], b"a share")


@pytest.mark.parametrize("name", UNCLAMPED)
def test_a_secret_has_one_form(name: str) -> None:
    with pytest.raises(DecodeError, match="clamped"):
        open_box(UNCLAMPED[name], BOX)
    with pytest.raises(DecodeError, match="clamped"):
        BoxSecret(UNCLAMPED[name])


WRONG = {
    "empty": b"",
    "too short": BOX[:47],
    "cut": BOX[:-1],
    "longer": BOX + b"\x00",
    "ephemeral key": bytes([BOX[0] ^ 1]) + BOX[1:],
    "ephemeral key, high bit": BOX[:31] + bytes([BOX[31] | 0x80]) + BOX[32:],
    "ephemeral key of small order": bytes(32) + BOX[32:],
    "authenticator": BOX[:32] + bytes([BOX[32] ^ 1]) + BOX[33:],
    "content": BOX[:-1] + bytes([BOX[-1] ^ 1]),
    "sealed to another": seal(OTHER.public_key, b"a share"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_open(name: str) -> None:
    assert SECRET.open(BOX) == b"a share"
    with pytest.raises(DecodeError):
        open_box(SECRET.reveal(), WRONG[name])


def test_a_dealer_cannot_write_the_ephemeral_key_in_another_way() -> None:
    """The high bit of the key is ignored by libsodium, so the dealer can make a box that only some programs open."""
    key = OTHER.public_key[:31] + bytes([OTHER.public_key[31] | 0x80])
    nonce = hashlib.blake2b(key + SECRET.public_key, digest_size=24).digest()
    box = key + bindings.crypto_box(b"a share", nonce, SECRET.public_key, OTHER.reveal())
    assert SealedBox(PrivateKey(SECRET.reveal())).decrypt(box) == b"a share"
    with pytest.raises(DecodeError, match="canonical"):
        SECRET.open(box)


def test_a_box_secret_keeps_its_secret() -> None:
    twin = BoxSecret(SECRET.reveal())
    assert repr(SECRET) == str(SECRET) == "<BoxSecret: secret>"
    assert twin != SECRET
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="neither pickled nor copied"):
            leak(SECRET)
