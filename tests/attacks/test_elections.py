"""Named attacks by the board on the outcome: false results, small units, and elections that never were."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from evote.record.entries import AnyBody, Closing, Restoration, Result, Revocation
from evote.record.operator import sign_entry
from evote.simulate import Simulation, appoint, make_keys
from evote.verify import Report, verify
from tests.attacks.dishonest import board_of, condemned, items_of, refused_everywhere
from tests.elections import (
    CONTESTS,
    EXPECTED,
    NORTH,
    SOUTH,
    VOTERS,
    accept,
    bodies,
    copy_of,
    entries_of,
    finished,
    good_ballot,
    open_box,
    outcome,
    run_small,
    small_definition,
    story,
)
from tests.mutants.sealing import Item


def checks(report: Report) -> list[str]:
    return [finding.check for finding in report.failures]


# --- the result ---


def test_invalid_vote_declared_valid(tmp_path: Path) -> None:
    """Estonia's "invalid" pile (IVXV): a vote for nobody is given to Kai, and all sums still fit."""
    board = board_of(finished("mix"))
    (result,) = (item.body for item in items_of(board, "result"))
    unit = next(unit for unit in result["units"] if unit["invalid"])
    unit |= {"invalid": 0, "invalid_elements": [], "counts": [unit["counts"][0] + 1, *unit["counts"][1:]]}
    result |= {"invalid": 0, "counts": [result["counts"][0] + 1, *result["counts"][1:]]}
    assert condemned(board, tmp_path / "board") == ["result.count"]


def test_valid_vote_declared_invalid(tmp_path: Path) -> None:
    """The reverse: Kai loses one to the pile, which shows its plaintext g^1 as if it were nothing."""
    simulation = finished("mix")
    board = board_of(simulation)
    (result,) = (item.body for item in items_of(board, "result"))
    unit = result["units"][0]
    element = bytes(simulation.election.algebra.generator)
    unit |= {"invalid": unit["invalid"] + 1, "counts": [unit["counts"][0] - 1, *unit["counts"][1:]]}
    unit["invalid_elements"].append(element)
    result |= {"invalid": result["invalid"] + 1, "counts": [result["counts"][0] - 1, *result["counts"][1:]]}
    assert condemned(board, tmp_path / "board") == ["result.count"]


def test_votes_moved_between_options(tmp_path: Path) -> None:
    """Whoever only adds up would be satisfied: one vote moves, in the unit and in the total."""
    board = board_of(finished("sum"))
    (result,) = (item.body for item in items_of(board, "result"))
    for counts in (result["counts"], result["units"][0]["counts"]):
        counts[0] -= 1
        counts[1] += 1
    assert condemned(board, tmp_path / "board") == ["result.count"]


def test_result_before_its_time(tmp_path: Path) -> None:
    """The board announces a result that nobody has decrypted yet."""
    simulation = open_box(tmp_path / "record", "sum", NORTH)
    accept(simulation.cast([good_ballot(simulation, voter.voter) for voter in NORTH]))
    simulation.operator.close_box()
    simulation.operator.tally()
    body = msgspec.structs.replace(bodies(finished("sum").path, Result)[0], withheld=0)
    entry = sign_entry(simulation.keys.operator, simulation.election.fingerprint, "operator", body)
    assert refused_everywhere(simulation, tmp_path / "board", entry) == "entry.order"


# --- the ballot box ---


def test_ballot_left_out_of_the_count(tmp_path: Path) -> None:
    """Clash and exclusion (Kuesters, Truderung, Vogt 2012): the closing counts one ballot less than there are."""
    simulation = open_box(tmp_path / "record", "sum", NORTH)
    accept(simulation.cast([good_ballot(simulation, voter.voter) for voter in NORTH]))
    honest = simulation.operator.closing()
    body = msgspec.structs.replace(honest, kept=honest.kept - 1, revoked=1)
    entry = sign_entry(simulation.keys.operator, simulation.election.fingerprint, "operator", body)
    assert refused_everywhere(simulation, tmp_path / "board", entry) == "box.closing"


