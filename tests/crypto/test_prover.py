"""The prover: its nonces outlive a broken random number generator, and it pays what its docstring says."""

from __future__ import annotations

from collections import Counter

import pytest

from evote.crypto.group import Element, Scalar
from evote.crypto.prover import prove
from evote.crypto.relation import Disjunction, LinearRelation, Proof, Statement, Witness, runs
from evote.crypto.statements import encryption_of_one_of, equal_logarithms
from evote.crypto.transcript import NativeTranscript
from evote.crypto.verifier import verify
from evote.errors import VerificationError
from tests.crypto.samples import SAMPLES, TOY, elements, encrypt, keypair, scalars, transcript


def stuck(count: int) -> bytes:
    """A random number generator that always says the same."""
    return b"\x2a" * count


G, H = elements(TOY, 2)
X, OTHER_X = scalars(TOY, 2, seed=3)
RELATION = equal_logarithms("equal", G, H, G**X, H**X)


def commitments(proof: Proof) -> set[Element]:
    return {element for part in proof.commitments for element in part}


def equal(x: Scalar, context: str) -> Proof:
    return prove(equal_logarithms("equal", G, H, G**x, H**x), Witness((x,)), transcript(context), random_bytes=stuck)


def test_a_stuck_generator_repeats_nothing_but_the_whole_proof() -> None:
    assert equal(X, "a") == equal(X, "a")
    proofs = [equal(X, "a"), equal(X, "b"), equal(OTHER_X, "a")]
    assert len(set().union(*map(commitments, proofs))) == 6
    assert len({proof.responses for proof in proofs}) == 3


def test_a_stuck_generator_depends_on_the_witness_alone() -> None:
    """A forger who knows statement and randomness, but no witness, cannot tell the nonce."""
    right = prove(RELATION, Witness((X,)), transcript(), random_bytes=stuck)
    wrong = prove(RELATION, Witness((OTHER_X,)), transcript(), random_bytes=stuck)
    assert not commitments(right) & commitments(wrong)


def test_a_working_generator_never_repeats() -> None:
    proofs = [prove(RELATION, Witness((X,)), transcript()) for _ in range(50)]
    assert len(set().union(*map(commitments, proofs))) == 100


def test_nonces_within_a_proof_differ() -> None:
    sample = SAMPLES["encryption of one of"](TOY)
    proof = prove(sample.statement, sample.witness, transcript(), random_bytes=stuck)
    assert len({z for row in proof.responses for z in row}) == 3
    assert len(set(proof.challenges)) == 2


def test_the_generator_is_asked_for_32_bytes_once() -> None:
    asked: list[int] = []

    def recording(count: int) -> bytes:
        asked.append(count)
        return stuck(count)

    prove(RELATION, Witness((X,)), transcript(), random_bytes=recording)
    assert asked == [32]


