"""The batch: all or the first culprit by name, secret weights, and one group."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.batch import Batch, Folding
from evote.crypto.equation import Equation
from evote.crypto.group import Element, group
from evote.crypto.prover import prove
from evote.crypto.relation import Proof, Statement
from evote.crypto.verifier import equations
from evote.errors import VerificationError
from tests.crypto.samples import SAMPLES, TOY, elements, scalars, transcript

SEED = bytes(range(32))
g = TOY.generator


def power(exponent: int, claimed: int) -> Equation:
    """Claim that g^exponent = g^claimed, with objects of its own."""
    return Equation((g, g ** TOY.scalar(claimed)), (exponent, -1))


def batch(*claims: Equation, seed: bytes = SEED) -> Batch:
    made = Batch(seed)
    for number, claim in enumerate(claims):
        made.add([claim], "check", f"item {number}")
    return made


def honest_proof(name: str, context: str = "test") -> tuple[Statement, Proof]:
    sample = SAMPLES[name](TOY)
    return sample.statement, prove(sample.statement, sample.witness, transcript(context))


def test_one_equation_by_itself():
    assert power(5, 5).holds()
    assert not power(5, 6).holds()


def test_an_honest_proof_is_one_equation_a_row():
    for name in SAMPLES:
        statement, proof = honest_proof(name)
        found = equations(statement, proof, transcript())
        assert len(found) == sum(len(branch.image) for branch in statement.branches)
        assert all(equation.holds() for equation in found)


@pytest.mark.parametrize("tamper", ["commitment", "response"])
def test_a_tampered_row_falsifies_its_own_equation(tamper: str):
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


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_true_equations_pass(count: int):
    batch(*(power(n, n) for n in range(count))).check()


@pytest.mark.parametrize("count", [1, 2, 3, 8, 33])
def test_one_false_equation_is_named_wherever_it_is(count: int):
    for culprit in {0, 1 % count, count // 2, count - 1}:
        claims = [power(n, n + (n == culprit)) for n in range(count)]
        with pytest.raises(VerificationError) as caught:
            batch(*claims).check()
        assert (caught.value.check, caught.value.subject) == ("check", f"item {culprit}")


@given(st.sets(st.integers(0, 20), min_size=1), st.binary(min_size=32, max_size=32))
def test_of_several_false_equations_the_first_is_named(culprits: set[int], seed: bytes):
    claims = [power(n, n + (n in culprits)) for n in range(21)]
    with pytest.raises(VerificationError, match=f"item {min(culprits)}$"):
        batch(*claims, seed=seed).check()


def test_mixed_statements_in_one_batch():
    made = Batch(SEED)
    for name in SAMPLES:
        statement, proof = honest_proof(name)
        made.add(equations(statement, proof, transcript()), statement.name, name)
    made.check()
    statement, proof = honest_proof("decryption")
    made.add(equations(statement, proof, transcript("another")), statement.name, "the one elsewhere")
    with pytest.raises(VerificationError, match=f"^{statement.name}: the one elsewhere$"):
        made.check()


def test_a_batch_and_single_verification_agree_on_tampered_proofs():
    for name in SAMPLES:
        statement, proof = honest_proof(name)
        last = (*proof.responses[-1][:-1], proof.responses[-1][-1] + 1)
        bad = replace(proof, responses=(*proof.responses[:-1], last))
        made = Batch(SEED)
        made.add(equations(statement, proof, transcript()), statement.name, "good")
        made.add(equations(statement, bad, transcript()), statement.name, "bad")
        with pytest.raises(VerificationError, match="bad"):
            made.check()


def test_a_batch_may_be_checked_twice_and_grow():
    made = batch(power(1, 1), power(2, 2))
    made.check()
    made.check()
    made.add([power(3, 4)], "check", "late")
    with pytest.raises(VerificationError, match="late"):
        made.check()


@pytest.mark.parametrize("real", ["ristretto255", "modp-2048"])
def test_real_groups(real: str):
    made = Batch(SEED)
    for name in ("linear", "encryption of zero or one", "decryption"):
        sample = SAMPLES[name](group(real))
        proof = prove(sample.statement, sample.witness, transcript())
        made.add(equations(sample.statement, proof, transcript()), "check", name)
    made.check()
    made.add(equations(sample.false, prove(sample.false, sample.witness, transcript()), transcript()), "check", "false")
    with pytest.raises(VerificationError, match="false"):
        made.check()


# --- weights ---


def folds(seed: bytes, monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[Element], list[int]]]:
    """Return what a failing batch evaluated under a seed."""
    seen: list[tuple[list[Element], list[int]]] = []
    honest = TOY.product_of_powers

    def recording(bases: list[Element], exponents: list[int]) -> Element:
        seen.append((list(bases), list(exponents)))
        return honest(bases, exponents)

    with monkeypatch.context() as patch:
        patch.setattr(TOY, "product_of_powers", recording)
        with pytest.raises(VerificationError):
            batch(*CLAIMS, seed=seed).check()
    return seen


CLAIMS = [power(n, n + (n == 5)) for n in range(8)]


def test_a_given_seed_reproduces_and_another_does_not(monkeypatch: pytest.MonkeyPatch):
    one, again, other = (folds(seed, monkeypatch) for seed in (SEED, SEED, SEED[::-1]))
    assert one == again
    assert one[0] != other[0]


def test_bisection_draws_fresh_weights(monkeypatch: pytest.MonkeyPatch):
    """Each range has weights of its own; otherwise two culprits that cancel in the whole may cancel in a half."""
    (_, whole), (_, half) = folds(SEED, monkeypatch)[:2]
    assert not set(whole) & set(half)


def test_weights_are_128_bits_long_and_distinct(monkeypatch: pytest.MonkeyPatch):
    _, exponents = folds(SEED, monkeypatch)[0]
    weights = [-x for x in exponents if x < 0]
    assert len(set(weights)) == len(CLAIMS)
    assert 120 < max(weights).bit_length() <= 128


def test_errors_that_cancel_without_weights_do_not_with_them():
    up, down = power(1, 2), power(1, 0)
    bases, exponents = fold([up, down], [1, 1])
    assert TOY.product_of_powers(bases, exponents) == TOY.identity
    with pytest.raises(VerificationError, match="item 0"):
        batch(up, down).check()


# --- folding ---


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-(2**70), 2**70)), min_size=1, max_size=8))
def test_a_fold_is_the_weighted_product(pairs: list[tuple[int, int]]):
    claims = [power(exponent, 3) for exponent, _ in pairs]
    bases, exponents = fold(claims, [weight for _, weight in pairs])
    expected = TOY.scalar(sum(weight * (exponent - 3) for exponent, weight in pairs))
    assert TOY.product_of_powers(bases, exponents) == g**expected


def test_a_base_used_often_appears_once():
    bases, exponents = fold([power(n, n) for n in range(4)], [1, 10, 100, 1000])
    assert len(bases) == 5
    assert exponents == [3210, -1, -10, -100, -1000]


def test_equal_elements_in_two_objects_are_two_bases_and_no_harm():
    twin = TOY.decode(bytes(g))
    bases, exponents = fold([Equation((g, twin), (1, -1))], [7])
    assert bases == [g, g]
    assert TOY.product_of_powers(bases, exponents) == TOY.identity


def test_a_base_twice_in_one_equation_adds_up():
    assert fold([Equation((g, g), (2, 3))], [1]) == ([g], [5])


def test_groups_do_not_mix():
    other = group("modp-2048")
    foreign = Equation((other.generator, other.generator), (1, -1))
    with pytest.raises(ValueError, match="different groups"):
        batch(power(1, 1), foreign).check()


@pytest.mark.parametrize("count", [1, 2, 1500])
def test_an_executor_makes_no_difference(count: int):
    with ThreadPoolExecutor(2) as pool:
        batch(*(power(n, n) for n in range(count))).check(pool)
        with pytest.raises(VerificationError, match=f"item {count - 1}$"):
            batch(*(power(n, n + (n == count - 1)) for n in range(count))).check(pool)


def test_a_process_computes_its_part():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        batch(*(power(n, n) for n in range(300))).check(pool)
        with pytest.raises(VerificationError, match=r"item 7$"):
            batch(*(power(n, n + (n == 7)) for n in range(300))).check(pool)


def test_random_linear_relations_hold_for_their_witness_only():
    x, y = scalars(TOY, 2)
    (h,) = elements(TOY, 1)
    assert Equation((g, h, g**x * h**y), (int(x), int(y), -1)).holds()
    assert not Equation((g, h, g**x * h**y), (int(y), int(x), -1)).holds()
