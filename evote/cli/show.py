"""``evote show``: results and turnout, in names. It shows what checking the board has established, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from evote.ballot.box import BallotBox
from evote.cli.board import verified_board
from evote.cli.options import ALL_PROCESSORS, Expect, Jobs, RecordPath, examples, noun
from evote.cli.output import say, show_table
from evote.errors import Refused
from evote.procedure.machine import Procedure
from evote.record.entries import Result
from evote.record.manifest import Contest

app = noun("Show the results and the turnout, once checked.")


@app.command(epilog=examples("evote show record", "evote show record --units"))
def show(
    record: RecordPath,
    *,
    units: Annotated[bool, typer.Option("--units", help="Also unit by unit.")] = False,
    expect: Expect = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Check the board up to where it ends, then show the turnout and the results that are there."""
    with verified_board(record, expect, jobs) as procedure:
        election = procedure.election
        say(election.name, "bold")
        say(f"fingerprint {election.fingerprint.hex()}" + (", a simulation" if election.simulated else ""))
        if procedure.box is None:
            raise Refused("there is no roll yet, so there is nothing to show; see evote status")
        show_table("Turnout", ("", "number"), _turnout(procedure, procedure.box))
        results = procedure.counting.results if procedure.counting else {}
        for contest in election.contests:
            if contest.id not in results:
                say(f"{contest.title}: no result yet")
                continue
            show_table(contest.title, ("option", "name", "party", "votes"), _votes(contest, results[contest.id]))
            if units:
                _show_units(contest, results[contest.id])


def _turnout(procedure: Procedure, box: BallotBox) -> Iterator[tuple[str, int]]:
    counts = box.closing(procedure.log.size, procedure.log.root())
    yield "voters on the roll", box.electorate
    yield "ballots on the board", counts.ballots
    yield "superseded by a later ballot", counts.superseded
    yield "revoked", counts.revoked
    yield "kept" if procedure.counting else "kept if the box closed now", counts.kept


def _votes(contest: Contest, result: Result) -> Iterator[tuple[str, str, str, int]]:
    """Yield options by number of votes, then what is not a vote for any."""
    ranked = sorted(zip(contest.options, result.counts, strict=True), key=lambda pair: -pair[1])
    for option, votes in ranked:
        yield option.id, option.name, option.party, votes
    yield "", "(blank)", "", result.blank
    yield "", "(invalid)", "", result.invalid
    if result.withheld:
        yield "", "(withheld: ballots in units too small to open)", "", result.withheld


def _show_units(contest: Contest, result: Result) -> None:
    columns: Sequence[str] = ("unit", "ballots", "weight", *(o.id for o in contest.options), "blank", "invalid")
    rows = [(u.unit, u.ballots, u.weight, *u.counts, u.blank, u.invalid) for u in result.units]
    show_table(f"{contest.title}, by unit, in ballots", columns, rows)
    for unit in result.units:
        for element in unit.invalid_elements:
            say(f"invalid in unit {unit.unit}: {element.hex()}")
