"""Every ballot that must not count is refused, at the door and on the board, by the check that says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from evote.ballot.check import Submission, check_ballots
from evote.ballot.voter import Voter, _Answered
from evote.crypto.elgamal import decode_ciphertexts
from evote.crypto.prover import prove
from evote.crypto.relation import Statement, Witness
from evote.crypto.transcript import NativeTranscript
from evote.errors import VerificationError
from evote.formats.native.reader import NativeRecord
from evote.operator import Message
from evote.procedure.machine import Procedure
from evote.questions.question import Opening
from evote.record.audit import Audit
from evote.record.board import Receipt
from evote.record.context import proof_transcript
from evote.record.entries import Answer, Ballot, Credential, Definition, Entry, Revocation, ballot_in, decode_entry
from evote.record.manifest import Contest
from evote.record.replies import Refusal, verify_refusal
from evote.simulate import Simulation
from tests.elections import COUNCIL, MAYOR, NORTH, SOUTH, accept, ask, changed, good_ballot, open_box, signed

PARISH = {
    "id": "parish",
    "title": "Parish",
    "type": "choice",
    "districts": ["south"],
    "options": [{"id": "x", "name": "X"}],
}
EVE_IS_SOUTHERN = [*COUNCIL["options"][:2], COUNCIL["options"][2] | {"districts": ["south"]}]
SETTINGS: dict[str, Any] = {
    "contests": [
        COUNCIL | {"options": EVE_IS_SOUTHERN},
        MAYOR | {"rules": {"membership": "proved"}},
        PARISH,
    ]
}


@pytest.fixture(scope="module")
def polls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """Return open polls: n1 has voted twice, s1 once, n2 not yet."""
    simulation = open_box(tmp_path_factory.mktemp("polls") / "record", "both", (*NORTH, *SOUTH), **SETTINGS)
    accept(simulation.cast([ballot(simulation, "n1"), ballot(simulation, "s1")]))
    accept(simulation.cast([ballot(simulation, "n1")]))
    yield simulation
    simulation.operator.close_record()


def ballot(simulation: Simulation, voter: str, council: Sequence[int] = (1,), mayor: Sequence[int] = (2,)) -> Any:
    answers = {"council": council, "mayor": mayor} | ({"parish": (1,)} if voter.startswith("s") else {})
    return simulation.ballot(voter, answers)


def good(simulation: Simulation, voter: str = "n2") -> Ballot:
    """Return the body of a ballot that the door would accept."""
    return ballot_in(ballot(simulation, voter).entry)


def by(simulation: Simulation, body: Any, voter: str = "n2") -> bytes:
    return signed(simulation, f"voter {voter}", body)


def posted(simulation: Simulation, author: str) -> list[Entry]:
    entries = map(decode_entry, NativeRecord(simulation.path).lines())
    return [entry for entry in entries if entry.author == author]


def answers(body: Ballot, contest: int, change: Callable[[Answer], Answer]) -> Ballot:
    """Return the body with one answer changed."""
    new = list(body.answers)
    new[contest] = change(new[contest])
    return changed(body, answers=tuple(new))


def edited(contest: int, **edits: Callable[[tuple[bytes, ...]], Sequence[bytes]]) -> Callable[[Simulation], bytes]:
    """Return a ballot by n2 with lists of one answer edited, signed again."""

    def make(simulation: Simulation) -> bytes:
        def change(answer: Answer) -> Answer:
            return changed(answer, **{name: tuple(edit(getattr(answer, name))) for name, edit in edits.items()})

        return by(simulation, answers(good(simulation), contest, change))

    return make


class Forger(Voter):
    """A device that proves what it can and pretends the rest; it believes that every option is open to it."""

    def _proofs(self, answered: _Answered, transcript: NativeTranscript) -> Iterator[bytes]:
        contest = answered.contest
        statements = contest.question.statements(self._key, answered.sealed, self.allowed(contest))
        for number, statement in enumerate(statements, 1):
            bound = proof_transcript(transcript, contest.id, number)
            yield bytes(prove(statement, self.witness(statement, answered.opening, number), bound))

    def allowed(self, contest: Contest) -> Sequence[int]:
        return range(1, len(contest.options) + 1)

    def witness(self, statement: Statement, opening: Opening, number: int) -> Witness:
        """Return the true witness of a single mark, or of the sum, in whichever branch there is."""
        exponents, randomness = opening.exponents, opening.randomness
        last = number > len(exponents)
        r = sum(randomness[1:], randomness[0]) if last else randomness[number - 1]
        branch = sum(exponents) - 1 if last else exponents[number - 1]
        return Witness((r,), min(max(branch, 0), len(statement.branches) - 1))


class QuietForger(Forger):
    """A device that keeps to its district's statements, though what it sealed makes them false."""

    def allowed(self, contest: Contest) -> Sequence[int]:
        return contest.allowed(self._credential.district)


