"""Small elections, built in a second, for tests of everything above the cryptography.

There are three roads: "sum" (a selection), "mix" (a choice), "both" (a ballot with one of each). A `story` holds all
that can happen in the voting phase, and its true outcome is `EXPECTED`. ``finished(road)`` is made once in a process;
tests work on a `copy_of` it.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from evote.ballot.voter import CastBallot
from evote.crypto.signing import SigningKey
from evote.operator import Message, Operator
from evote.record.board import Receipt
from evote.record.entries import AnyBody, Entry, Result, decode_entry
from evote.record.manifest import Election
from evote.record.operator import sign_entry
from evote.record.replies import Refusal
from evote.simulate import Keys, Simulation, VoterPlan, appoint

S = TypeVar("S", bound=msgspec.Struct)

GROUP = "ristretto255"
ROADS = ("sum", "mix", "both")

COUNCIL: dict[str, Any] = {
    "id": "council",
    "title": "Council",
    "type": "selection",
    "rules": {"minimum": 1, "maximum": 2},
    "options": [{"id": "ada", "name": "Ada"}, {"id": "bob", "name": "Bob"}, {"id": "eve", "name": "Eve"}],
}
MAYOR: dict[str, Any] = {
    "id": "mayor",
    "title": "Mayor",
    "type": "choice",
    "options": [
        {"id": "kai", "name": "Kai"},
        {"id": "liv", "name": "Liv"},
        {"id": "mia", "name": "Mia", "districts": ["south"]},
    ],
}
CONTESTS: dict[str, list[dict[str, Any]]] = {"sum": [COUNCIL], "mix": [MAYOR], "both": [COUNCIL, MAYOR]}
DISTRICTS = [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}]

NORTH = tuple(VoterPlan(f"n{i}", "north") for i in range(1, 7))
SOUTH = tuple(VoterPlan(f"s{i}", "south") for i in range(1, 6))
HEAVY = (VoterPlan("w1", "south", weight=5),)  # alone in its weight class, so withheld
VOTERS = (*NORTH, *SOUTH, *HEAVY)

# What the story below comes to: counts, blank, invalid (by weight), withheld (in ballots).
EXPECTED = {"council": ((5, 3, 2), 1, 0, 1), "mayor": ((4, 1, 1), 1, 1, 1)}


def keys_of(trustees: int = 3, mixers: int = 2) -> Keys:
    """Return a signing key for each role, the same every time."""
    made = (SigningKey.from_seed(i.to_bytes(32, "big")) for i in range(1, 300))
    fresh = made.__next__
    return Keys(fresh(), fresh(), [fresh() for _ in range(trustees)], [fresh() for _ in range(mixers)])


def small_definition(road: str = "sum", **changes: Any) -> dict[str, Any]:
    """Return a definition without roles; ``changes`` replace fields."""
    definition = {
        "name": f"A small election by {road}",
        "group": GROUP,
        "threshold": 2,
        "minimum_group": 3,
        "districts": DISTRICTS,
        "contests": CONTESTS[road],
    }
    return definition | changes


def small_election(road: str = "sum", *, trustees: int = 3, mixers: int = 2, **changes: Any) -> tuple[Election, Keys]:
    """Return an election and its keys; without a contest to mix there are no mixers."""
    definition = small_definition(road, **changes)
    mixed = any(contest["type"] == "choice" for contest in definition["contests"])
    keys = keys_of(trustees, mixers if mixed else 0)
    return appoint(definition, keys), keys


def start(
    path: Path,
    road: str = "sum",
    voters: Iterable[VoterPlan] = VOTERS,
    *,
    executor: Executor | None = None,
    **changes: Any,
) -> Simulation:
    """Return an election with its roll posted, before the key ceremony."""
    election, keys = small_election(road, **changes)
    simulation = Simulation(path, election, keys, executor=executor)
    simulation.enrol(voters)
    return simulation


def open_box(path: Path, road: str = "sum", voters: Iterable[VoterPlan] = VOTERS, **settings: Any) -> Simulation:
    """Return an election that is ready for ballots."""
    simulation = start(path, road, voters, **settings)
    simulation.make_key()
    return simulation


def selections(road: str, council: Sequence[int], mayor: Sequence[int]) -> dict[str, Sequence[int]]:
    """Return the answers that a ballot on this road has room for."""
    both = {"council": council, "mayor": mayor}
    return {contest["id"]: both[contest["id"]] for contest in CONTESTS[road]}


def good_ballot(
    simulation: Simulation, voter: str, council: Sequence[int] = (1,), mayor: Sequence[int] = (1,)
) -> CastBallot:
    """Return a voter's next ballot, whichever contests the election has."""
    wanted = {"council": council, "mayor": mayor}
    return simulation.ballot(voter, {c.id: wanted[c.id] for c in simulation.election.contests})


