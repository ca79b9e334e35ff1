"""``evote verify``: the verdict on a record. Nothing that can make a proof or a signature is loaded here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from evote.cli.options import ALL_PROCESSORS, Expect, Jobs, RecordPath, examples, noun
from evote.cli.output import complain, progress, say, show_table
from evote.cli.workers import workers
from evote.formats.native.reader import ENTRIES
from evote.record.board import MAX_CHECKPOINT
from evote.record.files import write_atomic
from evote.verify import CHECKS, Report
from evote.verify import verify as verdict

app = noun("Check a whole record and give a verdict.")

VERDICTS = {
    0: ("VERIFIED: every check held", "bold green"),
    1: ("REFUTED: something in this record is false, malformed or inconsistent", "bold red"),
    2: ("INCOMPLETE: something that the verdict needs is absent or unreadable", "bold yellow"),
}


@app.command(
    epilog=examples(
        "evote verify record --expect 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "evote verify record --checkpoint seen-on-sunday --json report.json",
    )
)
def verify(
    record: RecordPath,
    expect: Expect = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", metavar="FILE", help="A checkpoint of this board, as you got it elsewhere."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the report to this file, too.")
    ] = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Check everything that a record claims, from public data alone.

    Exit status: 0 every check held; 1 something is false, malformed or inconsistent; 2 something is absent or
    unreadable, or the call is wrong.
    """
    seen = None if checkpoint is None else _read(checkpoint)
    with workers(jobs) as executor, progress("checking", _entries(record)) as advance:
        report = verdict(record, expect=expect, checkpoint=seen, executor=executor, progress=advance)
    _print(report, expect)
    status = report.status
    if json is not None:
        try:
            write_atomic(json, _json(report, expect))
        except OSError as error:
            complain(f"{json}: {error.strerror}")
            status = status or 2  # what is false stays false
    raise typer.Exit(status)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_CHECKPOINT + 1)


def _entries(record: Path) -> int | None:
    """Return the number of lines, for the progress bar alone."""
    path = record / ENTRIES
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _print(report: Report, expect: bytes | None) -> None:
    for note in report.notes:
        say(note, "yellow")
    if expect is not None and report.status != 1:
        say(f"origin of the record: the fingerprint is {expect.hex()}, as expected")
    if report.election is not None:
        say(f"election: {report.election.name}, fingerprint {report.election.fingerprint.hex()}")
    held = [(f.check, f.held, CHECKS.get(f.check, "")) for f in report.findings if not f.error]
    if held:
        show_table("Checks that held", ("check", "times", "what it shows"), held)
    for finding in report.failures:
        say(f"{'ABSENT' if finding.absent else 'FALSE'} {finding.check}: {finding.error}", "bold red")
    for line in _scope(report):
        say(line)
    say(*VERDICTS[report.status])


def _scope(report: Report) -> Iterator[str]:
    contests = report.election.contests if report.election else ()
    yield f"scope: definition, board, lists and every proof; {len(report.results)} of {len(contests)} results"
    yield "not in scope: voters' devices, who is on the roll, secrecy (docs/limitations.md)"
    yield f"seed of the batch weights: {report.seed.hex()}"


def _json(report: Report, expect: bytes | None) -> bytes:
    election = report.election
    content: dict[str, Any] = {
        "status": report.status,
        "election": election and {"name": election.name, "fingerprint": election.fingerprint.hex()},
        "expected": expect and expect.hex(),
        "notes": report.notes,
        "findings": [
            {
                "check": finding.check,
                "meaning": CHECKS.get(finding.check, ""),
                "held": finding.held,
                "error": finding.error,
                "absent": finding.absent,
            }
            for finding in report.findings
        ],
        "results": report.results,
        "seed": report.seed.hex(),
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
