"""``evote simulate``: a whole election in this process, for researchers."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from evote.cli.options import ALL_PROCESSORS, Jobs, examples, noun
from evote.cli.output import say, show_table
from evote.cli.workers import workers
from evote.errors import Refused
from evote.record.files import sync_directory
from evote.scenario import BLANK, Outcome, Scenario, draw, example_names, run

app = noun("Hold a whole election in this process and write its record.")


@app.command(epilog=examples("evote simulate out", "evote simulate out --example referendum --voters 200 --seed 7"))
def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The directory for the record; it must not exist.")],
    example: Annotated[
        str, typer.Option("--example", metavar="NAME", help=f"One of: {', '.join(example_names())}.")
    ] = "riigikogu",
    voters: Annotated[
        int, typer.Option("--voters", metavar="N", min=1, max=10_000_000, help="How many ballots shall count.")
    ] = 100,
    group: Annotated[
        str | None, typer.Option("--group", metavar="NAME", help="Another group than the example's, p-256 say.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Fixes who votes what; never keys or nonces.")] = 0,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Hold a whole election and write its complete record to OUT.

    Every party is in this process, so the record proves nothing about anybody; the definition says "simulated".
    """
    if os.path.lexists(out):
        raise Refused(f"{out} exists")
    scenario = draw(example, voters, seed, group)
    out = out.resolve()
    with workers(jobs) as executor, tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as made:
        try:
            outcome = run(Path(made) / out.name, scenario, executor=executor, tell=say)
        except msgspec.ValidationError as error:
            raise Refused(str(error)) from None
        (Path(made) / out.name).rename(out)
    sync_directory(out.parent)
    _report(scenario, outcome)
    say(f"the record is in {out}; its fingerprint:")
    print(outcome.simulation.election.fingerprint.hex())


def _report(scenario: Scenario, outcome: Outcome) -> None:
    simulation = outcome.simulation
    for contest in simulation.election.contests:
        result = simulation.counting.results[contest.id]
        rows = [
            (option.id, option.name, scenario.expected.get(option.id, 0), votes)
            for option, votes in zip(contest.options, result.counts, strict=True)
        ]
        rows.append(("", "(blank)", scenario.expected.get(BLANK, 0), result.blank))
        show_table(contest.title, ("option", "name", "put in", "result"), rows)
    say(f"ballots accepted: {outcome.accepted}; refused at the door: {sum(outcome.refused.values())}")
