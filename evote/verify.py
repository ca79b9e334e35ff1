"""The verdict on a record: named checks in order, from public data alone.

A `Report` is truthy only if checks were run and every one of them held. The exit status is the verdict: 0 every check
held, 1 something present is false, malformed or inconsistent, 2 something needed is absent or unreadable. What is false
outweighs what is absent, so nobody hides a falsehood by taking something else away; only what rests on the thing taken
away can no longer be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from evote.errors import EvidenceMissing
from evote.formats.native.reader import NativeRecord
from evote.methods.method import Figures
from evote.methods.threshold import as_of
from evote.mixnet.shuffle import shuffle_proof
from evote.procedure.machine import Procedure
from evote.procedure.turnout import Turnout
from evote.record import report
from evote.record.audit import Audit
from evote.record.board import Checkpoint, verify_checkpoint
from evote.record.entries import Result
from evote.record.manifest import Election
from evote.record.report import Finding, Steps

__all__ = ["CHECKS", "Finding", "Progress", "Report", "verify"]

CHECKS: dict[str, str] = {
    "record.origin": "the election is the one whose fingerprint the auditor brought",
    "election.definition": "the definition is canonical and consistent",
    "board.checkpoint": "the operator signed the checkpoint",
    "entry.encoding": "every entry and list is canonical, every element a member of its group",
    "entry.author": "every entry is of a kind that its author may write",
    "entry.order": "every entry comes in the phase it belongs to",
    "entry.signature": "every role signed its entries",
    "election.fingerprint": "the board serves this election",
    "roll.count": "the roll is as long as stated",
    "roll.credential": "voters and keys are distinct, districts and strata known",
    "roll.weight": "weights cannot overflow the count",
    "petition.weight": "all who may answer a petition that is only tested have one weight",
    "key.order": "trustees spoke in the order of the rounds, once each",
    "key.commitment": "commitments and box keys are well formed and fresh",
    "key.opening": "polynomials are those committed to, of the right degree, their constant terms known",
    "key.boxes": "a box was dealt to every participant",
    "key.verdict": "complaints are in order, and judged by opening the box",
    "key.restart": "only the guilty and the absent were left out",
    "key.joint": "the joint key is the product of the openings",
    "ballot.eligibility": "every ballot's author is on the roll",
    "ballot.sequence": "every ballot follows its voter's previous one",
    "ballot.signature": "every ballot is signed with the key on the roll",
    "ballot.contests": "every ballot answers its district's contests, each in full",
    "ballot.ciphertext": "every ciphertext is two members of the group",
    "ballot.proof": "every answer is proved to be what its question allows",
    "box.revocation": "revocations and restorations concern voters and change something",
    "box.closing": "the closing states size, root and counts as they are",
    "tally.unit": "only units large enough are opened, each once",
    "tally.aggregate": "each aggregate is the product of the kept ballots",
    "mix.order": "every mix server shuffled every list, in order",
    "mix.input": "each shuffle starts from the list before it",
    "mix.length": "each proof of shuffle is about as many rows as the list has",
    "mix.once": "no permutation commitment serves two shuffles",
    "shuffle.terelius-wikstrom": "each list is the one before, re-encrypted and permuted",
    "shuffle.commitment-consistent": "each list is the one before, re-encrypted, and permuted as was committed to",
    "petition.order": "petitions are tested at the times named, once each; shares and proofs follow",
    "petition.test": "each test is made on the product of the ballots kept at that time",
    "petition.once": "each trustee gave one share to each test",
    "petition.share": "each share of a test is made with the trustee's share of the key",
    "petition.trustees": "a test is decided by as many trustees as the definition says, who gave shares",
    "petition.proof": "the threshold is reached, or is not, as stated",
    "decryption.list": "only the list that the rules determine was decrypted, by qualified trustees",
    "decryption.once": "each trustee decrypted each list once",
    "decryption.proof": "each partial decryption is made with the trustee's share of the key",
    "result.contest": "each contest has one result",
    "result.sums": "the sums are such as the kept ballots can give",
    "result.count": "the result is what the decrypted lists say, every ballot accounted for",
    "record.list": "every list is the one that its entry names",
    "board.root": "the board is the one under the checkpoint",
    "board.consistency": "the board continues the one that the auditor saw elsewhere",
    "record.files": "the record holds no other files",
    "record.complete": "every contest has a result and nothing that the record names is missing",
}


def checks_of(election: Election) -> dict[str, str]:
    """Return what each check of this election's record shows: `CHECKS`, and that of a proof of shuffle plugged in."""
    proofs = [shuffle_proof(election.shuffle)] if election.mixers else []
    return CHECKS | {proof.check: proof.meaning for proof in proofs}


