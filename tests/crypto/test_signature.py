"""Ed25519: RFC 8032's vectors, and every malleability that two verifiers could disagree about."""

import copy
import hashlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings

from evote.crypto.signature import check_public_key, verify_signature
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError, VerificationError

# RFC 8032, section 7.1, tests 1 to 3 and SHA(abc): seed, public key, message, signature
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD = 2**255 - 19
ORDER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
NOT_KEYS = {
    "empty": b"",
    "short": bytes(31),
    "long": bytes(33),
    "identity": (1).to_bytes(32, "little"),
    "identity, sign set": (1 + 2**255).to_bytes(32, "little"),
    "identity, y not reduced": (FIELD + 1).to_bytes(32, "little"),
    "order 2": (FIELD - 1).to_bytes(32, "little"),
    "order 4": bytes(32),
    "order 4, sign set": bytes(31) + b"\x80",
    "order 4, y not reduced": FIELD.to_bytes(32, "little"),
    "order 8": ORDER_8,
    "y not reduced": (FIELD + 3).to_bytes(32, "little"),
    "not on the curve": (2).to_bytes(32, "little"),
    "torsion added": bindings.crypto_core_ed25519_add(bytes.fromhex(RFC_8032[0][1]), ORDER_8),
}
KEY = SigningKey.from_seed(bytes(range(32)))
MESSAGE = b"a message"
SIGNATURE = KEY.sign(MESSAGE)


def little(number: int) -> bytes:
    return number.to_bytes(32, "little")


def sign_with(nonce: int, torsion: bytes, message: bytes) -> tuple[bytes, bytes, bytes]:
    """Sign as the equation demands, but with R moved by ``torsion``; return key, message and signature."""
    secret = 12345
    public = bindings.crypto_scalarmult_ed25519_base_noclamp(little(secret))
    point = bindings.crypto_scalarmult_ed25519_base_noclamp(little(nonce))
    point = bindings.crypto_core_ed25519_add(point, torsion) if torsion else point
    h = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little")
    return public, message, point + little((nonce + h * secret) % ORDER)


@pytest.mark.parametrize(("seed", "public_key", "message", "signature"), RFC_8032)
def test_rfc_8032(seed: str, public_key: str, message: str, signature: str) -> None:
    key = SigningKey.from_seed(bytes.fromhex(seed))
    assert key.public_key.hex() == public_key
    assert key.sign(bytes.fromhex(message)).hex() == signature
    check_public_key(key.public_key)
    verify_signature(key.public_key, bytes.fromhex(message), bytes.fromhex(signature))


@given(st.binary(max_size=200))
def test_what_is_signed_verifies_and_nothing_else_does(message: bytes) -> None:
    signature = KEY.sign(message)
    verify_signature(KEY.public_key, message, signature)
    with pytest.raises(VerificationError):
        verify_signature(KEY.public_key, message + b"x", signature)


@pytest.mark.parametrize("name", NOT_KEYS)
def test_what_is_not_a_key(name: str) -> None:
    with pytest.raises(DecodeError, match="not an Ed25519 public key"):
        check_public_key(NOT_KEYS[name])


WRONG = {
    "empty": (KEY.public_key, MESSAGE, b""),
    "short": (KEY.public_key, MESSAGE, SIGNATURE[:-1]),
    "long": (KEY.public_key, MESSAGE, SIGNATURE + b"\x00"),
    "other message": (KEY.public_key, b"another message", SIGNATURE),
    "message moved into the signature": (KEY.public_key, MESSAGE[1:], SIGNATURE + MESSAGE[:1]),
    "other key": (SigningKey.from_seed(bytes(32)).public_key, MESSAGE, SIGNATURE),
    "short key": (KEY.public_key[:-1], MESSAGE, SIGNATURE),
    "small-order key": (NOT_KEYS["identity"], MESSAGE, SIGNATURE),
    "S not reduced": (
        KEY.public_key,
        MESSAGE,
        SIGNATURE[:32] + little(int.from_bytes(SIGNATURE[32:], "little") + ORDER),
    ),
    "R changed": (KEY.public_key, MESSAGE, bytes([SIGNATURE[0] ^ 1]) + SIGNATURE[1:]),
    "R of small order": (KEY.public_key, MESSAGE, ORDER_8 + SIGNATURE[32:]),
    "zeros": (KEY.public_key, MESSAGE, bytes(64)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_a_signature(name: str) -> None:
    verify_signature(KEY.public_key, MESSAGE, SIGNATURE)
    with pytest.raises(VerificationError) as caught:
        verify_signature(*WRONG[name])
    assert caught.value.check == "signature"


def test_a_signer_cannot_make_a_signature_that_verifiers_disagree_about(monkeypatch: pytest.MonkeyPatch) -> None:
    verify_signature(*sign_with(6789, b"", MESSAGE))
    disputed = sign_with(6789, ORDER_8, MESSAGE)  # true up to a point of order 8
    with pytest.raises(VerificationError):
        verify_signature(*disputed)
    # It is refused even if a later libsodium checks the equation up to such points.
    monkeypatch.setattr("evote.crypto.signature.crypto_sign_open", lambda signed, _: signed)
    with pytest.raises(VerificationError):
        verify_signature(*disputed)


def test_a_signing_key_keeps_its_secret() -> None:
    key, twin = SigningKey.from_seed(bytes(32)), SigningKey.from_seed(bytes(32))
    assert key.secret_bytes() == bytes(32)
    assert repr(key) == str(key) == "<SigningKey: secret>"
    assert key != twin
    assert SigningKey.generate().public_key != SigningKey.generate().public_key
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="neither pickled nor copied"):
            leak(key)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_seed_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SigningKey.from_seed(bytes(size))
