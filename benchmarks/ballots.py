"""What a ballot costs, for every type of question: python -m benchmarks.ballots [--only TEXT] [--rounds R].

Casts and checks whole ballots of elections with one contest, as a voter's device and a verifier do. ``prove``: from the
selection to the signed line of the board, by a fresh device, carefully, the tables that it makes included. ``verify``:
from the line, signature and membership included; of one ballot alone, and per ballot of 100 that are checked together.
Processor time in pm (`evote.bench.measure`), the least of several rounds over the least of several pm. Without
``--only`` the table is written into docs/defining.md between its two marks.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, product
from typing import Any

from benchmarks.report import ROOT, machine
from evote.ballot.check import Submission, check_ballots
from evote.ballot.voter import CastBallot, Voter, public_bases
from evote.bench.materials import public_key
from evote.bench.measure import cpu_seconds, pm_samples
from evote.crypto.arithmetic import Arithmetic, Powers
from evote.crypto.signing import SigningKey
from evote.questions.option import Option
from evote.questions.question import Route, question_type
from evote.record.entries import Credential, decode_entry
from evote.record.manifest import Election
from evote.simulate import appoint, make_keys

DOCUMENT = ROOT / "docs" / "defining.md"
MARKS = ("<!-- benchmarks.ballots writes from here -->\n", "<!-- to here -->\n")
BATCH = 100
P, C, E = "modp-3072", "p-256", "ristretto255"

Contest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A ballot: its name, the contest without id and title, what is chosen."""

    text: str
    contest: Contest
    selection: tuple[int, ...]


def _case(text: str, kind: str, n: int, selection: tuple[int, ...], *, options: Any = None, **rules: Any) -> Case:
    listed = options or [{"id": f"o{i}", "name": f"Option {i}"} for i in range(1, n + 1)]
    return Case(text, {"type": kind, "options": listed, "rules": rules}, selection)


def choice(n: int, membership: str) -> Case:
    """Return a choice of one of n."""
    return _case(f"choice, n = {n}, {membership}", "choice", n, (1,), membership=membership)


def selection(n: int, maximum: int) -> Case:
    """Return a selection of up to so many of n."""
    return _case(f"selection, n = {n}, 1 to {maximum}", "selection", n, (1,), maximum=maximum)


def approval(n: int) -> Case:
    """Return an approval of any of n."""
    rules = {"minimum": 0, "maximum": n, "blank": False}
    return _case(f"selection, n = {n}, approval", "selection", n, (1,), **rules)


def score(n: int, m: int) -> Case:
    """Return scores from 0 to m for n."""
    return _case(f"score, n = {n}, m = {m}", "score", n, (1,) * m, maximum=m)


def cumulative(n: int, limit: int) -> Case:
    """Return so many points for n."""
    return _case(f"cumulative, n = {n}, limit = {limit}", "cumulative", n, (1,) * limit, limit=limit)


def budget(n: int, digits: int) -> Case:
    """Return a budget of 10^digits for n projects, each of which costs nearly all of it."""
    cap = 10**digits
    options = [{"id": f"o{i}", "name": f"Project {i}", "cost": cap - i} for i in range(1, n + 1)]
    return _case(f"budget, n = {n}, B = 10^{digits}", "budget", n, (1,), options=options, budget=cap)


def ranked(n: int, k: int) -> Case:
    """Return a ranking of up to k of n."""
    return _case(f"ranked, n = {n}, k = {k}", "ranked", n, tuple(range(1, k + 1)), maximum=k)


def lists(n: int, count: int, k: int) -> Case:
    """Return n options in so many lists with candidates, of whom k may be marked."""
    heads = [{"id": f"list{i}", "name": f"List {i}"} for i in range(count)]
    members = [{"id": f"c{i}", "name": f"Candidate {i}", "party": f"list{i % count}"} for i in range(n - count)]
    text = f"lists, n = {n}, {count} of them lists, k = {k}"
    return _case(text, "lists", n, (1, count + 1), options=heads + members, maximum=k)


