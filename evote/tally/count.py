"""From plaintexts to a result in which every ballot is accounted for.

A sum of votes is a small exponent: found by baby steps and giant steps (Shanks 1971), one table shared by all sums. A
mixed plaintext is looked up in the table of choices; what is not there is invalid and shown as an element.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt

from evote.crypto.group import Element
from evote.crypto.statements import small_logarithms
from evote.crypto.vector import Vector
from evote.errors import VerificationError
from evote.parallel import batched
from evote.questions.question import Route
from evote.record.entries import Result, UnitResult
from evote.record.manifest import Contest
from evote.record.units import Unit


def discrete_logarithm(element: Element, bound: int) -> int | None:
    """Return m <= bound with element = g^m, or None. About sqrt(bound) products and encodings, twice.

    The number of baby steps is a power of two, so that sums of like size share their table.
    """
    group = element.group
    count = 1 << isqrt(bound + 1).bit_length()
    table, step = small_logarithms(group, count), group.generator**-count
    for giant in range(bound // count + 1):
        baby = table.get(bytes(element))
        if baby is not None and giant * count + baby <= bound:
            return giant * count + baby
        element *= step
    return None


def count_unit(contest: Contest, unit: Unit, plaintexts: Vector) -> UnitResult:
    """Return the counts of one unit; raise `VerificationError` for sums that no ballots could give."""
    counted = _summed if contest.question.route is Route.AGGREGATE else _read
    counts, blank, invalid = counted(contest, unit, plaintexts)
    return UnitResult(
        unit=unit.name,
        ballots=unit.ballots,
        weight=unit.weight,
        counts=counts,
        blank=blank,
        invalid=len(invalid),
        invalid_elements=tuple(invalid),
    )


Counts = tuple[tuple[int, ...], int, list[bytes]]  # per option, blank, invalid plaintexts


def _summed(contest: Contest, unit: Unit, plaintexts: Vector) -> Counts:
    place = f"contest {contest.id}, unit {unit.name}"
    bound = unit.ballots * contest.question.bound
    sums = [discrete_logarithm(message, bound) for message in plaintexts.elements()]
    found = [m for m in sums if m is not None]
    totals = contest.question.totals(found, unit.ballots) if len(found) == len(sums) else None
    if totals is None:
        raise VerificationError("result.sums", f"{place}: no {unit.ballots} ballots have these sums")
    return (*totals, [])


def _read(contest: Contest, unit: Unit, plaintexts: Vector) -> Counts:
    question, messages = contest.question, plaintexts.encodings()
    table = small_logarithms(plaintexts.group, question.bound + 1)
    allowed = {option for district in unit.districts for option in contest.allowed(district)}
    counts, blank, invalid = [0] * question.options, 0, []
    for row in batched(messages, question.width):
        exponents = [table.get(message) for message in row]
        known = [m for m in exponents if m is not None]
        selection = question.read(known) if len(known) == len(exponents) else None
        if selection is None or not set(selection) <= allowed:
            invalid.append(b"".join(row))
            continue
        blank += not selection
        for option in selection:
            counts[option - 1] += 1
    return tuple(counts), blank, invalid


def result(contest: Contest, units: Mapping[Unit, Vector], withheld: int) -> Result:
    """Return the outcome of a contest: unit by unit in ballots, in total by weight."""
    counted = [count_unit(contest, unit, plaintexts) for unit, plaintexts in units.items()]
    return Result(
        contest=contest.id,
        units=tuple(counted),
        counts=tuple(sum(u.weight * u.counts[i] for u in counted) for i in range(contest.question.options)),
        blank=sum(u.weight * u.blank for u in counted),
        invalid=sum(u.weight * u.invalid for u in counted),
        withheld=withheld,
    )
