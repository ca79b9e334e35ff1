"""The voting device refuses what the door would refuse, and keeps its secrets to itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from evote.ballot.check import Submission, check_ballots
from evote.ballot.voter import Voter
from evote.crypto.arithmetic import Arithmetic
from evote.crypto.group import Element
from evote.crypto.signing import SigningKey
from evote.record.entries import Ballot
from evote.record.merkle import leaf_hash
from evote.simulate import Simulation
from tests.elections import open_box


@pytest.fixture(scope="module")
def polls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    simulation = open_box(tmp_path_factory.mktemp("polls") / "record", "both")
    yield simulation
    simulation.operator.close_record()


REFUSED: dict[str, Mapping[str, Sequence[int]]] = {
    "nothing": {},
    "a contest left out": {"council": (1,)},
    "a contest too many": {"council": (1,), "mayor": (1,), "queen": (1,)},
    "option 0": {"council": (0,), "mayor": (1,)},
    "an option that there is not": {"council": (4,), "mayor": (1,)},
    "an option twice": {"council": (1, 1), "mayor": (1,)},
    "too many options": {"council": (1, 2, 3), "mayor": (1,)},
    "two where one is to be chosen": {"council": (1,), "mayor": (1, 2)},
    "an option of another district": {"council": (1,), "mayor": (3,)},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_selection_that_the_rules_do_not_allow_is_not_sealed(polls: Simulation, name: str) -> None:
    device = polls.device("n1")
    assert device.cast({"council": (1, 2), "mayor": (2,)}, 1, Ballot.FIRST).entry.author == "voter n1"
    with pytest.raises(ValueError):  # noqa: PT011 - some by the device, some by the question
        device.cast(REFUSED[name], 1, Ballot.FIRST)


def test_a_device_needs_the_key_of_its_credential(polls: Simulation) -> None:
    credential = polls.device("n1")._credential
    with pytest.raises(ValueError, match="does not belong"):
        Voter(polls.election, polls.key, credential, SigningKey.generate())


def test_no_two_ballots_share_their_randomness(polls: Simulation) -> None:
    device = polls.device("n1")
    one, two = (device.cast({"council": (1,), "mayor": (1,)}, 1, Ballot.FIRST) for _ in range(2))
    assert one.ticket.seed != two.ticket.seed
    assert one.ticket.leaf == leaf_hash(bytes(one.entry)) != two.ticket.leaf


@pytest.mark.parametrize("pay", [1, 100], ids=["tables", "no tables"])
def test_a_device_is_careful_unless_told_otherwise(
    polls: Simulation, pay: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables: list[Element] = []

    def noticed(self: Arithmetic, base: Element, _: int) -> Callable[[int], Element]:
        assert self is Arithmetic.CAREFUL
        tables.append(base)
        return lambda exponent: base**exponent

    monkeypatch.setattr(Arithmetic, "table", noticed)
    monkeypatch.setattr("evote.ballot.voter.TABLES_PAY", pay)
    simulated = polls.device("n1")
    device = Voter(polls.election, polls.key, simulated._credential, polls.keys.voters["n1"])
    cast = device.cast({"council": (1,), "mayor": (1,)}, 1, Ballot.FIRST)
    assert tables == ([polls.key.group.generator, polls.key.y] if pay == 1 else [])
    submission = Submission(cast.entry, simulated._credential, "n1")
    assert check_ballots(polls.election, polls.key, bytes(32), [submission])["ballot.proof"] > 0


def test_simulated_devices_share_their_tables(polls: Simulation) -> None:
    assert polls.device("n1")._power is polls.device("n2")._power


def test_the_seed_does_not_print(polls: Simulation) -> None:
    cast = polls.device("n1").cast({"council": (1,), "mayor": (1,)}, 1, Ballot.FIRST)
    assert repr(cast.ticket.seed) not in repr(cast)
    assert cast.ticket.seed.hex() not in repr(cast)