def forged(device: type[Forger], council: Sequence[int]) -> Callable[[Simulation], bytes]:
    """Return a ballot by n2 that seals these exponents in the council contest."""

    def make(simulation: Simulation) -> bytes:
        honest = simulation.device("n2")
        forger = device(simulation.election, simulation.key, honest._credential, honest._signing_key)
        return bytes(forger.seal({"council": council, "mayor": (1,)}, 1, Ballot.FIRST).entry)

    return make


def rerandomised(simulation: Simulation) -> bytes:
    """Return n1's ballot under n2's name, its ciphertexts re-encrypted so that nobody sees the likeness."""
    r = simulation.election.algebra.scalar(12345)

    def anew(answer: Answer) -> Answer:
        old = decode_ciphertexts(simulation.key.group, answer.ciphertexts)
        return changed(answer, ciphertexts=tuple(bytes(simulation.key.reencrypt(c, r)) for c in old))

    first = ballot_in(posted(simulation, "voter n1")[0])
    return by(simulation, changed(first, answers=tuple(map(anew, first.answers))))


def elsewhere(resigned: bool) -> Callable[[Simulation], bytes]:  # noqa: FBT001
    """Return n2's ballot for another election with the same key and keys."""

    def make(simulation: Simulation) -> bytes:
        other = changed(simulation.election, name="Another election")
        device = Voter(other, simulation.key, simulation.device("n2")._credential, simulation.keys.of("voter n2"))
        entry = device.cast({"council": (1,), "mayor": (1,)}, 1, Ballot.FIRST).entry
        return by(simulation, entry.body) if resigned else bytes(entry)

    return make


def under_another_key(simulation: Simulation) -> bytes:
    key = type(simulation.key)(simulation.election.algebra.hash_to_group("somebody's key"))
    honest = simulation.device("n2")
    device = Voter(simulation.election, key, honest._credential, honest._signing_key)
    return bytes(device.cast({"council": (1,), "mayor": (1,)}, 1, Ballot.FIRST).entry)


def swapped(items: tuple[Any, ...]) -> tuple[Any, ...]:
    return (items[1], items[0], *items[2:])


def flipped(data: bytes) -> bytes:
    return bytes([*data[:-1], data[-1] ^ 1])


def c2_shifted(simulation: Simulation) -> Callable[[tuple[bytes, ...]], tuple[bytes, ...]]:
    g = simulation.election.algebra.generator

    def shift(ciphertexts: tuple[bytes, ...]) -> tuple[bytes, ...]:
        first = decode_ciphertexts(g.group, ciphertexts[:1])[0]
        return (bytes(first.c1) + bytes(first.c2 * g), *ciphertexts[1:])

    return shift


