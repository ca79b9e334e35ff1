"""Every statement of an election: true, false, in another context, under another key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import Group, group
from evote.crypto.prover import prove
from evote.crypto.relation import Statement, Witness, decode_proof
from evote.crypto.statements import (
    decryption,
    encryption_of,
    encryption_of_one_of,
    knowledge_of_randomness,
    reencryption,
)
from evote.crypto.verifier import verify
from evote.errors import VerificationError
from tests.crypto.samples import SAMPLES, TOY, elements, encrypt, keypair, scalars, transcript

_, KEY = keypair(TOY)
_, OTHER_KEY = keypair(TOY, seed=20)
R, S = scalars(TOY, 2)


@pytest.mark.parametrize("name", SAMPLES)
def test_true_statement(name: str) -> None:
    sample = SAMPLES[name](TOY)
    verify(sample.statement, prove(sample.statement, sample.witness, transcript()), transcript())


@pytest.mark.parametrize("name", SAMPLES)
def test_false_statement(name: str) -> None:
    sample = SAMPLES[name](TOY)
    with pytest.raises(VerificationError, match=sample.false.name):
        verify(sample.false, prove(sample.false, sample.witness, transcript()), transcript())


@pytest.mark.parametrize("name", SAMPLES)
def test_another_context(name: str) -> None:
    sample = SAMPLES[name](TOY)
    proof = prove(sample.statement, sample.witness, transcript("contest 1"))
    with pytest.raises(VerificationError, match=sample.statement.name):
        verify(sample.statement, proof, transcript("contest 2"))


@pytest.mark.parametrize("name", ["linear", "encryption of zero or one", "decryption"])
@pytest.mark.parametrize("of", [group("ristretto255"), group("modp-2048")], ids=lambda g: g.name)
def test_real_groups(name: str, of: Group) -> None:
    sample = SAMPLES[name](of)
    proof = prove(sample.statement, sample.witness, transcript())
    verify(sample.statement, decode_proof(sample.statement, bytes(proof)), transcript())
    with pytest.raises(VerificationError):
        verify(sample.statement, proof, transcript("another"))
    with pytest.raises(VerificationError):
        verify(sample.false, prove(sample.false, sample.witness, transcript()), transcript())


KEYED: dict[str, Callable[[PublicKey], Statement]] = {
    "encryption of": lambda key: encryption_of(key, encrypt(KEY, 3, R), 3),
    "encryption of one of": lambda key: encryption_of_one_of(key, encrypt(KEY, 3, R), (3, 4)),
    "decryption": lambda key: decryption(key.y, TOY.generator, KEY.y),
    "reencryption": lambda key: reencryption(key, encrypt(KEY, 3, S), encrypt(KEY, 3, R + S)),
}


@pytest.mark.parametrize("name", KEYED)
def test_another_key(name: str) -> None:
    secret, _ = keypair(TOY)
    witness = Witness((secret,)) if name == "decryption" else Witness((R,))
    right, wrong = KEYED[name](KEY), KEYED[name](OTHER_KEY)
    proof = prove(right, witness, transcript())
    verify(right, proof, transcript())
    with pytest.raises(VerificationError):
        verify(wrong, proof, transcript())
    with pytest.raises(VerificationError):
        verify(wrong, prove(wrong, witness, transcript()), transcript())


@pytest.mark.parametrize("value", range(-2, 6))
def test_exactly_the_listed_values_can_be_proved(value: int) -> None:
    values = (0, 1, 3)
    ciphertext = KEY.encrypt(TOY.generator ** (value % TOY.order), R)
    statement = encryption_of_one_of(KEY, ciphertext, values)
    proved = 0
    for branch in range(len(values)):
        try:
            verify(statement, prove(statement, Witness((R,), branch), transcript()), transcript())
            proved += 1
        except VerificationError:
            pass
    assert proved == (value in values)


def test_one_value_is_a_disjunction_with_one_branch() -> None:
    statement = encryption_of_one_of(KEY, encrypt(KEY, 0, R), (0,))
    proof = prove(statement, Witness((R,)), transcript())
    assert len(statement.branches) == 1
    assert proof.challenges == ()
    verify(statement, decode_proof(statement, bytes(proof)), transcript())


def test_no_value_is_no_statement() -> None:
    with pytest.raises(ValueError, match="no branches"):
        encryption_of_one_of(KEY, encrypt(KEY, 0, R), ())


def test_size_of_a_proof_for_n_values() -> None:
    values = range(7)
    statement = encryption_of_one_of(KEY, encrypt(KEY, 2, R), values)
    proof = prove(statement, Witness((R,), 2), transcript())
    assert sum(map(len, proof.commitments)) == 14
    assert len(proof.challenges) == 6
    assert sum(map(len, proof.responses)) == 7


def test_a_decryption_of_the_identity_is_the_identity() -> None:
    """c1 = 1 carries no secret; no d but 1 can be proved for it."""
    x, key = keypair(TOY)
    (other,) = elements(TOY, 1, seed=30)
    honest = decryption(key.y, TOY.identity, TOY.identity)
    verify(honest, prove(honest, Witness((x,)), transcript()), transcript())
    false = decryption(key.y, TOY.identity, other)
    with pytest.raises(VerificationError):
        verify(false, prove(false, Witness((x,)), transcript()), transcript())


def test_knowledge_of_randomness_leaves_c2_to_the_transcript() -> None:
    """Stated in the docstring; `tests/attacks` shows what follows."""
    ciphertext = encrypt(KEY, 1, R)
    statement = knowledge_of_randomness(ciphertext)
    assert statement == knowledge_of_randomness(replace(ciphertext, c2=ciphertext.c2 * TOY.generator))


def test_reencryption_of_another_message_cannot_be_proved() -> None:
    before = encrypt(KEY, 1, R)
    forged = KEY.reencrypt(Ciphertext(before.c1, before.c2 * TOY.generator), S)
    statement = reencryption(KEY, before, forged)
    with pytest.raises(VerificationError):
        verify(statement, prove(statement, Witness((S,)), transcript()), transcript())


def test_branches_of_one_ciphertext_share_all_but_the_offsets() -> None:
    statement = encryption_of_one_of(KEY, encrypt(KEY, 1, R), (0, 1, 5))
    first = statement.branches[0]
    for branch, value in zip(statement.branches, (0, 1, 5), strict=True):
        assert branch.bases is first.bases
        assert branch.image is first.image
        assert branch.offsets == (0, value)


@pytest.mark.parametrize("value", [-1, 2**64])
def test_a_value_out_of_range_is_the_callers_mistake(value: int) -> None:
    with pytest.raises(ValueError, match="offset"):
        encryption_of(KEY, encrypt(KEY, 1, R), value)
