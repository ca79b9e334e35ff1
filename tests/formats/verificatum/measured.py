"""What a session costs: CPU of this process for each ciphertext, in full-size 3072-bit powers of the same process.

``python -m tests.formats.verificatum.measured verify /tmp/made`` (or ``shuffle``), for what `synthetic` made; best of
three, each beside the median of powers before and after it, and the most memory that the process ever had.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from evote.crypto.group import group
from evote.formats.verificatum.byte_tree import Tree
from evote.formats.verificatum.lists import Layout
from evote.formats.verificatum.protinfo import read_protinfo
from evote.formats.verificatum.verifier import verify_directory
from tests.formats.verificatum.synthetic import shuffle_session


def power() -> float:
    """Return the seconds that a full-size power takes."""
    of: Any = group("modp-3072")
    source = random.Random(1)
    base, exponent = source.randrange(of.p), of.p - source.randrange(1 << 3000)
    return cpu(lambda: of.power_public(base, exponent))


def cpu(work: Callable[[], object]) -> float:
    """Return the seconds of CPU that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def verify(case: Path) -> None:
    """Verify a directory, which must hold."""
    assert verify_directory(case / "nizkp", case / "protInfo.xml").status == 0


def shuffle(case: Path) -> None:
    """Shuffle a copy of a session."""
    with TemporaryDirectory() as name:
        for file in ("protInfo.xml", "publicKey", "ciphertexts"):
            shutil.copy(case / file, name)
        shuffle_session(Path(name))


def rows(case: Path) -> int:
    """Return the length of a session's list."""
    info = read_protinfo(case / "protInfo.xml")
    layout = Layout(info.group, info.keywidth, info.width)
    return len(layout.ciphertexts(Tree((case / "ciphertexts").read_bytes(), "ciphertexts")))


def main(work: Callable[[Path], None], case: Path) -> None:
    """Print the best of three."""
    n, found = rows(case), []
    for _ in range(3):
        powers = [power() for _ in range(9)]
        seconds = cpu(lambda: work(case))
        powers += [power() for _ in range(9)]
        found.append((seconds / n / median(powers), 1000 * seconds / n))
    ratio, milliseconds = min(found)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(f"N = {n}: {ratio:.3f} powers, {milliseconds:.2f} ms for each ciphertext; {int(peak.split()[1]) // 1024} MB")


if __name__ == "__main__":
    main({"verify": verify, "shuffle": shuffle}[sys.argv[1]], Path(sys.argv[2]))