PETITION = _case("petition", "petition", 1, (1,))
KINDS = (
    PETITION,
    choice(10, "unproved"),
    choice(10, "proved"),
    selection(2, 1),
    selection(10, 1),
    selection(10, 3),
    approval(10),
    score(10, 5),
    score(10, 10),
    cumulative(10, 10),
    budget(10, 6),
    ranked(10, 3),
    ranked(10, 10),
    lists(20, 4, 1),
)
ELSEWHERE = (PETITION, choice(10, "unproved"), selection(2, 1), budget(10, 6))
BY_OPTIONS: tuple[Callable[[int], Case], ...] = (
    lambda n: choice(n, "proved"),
    lambda n: selection(n, 1),
    lambda n: score(n, 10),
    lambda n: budget(n, 6),
    lambda n: ranked(n, min(n, 3)),
    lambda n: lists(n, max(n // 10, 1), 1),
)
BY_LIMIT = (
    *(selection(100, maximum) for maximum in (1, 6, 7, 100)),
    *(score(10, m) for m in (1, 100, 1000)),
    *(cumulative(10, limit) for limit in (5, 100)),
    *(budget(10, digits) for digits in (3, 9, 12)),
    *(ranked(10, k) for k in (1, 5)),
    *(lists(20, 2, k) for k in (1, 5, 9)),
)
SERIES: dict[str, tuple[tuple[Case, str], ...]] = {
    "Types": (*product(KINDS, (E,)), *product(ELSEWHERE, (C, P))),
    "Options": tuple((make(n), E) for make, n in product(BY_OPTIONS, (2, 20, 100))),
    "Limits": tuple((case, E) for case in BY_LIMIT),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What was found; times in pm."""

    case: Case
    group: str
    ciphertexts: int
    commitments: int
    proofs: int
    size: int
    prove: float
    alone: float
    together: float

    def __str__(self) -> str:
        """Return a line of a table."""
        form = self.ciphertexts, self.commitments, self.proofs, self.size
        times = (f"{pm:.2g}" if pm < 100 else f"{pm:.0f}" for pm in (self.prove, self.alone, self.together))  # noqa: PLR2004
        return f"| {' | '.join((self.case.text, self.group, *map(str, form), *times))} |"


def measured(case: Case, group: str, rounds: int, batch: int = BATCH) -> Row:
    """Cast and check ballots; raise if one of them does not verify."""
    election, key = _election(case, group), SigningKey.generate()
    credential = Credential(voter="v", key=key.public_key, district="everywhere")
    joint = public_key(election.algebra)
    fast = Powers(Arithmetic.FAST, *public_bases(election, joint))
    powers = pm_samples()

    def cast(power: Powers | None) -> CastBallot:
        return Voter(election, joint, credential, key, power=power).cast({"q": case.selection}, 1, bytes(32))

    def check(lines: list[bytes]) -> None:
        submissions = [Submission(decode_entry(line), credential, str(i)) for i, line in enumerate(lines)]
        check_ballots(election, joint, os.urandom(32), submissions)

    made = [bytes(cast(fast).entry) for _ in range(batch)]
    prove = _least(rounds, lambda: bytes(cast(None).entry))
    alone, together = _least(rounds, lambda: check(made[:1])), _least(2, lambda: check(made)) / batch
    pm = min(powers + pm_samples())
    (answer,) = Submission(decode_entry(made[0]), credential, "v").ballot.answers
    form = len(answer.ciphertexts), len(answer.commitments), len(answer.proofs), len(made[0])
    return Row(case, group, *form, prove / pm, alone / pm, together / pm)


def _election(case: Case, group: str) -> Election:
    options = [Option(**option) for option in case.contest["options"]]
    mixed = question_type(case.contest["type"]).from_rules(options, case.contest["rules"]).route is Route.MIX
    definition = {
        "name": "Benchmark",
        "group": group,
        "threshold": 1,
        "districts": [{"id": "everywhere", "name": "Everywhere"}],
        "contests": [{"id": "q", "title": "Question", **case.contest}],
    }
    return appoint(definition, make_keys(1, int(mixed)))


def _least(rounds: int, work: Callable[[], object]) -> float:
    """Return the seconds of the quickest round."""
    taken = []
    for _ in range(rounds):
        start = cpu_seconds()
        work()
        taken.append(cpu_seconds() - start)
    return min(taken)


HEAD = (
    "| ballot | group | ciphertexts | commitments | proofs | bytes | prove | verify one | verify, of 100 |\n"
    "|---|---|--:|--:|--:|--:|--:|--:|--:|\n"
)


def table(rows: dict[str, list[Row]]) -> Iterator[str]:
    """Yield the lines of all series, with when and where they were taken."""
    load = f"{os.getloadavg()[0]:.1f} processes waiting at the end"
    yield f"Taken on {datetime.now(UTC).date().isoformat()} on a busy machine ({load}): {machine()}.\n"
    for title, found in rows.items():
        yield f"\n*{title}*\n\n{HEAD}"
        yield from (f"{row}\n" for row in found)


def main() -> None:
    """Measure every series; write the tables, or print the rows asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ballots", description=__doc__)
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="measure rows whose name contains TEXT; write nothing"
    )
    parser.add_argument("--rounds", type=int, default=5, help="take the least of so many")
    options = parser.parse_args()
    rows: dict[str, list[Row]] = {title: [] for title in SERIES}
    taken: dict[tuple[str, str], Row] = {}
    for title, (case, group) in chain.from_iterable(product([title], series) for title, series in SERIES.items()):
        if options.only in case.text:
            if (case.text, group) not in taken:
                taken[case.text, group] = measured(case, group, options.rounds)
                print(taken[case.text, group], flush=True)
            rows[title].append(taken[case.text, group])
    if not options.only:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(MARKS[0])
        _, after = rest.split(MARKS[1])
        DOCUMENT.write_text(before + MARKS[0] + "".join(table(rows)) + MARKS[1] + after, encoding="utf-8")


if __name__ == "__main__":
    main()
