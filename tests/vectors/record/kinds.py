"""Elections with the other question types and methods, one record for each kind: see `make`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evote.simulate import Simulation, VoterPlan, appoint, make_keys
from tests.elections import accept

RULES = {
    "group": "ristretto255",
    "threshold": 2,
    "minimum_group": 3,
    "districts": [{"id": "north", "name": "North"}, {"id": "south", "name": "Süd"}],
}
POINTS: list[dict[str, Any]] = [
    {
        "id": "films",
        "title": "How good were they?",
        "type": "score",
        "rules": {"maximum": 10},
        "options": [{"id": "nosferatu", "name": "Nosferatu"}, {"id": "metropolis", "name": "Metropolis"}],
        "count": {"method": "plurality"},
    },
    {
        "id": "committee",
        "title": "Seven points for a committee",
        "type": "cumulative",
        "rules": {"maximum": 4, "limit": 7},
        "options": [
            {"id": "ada", "name": "Ada"},
            {"id": "bob", "name": "Bob", "districts": ["south"]},
            {"id": "eve", "name": "Ève"},
        ],
        "count": {"method": "plurality", "seats": 2, "ties": "lot"},
    },
    {
        "id": "projects",
        "title": "What shall be built?",
        "type": "budget",
        "rules": {"budget": 69},
        "options": [
            {"id": "well", "name": "A well", "cost": 20},
            {"id": "swing", "name": "A swing", "cost": 30},
            {"id": "shed", "name": "A shed", "cost": 50},
        ],
        "count": {"method": "greedy", "budget": 80},
    },
]
LISTS: list[dict[str, Any]] = [
    {
        "id": "council",
        "title": "Council",
        "type": "lists",
        "rules": {"maximum": 6},
        "options": [
            {"id": "red", "name": "Reds"},
            *({"id": f"r{i}", "name": f"Red {i}", "party": "red"} for i in range(1, 7)),
            {"id": "blue", "name": "Blues"},
            {"id": "b1", "name": "Blue 1", "party": "blue"},
            {"id": "b2", "name": "Blue 2", "party": "blue", "districts": ["north"]},
            {"id": "green", "name": "Greens"},
        ],
        "count": {"method": "sainte-lague", "seats": 4, "threshold": "12.5"},
    },
    {
        "id": "parliament",
        "title": "Parliament",
        "type": "selection",
        "rules": {"minimum": 1, "maximum": 3, "blank": True},
        "options": [
            {"id": "n1", "name": "Ann", "party": "Ayes", "districts": ["north"]},
            {"id": "n2", "name": "Nic", "party": "Noes", "districts": ["north"]},
            {"id": "n3", "name": "Ike", "party": "Alone", "districts": ["north"]},
            {"id": "s1", "name": "Asa", "party": "Ayes", "districts": ["south"]},
            {"id": "s2", "name": "Noa", "party": "Noes", "districts": ["south"]},
        ],
        "count": {"method": "riigikogu", "seats": {"north": 3, "south": 2}, "independents": "Alone", "ties": "lot"},
    },
    {
        "id": "delegates",
        "title": "One to seven delegates of the north",
        "type": "selection",
        "districts": ["north"],
        "rules": {"minimum": 1, "maximum": 7, "blank": False},
        "options": [{"id": f"d{i}", "name": f"Delegate {i}"} for i in range(1, 8)],
    },
    {
        "id": "emblem",
        "title": "Emblem of both",
        "type": "selection",
        "options": [{"id": "oak", "name": "An oak"}, {"id": "owl", "name": "An owl"}],
    },
]
RANKED: list[dict[str, Any]] = [
    {
        "id": "board",
        "title": "Board",
        "type": "ranked",
        "rules": {"maximum": 3},
        "options": [
            {"id": "ada", "name": "Ada"},
            {"id": "bob", "name": "Bob"},
            {"id": "cyd", "name": "Cyd", "districts": ["south"]},
            {"id": "dan", "name": "Dan"},
        ],
        "count": {"method": "stv", "seats": 2},
    },
    {
        "id": "chair",
        "title": "Chair of the south",
        "type": "ranked",
        "districts": ["south"],
        "rules": {"minimum": 2, "blank": False},
        "options": [
            {"id": "ada", "name": "Ada"},
            {"id": "bob", "name": "Bob"},
            {"id": "cyd", "name": "Cyd"},
        ],
        "count": {"method": "schulze", "ties": "lot"},
    },
]
SUPPORT = [{"id": "support", "name": "I support it"}]
PETITIONS: list[dict[str, Any]] = [
    {
        "id": "park",
        "title": "A park",
        "type": "petition",
        "rules": {"result": "threshold", "tests": "spring,summer,autumn"},
        "options": SUPPORT,
        "count": {"method": "threshold", "votes": 7},
    },
    {
        "id": "pool",
        "title": "A pool",
        "type": "petition",
        "rules": {"result": "threshold"},
        "options": SUPPORT,
        "count": {"method": "threshold", "share": "2/3"},
    },
    {
        "id": "pond",
        "title": "A pond in the south",
        "type": "petition",
        "rules": {"result": "threshold"},
        "districts": ["south"],
        "options": SUPPORT,
        "count": {"method": "threshold", "votes": 1},
    },
    {
        "id": "path",
        "title": "A path",
        "type": "petition",
        "options": SUPPORT,
        "count": {"method": "threshold", "share": "0.5"},
    },
]
PLACES = {"n": ("north", 1), "s": ("south", 1), "h": ("north", 2), "g": ("south", 2)}  # district and weight
Vote = Mapping[str, Sequence[int]]


def begin(path: Path, name: str, contests: list[dict[str, Any]], mixers: int = 0) -> Simulation:
    """Start a record with fresh keys."""
    keys = make_keys(3, mixers)
    return Simulation(path, appoint({**RULES, "name": name, "contests": contests}, keys), keys)


def enrol(simulation: Simulation, **numbers: int) -> None:
    """Put so many voters of each of the `PLACES` on the roll, n1, n2, ...; make the key."""
    simulation.enrol(
        VoterPlan(f"{place}{i}", PLACES[place][0], weight=PLACES[place][1])
        for place, number in numbers.items()
        for i in range(1, number + 1)
    )
    simulation.make_key()


def cast(simulation: Simulation, votes: Mapping[str, Vote]) -> None:
    """Cast one ballot for each voter."""
    accept(simulation.cast([simulation.ballot(voter, vote) for voter, vote in votes.items()]))


def make_points(path: Path) -> None:
    """Scores, cumulative votes, a budget; a re-vote."""
    simulation = begin(path, "A vector of points", POINTS)
    enrol(simulation, n=3, s=3)

    def vote(films: tuple[int, int], committee: Sequence[int], projects: Sequence[int]) -> Vote:
        return {"films": [1] * films[0] + [2] * films[1], "committee": committee, "projects": projects}

    cast(simulation, {"n1": vote((10, 0), [1, 1, 1, 1, 3, 3, 3], [1]), "s1": vote((7, 3), [2, 2, 3], [1, 2])})
    cast(simulation, {"n2": vote((0, 0), [], []), "n3": vote((5, 6), [1, 3], [3]), "s2": vote((1, 9), [2], [3])})
    cast(simulation, {"n1": vote((9, 2), [1, 1, 3], [2]), "s3": vote((10, 10), [1, 2, 3, 3], [1, 2])})
    simulation.finish()


def make_lists(path: Path) -> None:
    """Lists with preferences, Sainte-Lague; the Riigikogu's rules; a long selection; units merged where lists agree."""
    simulation = begin(path, "A vector of lists", LISTS)
    enrol(simulation, n=3, s=3, h=2, g=1)
    votes: dict[str, list[list[int]]] = {
        "n1": [[1], [1, 2, 4], [1], [1, 2, 3, 4, 5, 6, 7]],
        "n2": [[2], [1, 2, 3, 4, 5, 6, 7], [1, 2], [2]],
        "n3": [[], [8, 10], [2, 3], [3, 4]],
        "s1": [[1], [8, 9], [5, 4]],
        "s2": [[2], [11], []],
        "s3": [[2], [8], [4]],
        "h1": [[2], [1, 2], [3], [7]],
        "h2": [[1], [11], [2], [1]],
        "g1": [[2], [8, 9], [5]],
    }
    contests = ["emblem", *(contest["id"] for contest in LISTS[:3])]
    cast(simulation, {voter: dict(zip(contests, chosen, strict=False)) for voter, chosen in votes.items()})
    simulation.finish()


