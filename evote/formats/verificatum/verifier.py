"""The verdict on a proof directory: named checks, none of which a false or missing file can keep from being made.

Everything that the directory holds is read and compared. What nobody can tell from the directory is whether its input
list is the one that was meant to be shuffled, and its key the one that it was encrypted with: without something to
compare them with, the notes say that this was not checked. Nor can a directory show that it is of the type and of the
list that the auditor asked for: the scope says what of that was taken from the directory itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from itertools import pairwise
from pathlib import Path

from evote.errors import DecodeError, EvidenceMissing
from evote.formats.reading import opened_path
from evote.formats.verificatum.byte_tree import node
from evote.formats.verificatum.decryption import (
    DECRYPTION,
    INDICES,
    PLAINTEXTS,
    POLYNOMIAL,
    Opening,
    correct_parties,
    decryption_claims,
    plaintext_claims,
    read_polynomial,
    read_share,
)
from evote.formats.verificatum.directory import FILES, PROOFS, Directory
from evote.formats.verificatum.generators import generators
from evote.formats.verificatum.groups import product_group
from evote.formats.verificatum.label import (
    ANYTHING,
    CLAIMS,
    DECRYPTING,
    SHUFFLING,
    Expected,
    Label,
    read_label,
)
from evote.formats.verificatum.lists import Ciphertexts, JointKey, Layout
from evote.formats.verificatum.protinfo import PARAMETERS, ProtInfo, read_protinfo
from evote.formats.verificatum.shuffle import (
    Claims,
    Session,
    Turn,
    ahead_claims,
    party_file,
    permutation_commitment,
    whole_claims,
)
from evote.record.audit import Audit
from evote.record.report import Report, Steps

ORIGIN, KEY, LISTS, SHUFFLE, PLAIN, COMPLETE = (
    f"verificatum.{name}" for name in ("origin", "key", "lists", "shuffle", "plaintexts", "complete")
)
CHECKS: dict[str, str] = {
    PARAMETERS: "the parameters are strong enough, and the directory is of this protocol and version, and as expected",
    ORIGIN: "key and input list are those that the auditor brought",
    KEY: "the public key is well formed, and the polynomial is one of it",
    LISTS: "every list is a list of ciphertexts, as long as it must be, and its copies are the same",
    SHUFFLE: "each party's output is its input, re-encrypted and permuted",
    DECRYPTION: "each party's decryption factors are made with its share of the key",
    PLAIN: "the plaintexts are what the factors make of the ciphertexts",
    FILES: "the directory holds no other files",
    COMPLETE: "nothing that the verdict needs is missing",
}
INPUT, OUTPUT, MAXCIPH = "Ciphertexts.bt", "ShuffledCiphertexts.bt", f"{PROOFS}/maxciph"
PUBLIC_KEY, ACTIVE = "FullPublicKey.bt", f"{PROOFS}/activethreshold"
SHUFFLE_FILES = ("Ciphertexts", "PermutationCommitment")
WHOLE_FILES = (*SHUFFLE_FILES, "PoSCommitment", "PoSReply")
AHEAD_FILES = (*SHUFFLE_FILES, "PoSCCommitment", "PoSCReply", "KeepList", "CCPoSCommitment", "CCPoSReply")
OPENING_FILES = ("DecryptionFactors", "DecrFactCommitment", "DecrFactReply")
MAX_CIPHERTEXTS = 10**8
PIECE = 1 << 20  # bytes that are compared at once


def verify_directory(
    path: Path,
    protinfo: Path,
    *,
    key: Path | None = None,
    ciphertexts: Path | None = None,
    kind: str | None = None,
    auxsid: str | None = None,
    width: int | None = None,
    executor: Executor | None = None,
    seed: bytes | None = None,
) -> Report:
    """Return the report on the proof directory at ``path``, of the session that the file ``protinfo`` describes.

    The auditor brings ``protinfo``; nothing of it is taken from the directory. So are ``key`` and ``ciphertexts``, the
    joint key and the input list as VMN's "raw" files, and ``kind`` (``shuffling``, ``mixing`` or ``decryption``),
    ``auxsid`` and ``width``: what is brought is compared with what the directory holds. A width that is not brought is
    that of ``protinfo``. A given ``seed`` makes the run a reproduction, not a verification.
    """
    audit = Audit(seed=seed, executor=executor)
    return _Verifier(path, Expected(kind, auxsid, width), key, ciphertexts, audit).run(protinfo)


class VerificatumFormat:
    """The registered format ``verificatum``."""

    brings: Mapping[str, str] = {"protinfo": "the session's protInfo.xml, obtained elsewhere"}
    takes: Mapping[str, str] = {
        "key": "the public key, a raw file",
        "ciphertexts": "the list that was to be shuffled or decrypted, a raw file",
    }

    claims: Mapping[str, str] = CLAIMS

    def __init__(self, expected: Expected = ANYTHING) -> None:
        """Refuse directories that say they are something else than ``expected``."""
        self._expected = expected

    @staticmethod
    def expecting(claims: Mapping[str, str]) -> VerificatumFormat:
        """Return the format that refuses other directories; ``ValueError`` for what none can be."""
        return VerificatumFormat(Expected.of(claims))

    def verify(
        self, path: Path, brought: Mapping[str, Path], *, executor: Executor | None = None, seed: bytes | None = None
    ) -> Report:
        """Return the report; see `verify_directory`."""
        audit = Audit(seed=seed, executor=executor)
        key, ciphertexts = brought.get("key"), brought.get("ciphertexts")
        return _Verifier(path, self._expected, key, ciphertexts, audit).run(brought["protinfo"])


class _Verifier:
    def __init__(
        self, path: Path, expected: Expected, key: Path | None, ciphertexts: Path | None, audit: Audit
    ) -> None:
        self._path, self._expected, self._audit = path, expected, audit
        self._brought = {"the public key": key, "the input list": ciphertexts}
        self._steps = Steps(audit, COMPLETE)
        self._report = Report(seed=audit.seed, checks=CHECKS)

    def run(self, protinfo: Path) -> Report:
        if self._audit.reproduction:
            self._report.notes.append("the seed was given: this is a reproduction, not a verification")
        with self._steps.step(PARAMETERS):
            self._directory(_brought(protinfo), Directory(self._path))
        if self._steps.clean:
            self._audit.hold(COMPLETE)
        self._report.findings = self._steps.findings(CHECKS)
        return self._report

    def _directory(self, info: ProtInfo, directory: Directory) -> None:
        label = read_label(directory, info, self._expected)
        self._audit.hold(PARAMETERS)
        active = directory.number(ACTIVE, info.threshold, info.parties)
        ahead = label.kind != DECRYPTING and directory.has(MAXCIPH)
        with self._steps.step(FILES):
            strangers = directory.strangers(_expected(info, label.kind, active, ahead=ahead))
            self._audit.require(not strangers, FILES, ", ".join(strangers[:10]))
        layout = Layout(info.group, info.keywidth, label.width)
        key = self._key(info, directory, layout)
        lists = self._lists(directory, layout, label.kind, active)
        self._scope(info, label, active, lists[0])
        if key is not None:
            self._origin("the public key", node(product_group(info.marshalled, layout.plain), key.written))
        if lists[0] is not None:
            self._origin("the input list", lists[0].written)
        if key is not None and lists[0] is not None:
            session = Session(directory, layout, info.challenger(label.auxsid), key)
            with self._steps.step(SHUFFLE):
                self._shuffles(session, info, lists, len(lists[0]), ahead=ahead)
            if label.kind != SHUFFLING and lists[-1] is not None:
                self._decryption(session, info, lists[-1])

    def _scope(self, info: ProtInfo, label: Label, active: int, before: Ciphertexts | None) -> None:
        """Say what the directory is, and what of that it alone says."""
        rows = "no readable list" if before is None else f"{len(before)} ciphertexts"
        shuffles = "" if label.kind == DECRYPTING else f", {active} of them shuffled, {info.threshold} had to"
        session = f"session {info.sid}.{label.auxsid}, width {label.width}"
        self._report.scope.append(f"scope: {label.kind}, {session}, {rows}; parties: {info.parties}{shuffles}")
        known = {"type": self._expected.kind, "auxsid": self._expected.auxsid, **self._brought}
        if taken := [what for what, brought in known.items() if brought is None]:
            self._report.scope.append(f"taken from the directory, and compared with nothing: {', '.join(taken)}")

    def _origin(self, what: str, found: bytes | memoryview) -> None:
        path = self._brought[what]
        if path is None:
            self._report.notes.append(f"origin of {what}: not checked (nothing to compare it with was given)")
            return
        with self._steps.step(ORIGIN):
            self._audit.require(_holds(path, found), ORIGIN, f"{what} is not that in {path}")

    def _key(self, info: ProtInfo, directory: Directory, layout: Layout) -> JointKey | None:
        with self._steps.step(KEY):
            key = layout.key(directory.tree(PUBLIC_KEY))
            if directory.has(POLYNOMIAL):
                read_polynomial(directory, layout, key, info.threshold)
            self._audit.hold(KEY)
            if plain := [str(number) for number, y in enumerate(key.y, 1) if y == layout.group.identity]:
                self._report.notes.append(f"the key of columns {', '.join(plain)} is 1: nothing in them is encrypted")
            return key
        return None

    def _lists(self, directory: Directory, layout: Layout, kind: str, active: int) -> list[Ciphertexts | None]:
        """Return the input list and each party's output, None for what is missing or malformed."""
        names = [INPUT]
        if kind != DECRYPTING:
            names += [party_file("Ciphertexts", party) for party in range(1, active + 1)]
        if kind == SHUFFLING and not directory.has(names[-1]):
            names[-1] = OUTPUT
        lists: list[Ciphertexts | None] = []
        for name in names:
            lists.append(None)
            with self._steps.step(LISTS):
                lists[-1] = layout.ciphertexts(directory.tree(name), len(lists[0]) if lists[0] else None)
                self._audit.hold(LISTS)
        if kind == SHUFFLING and lists[-1] is not None:
            with self._steps.step(LISTS):
                copy = layout.ciphertexts(directory.tree(OUTPUT))
                self._audit.require(copy.written == lists[-1].written, LISTS, f"{OUTPUT} is not {names[-1]}")
        return lists

    def _shuffles(
        self, session: Session, info: ProtInfo, lists: list[Ciphertexts | None], n: int, *, ahead: bool
    ) -> None:
        if len(lists) == 1:
            return
        if ahead:
            n = session.directory.number(MAXCIPH, n, MAX_CIPHERTEXTS)
            permutation_commitment(session, 1, n)  # there, so that nobody has us make more generators than are used
        h = generators(info.group, session.challenger, info.slack, n, self._audit.executor)
        claims = ahead_claims if ahead else whole_claims
        for party, (before, after) in enumerate(pairwise(lists), 1):
            if before is not None and after is not None:
                with self._steps.step(SHUFFLE):
                    turn = Turn(party, before, after, h)
                    self._check(claims(session, turn), SHUFFLE, f"party {party}: equation ")

    def _decryption(self, session: Session, info: ProtInfo, before: Ciphertexts) -> None:
        with self._steps.step(DECRYPTION):
            polynomial = read_polynomial(session.directory, session.layout, session.key, info.threshold)
            correct = correct_parties(session, info)
            for party in sorted(set(range(1, info.parties + 1)) - set(correct)):
                self._report.notes.append(
                    f"party {party} does not count as correct: what it says of the decryption was not checked"
                )
            shares = [read_share(session, party, len(before)) for party in range(1, info.parties + 1)]
            opening = Opening(before, polynomial, shares)
            with self._steps.step(PLAIN):
                plaintexts = session.layout.halves(session.directory.tree(PLAINTEXTS), len(before))
                claims = plaintext_claims(opening, plaintexts, correct[: info.threshold])
                self._check(claims, PLAIN, f"{PLAINTEXTS}: ")
            self._check(decryption_claims(session, opening, correct), DECRYPTION, "equation of ")

    def _check(self, claims: Claims, check: str, subject: str) -> None:
        batch = self._audit.batch(check, subject)
        for name, equation in claims:
            batch.add([equation], check, f"{subject}{name}")
        batch.check(self._audit.executor)
        self._audit.hold(check)


