"""Commitments: they add, hide and bind while nobody knows log_g h, and are provably to one of some values."""

from __future__ import annotations

import hashlib

import pytest

from evote.crypto import pedersen
from evote.crypto.group import Element, Group, Scalar, group
from evote.crypto.pedersen import SECOND_GENERATOR, commit, commitment_to_one_of, second_generator
from evote.crypto.prover import prove
from evote.crypto.relation import Statement, Witness, decode_proof, proof_size
from evote.crypto.verifier import verify
from evote.errors import VerificationError
from tests.crypto.samples import TOY, scalars, transcript

R, S, A = scalars(TOY, 3, seed=90)
g, h = TOY.generator, second_generator(TOY)

# SHA-256 of h: records are void if it changes.
SECOND_GENERATORS = {
    "electionguard-4096": "8381994c78318c84795730238f9d77c98efcc9c9630fb7eb7046e7fc8bd6c539",
    "ffdhe3072": "3170431ad23b49f67761f730f335403e599dde40b5642865212e4bcfbcb349f4",
    "modp-2048": "7fbe35358e2f0119d67a5e3ece694f287f5c4e69d9ea3b8350a25a7994374cc1",
    "modp-3072": "28609be676e84206a016076a022685508aa6c91deccfca9e277c95e09155c764",
    "modp-4096": "a125a32199cafea1b3be25569a94f0134c8819cb45b4de985f1c257f03ecfbf8",
    "p-256": "cd6a55eac47ddc9f2e3511a8ac41bdac7b83ab406bad6f16b2bc70f847ac38af",
    "p-384": "4c63f7b9b5e9c188cfba0498a11521d628c47e89832c6170325f459f53974b27",
    "ristretto255": "2fbf9839cc00b92def9338ecf09d7dbc6dac598ffedb986b9d6f6d3ffd47a301",
}


def holds(statement: Statement, witness: Witness) -> bool:
    proof = prove(statement, witness, transcript())
    try:
        verify(statement, proof, transcript())
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize("name", SECOND_GENERATORS)
def test_the_second_generator_is_what_it_always_was(name: str) -> None:
    assert hashlib.sha256(bytes(second_generator(group(name)))).hexdigest() == SECOND_GENERATORS[name]


def test_the_second_generator_is_hashed_with_a_label_of_its_own() -> None:
    assert second_generator(TOY) is h
    assert h not in (g, TOY.identity, *TOY.independent_generators(3, "shuffle generators"))
    assert [h] == TOY.independent_generators(1, SECOND_GENERATOR)


@pytest.mark.parametrize("value", [0, 1, 7, 2**80, -1])
def test_a_commitment(value: int) -> None:
    assert commit(TOY, value, R) == g ** TOY.scalar(value) * h**R


def test_values_and_blinding_add() -> None:
    assert commit(TOY, 3, R) * commit(TOY, 4, S) == commit(TOY, 7, R + S)
    assert commit(TOY, 3, R) / commit(TOY, 4, S) == commit(TOY, -1, R - S)


def test_a_commitment_costs_a_power_of_each_generator() -> None:
    spent: list[Element] = []

    def power(base: Element, exponent: Scalar | int) -> Element:
        spent.append(base)
        return base**exponent

    assert commit(TOY, 5, R, power=power) == commit(TOY, 5, R)
    assert spent == [g, h]


def test_who_knows_the_logarithm_of_h_opens_as_he_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same equation shows that it hides perfectly: for each value there is one r that explains the commitment."""
    monkeypatch.setattr(pedersen, "second_generator", lambda of: of.generator**A)
    committed = commit(TOY, 3, R)
    for value in range(10):
        other = R + (TOY.scalar(3) - value) / A
        assert commit(TOY, value, other) == committed
        assert holds(commitment_to_one_of(committed, (value,)), Witness((other,)))


@pytest.mark.parametrize("value", range(-2, 7))
def test_exactly_the_listed_values_can_be_proved(value: int) -> None:
    values = (0, 1, 4)
    statement = commitment_to_one_of(commit(TOY, value, R), values)
    assert [holds(statement, Witness((R,), branch)) for branch in range(3)] == [value == v for v in values]


TAMPERED: dict[str, Statement] = {
    "another value": commitment_to_one_of(commit(TOY, 0, R), (0, 1)),
    "other blinding": commitment_to_one_of(commit(TOY, 1, S), (0, 1)),
    "the negative": commitment_to_one_of(commit(TOY, -1, -R), (0, 1)),
    "another list": commitment_to_one_of(commit(TOY, 1, R), (1, 2)),
    "the list turned around": commitment_to_one_of(commit(TOY, 1, R), (1, 0)),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_proof_fits_no_other_statement(name: str) -> None:
    honest = commitment_to_one_of(commit(TOY, 1, R), (0, 1))
    proof = prove(honest, Witness((R,), 1), transcript())
    verify(honest, proof, transcript())
    with pytest.raises(VerificationError, match="commitment-to-one-of"):
        verify(TAMPERED[name], proof, transcript())
    with pytest.raises(VerificationError, match="commitment-to-one-of"):
        verify(honest, proof, transcript("another context"))


@pytest.mark.parametrize("of", [TOY, group("ristretto255"), group("p-256"), group("modp-2048")], ids=lambda g: g.name)
def test_what_a_proof_for_n_values_costs(of: Group) -> None:
    (r,) = scalars(of, 1)
    for n in (1, 2, 5):
        spent: list[Element] = []

        def power(base: Element, exponent: Scalar | int, spent: list[Element] = spent) -> Element:
            spent.append(base)
            return base**exponent

        statement = commitment_to_one_of(commit(of, n - 1, r), range(n))
        proof = prove(statement, Witness((r,), n - 1), transcript(), power=power)
        verify(statement, decode_proof(statement, bytes(proof)), transcript())
        assert (spent.count(of.generator), spent.count(second_generator(of)), len(spent)) == (n - 1, n, 2 * n - 1)
        assert [len(part) for row in (proof.commitments, proof.responses) for part in row] == [1] * 2 * n
        size = (of.challenge_bits + 7) // 8
        assert len(bytes(proof)) == proof_size(statement) == n * (of.element_size + of.scalar_size) + (n - 1) * size


def test_no_value_is_no_statement() -> None:
    with pytest.raises(ValueError, match="no branches"):
        commitment_to_one_of(h, ())


@pytest.mark.parametrize("value", [-1, 2**64])
def test_a_value_out_of_range_is_the_callers_mistake(value: int) -> None:
    with pytest.raises(ValueError, match="offset"):
        commitment_to_one_of(h, (0, value))
