"""The key ceremony: honest trustees get a key, a cheat gets a name, and nobody gets to steer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from evote.crypto.group import Scalar
from evote.crypto.prover import prove
from evote.crypto.relation import Witness
from evote.crypto.sealing import BoxSecret, seal
from evote.errors import DecodeError, Refused, VerificationError
from evote.record.entries import Complaint, JointKey, KeyBoxes, KeyOpening, KeyRestart, KeyVerdict
from evote.tally.ceremony import commitment_hash, possession, possession_transcript
from tests.crypto.shares import combined
from tests.elections import changed
from tests.tally.table import Table

CHEAT, VICTIM = 3, 1


@pytest.mark.parametrize(("n", "t"), [(1, 1), (3, 1), (3, 2), (3, 3), (5, 3)])
def test_honest_trustees_get_a_key_that_any_t_of_them_hold(n: int, t: int) -> None:
    table = Table(n, t)
    key = table.complete()
    g = key.group.generator
    secret = sum((table.coefficient(i) for i in table.trustees), key.group.scalar(0))
    assert key.y == g**secret
    assert table.ceremony.share_keys == {i: g ** table.share(i) for i in table.trustees}
    message = key.group.hash_to_group("anything")
    for subset in combinations(table.trustees, t):
        assert combined({i: message ** table.share(i) for i in subset}) == message**secret
    for subset in combinations(table.trustees, t - 1):
        assert not subset or combined({i: message ** table.share(i) for i in subset}) != message**secret


def test_no_two_ceremonies_give_one_key() -> None:
    assert Table(1, 1).complete() != Table(1, 1).complete()


# --- faults: what is well-formed and false stands on the board and names its author ---


def opened(
    table: Table,
    constant: Scalar | None = None,
    claimed: Any = None,
    last: Any = None,
    **changes: Any,
) -> None:
    """Let the cheat commit to, and open, a polynomial of its own making.

    ``constant`` is the a_0 it proves possession of, ``claimed`` the A_0 it shows, ``last`` the last coefficient.
    """
    trustee, group = table.trustees[CHEAT], table.election.algebra
    table.message(CHEAT)
    a_0 = constant or group.scalar(5)
    a_0_shown = group.generator**a_0 if claimed is None else claimed
    encoded = (bytes(a_0_shown), bytes(group.generator if last is None else last))
    transcript = possession_transcript(table.election, trustee.author, changes.pop("proved_for", 1), encoded)
    proof = bytes(prove(possession(a_0_shown), Witness((a_0,)), transcript))
    opening = KeyOpening(attempt=1, coefficients=encoded, proof=proof, nonce=bytes(32))
    trustee.state.opening = changed(opening, **changes)
    table.rounds(2)


def rushing(table: Table) -> None:
    """Commit to something, wait for the others' openings, and open to g^a over their product."""
    table.round()
    for honest in (1, 2):
        table.say(honest, table.message(honest))
    g, others = table.election.algebra.generator, table.ceremony.attempt.openings
    chosen = g**7 / (others[1][0] * others[2][0])
    table.say(CHEAT, changed(table.message(CHEAT), coefficients=(bytes(chosen), bytes(g))))


def foreseeing(table: Table) -> None:
    """Commit to g^a over the others' product, as if their hashes could be seen through; a is all it knows."""
    table.message(1), table.message(2)
    g = table.election.algebra.generator
    others = g ** (table.coefficient(1) + table.coefficient(2))
    opened(table, constant=table.election.algebra.scalar(7), claimed=g**7 / others)


def copied_possession(table: Table) -> None:
    """Show another trustee's polynomial and proof as one's own."""
    table.message(1)
    honest = table.trustees[1].state.opening
    assert honest is not None
    opened(table, coefficients=honest.coefficients, proof=honest.proof)


def dealt(table: Table, make: Callable[[Table, bytes], bytes]) -> None:
    """Deal honestly, but for the victim's box; ``make`` gets the box key."""
    table.rounds(2)
    key = table.ceremony.attempt.commitments[VICTIM].box_keys[CHEAT - 1]
    table.round({CHEAT: lambda body: changed(body, boxes=(make(table, key), *body.boxes[1:]))})
    table.round()


def complaint(table: Table, secret: Callable[[Table], bytes]) -> None:
    """Complain of the honest trustee 1."""
    table.rounds(3)
    table.round({CHEAT: lambda body: changed(body, complaints=(Complaint(dealer=1, secret=secret(table)),))})


def share_for(table: Table, receiver: int) -> Scalar:
    return table.coefficient(CHEAT) + table.coefficient(CHEAT, 1) * receiver


def too_large(table: Table) -> bytes:
    """Return the right share, written as share + q."""
    share = int(share_for(table, VICTIM)) + table.election.algebra.order
    return share.to_bytes(32, "big")


