"""``evote define``: the first entry of a record."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from evote.cli import secret_file
from evote.cli.office import check_operator
from evote.cli.options import PassphraseFile, SecretPath, examples, noun
from evote.cli.output import say
from evote.cli.secret_file import RoleSecret
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError, Refused
from evote.formats.native.reader import NativeRecord
from evote.operator import Operator
from evote.record.files import SUFFIX, sync_directory
from evote.record.manifest import Election, election_from_toml

app = noun("Start the record of an election from its definition.")


@app.command(epilog=examples("evote define election.toml record --secret operator.secret"))
def define(
    definition: Annotated[Path, typer.Argument(metavar="DEFINITION", help="The definition, in TOML.")],
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The directory to make.")],
    secret: SecretPath,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Start the record of an election and print its fingerprint.

    Publish the fingerprint: voters, trustees and auditors hand it to --expect.
    """
    election = _read(definition)
    key = secret_file.existing(secret, passphrase_file).read(RoleSecret).key
    check_operator(election, key)
    if os.path.lexists(record):
        if NativeRecord(record).election != election:
            raise Refused(f"{record} is the record of another election")
        Operator.open(record, key).close_record()
    else:
        _create(record, election, key)
    say(f"election: {election.name}")
    print(election.fingerprint.hex())


def _read(definition: Path) -> Election:
    try:
        election = election_from_toml(definition.read_text(encoding="utf-8"))
        _ = election.fingerprint
    except (DecodeError, ValueError) as error:
        raise DecodeError(f"{definition}: {error}") from None
    return election


def _create(record: Path, election: Election, key: SigningKey) -> None:
    """Make the record under another name first, so that it appears complete or not at all."""
    record = record.resolve()
    with tempfile.TemporaryDirectory(SUFFIX, f".{record.name}.", record.parent) as made:
        Operator.create(Path(made) / record.name, election, key).close_record()
        (Path(made) / record.name).rename(record)
    sync_directory(record.parent)
