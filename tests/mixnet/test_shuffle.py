"""The statement of a shuffle, the registry of its proofs, and generators that nobody chose."""

from __future__ import annotations

from typing import ClassVar

import pytest

import evote.verify
from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Row, encode_row
from evote.crypto.group import group
from evote.crypto.rows import Rows
from evote.errors import DecodeError
from evote.mixnet import cascade
from evote.mixnet.shuffle import GENERATORS, Generators, ShuffleStatement, shuffle_proof, shuffle_prover
from evote.mixnet.terelius_wikstrom.verifier import TereliusWikstrom
from evote.registry import registered_names
from tests.elections import finished
from tests.mixnet.shuffle_contract import PLACE, as_read, ballots, key_of, statement_of

TOY = group("toy")
KEY = key_of("toy")
ROWS = ballots(KEY, 3, 2)

WRONG: dict[str, tuple[list[Row], list[Row], int]] = {
    "no rows": ([], [], 0),
    "a row too few": (ROWS, ROWS[1:], 3),
    "a row too many": (ROWS[1:], ROWS, 3),
    "a generator too few": (ROWS, ROWS, 2),
    "lists of two widths": (ROWS, [row[:1] for row in ROWS], 3),
}


@pytest.mark.parametrize("name", WRONG)
def test_lists_that_cannot_be_a_shuffle(name: str) -> None:
    statement = statement_of(KEY, ROWS, ROWS)
    assert (statement.group, statement.width) == (TOY, 2)
    count = WRONG[name][2]
    before, after = (as_read(TOY, rows) if rows else Rows(TOY, 2, []) for rows in WRONG[name][:2])
    with pytest.raises(ValueError, match="a shuffle"):
        ShuffleStatement(KEY, before, after, Generators(TOY).first(count), PLACE)


def test_rows_of_two_widths_are_no_list() -> None:
    with pytest.raises(DecodeError, match="a row of 2"):
        Rows(TOY, 2, list(map(encode_row, [ROWS[0], ROWS[1], ROWS[2][:1]])))


def test_proofs_and_provers_are_found_by_name() -> None:
    assert shuffle_proof("terelius-wikstrom").check == "shuffle.terelius-wikstrom"
    assert shuffle_prover("terelius-wikstrom").__name__ == "TereliusWikstromProver"
    for find in (shuffle_proof, shuffle_prover):
        with pytest.raises(ValueError, match="nothing is registered"):
            find("bayer-groth")


def test_generators_differ_from_group_to_group() -> None:
    ours, theirs = (group(name).independent_generators(1, GENERATORS)[0] for name in ("modp-2048", "modp-3072"))
    assert bytes(ours) != bytes(theirs)


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_both_ways_of_arithmetic_agree(arithmetic: Arithmetic) -> None:
    g, h = TOY.generator, TOY.hash_to_group("h")
    power = arithmetic.table(h)
    for x in (0, 1, 2, TOY.order - 1, 123456789):
        assert power(x) == h**x
        assert arithmetic.product([g, h], [x, 5]) == g**x * h**5


class Tracing(TereliusWikstrom):
    """A proof of shuffle that somebody plugged in."""

    check: ClassVar[str] = "shuffle.tracing"
    meaning: ClassVar[str] = "each list is the one before, as a plug-in sees it"


def test_what_a_plug_in_shows_is_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cascade, evote.verify):
        monkeypatch.setattr(module, "shuffle_proof", lambda _: Tracing())
    report = evote.verify.verify(finished("mix").path)
    assert report.status == 0
    assert {finding.check: finding.held for finding in report.findings}["shuffle.tracing"] == 4
    assert report.checks["shuffle.tracing"] == Tracing.meaning


@pytest.mark.parametrize("name", registered_names("evote.shuffles"))
def test_a_report_says_of_our_own_proofs_what_they_say_of_themselves(name: str) -> None:
    proof = shuffle_proof(name)
    assert evote.verify.CHECKS[proof.check] == proof.meaning
