"""Named attacks by voters, and by a board with voters' ballots: refused at the door, and on a board without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evote.ballot import check
from evote.ballot.voter import CastBallot
from evote.crypto import verifier
from evote.crypto.elgamal import Ciphertext, decode_ciphertexts
from evote.crypto.group import Scalar, group
from evote.crypto.relation import LinearRelation, Proof, Statement, bind, decode_proof
from evote.crypto.statements import encryption_of_one_of, knowledge_of_randomness
from evote.crypto.transcript import NativeTranscript
from evote.crypto.verifier import equations
from evote.record.context import ballot_transcript, proof_transcript
from evote.record.entries import Answer, Ballot, Entry, ballot_in
from evote.record.operator import sign_entry
from evote.simulate import Simulation
from evote.verify import verify
from tests.attacks.dishonest import board_of, refused_everywhere
from tests.elections import MAYOR, accept, ask, good_ballot, open_box, outcome

G = group("ristretto255")
g = G.generator


@pytest.fixture(params=["sum", "mix"])
def simulation(request: pytest.FixtureRequest, tmp_path: Path) -> Simulation:
    return open_box(tmp_path / "record", request.param)


def by(simulation: Simulation, voter: str, ballot: Ballot) -> Entry:
    """Return a ballot under a voter's own signature."""
    return sign_entry(simulation.keys.voters[voter], simulation.election.fingerprint, f"voter {voter}", ballot)


def with_answer(ballot: Ballot, number: int = 0, **changes: Any) -> Ballot:
    """Return a ballot with one answer changed."""
    answers = list(ballot.answers)
    answers[number] = msgspec.structs.replace(answers[number], **changes)
    return msgspec.structs.replace(ballot, answers=tuple(answers))


def with_ciphertext(ballot: Ballot, change: Callable[[Ciphertext], Ciphertext]) -> Ballot:
    """Return a ballot with its first ciphertext changed and every proof as it was."""
    first, *rest = ballot.answers[0].ciphertexts
    (ciphertext,) = decode_ciphertexts(G, [first])
    return with_answer(ballot, ciphertexts=(bytes(change(ciphertext)), *rest))


def cast(simulation: Simulation, voter: str) -> CastBallot:
    """Let a voter vote, and the door accept it."""
    ballot = good_ballot(simulation, voter)
    accept(simulation.cast([ballot]))
    return ballot


def test_ballot_copied(simulation: Simulation, tmp_path: Path) -> None:
    """Cortier, Smyth 2011 (Helios): whoever copies a ballot learns it from the result, if enough do."""
    theirs = ballot_in(cast(simulation, "n1").entry)
    assert refused_everywhere(simulation, tmp_path / "board", by(simulation, "n2", theirs)) == "ballot.proof"


def test_ballot_rerandomised(simulation: Simulation, tmp_path: Path) -> None:
    """Cortier, Smyth 2011; Benaloh 1996: the copy is re-encrypted, so that no byte of it is the same.

    The copier's best proof is the original's, responses moved by c s: right for the new c1, had c not changed, too.
    """
    theirs = ballot_in(cast(simulation, "n1").entry)
    key, s = simulation.key, G.scalar(12345)
    ours = with_ciphertext(theirs, lambda ciphertext: key.reencrypt(ciphertext, s))
    assert refused_everywhere(simulation, tmp_path / "as-it-was", by(simulation, "n2", ours)) == "ballot.proof"
    if len(theirs.answers[0].ciphertexts) == 1:
        ours = with_answer(ours, proofs=(moved(simulation, theirs, s),))
        assert refused_everywhere(simulation, tmp_path / "moved", by(simulation, "n2", ours)) == "ballot.proof"


def moved(simulation: Simulation, theirs: Ballot, s: Scalar) -> bytes:
    """Return the proof of knowledge of r, turned into one of r + s for the same challenge."""
    answer = theirs.answers[0]
    statement = knowledge_of_randomness(*decode_ciphertexts(G, answer.ciphertexts))
    proof = decode_proof(statement, answer.proofs[0])
    transcript = proof_transcript(
        ballot_transcript(simulation.election, simulation.key.y, "voter n1", theirs), answer.contest, 1
    )
    c = challenge(statement, proof, transcript)
    return bytes(Proof(proof.commitments, (), ((proof.responses[0][0] + s * c,),)))


def challenge(statement: LinearRelation, proof: Proof, transcript: NativeTranscript) -> int:
    """Return the challenge c of a good proof: the exponent of its image is -c."""
    (equation,) = equations(statement, proof, transcript)
    assert equation.holds()
    return -equation.exponents[1]


