"""Small polls of every question type, with districts, strata and weights, and a count of them by hand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from itertools import combinations_with_replacement, permutations
from typing import Any

import msgspec

from evote.record.manifest import Contest
from evote.sources.poll import Line, Poll, Vote

ABC = [{"id": "a", "name": "Ada"}, {"id": "b", "name": "Bob"}, {"id": "c", "name": "Eve"}]
COSTS = [{**option, "cost": cost} for option, cost in zip(ABC, (300, 200, 250), strict=True)]
LISTS = [
    {"id": "left", "name": "Left"},
    {"id": "left-1", "name": "Lea", "party": "left"},
    {"id": "left-2", "name": "Leo", "party": "left"},
    {"id": "right", "name": "Right"},
]
SUPPORT = [{"id": "yes", "name": "I support it"}]
SHARE = {"method": "threshold", "share": "2/5"}

# name -> type, options, rules, count
KINDS: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any], dict[str, Any]]] = {
    "one of three": ("selection", ABC, {}, {"method": "plurality"}),
    "approval": ("selection", ABC, {"minimum": 0, "maximum": 3, "blank": False}, {}),
    "choice": ("choice", ABC, {}, {"method": "plurality", "ties": "lot"}),
    "proved choice": ("choice", ABC, {"membership": "proved", "blank": False}, {}),
    "score": ("score", ABC, {"maximum": 3}, {}),
    "cumulative": ("cumulative", ABC, {"limit": 3}, {}),
    "budget": ("budget", COSTS, {"budget": 500}, {"method": "greedy", "budget": 500}),
    "ranked": ("ranked", ABC, {}, {"method": "schulze"}),
    "ranked budget": ("ranked", COSTS, {"maximum": 2}, {"method": "greedy", "budget": 500, "points": 2}),
    "lists": ("lists", LISTS, {"maximum": 2}, {"method": "dhondt", "seats": 2}),
    "petition": ("petition", SUPPORT, {}, SHARE),
    "threshold": ("petition", SUPPORT, {"result": "threshold", "tests": "early,late"}, SHARE),
}


def contest(kind: str, name: str = "it") -> dict[str, Any]:
    """Return the definition of a contest of that kind."""
    type_, options, rules, count = KINDS[kind]
    return {"id": name, "title": kind, "type": type_, "options": options, "rules": rules, "count": count}


def valid(definition: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the selections of up to three options that the question allows, as ids."""
    question = msgspec.convert(definition, Contest).question
    ways = permutations if question.ranked else combinations_with_replacement
    names, found = [option["id"] for option in definition["options"]], []
    for selection in (s for length in range(4) for s in ways(range(1, len(names) + 1), length)):
        try:
            question.encode(selection)
        except ValueError:
            continue
        found.append(tuple(names[number - 1] for number in selection))
    return found


def small_poll(
    *kinds: str, voters: int = 16, seed: int = 0, strata: tuple[str, ...] = (), weights: tuple[int, ...] = (1,)
) -> Poll:
    """Return a poll with a contest of each kind, named by number if there are several, drawn by the seed."""
    chance = random.Random(seed)
    contests = [contest(kind, f"c{i}" if len(kinds) > 1 else "it") for i, kind in enumerate(kinds)]
    allowed = {c["id"]: valid(c) for c in contests}
    lines = tuple(
        Line(
            Vote(
                chance.choice(("north", "south")),
                chance.choice(strata or ("",)),
                chance.choice(weights),
                {name: chance.choice(selections) for name, selections in allowed.items()},
            ),
            1,
        )
        for _ in range(voters)
    )
    definition = {
        "name": "A small poll",
        "group": "ristretto255",
        "threshold": 2,
        "minimum_group": 3,
        "strata": list(strata),
        "districts": [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}],
        "contests": contests,
    }
    return Poll(definition=definition, lines=lines)


def by_hand(poll: Poll, name: str = "it") -> Counter[str]:
    """Return what each option has by weight: first preferences where the contest ranks."""
    (type_,) = (c["type"] for c in poll.definition["contests"] if c["id"] == name)
    counts: Counter[str] = Counter()
    for vote in poll.ballots:
        for option in vote.selections[name][: 1 if type_ == "ranked" else None]:
            counts[option] += vote.weight
    return counts


def blank_by_hand(poll: Poll, name: str = "it") -> int:
    """Return the weight of those who selected nothing."""
    return sum(vote.weight for vote in poll.ballots if not vote.selections[name])
