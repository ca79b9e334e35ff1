"""``evote key``: the signing key of a role, in its own secret file."""

from __future__ import annotations

import base64

from evote.cli import secret_file
from evote.cli.options import NewSecretPath, PassphraseFile, examples, noun
from evote.cli.secret_file import Kdf, KdfCost, RoleSecret
from evote.crypto.signing import SigningKey

app = noun("Make the signing key of operator, registrar, trustee or mix server; one file for each.")


@app.command(
    epilog=examples("evote key new trustee-1.secret", "evote key new operator.secret --passphrase-file op.txt")
)
def new(path: NewSecretPath, passphrase_file: PassphraseFile = None, kdf_cost: KdfCost = Kdf.MODERATE) -> None:
    """Make a key and print its public half, as the definition wants it."""
    key = SigningKey.generate()
    secret_file.new(path, passphrase_file).create(RoleSecret(seed=key.secret_bytes()), kdf_cost)
    _show(key)


@app.command(epilog=examples("evote key show trustee-1.secret"))
def show(path: NewSecretPath, passphrase_file: PassphraseFile = None) -> None:
    """Print the public half of a key once more."""
    _show(secret_file.existing(path, passphrase_file).read(RoleSecret).key)


def _show(key: SigningKey) -> None:
    print(base64.b64encode(key.public_key).decode())
