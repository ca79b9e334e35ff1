"""The batch: all or the first culprit by name, secret weights, one group, and whole lists as a family of equations."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto import batch as batch_module
from evote.crypto import vector
from evote.crypto.batch import Batch, Folding
from evote.crypto.equation import Equation, Family
from evote.crypto.group import Element, Group, group
from evote.crypto.prover import prove
from evote.crypto.relation import Proof, Statement
from evote.crypto.vector import KnownVector, Power, Vector
from evote.crypto.verifier import equations
from evote.errors import DecodeError, VerificationError
from tests import executors
from tests.crypto.samples import SAMPLES, TOY, transcript

SEED = bytes(range(32))
g = TOY.generator


def power(exponent: int, claimed: int) -> Equation:
    """Claim that g^exponent = g^claimed, with objects of its own."""
    return Equation((g, g ** TOY.scalar(claimed)), (exponent, -1))


def batch(*claims: Equation | Family, seed: bytes = SEED) -> Batch:
    made = Batch(seed)
    for number, claim in enumerate(claims):
        made.add([claim], "check", f"item {number}")
    return made


def honest_proof(name: str, context: str = "test") -> tuple[Statement, Proof]:
    sample = SAMPLES[name](TOY)
    return sample.statement, prove(sample.statement, sample.witness, transcript(context))


executor = executors.executor


def test_one_equation_by_itself() -> None:
    assert power(5, 5).holds()
    assert not power(5, 6).holds()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_true_equations_pass(count: int) -> None:
    batch(*(power(n, n) for n in range(count))).check()


@pytest.mark.parametrize("count", [1, 2, 3, 8, 33])
def test_one_false_equation_is_named_wherever_it_is(count: int) -> None:
    for culprit in {0, 1 % count, count // 2, count - 1}:
        claims = [power(n, n + (n == culprit)) for n in range(count)]
        with pytest.raises(VerificationError) as caught:
            batch(*claims).check()
        assert (caught.value.check, caught.value.subject) == ("check", f"item {culprit}")


@given(st.sets(st.integers(0, 20), min_size=1), st.binary(min_size=32, max_size=32))
def test_of_several_false_equations_the_first_is_named(culprits: set[int], seed: bytes) -> None:
    claims = [power(n, n + (n in culprits)) for n in range(21)]
    with pytest.raises(VerificationError, match=f"item {min(culprits)}$"):
        batch(*claims, seed=seed).check()


def test_mixed_statements_in_one_batch() -> None:
    made = Batch(SEED)
    for name in SAMPLES:
        statement, proof = honest_proof(name)
        made.add(equations(statement, proof, transcript()), statement.name, name)
    made.check()
    statement, proof = honest_proof("decryption")
    made.add(equations(statement, proof, transcript("another")), statement.name, "the one elsewhere")
    with pytest.raises(VerificationError, match=f"^{statement.name}: the one elsewhere$"):
        made.check()


def test_a_batch_and_single_verification_agree_on_tampered_proofs() -> None:
    for name in SAMPLES:
        statement, proof = honest_proof(name)
        last = (*proof.responses[-1][:-1], proof.responses[-1][-1] + 1)
        bad = replace(proof, responses=(*proof.responses[:-1], last))
        made = Batch(SEED)
        made.add(equations(statement, proof, transcript()), statement.name, "good")
        made.add(equations(statement, bad, transcript()), statement.name, "bad")
        with pytest.raises(VerificationError, match="bad"):
            made.check()


def test_a_batch_may_be_checked_twice_and_grow() -> None:
    made = batch(power(1, 1), power(2, 2))
    made.check()
    made.check()
    made.add([power(3, 4)], "check", "late")
    with pytest.raises(VerificationError, match="late"):
        made.check()


@pytest.mark.parametrize("real", ["ristretto255", "modp-2048"])
def test_real_groups(real: str) -> None:
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


def test_a_given_seed_reproduces_and_another_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    one, again, other = (folds(seed, monkeypatch) for seed in (SEED, SEED, SEED[::-1]))
    assert one == again
    assert one[0] != other[0]


def test_bisection_draws_fresh_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each range has weights of its own; otherwise two culprits that cancel in the whole may cancel in a half."""
    (_, whole), (_, half) = folds(SEED, monkeypatch)[:2]
    assert not set(whole) & set(half)


