"""Range proofs: 0..m and nothing else, for every small m and every way to lie that we could think of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product, starmap
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evote.crypto import pedersen, range_proof
from evote.crypto.arithmetic import Arithmetic, Powers
from evote.crypto.batch import Batch
from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import Element, Group, Scalar, group
from evote.crypto.pedersen import commit, second_generator
from evote.crypto.prover import prove
from evote.crypto.range_proof import (
    ENUMERATED,
    bit_weights,
    bits,
    commitment_range_statements,
    commitment_range_witnesses,
    range_statements,
    range_witnesses,
)
from evote.crypto.relation import Proof, Statement, Witness, decode_proof, proof_size
from evote.crypto.verifier import equations, verify
from evote.errors import VerificationError
from tests.crypto.samples import TOY, encrypt, keypair, scalars, transcript

_, KEY = keypair(TOY)
_, OTHER_KEY = keypair(TOY, seed=20)
RHO, OTHER_RHO = scalars(TOY, 2, seed=91)
BLINDING = scalars(TOY, 64, seed=92)
REAL = [group("ristretto255"), group("p-256"), group("modp-2048")]
g, h = TOY.generator, second_generator(TOY)


def committed(values: Sequence[int], blinding: Sequence[Scalar] = BLINDING) -> list[Element]:
    return [commit(TOY, value, r) for value, r in zip(values, blinding, strict=False)]


def seal(v: int, rho: Scalar = RHO) -> Ciphertext:
    return encrypt(KEY, v % TOY.order, rho)


def holds(statement: Statement, witness: Witness) -> bool:
    return verified(statement, prove(statement, witness, transcript()))


def verified(statement: Statement, proof: Proof, context: str = "test") -> bool:
    try:
        verify(statement, proof, transcript(context))
    except VerificationError:
        return False
    return True


def proved(statements: Sequence[Statement], witnesses: Sequence[Witness]) -> bool:
    """Tell whether all can be proved; the link comes last and is tried first."""
    return all(starmap(holds, reversed(list(zip(statements, witnesses, strict=True)))))


# --- weights and bits ---


@pytest.mark.parametrize("m", range(130))
def test_the_sums_of_some_weights_are_0_to_m(m: int) -> None:
    weights = bit_weights(m)
    if m <= ENUMERATED:
        assert weights == ()
        return
    k = int(log2(m)) + 1
    assert weights == (*(2**j for j in range(k - 1)), m - 2 ** (k - 1) + 1)
    assert {sum(some) for some in product(*((0, w) for w in weights))} == set(range(m + 1))


@pytest.mark.parametrize("k", [3, 4, 10, 40])
def test_below_a_power_of_two_the_weights_are_the_powers_of_two(k: int) -> None:
    assert bit_weights(2**k - 1) == tuple(2**j for j in range(k))


@given(st.data())
def test_bits_make_the_number(data: st.DataObject) -> None:
    m = data.draw(st.integers(0, 200) | st.integers(0, 2**70), "m")
    v = data.draw(st.integers(0, m), "v")
    weights, found = bit_weights(m), bits(v, m)
    assert len(found) == len(weights) == (m.bit_length() if m > ENUMERATED else 0)
    assert set(found) <= {0, 1}
    assert not weights or sum(w * b for w, b in zip(weights, found, strict=True)) == v


def test_each_number_has_bits_of_its_own() -> None:
    for m in range(ENUMERATED + 1, 40):
        assert len({bits(v, m) for v in range(m + 1)}) == m + 1


@pytest.mark.parametrize("m", [0, 1, ENUMERATED, ENUMERATED + 1, 100])
@pytest.mark.parametrize("v", ["-1", "m + 1"])
def test_a_number_out_of_range_has_no_bits(v: str, m: int) -> None:
    number = -1 if v == "-1" else m + 1
    if m <= ENUMERATED:
        assert bits(number, m) == ()
    else:
        with pytest.raises(ValueError, match="out of range"):
            bits(number, m)
    with pytest.raises(ValueError, match="out of range"):
        range_witnesses(number, RHO, BLINDING[: len(bit_weights(m))], m)
    with pytest.raises(ValueError, match="out of range"):
        commitment_range_witnesses(number, RHO, BLINDING[: len(bit_weights(m))], m)


def test_no_range_ends_below_0() -> None:
    for call in (bit_weights, partial(bits, 0)):
        with pytest.raises(ValueError, match="starts at 0"):
            call(-1)


# --- whoever is dishonest: bits that are none, links that do not fit ---


def lies(v: int, weights: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield all patterns of bits, then those of which one is no bit but makes the sum right, modulo q if need be."""
    yield from product((0, 1), repeat=len(weights))
    for at, weight in enumerate(weights):
        for rest in ((0,) * len(weights), (1,) * len(weights)):
            others = sum(w * b for j, (w, b) in enumerate(zip(weights, rest, strict=True)) if j != at)
            yield (*rest[:at], int(TOY.scalar(v - others) / TOY.scalar(weight)), *rest[at + 1 :])