BROKEN: dict[str, tuple[str, Callable[[Simulation], bytes]]] = {
    # malformed
    "nothing": ("entry.encoding", lambda s: b""),
    "not JSON": ("entry.encoding", lambda s: b"\xff\xfe"),
    "a space": ("entry.encoding", lambda s: by(s, good(s)) + b" "),
    "a line end": ("entry.encoding", lambda s: by(s, good(s)) + b"\n"),
    "an unknown field": ("entry.encoding", lambda s: by(s, good(s))[:-1] + b',"x":1}'),
    "a field twice": (
        "entry.encoding",
        lambda s: by(s, good(s)).replace(b'{"author"', b'{"author":"voter n2","author"'),
    ),
    "a line too long": ("entry.encoding", lambda s: b'"' + b"a" * (1 << 22) + b'"'),
    "sequence 0": ("entry.encoding", lambda s: by(s, good(s)).replace(b'"sequence":1', b'"sequence":0')),
    # by whom
    "not on the roll": ("ballot.eligibility", lambda s: by(s, good(s)).replace(b"voter n2", b"voter n9")),
    "no name": ("ballot.eligibility", lambda s: by(s, good(s)).replace(b"voter n2", b"voter")),
    "a name with a blank": ("ballot.eligibility", lambda s: by(s, good(s)).replace(b"voter n2", b"voter  n2")),
    "by the operator": ("entry.author", lambda s: signed(s, "operator", good(s))),
    "by a trustee": ("entry.author", lambda s: signed(s, "trustee 1", good(s))),
    "a revocation by a voter": ("entry.author", lambda s: by(s, Revocation(voter="n1", reason=""))),
    "a definition by a voter": ("entry.author", lambda s: by(s, Definition(fingerprint=s.election.fingerprint))),
    "a role of no kind": ("entry.author", lambda s: by(s, good(s)).replace(b"voter n2", b"votes n2")),
    "signed by another": ("ballot.signature", lambda s: by(s, good(s), "n1").replace(b"voter n1", b"voter n2")),
    "a broken signature": (
        "ballot.signature",
        lambda s: bytes(changed(ballot(s, "n2").entry, signature=bytes(64))),
    ),
    "changed after signing": (
        "ballot.signature",
        lambda s: bytes(changed(ballot(s, "n2").entry, body=good(s))),
    ),
    # copies and replays
    "copied, signature and all": (
        "ballot.signature",
        lambda s: bytes(posted(s, "voter n1")[0]).replace(b"voter n1", b"voter n2"),
    ),
    "copied, signed again": ("ballot.proof", lambda s: by(s, posted(s, "voter n1")[0].body)),
    "copied and re-randomised": ("ballot.proof", rerandomised),
    "the same again": ("ballot.sequence", lambda s: bytes(posted(s, "voter n1")[1])),
    "an old one again": ("ballot.sequence", lambda s: bytes(posted(s, "voter n1")[0])),
    "an old one, numbered anew": (
        "ballot.proof",
        lambda s: by(
            s,
            changed(
                posted(s, "voter n1")[0].body,
                sequence=3,
                previous=s.operator.procedure.box.state("n1").leaf,  # type: ignore[union-attr]
            ),
            "n1",
        ),
    ),
    "for another election": ("ballot.signature", elsewhere(resigned=False)),
    "for another election, signed again": ("ballot.proof", elsewhere(resigned=True)),
    "under another key": ("ballot.proof", under_another_key),
    # out of sequence
    "a number left out": ("ballot.sequence", lambda s: by(s, changed(good(s), sequence=2))),
    "a wrong previous": ("ballot.sequence", lambda s: by(s, changed(good(s), previous=bytes([1] * 32)))),
    "as if it were the first": (
        "ballot.sequence",
        lambda s: by(s, changed(good(s, "n1"), sequence=1, previous=Ballot.FIRST), "n1"),
    ),
    "after the first, not the last": (
        "ballot.sequence",
        lambda s: by(s, changed(good(s, "n1"), previous=ballot_in(posted(s, "voter n1")[1]).previous), "n1"),
    ),
    # contests
    "no answers": ("ballot.contests", lambda s: by(s, changed(good(s), answers=()))),
    "a contest left out": ("ballot.contests", lambda s: by(s, changed(good(s), answers=good(s).answers[:1]))),
    "a contest twice": (
        "ballot.contests",
        lambda s: by(s, changed(good(s), answers=(*good(s).answers, good(s).answers[1]))),
    ),
    "contests in another order": (
        "ballot.contests",
        lambda s: by(s, changed(good(s), answers=swapped(good(s).answers))),
    ),
    "a contest of another district": (
        "ballot.contests",
        lambda s: by(s, changed(good(s), answers=good(s, "s2").answers)),
    ),
    "a contest that does not exist": (
        "ballot.contests",
        lambda s: by(s, answers(good(s), 1, lambda a: changed(a, contest="queen"))),
    ),
    "a ciphertext left out": ("ballot.contests", edited(0, ciphertexts=lambda c: c[1:])),
    "a ciphertext too many": ("ballot.contests", edited(1, ciphertexts=lambda c: (*c, c[0]))),
    "no proofs": ("ballot.contests", edited(0, proofs=lambda p: ())),
    "a proof left out": ("ballot.contests", edited(1, proofs=lambda p: p[:1])),
    "a proof too many": ("ballot.contests", edited(1, proofs=lambda p: (*p, p[0]))),
    # ciphertexts
    "an empty ciphertext": ("ballot.ciphertext", edited(0, ciphertexts=lambda c: (b"", *c[1:]))),
    "a ciphertext cut short": ("ballot.ciphertext", edited(1, ciphertexts=lambda c: (c[0][:-1],))),
    "c1 is no element": ("ballot.ciphertext", edited(1, ciphertexts=lambda c: (b"\xff" * 32 + c[0][32:],))),
    "c2 is no element": ("ballot.ciphertext", edited(1, ciphertexts=lambda c: (c[0][:32] + b"\xff" * 32,))),
    "another c2 under the proof": (
        "ballot.proof",
        lambda s: edited(0, ciphertexts=c2_shifted(s))(s),
    ),
    "c1 and c2 exchanged": ("ballot.proof", edited(1, ciphertexts=lambda c: (c[0][32:] + c[0][:32],))),
    "votes exchanged": ("ballot.proof", edited(0, ciphertexts=swapped)),
    "votes and their proofs exchanged": ("ballot.proof", edited(0, ciphertexts=swapped, proofs=swapped)),
    "the identity twice": ("ballot.proof", edited(1, ciphertexts=lambda c: (bytes(64),))),
    # proofs
    "an empty proof": ("ballot.proof", edited(0, proofs=lambda p: (b"", *p[1:]))),
    "a proof cut short": ("ballot.proof", edited(0, proofs=lambda p: (*p[:-1], p[-1][:-1]))),
    "a bit of a response": ("ballot.proof", edited(0, proofs=lambda p: (*p[:-1], flipped(p[-1])))),
    "proofs exchanged": ("ballot.proof", edited(0, proofs=swapped)),
    "a proof for another vote": ("ballot.proof", edited(0, proofs=lambda p: (p[1], *p[1:]))),
    # what nobody may choose
    "an option of another district": ("ballot.proof", forged(Forger, (0, 0, 1, 0))),
    "an option of another district, denied": ("ballot.proof", forged(QuietForger, (0, 0, 1, 0))),
    "too many": ("ballot.proof", forged(QuietForger, (1, 1, 1, 0))),
    "none": ("ballot.proof", forged(QuietForger, (0, 0, 0, 0))),
    "blank and a choice": ("ballot.proof", forged(QuietForger, (1, 0, 0, 1))),
    "two for one": ("ballot.proof", forged(QuietForger, (2, 0, 0, 0))),
    "one taken from another": ("ballot.proof", forged(QuietForger, (2, -1, 0, 0))),
}


