"""One party's secret file, as its commands use it, and where the passphrase comes from."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from getpass import getpass
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import msgspec
import typer
from msgspec import Meta

from evote.crypto.signing import SEED_SIZE, SigningKey
from evote.errors import EvidenceMissing, Refused
from evote.record import canonical, vault
from evote.record.entries import Count, Credential, Digest
from evote.tally.trustee import TrusteeState

ENVIRONMENT = "EVOTE_PASSPHRASE"
MAX_PASSPHRASE = 4096
Seed = Annotated[bytes, Meta(min_length=SEED_SIZE, max_length=SEED_SIZE)]


class _Secret(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """A signing key and what belongs to it; it does not print or pickle."""

    seed: Seed

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: secret>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret file's content is neither pickled nor copied")

    @property
    def key(self) -> SigningKey:
        """The signing key."""
        return SigningKey(self.seed)


class TrusteeMemory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a trustee remembers: the election, the board as it last saw it, its state, what it has said."""

    election: Digest
    size: Count
    root: Digest
    state: TrusteeState
    said: dict[str, bytes]


class RoleSecret(_Secret, frozen=True, tag="role"):
    """Of an operator, registrar, trustee or mix server."""

    memory: TrusteeMemory | None = None


class VoterSecret(_Secret, frozen=True, tag="voter"):
    """Of a voter, with the credential for the roll."""

    credential: Credential


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    secret: RoleSecret | VoterSecret


S = TypeVar("S", RoleSecret, VoterSecret)
_KEY_OF = {RoleSecret: "the key of a role", VoterSecret: "the key of a voter"}


class Kdf(StrEnum):
    """The costs of argon2id that libsodium recommends."""

    INTERACTIVE = "interactive"
    MODERATE = "moderate"
    SENSITIVE = "sensitive"

    @property
    def cost(self) -> vault.Cost:
        """The parameters."""
        cost: vault.Cost = getattr(vault, self.name)
        return cost


KdfCost = Annotated[
    Kdf,
    typer.Option("--kdf-cost", help="What each guess at the passphrase costs: 64, 256 or 1024 MB of memory."),
]


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A secret file and the passphrase that opens it."""

    path: Path
    passphrase: bytes = field(repr=False)

    def create(self, secret: RoleSecret | VoterSecret, kdf: Kdf) -> None:
        """Write it; ``FileExistsError`` rather than overwrite one."""
        vault.write_secret(self.path, canonical.encode(_Content(secret)), self.passphrase, cost=kdf.cost)

    def read(self, kind: type[S]) -> S:
        """Return what it holds; `Refused` if that is the key of another kind of party."""
        secret = canonical.decode(vault.read_secret(self.path, self.passphrase), _Content, limit=vault.MAX_VAULT).secret
        if not isinstance(secret, kind):
            raise Refused(f"{self.path} holds {_KEY_OF[type(secret)]}, not {_KEY_OF[kind]}")
        return secret

    def replace(self, secret: RoleSecret) -> None:
        """Put a new content into it; a crash leaves the old or the new."""
        vault.replace_secret(self.path, canonical.encode(_Content(secret)), self.passphrase)


def existing(path: Path, passphrase_file: Path | None) -> SecretFile:
    """Return a secret file that is to be opened."""
    return SecretFile(path, _passphrase(path, passphrase_file, new=False))


def new(path: Path, passphrase_file: Path | None) -> SecretFile:
    """Return a secret file that is to be made; `Refused` if there is one already."""
    if os.path.lexists(path):
        raise Refused(f"{path} exists, and a secret file is never overwritten")
    return SecretFile(path, _passphrase(path, passphrase_file, new=True))


def _passphrase(path: Path, file: Path | None, *, new: bool) -> bytes:
    if file is not None:
        with file.open("rb") as lines:
            passphrase = lines.readline(MAX_PASSPHRASE).rstrip(b"\r\n")
    elif ENVIRONMENT in os.environ:
        passphrase = os.environb[ENVIRONMENT.encode()]
    elif sys.stdin.isatty():
        passphrase = _ask(path, new=new)
    else:
        raise EvidenceMissing(f"no passphrase for {path}: give --passphrase-file or {ENVIRONMENT}")
    if not passphrase:
        raise EvidenceMissing(f"the passphrase for {path} is empty")
    return passphrase


def _ask(path: Path, *, new: bool) -> bytes:
    passphrase = getpass(f"{'New passphrase' if new else 'Passphrase'} for {path}: ")
    if new and getpass("Once more: ") != passphrase:
        raise Refused("the two passphrases differ")
    return passphrase.encode()
