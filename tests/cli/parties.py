"""An election by hand: every party with its own secret file, and nothing between them but the record and messages."""

from __future__ import annotations

import atexit
import io
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evote.cli.main import main
from tests.elections import CONTESTS, COUNCIL, DISTRICTS, GROUP, MAYOR

TRUSTEES, MIXERS = (1, 2, 3), (1, 2)
ROLES = ("operator", "registrar", *(f"trustee-{i}" for i in TRUSTEES), *(f"mixer-{i}" for i in MIXERS))
PASSPHRASES = {"trustee-1": "one more for the road"}  # everybody else's is OTHERS
SMALL = ("new", "key", "voter", "define")  # these have no work to share
OTHERS = "correct horse battery"

PROJECTS = [{"id": "parks", "name": "Parks"}, {"id": "trees", "name": "Trees"}, {"id": "benches", "name": "Benches"}]
PARK = {
    "id": "park",
    "title": "A park",
    "type": "petition",
    "rules": {"result": "threshold", "tests": "1 June,1 July"},
    "count": {"method": "threshold", "votes": 4},
    "options": [{"id": "support", "name": "I support it"}],
}
# Two petitions; one contest of each type.
ROADS: dict[str, list[dict[str, Any]]] = CONTESTS | {
    "petitions": [PARK, PARK | {"id": "pool", "title": "A pool", "rules": {"result": "threshold"}}],
    "every": [
        COUNCIL,
        MAYOR,
        COUNCIL | {"id": "order", "title": "Order", "type": "ranked", "rules": {"maximum": 3}},
        {
            "id": "lists",
            "title": "Lists",
            "type": "lists",
            "options": [
                {"id": "green", "name": "The Greens"},
                {"id": "ann", "name": "Ann", "party": "green"},
                {"id": "blue", "name": "The Blues"},
            ],
        },
        {"id": "spread", "title": "Spread", "type": "cumulative", "rules": {"limit": 5}, "options": PROJECTS},
        {"id": "marks", "title": "Marks", "type": "score", "rules": {"maximum": 9}, "options": PROJECTS},
        {
            "id": "money",
            "title": "Money",
            "type": "budget",
            "rules": {"budget": 6500},
            "options": [option | {"cost": 2000 + 1000 * i} for i, option in enumerate(PROJECTS)],
        },
        PARK,
    ],
}


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of the output."""
        return self.out.splitlines()[-1]


def one_sentence(answer: Answer, status: int, pattern: str) -> None:
    """Check that a command failed with this status and one line on stderr."""
    assert answer.status == status, answer
    assert re.fullmatch(f"evote: .*{pattern}.*\n", answer.err), answer.err


class Parties:
    """A directory with everybody's files, and the commands that they type."""

    def __init__(self, home: Path, road: str) -> None:
        self.home, self.road = home, road
        home.mkdir(exist_ok=True)
        self.record = home / "record"
        self.said = ""

    def run(self, *words: object) -> Answer:
        """Type a command; unless it says otherwise it does all work itself."""
        out, err = io.StringIO(), io.StringIO()
        alone = [] if words[0] in SMALL or "--jobs" in words or "--help" in words else ["--jobs", 1]
        with redirect_stdout(out), redirect_stderr(err):
            status = main([str(word) for word in (*words, *alone)])
        return Answer(status, out.getvalue(), err.getvalue())

    def secret(self, name: str) -> Path:
        return self.home / f"{name}.secret"

    def keys(self, name: str) -> list[object]:
        """Return the options that open a party's secret file."""
        file = self.home / f"{name}.passphrase"
        file.write_text(PASSPHRASES.get(name, OTHERS) + "\n")
        return ["--secret", self.secret(name), "--passphrase-file", file]

    def do(self, name: str, *words: object, out: str = "") -> Path:
        """Let a party type a command that must succeed; return where its message or messages are."""
        path = self.home / out
        answer = self.run(*words, *self.keys(name), *(["--out", path] if out else []))
        assert (answer.status, answer.err) == (0, ""), (words, answer)
        self.said = answer.out
        return path

    def post(self, *messages: Path) -> None:
        """Let the operator post messages, all of which must be accepted."""
        self.do("operator", "post", self.record, *messages)

    # The phases

    def make_keys(self) -> None:
        """Make the key of every role and write the definition."""
        made = {name: self.new("key", name) for name in ROLES}
        (self.home / "election.toml").write_text(definition(made, self.road))

    def new(self, noun: str, name: str, *words: object) -> str:
        """Make a secret file and return what is public of it."""
        _, _, *passphrase = self.keys(name)
        answer = self.run(noun, "new", self.secret(name), *words, *passphrase, "--kdf-cost", "interactive")
        assert answer.status == 0, answer
        return answer.out.strip()

    def define(self) -> None:
        """Start the record."""
        self.do("operator", "define", self.home / "election.toml", self.record)

    def make_joint_key(self) -> None:
        """Hold the key ceremony."""
        for number in range(1, 5):
            messages = [
                self.do(f"trustee-{i}", "trustee", "act", self.record, out=f"key-{number}-{i}.msg") for i in TRUSTEES
            ]
            self.post(*messages)
        self.do("operator", "operator", "finish-key", self.record)

    def enrol(self, voters: Mapping[str, Sequence[str]]) -> None:
        """Make every voter's key and post the roll; ``voters`` gives each the options for its credential."""
        lines = [self.new("voter", name, "--voter", name, *words) for name, words in voters.items()]
        credentials = self.home / "credentials.jsonl"
        credentials.write_text("".join(f"{line}\n" for line in lines))
        self.post(self.do("registrar", "registrar", "roll", self.record, credentials, out="roll.msg"))

    def vote(self, voter: str, *choices: str, out: str) -> Path:
        """Make a ballot, and its ticket beside it; choices for contests that are not put are left out."""
        contests = tuple(contest["id"] for contest in ROADS[self.road])
        chosen = [word for choice in choices if choice.startswith(contests) for word in ("--choose", choice)]
        return self.do(voter, "vote", self.record, *chosen, "--ticket", self.home / f"{out}.ticket", out=out)

    def inspect(self, message: Path) -> Answer:
        """Open a ballot on the second device."""
        receipt = message.with_name(f"{message.name}.receipt")
        return self.run("inspect", self.record, f"{message}.ticket", "--receipt", receipt)

    def count(self) -> None:
        """Mix, decrypt and publish."""
        if self.road != "sum":
            for i in MIXERS:
                self.post(self.do(f"mixer-{i}", "mix", self.record, out=f"mix-{i}"))
        self.do("operator", "operator", "tally", self.record)
        for i in TRUSTEES[:2]:
            self.post(self.do(f"trustee-{i}", "trustee", "decrypt", self.record, out=f"shares-{i}"))
        self.do("operator", "operator", "tally", self.record)


