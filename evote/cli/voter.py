"""``evote voter``: a voter's key, and the credential that the registrar puts on the roll."""

from __future__ import annotations

from typing import Annotated

import typer

from evote.cli import secret_file
from evote.cli.options import NewSecretPath, PassphraseFile, examples, noun
from evote.cli.secret_file import Kdf, KdfCost, VoterSecret
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError, Refused
from evote.record import canonical
from evote.record.entries import Credential

app = noun("Make a voter's key and the credential for the registrar.")


@app.command(epilog=examples("evote voter new ada.secret --voter p-4711 --district north >> credentials.jsonl"))
def new(
    path: NewSecretPath,
    voter: Annotated[str, typer.Option("--voter", metavar="NAME", help="The voter's pseudonym in this election.")],
    district: Annotated[str, typer.Option("--district", metavar="ID", help="The voter's district.")],
    stratum: Annotated[
        str, typer.Option("--stratum", metavar="ID", help="The voter's stratum, if there are any.")
    ] = "",
    weight: Annotated[
        int, typer.Option("--weight", metavar="N", help="How many votes the voter's vote counts for.")
    ] = 1,
    passphrase_file: PassphraseFile = None,
    kdf_cost: KdfCost = Kdf.MODERATE,
) -> None:
    """Make a voter's key and print its credential, one line for the registrar's list."""
    key = SigningKey.generate()
    credential = Credential(voter=voter, key=key.public_key, district=district, stratum=stratum, weight=weight)
    try:
        canonical.decode(canonical.encode(credential), Credential)  # msgspec checks annotations only when it decodes
    except (DecodeError, ValueError) as error:
        raise Refused(str(error)) from None
    content = VoterSecret(seed=key.secret_bytes(), credential=credential)
    secret_file.new(path, passphrase_file).create(content, kdf_cost)
    _show(content)


@app.command(epilog=examples("evote voter show ada.secret"))
def show(path: NewSecretPath, passphrase_file: PassphraseFile = None) -> None:
    """Print a voter's credential once more."""
    _show(secret_file.existing(path, passphrase_file).read(VoterSecret))


def _show(secret: VoterSecret) -> None:
    print(canonical.encode(secret.credential).decode())
