"""The checksum beside a file: 64 lower-case hexadecimal digits of its SHA-256, and no line end.

Source: ``formats/IVXV.md`` 4.4.
"""

from __future__ import annotations

import hashlib
import re
from typing import BinaryIO

from evote.errors import DecodeError, VerificationError

BLOCK = 1 << 20


def digest(file: BinaryIO) -> bytes:
    """Return the SHA-256 of a file from where it stands."""
    total = hashlib.sha256()
    while block := file.read(BLOCK):
        total.update(block)
    return total.digest()


def read_checksum(data: bytes) -> bytes:
    """Return the SHA-256 that a checksum file states; raise `DecodeError`."""
    if not re.fullmatch(rb"[0-9a-f]{64}", data):
        raise DecodeError("a checksum is 64 lower-case hexadecimal digits")
    return bytes.fromhex(data.decode())


def check_checksum(file: BinaryIO, checksum: bytes, name: str) -> None:
    """Raise ``VerificationError("ivxv.checksum")`` unless the checksum file is that of ``file``."""
    if digest(file) != read_checksum(checksum):
        raise VerificationError("ivxv.checksum", name)
