"""A malicious client for each question type: refused at the door, and no board that lets it in verifies."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from evote.ballot.voter import CastBallot, Voter
from evote.crypto.pedersen import second_generator
from evote.formats.native.reader import NativeRecord
from evote.record.board import Receipt
from evote.record.entries import Answer, Ballot, Entry, ballot_in, decode_entry
from evote.record.replies import Refusal, verify_refusal
from evote.simulate import Simulation, appoint
from evote.verify import verify
from tests.attacks.clients import CHEATS, CONTESTS, HONEST, cheat, contests, districts, honest, voters
from tests.attacks.dishonest import condemned, posted
from tests.elections import GROUP, accept, ask, changed, keys_of, signed
from tests.mutants.records import World
from tests.mutants.sealing import take_apart

COMMITTING = ("approval", "score", "cumulative", "budget")


@pytest.fixture(scope="module")
def polls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """Return open polls in which everybody has voted once, the cheats among them honestly."""
    keys = keys_of(3, 2)
    definition = {
        "name": "Every question",
        "group": GROUP,
        "threshold": 2,
        "districts": districts(),
        "contests": contests(),
    }
    simulation = Simulation(tmp_path_factory.mktemp("polls") / "record", appoint(definition, keys), keys)
    simulation.enrol(voters())
    simulation.make_key()
    accept(simulation.cast([honest(simulation, plan.voter) for plan in voters()]))
    yield simulation
    simulation.operator.close_record()


@pytest.fixture(scope="module")
def first_board(polls: Simulation, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Entry]]:
    """Return a copy of the board as it was at first, a ballot of each type that should not be added, an honest one."""
    path = tmp_path_factory.mktemp("board") / "record"
    shutil.copytree(polls.path, path)
    made = {name: cheat(polls, name, *next(iter(table.values())))[0].entry for name, table in CHEATS.items()}
    return path, made | {"an honest budget": honest(polls, "mallory-budget").entry}


@pytest.fixture(autouse=True)
def made_first(first_board: tuple[Path, dict[str, Entry]]) -> None:
    """See to it that the copy is made before any test adds ballots."""


def refused(simulation: Simulation, voter: str, entry: bytes, good: CastBallot | None = None) -> Refusal:
    """Return the door's signed refusal; the board stays as it is, and the same voter's ``good`` ballot gets in."""
    box, log = simulation.operator.procedure.box, simulation.operator.procedure.log
    assert box is not None
    before = log.size, log.root(), box.state(voter).leaf, checkpoint(simulation)
    reply = ask(simulation.operator, entry)
    assert isinstance(reply, Refusal)
    verify_refusal(reply, simulation.election.fingerprint, simulation.election.operator.key)
    assert (log.size, log.root(), box.state(voter).leaf, checkpoint(simulation)) == before
    accept(simulation.cast([good or honest(simulation, voter)]))
    return reply


def checkpoint(simulation: Simulation) -> bytes:
    return (simulation.path / "board" / "checkpoint").read_bytes()


# --- what is sealed ---


@pytest.mark.parametrize(("name", "what"), [(name, what) for name, table in CHEATS.items() for what in table])
def test_what_may_not_be_voted_is_not_let_in(polls: Simulation, name: str, what: str) -> None:
    """The device proves all that is true; the refusal names a proof of what is not."""
    ballot, false = cheat(polls, name, *CHEATS[name][what])
    reply = refused(polls, f"mallory-{name}", bytes(ballot.entry))
    assert reply.check == "ballot.proof"
    assert any(f"contest {name}, proof {number} " in reply.subject for number in false)


@pytest.mark.parametrize("name", CONTESTS)
def test_a_cheat_who_does_not_cheat_is_let_in(polls: Simulation, name: str) -> None:
    """The device is as strong as it says: what it makes of an honest answer is believed."""
    ballot, false = cheat(polls, name)
    assert false == []
    assert isinstance(ask(polls.operator, bytes(ballot.entry)), Receipt)


@pytest.mark.parametrize("name", CHEATS)
def test_an_operator_who_lets_it_in_is_refuted(
    first_board: tuple[Path, dict[str, Entry]], polls: Simulation, tmp_path: Path, name: str
) -> None:
    path, made = first_board
    board = take_apart(World("a board", path, polls.keys))
    posted(board, made[name])
    assert condemned(board, tmp_path / "board") == ["ballot.proof"]


def test_the_board_without_it_holds(first_board: tuple[Path, dict[str, Entry]]) -> None:
    report = verify(first_board[0])
    assert report.status == 2  # still open
    assert all(finding.absent for finding in report.failures)


# --- commitments ---


def answer_of(ballot: Ballot, **edits: Callable[[tuple[bytes, ...]], Sequence[bytes]]) -> Ballot:
    """Return a ballot with lists of its first answer edited."""
    first, *rest = ballot.answers
    edited = {name: tuple(edit(getattr(first, name))) for name, edit in edits.items()}
    return changed(ballot, answers=(changed(first, **edited), *rest))


def on_board(simulation: Simulation, voter: str) -> Ballot:
    """Return the last ballot of a voter that was let in."""
    box = simulation.operator.procedure.box
    assert box is not None
    return ballot_in(decode_entry(NativeRecord(simulation.path).line(box.state(voter).index)))


def shifted(simulation: Simulation, data: bytes) -> bytes:
    group = simulation.election.algebra
    return bytes(group.decode(data) * second_generator(group))


Edit = Callable[[Simulation, Ballot, Answer], Ballot]  # election, mallory's honest ballot, victor's answer
COMMITMENTS: dict[str, tuple[str, Edit]] = {
    "in another order": ("ballot.proof", lambda s, b, _: answer_of(b, commitments=lambda c: c[::-1])),
    "in another order, and their proofs": (
        "ballot.proof",
        lambda s, b, _: answer_of(b, commitments=lambda c: c[::-1], proofs=lambda p: p[::-1]),
    ),
    "two exchanged": ("ballot.proof", lambda s, b, _: answer_of(b, commitments=lambda c: (c[1], c[0], *c[2:]))),
    "one for all": ("ballot.proof", lambda s, b, _: answer_of(b, commitments=lambda c: c[:1] * len(c))),
    "of another voter": ("ballot.proof", lambda s, b, v: answer_of(b, commitments=lambda _: v.commitments)),
    "of another voter, with all proofs": (
        "ballot.proof",
        lambda s, b, v: answer_of(b, commitments=lambda _: v.commitments, proofs=lambda _: v.proofs),
    ),
    "blinded again": (
        "ballot.proof",
        lambda s, b, _: answer_of(b, commitments=lambda c: (shifted(s, c[0]), *c[1:])),
    ),
    "to nothing at all": (
        "ballot.proof",
        lambda s, b, _: answer_of(b, commitments=lambda c: (bytes(s.election.algebra.identity), *c[1:])),
    ),
    "one missing": ("ballot.contests", lambda s, b, _: answer_of(b, commitments=lambda c: c[1:])),
    "all missing": ("ballot.contests", lambda s, b, _: answer_of(b, commitments=lambda _: ())),
    "one too many": ("ballot.contests", lambda s, b, _: answer_of(b, commitments=lambda c: (*c, c[0]))),
    "no element": ("ballot.ciphertext", lambda s, b, _: answer_of(b, commitments=lambda c: (b"\xff" * 32, *c[1:]))),
    "cut short": ("ballot.ciphertext", lambda s, b, _: answer_of(b, commitments=lambda c: (c[0][:-1], *c[1:]))),
}


@pytest.mark.parametrize("what", ["of another voter", "one missing", "no element"])
def test_an_operator_who_lets_other_commitments_in_is_refuted(
    first_board: tuple[Path, dict[str, Entry]], polls: Simulation, tmp_path: Path, what: str
) -> None:
    path, made = first_board
    check, edit = COMMITMENTS[what]
    theirs = on_board(polls, "victor-budget").answers[0]
    ballot = edit(polls, ballot_in(made["an honest budget"]), theirs)
    board = take_apart(World("a board", path, polls.keys))
    posted(board, decode_entry(signed(polls, "voter mallory-budget", ballot)))
    assert condemned(board, tmp_path / "board") == [check]


@pytest.mark.parametrize("what", COMMITMENTS)
@pytest.mark.parametrize("name", COMMITTING)
def test_commitments_are_ones_own_and_in_their_place(polls: Simulation, name: str, what: str) -> None:
    check, edit = COMMITMENTS[what]
    voter = f"mallory-{name}"
    good, theirs = honest(polls, voter), on_board(polls, f"victor-{name}").answers[0]
    ballot = edit(polls, ballot_in(good.entry), theirs)
    assert refused(polls, voter, signed(polls, f"voter {voter}", ballot), good).check == check


@pytest.mark.parametrize("name", sorted(CONTESTS.keys() - set(COMMITTING)))
def test_nobody_commits_who_is_not_asked_to(polls: Simulation, name: str) -> None:
    voter = f"mallory-{name}"
    good, g = honest(polls, voter), bytes(polls.election.algebra.generator)
    ballot = answer_of(ballot_in(good.entry), commitments=lambda _: (g,))
    assert refused(polls, voter, signed(polls, f"voter {voter}", ballot), good).check == "ballot.contests"


# value -> what is committed to beside an honest answer, 0 and 1 but other ones than the answer's
OTHERS: dict[str, Sequence[int]] = {
    "approval": (0, 0, 1),
    "score": (1, *(0,) * 15),
    "cumulative": (0, 0, 1, *(0,) * 9, 1, 1, 0, 0),
    "budget": (0, 1, 0),
}


@pytest.mark.parametrize("name", COMMITTING)
def test_commitments_are_to_what_is_sealed(polls: Simulation, name: str) -> None:
    ballot, false = cheat(polls, name, None, OTHERS[name])
    reply = refused(polls, f"mallory-{name}", bytes(ballot.entry))
    assert reply.check == "ballot.proof"
    assert "(range)" in reply.subject
    assert false


# --- what is copied ---


def twin(ballot: Ballot) -> Answer:
    """Return the answer to the second contest, said to be to the first."""
    return changed(ballot.answers[1], contest=ballot.answers[0].contest)


def elsewhere(simulation: Simulation, voter: str) -> Answer:
    """Return the voter's first answer in another election, with the same keys and the same place in its sequence."""
    device, box = simulation.device(voter), simulation.operator.procedure.box
    assert box is not None
    other = changed(simulation.election, name="Another election")
    there = Voter(other, simulation.key, device._credential, device._signing_key, power=device._power)
    state, name = box.state(voter), device._credential.district
    selections = {contest.id: HONEST[name] for contest in simulation.election.contests_of(name)}
    return ballot_in(there.cast(selections, state.sequence + 1, state.leaf).entry).answers[0]


SOURCES: dict[str, Callable[[Simulation, str], Answer]] = {
    "another contest": lambda s, name: twin(ballot_in(honest(s, f"mallory-{name}").entry)),
    "another voter": lambda s, name: on_board(s, f"victor-{name}").answers[0],
    "one's own earlier ballot": lambda s, name: on_board(s, f"mallory-{name}").answers[0],
    "another election": lambda s, name: elsewhere(s, f"mallory-{name}"),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", CONTESTS)
def test_nothing_is_good_in_another_place(polls: Simulation, name: str, source: str) -> None:
    """The proofs alone, and then the whole answer that they are about."""
    voter, copied = f"mallory-{name}", SOURCES[source](polls, name)
    good = honest(polls, voter)
    for what in (("proofs",), ("ciphertexts", "commitments", "proofs")):
        edits: dict[str, Any] = {field: lambda _, f=field: getattr(copied, f) for field in what}
        reply = ask(polls.operator, signed(polls, f"voter {voter}", answer_of(ballot_in(good.entry), **edits)))
        assert isinstance(reply, Refusal)
        assert (reply.check, f"contest {name}," in reply.subject) == ("ballot.proof", True)
    accept(polls.cast([good]))
