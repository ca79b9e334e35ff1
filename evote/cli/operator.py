"""``evote operator``: what the operator itself says on the board. Said once, it may be asked for again."""

from __future__ import annotations

from typing import Annotated

import typer

from evote.cli.board import counting_of
from evote.cli.office import operator_at_work
from evote.cli.options import ALL_PROCESSORS, Jobs, PassphraseFile, RecordPath, SecretPath, examples, noun
from evote.cli.output import say
from evote.errors import Refused
from evote.procedure.counting import Counting

app = noun("Finish the key, close the ballot box, publish aggregates and results.")


@app.command("finish-key", epilog=examples("evote operator finish-key record --secret operator.secret"))
def finish_key(
    record: RecordPath, secret: SecretPath, passphrase_file: PassphraseFile = None, jobs: Jobs = ALL_PROCESSORS
) -> None:
    """Publish the joint key, once all four rounds of the key ceremony are complete."""
    with operator_at_work(record, secret, passphrase_file, jobs) as operator:
        ceremony = operator.procedure.ceremony
        if ceremony.key is None:
            if ceremony.attempt.absent or ceremony.attempt.faults:
                raise Refused("the key ceremony has not come to a good end; see evote status")
            operator.finish_key()
        say("the joint key is on the board, and voting may begin once the roll is there, too")


@app.command("restart-key", epilog=examples("evote operator restart-key record --absent 3 --secret operator.secret"))
def restart_key(
    record: RecordPath,
    secret: SecretPath,
    absent: Annotated[
        list[int] | None,
        typer.Option("--absent", metavar="INDEX", help="A trustee who does not answer; may be given several times."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Begin the key ceremony again without trustees who were caught or are absent."""
    with operator_at_work(record, secret, passphrase_file, jobs) as operator:
        ceremony = operator.procedure.ceremony
        if ceremony.key is not None:
            raise Refused("the key ceremony is over")
        if ceremony.attempt.faults and absent:
            raise Refused("a trustee is at fault, which stops the round for all: nobody is absent; see evote status")
        if not ceremony.attempt.faults and not absent:
            raise Refused("no trustee is at fault; name those who do not answer with --absent")
        for index in absent or ():
            if index not in ceremony.attempt.absent:
                raise Refused(f"trustee {index} is not absent; see evote status")
        operator.restart_key(absent or ())
        rest = ", ".join(f"trustee {index}" for index in ceremony.attempt.participants)
        say(f"attempt {ceremony.attempt.number} of the key ceremony begins, with {rest}")


@app.command(epilog=examples("evote operator close record --secret operator.secret"))
def close(
    record: RecordPath, secret: SecretPath, passphrase_file: PassphraseFile = None, jobs: Jobs = ALL_PROCESSORS
) -> None:
    """Close the ballot box, for good."""
    with operator_at_work(record, secret, passphrase_file, jobs) as operator:
        if operator.procedure.box is None or operator.procedure.ceremony.key is None:
            raise Refused("voting has not begun")
        if operator.procedure.counting is None:
            operator.close_box()
        say("the ballot box is closed")
        _say_due(counting_of(operator.procedure))


@app.command(epilog=examples("evote operator tally record --secret operator.secret"))
def tally(
    record: RecordPath, secret: SecretPath, passphrase_file: PassphraseFile = None, jobs: Jobs = ALL_PROCESSORS
) -> None:
    """Publish the aggregates and results that can be computed now: after closing, and again after the decryption."""
    with operator_at_work(record, secret, passphrase_file, jobs) as operator:
        counting = counting_of(operator.procedure)
        say(f"published {len(operator.tally())} aggregates and results")
        _say_due(counting)


def _say_due(counting: Counting) -> None:
    for who, what in counting.pending():
        say(f"due: {who}, {what}")
