"""Changes by somebody who has every key, sealed again by `Draft.seal`; only mathematics stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.mutants import honest
from tests.mutants.inserted import inserted_mutants
from tests.mutants.listed import list_mutants
from tests.mutants.mutant import Mutant
from tests.mutants.records import World
from tests.mutants.sealing import LIST_FIELDS, Draft, Item, Tree, encode, take_apart
from tests.mutants.tested import petition_mutants
from tests.mutants.trees import changes, named, put
from tests.mutants.values import replacements

Edit = Callable[[Draft], None]
PLUG_INS = ("format", "group", "shuffle", "type")  # an unknown one is not installed here, which is no lie
BALLOTS = {"sum": (0, 5, 15), "mix": (0, 5, 11)}  # a voter's only one, one that is superseded, a last one
OTHERS = (0, -1)
NEW = ("ballot", "shuffle", "threshold-test", "threshold-share", "threshold-proof", "result")  # in the other records


def mutant(name: str, edit: Edit, reason: str = "", *, absent: bool = False) -> Mutant:
    """Return the mutant that an edit of the draft makes."""

    def write(world: World, path: Path) -> None:
        draft = take_apart(world)
        edit(draft)
        draft.seal(path)

    return Mutant(name, write, reason, absent, sealed=True)


def resealed_mutants(world: World) -> Iterator[Mutant]:
    """Yield every change of this kind to a record."""
    draft = take_apart(world)
    whole = world.name in BALLOTS
    for index in _chosen(draft):
        if whole or draft.items[index].kind in NEW:
            yield from _field_mutants(draft, index)
        if whole:
            yield from _author_mutants(draft, index)
    yield from _exchange_mutants(draft)
    yield from _order_mutants(draft)
    yield from _definition_mutants(draft)
    inserted = inserted_mutants(draft) if whole else petition_mutants(draft)
    for name, edit, reason, absent in (*list_mutants(draft), *inserted):
        yield mutant(f"{world.name}/{name}", edit, reason, absent=absent)


def _chosen(draft: Draft) -> list[int]:
    """Return the entries whose fields are changed: the first, the last, the longest of each kind, and three ballots."""
    kinds: dict[str, list[int]] = {}
    for index, item in enumerate(draft.items):
        kinds.setdefault(item.kind, []).append(index)
    longest = partial(max, key=lambda index: len(encode(draft.items[index].body)))
    chosen = {index for indices in kinds.values() for index in (indices[0], indices[-1], longest(indices))}
    ballots = kinds["ballot"]
    return sorted(chosen - set(ballots) | {ballots[i] for i in BALLOTS.get(draft.world.name, OTHERS)})


def label(draft: Draft, index: int) -> str:
    """Return how an entry is called in names."""
    return f"{draft.world.name}/{index:02}-{draft.items[index].kind}"


def _field_mutants(draft: Draft, index: int) -> Iterator[Mutant]:
    item = draft.items[index]
    for path, operator, value in changes(item.body, item.kind):
        name = f"{label(draft, index)}/{named(path)}/{operator}" if path else f"{label(draft, index)}/{operator}"
        reason = honest.changed_field(draft.world, item, path, operator)
        lost = bool(path) and path[0] in LIST_FIELDS
        yield mutant(name, partial(_set_field, index, path, value), reason, absent=lost)


def _set_field(index: int, path: tuple[str | int, ...], value: Any, draft: Draft) -> None:
    item = draft.items[index]
    item.pinned = True
    if path:
        put(item.body, path, value)
    else:
        item.body = value


def _author_mutants(draft: Draft, index: int) -> Iterator[Mutant]:
    item = draft.items[index]
    others = ["operator", "registrar", "trustee 1", "trustee 2", "voter s1", "voter s2"]
    strangers = ["trustee 9", "trustee 01", "voter nobody", "nobody", item.author + " ", item.author.upper(), ""]
    for author in others:
        if author != item.author:
            yield mutant(f"{label(draft, index)}/author/{author}", partial(_set_author, index, author, author))
            yield mutant(f"{label(draft, index)}/signed-by/{author}", partial(_set_author, index, item.author, author))
    for author in strangers:
        title = f"{label(draft, index)}/author/{author!r}"
        yield mutant(title, partial(_set_author, index, author, item.author))
    for operator, finish in _envelopes():
        yield mutant(f"{label(draft, index)}/entry/{operator}", partial(_set_finish, index, finish))


def _set_author(index: int, author: str, signer: str, draft: Draft) -> None:
    item = draft.items[index]
    item.author, item.signer = author, signer


def _set_finish(index: int, finish: Callable[[Tree], Tree], draft: Draft) -> None:
    draft.items[index].finish = finish


def _envelopes() -> Iterator[tuple[str, Callable[[Tree], Tree]]]:
    for operator, _ in replacements("signature", bytes(range(64))):
        yield f"signature/{operator}", partial(_change_signature, operator)
    for name in ("author", "body", "signature"):
        yield f"without-{name}", partial(_without, name)
    yield "with-another-field", lambda signed: signed | {"zzz": 0}


def _change_signature(operator: str, signed: Tree) -> Tree:
    return signed | {"signature": dict(replacements("signature", signed["signature"]))[operator]}


def _without(name: str, signed: Tree) -> Tree:
    return {key: value for key, value in signed.items() if key != name}


def _exchange_mutants(draft: Draft) -> Iterator[Mutant]:
    """Exchange a field, or the authors, of each two successive entries of a kind."""
    last: dict[str, int] = {}
    for index, item in enumerate(draft.items):
        other = last.get(item.kind)
        last[item.kind] = index
        if other is None:
            continue
        title = f"{label(draft, other)}+{index:02}"
        for field, value in item.body.items():
            if value != draft.items[other].body[field]:
                reason = honest.exchanged_field(draft, other, index, field)
                yield mutant(f"{title}/{field}-exchanged", partial(_exchange, other, index, field), reason)
        if item.author != draft.items[other].author:
            reason = honest.exchanged_field(draft, other, index, "author")
            yield mutant(f"{title}/authors-exchanged", partial(_exchange_authors, other, index), reason)


def _exchange(one: int, other: int, field: str, draft: Draft) -> None:
    first, second = draft.items[one], draft.items[other]
    first.body[field], second.body[field] = second.body[field], first.body[field]
    first.pinned = second.pinned = True


def _exchange_authors(one: int, other: int, draft: Draft) -> None:
    first, second = draft.items[one], draft.items[other]
    first.author, second.author = second.author, first.author
    first.signer, second.signer = first.author, second.author
    first.pinned = second.pinned = True


def _order_mutants(draft: Draft) -> Iterator[Mutant]:
    """Drop, double and move every entry; where a voter's chain is concerned, with and without mending it."""
    for index, item in enumerate(draft.items):
        title = label(draft, index)
        for name, edit, reason in _orders(draft, index):
            lost = item.kind == "result" and name == "dropped"
            yield mutant(f"{title}/{name}", edit, reason, absent=lost)
            if item.kind == "ballot":
                yield mutant(f"{title}/{name}-chain-left", partial(_unchained, edit), reason)


