"""The operator's office: its key and the record, locked while it works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evote.cli import secret_file
from evote.cli.secret_file import RoleSecret
from evote.cli.workers import workers
from evote.crypto.signing import SigningKey
from evote.errors import Refused
from evote.formats.native.reader import NativeRecord
from evote.operator import Operator
from evote.record.manifest import Election


def check_operator(election: Election, key: SigningKey) -> None:
    """Raise `Refused` if this is not the key of the election's operator."""
    if key.public_key != election.operator.key:
        raise Refused("this key is not that of the operator of this election")


@contextmanager
def operator_at_work(record: Path, secret: Path, passphrase_file: Path | None, jobs: int) -> Iterator[Operator]:
    """Yield the operator of a record, after checking all of it."""
    key = secret_file.existing(secret, passphrase_file).read(RoleSecret).key
    check_operator(NativeRecord(record).election, key)
    with workers(jobs) as executor:
        operator = Operator.open(record, key, executor=executor)
        try:
            yield operator
        finally:
            operator.close_record()
