"""The example in ``docs/verificatum.md`` does what it says."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evote.cli.main import main
from tests.formats.ivxv.audits import ELECTION, VOTES, election, verified
from tests.formats.ivxv.mixed import KIND, box, public_key, write_outcome, write_protinfo

TEXT = (Path(__file__).parents[3] / "docs" / "verificatum.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return TEXT.split(f"\n### {title}\n")[1].split("\n##")[0]


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is to be run, in its order: code, or a command."""
    command = re.compile(r"^    (evote (?:[^\n\\]|\\\n)*)$", re.MULTILINE)
    for part in re.split(r"^(```python\n.*?^```)$", text, flags=re.MULTILINE | re.DOTALL):
        if part.startswith("```"):
            yield part.removeprefix("```python\n").removesuffix("```"), ""
        else:
            yield from (("", found.replace("\\\n", " ")) for found in command.findall(part))


def test_a_box_is_mixed_and_the_election_audited_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory, work = election(tmp_path, KIND), tmp_path / "work"
    work.mkdir()
    for name in ("pub.pem", "bb-4.json"):
        shutil.copy(directory / f"{ELECTION}-{name}", work / name)
    write_protinfo(public_key(directory), work / "protInfo.xml")
    monkeypatch.chdir(work)
    names: dict[str, Any] = {}
    said = list(steps(section("A box mixed by evote")))
    assert [bool(code) for code, _ in said] == [True, False, False, True]
    for code, command in said:
        if code:
            exec(code, names)  # noqa: S102 - our own document
        else:
            assert main([*shlex.split(command)[1:], "--jobs", "1"]) == 0
    votes = box(work, "shuffled.json")
    assert sorted(vote.place for vote in votes) == sorted(place for place, _ in VOTES)
    assert not {vote.ciphertext for vote in votes} & {vote.ciphertext for vote in box(work)}
    write_outcome(directory, votes)
    shutil.copy(work / "protInfo.xml", directory)
    (work / "mixing").rename(directory / "mixing")
    report = verified(directory)
    assert (report.status, report.failures) == (0, [])
    assert (directory / f"{ELECTION}-shuffled.json").read_bytes() == (work / "shuffled.json").read_bytes()
