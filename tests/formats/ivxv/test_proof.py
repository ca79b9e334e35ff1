"""The transcript byte for byte, the generator of challenges, and proofs that our own prover makes."""

from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from evote.crypto.elgamal import Ciphertext
from evote.crypto.group import group
from evote.crypto.prover import prove
from evote.crypto.relation import Witness, bind
from evote.crypto.verifier import verify
from evote.errors import VerificationError
from evote.formats.ivxv.ciphertext import decode_ciphertext, encode_ciphertext
from evote.formats.ivxv.decryptions import Decryption, Decryptions
from evote.formats.ivxv.generation import Generation, embedding
from evote.formats.ivxv.keys import read_public_key
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.proof import Claim, EncodedProof, decode_proof, encode_proof
from evote.formats.ivxv.transcript import DecryptionTranscript, integers_below
from tests.formats.ivxv.synthetic import SECRET, entries, make_key
from tests.formats.ivxv.vectors import GROUPS, load, number, official, unhex


@pytest.mark.parametrize("case", load("official-java/dprng.json"), ids=lambda case: case["seed_hex"] or "empty")
def test_the_generator(case: Any) -> None:
    seed = unhex(case["seed_hex"])
    for bound, expected in case["bounded_first_three"].items():
        drawn = list(islice(integers_below(number(bound.removeprefix("upper_hex_")), seed), 3))
        assert drawn == [number(value) for value in expected]


def honest() -> list[Any]:
    cases: list[tuple[str | None, Generation, Any]]
    cases = [(name, Generation.G1, case) for name in GROUPS for case in official(name, "proofs")]
    cases += [(None, Generation.G2, case) for case in load("thirdparty/gen2-pyivxv-legacy.json")["cases"]]
    cases += [(None, Generation.G3, case) for case in load("thirdparty/gen3-pyivxv-lifted.json")["cases"]]
    return [
        pytest.param(generation, case, id=f"{name or generation.value}-{case['name']}")
        for name, generation, case in cases
        if case["name"].startswith("honest")
    ]


@pytest.mark.parametrize(("generation", "case"), honest())
def test_seeds_and_challenges(generation: Generation, case: Any) -> None:
    key = read_public_key(unhex(case["publickey_der"]))
    ciphertext = decode_ciphertext(key.group, unhex(case["ciphertext_der"]))
    element = (
        key.group.decode(unhex(case["message_point_sec1"]))
        if "message_point_sec1" in case
        else embedding(generation, key.group).encode(case["message"].encode())
    )
    claim = Claim(key, ciphertext, Plaintext.decrypted(generation, element))
    proof = decode_proof(key.group, unhex(case["proof_der"]))
    relation = claim.relation()
    transcript = claim.transcript()
    assert transcript.fork().challenge("nonce", 256) == claim.transcript().fork().challenge("nonce", 256)
    transcript.append("statement", relation.name.encode(), key.group.name.encode())
    transcript.append("bases", ciphertext.c1, key.group.generator)
    transcript.append("image", *relation.image)
    transcript.append("commitment", *proof.commitments[0])
    assert transcript.challenge("challenge", 256) == number(case["challenge_hex"])
    assert transcript.seed == unhex(case["transcript_seed_der"])
    opened = EncodedProof.decode(key.group, unhex(case["proof_der"]))
    assert opened.challenge(key, unhex(case["ciphertext_der"]), claim.plaintext.hashed) == number(case["challenge_hex"])
    verify(relation, proof, claim.transcript())
    assert encode_proof(proof) == unhex(case["proof_der"])
    assert encode_ciphertext(ciphertext) == unhex(case["ciphertext_der"])


def claim_of(name: str, generation: Generation, text: bytes = b"0000.101", r: int = 12345) -> tuple[Claim, Witness]:
    """Return a true claim under a key of ours, and why it is true."""
    key = make_key(group(name), lifted=generation is Generation.G3 or None)
    plaintext = Plaintext.decrypted(generation, embedding(generation, key.group).encode(text))
    ciphertext = key.elgamal.encrypt(plaintext.element, key.group.scalar(r))
    return Claim(key, ciphertext, plaintext), Witness((key.group.scalar(SECRET),))