def test_weights_are_128_bits_long_and_distinct(monkeypatch: pytest.MonkeyPatch) -> None:
    _, exponents = folds(SEED, monkeypatch)[0]
    weights = [-x for x in exponents if x < 0]
    assert len(set(weights)) == len(CLAIMS)
    assert 120 < max(weights).bit_length() <= 128


def test_errors_that_cancel_without_weights_do_not_with_them() -> None:
    up, down = power(1, 2), power(1, 0)
    assert fold([up, down], [1, 1]).is_identity()
    with pytest.raises(VerificationError, match="item 0"):
        batch(up, down).check()


# --- folding ---


def fold(claims: Sequence[Equation], weights: Sequence[int]) -> Folding:
    folding = Folding()
    for claim, weight in zip(claims, weights, strict=True):
        folding.multiply(claim, weight)
    return folding


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-(2**70), 2**70)), min_size=1, max_size=8))
def test_a_fold_is_the_weighted_product(pairs: list[tuple[int, int]]) -> None:
    total = sum(weight * (exponent - 3) for exponent, weight in pairs)
    claims, weights = [power(exponent, 3) for exponent, _ in pairs], [weight for _, weight in pairs]
    assert fold(claims, weights).is_identity() == (total % TOY.order == 0)
    assert fold([*claims, power(-total, 0)], [*weights, 1]).is_identity()


def test_a_base_used_often_appears_once() -> None:
    folding = fold([power(n, n) for n in range(4)], [1, 10, 100, 1000])
    assert len(folding.bases) == 5
    assert list(folding.exponents.values()) == [3210, -1, -10, -100, -1000]


def test_equal_elements_in_two_objects_are_two_bases_and_no_harm() -> None:
    folding = fold([Equation((g, TOY.decode(bytes(g))), (1, -1))], [7])
    assert list(folding.bases.values()) == [g, g]
    assert folding.is_identity()


def test_a_base_twice_in_one_equation_adds_up() -> None:
    folding = fold([Equation((g, g), (2, 3))], [1])
    assert (list(folding.bases.values()), list(folding.exponents.values())) == ([g], [5])


def test_what_a_folding_names_by_its_place_in_memory_it_keeps_alive() -> None:
    """Or another object could take the place, and its exponent."""
    folding, total = Folding(), 0
    for n in range(1, 200):
        made = g ** TOY.scalar(n)
        folding.multiply(Equation((made,), (1,), (Power(Vector.of(TOY, [made]), [n]),)), n)
        total += n * n + n**3
        del made
    assert len(folding.bases) == len(folding.powers) == 199
    folding.multiply(Equation((g,), (-total,)), 1)
    assert folding.is_identity()


# --- families, and powers of whole vectors ---


