"""The proof of shuffle of an IVXV election: Verificatum's, about these two boxes and this key.

The official auditor has two programs for it, one that verifies the proof and one that compares its lists with the
boxes; either alone shows nothing about the election. Lists and boxes are compared as multisets of votes with their
places: a permutation is proved anyhow, so order has no meaning.

Source: ``formats/IVXV.md`` 6; ``docs/verificatum.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from evote.errors import EvidenceMissing, VerificationError
from evote.formats.ivxv.accounting import SHOWN, Votes, listed, names
from evote.formats.ivxv.box.anonymous import Place
from evote.formats.ivxv.checks import SHUFFLE
from evote.formats.ivxv.elements import is_modp
from evote.formats.ivxv.evidence import MIXING, PROTINFO, ROLES, Evidence
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.wide import COLUMNS, read_votes, wide_key, wide_layout
from evote.formats.verificatum.directory import Directory
from evote.formats.verificatum.label import DEFAULT_AUXSID, SHUFFLING
from evote.formats.verificatum.protinfo import read_protinfo
from evote.formats.verificatum.verifier import INPUT, OUTPUT, PUBLIC_KEY, verify_directory


@dataclass(frozen=True, slots=True)
class ProofOfShuffle:
    """A proof directory, and the parameters of its session."""

    directory: Path
    protinfo: Path

    @classmethod
    def of(cls, files: Evidence, key: PublicKey) -> ProofOfShuffle:
        """Return the proof among the files; raise `EvidenceMissing` if there is none, or it cannot be read here."""
        directory, protinfo = files.one(MIXING), files.one(PROTINFO)
        if directory is None:
            raise EvidenceMissing("there is no proof of shuffle: nothing shows that mixing exchanged no vote")
        if protinfo is None:
            raise EvidenceMissing(f"no {PROTINFO} ({ROLES[PROTINFO]}): the proof of shuffle cannot be checked")
        if not is_modp(key.group):
            raise EvidenceMissing("the proof of shuffle was not read: how votes on a curve are mixed is not published")
        return cls(directory, protinfo)

    def compare(self, key: PublicKey, box: Votes, shuffled: Votes) -> None:
        """Raise `VerificationError` or `DecodeError` unless the proof is about this key and these boxes."""
        info = read_protinfo(self.protinfo)
        if info.group != key.group or (info.keywidth, info.width) != (COLUMNS, 1):
            raise VerificationError(SHUFFLE, f"{self.protinfo.name} is of another group, or not of wide ciphertexts")
        directory, layout = Directory(self.directory), wide_layout(key.group)
        if layout.key(directory.tree(PUBLIC_KEY)).y != wide_key(key):
            raise VerificationError(SHUFFLE, f"{PUBLIC_KEY} is not the election's key")
        for name, votes, where in ((INPUT, box, "before"), (OUTPUT, shuffled, "after")):
            held = read_votes(layout.ciphertexts(directory.tree(name)), votes.election)
            if different := _different(Votes.of(votes.election, held).places, votes.places):
                raise VerificationError(SHUFFLE, f"{name} and the box {where} mixing differ in {names(different)}")

    def check(self, executor: Executor | None, seed: bytes) -> None:
        """Raise `VerificationError` or `EvidenceMissing` unless every check of Verificatum's verifier holds."""
        # so the official mixer runs VMN, and so its auditor expects it
        kind, auxsid = SHUFFLING, DEFAULT_AUXSID
        report = verify_directory(self.directory, self.protinfo, kind=kind, auxsid=auxsid, executor=executor, seed=seed)
        if report:
            return
        false = [f"{found.check}: {found.error}" for found in report.failures if not found.absent]
        if false:
            raise VerificationError(SHUFFLE, listed(false))
        absent = "; ".join(found.error for found in report.failures[:SHOWN])
        raise EvidenceMissing(f"the proof of shuffle cannot be checked: {absent}")


def _different(some: Mapping[bytes, Sequence[Place]], others: Mapping[bytes, Sequence[Place]]) -> list[bytes]:
    """Return the ciphertexts that do not stand in both as often and in the same places."""
    every = sorted(some.keys() | others.keys())
    return [name for name in every if sorted(some.get(name, ())) != sorted(others.get(name, ()))]