def openings(pattern: Sequence[int]) -> Iterator[tuple[Witness, ...]]:
    """Yield what to prove the bits with: each as what it is, or either if it is no bit."""
    branches = [(b,) if b in (0, 1) else (0, 1) for b in pattern]
    for choice in product(*branches):
        yield tuple(Witness((r,), b) for b, r in zip(choice, BLINDING, strict=False))


def weighted(weights: Sequence[int]) -> Scalar:
    return sum((r * w for w, r in zip(weights, BLINDING, strict=False)), TOY.scalar(0))


def some_lie_passes(
    v: int, weights: Sequence[int], stated: Callable[[list[Element]], list[Statement]], links: Sequence[Witness]
) -> bool:
    """Tell whether anything can be committed to that makes the statements about v provable."""
    for pattern in lies(v, weights):
        statements = stated(committed(pattern))
        for link in links:
            if holds(statements[-1], link) and any(proved(statements[:-1], some) for some in openings(pattern)):
                return True
    return False


MOST = 11


@pytest.mark.parametrize("m", range(MOST + 1))
def test_exactly_0_to_m_can_be_proved_of_a_ciphertext(m: int) -> None:
    weights = bit_weights(m)
    for v in range(-2, m + 4):
        links = [Witness((RHO,), branch) for branch in range(m + 1)]
        if weights:
            links = [Witness((RHO, TOY.scalar(said), weighted(weights))) for said in sorted({v, 0, m})]
        stated = partial(range_statements, KEY, seal(v), m=m)
        assert some_lie_passes(v, weights, stated, links) == (0 <= v <= m)


@pytest.mark.parametrize("m", range(MOST + 1))
def test_exactly_0_to_m_can_be_proved_of_a_commitment(m: int) -> None:
    weights = bit_weights(m)
    for v in range(-2, m + 4):
        links = [Witness((weighted(weights) - RHO,))] if weights else [Witness((RHO,), b) for b in range(m + 1)]
        stated = partial(commitment_range_statements, commit(TOY, v, RHO), m=m)
        assert some_lie_passes(v, weights, stated, links) == (0 <= v <= m)


@pytest.mark.parametrize("m", range(MOST + 1))
def test_exactly_start_to_start_plus_m_can_be_proved(m: int) -> None:
    weights, start = bit_weights(m), 3
    for v in (-1, 0, start - 1, start, start + m, start + m + 1, start + 2 * m + 2):
        links = [Witness((RHO,), branch) for branch in range(m + 1)]
        if weights:
            links = [Witness((RHO, TOY.scalar(said), weighted(weights))) for said in sorted({v - start, 0, m})]
        stated = partial(range_statements, KEY, seal(v), m=m, start=start)
        assert some_lie_passes(v - start, weights, stated, links) == (start <= v <= start + m)


# --- the honest ---


@dataclass(frozen=True)
class Said:
    """Statements about a number, and why they are true."""

    statements: list[Statement]
    witnesses: list[Witness]


def range_of(v: int, m: int) -> Said:
    r = BLINDING[: len(bit_weights(m))]
    return Said(range_statements(KEY, seal(v), committed(bits(v, m)), m), range_witnesses(v, RHO, r, m))


def shifted_range_of(v: int, m: int) -> Said:
    start, r = 1000, BLINDING[: len(bit_weights(m))]
    statements = range_statements(KEY, seal(start + v), committed(bits(v, m)), m, start=start)
    return Said(statements, range_witnesses(v, RHO, r, m))


