"""What can be chosen, as the definition says it, and the rules that question types and methods are built from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}\Z")]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Rule = bool | int | str | dict[str, int]


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One option: ``party`` groups candidates, ``cost`` is a project's, ``districts`` (empty: all) may choose it."""

    id: Id
    name: Title
    party: Annotated[str, Meta(max_length=200)] = ""
    cost: Annotated[int, Meta(ge=0, lt=1 << 53)] = 0
    districts: tuple[Id, ...] = ()


def rules_of(rules: Mapping[str, Rule], **kinds: type) -> dict[str, Any]:
    """Return the rules as keyword arguments; ``ValueError`` for an unknown one or one of another type."""
    for name, value in rules.items():
        if type(value) is not kinds.get(name):
            raise ValueError(f"rule {name!r} is unknown, or not of the right type")
    return dict(rules)
