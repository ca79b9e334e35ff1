"""``evote shuffle``: a mix server's turn in another system's session, whose verifier reads what it writes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evote.cli import secret_file
from evote.cli.options import (
    ALL_PROCESSORS,
    Careful,
    Jobs,
    PassphraseFile,
    ShuffleUnlessToldOtherwise,
    examples,
    noun,
)
from evote.cli.output import say
from evote.cli.secret_file import Kdf, KdfCost
from evote.cli.workers import workers
from evote.crypto.arithmetic import Arithmetic
from evote.formats.verificatum.label import DEFAULT_AUXSID
from evote.formats.verificatum.writer import MixServer


class Form(StrEnum):
    """The formats that a shuffle can be written in."""

    VERIFICATUM = "verificatum"


app = noun("Shuffle a list of another system and prove it in that system's format; prepare for it.")
app.info.cls = ShuffleUnlessToldOtherwise

Protinfo = Annotated[Path, typer.Option("--protinfo", metavar="FILE", help="The session's protInfo.xml.")]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="The public key, in the raw format.")]
Format = Annotated[Form, typer.Option("--format", help="The format.")]
Auxsid = Annotated[str, typer.Option("--auxsid", metavar="WORD", help="Tells lists of one session apart.")]


@app.command(
    epilog=examples(
        "evote shuffle --format verificatum --protinfo protInfo.xml --key publicKey --in ciphertexts --out nizkp",
        "evote shuffle shuffle --protinfo protInfo.xml --key publicKey --prepared list.prepared --in list --out nizkp",
    )
)
def shuffle(
    protinfo: Protinfo,
    key: Key,
    ciphertexts: Annotated[Path, typer.Option("--in", metavar="FILE", help="The input list, in the raw format.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIRECTORY", help="The proof directory to make.")],
    *,
    form: Format = Form.VERIFICATUM,
    auxsid: Auxsid = DEFAULT_AUXSID,
    prepared: Annotated[
        Path | None,
        typer.Option("--prepared", metavar="FILE", help="Use, and use up, what evote shuffle prepare has made."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    careful: Careful = False,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Re-encrypt and permute a list, and write the directory that proves it; the output is ShuffledCiphertexts.bt.

    The verb may be left out. Nothing in the directory is secret; evote verify DIRECTORY --format verificatum checks it.
    """
    with workers(jobs) as executor:
        server = MixServer.read(protinfo, key, auxsid, _arithmetic(careful), executor)
        if prepared is None:
            count = server.shuffle(out, ciphertexts)
        else:
            file = secret_file.existing(prepared, passphrase_file)
            count = server.shuffle_prepared(out, ciphertexts, prepared, file.passphrase)
    say(f"wrote {out}: {count} ciphertexts shuffled, with the proof ({form.value})")


@app.command(
    epilog=examples("evote shuffle prepare --protinfo protInfo.xml --key publicKey --rows 20000 --out list.prepared")
)
def prepare(
    protinfo: Protinfo,
    key: Key,
    rows: Annotated[int, typer.Option("--rows", metavar="N", min=1, help="How many ciphertexts there may be.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The secret file to make.")],
    *,
    form: Format = Form.VERIFICATUM,
    auxsid: Auxsid = DEFAULT_AUXSID,
    careful: Careful = False,
    kdf_cost: KdfCost = Kdf.MODERATE,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Commit to a permutation and prove it, before there is a list.

    The file holds secrets and serves one shuffle: never copy it, and keep no backup.
    """
    file = secret_file.new(out, passphrase_file)
    with workers(jobs) as executor:
        server = MixServer.read(protinfo, key, auxsid, _arithmetic(careful), executor)
        server.prepare(out, file.passphrase, rows, kdf_cost.cost)
    say(f"wrote {out} ({form.value}); it serves one shuffle: do not copy it")


def _arithmetic(careful: bool) -> Arithmetic:  # noqa: FBT001 - an option's value
    return Arithmetic.CAREFUL if careful else Arithmetic.FAST
