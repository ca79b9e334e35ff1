"""``evote post``: the operator's door."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evote.cli.board import find_leaves
from evote.cli.messages import SUFFIX, read_message
from evote.cli.office import operator_at_work
from evote.cli.options import ALL_PROCESSORS, Jobs, PassphraseFile, RecordPath, SecretPath, examples, noun
from evote.cli.output import say
from evote.errors import EvidenceMissing
from evote.formats.native.reader import NativeRecord
from evote.operator import Message, Operator
from evote.record.board import Receipt
from evote.record.files import write_atomic
from evote.record.merkle import leaf_hash
from evote.record.operator import make_receipt
from evote.record.replies import Refusal

app = noun("Check parties' messages and post them, with receipts.")


@app.command(
    epilog=examples(
        "evote post record roll.msg --secret operator.secret", "evote post record ballots/ --secret operator.secret"
    )
)
def post(
    record: RecordPath,
    messages: Annotated[
        list[Path],
        typer.Argument(
            metavar="MESSAGE...", help=f"Messages, in this order; a directory stands for its {SUFFIX} files."
        ),
    ],
    secret: SecretPath,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Check each message and post it if the rules admit it.

    A receipt, or a signed refusal, is written beside each message. The exit status is 1 if any was refused. A message
    that is on the board already gets its receipt again.
    """
    handed_in = {path: read_message(path) for given in messages for path in _files(given)}
    with operator_at_work(record, secret, passphrase_file, jobs) as operator:
        replies = _replies(operator, record, list(handed_in.values()))
    accepted = [_answer(path, replies[message.line]) for path, message in handed_in.items()]
    say(f"accepted {sum(accepted)} of {len(accepted)}")
    if not all(accepted):
        raise typer.Exit(1)


def _files(given: Path) -> list[Path]:
    if not given.is_dir():
        return [given]
    found = sorted(given.glob(f"*{SUFFIX}"))
    if not found:
        raise EvidenceMissing(f"{given}: no {SUFFIX} file in it")
    return found


def _replies(operator: Operator, record: Path, messages: list[Message]) -> dict[bytes, Receipt | Refusal]:
    """Return the answer to each line; what is on the board already is not posted again."""
    log = operator.procedure.log
    leaves = {leaf_hash(message.line): message.line for message in messages}
    replies: dict[bytes, Receipt | Refusal] = {}
    checkpoint = NativeRecord(record).checkpoint_bytes()
    for leaf, index in find_leaves(log, leaves).items():
        replies[leaves[leaf]] = make_receipt(log, index, checkpoint)
    fresh = {message.line: message for message in messages if message.line not in replies}
    replies.update(zip(fresh, operator.post(list(fresh.values())), strict=True))
    return replies


def _answer(path: Path, reply: Receipt | Refusal) -> bool:
    """Write the reply beside the message; tell whether it is a receipt."""
    accepted = isinstance(reply, Receipt)
    file = path.with_name(path.name + (".receipt" if accepted else ".refusal"))
    write_atomic(file, bytes(reply))
    if isinstance(reply, Receipt):
        say(f"{path}: entry {reply.index}; receipt in {file}")
    else:
        say(f"{path}: refused, {reply.check}: {reply.subject}; signed refusal in {file}")
    return accepted
