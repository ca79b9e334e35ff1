"""Where the primes come from, what the constructor refuses, and how a list of members is checked."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import count, takewhile
from math import factorial

import pytest

from evote.crypto import masked_table, modp
from evote.crypto.bigint import invert_many, mpz
from evote.crypto.masked_table import MaskedTable
from evote.crypto.modp import ModPGroup
from evote.errors import DecodeError
from tests.crypto.group_contract import Script
from tests.crypto.samples import modp as named

GUARD = 64


def series(terms: Iterator[int]) -> int:
    """Return the sum of the terms before the first zero, less the guard bits."""
    return sum(takewhile(bool, terms)) >> GUARD


def arctan_inverse(x: int, bits: int) -> int:
    """Return floor(2^bits arctan(1/x)), give or take one."""
    return series((-1) ** n * ((1 << bits + GUARD) // (x ** (2 * n + 1) * (2 * n + 1))) for n in count())


def pi(bits: int) -> int:
    """Return floor(2^bits pi) by Machin's formula."""
    extra = bits + GUARD
    return (16 * arctan_inverse(5, extra) - 4 * arctan_inverse(239, extra)) >> GUARD


def e(bits: int) -> int:
    """Return floor(2^bits e)."""
    return series((1 << bits + GUARD) // factorial(n) for n in count())


def log2(bits: int) -> int:
    """Return floor(2^bits ln 2), from ln 2 = 2 artanh(1/3)."""
    return series((2 << bits + GUARD) // (3**n * n) for n in count(1, 2))


def euler(bits: int) -> int:
    """Return floor(2^bits gamma) by Brent and McMillan 1980, algorithm B1, with n = 2^10."""
    one = 1 << bits + GUARD
    # B_k = B_{k-1} n^2 / k^2,  A_k = (A_{k-1} n^2 / k + B_k) / k,  gamma = sum A / sum B up to e^(-4n)
    a, b = -10 * log2(bits + GUARD), one
    sum_a, sum_b = a, b
    for k in count(1):
        b = b * 2**20 // k**2
        a = (a * 2**20 // k + b) // k
        sum_a, sum_b = sum_a + a, sum_b + b
        if b == 0:
            break
    return (sum_a * one // sum_b) >> GUARD


@pytest.mark.parametrize(
    ("name", "bits", "offset"), [("modp-2048", 2048, 124476), ("modp-3072", 3072, 1690314), ("modp-4096", 4096, 240904)]
)
def test_rfc_3526_primes_are_made_of_pi(name: str, bits: int, offset: int) -> None:
    assert named(name).p == 2**bits - 2 ** (bits - 64) - 1 + 2**64 * (pi(bits - 130) + offset)


def test_rfc_7919_prime_is_made_of_e() -> None:
    assert named("ffdhe3072").p == 2**3072 - 2**3008 + (e(2942) + 2625351) * 2**64 - 1


def test_electionguard_prime_is_made_of_eulers_constant() -> None:
    g = named("electionguard-4096")
    delta, rest = divmod(g.p - (2**4096 - 2**3840 + 2**256 * euler(3584) + 2**256 - 1), 2**256)
    assert rest == 0
    assert 0 < delta < 2**280
    assert g.order == 2**256 - 189
    assert int.from_bytes(bytes(g.generator), "big") == pow(2, (g.p - 1) // g.order, g.p)


SAFE = 2**64 + 3103
BAD_PARAMETERS = {
    "p composite": (SAFE + 2 * (SAFE // 2), SAFE // 2, 2),
    "p and q exchanged": (SAFE // 2, SAFE, 2),
    "q composite": (SAFE, SAFE - 1, 5),
    "q is 2": (SAFE, 2, SAFE - 1),
    "q does not divide p - 1": (SAFE, 2**61 - 1, 2),
    "q negative": (SAFE, -(SAFE // 2), 2),
    "p zero": (0, 3, 2),
    "p negative": (-SAFE, SAFE // 2, 2),
    "p too long": (1 << 20000, 3, 2),
    "g is 1": (SAFE, SAFE // 2, 1),
    "g is 0": (SAFE, SAFE // 2, 0),
    "g has order 2": (SAFE, SAFE // 2, SAFE - 1),
    "g has order 2q": (SAFE, SAFE // 2, SAFE - 2),
    "g not reduced": (SAFE, SAFE // 2, SAFE + 2),
    "Carmichael number for p": (561, 5, 4),
}


def test_parameters() -> None:
    assert ModPGroup("small", SAFE, SAFE // 2, 2).order == SAFE // 2


@pytest.mark.parametrize(("p", "q", "g"), BAD_PARAMETERS.values(), ids=BAD_PARAMETERS)
def test_bad_parameters_are_refused(p: int, q: int, g: int) -> None:
    with pytest.raises(ValueError, match="bad: "):
        ModPGroup("bad", p, q, g)


@pytest.mark.parametrize("name", ["toy", "modp-2048", "modp-3072", "modp-4096", "ffdhe3072", "electionguard-4096"])
def test_the_exponent_given_to_gmp_has_a_fixed_number_of_limbs_and_is_never_zero(name: str) -> None:
    q = named(name).order
    offset = modp._blinding(q)
    assert offset in (q, 2 * q)
    assert len({-(-(offset + e).bit_length() // 64) for e in (0, 1, q // 2, q - 1)}) == 1


def test_hashing_is_reduction_and_the_cofactor_power() -> None:
    for name in ("toy", "modp-2048", "electionguard-4096"):
        g = named(name)
        size = g.element_size + 16
        h = int.from_bytes(hashlib.shake_256(b"seed").digest(size), "big")
        assert g.hash_to_raw(hashlib.shake_256(b"seed")) == pow(h, (g.p - 1) // g.order, g.p)


def test_hashing_passes_over_zero_and_one() -> None:
    g = named("toy")
    size = g.element_size + 16
    blocks = [bytes(size), (1).to_bytes(size, "big"), (g.p - 1).to_bytes(size, "big"), (3).to_bytes(size, "big")]
    assert g.hash_to_raw(Script(b"".join(blocks))) == 9


@pytest.fixture(scope="module")
def electionguard() -> ModPGroup:
    return named("electionguard-4096")


def outsider(g: ModPGroup, seed: int) -> bytes:
    """Return an element of order (p-1)/2q times a member: a square, but not in the subgroup."""
    return (pow(4, g.order * seed, g.p) * int(g.hash_to_group("x").raw) % g.p).to_bytes(g.element_size, "big")


def test_outsiders_that_cancel_do_not_pass(electionguard: ModPGroup) -> None:
    g = electionguard
    honest = [bytes(g.hash_to_group("member", bytes([i]))) for i in range(4)]
    first, inverse = outsider(g, 1), outsider(g, -1)
    assert pow(int.from_bytes(first, "big") * int.from_bytes(inverse, "big"), g.order, g.p) == 1
    assert len(g.decode_many(honest)) == 4
    with pytest.raises(DecodeError, match=r"^item 1: .*not in the subgroup"):
        g.decode_many([honest[0], first, inverse, *honest[1:]])


@pytest.mark.parametrize("index", range(7))
def test_bisection_finds_the_first_outsider(electionguard: ModPGroup, index: int) -> None:
    encodings = [bytes(electionguard.generator)] * 7
    encodings[index] = outsider(electionguard, 5)
    encodings[6] = outsider(electionguard, 7)
    with pytest.raises(DecodeError, match=rf"^item {index}: "):
        electionguard.decode_many(encodings)


def test_an_outsider_before_malformed_bytes_is_named_first(electionguard: ModPGroup) -> None:
    good, bad = bytes(electionguard.generator), outsider(electionguard, 3)
    with pytest.raises(DecodeError, match=r"^item 1: "):
        electionguard.decode_many([good, bad, b"malformed"])
    with pytest.raises(DecodeError, match=r"^item 1: "):
        electionguard.decode_many([good, b"malformed", bad])


def test_weights_are_fresh(electionguard: ModPGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []
    draw = os.urandom

    def urandom(size: int) -> bytes:
        drawn.append(draw(size))
        return drawn[-1]

    monkeypatch.setattr(os, "urandom", urandom)
    encodings = [bytes(electionguard.generator)] * 3
    electionguard.decode_many(encodings)
    electionguard.decode_many(encodings)
    assert [len(weight) for weight in drawn] == [16] * 6
    assert len(set(drawn)) == 6


def test_a_cofactor_of_small_primes_is_checked_power_by_power() -> None:
    # p = 2 * 3 * 5 * q + 1: an element of order 3 or 5 is a square, and short weights would often miss it
    q = next(q for q in count(2**61 - 1, 2) if pow(2, q - 1, q) == 1 and pow(2, 30 * q, 30 * q + 1) == 1)
    p = 30 * q + 1
    g = ModPGroup("thirty", p, q, pow(7, 30, p))
    order_3 = pow(next(x for x in count(2) if pow(x, 10 * q, p) != 1), 10 * q, p)
    assert pow(order_3, 3, p) == 1
    with pytest.raises(DecodeError, match=r"^item 1: .*not in the subgroup"):
        g.decode_many([bytes(g.generator), order_3.to_bytes(g.element_size, "big")])


def test_inversions_share_one() -> None:
    p = mpz(2**255 - 19)
    values = [mpz(x) for x in (1, 2, p - 1, 3, 3)]
    assert [x * y % p for x, y in zip(values, invert_many(values, p), strict=True)] == [1] * 5
    assert invert_many([], p) == []
    with pytest.raises(ZeroDivisionError):
        invert_many([mpz(2), mpz(0)], p)


@pytest.mark.parametrize("name", ["toy", "electionguard-4096", "modp-2048"])
def test_a_masked_table_has_entries_of_one_length(name: str) -> None:
    """The base 2 and the digit 0 included: an entry short by more than chance would show in the time taken."""
    g = named(name)
    table = MaskedTable(mpz(2 if name == "modp-2048" else g.generator.raw), g.order, mpz(g.p))
    lengths = {entry.bit_length() for entries, _ in table._rows for entry in entries}
    assert max(lengths) <= g.p.bit_length()
    assert min(lengths) > g.p.bit_length() - 30


def test_a_masked_table_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    g = named("toy")
    table = MaskedTable(mpz(2), g.order, mpz(g.p))
    masks: list[list[int]] = []

    def mul(entry: int, mask: int) -> int:
        masks[-1].append(mask)
        return entry * mask

    def row(function: Callable[..., int], *columns: Iterable[int]) -> Iterator[int]:
        masks.append([])
        return map(function, *columns)

    monkeypatch.setattr(masked_table, "mul", mul)
    monkeypatch.setattr(masked_table, "map", row, raising=False)
    for exponent in (0, 1, g.order - 1, g.order // 3 * 16 % g.order):
        masks.clear()
        assert table.power(exponent) == pow(2, exponent, g.p)
        assert len(masks) == 16
        assert all(sorted(row) == [1] * 15 + [2] for row in masks)
