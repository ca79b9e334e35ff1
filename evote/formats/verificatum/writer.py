"""Writing a proof directory: evote as the one mix server of a session, whose proof anybody verifies who reads VMN's.

The key and the input list come as VMN's "raw" files; the output list is ShuffledCiphertexts.bt. The directory is there
as a whole or not at all. What can be done before there is a list may be done before, and serves one shuffle.

Source: ``docs/verificatum.md``, sections 11 and 12.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.vector import Vector
from evote.errors import Refused
from evote.formats.reading import opened_path
from evote.formats.verificatum import precomputation
from evote.formats.verificatum.byte_tree import Tree
from evote.formats.verificatum.directory import MAX_TEXT
from evote.formats.verificatum.generators import generators
from evote.formats.verificatum.groups import product_group
from evote.formats.verificatum.label import DEFAULT_AUXSID, SHUFFLING, is_auxsid
from evote.formats.verificatum.lists import Ciphertexts, JointKey, Layout
from evote.formats.verificatum.oracle import Piece
from evote.formats.verificatum.protinfo import ProtInfo, read_protinfo
from evote.formats.verificatum.prover import Shuffler
from evote.formats.verificatum.shuffle import party_file
from evote.formats.verificatum.verifier import ACTIVE, INPUT, MAX_CIPHERTEXTS, MAXCIPH, OUTPUT, PUBLIC_KEY
from evote.mixnet import offline
from evote.record import single_use, vault
from evote.record.files import PREFIX, SUFFIX, check_new, write_new_directory


@dataclass(frozen=True, slots=True)
class MixServer:
    """The one mix server of a session, with the key that lists are encrypted under."""

    info: ProtInfo
    auxsid: str
    shuffler: Shuffler

    @classmethod
    def read(
        cls,
        protinfo: Path,
        key: Path,
        auxsid: str = DEFAULT_AUXSID,
        arithmetic: Arithmetic = Arithmetic.FAST,
        executor: Executor | None = None,
    ) -> MixServer:
        """Read protInfo.xml and the key, a "raw" file of VMN's.

        Raises `DecodeError` and `VerificationError` for what the files say, `EvidenceMissing` for files that cannot be
        read, `Refused` for a session that needs more than one mix server. With `Arithmetic.FAST` the workers of an
        ``executor`` see secrets.
        """
        info = read_protinfo(protinfo)
        if info.threshold != 1:
            raise Refused(f"this session needs the proofs of {info.threshold} mix servers; here is one")
        if not is_auxsid(auxsid):
            raise Refused(f"auxsid: 1 to {MAX_TEXT} letters and digits")
        layout = Layout(info.group, info.keywidth, info.width)
        joint = _read_key(info, layout, key)
        return cls(info, auxsid, Shuffler(layout, info.challenger(auxsid), info.slack, joint, arithmetic, executor))

    def prepare(self, path: Path, passphrase: bytes, rows: int, cost: vault.Cost = vault.MODERATE) -> None:
        """Commit to a permutation of ``rows`` rows, prove it, and write a new secret file, which serves one shuffle.

        Before any of that: `Refused` for more rows than a file has room for, or if one of that name has been used, and
        ``OSError`` if none can be written.
        """
        if not 1 <= rows <= MAX_CIPHERTEXTS:
            raise Refused(f"a list has 1 to {MAX_CIPHERTEXTS} rows")
        if rows > (most := precomputation.most_rows(self.shuffler)):
            raise Refused(f"a file has room for at most {most} rows of this session, not {rows}: shuffle without")
        single_use.check_unused(path)
        _check_place(path)
        _check_name(single_use.spent(path))
        purpose = precomputation.purpose_of(self.shuffler, self.auxsid, rows)
        made = precomputation.prepare(self.shuffler, purpose, self._generators(rows))
        with _writing(path):
            offline.write(path, made, passphrase, cost)

    def shuffle(self, path: Path, ciphertexts: Path) -> int:
        """Shuffle the list in a file and write a new proof directory; return the number of ciphertexts.

        Raises what `read` does, and ``OSError``.
        """
        _check_place(path)
        before = self._list(ciphertexts)
        made = self.shuffler.shuffle(before, self._generators(len(before)))
        proofs = {
            "PermutationCommitment": made.u,
            "PoSCommitment": made.commitment,
            "PoSReply": made.reply,
            "Ciphertexts": made.after.written,
        }
        self._write(path, before, made.after, proofs)
        return len(before)

    def shuffle_prepared(self, path: Path, ciphertexts: Path, prepared: Path, passphrase: bytes) -> int:
        """Do the same with what is prepared in a secret file, which is used up by that, whatever comes after.

        Everything that can be refused is, before the file is touched: a malformed list, a place where nothing can be
        written; and `Refused` if the file was prepared for something else, or for fewer rows.
        """
        _check_place(path)
        before = self._list(ciphertexts)
        found = offline.purpose_in(prepared, passphrase)
        rows = found.rows
        purpose = precomputation.purpose_of(self.shuffler, self.auxsid, rows)
        precomputation.require(found, purpose, prepared)
        if len(before) > rows:
            raise Refused(f"{prepared} was prepared for at most {rows} rows, not {len(before)}")
        h = self._generators(rows)
        ahead = offline.claim(prepared, passphrase, purpose, self.info.group, precomputation.restore)
        made = precomputation.shuffle(self.shuffler, before, h, ahead, purpose)
        proofs = {
            "PermutationCommitment": made.u,
            "PoSCCommitment": made.commitment,
            "PoSCReply": made.reply,
            "KeepList": made.kept,
            "CCPoSCommitment": made.consistency_commitment,
            "CCPoSReply": made.consistency_reply,
        }
        self._write(path, before, made.after, proofs, {MAXCIPH: str(rows)})
        return len(before)

    def _list(self, ciphertexts: Path) -> Ciphertexts:
        return self.shuffler.read(_tree(ciphertexts))

    def _generators(self, rows: int) -> Vector:
        info, shuffler = self.info, self.shuffler
        return generators(info.group, shuffler.challenger, info.slack, rows, shuffler.executor)

    def _write(
        self,
        path: Path,
        before: Ciphertexts,
        after: Ciphertexts,
        proofs: Mapping[str, Piece],
        others: Mapping[str, str] | None = None,
    ) -> None:
        info = self.info
        texts = {"version": info.version, "auxsid": self.auxsid, "type": SHUFFLING, "width": str(info.width)}
        texts |= {ACTIVE: "1"} | dict(others or {})
        files: dict[str, Piece] = {name: text.encode() for name, text in texts.items()}
        files |= {PUBLIC_KEY: self.shuffler.key.written, INPUT: before.written, OUTPUT: after.written}
        files |= {party_file(name, 1): data for name, data in proofs.items()}
        with _writing(path):
            write_new_directory(path, files)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Let an ``OSError`` say what could not be written, and not by a name that is gone; a full disk names nothing."""
    try:
        yield
    except OSError as error:
        if error.errno:
            error.filename = str(path)
        raise


def _check_place(path: Path) -> None:
    """Raise ``OSError`` if there is something of that name, or nothing can be written beside it."""
    check_new(path)
    _check_name(path)
    with tempfile.TemporaryFile(suffix=SUFFIX, prefix=PREFIX, dir=path.parent):
        pass


def _check_name(path: Path) -> None:
    """Raise ``OSError`` if nothing can be called so."""
    with suppress(FileNotFoundError):
        path.lstat()


def _read_key(info: ProtInfo, layout: Layout, path: Path) -> JointKey:
    """Return the key in VMN's "raw" file, whose group must be the session's."""
    tree = _tree(path)
    tree.node(2)
    marshalled = product_group(info.marshalled, layout.plain)
    if tree.take(len(marshalled)) != marshalled:
        raise tree.error("the key is of another group, or another number of keys, than protInfo.xml says")
    return layout.key(tree)


def _tree(path: Path) -> Tree:
    with opened_path(path) as file:
        return Tree(file.read(), path.name)
