"""The forms in which a record of an election lies on a disk, each readable without any other.

A new format is one new package, registered by its name under ``evote.formats``: `RecordFormat`. Our own, ``native``, is
registered by what opens it, and `evote.verify` verifies it.
"""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from evote.record.report import Report
from evote.registry import registered, registered_names

NATIVE = "native"


class RecordFormat(Protocol):
    """A format of somebody else's, which verifies its records itself, from public data and from what auditors bring.

    ``brings`` names the files that an auditor must have from elsewhere, and says what they are; ``takes`` those that an
    auditor may have besides.
    """

    brings: Mapping[str, str]
    takes: Mapping[str, str]

    def verify(
        self, path: Path, brought: Mapping[str, Path], *, executor: Executor | None = None, seed: bytes | None = None
    ) -> Report:
        """Return the report on the record at ``path``; whatever is wrong with it is a finding."""


@runtime_checkable
class LooseFormat(RecordFormat, Protocol):
    """A format whose records need not be directories: an auditor may name their files one by one.

    A file that is not named is looked for in the directory, if there is one.
    """

    def verify_files(
        self, brought: Mapping[str, Path], *, executor: Executor | None = None, seed: bytes | None = None
    ) -> Report:
        """Return the report on the files brought, without a directory."""


@runtime_checkable
class ExpectingFormat(RecordFormat, Protocol):
    """A format whose records say of themselves what they are, which an auditor may know better.

    ``claims`` names the words that a record says, and says what they mean.
    """

    claims: Mapping[str, str]

    def expecting(self, claims: Mapping[str, str]) -> RecordFormat:
        """Return the format that refuses records with other words; ``ValueError`` for a word that none can have."""


def record_format(name: str) -> Callable[[Path], Any]:
    """Return what is registered for the format; ``ValueError`` if none, or more than one, has that name."""
    opener: Callable[[Path], Any] = registered("evote.formats", name)
    return opener


def format_names() -> list[str]:
    """Return the names of all registered formats."""
    return registered_names("evote.formats")


def foreign_format(
    name: str, brought: Collection[str], expected: Mapping[str, str] = MappingProxyType({})
) -> RecordFormat:
    """Return a format that is not ours, whose records must say ``expected`` of themselves.

    ``ValueError`` unless all it needs is brought, and nothing is brought or expected that is of no use to it.
    """
    if name == NATIVE:
        raise ValueError("our own records are verified by evote.verify")
    made: RecordFormat = registered("evote.formats", name)()
    claims: Collection[str] = made.claims if isinstance(made, ExpectingFormat) else ()
    if missing := sorted(set(made.brings) - set(brought)):
        raise ValueError(f"the format {name} needs {', '.join(f'{key} ({made.brings[key]})' for key in missing)}")
    surplus = (set(brought) - set(made.brings) - set(made.takes)) | (set(expected) - set(claims))
    if surplus:
        raise ValueError(f"the format {name} has no use for {', '.join(sorted(surplus))}")
    return made.expecting(expected) if isinstance(made, ExpectingFormat) and expected else made