def test_the_true_branch_does_not_show() -> None:
    """Challenges and responses of the true branch are spread like those of the others: one chi-square each."""
    _, key = keypair(TOY)
    (r,) = scalars(TOY, 1)
    for value in (0, 1):
        statement = encryption_of_one_of(key, encrypt(key, value, r), (0, 1))
        tops: Counter[tuple[int, int]] = Counter()
        for _ in range(320):
            proof = prove(statement, Witness((r,), value), transcript())
            tops[0, proof.challenges[0] >> (TOY.challenge_bits - 2)] += 1
            for branch in (0, 1):
                tops[1 + branch, 4 * int(proof.responses[branch][0]) // TOY.order] += 1
        for what in range(3):
            # Three degrees of freedom; beyond 60 with probability about 10^-12.
            assert sum((tops[what, quarter] - 80) ** 2 / 80 for quarter in range(4)) < 60


def test_the_transcript_is_advanced_as_the_verifiers_is() -> None:
    proving, checking = transcript(), transcript()
    proof = prove(RELATION, Witness((X,)), proving)
    verify(RELATION, proof, checking)
    assert proving.challenge("next", 256) == checking.challenge("next", 256)


WRONG: dict[str, Witness] = {
    "another exponent": Witness((OTHER_X,)),
    "zero": Witness((TOY.scalar(0),)),
    "the negative": Witness((-X,)),
}


@pytest.mark.parametrize("witness", WRONG.values(), ids=WRONG)
def test_a_wrong_witness_gives_a_proof_that_fails(witness: Witness) -> None:
    with pytest.raises(VerificationError):
        verify(RELATION, prove(RELATION, witness, transcript()), transcript())


MISSHAPEN: dict[str, Witness] = {
    "no exponent": Witness(()),
    "two exponents": Witness((X, X)),
    "a branch that is not there": Witness((X,), 1),
    "a negative branch": Witness((X,), -1),
    "a scalar of another order": Witness((Scalar(5, 101),)),
}


@pytest.mark.parametrize("witness", MISSHAPEN.values(), ids=MISSHAPEN)
def test_a_misshapen_witness_is_the_callers_mistake(witness: Witness) -> None:
    with pytest.raises(ValueError, match=r"shape|order"):
        prove(RELATION, witness, transcript())


def test_a_witness_does_not_print() -> None:
    assert str(int(X)) not in repr(Witness((X,), 1))
    assert repr(Witness((X,), 0)) == repr(Witness((OTHER_X,), 1))


def spent(statement: Statement, witness: Witness) -> list[bytes]:
    """Return the bases that a proof raises to powers."""
    bases: list[bytes] = []

    def recording(base: Element, exponent: Scalar | int) -> Element:
        bases.append(bytes(base))
        return base**exponent

    verify(statement, prove(statement, witness, transcript(), power=recording), transcript())
    return bases


@pytest.mark.parametrize("name", SAMPLES)
def test_cost_in_powers(name: str) -> None:
    sample = SAMPLES[name](TOY)
    branches, found = sample.statement.branches, runs(sample.statement)
    expected = sum(base is not TOY.identity for branch in branches for row in branch.bases for base in row)
    if len(found) == 1:
        differ = [len(set(column)) > 1 for column in zip(*(branch.offsets for branch in branches), strict=True)]
        expected += (len(branches) - 1) * sum(differ)
    else:
        expected += sum(1 + bool(offset) for branch in branches for offset in branch.offsets)
    assert len(spent(sample.statement, sample.witness)) == expected


@pytest.mark.parametrize(
    ("name", "powers"),
    [
        ("knowledge of randomness", 1),
        ("encryption of", 2),
        ("encryption of zero or one", 5),
        ("encryption of one of", 8),
        ("decryption", 2),
    ],
)
def test_cost_of_a_ballot(name: str, powers: int) -> None:
    sample = SAMPLES[name](TOY)
    assert len(spent(sample.statement, sample.witness)) == powers


def schnorr(number: int) -> LinearRelation:
    return LinearRelation("schnorr", ((G,),), (G ** (X + number),))


def alternatives(x: Scalar) -> dict[str, list[tuple[Disjunction, Witness]]]:
    """Return disjunctions with each branch true in its turn."""
    _, key = keypair(TOY)
    return {
        "one run": [
            (encryption_of_one_of(key, encrypt(key, value, x), (0, 1, 3)), Witness((x,), number))
            for number, value in enumerate((0, 1, 3))
        ],
        "two runs": [
            (Disjunction("either", (schnorr(0), schnorr(1))), Witness((X + number,), number)) for number in (0, 1)
        ],
    }


@pytest.mark.parametrize("name", alternatives(X))
def test_the_true_branch_costs_what_a_false_one_does(name: str) -> None:
    """The same bases are raised in the same order whichever branch is true; but for the ciphertext itself."""
    seen = [spent(statement, witness) for statement, witness in alternatives(X)[name]]
    assert all(bases == seen[0] for bases in seen)


def test_each_branch_can_be_the_true_one() -> None:
    for cases in alternatives(X).values():
        for statement, witness in cases:
            verify(statement, prove(statement, witness, transcript()), transcript())


class LongChallenges(NativeTranscript):
    """A dialect whose challenges are as long as the order, and negative, as in systems that answer w - c x."""

    def challenge(self, label: str, bits: int) -> int:
        return -super().challenge(label, bits + 200)

    def fork(self) -> NativeTranscript:
        return NativeTranscript("nonces")


def test_a_dialect_draws_the_challenge_of_a_relation_its_own_way() -> None:
    proof = prove(RELATION, Witness((X,)), LongChallenges("test"))
    verify(RELATION, proof, LongChallenges("test"))
    with pytest.raises(VerificationError):
        verify(RELATION, proof, NativeTranscript("test"))
