"""A proof is one equation for each row, and what was tampered with falsifies an equation of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evote.crypto.equation import Equation
from evote.crypto.prover import prove
from evote.crypto.relation import Proof, Statement
from evote.crypto.verifier import equations, verify
from evote.errors import VerificationError
from tests.crypto.samples import SAMPLES, TOY, elements, scalars, transcript

g = TOY.generator


def honest_proof(name: str, context: str = "test") -> tuple[Statement, Proof]:
    sample = SAMPLES[name](TOY)
    return sample.statement, prove(sample.statement, sample.witness, transcript(context))


def test_an_honest_proof_is_one_equation_a_row() -> None:
    for name in SAMPLES:
        statement, proof = honest_proof(name)
        found = equations(statement, proof, transcript())
        assert len(found) == sum(len(branch.image) for branch in statement.branches)
        assert all(equation.holds() for equation in found)


@pytest.mark.parametrize("tamper", ["commitment", "response"])
def test_a_tampered_row_falsifies_its_own_equation(tamper: str) -> None:
    """With the challenge as it was, that is: an equation says what it is about."""
    statement, proof = honest_proof("linear")
    (row,) = proof.commitments if tamper == "commitment" else proof.responses
    found = equations(statement, proof, transcript())
    bad = [
        replace(e, exponents=(e.exponents[0] + 1, *e.exponents[1:]))
        if tamper == "response"
        else replace(e, bases=(*e.bases[:-1], e.bases[-1] * g))
        for e in found[:1]
    ]
    assert row
    assert [e.holds() for e in bad + found[1:]] == [False] + [True] * (len(found) - 1)


def test_random_linear_relations_hold_for_their_witness_only() -> None:
    x, y = scalars(TOY, 2)
    (h,) = elements(TOY, 1)
    assert Equation((g, h, g**x * h**y), (int(x), int(y), -1)).holds()
    assert not Equation((g, h, g**x * h**y), (int(y), int(x), -1)).holds()


@pytest.mark.parametrize("name", SAMPLES)
def test_verifying_at_once_says_what_the_equations_say(name: str) -> None:
    statement, proof = honest_proof(name)
    verify(statement, proof, transcript(), "somebody")
    last = (*proof.responses[-1][:-1], proof.responses[-1][-1] + 1)
    bad = replace(proof, responses=(*proof.responses[:-1], last))
    assert [e.holds() for e in equations(statement, bad, transcript())].count(False) > 0
    for wrong, context in ((bad, "test"), (proof, "another")):
        with pytest.raises(VerificationError, match=f"^{statement.name}: somebody$"):
            verify(statement, wrong, transcript(context), "somebody")


def test_a_proof_of_another_shape_is_the_callers_mistake() -> None:
    """`decode_proof` cannot produce one, so nobody outside can."""
    statement, proof = honest_proof("mixed disjunction")
    bits = TOY.challenge_bits
    for wrong in (
        replace(proof, challenges=(proof.challenges[0] + (1 << bits), *proof.challenges[1:])),
        replace(proof, challenges=(-1, *proof.challenges[1:])),
        replace(proof, challenges=proof.challenges[1:]),
        replace(proof, responses=proof.responses[1:]),
        replace(proof, responses=(*proof.responses[:-1], proof.responses[-1][1:])),
        replace(proof, commitments=proof.commitments[1:]),
        replace(proof, commitments=(*proof.commitments[:-1], proof.commitments[-1][1:])),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - it may say so in several ways
            equations(statement, wrong, transcript())
