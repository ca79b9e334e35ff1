"""Individual verification: what a second device shows is what the ballot holds, or it says why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.ballot.receipt import Ticket, ballot_randomness, decode_ticket, open_ballot
from evote.ballot.voter import CastBallot, Voter, _Answered
from evote.crypto.elgamal import decode_ciphertexts
from evote.crypto.pedersen import second_generator
from evote.errors import DecodeError, VerificationError
from evote.questions.question import Opening, Sealed
from evote.record.entries import Ballot, ballot_in
from evote.record.manifest import Contest
from evote.record.merkle import leaf_hash
from evote.simulate import Simulation
from tests.elections import accept, changed, good_ballot, open_box


@pytest.fixture(scope="module")
def polls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    simulation = open_box(tmp_path_factory.mktemp("polls") / "record", "both")
    yield simulation
    simulation.operator.close_record()


def opened(simulation: Simulation, voter: str, ballot: Ballot, seed: bytes) -> dict[str, tuple[int, ...]]:
    return open_ballot(simulation.election, simulation.key, simulation.device(voter)._credential, ballot, seed)


@pytest.fixture
def cast(polls: Simulation) -> CastBallot:
    return good_ballot(polls, "s1", (1, 3), (3,))


def test_the_second_device_shows_the_choice(polls: Simulation, cast: CastBallot) -> None:
    assert opened(polls, "s1", ballot_in(cast.entry), cast.ticket.seed) == {"council": (1, 3), "mayor": (3,)}


def test_a_blank_vote_shows_as_such(polls: Simulation) -> None:
    cast = good_ballot(polls, "s2", (), ())
    assert opened(polls, "s2", ballot_in(cast.entry), cast.ticket.seed) == {"council": (), "mayor": ()}


def test_the_ticket_finds_the_ballot_on_the_board(polls: Simulation) -> None:
    cast = good_ballot(polls, "n1")
    (receipt,) = accept(polls.cast([cast]))
    assert receipt.leaf == cast.ticket.leaf == leaf_hash(bytes(cast.entry))


def test_another_seed_opens_nothing(polls: Simulation, cast: CastBallot) -> None:
    with pytest.raises(VerificationError, match=r"c1 is not g\^r") as caught:
        opened(polls, "s1", ballot_in(cast.entry), bytes(32))
    assert caught.value.check == "receipt.randomness"


def tampered(polls: Simulation, ballot: Ballot, contest: int, half: int) -> Ballot:
    """Return the ballot with one half of the first ciphertext of an answer multiplied by g."""
    g, answer = polls.election.algebra.generator, ballot.answers[contest]
    first = decode_ciphertexts(g.group, answer.ciphertexts[:1])[0]
    halves = [first.c1, first.c2]
    halves[half] *= g
    new = changed(answer, ciphertexts=(b"".join(map(bytes, halves)), *answer.ciphertexts[1:]))
    answers = list(ballot.answers)
    answers[contest] = new
    return changed(ballot, answers=tuple(answers))


@pytest.mark.parametrize("contest", [0, 1])
def test_a_device_that_sealed_with_other_randomness_is_found_out(
    polls: Simulation, cast: CastBallot, contest: int
) -> None:
    """Sutopo, Haines, Roenne 2023: c2 alone would show a right choice in a ballot that decrypts to garbage."""
    with pytest.raises(VerificationError) as caught:
        opened(polls, "s1", tampered(polls, ballot_in(cast.entry), contest, 0), cast.ticket.seed)
    assert caught.value.check == "receipt.randomness"


def test_a_device_that_sealed_another_choice_is_found_out(polls: Simulation, cast: CastBallot) -> None:
    with pytest.raises(VerificationError, match="contest council") as caught:
        opened(polls, "s1", tampered(polls, ballot_in(cast.entry), 0, 1), cast.ticket.seed)
    assert caught.value.check == "receipt.choice"


# --- commitments ---

BUDGET = {
    "id": "budget",
    "title": "Budget",
    "type": "cumulative",
    "rules": {"limit": 9, "maximum": 7},
    "options": [{"id": "parks", "name": "Parks"}, {"id": "trees", "name": "Trees"}],
}


@pytest.fixture(scope="module")
def spending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    simulation = open_box(tmp_path_factory.mktemp("spending") / "record", contests=[BUDGET])
    yield simulation
    simulation.operator.close_record()


class Whisperer(Voter):
    """A device that blinds its commitments by factors of its own, which may say something to whoever knows how."""

    def _encrypt(self, contest: Contest, exponents: Sequence[int], seed: bytes) -> _Answered:
        honest = super()._encrypt(contest, exponents, seed)
        blinding = [s + 1 for s in honest.opening.blinding]
        h = second_generator(self._key.group)
        commitments = tuple(p * h for p in honest.sealed.commitments)
        opening = Opening(exponents, honest.opening.randomness, blinding)
        return _Answered(contest, Sealed(honest.sealed.ciphertexts, commitments), opening)


def test_points_show_with_their_commitments(spending: Simulation) -> None:
    cast = spending.ballot("n1", {"budget": (1, 1, 1, 2, 2)})
    assert opened(spending, "n1", ballot_in(cast.entry), cast.ticket.seed) == {"budget": (1, 1, 1, 2, 2)}


def test_a_device_that_commits_with_other_randomness_is_found_out(spending: Simulation) -> None:
    """The door cannot see it: every proof is right, and so is every ciphertext."""
    honest = spending.device("n2")
    device = Whisperer(spending.election, spending.key, honest._credential, honest._signing_key)
    cast = device.cast({"budget": (1, 1, 2)}, 1, Ballot.FIRST)
    accept(spending.cast([cast]))
    with pytest.raises(VerificationError, match=r"a commitment is not g\^v h\^s") as caught:
        opened(spending, "n2", ballot_in(cast.entry), cast.ticket.seed)
    assert caught.value.check == "receipt.randomness"


WRONG = {
    "a number on nobody's list": ("n1", {"council": (1, 0, 0, 0), "mayor": (4,)}),
    "a number far away": ("n1", {"council": (1, 0, 0, 0), "mayor": (10**9,)}),
    "an option of another district": ("n1", {"council": (1, 0, 0, 0), "mayor": (3,)}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_choice_that_will_not_count_is_not_shown_as_one(polls: Simulation, name: str) -> None:
    voter, exponents = WRONG[name]
    cast = polls.ballot(voter, exponents=exponents)
    with pytest.raises(VerificationError, match="contest mayor") as caught:
        opened(polls, voter, ballot_in(cast.entry), cast.ticket.seed)
    assert caught.value.check == "receipt.choice"


def test_randomness_differs_by_seed_contest_and_election(polls: Simulation) -> None:
    council, mayor = polls.election.contests
    other = changed(polls.election, name="Another")
    drawn = [
        ballot_randomness(bytes(32), polls.election, council),
        ballot_randomness(bytes(32), polls.election, mayor),
        ballot_randomness(bytes([1] * 32), polls.election, council),
        ballot_randomness(bytes(32), other, council),
    ]
    assert [len(r) for r in drawn] == [4, 1, 4, 4]
    assert len({r for scalars in drawn for r in scalars}) == 13
    assert drawn[0] == ballot_randomness(bytes(32), polls.election, council)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_ticket_reads_back(seed: bytes, leaf: bytes) -> None:
    ticket = Ticket(seed, leaf)
    assert decode_ticket(str(ticket)) == ticket
    assert seed.hex() not in repr(ticket)


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=", min_size=100, max_size=112).map("EVOTE1:".__add__),
    )
)
def test_any_other_payload_is_refused_or_reads_back(text: str) -> None:
    try:
        ticket = decode_ticket(text)
    except DecodeError:
        return
    assert str(ticket) == text


GOOD = str(Ticket(bytes(range(32)), bytes(range(32, 64))))
BAD_TICKETS = {
    "nothing": "",
    "no prefix": GOOD.removeprefix("EVOTE1:"),
    "another prefix": GOOD.replace("EVOTE1", "EVOTE2"),
    "the prefix twice": "EVOTE1:" + GOOD,
    "lower case": GOOD.lower(),
    "cut short": GOOD[:-1],
    "too long": GOOD + "A",
    "padded": GOOD + "=",
    "loose last bits": GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
    "not ASCII": GOOD[:-1] + "é",
}


@pytest.mark.parametrize("name", BAD_TICKETS)
def test_a_bad_ticket_is_refused(name: str) -> None:
    assert decode_ticket(GOOD).seed == bytes(range(32))
    with pytest.raises(DecodeError, match="QR code"):
        decode_ticket(BAD_TICKETS[name])
