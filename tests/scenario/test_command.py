"""``evote simulate``: an example or a file of votes, and what it says of both."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from evote.cli.main import main
from evote.scenario.election import HeldElection
from evote.sources.examples import example_text
from evote.verify import verify
from tests.sources.files import SOI, pabulib


class Said(NamedTuple):
    status: int
    out: str
    err: str


class Command:
    """The command in a directory, by one process."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self._capsys = home, capsys

    def __call__(self, *words: object) -> Said:
        status = main(["simulate", str(self.home / "out"), *map(str, words), "--jobs", "1"])
        return Said(status, *self._capsys.readouterr())

    def file(self, name: str, text: str) -> Path:
        path = self.home / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def simulate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, capsys)


def test_every_ballot_of_a_pabulib_file_is_cast(simulate: Command) -> None:
    file = simulate.file("a.pb", pabulib("approval", max_sum_cost="100", min_length="1"))
    said = simulate("--votes", file)
    assert (said.status, said.err) == (0, "")
    assert "4 ballots shall count; accepted: 5; refused at the door: 4" in said.out
    assert "a rule of the file that these ballots obey, but no proof holds a voter to: min_length = 1" in said.out
    assert "result: votes" in said.out
    assert "file: votes" in said.out
    assert "units: 0, withheld ballots: 4" in said.out  # fewer than minimum_group


def test_strata_come_from_a_column(simulate: Command) -> None:
    rows = "".join(f"{i};A.1;{'FM'[i % 2]}\n" for i in range(24))
    text = pabulib("choose-1", f"voter_id;vote;sex\n{rows}", num_votes="24").replace(";votes;", ";likes;")
    said = simulate("--votes", simulate.file("a.pb", text), "--strata", "sex")
    assert said.status == 0
    assert "units: 2, withheld ballots: 0" in said.out
    assert [unit.counts for unit in verify(simulate.home / "out").results["projects"].units] == [(12, 0, 0)] * 2


def test_a_preflib_file_is_drawn_from(simulate: Command) -> None:
    said = simulate("--votes", simulate.file("a.soi", SOI), "--voters", 18, "--seed", 4)
    assert said.status == 0
    assert "18 ballots shall count" in said.out
    assert verify(simulate.home / "out").figures["alternatives"].ballots == (((1, 2, 3), 6), ((2, 1), 10), ((3,), 2))


def test_counts_go_with_a_definition(simulate: Command) -> None:
    definition = simulate.file("election.toml", example_text("referendum"))
    counts = simulate.file("counts.csv", "district,option,votes\nestonia,yes,7\nestonia,no,4\nestonia,blank,1\n")
    said = simulate("--votes", counts, "--definition", definition, "--group", "p-256")
    assert said.status == 0
    report = verify(simulate.home / "out")
    assert (report.results["accession"].counts, report.results["accession"].blank) == ((7, 4), 1)
    assert report.election is not None
    assert report.election.group == "p-256"
    assert "decided by the method plurality: yes" in said.out


def test_of_a_petition_the_tests_are_shown(simulate: Command) -> None:
    said = simulate("--example", "petition", "--voters", 30)
    assert said.status == 0
    assert "halfway" in said.out
    assert "decided by the method threshold: support" in said.out


def test_a_result_that_is_not_what_was_put_in_is_no_success(simulate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldElection, "differences", lambda _: ["contest accession: counts"])
    said = simulate("--example", "referendum", "--voters", 10)
    assert (said.status, said.err) == (
        1,
        "evote: simulation: the result is not what was put in: contest accession: counts\n",
    )


PARTS = {"definition.toml": example_text("referendum"), "votes.csv": "votes,accession\n3,yes\n", "votes.pb": "META\n"}
MISTAKES: dict[str, tuple[list[str], int, str]] = {
    "an example and a file": (["--example", "survey", "--votes", "votes.pb"], 2, "either --example or --votes"),
    "a definition for an example": (["--definition", "definition.toml"], 2, "go with --votes"),
    "strata for an example": (["--strata", "sex"], 2, "go with --votes"),
    "counts without a definition": (["--votes", "votes.csv"], 2, "a .csv file, and no other, needs a definition"),
    "strata for ballots": (
        ["--votes", "votes.csv", "--definition", "definition.toml", "--strata", "sex"],
        2,
        "only Pabulib files have columns",
    ),
    "a file that is not there": (["--votes", "none.pb"], 2, "none.pb: No such file"),
    "a definition that is not there": (["--votes", "votes.csv", "--definition", "none.toml"], 2, "none.toml: No such"),
    "a file that is broken": (["--votes", "votes.pb"], 1, "votes.pb: "),
    "a file of another kind": (["--votes", "definition.toml"], 1, "not a file of votes"),
    "a definition that is no TOML": (["--votes", "votes.csv", "--definition", "votes.csv"], 1, "votes.csv: "),
    "no voters": (["--voters", "0"], 2, "--voters"),
    "nobody voted": (["--votes", "empty.csv", "--definition", "definition.toml"], 1, "nobody voted"),
    "no contests": (["--votes", "votes.csv", "--definition", "none-asked.toml"], 1, "required field `contests`"),
    "deep": (["--votes", "votes.csv", "--definition", "deep.toml"], 1, "deep.toml: tables or arrays stand"),
    "a control character": (
        ["--votes", "votes.csv", "--definition", "control.toml"],
        1,
        "control.toml: contests accession, options yes, name: text has control characters",
    ),
    "a wrong rule": (
        ["--votes", "votes.csv", "--definition", "rule.toml"],
        1,
        "rule.toml: contest accession: there is no rule 'least', but",
    ),
}


@pytest.mark.parametrize(("words", "status", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_one_sentence(
    simulate: Command, monkeypatch: pytest.MonkeyPatch, words: list[str], status: int, sentence: str
) -> None:
    monkeypatch.chdir(simulate.home)
    for name, text in PARTS.items():
        simulate.file(name, text)
    simulate.file("empty.csv", "votes,accession\n0,yes\n")
    simulate.file("deep.toml", f"x = {'[' * 5000}{']' * 5000}\n")
    simulate.file("control.toml", PARTS["definition.toml"].replace('"Yes"', r'"Y\u0000"', 1))
    simulate.file("rule.toml", PARTS["definition.toml"].replace("minimum = 1", "least = 1"))
    simulate.file("none-asked.toml", 'name = "x"\n')
    said = simulate(*words)
    assert said.status == status
    assert said.err.count("\n") == 1
    assert sentence in said.err
    assert not (simulate.home / "out").exists()
