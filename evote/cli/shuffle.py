"""``evote shuffle``: a mix server's turn in another system's session, whose verifier reads what it writes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evote.cli.options import ALL_PROCESSORS, Careful, Jobs, examples, noun
from evote.cli.output import say
from evote.cli.workers import workers
from evote.crypto.arithmetic import Arithmetic
from evote.formats.verificatum.writer import DEFAULT_AUXSID, shuffle_to_directory


class Form(StrEnum):
    """The formats that a shuffle can be written in."""

    VERIFICATUM = "verificatum"


app = noun("Shuffle a list of another system and prove it in that system's format.")


@app.command(
    epilog=examples(
        "evote shuffle --format verificatum --protinfo protInfo.xml --key publicKey --in ciphertexts --out nizkp"
    )
)
def shuffle(
    protinfo: Annotated[Path, typer.Option("--protinfo", metavar="FILE", help="The session's protInfo.xml.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The public key, in the raw format.")],
    ciphertexts: Annotated[Path, typer.Option("--in", metavar="FILE", help="The input list, in the raw format.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIRECTORY", help="The proof directory to make.")],
    *,
    form: Annotated[Form, typer.Option("--format", help="The format.")] = Form.VERIFICATUM,
    auxsid: Annotated[
        str, typer.Option("--auxsid", metavar="WORD", help="Tells lists of one session apart.")
    ] = DEFAULT_AUXSID,
    careful: Careful = False,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Re-encrypt and permute a list, and write the directory that proves it; the output is ShuffledCiphertexts.bt.

    Nothing in the directory is secret. Whoever made the input must compare it: evote verify DIRECTORY --format
    verificatum.
    """
    arithmetic = Arithmetic.CAREFUL if careful else Arithmetic.FAST
    with workers(jobs) as executor:
        count = shuffle_to_directory(
            out, protinfo, key=key, ciphertexts=ciphertexts, auxsid=auxsid, arithmetic=arithmetic, executor=executor
        )
    say(f"wrote {out}: {count} ciphertexts shuffled, with the proof ({form.value})")
