"""``evote simulate``: a whole election in this process, for researchers."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from evote.cli.names import decided_by, what_is_counted
from evote.cli.options import ALL_PROCESSORS, Jobs, examples, noun
from evote.cli.output import say, show_table
from evote.cli.workers import workers
from evote.errors import DecodeError, Refused, VerificationError
from evote.record.files import SUFFIX, sync_directory
from evote.record.manifest import Contest
from evote.record.toml import definition_from_toml, placed
from evote.scenario.election import HeldElection, appointed, run
from evote.scenario.ledger import Tally
from evote.scenario.scenario import Scenario, draw, scenario
from evote.sources.examples import example_names
from evote.sources.poll import MAX_BALLOTS, Poll
from evote.sources.reader import read_poll

app = noun("Hold a whole election in this process and write its record.")

DEFAULT, VOTERS = "riigikogu", 100
SHOWN = 20


def _option(*names: str, **attributes: Any) -> Any:
    return typer.Option(*names, show_default=False, **attributes)


Example = Annotated[
    str | None,
    _option("--example", metavar="NAME", help=f"One of: {', '.join(example_names())}. Default: {DEFAULT}."),
]
Votes = Annotated[
    Path | None, _option("--votes", metavar="FILE", help="Real votes: Pabulib (.pb), PrefLib, or a .csv file.")
]
DefinitionFile = Annotated[
    Path | None, _option("--definition", metavar="TOML", help="What a .csv file answers; roles may be left out.")
]
Voters = Annotated[
    int | None,
    _option(
        "--voters",
        metavar="N",
        min=1,
        max=MAX_BALLOTS,
        help=f"How many ballots shall count, in proportion. Default: {VOTERS} of an example, all of a file.",
    ),
]
Strata = Annotated[
    str, _option("--strata", metavar="COLUMN", help="Count apart by this column of a .pb file's voters: sex, say.")
]
GroupName = Annotated[
    str | None, _option("--group", metavar="NAME", help="Another group than the definition's, p-256 say.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Fixes who votes what; never keys or nonces.")]


@app.command(
    epilog=examples(
        "evote simulate out --example referendum --voters 200 --seed 7",
        "evote simulate out --votes poland_krakow_2018.pb --strata sex",
        "evote simulate out --votes figures.csv --definition election.toml --voters 1000",
    )
)
def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The directory for the record; it must not exist.")],
    example: Example = None,
    votes: Votes = None,
    definition: DefinitionFile = None,
    voters: Voters = None,
    strata: Strata = "",
    group: GroupName = None,
    seed: Seed = 0,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Hold a whole election and write its complete record to OUT.

    Every party is in this process, so the record proves nothing about anybody; the definition says "simulated".
    """
    if os.path.lexists(out):
        raise Refused(f"{out} exists")
    if example and votes:
        raise typer.BadParameter("either --example or --votes")
    if not votes and (definition or strata):
        raise typer.BadParameter("--definition and --strata go with --votes")
    if votes:
        made = scenario(_poll(votes, definition, strata, voters), voters, seed, group)
    else:
        made = draw(example or DEFAULT, voters or VOTERS, seed, group)
    _report(made, _hold(out.resolve(), made, jobs), out.resolve())


def _report(made: Scenario, held: HeldElection, out: Path) -> None:
    for line in _cast(made, held):
        say(line)
    for contest in held.election.contests:
        _show(contest, held.expected[contest.id], held, made.poll)
    for figure in made.poll.contradictions[:SHOWN]:
        say(f"the file contradicts itself: {figure}")
    say(f"the record is in {out}; its fingerprint:")
    print(held.election.fingerprint.hex())
    if wrong := held.differences():
        raise VerificationError("simulation", f"the result is not what was put in: {', '.join(wrong)}")
    if count := len(made.poll.contradictions):
        raise VerificationError("simulation", f"{count} of the file's own figures are not those of its ballots")


