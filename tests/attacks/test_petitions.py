"""Named attacks on the tests of petitions: by an operator who wants the count, by trustees who lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from evote.ballot.voter import CastBallot
from evote.crypto.signing import SigningKey
from evote.errors import Refused, VerificationError
from evote.procedure.petitions import Petitions
from evote.record import canonical
from evote.record.entries import (
    Aggregate,
    AnyBody,
    Credential,
    DecryptionShare,
    Entry,
    Roll,
    ThresholdTest,
    ballot_in,
)
from evote.record.lists import lines_digest
from evote.record.operator import sign_entry
from evote.record.units import Place
from evote.simulate import Simulation, VoterPlan, appoint
from evote.tally.petition_trustee import PetitionTrustee
from evote.verify import verify
from tests.attacks.dishonest import refused_everywhere
from tests.elections import GROUP, accept, changed, keys_of
from tests.reference import verifier
from tests.reference.groups import Refuted

JUNE, JULY = "1 June", "1 July"
SUPPORT = {"options": [{"id": "support", "name": "Yes"}], "count": {"method": "threshold", "votes": 3}}
RULES = {"result": "threshold", "tests": f"{JUNE},{JULY}"}
PARK, POOL = ({"id": name, "title": name, "type": "petition", "rules": RULES, **SUPPORT} for name in ("park", "pool"))


@pytest.fixture
def simulation(tmp_path: Path) -> Simulation:
    """Return two petitions that four voters have answered alike, three of them in support."""
    keys = keys_of(3, 0)
    land = [{"id": "land", "name": "Land"}]
    definition = {"name": "Petitions", "group": GROUP, "threshold": 2, "minimum_group": 3, "districts": land}
    simulation = Simulation(tmp_path / "record", appoint({**definition, "contests": [PARK, POOL]}, keys), keys)
    simulation.enrol([VoterPlan(f"v{i}", "land") for i in range(1, 9)])
    simulation.make_key()
    accept(simulation.cast([ballot(simulation, i) for i in range(1, 5)]))
    return simulation


def ballot(simulation: Simulation, voter: int) -> CastBallot:
    choice = (1,) if voter < 4 else ()
    return simulation.ballot(f"v{voter}", {"park": choice, "pool": choice})


def petition_trustee(simulation: Simulation, index: int) -> PetitionTrustee:
    return PetitionTrustee(simulation.election, simulation.trustees[index - 1], simulation.keys.trustees[index - 1])


def share(simulation: Simulation, index: int, contest: str = "park", time: str = JUNE) -> Entry:
    return petition_trustee(simulation, index).share(simulation.operator.procedure.petitions.tests, contest, time)


def by(simulation: Simulation, author: str, body: AnyBody) -> Entry:
    return sign_entry(simulation.keys.of(author), simulation.election.fingerprint, author, body)


def due(simulation: Simulation, time: str) -> ThresholdTest:
    procedure = simulation.operator.procedure
    assert procedure.box is not None
    return procedure.petitions.body(simulation.election.contest("park"), time, procedure.box, procedure.log)


def barred(simulation: Simulation, time: str, path: Path) -> None:
    """Check that no test is made now: the honest operator will not open it, and nobody takes it from another one."""
    with pytest.raises(VerificationError, match="new ballots are too few") as caught:
        simulation.operator.test("park", time)
    assert caught.value.check == "tally.unit"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Petitions, "_enough", lambda *_: True)
        entry = by(simulation, "operator", due(simulation, time))
    assert refused_everywhere(simulation, path, entry) == "tally.unit"
    with pytest.raises(Refuted, match="too few new ballots"):
        verifier.verify(path)


# --- the operator wants more than the bit ---


HEAVY = {"one heavy voter": [1000] + [1] * 8, "powers of two": [1, 2, 4, 8, 16]}


@pytest.mark.parametrize("weights", HEAVY.values(), ids=HEAVY)
def test_weights_that_differ(tmp_path: Path, weights: list[int]) -> None:
    """Of one heavy voter among light ones the bit tells the vote; of powers of two the count tells a trustee all."""
    keys = keys_of(3, 0)
    definition = {"name": "Petitions", "group": GROUP, "threshold": 2, "minimum_group": 3}
    land = {"districts": [{"id": "land", "name": "Land"}], "contests": [PARK]}
    simulation = Simulation(tmp_path / "record", appoint({**definition, **land}, keys), keys)
    roll = [
        Credential(voter=f"v{i}", key=SigningKey.generate().public_key, district="land", weight=weight)
        for i, weight in enumerate(weights)
    ]
    lines = [canonical.encode(credential) for credential in roll]
    entry = by(simulation, "registrar", Roll(credentials=lines_digest(lines), count=len(lines)))
    assert refused_everywhere(simulation, tmp_path / "board", entry, lines) == "petition.weight"
    with pytest.raises(Refuted, match="weights that differ"):
        verifier.verify(tmp_path / "board")


def test_one_ballot_put_to_the_test(simulation: Simulation, tmp_path: Path) -> None:
    """Whoever has one ballot tested against T = 1 reads it; here the trustees' own check stands in the way."""
    sealed = ballot_in(ballot(simulation, 5).entry).answers[0].ciphertexts[0]
    body = changed(due(simulation, JUNE), aggregate=sealed)
    assert refused_everywhere(simulation, tmp_path / "board", by(simulation, "operator", body)) == "petition.test"


