"""Terelius-Wikstrom: the contract, every part of the proof by name, and generators that nobody may choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.batch import Batch
from evote.crypto.elgamal import Ciphertext, PublicKey, Row
from evote.crypto.group import Element, Group, Scalar, group
from evote.crypto.transcript import NativeTranscript
from evote.errors import DecodeError, VerificationError
from evote.mixnet.shuffle import ShuffleStatement, generators
from evote.mixnet.terelius_wikstrom import prover, verifier
from evote.mixnet.terelius_wikstrom.proof import (
    Commitment,
    Proof,
    Reply,
    VectorLine,
    batching_vector,
    challenge,
    decode,
    exponent_size,
    mask_bound,
)
from evote.mixnet.terelius_wikstrom.prover import ShuffleWitness, TereliusWikstromProver, _Masks
from evote.mixnet.terelius_wikstrom.verifier import TereliusWikstrom
from evote.record import canonical
from tests.elections import changed
from tests.mixnet.shuffle_contract import FAST, Case, ShuffleContract, ballots, key_of, shuffled, transcript

NAME = "terelius-wikstrom"


class TestTereliusWikstrom(ShuffleContract):
    """The contract of a proof of shuffle."""

    name: ClassVar[str] = NAME


# --- every part, by name ---


def check(case: Case, proof: Proof) -> None:
    statement = ShuffleStatement(case.key, case.before, case.after)
    batch = Batch(bytes(32))
    batch.add(TereliusWikstrom().equations(statement, proof, transcript()), "shuffle", "")
    batch.check()


def element(x: Element) -> Element:
    return x * x.group.generator


def row(x: Row) -> Row:
    return (Ciphertext(x[0].c1 * x[0].c1.group.generator, x[0].c2), *x[1:])


def second_half(x: Row) -> Row:
    return (*x[:-1], Ciphertext(x[-1].c1, x[-1].c2 * x[-1].c2.group.generator))


def scalar(x: Scalar) -> Scalar:
    return x + 1


def integer(x: int) -> int:
    return x + 1


PARTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "A'": ("A_prime", element),
    "C'": ("C_prime", element),
    "D'": ("D_prime", element),
    "F', first half": ("F_prime", row),
    "F', second half of the last block": ("F_prime", second_half),
    "F', blocks exchanged": ("F_prime", lambda x: x[::-1]),
    "k_A": ("k_A", scalar),
    "k_C": ("k_C", scalar),
    "k_D": ("k_D", scalar),
}
COLUMNS: dict[str, Callable[[Any], Any]] = {
    "u": element,
    "B": element,
    "B_prime": element,
    "k_B": scalar,
    "k_E": integer,
    "k_F": scalar,
}


@pytest.fixture(scope="module")
def case() -> Case:
    return Case(NAME, "toy", 5, 2)


@pytest.fixture(scope="module")
def proof(case: Case) -> Proof:
    return decode(case.group, case.width, case.lines, case.data)


def with_part(proof: Proof, name: str, change: Callable[[Any], Any]) -> Proof:
    for field in ("commitment", "reply"):
        half = getattr(proof, field)
        if hasattr(half, name):
            return replace(proof, **{field: replace(half, **{name: change(getattr(half, name))})})
    return replace(proof, **{name: change(getattr(proof, name))})


@pytest.mark.parametrize("name", PARTS)
def test_no_part_may_change(case: Case, proof: Proof, name: str) -> None:
    check(case, proof)
    with pytest.raises(VerificationError):
        check(case, with_part(proof, *PARTS[name]))


@pytest.mark.parametrize("at", [0, 2, -1])
@pytest.mark.parametrize("name", COLUMNS)
def test_no_row_of_a_column_may_change(case: Case, proof: Proof, name: str, at: int) -> None:
    def change(column: Any) -> list[Any]:
        new = list(column)
        new[at % len(new)] = COLUMNS[name](new[at % len(new)])
        return new

    with pytest.raises(VerificationError):
        check(case, with_part(proof, name, change))


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_of_a_column_may_not_trade_places(case: Case, proof: Proof, name: str) -> None:
    with pytest.raises(VerificationError):
        check(case, with_part(proof, name, lambda column: [column[1], column[0], *column[2:]]))


@pytest.mark.parametrize("name", ["u", "B", "B_prime"])
def test_elements_may_not_be_the_identity(case: Case, proof: Proof, name: str) -> None:
    with pytest.raises(VerificationError):
        check(case, with_part(proof, name, lambda column: [case.group.identity] * len(column)))


def test_there_are_3_n_2w_equations(case: Case, proof: Proof) -> None:
    statement = ShuffleStatement(case.key, case.before, case.after)
    made = list(TereliusWikstrom().equations(statement, proof, transcript()))
    assert len(made) == 3 + case.n + 2 * case.width
    assert all(equation.holds() for equation in made)


@pytest.mark.parametrize("name", ["k_B", "k_E", "u", "B", "B_prime"])
def test_a_malformed_row_is_refused(case: Case, name: str) -> None:
    line = canonical.decode(case.lines[0], VectorLine)
    for bad in (b"", getattr(line, name)[1:], getattr(line, name) + b"\0", b"\xff" * len(getattr(line, name))):
        lines = [canonical.encode(changed(line, **{name: bad})), *case.lines[1:]]
        with pytest.raises(DecodeError):
            decode(case.group, case.width, lines, case.data)


# --- k_E: short where q is long, reduced where it is not; one form of each ---


@pytest.mark.parametrize(("name", "short"), [("toy", False), ("ristretto255", False), ("modp-2048", True)])
def test_masks_are_as_long_as_they_need_to_be(name: str, short: bool) -> None:  # noqa: FBT001
    made = group(name)
    assert (mask_bound(made) < made.order) == short
    assert mask_bound(made) == (1 << (128 + made.challenge_bits + 128) if short else made.order)
    assert exponent_size(made) <= made.scalar_size


@pytest.mark.parametrize("name", ["toy", "ristretto255", "modp-2048"])
def test_k_e_has_one_form(name: str) -> None:
    case = Case(NAME, name, 2, 1)
    case.verify()
    size = exponent_size(case.group)
    line = canonical.decode(case.lines[0], VectorLine)
    k_e = int.from_bytes(line.k_E, "big")
    too_large = [k_e + case.group.order, 2 * mask_bound(case.group), (1 << 8 * size) - 1]
    for value in (x for x in too_large if x < 1 << 8 * size):
        lines = [canonical.encode(changed(line, k_E=value.to_bytes(size, "big"))), case.lines[1]]
        with pytest.raises(DecodeError, match="k_E"):
            case.verify(lines)


def test_short_responses_do_not_depend_on_what_they_hide() -> None:
    """V e'_i is at least 2^128 times shorter than the mask, and no response tells its sign or size."""
    made = group("modp-2048")
    longest = (1 << 128 + made.challenge_bits) - 1
    assert longest << 128 < mask_bound(made)
    assert longest + mask_bound(made) < 2 * mask_bound(made)


