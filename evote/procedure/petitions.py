"""Petitions of which only a test is told: when the threshold may be tested, on which ballots, and what came of it.

Times are names; the record has no clock. Each test named in the definition is made once at most, in order, those before
the closing while people vote, the last one after it. It is made on the ballots kept when the operator calls for it, all
strata and districts together, raised to the one weight that they all have (`BallotBox` takes no other roll), and only
if there are ``minimum_group`` of them.

Whoever proves tests learns their counts, and every sum and difference of them. So a test is made only of exactly the
ballots of one before it, or of ``minimum_group`` ballots at least that no test before it held, among any others. In any
combination of counts, those that the last one brought in then stand together (docs/soundness.md). If too few have come
at closing, the test before stands, and the result says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from evote.ballot.box import BallotBox, Kept, answers_of
from evote.crypto.elgamal import product_of_powers
from evote.errors import VerificationError
from evote.methods.outcome import Outcome
from evote.methods.threshold import tested
from evote.questions.petition import CLOSING
from evote.questions.question import Route
from evote.record.audit import Audit
from evote.record.entries import Result, ThresholdTest
from evote.record.lists import Source
from evote.record.manifest import Contest, Election
from evote.record.merkle import MerkleLog
from evote.tally.aggregate import aggregate
from evote.tally.ceremony import Ceremony
from evote.tally.petition import PetitionTest, PetitionTests


class Petitions:
    """The state of all petitions of an election that are decided by tests."""

    def __init__(self, election: Election, ceremony: Ceremony, source: Source, audit: Audit) -> None:
        """Start before the first test; ``ceremony`` will know the keys."""
        self._election, self._source, self._audit = election, source, audit
        self.tests = PetitionTests(election, ceremony, audit)

    def contests(self) -> list[Contest]:
        """Return the contests that are decided so."""
        return [contest for contest in self._election.contests if contest.question.route is Route.THRESHOLD]

    def body(self, contest: Contest, time: str, box: BallotBox, log: MerkleLog) -> ThresholdTest:
        """Return what the operator must say to have a test made now; `VerificationError` for too few new ballots."""
        return self._stated(contest, time, self._kept(contest, box), log)

    def _stated(self, contest: Contest, time: str, kept: list[Kept], log: MerkleLog) -> ThresholdTest:
        if not self._enough(contest, kept):
            new = len(self._new(contest, kept))
            raise VerificationError("tally.unit", f"contest {contest.id}: {new} new ballots are too few for a test")
        answers = ((voter.weight, row) for voter, row in answers_of(kept, contest, self._source))
        ((weight, row),) = aggregate(self._election.algebra, answers, self._audit.executor).items()
        return ThresholdTest(
            contest=contest.id,
            time=time,
            size=log.size,
            root=log.root(),
            ballots=len(kept),
            aggregate=bytes(product_of_powers(row, [weight])),
        )

    def admit(self, body: ThresholdTest, box: BallotBox, log: MerkleLog, *, closed: bool, subject: str) -> None:
        """Open a test; raise `VerificationError` for one that cannot be made now, or states what is not so."""
        contest = next((c for c in self.contests() if c.id == body.contest), None)
        if contest is None or body.time not in self.times_left(contest, closed=closed):
            raise VerificationError("petition.order", subject)
        self._audit.hold("petition.order")
        kept, electorate = self._kept(contest, box), box.weight_of(contest)
        self._audit.require(body == self._stated(contest, body.time, kept, log), "petition.test", subject)
        self.tests.open(body, _places(kept), threshold=contest.threshold(electorate), electorate=electorate)

    def times_left(self, contest: Contest, *, closed: bool) -> tuple[str, ...]:
        """Return the times at which a test can still be made, as things stand."""
        times, made = contest.question.times, [test.body.time for test in self.tests.of(contest.id)]
        left = times[times.index(made[-1]) + 1 :] if made else times
        return tuple(time for time in left if (time == CLOSING) == closed)

    def pending(self, contest: Contest, box: BallotBox) -> Iterator[tuple[str, str]]:
        """Yield who must still do what before a closed contest can have its result."""
        if self.is_due(contest, box):
            yield "operator", f"the test of contest {contest.id} at {CLOSING}"
        elif tests := self.tests.of(contest.id):
            yield from self.due(tests[-1])

    def is_due(self, contest: Contest, box: BallotBox) -> bool:
        """Tell whether a closed contest still lacks its last test, and has the ballots for it."""
        return bool(self.times_left(contest, closed=True)) and self._enough(contest, self._kept(contest, box))

    def is_barred(self, contest: Contest, box: BallotBox) -> bool:
        """Tell whether a closed contest will have no last test, for too few new ballots."""
        return bool(self.times_left(contest, closed=True)) and not self._enough(contest, self._kept(contest, box))

    def due(self, test: PetitionTest) -> Iterator[tuple[str, str]]:
        """Yield who must still do what for a test that was opened."""
        wanted = self._election.threshold - len(test.shares)
        if wanted > 0:
            yield "trustees", f"{wanted} more shares of {test.name}"
        elif test.reached is None:
            yield "trustees", f"the proof of {test.name}"

    def result(self, contest: Contest, box: BallotBox) -> Result:
        """Return the outcome of a contest that nothing is pending of."""
        kept, tests = self._kept(contest, box), self.tests.of(contest.id)
        withheld = _differences(kept, tests[-1]) if tests else len(kept)
        decided = [test for test in tests if test.reached is not None]
        outcome = self._outcome(contest, decided, len(kept)) if decided else None
        return Result(contest=contest.id, units=(), counts=(), blank=0, invalid=0, withheld=withheld, outcome=outcome)

    def _outcome(self, contest: Contest, tests: list[PetitionTest], ballots: int) -> Outcome:
        """Return how tests came out; the last one decides. If it is not that at closing, that one was barred."""
        rows = [(test.body.time, test.body.ballots, test.threshold, bool(test.reached)) for test in tests]
        barred = (CLOSING, ballots, tests[-1].threshold, self._election.minimum_group)
        return tested(contest.options[0].id, rows, barred if rows[-1][0] != CLOSING else None)

    def _kept(self, contest: Contest, box: BallotBox) -> list[Kept]:
        return [ballot for ballot in box.kept() if contest.put_to(ballot.credential.district)]

    def _enough(self, contest: Contest, kept: list[Kept]) -> bool:
        again = any(test.kept == _places(kept) for test in self.tests.of(contest.id))
        return again or len(self._new(contest, kept)) >= self._election.minimum_group

    def _new(self, contest: Contest, kept: list[Kept]) -> set[int]:
        """Return which of the ballots no test so far held."""
        return set(_places(kept).values()).difference(*(test.kept.values() for test in self.tests.of(contest.id)))


def _places(kept: list[Kept]) -> dict[str, int]:
    return {ballot.credential.voter: ballot.index for ballot in kept}


def _differences(kept: list[Kept], test: PetitionTest) -> int:
    """Return how many voters have another ballot kept, or none any more, than at a test."""
    return len({voter for voter, _ in _places(kept).items() ^ test.kept.items()})