def test_replayed_into_another_contest(tmp_path: Path) -> None:
    """Cortier, Smyth 2011: an answer to one question stands under another, in the voter's own ballot."""
    contests = [MAYOR, {**MAYOR, "id": "warden", "title": "Warden"}]
    simulation = open_box(tmp_path / "record", "mix", contests=contests)
    ballot = ballot_in(simulation.ballot("n1", {"mayor": [1], "warden": [2]}).entry)
    accept(simulation.cast([simulation.ballot("n2", {"mayor": [1], "warden": [2]})]))
    mayor, warden = ballot.answers
    for name, answers in {
        "repeated": (mayor, msgspec.structs.replace(mayor, contest="warden")),
        "exchanged": (
            msgspec.structs.replace(warden, contest="mayor"),
            msgspec.structs.replace(mayor, contest="warden"),
        ),
    }.items():
        entry = by(simulation, "n1", msgspec.structs.replace(ballot, answers=answers))
        assert refused_everywhere(simulation, tmp_path / name, entry) == "ballot.proof"


def test_replayed_into_another_election(simulation: Simulation, tmp_path: Path) -> None:
    """Cortier, Smyth 2011: the ballot of one election is posted in the next, with the same voters and keys."""
    entry = good_ballot(simulation, "n1").entry
    road = "sum" if simulation.election.mixers == () else "mix"
    other = open_box(tmp_path / "other", road, name="The next election")
    other.keys.voters["n1"] = simulation.keys.voters["n1"]
    elsewhere = open_box(tmp_path / "elsewhere", road)
    assert elsewhere.election.fingerprint == simulation.election.fingerprint
    assert refused_everywhere(other, tmp_path / "board", by(elsewhere, "n1", ballot_in(entry))) == "ballot.signature"


def test_ballot_for_another_key(tmp_path: Path) -> None:
    """The same election and voter, but a joint key made anew: proofs are bound to the key, too."""
    first, second = open_box(tmp_path / "one", "mix"), open_box(tmp_path / "two", "mix")
    assert first.election.fingerprint == second.election.fingerprint
    ballot = ballot_in(good_ballot(first, "n1").entry)
    assert refused_everywhere(second, tmp_path / "board", by(second, "n1", ballot)) == "ballot.proof"


def test_old_ballot_posted_again(simulation: Simulation, tmp_path: Path) -> None:
    """Estonia's re-vote undone (IVXV): the board posts a coerced vote again after the voter has changed it."""
    coerced = cast(simulation, "n1").entry
    cast(simulation, "n1")
    assert refused_everywhere(simulation, tmp_path / "board", coerced) == "ballot.sequence"


def test_old_ballot_in_the_place_of_the_new_one(simulation: Simulation, tmp_path: Path) -> None:
    """The board loses the newer ballot; whoever holds its receipt, or the checkpoint, shows that."""
    cast(simulation, "n1")
    newer = accept(simulation.cast([good_ballot(simulation, "n1")]))[0]
    board = board_of(simulation)
    del board.items[-1]
    board.seal(tmp_path / "board")
    assert verify(tmp_path / "board").status == 2  # an election under way, no more can be seen without the receipt
    report = verify(tmp_path / "board", checkpoint=newer.checkpoint)
    assert report.failures[0].check == "board.consistency"


def test_c2_swapped_under_a_valid_proof(simulation: Simulation, tmp_path: Path) -> None:
    """Bernhard, Pereira, Warinschi 2012: the vote is moved by one option and every proof left as it was."""
    ballot = with_ciphertext(ballot_in(good_ballot(simulation, "n1").entry), lambda c: Ciphertext(c.c1, c.c2 * g))
    assert refused_everywhere(simulation, tmp_path / "board", by(simulation, "n1", ballot)) == "ballot.proof"


def test_ballot_multiplied_by_a_known_vote(simulation: Simulation, tmp_path: Path) -> None:
    """Pfitzmann 1994; Dolev, Dwork, Naor 1991: a ballot that is another's times something, or to some power."""
    theirs = ballot_in(cast(simulation, "n1").entry)
    own = simulation.key.encrypt(g, G.scalar(777))
    for name, change in {
        "product": lambda c: c * own,
        "square": lambda c: c * c,
        "inverse": lambda c: Ciphertext(G.identity, G.identity) / c,
    }.items():
        entry = by(simulation, "n2", with_ciphertext(theirs, change))
        assert refused_everywhere(simulation, tmp_path / name, entry) == "ballot.proof"


