"""``evote inspect``: individual verification on a second device, which need not trust the first.

The ticket finds the ballot on the board and opens it. That the ballot is the voter's own, and not another's that holds
the same choice (the clash attack, Kuesters, Truderung, Vogt 2012), shows only in the pseudonym: name it, or look at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from evote.ballot.box import BallotBox
from evote.ballot.receipt import Ticket, decode_ticket, open_ballot
from evote.cli.answers import words
from evote.cli.board import find_leaves, verified_board
from evote.cli.options import ALL_PROCESSORS, Expect, Jobs, RecordPath, examples, noun
from evote.cli.output import say, show_table
from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.formats.native.reader import NativeRecord
from evote.procedure.counting import Counting
from evote.procedure.machine import Procedure
from evote.questions.question import Route
from evote.record.board import decode_receipt, verify_receipt
from evote.record.entries import Ballot, Credential, decode_entry
from evote.record.manifest import Contest
from evote.record.units import cell_of

app = noun("Open one's own ballot on a second device.")
MAX_TICKET, MAX_RECEIPT = 4096, 1 << 16


@app.command(
    epilog=examples(
        "evote inspect record EVOTE1:ABCD... --receipt ballot.msg.receipt", "evote inspect record ada.ticket"
    )
)
def inspect(
    record: RecordPath,
    ticket: Annotated[str, typer.Argument(metavar="TICKET", help="The ticket's text, or the file that holds it.")],
    receipt: Annotated[
        Path | None, typer.Option("--receipt", metavar="FILE", help="The operator's receipt, to be checked as well.")
    ] = None,
    voter: Annotated[
        str | None, typer.Option("--voter", metavar="NAME", help="Your pseudonym: another's ballot is then refused.")
    ] = None,
    expect: Expect = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Find a ballot on the board, open it, and say what it holds and whether it counts."""
    wanted = _ticket(ticket)
    promised = None if receipt is None else _read(receipt, MAX_RECEIPT)
    with verified_board(record, expect, jobs) as procedure:
        if promised is not None:
            _check_receipt(procedure, wanted, promised)
        _show(procedure, NativeRecord(record), wanted, voter)


def _ticket(text: str) -> Ticket:
    path = Path(text)
    try:
        return decode_ticket(_read(path, MAX_TICKET).decode().strip() if path.is_file() else text)
    except UnicodeDecodeError:
        raise DecodeError(f"{path} is not a ticket") from None


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)


def _check_receipt(procedure: Procedure, ticket: Ticket, data: bytes) -> None:
    """Check that the operator promised this ballot a place, and that the board it signed is part of this one."""
    election = procedure.election
    receipt = decode_receipt(data)
    promised = verify_receipt(receipt, election.fingerprint, election.operator.key)
    if receipt.leaf != ticket.leaf:
        raise VerificationError("board.inclusion", "the receipt is for another ballot")
    if not procedure.log.continues(promised.size, promised.root):
        raise VerificationError("board.consistency", f"the receipt's checkpoint of {promised.size} entries; keep it")
    say("the receipt is good, and its checkpoint is part of this board")


def _show(procedure: Procedure, record: NativeRecord, ticket: Ticket, voter: str | None) -> None:
    found = find_leaves(procedure.log, {ticket.leaf})
    if not found:
        raise EvidenceMissing("there is no such ballot on the board")
    index = found[ticket.leaf]
    entry = decode_entry(record.line(index))
    box, key = procedure.box, procedure.ceremony.key
    if not isinstance(entry.body, Ballot) or box is None or key is None:
        raise VerificationError("receipt.ballot", f"entry {index} is no ballot")
    credential = box.credential(entry.author, f"entry {index}")
    if voter not in (None, credential.voter):
        raise VerificationError("receipt.voter", f"entry {index} is the ballot of voter {credential.voter}")
    opened = open_ballot(procedure.election, key, credential, entry.body, ticket.seed)
    say(f"{procedure.election.name}, fingerprint {procedure.election.fingerprint.hex()}")
    say(
        f"entry {index}: ballot {entry.body.sequence} of voter {credential.voter}; if that is not you, complain", "bold"
    )
    contests = procedure.election.contests_of(credential.district)
    show_table("It holds", ("contest", "choice"), [(c.title, words(c, opened[c.id])) for c in contests])
    for line in _fate(procedure, box, credential, ticket.leaf):
        say(line)


def _fate(procedure: Procedure, box: BallotBox, credential: Credential, leaf: bytes) -> Iterator[str]:
    """Say whether the ballot counts, or why not."""
    state, counting = box.state(credential.voter), procedure.counting
    if state.leaf != leaf:
        yield f"superseded: ballot {state.sequence} of this voter came later"
    elif state.revoked:
        yield "revoked: the registrar has set this voter's ballots aside"
    elif counting is None:
        yield "it counts if the ballot box closes now"
    else:
        for contest in procedure.election.contests_of(credential.district):
            yield f"{contest.title}: {_fate_in(procedure, counting, contest, credential, state.index)}"


def _fate_in(procedure: Procedure, counting: Counting, contest: Contest, credential: Credential, index: int) -> str:
    if contest.question.route is Route.THRESHOLD:
        last = procedure.petitions.tests.of(contest.id)[-1:]
        if any(test.kept.get(credential.voter) == index for test in last):
            return "tested"
        over = contest.id in counting.results
        return "kept, but not tested: too few ballots were new" if over else "kept; tested only if there are enough new"
    opened = any(cell_of(credential) in unit.cells for unit in counting.box.opened(contest))
    return "counted" if opened else "kept, but withheld in a unit too small to open"