def committed_range_of(v: int, m: int) -> Said:
    statements = commitment_range_statements(commit(TOY, v, RHO), committed(bits(v, m)), m)
    return Said(statements, commitment_range_witnesses(v, RHO, BLINDING[: len(bit_weights(m))], m))


KINDS = {"range": range_of, "shifted range": shifted_range_of, "committed range": committed_range_of}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("m", range(20))
def test_every_number_in_range_can_be_proved(kind: str, m: int) -> None:
    for v in range(m + 1):
        said = KINDS[kind](v, m)
        assert proved(said.statements, said.witnesses)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_large_ranges(kind: str, data: st.DataObject) -> None:
    m = data.draw(st.integers(1, 2**50), "m")
    said = KINDS[kind](data.draw(st.integers(0, m), "v"), m)
    batch = Batch(bytes(32))
    for statement, witness in zip(said.statements, said.witnesses, strict=True):
        batch.add(equations(statement, prove(statement, witness, transcript()), transcript()), statement.name, "v")
    batch.check()


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_large_numbers_out_of_range(data: st.DataObject) -> None:
    """The bits of m, or of v modulo 2^k, and the link for v: the link does not hold."""
    m = data.draw(st.integers(ENUMERATED + 1, 2**50), "m")
    v = data.draw(st.integers(m + 1, 2 * m) | st.integers(-m, -1) | st.integers(m + 1, TOY.order - 1), "v")
    weights = bit_weights(m)
    for near in (m, v % (1 << len(weights)), v % (m + 1)):
        known = bits(min(near, m), m)
        *_, link = range_statements(KEY, seal(v), committed(known), m)
        for said in (v, near):
            assert not holds(link, Witness((RHO, TOY.scalar(said), weighted(weights))))


# --- one proof, other statements ---

V, M = 9, 21
KNOWN = bits(V, M)
P = committed(KNOWN)
OTHERS: dict[str, list[Statement]] = {
    "another number": range_statements(KEY, seal(V + 1), P, M),
    "other randomness": range_statements(KEY, seal(V, OTHER_RHO), P, M),
    "c1 and c2 exchanged": range_statements(KEY, Ciphertext(seal(V).c2, seal(V).c1), P, M),
    "another key": range_statements(OTHER_KEY, seal(V), P, M),
    "a shorter range": range_statements(KEY, seal(V), P, M - 1),
    "a longer range": range_statements(KEY, seal(V), P, M + 1),
    "a bit turned": range_statements(KEY, seal(V), [P[0] / g, *P[1:]], M),
    "a bit that is 2": range_statements(KEY, seal(V), [P[0] * g, *P[1:]], M),
    "bits exchanged": range_statements(KEY, seal(V), [P[1], P[0], *P[2:]], M),
    "other blinding": range_statements(KEY, seal(V), [P[0] * h, *P[1:]], M),
    "blinding moved to another bit": range_statements(KEY, seal(V), [P[0] * h * h, P[1] / h, *P[2:]], M),
    "a range that starts at 1": range_statements(KEY, seal(V), P, M, start=1),
    "the same number in a range that starts at 1": range_statements(KEY, seal(V + 1), P, M, start=1),
}


@pytest.mark.parametrize("name", OTHERS)
def test_proofs_fit_no_other_statements(name: str) -> None:
    said = range_of(V, M)
    proofs = [prove(s, w, transcript()) for s, w in zip(said.statements, said.witnesses, strict=True)]
    assert all(map(verified, said.statements, proofs))
    assert not all(map(verified, OTHERS[name], proofs))


@pytest.mark.parametrize("kind", KINDS)
def test_proofs_fit_no_other_context(kind: str) -> None:
    said = KINDS[kind](V, M)
    proofs = [prove(s, w, transcript()) for s, w in zip(said.statements, said.witnesses, strict=True)]
    for statement, proof in zip(said.statements, proofs, strict=True):
        assert verified(statement, proof)
        assert not verified(statement, proof, "another voter")