@dataclass
class Logarithms:
    """For each i: g^exponents[i] = claimed[i]. It remembers the weights that it was folded with."""

    exponents: Sequence[int]
    claimed: Vector
    weights: list[list[int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.exponents)

    def fold(self, weights: Sequence[int]) -> Equation:
        self.weights.append(list(weights))
        total = sum(w * x for w, x in zip(weights, self.exponents, strict=True))
        return Equation((self.claimed.group.generator,), (total,), (Power(self.claimed, weights, -1),))


def logarithms(count: int, wrong: Sequence[int] = (), of: Group = TOY) -> Logarithms:
    """Claim as many logarithms; those at ``wrong`` are off by one."""
    claimed = [of.generator ** of.scalar(5 * n + (n in wrong)) for n in range(count)]
    return Logarithms([5 * n for n in range(count)], Vector.of(of, claimed, "claimed"))


def total(count: int, off: int = 0, of: Group = TOY) -> Equation:
    """Claim that prod (g^i)^i is what it is, times g^off."""
    powers = Vector.of(of, [of.generator ** of.scalar(i) for i in range(count)])
    return Equation((of.generator,), (-sum(i * i for i in range(count)) - off,), (Power(powers, range(count)),))


def as_they_are(folding: Folding, _group: Group) -> tuple[list[Power], list[Power]]:
    return [power for powers in folding.powers.values() for power in powers], []


def into_one(folding: Folding, group: Group) -> tuple[list[Power], list[Power]]:
    return [], as_they_are(folding, group)[0]


@pytest.fixture(params=["as planned", "apart", "merged", "one of each"])
def plan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Force one way of taking the powers of vectors, in chunks of a few rows."""
    monkeypatch.setattr(vector, "CHUNK", 6)
    monkeypatch.setattr(vector, "SMALLEST_CHUNK", 1)
    plans = {"apart": as_they_are, "merged": into_one}
    plans["one of each"] = lambda folding, of: (as_they_are(folding, of)[0][::2], as_they_are(folding, of)[0][1::2])
    if request.param in plans:
        monkeypatch.setattr(Folding, "_plan", plans[request.param])


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("count", [1, 2, 13])
def test_true_families_pass(count: int, executor: Executor | None) -> None:
    batch(logarithms(count), power(3, 3), total(count), logarithms(2)).check(executor)


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_false_row_anywhere_in_a_family_is_found(count: int) -> None:
    for row in range(count):
        with pytest.raises(VerificationError, match=r"item 1$"):
            batch(logarithms(count), logarithms(count, [row]), logarithms(count)).check()


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("culprit", range(6))
def test_bisection_finds_the_culprit_among_all_sorts(culprit: int, executor: Executor | None) -> None:
    def claims(wrong: int) -> list[Equation | Family]:
        rows = [[4] * (n == wrong) for n in range(6)]
        return [
            logarithms(5, rows[0]),
            power(3, 3 + (wrong == 1)),
            total(6, wrong == 2),
            logarithms(9, rows[3]),
            Equation((g,), (wrong == 4,)),
            total(1, wrong == 5),
        ]

    with pytest.raises(VerificationError, match=f"item {culprit}$"):
        batch(*claims(culprit)).check(executor)


@pytest.mark.usefixtures("plan")
def test_of_several_false_families_the_first_is_named() -> None:
    with pytest.raises(VerificationError, match=r"item 1$"):
        batch(logarithms(3), logarithms(3, [2]), logarithms(3, [0]), total(4, 1)).check()


@pytest.mark.parametrize("real", ["ristretto255", "p-256", "modp-2048", "electionguard-4096"])
@pytest.mark.usefixtures("plan")
def test_families_in_real_groups(real: str) -> None:
    of = group(real)
    batch(logarithms(5, of=of), total(4, of=of)).check()
    claims: list[list[Equation | Family]]
    claims = [[logarithms(5, [4], of), total(4, of=of)], [total(4, 1, of), logarithms(5, of=of)]]
    for wrong in claims:
        with pytest.raises(VerificationError, match=r"item 0$"):
            batch(*wrong).check()


@pytest.mark.usefixtures("plan")
def test_a_vector_shared_by_equations_counts_in_each() -> None:
    shared = Vector.of(TOY, [g ** TOY.scalar(n) for n in range(8)])
    squares, sums = Power(shared, range(8)), Power(shared, [1] * 8, 3)
    true = [
        Equation((g,), (-140,), (squares,)),
        Equation((g,), (-84,), (sums,)),
        Equation((g,), (-56,), (squares, sums, replace(squares, factor=-1), Power(shared, [1] * 8, -1))),
    ]
    assert all(equation.holds() for equation in true)
    batch(*true).check()
    for culprit in range(3):
        claims = [replace(e, exponents=(e.exponents[0] + (n == culprit),)) for n, e in enumerate(true)]
        assert [e.holds() for e in claims] == [n != culprit for n in range(3)]
        with pytest.raises(VerificationError, match=f"item {culprit}$"):
            batch(*claims).check()


def test_rows_whose_errors_cancel_are_false() -> None:
    """Within a family, between families, and between a family and its neighbours."""
    up, down = logarithms(2, [1]), Logarithms([0, 4], Vector.of(TOY, [g ** TOY.scalar(n) for n in (0, 3)]))
    assert not up.fold([1, 1]).holds()
    assert fold([up.fold([1, 1]), down.fold([1, 1])], [1, 1]).is_identity()
    within = Logarithms([1, 1], Vector.of(TOY, [g ** TOY.scalar(2), TOY.identity]))
    assert within.fold([1, 1]).holds()
    for claims in ([up, down], [within], [up, power(4, 3)]):
        with pytest.raises(VerificationError, match=r"item 0$"):
            batch(*claims).check()


def test_every_row_and_every_neighbour_has_a_weight_of_its_own() -> None:
    first, second = logarithms(5), logarithms(4, [3])
    made = batch(first, power(1, 1), second)
    with pytest.raises(VerificationError):
        made.check()
    assert (len(first.weights), len(second.weights)) == (2, 1)  # all three, and the first again by itself
    drawn = [weight for weights in (*first.weights, *second.weights) for weight in weights]
    assert len(set(drawn)) == len(drawn)
    assert 120 < max(drawn).bit_length() <= 128
    assert made._weights(0, 3, 10)[:5] == first.weights[0]
    assert made._weights(0, 3, 10)[6:] == second.weights[0]


def test_short_exponents_are_taken_as_they_are_and_long_ones_merged() -> None:
    modp, curve = group("modp-3072"), group("ristretto255")
    for of, apart in ((modp, True), (curve, False)):
        equation = Equation((of.generator,), (0,), (Power(Vector.of(of, [of.generator]), [2**128 - 1]),))
        found = fold([equation], [1])._plan(of)
        assert list(map(len, found)) == ([1, 0] if apart else [0, 1])
    long = Equation((modp.generator,), (0,), (Power(Vector.of(modp, [modp.generator]), [2**3000]),))
    assert list(map(len, fold([long], [1])._plan(modp))) == [0, 1]


# --- workers, members, groups ---


@pytest.mark.parametrize("count", [1, 2, 300])
def test_workers_make_no_difference(count: int, executor: Executor | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "SINGLES", 20)
    batch(*(power(n, n) for n in range(count))).check(executor)
    with pytest.raises(VerificationError, match=f"item {count - 1}$"):
        batch(*(power(n, n + (n == count - 1)) for n in range(count))).check(executor)


def test_many_single_bases_go_to_the_workers_with_the_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "SINGLES", 5)
    seen: list[list[int]] = []

    def counted(of: Group, wanted: Sequence[Sequence[Power]], executor: Executor | None = None) -> list[Element]:
        seen.append([sum(isinstance(p.vector, KnownVector) and len(p.vector) for p in powers) for powers in wanted])
        return vector.products(of, wanted, executor)

    monkeypatch.setattr(batch_module, "products", counted)
    few, many = [power(n, n) for n in range(4)], [power(n, n) for n in range(5)]
    with ThreadPoolExecutor(1) as pool:
        batch(*few, total(3)).check(pool)
        batch(*many, total(3)).check(pool)
        batch(*many, total(3)).check()
    assert [sum(sizes) for sizes in seen] == [0, 6, 0]


NO_MEMBER = (2**64 + 3102).to_bytes(TOY.element_size, "big")


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("row", [0, 3, 12])
@pytest.mark.parametrize("others", [(), (power(1, 1),), (power(1, 2),), (total(4, 1), logarithms(3, [1]))], ids=len)
def test_what_is_no_member_never_passes(
    row: int, others: Sequence[Equation | Family], executor: Executor | None
) -> None:
    """Whatever else is false, and though -1 to an even power is 1."""
    family = logarithms(13)
    encodings = family.claimed.encodings()
    encodings[row] = NO_MEMBER
    for claims in ([*others, replace_claimed(family, encodings)], [replace_claimed(family, encodings), *others]):
        with pytest.raises(DecodeError, match=f"^claimed {row}: "):
            batch(*claims).check(executor)


def replace_claimed(family: Logarithms, encodings: Sequence[bytes]) -> Logarithms:
    return Logarithms(family.exponents, Vector(TOY, b"".join(encodings), "claimed"))


@pytest.mark.parametrize("exponents", [[0, 0], [2, 2], [TOY.order, TOY.order]], ids=str)
def test_what_is_no_member_never_passes_though_its_power_does(exponents: list[int]) -> None:
    outside = Vector(TOY, NO_MEMBER * 2, "outside")
    for factor in (0, 1, 2):
        equation = Equation((g,), (0,), (Power(outside, exponents, factor),))
        for judge in (equation.holds, batch(equation).check, batch(power(1, 1), equation, equation).check):
            with pytest.raises(DecodeError, match=r"^outside 0: "):
                judge()


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor], ids=["alone", "workers"])
def test_groups_do_not_mix(pool: type[ThreadPoolExecutor] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "SINGLES", 1)
    other = group("modp-2048")
    bases = Equation((other.generator, other.generator), (1, -1))
    powers = Equation((g,), (0,), (Power(Vector.of(other, [other.generator]), [0]),))
    for foreign in (bases, powers, logarithms(2, of=other)):
        for claims in ([power(1, 1), foreign], [foreign, power(1, 1)]):
            with pytest.raises(ValueError, match="different groups"):
                batch(*claims).check(pool(1) if pool else None)
