"""The files of an audit: found in a directory by their official names, or named one by one.

The official programs write ``ELECTION-pub.pem``, ``ELECTION-bb-4.json`` and so on; the guide for mixing has plain
``pub.pem``, ``bb-4.json`` and ``shuffled.json``. Both are known here. A file that cannot be read is absent evidence;
two files where one is due are an inconsistency, since nobody but the auditor may choose.

Source: ``formats/IVXV.md`` 1.2, 2, 4.4 and 7; the official guide for mixing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from evote.errors import EvidenceMissing, VerificationError
from evote.formats.ivxv.box.checksum import check_checksum
from evote.formats.ivxv.box.strict_json import MAX_FILE
from evote.formats.ivxv.checks import FILES
from evote.formats.reading import opened_path

KEY, PROOFS, BOX, SHUFFLED, INVALID = "key", "proofs", "box", "shuffled", "invalid"
TALLY, DISTRICTS, CHOICES = "tally", "districts", "choices"
MIXING, PROTINFO = "mixing", "protinfo"
ROLES: Mapping[str, str] = {
    KEY: "the public key that votes were encrypted with",
    PROOFS: "the proofs of decryption",
    BOX: "the ballot box without names, before mixing (bb-4)",
    SHUFFLED: "the ballot box after mixing",
    MIXING: "the directory of the proof of shuffle, in Verificatum's format",
    PROTINFO: "the parameters of that proof's session, protInfo.xml",
    INVALID: "the votes that did not count",
    TALLY: "the result of a question",
    DISTRICTS: "the districts",
    CHOICES: "the choices",
}
NAMES: Mapping[str, tuple[str, ...]] = {
    KEY: ("pub.pem", "*-pub.pem", "pub.der", "*-pub.der"),
    PROOFS: ("*-proof",),
    BOX: ("bb-4.json", "*-bb-4.json"),
    SHUFFLED: ("shuffled.json", "*-shuffled.json"),
    INVALID: ("*-invalid",),
    TALLY: ("*.tally",),
    DISTRICTS: ("*.districts.json",),
    CHOICES: ("*.choices.json",),
    MIXING: (),  # known by what is in it
    PROTINFO: ("protInfo.xml",),
}
WITHOUT: Mapping[str, str] = {  # what follows if there is none
    KEY: "no proof can be checked",
    PROOFS: "nothing shows what the votes say",
    BOX: "nothing shows that the votes are those that were cast",
    TALLY: "there is no result to check",
    DISTRICTS: "the tally cannot be recomputed",
    CHOICES: "nothing shows which texts are choices",
}
SUM = ".sha256sum"
SHUFFLE_PROOF = "ShuffledCiphertexts.bt"  # a directory with this file holds a proof of shuffle
MAX_NAMES = 10_000  # in a directory


class Evidence:
    """Which file has which role. What is named by the auditor goes before what a directory holds."""

    def __init__(self, directory: Path | None, brought: Mapping[str, Path]) -> None:
        """Look into ``directory``, if there is one; raise `EvidenceMissing` if it cannot be read."""
        every = [] if directory is None else _names(directory)
        proofs = [path for path in every if _is_proof_of_shuffle(path)]
        held = [path for path in every if path not in proofs]
        self._paths = {role: [path for path in held if any(map(path.match, NAMES[role]))] for role in ROLES}
        self._paths[MIXING] = proofs
        known = {path for paths in self._paths.values() for path in paths}
        self._paths |= {role: [path] for role, path in brought.items()}
        sums = {path.with_name(path.name + SUM) for path in known}
        self.strangers = [path.name for path in held if path not in known | sums]

    def all(self, role: str) -> list[Path]:
        """Return the files of a role, sorted."""
        return self._paths[role]

    def one(self, role: str) -> Path | None:
        """Return the file of a role; raise `VerificationError` if there are several."""
        paths = self._paths[role]
        if len(paths) > 1:
            raise VerificationError(FILES, f"{paths[0].name} and {paths[1].name}: which holds {ROLES[role]}?")
        return paths[0] if paths else None


def read(path: Path, limit: int = MAX_FILE) -> bytes:
    """Return the content of a file, or more than ``limit`` bytes of it, which no reader takes."""
    with opened_path(path) as file:
        return file.read(limit + 1)


def has_checksum(path: Path) -> bool:
    """Tell whether a checksum file lies beside; raise `VerificationError` if it is another file's."""
    beside = path.with_name(path.name + SUM)
    if not os.path.lexists(beside):
        return False
    with opened_path(path) as file:
        check_checksum(file, read(beside, 64), path.name)
    return True


def _names(directory: Path) -> list[Path]:
    try:
        held = sorted(directory.iterdir())
    except OSError as error:
        raise EvidenceMissing(f"{directory}: {error.strerror}") from None
    if len(held) > MAX_NAMES:
        raise EvidenceMissing(f"{directory} holds {len(held)} files, which are not an election's")
    return held


def _is_proof_of_shuffle(path: Path) -> bool:
    return os.path.exists(path / SHUFFLE_PROOF)  # unlike Path.exists, never an error
