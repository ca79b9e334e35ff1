"""Mix servers that hash and prove what they did, which was no shuffle: refused, whole or in two parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evote.crypto.group import group
from evote.formats.verificatum.prover import Shuffler
from evote.formats.verificatum.writer import MixServer
from evote.mixnet.columns import RawVector
from evote.mixnet.draws import Draws
from evote.record import vault
from tests.formats.verificatum.cases import verified
from tests.formats.verificatum.synthetic import write_session

PASSPHRASE = b"correct horse battery"
P256 = group("p-256")


def whole(case: Path) -> None:
    MixServer.read(case / "protInfo.xml", case / "publicKey").shuffle(case / "nizkp", case / "ciphertexts")


def in_two_parts(case: Path) -> None:
    server = MixServer.read(case / "protInfo.xml", case / "publicKey")
    server.prepare(case / "prepared", PASSPHRASE, 6, vault.MINIMAL)
    server.shuffle_prepared(case / "nizkp", case / "ciphertexts", case / "prepared", PASSPHRASE)


def exchange_a_vote(patch: pytest.MonkeyPatch) -> None:
    """Multiply a message by g."""
    honest = Shuffler.reencrypted

    def reencrypted(*arguments: Any) -> list[RawVector]:
        *columns, last = honest(*arguments)
        raws = last.raws()
        raws[0] = P256.multiply(raws[0], P256.generator.raw)
        return [*columns, RawVector(P256, raws)]

    patch.setattr(Shuffler, "reencrypted", reencrypted)


def take_a_vote_twice(patch: pytest.MonkeyPatch) -> None:
    """Put input 1 where input 0 belongs, too."""
    honest = Draws.permutation
    patch.setattr(Draws, "permutation", lambda self, n: [max(i, 1) for i in honest(self, n)])


def exchange_halves(patch: pytest.MonkeyPatch) -> None:
    """Write u for v."""
    honest = Shuffler.reencrypted
    patch.setattr(Shuffler, "reencrypted", lambda *arguments: honest(*arguments)[::-1])


def nothing(patch: pytest.MonkeyPatch) -> None:
    """Be honest."""


CHEATING: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "not at all": (nothing, ""),
    "a vote exchanged": (exchange_a_vote, "party 1: equation (F|CCPoS B)"),
    "a vote twice": (take_a_vote_twice, "party 1: equation A|proofs/KeepList01.bt, .*"),
    "halves exchanged": (exchange_halves, "party 1: equation (F|CCPoS B)"),
}


@pytest.mark.parametrize("shuffled", [whole, in_two_parts])
@pytest.mark.parametrize("name", CHEATING)
def test_what_is_proved_is_a_shuffle(
    name: str, shuffled: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheat, error = CHEATING[name]
    write_session(P256, 6, tmp_path)
    cheat(monkeypatch)
    shuffled(tmp_path)
    report = verified(tmp_path)
    assert report.status == (1 if error else 0)
    assert all(f.check == "verificatum.shuffle" and re.fullmatch(error, f.error) for f in report.failures), (
        report.failures
    )


@pytest.mark.parametrize(("rohash", "prg"), [("SHA-512", "SHA-256"), ("SHA-256", "SHA-512"), ("SHA-384", "SHA-384")])
def test_hashes_of_several_lengths(rohash: str, prg: str, tmp_path: Path) -> None:
    write_session(P256, 3, tmp_path)
    text = (tmp_path / "protInfo.xml").read_text()
    for tag, value in (("rohash", rohash), ("prg", prg)):
        text = text.replace(f"<{tag}>SHA-256", f"<{tag}>{value}")
    (tmp_path / "protInfo.xml").write_text(text)
    whole(tmp_path)
    assert verified(tmp_path).status == 0
    (tmp_path / "protInfo.xml").write_text(
        text.replace(f"<prg>{prg}", "<prg>SHA-384" if prg != "SHA-384" else "<prg>SHA-256")
    )
    assert verified(tmp_path).status == 1
