"""Workers, who may have seen secrets, do not outlive the command that started them, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PS = shutil.which("ps")
pytestmark = pytest.mark.skipif(PS is None, reason="there is no ps, which tells who lives")
COMMAND = """
import signal, sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from evote.cli.workers import workers
from evote.parallel import end_with_parent, pmap

def work(seconds):
    print("working", flush=True)
    time.sleep(seconds[0])

def pool(method):
    return ProcessPoolExecutor(2, get_context(method), initializer=end_with_parent)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests may ignore both, and we inherit that
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    with workers(2) if sys.argv[1] == "ours" else pool(sys.argv[1]) as executor:
        list(pmap(work, map(float, sys.argv[2:]), executor=executor, chunk=1))
        print("idle", flush=True)
        time.sleep(600)
"""
PATIENCE = 10.0  # seconds


def started(script: Path, pool: str, *seconds: int) -> subprocess.Popen[str]:
    """Start a command, in a process group of its own, whose two workers have so many seconds of work for each item."""
    script.write_text(COMMAND)
    words = [sys.executable, str(script), pool, *map(str, seconds)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)


def living(group: int) -> list[str]:
    """Return the processes of a group, but for those that have ended and wait for somebody to ask why."""
    shown = subprocess.run([str(PS), "-A", "-o", "pgid=,stat=,pid="], capture_output=True, text=True, check=True)
    lines = (line.split() for line in shown.stdout.splitlines())
    return [pid for of, state, pid in lines if of == str(group) and not state.startswith("Z")]


def gone(group: int) -> bool:
    """Wait until nobody of a group is left, for a while."""
    end = time.monotonic() + PATIENCE
    while left := living(group):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return not left


WAYS = [("ours", how) for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)]
OTHER_POOLS = [(method, signal.SIGKILL) for method in ("spawn", "fork")]


@pytest.mark.parametrize(("pool", "how"), [*WAYS, *OTHER_POOLS])
@pytest.mark.parametrize(("seconds", "said"), [((0,) * 4, "idle"), ((600, 600), "working")], ids=["idle", "working"])
def test_workers_end_with_the_command(
    pool: str, how: signal.Signals, seconds: tuple[int, ...], said: str, tmp_path: Path
) -> None:
    with started(tmp_path / "command.py", pool, *seconds) as command:
        assert command.stdout is not None
        try:
            while command.stdout.readline() != f"{said}\n":
                assert command.poll() is None
            assert len(living(command.pid)) >= 3  # the command and two workers, besides what starts them
            command.send_signal(how)
            command.wait(60)
            assert gone(command.pid)
        finally:
            for pid in living(command.pid):
                os.kill(int(pid), signal.SIGKILL)


def test_workers_of_a_command_that_ends_well_end_well(tmp_path: Path) -> None:
    """Nobody takes the end for a death."""
    with started(tmp_path / "command.py", "ours", *[0] * 8) as command:
        assert command.stdout is not None
        while command.stdout.readline() != "idle\n":
            assert command.poll() is None
        command.send_signal(signal.SIGINT)
        assert command.wait(60) == -signal.SIGINT
        assert gone(command.pid)
