"""The two finished records that are changed in every way, one of each road; others are in `kinds`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from evote.crypto.sealing import seal
from evote.record.entries import KeyBoxes
from evote.simulate import Keys, Simulation, VoterPlan, appoint
from tests.elections import accept, keys_of

DISTRICTS = [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}]
RULES = {"group": "ristretto255", "threshold": 2, "minimum_group": 3, "districts": DISTRICTS}

ACCESSION = {
    "id": "accession",
    "title": "Shall we join?",
    "type": "selection",
    "options": [{"id": "yes", "name": "Yes"}, {"id": "no", "name": "No"}],
}
BOARD = {
    "id": "board",
    "title": "School board",
    "type": "selection",
    "districts": ["north"],
    "rules": {"minimum": 1, "maximum": 2, "blank": False},
    "options": [{"id": "ada", "name": "Ada"}, {"id": "bob", "name": "Bob"}],
}
MAYOR = {
    "id": "mayor",
    "title": "Mayor",
    "type": "choice",
    "options": [
        {"id": "kai", "name": "Kai"},
        {"id": "liv", "name": "Liv"},
        {"id": "mia", "name": "Mia", "districts": ["north"]},
    ],
}
MOTTO = {
    "id": "motto",
    "title": "Motto of the south",
    "type": "choice",
    "districts": ["south"],
    "rules": {"blank": False, "membership": "proved"},
    "options": [{"id": "sun", "name": "Sun"}, {"id": "sea", "name": "Sea"}],
}

Selections = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class World:
    """A finished election: its record, every signing key, and for each trustee its one-time box secrets."""

    name: str
    path: Path
    keys: Keys
    box_secrets: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()  # voters on the roll without a ballot
    set_aside: frozenset[str] = frozenset()  # voters whose ballots do not count
    withheld: frozenset[str] = frozenset()  # voters whose ballots count in a unit too small to open


def begin(path: Path, name: str, contests: list[dict[str, Any]], **rules: Any) -> Simulation:
    """Start a record with deterministic signing keys."""
    keys = keys_of(3, 2 if contests[0]["type"] == "choice" else 0)
    return Simulation(path, appoint({"name": name, **RULES, **rules, "contests": contests}, keys), keys)


def vote(simulation: Simulation, votes: Mapping[str, Selections]) -> None:
    """Cast one ballot for each voter named."""
    accept(simulation.cast([simulation.ballot(voter, selections) for voter, selections in votes.items()]))


def by_sum(path: Path) -> World:
    """Two selections, strata, weights, a withheld unit, three trustees who all decrypt."""

    def both(accession: Sequence[int], board: Sequence[int]) -> Selections:
        return {"accession": accession, "board": board}

    simulation = begin(path, "Õisu by sum", [ACCESSION, BOARD], strata=["young", "old"])
    simulation.enrol(
        [VoterPlan(f"n{i}", "north", "young" if i < 5 else "old") for i in range(1, 7)]
        + [VoterPlan(f"s{i}", "south", "young") for i in range(1, 5)]
        + [VoterPlan(f"w{i}", "north", "old", 2) for i in range(1, 4)]
        + [VoterPlan("x1", "south", "old", 7), VoterPlan("z1", "south", "old"), VoterPlan("z2", "north", "young")]
    )
    simulation.make_key()
    vote(simulation, {f"n{i}": both([1 + i % 2], [1]) for i in range(1, 5)} | {"s1": {"accession": [1]}})
    simulation.revoke("s1")
    simulation.revoke("n1", "voted on paper in Õisu")
    vote(simulation, {"n2": both([], [1, 2]), "n5": both([2], [2]), "n6": both([1], [2]), "s2": {"accession": [2]}})
    simulation.restore("s1")
    vote(simulation, {f"w{i}": both([1], [i % 2 + 1]) for i in range(1, 4)} | {"x1": {"accession": [2]}})
    vote(simulation, {"s3": {"accession": []}, "s4": {"accession": [1]}, "n2": both([1], [2])})
    simulation.operator.close_box()
    simulation.operator.tally()
    simulation.decrypt([1, 2, 3])
    return finish(simulation, "sum", silent={"z1", "z2"}, set_aside={"n1"}, withheld={"x1"})


def by_mix(path: Path) -> World:
    """Two choices, one with its list proved; an invalid vote; a key ceremony begun again without trustee 3."""

    def both(mayor: Sequence[int], motto: Sequence[int]) -> Selections:
        return {"mayor": mayor, "motto": motto}

    simulation = begin(path, "Õisu by mix", [MAYOR, MOTTO])
    simulation.enrol(
        [VoterPlan(f"n{i}", "north") for i in range(1, 6)]
        + [VoterPlan(f"s{i}", "south") for i in range(1, 6)]
        + [VoterPlan("z1", "south")]
    )
    box_secrets = ceremony_with_a_restart(simulation)
    vote(simulation, {f"n{i}": {"mayor": [i % 3 + 1]} for i in range(1, 5)} | {"s1": both([1], [1])})
    simulation.revoke("n1")
    simulation.revoke("s1")
    accept(simulation.cast([simulation.ballot("s2", exponents={"mayor": [777], "motto": [2]})]))
    vote(simulation, {"s3": both([], [1]), "s4": both([1], [2]), "n2": {"mayor": [2]}, "n5": {"mayor": []}})
    simulation.restore("s1")
    vote(simulation, {"s5": both([2], [2]), "n2": {"mayor": [3]}})
    simulation.operator.close_box()
    simulation.mix()
    simulation.decrypt([1, 2])
    return finish(simulation, "mix", box_secrets, silent={"z1"}, set_aside={"n1"})


def finish(
    simulation: Simulation,
    name: str,
    box_secrets: Mapping[int, tuple[bytes, ...]] | None = None,
    *,
    silent: Collection[str],
    set_aside: Collection[str],
    withheld: Collection[str] = (),
) -> World:
    """Publish the results."""
    simulation.operator.tally()
    simulation.operator.close_record()
    secrets = box_secrets or {trustee.index: trustee.state.box_secrets for trustee in simulation.trustees}
    groups = map(frozenset, (silent, set_aside, withheld))
    return World(name, simulation.path, simulation.keys, secrets, *groups)


def ceremony_with_a_restart(simulation: Simulation) -> dict[int, tuple[bytes, ...]]:
    """Trustee 3 deals trustee 1 a wrong share and is left out; return the box secrets of the first attempt."""
    operator = simulation.operator
    ceremony = operator.procedure.ceremony

    def post(index: int) -> None:
        body = simulation.trustees[index - 1].next_message(ceremony).body
        if index == 3 and isinstance(body, KeyBoxes):
            wrong = seal(ceremony.attempt.commitments[1].box_keys[2], bytes(32))
            body = msgspec.structs.replace(body, boxes=(wrong, *body.boxes[1:]))
        simulation.post(f"trustee {index}", body)

    for indices in ((1, 2, 3), (1, 2, 3), (1, 2, 3), (2, 3, 1)):
        for index in indices:
            post(index)
    secrets = {trustee.index: trustee.state.box_secrets for trustee in simulation.trustees}
    operator.restart_key()
    for _ in range(4):
        post(1)
        post(2)
    operator.finish_key()
    return secrets
