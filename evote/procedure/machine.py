"""Which entry may come next, and what it must satisfy: the one machine that everybody runs.

The operator's door runs it before it accepts, trustees and mixers before they act, auditors at the end. Entries are
admitted in board order; the first that should not be there raises `VerificationError` with the check it fails and
leaves the state as it was. What the rules determine (kept ballots, units, lists, results) is computed here and
compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from evote.ballot.box import BallotBox
from evote.ballot.check import Submission, check_ballots
from evote.crypto.elgamal import PublicKey
from evote.crypto.signature import verify_signature
from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.parallel import pmap
from evote.procedure.counting import Counting
from evote.procedure.petitions import Petitions
from evote.record import canonical
from evote.record import entries as kinds
from evote.record.audit import Audit
from evote.record.entries import Credential, Entry, ballot_in, decode_entry, signing_message
from evote.record.lists import Source
from evote.record.manifest import Election
from evote.record.merkle import MerkleLog, leaf_hash
from evote.tally.ceremony import Ceremony

BALLOTS_IN_A_CHUNK = 256
BALLOTS_CHECKED_AHEAD = 50  # a false one among them costs as many single checks
MISSING_NOTED = 100  # without the roll every ballot lacks its evidence

WRITERS: dict[str, tuple[type[kinds.Body], ...]] = {
    "operator": (
        kinds.Definition,
        kinds.KeyRestart,
        kinds.JointKey,
        kinds.Closing,
        kinds.Aggregate,
        kinds.ThresholdTest,
        kinds.Result,
    ),
    "registrar": (kinds.Roll, kinds.Revocation, kinds.Restoration),
    "trustee": (
        kinds.KeyCommitment,
        kinds.KeyOpening,
        kinds.KeyBoxes,
        kinds.KeyVerdict,
        kinds.DecryptionShare,
        kinds.ThresholdShare,
        kinds.ThresholdProof,
    ),
    "mixer": (kinds.Shuffle,),
    "voter": (kinds.Ballot,),
}


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry at its place on the board."""

    index: int
    leaf: bytes
    entry: Entry

    @property
    def subject(self) -> str:
        """The entry, for people."""
        return f"entry {self.index} ({self.entry.body.__struct_config__.tag} by {self.entry.author})"

    @property
    def is_ballot(self) -> bool:
        """Whether a voter's proofs are to be checked, which is done by the chunk."""
        return isinstance(self.entry.body, kinds.Ballot)


@dataclass(frozen=True, slots=True)
class _Polls:
    """What voting needs."""

    box: BallotBox
    key: PublicKey