def snapshot(simulation: Simulation) -> tuple[Any, ...]:
    """Return all that a refusal must leave alone."""
    procedure = simulation.operator.procedure
    assert procedure.box is not None
    states = {voter: astuple(procedure.box.state(voter)) for voter in simulation.keys.voters}
    files = {path: path.stat().st_size for path in simulation.path.rglob("*")}
    return procedure.log.size, procedure.log.root(), procedure.box.ballots, states, files


@pytest.mark.parametrize("name", BROKEN)
def test_the_door_refuses_and_nothing_changes(polls: Simulation, name: str) -> None:
    check, make = BROKEN[name]
    line, before = make(polls), snapshot(polls)
    reply = ask(polls.operator, line)
    assert isinstance(reply, Refusal)
    assert reply.check == check
    verify_refusal(reply, polls.election.fingerprint, polls.election.operator.key)
    assert bytes(reply)
    assert snapshot(polls) == before


@pytest.mark.parametrize("name", BROKEN)
def test_on_the_board_it_refutes_the_record(polls: Simulation, name: str) -> None:
    check, make = BROKEN[name]
    line, record = make(polls), NativeRecord(polls.path)
    procedure = Procedure(polls.election, record, Audit())
    with pytest.raises(VerificationError) as caught:
        list(procedure.replay([*record.lines(), line]))
    assert caught.value.check == check


