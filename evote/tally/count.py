"""From plaintexts to a result in which every ballot is accounted for.

A sum of votes is a small exponent, found by `discrete_logarithm`, one table shared by all sums. A mixed plaintext is
looked up in the table of choices; what is not there is invalid and shown as an element.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from evote.crypto.logarithm import discrete_logarithm
from evote.crypto.statements import small_logarithms
from evote.crypto.transcript import frame
from evote.crypto.vector import Vector
from evote.errors import VerificationError
from evote.methods.method import Figures
from evote.parallel import batched
from evote.questions.question import Route
from evote.record.entries import Result, UnitResult
from evote.record.manifest import Contest
from evote.record.units import Unit

Rankings = Counter[tuple[int, ...]]  # selections of a question that ranks, with the weight of each


@dataclass(frozen=True, slots=True)
class Counted:
    """One unit, counted: votes for each option, blank ballots, the plaintexts of invalid ones, rankings in ballots."""

    unit: Unit
    counts: tuple[int, ...]
    blank: int
    invalid: tuple[bytes, ...] = ()
    rankings: Rankings = field(default_factory=Counter)

    @property
    def result(self) -> UnitResult:
        """What the record says of it."""
        return UnitResult(
            unit=self.unit.name,
            ballots=self.unit.ballots,
            weight=self.unit.weight,
            counts=self.counts,
            blank=self.blank,
            invalid=len(self.invalid),
            invalid_elements=self.invalid,
        )


def count_unit(contest: Contest, unit: Unit, plaintexts: Vector) -> Counted:
    """Return the count of one unit; raise `VerificationError` for sums that no ballots could give."""
    counted = _summed if contest.question.route is Route.AGGREGATE else _read
    return counted(contest, unit, plaintexts)


def _summed(contest: Contest, unit: Unit, plaintexts: Vector) -> Counted:
    place = f"contest {contest.id}, unit {unit.name}"
    bound = unit.ballots * contest.question.bound
    sums = [discrete_logarithm(message, bound) for message in plaintexts.elements()]
    found = [m for m in sums if m is not None]
    totals = contest.question.totals(found, unit.ballots) if len(found) == len(sums) else None
    if totals is None:
        raise VerificationError("result.sums", f"{place}: no {unit.ballots} ballots have these sums")
    return Counted(unit, *totals)


def _read(contest: Contest, unit: Unit, plaintexts: Vector) -> Counted:
    question, messages = contest.question, plaintexts.encodings()
    table = small_logarithms(plaintexts.group, question.bound + 1)
    allowed = set(contest.allowed(unit.district))
    selections, invalid = Counter[tuple[int, ...]](), []
    for row in batched(messages, question.columns):
        exponents = [table.get(message) for message in row]
        known = [m for m in exponents if m is not None]
        selection = question.read_row(known) if len(known) == len(exponents) else None
        if selection is None or not set(selection) <= allowed:
            invalid.append(b"".join(row))
        else:
            selections[selection] += 1
    counts = [0] * question.options
    for selection, ballots in selections.items():
        for option in selection[:1] if question.ranked else selection:
            counts[option - 1] += ballots
    rankings = selections if question.ranked else Counter()
    return Counted(unit, tuple(counts), selections[()], tuple(invalid), rankings)


def figures(contest: Contest, units: Sequence[Counted], root: bytes, electorate: int) -> Figures:
    """Return what a method decides on: everything by weight, rankings in lexical order; blank ballots rank nothing."""
    options, rankings = contest.question.options, Rankings()
    for counted in units:
        for ranking, ballots in counted.rankings.items():
            rankings[ranking] += counted.unit.weight * ballots
    rankings.pop((), None)
    counts = tuple(sum(u.unit.weight * u.counts[i] for u in units) for i in range(options))
    lot = hashlib.sha256(frame(root) + frame(contest.id.encode())).digest()
    return Figures(contest.options, counts, tuple(sorted(rankings.items())), lot, electorate)


def result(contest: Contest, units: Sequence[Counted], withheld: int, found: Figures) -> Result:
    """Return the count of a contest, unit by unit in ballots, in total by weight, and what its method makes of it."""
    return Result(
        contest=contest.id,
        units=tuple(counted.result for counted in units),
        counts=found.counts,
        blank=sum(u.unit.weight * u.blank for u in units),
        invalid=sum(u.unit.weight * len(u.invalid) for u in units),
        withheld=withheld,
        outcome=contest.method.outcome(found) if contest.method else None,
    )