WRONG_LINKS: dict[str, Witness] = {
    "another number": Witness((RHO, TOY.scalar(V + 1), weighted(bit_weights(M)))),
    "other randomness": Witness((OTHER_RHO, TOY.scalar(V), weighted(bit_weights(M)))),
    "other blinding": Witness((RHO, TOY.scalar(V), weighted(bit_weights(M)) + 1)),
    "blinding subtracted": Witness((RHO, TOY.scalar(V), -weighted(bit_weights(M)))),
    "the powers of two": Witness((RHO, TOY.scalar(V), weighted([1, 2, 4, 8, 16]))),
}


@pytest.mark.parametrize("name", WRONG_LINKS)
def test_a_wrong_witness_does_not_prove_the_link(name: str) -> None:
    said = range_of(V, M)
    assert holds(said.statements[-1], said.witnesses[-1])
    assert not holds(said.statements[-1], WRONG_LINKS[name])


# --- what the caller must see to ---


def test_a_sum_that_goes_around_is_in_range_again() -> None:
    """As q + 3 is 3: who lets prices add up to q or more, lets anybody spend them."""
    large = [TOY.order - 1, 4]
    known = bits(sum(large) % TOY.order, M)
    total = seal(large[0]) * seal(large[1], OTHER_RHO)
    statements = range_statements(KEY, total, committed(known), M)
    assert proved(statements, range_witnesses(3, RHO + OTHER_RHO, BLINDING[: len(known)], M))


@pytest.mark.parametrize("m", [1, ENUMERATED, ENUMERATED + 1, 100])
@pytest.mark.parametrize("change", [-1, 1])
def test_another_number_of_commitments_is_refused(m: int, change: int) -> None:
    count = len(bit_weights(m)) + change
    if count < 0:
        return
    wrong = committed([0] * count)
    for stated in (
        partial(range_statements, KEY, seal(0), wrong, m),
        partial(commitment_range_statements, h, wrong, m),
    ):
        with pytest.raises(ValueError, match="commitments"):
            stated()


@pytest.mark.parametrize("change", [-1, 1])
def test_another_number_of_blinding_factors_is_refused(change: int) -> None:
    r = BLINDING[: len(bit_weights(M)) + change]
    for witnesses in (range_witnesses, commitment_range_witnesses):
        with pytest.raises(ValueError, match="zip"):
            witnesses(V, RHO, r, M)


def test_a_range_longer_than_the_group_is_refused() -> None:
    largest = TOY.order - 1
    count = len(bit_weights(largest))
    assert len(range_statements(KEY, seal(0), committed([0] * count), largest)) == count + 1
    with pytest.raises(ValueError, match="too small"):
        range_statements(KEY, seal(0), committed([0] * count), largest + 1)
    with pytest.raises(ValueError, match="too small"):
        range_statements(KEY, seal(0), committed([0] * count), largest, start=1)


