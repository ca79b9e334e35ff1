"""``evote status``: how far an election has come, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator

from evote.cli.board import verified_board
from evote.cli.options import ALL_PROCESSORS, Expect, Jobs, RecordPath, examples, noun
from evote.cli.output import say
from evote.procedure.machine import Procedure
from evote.questions.petition import CLOSING

app = noun("Say how far an election has come and who must act next.")


@app.command(epilog=examples("evote status record"))
def status(record: RecordPath, expect: Expect = None, jobs: Jobs = ALL_PROCESSORS) -> None:
    """Say how far an election has come and who must act next, after checking the board up to here."""
    with verified_board(record, expect, jobs) as procedure:
        for line in _lines(procedure):
            say(line)


def _lines(procedure: Procedure) -> Iterator[str]:
    election = procedure.election
    size = f"{procedure.log.size} {'entry' if procedure.log.size == 1 else 'entries'}"
    yield f"{election.name}: {size}, fingerprint {election.fingerprint.hex()}"
    if procedure.ceremony.key is None:
        yield from _ceremony(procedure)
    if procedure.box is None:
        yield "due: registrar, the roll"
    elif procedure.counting is None and procedure.ceremony.key is not None:
        yield f"voting is open: {procedure.box.electorate} voters, {procedure.box.ballots} ballots so far"
        for contest in procedure.petitions.contests():
            if left := procedure.petitions.times_left(contest, closed=False):
                yield f"contest {contest.id} may be tested: {', '.join(left)}"
    yield from _tests(procedure)
    if procedure.counting is not None:
        due = [f"due: {who}, {what}" for who, what in procedure.counting.pending()]
        yield from due or ["every contest has its result"]


def _tests(procedure: Procedure) -> Iterator[str]:
    """Say how tests came out and, for those under way, what is due and who has a share on the board."""
    for contest in procedure.petitions.contests():
        for test in procedure.petitions.tests.of(contest.id):
            if test.reached is not None:
                yield f"{test.name}: the threshold {'is' if test.reached else 'is not'} reached"
                continue
            if test.shares:
                yield f"{test.name}: shares of {', '.join(f'trustee {index}' for index in sorted(test.shares))}"
            if procedure.counting is None or test.body.time != CLOSING:
                yield from (f"due: {who}, {what}" for who, what in procedure.petitions.due(test))
        if procedure.counting and procedure.box and procedure.petitions.is_barred(contest, procedure.box):
            least = procedure.election.minimum_group
            yield f"contest {contest.id}, test {CLOSING}: barred, for fewer than {least} ballots are new"


def _ceremony(procedure: Procedure) -> Iterator[str]:
    attempt = procedure.ceremony.attempt
    if attempt.faults:
        yield from (f"key ceremony: trustee {index}: {fault}" for index, fault in sorted(attempt.faults.items()))
        yield "due: operator, a restart of the key ceremony"
    elif attempt.absent:
        yield f"key ceremony: attempt {attempt.number}, round {attempt.round} of 4"
        yield from (f"due: trustee {index}" for index in sorted(attempt.absent))
    else:
        yield "due: operator, the joint key"