def test_after_all_that_an_honest_ballot_is_accepted(polls: Simulation) -> None:
    (reply,) = polls.cast([ballot(polls, "n2")])
    assert isinstance(reply, Receipt)
    (reply,) = polls.cast([ballot(polls, "s2", council=(3,), mayor=(3,))])
    assert isinstance(reply, Receipt)


def test_one_bad_ballot_among_good_ones_is_refused_alone(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "sum")
    lines = [bytes(good_ballot(simulation, voter).entry) for voter in ("n1", "n2", "n3")]
    lines[1] = signed(simulation, "voter n2", decode_entry(lines[0]).body)
    replies = simulation.operator.post([Message(line) for line in lines])
    assert [isinstance(reply, Receipt) for reply in replies] == [True, False, True]
    simulation.operator.close_record()


@pytest.fixture(scope="module")
def chunk(polls: Simulation) -> list[Submission]:
    """Return five ballots as a worker gets them, the fourth with another's proofs."""
    voters = ["n3", "n4", "n5", "n6", "s3"]
    entries = [ballot(polls, voter).entry for voter in voters]
    answer = ballot_in(entries[0]).answers[0]
    copied = answers(ballot_in(entries[3]), 0, lambda a: changed(a, proofs=answer.proofs))
    entries[3] = decode_entry(by(polls, copied, "n6"))
    credentials = [polls.device(voter)._credential for voter in voters]
    return [Submission(e, c, f"ballot {i}") for i, (e, c) in enumerate(zip(entries, credentials, strict=True))]


def test_honest_ballots_of_a_chunk_are_counted_by_their_proofs(polls: Simulation, chunk: list[Submission]) -> None:
    honest = [*chunk[:3], chunk[4]]
    # 4 marks and a sum, knowledge and membership; the south has one contest more.
    held = check_ballots(polls.election, polls.key, bytes(32), honest)
    assert held == {
        "ballot.signature": len(honest),
        "ballot.contests": len(honest),
        "ballot.ciphertext": len(honest),
        "ballot.proof": 4 * 7 + 1,
    }


def test_the_culprit_of_a_chunk_is_named(polls: Simulation, chunk: list[Submission]) -> None:
    with pytest.raises(VerificationError, match="ballot 3, contest council, proof 1") as caught:
        check_ballots(polls.election, polls.key, bytes(32), chunk)
    assert caught.value.check == "ballot.proof"


def test_the_owner_of_a_bad_ciphertext_in_a_chunk_is_named(polls: Simulation, chunk: list[Submission]) -> None:
    bad = answers(ballot_in(chunk[2].entry), 1, lambda a: changed(a, ciphertexts=(b"\xff" * 64,)))
    entry = decode_entry(by(polls, bad, "n5"))
    spoilt = [*chunk[:2], Submission(entry, chunk[2].credential, "ballot 2"), chunk[4]]
    with pytest.raises(VerificationError, match="ballot 2") as caught:
        check_ballots(polls.election, polls.key, bytes(32), spoilt)
    assert caught.value.check == "ballot.ciphertext"


@pytest.mark.parametrize("workers", [0, 2])
def test_workers_make_no_difference_to_the_verdict(polls: Simulation, chunk: list[Submission], workers: int) -> None:
    record = NativeRecord(polls.path)
    copied = bytes(chunk[3].entry)
    lines = [*record.lines(), *(bytes(s.entry) for s in chunk[:3]), copied]
    with ProcessPoolExecutor(2) if workers else nullcontext() as executor:
        procedure = Procedure(polls.election, record, Audit(executor=executor))
        with pytest.raises(VerificationError, match=r"ballot by voter n6\), contest council, proof 1") as caught:
            list(procedure.replay(lines))
        assert caught.value.check == "ballot.proof"
        honest = Procedure(polls.election, record, Audit(executor=executor))
        assert sum(honest.replay(lines[:-1])) == len(lines) - 1
        assert honest.audit.held["ballot.signature"] == honest.box.ballots  # type: ignore[union-attr]


def test_an_entry_of_another_kind_is_no_ballot() -> None:
    entry = Entry(author="operator", body=Definition(fingerprint=bytes(32)), signature=bytes(64))
    credential = Credential(voter="n1", key=bytes(32), district="north")
    with pytest.raises(TypeError, match="not a ballot"):
        _ = Submission(entry, credential, "an entry").ballot
