"""Terelius-Wikstrom: the contract, every part of the proof by name, and generators that nobody may choose."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.batch import Batch
from evote.crypto.elgamal import Ciphertext, PublicKey, Row
from evote.crypto.equation import Equation
from evote.crypto.group import Element, Group, group
from evote.crypto.transcript import NativeTranscript
from evote.crypto.vector import Vector
from evote.errors import DecodeError, VerificationError
from evote.mixnet.shuffle import ShuffleStatement, ShuffleToCome
from evote.mixnet.terelius_wikstrom import offline
from evote.mixnet.terelius_wikstrom.offline import Masks
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
    native_lengths,
)
from evote.mixnet.terelius_wikstrom.prover import TereliusWikstromProver, chain_pays
from evote.mixnet.terelius_wikstrom.verifier import Bridges, TereliusWikstrom
from evote.record import canonical
from tests.elections import changed
from tests.mixnet.shuffle_contract import (
    FAST,
    Case,
    ShuffleContract,
    ballots,
    generators,
    key_of,
    shuffled,
    statement_of,
    transcript,
)

NAME = "terelius-wikstrom"


class TestTereliusWikstrom(ShuffleContract):
    """The contract of a proof of shuffle."""

    name: ClassVar[str] = NAME


# --- every part, by name ---


def check(case: Case, proof: Proof) -> None:
    statement = statement_of(case.key, case.before, case.after)
    batch = Batch(bytes(32))
    batch.add(TereliusWikstrom().equations(statement, proof, transcript()), "shuffle", "")
    batch.check()


def element(x: Element) -> Element:
    return x * x.group.generator


def row(x: Row) -> Row:
    return (Ciphertext(x[0].c1 * x[0].c1.group.generator, x[0].c2), *x[1:])


def second_half(x: Row) -> Row:
    return (*x[:-1], Ciphertext(x[-1].c1, x[-1].c2 * x[-1].c2.group.generator))


def integer(x: int) -> int:
    return x + 1


PARTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "A'": ("A_prime", element),
    "C'": ("C_prime", element),
    "D'": ("D_prime", element),
    "F', first half": ("F_prime", row),
    "F', second half of the last block": ("F_prime", second_half),
    "F', blocks exchanged": ("F_prime", lambda x: x[::-1]),
    "k_A": ("k_A", integer),
    "k_C": ("k_C", integer),
    "k_D": ("k_D", integer),
}
COLUMNS: dict[str, Callable[[Any], Any]] = {
    "u": element,
    "B": element,
    "B_prime": element,
    "k_B": integer,
    "k_E": integer,
    "k_F": integer,
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


def with_column(proof: Proof, name: str, change: Callable[[list[Any]], list[Any]]) -> Proof:
    def changed_column(column: Any) -> Any:
        if isinstance(column, Vector):
            return Vector.of(column.group, change(column.elements()), name)
        return change(column)

    return with_part(proof, name, changed_column)


@pytest.mark.parametrize("name", PARTS)
def test_no_part_may_change(case: Case, proof: Proof, name: str) -> None:
    check(case, proof)
    with pytest.raises(VerificationError):
        check(case, with_part(proof, *PARTS[name]))


@pytest.mark.parametrize("at", [0, 2, -1])
@pytest.mark.parametrize("name", COLUMNS)
def test_no_row_of_a_column_may_change(case: Case, proof: Proof, name: str, at: int) -> None:
    def change(column: list[Any]) -> list[Any]:
        new = list(column)
        new[at % len(new)] = COLUMNS[name](new[at % len(new)])
        return new

    with pytest.raises(VerificationError):
        check(case, with_column(proof, name, change))


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_of_a_column_may_not_trade_places(case: Case, proof: Proof, name: str) -> None:
    with pytest.raises(VerificationError):
        check(case, with_column(proof, name, lambda column: [column[1], column[0], *column[2:]]))


@pytest.mark.parametrize("name", ["u", "B", "B_prime"])
def test_elements_may_not_be_the_identity(case: Case, proof: Proof, name: str) -> None:
    with pytest.raises(VerificationError):
        check(case, with_column(proof, name, lambda column: [case.group.identity] * len(column)))


def all_hold(statement: ShuffleStatement, proof: Proof) -> bool:
    """Tell whether each equation holds, those of a family one by one."""
    held = []
    for said in TereliusWikstrom().equations(statement, proof, transcript()):
        if isinstance(said, Equation):
            held.append(said.holds())
        else:
            held += [said.fold([i == j for j in range(said.count)]).holds() for i in range(said.count)]
    return all(held)


def test_there_are_3_n_2w_equations(case: Case, proof: Proof) -> None:
    statement = statement_of(case.key, case.before, case.after)
    made = list(TereliusWikstrom().equations(statement, proof, transcript()))
    counts = [said.count if isinstance(said, Bridges) else 1 for said in made]
    assert sum(counts) == 3 + case.n + 2 * case.width
    assert max(counts) == case.n
    assert all_hold(statement, proof)


@pytest.mark.parametrize("name", ["k_B", "k_E", "u", "B", "B_prime"])
def test_a_malformed_row_is_refused(case: Case, name: str) -> None:
    line = canonical.decode(case.lines[0], VectorLine)
    for bad in (b"", getattr(line, name)[1:], getattr(line, name) + b"\0", b"\xff" * len(getattr(line, name))):
        lines = [canonical.encode(changed(line, **{name: bad})), *case.lines[1:]]
        with pytest.raises(DecodeError):
            case.verify(lines)


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


def rigged(made: Group) -> Vector:
    """Return generators that somebody chose."""
    return Vector.of(made, [made.generator**x for x in LOGARITHMS])


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
        q, s = self._q, self._statement
        to_come = ShuffleToCome(s.key, s.h, s.width, s.place.contest, transcript, range(self._n))
        ahead = self.prepare(to_come, self._arithmetic)[0].take()
        e = batching_vector(s, ahead.u, transcript)
        e_prime = [e[0] * own.m * pow(instead.m, -1, q) % q, *e[1:]]
        commitment = self._commit(ahead, e_prime)
        v = challenge(commitment, self._group, transcript)
        honest = self._reply(v, e, e_prime, ahead)
        return Proof(ahead.u, commitment, self._lied(honest, v, e, e_prime, own, instead, ahead.masks))

    def _lied(
        self, honest: Reply, v: int, e: list[int], e_prime: list[int], own: Vote, instead: Vote, masks: Masks
    ) -> Reply:
        q = self._q
        # A = g^{sum r e} prod h_i^{e_i}, opened to e' with the logarithms x_i of the h_i
        a = sum(x * y for x, y in zip(masks.r, e, strict=True))
        a += sum(x * (old - new) for x, old, new in zip(LOGARITHMS, e, e_prime, strict=True))
        # D = B_{N-1} / h_0^{prod e}, though B_{N-1} has h_0^{prod e'}
        product = product_prime = 1
        for old, new in zip(e, e_prime, strict=True):
            product, product_prime = product * old % q, product_prime * new % q
        d = masks.x[-1] + LOGARITHMS[0] * (product_prime - product)
        # F = prod w_i^e_i = pk^{-f} prod w'_i^e'_i; the other rows are re-encrypted with s_i
        f = instead.r * e_prime[0] - own.r * e[0]
        f += sum(s[0] * x for s, x in zip(self._witness.randomness[1:], e[1:], strict=True))
        return replace(
            honest,
            k_A=(v * a + masks.alpha) % q,
            k_D=(v * d + masks.delta) % q,
            k_F=[(v * f + masks.phi[0]) % q],
        )


def replaced_vote(h: Vector | None = None) -> tuple[ShuffleStatement, Proof]:
    """Return a list in which the mixer's own vote 3 has become 8, and its proof of that with generators h."""
    key, own, instead = key_of("toy"), Vote(3, 55), Vote(8, 66)
    before = [own.sealed(key), *ballots(key, 4, 1)]
    after, witness = shuffled(key, before, range(5))
    after = [instead.sealed(key), *after[1:]]
    made = Cheat(statement_of(key, before, after, h), witness, FAST).forge(own, instead, transcript())
    return statement_of(key, before, after), made


