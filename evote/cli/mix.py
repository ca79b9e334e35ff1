"""``evote mix``: one mix server's turn, and what it can do before."""

from __future__ import annotations

import re
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
from evote.mixnet.shuffle import Generators
from evote.procedure.machine import Procedure
from evote.questions.question import Route
from evote.record.entries import Shuffle
from evote.record.units import Place

PREPARED = ".prepared"
MOST_ROWS = 1_000_000


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


@app.command(
    epilog=examples(
        "evote mix prepare record --secret mixer-2.secret --out ahead/",
        "evote mix prepare record --contest mayor --rows 4096 --secret mixer-2.secret --out ahead/",
    )
)
def prepare(
    record: RecordPath,
    secret: SecretPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIRECTORY", help="Where the secret files go.")],
    *,
    contest: Annotated[
        str | None, typer.Option("--contest", metavar="ID", help="Prepare for this contest before the box is closed.")
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option("--rows", metavar="N", min=1, max=MOST_ROWS, help="With --contest: for a list of N ballots."),
    ] = None,
    careful: Careful = False,
    kdf_cost: KdfCost = Kdf.MODERATE,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Do most of the work of every shuffle that this mix server still has to make, before its list is there.

    As soon as the ballot box is closed, while servers before this one shuffle. With --contest and --rows already when
    there is a joint key, for one list of N ballots or some fewer, if the election's proof of shuffle allows it. Each
    file holds secrets, is encrypted with the passphrase of the secret file, and serves one shuffle: never copy one, and
    keep no backup.
    """
    if (contest is None) != (rows is None):
        raise typer.BadParameter("--contest and --rows go together")
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        if contest is not None and rows is not None:
            _Workshop(file, procedure, careful).prepare_for_any(contest, rows, out, kdf_cost)
        else:
            _Office(file, procedure, careful).prepare_all(out, kdf_cost)


class _Workshop:
    """A mix server at work on a board that it has just checked, before there is anything to shuffle."""

    def __init__(self, file: SecretFile, procedure: Procedure, careful: bool) -> None:  # noqa: FBT001 - an option's value
        key = file.read(RoleSecret).key
        self._index = index_in(procedure.election.mixers, key.public_key, "mix server")
        self._passphrase, self._procedure = file.passphrase, procedure
        arithmetic = Arithmetic.CAREFUL if careful else Arithmetic.FAST
        self.mixer = Mixer(procedure.election, self._index, key, arithmetic, procedure.audit.executor)

    def prepare_for_any(self, contest: str, rows: int, out: Path, kdf: Kdf) -> None:
        """Write a new file of what can be prepared for a list of so many rows, whose unit is not known yet."""
        election, key = self._procedure.election, self._procedure.ceremony.key
        if key is None:
            raise Refused("there is no joint key yet")
        widths = {c.id: c.question.columns for c in election.contests if c.question.route is Route.MIX}
        if contest not in widths:
            raise Refused(f"no contest {contest} is mixed")
        purpose = self.mixer.purpose(key, contest, None, rows, widths[contest])
        h = Generators(key.group).first(rows, self._procedure.audit.executor)
        made = self.mixer.prepare(key, contest, None, purpose.width, h)
        out.mkdir(exist_ok=True)
        stem, number = f"mixer-{self._index}-{contest}.{rows}-rows", 1
        while any(out.glob(f"{stem}.{number}{PREPARED}*")):
            number += 1
        self._write(out / f"{stem}.{number}{PREPARED}", made, kdf)

    def _write(self, path: Path, made: offline.PreparedShuffle, kdf: Kdf) -> None:
        offline.write(path, made, self._passphrase, kdf.cost)
        say(f"wrote {path}; it serves one shuffle: do not copy it")


class _Office(_Workshop):
    """A mix server at work on a board whose ballot box is closed."""

    def __init__(self, file: SecretFile, procedure: Procedure, careful: bool) -> None:  # noqa: FBT001 - an option's value
        super().__init__(file, procedure, careful)
        self._names = file_names(procedure)
        self.cascade: Cascade = counting_of(procedure).cascade

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
        path, purpose = self._file_for(place, prepared), self.mixer.purpose_of(self.cascade, place)
        claimed = offline.claim(path, self._passphrase, purpose, self.cascade.key.group)
        return self.mixer.shuffle(self.cascade, place, claimed)

    def _file_for(self, place: Place, directory: Path) -> Path:
        """Return the file that was prepared for a unit's list, else the smallest for any that will do."""
        path = directory / self.name(place, PREPARED)
        sizes = [] if path.exists() else self._sizes(place.contest, directory)
        if not sizes:
            return path
        purpose = self.mixer.purpose_of(self.cascade, place)
        for size, _, name in sizes:
            if offline.fewest(purpose.proof, size) <= purpose.rows <= size:
                return directory / name
        raise Refused(f"nothing in {directory} was prepared for a list of {purpose.rows} rows")

    def _sizes(self, contest: str, directory: Path) -> list[tuple[int, int, str]]:
        """Return rows, number and name of what was prepared for any unit of a contest."""
        name = re.escape(f"mixer-{self._index}-{contest}.") + r"(\d+)-rows\.(\d+)" + re.escape(PREPARED)
        found = (re.fullmatch(name, file.name) for file in directory.glob(f"*{PREPARED}"))
        return sorted((int(match[1]), int(match[2]), match[0]) for match in found if match)

    def prepare_all(self, out: Path, kdf: Kdf) -> None:
        """Write a new file for each list that will come to this server."""
        places = [place for place in self.cascade.places() if self.turns_left(place) >= 0]
        if not places:
            raise Refused(f"{self.mixer.author}: no list will come to me any more")
        out.mkdir(exist_ok=True)
        for place in places:
            path = out / self.name(place, PREPARED)
            if path.exists():
                say(f"{path} is there already")
            else:
                self._write(path, self._prepared(place), kdf)

    def _prepared(self, place: Place) -> offline.PreparedShuffle:
        purpose, key = self.mixer.purpose_of(self.cascade, place), self.cascade.key
        h = self.cascade.generators(purpose.rows)
        return self.mixer.prepare(key, place.contest, place.unit, purpose.width, h)
