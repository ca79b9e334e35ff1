"""docs/defining.md: every piece of a definition makes an election, and every type, method and rule has its place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from evote.methods.method import method_names
from evote.questions.option import Option
from evote.questions.question import Route, question_names, question_type
from evote.record.manifest import Election
from evote.simulate import appoint
from tests.elections import keys_of

TEXT = (Path(__file__).parents[2] / "docs" / "defining.md").read_text(encoding="utf-8")
PIECES = [tomllib.loads(piece) for piece in re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)]
CONTESTS = [contest for piece in PIECES for contest in piece["contests"]]
REST = {"name": "A definition", "group": "ristretto255", "threshold": 2, "districts": [{"id": "all", "name": "All"}]}


def mixed(contest: dict[str, Any]) -> bool:
    options = [Option(**option) for option in contest["options"]]
    return question_type(contest["type"]).from_rules(options, contest.get("rules", {})).route is Route.MIX


def election(piece: dict[str, Any]) -> Election:
    return appoint(REST | piece, keys_of(mixers=int(any(map(mixed, piece["contests"])))))


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece["contests"][0]["id"])
def test_each_piece_makes_an_election(piece: dict[str, Any]) -> None:
    made = election(piece)
    assert [contest.id for contest in made.contests] == [contest["id"] for contest in piece["contests"]]
    assert made.fingerprint
    assert all((contest.method is None) == (not contest.count) for contest in made.contests)


def test_contests_do_not_share_ids() -> None:
    assert len({contest["id"] for contest in CONTESTS}) == len(CONTESTS)


@pytest.mark.parametrize("name", question_names())
def test_every_type_is_explained_and_shown(name: str) -> None:
    assert f"`{name}`" in TEXT
    assert name in {contest["type"] for contest in CONTESTS}


@pytest.mark.parametrize("name", method_names())
def test_every_method_is_listed(name: str) -> None:
    assert re.search(rf"^\|.*`{name}`.*\|$", TEXT, re.MULTILINE)


DEFAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "selection": ("Some of the options", {"minimum": 1, "maximum": 1, "blank": True}),
    "choice": ("One of a list", {"blank": True, "membership": "unproved"}),
    "score": ("Points", {"maximum": 5}),
    "cumulative": ("Points", {"limit": 5, "maximum": 5}),
    "ranked": ("An order of preference", {"minimum": 1, "maximum": 4, "blank": True}),
    "lists": ("Lists with preferences", {"maximum": 1, "blank": True}),
    "petition": ("A petition", {"result": "count", "tests": ()}),
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_rules_are_named_and_their_defaults_are_these(name: str) -> None:
    """The section of a type has a row for each rule; what the tables say in words is what an empty ``rules`` means."""
    title, defaults = DEFAULTS[name]
    (section,) = re.findall(rf"^## {title}.*?(?=^## )", TEXT, re.MULTILINE | re.DOTALL)
    options = [Option(id=f"o-{i}", name="Option") for i in range(1 if name == "petition" else 4)]
    question = question_type(name).from_rules(options, {})
    assert {rule: getattr(question, rule) for rule in defaults} == defaults
    assert all(f"`{rule}`" in section for rule in defaults)


def test_without_mixers_nothing_is_mixed() -> None:
    ranked = next(contest for contest in CONTESTS if contest["type"] == "ranked")
    with pytest.raises(ValueError, match="mixers"):
        appoint(REST | {"contests": [ranked]}, keys_of(mixers=0))
