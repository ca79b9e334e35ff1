"""Named attacks by trustees, and on trustees by a board that asks them for more than they owe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evote.crypto import verifier
from evote.crypto.group import Element, group
from evote.crypto.prover import prove
from evote.crypto.relation import Proof, Statement, Witness, bind
from evote.crypto.rows import Rows
from evote.crypto.transcript import NativeTranscript, Transcript
from evote.crypto.vector import Vector
from evote.errors import Refused, VerificationError
from evote.mixnet.mixer import Mixer
from evote.record import canonical
from evote.record.entries import Aggregate, Ballot, DecryptionShare, Entry, KeyCommitment, KeyOpening, KeyRestart
from evote.record.lists import list_digest, list_lines
from evote.record.operator import sign_entry
from evote.record.units import Place
from evote.simulate import Simulation
from evote.tally import ceremony as ceremony_module
from evote.tally.ceremony import commitment_hash, possession, possession_transcript
from evote.tally.decryption import RHO_BITS, Decryption, share_statement
from evote.verify import verify
from tests.attacks.dishonest import board_of, posted, read_by_party, refused_everywhere, turned_away
from tests.elections import NORTH, accept, ask, bodies, good_ballot, open_box, start

G = group("ristretto255")
g = G.generator
COUNCIL, MAYOR = Place("council", "north"), Place("mayor", "north")
VOTERS = ("n1", "n2", "n3", "n4")


def closed(path: Path, road: str, voters: tuple[str, ...] = VOTERS) -> Simulation:
    """Return an election whose box is closed."""
    simulation = open_box(path, road, NORTH)
    accept(simulation.cast([good_ballot(simulation, voter) for voter in voters]))
    simulation.operator.close_box()
    return simulation


@pytest.fixture
def summed(tmp_path: Path) -> Simulation:
    """An election by sum with its aggregates posted, before decryption."""
    simulation = closed(tmp_path / "record", "sum")
    simulation.operator.tally()
    return simulation


def signed(simulation: Simulation, author: str, body: Any) -> Entry:
    return sign_entry(simulation.keys.of(author), simulation.election.fingerprint, author, body)


# --- the key ceremony ---


def opening(simulation: Simulation, index: int, coefficients: tuple[Element, Element], secret: int) -> KeyOpening:
    """Return an opening with these coefficients and the best proof of possession that somebody with ``secret`` has."""
    encoded, author = tuple(map(bytes, coefficients)), f"trustee {index}"
    transcript = possession_transcript(simulation.election, author, 1, encoded)
    proof = prove(possession(g ** G.scalar(secret)), Witness((G.scalar(secret),)), transcript)
    return KeyOpening(attempt=1, coefficients=encoded, proof=bytes(proof), nonce=bytes(32))


def two_openings(simulation: Simulation) -> list[Element]:
    """Let trustees 1 and 2 commit and open, and 3 commit to its honest polynomial; return the openings' constants."""
    ceremony = simulation.operator.procedure.ceremony
    for trustee in simulation.trustees:
        simulation.post(trustee.author, trustee.next_message(ceremony).body)
    for trustee in simulation.trustees[:2]:
        simulation.post(trustee.author, trustee.next_message(ceremony).body)
    return [ceremony.attempt.openings[index][0] for index in (1, 2)]


def rushing(simulation: Simulation, others: list[Element]) -> KeyOpening:
    """Return trustee 3's opening with A_0 = g^a / (A_1,0 A_2,0), so that the joint key is g^a."""
    return opening(simulation, 3, (g ** G.scalar(7) / (others[0] * others[1]), g), 7)


def test_rushing_trustee(tmp_path: Path) -> None:
    """Pedersen 1991 without commitments (Gennaro, Jarecki, Krawczyk, Rabin 1999): the last to speak takes the key."""
    simulation = start(tmp_path / "record", "sum")
    body = rushing(simulation, two_openings(simulation))
    simulation.post("trustee 3", body)
    ceremony = simulation.operator.procedure.ceremony
    assert ceremony.attempt.faults == {3: "the opening is not the one committed to"}
    with pytest.raises(VerificationError, match=r"key\.joint"):
        simulation.operator.finish_key()
    simulation.operator.restart_key()
    assert ceremony.attempt.participants == (1, 2)
    assert verify(simulation.path).status == 2  # nothing false on the board: the evidence names trustee 3


