"""The ballot box: who may vote, which ballot counts, and why; recomputable by anyone who reads the board.

The last valid ballot of a voter counts, in board order. A revocation (the voter came to vote on paper, say) sets all of
a voter's ballots aside until a restoration lifts it. A ballot carries the next sequence number and the leaf of the
voter's previous one, so nobody else can post an old one again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evote.crypto.signature import check_public_key
from evote.errors import VerificationError
from evote.questions.question import Route
from evote.record.audit import Audit
from evote.record.entries import Ballot, Closing, Credential, Restoration, Revocation, ballot_in, decode_entry
from evote.record.lists import Source
from evote.record.manifest import MAX_WEIGHT_BITS, Contest, Election
from evote.record.units import Unit, cell_of, partition

VOTER = "voter "


@dataclass(slots=True)
class VoterState:
    """Where one voter stands: last sequence number, leaf and board index of the last ballot, whether revoked."""

    sequence: int = 0
    leaf: bytes = Ballot.FIRST
    index: int = -1
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A ballot that counts: its index on the board and its voter's credential."""

    index: int
    credential: Credential


class BallotBox:
    """The state of the voting phase, from the roll to the closing."""

    def __init__(self, election: Election, credentials: Iterator[Credential], audit: Audit, subject: str) -> None:
        """Take in the roll: distinct voters and keys, known districts and strata, weights that cannot overflow.

        Where a contest is only tested, all who may answer it have one weight.
        """
        self._election, self._audit = election, audit
        self._roll: dict[str, Credential] = {}
        self._states: dict[str, VoterState] = {}
        self.ballots = 0
        districts, keys = {d.id for d in election.districts}, set[bytes]()
        weight = 0
        for c in credentials:
            fits = c.district in districts and (c.stratum in election.strata if election.strata else not c.stratum)
            new = c.voter not in self._roll and c.key not in keys
            check_public_key(c.key)
            audit.require(fits and new, "roll.credential", f"{subject}, voter {c.voter}")
            self._roll[c.voter] = c
            keys.add(c.key)
            weight += c.weight
        maximum = max(contest.question.bound for contest in election.contests)
        sizes = f"weights come to {weight}; times {maximum}, the most in a ballot, that is 2^{MAX_WEIGHT_BITS} or more"
        audit.require(weight * maximum < 1 << MAX_WEIGHT_BITS, "roll.weight", f"{subject}: {sizes}")
        for contest in election.contests:
            if contest.question.route is Route.THRESHOLD:
                self._check_weights(contest, subject)

    def _check_weights(self, contest: Contest, subject: str) -> None:
        """Raise `VerificationError` unless all who may answer a contest that is only tested have one weight."""
        voters = (c for c in self._roll.values() if contest.put_to(c.district))
        first = next(voters, None)
        other = next((c for c in voters if first and c.weight != first.weight), None)
        if first and other:
            weights = f"voter {other.voter} has weight {other.weight}, {first.voter} has {first.weight}"
            sentence = f"contest {contest.id} is only tested and cannot carry weights that differ: {weights}"
            raise VerificationError("petition.weight", f"{subject}: {sentence}")
        self._audit.hold("petition.weight")

    @property
    def electorate(self) -> int:
        """The number of voters on the roll."""
        return len(self._roll)

    def weight_of(self, contest: Contest) -> int:
        """Return the weight of all who may answer a contest."""
        return sum(c.weight for c in self._roll.values() if contest.put_to(c.district))

    def credential(self, author: str, subject: str) -> Credential:
        """Return the credential of an author ``voter NAME``; raise `VerificationError` if the roll has none."""
        credential = self._roll.get(author.removeprefix(VOTER)) if author.startswith(VOTER) else None
        if credential is None:
            raise VerificationError("ballot.eligibility", subject)
        self._audit.hold("ballot.eligibility")
        return credential

    def state(self, voter: str) -> VoterState:
        """Return where a voter stands; a fresh state for one who has not voted."""
        return self._states.get(voter) or VoterState()

    def check_next(self, voter: str, ballot: Ballot, subject: str) -> None:
        """Raise `VerificationError` unless the ballot is the next one of its voter."""
        state = self.state(voter)
        follows = (ballot.sequence, ballot.previous) == (state.sequence + 1, state.leaf)
        self._audit.require(follows, "ballot.sequence", subject)

    def keep(self, voter: str, index: int, leaf: bytes) -> None:
        """Record a checked ballot as its voter's last."""
        state = self._states.setdefault(voter, VoterState())
        state.sequence, state.leaf, state.index = state.sequence + 1, leaf, index
        self.ballots += 1

    def revoke(self, body: Revocation | Restoration, subject: str) -> None:
        """Set a voter's ballots aside, or lift that; a voter not on the roll, or one already so, is an error."""
        self._audit.require(body.voter in self._roll, "box.revocation", f"{subject}: not on the roll")
        revoked, state = isinstance(body, Revocation), self._states.setdefault(body.voter, VoterState())
        self._audit.require(state.revoked != revoked, "box.revocation", f"{subject}: no change")
        state.revoked = revoked

    def kept(self) -> list[Kept]:
        """Return the ballots that count, in board order."""
        return sorted(
            (
                Kept(state.index, self._roll[voter])
                for voter, state in self._states.items()
                if state.sequence and not state.revoked
            ),
            key=lambda kept: kept.index,
        )

    def closing(self, size: int, root: bytes) -> Closing:
        """Return what the rules say the closing must state."""
        voted = [state for state in self._states.values() if state.sequence]
        revoked = sum(state.revoked for state in voted)
        return Closing(
            size=size,
            root=root,
            ballots=self.ballots,
            superseded=self.ballots - len(voted),
            revoked=revoked,
            kept=len(voted) - revoked,
        )


