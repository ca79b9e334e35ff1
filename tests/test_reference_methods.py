"""The reference verifier's methods and rules: the same decisions as ours, of anything, and the same refusals."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evote.errors import DecodeError, EvidenceMissing
from evote.methods.method import Figures, method, method_names
from evote.questions.option import Option
from evote.questions.question import Route, question_names, question_type
from evote.record.manifest import decode_election
from tests.reference.definition import METHODS, election
from tests.reference.forms import Absent
from tests.reference.groups import Refuted
from tests.reference.questions import TYPES

RULES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "plurality": {"seats": st.integers(0, 8)},
    "greedy": {"budget": st.integers(0, 90), "points": st.integers(-1, 5)},
    "dhondt": {"seats": st.integers(0, 12), "threshold": st.sampled_from(["0", "5", "20", "3.25", "100", "05", "1."])},
    "sainte-lague": {"seats": st.integers(0, 12), "threshold": st.sampled_from(["0", "7.5", "33.333333"])},
    "borda": {"seats": st.integers(1, 8), "points": st.integers(0, 8)},
    "irv": {},
    "stv": {"seats": st.integers(1, 8), "decimals": st.sampled_from([0, 1, 2, 5, 18, 19])},
    "schulze": {"seats": st.integers(1, 8)},
    "riigikogu": {
        "seats": st.dictionaries(st.sampled_from(["north", "south"]), st.integers(0, 6)),
        "independents": st.sampled_from(["", "red"]),
    },
    "threshold": {
        "votes": st.one_of(st.integers(-1, 30), st.just(2**53)),
        "share": st.sampled_from(["0", "0.05", "1/3", "1/2", "1", "2", "1/0", "1/00", "x", "1.", ".5", "0.5\n"]),
    },
}
ROOTS = st.binary(min_size=32, max_size=32)
PARTIES = {
    "none": st.just(""),
    "names": st.sampled_from(["", "red", "blue"]),
    "lists": st.sampled_from(["", "o1", "o2"]),
    "all": st.sampled_from(["", "o1", "red"]),
}


@st.composite
def options(draw: st.DrawFn) -> list[Option]:
    party, free = PARTIES[draw(st.sampled_from(sorted(PARTIES)))], draw(st.booleans())
    somewhere = st.sampled_from([("north",), ("south",)] if draw(st.booleans()) else [(), ("north",)])
    return [
        Option(
            id=f"o{i}",
            name=f"Name {i}",
            party=draw(party),
            cost=draw(st.sampled_from([0, 5, 20] if free else [5, 10, 30])),
            districts=draw(somewhere),
        )
        for i in range(1, draw(st.integers(1, 6)) + 1)
    ]


@st.composite
def figures(draw: st.DrawFn, offered: list[Option]) -> Figures:
    n, most = len(offered), draw(st.sampled_from([3, 40, 10**7]))
    ranking = st.permutations(range(1, n + 1)).flatmap(lambda r: st.integers(1, n).map(lambda k: tuple(r[:k])))
    ballots = draw(st.dictionaries(ranking, st.integers(1, min(most, 50)), max_size=8))
    counts = tuple(draw(st.lists(st.integers(0, most), min_size=n, max_size=n)))
    return Figures(
        tuple(offered), counts, tuple(sorted(ballots.items())), draw(ROOTS), sum(counts) + draw(st.integers(0, 9))
    )


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=vars))


def ours(name: str, offered: list[Option], rules: dict[str, Any]) -> Any:
    try:
        return method(name).from_rules(offered, rules)
    except ValueError:
        return None


def theirs(name: str, offered: list[Option], rules: dict[str, Any]) -> Any:
    try:
        return METHODS[name]([SimpleNamespace(**msgspec.to_builtins(option)) for option in offered], dict(rules))
    except Refuted:
        return None


def test_the_methods_are_those_installed() -> None:
    assert sorted(METHODS) == sorted(method_names()) == sorted(RULES)


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_methods_decide_alike(name: str, data: st.DataObject) -> None:
    ties = st.sampled_from(["order", "lot", "lots"])
    rules = data.draw(st.fixed_dictionaries({}, optional=RULES[name] | ({} if name == "threshold" else {"ties": ties})))
    offered = data.draw(options())
    our, their = ours(name, offered, rules), theirs(name, offered, rules)
    assert (our is None) == (their is None)
    if our is not None:
        found = data.draw(figures(offered))
        given_ = SimpleNamespace(
            counts=list(found.counts),
            ballots=[(list(ranking), weight) for ranking, weight in found.ballots],
            lot=found.lot,
            electorate=found.electorate,
        )
        assert plain(msgspec.to_builtins(our.outcome(found))) == plain(their(given_))


def test_the_riigikogu_of_2023_is_seated_alike() -> None:
    rows = list(csv.DictReader((files("evote") / "examples" / "riigikogu-2023.csv").read_text().splitlines()))
    offered = [Option(id=r["option"], name=r["name"], party=r["party"], districts=(r["district"],)) for r in rows]
    expected = json.loads((Path(__file__).parent / "vectors" / "riigikogu" / "expected.json").read_text())
    rules = {"seats": expected["mandates"], "independents": "Üksikkandidaadid"}
    counts = [int(row["votes"]) for row in rows]
    found = theirs("riigikogu", offered, rules)(SimpleNamespace(counts=counts, lot=b""))
    assert Counter(o.party for o in offered if o.id in found.winners) == expected["parties"]
    our = ours("riigikogu", offered, rules).outcome(Figures(tuple(offered), tuple(counts)))
    assert plain(found) == plain(msgspec.to_builtins(our))


NUMBERS = st.integers(-1, 9)
QUESTION_RULES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "selection": {"minimum": NUMBERS, "maximum": NUMBERS, "blank": st.booleans()},
    "choice": {"blank": st.booleans(), "membership": st.sampled_from(["proved", "unproved", "both"])},
    "score": {"maximum": st.sampled_from([0, 1, 5, 6, 10, 2**64 - 1, 2**64])},
    "cumulative": {"maximum": st.sampled_from([0, 1, 6, 7, 2**63]), "limit": st.sampled_from([1, 6, 12, 2**64])},
    "budget": {"budget": st.sampled_from([0, 4, 5, 29, 69, 2**70])},
    "ranked": {"minimum": NUMBERS, "maximum": NUMBERS, "blank": st.booleans()},
    "lists": {"maximum": NUMBERS, "blank": st.booleans()},
    "petition": {
        "result": st.sampled_from(["count", "threshold", "no"]),
        "tests": st.sampled_from(
            ["", "a", "a,b", "a,a", "a,,b", "closing", " a", "a" * 41, ",".join(map(str, range(101)))]
        ),
    },
}


def test_the_question_types_are_those_installed() -> None:
    assert sorted(TYPES) == sorted(question_names()) == sorted(QUESTION_RULES)


@pytest.mark.parametrize("name", QUESTION_RULES)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_questions_have_the_same_rules_and_sizes(name: str, data: st.DataObject) -> None:
    rules = data.draw(st.fixed_dictionaries({}, optional=QUESTION_RULES[name] | {"more": st.just(1)}))
    offered = data.draw(options())
    try:
        our: Any = question_type(name).from_rules(offered, rules)
    except ValueError:
        our = None
    try:
        their: Any = TYPES[name]([SimpleNamespace(**msgspec.to_builtins(option)) for option in offered], rules)
    except Refuted:
        their = None
    assert (our is None) == (their is None)
    if our is not None:
        sizes = (our.width, our.commitments, our.bound, our.columns, our.ranked)
        assert sizes == (their.width, their.commitments, their.bound, their.columns, their.ranked)
        assert (our.route is Route.MIX, our.route is Route.THRESHOLD) == (their.mixed, their.tested)
        allowed = sorted(data.draw(st.sets(st.integers(1, len(offered)))))
        assert our.answerable(allowed) == their.answerable(allowed)
        assert their.times == list(our.times) if their.tested else not our.times or name == "petition"


RECORDS = Path(__file__).parent / "vectors" / "record"
Places = tuple[str | int, ...]
FIRST: Places = ("contests", 0)
CHANGED: dict[str, tuple[str, Places, list[Any]]] = {
    "rules": ("points", (*FIRST, "rules"), [{}, {"maximum": {"a": 1}}, {"maximum": {"a": "b"}}, {"x": 1}, [], None]),
    "a rule": ("points", (*FIRST, "rules", "maximum"), [-1, 10.0, True, None, [1], 2**63, 2**64 - 1, 2**64, 10**30]),
    "count": (
        "points",
        (*FIRST, "count"),
        [{}, {"method": "borda"}, {"method": "plurality", "seats": 9}, [], None, "x"],
    ),
    "a method": ("points", (*FIRST, "count", "method"), ["no", 5, None, "", {}, True, []]),
    "ties": ("points", (*FIRST, "count", "ties"), ["lot", "lots", 1]),
    "cost": ("points", ("contests", 2, "options", 0, "cost"), [0, 1, -1, 2**53 - 1, 2**53, "1", None, 1.5]),
    "type": ("points", (*FIRST, "type"), ["x", "", None, "ranked", "budget"]),
    "seats": (
        "lists",
        ("contests", 1, "count", "seats"),
        [{"north": 3}, {"north": 3, "south": 2, "x": 1}, {"north": 0, "south": 2}, {"north": True, "south": 2}, 5],
    ),
    "threshold": (
        "petition",
        (*FIRST, "count"),
        [{"method": "threshold", **rules} for rules in ({}, {"votes": 0}, {"share": "2"}, {"share": "\u0663"})]
        + [{"method": "threshold", "votes": 1, "share": "1/2"}, {"method": "plurality"}, {}],
    ),
    "tests": ("petition", (*FIRST, "rules", "tests"), ["a", "a,", "closing", " a", "a\u00a0", "\u3000b", "x" * 41]),
    "shuffle": ("ranked", ("shuffle",), ["terelius-wikstrom", "commitment-consistent", "x", 1]),
}


@pytest.mark.parametrize("name", CHANGED)
def test_definitions_are_read_alike(name: str) -> None:
    record, places, values = CHANGED[name]
    for value in values:
        tree = place = json.loads((RECORDS / record / "election.json").read_text(encoding="utf-8"))
        for step in places[:-1]:
            place = place[step]
        place[places[-1]] = value
        line = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        verdicts = [_verdict(decode_election, line), _verdict(election, line)]
        assert verdicts[0] == verdicts[1], value


def _verdict(read: Callable[[bytes], object], line: bytes) -> int:
    try:
        read(line)
    except (DecodeError, Refuted):
        return 1
    except (EvidenceMissing, Absent):
        return 2
    return 0
