"""Verificatum's own proofs are accepted, with Verificatum's own intermediate values."""

import re
import resource
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from evote.crypto.equation import Equation
from evote.crypto.vector import Power, products
from evote.formats.verificatum import verifier
from evote.formats.verificatum.oracle import Challenger
from evote.formats.verificatum.shuffle import whole_claims
from evote.formats.verificatum.verifier import CHECKS, verify_directory
from tests.formats.verificatum.cases import NAMES, OUTSIDE, VECTORS, copied, delete, values, verified

PROOFS = {
    "shuffl": {"verificatum.shuffle"},
    "mix": {"verificatum.shuffle", "verificatum.decryption", "verificatum.plaintexts"},
    "decrypt": {"verificatum.decryption", "verificatum.plaintexts"},
}


@pytest.mark.parametrize("name", NAMES)
def test_every_honest_directory_is_accepted(name: str) -> None:
    report = verified(VECTORS / name)
    assert report.status == 0, report.failures
    (proofs,) = (checks for kind, checks in PROOFS.items() if kind in name)
    always = {f"verificatum.{check}" for check in ("parameters", "key", "lists", "files", "complete")}
    assert {finding.check for finding in report.findings} == proofs | always
    assert report.checks is CHECKS


def test_all_kinds_are_among_the_vectors() -> None:
    assert len(NAMES) == 14


def numbers(text: str) -> list[int]:
    return [int(digits, 16) for digits in re.findall("[0-9a-f]+", text)]


def coordinates(element: Any) -> list[int]:
    data = bytes(element)
    if not element.group.name.startswith("p-"):
        return [int.from_bytes(data, "big")]
    half = len(data) // 2
    return [int.from_bytes(data[1 : 1 + half], "big"), int.from_bytes(data[1 + half :], "big")]


def product(power: Power) -> Any:
    (made,) = products(power.vector.group, [[Power(power.vector, power.exponents)]])
    return made


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seeds_and_challenges(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, list[str]] = {"rho": [], "s": [], "v": []}
    seed, challenge = Challenger.seed, Challenger.challenge

    def seeds(self: Challenger, *pieces: Any) -> bytes:
        made = seed(self, *pieces)
        said["rho"].append(self.prefix.hex())
        said["s"].append(made.hex())
        return made

    def challenges(self: Challenger, *arguments: Any) -> int:
        made = challenge(self, *arguments)
        said["v"].append(f"{made:x}")
        return made

    monkeypatch.setattr(Challenger, "seed", seeds)
    monkeypatch.setattr(Challenger, "challenge", challenges)
    assert verified(VECTORS / name)
    theirs = values(name)
    assert set(said["rho"]) == set(theirs["der.rho"])
    for letter in ("s", "v"):
        wanted = chain.from_iterable(theirs.get(f"{proof}.{letter}", []) for proof in ("PoS", "PoSC", "CCPoS", "Dec"))
        assert said[letter] == [f"{int(value, 16):x}" if letter == "v" else value for value in wanted]


@pytest.mark.parametrize("name", [name for name in NAMES if "PoS.A" in values(name)])
def test_the_same_generators_and_batched_products(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, Any]] = []

    def recorded(*arguments: Any) -> Any:
        for claim in whole_claims(*arguments):
            seen.append(claim)
            yield claim

    monkeypatch.setattr(verifier, "whole_claims", recorded)
    assert verified(VECTORS / name)
    ours: dict[str, list[Any]] = {letter: [] for letter in "ABCDF"}
    for letter, equation in seen:
        ours[letter].append(equation)
    theirs = values(name)
    h = ours["A"][0].powers[1].vector.elements()
    assert [coordinates(h[0]), coordinates(h[-1])] == [numbers(text) for text in theirs["bas.h"][0]]
    for party, text in enumerate(theirs["PoS.A"]):
        assert coordinates(product(ours["A"][party].powers[0])) == numbers(text)
        c = ours["C"][party].powers
        assert coordinates(product(c[0]) / product(c[1])) == numbers(theirs["PoS.C"][party])
        assert coordinates(quotient(ours["D"][party])) == numbers(theirs["PoS.D"][party])
        width = len(ours["F"]) // len(theirs["PoS.A"])
        halves = ours["F"][party * width : (party + 1) * width]
        f = [product(equation.powers[0]) for equation in halves[::2] + halves[1::2]]
        assert list(chain.from_iterable(map(coordinates, f))) == numbers(theirs["PoS.F"][party])


