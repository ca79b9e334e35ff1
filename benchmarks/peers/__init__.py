"""Other people's programs beside ours, in the same run: ``python -m benchmarks.peers``.

Peers are not dependencies. ``--install`` fetches them into ``.peers/``: electionguard from the package index into an
environment of its own, belenios-tool from Debian. One that is absent is named and skipped.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec

HOME = Path(__file__).parent.parent.parent / ".peers"


class Absent(Exception):
    """A peer is not installed here, or does not run."""


class Cost(msgspec.Struct, frozen=True):
    """Processor time per item, in seconds and in pm of the same minute."""

    cpu_s: float
    pm: float


class Comparison(msgspec.Struct, frozen=True):
    """One work, theirs and ours by turns; ``ratio`` is our cost over theirs, both in pm, medians of the rounds."""

    peer: str
    theirs: str
    ours: str
    group: str
    ratio: float
    their_cost: Cost
    our_cost: Cost
    rounds: list[tuple[Cost, Cost]]


def command(*words: object, cwd: Path | None = None, text: str | None = None) -> str:
    """Return what a program prints; raise `Absent` with its last words if it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - the peers' own programs
            list(map(str, words)), cwd=cwd, input=text, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        told = str(getattr(error, "stderr", "") or error).strip().splitlines()
        raise Absent(told[-1]) from None
    return done.stdout