def test_two_voters_on_one_ballot(tmp_path: Path) -> None:
    """Kuesters, Truderung, Vogt 2012 (clash): a second voter with the same choice is shown the first one's ticket.

    It opens, and rightly; that it is another's ballot shows in the author of the entry that its leaf belongs to.
    """
    simulation = open_box(tmp_path / "record", "sum", NORTH)
    first = good_ballot(simulation, "n1")
    (receipt,) = accept(simulation.cast([first]))
    assert receipt.leaf == first.ticket.leaf
    assert entries_of(simulation.path)[receipt.index].author == "voter n1"
    assert good_ballot(simulation, "n2").ticket.leaf != receipt.leaf


def test_revocation_after_closing(tmp_path: Path) -> None:
    """The registrar looks at the partial counts and revokes whom it dislikes, or brings somebody back."""
    simulation = open_box(tmp_path / "record", "sum", VOTERS)
    story(simulation)
    simulation.operator.close_box()
    late: dict[str, AnyBody] = {
        "revoked": Revocation(voter="n1", reason="late"),
        "restored": Restoration(voter="n3", reason="late"),
    }
    for name, body in late.items():
        entry = sign_entry(simulation.keys.registrar, simulation.election.fingerprint, "registrar", body)
        assert refused_everywhere(simulation, tmp_path / name, entry) == "entry.order"


def test_rewritten_ending(tmp_path: Path) -> None:
    """Two boards for two audiences: each verifies, and the checkpoint that one audience keeps refutes the other."""
    simulation = open_box(tmp_path / "record", "sum", NORTH)
    accept(simulation.cast([good_ballot(simulation, voter) for voter in ("n1", "n2")]))
    board = board_of(simulation)
    board.items.pop()
    board.seal(tmp_path / "other")
    seen = (simulation.path / "board" / "checkpoint").read_bytes()
    assert verify(tmp_path / "other").status == verify(simulation.path).status == 2  # both still open
    assert "board.consistency" in checks(verify(tmp_path / "other", checkpoint=seen))
    assert verify(simulation.path, checkpoint=(tmp_path / "other" / "board" / "checkpoint").read_bytes()).status == 2


# --- small units ---


def test_small_unit_from_totals(tmp_path: Path) -> None:
    """Denning, Schloerer 1980 (trackers): total minus the other units is the unit that was withheld.

    Totals are sums of opened units, so nothing is left over; the lone heavy voter's ballot is in none.
    """
    report = verify(copy_of("both", tmp_path / "record"))
    assert report.status == 0
    for contest, result in report.results.items():
        assert outcome(result) == EXPECTED[contest]
        assert result.withheld == 1
        opened = [unit.ballots for unit in result.units]
        assert min(opened) >= 3
        for option, total in enumerate(result.counts):
            assert total == sum(unit.weight * unit.counts[option] for unit in result.units)
        assert not any("x5" in unit.unit for unit in result.units)


@pytest.mark.parametrize("road", ["sum", "mix"])
def test_one_voter_of_another_list_in_a_larger_unit(tmp_path: Path, road: str) -> None:
    """Merged with the south, the one voter of the north would be the one who could vote for Nia: all would see it."""
    options = [{"id": "nia", "name": "Nia", "districts": ["north"]}, {"id": "sam", "name": "Sam"}]
    contest = {**CONTESTS[road][0], "options": options}
    simulation = open_box(tmp_path / "record", road, (*NORTH, *SOUTH), contests=[contest])
    ballots = [simulation.ballot(v, {contest["id"]: [1 if v == "n1" else 2]}) for v in ("n1", "s1", "s2", "s3", "s4")]
    accept(simulation.cast(ballots))
    simulation.finish()
    (result,) = bodies(simulation.path, Result)
    assert [(unit.unit, unit.counts) for unit in result.units] == [("south", (0, 4))]
    assert result.withheld == 1
    assert verify(simulation.path).status == 0