def test_the_same_time_twice(simulation: Simulation, tmp_path: Path) -> None:
    """Tested after every ballot, the support of each would show in when the bit turns; so each time comes once."""
    simulation.test("park", JUNE)
    entry = by(simulation, "operator", due(simulation, JUNE))
    assert refused_everywhere(simulation, tmp_path / "board", entry) == "petition.order"


def test_a_test_of_what_was_kept_before(simulation: Simulation, tmp_path: Path) -> None:
    """The operator posts, as the test of July, what was due when somebody had not voted yet."""
    earlier = due(simulation, JULY)
    accept(simulation.cast([ballot(simulation, 5)]))
    entry = by(simulation, "operator", earlier)
    assert refused_everywhere(simulation, tmp_path / "board", entry) == "petition.test"


def test_one_vote_out_of_three_tests(simulation: Simulation, tmp_path: Path) -> None:
    """Of P, of P and Q, of Q and v8: any two differ in three voters, and third less second plus first is v8's vote."""
    simulation.test("park", JUNE)
    accept(simulation.cast([ballot(simulation, i) for i in (5, 6, 7)]))
    simulation.test("park", JULY)
    for i in range(1, 5):
        simulation.revoke(f"v{i}")
    accept(simulation.cast([ballot(simulation, 8)]))
    simulation.operator.close_box()
    barred(simulation, "closing", tmp_path / "board")
    simulation.operator.tally()
    simulation.answer_tests()
    simulation.operator.tally()
    assert verify(simulation.path).status == 0
    verifier.verify(simulation.path)


def test_one_vote_out_of_three_tests_the_other_way_round(simulation: Simulation, tmp_path: Path) -> None:
    """Of P and Q, of P, of Q and v: the second one is no test already, for it has no new ballot."""
    accept(simulation.cast([ballot(simulation, i) for i in (5, 6, 7)]))
    simulation.test("park", JUNE)
    for i in (5, 6, 7):
        simulation.revoke(f"v{i}")
    barred(simulation, JULY, tmp_path / "second")
    for i in (5, 6, 7):
        simulation.restore(f"v{i}")
    for i in range(1, 5):
        simulation.revoke(f"v{i}")
    accept(simulation.cast([ballot(simulation, 8)]))
    barred(simulation, JULY, tmp_path / "third")


