"""The vectors, and copies of them to spoil."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evote.formats.verificatum.verifier import verify_directory
from evote.record.report import Report

VECTORS = Path(__file__).parent.parent.parent / "vectors" / "verificatum"
NAMES = sorted(path.name for path in VECTORS.iterdir() if path.is_dir())
OUTSIDE = Path(os.environ.get("EVOTE_VERIFICATUM_VECTORS", "/work/shared/vectors/verificatum"))  # the large ones
SEED = bytes(32)

Change = Callable[[Path], object]


def verified(case: Path) -> Report:
    """Return our report; the seed is fixed, so that a test gives the same result every time."""
    return verify_directory(case / "nizkp", case / "protInfo.xml", seed=SEED)


def values(name: str) -> dict[str, list[Any]]:
    return json.loads((VECTORS / name / "values.json").read_text())


def copied(name: str, to: Path) -> Path:
    return shutil.copytree(VECTORS / name, to / name)


def file_names(name: str) -> list[str]:
    root = VECTORS / name / "nizkp"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def flip(file: str, at: int, bits: int = 1) -> Change:
    """Return what changes a byte of a file; negative places count from its end."""

    def change(case: Path) -> None:
        path = case / "nizkp" / file
        data = bytearray(path.read_bytes())
        data[at] ^= bits
        path.write_bytes(data)

    return change


def swap(file: str, first: int, second: int, size: int) -> Change:
    """Return what swaps two blocks of a file."""

    def change(case: Path) -> None:
        path = case / "nizkp" / file
        data = bytearray(path.read_bytes())
        a, b = slice(first, first + size), slice(second, second + size)
        data[a], data[b] = data[b], data[a]
        path.write_bytes(data)

    return change


def write(file: str, data: bytes) -> Change:
    """Return what replaces a file."""
    return lambda case: (case / "nizkp" / file).write_bytes(data)


def edit(file: str, old: bytes, new: bytes, count: int = 1) -> Change:
    """Return what replaces bytes in a file, which must be there; ``protInfo.xml`` lies beside the directory."""

    def change(case: Path) -> None:
        path = case / file if file == "protInfo.xml" else case / "nizkp" / file
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new, count))

    return change


def delete(file: str) -> Change:
    """Return what takes a file away."""
    return lambda case: (case / "nizkp" / file).unlink()


def both(*changes: Change) -> Change:
    """Return what makes several changes."""
    return lambda case: [change(case) for change in changes]
