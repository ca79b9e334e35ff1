"""Answers of every question type: written in one way, refused in a sentence, read back in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from evote.cli.answers import ask, selection_of, words
from evote.questions.option import Option, Rule
from evote.record.manifest import Contest, Election, election_from_toml
from tests.cli.parties import at_stage, one_sentence, stage
from tests.cli.test_main import Terminal

CONTESTS = ("council", "mayor", "order", "lists", "spread", "marks", "money", "park")


@pytest.fixture(scope="module")
def election() -> Election:
    return election_from_toml((stage("appointed", "every").home / "election.toml").read_text())


# contest, what is typed, the selection, what it reads as
GOOD = [
    ("council", "bob, ada", (2, 1), "ada Ada, bob Bob"),
    ("council", "", (), "(blank)"),
    ("mayor", "liv", (2,), "liv Liv"),
    ("order", "eve,ada", (3, 1), "1. eve Eve, 2. ada Ada"),
    ("lists", "green,ann", (1, 2), "green The Greens, ann Ann"),
    ("spread", "trees:2,parks:3", (2, 2, 1, 1, 1), "parks Parks: 3 points, trees Trees: 2 points"),
    ("spread", "benches:1", (3,), "benches Benches: 1 point"),
    ("spread", "", (), "(nothing)"),
    ("spread", "trees:0,parks:3", (1, 1, 1), "parks Parks: 3 points"),
    ("marks", "parks:0,trees:0,benches:0", (), "(nothing)"),
    ("marks", "parks:9,trees:9", (1,) * 9 + (2,) * 9, "parks Parks: 9 points, trees Trees: 9 points"),
    ("money", "parks,trees", (1, 2), "parks Parks, trees Trees"),
    ("park", "support", (1,), "support I support it"),
    ("park", "", (), "(no support)"),
]


@pytest.mark.parametrize(("contest", "text", "selection", "told"), GOOD)
def test_it_is_read_and_told(
    election: Election, contest: str, text: str, selection: tuple[int, ...], told: str
) -> None:
    found = election.contest(contest)
    assert tuple(selection_of(found, "north", text)) == selection
    assert words(found, selection) == told


BAD = {
    "council=ada,ada": "contest council: option ada is named 2 times",
    "council=ada:1": "contest council has no option ada:1",
    "mayor=kai,liv": "contest mayor: choose exactly one",
    "mayor=mia": "contest mayor: option mia is not open to this voter",
    "order=ada,bob,ada": "contest order: option ada is named 2 times",
    "lists=ann": "contest lists: choose one list, and candidates of that list only",
    "lists=blue,ann": "contest lists: choose one list, and candidates of that list only",
    "lists=green,blue": "contest lists: choose one list",
    "spread=parks": "contest spread: write parks:POINTS, from 0 to 5",
    "spread=parks,parks": "contest spread: option parks is named 2 times",
    "spread=parks:": "contest spread: write parks:POINTS",
    "spread=parks:00": "contest spread: write parks:POINTS",
    "spread=parks:-1": "contest spread: write parks:POINTS",
    "spread=parks:01": "contest spread: write parks:POINTS",
    "spread=parks:1.5": "contest spread: write parks:POINTS",
    "spread=parks:6": "contest spread: write parks:POINTS, from 0 to 5",
    "spread=parks:999999999999": "contest spread: write parks:POINTS",
    "spread=parks:1,parks:2": "contest spread: option parks is named 2 times",
    "spread=parks:3,trees:3": "contest spread: spent 6 of 5 points, 1 too much",
    "spread=pond:1": "contest spread has no option pond",
    "marks=parks:10": "contest marks: write parks:POINTS, from 0 to 9",
    "money=trees,benches,parks,pond": "contest money has no option pond",
    "money=benches,trees": "contest money: spent 7000 of 6500, 500 too much",
    "money=parks,parks": "contest money: option parks is named 2 times",
    "money=parks:1": "contest money has no option parks:1",
    "park=yes": "contest park has no option yes",
    "park=support,support": "contest park: option support is named 2 times",
}


@pytest.mark.parametrize("choice", BAD)
def test_it_is_refused_in_a_sentence(tmp_path: Path, choice: str) -> None:
    """The door would refuse the same: the device only says it first, and says it better."""
    parties = stage("voting", "every")
    rest = {name: f"{name}=" for name in CONTESTS} | {choice.partition("=")[0]: choice}
    given = [word for text in rest.values() for word in ("--choose", text)]
    answer = parties.run("vote", parties.record, *given, *parties.keys("n1"), "--out", tmp_path / "out")
    one_sentence(answer, 2, BAD[choice])
    assert list(tmp_path.iterdir()) == []


def test_a_ballot_of_all_types_is_opened_on_the_second_device(tmp_path: Path) -> None:
    parties = at_stage("voting", tmp_path / "home", "every")
    chosen = {contest: text for contest, text, _, _ in reversed(GOOD)}
    ballot = parties.vote("n1", *(f"{contest}={text}" for contest, text in chosen.items()), out="n1.msg")
    parties.post(ballot)
    answer = parties.inspect(ballot)
    assert (answer.status, answer.err) == (0, "")
    for contest, text, _, told in GOOD:
        if chosen[contest] == text:
            assert told in answer.out


def test_the_menu_says_what_may_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip is told, and asked about again."""
    parties = at_stage("voting", tmp_path / "home", "every")
    asked: list[str] = []

    class Voter(Terminal):
        def __call__(self, question: str) -> str:
            asked.append(question)
            return super().__call__(question)

    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    typed = ["ada", "kai", "bob,eve", "green,ann", "parks:3", "parks:7,trees:9"]
    Voter(monkeypatch, *typed, "benches,trees", "parks,trees", "support")
    vote = ["vote", parties.record, *parties.keys("n1"), "--out", parties.home / "n1.msg"]
    answer = parties.run(*vote)
    assert (answer.status, answer.err) == (0, "")
    assert asked == [
        "Choose 1 to 2, commas between them; nothing for a blank vote: ",
        "Choose one; nothing for a blank vote: ",
        "Rank 1 to 3 in your order of preference, the best first, commas between them; nothing for a blank vote: ",
        "Choose one list and, if you like, up to 1 of its candidates, commas between them; nothing for a blank vote: ",
        "Give 5 points at most, up to 5 to one option, as in parks:2,trees:1: ",
        "Give each option up to 9 points, as in parks:2,trees:1; those not named get none: ",
        "Choose projects that cost no more than 6500 together, commas between them: ",
        "Choose projects that cost no more than 6500 together, commas between them: ",
        "Type support to support it, nothing not to: ",
    ]
    for line in (
        "spent 3 of 5 points, 2 left",
        "contest money: spent 7000 of 6500, 500 too much; try again",
        "spent 5000 of 6500, 1500 left",
        "Order: 1. bob Bob, 2. eve Eve",
        "Marks: parks Parks: 7 points, trees Trees: 9 points",
        "A park: support I support it",
    ):
        assert line in answer.out