YES_OR_NOTHING = {
    "id": "petition",
    "title": "Petition",
    "type": "selection",
    "rules": {"minimum": 0, "maximum": 1, "blank": False},
    "options": [{"id": "yes", "name": "Yes"}],
}


def deaf(*_: object) -> NativeTranscript:
    return NativeTranscript("a careless election")


def million_votes(simulation: Simulation, said: Callable[[Statement, Ballot], NativeTranscript]) -> Entry:
    """Return a ballot that seals m, neither 0 nor 1, under proofs whose statement was fixed last; see test_proofs.

    Branch 1 is simulated with the challenge 0. Branch 0 commits to (g^a, g^b y^a), and then m = -b/c.
    """
    y = simulation.key.y
    a, b, z1, r = (G.scalar(x) for x in (22, 33, 44, 11))
    first, second = (g**a, g**b * y**a), (g**z1, y**z1)
    placeholder = simulation.key.encrypt(g, r)
    ballot = Ballot(sequence=1, previous=Ballot.FIRST, answers=(answer_with(placeholder),))
    transcript = said(encryption_of_one_of(simulation.key, placeholder, (0, 1)), ballot)
    transcript.append("commitment", *first, *second)
    c = transcript.challenge("challenge", G.challenge_bits)
    m = -b / G.scalar(c)
    # The second proof is of the sum of all marks, which is this one again.
    proof = bytes(Proof((first, second), (c,), ((a + r * c,), (z1,))))
    answer = answer_with(simulation.key.encrypt(g**m, r), proof, proof)
    return by(simulation, "n1", Ballot(sequence=1, previous=Ballot.FIRST, answers=(answer,)))


def answer_with(ciphertext: Ciphertext, *proofs: bytes) -> Answer:
    return Answer(contest="petition", ciphertexts=(bytes(ciphertext),), proofs=proofs)


def test_weak_fiat_shamir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bernhard, Pereira, Warinschi 2012 (Helios): a mark of millions, which a door lets in that hashes no statement."""
    simulation = open_box(tmp_path / "record", contests=[YES_OR_NOTHING])

    def heard(statement: Statement, ballot: Ballot) -> NativeTranscript:
        opened = ballot_transcript(simulation.election, simulation.key.y, "voter n1", ballot)
        transcript = proof_transcript(opened, "petition", 1)
        bind(statement, transcript)
        return transcript

    assert refused_everywhere(simulation, tmp_path / "board", million_votes(simulation, heard)) == "ballot.proof"
    monkeypatch.setattr(check, "ballot_transcript", deaf)
    monkeypatch.setattr(check, "proof_transcript", deaf)
    monkeypatch.setattr(verifier, "bind", lambda _statement, _transcript: None)
    accept([ask(simulation.operator, bytes(million_votes(simulation, deaf)))])


def test_identity_as_c1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Randomness 0 hides nothing, but it lies about nothing either: the ballot counts as what it says."""
    simulation = open_box(tmp_path / "record", "both")
    monkeypatch.setattr("evote.ballot.voter.ballot_randomness", lambda _seed, _e, c: [G.scalar(0)] * c.question.width)
    open_vote = ballot_in(good_ballot(simulation, "n1", [2], [2]).entry)
    assert open_vote.answers[0].ciphertexts[1][:32] == bytes(G.identity)
    accept(simulation.cast([good_ballot(simulation, voter, [2], [2]) for voter in ("n1", "n2", "n3")]))
    simulation.finish()
    report = verify(simulation.path)
    assert report.status == 0
    assert outcome(report.results["council"]) == ((0, 3, 0), 0, 0, 0)
    assert outcome(report.results["mayor"]) == ((0, 3, 0), 0, 0, 0)


def test_element_of_small_order(tmp_path: Path) -> None:
    """Lim, Lee 1997: -c1, of even order, would let a trustee's share say whether its secret is odd."""
    simulation = open_box(tmp_path / "record", "mix", group="modp-2048")
    # 1/2 = (p + 1) / 2
    p = int.from_bytes(bytes(simulation.key.group.identity / simulation.key.group.generator), "big") * 2 - 1
    ballot = ballot_in(good_ballot(simulation, "n1").entry)
    (sealed,) = ballot.answers[0].ciphertexts
    half = len(sealed) // 2
    for name, c1 in {
        "minus-c1": p - int.from_bytes(sealed[:half], "big"),
        "minus-1": p - 1,
        "zero": 0,
        "unreduced": p + 1,
    }.items():
        entry = by(simulation, "n1", with_answer(ballot, ciphertexts=(c1.to_bytes(half, "big") + sealed[half:],)))
        assert refused_everywhere(simulation, tmp_path / name, entry) == "ballot.ciphertext"