@dataclass(slots=True)
class Report(report.Report):
    """The verdict on an election, and everything it rests on; ``figures`` is what the methods decided by."""

    election: Election | None = None
    results: dict[str, Result] = field(default_factory=dict)
    turnout: Turnout | None = None
    figures: dict[str, Figures] = field(default_factory=dict)


Progress = Callable[[int], None]


def verify(
    path: Path,
    *,
    expect: bytes | None = None,
    checkpoint: bytes | None = None,
    executor: Executor | None = None,
    seed: bytes | None = None,
    progress: Progress = lambda _: None,
) -> Report:
    """Return the report on the record at ``path``.

    ``expect`` is the election's fingerprint, ``checkpoint`` a signed note, both obtained elsewhere; ``progress`` is
    told how many entries each step admitted.
    """
    return _Verifier(path, Audit(seed=seed, executor=executor)).run(expect, checkpoint, progress)


class _Verifier:
    def __init__(self, path: Path, audit: Audit) -> None:
        self._path, self._audit = path, audit
        self._steps = Steps(audit, "record.complete")
        self._report = Report(seed=audit.seed, checks=CHECKS)

    def run(self, expect: bytes | None, checkpoint: bytes | None, progress: Progress) -> Report:
        with self._steps.step("election.definition"):
            record = NativeRecord(self._path)
            election = record.election
            self._audit.hold("election.definition")
            self._report.election = election
            self._report.checks = checks_of(election)
            self._origin(election, expect)
            self._board(record, election, checkpoint, progress)
        return self._finish()

    def _origin(self, election: Election, expect: bytes | None) -> None:
        if expect is None:
            self._report.notes.append("origin of the record: not checked (no fingerprint was given)")
        else:
            found = f"fingerprint {election.fingerprint.hex()}"
            self._audit.require(election.fingerprint == expect, "record.origin", found)
        if self._audit.reproduction:
            self._report.notes.append("the seed was given: this is a reproduction, not a verification")

    def _board(self, record: NativeRecord, election: Election, seen: bytes | None, progress: Progress) -> None:
        signed: Checkpoint | None = None
        with self._steps.step("board.checkpoint"):
            signed = verify_checkpoint(record.checkpoint_bytes(), election.fingerprint, election.operator.key)
            self._audit.hold("board.checkpoint")
        procedure = Procedure(election, record, self._audit)
        for count in procedure.replay(record.lines()):
            progress(count)
        self._report.turnout = Turnout.of(procedure)
        if procedure.counting is not None:
            self._report.results = dict(procedure.counting.results)
            self._report.figures = dict(procedure.counting.figures)
        if signed is not None:
            reached = (procedure.log.size, procedure.log.root())
            self._audit.require(reached == (signed.size, signed.root), "board.root", f"{reached[0]} entries")
        if seen is not None:
            self._consistency(procedure, election, seen)
        record.check_files(procedure.lists)
        self._audit.hold("record.files")
        self._complete(procedure)

    def _consistency(self, procedure: Procedure, election: Election, seen: bytes) -> None:
        with self._steps.step("board.checkpoint"):
            other = verify_checkpoint(seen, election.fingerprint, election.operator.key)
            same = procedure.log.continues(other.size, other.root)
            self._audit.require(same, "board.consistency", f"the checkpoint seen elsewhere has {other.size} entries")

    def _complete(self, procedure: Procedure) -> None:
        procedure.require_evidence()
        if not procedure.state_is_final():
            raise EvidenceMissing(f"the election is not finished; {_next(procedure)}")
        self._audit.hold("record.complete")

    def _finish(self) -> Report:
        made = self._report
        made.findings = self._steps.findings(made.checks)
        contests = made.election.contests if made.election else ()
        if made.status != 1:
            made.notes += _decided_earlier(made.results)
        made.scope.append(
            f"scope: definition, board, lists and every proof; {len(made.results)} of {len(contests)} results"
        )
        made.scope.append("not in scope: voters' devices, who is on the roll, secrecy (docs/limitations.md)")
        return made


def _next(procedure: Procedure) -> str:
    """Return what an election that is not finished waits for."""
    if procedure.ceremony.key is None:
        return "there is no joint key yet"
    if procedure.box is None:
        return "there is no roll yet"
    due = procedure.counting.pending() if procedure.counting else ()
    return next((f"due: {who}: {what}" for who, what in due), "the box is open")


def _decided_earlier(results: Mapping[str, Result]) -> Iterator[str]:
    """Say which contests are decided by a test before closing, and why."""
    for contest, result in results.items():
        if result.outcome and (said := as_of(result.outcome)):
            yield f"contest {contest}: decided {said}"
