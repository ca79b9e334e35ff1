"""The machine: each kind in its phase and by its author, and whatever is refused leaves no trace."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from evote.errors import EvidenceMissing, VerificationError
from evote.formats.native.reader import NativeRecord, list_name
from evote.procedure.machine import WRITERS, Procedure
from evote.record import entries as kinds
from evote.record.audit import Audit
from evote.record.entries import AnyBody, Entry, ballot_in, decode_entry, lists_named
from evote.record.operator import sign_entry
from tests.elections import changed, copy_of, finished

SIMULATION = "both"


@cache
def lines_of(road: str = SIMULATION) -> tuple[bytes, ...]:
    return tuple(NativeRecord(finished(road).path).lines())


@cache
def entries(road: str = SIMULATION) -> tuple[Entry, ...]:
    return tuple(map(decode_entry, lines_of(road)))


def kind(body: Any) -> str:
    """Return the tag of a body."""
    return str(body.__struct_config__.tag)


def replayed(count: int, path: Path | None = None, **settings: Any) -> Procedure:
    """Return the state after the first ``count`` entries."""
    record = NativeRecord(path or finished(SIMULATION).path)
    procedure = Procedure(record.election, record, Audit(**settings))
    for _ in procedure.replay(lines_of()[:count]):
        pass
    return procedure


def signed(author: str, body: AnyBody) -> bytes:
    simulation = finished(SIMULATION)
    return bytes(sign_entry(simulation.keys.of(author), simulation.election.fingerprint, author, body))


def index_of(wanted: str, which: int = 0, road: str = SIMULATION) -> int:
    """Return the place of an entry of this kind."""
    return [i for i, entry in enumerate(entries(road)) if kind(entry.body) == wanted][which]


def state(procedure: Procedure) -> Any:
    """Return everything that a refused entry must leave alone."""
    attempt, box, counting = procedure.ceremony.attempt, procedure.box, procedure.counting
    voters = finished(SIMULATION).keys.voters
    votes = {v: (s.sequence, s.leaf, s.index, s.revoked) for v in voters if box for s in [box.state(v)]}
    mixed: Any = None
    if counting:
        lists = counting.cascade._lists
        mixed = (
            {place: (x.digest, x.shuffles, x.rows) for place, x in lists.items()},
            {
                place: (x.digest, {j: share.data for j, share in x.shares.items()}, set(x.missing))
                for place, x in counting.decryption._lists.items()
            },
            dict(counting.results),
        )
    return (
        procedure.log.size,
        procedure.log.root(),
        set(procedure.lists),
        list(procedure.missing),
        (attempt.number, attempt.participants, [set(p) for p in attempt.posted], dict(attempt.faults)),
        (dict(attempt.commitments), dict(attempt.openings), dict(attempt.boxes), dict(attempt.verdicts)),
        (procedure.ceremony.key, dict(procedure.ceremony.share_keys)),
        (box is None, box and box.ballots, votes),
        mixed,
    )


# --- phases ---

START, DEFINED, ENROLLED, DEALING, KEYED, VOTED, CLOSED, MIXED, DONE = (
    "start",
    "defined",
    "enrolled",
    "dealing",
    "keyed",
    "voted",
    "closed",
    "mixed",
    "done",
)


def reached(phase: str) -> int:
    """Return how many entries of the finished record lead to a phase."""
    return {
        START: 0,
        DEFINED: 1,
        ENROLLED: index_of("roll") + 1,
        DEALING: index_of("key-opening") + 1,
        KEYED: index_of("key") + 1,
        VOTED: index_of("closing"),
        CLOSED: index_of("closing") + 1,
        MIXED: index_of("decryption"),
        DONE: len(lines_of()),
    }[phase]


KEY_ROUNDS = ("key-commitment", "key-opening", "key-boxes", "key-verdict")
VOTING = ("ballot", "revocation", "restoration", "closing")
TALLY = ("aggregate", "shuffle", "decryption", "result")


def sample(wanted: str) -> bytes:
    """Return an entry of this kind: the first of the record, or one made for the occasion."""
    if wanted == "key-restart":
        return signed("operator", kinds.KeyRestart(attempt=1, disqualified=(1,)))
    return lines_of()[index_of(wanted)]


EVERYTHING = {"election": "entry.order", "roll": "entry.order", "key-restart": "key.restart", "key": "key.joint"}
EVERYTHING |= dict.fromkeys(KEY_ROUNDS, "key.order") | dict.fromkeys((*VOTING, *TALLY), "entry.order")

# What is not refused in a phase, and what is refused by another check than in EVERYTHING.
ALLOWED: dict[str, set[str]] = {
    START: {"election"},
    DEFINED: {"roll", "key-commitment", "key-restart"},
    ENROLLED: {"key-commitment", "key-restart"},
    DEALING: set(),
    KEYED: {"ballot", "revocation"},
    VOTED: {"closing", "revocation"},
    CLOSED: {"aggregate", "shuffle"},
    MIXED: {"decryption"},
    DONE: set(),
}
OTHERWISE: dict[str, dict[str, str]] = {
    START: dict.fromkeys(EVERYTHING, "entry.order"),
    KEYED: {"restoration": "box.revocation", "closing": "box.closing"},
    VOTED: {"ballot": "ballot.sequence", "restoration": "box.revocation"},
    CLOSED: {"decryption": "decryption.list"},
    MIXED: {"aggregate": "tally.unit", "shuffle": "mix.order"},
    DONE: {
        "aggregate": "tally.unit",
        "shuffle": "mix.order",
        "decryption": "decryption.once",
        "result": "result.contest",
    },
}


@pytest.mark.parametrize("phase", ALLOWED)
def test_every_kind_has_its_phase(phase: str) -> None:
    procedure = replayed(reached(phase))
    before = state(procedure)
    for wanted, check in EVERYTHING.items():
        if wanted in ALLOWED[phase]:
            continue
        with pytest.raises(VerificationError) as caught:
            procedure.admit(sample(wanted))
        assert (wanted, caught.value.check) == (wanted, OTHERWISE.get(phase, {}).get(wanted, check))
        assert state(procedure) == before
    for wanted in ALLOWED[phase]:
        assert replayed(reached(phase)).admit(sample(wanted))


def test_the_finished_record_goes_through_entry_by_entry() -> None:
    record = NativeRecord(finished(SIMULATION).path)
    procedure = Procedure(record.election, record, Audit())
    for line in lines_of():
        assert not procedure.state_is_final()
        procedure.admit(line)
    assert procedure.state_is_final()
    assert state(procedure) == state(replayed(len(lines_of())))
    assert not procedure.missing
    assert len(procedure.lists) == len(list((record.path / "lists").iterdir()))


# --- authors ---

AUTHORS = {
    "operator": "operator",
    "registrar": "registrar",
    "trustee": "trustee 1",
    "mixer": "mixer 1",
    "voter": "voter n1",
}
BY_KIND = {body.__struct_config__.tag: role for role, bodies in WRITERS.items() for body in bodies}


@pytest.mark.parametrize("wanted", [tag for tag in EVERYTHING if tag != "election"])
def test_every_kind_has_its_author(wanted: str) -> None:
    procedure = replayed(reached(DEFINED))
    body = decode_entry(sample(wanted)).body
    for role, author in AUTHORS.items():
        if role == BY_KIND[wanted]:
            continue
        with pytest.raises(VerificationError) as caught:
            procedure.admit(signed(author, body))
        assert caught.value.check == "entry.author"


def test_every_kind_is_somebodys() -> None:
    tags = {body.__struct_config__.tag for body in get_args(kinds.AnyBody)}
    petitions = {"threshold-test", "threshold-share", "threshold-proof"}  # see test_petitions
    assert set(BY_KIND) == tags == set(EVERYTHING) | petitions


STRANGERS = ["trustee 4", "trustee 0", "trustee 01", "trustee", "trustee  1", "mixer 3", "operator 1", "Operator", "x"]


@pytest.mark.parametrize("author", STRANGERS)
def test_nobody_else_writes(author: str) -> None:
    procedure = replayed(reached(DEFINED))
    entry = decode_entry(sample("key-commitment" if author.startswith("trustee") else "roll"))
    with pytest.raises(VerificationError) as caught:
        procedure.admit(bytes(changed(entry, author=author)))
    assert caught.value.check == "entry.author"


SIGNED = {START: "election", DEFINED: "roll", ENROLLED: "key-commitment", VOTED: "closing", CLOSED: "shuffle"}
SIGNED[MIXED] = "decryption"


@pytest.mark.parametrize(("phase", "wanted"), SIGNED.items())
def test_every_role_signs(phase: str, wanted: str) -> None:
    procedure = replayed(reached(phase))
    before = state(procedure)
    entry = decode_entry(sample(wanted))
    other = decode_entry(signed("registrar" if entry.author != "registrar" else "operator", entry.body))
    for signature in (bytes(64), other.signature, decode_entry(lines_of()[-1]).signature):
        with pytest.raises(VerificationError) as caught:
            procedure.admit(bytes(changed(entry, signature=signature)))
        assert caught.value.check == "entry.signature"
    assert state(procedure) == before


def test_a_definition_of_another_election_is_refused() -> None:
    other = signed("operator", kinds.Definition(fingerprint=bytes(32)))
    with pytest.raises(VerificationError, match=r"election\.fingerprint"):
        replayed(0).admit(other)


# --- evidence that is not there ---


def test_a_list_that_is_not_handed_in_leaves_the_state_alone(tmp_path: Path) -> None:
    """A message whose list got lost on the way must not cost its author the turn."""
    path = copy_of(SIMULATION, tmp_path / "record")
    for wanted in ("roll", "shuffle", "decryption"):
        at = index_of(wanted)
        line = lines_of()[at]
        for digest in lists_named(decode_entry(line).body):
            procedure = replayed(at, path)
            before, place = state(procedure), path / list_name(digest)
            content = place.read_bytes()
            place.unlink()
            with pytest.raises(EvidenceMissing):
                procedure.admit(line)
            assert state(procedure) == before
            place.write_bytes(content)
            procedure.admit(line)


def missing_lists(path: Path, wanted: str, which: int = 0, named: int = 0) -> None:
    """Take away a list that an entry names."""
    digest = lists_named(entries()[index_of(wanted, which)].body)[named]
    (path / list_name(digest)).unlink()


LOST: dict[str, tuple[str, int, int]] = {
    "the roll": ("roll", 0, 0),
    "the output of the first mixer": ("shuffle", 0, 0),
    "the proof of the first mixer": ("shuffle", 0, 1),
    "the output of the last mixer": ("shuffle", 1, 0),
    "the proof of the last mixer": ("shuffle", 1, 1),
    "a share of an aggregate": ("decryption", 0, 0),
    "the last share": ("decryption", -1, 0),
}


@pytest.mark.parametrize("name", LOST)
def test_with_a_list_lost_the_replay_goes_on_to_the_end(tmp_path: Path, name: str) -> None:
    path = copy_of(SIMULATION, tmp_path / "record")
    missing_lists(path, *LOST[name])
    procedure = replayed(len(lines_of()), path)
    assert procedure.missing
    assert procedure.log.root() == replayed(len(lines_of())).log.root()


FALSE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a signature": ("result", "entry.signature", {}),
    "the chain of shuffles": ("shuffle", "mix.input", {"input": bytes(32)}),
    "the list that is decrypted": ("decryption", "decryption.list", {"input": bytes(32)}),
    "a proof of decryption": ("decryption", "decryption.proof", {"proof": bytes(96)}),
}

PAIRS = [
    (lost, false)
    for lost in LOST
    for false in FALSE
    # Nothing can be said of the counting without the roll, nor of a share without its list.
    if (lost != "the roll" or false == "a signature")
    and (lost, false) != ("the last share", "a proof of decryption")
    and not ("mixer" in lost and false == "a proof of decryption")
]


@pytest.mark.parametrize(("lost", "false"), PAIRS)
def test_missing_evidence_does_not_hide_what_is_false(tmp_path: Path, lost: str, false: str) -> None:
    path = copy_of(SIMULATION, tmp_path / "record")
    missing_lists(path, *LOST[lost])
    wanted, check, changes = FALSE[false]
    lines, at = list(lines_of()), index_of(wanted, -1)
    entry = decode_entry(lines[at])
    if changes:
        lines[at] = signed(entry.author, changed(entry.body, **changes))
    else:
        lines[at] = bytes(changed(entry, signature=bytes(64)))
    record = NativeRecord(path)
    procedure = Procedure(record.election, record, Audit())
    with pytest.raises(VerificationError) as caught:
        list(procedure.replay(lines))
    assert caught.value.check == check


def test_a_lost_list_costs_its_own_list_only(tmp_path: Path) -> None:
    """The other contest's result is still checked."""
    path = copy_of(SIMULATION, tmp_path / "record")
    missing_lists(path, "shuffle", 0, 0)
    counting = replayed(len(lines_of()), path).counting
    assert counting is not None
    assert set(counting.results) == {"council"}