def test_rushing_trustee_where_nobody_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ristenpart, Yilek 2007: without the hashes the proof of possession still stops it."""
    simulation = start(tmp_path / "record", "sum")
    monkeypatch.setattr(ceremony_module, "commitment_hash", lambda *_: bytes(32))
    monkeypatch.setattr("evote.tally.trustee.commitment_hash", lambda *_: bytes(32))
    simulation.post("trustee 3", rushing(simulation, two_openings(simulation)))
    faults = simulation.operator.procedure.ceremony.attempt.faults
    assert faults[3].startswith("bad opening")
    monkeypatch.setattr(ceremony_module, "verify", lambda *_: None)
    other = start(tmp_path / "other", "sum")
    constants = two_openings(other)
    other.post("trustee 3", rushing(other, constants))
    openings = other.operator.procedure.ceremony.attempt.openings
    assert openings[1][0] * openings[2][0] * openings[3][0] == g ** G.scalar(7)  # a key that it knows alone


IDENTITIES: dict[str, tuple[Element, Element]] = {
    "constant term": (G.identity, g),
    "highest coefficient": (g ** G.scalar(7), G.identity),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_identity_in_the_key(tmp_path: Path, name: str) -> None:
    """A share of nothing, or a polynomial of lower degree, which fewer than t trustees could interpolate."""
    simulation = start(tmp_path / "record", "sum")
    body = opening(simulation, 1, IDENTITIES[name], int(IDENTITIES[name][0] != G.identity) * 7)
    keys = simulation.trustees[0].next_message(simulation.operator.procedure.ceremony).body
    assert isinstance(keys, KeyCommitment)
    committed = commitment_hash(simulation.election, "trustee 1", body)
    simulation.post("trustee 1", msgspec.structs.replace(keys, commitment=committed))
    ceremony = simulation.operator.procedure.ceremony
    for trustee in simulation.trustees[1:]:
        simulation.post(trustee.author, trustee.next_message(ceremony).body)
    simulation.post("trustee 1", body)
    assert ceremony.attempt.faults == {1: "bad opening: the first or the last coefficient is the identity"}


def test_joint_key_of_the_boards_own(tmp_path: Path) -> None:
    """The board announces a key that it knows; voters, who read the board first, find out before they vote."""
    simulation = open_box(tmp_path / "record", "sum")
    board = board_of(simulation)
    board.items[-1].body["key"] = bytes(g ** G.scalar(7))
    assert turned_away(board, tmp_path / "board") == "key.joint"


def test_trustee_left_out(tmp_path: Path) -> None:
    """The board restarts the ceremony without a trustee who has done nothing wrong and missed nothing."""
    simulation = start(tmp_path / "record", "sum")
    two_openings(simulation)
    entry = signed(simulation, "operator", KeyRestart(attempt=1, disqualified=(1,)))
    assert refused_everywhere(simulation, tmp_path / "board", entry) == "key.restart"


# --- what may be decrypted ---


def test_raw_ballot_as_aggregate(tmp_path: Path) -> None:
    """Bernhard, Warinschi 2014 on honest trustees: the board presents one ballot as the sum of all."""
    simulation = closed(tmp_path / "record", "sum")
    victim = bodies(simulation.path, Ballot)[0]
    body = Aggregate(contest="council", unit="north", ciphertexts=victim.answers[0].ciphertexts)
    entry = signed(simulation, "operator", body)
    assert refused_everywhere(simulation, tmp_path / "board", entry) == "tally.aggregate"
    board = board_of(simulation)
    posted(board, entry)
    assert turned_away(board, tmp_path / "again") == "tally.aggregate"
    with pytest.raises(Refused):
        simulation.trustees[0].decrypt(simulation.counting.decryption, COUNCIL)


def test_box_closed_after_one_ballot(tmp_path: Path) -> None:
    """The board closes while one ballot is in the box: a list that nobody could hide in is not opened."""
    simulation = closed(tmp_path / "record", "both", ("n1",))
    simulation.operator.tally()
    procedure = read_by_party(simulation.path)
    assert procedure.counting is not None
    assert procedure.counting.decryption.places() == []
    for place in (COUNCIL, MAYOR):
        with pytest.raises(Refused):
            simulation.trustees[0].decrypt(procedure.counting.decryption, place)


def test_list_that_is_not_mixed(tmp_path: Path) -> None:
    """The board asks for the decryption of the list as voters sent it, or of what one mix server of two left."""
    simulation = closed(tmp_path / "record", "mix")
    cascade, trustee = simulation.counting.cascade, simulation.trustees[0]
    with pytest.raises(Refused):
        trustee.decrypt(simulation.counting.decryption, MAYOR)
    made = Mixer(simulation.election, 1, simulation.keys.mixers[0]).shuffle(cascade, MAYOR)
    simulation.post("mixer 1", made.entry.body, made.lists)
    with pytest.raises(Refused):
        trustee.decrypt(simulation.counting.decryption, MAYOR)
    digest, d = cascade.current(MAYOR).digest, [bytes(g)] * len(VOTERS)
    share = DecryptionShare(contest="mayor", unit="north", input=digest, shares=list_digest(d), proof=b"")
    entry = signed(simulation, "trustee 1", share)
    assert refused_everywhere(simulation, tmp_path / "board", entry, list(list_lines(d))) == "decryption.list"


def test_list_minus_one(tmp_path: Path) -> None:
    """The list is decrypted twice, once with and once without one ballot; the difference is that ballot."""
    simulation = closed(tmp_path / "record", "mix")
    simulation.mix()
    decryption_state, trustee = simulation.counting.decryption, simulation.trustees[0]
    first = trustee.decrypt(decryption_state, MAYOR)
    ours = decryption_state.list_of(MAYOR)
    less = Rows(G, 1, ours.rows.encoded[1:])
    decryption_state._lists[MAYOR] = type(ours)(less, list_digest(less.encoded))
    with pytest.raises(Refused, match="another list"):
        trustee.decrypt(decryption_state, MAYOR)
    decryption_state._lists[MAYOR] = ours
    accept([simulation.post("trustee 1", first.entry.body, (first.lines,))])
    body = msgspec.structs.replace(first.entry.body, input=list_digest(less.encoded))
    entry = signed(simulation, "trustee 2", body)
    assert refused_everywhere(simulation, tmp_path / "board", entry, first.lines) == "decryption.list"


# --- shares ---


def test_duplicate_share_index(summed: Simulation, tmp_path: Path) -> None:
    """Shamir 1979: two shares of one index make no second trustee; nor does one share under two names."""
    made = summed.trustees[0].decrypt(summed.counting.decryption, COUNCIL)
    summed.post("trustee 1", made.entry.body, (made.lines,))
    again = refused_everywhere(summed, tmp_path / "twice", made.entry, made.lines)
    assert again == "decryption.once"
    lent = signed(summed, "trustee 2", made.entry.body)
    assert refused_everywhere(summed, tmp_path / "lent", lent, made.lines) == "decryption.proof"
    assert verify(summed.path).status == 2


def false_share(simulation: Simulation, bound: Callable[[Statement, Transcript], None]) -> tuple[Entry, list[bytes]]:
    """Return trustee 1's share of the aggregate with a wrong first d, found after the challenge was known.

    With commitment (g^u, g^b), z = u + x c, and D = (C^z / g^b)^(1/c), both equations hold for any b; the first d is
    what makes the product of d_i^rho_i this D.
    """
    decrypting = simulation.counting.decryption
    ours, x = decrypting.list_of(COUNCIL), G.decode_scalar(simulation.trustees[0].state.share)
    bases = ours.rows.all_c1.elements()
    d = [c1**x for c1 in bases]
    body = share_of(ours.digest, d)
    transcript = decrypting.transcript("trustee 1", body)
    statement = share_statement(g**x, ours.rows, Vector.of(G, d), transcript.fork())
    transcript.append("share key", g**x)
    rho = transcript.challenges("rho", RHO_BITS, len(d))
    u, b, one = G.scalar(55), G.scalar(66), G.scalar(1)
    bound(statement, transcript)
    transcript.append("commitment", g**u, g**b)
    c = G.scalar(transcript.challenge("challenge", G.challenge_bits))
    z = u + x * c
    others = G.product_of_powers(d[1:], rho[1:])
    c_product = G.product_of_powers(bases, rho)
    d[0] = ((c_product**z / g**b) ** (one / c) / others) ** (one / G.scalar(rho[0]))
    assert d[0] != bases[0] ** x
    proof = bytes(Proof(((g**u, g**b),), (), ((z,),)))
    body = msgspec.structs.replace(share_of(ours.digest, d), proof=proof)
    return signed(simulation, "trustee 1", body), list(list_lines([b"".join(map(bytes, d))]))


def share_of(digest: bytes, d: list[Element]) -> DecryptionShare:
    shares = list_digest([b"".join(map(bytes, d))])
    return DecryptionShare(contest="council", unit="north", input=digest, shares=shares, proof=b"")


def unbound(_statement: Statement, _transcript: Transcript) -> None:
    """What a careless verifier has for `bind`."""


def test_weak_fiat_shamir_on_decryption(summed: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bernhard, Pereira, Warinschi 2012 (Helios): a trustee changes the result; the challenge must bind every d."""
    entry, lines = false_share(summed, bind)
    assert refused_everywhere(summed, tmp_path / "board", entry, lines) == "decryption.proof"
    monkeypatch.setattr(Decryption, "transcript", lambda *_: NativeTranscript("careless"))
    monkeypatch.setattr(verifier, "bind", unbound)
    entry, lines = false_share(summed, unbound)
    accept([ask(summed.operator, bytes(entry), lines)])


def test_wrong_share_with_a_proof_for_the_right_one(summed: Simulation, tmp_path: Path) -> None:
    """Chaum, Pedersen 1992: all d of the list are in one proof, so two errors that cancel each other must not pass."""
    made = summed.trustees[0].decrypt(summed.counting.decryption, COUNCIL)
    (row,) = [canonical.decode(line, bytes) for line in made.lines]
    d = [G.decode(row[i : i + 32]) for i in range(0, len(row), 32)]
    for name, wrong in {
        "cancelling": [d[0] * g, d[1] / g, *d[2:]],
        "swapped": [d[1], d[0], *d[2:]],
        "identity": [G.identity, *d[1:]],
    }.items():
        body = msgspec.structs.replace(made.entry.body, shares=share_of(bytes(32), wrong).shares)
        lines = list(list_lines([b"".join(map(bytes, wrong))]))
        entry = signed(summed, "trustee 1", body)
        assert refused_everywhere(summed, tmp_path / name, entry, lines) == "decryption.proof"
