"""Both ways of arithmetic give the same powers, and the careful one is never given up unasked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict

import pytest

from evote.crypto.arithmetic import Arithmetic, Powers
from evote.crypto.elgamal import PublicKey
from evote.crypto.group import Element, Group, Scalar, group
from evote.crypto.prover import prove
from evote.crypto.relation import Witness
from evote.crypto.statements import encryption_of_one_of
from evote.crypto.verifier import verify
from tests.crypto.samples import TOY, elements, keypair, scalars, transcript
from tests.crypto.watching import noting

GROUPS = [TOY, group("ristretto255"), group("p-256"), group("modp-2048")]
EXPONENTS = [0, 1, 2, -1, -5]


@pytest.fixture(params=GROUPS, ids=lambda of: of.name)
def of(request: pytest.FixtureRequest) -> Group:
    found = request.param
    assert isinstance(found, Group)
    return found


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_powers_of_one_base(arithmetic: Arithmetic, of: Group) -> None:
    (h,) = elements(of, 1)
    exponents = [*EXPONENTS, of.order - 1, of.order, of.order + 1, 3 * of.order + 7, *map(int, scalars(of, 3))]
    expected = [h**x for x in exponents]
    assert list(map(arithmetic.table(h, 20), exponents)) == expected
    assert arithmetic.powers(h, exponents) == expected
    assert arithmetic.powers(h, []) == []


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_workers_give_the_same_powers_in_the_same_order(
    arithmetic: Arithmetic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evote.crypto.arithmetic.CHUNK", 3)
    (h,) = elements(TOY, 1)
    with ThreadPoolExecutor(2) as executor:
        assert arithmetic.powers(h, range(-4, 10), executor) == [h**x for x in range(-4, 10)]


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_a_product_of_powers(arithmetic: Arithmetic, of: Group) -> None:
    g, h = elements(of, 2)
    (x,) = map(int, scalars(of, 1, seed=5))
    assert arithmetic.product([g, h], [x, -5]) == g**x / h**5


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_powers_of_named_and_of_other_bases(arithmetic: Arithmetic, of: Group) -> None:
    named, other = elements(of, 2)
    power = Powers(arithmetic, named, count=10)
    exponents: list[Scalar | int] = [*scalars(of, 2), *EXPONENTS]
    for x in exponents:
        assert power(named, x) == named**x
        assert power(of.decode(bytes(named)), x) == named**x
        assert power(other, x) == other**x


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_encryption_and_proof_by_tables(arithmetic: Arithmetic, of: Group) -> None:
    _, key = keypair(of)
    (r,) = scalars(of, 1)
    power = Powers(arithmetic, of.generator, key.y, count=10)
    sealed = key.encrypt(power(of.generator, 1), r, power=power)
    assert sealed == key.encrypt(of.generator, r)
    assert key.reencrypt(sealed, r, power=power) == key.reencrypt(sealed, r)
    statement = encryption_of_one_of(key, sealed, (0, 1))
    verify(statement, prove(statement, Witness((r,), 1), transcript(), power=power), transcript())


class Given(TypedDict, total=False):
    """How to raise to powers, if it is said at all."""

    power: Powers


def test_careful_is_the_default_and_never_takes_the_public_path(monkeypatch: pytest.MonkeyPatch) -> None:
    _, key = keypair(TOY)
    (r,) = scalars(TOY, 1)
    public: list[str] = []
    for name in ("power_public", "product_of_powers", "collect", "spread"):
        monkeypatch.setattr(TOY, name, noting(public, lambda *_, name=name: name, getattr(TOY, name)))

    def everything(key: PublicKey, *bases: Element) -> None:
        given: Given = {"power": Powers(Arithmetic.CAREFUL, *bases)} if bases else {}
        sealed = key.encrypt(TOY.generator, r, **given)
        key.reencrypt(sealed, r, **given)
        prove(encryption_of_one_of(key, sealed, (0, 1)), Witness((r,), 1), transcript(), **given)

    everything(key)
    everything(key, TOY.generator, key.y)
    assert Arithmetic.CAREFUL.powers(key.y, [1, 2]) == [key.y, key.y**2]
    assert Arithmetic.CAREFUL.product([key.y], [3]) == key.y**3
    assert public == []
    Powers(Arithmetic.FAST, key.y)(key.y, r)
    assert public
