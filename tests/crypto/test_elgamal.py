"""ElGamal: what is sealed comes out, products add exponents, and bytes decode canonically."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.elgamal import (
    Ciphertext,
    PublicKey,
    decode_ciphertexts,
    decode_rows,
    encode_row,
)
from evote.crypto.group import Element, Group, group
from evote.errors import DecodeError
from tests.crypto.samples import TOY, encrypt, keypair, scalars

X, KEY = keypair(TOY)
g = TOY.generator
NEUTRAL = Ciphertext(TOY.identity, TOY.identity)
exponents = st.integers(0, TOY.order - 1)


def decrypt(ciphertext: Ciphertext) -> Element:
    return ciphertext.c2 / ciphertext.c1**X


@given(exponents, exponents)
def test_decryption_inverts_encryption(m: int, r: int) -> None:
    message = g ** TOY.scalar(m)
    assert decrypt(KEY.encrypt(message, TOY.scalar(r))) == message


@pytest.mark.parametrize("of", [group("ristretto255"), group("modp-2048")], ids=lambda g: g.name)
def test_real_groups(of: Group) -> None:
    x, key = keypair(of)
    r, s = scalars(of, 2)
    message = of.hash_to_group("message")
    sealed = key.reencrypt(key.encrypt(message, r), s)
    assert sealed.c2 / sealed.c1**x == message
    assert decode_ciphertexts(of, [bytes(sealed)]) == [sealed]


@given(exponents, exponents)
def test_products_add_exponents_and_quotients_subtract(a: int, b: int) -> None:
    r, s = scalars(TOY, 2)
    one, other = KEY.encrypt(g ** TOY.scalar(a), r), KEY.encrypt(g ** TOY.scalar(b), s)
    assert decrypt(one * other) == g ** TOY.scalar(a + b)
    assert decrypt(one / other) == g ** TOY.scalar(a - b)
    assert one * other == KEY.encrypt(g ** TOY.scalar(a + b), r + s)


def test_reencryption_changes_both_halves_and_no_message() -> None:
    r, s = scalars(TOY, 2)
    before = encrypt(KEY, 5, r)
    after = KEY.reencrypt(before, s)
    assert after.c1 != before.c1
    assert after.c2 != before.c2
    assert after == encrypt(KEY, 5, r + s)


def test_the_neutral_ciphertext() -> None:
    sealed = encrypt(KEY, 1, TOY.scalar(9))
    assert sealed * NEUTRAL == sealed
    assert sealed / sealed == NEUTRAL


def test_the_identity_is_no_public_key() -> None:
    with pytest.raises(ValueError, match="identity"):
        PublicKey(TOY.identity)


def test_halves_do_not_mix_groups() -> None:
    with pytest.raises(ValueError, match="different groups"):
        encrypt(KEY, 1, TOY.scalar(2)) * Ciphertext(*[group("modp-2048").identity] * 2)


def test_randomness_of_another_order_is_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        KEY.encrypt(g, group("modp-2048").scalar(5))


ROWS = [tuple(encrypt(KEY, 2 * i + j, TOY.scalar(7 + i)) for j in range(2)) for i in range(3)]
ENCODED = [encode_row(row) for row in ROWS]


def test_rows_survive_their_encoding() -> None:
    assert decode_rows(TOY, ENCODED, 2) == ROWS
    assert decode_rows(TOY, [], 2) == []
    assert [bytes(row[0]) + bytes(row[1]) for row in ROWS] == ENCODED


@pytest.mark.parametrize("width", [1, 3, 6])
def test_rows_of_any_width(width: int) -> None:
    flat = [ciphertext for row in ROWS for ciphertext in row]
    rows = [tuple(flat[i : i + width]) for i in range(0, 6, width)]
    assert decode_rows(TOY, list(map(encode_row, rows)), width) == rows


SIZE = TOY.element_size
MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "a byte short": ENCODED[0][:-1],
    "a byte long": ENCODED[0] + b"\0",
    "a ciphertext short": ENCODED[0][: 2 * SIZE],
    "a ciphertext long": ENCODED[0] * 2,
    "c1 is zero": bytes(SIZE) + ENCODED[0][SIZE:],
    "c2 out of range": ENCODED[0][:SIZE] + b"\xff" * SIZE + ENCODED[0][2 * SIZE :],
    "last half is no member": ENCODED[0][:-SIZE] + (TOY.p - int(g.raw)).to_bytes(SIZE, "big"),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_row(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_rows(TOY, [*ENCODED, data], 2)


@given(st.binary(min_size=2 * SIZE, max_size=2 * SIZE) | st.binary(max_size=40))
def test_decoding_is_canonical_or_fails(data: bytes) -> None:
    try:
        (ciphertext,) = decode_ciphertexts(TOY, [data])
    except DecodeError:
        return
    assert bytes(ciphertext) == data
