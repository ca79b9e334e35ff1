"""Pages of all kinds, as the arguments of `page`: what a page shows needs no election that was held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evote.methods.outcome import Outcome, Table
from evote.methods.threshold import tested
from evote.procedure.turnout import Turnout
from evote.record.entries import Closing, Result, UnitResult
from evote.record.manifest import Election
from evote.record.report import Finding
from evote.simulate import appoint
from evote.verify import CHECKS, Report
from tests.elections import changed, keys_of, small_definition

HOSTILE = '</style></title><script>document.title = "hacked"</script>"><img src=//x onerror=alert(1)> & \u202eevil'

CLOSING = Closing(size=900, root=bytes(32), ballots=640, superseded=31, revoked=9, kept=600)
TURNOUT = Turnout(1000, CLOSING)
HELD = [Finding(check, number) for number, check in enumerate(CHECKS, 1) if not check.startswith(("mix.", "record.o"))]
NOTES = ["origin of the record: not checked (no fingerprint was given)"]
SCOPE = [
    "scope: definition, board, lists and every proof; 1 of 1 results",
    "not in scope: voters' devices, who is on the roll, secrecy (docs/limitations.md)",
]


RULES: dict[str, dict[str, Any]] = {
    "selection": {"maximum": 1},
    "score": {"maximum": 5},
    "ranked": {"maximum": 4},
    "petition": {"result": "threshold"},
}
COUNTS: dict[str, dict[str, Any]] = {"petition": {"method": "threshold", "votes": 500}}


def option(id_: str, name: str, **more: Any) -> dict[str, Any]:
    """Return an option as a definition has it."""
    return {"id": id_, "name": name, **more}


def election_of(
    options: Sequence[Mapping[str, Any]], title: str = "The question", type_: str = "selection", **changes: Any
) -> Election:
    """Return an election with one contest, ``c``."""
    contest = {"id": "c", "title": title, "type": type_, "rules": RULES[type_], "options": options}
    contest |= {"count": COUNTS[type_]} if type_ in COUNTS else {}
    definition = small_definition(**{"name": f"Election: {title}", "contests": [contest], **changes})
    return appoint(definition, keys_of(mixers=2 if type_ == "ranked" else 0))


def unit(name: str, ballots: int, counts: Sequence[int], **more: Any) -> UnitResult:
    """Return a unit's result without blank or invalid ballots, unless told otherwise."""
    rest: dict[str, Any] = {"weight": 1, "blank": 0, "invalid": 0, "invalid_elements": ()} | more
    return UnitResult(unit=name, ballots=ballots, counts=tuple(counts), **rest)


def result_of(counts: Sequence[int], *units: UnitResult, outcome: Outcome | None = None, **more: Any) -> Result:
    """Return the result of contest ``c``; without units there is one, with all ballots."""
    made = units or (unit("north+south", 600, counts),)
    rest = {"blank": 7, "invalid": 2, "withheld": 3} | more
    return Result(contest="c", counts=tuple(counts), units=made, outcome=outcome, **rest)


def report_of(election: Election | None, *results: Result, wrong: Sequence[Finding] = ()) -> Report:
    """Return a report in which every check held, but for what is ``wrong``."""
    named = {result.contest: result for result in results}
    findings = [*HELD, *wrong]
    return Report(findings, NOTES, SCOPE, CHECKS, bytes(range(32)), election, named)


PARTIES = ("Reform", "EKRE", "Centre", "Eesti 200", "SDE", "Isamaa")
SEATS = (37, 17, 16, 14, 9, 8)


def _parliament() -> tuple[Election, Result]:
    options = [
        option(f"{p}-{i}", f"Candidate {i} of {party}", party=party)
        for p, (party, seats) in enumerate(zip(PARTIES, SEATS, strict=True))
        for i in range(seats)
    ]
    rows = tuple((party, str(s * 9000), f"{s * 0.99:.3f}", str(s)) for party, s in zip(PARTIES, SEATS, strict=True))
    steps = (
        Table(title="Parties", columns=("Party", "Votes", "Quotas", "Mandates"), rows=rows),
        Table(
            title="Compensation mandates in the order in which they were won",
            columns=("Number", "Party", "Candidate", "Quotient"),
            rows=tuple((str(i), PARTIES[i % 6], f"Candidate {i}", f"{9000 - i}.5") for i in range(1, 27)),
        ),
    )
    outcome = Outcome(method="riigikogu", winners=tuple(o["id"] for o in options), tables=steps)
    counts = [5 + (37 * i) % 11 for i in range(len(options))]
    return election_of(options, "Member of the Riigikogu"), result_of(counts, outcome=outcome)


def _ranked() -> tuple[Election, Result]:
    options = [option(name[0].lower(), name) for name in ("Memphis", "Nashville", "Chattanooga", "Knoxville")]
    sheet = Table(
        title="Votes at the end of each stage",
        columns=("Option", "Stage 1", "Stage 2", "Stage 3"),
        rows=(
            ("Knoxville", "102.00", "192.00", "348.00"),
            ("Memphis", "252.00", "252.00", "252.00"),
            ("Nashville", "156.00", "156.00", "-"),
            ("Chattanooga", "90.00", "-", "-"),
        ),
    )
    stages = Table(
        title="Stages; quota 300.01 of 600 votes",
        columns=("Stage", "Event", "Option"),
        rows=(("1", "first preferences", ""), ("2", "transfer", "Chattanooga"), ("3", "elected", "Knoxville")),
    )
    outcome = Outcome(method="irv", winners=("k",), tables=(stages, sheet))
    return election_of(options, "Capital of Tennessee", "ranked"), result_of((252, 156, 90, 102), outcome=outcome)


