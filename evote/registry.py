"""Plug-ins by name: whatever a distribution registers under one of our entry point groups.

Ours register the way yours do. A registry is read when somebody asks for a name, once in a process: it takes some 5 ms.
Two plug-ins of one name are an error, because a name in a record must mean one thing.
"""

from functools import cache
from importlib.metadata import entry_points
from typing import Any


@cache
def registered(kind: str, name: str) -> Any:
    """Return what is registered as ``name`` under the entry point group ``kind``; ``ValueError`` if not exactly one."""
    found = entry_points(group=kind, name=name)
    if not found:
        raise ValueError(f"nothing is registered as {name!r} under {kind}, but {', '.join(registered_names(kind))}")
    if len({entry.value for entry in found}) != 1:
        raise ValueError(f"more than one plug-in is registered as {name!r} under {kind}")
    return next(iter(found)).load()


def registered_names(kind: str) -> list[str]:
    """Return all names under an entry point group, sorted."""
    return sorted({entry.name for entry in entry_points(group=kind)})
