"""Two whole elections from real figures: run, verified by a fresh process, then forged and caught.

The Riigikogu election of 2023, in all twelve districts, goes by the mix road, the referendum of 2003 on joining the
European Union by the homomorphic road; 1000 ballots each, drawn from the published votes. Records are left in
``build/demo``.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from evote.formats.native.reader import NativeRecord, list_name
from evote.record.entries import AnyBody, Result, Shuffle, decode_entry
from evote.record.lists import lines_digest
from evote.record.merkle import MerkleLog, leaf_hash
from evote.record.operator import sign_checkpoint, sign_entry
from evote.scenario import HeldElection, draw, run

BALLOTS, SEED, SHOWN = 1000, 2023, 12
BUILD = Path("build/demo")
console = Console()

Change = Callable[[NativeRecord, Any], tuple[AnyBody, list[list[bytes]]]]


@dataclass(frozen=True)
class Forgery:
    """A change to the last entry of a kind, after which everybody signs again, and what it is in words."""

    kind: type[AnyBody]
    change: Change
    story: str


def main() -> int:
    """Hold both elections; return 0 if each verified, each result is what was put in, and each forgery was caught."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    good = [hold("riigikogu", COPIED_BALLOT), hold("referendum", MOVED_VOTE)]
    console.rule("[bold]" + ("both results right, both forgeries caught" if all(good) else "SOMETHING WENT WRONG"))
    return 0 if all(good) else 1


def hold(example: str, forgery: Forgery) -> bool:
    """Hold one election, verify it, forge it; tell whether everything went as it must."""
    console.rule(f"[bold]{example}")
    scenario, path, start = draw(example, BALLOTS, SEED), BUILD / example, time.perf_counter()
    held = run(path, scenario, tell=lambda phase: console.print(f"{time.perf_counter() - start:6.1f} s  {phase}"))
    console.print(f"{time.perf_counter() - start:6.1f} s  done: {door(held)}")
    equal = compare(held)
    fingerprint = held.simulation.election.fingerprint.hex()
    verified = evote("verify", str(path), "--expect", fingerprint) == 0
    forged = BUILD / f"{example}-forged"
    console.print(f"\n[bold]A forgery:[/bold] {forgery.story}")
    forge(held, path, forged, forgery)
    caught = evote("verify", str(forged), "--expect", fingerprint) == 1
    return equal and verified and caught


def door(held: HeldElection) -> str:
    """Return what the operator's door did, in words."""
    refused = ", ".join(f"{count} refused by {check}" for check, count in held.refused.items())
    return f"{held.accepted} ballots accepted, {refused}"


def compare(held: HeldElection) -> bool:
    """Print the result beside what was put in; tell whether all of it is equal, unit by unit."""
    (contest,) = held.election.contests
    result, expected = held.simulation.counting.results[contest.id], held.expected[contest.id]
    pairs = zip(contest.options, expected.counts, result.counts, strict=True)
    table = Table("option", "name", "put in", "counted", title=contest.title)
    for option, put_in, counted in sorted(pairs, key=lambda pair: -pair[2])[:SHOWN]:
        table.add_row(option.id, option.name, str(put_in), str(counted))
    console.print(table)
    wrong = held.differences()
    console.print(
        f"{len(result.counts)} options in {len(result.units)} units, all equal: {'NO' if wrong else 'yes'}; "
        f"{sum(result.counts)} counted, {result.blank} blank, {result.invalid} invalid, {result.withheld} withheld"
    )
    if result.outcome:
        last = result.outcome.tables[-1]
        decided = Table(*last.columns, title=f"{last.title}: decided by the method {result.outcome.method}")
        for row in last.rows:
            decided.add_row(*row)
        console.print(decided)
    return not wrong


def evote(*arguments: str) -> int:
    """Run the command in a fresh process and return its exit status."""
    console.print(f"\n$ evote {' '.join(arguments)}", highlight=False)
    status = subprocess.run([Path(sys.executable).with_name("evote"), *arguments], check=False).returncode  # noqa: S603
    console.print(f"exit status {status}")
    return status


def copy_a_row(record: NativeRecord, body: Shuffle) -> tuple[AnyBody, list[list[bytes]]]:
    """Put a copy of the second row of a mixed list in place of the first."""
    rows = list(record.rows(body.output, BALLOTS * 2))
    rows[0] = rows[1]
    return msgspec.structs.replace(body, output=lines_digest(rows)), [rows]


def move_a_vote(_record: NativeRecord, body: Result) -> tuple[AnyBody, list[list[bytes]]]:
    """Take one vote from the first option and give it to the second."""
    first, second = body.counts
    (unit,) = body.units
    counts = (first - 1, second + 1)
    return msgspec.structs.replace(body, counts=counts, units=(msgspec.structs.replace(unit, counts=counts),)), []


COPIED_BALLOT = Forgery(Shuffle, copy_a_row, "the last mix server copied one ballot over another; all signed again.")
MOVED_VOTE = Forgery(Result, move_a_vote, "the operator moved one vote from yes to no; all signed again.")


def forge(held: HeldElection, path: Path, forged: Path, forgery: Forgery) -> None:
    """Copy a record with one entry changed, signed by its author, under a new checkpoint."""
    shutil.copytree(path, forged)
    record, keys = NativeRecord(path), held.simulation.keys
    lines = list(record.lines())
    index = max(i for i, line in enumerate(lines) if isinstance(decode_entry(line).body, forgery.kind))
    entry = decode_entry(lines[index])
    body, lists = forgery.change(record, entry.body)
    fingerprint = record.election.fingerprint
    lines[index] = bytes(sign_entry(keys.of(entry.author), fingerprint, entry.author, body))
    for rows in lists:
        (forged / list_name(lines_digest(rows))).write_bytes(b"".join(row + b"\n" for row in rows))
    log = MerkleLog()
    for line in lines:
        log.append(leaf_hash(line))
    (forged / "board/entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (forged / "board/checkpoint").write_bytes(sign_checkpoint(keys.operator, fingerprint, log))


if __name__ == "__main__":
    sys.exit(main())