class Procedure:
    """One election, as far as its board goes.

    ``ceremony``, ``box`` and ``counting`` hold the state of the three phases; ``missing`` lists the evidence that
    entries name and the record lacks, ``lists`` the digests of all lists that they name. After an error from `replay`
    the object is of no further use.
    """

    def __init__(self, election: Election, source: Source, audit: Audit) -> None:
        """Start before the first entry."""
        self.election, self.audit = election, audit
        self._source = source
        self.log = MerkleLog()
        self.ceremony = Ceremony(election, audit)
        self.box: BallotBox | None = None
        self.petitions = Petitions(election, self.ceremony, source, audit)
        self.counting: Counting | None = None
        self.missing: list[EvidenceMissing] = []
        self.lists: set[bytes] = set()
        self._checked_ahead: set[bytes] = set()

    def replay(self, lines: Iterable[bytes]) -> Iterator[int]:
        """Admit the lines of a board; yield how many entries each step has admitted.

        Missing evidence is noted in ``missing`` and the replay goes on, so that it cannot hide what is false.
        """
        posted = (self._read(index, line) for index, line in enumerate(lines, self.log.size))
        for ballots, run in groupby(posted, lambda item: item.is_ballot):
            if ballots and (polls := self._polls()):
                yield from self._admit_ballots(polls, run)
                continue
            for item in run:
                try:
                    self._admit(item)
                except EvidenceMissing as error:
                    self.missing += [error] if len(self.missing) < MISSING_NOTED else []
                    if self.counting is not None:
                        self.counting.pass_over(item.entry.author, item.entry.body)
                self._append(item)
                yield 1

    def check_ahead(self, lines: Iterable[bytes]) -> None:
        """Check what ballots must satisfy by themselves, in batches by the workers, for `admit` to rely on.

        A batch with a false ballot in it is worth nothing: `admit` checks each of them, and says which it is.
        """
        self._checked_ahead = set()
        if (polls := self._polls()) is None:
            return
        check = partial(_leaves_that_hold, self.election, polls.key, self.audit.subseed("ahead", self.log.size))
        coming = filter(None, (_coming(polls.box, line) for line in lines))
        for leaves in pmap(check, coming, executor=self.audit.executor, chunk=BALLOTS_CHECKED_AHEAD):
            self._checked_ahead.update(leaves)

    def admit(self, line: bytes) -> Entry:
        """Admit one entry, completely checked; whatever it raises, the state stays as it was."""
        item = self._read(self.log.size, line)
        self._admit(item)
        self._append(item)
        return item.entry

    def require_evidence(self) -> None:
        """Raise the first `EvidenceMissing` that a replay has noted, if there is one."""
        if self.missing:
            raise self.missing[0]

    def state_is_final(self) -> bool:
        """Tell whether every contest has its result."""
        return self.counting is not None and len(self.counting.results) == len(self.election.contests)

    def _append(self, item: Posted) -> None:
        self.log.append(item.leaf)
        self.lists.update(kinds.lists_named(item.entry.body))

    def _read(self, index: int, line: bytes) -> Posted:
        try:
            item = Posted(index, leaf_hash(line), decode_entry(line))
        except DecodeError as error:
            raise VerificationError("entry.encoding", f"entry {index}: {error}") from None
        self.audit.hold("entry.encoding")
        entry = item.entry
        role = entry.author.split(" ")[0]
        self.audit.require(isinstance(entry.body, WRITERS.get(role, ())), "entry.author", item.subject)
        self.audit.require((index == 0) == isinstance(entry.body, kinds.Definition), "entry.order", item.subject)
        if role != "voter":
            self._check_signature(item)
        return item

    def _check_signature(self, item: Posted) -> None:
        entry, election = item.entry, self.election
        try:
            key = election.role_key(entry.author)
        except KeyError:
            raise VerificationError("entry.author", item.subject) from None
        try:
            message = signing_message(election.fingerprint, entry.author, entry.body)
            verify_signature(key, message, entry.signature)
        except VerificationError:
            raise VerificationError("entry.signature", item.subject) from None
        self.audit.hold("entry.signature")

    def _polls(self) -> _Polls | None:
        """Return roll and key if there are both and the box is not closed."""
        if self.box is None or self.ceremony.key is None or self.counting is not None:
            return None
        return _Polls(self.box, self.ceremony.key)

    def _admit_ballots(self, polls: _Polls, run: Iterable[Posted]) -> Iterator[int]:
        """Admit consecutive ballots: what depends on the order here, the proofs by the chunk in the workers."""
        check = partial(check_ballots, self.election, polls.key, self.audit.subseed("ballots"))
        submissions = (self._take_in(polls, item) for item in run)
        before = self.log.size
        for held in pmap(check, submissions, executor=self.audit.executor, chunk=BALLOTS_IN_A_CHUNK):
            self.audit.held.update(held)
            yield self.log.size - before
            before = self.log.size

    def _take_in(self, polls: _Polls, item: Posted) -> Submission:
        submission = self._submission(polls, item)
        polls.box.keep(submission.credential.voter, item.index, item.leaf)
        self._append(item)
        return submission

    def _submission(self, polls: _Polls, item: Posted) -> Submission:
        credential = polls.box.credential(item.entry.author, item.subject)
        polls.box.check_next(credential.voter, ballot_in(item.entry), item.subject)
        return Submission(item.entry, credential, item.subject)

    def _admit(self, item: Posted) -> None:
        try:
            self._dispatch(item)
        except DecodeError as error:
            raise VerificationError("entry.encoding", f"{item.subject}: {error}") from None
        if named := kinds.lists_named(item.entry.body):
            self.audit.hold("record.list", len(named))

    def _dispatch(self, item: Posted) -> None:
        body, author, subject = item.entry.body, item.entry.author, item.subject
        match body:
            case kinds.Definition():
                fingerprint = self.election.fingerprint
                self.audit.require(body.fingerprint == fingerprint, "election.fingerprint", subject)
            case kinds.Roll():
                self._roll(body, subject)
            case kinds.KeyCommitment() | kinds.KeyOpening() | kinds.KeyBoxes() | kinds.KeyVerdict():
                self.ceremony.admit(author, body, subject)
            case kinds.KeyRestart():
                self.ceremony.restart(body, subject)
            case kinds.JointKey():
                self.ceremony.finish(body, subject)
            case kinds.Ballot():
                self._ballot(item)
            case kinds.Revocation() | kinds.Restoration():
                self._voting(subject).box.revoke(body, subject)
            case kinds.Closing():
                self._close(body, subject)
            case kinds.ThresholdTest() | kinds.ThresholdShare() | kinds.ThresholdProof():
                self._petition(author, body, subject)
            case kinds.Aggregate() | kinds.Shuffle() | kinds.DecryptionShare() | kinds.Result():
                self._counting(subject).admit(author, body, subject)

    def _petition(
        self, author: str, body: kinds.ThresholdTest | kinds.ThresholdShare | kinds.ThresholdProof, subject: str
    ) -> None:
        box, closed = self._box(subject), self.counting is not None
        match body:
            case kinds.ThresholdTest():
                self.petitions.admit(body, box, self.log, closed=closed, subject=subject)
            case kinds.ThresholdShare():
                self.petitions.tests.admit_share(author, body, subject)
            case kinds.ThresholdProof():
                self.petitions.tests.admit_proof(author, body, subject)

    def _roll(self, body: kinds.Roll, subject: str) -> None:
        self.audit.require(self.box is None and self.counting is None, "entry.order", subject)
        rows = self._source.rows(body.credentials, body.count)
        credentials = (canonical.decode(row, Credential) for row in rows)
        box = BallotBox(self.election, credentials, self.audit, subject)
        self.audit.require(box.electorate == body.count, "roll.count", subject)
        self.box = box

    def _voting(self, subject: str) -> _Polls:
        """Return the open polls; a roll that is named but missing makes all that follows unknown."""
        polls = self._polls()
        if polls is None and self.box is None and self.missing:
            raise EvidenceMissing(f"{subject}: the roll is not there")
        if polls is None:
            raise VerificationError("entry.order", subject)
        return polls

    def _box(self, subject: str) -> BallotBox:
        """Return the box, open or closed, once there is a key."""
        if self.counting is None or self.box is None:
            return self._voting(subject).box
        return self.box

    def _ballot(self, item: Posted) -> None:
        polls = self._voting(item.subject)
        submission = self._submission(polls, item)
        if item.leaf not in self._checked_ahead:
            seed = self.audit.subseed("ballot", item.index)
            self.audit.held.update(check_ballots(self.election, polls.key, seed, [submission]))
        polls.box.keep(submission.credential.voter, item.index, item.leaf)

    def _close(self, body: kinds.Closing, subject: str) -> None:
        polls = self._voting(subject)
        expected = polls.box.closing(self.log.size, self.log.root())
        self.audit.require(body == expected, "box.closing", subject)
        parties = (self.election, polls.key, self.ceremony, polls.box)
        self.counting = Counting(*parties, self._source, self.audit, body.root, self.petitions)

    def _counting(self, subject: str) -> Counting:
        if self.counting is None and self.missing:
            raise EvidenceMissing(f"{subject}: what it builds on is not there")
        if self.counting is None:
            raise VerificationError("entry.order", subject)
        return self.counting


def _coming(box: BallotBox, line: bytes) -> Submission | None:
    """Return the ballot of somebody on the roll that a line holds, by its leaf; None if it holds anything else."""
    try:
        entry, subject = decode_entry(line), leaf_hash(line).hex()
        return (
            Submission(entry, box.credential(entry.author, subject), subject)
            if isinstance(entry.body, kinds.Ballot)
            else None
        )
    except (DecodeError, VerificationError):
        return None


def _leaves_that_hold(election: Election, key: PublicKey, seed: bytes, coming: list[Submission]) -> list[bytes]:
    """Return all the leaves if all the ballots hold, and none otherwise."""
    try:
        check_ballots(election, key, seed, coming)
    except VerificationError:
        return []
    return [bytes.fromhex(submission.subject) for submission in coming]