def _poll(votes: Path, definition: Path | None, strata: str, voters: int | None) -> Poll:
    try:
        poll = read_poll(votes, definition=_definition(definition) if definition else None, strata=strata)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if voters is None and poll.size > MAX_BALLOTS:
        raise Refused(f"{votes.name}: {poll.size} ballots where at most {MAX_BALLOTS} can be cast: give --voters fewer")
    return poll


def _definition(path: Path) -> Mapping[str, Any]:
    """Return a definition that can be appointed roles; `DecodeError` says what is wrong with it."""
    definition: Mapping[str, Any] = {}
    try:
        definition = definition_from_toml(path.read_text(encoding="utf-8"))
        election, _ = appointed(Scenario(Poll(definition=definition, lines=())))
        _ = election.canonical
    except (msgspec.MsgspecError, ValueError) as error:
        raise DecodeError(f"{path}: {placed(str(error), definition)}") from None
    return definition


def _hold(out: Path, made: Scenario, jobs: int) -> HeldElection:
    hidden = SUFFIX, f".{out.name}.", out.parent
    with _terminable(), workers(jobs) as executor, tempfile.TemporaryDirectory(*hidden) as directory:
        path = Path(directory) / out.name
        try:
            held = run(path, made, executor=executor, tell=say)
        except msgspec.ValidationError as error:
            raise Refused(str(error)) from None
        path.rename(out)
    sync_directory(out.parent)
    return held


@contextmanager
def _terminable() -> Iterator[None]:
    """Let a request to end do what an interrupt does: what is half made is taken away."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _cast(made: Scenario, held: HeldElection) -> Iterator[str]:
    """Yield what was cast, and what was lost between the file and the election."""
    refused = sum(held.refused.values())
    yield f"{made.poll.size} ballots shall count; accepted: {held.accepted}; refused at the door: {refused}"
    for rule in made.poll.unstated:
        yield f"a rule of the file that these ballots obey, but no proof holds a voter to: {rule}"


def _figures(contest: Contest, expected: Tally, poll: Poll) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Yield the file's columns, each after what the ballots make of it unless that is what was put in."""
    put_in = dict(zip((option.id for option in contest.options), expected.counts, strict=False))
    for column, published in poll.published.items():
        again = poll.recounted.get(column, {})
        if any(put_in[option] != figure for option, figure in again.items()):
            yield f"ballots: {column}", again
        yield f"file: {column}", published


def _show(contest: Contest, expected: Tally, held: HeldElection, poll: Poll) -> None:
    """Print what was put in beside what came out, and the file's own figures if it has any."""
    result = held.simulation.counting.results[contest.id]
    pairs = zip(contest.options, expected.counts, result.counts, strict=False)  # only a test is told: no counts
    figures = dict(_figures(contest, expected, poll))
    rows = [
        (option.id, option.name, put_in, votes, *(column.get(option.id, "") for column in figures.values()))
        for option, put_in, votes in sorted(pairs, key=lambda found: -found[2])
    ]
    heads = ("option", "name", "put in", f"result: {what_is_counted(contest).lower()}", *figures)
    if rows:
        show_table(contest.title, heads, rows[:SHOWN])
    elif result.outcome is not None:
        show_table(contest.title, result.outcome.tables[0].columns, result.outcome.tables[0].rows)
    hidden = f"{len(rows) - SHOWN} options more; " if len(rows) > SHOWN else ""
    units = f"units: {len(result.units)}, withheld ballots: {result.withheld}"
    say(f"{hidden}blank: {result.blank}, invalid: {result.invalid}; {units}")
    if result.outcome is not None:
        winners = result.outcome.winners
        more = f" and {len(winners) - SHOWN} more" if len(winners) > SHOWN else ""
        say(f"{decided_by(result.outcome)}: {', '.join(winners[:SHOWN]) or 'nothing'}{more}")