def definition(keys: Mapping[str, str], road: str) -> str:
    """Return a small election in TOML; JSON's strings, lists and numbers are TOML's, too."""

    def table(content: Mapping[str, object]) -> str:
        fields = (
            f"{name} = {table(value) if isinstance(value, Mapping) else items(value)}"
            for name, value in content.items()
        )
        return "{" + ", ".join(fields) + "}"

    def items(value: object) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(table(v) if isinstance(v, Mapping) else json.dumps(v) for v in value) + "]"
        return json.dumps(value)

    def role(name: str) -> dict[str, object]:
        return {"name": f"The {name}", "key": keys[name]}

    def roles(names: Iterable[str]) -> str:
        return items([role(name) for name in names])

    mixed = any(contest["type"] in ("choice", "ranked") for contest in ROADS[road])
    lines = [
        'name = "An election [bold]by hand[/bold]"',
        f'group = "{GROUP}"',
        "threshold = 2",
        "minimum_group = 3",
        f"operator = {table(role('operator'))}",
        f"registrar = {table(role('registrar'))}",
        f"trustees = {roles(f'trustee-{i}' for i in TRUSTEES)}",
        *([f"mixers = {roles(f'mixer-{i}' for i in MIXERS)}"] if mixed else []),
        f"districts = {items(DISTRICTS)}",
        f"contests = {items(ROADS[road])}",
    ]
    return "\n".join(lines) + "\n"


VOTERS = {f"n{i}": ("--district", "north") for i in range(1, 5)} | {
    "s1": ("--district", "south"),
    "s2": ("--district", "south"),
    "s3": ("--district", "south"),
    "w1": ("--district", "south", "--weight", "5"),
}
# voter -> council, mayor; Mia stands for mayor in the south only
VOTES = {
    "n1": ("council=ada,bob", "mayor=kai"),
    "n2": ("council=", "mayor=liv"),
    "n3": ("council=eve", "mayor="),
    "n4": ("council=bob", "mayor=kai"),
    "s1": ("council=ada", "mayor=mia"),
    "s2": ("council=ada", "mayor=mia"),
    "w1": ("council=eve", "mayor=liv"),
}


def _enrol(parties: Parties) -> None:
    """Put all on the roll; where a petition is tested nobody weighs more than others."""
    tested = any(contest.get("rules", {}).get("result") == "threshold" for contest in ROADS[parties.road])
    parties.enrol({voter: words[:2] if tested else words for voter, words in VOTERS.items()})


def _vote(parties: Parties) -> None:
    """Let n1 vote twice, revoke n4 and s1, and restore s1; s3 abstains, and w1 is alone with its weight."""
    parties.post(*(parties.vote(voter, *both, out=f"{voter}.msg") for voter, both in VOTES.items()))
    parties.post(parties.vote("n1", "council=eve", "mayor=liv", out="n1-again.msg"))
    for verb, voter in (("revoke", "n4"), ("revoke", "s1"), ("restore", "s1")):
        words = ["registrar", verb, parties.record, voter, "--reason", "came to the polling station"]
        parties.post(parties.do("registrar", *words, out=f"{verb}-{voter}.msg"))


# What the voting above comes to; the two of the south, who could choose Mia, are too few for a mayor.
COUNTS = {"council": {"ada": 2, "bob": 0, "eve": 2}, "mayor": {"kai": 0, "liv": 2, "mia": 0}}
BLANK, WITHHELD = 1, {"council": 1, "mayor": 3}

# stage -> the one before it, and what leads from there to here
STAGES: dict[str, tuple[str, Callable[[Parties], object]]] = {
    "appointed": ("", Parties.make_keys),
    "defined": ("appointed", Parties.define),
    "enrolled": ("defined", _enrol),
    "voting": ("enrolled", Parties.make_joint_key),
    "voted": ("voting", _vote),
    "closed": ("voted", lambda parties: parties.do("operator", "operator", "close", parties.record)),
    "counted": ("closed", Parties.count),
}


@cache
def stage(name: str, road: str) -> Parties:
    """Return an election at one of the `STAGES`, made once; it must not be changed."""
    home = Path(tempfile.mkdtemp(prefix="evote-cli-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    before, step = STAGES[name]
    parties = at_stage(before, home / "home", road) if before else Parties(home / "home", road)
    step(parties)
    return parties


def at_stage(name: str, home: Path, road: str = "both") -> Parties:
    """Return a copy of an election at a stage, in the new directory ``home``."""
    shutil.copytree(stage(name, road).home, home)
    return Parties(home, road)
