"""The simulation plays every party by the rules, and says what the door refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from evote.errors import VerificationError
from evote.record.entries import Revocation
from evote.record.replies import Refusal
from evote.simulate import Simulation, make_keys
from evote.tally.trustee import Trustee
from evote.verify import verify
from tests.elections import (
    NORTH,
    accept,
    finished,
    good_ballot,
    keys_of,
    open_box,
    run_small,
    small_definition,
    small_election,
    spoilt_ballot,
    story,
)


@pytest.mark.parametrize("group_name", ["p-256", "modp-2048"])
def test_other_groups_do_as_well(tmp_path: Path, group_name: str) -> None:
    simulation = open_box(tmp_path / "record", "both", NORTH[:4], group=group_name)
    accept(simulation.cast([good_ballot(simulation, voter, (2,), (1,)) for voter in ("n1", "n2", "n3")]))
    simulation.finish()
    report = verify(simulation.path)
    assert report.status == 0
    assert (report.results["council"].counts, report.results["mayor"].counts) == ((0, 3, 0), (3, 0, 0))


@pytest.mark.parametrize(("trustees", "threshold"), [(1, 1), (3, 3), (4, 2)])
def test_other_numbers_of_trustees_do_as_well(tmp_path: Path, trustees: int, threshold: int) -> None:
    simulation = run_small(tmp_path / "record", "sum", trustees=trustees, threshold=threshold)
    assert verify(simulation.path).status == 0


@pytest.mark.parametrize("mixers", [1, 3])
def test_other_numbers_of_mixers_do_as_well(tmp_path: Path, mixers: int) -> None:
    simulation = run_small(tmp_path / "record", "mix", mixers=mixers)
    assert verify(simulation.path).status == 0


def test_any_trustees_may_decrypt(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "mix")
    story(simulation)
    simulation.operator.close_box()
    simulation.mix()
    simulation.decrypt([3, 2, 1])
    simulation.operator.tally()
    simulation.operator.close_record()
    assert verify(simulation.path).results["mayor"].counts == (4, 1, 1)


def test_the_definition_says_that_it_is_simulated() -> None:
    election, keys = small_election("mix")
    assert election.simulated
    assert election.mixers[0].name == "Simulated mix server 1"
    assert [role.key for role in election.trustees] == [key.public_key for key in keys.trustees]
    assert small_definition("sum")["contests"] != small_definition("mix")["contests"]


def test_everybody_has_a_key_of_their_own() -> None:
    keys = make_keys(3, 2)
    simulation = finished("both")
    for holder in (keys, keys_of()):
        roles = ["operator", "registrar", "trustee 1", "trustee 2", "trustee 3", "mixer 1", "mixer 2"]
        assert len({holder.of(role).public_key for role in roles}) == 7
    assert simulation.keys.of("voter n1").public_key == simulation.device("n1")._credential.key


def test_before_their_time_there_is_nothing(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path / "record", *small_election("sum"))
    with pytest.raises(ValueError, match="no roll yet"):
        simulation.ballot("n1", {})
    for ask in (lambda: simulation.key, lambda: simulation.counting):
        with pytest.raises(ValueError, match=r"no joint key|not closed"):
            ask()
    simulation.operator.close_record()


def test_what_the_door_refuses_is_raised_or_returned(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "sum")
    with pytest.raises(VerificationError, match=r"box\.revocation"):
        simulation.restore("n1")
    with pytest.raises(VerificationError, match=r"box\.revocation"):
        simulation.post("registrar", Revocation(voter="nobody", reason=""))
    cast = good_ballot(simulation, "n1")
    accept(simulation.cast([cast]))
    (reply,) = simulation.cast([cast])
    assert isinstance(reply, Refusal)
    assert simulation.tickets["n1"] == cast.ticket
    simulation.operator.close_record()


def test_a_spoilt_ballot_is_accepted_and_found_invalid(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "mix")
    accept(simulation.cast([spoilt_ballot(simulation, voter, ()) for voter in ("n1", "n2", "n3")]))
    simulation.finish()
    result = verify(simulation.path).results["mayor"]
    assert (result.counts, result.invalid, len(result.units[0].invalid_elements)) == ((0, 0, 0), 3, 3)


def test_the_parties_are_the_real_ones() -> None:
    assert all(isinstance(trustee, Trustee) for trustee in finished("sum").trustees)