def make_ranked(path: Path) -> None:
    """Rankings mixed and counted by STV and Schulze; a unit of weight 2."""
    simulation = begin(path, "A vector of rankings", RANKED, mixers=1)
    enrol(simulation, n=3, s=3, h=3)
    votes: dict[str, list[list[int]]] = {
        "n1": [[1, 2, 4]],
        "n2": [[1, 4]],
        "n3": [[]],
        "s1": [[2, 4, 1], [3, 1, 2]],
        "s2": [[3, 4], [3, 2]],
        "s3": [[4, 3], [1, 3, 2]],
        "h1": [[1, 4, 2]],
        "h2": [[1, 2]],
        "h3": [[2, 4]],
    }
    cast(simulation, {voter: dict(zip(("board", "chair"), ranked, strict=False)) for voter, ranked in votes.items()})
    simulation.finish()


def make_petition(path: Path) -> None:
    """Petitions of weight 2: one fails a test and passes the next, one fails, one is too small, one is counted."""
    simulation = begin(path, "A vector of petitions", PETITIONS)
    enrol(simulation, h=7, g=2)

    def vote(voter: str, *supported: str) -> dict[str, Vote]:
        asked = ["park", "pool", "path", *(["pond"] if voter[0] == "g" else [])]
        return {voter: {contest: [1] if contest in supported else [] for contest in asked}}

    cast(simulation, vote("h1", "park", "pool") | vote("h2", "park") | vote("h3", "park", "path") | vote("g1", "pond"))
    simulation.test("park", "spring")
    cast(simulation, vote("h1", "pool") | vote("h4", "park", "pool", "path"))
    simulation.revoke("h2")
    cast(simulation, vote("h5", "path") | vote("h6", "park", "path") | vote("g2", "park", "path"))
    simulation.test("park", "autumn")
    simulation.finish()