def test_who_knows_the_logarithm_of_h_proves_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were h the joint key, its trustees could: v = 1000, bits 0, and R = -v / log_g h + sum_j w_j r_j."""
    x, key = keypair(TOY)
    v, weights = 1000, bit_weights(M)
    witness = Witness((RHO, TOY.scalar(v), weighted(weights) - TOY.scalar(v) / x))
    *_, link = range_statements(key, encrypt(key, v, RHO), committed([0] * len(weights)), M)
    assert not holds(link, witness)
    for module in (pedersen, range_proof):
        monkeypatch.setattr(module, "second_generator", lambda _: key.y)
    statements = range_statements(key, encrypt(key, v, RHO), committed([0] * len(weights)), M)
    assert proved(statements, [*next(openings([0] * len(weights))), witness])


# --- as elections use it ---


def test_points_within_a_limit() -> None:
    """Three options with 0..10 points each, 20 together; the sum of ciphertexts seals the sum of points."""
    points, m, limit = (10, 3, 7), 10, 20
    rhos = scalars(TOY, 3, seed=93)
    row = [seal(v, rho) for v, rho in zip(points, rhos, strict=True)]
    for v, ciphertext, rho in zip(points, row, rhos, strict=True):
        statements = range_statements(KEY, ciphertext, committed(bits(v, m)), m)
        assert proved(statements, range_witnesses(v, rho, BLINDING[: len(bit_weights(m))], m))
    total = row[0] * row[1] * row[2]
    statements = range_statements(KEY, total, committed(bits(20, limit)), limit)
    witnesses = range_witnesses(20, sum(rhos[1:], rhos[0]), BLINDING[: len(bit_weights(limit))], limit)
    assert proved(statements, witnesses)
    *_, link = range_statements(KEY, total * KEY.encrypt(g, RHO), committed(bits(20, limit)), limit)
    assert not holds(link, witnesses[-1])


@pytest.mark.parametrize("chosen", list(product((0, 1), repeat=4)), ids=lambda x: "".join(map(str, x)))
def test_projects_within_a_budget(chosen: tuple[int, ...]) -> None:
    """Costs 300, 1100, 700, 900 under 2000, in units of 100; what costs more cannot be proved."""
    costs, cap = (3, 11, 7, 9), 20
    rhos = scalars(TOY, 4, seed=94)
    spent = sum(c * x for c, x in zip(costs, chosen, strict=True))
    rho = sum((r * c for c, r in zip(costs, rhos, strict=True)), TOY.scalar(0))
    row = [seal(x, r) for x, r in zip(chosen, rhos, strict=True)]
    total = Ciphertext(*(TOY.product_of_powers(half, costs) for half in ([c.c1 for c in row], [c.c2 for c in row])))
    known = bits(min(spent, cap), cap)
    statements = range_statements(KEY, total, committed(known), cap)
    witnesses = range_witnesses(min(spent, cap), rho, BLINDING[: len(known)], cap)
    link = replace(witnesses[-1], values=(rho, TOY.scalar(spent), witnesses[-1].values[2]))
    assert proved(statements, [*witnesses[:-1], link]) == (spent <= cap)


@pytest.mark.parametrize("threshold", [1, 8, 17, 30])
def test_a_threshold_is_reached_or_not(threshold: int) -> None:
    """Of S supporters among N it is provable either that S >= T, or that S < T, and never both."""
    electorate = 30
    m = (1 << electorate.bit_length()) - 1
    for supporters in range(electorate + 1):
        count = commit(TOY, supporters, RHO)
        sides = (
            (supporters - threshold, RHO, count / g**threshold),
            (threshold - 1 - supporters, -RHO, g ** (threshold - 1) / count),
        )
        for v, r, commitment in sides:
            statements = commitment_range_statements(commitment, committed(bits(abs(v), m)), m)
            witnesses = commitment_range_witnesses(abs(v), r, BLINDING[: len(bit_weights(m))], m)
            assert proved(statements, witnesses) == (v >= 0)
        assert (sides[0][0] >= 0) != (sides[1][0] >= 0)


# --- what it costs ---


@dataclass
class Cost:
    """What proofs consist of, and what was raised to powers to make them."""

    elements: int
    challenges: int
    scalars: int
    powers: list[Element]
    size: int


def cost(statements: Sequence[Statement], witnesses: Sequence[Witness]) -> Cost:
    powers: list[Element] = []

    def recording(base: Element, exponent: Scalar | int) -> Element:
        powers.append(base)
        return base**exponent

    proofs = [prove(s, w, transcript(), power=recording) for s, w in zip(statements, witnesses, strict=True)]
    return Cost(
        sum(len(row) for proof in proofs for row in proof.commitments),
        sum(len(proof.challenges) for proof in proofs),
        sum(len(row) for proof in proofs for row in proof.responses),
        powers,
        sum(len(bytes(proof)) for proof in proofs),
    )


@pytest.mark.parametrize("m", [1, 5, 6, 7, 8, 100, 1000, 10**6])
@pytest.mark.parametrize("kind", ["range", "shifted range"])
def test_cost_of_a_range(kind: str, m: int) -> None:
    said = KINDS[kind](m // 2, m)
    k, spent = len(bit_weights(m)), cost(said.statements, said.witnesses)
    if m <= ENUMERATED:
        assert (spent.elements, spent.challenges, spent.scalars) == (2 * m + 2, m, m + 1)
        assert len(spent.powers) == 3 * m + 2
        return
    assert k == m.bit_length()
    assert (spent.elements, spent.challenges, spent.scalars) == (2 * k + 3, k, 2 * k + 3)
    assert [spent.powers.count(base) for base in (g, h, KEY.y)] == [k + 3, 2 * k + 1, 1]
    assert len(spent.powers) == 3 * k + 5
    assert spent.size == (2 * k + 3) * (TOY.element_size + TOY.scalar_size) + k * 8


@pytest.mark.parametrize("m", [1, 5, 6, 7, 8, 100, 1000, 10**6])
def test_cost_of_a_committed_range(m: int) -> None:
    said = committed_range_of(m // 2, m)
    k, spent = len(bit_weights(m)), cost(said.statements, said.witnesses)
    if m <= ENUMERATED:
        assert (spent.elements, spent.challenges, spent.scalars) == (m + 1, m, m + 1)
        assert len(spent.powers) == 2 * m + 1
        return
    assert (spent.elements, spent.challenges, spent.scalars) == (2 * k + 1, k, 2 * k + 1)
    assert [spent.powers.count(base) for base in (g, h)] == [k, 2 * k + 1]
    assert len(spent.powers) == 3 * k + 1


@pytest.mark.parametrize("m", [6, 100, 10**6])
def test_bytes_over_ristretto255(m: int) -> None:
    of, k = REAL[0], len(bit_weights(m))
    elements, sealed = [of.generator] * k, Ciphertext(of.generator, of.generator)
    key = PublicKey(of.generator)
    ranges = sum(map(proof_size, range_statements(key, sealed, elements, m)))
    assert ranges + k * of.element_size == 192 * k + 192
    committed_ranges = sum(map(proof_size, commitment_range_statements(of.generator, elements, m)))
    assert committed_ranges + k * of.element_size == 192 * k + 64


def test_a_proof_tells_nothing_by_its_size() -> None:
    for kind in KINDS.values():
        sizes = {cost(said.statements, said.witnesses).size for said in (kind(v, M) for v in range(M + 1))}
        assert len(sizes) == 1


def test_values_are_named_where_that_costs_less() -> None:
    """In powers, and in bytes if elements, challenges and scalars are equally long; at m = 6 powers are equal."""
    for m in range(1, 100):
        k = m.bit_length()
        assert (m <= ENUMERATED) == (3 * m + 2 <= 5 * k + 5 and 4 * m + 3 <= 6 * k + 6)


# --- real groups ---


@pytest.mark.parametrize("of", REAL, ids=lambda of: of.name)
def test_real_groups(of: Group) -> None:
    """With tables, through bytes, in one batch; and a false number among the true ones is named."""
    _, key = keypair(of)
    power = Powers(Arithmetic.CAREFUL, of.generator, key.y, second_generator(of))
    said = [stated for v, m in ((0, 6), (9, 9), (3, 4)) for stated in in_group(key, power, v, m)]
    proofs = [decode_proof(s, bytes(prove(s, w, transcript(), power=power))) for s, w in said]
    check(said, proofs)
    false = range_statements(key, encrypt(key, 1, of.scalar(5)), [second_generator(of)] * 3, 6)[-1]
    with pytest.raises(VerificationError, match="range: 3"):
        check([*said[:3], (false, said[3][1]), *said[4:]], proofs)


def in_group(key: PublicKey, power: Powers, v: int, m: int) -> Iterator[tuple[Statement, Witness]]:
    """Yield what is said of v, as a range, a shifted range and a committed range."""
    of, k = key.group, len(bit_weights(m))
    rho, *r = scalars(of, k + 1, seed=95)
    ciphertext, bare = encrypt(key, v, rho), commit(of, v, rho)
    made = [commit(of, b, r_j, power=power) for b, r_j in zip(bits(v, m), r, strict=True)]
    yield from zip(range_statements(key, ciphertext, made, m), range_witnesses(v, rho, r, m), strict=True)
    shifted = encrypt(key, 7 + v, rho)
    yield from zip(range_statements(key, shifted, made, m, start=7), range_witnesses(v, rho, r, m), strict=True)
    yield from zip(commitment_range_statements(bare, made, m), commitment_range_witnesses(v, rho, r, m), strict=True)


def check(said: Sequence[tuple[Statement, Witness]], proofs: Sequence[Proof]) -> None:
    batch = Batch(bytes(range(32)))
    for number, ((statement, _), proof) in enumerate(zip(said, proofs, strict=True)):
        batch.add(equations(statement, proof, transcript()), statement.name, str(number))
    batch.check()
