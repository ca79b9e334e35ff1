"""What terminal and page call things: names for people in place of the record's ids, and what their numbers are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from evote.methods.outcome import Outcome, Table
from evote.methods.threshold import as_of
from evote.questions.option import Option
from evote.questions.points import Points
from evote.questions.question import Route
from evote.record.entries import Result
from evote.record.manifest import Contest, Election

CELL = re.compile(r"(?P<district>[a-z0-9-]+)(/(?P<stratum>(?!x\d+$)[a-z0-9-]+))?(/x(?P<weight>\d+))?")
POINTS, FIRST_PREFERENCES, VOTES = "Points", "First preferences", "Votes"
ONLY_DECIDED = "by the rules the public learns only the decision of this contest; who proves a test learns the count"
OTHERS_KEPT = "voters of whom another ballot is kept than at the last test, or none any more"
NOT_TESTED = "not tested, for too few ballots are kept"


def what_is_counted(contest: Contest) -> str:
    """Return what the numbers beside the options are."""
    question = contest.question
    if question.route is Route.AGGREGATE and question.bound > 1:
        return POINTS
    return FIRST_PREFERENCES if question.ranked else VOTES


def weighted(result: Result) -> bool:
    """Tell whether numbers in total are by weight, and not of ballots or votes."""
    return any(unit.weight != 1 for unit in result.units)


def counted_in(contest: Contest, result: Result) -> str:
    """Return what the numbers beside the options are, and that they count by weight if they do."""
    return what_is_counted(contest) + (", by weight" if weighted(result) else "")


def counted_in_unit(contest: Contest, result: Result) -> str:
    """Return what the numbers beside the options are in a unit, whose ballots all weigh the same."""
    return what_is_counted(contest) + (", not weighted" if weighted(result) else "")


def steps_told(contest: Contest, result: Result) -> list[Table]:
    """Return the tables of the method in the contest's units: points are no votes; none of a contest all withheld."""
    if result.outcome is None or nothing_opened(result):
        return []
    names = {VOTES: POINTS} if what_is_counted(contest) == POINTS else {}
    weight = ", by weight" if weighted(result) else ""
    return [
        Table(
            title=names.get(step.title, step.title) + weight,
            columns=tuple(names.get(column, column) for column in step.columns),
            rows=step.rows,
        )
        for step in result.outcome.tables
    ]


def nothing_opened(result: Result) -> bool:
    """Tell whether every ballot of a contest is withheld, so that it has no numbers at all."""
    return bool(result.counts) and not result.units and bool(result.withheld)


def withheld(result: Result) -> str:
    """Return how many ballots are withheld."""
    return f"ballots withheld, in units too small to open: {result.withheld}"


def in_words(contest: Contest, outcome: Outcome) -> str:
    """Return the decision where it is no list of winners: of a petition, or that there are none; else nothing."""
    if outcome.method == "threshold" and len(contest.options) == 1:
        return "the threshold was reached" if outcome.winners else "the threshold was not reached"
    return "" if outcome.winners else "no option won"


def why_no_count(result: Result) -> str:
    """Return why the result of a petition that is tested has no count, and what no test says."""
    if result.outcome is None:
        return f"{NOT_TESTED}: {result.withheld}"
    return ONLY_DECIDED + (f"; {OTHERS_KEPT}: {result.withheld}" if result.withheld else "")


def decided_by(outcome: Outcome) -> str:
    """Return by which method a contest is decided and, if it is not as of the end, as of when."""
    return ", ".join(filter(None, (f"decided by the method {outcome.method}", as_of(outcome))))


def tells_blanks(contest: Contest) -> bool:
    """Tell whether there can be blank votes, and they are known: a ballot that gives no points is not told apart."""
    return bool(getattr(contest.question, "blank", not isinstance(contest.question, Points)))


def most_first(contest: Contest, counts: Sequence[int]) -> list[tuple[Option, int]]:
    """Return the options with their numbers, the largest first, equals in the order of the definition."""
    return sorted(zip(contest.options, counts, strict=True), key=lambda pair: -pair[1])


def parties(contest: Contest) -> dict[str, str]:
    """Return the name of each option's party by the option's id; a party may be an option itself, and may be empty."""
    names = {option.id: option.name for option in contest.options}
    return {option.id: names.get(option.party, option.party) for option in contest.options}


def winner_names(contest: Contest, winners: Iterable[str]) -> list[str]:
    """Return the names of the options with these ids, each with its party; an unknown id as it is."""
    party = parties(contest)
    names = {o.id: f"{o.name} ({party[o.id]})" if o.party else o.name for o in contest.options}
    return [names.get(winner, winner) for winner in winners]


def seats_of(contest: Contest, winners: Iterable[str]) -> list[tuple[str, int]]:
    """Return the parties (an option without one stands for itself) with how many winners each has, most first."""
    party = parties(contest)
    groups = {option.id: party[option.id] or option.name for option in contest.options}
    return Counter(groups.get(winner, winner) for winner in winners).most_common()


def unit_name(election: Election, unit: str) -> str:
    """Return a unit's districts by name with stratum and weight: ``North, women + South``."""
    districts = {district.id: district.name for district in election.districts}
    cells = []
    for text in unit.split("+"):
        cell = CELL.fullmatch(text)
        if cell is None:
            return unit
        weight = f"weight {cell['weight']}" if cell["weight"] else ""
        parts = (districts.get(cell["district"], cell["district"]), cell["stratum"], weight)
        cells.append(", ".join(part for part in parts if part))
    return " + ".join(cells)
