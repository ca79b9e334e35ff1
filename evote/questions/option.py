"""What can be chosen, as the definition says it, and the rules that question types and methods are built from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}\Z")]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Rule = bool | int | str | dict[str, int]
_KINDS = {bool: "true or false", int: "a whole number", str: "text", dict: "whole numbers by name"}


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One option: ``party`` groups candidates, ``cost`` is a project's, ``districts`` (empty: all) may choose it."""

    id: Id
    name: Title
    party: Annotated[str, Meta(max_length=200)] = ""
    cost: Annotated[int, Meta(ge=0, lt=1 << 53)] = 0
    districts: tuple[Id, ...] = ()

    def meets(self, other: Option) -> bool:
        """Tell whether some voters could choose either of them."""
        return not (self.districts and other.districts) or not {*self.districts}.isdisjoint(other.districts)


def rules_of(rules: Mapping[str, Rule], **kinds: type) -> dict[str, Any]:
    """Return the rules as keyword arguments; ``ValueError`` for an unknown one or one of another type."""
    for name, value in rules.items():
        if name not in kinds:
            raise ValueError(f"there is no rule {name!r}, but {', '.join(kinds) or 'none'}")
        if type(value) is not kinds[name]:
            raise ValueError(f"rule {name!r} must be {_kind(kinds[name])}, not {_kind(type(value))}")
    return dict(rules)


def _kind(kind: type) -> str:
    return _KINDS.get(kind, kind.__name__)
