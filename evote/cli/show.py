"""``evote show``: results and turnout, in names: what checking the record has established, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from evote.cli.board import verified_board
from evote.cli.names import (
    counted_in,
    counted_in_unit,
    decided_by,
    in_words,
    most_first,
    nothing_opened,
    parties,
    seats_of,
    steps_told,
    tells_blanks,
    unit_name,
    why_no_count,
    winner_names,
    withheld,
)
from evote.cli.options import ALL_PROCESSORS, Expect, Jobs, RecordPath, examples, noun
from evote.cli.output import check_report_place, progress, say, show_table, told, write_report
from evote.cli.page import page
from evote.cli.verify import VERDICTS
from evote.cli.workers import workers
from evote.errors import EvidenceMissing, Refused
from evote.methods.outcome import Outcome
from evote.procedure.turnout import Turnout
from evote.record.entries import Result
from evote.record.manifest import Contest, Election
from evote.verify import Report, verify

app = noun("Show the results and the turnout, once checked.")


@app.command(epilog=examples("evote show record", "evote show record --units", "evote show record --html results.html"))
def show(
    record: RecordPath,
    *,
    units: Annotated[bool, typer.Option("--units", help="Also unit by unit.")] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Verify the whole record and write one page with the results."),
    ] = None,
    expect: Expect = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Check the board up to where it ends, then show the turnout and the results that are there.

    With --html the exit status is the verdict, as with evote verify, and the page says it, too.
    """
    if html is not None:
        raise typer.Exit(_verify_and_write(record, html, expect, jobs, units=units))
    with verified_board(record, expect, jobs) as procedure:
        turnout = Turnout.of(procedure)
        if turnout is None:
            raise Refused("there is no roll yet, so there is nothing to show; see evote status")
        _show(procedure.election, turnout, procedure.counting.results if procedure.counting else {}, units=units)


def _verify_and_write(record: Path, html: Path, expect: bytes | None, jobs: int, *, units: bool) -> int:
    """Return the exit status: the verdict, or 2 if the record is true and the page or the screen cannot be written.

    A record that cannot be opened has no page, so that an earlier one stays.
    """
    check_report_place(html)
    if html.resolve().is_relative_to(record.resolve()):
        raise Refused(f"{html} would lie in the record, which may hold no other files")
    with workers(jobs) as executor, progress("checking", None) as advance:
        report = verify(record, expect=expect, executor=executor, progress=advance)
    if report.election is None and report.status != 1:
        raise EvidenceMissing(report.failures[0].error)
    return told(
        report.status,
        lambda: _show_verdict(report, units=units),
        lambda: write_report(html, page(report, units=units).encode()),
    )


def _show_verdict(report: Report, *, units: bool) -> None:
    if report.election is not None and report.status != 1:
        _show(report.election, report.turnout, report.results, units=units)
    for finding in report.failures:
        say(f"{'ABSENT' if finding.absent else 'FALSE'} {finding.check}: {finding.error}", "bold red")
    say(*VERDICTS[report.status])


def _show(election: Election, turnout: Turnout | None, results: Mapping[str, Result], *, units: bool) -> None:
    say(election.name, "bold")
    say(f"fingerprint {election.fingerprint.hex()}" + (", a simulation" if election.simulated else ""))
    if turnout is not None:
        show_table("Turnout", ("", "number"), _turnout_rows(turnout))
    for contest in election.contests:
        result = results.get(contest.id)
        if result is None:
            say(f"{contest.title}: no result yet")
            continue
        _show_count(contest, result)
        if result.outcome is not None:
            _show_outcome(contest, result.outcome)
        for step in steps_told(contest, result):
            show_table(f"{contest.title}: {step.title}", step.columns, step.rows)
        if units and result.units:
            _show_units(election, contest, result)


def _turnout_rows(turnout: Turnout) -> Iterator[tuple[str, int]]:
    ballots = turnout.ballots
    yield "voters on the roll", turnout.electorate
    yield "ballots on the board", ballots.ballots
    yield "superseded by a later ballot", ballots.superseded
    yield "revoked", ballots.revoked
    yield "kept" if turnout.closed else "kept if the box closed now", ballots.kept


def _show_count(contest: Contest, result: Result) -> None:
    if not result.counts:
        say(f"{contest.title}: {why_no_count(result)}")
    elif not nothing_opened(result):
        names = ("option", "name", *["party"] * _has_parties(contest), counted_in(contest, result).lower())
        show_table(contest.title, names, _votes(contest, result))
    if result.counts and result.withheld:
        say(f"{contest.title}: {withheld(result)}")


def _has_parties(contest: Contest) -> bool:
    return any(option.party for option in contest.options)


def _votes(contest: Contest, result: Result) -> Iterator[tuple[str | int, ...]]:
    """Yield options by number of votes, then what is not a vote for any."""
    party, width = parties(contest), int(_has_parties(contest))
    for option, votes in most_first(contest, result.counts):
        yield option.id, option.name, *[party[option.id]] * width, votes
    if tells_blanks(contest):
        yield "", "(blank)", *[""] * width, result.blank
    yield "", "(invalid)", *[""] * width, result.invalid


def _show_outcome(contest: Contest, outcome: Outcome) -> None:
    names, seats = winner_names(contest, outcome.winners), seats_of(contest, outcome.winners)
    if len(seats) < len(names):
        show_table(f"{contest.title}: seats", ("party", "seats"), seats)
    title, words = f"{contest.title}: {decided_by(outcome)}", in_words(contest, outcome)
    say(f"{title}: {words}") if words else show_table(title, ("place", "won by"), enumerate(names, 1))


def _show_units(election: Election, contest: Contest, result: Result) -> None:
    """Print a row for each unit or, if there are more options than units, a column."""
    options = [option.id for option in contest.options] if result.counts else []
    told = tells_blanks(contest)
    lines: list[tuple[object, ...]] = [("unit", "ballots", "weight of each", *options, *["blank"] * told, "invalid")]
    for u in result.units:
        name = unit_name(election, u.unit)
        lines.append((name, u.ballots, u.weight, *u.counts, *[u.blank] * told, u.invalid))
    if len(options) > len(result.units):
        lines = list(zip(*lines, strict=True))
    what = f"ballots, and {counted_in_unit(contest, result).lower()}"
    show_table(f"{contest.title}, by unit: {what}", [str(head) for head in lines[0]], lines[1:])
    for unit in result.units:
        for invalid in unit.invalid_elements:
            say(f"invalid in unit {unit.unit}: {invalid.hex()}")
