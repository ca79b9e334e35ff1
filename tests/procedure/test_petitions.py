"""Petitions of which only a test is told: the bit is right, and nobody can state another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evote.crypto.pedersen import second_generator
from evote.errors import Refused, VerificationError
from evote.methods.outcome import Outcome
from evote.methods.threshold import as_of
from evote.record.entries import AnyBody, Entry, Result, ThresholdProof, ThresholdShare, ThresholdTest
from evote.simulate import Simulation, VoterPlan, appoint
from evote.tally.petition_trustee import PetitionTrustee, Pooled, decode_pooled
from evote.verify import verify
from tests.elections import keys_of

ROLL = [VoterPlan(f"v{i}", "land") for i in range(1, 9)]
HEAVY = [VoterPlan(plan.voter, plan.district, weight=5) for plan in ROLL]
EARLY = "1 June"


def petition(
    path: Path, voters: Sequence[VoterPlan] = ROLL, count: dict[str, Any] | None = None, *, key: bool = True
) -> Simulation:
    """Return an election with one petition, ready for ballots if there is to be a key."""
    definition = {
        "name": "A petition",
        "group": "ristretto255",
        "threshold": 2,
        "minimum_group": 3,
        "districts": [{"id": "land", "name": "Land"}],
        "contests": [
            {
                "id": "park",
                "title": "A park",
                "type": "petition",
                "rules": {"result": "threshold", "tests": f"{EARLY},1 July"},
                "count": count or {"method": "threshold", "votes": 4},
                "options": [{"id": "support", "name": "I support it"}],
            }
        ],
    }
    keys = keys_of(3, 0)
    simulation = Simulation(path, appoint(definition, keys), keys)
    simulation.enrol(voters)
    if key:
        simulation.make_key()
    return simulation


def vote(simulation: Simulation, supporters: Sequence[str], others: Sequence[str] = ()) -> None:
    ballots = [simulation.ballot(v, {"park": (1,)}) for v in supporters]
    ballots += [simulation.ballot(v, {"park": ()}) for v in others]
    assert all(not hasattr(reply, "check") for reply in simulation.cast(ballots))


def names(*numbers: int) -> list[str]:
    return [f"v{i}" for i in numbers]


def outcome(simulation: Simulation) -> Result:
    return simulation.counting.results["park"]


def decision(simulation: Simulation) -> Outcome:
    found = outcome(simulation).outcome
    assert found is not None
    return found


# --- the bit ---


@pytest.mark.parametrize("supporters", range(3, 7))
def test_only_the_bit_is_told(tmp_path: Path, supporters: int) -> None:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(*range(1, supporters + 1)), names(*range(supporters + 1, 8)))
    simulation.finish()
    found = outcome(simulation)
    assert found.outcome is not None
    assert found.outcome.winners == (("support",) if supporters >= 4 else ())
    assert (found.units, found.counts, found.withheld) == ((), (), 0)
    assert found.outcome.tables[0].rows == (("closing", "7", "4", "yes" if supporters >= 4 else "no"),)
    report = verify(tmp_path / "r", expect=simulation.election.fingerprint)
    assert report.status == 0, report.findings


def test_withdrawing_is_a_vote_of_nothing(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4))
    vote(simulation, [], names(4))
    simulation.finish()
    assert decision(simulation).winners == ()


def test_it_is_tested_before_closing_too(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2), names(5))
    simulation.test("park", EARLY)
    vote(simulation, names(3, 4, 6))
    simulation.test("park", "1 July")
    vote(simulation, [], names(1, 2, 3))
    simulation.finish()
    rows = decision(simulation).tables[0].rows
    assert rows == ((EARLY, "3", "4", "no"), ("1 July", "6", "4", "yes"), ("closing", "6", "4", "no"))
    assert outcome(simulation).withheld == 0
    assert verify(tmp_path / "r").status == 0


def test_nobody_stands_alone_between_two_tests(tmp_path: Path) -> None:
    """The trustee who proves both would see how those few voted; so they are withheld, and the test before stands."""
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4), names(5))
    simulation.test("park", EARLY)
    vote(simulation, [], names(4))
    vote(simulation, names(4))
    vote(simulation, [], names(4, 1))
    with pytest.raises(VerificationError, match="2 new ballots are too few") as caught:
        simulation.operator.test("park", "1 July")
    assert caught.value.check == "tally.unit"
    simulation.finish()
    found = outcome(simulation)
    assert found.outcome is not None
    assert (found.withheld, found.outcome.winners) == (2, ("support",))
    assert found.outcome.tables[0].rows == ((EARLY, "5", "4", "yes"), BARRED)
    assert verify(tmp_path / "r").status == 0


BARRED = ("closing", "5", "4", "barred: fewer than 3 new ballots")


def test_an_outcome_says_of_which_test_it_is(tmp_path: Path) -> None:
    """Five support it, of whom two came after the test: the no is that of the test, and says so."""
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3), names(4, 5, 6))
    simulation.test("park", EARLY)
    vote(simulation, names(7, 8))
    simulation.finish()
    decided = decision(simulation)
    rows = ((EARLY, "6", "4", "no"), ("closing", "8", "4", "barred: fewer than 3 new ballots"))
    assert (decided.winners, decided.tables[0].rows, outcome(simulation).withheld) == ((), rows, 2)
    assert as_of(decided) == "as of the test 1 June; that at closing was barred: fewer than 3 new ballots"
    report = verify(tmp_path / "r")
    assert report.status == 0
    assert f"contest park: decided {as_of(decided)}" in report.notes


def test_an_outcome_at_closing_needs_no_word(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3))
    simulation.finish()
    assert as_of(decision(simulation)) == ""
    assert not any("park" in note for note in verify(tmp_path / "r").notes)


def test_a_revocation_alone_makes_no_test(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4), names(5))
    simulation.test("park", EARLY)
    simulation.revoke("v1")
    simulation.finish()
    assert (outcome(simulation).withheld, decision(simulation).winners) == (1, ("support",))
    assert decision(simulation).tables[0].rows[1:] == (("closing", "4", *BARRED[2:]),)


def test_ballots_that_came_back_are_not_new(tmp_path: Path) -> None:
    """Five are set aside after spring, so that the others alone are few; they come back, and v6 with them."""
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4), names(5, 7))
    simulation.test("park", EARLY)
    for voter in names(1, 2, 3):
        simulation.revoke(voter)
    with pytest.raises(VerificationError, match="0 new ballots are too few"):
        simulation.operator.test("park", "1 July")
    for voter in names(1, 2, 3):
        simulation.restore(voter)
    vote(simulation, names(6))
    simulation.finish()
    assert [row[0] for row in decision(simulation).tables[0].rows] == [EARLY, "closing"]
    assert outcome(simulation).withheld == 1


def test_ballots_set_aside_at_every_test_so_far_are_new(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4), names(5, 6))
    for voter in names(1, 2, 3):
        simulation.revoke(voter)
    simulation.test("park", EARLY)
    for voter in names(1, 2, 3):
        simulation.restore(voter)
    simulation.finish()
    rows = ((EARLY, "3", "4", "no"), ("closing", "6", "4", "yes"))
    assert decision(simulation).tables[0].rows == rows


def test_the_ballots_of_any_test_before_may_be_tested_again(tmp_path: Path) -> None:
    """Not only of the last one: those who came in between are set aside."""
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4))
    simulation.test("park", EARLY)
    vote(simulation, [], names(5, 6, 7))
    simulation.test("park", "1 July")
    for voter in names(5, 6, 7):
        simulation.revoke(voter)
    simulation.finish()
    assert [row[:2] for row in decision(simulation).tables[0].rows] == [(EARLY, "4"), ("1 July", "7"), ("closing", "4")]
    assert outcome(simulation).withheld == 0
    assert verify(tmp_path / "r").status == 0


def test_the_same_ballots_may_be_tested_again(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4), names(5))
    simulation.test("park", EARLY)
    simulation.finish()
    assert [row[0] for row in decision(simulation).tables[0].rows] == [EARLY, "closing"]


def test_a_test_under_way_is_waited_for(tmp_path: Path) -> None:
    """The last test decides, even if the box was closed meanwhile."""
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4), names(5))
    simulation.operator.test("park", EARLY)
    vote(simulation, [], names(1))
    simulation.operator.close_box()
    assert next(iter(simulation.counting.pending())) == ("trustees", "2 more shares of contest park, test 1 June")
    simulation.answer_tests()
    simulation.operator.tally()
    assert decision(simulation).winners == ("support",)


def test_votes_weigh(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r", HEAVY, {"method": "threshold", "share": "1/2"})
    vote(simulation, names(1, 2, 3), names(4))
    simulation.finish()
    assert decision(simulation).tables[0].rows == (("closing", "4", "20", "no"),)
    assert decision(simulation).winners == ()


@pytest.mark.parametrize(("share", "t"), [("0.5", 4), ("1/8", 1), ("0.51", 5), ("1", 8)])
def test_a_share_of_the_electorate_is_rounded_up(tmp_path: Path, share: str, t: int) -> None:
    simulation = petition(tmp_path / "r", count={"method": "threshold", "share": share})
    vote(simulation, names(*range(1, t + 1)), names(*range(t + 1, 9)))
    simulation.finish()
    assert decision(simulation).winners == ("support",)
    assert decision(simulation).tables[0].rows[0][2] == str(t)


def test_a_threshold_beyond_everybody(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r", count={"method": "threshold", "votes": (1 << 53) - 1})
    vote(simulation, names(1, 2, 3))
    simulation.finish()
    assert decision(simulation).winners == ()
    assert verify(tmp_path / "r").status == 0


@pytest.mark.parametrize("votes", [-1, 0, 1 << 53, 1 << 300])
def test_a_threshold_that_nothing_could_be_proved_of(tmp_path: Path, votes: int) -> None:
    """The distance from it is proved modulo the group's order."""
    with pytest.raises(ValueError, match="a threshold is a number of votes"):
        petition(tmp_path / "r", count={"method": "threshold", "votes": votes})