SINGLE: dict[str, tuple[dict[str, Rule], str]] = {
    "cumulative": ({"limit": 2, "maximum": 1}, "Choose up to 2, commas between them: "),
    "score": ({"maximum": 1}, "Choose as many as you like, commas between them: "),
}


@pytest.mark.parametrize("kind", SINGLE)
def test_where_a_point_is_all_that_can_be_given_nobody_counts(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    rules, question = SINGLE[kind]
    options = tuple(Option(id=name, name=name.title()) for name in ("parks", "trees", "ponds"))
    contest = Contest(id="one", title="One", type=kind, options=options, rules=rules)
    monkeypatch.setattr("builtins.input", lambda asked: {question: "trees,parks"}[asked])
    assert ask(contest, "north") == [2, 1]
    assert words(contest, [2, 1]) == "parks Parks, trees Trees"


def test_a_contest_by_a_plug_in_is_asked_for_plainly(election: Election, monkeypatch: pytest.MonkeyPatch) -> None:
    """A type that this program knows nothing of: options between commas."""

    class Plain:
        ranked = False

        def encode(self, selection: list[int]) -> tuple[int, ...]:
            return tuple(selection)

    contest = election.contest("council")
    monkeypatch.setitem(contest.__dict__, "question", Plain())
    Terminal(monkeypatch, "eve,ada")
    assert ask(contest, "north") == [3, 1]
    assert words(contest, [3, 1]) == "ada Ada, eve Eve"