def _budget() -> tuple[Election, Result]:
    options = [option(f"p{i}", f"Project {i}: a bench, two trees and a lamp", cost=1000 * i) for i in range(1, 41)]
    rows = tuple((f"Project {i}", str(10 * i), f"{1000 * i}", "yes" if i > 8 else "no") for i in range(40, 0, -1))
    table = Table(title="Projects", columns=("Project", "Votes", "Cost", "Funded"), rows=rows)
    outcome = Outcome(method="greedy", winners=tuple(f"p{i}" for i in range(40, 8, -1)), tables=(table,))
    return election_of(options, "What to build"), result_of([10 * i for i in range(1, 41)], outcome=outcome)


def _survey() -> tuple[Election, Result]:
    election = election_of([option("yes", "Yes"), option("no", "No")], "Do you cycle?", strata=("women", "men"))
    units = (
        unit("north/men+south/men", 280, (180, 98), blank=2),
        unit("north/women/x3", 40, (22, 13), blank=5, weight=3),
        unit("south/women", 200, (120, 78), invalid=2, invalid_elements=(bytes(range(32)),) * 2),
    )
    return election, result_of((366, 215), *units, outcome=_plurality("yes", ("Yes", 366), ("No", 215)), blank=17)


def _plurality(winner: str, *votes: tuple[str, int]) -> Outcome:
    rows = tuple((name, str(count), "no" if place or not count else "yes") for place, (name, count) in enumerate(votes))
    table = Table(title="Votes", columns=("Option", "Votes", "Elected"), rows=rows)
    return Outcome(method="plurality", winners=(winner,) if votes[0][1] else (), tables=(table,))


def _marks() -> tuple[Election, Result]:
    election = election_of([option("a", "Green wine"), option("b", "Red wine")], "How good is it?", "score")
    return election, result_of((402, 1191), outcome=_plurality("b", ("Red wine", 1191), ("Green wine", 402)))


def _petition() -> tuple[Election, Result]:
    rows = [("halfway", 412, 500, False), ("closing", 1203, 500, True)]
    return _lido(tested("support", rows, None), withheld=0)


def _barred() -> tuple[Election, Result]:
    return _lido(tested("support", [("halfway", 412, 500, False)], ("closing", 419, 500, 10)), withheld=7)


def _lido(outcome: Outcome, withheld: int) -> tuple[Election, Result]:
    election = election_of([option("support", "I support this petition")], "Save the lido", "petition")
    return election, Result(contest="c", units=(), counts=(), blank=0, invalid=0, withheld=withheld, outcome=outcome)


def _hostile() -> tuple[Election, Result]:
    name = HOSTILE[:200]
    options = [option("a", name, party=name), option("b", "x" * 200), option("c", "مرشح <b>", party="b")]
    table = Table(title=name, columns=(name, "n" * 200, name), rows=((name, "1/2", "w" * 200), (name, "3", "")))
    outcome = Outcome(method=name, winners=("c", "nobody<br>", "a"), tables=(table,))
    units = [unit("north<i>", 3, (1, 1, 1)), unit("north+south/x2", 30, (10, 10, 9), blank=1, weight=2)]
    districts = [{"id": "north", "name": name}, {"id": "south", "name": "y" * 200}]
    election = election_of(options, name, name=name, districts=districts)
    return election, result_of((21, 21, 19), *units, outcome=outcome)


YES_NO = changed(election_of([option("yes", "Yes"), option("no", "No")], "Join the European Union?"), simulated=False)
FALSE = Finding("ballot.proof", 12, "entry 17 (ballot by voter <n1>)")
ABSENT = Finding("record.complete", 0, "the election is not finished; the box is open", absent=True)


def _sample(pair: tuple[Election, Result], turnout: Turnout = TURNOUT) -> Report:
    report = report_of(*pair)
    report.turnout = turnout
    return report


def _all_withheld() -> tuple[Election, Result]:
    outcome = _plurality("yes", ("Yes", 0), ("No", 0))
    return YES_NO, Result(contest="c", units=(), counts=(0, 0), blank=0, invalid=0, withheld=600, outcome=outcome)


NOBODY = Turnout(0, Closing(size=0, root=bytes(32), ballots=0, superseded=0, revoked=0, kept=0))

SAMPLES: dict[str, Report] = {
    "referendum": _sample((YES_NO, result_of((402, 191)))),
    "parliament": _sample(_parliament()),
    "ranked": _sample(_ranked()),
    "budget": _sample(_budget()),
    "survey": _sample(_survey()),
    "petition": _sample(_petition()),
    "barred": _sample(_barred()),
    "points": _sample(_marks()),
    "hostile": _sample(_hostile()),
    "no votes": _sample((YES_NO, result_of((0, 0), unit("north", 0, (0, 0)), withheld=600))),
    "all withheld": _sample(_all_withheld()),
    "nobody voted": _sample((YES_NO, result_of((0, 0), blank=0)), NOBODY),
    "under way": report_of(YES_NO, wrong=[ABSENT]),
    "refuted": report_of(YES_NO, result_of((402, 191)), wrong=[FALSE]),
    "unreadable": Report([Finding("election.definition", 0, "not canonical")], checks=CHECKS),
}
