"""``python -m tests.mutants``: both runs, a table for each; exit status 1 if any verdict is not as it should be."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evote.verify import CHECKS
from tests.mutants.judge import Verdict, judge, reference_verifier
from tests.mutants.run import RUNS, Worlds, by_check, by_reason, judge_all, make_worlds, mutants_of, thinned

console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Run and print; return the exit status."""
    options = parse()
    with tempfile.TemporaryDirectory(prefix="evote-mutants-") as directory:
        worlds = make_worlds(Path(directory))
        if options.only:
            return show_one(worlds, options.only, options.keep)
        return max(show_run(worlds, run, options.count, options.processes) for run in RUNS)


def parse() -> argparse.Namespace:
    """Return the command's options."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=1500, help="mutants in each run; 0 for all")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", metavar="NAME", help="one mutant, with everything that is said of it")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="with --only: where to leave the mutant")
    return parser.parse_args()


def show_one(worlds: Worlds, name: str, keep: Path | None) -> int:
    """Make one mutant, say everything about it, and leave it at ``keep``."""
    found = {mutant.name: mutant for run in RUNS for mutant in mutants_of(worlds, run)}
    if name not in found:
        near = [other for other in found if name in other]
        console.print(f"no mutant is called {name!r}; {len(near)} contain it", *near[:20], sep="\n  ", markup=False)
        return 2
    with tempfile.TemporaryDirectory() as directory:
        path = keep or Path(directory) / "record"
        found[name].write(worlds[found[name].record], path)
        verdict = judge(found[name], path)
    for field in ("mutant", "honest", "status", "check", "detail", "reference", "problems"):
        console.print(f"{field:>10}: {getattr(verdict, field)}", markup=False)
    return int(bool(verdict.problems))


def show_run(worlds: Worlds, run: str, count: int, processes: int) -> int:
    """Judge the mutants of a run and print its tables; return 1 if there are problems."""
    every = mutants_of(worlds, run)
    chosen = thinned(every, count) if count else every
    started = time.monotonic()
    verdicts = list(judge_all(worlds, chosen, processes))
    seconds = time.monotonic() - started
    console.rule(f"[bold]{run}: {len(chosen)} of {len(every)} mutants, {seconds:.0f} s")
    console.print(check_table(verdicts))
    refused = [verdict for verdict in verdicts if not verdict.honest]
    honest = by_reason(verdicts)
    console.print(
        f"{len(refused)} changes, of which {sum(v.status == 2 for v in refused)} lack something rather than lie"
    )
    if honest:
        console.print(f"{honest.total()} excluded, since an honest author may do the same; all of these verify:")
        for reason, number in honest.most_common():
            console.print(f"  {number:5}  {reason}", markup=False)
    if reference_verifier() is None:
        console.print("the reference verifier is not there", style="yellow")
    return show_problems(verdicts)


def check_table(verdicts: list[Verdict]) -> Table:
    """Return how many mutants each check caught, in the order of the checks."""
    caught = by_check(verdicts)
    table = Table("check", "caught", "what it says")
    for check in sorted(caught, key=list(CHECKS).index):
        table.add_row(check, str(caught[check]), CHECKS[check])
    return table


def show_problems(verdicts: list[Verdict]) -> int:
    """Print what is wrong with the verifiers; return 1 if anything is."""
    wrong = [verdict for verdict in verdicts if verdict.problems]
    for verdict in wrong:
        console.print(verdict.mutant, *verdict.problems, verdict.detail, sep="\n    ", markup=False, style="red")
    console.print(f"{len(wrong)} verdicts that are not as they should be", style="bold red" if wrong else "bold green")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
