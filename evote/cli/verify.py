"""``evote verify``: the verdict on a record. Nothing that can make a proof or a signature is loaded here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from evote.cli.files import (
    BoxFile,
    CheckpointFile,
    ChoicesFile,
    CiphertextsFile,
    DistrictsFile,
    ExpectedAuxsid,
    ExpectedType,
    ExpectedWidth,
    FormatName,
    InvalidFile,
    JsonFile,
    KeyFile,
    MixingDirectory,
    ProofsFile,
    ProtinfoFile,
    ShuffledFile,
    TallyFile,
)
from evote.cli.options import ALL_PROCESSORS, Expect, Jobs, examples, noun
from evote.cli.output import check_report_place, progress, say, show_table, told, write_report
from evote.cli.workers import workers
from evote.formats import NATIVE, LooseFormat, foreign_format, format_names
from evote.formats.native.reader import ENTRIES
from evote.record.board import MAX_CHECKPOINT
from evote.record.report import Report
from evote.verify import Report as ElectionReport
from evote.verify import verify as verdict

app = noun("Check a whole record and give a verdict.")

VERDICTS = {
    0: ("VERIFIED: every check held", "bold green"),
    1: ("REFUTED: something in this record is false, malformed or inconsistent", "bold red"),
    2: ("INCOMPLETE: something that the verdict needs is absent or unreadable", "bold yellow"),
}

NO_RECORD = "Missing argument 'RECORD'"


@app.command(
    epilog=examples(
        "evote verify record --expect 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "evote verify record --checkpoint seen-on-sunday --json report.json",
        "evote verify nizkp --format verificatum --protinfo protInfo.xml",
        "evote verify nizkp --format verificatum --protinfo protInfo.xml --key publicKey --ciphertexts ciphertexts "
        "--type shuffling --auxsid default",
        "evote verify RK2023 --format ivxv --key pub.pem",
        "evote verify --format ivxv --key pub.pem --proofs RK2023-proof",
    )
)
def verify(
    record: Annotated[Path | None, typer.Argument(metavar="RECORD", help="The record's directory.")] = None,
    expect: Expect = None,
    checkpoint: CheckpointFile = None,
    json: JsonFile = None,
    form: FormatName = NATIVE,
    protinfo: ProtinfoFile = None,
    key: KeyFile = None,
    ciphertexts: CiphertextsFile = None,
    kind: ExpectedType = None,
    auxsid: ExpectedAuxsid = None,
    width: ExpectedWidth = None,
    proofs: ProofsFile = None,
    box: BoxFile = None,
    shuffled: ShuffledFile = None,
    mixing: MixingDirectory = None,
    invalid: InvalidFile = None,
    tally: TallyFile = None,
    districts: DistrictsFile = None,
    choices: ChoicesFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Check everything that a record claims, from public data alone.

    RECORD is a directory; in a format whose files can be named one by one it may be left out.

    Exit status: 0 every check held; 1 something is false, malformed or inconsistent; 2 something is absent or
    unreadable, or the call is wrong.
    """
    brought = _brought(protinfo=protinfo, key=key, ciphertexts=ciphertexts, proofs=proofs, box=box, shuffled=shuffled)
    brought |= _brought(mixing=mixing, invalid=invalid, tally=tally, districts=districts, choices=choices)
    claims = _claims(type=kind, auxsid=auxsid, width=width)
    check_report_place(json, record, checkpoint, *brought.values())
    report = _report(form, record, expect, checkpoint, jobs, Brought(brought, claims))
    ways = [lambda: _print(report, expect)]
    if json is not None:
        ways.append(lambda: write_report(json, _json(report, expect)))
    raise typer.Exit(told(report.status, *ways))


class Brought(NamedTuple):
    """What an auditor has from elsewhere, by the names of the options: files, and what the record says of itself."""

    files: dict[str, Path]
    claims: dict[str, str]


def _report(
    form: str, record: Path | None, expect: bytes | None, checkpoint: Path | None, jobs: int, brought: Brought
) -> Report:
    if form == NATIVE:
        return _verify_native(record, expect, checkpoint, jobs, brought)
    if expect is not None or checkpoint is not None:
        raise typer.BadParameter(f"the format {form} has neither fingerprints nor checkpoints")
    return _verify_foreign(form, record, jobs, brought)


def _brought(**files: Path | None) -> dict[str, Path]:
    """Return those of the files that were given, by the names of their options."""
    return {name: path for name, path in files.items() if path is not None}


def _claims(**words: str | int | None) -> dict[str, str]:
    """Return those of the words that were given, in the same way."""
    return {name: str(word) for name, word in words.items() if word is not None}


def _verify_native(
    record: Path | None, expect: bytes | None, checkpoint: Path | None, jobs: int, brought: Brought
) -> ElectionReport:
    for name in (*brought.files, *brought.claims):
        raise typer.BadParameter(f"our own format has no use for --{name}")
    if record is None:
        raise typer.BadParameter(NO_RECORD)
    seen = None if checkpoint is None else _read(checkpoint)
    with workers(jobs) as executor, progress("checking", _entries(record)) as advance:
        return verdict(record, expect=expect, checkpoint=seen, executor=executor, progress=advance)


def _verify_foreign(form: str, record: Path | None, jobs: int, brought: Brought) -> Report:
    if form not in format_names():
        raise typer.BadParameter(f"no format is named {form}; there are {', '.join(format_names())}")
    try:
        foreign = foreign_format(form, brought.files, brought.claims)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    with workers(jobs) as executor:
        if record is not None:
            return foreign.verify(record, brought.files, executor=executor)
        if isinstance(foreign, LooseFormat) and brought.files:
            return foreign.verify_files(brought.files, executor=executor)
    raise typer.BadParameter(NO_RECORD)


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
    if isinstance(report, ElectionReport) and report.election is not None:
        say(f"election: {report.election.name}, fingerprint {report.election.fingerprint.hex()}")
    held = [(f.check, f.held, report.checks.get(f.check, "")) for f in report.findings if not f.error]
    if held:
        show_table("Checks that held", ("check", "times", "what it shows"), held)
    for finding in report.failures:
        say(f"{'ABSENT' if finding.absent else 'FALSE'} {finding.check}: {finding.error}", "bold red")
    for line in report.scope:
        say(line)
    if report.seed:
        say(f"seed of the batch weights: {report.seed.hex()}")
    say(*VERDICTS[report.status])


def _json(report: Report, expect: bytes | None) -> bytes:
    content: dict[str, Any] = {
        "status": report.status,
        **(_election(report, expect) if isinstance(report, ElectionReport) else {}),
        "scope": report.scope,
        "notes": report.notes,
        "findings": [
            {
                "check": finding.check,
                "meaning": report.checks.get(finding.check, ""),
                "held": finding.held,
                "error": finding.error,
                "absent": finding.absent,
            }
            for finding in report.findings
        ],
        "seed": report.seed.hex(),
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _election(report: ElectionReport, expect: bytes | None) -> dict[str, Any]:
    election = report.election
    return {
        "election": election and {"name": election.name, "fingerprint": election.fingerprint.hex()},
        "expected": expect and expect.hex(),
        "results": report.results,
    }
