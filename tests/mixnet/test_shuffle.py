"""The statement of a shuffle, the registry of its proofs, and generators that nobody chose."""

from __future__ import annotations

import pytest

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.group import group
from evote.mixnet.shuffle import GENERATORS, ShuffleStatement, generators, shuffle_proof, shuffle_prover
from tests.mixnet.shuffle_contract import ballots, key_of

TOY = group("toy")
KEY = key_of("toy")
ROWS = ballots(KEY, 3, 2)

WRONG = {
    "no rows": ([], []),
    "a row too few": (ROWS, ROWS[1:]),
    "a row too many": (ROWS[1:], ROWS),
    "rows of two widths": (ROWS, [ROWS[0], ROWS[1], ROWS[2][:1]]),
    "lists of two widths": (ROWS, [row[:1] for row in ROWS]),
}


@pytest.mark.parametrize("name", WRONG)
def test_lists_that_cannot_be_a_shuffle(name: str) -> None:
    statement = ShuffleStatement(KEY, ROWS, ROWS)
    assert (statement.group, statement.width) == (TOY, 2)
    with pytest.raises(ValueError, match="a shuffle"):
        ShuffleStatement(KEY, *WRONG[name])


def test_proofs_and_provers_are_found_by_name() -> None:
    assert shuffle_proof("terelius-wikstrom").check == "shuffle.terelius-wikstrom"
    assert shuffle_prover("terelius-wikstrom").__name__ == "TereliusWikstromProver"
    for find in (shuffle_proof, shuffle_prover):
        with pytest.raises(ValueError, match="nothing is registered"):
            find("bayer-groth")


def test_generators_are_hashed_into_the_group_and_the_same_for_all() -> None:
    many = generators(TOY, 100)  # several blocks
    assert len(set(many)) == len(many) == 100
    assert not {TOY.identity, TOY.generator} & set(many)
    for count in (0, 1, 31, 32, 33, 64):
        assert generators(TOY, count) == many[:count]
    assert many == TOY.independent_generators(100, GENERATORS)


def test_generators_differ_from_group_to_group() -> None:
    ours, theirs = (generators(group(name), 1)[0] for name in ("modp-2048", "modp-3072"))
    assert bytes(ours) != bytes(theirs)


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_both_ways_of_arithmetic_agree(arithmetic: Arithmetic) -> None:
    g, h = TOY.generator, TOY.hash_to_group("h")
    power = arithmetic.table(h)
    for x in (0, 1, 2, TOY.order - 1, 123456789):
        assert power(x) == h**x
        assert arithmetic.product([g, h], [x, 5]) == g**x * h**5
