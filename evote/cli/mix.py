"""``evote mix``: one mix server's turn."""

from __future__ import annotations

from typing import Annotated

import typer

from evote.cli import secret_file
from evote.cli.board import counting_of, file_names, index_in, verified_board
from evote.cli.messages import SUFFIX, own_message, write_message
from evote.cli.options import (
    ALL_PROCESSORS,
    Expect,
    Jobs,
    OutDirectory,
    PassphraseFile,
    RecordPath,
    SecretPath,
    examples,
    noun,
)
from evote.cli.secret_file import RoleSecret
from evote.crypto.arithmetic import Arithmetic
from evote.errors import Refused
from evote.mixnet.mixer import Mixer
from evote.record.entries import Shuffle

app = noun("Shuffle what it is this mix server's turn to shuffle.")


@app.command(epilog=examples("evote mix record --secret mixer-1.secret --out shuffles/"))
def mix(
    record: RecordPath,
    secret: SecretPath,
    out: OutDirectory,
    *,
    careful: Annotated[
        bool,
        typer.Option("--careful", help="Hide secret exponents from whoever can time this machine; many times slower."),
    ] = False,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Shuffle every list that waits for this mix server, one message for each, and prove it."""
    key = secret_file.existing(secret, passphrase_file).read(RoleSecret).key
    with verified_board(record, expect, jobs) as procedure:
        index = index_in(procedure.election.mixers, key.public_key, "mix server")
        counting, names = counting_of(procedure), file_names(procedure)
        cascade = counting.cascade
        arithmetic = Arithmetic.CAREFUL if careful else Arithmetic.FAST
        mixer = Mixer(procedure.election, index, key, arithmetic)
        due = [place for place in cascade.places() if cascade.turn(place) == index]
        if not due:
            raise Refused(f"{mixer.author}: no list waits for me now")
        out.mkdir(exist_ok=True)
        for place in due:
            path = out / f"mixer-{index}-{names[place]}{SUFFIX}"
            if not own_message(path, mixer.author, Shuffle, cascade.current(place).digest):
                message = mixer.shuffle(cascade, place)
                write_message(path, message.entry, message.lists)
