"""A secret file: one party's keys and state, encrypted under a passphrase, readable by nobody else.

Argon2id (RFC 9106) turns the passphrase into a key for XSalsa20-Poly1305. The file protects a secret that lies on a
disk. It does not protect against whoever can read the memory of the process, nor against a weak passphrase.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, NamedTuple

import msgspec
from msgspec import Meta
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from evote.errors import DecodeError, EvidenceMissing, Refused
from evote.record import canonical
from evote.record.files import write_atomic, write_new

MODE = 0o600
MAX_VAULT = 1 << 29  # a shuffle of 200 000 rows modulo 3072 bits, prepared ahead


class Cost(NamedTuple):
    """What one guess at a passphrase costs: passes over ``memory`` bytes."""

    passes: int
    memory: int


INTERACTIVE = Cost(argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE)
MODERATE = Cost(argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE)
SENSITIVE = Cost(argon2id.OPSLIMIT_SENSITIVE, argon2id.MEMLIMIT_SENSITIVE)
MINIMAL = Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)  # for tests


class _Vault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's JSON; the limits keep a forged file from using up the reader's memory or day."""

    kdf: Literal["argon2id"]
    ops: Annotated[int, Meta(ge=MINIMAL.passes, le=16)]
    mem: Annotated[int, Meta(ge=MINIMAL.memory, le=1 << 30, multiple_of=1024)]
    salt: Annotated[bytes, Meta(min_length=argon2id.SALTBYTES, max_length=argon2id.SALTBYTES)]
    box: bytes


def write_secret(path: Path, secret: bytes, passphrase: bytes, *, cost: Cost = MODERATE) -> None:
    """Write a new secret file, mode 0600; ``FileExistsError`` rather than overwrite one."""
    write_new(path, _lock(secret, passphrase, cost), MODE)


def replace_secret(path: Path, secret: bytes, passphrase: bytes) -> None:
    """Put a new secret into a secret file that the same passphrase opens, at the same cost.

    A crash leaves the old or the new one. Raises what `read_secret` does.
    """
    vault = _read(path)
    _unlock(path, vault, passphrase)
    write_atomic(path, _lock(secret, passphrase, Cost(vault.ops, vault.mem)), MODE)


def read_secret(path: Path, passphrase: bytes) -> bytes:
    """Return the secret in a file.

    Raises `DecodeError` for a wrong passphrase or a malformed file, `EvidenceMissing` for one that cannot be read,
    `Refused` for one that others can read.
    """
    return _unlock(path, _read(path), passphrase)


def read_open_secret(file: BinaryIO, path: Path, passphrase: bytes) -> bytes:
    """Do the same with a file that is open; ``path`` is what it is called."""
    return _unlock(path, _content(file, path), passphrase)


def _read(path: Path) -> _Vault:
    try:
        with path.open("rb") as file:
            return _content(file, path)
    except OSError as error:
        raise EvidenceMissing(f"{path}: {error.strerror}") from None


def _content(file: BinaryIO, path: Path) -> _Vault:
    exposed = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077
    data = file.read(MAX_VAULT + 1)
    if exposed:
        raise Refused(f"{path} holds a secret and others can read it: chmod 600 it, and ask who has a copy")
    try:
        return canonical.decode(data, _Vault, limit=MAX_VAULT)
    except DecodeError as error:
        raise DecodeError(f"{path} is not a secret file: {error}") from None


def _unlock(path: Path, vault: _Vault, passphrase: bytes) -> bytes:
    try:
        return SecretBox(_stretch(passphrase, vault.salt, Cost(vault.ops, vault.mem))).decrypt(vault.box)
    except (CryptoError, ValueError):
        raise DecodeError(f"{path}: wrong passphrase, or a damaged file") from None


def _lock(secret: bytes, passphrase: bytes, cost: Cost) -> bytes:
    if not passphrase:
        raise ValueError("an empty passphrase")
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    box = bytes(SecretBox(_stretch(passphrase, salt, cost)).encrypt(secret, secrets.token_bytes(SecretBox.NONCE_SIZE)))
    vault = _Vault(kdf="argon2id", ops=cost.passes, mem=cost.memory, salt=salt, box=box)
    return canonical.encode(vault)


def _stretch(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    return argon2id.kdf(SecretBox.KEY_SIZE, passphrase, salt, cost.passes, cost.memory)
