"""Writing a proof directory: evote as the one mix server of a session, whose proof anybody verifies who reads VMN's.

The key and the input list come as VMN's "raw" files; the output list is ShuffledCiphertexts.bt. The directory is there
as a whole or not at all.

Source: ``docs/verificatum.md``, sections 11 and 12.
"""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

from evote.crypto.arithmetic import Arithmetic
from evote.errors import EvidenceMissing, Refused
from evote.formats.verificatum.byte_tree import Tree
from evote.formats.verificatum.generators import generators
from evote.formats.verificatum.groups import product_group
from evote.formats.verificatum.lists import Ciphertexts, JointKey, Layout
from evote.formats.verificatum.oracle import Piece
from evote.formats.verificatum.protinfo import ProtInfo, read_protinfo
from evote.formats.verificatum.prover import Shuffler
from evote.formats.verificatum.shuffle import party_file
from evote.formats.verificatum.verifier import ACTIVE, AUXSID, INPUT, OUTPUT, PUBLIC_KEY, SHUFFLING
from evote.record.files import check_new, write_new_directory

DEFAULT_AUXSID = "default"


def shuffle_to_directory(
    path: Path,
    protinfo: Path,
    *,
    key: Path,
    ciphertexts: Path,
    auxsid: str = DEFAULT_AUXSID,
    arithmetic: Arithmetic = Arithmetic.FAST,
    executor: Executor | None = None,
) -> int:
    """Shuffle the list in the file ``ciphertexts`` and write a new proof directory; return the number of ciphertexts.

    Raises `DecodeError` and `VerificationError` for what the files say, `EvidenceMissing` for files that cannot be
    read, `Refused` for a session that needs more than one mix server, and ``OSError``. With `Arithmetic.FAST` the
    workers of an ``executor`` see secrets.
    """
    check_new(path)
    info = read_protinfo(protinfo)
    if info.threshold != 1:
        raise Refused(f"this session needs the proofs of {info.threshold} mix servers; here is one")
    if not AUXSID.fullmatch(auxsid):
        raise Refused("auxsid: letters and digits only")
    layout = Layout(info.group, info.keywidth, info.width)
    joint, before = _read_key(info, layout, key), layout.ciphertexts(_tree(ciphertexts))
    challenger = info.challenger(auxsid)
    h = generators(info.group, challenger, info.slack, len(before), executor)
    made = Shuffler(layout, challenger, info.slack, joint, arithmetic, executor).shuffle(before, h)
    proofs = {"PermutationCommitment": made.u, "PoSCommitment": made.commitment, "PoSReply": made.reply}
    files = _session_files(info, auxsid, joint, before, made.after)
    write_new_directory(path, files | {party_file(name, 1): data for name, data in proofs.items()})
    return len(before)


def _session_files(
    info: ProtInfo, auxsid: str, key: JointKey, before: Ciphertexts, after: Ciphertexts
) -> dict[str, Piece]:
    texts = {"version": info.version, "auxsid": auxsid, "type": SHUFFLING, "width": str(info.width), ACTIVE: "1"}
    files: dict[str, Piece] = {name: text.encode() for name, text in texts.items()}
    lists = {INPUT: before.written, OUTPUT: after.written, party_file("Ciphertexts", 1): after.written}
    return files | {PUBLIC_KEY: key.written} | lists


def _read_key(info: ProtInfo, layout: Layout, path: Path) -> JointKey:
    """Return the key in VMN's "raw" file, whose group must be the session's."""
    tree = _tree(path)
    tree.node(2)
    marshalled = product_group(info.marshalled, layout.plain)
    if tree.take(len(marshalled)) != marshalled:
        raise tree.error("the key is of another group, or another number of keys, than protInfo.xml says")
    return layout.key(tree)


def _tree(path: Path) -> Tree:
    try:
        return Tree(path.read_bytes(), path.name)
    except OSError as error:
        raise EvidenceMissing(f"{path} cannot be read: {error.strerror}") from None
