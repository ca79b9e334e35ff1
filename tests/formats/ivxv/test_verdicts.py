"""Official verdict and ours, side by side, over all vectors: where they differ the reason is named."""

from typing import Any

import pytest

from evote.crypto.group import group
from evote.formats.ivxv.ciphertext import decode_ciphertext, encode_ciphertext
from evote.formats.ivxv.der import encode_octets
from evote.formats.ivxv.generation import Generation, detect
from evote.formats.ivxv.keys import read_public_key, squares_modulo
from evote.formats.ivxv.official import ProofVerdict, check_ciphertext, check_proof, difference
from evote.formats.ivxv.proof_file import Checked, Entry, ProofFile, check_proofs
from evote.formats.ivxv.reasons import Reason, Refusal
from tests.formats.ivxv.vectors import (
    GROUPS,
    PYIVXV,
    base64_of,
    entry,
    load,
    official,
    official_key,
    proof_files,
    unhex,
)

ACCEPTED = None
# What we say of a proof, by the name of the case; the official verdicts are in the vectors.
PROOFS = {
    "honest": ACCEPTED,
    "response-plus-1": Reason.FALSE_PROOF,
    "response-plus-order": Reason.RESPONSE_RANGE,
    "response-minus-order": Reason.RESPONSE_RANGE,
    "swapped-commitments": Reason.FALSE_PROOF,
    "wrong-message": Reason.FALSE_PROOF,
    "other-message": Reason.FALSE_PROOF,
    "message-too-long": Reason.PLAINTEXT_LENGTH,
    "message-off-curve": Reason.NOT_IN_GROUP,
    "other-ciphertext": Reason.FALSE_PROOF,
    "other-proof": Reason.FALSE_PROOF,
    "other-election-id": Reason.FALSE_PROOF,
    "lifted-flag-toggled": Reason.FALSE_PROOF,
    "ciphertext-trailing-bytes": Reason.TRAILING_BYTES,
    "proof-trailing-bytes": Reason.TRAILING_BYTES,
    "proof-truncated": Reason.MALFORMED,
    "proof-two-elements": Reason.MALFORMED,
    "ciphertext-ber-indefinite": Reason.NOT_DER,
    "proof-under-other-key": Reason.FALSE_PROOF,
}
CIPHERTEXTS = {
    "plain": ACCEPTED,
    "copied-rerandomized": ACCEPTED,
    "bad-padding": ACCEPTED,
    "message-negated-y": ACCEPTED,
    "message-later-x": ACCEPTED,
    "trailing-bytes": Reason.TRAILING_BYTES,
    "ber-indefinite": Reason.NOT_DER,
    "empty": Reason.MALFORMED,
    "null-der": Reason.MALFORMED,
    "wrong-oid": Reason.WRONG_ALGORITHM,
    "three-elements": Reason.MALFORMED,
    "c1-one": Reason.NO_RANDOMNESS,
    "c1-zero": Reason.OUT_OF_RANGE,
    "c2-zero": Reason.OUT_OF_RANGE,
    "c1-p": Reason.OUT_OF_RANGE,
    "c1-plus-p": Reason.OUT_OF_RANGE,
    "c1-negative": Reason.OUT_OF_RANGE,
    "c1-nonresidue": Reason.NOT_IN_GROUP,
    "c2-nonresidue": Reason.NOT_IN_GROUP,
    "c1-infinity": Reason.IDENTITY_POINT,
    "c1-off-curve": Reason.NOT_IN_GROUP,
    "c1-compressed": Reason.POINT_ENCODING,
    "c1-padded-coordinates": Reason.POINT_ENCODING,
}
# Accepted by the official programs, refused here: the whole list, so that nothing joins it unseen.
STRICTER_PROOFS = {
    "response-plus-order",
    "response-minus-order",
    "ciphertext-trailing-bytes",
    "proof-trailing-bytes",
    "ciphertext-ber-indefinite",
}
STRICTER_CIPHERTEXTS = {"trailing-bytes", "ber-indefinite", "c1-one", "c1-infinity", "c1-padded-coordinates"}


def cases(name: str) -> list[Any]:
    return [
        pytest.param(group, case, id=f"{group}-{case['name']}") for group in GROUPS for case in official(group, name)
    ]


def third_party_cases() -> list[Any]:
    return [
        pytest.param(file, case, id=f"{file}-{case['name']}")
        for file in PYIVXV
        for case in load(f"thirdparty/{file}.json")["cases"]
    ]


def judge(key: bytes, generation: Generation, made: Entry) -> Checked:
    (checked,) = check_proofs(read_public_key(key), generation, [made])
    return checked


def reason(refusal: Refusal | None) -> Reason | None:
    return None if refusal is None else refusal.reason


