"""The voting device refuses what the door would refuse, and keeps its secrets to itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pytest

from evote.ballot.voter import Voter
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


REFUSED: dict[str, Mapping[str, Collection[int]]] = {
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


def test_the_seed_does_not_print(polls: Simulation) -> None:
    cast = polls.device("n1").cast({"council": (1,), "mayor": (1,)}, 1, Ballot.FIRST)
    assert repr(cast.ticket.seed) not in repr(cast)
    assert cast.ticket.seed.hex() not in repr(cast)
