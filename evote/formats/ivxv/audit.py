"""The audit of an IVXV election, end to end: box, mixing, decryption, invalid votes, tally; named, failing closed.

The official auditor checks proofs of decryption and of shuffle, each alone, and its exit status says nothing of them.
Here every file must fit the others. What no file shows is absent evidence: the format has no proof that a vote is
invalid, and without a proof of shuffle a box that was mixed cannot be told from one that was exchanged.

Source: ``docs/ivxv.md``; ``formats/IVXV.md`` 6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from evote.crypto.modp import ModPGroup
from evote.errors import EvidenceMissing, VerificationError
from evote.formats.ivxv import evidence
from evote.formats.ivxv.accounting import SHOWN, Decrypted, Votes, names, was_mixed
from evote.formats.ivxv.box.anonymous import AnonymousFile, InvalidFile
from evote.formats.ivxv.box.definitions import Choices, Districts, check_choices, read_choices, read_districts
from evote.formats.ivxv.box.tally import Definitions, Tally, read_tally
from evote.formats.ivxv.checks import (
    ACCOUNT,
    CHECKS,
    CHECKSUM,
    CHOICE,
    CHOICES,
    COMPLETE,
    DECRYPTION,
    ELECTION,
    ENCODING,
    FILES,
    GENERATION,
    INVALID,
    KEY,
    MIX,
    PLACE,
    SHUFFLE,
    SUMS,
    TALLY,
    UNASKED,
)
from evote.formats.ivxv.decrypted import Proved, capacity, tell_generation
from evote.formats.ivxv.evidence import MIXING, ROLES, WITHOUT, Evidence, has_checksum, read
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import PublicKey, read_public_key
from evote.formats.ivxv.mixing import ProofOfShuffle
from evote.formats.ivxv.outcome import Malformed, Outcome, assign
from evote.formats.ivxv.proof_file import ProofFile, check_proofs
from evote.formats.reading import opened_path
from evote.record.audit import Audit
from evote.record.report import Report, Steps

MIN_BITS = 2048  # of p


class _OfElection(Protocol):
    @property
    def election(self) -> str: ...


T = TypeVar("T", bound=_OfElection)


def audit(
    directory: Path | None,
    brought: Mapping[str, Path],
    *,
    generation: Generation | None = None,
    executor: Executor | None = None,
    seed: bytes | None = None,
) -> Report:
    """Return the report on the files in ``directory`` and on those ``brought``, by role (`evidence.ROLES`).

    Never raises for what files hold. A given ``seed`` makes the run a reproduction, not a verification. Memory: some
    hundreds of bytes for each vote, and what `check_proofs` takes.
    """
    return _Auditor(Audit(seed=seed, executor=executor), generation).run(directory, brought)


class _Auditor:
    def __init__(self, audit: Audit, generation: Generation | None) -> None:
        self._audit, self._forced = audit, generation
        self._steps = Steps(audit, COMPLETE)
        self._report = Report(seed=audit.seed, checks=CHECKS)
        self._elections: list[tuple[str, str]] = []  # of each file: its name, and its election

    def run(self, directory: Path | None, brought: Mapping[str, Path]) -> Report:
        if self._audit.reproduction:
            self._report.notes.append("the seed was given: this is a reproduction, not a verification")
        with self._steps.step(FILES):
            files = Evidence(directory, brought)
            self._audit.hold(FILES)
            self._all(files)
        if self._steps.clean:
            self._audit.hold(COMPLETE)
        self._report.findings = [
            replace(found, error=f"official tool: does not ask; refused here because {found.error}")
            if found.error and not found.absent and found.check in UNASKED
            else found
            for found in self._steps.findings(CHECKS)
        ]
        self._scope()
        return self._report

    def _all(self, files: Evidence) -> None:
        for role, consequence in WITHOUT.items():
            with self._steps.step(COMPLETE):
                if not files.all(role):
                    raise EvidenceMissing(f"no {role} ({ROLES[role]}): {consequence}")
        key = self._key(files)
        districts = self._load(files, evidence.DISTRICTS, read_districts)
        choices = self._load(files, evidence.CHOICES, read_choices)
        box, shuffled = self._box(files, evidence.BOX), self._box(files, evidence.SHUFFLED)
        malformed = Malformed(key.group if key else None)
        invalid = self._invalid(files, malformed)
        proved = self._proofs(files, key) if key else None
        definitions = self._definitions(districts, choices, proved) if districts and choices and proved else None
        if box and shuffled:
            self._mixing(files, key, box, shuffled)
        last = shuffled if files.all(evidence.SHUFFLED) else box
        if proved and last and (invalid or not files.all(evidence.INVALID)):
            decrypted = Decrypted(proved.count, invalid or Votes(last.election))
            if self._account(files, last, decrypted) and not proved.refusals:
                self._outcome(files, Outcome(last, decrypted, proved.texts, definitions, malformed.found))
        self._tallies_add_up(files)
        self._same_election()
        self._report.notes += [f"a vote listed as invalid is malformed: {line}" for line in malformed.disputed[:SHOWN]]
        self._others(files)

    def _key(self, files: Evidence) -> PublicKey | None:
        with self._steps.step(KEY):
            keys = {read_public_key(read(path)) for path in files.all(evidence.KEY)}
            if not keys:
                return None
            if len(keys) > 1:
                raise VerificationError(KEY, "the key files hold different keys")
            (key,) = keys
            bits = key.group.p.bit_length() if isinstance(key.group, ModPGroup) else MIN_BITS
            self._audit.require(bits >= MIN_BITS, KEY, f"p has {bits} bits, and {MIN_BITS} are needed")
            if key.election:
                self._elections.append(("key", key.election))
            else:
                self._report.notes.append("the key names no election, so the proofs are bound to none")
            self._report.scope.append(f"key: SHA-256 {hashlib.sha256(key.encoded).hexdigest()}; compare it yourself")
            return key
        return None

    def _load(self, files: Evidence, role: str, reader: Callable[[bytes], T]) -> T | None:
        with self._steps.step(ENCODING):
            path = files.one(role)
            return self._read(path, reader) if path else None
        return None

    def _read(self, path: Path, reader: Callable[[bytes], T]) -> T:
        self._checksum(path)
        made = reader(read(path))
        self._audit.hold(ENCODING)
        self._elections.append((path.name, made.election))
        return made

    def _checksum(self, path: Path) -> None:
        with self._steps.step(CHECKSUM):
            if has_checksum(path):
                self._audit.hold(CHECKSUM)

    def _box(self, files: Evidence, role: str) -> Votes | None:
        votes = self._votes(files, role, AnonymousFile)
        if votes:
            self._report.scope.append(f"{role}: {votes.count} votes")
            if copies := votes.copies():
                self._report.notes.append(f"{files.all(role)[0].name}: {copies} votes have the ciphertext of another")
        return votes

    def _invalid(self, files: Evidence, malformed: Malformed) -> Votes | None:
        votes = self._votes(files, evidence.INVALID, InvalidFile, malformed.see)
        if votes:
            self._report.scope.append(f"listed as invalid: {votes.count} votes, {len(malformed.found)} malformed")
        return votes

    def _votes(
        self,
        files: Evidence,
        role: str,
        reader: type[AnonymousFile | InvalidFile],
        see: Callable[[bytes, bytes], None] | None = None,
    ) -> Votes | None:
        """Return the votes in the file of a role; None if there is none, or it cannot be read to its end."""
        with self._steps.step(ENCODING):
            path = files.one(role)
            if path is None:
                return None
            self._checksum(path)
            with opened_path(path) as file:
                held = reader(file, path.name)
                votes = Votes.of(held.election, held, see)
            self._audit.hold(ENCODING)
            self._elections.append((path.name, votes.election))
            return votes
        return None

    def _proofs(self, files: Evidence, key: PublicKey) -> Proved | None:
        """Return what the proof file shows; None if it cannot be read to its end."""
        proved, whole = None, False
        with self._steps.step(ENCODING):
            path = files.one(evidence.PROOFS)
            if path is None:
                return None
            self._checksum(path)
            with opened_path(path) as file:
                held = ProofFile(file, path.name)
                self._elections.append((path.name, held.election))
                generation = tell_generation(key, held.first, self._forced)
                self._audit.hold(GENERATION)
                proved = Proved(key, generation)
                audit = self._audit
                for checked in check_proofs(key, generation, held, executor=audit.executor, seed=audit.seed):
                    proved.take(checked)
            self._audit.hold(ENCODING)
            whole = True
        if proved is None:
            return None
        self._report.scope.append(f"proofs: {proved.held} hold, {proved.refusals} do not; {proved.generation.value}")
        self._audit.hold(DECRYPTION, proved.held)
        with self._steps.step(DECRYPTION):
            proved.require_all()
        return proved if whole else None

    def _definitions(self, districts: Districts, choices: Choices, proved: Proved) -> Definitions | None:
        with self._steps.step(CHOICES):
            check_choices(choices, districts, capacity(proved.generation, proved.key.group))
            self._audit.hold(CHOICES)
            proved.resolve(choices)
            return Definitions(districts, choices, proved.generation)
        return None

    def _mixing(self, files: Evidence, key: PublicKey | None, box: Votes, shuffled: Votes) -> None:
        with self._steps.step(MIX):
            mixed = was_mixed(box, shuffled)
            self._audit.hold(MIX)
            if not mixed:
                self._report.notes.append("both boxes hold the same ciphertexts: nothing was mixed")
                self._report.notes += ["there is a proof of shuffle, which was not read"] * bool(files.all(MIXING))
            elif key:
                self._shuffle(ProofOfShuffle.of(files, key), key, box, shuffled)

    def _shuffle(self, proof: ProofOfShuffle, key: PublicKey, box: Votes, shuffled: Votes) -> None:
        self._report.scope.append(f"proof of shuffle: {proof.directory.name}, with {proof.protinfo.name}")
        with self._steps.step(SHUFFLE):
            proof.compare(key, box, shuffled)
            self._audit.hold(SHUFFLE)
        with self._steps.step(SHUFFLE):
            proof.check(self._audit.executor, self._audit.subseed(SHUFFLE))
            self._audit.hold(SHUFFLE)

    def _account(self, files: Evidence, last: Votes, decrypted: Decrypted) -> bool:
        """Tell whether every ciphertext is accounted for."""
        with self._steps.step(ACCOUNT):
            if last.count and not files.all(evidence.SHUFFLED) and not decrypted.meets(last):
                decrypted.check_count(last, complete=bool(files.all(evidence.INVALID)))
                raise EvidenceMissing("no shuffled (the ballot box after mixing): what was decrypted is not this box")
            if surplus := decrypted.surplus(last):
                raise VerificationError(ACCOUNT, f"proved or listed, but not in the box so often: {names(surplus)}")
            if missing := decrypted.missing(last):
                if not files.all(evidence.INVALID):
                    raise EvidenceMissing(f"no invalid ({ROLES[evidence.INVALID]}): {names(missing)} are not proved")
                raise VerificationError(ACCOUNT, f"neither proved nor listed as invalid: {names(missing)}")
            self._audit.hold(ACCOUNT, last.count)
            if not files.all(evidence.SHUFFLED):
                self._report.notes.append("what was decrypted is the box as it was collected: nothing was mixed")
            return True
        return False

    def _outcome(self, files: Evidence, outcome: Outcome) -> None:
        with self._steps.step(INVALID):
            unseen, listed = outcome.unseen(), outcome.decrypted.invalid.count
            self._audit.hold(INVALID, listed - len(unseen))
            if unseen:
                raise EvidenceMissing(f"nothing shows that these votes are invalid: {names(unseen)}")
        definitions = outcome.definitions
        if definitions is None:
            return
        with self._steps.step(CHOICE):
            self._audit.hold(CHOICE, outcome.check_choices(definitions))
        with self._steps.step(TALLY):
            paths = assign(files.all(evidence.TALLY), outcome.box.questions())
            for question, tally in outcome.tallies(definitions, list(paths)).items():
                self._compare(question, tally, paths.get(question))
            self._audit.hold(PLACE, outcome.box.count)

    def _compare(self, question: str, made: Tally, path: Path | None) -> None:
        with self._steps.step(TALLY):
            if path is None:
                raise EvidenceMissing(f"no tally of question {question}")
            said = read_tally(read(path))
            faults = said.differences(made)
            self._audit.require(
                not faults, TALLY, f"{path.name} and the plaintexts differ: {'; '.join(faults[:SHOWN])}"
            )

    def _tallies_add_up(self, files: Evidence) -> None:
        for path in files.all(evidence.TALLY):
            with self._steps.step(ENCODING):
                tally = self._read(path, read_tally)
                try:
                    tally.check_sums()
                except VerificationError:
                    raise VerificationError(SUMS, f"{path.name}: a district is not the sum of its parishes") from None
                self._audit.hold(SUMS)

    def _same_election(self) -> None:
        with self._steps.step(ELECTION):
            if self._elections:
                (_, first), *rest = self._elections
                others = [f"{name} is of {election}, not {first}" for name, election in rest if election != first]
                self._audit.require(not others, ELECTION, "; ".join(others[:SHOWN]))

    def _others(self, files: Evidence) -> None:
        if files.strangers:
            count, first = len(files.strangers), ", ".join(files.strangers[:SHOWN])
            self._report.notes.append(f"{count} files were not looked at: {first}{', ...' if count > SHOWN else ''}")

    def _scope(self) -> None:
        reached = {found.check for found in self._report.findings}
        if silent := [check for check in CHECKS if check not in reached]:
            why = "nothing there to check" if self._steps.clean else "not reached, so not shown"
            self._report.scope.append(f"{why}: {', '.join(silent)}")
        self._report.scope.append("not in scope: who voted, which ballots count, secrecy, devices (docs/ivxv.md)")
