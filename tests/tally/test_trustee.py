"""A trustee refuses what the rules do not determine, and says the same thing when asked again."""

from __future__ import annotations

import base64
import copy
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from evote.crypto.rows import Rows
from evote.errors import DecodeError, Refused
from evote.mixnet.mixer import Mixer
from evote.operator import Message
from evote.record.entries import Aggregate, DecryptionShare, Entry, Shuffle, ballot_in
from evote.record.lists import lines_digest, list_digest
from evote.record.replies import Refusal
from evote.record.units import Place
from evote.simulate import Simulation
from evote.tally.decryption import Decryption
from evote.tally.trustee import Trustee, TrusteeState
from tests.elections import ask, changed, entries_of, finished, open_box, signed, story
from tests.tally.table import Table

NORTH = Place("council", "north")
MAYOR = Place("mayor", "north")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """Return an election on both roads with its box closed and nothing tallied or mixed yet."""
    simulation = open_box(tmp_path_factory.mktemp("closed") / "record", "both")
    story(simulation)
    simulation.operator.close_box()
    yield simulation
    simulation.operator.close_record()


# --- in the key ceremony ---


def test_asked_again_a_trustee_says_the_same() -> None:
    table = Table()
    for _ in range(2):
        assert table.message(1) == table.message(1)
        table.round()
    table.round()
    assert table.message(1) == table.message(1)


def test_a_trustee_that_lost_its_secrets_does_not_go_on() -> None:
    for rounds in (1, 2, 3):
        table = Table()
        table.rounds(rounds)
        table.trustees[1] = Trustee(table.election, 1, table.keys.trustees[0])
        with pytest.raises(Refused, match="not the one in my secret file"):
            table.message(1)


def test_a_trustee_does_not_open_a_commitment_it_did_not_make() -> None:
    table = Table()
    table.round({1: lambda body: changed(body, commitment=bytes(32))})
    with pytest.raises(Refused, match="not the one in my secret file"):
        table.message(1)


def test_after_a_complaint_a_trustee_holds_no_share() -> None:
    table = Table()
    table.rounds(2)
    table.round({3: lambda body: changed(body, boxes=(bytes(80),) * 3)})
    verdict = table.message(1)
    assert [complaint.dealer for complaint in verdict.complaints] == [3]
    assert table.trustees[1].state.share == b""
    assert verdict.complaints[0].secret == table.trustees[1].state.box_secrets[2]


def test_a_verdict_reveals_no_secret_without_need() -> None:
    table = Table()
    table.rounds(3)
    assert table.message(1).complaints == ()


def test_the_state_survives_a_secret_file() -> None:
    table = Table()
    for _ in range(4):
        table.round()
        for index, trustee in list(table.trustees.items()):
            state = msgspec.json.decode(msgspec.json.encode(trustee.state), type=TrusteeState)
            table.trustees[index] = Trustee(table.election, index, table.keys.trustees[index - 1], state)
    assert table.complete().y != table.election.algebra.identity


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_the_state_is_neither_pickled_nor_copied(leak: Callable[[TrusteeState], object]) -> None:
    with pytest.raises(TypeError):
        leak(TrusteeState(share=b"secret"))


def test_the_state_does_not_print() -> None:
    assert "secret share" not in repr(TrusteeState(share=b"secret share"))
    assert "secret share" not in str(TrusteeState(share=b"secret share"))


# --- in the decryption ---


def test_no_list_is_determined_before_the_aggregate(closed: Simulation) -> None:
    with pytest.raises(Refused, match="determine no list"):
        closed.trustees[0].decrypt(closed.counting.decryption, NORTH)


def test_a_raw_ballot_is_no_aggregate(closed: Simulation) -> None:
    ballot = next(ballot_in(e) for e in entries_of(closed.path) if e.author == "voter n2")
    raw = Aggregate(contest="council", unit="north", ciphertexts=ballot.answers[0].ciphertexts)
    reply = ask(closed.operator, signed(closed, "operator", raw))
    assert isinstance(reply, Refusal)
    assert reply.check == "tally.aggregate"
    with pytest.raises(Refused, match="determine no list"):
        closed.trustees[0].decrypt(closed.counting.decryption, NORTH)


def test_a_withheld_unit_is_not_decrypted(closed: Simulation) -> None:
    with pytest.raises(Refused, match="determine no list"):
        closed.trustees[0].decrypt(closed.counting.decryption, Place("council", "south/x5"))


