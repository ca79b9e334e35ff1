"""``evote registrar``: who may vote, and whose electronic ballots do not count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from evote.ballot.box import BallotBox
from evote.cli import secret_file
from evote.cli.board import verified_board
from evote.cli.messages import check_there, write_message
from evote.cli.options import (
    ALL_PROCESSORS,
    Expect,
    Jobs,
    OutFile,
    PassphraseFile,
    RecordPath,
    SecretPath,
    examples,
    noun,
    plain_text,
)
from evote.cli.secret_file import RoleSecret, SecretFile
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError, Refused
from evote.formats.native.reader import read_lines
from evote.procedure.machine import Procedure
from evote.record import canonical
from evote.record.audit import Audit
from evote.record.entries import AnyBody, Credential, Entry, Restoration, Revocation, Roll
from evote.record.lists import lines_digest
from evote.record.operator import sign_entry

app = noun("Post the roll; revoke ballots, for a vote on paper say, and restore them.")

Voter = Annotated[str, typer.Argument(metavar="VOTER", help="The voter's pseudonym.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", parser=plain_text, help="Why; all can read it.")]


@app.command(epilog=examples("evote registrar roll record credentials.jsonl --secret registrar.secret --out roll.msg"))
def roll(
    record: RecordPath,
    credentials: Annotated[
        list[Path], typer.Argument(metavar="CREDENTIALS...", help="Files with the voters' credentials, one a line.")
    ],
    secret: SecretPath,
    out: OutFile,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make the message that says who may vote."""
    file = secret_file.existing(secret, passphrase_file)
    lines = [line for path in credentials for line in _credential_lines(path)]
    with verified_board(record, expect, jobs) as procedure:
        if procedure.box is not None:
            raise Refused("the roll is on the board already")
        decoded = (canonical.decode(line, Credential) for line in lines)
        BallotBox(procedure.election, decoded, Audit(), "the roll")
        body = Roll(credentials=lines_digest(lines), count=len(lines))
        write_message(out, _sign(file, procedure, body), [lines])


@app.command(
    epilog=examples(
        'evote registrar revoke record p-4711 --reason "voted on paper" --secret registrar.secret --out revoke.msg'
    )
)
def revoke(
    record: RecordPath,
    voter: Voter,
    reason: Reason,
    secret: SecretPath,
    out: OutFile,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make the message that sets all of a voter's electronic ballots aside."""
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        _write_checked(out, file, procedure, Revocation(voter=voter, reason=reason))


@app.command(
    epilog=examples(
        'evote registrar restore record p-4711 --reason "wrong voter" --secret registrar.secret --out restore.msg'
    )
)
def restore(
    record: RecordPath,
    voter: Voter,
    reason: Reason,
    secret: SecretPath,
    out: OutFile,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make the message that lifts a revocation."""
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        _write_checked(out, file, procedure, Restoration(voter=voter, reason=reason))


def _credential_lines(path: Path) -> Iterator[bytes]:
    check_there(path)
    with path.open("rb") as file:
        for number, line in enumerate(read_lines(file, str(path)), 1):
            try:
                canonical.decode(line, Credential)
            except DecodeError as error:
                raise DecodeError(f"{path}, line {number}: {error}") from None
            yield line


def _sign(file: SecretFile, procedure: Procedure, body: AnyBody) -> Entry:
    key: SigningKey = file.read(RoleSecret).key
    if key.public_key != procedure.election.registrar.key:
        raise Refused("this key is not the registrar's of this election")
    return sign_entry(key, procedure.election.fingerprint, "registrar", body)


def _write_checked(out: Path, file: SecretFile, procedure: Procedure, body: Revocation | Restoration) -> None:
    entry = _sign(file, procedure, body)
    procedure.admit(bytes(entry))
    write_message(out, entry)