def test_with_generators_that_it_chose_a_mixer_could_replace_votes() -> None:
    chosen = rigged(group("toy"))
    statement, proof = replaced_vote(chosen)
    assert all_hold(replace(statement, h=chosen), proof)  # as a gullible verifier sees it
    assert not all_hold(statement, proof)


def test_without_knowing_logarithms_the_same_forgery_fails() -> None:
    assert not all_hold(*replaced_vote())


def test_a_proof_with_other_generators_does_not_convince(case: Case) -> None:
    backwards = Vector.of(case.group, generators(case.group, case.n).elements()[::-1])
    statement = statement_of(case.key, case.before, case.after, backwards)
    proof = TereliusWikstromProver(statement, case.witness, FAST).prove(transcript())
    assert all_hold(statement, proof)
    with pytest.raises(VerificationError):
        check(case, proof)


# --- what is made ahead ---


def test_masks_drawn_ahead_satisfy_the_papers_equations(case: Case) -> None:
    """B_i = g^b_i B_{i-1}^e'_i and B'_i = g^beta_i B_{i-1}^eps_i, with b_i and beta_i as x_i and t_i determine them."""
    statement, g, q = statement_of(case.key, case.before, case.after), case.group.generator, case.group.order
    keys, lengths, pi = [case.key.y] * case.width, native_lengths(case.group), case.witness.permutation
    prepared, _ = offline.prepare(keys, statement.h, pi, lengths, FAST, bytes(32))
    ahead = prepared.take()
    permuted = [1 << 127, 0, 1, q - 1, 12345]
    commitment = TereliusWikstromProver(statement, case.witness, FAST)._commit(ahead, permuted)
    h_0, *_ = statement.h.elements()
    b_before, x_before, m = h_0, 0, ahead.masks
    columns = commitment.B.elements(), commitment.B_prime.elements(), permuted, m.x, m.t, m.epsilon
    for b, b_prime, e, x, t, eps in zip(*columns, strict=True):
        assert b == g ** (x - x_before * e) * b_before**e
        assert b_prime == g ** (t - x_before * eps) * b_before**eps
        b_before, x_before = b, x


