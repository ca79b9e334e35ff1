"""``evote new``: a definition to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evote.cli.options import examples, noun
from evote.cli.output import say
from evote.errors import Refused
from evote.record.files import write_new
from evote.sources.examples import example_names, example_text

app = noun("Write a definition to start from.")


@app.command(epilog=examples("evote new --from referendum", "evote new --from survey --out survey.toml"))
def new(
    example: Annotated[
        str, typer.Option("--from", metavar="NAME", show_default=False, help=f"One of: {', '.join(example_names())}.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The definition to write.")] = Path(
        "election.toml"
    ),
) -> None:
    """Write an example's definition, with its comments, to a file that you change to your needs.

    The lines of the roles are still comments there: put in what "evote key new" prints, then go on to "evote define".
    """
    text = example_text(example)
    try:
        write_new(out, text.encode())
    except FileExistsError:
        raise Refused(f"{out} exists") from None
    say(f"{out} is the definition of {example}; put in the roles and their keys, change the rest, then: evote define")