def test_an_outcome_that_does_not_say_of_which_test_it_is(simulation: Simulation, tmp_path: Path) -> None:
    """The operator leaves out that the closing was barred: the yes of June would pass for that of the end."""
    simulation.test("park", JUNE)
    accept(simulation.cast([ballot(simulation, 5)]))
    simulation.operator.close_box()
    result = simulation.counting.outcome(simulation.election.contest("park"))
    assert result.outcome is not None
    (table,) = result.outcome.tables
    bare = changed(result, outcome=changed(result.outcome, tables=(changed(table, rows=table.rows[:1]),)))
    assert refused_everywhere(simulation, tmp_path / "board", by(simulation, "operator", bare)) == "result.count"
    with pytest.raises(Refuted, match="not the outcome"):
        verifier.verify(tmp_path / "board")


def test_a_petition_counted_as_if_it_were_a_sum(simulation: Simulation, tmp_path: Path) -> None:
    """The aggregate is public; posted as one to be decrypted it would give the count away."""
    simulation.operator.close_box()
    simulation.operator.tally()
    tests = simulation.operator.procedure.petitions.tests
    aggregate = tests.find("park", "closing").body.aggregate
    entry = by(simulation, "operator", Aggregate(contest="park", unit="land", ciphertexts=(aggregate,)))
    assert refused_everywhere(simulation, tmp_path / "board", entry) == "tally.unit"
    with pytest.raises(Refused, match="determine no list to decrypt"):
        simulation.trustees[0].decrypt(simulation.counting.decryption, Place("park", "land"))
    shares: list[bytes] = [bytes(32)]
    body = DecryptionShare(contest="park", unit="land", input=bytes(32), shares=lines_digest(shares), proof=b"")
    check = refused_everywhere(simulation, tmp_path / "decrypted", by(simulation, "trustee 1", body), shares)
    assert check == "decryption.list"


# --- trustees want another outcome, or another's count ---


REPLAYS = {"another petition": ("pool", JUNE), "another time": ("park", JULY)}


@pytest.mark.parametrize("name", REPLAYS)
def test_a_share_of_another_test(simulation: Simulation, tmp_path: Path, name: str) -> None:
    """The same ballots, the same aggregate but for its randomness: a share is good for one test."""
    contest, time = REPLAYS[name]
    simulation.operator.test("park", JUNE)
    body = share(simulation, 1).body
    simulation.operator.test(contest, time)
    entry = by(simulation, "trustee 1", changed(body, contest=contest, time=time))
    assert refused_everywhere(simulation, tmp_path / "board", entry) == "petition.share"


@pytest.mark.parametrize("name", REPLAYS)
def test_what_was_pooled_for_another_test(simulation: Simulation, name: str) -> None:
    """A blinding is drawn anew for each test, and the proof that it is the right one is bound to one test."""
    contest, time = REPLAYS[name]
    tests = simulation.operator.procedure.petitions.tests
    simulation.operator.test("park", JUNE)
    simulation.operator.test(contest, time)
    for at in (("park", JUNE), (contest, time)):
        for index in (1, 2):
            entry = share(simulation, index, *at)
            simulation.post(entry.author, entry.body)
    pooled = petition_trustee(simulation, 2).pool(tests, "park", JUNE, receiver=1)
    replayed = changed(pooled, contest=contest, time=time)
    with pytest.raises(VerificationError, match="trustee 2 did not hand over") as caught:
        petition_trustee(simulation, 1).prove(tests, contest, time, [replayed])
    assert caught.value.check == "petition.pool"
    state = simulation.trustees[1].state
    assert len(set(state.blindings.values())) == len(state.blindings) == 2


def test_one_trustee_in_the_place_of_two(simulation: Simulation, tmp_path: Path) -> None:
    """A share under one's own key, twice, is not t shares."""
    simulation.operator.test("park", JUNE)
    first = share(simulation, 1)
    simulation.post("trustee 1", first.body)
    assert refused_everywhere(simulation, tmp_path / "one", share(simulation, 1)) == "petition.once"
    assert refused_everywhere(simulation, tmp_path / "two", by(simulation, "trustee 2", first.body)) == "petition.share"
