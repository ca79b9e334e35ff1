"""A definition to start from: an example, which needs nothing but roles and their keys."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from evote.cli.main import main
from evote.record.manifest import Contest, election_from_toml
from evote.simulate import make_keys
from evote.sources.examples import example_names, example_text
from tests.cli.parties import Parties

KEY = re.compile(r'key = "\.\.\."')


def with_roles(text: str, keys: list[str]) -> str:
    """Return a definition whose role lines are no comments any more, with a key in each place for one."""
    head, roles, rest = re.split(r"^(?=# Roles:|districts = )", text, flags=re.MULTILINE)
    comment, *lines = roles.splitlines()
    found = "\n".join(line.removeprefix("# ") for line in lines)
    assert comment.startswith("# Roles: each makes a key (evote key new)")
    given = iter(keys)
    return head + KEY.sub(lambda _: f'key = "{next(given)}"', found) + "\n" + rest


@pytest.mark.parametrize("name", example_names())
def test_an_example_needs_only_roles(tmp_path: Path, name: str) -> None:
    out = tmp_path / "mine.toml"
    assert main(["new", "--from", name, "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == example_text(name)
    keys = make_keys(3, 2)
    made = [key.public_key for key in (keys.operator, keys.registrar, *keys.trustees, *keys.mixers)]
    election = election_from_toml(with_roles(out.read_text(encoding="utf-8"), list(map(base64_of, made))))
    assert not election.simulated
    contests = msgspec.convert(tomllib.loads(example_text(name))["contests"], list[Contest])
    assert election.contests == tuple(contests)
    assert [role.key for role in election.trustees] == [key.public_key for key in keys.trustees]


def base64_of(data: bytes) -> str:
    return str(msgspec.to_builtins(data))


@pytest.mark.parametrize("name", ["referendum", "ranked"])
def test_with_roles_it_can_be_defined(tmp_path: Path, name: str) -> None:
    parties = Parties(tmp_path, "both")
    roles = ["operator", "registrar", "trustee-1", "trustee-2", "trustee-3", "mixer-1", "mixer-2"]
    keys = [parties.new("key", role) for role in roles]
    definition = tmp_path / "election.toml"
    assert main(["new", "--from", name, "--out", str(definition)]) == 0
    definition.write_text(with_roles(definition.read_text(encoding="utf-8"), keys), encoding="utf-8")
    parties.define()
    assert (parties.record / "election.json").is_file()
    assert len(parties.said.splitlines()[-1]) == 64


def test_without_roles_it_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parties = Parties(tmp_path, "both")
    parties.new("key", "operator")
    assert main(["new", "--from", "survey", "--out", str(tmp_path / "election.toml")]) == 0
    answer = parties.run("define", tmp_path / "election.toml", parties.record, *parties.keys("operator"))
    assert answer.status == 1
    assert "missing required field `operator`" in answer.err
    assert "survey" in capsys.readouterr().out


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine.toml"
    out.write_text("mine", encoding="utf-8")
    assert main(["new", "--from", "referendum", "--out", str(out)]) == 2
    assert capsys.readouterr().err == f"evote: {out} exists\n"
    assert out.read_text(encoding="utf-8") == "mine"


def test_an_unknown_example_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--from", "nope", "--out", str(tmp_path / "x")]) == 2
    assert "no example 'nope'; there are: lists, participatory-budget, petition" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
