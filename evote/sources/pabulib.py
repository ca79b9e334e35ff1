"""Pabulib: participatory budgets of real cities, ballot by ballot.

The vote type of the file decides the question type: ``approval`` becomes ``budget`` if its ballots have a cost cap
(``max_sum_cost``), else ``selection``; ``choose-1`` becomes ``selection`` of one; ``cumulative`` and ``scoring`` become
``cumulative`` and ``score``; ``ordinal`` becomes ``ranked``. Where the file's rule is ``greedy`` over one budget, so is
the method, for rankings by points as the published scores are; for another rule none is named. A ballot without
projects is a blank vote, unless ``min_length`` forbids it.

Every ballot is held to every rule of the file: `evote.sources.limits`. Costs must be whole numbers; caps are rounded
down, which with whole costs is the same rule. ``default_score`` other than 0 and negative points are refused. Figures
that the file publishes are counted again: `evote.sources.published`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from evote.errors import DecodeError
from evote.record.manifest import Contest
from evote.sources.limits import LENGTH_AND_COST, POINTS, Limits, limits_of
from evote.sources.poll import Line, Poll, Vote, definition
from evote.sources.published import COLUMNS, differences, recounted
from evote.sources.sections import Meta, Sections, read_sections
from evote.sources.table import Row
from evote.sources.text import MAX_OPTIONS, amount, ids, read_text, shown, title, whole, wrong

CONTEST = "projects"
MAX_STRATA = 1000
UNKNOWN = "unknown"
MAX_POINTS = 1 << 24
SHARED_OUT = ("budget_per_category", "budget_per_neighborhood")  # greedy within each part: another method
WITH_POINTS = ("cumulative", "scoring")
IMPLIED = {"choose-1": {"max_length": 1}}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question: its type, its rules, and which limits of the file these state."""

    type: str
    rules: dict[str, int | bool]
    stated: tuple[str, ...]


def pabulib_poll(data: bytes, *, strata: str = "") -> Poll:
    """Return the poll of a ``.pb`` file, by the values of the column ``strata`` of its voters if one is named.

    `DecodeError` says in which line the file is malformed, contradicts itself, or has rules that no type here has.
    """
    file = read_sections(read_text(data))
    _check_numbers(file)
    vote_type = _vote_type(file.meta)
    points = vote_type in WITH_POINTS
    quantities = (*LENGTH_AND_COST, *POINTS) if points else LENGTH_AND_COST
    limits = limits_of(file.meta, quantities, IMPLIED.get(vote_type, {}))
    names = ids(_distinct(file.projects, "project_id"), "project")
    costs = {row["project_id"]: _cost(row) for row in file.projects}
    ballots = [_ballot(row, costs, points=points) for row in file.votes]
    for row, ballot in zip(file.votes, ballots, strict=True):
        limits.check(row.line, shown(row["voter_id"]), ballot, costs)
    if sum(sum(ballot.values()) for ballot in ballots) > MAX_POINTS:
        raise DecodeError(f"more than {MAX_POINTS} points are given in all")
    asked = _asked(vote_type, limits, costs, ballots)
    places = _strata(file.votes, strata) if strata else [""] * len(ballots)
    named = [{names[project]: points for project, points in ballot.items()} for ballot in ballots]
    lines = tuple(
        Line(Vote("all", stratum, 1, {CONTEST: _selection(ballot)}), 1)
        for stratum, ballot in zip(places, named, strict=True)
    )
    made = _definition(file, asked, names, tuple(sorted(set(places) - {""})))
    published = _published(file.projects, names)
    again = recounted(msgspec.convert(made["contests"][0], Contest), named, published)
    originals = {id_: name for name, id_ in names.items()}
    return Poll(
        definition=made,
        lines=lines,
        originals=originals,
        published=published,
        recounted=again,
        contradictions=tuple(differences(published, again, originals)),
        unstated=limits.unstated(asked.stated),
    )


def _check_numbers(file: Sections) -> None:
    for key, rows in (("num_projects", file.projects), ("num_votes", file.votes)):
        line, _ = file.meta.entry(key)
        if file.meta.number(key) != len(rows):
            raise wrong(line, f"{key} is {file.meta.number(key)}, but there are {len(rows)}")
    if not file.votes:
        raise DecodeError("the file has no ballots")
    if not 1 <= len(file.projects) <= MAX_OPTIONS:
        raise DecodeError(f"{len(file.projects)} projects where 1 to {MAX_OPTIONS} are allowed")
    _distinct(file.votes, "voter_id")


def _distinct(rows: tuple[Row, ...], column: str) -> dict[str, int]:
    """Return the line of each value of a column that names its row."""
    lines: dict[str, int] = {}
    for row in rows:
        if not row[column] or row[column] in lines:
            raise wrong(row.line, f"{column} {shown(row[column])} is empty or stood in an earlier line")
        lines[row[column]] = row.line
    return lines