# --- entries moved about ---


def replay_false(lines: Sequence[bytes]) -> None:
    simulation = finished("mix")
    procedure = Procedure(simulation.election, NativeRecord(simulation.path), Audit())
    with pytest.raises(VerificationError):
        list(procedure.replay(lines))


def test_no_two_neighbours_before_the_closing_can_change_places() -> None:
    lines = lines_of("mix")
    for at in range(index_of("closing", road="mix")):
        replay_false([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])


def test_no_entry_before_the_closing_can_be_dropped() -> None:
    lines = lines_of("mix")
    for at in range(index_of("closing", road="mix") + 1):
        replay_false([*lines[:at], *lines[at + 1 :]])


def test_no_entry_before_the_closing_can_be_said_twice() -> None:
    lines = lines_of("mix")
    for at in range(index_of("closing", road="mix") + 1):
        replay_false([*lines[: at + 1], lines[at], *lines[at + 1 :]])


def test_after_the_end_nothing_can_be_said_again() -> None:
    procedure = replayed(reached(DONE))
    before = state(procedure)
    for line in lines_of():
        with pytest.raises(VerificationError):
            procedure.admit(line)
    assert state(procedure) == before


# --- workers ---


@pytest.mark.parametrize("workers", [0, 2])
def test_workers_make_no_difference(workers: int) -> None:
    with ProcessPoolExecutor(workers) if workers else nullcontext() as executor:
        procedure = replayed(reached(DONE), executor=executor)
        assert state(procedure) == state(replayed(reached(DONE)))
        assert procedure.audit.held == replayed(reached(DONE)).audit.held
        lines, at = list(lines_of()), index_of("shuffle")
        entry = decode_entry(lines[at])
        proof = entry.body.proof  # type: ignore[union-attr]
        lines[at] = signed(entry.author, changed(entry.body, proof=proof[:-1] + bytes([proof[-1] ^ 1])))
        record = NativeRecord(finished(SIMULATION).path)
        culprit = Procedure(record.election, record, Audit(executor=executor))
        with pytest.raises(VerificationError, match=rf"entry {at} \(shuffle by mixer 1\)") as caught:
            list(culprit.replay(lines))
        assert caught.value.check == "shuffle.terelius-wikstrom"