def _orders(draft: Draft, index: int) -> Iterator[tuple[str, Edit, str]]:
    last = len(draft.items) - 1
    yield "dropped", partial(_drop, index), honest.dropped(draft, index)
    yield "doubled", partial(_copy, index, index + 1), ""
    if index + 2 <= last:
        yield "copied-to-the-end", partial(_copy, index, last + 1), ""
    seen = {index}
    for name, to in {"next": index + 1, "end": last, "front": 0, "middle": last // 2}.items():
        if to <= last and to not in seen:
            seen.add(to)
            yield f"moved-{name}", partial(_move, index, to), honest.moved(draft, index, to)


def _unchained(edit: Edit, draft: Draft) -> None:
    draft.chained = False
    edit(draft)


def _drop(index: int, draft: Draft) -> None:
    del draft.items[index]


def _copy(index: int, to: int, draft: Draft) -> None:
    item = draft.items[index]
    draft.items.insert(to, Item(item.author, dict(item.body), item.signer))


def _move(index: int, to: int, draft: Draft) -> None:
    draft.items.insert(to, draft.items.pop(index))


def _definition_mutants(draft: Draft) -> Iterator[Mutant]:
    """Change election.json; everybody signs again for the new fingerprint."""
    seen: dict[tuple[str | int, ...], int] = {}
    for path, operator, value in changes(draft.election, "election"):
        seen[path] = seen.get(path, 0) + 1
        if seen[path] <= 2 or operator.startswith("with"):
            where = f"{named(path)}/" if path else ""
            yield mutant(
                f"{draft.world.name}/election.json/{where}{operator}",
                partial(_set_definition, path, value),
                absent=True,
            )


def _set_definition(path: tuple[str | int, ...], value: Any, draft: Draft) -> None:
    if path:
        put(draft.election, path, value)
    else:
        draft.election = value