def test_masks_follow_from_the_seed_and_are_all_different() -> None:
    made = group("modp-2048")
    first, again, other = (Masks.drawn(made, 4, 2, mask_bound(made), bytes([seed]) * 32) for seed in (1, 1, 2))

    def numbers(masks: Masks) -> list[int]:
        single = [masks.alpha, masks.gamma, masks.delta]
        return [*masks.r, *masks.x, *masks.t, *masks.epsilon, *single, *masks.phi]

    assert numbers(first) == numbers(again)
    assert len({*numbers(first), *numbers(other)}) == 2 * (4 * 4 + 3 + 2)
    assert max(first.epsilon) < mask_bound(made)
    assert max(numbers(first)) < made.order


@pytest.mark.parametrize(("name", "pays"), [("modp-2048", True), ("modp-3072", True), ("ristretto255", False)])
def test_powers_of_h_0_are_chained_where_that_costs_less(name: str, pays: bool) -> None:  # noqa: FBT001
    assert chain_pays(group(name), 5000) == pays


@pytest.mark.parametrize("name", ["toy", "modp-2048"])
def test_a_chain_is_the_same_powers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(NAME, name, 3, 1)
    statement = statement_of(case.key, case.before, case.after)
    y, permuted, masked = [1, 5, 0, 0], [5, 0, 7], [1, 2, 3]
    made = []
    for pays in (False, True):
        monkeypatch.setattr("evote.mixnet.terelius_wikstrom.prover.chain_pays", lambda *_, pays=pays: pays)
        prover = TereliusWikstromProver(statement, case.witness, Arithmetic.FAST)
        made.append([vector.elements() for vector in prover._powers_of_h0(y, permuted, masked)])
    assert made[0] == made[1]


def test_secrets_made_ahead_do_not_print_or_pickle(case: Case) -> None:
    prepared = case.prepare(FAST)
    ahead = prepared.take()
    for secret in (prepared, ahead, ahead.masks):
        assert repr(secret).endswith(": secret>")
        with pytest.raises(TypeError, match="neither pickled nor copied"):
            pickle.dumps(secret)
    drawn = [Masks.drawn(case.group, 1, 1, mask_bound(case.group), bytes(32)) for _ in range(2)]
    assert drawn[0] != drawn[1]


def test_commitments_of_a_wrong_count_are_a_mistake_of_the_caller(case: Case, proof: Proof) -> None:
    statement, c, n = statement_of(case.key, case.before, case.after), proof.commitment, case.n
    shorter = Commitment(c.B.cut(1, n), c.A_prime, c.B_prime.cut(1, n), c.C_prime, c.D_prime, c.F_prime)
    with pytest.raises(ValueError, match="another length"):
        list(TereliusWikstrom().equations(statement, replace(proof, commitment=shorter), transcript()))
