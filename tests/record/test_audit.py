"""An audit counts what held, lets nothing pass that did not, and has weights that nobody foresees."""

from __future__ import annotations

import pytest

from evote.crypto.equation import Equation
from evote.crypto.group import group
from evote.errors import VerificationError
from evote.record.audit import Audit

TOY = group("toy")
TRUE = Equation((TOY.generator,), (0,))
FALSE = Equation((TOY.generator,), (1,))


def test_a_check_that_holds_is_counted() -> None:
    audit = Audit()
    audit.require(condition=True, check="a.check", subject="somebody")
    audit.hold("a.check", 2)
    assert audit.held == {"a.check": 3}


def test_a_check_that_fails_raises_and_is_not_counted() -> None:
    audit = Audit()
    with pytest.raises(VerificationError, match=r"a\.check: somebody"):
        audit.require(condition=False, check="a.check", subject="somebody")
    assert not audit.held


def test_seeds_are_fresh_and_a_given_one_is_owned_up_to() -> None:
    one, other, given = Audit(), Audit(), Audit(seed=bytes(32))
    assert one.seed != other.seed
    assert len(one.seed) == 32
    assert (one.reproduction, given.reproduction) == (False, True)
    assert given.seed == bytes(32)


def test_each_use_has_a_seed_of_its_own() -> None:
    audit = Audit(seed=bytes(32))
    seeds = {audit.subseed(*labels) for labels in (("a",), ("b",), ("a", "b"), ("ab",), ("a", 1), ("a", "1"), ())}
    assert len(seeds) == 7
    assert audit.subseed("a") == Audit(seed=bytes(32)).subseed("a") != Audit(seed=bytes([1] * 32)).subseed("a")


def test_its_batches_check() -> None:
    batch = Audit().batch("labels")
    batch.add([TRUE], "a.check", "honest")
    batch.check()
    batch.add([FALSE], "a.check", "liar")
    with pytest.raises(VerificationError, match=r"a\.check: liar"):
        batch.check()
