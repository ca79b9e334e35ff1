"""Fuzzing of every parser: an object that encodes to the same bytes, or `DecodeError`."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError
from evote.formats.ivxv import ber, der, pem, schema
from evote.formats.ivxv.ciphertext import decode_ciphertext, encode_ciphertext
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import public_key, read_public_key
from evote.formats.ivxv.official import CiphertextVerdict, ProofVerdict, check_ciphertext, check_proof
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.private_key import read_card, read_private_key
from evote.formats.ivxv.proof import decode_proof, encode_proof
from evote.formats.ivxv.proof_file import ProofFile, check_proofs
from evote.formats.ivxv.reasons import Reason, Refusal
from tests.formats.ivxv.fuzz import FUZZ, near, survives
from tests.formats.ivxv.vectors import GROUPS, OFFICIAL, entry, official, official_key, unhex

SMALL = ("toy256", "p384")  # a 3072-bit p is proved prime again for each change of its last digit
HONEST = {name: official(name, "proofs")[0] for name in SMALL}


@pytest.mark.parametrize("name", SMALL)
@given(data=st.data())
@FUZZ
def test_public_keys(name: str, data: st.DataObject) -> None:
    def rewritten(changed: bytes) -> bytes:
        key = read_public_key(changed)
        return public_key(key.parameters, key.y).encoded

    assert survives(rewritten, data.draw(near(official_key(name).encoded)))


@pytest.mark.parametrize("name", SMALL)
@given(data=st.data())
@FUZZ
def test_pem_files(name: str, data: st.DataObject) -> None:
    """Line ends and columns are free, so a file need not come back as it was; what it holds must."""
    try:
        key = read_public_key(data.draw(near((OFFICIAL / name / "pub.pem").read_bytes())))
    except DecodeError:
        return
    assert public_key(key.parameters, key.y).encoded == key.encoded


@pytest.mark.parametrize("name", SMALL)
@given(data=st.data())
@FUZZ
def test_private_keys(name: str, data: st.DataObject) -> None:
    share = (OFFICIAL / name / "share-1.der").read_bytes()
    assert survives(lambda changed: read_private_key(changed).secret_bytes(), data.draw(near(share)))

    def card(changed: bytes) -> bytes:
        index, key = read_card(changed)
        return der.encode_sequence(der.encode_octets(index.to_bytes(4, "big")), der.encode_octets(key.secret_bytes()))

    honest = der.encode_sequence(der.encode_octets(b"\0\0\0\x01"), der.encode_octets(share))
    assert card(honest) == honest
    assert survives(card, data.draw(near(honest)))


@pytest.mark.parametrize("name", SMALL)
@given(data=st.data())
@FUZZ
def test_ciphertexts_and_proofs(name: str, data: st.DataObject) -> None:
    key, case = official_key(name), HONEST[name]
    ciphertext, proof = unhex(case["ciphertext_der"]), unhex(case["proof_der"])
    changed = data.draw(near(ciphertext))
    assert survives(lambda held: encode_ciphertext(decode_ciphertext(key.group, held)), changed)
    assert check_ciphertext(key.group, changed) in CiphertextVerdict
    tampered = data.draw(near(proof))
    assert survives(lambda held: encode_proof(decode_proof(key.group, held)), tampered)
    assert check_proof(key, Generation.G1, changed, case["message"], tampered) in ProofVerdict


@pytest.mark.parametrize("name", SMALL)
@given(data=st.data())
@FUZZ
def test_entries(name: str, data: st.DataObject) -> None:
    """A changed entry is refused; only the honest one is accepted."""
    key, case = official_key(name), HONEST[name]
    honest = [unhex(case["ciphertext_der"]), case["message"], unhex(case["proof_der"])]
    changed = [data.draw(near(honest[0])), data.draw(st.one_of(st.just(honest[1]), st.text())), honest[2]]
    (checked,) = check_proofs(key, Generation.G1, [entry(*changed)])
    assert (checked.refusal is None) == (changed == honest)


@given(message=st.text())
@FUZZ
def test_messages(message: str) -> None:
    for name, generation in (("toy256", Generation.G1), ("toy256", Generation.G1_PADDED), ("p384", Generation.G2)):
        try:
            plaintext = Plaintext.claimed(generation, official_key(name).group, message)
        except DecodeError:
            continue
        assert plaintext.message(generation) == message


@pytest.mark.parametrize("name", GROUPS)
@given(data=st.data())
@FUZZ
def test_proof_files(name: str, data: st.DataObject) -> None:
    """A changed file is read to its end or is a `DecodeError`."""
    honest = next((OFFICIAL / name).glob("*-proof")).read_bytes()
    changed = data.draw(near(honest))
    try:
        count = sum(1 for _ in ProofFile(io.BytesIO(changed)))
    except DecodeError:
        return
    assert count <= honest.count(b'"proof"')


@given(data=st.data())
@FUZZ
def test_lenient_reading(data: st.DataObject) -> None:
    changed = data.draw(near(unhex(HONEST["toy256"]["ciphertext_der"])))
    try:
        node, end = ber.read(changed)
    except DecodeError:
        return
    again = node.der()
    assert 0 < end <= len(changed)
    assert ber.read(again) == (ber.read(again)[0], len(again))
    assert ber.read(again)[0].der() == again


@given(st.integers())
@FUZZ
def test_integers(value: int) -> None:
    assert schema.decode(int, der.encode_integer(value), "integer") == value


def test_oversized_objects() -> None:
    for size in (ber.MAX_OBJECT, ber.MAX_OBJECT - 4):
        data = der.encode_octets(bytes(size))
        if len(data) <= ber.MAX_OBJECT:
            assert schema.decode(bytes, data, "object") == bytes(size)
            continue
        with pytest.raises(Refusal) as refused:
            schema.decode(bytes, data, "object")
        assert refused.value.reason is Reason.TOO_LARGE
    with pytest.raises(DecodeError):
        ber.read(b"\x30" * (ber.MAX_OBJECT + 1))
    with pytest.raises(DecodeError):
        ber.read(b"\x30\x80" * 20)
    with pytest.raises(DecodeError):
        ber.read(b"\x04\x80\x00\x00")
    with pytest.raises(Refusal):
        pem.decode(bytes(pem.MAX_FILE + 1), pem.PUBLIC_KEY)