def quotient(equation: Equation) -> Any:
    """Return D of the equation (B_{N-1} / h_0^prod)^v D' = g^k_D."""
    b_last, h_0, *_ = equation.bases
    v, weighted, *_ = equation.exponents
    return b_last * h_0 ** (weighted // v)


@pytest.mark.parametrize("name", ["modp3072fixed-k1-shuffle-n20", "p256-k3t2-mix-n20"])
def test_workers_find_the_same(name: str) -> None:
    """Also in a group that is registered nowhere."""
    case = VECTORS / name
    with ProcessPoolExecutor(2) as executor:
        report = verify_directory(case / "nizkp", case / "protInfo.xml", executor=executor, seed=bytes(32))
    assert report.status == 0
    assert report.findings == verified(case).findings


def test_the_last_list_may_stand_in_one_place(tmp_path: Path) -> None:
    case = copied("p256-k1-shuffle-w2-n20", tmp_path)
    delete("proofs/Ciphertexts01.bt")(case)
    assert verified(case).status == 0


def test_a_key_of_1_is_noted() -> None:
    report = verified(VECTORS / "modp3072-ivxv-kw5-setpk-shuffle-n20")
    assert "the key of columns 1, 2, 3, 4 is 1: nothing in them is encrypted" in report.notes


@pytest.mark.parametrize(
    "name",
    ["modp3072-ivxv-kw5-setpk-shuffle-n20", "p256-k1-shuffle-w2-n20", "p256-k1-precomp-mix-n20", "p384-k1-mix-n20"],
)
def test_key_and_input_list_are_compared_with_what_the_auditor_brings(name: str) -> None:
    case, other = VECTORS / name, VECTORS / ("p256-k1-mix-n20" if "p384" in name else "p384-k1-mix-n20")
    theirs = (case / "publicKey", case / "nizkp" / "Ciphertexts.bt")
    others = (other / "publicKey", other / "nizkp" / "Ciphertexts.bt")
    missing = case / "elsewhere"
    for key, ciphertexts, status in (
        (*theirs, 0),
        (theirs[0], others[1], 1),
        (others[0], theirs[1], 1),
        (theirs[0], missing, 2),
    ):
        report = verify_directory(case / "nizkp", case / "protInfo.xml", key=key, ciphertexts=ciphertexts)
        assert report.status == status
        assert not any(note.startswith("origin") for note in report.notes)
        assert all(status == 2 or finding.check == "verificatum.origin" for finding in report.failures)


def test_a_given_seed_is_noted() -> None:
    case = VECTORS / "p256-k1-shuffle-n1"
    assert any("reproduction" in note for note in verified(case).notes)
    fresh = [verify_directory(case / "nizkp", case / "protInfo.xml") for _ in range(2)]
    notes = [note.partition(":")[0] for note in fresh[0].notes]
    assert notes == ["origin of the public key", "origin of the input list"]
    assert fresh[0].seed != fresh[1].seed


@pytest.mark.skipif(not OUTSIDE.is_dir(), reason=f"the vectors of 1000 ciphertexts are not at {OUTSIDE}")
@pytest.mark.parametrize("name", ["bench-p256-1000", "bench-modp-1000"])
def test_a_thousand_ciphertexts(name: str) -> None:
    assert verified(OUTSIDE / name).status == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 600 * 1024