def accept(replies: Sequence[Receipt | Refusal]) -> list[Receipt]:
    """Return the receipts; fail if the door refused anything."""
    refused = [reply for reply in replies if isinstance(reply, Refusal)]
    assert not refused, refused
    return [reply for reply in replies if isinstance(reply, Receipt)]


def story(simulation: Simulation) -> None:
    """Let people vote: re-votes, a blank, an invalid vote, revocations, a restoration, an abstention."""

    def cast(votes: Mapping[str, tuple[Sequence[int], Sequence[int]]]) -> None:
        accept(simulation.cast([good_ballot(simulation, voter, *vote) for voter, vote in votes.items()]))

    cast({"n1": ((2,), (2,)), "n2": ((1, 2), (1,)), "n3": ((3,), (2,)), "n4": ((), ()), "s1": ((1,), (3,))})
    simulation.revoke("s1")
    simulation.revoke("n6")  # has not voted yet
    cast({"n1": ((1,), (1,)), "s2": ((1, 3), (1,)), "s3": ((2,), (2,)), "w1": ((3,), (1,)), "n6": ((1,), (2,))})
    simulation.restore("s1")
    simulation.revoke("n3", "voted on paper: ✓")
    cast({"n5": ((1,), (1,)), "n3": ((3,), (1,)), "s4": ((2, 3), (3,)), "n1": ((1,), (1,))})
    accept(simulation.cast([spoilt_ballot(simulation, "s4", (2, 3))]))


def spoilt_ballot(simulation: Simulation, voter: str, council: Sequence[int]) -> CastBallot:
    """Return a ballot whose choice, where there is one, is on nobody's list."""
    exponents = {
        c.id: c.question.encode(council) if c.id == "council" else (777,) for c in simulation.election.contests
    }
    return simulation.ballot(voter, exponents=exponents)


def run_small(path: Path, road: str = "sum", **settings: Any) -> Simulation:
    """Return a whole small election, finished; its record is at ``path``."""
    simulation = open_box(path, road, **settings)
    story(simulation)
    simulation.finish()
    return simulation


@cache
def finished(road: str) -> Simulation:
    """Return a finished election, made once; its record must not be changed."""
    directory = Path(tempfile.mkdtemp(prefix="evote-tests-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return run_small(directory / road, road)


def copy_of(road: str, path: Path) -> Path:
    """Copy a finished record to ``path``, which must not exist yet, and return it."""
    shutil.copytree(finished(road).path, path)
    return path


def entries_of(path: Path) -> list[Entry]:
    """Return the entries of a record."""
    return [decode_entry(line) for line in (path / "board" / "entries.jsonl").read_bytes().splitlines()]


def bodies(path: Path, kind: type[S]) -> list[S]:
    """Return the bodies of one kind, in board order."""
    return [entry.body for entry in entries_of(path) if isinstance(entry.body, kind)]


def outcome(result: Result) -> tuple[tuple[int, ...], int, int, int]:
    """Return what `EXPECTED` says of a contest."""
    return result.counts, result.blank, result.invalid, result.withheld


def signed(simulation: Simulation, author: str, body: AnyBody) -> bytes:
    """Return the line of an entry signed by its author."""
    return bytes(sign_entry(simulation.keys.of(author), simulation.election.fingerprint, author, body))


def ask(operator: Operator, line: bytes, *lists: list[bytes]) -> Receipt | Refusal:
    """Hand in one message and return the door's answer."""
    (reply,) = operator.post([Message(line, lists)])
    return reply


def changed(value: S, /, **changes: Any) -> S:
    """Return a struct with some fields replaced."""
    return msgspec.structs.replace(value, **changes)
