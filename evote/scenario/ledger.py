"""The ledger: who voted what, kept in the clear beside a simulated election, and what the result must therefore be.

It counts selections, where the election counts ciphertexts; the two share the rules of units and methods, and nothing
else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from evote.methods.method import Figures
from evote.methods.outcome import Outcome
from evote.questions.petition import CLOSING
from evote.questions.question import Route
from evote.record.entries import Result
from evote.record.manifest import Contest, Election
from evote.record.units import Cell, Unit, partition
from evote.simulate import VoterPlan

Selection = tuple[int, ...]  # numbers of options
Answers = Mapping[str, Selection | None]  # by contest; None is an invalid vote


@dataclass(frozen=True, slots=True)
class UnitTally:
    """One unit in ballots, and the weight of each."""

    ballots: int
    weight: int
    counts: tuple[int, ...]
    blank: int
    invalid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """All that a contest's result says, by weight: ``units`` in ballots, by name; ``withheld`` in ballots.

    ``rankings`` are the distinct ones with their weight. ``tests`` of a threshold are rows of time, ballots, threshold
    and whether it was reached, as text; those of whom the last test does not tell how they vote now are ``withheld``.
    """

    counts: tuple[int, ...] = ()
    blank: int = 0
    invalid: int = 0
    withheld: int = 0
    units: Mapping[str, UnitTally] = field(default_factory=dict)
    rankings: Mapping[Selection, int] = field(default_factory=dict)
    tests: tuple[tuple[str, ...], ...] = ()
    outcome: Outcome | None = None

    def differences(self, other: Tally) -> list[str]:
        """Return the names of the parts in which two tallies differ."""
        return [part.name for part in fields(self) if getattr(self, part.name) != getattr(other, part.name)]


def published(result: Result, figures: Figures | None) -> Tally:
    """Return what an election says of a contest; ``figures`` are absent where only a test is told."""
    if figures is None:
        tests = result.outcome.tables[0].rows if result.outcome else ()
        return Tally(tests=tests, withheld=result.withheld)
    units = {u.unit: UnitTally(u.ballots, u.weight, u.counts, u.blank, u.invalid) for u in result.units}
    return Tally(
        counts=result.counts,
        blank=result.blank,
        invalid=result.invalid,
        withheld=result.withheld,
        units=units,
        rankings=dict(figures.ballots),
        outcome=result.outcome,
    )


class Ledger:
    """Every voter's last answers, as they stand at each moment of the vote."""

    def __init__(self, election: Election) -> None:
        """Begin before anybody is enrolled."""
        self._election = election
        self._roll: list[VoterPlan] = []
        self._ballots: dict[VoterPlan, tuple[int, Answers]] = {}  # numbered as they are cast
        self._cast = 0
        self._tests: dict[str, list[_Test]] = {contest.id: [] for contest in election.contests}

    def enrol(self, plans: Sequence[VoterPlan]) -> None:
        """Put voters on the roll."""
        self._roll += plans

    def cast(self, plan: VoterPlan, answers: Answers) -> None:
        """Note a voter's answers, in place of any before."""
        self._cast += 1
        self._ballots[plan] = self._cast, answers

    def revoke(self, plan: VoterPlan) -> None:
        """Set a voter's answers aside."""
        del self._ballots[plan]

    def test(self, contest: Contest, time: str) -> None:
        """Note how the test of a threshold must come out now."""
        kept = list(self._kept(contest))
        support = sum(plan.weight for plan, selection in kept if selection)
        t = contest.threshold(self._electorate(contest))
        row = (time, str(len(kept)), str(t), "yes" if support >= t else "no")
        self._tests[contest.id].append(_Test(row, self._numbers(contest)))

    def testable(self, contest: Contest) -> bool:
        """Tell whether a test before was of the same ballots, or enough of them were in none."""
        now, tests = self._numbers(contest), [test.numbers for test in self._tests[contest.id]]
        new = set(now.values()).difference(*(numbers.values() for numbers in tests))
        return now in tests or len(new) >= self._election.minimum_group

    def tally(self, contest: Contest, lot: bytes) -> Tally:
        """Return what the result must say; ``lot`` is `Figures.lot`."""
        if contest.question.route is Route.THRESHOLD:
            return self._tested(contest)
        kept = list(self._kept(contest))
        units = partition(Counter(_cell(plan) for plan, _ in kept), self._election.minimum_group, contest.allowed)
        opened = [unit for unit in units if unit.ballots >= self._election.minimum_group]
        unit_of = {cell: unit for unit in opened for cell in unit.cells}
        ballots: dict[Unit, list[Selection | None]] = {unit: [] for unit in opened}
        for plan, selection in kept:
            if (unit := unit_of.get(_cell(plan))) is not None:
                ballots[unit].append(selection)
        tallies = {unit.name: _count(contest, unit, selections) for unit, selections in ballots.items()}
        counts = tuple(sum(u.weight * u.counts[i] for u in tallies.values()) for i in range(len(contest.options)))
        rankings = _rankings(ballots) if contest.question.ranked else {}
        figures = Figures(contest.options, counts, tuple(sorted(rankings.items())), lot, self._electorate(contest))
        return Tally(
            counts=counts,
            blank=sum(u.weight * u.blank for u in tallies.values()),
            invalid=sum(u.weight * u.invalid for u in tallies.values()),
            withheld=len(kept) - sum(unit.ballots for unit in opened),
            units=tallies,
            rankings=rankings,
            outcome=contest.method.outcome(figures) if contest.method else None,
        )

    def _electorate(self, contest: Contest) -> int:
        """Return the weight of all who may answer."""
        return sum(plan.weight for plan in self._roll if contest.put_to(plan.district))

    def _tested(self, contest: Contest) -> Tally:
        """Return how tests came out; the last is that at closing, or was barred then."""
        made, now = self._tests[contest.id], self._numbers(contest)
        if not made:
            return Tally(withheld=len(now))
        rows = [test.row for test in made]
        if rows[-1][0] != CLOSING:
            reason = f"barred: fewer than {self._election.minimum_group} new ballots"
            rows.append((CLOSING, str(len(now)), rows[-1][2], reason))
        others = {plan for plan, _ in now.items() ^ made[-1].numbers.items()}
        return Tally(tests=tuple(rows), withheld=len(others))

    def _numbers(self, contest: Contest) -> dict[VoterPlan, int]:
        """Return the number of each ballot that answers a contest."""
        return {plan: number for plan, (number, _) in self._ballots.items() if contest.put_to(plan.district)}

    def _kept(self, contest: Contest) -> Iterator[tuple[VoterPlan, Selection | None]]:
        return ((plan, self._ballots[plan][1][contest.id]) for plan in self._numbers(contest))


