"""Walking through trees of dictionaries and lists: every place in them, and every change to what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.mutants.values import replacements

Path = tuple[str | int, ...]
Change = tuple[Path, str, Any]  # where, the operator's name, what is put there


def places(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every place below the root and what stands there, containers before what they hold."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, value in items:
        yield (*path, step), value
        yield from places(value, (*path, step))


def put(tree: Any, path: Path, value: Any) -> None:
    """Put a value at a place."""
    *way, last = path
    for step in way:
        tree = tree[step]
    tree[last] = value


def get(tree: Any, path: Path) -> Any:
    """Return what stands at a place."""
    for step in path:
        tree = tree[step]
    return tree


def field_of(path: Path) -> str:
    """Return the name of the field that a place lies in."""
    return str([step for step in path if isinstance(step, str)][-1])


def named(path: Path) -> str:
    """Return a place for people."""
    return ".".join(map(str, path))


def changes(tree: dict[str, Any], kind: str) -> Iterator[Change]:
    """Yield every change of one value, and every structure with a field missing or one more."""
    for path, value in places(tree):
        field = field_of(path)
        for name, replacement in replacements(f"{kind}.{field}", value):
            yield path, name, replacement
    for path, value in [((), tree), *places(tree)]:
        if isinstance(value, dict):
            for key in value:
                yield path, f"without-{key}", {k: v for k, v in value.items() if k != key}
            yield path, "with-another-field", value | {"zzz": 0}