class ClosedBox:
    """The kept ballots after closing, sorted into units; identities stay here."""

    def __init__(self, election: Election, box: BallotBox, source: Source) -> None:
        """Partition the kept ballots of every contest."""
        self._election, self._source = election, source
        self._kept = box.kept()
        self.units: dict[str, tuple[Unit, ...]] = {}
        for contest in election.contests:
            cells = Counter(cell_of(k.credential) for k in self._kept if contest.put_to(k.credential.district))
            self.units[contest.id] = partition(cells, election.minimum_group, contest.allowed)

    def opened(self, contest: Contest) -> list[Unit]:
        """Return the units of a contest that are large enough to be decrypted."""
        return [unit for unit in self.units[contest.id] if unit.ballots >= self._election.minimum_group]

    def withheld(self, contest: Contest) -> int:
        """Return the number of kept ballots in units that are not."""
        return sum(unit.ballots for unit in self.units[contest.id] if unit.ballots < self._election.minimum_group)

    def answers(self, contest: Contest) -> Iterator[tuple[Unit, tuple[bytes, ...]]]:
        """Yield the unit and ciphertexts of each kept answer in the opened units, in board order, without the voter."""
        unit_of = {cell: unit for unit in self.opened(contest) for cell in unit.cells}
        kept = (ballot for ballot in self._kept if cell_of(ballot.credential) in unit_of)
        for credential, ciphertexts in answers_of(kept, contest, self._source):
            yield unit_of[cell_of(credential)], ciphertexts


def answers_of(
    kept: Iterable[Kept], contest: Contest, source: Source
) -> Iterator[tuple[Credential, tuple[bytes, ...]]]:
    """Yield the voter and ciphertexts of each kept answer to a contest, in board order."""
    for ballot in kept:
        if contest.put_to(ballot.credential.district):
            answers = ballot_in(decode_entry(source.line(ballot.index))).answers
            yield ballot.credential, next(a.ciphertexts for a in answers if a.contest == contest.id)
