"""The table of targets: python -m benchmarks.report [--only TEXT] [--rounds R] [--divide D] [--figures FILE].

Measures what each row needs, keeps all figures in docs/performance/figures.json, and writes the table into
docs/performance.md between its two marks. With ``--only`` the rows whose text contains TEXT are measured anew, and the
others stand as they were. All rows take about an hour; ``--divide 100`` tries the whole of it in minutes, and writes
nothing. A commit with ``+`` had changes on top of it.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import gmpy2
import msgspec

from benchmarks.peers import Absent, Comparison, electionguard
from benchmarks.peers.__main__ import compare
from evote.bench.measure import Bench, Figure, directory, measure
from evote.bench.works import WORKS

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "performance.md"
FIGURES = ROOT / "docs" / "performance" / "figures.json"
MARKS = ("<!-- benchmarks.report writes from here -->\n", "<!-- to here -->\n")
P, C, E = "modp-3072", "p-256", "ristretto255"


@dataclass(slots=True)
class Run:
    """One run through the table; what several rows need is measured once."""

    directory: Path
    rounds: int
    divide: int
    taken: dict[tuple[str, str, int, int], Figure] = field(default_factory=dict)
    peers: dict[str, Comparison] = field(default_factory=dict)

    def figure(self, work: str, group: str, n: int, jobs: int = 1) -> Figure:
        """Return the median round, by pm per item."""
        n = max(n // self.divide, 3)
        key = (work, group, n, jobs)
        if key not in self.taken:
            bench = Bench(group, n, jobs, self.directory)
            figures = [measure(work, WORKS[work], bench) for _ in range(self.rounds)]
            self.taken[key] = sorted(figures, key=lambda figure: figure.pm_per_item)[len(figures) // 2]
        return self.taken[key]

    def electionguard(self) -> dict[str, Comparison]:
        """Return the comparisons with electionguard-python by the name of our work."""
        if not self.peers:
            self.peers |= {comparison.ours: comparison for comparison in compare(electionguard, self.rounds)}
        return self.peers


@dataclass(frozen=True, slots=True)
class Target:
    """A row: what is measured, the bound, and how the value is found; ``least`` if the bound is a lower one."""

    text: str
    bound: float
    value: Callable[[Run], float]
    unit: str = "pm"
    least: bool = False

    def met(self, value: float) -> bool:
        """Tell whether the value is within the bound."""
        return value >= self.bound if self.least else value <= self.bound


def _pm(text: str, bound: float, work: str, group: str, n: int) -> Target:
    return Target(f"{text}, {group}, N = {n}", bound, lambda run: run.figure(work, group, n).pm_per_item)


def _guard(text: str, bound: float, ours: str) -> Target:
    return Target(f"{text}, electionguard-4096", bound, lambda run: run.electionguard()[ours].ratio, "of theirs")


def _speedup(group: str) -> Target:
    def value(run: Run) -> float:
        one, two = (run.figure("shuffle-verify", group, 10_000, jobs).wall_s for jobs in (1, 2))
        return one / two

    return Target(f"two processes against one: verify shuffle, {group}, N = 10000", 1.75, value, "times", least=True)


def _growth(work: str, text: str) -> Target:
    def value(run: Run) -> float:
        small, large = (run.figure(work, E, n).pm_per_item for n in (10_000, 100_000))
        return large / small

    return Target(f"cost per item, N = 100000 against 10000: {text}, {E}", 1.05, value, "times")


TARGETS = (
    _pm("verify shuffle", 0.19, "shuffle-verify", P, 5000),
    _pm("verify shuffle", 0.17, "shuffle-verify", P, 10_000),
    _pm("verify shuffle", 0.055, "shuffle-verify", C, 10_000),
    _pm("verify shuffle", 0.055, "shuffle-verify", E, 10_000),
    _pm("shuffle and prove", 0.92, "shuffle-prove", P, 5000),
    _pm("shuffle and prove", 0.062, "shuffle-prove", C, 10_000),
    _pm("shuffle and prove", 0.062, "shuffle-prove", E, 10_000),
    _pm("verify decryption of a list, one proof", 0.02, "decryption-verify", P, 10_000),
    _pm("verify decryption, a proof each", 0.17, "decryption-each-verify", P, 10_000),
    _pm("verify a 0/1 selection", 0.035, "selection-verify", E, 10_000),
    _guard("verify a 0/1 selection, against electionguard-python", 1 / 15, "selection-verify"),
    _guard("encrypt and prove, `powmod_sec`, against electionguard-python", 1, "selection-prove-untabled"),
    _guard("encrypt and prove, masked tables, against electionguard-python", 1 / 2, "selection-prove"),
    _guard("encrypt and prove, fast, against electionguard-python", 1 / 5, "selection-prove-fast"),
    _speedup(P),
    _speedup(C),
    _speedup(E),
    _growth("selection-verify", "verify a 0/1 selection"),
    _growth("shuffle-verify", "verify shuffle"),
    Target(
        f"resident memory, verify a mixed record of 100000 ballots, {E}",
        500,
        lambda run: run.figure("record-verify-mixed", E, 100_000).max_rss_mb,
        "MB",
    ),
)


class Row(msgspec.Struct):
    """A row as it was measured; ``load`` is how many processes wanted a processor in the minute before."""

    text: str
    value: float
    day: str
    commit: str
    load: float


class Results(msgspec.Struct):
    """All that was measured so far."""

    rows: dict[str, Row] = {}
    figures: list[Figure] = []
    peers: list[Comparison] = []


def measured(run: Run, only: str) -> Iterator[Row]:
    """Yield the rows asked for, as they are measured; say which cannot be."""
    day, commit = datetime.now(UTC).date().isoformat(), _commit()
    for target in TARGETS:
        if only in target.text:
            load = os.getloadavg()[0]
            try:
                row = Row(target.text, target.value(run), day, commit, round(load, 1))
            except Absent as reason:
                print(f"SKIPPED {target.text}: {reason}", flush=True)
                continue
            print(f"{row.value:10.4f} {target.unit:9} {target.text}", flush=True)
            yield row


def _commit() -> str:
    words = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def table(results: Results) -> Iterator[str]:
    """Yield the table's lines."""
    yield f"Machine: {machine()}.\n\n"
    yield "| work | bound | measured | | on | at | load |\n|---|---|---|---|---|---|---|\n"
    for target in TARGETS:
        bound = f"{'at least' if target.least else 'at most'} {target.bound:.3g} {target.unit}"
        row = results.rows.get(target.text)
        if row is None:
            yield f"| {target.text} | {bound} | not measured | | | | |\n"
        else:
            verdict = "met" if target.met(row.value) else "**not met**"
            yield f"| {target.text} | {bound} | {row.value:.3g} | {verdict} | {row.day} | {row.commit} | {row.load} |\n"


