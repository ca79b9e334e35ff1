"""What a method decided, as the record says it: everybody computes it again and compares."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from evote.questions.option import Option

Label = Annotated[str, Meta(max_length=200)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of the decision, for people: a title, column heads, rows as long as these. Exact figures as text."""

    title: Label
    columns: tuple[Label, ...]
    rows: tuple[tuple[Label, ...], ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The method's name, the ids of the options that won, in the order in which they did, and how it came about."""

    method: Label
    winners: tuple[Label, ...]
    tables: tuple[Table, ...]


def verdicts(title: str, heads: Sequence[str], rows: Mapping[Option, Sequence[object]], won: Collection[str]) -> Table:
    """Return a table of options, one row of figures each, that ends with who was elected."""
    return Table(
        title=title,
        columns=("Option", *heads, "Elected"),
        rows=tuple(
            (option.name, *map(str, figures), "yes" if option.id in won else "no") for option, figures in rows.items()
        ),
    )
