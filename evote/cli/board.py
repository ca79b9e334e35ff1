"""How a party reads the board before it acts: all of it, up to the operator's checkpoint, believing nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from evote.cli.output import progress
from evote.cli.workers import workers
from evote.errors import Refused, VerificationError
from evote.formats.native.reader import NativeRecord
from evote.procedure.counting import Counting
from evote.procedure.machine import Procedure
from evote.record.audit import Audit
from evote.record.board import verify_checkpoint
from evote.record.manifest import Role
from evote.record.merkle import MerkleLog
from evote.record.units import Place


@contextmanager
def verified_board(path: Path, expect: bytes | None, jobs: int) -> Iterator[Procedure]:
    """Yield the state of the election after every entry has been checked.

    Lines beyond the checkpoint were never acknowledged and are left out, so that the operator may post meanwhile.
    Raises what the checks raise, and `EvidenceMissing` if a list is not there.
    """
    record = NativeRecord(path)
    election = record.election
    if expect is not None and election.fingerprint != expect:
        raise VerificationError("record.origin", f"the record's fingerprint is {election.fingerprint.hex()}")
    signed = verify_checkpoint(record.checkpoint_bytes(), election.fingerprint, election.operator.key)
    with workers(jobs) as executor:
        procedure = Procedure(election, record, Audit(executor=executor))
        with progress("checking the board", signed.size) as advance:
            for count in procedure.replay(islice(record.lines(), signed.size)):
                advance(count)
        if (procedure.log.size, procedure.log.root()) != (signed.size, signed.root):
            raise VerificationError("board.root", f"{procedure.log.size} entries")
        procedure.require_evidence()
        yield procedure


def index_in(roles: Sequence[Role], key: bytes, office: str) -> int:
    """Return the index, from 1, of the role whose key this is; `Refused` if there is none."""
    found = [index for index, role in enumerate(roles, 1) if role.key == key]
    if not found:
        raise Refused(f"this key is not that of a {office} of this election")
    return found[0]


def counting_of(procedure: Procedure) -> Counting:
    """Return the state after the closing; `Refused` while the ballot box is open."""
    if procedure.counting is None:
        raise Refused("the ballot box is not closed yet")
    return procedure.counting


def file_names(procedure: Procedure) -> dict[Place, str]:
    """Return a short name for each contest and unit that is decrypted, the same at every time."""
    return {
        Place(contest.id, unit.name): f"{contest.id}-{number}"
        for contest in procedure.election.contests
        for number, unit in enumerate(counting_of(procedure).box.opened(contest), 1)
    }


def find_leaves(log: MerkleLog, leaves: Collection[bytes]) -> dict[bytes, int]:
    """Return the index of the entry with each of these leaf hashes, for those that are on the board."""
    return {log.leaf(index): index for index in range(log.size) if log.leaf(index) in leaves}