@pytest.mark.parametrize("case", [case.values[1] for case in cases("proofs")], ids=[c.id for c in cases("proofs")])
def test_official_proofs(case: Any) -> None:
    key, ciphertext, proof = (unhex(case[part]) for part in ("publickey_der", "ciphertext_der", "proof_der"))
    name = "honest" if case["name"].startswith("honest") else case["name"]
    ours = judge(key, Generation.G1, entry(ciphertext, case["message"], proof))
    assert reason(ours.refusal) == PROOFS[name]
    theirs = case["official_verdict"].split()[0]
    modelled = check_proof(read_public_key(key), Generation.G1, ciphertext, case["message"], proof)
    assert modelled.value == theirs
    accepts = theirs == "VALID"
    assert (accepts and ours.refusal is not None) == (name in STRICTER_PROOFS)
    if ours.refusal is not None and accepts:
        expected = f"official tool: accepts; refused here because {ours.refusal.reason.value}"
        assert difference(accepts, ours.refusal) == expected
    if ours.refusal is None:
        assert accepts
        assert ours.text == case["message"].encode()
        assert ours.ciphertext == ciphertext


@pytest.mark.parametrize(("file", "case"), third_party_cases())
def test_third_party_proofs(file: str, case: Any) -> None:
    """G2 and G3; their program is lax, too, where the case says so."""
    generation = Generation.G3 if "lifted" in file else Generation.G2
    key, ciphertext, proof = (unhex(case[part]) for part in ("publickey_der", "ciphertext_der", "proof_der"))
    point = unhex(case["message_point_sec1"])
    message = base64_of(encode_octets(point))
    ours = judge(key, generation, entry(ciphertext, message, proof))
    assert reason(ours.refusal) == PROOFS["honest" if case["name"].startswith("honest") else case["name"]]
    accepts = case["verdict"] == "VALID"
    assert (accepts and ours.refusal is not None) == (case.get("strict") == "REJECT")
    modelled = check_proof(read_public_key(key), generation, ciphertext, message, proof)
    assert (modelled is ProofVerdict.VALID) == accepts
    if ours.refusal is None:
        assert ours.plaintext == point
        assert ours.text == (None if generation is Generation.G3 else case["text"].encode())


@pytest.mark.parametrize(("group_name", "case"), cases("ciphertext-checks"))
def test_official_ciphertexts(group_name: str, case: Any) -> None:
    of, data = official_key(group_name).group, unhex(case["ciphertext_der"])
    refusal = None
    try:
        assert encode_ciphertext(decode_ciphertext(of, data)) == data
    except Refusal as error:
        refusal = error
    assert reason(refusal) == CIPHERTEXTS[case["name"]]
    theirs = check_ciphertext(of, data).value
    assert theirs == case["official_correctness"]
    assert (theirs == "VALID" and refusal is not None) == (case["name"] in STRICTER_CIPHERTEXTS)
    assert theirs == "VALID" or refusal is not None


@pytest.mark.parametrize(
    ("group_name", "case"), [case for case in cases("ciphertext-checks") if "official_proof_der" in case.values[1]]
)
def test_proofs_of_odd_ciphertexts(group_name: str, case: Any) -> None:
    """Where the official decryption proved something of them; no ciphertext that is refused gains by a proof."""
    key, data, proof = official_key(group_name), unhex(case["ciphertext_der"]), unhex(case["official_proof_der"])
    message = unhex(case["official_decrypt_hex"]).decode()
    modelled = check_proof(key, Generation.G1, data, message, proof)
    assert modelled.value == case["official_audit_of_that_proof"]
    ours = judge(key.encoded, Generation.G1, entry(data, message, proof))
    expected = CIPHERTEXTS[case["name"]]
    if expected is ACCEPTED and modelled is not ProofVerdict.VALID:
        expected = Reason.FALSE_PROOF  # another element of the same text
    assert reason(ours.refusal) == expected


@pytest.mark.parametrize(("pem", "path"), proof_files(), ids=lambda path: path.name)
def test_honest_proof_files(pem: Any, path: Any) -> None:
    key = read_public_key(pem.read_bytes())
    with path.open("rb") as file:
        proofs = ProofFile(file, path.name)
        assert proofs.first is not None
        checked = list(check_proofs(key, detect(key.parameters, proofs.first.message), proofs))
    assert proofs.election == key.election
    assert len(checked) >= 3
    assert [one.index for one in checked if one.refusal is None] == list(range(len(checked)))


def test_parameters() -> None:
    """The official constructors accept the first two of what is refused here."""
    theirs = load("official-java/parameter-checks.json")
    assert theirs["P=13 (prime, (p-1)/2=6 not prime)"].startswith("accepted")
    assert theirs["generator 1 over modp2048"].startswith("VALID")
    p = group("modp-2048").p  # type: ignore[attr-defined]
    for bad in ((13, 3), (p, 1), (15, 4), (p, p - 1), (p, 0), (p, p + 2), (p + 2, 2), (-23, 2), (0, 2), (2, 1)):
        with pytest.raises(Refusal) as refused:
            squares_modulo(*bad)
        assert refused.value.reason is Reason.UNSAFE_PARAMETERS
    with pytest.raises(Refusal, match="size limit"):
        squares_modulo(1 << 5000, 2)
    assert squares_modulo(23, 2).order == 11
    assert squares_modulo(p, 2) is group("modp-2048")
    assert squares_modulo(p, 4) != group("modp-2048")