# --- the generators ---

LOGARITHMS = [1000 + i for i in range(5)]


def rigged(made: Group, count: int) -> list[Element]:
    """Return generators that somebody chose."""
    return [made.generator**x for x in LOGARITHMS[:count]]


@dataclass
class Vote:
    """A ballot that the cheating mix server itself has cast, or put in its place."""

    m: int
    r: int

    def sealed(self, key: PublicKey) -> Row:
        return (key.encrypt(key.group.generator**self.m, key.group.scalar(self.r)),)


class Cheat(TereliusWikstromProver):
    """Who knows log h_i can open commitments as it likes, and replace a vote of its own by any other.

    With w_0 = Enc(g^m; r) and w'_0 = Enc(g^m'; r') it takes e'_0 = e_0 m / m' where an honest prover has e_0.
    """

    def forge(self, own: Vote, instead: Vote, transcript: NativeTranscript) -> Proof:
        q, n = self._q, self._n
        r = self._scalars(n)
        u = [self._g_power(r_i) * h for r_i, h in zip(r, self._h, strict=True)]
        e = batching_vector(self._statement, u, transcript)
        e_prime = [e[0] * own.m * pow(instead.m, -1, q) % q, *e[1:]]
        masks = _Masks(
            b=self._scalars(n),
            alpha=self._randbelow(q),
            beta=self._scalars(n),
            gamma=self._randbelow(q),
            delta=self._randbelow(q),
            epsilon=self._scalars(n),
            phi=self._scalars(1),
        )
        d, commitment = self._commit(e_prime, masks)
        v = challenge(commitment, self._group, transcript)
        return Proof(u, commitment, self._answers(v, d, r, e, e_prime, own, instead, masks))

    def _answers(
        self, v: int, d: int, r: list[int], e: list[int], e_prime: list[int], own: Vote, instead: Vote, masks: _Masks
    ) -> Reply:
        scalar, q = self._group.scalar, self._q
        # A = g^{sum r e} prod h_i^{e_i}, opened to e' with the logarithms x_i of the h_i
        a = sum(x * y for x, y in zip(r, e, strict=True))
        a += sum(x * (old - new) for x, old, new in zip(LOGARITHMS, e, e_prime, strict=False))
        # D = B_{N-1} / h_0^{prod e}, though B_{N-1} has h_0^{prod e'}
        product = product_prime = 1
        for old, new in zip(e, e_prime, strict=True):
            product, product_prime = product * old % q, product_prime * new % q
        d += LOGARITHMS[0] * (product_prime - product)
        # F = prod w_i^e_i = pk^{-f} prod w'_i^e'_i; the other rows are re-encrypted with s_i
        f = instead.r * e_prime[0] - own.r * e[0]
        f += sum(s[0] * x for s, x in zip(self._witness.randomness[1:], e[1:], strict=True))
        return Reply(
            k_A=scalar(v * a + masks.alpha),
            k_B=[scalar(v * b + beta) for b, beta in zip(masks.b, masks.beta, strict=True)],
            k_C=scalar(v * sum(r) + masks.gamma),
            k_D=scalar(v * d + masks.delta),
            k_E=[(v * x + eps) % q for x, eps in zip(e_prime, masks.epsilon, strict=True)],
            k_F=[scalar(v * f + masks.phi[0])],
        )