def machine() -> str:
    """Return processor, system and versions in one line."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    versions = f"Python {platform.python_version()}, gmpy2 {gmpy2.version()}, {gmpy2.mp_version()}"
    return f"{len(models)} x {models[0]}, {platform.system()} {platform.release()}, {versions}"


def _merged(old: Results, rows: dict[str, Row], run: Run) -> Results:
    figures = {(f.work, f.group, f.n, f.jobs): f for f in old.figures} | run.taken
    peers = {c.ours: c for c in old.peers} | run.peers
    return Results(old.rows | rows, list(figures.values()), list(peers.values()))


def main() -> None:
    """Measure rows, merge them with those of earlier runs, write figures and table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="measure the rows whose text contains TEXT")
    parser.add_argument("--rounds", type=int, default=1, help="measure each figure so often, take the median")
    parser.add_argument("--divide", type=int, default=1, help="divide every N, to try it; writes nothing")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where figures are kept")
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="the document with the table")
    options = parser.parse_args()
    with directory() as shared:
        run = Run(shared, options.rounds, options.divide)
        for row in measured(run, options.only):
            if options.divide == 1:
                keep(row, run, options.figures, options.document)


def keep(row: Row, run: Run, path: Path, document: Path) -> None:
    """Add a row and its figures to those of earlier runs; write the table anew."""
    old = msgspec.json.decode(path.read_bytes(), type=Results) if path.exists() else Results()
    results = _merged(old, {row.text: row}, run)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    before, rest = document.read_text(encoding="utf-8").split(MARKS[0])
    _, after = rest.split(MARKS[1])
    document.write_text(before + MARKS[0] + "".join(table(results)) + MARKS[1] + after, encoding="utf-8")


if __name__ == "__main__":
    main()
