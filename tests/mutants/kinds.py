"""Small finished elections with the other question types and methods: points and lists, rankings, a petition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evote.simulate import Simulation, VoterPlan, appoint
from tests.elections import accept, keys_of
from tests.mutants.records import World

VOTERS = ("n1", "n2", "n3")
RULES = {"group": "ristretto255", "threshold": 2, "minimum_group": 3, "districts": [{"id": "all", "name": "All"}]}
POINTS = [
    {
        "id": "films",
        "title": "How good were they?",
        "type": "score",
        "rules": {"maximum": 6},
        "options": [{"id": "x", "name": "Nosferatu"}, {"id": "y", "name": "Metropolis"}],
        "count": {"method": "plurality"},
    },
    {
        "id": "projects",
        "title": "What shall be built?",
        "type": "budget",
        "rules": {"budget": 9},
        "options": [{"id": "well", "name": "A well", "cost": 4}, {"id": "shed", "name": "A shed", "cost": 7}],
        "count": {"method": "greedy", "budget": 10},
    },
    {
        "id": "council",
        "title": "Council",
        "type": "lists",
        "options": [
            {"id": "red", "name": "Reds"},
            {"id": "ron", "name": "Ron", "party": "red"},
            {"id": "blue", "name": "Blues"},
            {"id": "bea", "name": "Bea", "party": "blue"},
        ],
        "count": {"method": "dhondt", "seats": 2},
    },
]
RANKED = [
    {
        "id": "chair",
        "title": "Chair",
        "type": "ranked",
        "options": [{"id": "ada", "name": "Ada"}, {"id": "bob", "name": "Bob"}],
        "count": {"method": "stv", "seats": 2},
    }
]
PETITION = [
    {
        "id": "park",
        "title": "A park",
        "type": "petition",
        "rules": {"result": "threshold", "tests": "spring"},
        "options": [{"id": "support", "name": "I support it"}],
        "count": {"method": "threshold", "votes": 8},
    }
]
Answers = Sequence[Sequence[int]]


def held(path: Path, name: str, contests: list[dict[str, Any]], votes: Mapping[str, Answers]) -> Simulation:
    """Return an election in which these votes were cast, in the order of the contests."""
    keys = keys_of(3, 1 if name == "ranked" else 0)
    definition = {**RULES, "name": name, "shuffle": "commitment-consistent", "contests": contests}
    simulation = Simulation(path, appoint(definition, keys), keys)
    simulation.enrol([VoterPlan(voter, "all", weight=1 if name != "petition" else 4) for voter in VOTERS])
    simulation.make_key()
    ids = [contest["id"] for contest in contests]
    answers = {voter: dict(zip(ids, chosen, strict=True)) for voter, chosen in votes.items()}
    accept(simulation.cast([simulation.ballot(voter, chosen) for voter, chosen in answers.items()]))
    return simulation


def points(path: Path) -> World:
    """Scores, a budget, lists: committed bits, and three methods."""
    votes = {
        "n1": ([1, 1, 1, 1, 1, 1, 2], [1], [1, 2]),
        "n2": ([2, 2], [2], [1]),
        "n3": ([1, 2], [1], [3, 4]),
    }
    return finished(held(path, "points", POINTS, votes), "points")


def ranked(path: Path) -> World:
    """Rankings, mixed once, with a proof in two parts."""
    votes = {"n1": ([1, 2],), "n2": ([2],), "n3": ([1],)}
    return finished(held(path, "ranked", RANKED, votes), "ranked")


def petition(path: Path) -> World:
    """A petition by weight that has not reached its threshold in spring, and has at closing."""
    simulation = held(path, "petition", PETITION, {"n1": ([1],), "n2": ([],), "n3": ([],)})
    simulation.test("park", "spring")
    accept(simulation.cast([simulation.ballot(voter, {"park": [1]}) for voter in VOTERS]))
    return finished(simulation, "petition")


def finished(simulation: Simulation, name: str) -> World:
    """Publish the results."""
    simulation.finish()
    return World(name, simulation.path, simulation.keys)
