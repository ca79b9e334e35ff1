"""The operator's office: its key and the record, locked while it works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evote.cli import secret_file
from evote.cli.secret_file import RoleSecret
from evote.cli.workers import workers
from evote.operator import Operator


@contextmanager
def operator_at_work(record: Path, secret: Path, passphrase_file: Path | None, jobs: int) -> Iterator[Operator]:
    """Yield the operator of a record, after checking all of it."""
    key = secret_file.existing(secret, passphrase_file).read(RoleSecret).key
    with workers(jobs) as executor:
        operator = Operator.open(record, key, executor=executor)
        try:
            yield operator
        finally:
            operator.close_record()
