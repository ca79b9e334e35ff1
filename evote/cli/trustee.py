"""``evote trustee``: the key ceremony, the decryption and the tests of petitions, one message at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evote.cli import secret_file
from evote.cli.board import counting_of, file_names, verified_board
from evote.cli.messages import SUFFIX, own_message, write_lines, write_message
from evote.cli.options import (
    ALL_PROCESSORS,
    Expect,
    Jobs,
    OutDirectory,
    OutFile,
    PassphraseFile,
    RecordPath,
    SecretPath,
    examples,
    noun,
)
from evote.cli.petition import PetitionOffice
from evote.cli.trustee_office import TrusteeOffice
from evote.errors import Refused
from evote.record.entries import DecryptionShare, Entry, decode_entry
from evote.record.units import Place
from evote.tally.decryption import Decryption
from evote.tally.trustee import ShareMessage

app = noun("Take part in the key ceremony; decrypt and test what the rules determine, and nothing else.")


@app.command(epilog=examples("evote trustee act record --secret trustee-1.secret --out round.msg"))
def act(
    record: RecordPath,
    secret: SecretPath,
    out: OutFile,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make this trustee's message in the round of the key ceremony that is under way.

    There are four rounds; in each, every trustee acts once and the operator posts the messages.
    """
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        write_message(out, _Office(file, procedure).ceremony_message())


@app.command(epilog=examples("evote trustee decrypt record --secret trustee-1.secret --out shares/"))
def decrypt(
    record: RecordPath,
    secret: SecretPath,
    out: OutDirectory,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make this trustee's decryption shares of all lists that are due, one message for each."""
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        messages = _Office(file, procedure).decryption_messages(out)
        for path, message in messages.items():
            write_message(path, message.entry, [message.lines])


@app.command("test", epilog=examples("evote trustee test record --secret trustee-1.secret --out shares/"))
def share(
    record: RecordPath,
    secret: SecretPath,
    out: OutDirectory,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make this trustee's shares of all tests of petitions that are under way, one message for each."""
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        _write_all(out, PetitionOffice(file, procedure).shares(out))


@app.command(epilog=examples("evote trustee pool record --secret trustee-2.secret --to 1 --out for-1.pooled"))
def pool(
    record: RecordPath,
    secret: SecretPath,
    to: Annotated[int, typer.Option("--to", metavar="INDEX", help="The trustee who will prove how the tests end.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", show_default=False, help="Where it goes; for that trustee alone.")
    ],
    *,
    instead: Annotated[
        bool, typer.Option("--instead", help="Hand it over although another trustee had it before, who is lost.")
    ] = False,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Hand one other trustee what it needs, beside its own, to prove how the tests under way come out.

    The threshold of trustees must have shares on the board, these two among them. The other one will see the count.
    """
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        write_lines(out, PetitionOffice(file, procedure).pooled(to, instead=instead), f"trustee {to}")


@app.command(
    epilog=examples(
        "evote trustee prove record --secret trustee-1.secret --with from-2.pooled --with from-3.pooled --out proofs/"
    )
)
def prove(
    record: RecordPath,
    secret: SecretPath,
    out: OutDirectory,
    pooled: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="FILE", help="What another trustee handed over; may be given several times."),
    ] = None,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Prove for each test under way that its threshold is reached, or is not, and nothing else."""
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        _write_all(out, PetitionOffice(file, procedure).proofs(pooled or [], out))


def _write_all(out: Path, messages: dict[Path, Entry]) -> None:
    out.mkdir(exist_ok=True)
    for path, entry in messages.items():
        write_message(path, entry)


class _Office(TrusteeOffice):
    """The key ceremony and the decryption."""

    def ceremony_message(self) -> Entry:
        """Return the message that is due."""
        ceremony = self.procedure.ceremony
        turn = f"attempt {ceremony.attempt.number}, round {ceremony.attempt.round}"
        return decode_entry(self.once(turn, lambda: self.trustee.next_message(ceremony)))

    def decryption_messages(self, out: Path) -> dict[Path, ShareMessage]:
        """Return a message for each list that is due and has none in ``out`` yet; `Refused` if no list is due."""
        decryption = counting_of(self.procedure).decryption
        names = file_names(self.procedure)
        due = [place for place in decryption.places() if self._is_due(decryption, place)]
        if not due:
            raise Refused(f"{self.trustee.author}: no decryption is due from me now")
        out.mkdir(exist_ok=True)
        paths = {place: out / f"trustee-{self.trustee.index}-{names[place]}{SUFFIX}" for place in due}
        messages = {
            path: self.trustee.decrypt(decryption, place)
            for place, path in paths.items()
            if not own_message(path, self.trustee.author, DecryptionShare, decryption.list_of(place).digest)
        }
        self.remember()
        return messages

    def _is_due(self, decryption: Decryption, place: Place) -> bool:
        shares = decryption.list_of(place).shares
        return self.trustee.index not in shares and len(shares) < self.procedure.election.threshold