@pytest.fixture
def replaced_vote() -> tuple[ShuffleStatement, Callable[[], Proof]]:
    """Return a list in which the mixer's own vote 3 has become 8, and how to make a proof of that."""
    key, own, instead = key_of("toy"), Vote(3, 55), Vote(8, 66)
    before = [own.sealed(key), *ballots(key, 4, 1)]
    after, witness = shuffled(key, before, range(5))
    after = [instead.sealed(key), *after[1:]]
    statement = ShuffleStatement(key, before, after)
    return statement, lambda: Cheat(statement, witness, FAST).forge(own, instead, transcript())


def test_with_generators_that_it_chose_a_mixer_could_replace_votes(
    replaced_vote: tuple[ShuffleStatement, Callable[[], Proof]], monkeypatch: pytest.MonkeyPatch
) -> None:
    statement, forge = replaced_vote
    monkeypatch.setattr(prover, "generators", rigged)
    proof = forge()
    with monkeypatch.context() as gullible:
        gullible.setattr(verifier, "generators", rigged)
        assert all(equation.holds() for equation in TereliusWikstrom().equations(statement, proof, transcript()))
    assert not all(equation.holds() for equation in TereliusWikstrom().equations(statement, proof, transcript()))


def test_without_knowing_logarithms_the_same_forgery_fails(
    replaced_vote: tuple[ShuffleStatement, Callable[[], Proof]],
) -> None:
    statement, forge = replaced_vote
    assert not all(equation.holds() for equation in TereliusWikstrom().equations(statement, forge(), transcript()))


def test_a_proof_with_other_generators_does_not_convince(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as cheating:
        cheating.setattr(prover, "generators", lambda made, count: generators(made, count)[::-1])
        case = Case(NAME, "toy", 5, 1)
    with pytest.raises(VerificationError):
        case.verify()


def test_the_prover_takes_its_secrets_from_whom_it_is_told() -> None:
    case = Case(NAME, "toy", 3, 1)
    statement = ShuffleStatement(case.key, case.before, case.after)
    drawn: list[int] = []

    def randbelow(bound: int) -> int:
        drawn.append(bound)
        return len(drawn)

    made = TereliusWikstromProver(statement, case.witness, Arithmetic.FAST, randbelow)
    proof = made.prove(transcript())
    check(case, proof)
    # r, b, beta for each row; alpha, gamma, delta; epsilon for each row; phi for each block
    assert len(drawn) == 4 * 3 + 3 + 1
    assert set(drawn) == {case.group.order}


def test_masks_do_not_print() -> None:
    masks = _Masks(b=[12345], alpha=12345, beta=[12345], gamma=12345, delta=12345, epsilon=[12345], phi=[12345])
    assert "12345" not in repr(masks)
    assert "12345" not in repr(ShuffleWitness([12345], [[12345]]))


def test_commitments_of_a_wrong_count_are_a_mistake_of_the_caller(case: Case, proof: Proof) -> None:
    statement = ShuffleStatement(case.key, case.before, case.after)
    c = proof.commitment
    shorter = Commitment(c.B[1:], c.A_prime, c.B_prime[1:], c.C_prime, c.D_prime, c.F_prime)
    with pytest.raises(ValueError, match="another length"):
        list(TereliusWikstrom().equations(statement, replace(proof, commitment=shorter), transcript()))