@pytest.mark.parametrize(
    ("name", "generation"),
    [
        ("modp-2048", Generation.G1),
        ("modp-2048", Generation.G1_PADDED),
        ("p-384", Generation.G1),
        ("p-384", Generation.G2),
        ("p-384", Generation.G3),
    ],
)
def test_our_prover_makes_their_proofs(name: str, generation: Generation) -> None:
    claim, witness = claim_of(name, generation)
    relation = claim.relation()
    proof = prove(relation, witness, claim.transcript())
    again = decode_proof(claim.key.group, encode_proof(proof))
    verify(relation, again, claim.transcript())
    other, _ = claim_of(name, generation, b"0000.102")
    wrong = Claim(claim.key, claim.ciphertext, other.plaintext)
    with pytest.raises(VerificationError):
        verify(wrong.relation(), again, wrong.transcript())


def test_the_transcript_takes_only_what_it_has_a_place_for() -> None:
    claim, _ = claim_of("p-384", Generation.G2)
    relation, other = claim.relation(), claim_of("p-384", Generation.G2, r=54321)[0].relation()
    for label in ("context", "bases", "commitment", "offsets"):
        with pytest.raises(ValueError, match="no place here"):
            claim.transcript().append(label, b"")
    with pytest.raises(ValueError, match="another relation"):
        bind(other, claim.transcript())
    told = claim.transcript()
    told.append("statement", relation.name.encode(), relation.group.name.encode())
    with pytest.raises(ValueError, match="another relation"):
        told.append("bases", claim.key.y, claim.key.group.generator)
    with pytest.raises(ValueError, match="not told to its end"):
        claim.transcript().challenge("challenge", 256)
    with pytest.raises(ValueError, match="one challenge"):
        claim.transcript().challenge("nonce", 256)
    with pytest.raises(ValueError, match="not about a decryption"):
        DecryptionTranscript(replace(relation, name="schnorr"))
    with pytest.raises(ValueError, match="one challenge"):
        claim.transcript().challenges("challenge", 256, 2)


@pytest.mark.parametrize(("name", "generation"), [("modp-2048", Generation.G1), ("p-384", Generation.G2)])
def test_many_proofs_fold_into_what_the_generic_verifier_says(name: str, generation: Generation) -> None:
    """True and false ones, by the same weights: the same element, so the batch checks the same claims."""
    key = make_key(group(name))
    held, expected, folded = list(entries(key, generation, 4, choices=2)), key.group.identity, []
    held[3] = replace(held[3], proof=held[2].proof)
    weights = [3, 5, 7, 11, 13, 17, 19, 23]
    for i, entry in enumerate(held):
        data = decode_base64(entry.ciphertext, "ciphertext"), decode_base64(entry.proof, "proof")
        claim = Claim(
            key, decode_ciphertext(key.group, data[0]), Plaintext.claimed(generation, key.group, entry.message)
        )
        proof, opened = decode_proof(key.group, data[1]), EncodedProof.decode(key.group, data[1])
        for equation, weight in zip(claim.equations(proof), weights[2 * i :], strict=False):
            expected *= key.group.product_of_powers(equation.bases, equation.exponents) ** weight
        k = opened.challenge(key, data[0], claim.plaintext.hashed)
        c, (a, b) = claim.ciphertext, proof.commitments[0]
        folded.append(Decryption(c.c1, c.c2, claim.plaintext.element, a, b, opened.response, k))
    family = Decryptions(key, folded)
    assert family.count == len(weights)
    equation = family.fold(weights)
    assert key.group.product_of_powers(equation.bases, equation.exponents) == expected != key.group.identity
    true = Decryptions(key, folded[:3]).fold(weights[:6])
    assert key.group.product_of_powers(true.bases, true.exponents) == key.group.identity


def test_a_claim_of_a_curve_has_no_identity() -> None:
    claim, _ = claim_of("p-384", Generation.G2)
    identity = claim.key.group.identity
    with pytest.raises(ValueError, match="identity"):
        encode_ciphertext(Ciphertext(identity, claim.ciphertext.c2))
