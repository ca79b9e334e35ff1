"""``evote mix``: one mix server's turn, and what it can do before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evote.cli import secret_file
from evote.cli.board import counting_of, file_names, index_in, verified_board
from evote.cli.messages import SUFFIX, own_message, write_message
from evote.cli.options import (
    ALL_PROCESSORS,
    Careful,
    Expect,
    Jobs,
    OutDirectory,
    PassphraseFile,
    RecordPath,
    SecretPath,
    ShuffleUnlessToldOtherwise,
    examples,
    noun,
)
from evote.cli.output import say
from evote.cli.secret_file import Kdf, KdfCost, RoleSecret, SecretFile
from evote.crypto.arithmetic import Arithmetic
from evote.errors import Refused
from evote.mixnet import offline
from evote.mixnet.cascade import Cascade
from evote.mixnet.mixer import Mixer, ShuffleMessage
from evote.procedure.machine import Procedure
from evote.record.entries import Shuffle
from evote.record.units import Place

PREPARED = ".prepared"


app = noun("Shuffle what it is this mix server's turn to shuffle; prepare for it.")
app.info.cls = ShuffleUnlessToldOtherwise


@app.command(
    epilog=examples(
        "evote mix shuffle record --secret mixer-1.secret --out shuffles/",
        "evote mix shuffle record --secret mixer-2.secret --prepared ahead/ --out shuffles/",
    )
)
def shuffle(
    record: RecordPath,
    secret: SecretPath,
    out: OutDirectory,
    *,
    prepared: Annotated[
        Path | None,
        typer.Option("--prepared", metavar="DIRECTORY", help="Use, and use up, what evote mix prepare has left there."),
    ] = None,
    careful: Careful = False,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Shuffle every list that waits for this mix server, one message for each, and prove it.

    The verb may be left out.
    """
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        office = _Office(file, procedure, careful)
        places = [place for place in office.cascade.places() if office.turns_left(place) == 0]
        if not places:
            raise Refused(f"{office.mixer.author}: no list waits for me now")
        out.mkdir(exist_ok=True)
        for place in places:
            path = out / office.name(place, SUFFIX)
            if not own_message(path, office.mixer.author, Shuffle, office.cascade.current(place).digest):
                message = office.shuffle(place, prepared)
                write_message(path, message.entry, message.lists)


@app.command(epilog=examples("evote mix prepare record --secret mixer-2.secret --out ahead/"))
def prepare(
    record: RecordPath,
    secret: SecretPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIRECTORY", help="Where the secret files go.")],
    *,
    careful: Careful = False,
    kdf_cost: KdfCost = Kdf.MODERATE,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Do most of the work of every shuffle that this mix server still has to make, before its list is there.

    As soon as the ballot box is closed, while servers before this one shuffle. Each file holds secrets, is encrypted
    with the passphrase of the secret file, and serves one shuffle: never copy one, and keep no backup.
    """
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        office = _Office(file, procedure, careful)
        places = [place for place in office.cascade.places() if office.turns_left(place) >= 0]
        if not places:
            raise Refused(f"{office.mixer.author}: no list will come to me any more")
        out.mkdir(exist_ok=True)
        for place in places:
            office.prepare(place, out / office.name(place, PREPARED), kdf_cost)


class _Office:
    """A mix server at work on a board that it has just checked."""

    def __init__(self, file: SecretFile, procedure: Procedure, careful: bool) -> None:  # noqa: FBT001 - an option's value
        key = file.read(RoleSecret).key
        self._index = index_in(procedure.election.mixers, key.public_key, "mix server")
        self._passphrase, self._names = file.passphrase, file_names(procedure)
        self.cascade: Cascade = counting_of(procedure).cascade
        arithmetic = Arithmetic.CAREFUL if careful else Arithmetic.FAST
        self.mixer = Mixer(procedure.election, self._index, key, arithmetic, procedure.audit.executor)

    def name(self, place: Place, suffix: str) -> str:
        """Return the name of a file about a list."""
        return f"mixer-{self._index}-{self._names[place]}{suffix}"

    def turns_left(self, place: Place) -> int:
        """Return how many mix servers are still before this one; -1 if it has been."""
        turn = self.cascade.turn(place)
        return -1 if turn is None or turn > self._index else self._index - turn

    def shuffle(self, place: Place, prepared: Path | None) -> ShuffleMessage:
        """Return this server's shuffle, with what is prepared for it in a directory if there is one."""
        if prepared is None:
            return self.mixer.shuffle(self.cascade, place)
        path, purpose = prepared / self.name(place, PREPARED), self.mixer.purpose_of(self.cascade, place)
        claimed = offline.claim(path, self._passphrase, purpose, self.cascade.key.group)
        return self.mixer.shuffle(self.cascade, place, claimed)

    def prepare(self, place: Place, path: Path, kdf: Kdf) -> None:
        """Write a new file of what can be prepared."""
        if path.exists():
            say(f"{path} is there already")
            return
        purpose, key = self.mixer.purpose_of(self.cascade, place), self.cascade.key
        made = self.mixer.prepare(key, place, purpose.width, self.cascade.generators(purpose.rows))
        offline.write(path, made, self._passphrase, kdf.cost)
        say(f"wrote {path}; it serves one shuffle: do not copy it")