def test_what_has_not_been_looked_at_is_not_counted_as_held() -> None:
    """A ballot that fails takes its chunk along: no ballot in it has been shown to be anything."""
    lines, at = list(lines_of()), index_of("ballot", 1)
    entry = decode_entry(lines[at])
    (answer, *others) = ballot_in(entry).answers
    proof = answer.proofs[0][:-1] + bytes([answer.proofs[0][-1] ^ 1])
    spoilt = changed(entry.body, answers=(changed(answer, proofs=(proof, *answer.proofs[1:])), *others))
    lines[at] = signed(entry.author, spoilt)
    record, audit = NativeRecord(finished(SIMULATION).path), Audit()
    with pytest.raises(VerificationError, match=r"ballot\.proof"):
        list(Procedure(record.election, record, audit).replay(lines))
    assert not [check for check in audit.held if check in ("ballot.signature", "ballot.ciphertext", "ballot.proof")]


def test_progress_counts_every_entry_once() -> None:
    record = NativeRecord(finished(SIMULATION).path)
    procedure = Procedure(record.election, record, Audit())
    assert sum(procedure.replay(lines_of())) == len(lines_of())


def test_a_tag_says_what_a_body_is() -> None:
    assert {kind(entry.body) for entry in entries()} | {"key-restart"} == set(EVERYTHING)
    assert msgspec.json.decode(lines_of()[0])["body"]["kind"] == "election"
