"""Make the records in this directory anew: ``python -m tests.vectors.record.make DIRECTORY``.

Keys, nonces and polynomials are drawn afresh and thrown away, so no two runs give the same bytes. ``tickets.json``
keeps what some voters' second devices read, with what it must show.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from evote.crypto.sealing import seal
from evote.operator import Message
from evote.record.entries import KeyBoxes
from evote.simulate import Simulation, VoterPlan, appoint, make_keys
from tests.elections import accept
from tests.vectors.record.kinds import RULES, make_lists, make_petition, make_points, make_ranked

YES_NO = [{"id": "yes", "name": "Yes"}, {"id": "no", "name": "No"}]
SUM = {
    **RULES,
    "name": "A vector by homomorphic sum",
    "strata": ["home", "abroad"],
    "contests": [
        {"id": "accession", "title": "Shall we join?", "type": "selection", "options": YES_NO},
        {
            "id": "board",
            "title": "School board of the north",
            "type": "selection",
            "districts": ["north"],
            "rules": {"minimum": 1, "maximum": 2, "blank": True},
            "options": [
                {"id": "ada", "name": "Ada"},
                {"id": "bob", "name": 'Bob "the \\ builder"'},
                {"id": "eve", "name": "Ève"},
            ],
        },
    ],
}
MIX = {
    **RULES,
    "name": "A vector by mixing",
    "contests": [
        {
            "id": "mayor",
            "title": "Mayor",
            "type": "choice",
            "options": [
                {"id": "kai", "name": "Kai", "party": "Left"},
                {"id": "liv", "name": "Liv", "party": "Right"},
                {"id": "mia", "name": "Mia", "districts": ["south"]},
            ],
        },
        {
            "id": "motto",
            "title": "Motto of the south",
            "type": "choice",
            "districts": ["south"],
            "rules": {"blank": False, "membership": "proved"},
            "options": [{"id": "sun", "name": "Sun"}, {"id": "sea", "name": "Sea"}],
        },
    ],
}
Votes = Mapping[str, Mapping[str, Sequence[int]]]


def make_sum(path: Path) -> dict[str, str]:
    """A sum in units of strata and weights; the third of four trustees deals a wrong share and is left out."""
    keys = make_keys(4, 0)
    simulation = Simulation(path, appoint(SUM, keys), keys)
    homes = [VoterPlan(f"n{i}", "north", "home") for i in range(1, 6)] + [
        VoterPlan(f"s{i}", "south", "home") for i in range(1, 5)
    ]
    away = [VoterPlan("n6", "north", "abroad"), VoterPlan("n7", "north", "abroad"), VoterPlan("s5", "south", "abroad")]
    simulation.enrol([*homes, *away, VoterPlan("h1", "south", "home", weight=3)])
    _ceremony_with_a_cheat(simulation)

    def north(accession: Sequence[int], *board: int) -> dict[str, Sequence[int]]:
        return {"accession": accession, "board": board}

    def south(*accession: int) -> dict[str, Sequence[int]]:
        return {"accession": accession}

    _cast(simulation, {"n1": north([1], 1, 2), "n2": north([2], 3), "n6": north([1]), "s1": south(1), "s2": south()})
    simulation.revoke("s1")
    simulation.revoke("n3", "voted on paper before: ✓")
    _cast(
        simulation,
        {"n1": north([2], 2), "n3": north([1], 1), "n4": north([], 2, 3), "n7": north([1], 3), "h1": south(2)},
    )
    simulation.restore("s1")
    _cast(simulation, {"n1": north([1], 1), "s3": south(2), "s4": south(1), "s5": south(1)})
    simulation.revoke("n2")
    return _finish(simulation, ["n1", "s2"])


def make_mix(path: Path) -> dict[str, str]:
    """Two contests mixed, one of them with the choice proved; an invalid vote; a unit of weight 2."""
    keys = make_keys(3, 2)
    simulation = Simulation(path, appoint(MIX, keys), keys)
    voters = [VoterPlan(f"n{i}", "north") for i in range(1, 6)] + [VoterPlan(f"s{i}", "south") for i in range(1, 5)]
    simulation.enrol([*voters, *(VoterPlan(f"h{i}", "south", weight=2) for i in range(1, 4))])
    simulation.make_key()

    def north(*mayor: int) -> dict[str, Sequence[int]]:
        return {"mayor": mayor}

    def south(motto: int, *mayor: int) -> dict[str, Sequence[int]]:
        return {"mayor": mayor, "motto": [motto]}

    _cast(simulation, {"n1": north(1), "n2": north(2), "s1": south(1, 3), "s2": south(2, 1), "h1": south(1, 3)})
    simulation.revoke("n2", "voted on paper")
    _cast(simulation, {"n1": north(2), "n3": north(), "s3": south(2), "h2": south(2, 1), "h3": south(1, 2)})
    simulation.restore("n2", "the paper ballot was somebody else's")
    simulation.revoke("s3")
    invalid = simulation.ballot("n4", exponents={"mayor": [777]})
    accept(simulation.cast([invalid]))
    _cast(simulation, {"n1": north(1), "s4": south(1, 2)})
    return _finish(simulation, ["n1", "s1"])


def _cast(simulation: Simulation, votes: Votes) -> None:
    accept(simulation.cast([simulation.ballot(voter, dict(vote)) for voter, vote in votes.items()]))


def _ceremony_with_a_cheat(simulation: Simulation) -> None:
    ceremony = simulation.operator.procedure.ceremony
    for round_ in range(4):
        for trustee in simulation.trustees:
            if ceremony.attempt.faults:
                break
            entry = trustee.next_message(ceremony)
            if round_ == 2 and trustee.index == 3:
                simulation.post("trustee 3", _misdealt(simulation, entry.body))
            else:
                accept(simulation.operator.post([Message(bytes(entry))]))
    simulation.operator.restart_key()
    for _ in range(4):
        for trustee in simulation.trustees:
            if trustee.index != 3:
                accept(simulation.operator.post([Message(bytes(trustee.next_message(ceremony)))]))
    simulation.operator.finish_key()


def _misdealt(simulation: Simulation, body: Any) -> KeyBoxes:
    """Return the boxes with a wrong share in the one for trustee 1."""
    key = simulation.operator.procedure.ceremony.attempt.commitments[1].box_keys[2]
    return msgspec.structs.replace(body, boxes=(seal(key, (7).to_bytes(32, "big")), *body.boxes[1:]))


def _finish(simulation: Simulation, voters: list[str]) -> dict[str, str]:
    simulation.operator.close_box()
    simulation.mix()
    simulation.operator.tally()
    simulation.decrypt([1, 4] if len(simulation.trustees) == 4 else [1, 3])
    simulation.operator.tally()
    simulation.operator.close_record()
    return {voter: str(simulation.tickets[voter]) for voter in voters}


def main(directory: Path) -> None:
    """Write all records and the tickets."""
    directory.mkdir(parents=True, exist_ok=True)
    for make in (make_points, make_lists, make_ranked, make_petition):
        make(directory / make.__name__.removeprefix("make_"))
    tickets = {"sum": make_sum(directory / "sum"), "mix": make_mix(directory / "mix")}
    (directory / "tickets.json").write_text(json.dumps(tickets, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