def _brought(protinfo: Path) -> ProtInfo:
    """Return what the auditor's file says; `EvidenceMissing` if it is malformed, for that refutes no directory."""
    try:
        return read_protinfo(protinfo)
    except DecodeError as error:
        raise EvidenceMissing(f"{error} (a file that the auditor brings)") from None


def _holds(path: Path, found: bytes | memoryview) -> bool:
    """Tell whether a file that was brought holds these bytes and no more; `EvidenceMissing` if it cannot be read."""
    pieces = (found[at : at + PIECE] for at in range(0, len(found), PIECE))
    with opened_path(path) as file:
        return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)


def _expected(info: ProtInfo, kind: str, active: int, *, ahead: bool) -> set[str]:
    """Return the names of the files that such a directory may hold."""
    names = {"auxsid", "type", "version", "width", INPUT, PUBLIC_KEY, ACTIVE, POLYNOMIAL}
    if kind == SHUFFLING:
        names.add(OUTPUT)
    if kind != DECRYPTING:
        proofs = AHEAD_FILES if ahead else WHOLE_FILES
        names.update(party_file(file, party) for file in proofs for party in range(1, active + 1))
        names.update([MAXCIPH] * ahead)
    if kind != SHUFFLING:
        names.update([PLAINTEXTS, INDICES])
        names.update(party_file(file, party) for file in OPENING_FILES for party in range(1, info.parties + 1))
    return names
