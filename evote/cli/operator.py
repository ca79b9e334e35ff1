"""``evote operator``: what the operator itself says on the board. Said once, it may be asked for again."""

from __future__ import annotations

from typing import Annotated

import typer

from evote.cli.board import counting_of
from evote.cli.office import operator_at_work
from evote.cli.options import ALL_PROCESSORS, Jobs, PassphraseFile, RecordPath, SecretPath, examples, noun
from evote.cli.output import say
from evote.errors import Refused, VerificationError
from evote.operator import Operator
from evote.procedure.counting import Counting

app = noun("Finish the key, test petitions, close the ballot box, publish aggregates and results.")


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


@app.command("test", epilog=examples('evote operator test record --contest park --time "1 June" --secret op.secret'))
def begin_test(
    record: RecordPath,
    secret: SecretPath,
    contest: Annotated[str, typer.Option("--contest", metavar="ID", help="The petition.")],
    time: Annotated[str, typer.Option("--time", metavar="NAME", help="A time that the definition names.")],
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Have it tested whether a petition has reached its threshold by now. Testing at closing is part of tally."""
    with operator_at_work(record, secret, passphrase_file, jobs) as operator:
        petitions, closed = operator.procedure.petitions, operator.procedure.counting is not None
        found = next((c for c in petitions.contests() if c.id == contest), None)
        if found is None:
            raise Refused(f"contest {contest} is not a petition that is tested")
        if time not in {test.body.time for test in petitions.tests.of(contest)}:
            if operator.procedure.box is None or operator.procedure.ceremony.key is None:
                raise Refused("voting has not begun")
            left = petitions.times_left(found, closed=closed)
            if time not in left:
                raise Refused(f"contest {contest} cannot be tested at {time} now; left: {', '.join(left) or 'no time'}")
            _open_test(operator, contest, time)
        say(f"contest {contest} is being tested at {time}")
        for who, what in petitions.due(petitions.tests.find(contest, time)):
            say(f"due: {who}, {what}")


def _open_test(operator: Operator, contest: str, time: str) -> None:
    try:
        operator.test(contest, time)
    except VerificationError as error:
        raise Refused(error.subject) if error.check == "tally.unit" else error from None


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