def _vote_type(meta: Meta) -> str:
    line, text = meta.entry("vote_type")
    if text not in ("approval", "choose-1", "ordinal", *WITH_POINTS):
        raise wrong(line, f"vote_type {shown(text)} is not known")
    if meta.get("default_score") not in ("", "0"):
        raise wrong(meta.entry("default_score")[0], "a default_score other than 0 has no question type here")
    if meta.get("scoring_fn").lower() not in ("", "borda"):
        raise wrong(meta.entry("scoring_fn")[0], f"scoring_fn {shown(meta.get('scoring_fn'))} is not known")
    return text


def _cost(row: Row) -> int:
    cost = amount(row["cost"], row.line, "the cost", exact=True)
    if not cost:
        raise wrong(row.line, "a project without a cost")
    return cost


def _ballot(row: Row, costs: Mapping[str, int], *, points: bool) -> dict[str, int]:
    """Return the points of each project that a ballot names, 1 each if ballots have no points, in its order."""
    projects = [project.strip() for project in row["vote"].split(",")] if row["vote"] else []
    given = [text.strip() for text in row["points"].split(",")] if row["points"] else []
    for project in projects:
        if project not in costs:
            raise wrong(row.line, f"a vote for project {shown(project)}, which is not in PROJECTS")
    if len(set(projects)) != len(projects):
        raise wrong(row.line, "a vote for one project twice")
    if not points:
        return dict.fromkeys(projects, 1)
    if len(given) != len(projects):
        raise wrong(row.line, f"points for {len(given)} projects in a vote for {len(projects)}")
    return {project: whole(text, row.line, "points") for project, text in zip(projects, given, strict=True)}


def _selection(ballot: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(option for option, points in ballot.items() for _ in range(points))


def _asked(vote_type: str, limits: Limits, costs: Mapping[str, int], ballots: list[dict[str, int]]) -> _Asked:
    low, high = limits.low("length"), limits.high("length", len(costs))
    chosen, lengths = {"minimum": max(low, 1), "maximum": high, "blank": not low}, ("min_length", "max_length")
    if vote_type == "cumulative":
        if "max_sum_points" not in limits.bounds:
            raise DecodeError("META has no max_sum_points, which cumulative votes need")
        limit = limits.bounds["max_sum_points"]
        rules = {"maximum": limits.high("points", limit), "limit": limit}
        return _Asked("cumulative", rules, ("max_points", "max_sum_points"))
    if vote_type == "scoring":
        most = max((points for ballot in ballots for points in ballot.values()), default=1)
        return _Asked("score", {"maximum": limits.bounds.get("max_points", max(most, 1))}, ("max_points",))
    if vote_type == "ordinal":
        return _Asked("ranked", chosen, lengths)
    if vote_type == "approval" and "max_sum_cost" in limits.bounds:
        return _Asked("budget", {"budget": limits.bounds["max_sum_cost"]}, ("max_sum_cost",))
    return _Asked("selection", chosen, lengths)


def _strata(rows: tuple[Row, ...], column: str) -> list[str]:
    """Return the stratum of each voter: an id for each value of a column of VOTES, ``unknown`` for none."""
    if column not in rows[0].cells:
        raise DecodeError(f"VOTES has no column {shown(column)}")
    lines: dict[str, int] = {}
    for row in rows:
        lines.setdefault(row[column] or UNKNOWN, row.line)
    if len(lines) > MAX_STRATA:
        raise DecodeError(f"column {shown(column)} has {len(lines)} values where at most {MAX_STRATA} are allowed")
    found = ids(lines, column)
    return [found[row[column] or UNKNOWN] for row in rows]


def _published(rows: tuple[Row, ...], names: Mapping[str, str]) -> dict[str, dict[str, int]]:
    return {
        column: {names[row["project_id"]]: whole(row[column], row.line, column) for row in rows if row[column]}
        for column in COLUMNS
        if any(row[column] for row in rows)
    }


def _definition(file: Sections, asked: _Asked, names: Mapping[str, str], strata: tuple[str, ...]) -> dict[str, Any]:
    name = _title(file.meta, "description")
    contest: dict[str, Any] = {
        "id": CONTEST,
        "title": name,
        "type": asked.type,
        "rules": asked.rules,
        "options": [_option(row, names) for row in file.projects],
    }
    if file.meta.get("rule") == "greedy" and not any(file.meta.get(key) for key in SHARED_OUT):
        greedy = {"method": "greedy", "budget": file.meta.amount("budget")}
        contest["count"] = greedy | ({"points": asked.rules["maximum"]} if asked.type == "ranked" else {})
    place = next((key for key in ("subunit", "district") if file.meta.get(key)), "unit")
    return definition(name, contest, _title(file.meta, place), strata)


def _title(meta: Meta, key: str) -> str:
    line, text = meta.entry(key)
    return title(text, line, key)


def _option(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    name = title(row["name"] or row["project_id"], row.line, "the project's name")
    return {"id": names[row["project_id"]], "name": name, "cost": _cost(row)}
