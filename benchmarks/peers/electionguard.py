"""electionguard-python 1.4.0 from the package index: the 4096/256 group, one 0/1 selection at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.peers import HOME, Absent, Cost, command

NAME = "electionguard-python 1.4.0"
GROUP = "electionguard-4096"
PYTHON = HOME / "electionguard" / "bin" / "python"
INSIDE = Path(__file__).with_name("electionguard_inside.py")
SELECTIONS = 10
# theirs, ours, how many of ours
PAIRS = (
    ("encrypt and prove", "selection-prove-untabled", 30),
    ("encrypt and prove", "selection-prove", 100),
    ("encrypt and prove", "selection-prove-fast", 300),
    ("verify", "selection-verify", 5000),
)


def install() -> None:
    """Make an environment with the package in it."""
    command(sys.executable, "-m", "venv", PYTHON.parent.parent)
    command(PYTHON, "-m", "pip", "install", "--quiet", "electionguard==1.4.0")


def costs() -> Iterator[dict[str, Cost]]:
    """Yield, again and again, what a selection costs; `Absent` if the package is."""
    if not PYTHON.exists():
        raise Absent("not installed")
    while True:
        told = json.loads(command(PYTHON, "-I", INSIDE, SELECTIONS))
        yield {work: Cost(seconds, seconds / told["pm"]) for work, seconds in told.items() if work != "pm"}