@dataclass(frozen=True, slots=True)
class _Test:
    """A test of a threshold: what must be told of it, and the numbers of the ballots that it was made on."""

    row: tuple[str, ...]
    numbers: Mapping[VoterPlan, int]


def _cell(plan: VoterPlan) -> Cell:
    return Cell(plan.district, plan.stratum, plan.weight)


def _count(contest: Contest, unit: Unit, selections: Sequence[Selection | None]) -> UnitTally:
    ranked, valid = contest.question.ranked, [selection for selection in selections if selection is not None]
    votes = Counter(option for selection in valid for option in (selection[:1] if ranked else selection))
    counts = tuple(votes[number] for number in range(1, len(contest.options) + 1))
    empty = sum(not selection for selection in valid)
    return UnitTally(
        ballots=len(selections),
        weight=unit.weight,
        counts=counts,
        blank=empty if empty and _tells_blank(contest) else 0,
        invalid=len(selections) - len(valid),
    )


def _tells_blank(contest: Contest) -> bool:
    """Tell whether an empty selection is counted as blank: sums of points say nothing of it."""
    question = contest.question
    if question.route is Route.MIX:
        return True
    totals = question.totals(question.encode(()), 1)
    return totals is not None and bool(totals[1])


def _rankings(ballots: Mapping[Unit, Sequence[Selection | None]]) -> dict[Selection, int]:
    rankings: Counter[Selection] = Counter()
    for unit, selections in ballots.items():
        for selection in selections:
            if selection:
                rankings[selection] += unit.weight
    return dict(rankings)
