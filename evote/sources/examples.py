"""The examples that come with the library: definitions to start from, each with the votes of an election."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from evote.errors import EvidenceMissing
from evote.record.toml import definition_from_toml
from evote.sources.poll import Poll
from evote.sources.reader import read_poll

FOLDER = Path(__file__).parent.parent / "examples"


def example_names() -> list[str]:
    """Return the names of the examples."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def example_text(name: str) -> str:
    """Return the definition, as TOML without roles; `EvidenceMissing` if there is no such example."""
    if name not in example_names():
        raise EvidenceMissing(f"no example {name!r}; there are: {', '.join(example_names())}")
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def example_poll(name: str, districts: Collection[str] = ()) -> Poll:
    """Return the definition and the votes, those of some ``districts`` alone if they are named."""
    definition = definition_from_toml(example_text(name))
    (votes,) = FOLDER.glob(f"{name}-*.csv")
    poll = read_poll(votes, definition=definition)
    if not districts:
        return poll
    lines = tuple(line for line in poll.lines if line.vote.district in districts)
    return replace(poll, definition=restricted(poll.definition, districts), lines=lines)


def restricted(definition: Mapping[str, Any], districts: Collection[str]) -> dict[str, Any]:
    """Return a definition of these districts, with their options and their share of ``seats``.

    ``ValueError`` for a district that the definition does not have.
    """
    kept = [district for district in definition["districts"] if district["id"] in districts]
    if unknown := set(districts) - {district["id"] for district in kept}:
        raise ValueError(f"the definition has no district {min(unknown)!r}")
    return {**definition, "districts": kept, "contests": [_restricted(c, districts) for c in definition["contests"]]}


def _restricted(contest: Mapping[str, Any], districts: Collection[str]) -> dict[str, Any]:
    def here(option: Mapping[str, Any]) -> bool:
        return not option.get("districts") or bool(set(option["districts"]) & set(districts))

    made = {**contest, "options": [option for option in contest["options"] if here(option)]}
    seats = contest.get("count", {}).get("seats")
    if isinstance(seats, dict):
        made["count"] = contest["count"] | {"seats": {d: n for d, n in seats.items() if d in districts}}
    return made
