"""Changes to the lists beside the board: to every part of a row, to rows, to columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from evote.mixnet.commitment_consistent.proof import ConsistentLine
from evote.mixnet.terelius_wikstrom.proof import VectorLine
from evote.record.entries import Credential
from tests.mutants import honest
from tests.mutants.sealing import LIST_FIELDS, Draft, encode, tree_of
from tests.mutants.trees import changes, named, put
from tests.mutants.values import LIST, replacements

Rows = list[Any]
Edit = Callable[[Draft], None]
Listed = tuple[str, Edit, str, bool]
TYPES: dict[str, type[Any]] = {"credentials": Credential, "vectors": VectorLine, "output": bytes, "shares": bytes}


def list_mutants(draft: Draft) -> Iterator[Listed]:
    """Yield name, edit, reason and absence for the first and the last list of each kind."""
    for field in LIST_FIELDS if draft.world.silent else LIST_FIELDS[1:]:
        indices = [i for i, item in enumerate(draft.items) if field in item.body]
        for index in dict.fromkeys(indices[:1] + indices[-1:]):
            rows = rows_of(draft, index, field)
            title = f"{index:02}-{draft.items[index].kind}.{field}"
            for name, changed, reason in _changes(draft, field, rows):
                yield f"{title}/{name}", partial(_replace, index, field, changed), reason, False
            for name, edit, absent in _other_lists(draft, index, field):
                yield f"{title}/{name}", edit, "", absent


def rows_of(draft: Draft, index: int, field: str) -> Rows:
    """Return the rows of a list as trees in which bytes are bytes."""
    lines, type_ = draft.lists[draft.items[index].body[field]], TYPES[field]
    if type_ is VectorLine and draft.election["shuffle"] == "commitment-consistent":
        type_ = ConsistentLine
    return [tree_of(msgspec.json.decode(line, type=type_)) for line in lines]


def _replace(index: int, field: str, rows: Rows, draft: Draft) -> None:
    draft.replace_list(draft.items[index].body[field], [encode(row) for row in rows])


def _changes(draft: Draft, field: str, rows: Rows) -> Iterator[tuple[str, Rows, str]]:
    roll = field == "credentials"
    for number in sorted({0, len(rows) // 2, len(rows) - 1}):
        for name, row, reason in _row_changes(draft, field, rows[number]):
            yield f"{number}{name}", [*rows[:number], row, *rows[number + 1 :]], reason
    for name, operator in LIST.items():
        if (changed := operator(rows)) != rows:
            yield name, changed, honest.changed_rows(draft.world, rows, name) if roll else ""
    if field == "vectors":
        yield from _column_changes(rows)
    if roll:
        yield from _roll_changes(draft, rows)


def _row_changes(draft: Draft, field: str, row: Any) -> Iterator[tuple[str, Any, str]]:
    if isinstance(row, bytes):
        for name, value in replacements(f"row.{field}", row):
            yield f"/{name}", value, ""
        return
    kind = "credential" if field == "credentials" else field
    for path, name, value in changes(row, kind):
        changed = value if not path else _with(row, path, value)
        reason = honest.changed_row(draft.world, row, path, name) if kind == "credential" else ""
        yield f".{named(path)}/{name}" if path else f"/{name}", changed, reason


def _with(row: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    changed = dict(row)
    put(changed, path, value)
    return changed


def _column_changes(rows: Rows) -> Iterator[tuple[str, Rows, str]]:
    """Turn, and exchange, whole columns of the vectors of a proof of shuffle."""
    for column in rows[0]:
        values = [row[column] for row in rows]
        yield f"column-{column}-turned", _column(rows, column, values[1:] + values[:1]), ""
        yield f"column-{column}-constant", _column(rows, column, values[:1] * len(rows)), ""
        yield f"column-{column}-first-two-swapped", _column(rows, column, values[1::-1] + values[2:]), ""
    second = [("k_E", "list_k_E")] if "list_k_E" in rows[0] else []
    for one, other in (("B", "B_prime"), ("B", "u"), ("B_prime", "u"), ("k_B", "k_E"), *second):
        swapped = [{**row, one: row[other], other: row[one]} for row in rows]
        yield f"columns-{one}-and-{other}-exchanged", swapped, ""


def _column(rows: Rows, column: str, values: list[bytes]) -> Rows:
    return [{**row, column: value} for row, value in zip(rows, values, strict=True)]


def _roll_changes(draft: Draft, rows: Rows) -> Iterator[tuple[str, Rows, str]]:
    """Exchange one field of two voters; add a voter."""
    number = {row["voter"]: i for i, row in enumerate(rows)}
    one, other = number["n2"], number["s1"]
    for field in ("voter", "key", "district"):
        first, second = {**rows[one], field: rows[other][field]}, {**rows[other], field: rows[one][field]}
        exchanged = [{one: first, other: second}.get(i, row) for i, row in enumerate(rows)]
        yield f"{field}-of-n2-and-s1-exchanged", exchanged, ""
    silent = number[min(draft.world.silent)]
    elsewhere = {**rows[silent], "district": "north"}
    yield "silent-voter-elsewhere", [elsewhere if i == silent else row for i, row in enumerate(rows)], honest.ROLL
    fresh = {**rows[silent], "voter": "new", "key": dict(replacements("credential.key", rows[silent]["key"]))["fresh"]}
    yield "one-voter-more", [*rows, fresh], honest.ROLL
    yield "key-used-twice", [*rows, {**fresh, "key": rows[0]["key"]}], ""
    yield "voter-named-twice", [*rows, {**fresh, "voter": rows[0]["voter"]}], ""
    yield "one-very-heavy-voter", [*rows, {**fresh, "weight": (1 << 40) - 1}], ""


def _other_lists(draft: Draft, index: int, field: str) -> Iterator[tuple[str, Edit, bool]]:
    """Name another list: one that is nowhere, one that belongs elsewhere, the same with other white space."""
    item = draft.items[index]
    yield "list-not-there", partial(_name, index, field, bytes(range(32))), True
    for other, entry in enumerate(draft.items):
        for name in LIST_FIELDS:
            if name in entry.body and (other, name) != (index, field) and entry.kind == item.kind:
                yield f"list-of-{other:02}.{name}", partial(_name, index, field, entry.body[name]), False
    yield "lines-spaced", partial(_respace, index, field), False
    yield "count-left", partial(_drop_uncounted, index, field), False


def _name(index: int, field: str, digest: bytes, draft: Draft) -> None:
    draft.items[index].body[field] = digest
    draft.items[index].pinned = True


def _respace(index: int, field: str, draft: Draft) -> None:
    digest = draft.items[index].body[field]
    draft.replace_list(digest, [line + b" " for line in draft.lists[digest]])


def _drop_uncounted(index: int, field: str, draft: Draft) -> None:
    """Leave out the last row, and say nothing of it in the entry."""
    draft.items[index].pinned = True
    digest = draft.items[index].body[field]
    draft.replace_list(digest, draft.lists[digest][:-1])