def test_an_unshuffled_list_is_not_decrypted(tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "mix")
    story(simulation)
    simulation.operator.close_box()
    counting, trustee = simulation.counting, simulation.trustees[0]
    for index, key in enumerate(simulation.keys.mixers, 1):
        with pytest.raises(Refused, match="determine no list"):
            trustee.decrypt(counting.decryption, MAYOR)
        message = Mixer(simulation.election, index, key).shuffle(counting.cascade, MAYOR)
        simulation.operator.post([Message(bytes(message.entry), message.lists)])
    assert trustee.decrypt(counting.decryption, MAYOR)
    simulation.operator.close_record()


def copy_of_trustee(simulation: Simulation, index: int) -> Trustee:
    """Return a trustee with the secrets of a finished election, to play with."""
    trustee = simulation.trustees[index - 1]
    state = msgspec.structs.replace(trustee.state, decrypted=dict(trustee.state.decrypted))
    return Trustee(simulation.election, index, simulation.keys.trustees[index - 1], state)


def other_board(simulation: Simulation, place: Place, change: Callable[[list[bytes]], list[bytes]]) -> Decryption:
    """Return the decryption state of a board whose list for a unit is another one."""
    ours = simulation.counting.decryption
    true = ours.list_of(place).rows
    rows = Rows(true.group, true.width, change(list(true.encoded)))
    forked = Decryption(simulation.election, simulation.key, ours.share_keys, simulation.operator.procedure.audit)
    forked.open(place, rows, list_digest(rows.encoded))
    return forked


FORKS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "the list minus one": lambda rows: rows[1:],
    "the list in another order": lambda rows: [rows[1], rows[0], *rows[2:]],
    "one row only": lambda rows: rows[:1],
    "a row twice": lambda rows: [*rows, rows[0]],
}


@pytest.mark.parametrize("name", FORKS)
def test_a_second_list_for_a_unit_is_refused(name: str) -> None:
    """A board that shows trustees two histories would learn a vote from the difference."""
    simulation = finished("mix")
    trustee = copy_of_trustee(simulation, 1)
    assert trustee.decrypt(simulation.counting.decryption, MAYOR)
    with pytest.raises(Refused, match="another list"):
        trustee.decrypt(other_board(simulation, MAYOR, FORKS[name]), MAYOR)


def test_the_same_list_may_be_asked_for_again() -> None:
    simulation = finished("mix")
    trustee = copy_of_trustee(simulation, 1)
    one, two = (trustee.decrypt(simulation.counting.decryption, MAYOR) for _ in range(2))
    assert one.lines == two.lines
    assert isinstance(one.entry.body, DecryptionShare)
    assert one.entry.body.shares == lines_digest(one.lines)


def test_a_share_that_is_not_of_this_key_is_not_used_and_the_turn_not_spent() -> None:
    simulation = finished("mix")
    trustee = copy_of_trustee(simulation, 1)
    trustee.state.decrypted.clear()
    true, trustee.state.share = trustee.state.share, bytes(31) + b"\x01"
    with pytest.raises(Refused, match="does not belong to this key"):
        trustee.decrypt(other_board(simulation, MAYOR, lambda rows: rows[1:]), MAYOR)
    trustee.state.share = true
    assert trustee.decrypt(simulation.counting.decryption, MAYOR)


def test_a_trustee_without_a_share_refuses() -> None:
    simulation = finished("mix")
    trustee = Trustee(simulation.election, 1, simulation.keys.trustees[0])
    with pytest.raises(Refused, match="hold no share"):
        trustee.decrypt(simulation.counting.decryption, MAYOR)


def test_a_trustee_that_was_left_out_refuses() -> None:
    simulation = finished("mix")
    ours = simulation.counting.decryption
    without = {i: key for i, key in ours.share_keys.items() if i != 1}
    decryption = Decryption(simulation.election, simulation.key, without, simulation.operator.procedure.audit)
    decryption._lists = ours._lists
    with pytest.raises(Refused, match="hold no share"):
        copy_of_trustee(simulation, 1).decrypt(decryption, MAYOR)


def test_a_spoilt_secret_file_is_no_scalar() -> None:
    simulation = finished("mix")
    trustee = copy_of_trustee(simulation, 1)
    trustee.state.share = b"\xff" * 32
    with pytest.raises(DecodeError):
        trustee.decrypt(simulation.counting.decryption, MAYOR)


def test_the_record_holds_no_share_and_no_secret() -> None:
    simulation = finished("both")
    everything = b"".join(path.read_bytes() for path in simulation.path.rglob("*") if path.is_file())
    for trustee in simulation.trustees:
        state = trustee.state
        for secret in (state.share, *state.coefficients, *state.box_secrets):
            assert base64.b64encode(secret) not in everything


def test_authors_are_who_they_are() -> None:
    kinds = {entry.author for entry in entries_of(finished("mix").path) if isinstance(entry.body, Shuffle)}
    assert kinds == {"mixer 1", "mixer 2"}
    assert isinstance(entries_of(finished("mix").path)[0], Entry)
