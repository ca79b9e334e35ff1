"""belenios-tool from Debian (2.0: groups modulo p only): ballots of yes, no and blank, as in our referendum.

A ballot is three ciphertexts with their proofs, a proof of the sum, and a signature; ours likewise, and the whole
record around it. Verification reads the ballots' archive; what it costs without ballots is taken off.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.peers import HOME, Absent, Cost, command
from evote.bench.measure import pm_samples

NAME = "belenios-tool"
GROUP = "modp-2048"
THEIR_GROUP = "RFC-3526-2048"
HERE = HOME / "belenios"
BALLOTS = 12
PAIRS = (("verify a ballot", "record-verify", 300),)
TEMPLATE = {
    "description": "bench",
    "name": "bench",
    "questions": [{"answers": ["yes", "no"], "blank": True, "min": 1, "max": 1, "question": "bench"}],
    "administrator": "bench",
    "credential_authority": "bench",
}


def install() -> None:
    """Unpack the Debian package without installing it."""
    HERE.mkdir(parents=True, exist_ok=True)
    command("apt-get", "download", "belenios-tool", cwd=HERE)
    for package in HERE.glob("belenios-tool*.deb"):
        command("dpkg", "-x", package, HERE)


def costs() -> Iterator[dict[str, Cost]]:
    """Yield, again and again, what a ballot costs; `Absent` if the program is."""
    unpacked = HERE / "usr" / "bin" / "belenios-tool"
    tool = str(unpacked) if unpacked.exists() else shutil.which("belenios-tool")
    if tool is None:
        raise Absent("not installed")
    os.environ["BELENIOS_USE_URANDOM"] = "1"
    with TemporaryDirectory() as directory:
        empty, full = Path(directory) / "empty", Path(directory) / "full"
        _election(tool, empty)
        shutil.copytree(empty, full)
        _vote(tool, full)
        while True:
            before = pm_samples()
            seconds = (_verify(tool, full) - _verify(tool, empty)) / BALLOTS
            yield {"verify a ballot": Cost(seconds, seconds / median(before + pm_samples()))}


def _election(tool: str, path: Path) -> None:
    path.mkdir()
    (path / "template.json").write_text(json.dumps(TEMPLATE))
    (path / "voters.txt").write_text("".join(f"voter{i}@example.com\n" for i in range(BALLOTS)))
    uuid, shape = command(tool, "setup", "generate-token").strip(), ("--group", THEIR_GROUP)
    command(tool, "setup", "generate-credentials", "--uuid", uuid, *shape, "--file", "voters.txt", cwd=path)
    for suffix, name in (("pubcreds", "public_creds.json"), ("privcreds", "private_creds.txt")):
        next(path.glob(f"*.{suffix}")).rename(path / name)
    command(tool, "setup", "generate-trustee-key", *shape, cwd=path)
    (path / "public_keys.jsons").write_text(next(path.glob("*.pubkey")).read_text())
    command(tool, "setup", "make-trustees", cwd=path)
    command(tool, "setup", "make-election", "--uuid", uuid, *shape, "--template", "template.json", cwd=path)
    command(tool, "archive", "init", cwd=path)
    for name in ("election.json", "trustees.json", "public_creds.json"):
        (path / name).unlink(missing_ok=True)


def _vote(tool: str, path: Path) -> None:
    (path / "choice.json").write_text("[[0,1,0]]")
    for line in (path / "private_creds.txt").read_text().splitlines():
        (path / "credential").write_text(line.split()[1])
        words = ("election", "generate-ballot", "--privcred", "credential", "--ballot", "choice.json")
        command(tool, "archive", "add-event", "--type=Ballot", cwd=path, text=command(tool, *words, cwd=path))


def _verify(tool: str, path: Path) -> float:
    start = _children()
    command(tool, "election", "verify", cwd=path)
    return _children() - start


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