def test_too_few_ballots_are_not_tested(tmp_path: Path) -> None:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2))
    with pytest.raises(VerificationError, match="too few") as caught:
        simulation.operator.test("park", EARLY)
    assert caught.value.check == "tally.unit"
    simulation.finish()
    assert (outcome(simulation).outcome, outcome(simulation).withheld) == (None, 2)
    assert verify(tmp_path / "r").status == 0


# --- what the operator may not do ---


def refused(simulation: Simulation, author: str, body: AnyBody, check: str) -> None:
    with pytest.raises(VerificationError) as caught:
        simulation.post(author, body)
    assert caught.value.check == check


def due(simulation: Simulation, time: str = EARLY) -> ThresholdTest:
    procedure = simulation.operator.procedure
    assert procedure.box is not None
    return procedure.petitions.body(simulation.election.contests[0], time, procedure.box, procedure.log)


@pytest.fixture
def voted(tmp_path: Path) -> Simulation:
    simulation = petition(tmp_path / "r")
    vote(simulation, names(1, 2, 3, 4), names(5, 6))
    return simulation


LIES: dict[str, Callable[[ThresholdTest], ThresholdTest]] = {
    "another size": lambda b: msgspec.structs.replace(b, size=b.size - 1),
    "another root": lambda b: msgspec.structs.replace(b, root=bytes(32)),
    "more ballots": lambda b: msgspec.structs.replace(b, ballots=b.ballots + 1),
    "no aggregate": lambda b: msgspec.structs.replace(b, aggregate=b""),
    "halves swapped": lambda b: msgspec.structs.replace(b, aggregate=b.aggregate[32:] + b.aggregate[:32]),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_test_states_what_is_so(voted: Simulation, lie: str) -> None:
    refused(voted, "operator", LIES[lie](due(voted)), "petition.test")
    voted.test("park", EARLY)


def test_one_ballot_is_no_test(voted: Simulation) -> None:
    """The operator wants the trustees to test a single ballot."""
    ballot = voted.ballot("v7", {"park": (1,)})
    sealed = ballot.entry.body.answers[0].ciphertexts[0]  # type: ignore[union-attr]
    refused(voted, "operator", msgspec.structs.replace(due(voted), aggregate=sealed), "petition.test")


@pytest.mark.parametrize("time", ["closing", "2 June", ""])
def test_times_are_those_of_the_definition(voted: Simulation, time: str) -> None:
    check = "petition.order" if time else "entry.encoding"
    refused(voted, "operator", msgspec.structs.replace(due(voted), time=time), check)


def test_times_come_once_and_in_order(voted: Simulation) -> None:
    voted.test("park", "1 July")
    refused(voted, "operator", due(voted, "1 July"), "petition.order")
    refused(voted, "operator", due(voted, EARLY), "petition.order")
    voted.operator.close_box()
    refused(voted, "operator", due(voted, EARLY), "petition.order")


def test_another_contest_is_not_tested(voted: Simulation) -> None:
    refused(voted, "operator", msgspec.structs.replace(due(voted), contest="pool"), "petition.order")


def test_no_result_without_the_last_test(voted: Simulation) -> None:
    voted.operator.close_box()
    petitions, box = voted.operator.procedure.petitions, voted.operator.procedure.box
    assert box is not None
    refused(voted, "operator", petitions.result(voted.election.contests[0], box), "entry.order")
    voted.operator.tally()
    refused(voted, "operator", petitions.result(voted.election.contests[0], box), "entry.order")
    voted.answer_tests()
    reached = petitions.result(voted.election.contests[0], box)
    assert reached.outcome is not None
    lie = msgspec.structs.replace(reached, outcome=msgspec.structs.replace(reached.outcome, winners=()))
    refused(voted, "operator", lie, "result.count")
    voted.operator.tally()


# --- phases and authors ---

BODIES: dict[str, tuple[str, AnyBody]] = {
    "test": (
        "operator",
        ThresholdTest(contest="park", time=EARLY, size=0, root=bytes(32), ballots=3, aggregate=bytes(64)),
    ),
    "share": ("trustee 1", ThresholdShare(contest="park", time=EARLY, share=bytes(32), proof=b"")),
    "proof": (
        "trustee 1",
        ThresholdProof(contest="park", time=EARLY, trustees=(1, 2), reached=True, commitments=(), proofs=()),
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_there_are_no_tests_before_voting(tmp_path: Path, name: str) -> None:
    simulation = petition(tmp_path / "r", key=False)
    refused(simulation, *BODIES[name], "entry.order")


@pytest.mark.parametrize("name", BODIES)
def test_nobody_else_says_it(voted: Simulation, name: str) -> None:
    author, body = BODIES[name]
    for other in {"operator", "registrar", "trustee 1", "voter v1"} - {author}:
        refused(voted, other, body, "entry.author")


# --- what trustees may not do ---


def petition_trustees(simulation: Simulation) -> list[PetitionTrustee]:
    pairs = zip(simulation.trustees, simulation.keys.trustees, strict=True)
    return [PetitionTrustee(simulation.election, trustee, key) for trustee, key in pairs]


def under_way(simulation: Simulation, shares: int = 2) -> tuple[list[PetitionTrustee], Any]:
    """Open a test and post so many shares of it."""
    simulation.operator.test("park", EARLY)
    tests, parties = simulation.operator.procedure.petitions.tests, petition_trustees(simulation)
    for index in range(shares):
        post(simulation, parties[index].share(tests, "park", EARLY))
    return parties, tests


def post(simulation: Simulation, entry: Entry) -> None:
    simulation.post(entry.author, entry.body)


def share_of(simulation: Simulation) -> ThresholdShare:
    parties, tests = under_way(simulation, 1)
    body = parties[1].share(tests, "park", EARLY).body
    assert isinstance(body, ThresholdShare)
    return body


def shifted(simulation: Simulation, share: bytes) -> bytes:
    group = simulation.election.algebra
    return bytes(group.decode(share) * second_generator(group))


SHARES: dict[str, tuple[str, Callable[[Simulation, ThresholdShare], ThresholdShare]]] = {
    "blinded again": ("petition.share", lambda s, b: msgspec.structs.replace(b, share=shifted(s, b.share))),
    "no element": ("entry.encoding", lambda _, b: msgspec.structs.replace(b, share=b"\xff" * 32)),
    "a proof too short": ("entry.encoding", lambda _, b: msgspec.structs.replace(b, proof=b.proof[:-1])),
    "of another time": ("petition.order", lambda _, b: msgspec.structs.replace(b, time="1 July")),
}


@pytest.mark.parametrize("name", SHARES)
def test_a_share_is_proved(voted: Simulation, name: str) -> None:
    body = share_of(voted)
    check, change = SHARES[name]
    refused(voted, "trustee 2", change(voted, body), check)
    refused(voted, "trustee 3", body, "petition.share")
    voted.post("trustee 2", body)
    refused(voted, "trustee 2", body, "petition.once")


def proof_of(simulation: Simulation) -> ThresholdProof:
    parties, tests = under_way(simulation)
    pooled = [parties[1].pool(tests, "park", EARLY, receiver=1)]
    body = parties[0].prove(tests, "park", EARLY, pooled).body
    assert isinstance(body, ThresholdProof)
    return body


def edited(body: ThresholdProof, **changes: Any) -> ThresholdProof:
    return msgspec.structs.replace(body, **changes)


PROOFS: dict[str, tuple[str, Callable[[ThresholdProof], ThresholdProof]]] = {
    "the other outcome": ("petition.proof", lambda b: edited(b, reached=not b.reached)),
    "other commitments": ("petition.proof", lambda b: edited(b, commitments=b.commitments[::-1])),
    "a commitment less": ("petition.proof", lambda b: edited(b, commitments=b.commitments[:-1])),
    "a proof less": ("petition.proof", lambda b: edited(b, proofs=b.proofs[:-1])),
    "proofs swapped": ("petition.proof", lambda b: edited(b, proofs=(b.proofs[1], b.proofs[0], *b.proofs[2:]))),
    "no proofs at all": ("petition.proof", lambda b: edited(b, commitments=(), proofs=())),
    "one trustee": ("petition.trustees", lambda b: edited(b, trustees=(1,))),
    "a trustee without a share": ("petition.trustees", lambda b: edited(b, trustees=(1, 3))),
    "a trustee twice": ("petition.trustees", lambda b: edited(b, trustees=(1, 1))),
    "out of order": ("petition.trustees", lambda b: edited(b, trustees=(2, 1))),
    "another time": ("petition.order", lambda b: edited(b, time="1 July")),
}


@pytest.mark.parametrize("name", PROOFS)
def test_the_outcome_is_proved(voted: Simulation, name: str) -> None:
    body = proof_of(voted)
    check, change = PROOFS[name]
    refused(voted, "trustee 1", change(body), check)
    refused(voted, "trustee 2", body, "petition.proof")
    refused(voted, "trustee 3", body, "petition.trustees")
    voted.post("trustee 1", body)
    refused(voted, "trustee 1", body, "petition.order")


def test_a_proof_of_one_test_is_not_one_of_another(voted: Simulation) -> None:
    """Between the tests nothing changed but the time."""
    early = proof_of(voted)
    voted.operator.test("park", "1 July")
    parties, tests = petition_trustees(voted), voted.operator.procedure.petitions.tests
    for index in (0, 1):
        post(voted, parties[index].share(tests, "park", "1 July"))
    refused(voted, "trustee 1", edited(early, time="1 July"), "petition.proof")


# --- what trustees refuse ---


def test_nothing_is_shared_before_the_test(voted: Simulation) -> None:
    tests = voted.operator.procedure.petitions.tests
    with pytest.raises(Refused, match="not being tested"):
        petition_trustees(voted)[0].share(tests, "park", EARLY)


def test_nothing_is_shared_after_it(voted: Simulation) -> None:
    parties, tests = under_way(voted)
    post(voted, parties[0].prove(tests, "park", EARLY, [parties[1].pool(tests, "park", EARLY, receiver=1)]))
    with pytest.raises(Refused, match="is over"):
        parties[2].share(tests, "park", EARLY)


def test_a_share_is_the_same_each_time(voted: Simulation) -> None:
    voted.operator.test("park", EARLY)
    tests, first = voted.operator.procedure.petitions.tests, petition_trustees(voted)[0]
    said = [first.share(tests, "park", EARLY).body for _ in range(2)]
    assert said[0].share == said[1].share  # type: ignore[union-attr]


def test_another_aggregate_is_not_shared(voted: Simulation) -> None:
    """A board that shows this trustee another test of the same name."""
    parties, tests = under_way(voted, 1)
    test = tests.find("park", EARLY)
    test.body = msgspec.structs.replace(test.body, ballots=5)
    with pytest.raises(Refused, match="another"):
        parties[0].share(tests, "park", EARLY)


def test_no_blinding_is_pooled_too_early(voted: Simulation) -> None:
    parties, tests = under_way(voted, 1)
    with pytest.raises(Refused, match="waits for more"):
        parties[0].pool(tests, "park", EARLY, receiver=2)
    with pytest.raises(Refused, match="not on the board"):
        parties[1].pool(tests, "park", EARLY, receiver=1)


@pytest.mark.parametrize("receiver", [-1, 0, 2, 3, 4])
def test_the_blinding_is_for_another_trustee_with_a_share(voted: Simulation, receiver: int) -> None:
    """Those who learn the count are among the t whose shares make it."""
    parties, tests = under_way(voted, 2)
    with pytest.raises(Refused, match="is not another one with a share"):
        parties[1].pool(tests, "park", EARLY, receiver=receiver)


def test_nothing_is_pooled_or_proved_after_the_test(voted: Simulation) -> None:
    """The bit is told; whoever still asks for blindings wants the count."""
    parties, tests = under_way(voted, 3)
    pooled = [parties[1].pool(tests, "park", EARLY, receiver=1)]
    post(voted, parties[0].prove(tests, "park", EARLY, pooled))
    with pytest.raises(Refused, match="is over"):
        parties[1].pool(tests, "park", EARLY, receiver=3)
    with pytest.raises(Refused, match="is over"):
        parties[0].prove(tests, "park", EARLY, pooled)


def test_what_is_pooled_is_for_one_trustee(voted: Simulation) -> None:
    parties, tests = under_way(voted, 3)
    pooled = parties[1].pool(tests, "park", EARLY, receiver=1)
    assert decode_pooled(bytes(pooled)) == pooled
    with pytest.raises(Refused, match="another trustee"):
        parties[2].prove(tests, "park", EARLY, [pooled])
    redirected = msgspec.structs.replace(pooled, receiver=3)
    with pytest.raises(VerificationError, match="trustee 2 did not hand over"):
        parties[2].prove(tests, "park", EARLY, [redirected])


def test_a_false_blinding_names_its_trustee(voted: Simulation) -> None:
    parties, tests = under_way(voted)
    state = voted.trustees[1].state
    state.blindings["contest park, test 1 June"] = bytes(voted.election.algebra.scalar(7))
    with pytest.raises(VerificationError, match="trustee 2") as caught:
        parties[0].prove(tests, "park", EARLY, [parties[1].pool(tests, "park", EARLY, receiver=1)])
    assert caught.value.check == "petition.pool"


def test_as_many_blindings_as_the_threshold(voted: Simulation) -> None:
    parties, tests = under_way(voted, 3)
    pooled: list[Pooled] = [party.pool(tests, "park", EARLY, receiver=1) for party in parties[1:]]
    for some in ([], pooled):
        with pytest.raises(Refused, match="blindings of 2"):
            parties[0].prove(tests, "park", EARLY, some)


def test_any_two_trustees_will_do(voted: Simulation) -> None:
    parties, tests = under_way(voted, 3)
    post(voted, parties[2].prove(tests, "park", EARLY, [parties[1].pool(tests, "park", EARLY, receiver=3)]))
    assert tests.find("park", EARLY).reached is True
