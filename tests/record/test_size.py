"""A ballot is as long as the definition says, and a definition whose ballots fit no line is none."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from msgspec.structs import replace

from evote.ballot.voter import Voter, public_bases
from evote.bench.materials import public_key
from evote.crypto.arithmetic import Arithmetic, Powers
from evote.crypto.group import group
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError
from evote.questions.option import Option
from evote.questions.question import question_names, question_type
from evote.record.canonical import MAX_LINE
from evote.record.entries import Credential
from evote.record.manifest import Contest, Election, decode_election
from evote.record.size import answer_size, ballot_size
from evote.simulate import appoint
from tests.elections import DISTRICTS, keys_of
from tests.record.samples import COUNCIL, ELECTION, SETTINGS
from tests.reference.definition import election as their_election
from tests.reference.groups import Refuted

OPTIONS = [
    {"id": "a", "name": "A", "cost": 300},
    {"id": "b", "name": "B", "cost": 900, "districts": ["south"]},
    {"id": "c", "name": "C", "cost": 500},
]
LISTS = [{"id": "red", "name": "Red"}, *({"id": f"r{i}", "name": f"R{i}", "party": "red"} for i in range(7))]
# A type, its rules, what is chosen, its options
ASKED: list[tuple[str, dict[str, Any], tuple[int, ...], list[dict[str, Any]]]] = [
    ("selection", {}, (1,), OPTIONS),
    ("selection", {"minimum": 0, "maximum": 3, "blank": False}, (1, 3), OPTIONS),
    ("lists", {}, (1, 2), LISTS),
    ("lists", {"maximum": 7, "blank": False}, (1, 3, 4), LISTS),
    ("score", {}, (1, 1, 3), OPTIONS),
    ("score", {"maximum": 10}, (1, 1, 3), OPTIONS),
    ("cumulative", {}, (1, 3), OPTIONS),
    ("cumulative", {"limit": 9, "maximum": 3}, (1, 3), OPTIONS),
    ("budget", {"budget": 800}, (1, 3), OPTIONS),
    ("petition", {}, (1,), OPTIONS[:1]),
    ("choice", {}, (3,), OPTIONS),
    ("choice", {"membership": "proved"}, (3,), OPTIONS),
    ("ranked", {"maximum": 1}, (3,), OPTIONS),
    ("ranked", {"maximum": 2, "minimum": 2, "blank": False}, (3, 1), OPTIONS),
]


CONTESTS = [
    {"id": f"c{i}", "title": "Which?", "type": kind, "rules": rules, "options": options}
    for i, (kind, rules, _, options) in enumerate(ASKED)
]


def definition(name: str, contests: list[dict[str, Any]]) -> Election:
    """Return an election by that group in which this is asked."""
    mixers = any(contest["type"] in {"choice", "ranked"} for contest in contests)
    rest = {"name": "Long", "group": name, "threshold": 2, "districts": DISTRICTS, "contests": contests}
    return appoint(rest, keys_of(mixers=int(mixers)))


def line_of(election: Election, district: str) -> bytes:
    """Return the line of a ballot by the voter of the longest name."""
    key, own = public_key(election.algebra), SigningKey.generate()
    power = Powers(Arithmetic.FAST, *public_bases(election, key))
    voter = Voter(election, key, Credential(voter="v" * 64, key=own.public_key, district=district), own, power=power)
    chosen = {contest.id: ASKED[int(contest.id[1:])][2] for contest in election.contests}
    return bytes(voter.cast(chosen, 1_000_000, bytes(32)).entry)


def said(election: Election, district: str) -> int:
    """Return how long a ballot is said to be."""
    sizes = {
        c.id: answer_size(c.question, election.algebra, c.allowed(district)) for c in election.contests_of(district)
    }
    return ballot_size(sizes)


def test_every_type_is_asked() -> None:
    assert {kind for kind, *_ in ASKED} == set(question_names())


@pytest.mark.parametrize("district", ["north", "south"])
@pytest.mark.parametrize("name", ["ristretto255", "p-256", "modp-2048"])
def test_a_ballot_is_as_long_as_it_is_said_to_be(name: str, district: str) -> None:
    every = definition(name, CONTESTS)
    assert len(line_of(every, district)) == said(every, district)


# A type, its rules, the number of options, the group: with so many a ballot fits, with one more it does not
FULL = [
    ("selection", {"maximum": 3}, 1009, "modp-3072"),
    ("score", {"maximum": 100}, 187, "modp-3072"),
    ("ranked", {}, 79, "p-256"),
    ("choice", {"membership": "proved"}, 24572, "ristretto255"),
]


def long_election(kind: str, rules: dict[str, Any], options: int, name: str) -> Election:
    listed = [{"id": f"o{i}", "name": f"O{i}"} for i in range(options)]
    return definition(name, [{"id": "much", "title": "Much", "type": kind, "rules": rules, "options": listed}])


@pytest.mark.parametrize(("kind", "rules", "options", "name"), FULL)
def test_ballots_that_fit_no_line_are_not_asked_for(kind: str, rules: dict[str, Any], options: int, name: str) -> None:
    fitting = long_election(kind, rules, options, name)
    size = said(fitting, "north")
    assert 0.98 * MAX_LINE < size <= MAX_LINE
    with pytest.raises(
        ValueError, match=rf"contest much: a ballot of district north can have 4\d{{6}} bytes.*{MAX_LINE}"
    ):
        long_election(kind, rules, options + 1, name)


def test_answers_that_fit_alone_may_not_fit_together() -> None:
    rules = {"maximum": 100}
    listed = [{"id": f"o{i}", "name": f"O{i}"} for i in range(100)]
    one, two = (
        {"id": i, "title": i, "type": "score", "rules": rules, "options": listed[:n]}
        for i, n in (("one", 90), ("two", 100))
    )
    assert definition("modp-3072", [one])
    assert definition("modp-3072", [two])
    with pytest.raises(ValueError, match=r"^contest two: .*can have \d+ bytes or more, \d+ of them for this contest"):
        definition("modp-3072", [one, two])
    assert definition("modp-3072", [one | {"districts": ["north"]}, two | {"districts": ["south"]}])


def test_both_verifiers_draw_the_line_at_the_same_place() -> None:
    text = ELECTION.canonical
    verdicts = []
    for count in (1009, 1010):
        listed = [{"cost": 0, "districts": [], "id": f"o{i}", "name": f"O{i}", "party": ""} for i in range(count)]
        contest = json.loads(text)["contests"][0] | {"options": listed, "rules": {"maximum": 3}}
        changed = json.loads(text) | {"contests": [contest], "group": "modp-3072"}
        line = json.dumps(changed, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        for read, error in ((decode_election, DecodeError), (their_election, Refuted)):
            try:
                read(line)
                verdicts.append(True)
            except error:
                verdicts.append(False)
    assert verdicts == [True, True, False, False]


@pytest.mark.parametrize(("kind", "options"), [("selection", 10), ("ranked", 5000), ("score", 100_000)])
def test_the_size_is_known_at_once(kind: str, options: int) -> None:
    question = question_type(kind).from_rules([Option(id=f"o{i}", name="O") for i in range(options)], {})
    answer_size(question, group("ristretto255"), range(1, 3))
    started = time.process_time()
    size = answer_size(question, group("ristretto255"), range(1, options + 1))
    assert time.process_time() - started < 0.1
    assert (size > MAX_LINE) == (options > 10)


def test_an_election_with_a_ballot_too_long_cannot_be_built() -> None:
    many = tuple(Option(id=f"o{i}", name=f"O{i}") for i in range(20_000))
    huge: Contest = replace(COUNCIL, options=many, rules={"maximum": 20_000})
    with pytest.raises(ValueError, match="a line of the record has 4194304 at most"):
        Election(**SETTINGS | {"contests": (huge,)})
