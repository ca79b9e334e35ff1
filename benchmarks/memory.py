"""Resident memory of a verifier's parent process, for a record of N ballots: python benchmarks/memory.py [N] [JOBS]."""

import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from evote.scenario import draw, run
from evote.verify import verify

DEFAULTS = ["20000", "2"]


def measure(record: Path, jobs: int) -> None:
    """Verify in this process and its workers; print the verdict, the time and this process's largest resident size."""
    start = time.perf_counter()
    with ProcessPoolExecutor(jobs) as executor:
        report = verify(record, executor=executor)
    # VmHWM starts at zero in a new program; ru_maxrss would remember the process that started this one.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) // 1024
    print(f"{record.name}: status {report.status}, {time.perf_counter() - start:.1f} s, {peak} MB")


def main() -> None:
    """Make a record by each road and verify it in a fresh process."""
    ballots, jobs = (int(x) for x in (sys.argv[1:] + DEFAULTS[len(sys.argv) - 1 :]))
    with TemporaryDirectory() as directory:
        for example in ("riigikogu", "referendum"):
            record = Path(directory) / example
            run(record, draw(example, ballots))
            subprocess.run([sys.executable, __file__, "measure", str(record), str(jobs)], check=True)  # noqa: S603 - ourselves


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