def other_nonce(table: Table) -> None:
    table.round()
    table.round({CHEAT: lambda body: changed(body, nonce=bytes(32))})


FAULTS: dict[str, tuple[str, Callable[[Table], None]]] = {
    "an opening not committed to": (
        "not the one committed to",
        other_nonce,
    ),
    "a rushing trustee": ("not the one committed to", rushing),
    "a rushing trustee who could foresee": ("bad opening: possession", foreseeing),
    "a constant term that is the identity": (
        "the identity",
        lambda t: opened(t, constant=t.election.algebra.scalar(0), claimed=t.election.algebra.identity),
    ),
    "a degree too low": ("the identity", lambda t: opened(t, last=t.election.algebra.identity)),
    "a coefficient that is no element": (
        "bad opening: item 1",
        lambda t: opened(t, coefficients=(bytes(32), b"\xff" * 32)),
    ),
    "a coefficient cut short": ("bad opening: item 0", lambda t: opened(t, coefficients=(b"", bytes(32)))),
    "no proof": ("bad opening: a proof", lambda t: opened(t, proof=b"")),
    "a false proof": ("bad opening: possession", lambda t: opened(t, claimed=t.election.algebra.generator)),
    "a proof of another attempt": ("bad opening: possession", lambda t: opened(t, proved_for=2)),
    "another's polynomial and proof": ("bad opening: possession", copied_possession),
    "a box of garbage": ("holds no share", lambda t: dealt(t, lambda _, __: bytes(80))),
    "a box to a key of its own": (
        "holds no share",
        lambda t: dealt(t, lambda _, __: seal(BoxSecret.generate().public_key, bytes(32))),
    ),
    "a box with text": ("holds no share", lambda t: dealt(t, lambda _, key: seal(key, b"\xff" * 32))),
    "the right share, plus q": ("holds no share", lambda t: dealt(t, lambda _, key: seal(key, too_large(t)))),
    "a share one off": (
        "a wrong share",
        lambda t: dealt(t, lambda _, key: seal(key, bytes(share_for(t, VICTIM) + 1))),
    ),
    "another's share": ("a wrong share", lambda t: dealt(t, lambda _, key: seal(key, bytes(share_for(t, 2))))),
    "a share of zero": ("a wrong share", lambda t: dealt(t, lambda _, key: seal(key, bytes(32)))),
    "a complaint with another box's secret": (
        "a secret that is not the box's",
        lambda t: complaint(t, lambda t: t.trustees[CHEAT].state.box_secrets[1]),
    ),
    "a complaint with an invented secret": (
        "a secret that is not the box's",
        lambda t: complaint(t, lambda _: BoxSecret.generate().reveal()),
    ),
    "a complaint with a secret not clamped": ("a malformed secret", lambda t: complaint(t, lambda _: b"\x01" * 32)),
    "a complaint without reason": (
        "without reason",
        lambda t: complaint(t, lambda t: t.trustees[CHEAT].state.box_secrets[0]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_the_right_trustee_and_the_others_go_on_without_it(name: str) -> None:
    reason, cheat = FAULTS[name]
    table = Table()
    cheat(table)
    assert list(table.ceremony.attempt.faults) == [CHEAT]
    assert reason in table.ceremony.attempt.faults[CHEAT]
    for trustee in table.trustees.values():
        with pytest.raises(Refused, match="no message is due"):
            trustee.next_message(table.ceremony)
    with pytest.raises(VerificationError, match="not come to a good end"):
        table.ceremony.joint_key()
    table.restart(CHEAT)
    key = table.complete()
    assert key.y == key.group.generator ** (table.coefficient(1) + table.coefficient(2))
    assert set(table.ceremony.share_keys) == {1, 2}


def test_the_fault_goes_with_the_hash_not_with_the_name() -> None:
    """A trustee that copies another's commitment cannot open it: the hash binds its author."""
    table = Table()
    copied = table.message(1)
    keys = table.message(CHEAT).box_keys
    table.round({CHEAT: lambda body: changed(body, commitment=copied.commitment, box_keys=keys)})
    for honest in (1, 2):
        table.say(honest, table.message(honest))
    with pytest.raises(Refused, match="not the one in my secret file"):
        table.message(CHEAT)
    opening = table.trustees[1].state.opening
    table.say(CHEAT, opening)
    assert "not the one committed to" in table.ceremony.attempt.faults[CHEAT]


def test_a_restart_draws_everything_afresh() -> None:
    table = Table()
    table.rounds(2)
    before = [(t.state.coefficients, t.state.box_secrets, t.state.opening) for t in table.trustees.values()]
    table.round({CHEAT: lambda b: changed(b, boxes=(bytes(80),) * 3)})
    table.round()
    table.restart(CHEAT)
    table.round()
    after = [(table.trustees[i].state.coefficients, table.trustees[i].state.box_secrets) for i in (1, 2)]
    for (coefficients, secrets, _), (new_coefficients, new_secrets) in zip(before, after, strict=False):
        assert not set(coefficients) & set(new_coefficients)
        assert not set(secrets) & set(new_secrets)


def test_a_joint_key_that_is_the_identity_is_refused() -> None:
    """All trustees together could make one; nobody could encrypt under it."""
    table = Table()
    table.message(1), table.message(2)
    constant = -(table.coefficient(1) + table.coefficient(2))
    opened(table, constant=constant)
    table.trustees[CHEAT].state.coefficients = (bytes(constant), bytes(table.election.algebra.scalar(1)))
    table.rounds(2)
    with pytest.raises(VerificationError, match="the identity is no key"):
        table.finish()
    assert table.ceremony.key is None


# --- what is malformed, or out of turn, is refused ---

MALFORMED: dict[str, tuple[int, str, Callable[[Table, Any], Any]]] = {
    "a box key missing": (1, "key.commitment", lambda _, b: changed(b, box_keys=b.box_keys[1:])),
    "a box key too many": (1, "key.commitment", lambda _, b: changed(b, box_keys=(*b.box_keys, bytes([9] * 32)))),
    "a box key used twice": (1, "key.commitment", lambda _, b: changed(b, box_keys=(b.box_keys[0],) * 3)),
    "another's box key": (
        1,
        "key.commitment",
        lambda t, b: changed(b, box_keys=(t.ceremony.attempt.commitments[1].box_keys[0], *b.box_keys[1:])),
    ),
    "a coefficient missing": (2, "key.opening", lambda _, b: changed(b, coefficients=b.coefficients[1:])),
    "a degree too high": (2, "key.opening", lambda _, b: changed(b, coefficients=(*b.coefficients, b.coefficients[0]))),
    "a box missing": (3, "key.boxes", lambda _, b: changed(b, boxes=b.boxes[1:])),
    "a box too many": (3, "key.boxes", lambda _, b: changed(b, boxes=(*b.boxes, b.boxes[0]))),
    "a box too short": (3, "key.boxes", lambda _, b: changed(b, boxes=(b.boxes[0][1:], *b.boxes[1:]))),
    "a box too long": (3, "key.boxes", lambda _, b: changed(b, boxes=(b.boxes[0] + b"x", *b.boxes[1:]))),
    "a complaint of nobody": (4, "key.verdict", lambda _, b: changed(b, complaints=complaints(4))),
    "complaints out of order": (4, "key.verdict", lambda _, b: changed(b, complaints=complaints(2, 1))),
    "a complaint twice": (4, "key.verdict", lambda _, b: changed(b, complaints=complaints(1, 1))),
    "another attempt": (1, "key.order", lambda _, b: changed(b, attempt=2)),
    "another round": (1, "key.order", lambda _, b: KeyVerdict(attempt=1, complaints=())),
    "a round too early": (2, "key.order", lambda _, b: KeyBoxes(attempt=1, boxes=(bytes(80),) * 3)),
}


def complaints(*dealers: int) -> tuple[Complaint, ...]:
    return tuple(Complaint(dealer=dealer, secret=bytes(32)) for dealer in dealers)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_message_is_refused_and_may_be_put_right(name: str) -> None:
    round_, check, change = MALFORMED[name]
    table = Table()
    table.rounds(round_ - 1)
    for honest in (1, 2):
        table.say(honest, table.message(honest))
    good = table.message(CHEAT)
    with pytest.raises(VerificationError) as caught:
        table.say(CHEAT, change(table, good))
    assert caught.value.check == check
    assert table.ceremony.attempt.absent == {CHEAT}
    assert not table.ceremony.attempt.faults
    table.say(CHEAT, good)
    assert table.complete()


@pytest.mark.parametrize("key", [bytes(32), b"\xff" * 32, bytes([1] + [0] * 31)], ids=["zero", "not reduced", "one"])
def test_a_box_key_that_anybody_could_open_is_malformed(key: bytes) -> None:
    table = Table()
    body = table.message(CHEAT)
    with pytest.raises(DecodeError):
        table.say(CHEAT, changed(body, box_keys=(key, *body.box_keys[1:])))
    assert CHEAT in table.ceremony.attempt.absent


@pytest.mark.parametrize("round_", [1, 2, 3, 4])
def test_nobody_speaks_twice_in_a_round(round_: int) -> None:
    table = Table()
    table.rounds(round_ - 1)
    body = table.message(1)
    table.say(1, body)
    with pytest.raises(VerificationError, match=r"key\.order"):
        table.say(1, body)
    with pytest.raises(Refused, match="no message is due"):
        table.message(1)


def test_after_the_end_nothing_more_is_said() -> None:
    table = Table()
    table.rounds(3)
    verdict = table.message(1)
    key = table.complete()
    for action in (lambda: table.say(1, verdict), lambda: table.restart(1), table.finish):
        with pytest.raises(VerificationError):
            action()
    assert table.ceremony.key == key


def test_who_is_out_stays_out() -> None:
    table = Table()
    commitment = table.message(2)
    table.restart(2)
    with pytest.raises(VerificationError, match=r"key\.order"):
        table.say(2, changed(commitment, attempt=2))
    with pytest.raises(Refused, match="no message is due"):
        table.message(2)


# --- restarts ---


def at_fault(table: Table) -> None:
    table.round()
    table.say(1, table.message(1))
    table.say(CHEAT, changed(table.message(CHEAT), nonce=bytes(32)))


def two_committed(table: Table) -> None:
    table.say(1, table.message(1))
    table.say(2, table.message(2))


RESTARTS: dict[str, tuple[Callable[[Table], None], dict[str, Any]]] = {
    "without anybody to blame": (two_committed, {"disqualified": ()}),
    "without one who has spoken": (two_committed, {"disqualified": (1,)}),
    "without one who has spoken and one who has not": (two_committed, {"disqualified": (1, 3)}),
    "without a stranger": (two_committed, {"disqualified": (3, 4)}),
    "twice without the same": (two_committed, {"disqualified": (3, 3)}),
    "of another attempt": (two_committed, {"attempt": 2, "disqualified": (3,)}),
    "with the guilty one": (at_fault, {"disqualified": (2,)}),
    "with nobody out after a fault": (at_fault, {"disqualified": ()}),
    "without an honest one": (at_fault, {"disqualified": (1, 3)}),
    "without one whom the fault kept from speaking": (at_fault, {"disqualified": (2, 3)}),
    "out of order": (lambda _: None, {"disqualified": (3, 2)}),
    "after the last round": (lambda t: t.rounds(4), {"disqualified": (1,)}),
}  # fmt: skip


@pytest.mark.parametrize("name", RESTARTS)
def test_a_restart_that_the_rules_do_not_determine_is_refused(name: str) -> None:
    play, restart = RESTARTS[name]
    table = Table()
    play(table)
    with pytest.raises(VerificationError) as caught:
        table.ceremony.restart(KeyRestart(**{"attempt": 1, **restart}), "operator")
    assert caught.value.check == "key.restart"
    assert table.ceremony.attempt.number == 1


def test_the_absent_may_be_left_out() -> None:
    table = Table()
    two_committed(table)
    table.restart(3)
    assert table.ceremony.attempt.participants == (1, 2)
    table.complete()
    assert set(table.ceremony.share_keys) == {1, 2}


def test_too_few_trustees_left_means_no_key() -> None:
    table = Table()
    two_committed(table)
    table.restart(3)
    table.say(1, table.message(1))
    with pytest.raises(VerificationError, match="too few trustees left"):
        table.restart(2)
    table.complete()


JOINT_KEYS: dict[str, dict[str, Any]] = {
    "another key": {"key": bytes(32)},
    "another attempt": {"attempt": 2},
    "a trustee missing": {"trustees": (1, 2)},
}


@pytest.mark.parametrize("name", JOINT_KEYS)
def test_the_operator_cannot_choose_the_key(name: str) -> None:
    table = Table()
    table.rounds(4)
    true = table.ceremony.joint_key()
    with pytest.raises(VerificationError) as caught:
        table.ceremony.finish(changed(true, **JOINT_KEYS[name]), "operator")
    assert caught.value.check == "key.joint"
    assert table.ceremony.key is None


def test_there_is_no_key_before_the_last_verdict() -> None:
    table = Table()
    table.rounds(3)
    key = JointKey(attempt=1, key=bytes(32), trustees=(1, 2, 3))
    with pytest.raises(VerificationError, match="not come to a good end"):
        table.ceremony.finish(key, "operator")


def test_the_commitment_binds_every_part_of_the_opening() -> None:
    table = Table()
    table.round()
    opening = table.message(1)
    parts = {"attempt": 2, "coefficients": opening.coefficients[::-1], "proof": b"", "nonce": bytes(32)}
    hashes = {commitment_hash(table.election, "trustee 1", changed(opening, **{k: v})) for k, v in parts.items()}
    hashes |= {commitment_hash(table.election, f"trustee {i}", opening) for i in (1, 2)}
    assert len(hashes) == 6
    assert table.ceremony.attempt.commitments[1].commitment in hashes