UNITS = ("south/x5", "south+south/x5", "north+south", "north+south+south/x5", "")


@pytest.mark.parametrize("unit", UNITS)
def test_sum_over_other_units(tmp_path: Path, unit: str) -> None:
    """Denning, Schloerer 1980: a second partition of the same ballots, to be subtracted from the first."""
    simulation = open_box(tmp_path / "record", "sum", VOTERS)
    story(simulation)
    simulation.operator.close_box()
    simulation.operator.tally()
    board = board_of(simulation)
    board.items.append(Item("operator", {**board.items[-1].body, "unit": unit}, "operator"))
    assert condemned(board, tmp_path / "board") == ["tally.unit" if unit else "entry.encoding"]


def test_closed_twice(tmp_path: Path) -> None:
    """A second closing, a ballot later, would give two sums to subtract from each other."""
    simulation = open_box(tmp_path / "record", "sum", NORTH)
    accept(simulation.cast([good_ballot(simulation, voter.voter) for voter in NORTH[1:]]))
    simulation.operator.close_box()
    late = good_ballot(simulation, "n1").entry
    assert refused_everywhere(simulation, tmp_path / "late", late) == "entry.order"
    closing = bodies(simulation.path, Closing)[0]
    body = msgspec.structs.replace(closing, size=closing.size + 1, root=simulation.operator.procedure.log.root())
    entry = sign_entry(simulation.keys.operator, simulation.election.fingerprint, "operator", body)
    assert refused_everywhere(simulation, tmp_path / "closed", entry) == "entry.order"


# --- elections that never were ---


def test_wholly_invented_record(tmp_path: Path) -> None:
    """Whoever holds all keys can hold the whole election alone; only what the auditor brings along shows it."""
    honest = finished("mix")
    keys = make_keys(3, 2)
    forged = Simulation(tmp_path / "record", appoint(small_definition("mix"), keys), keys)
    forged.enrol((*NORTH, *SOUTH))
    forged.make_key()
    accept(forged.cast([good_ballot(forged, voter.voter, mayor=[2]) for voter in (*NORTH, *SOUTH)]))
    forged.finish()
    alone = verify(forged.path)
    assert alone.status == 0
    assert alone.notes[0].startswith("origin of the record: not checked")
    assert checks(verify(forged.path, expect=honest.election.fingerprint)) == ["record.origin"]
    seen = (honest.path / "board" / "checkpoint").read_bytes()
    assert "board.checkpoint" in checks(verify(forged.path, checkpoint=seen))
    for path in (forged.path, honest.path):
        own = verify(path).election
        assert own is not None
        assert verify(path, expect=own.fingerprint).status == 0


def test_invented_electorate(tmp_path: Path) -> None:
    """The board's own keys on the roll: the registrar's signature stands in the way, and nothing else can."""
    simulation = open_box(tmp_path / "record", "sum", NORTH)
    board = board_of(simulation)
    roll = items_of(board, "roll")[0]
    roll.signer = "operator"
    assert condemned(board, tmp_path / "board") == ["entry.signature"]


def test_definition_changed_after_the_vote(tmp_path: Path) -> None:
    """Another threshold, list or rule for the same ballots: everything on the board is bound to the fingerprint."""
    changes = {"threshold": 3, "minimum_group": 1, "name": "Another", "simulated": False}
    for name, value in changes.items():
        board = board_of(finished("mix"))
        board.election[name] = value
        # The first opening is no longer the one committed to, and after a fault the ceremony does not go on.
        expected = "key.opening" if name == "threshold" else "key.order"
        assert condemned(board, tmp_path / name) == [expected]


def test_the_honest_election(tmp_path: Path) -> None:
    """What all of these are measured against."""
    simulation = run_small(tmp_path / "record", "mix")
    report = verify(simulation.path, expect=simulation.election.fingerprint)
    assert report.status == 0
    assert not report.notes
    assert report.results["mayor"].invalid == 1
