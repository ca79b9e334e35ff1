"""``evote vote``: the voting device. It checks the board, takes the choice, and seals, proves and signs it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evote.ballot.box import BallotBox
from evote.ballot.receipt import Ticket, decode_ticket
from evote.ballot.voter import Voter
from evote.cli import answers, secret_file
from evote.cli.board import find_leaves, verified_board
from evote.cli.messages import write_message
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
)
from evote.cli.output import say
from evote.cli.secret_file import VoterSecret
from evote.crypto.elgamal import PublicKey
from evote.errors import DecodeError, Refused, VerificationError
from evote.procedure.machine import Procedure
from evote.record.entries import Credential
from evote.record.files import check_replaceable, write_atomic
from evote.record.manifest import Election

app = noun("Make a sealed, signed ballot.")

Selections = dict[str, list[int]]  # contest id -> option numbers from 1


@app.command(
    epilog=examples(
        "evote vote record --secret ada.secret --out ballot.msg",
        "evote vote record --secret ada.secret --choose mayor=kai --choose council=ada,bob --out ballot.msg",
        "evote vote record --secret ada.secret --choose budget=parks:3,trees:2 --out points.msg",
        "evote vote record --secret ada.secret --choose mayor= --out blank.msg",
    )
)
def vote(
    record: RecordPath,
    secret: SecretPath,
    out: OutFile,
    choose: Annotated[
        list[str] | None,
        typer.Option(
            "--choose",
            metavar="CONTEST=OPTION,...",
            help="The options chosen in one contest: OPTION:POINTS where it gives points, the best first where it "
            "ranks, none after the = for a blank vote or no support. Without --choose, a menu.",
        ),
    ] = None,
    ticket: Annotated[
        Path | None,
        typer.Option("--ticket", metavar="FILE", help="Write the ticket here instead of printing it."),
    ] = None,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make a ballot, and the ticket with which a second device can open it.

    The last ballot posted before the closing counts. The ticket shows how you voted to whoever has it.
    """
    if out.exists():
        raise Refused(f"{out} exists: hand it to the operator, or move it away to make another ballot")
    content = secret_file.existing(secret, passphrase_file).read(VoterSecret)
    with verified_board(record, expect, jobs) as procedure:
        box, key = _polls(procedure, content.credential)
        _check_ticket_place(procedure, ticket)
        state = box.state(content.credential.voter)
        device = Voter(procedure.election, key, content.credential, content.key)
        selections = _selections(procedure.election, content.credential, choose)
        ballot = device.cast(selections, state.sequence + 1, state.leaf)
        procedure.admit(bytes(ballot.entry))
    _keep(ballot.ticket, ticket)
    write_message(out, ballot.entry)
    if state.revoked:
        say("note: your electronic ballots are revoked, so this one will not count unless they are restored", "yellow")


def _polls(procedure: Procedure, credential: Credential) -> tuple[BallotBox, PublicKey]:
    """Return the box and the key; `Refused` before and after the vote, `VerificationError` if one may not vote."""
    box, key = procedure.box, procedure.ceremony.key
    if box is None or key is None:
        raise Refused("voting has not begun")
    if procedure.counting is not None:
        raise Refused("voting is over: the ballot box is closed")
    stranger = f"voter {credential.voter} is not on the roll with this credential"
    if box.credential(f"voter {credential.voter}", stranger) != credential:
        raise VerificationError("ballot.eligibility", stranger)
    return box, key


def _selections(election: Election, credential: Credential, chosen: list[str] | None) -> Selections:
    if chosen is None:
        if not sys.stdin.isatty():
            raise Refused("what is chosen? Give --choose for each contest")
        return _menu(election, credential)
    selections: Selections = {}
    contests = {contest.id: contest for contest in election.contests_of(credential.district)}
    for text in chosen:
        name, equals, options = text.partition("=")
        if not equals or name not in contests or name in selections:
            raise Refused(f"--choose {text}: write CONTEST=OPTION,..., once for each of {', '.join(contests)}")
        selections[name] = answers.selection_of(contests[name], credential.district, options)
    for name in contests:
        if name not in selections:
            raise Refused(f"contest {name} has no answer; --choose {name}= for a blank vote or no support")
    return selections


def _menu(election: Election, credential: Credential) -> Selections:
    contests = election.contests_of(credential.district)
    selections = {contest.id: answers.ask(contest, credential.district) for contest in contests}
    for contest in contests:
        say(f"{contest.title}: {answers.words(contest, selections[contest.id])}")
    typer.confirm("Seal this ballot?", abort=True)
    return selections


def _check_ticket_place(procedure: Procedure, path: Path | None) -> None:
    """Let a ticket replace one whose ballot never reached the board, and nothing else."""
    if path is None or not path.exists():
        return
    check_replaceable(path)
    try:
        leaf = decode_ticket(path.read_text(encoding="ascii").strip()).leaf
    except (DecodeError, ValueError):
        raise Refused(f"{path} exists and is not a ticket") from None
    if find_leaves(procedure.log, {leaf}):
        raise Refused(f"{path} is the ticket of a ballot on the board: keep it, and give another --ticket")


def _keep(ticket: Ticket, path: Path | None) -> None:
    if path is None:
        say("The ticket, for evote inspect on a second device; it shows how you voted:")
        print(ticket)
    else:
        write_atomic(path, f"{ticket}\n".encode(), 0o600)
        say(f"wrote {path}; evote inspect opens the ballot with it")
