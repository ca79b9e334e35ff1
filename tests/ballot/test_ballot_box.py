"""The box against a naive model of it, and a roll that cannot be wrong."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.ballot.box import BallotBox
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError, VerificationError
from evote.record import canonical
from evote.record.audit import Audit
from evote.record.entries import Ballot, Closing, Credential, Restoration, Revocation, Roll
from evote.record.lists import lines_digest
from evote.record.manifest import Election
from evote.record.merkle import leaf_hash
from evote.record.replies import Refusal
from evote.simulate import Simulation, VoterPlan
from tests.elections import (
    ask,
    bodies,
    changed,
    finished,
    open_box,
    selections,
    signed,
    small_election,
)

ELECTION, _ = small_election("sum")
STRATIFIED, _ = small_election("sum", strata=["young", "old"])


def credential(number: int, **changes: object) -> Credential:
    key = SigningKey.from_seed(number.to_bytes(32, "big")).public_key
    return changed(Credential(voter=f"v{number}", key=key, district="north"), **changes)


def box_of(credentials: Iterable[Credential], election: Election = ELECTION) -> BallotBox:
    return BallotBox(election, iter(credentials), Audit(), "roll")


PETITION = {"type": "petition", "options": [{"id": "yes", "name": "Yes"}], "count": {"method": "threshold", "votes": 2}}
TESTED = {"id": "pet", "title": "Pet", "districts": ["north"], "rules": {"result": "threshold"}, **PETITION}
COUNTED = {"id": "path", "title": "Path", **PETITION}
TESTING, _ = small_election("sum", contests=[COUNTED, TESTED])

ROLLS = {
    "a voter twice": (ELECTION, [credential(1), credential(2, voter="v1")], "roll.credential"),
    "a key twice": (ELECTION, [credential(1), credential(1, voter="v2")], "roll.credential"),
    "an unknown district": (ELECTION, [credential(1, district="east")], "roll.credential"),
    "a stratum where there are none": (ELECTION, [credential(1, stratum="young")], "roll.credential"),
    "no stratum where there are some": (STRATIFIED, [credential(1)], "roll.credential"),
    "an unknown stratum": (STRATIFIED, [credential(1, stratum="middle")], "roll.credential"),
    "a weight too many": (ELECTION, [credential(1, weight=(1 << 40) - 1), credential(2)], "roll.weight"),
    "weights that differ where all is only tested": (
        TESTING,
        [credential(1), credential(2, weight=100)],
        "petition.weight",
    ),
}


@pytest.mark.parametrize("name", ROLLS)
def test_a_wrong_roll_is_refused(name: str) -> None:
    election, credentials, check = ROLLS[name]
    with pytest.raises(VerificationError) as caught:
        box_of(credentials, election)
    assert caught.value.check == check


def test_a_roll_may_weigh_as_much_as_the_count_can_hold() -> None:
    assert box_of([credential(1, weight=(1 << 40) - 2), credential(2)]).electorate == 2
    assert box_of([credential(1, stratum="old")], STRATIFIED).electorate == 1


def test_weights_that_differ_are_refused_by_name() -> None:
    sentence = "contest pet is only tested and cannot carry weights that differ: voter v3 has weight 100, v2 has 7"
    with pytest.raises(VerificationError) as caught:
        box_of([credential(1, district="south"), *(credential(i, weight=w) for i, w in ((2, 7), (3, 100)))], TESTING)
    assert caught.value.subject == f"roll: {sentence}"


def test_weights_may_differ_where_they_are_counted_apart() -> None:
    """The south is not asked what is only tested, and to whom it is put all weigh the same."""
    south = [credential(i, district="south", weight=i) for i in (1, 2)]
    assert box_of([*south, credential(3, weight=9), credential(4, weight=9)], TESTING).electorate == 4
    assert box_of(south, TESTING).electorate == 2


def test_a_credential_key_that_anybody_could_sign_for_is_refused() -> None:
    with pytest.raises(DecodeError):
        box_of([credential(1, key=bytes([1] + [0] * 31))])


def test_the_roll_has_as_many_lines_as_it_says(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path / "record", *small_election("sum"))
    lines = [canonical.encode(credential(1)), canonical.encode(credential(2))]
    for count, check in ((3, "roll.count"), (1, "entry.encoding"), (0, "entry.encoding")):
        roll = Roll(credentials=lines_digest(lines), count=count)
        reply = ask(simulation.operator, signed(simulation, "registrar", roll), lines)
        assert isinstance(reply, Refusal)
        assert reply.check == check
    simulation.enrol([VoterPlan("v1", "north")])
    with pytest.raises(VerificationError, match=r"entry\.order"):
        simulation.enrol([VoterPlan("v2", "north")])
    simulation.operator.close_record()


BAD_LINES = {
    "not JSON": b"v1",
    "not canonical": canonical.encode(credential(1)) + b" ",
    "a name with a blank": canonical.encode(credential(1)).replace(b'"v1"', b'"v 1"'),
    "weight 0": canonical.encode(credential(1)).replace(b'"weight":1', b'"weight":0'),
    "a weight beyond all": canonical.encode(credential(1)).replace(b'"weight":1', b'"weight":1099511627776'),
    "a key of small order": canonical.encode(credential(1, key=bytes(32))),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_malformed_line_of_the_roll_is_refused(tmp_path: Path, name: str) -> None:
    simulation = Simulation(tmp_path / "record", *small_election("sum"))
    lines = [BAD_LINES[name]]
    line = signed(simulation, "registrar", Roll(credentials=lines_digest(lines), count=1))
    reply = ask(simulation.operator, line, lines)
    simulation.operator.close_record()
    assert isinstance(reply, Refusal)
    assert reply.check == "entry.encoding"


# --- a naive model: all events, replayed from the start ---

NAMES = [f"v{i}" for i in range(1, 5)]
EVENTS = st.lists(st.tuples(st.sampled_from(["vote", "revoke", "restore"]), st.sampled_from(NAMES)), max_size=25)


def naive(events: list[tuple[str, str]]) -> tuple[list[int], set[str], int]:
    """Return the indices kept, the revoked, and the number of ballots, by the plainest reading of the rules."""
    last = {voter: index for index, (what, voter) in enumerate(events) if what == "vote"}
    revoked = set[str]()
    for what, voter in events:
        if what == "revoke":
            revoked.add(voter)
        if what == "restore":
            revoked.discard(voter)
    kept = sorted(index for voter, index in last.items() if voter not in revoked)
    return kept, revoked, sum(what == "vote" for what, _ in events)


@given(EVENTS)
def test_the_last_ballot_counts_unless_revoked(events: list[tuple[str, str]]) -> None:
    box = box_of(map(credential, range(1, 5)))
    happened: list[tuple[str, str]] = []
    for what, voter in events:
        index, revoked = len(happened), voter in naive(happened)[1]
        if what == "vote":
            before = box.state(voter)
            ballot = Ballot(sequence=before.sequence + 1, previous=before.leaf, answers=())
            box.check_next(voter, ballot, "a ballot")
            box.keep(voter, index, leaf_hash(bytes([index])))
        elif revoked == (what == "revoke"):
            with pytest.raises(VerificationError, match="no change"):
                box.revoke(_registrar(what, voter), "the registrar")
            continue
        else:
            box.revoke(_registrar(what, voter), "the registrar")
        happened.append((what, voter))
    kept, revoked_now, ballots = naive(happened)
    voted = {voter for what, voter in happened if what == "vote"}
    assert [k.index for k in box.kept()] == kept
    assert box.closing(7, bytes(32)) == Closing(
        size=7,
        root=bytes(32),
        ballots=ballots,
        superseded=ballots - len(voted),
        revoked=len(voted & revoked_now),
        kept=len(kept),
    )


def _registrar(what: str, voter: str) -> Revocation | Restoration:
    return (Revocation if what == "revoke" else Restoration)(voter=voter, reason="because")


def test_only_voters_can_be_revoked() -> None:
    with pytest.raises(VerificationError, match="not on the roll") as caught:
        box_of([credential(1)]).revoke(_registrar("revoke", "v2"), "the registrar")
    assert caught.value.check == "box.revocation"


# --- closing ---

WRONG_CLOSINGS: dict[str, dict[str, Any]] = {
    "one entry less": {"size": 0},
    "another root": {"root": bytes(32)},
    "a ballot more": {"ballots": 4},
    "one superseded less": {"superseded": 0},
    "one revoked": {"revoked": 1},
    "one kept more": {"kept": 3},
}


def test_a_closing_states_things_as_they_are(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "sum")
    for voter in ("n1", "n2", "n1"):
        simulation.cast([simulation.ballot(voter, selections("sum", (1,), ()))])
    true = simulation.operator.closing()
    assert (true.ballots, true.superseded, true.revoked, true.kept) == (3, 1, 0, 2)
    for changes in WRONG_CLOSINGS.values():
        reply = ask(simulation.operator, signed(simulation, "operator", changed(true, **changes)))
        assert isinstance(reply, Refusal)
        assert reply.check == "box.closing"
    simulation.operator.close_box()
    late = signed(simulation, "registrar", Revocation(voter="n2", reason="too late"))
    for line in (late, signed(simulation, "operator", true)):
        reply = ask(simulation.operator, line)
        assert isinstance(reply, Refusal)
        assert reply.check == "entry.order"
    simulation.operator.close_record()


def test_answers_leave_the_box_in_board_order_and_without_names() -> None:
    simulation = finished("sum")
    board = [ballot.answers[0].ciphertexts for ballot in bodies(simulation.path, Ballot)]
    contest = simulation.election.contest("council")
    leaving = list(simulation.counting.box.answers(contest))
    assert len(leaving) == 8
    places = [board.index(ciphertexts) for _, ciphertexts in leaving]
    assert places == sorted(places)
    assert {unit.name for unit, _ in leaving} == {"north", "south"}


def test_the_story_is_accounted_for() -> None:
    (closing,) = bodies(finished("sum").path, Closing)
    # 15 ballots: n1 three times, n3 and s4 twice; n3 and n6 revoked; the heavy one is kept, but withheld.
    assert (closing.ballots, closing.superseded, closing.revoked, closing.kept) == (15, 4, 2, 9)
