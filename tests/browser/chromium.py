"""A headless Chromium that tests drive through a pipe (the DevTools protocol): no network, no further packages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path
from select import select
from typing import Any

PROGRAM = shutil.which("chromium")
FLAGS = """
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars --remote-debugging-pipe
""".split()  # noqa: SIM905 - as one types them
PATIENCE = 60  # seconds, for a machine with other work
PHONE, DESK = (390, 844), (1280, 900)


class Page:
    """One tab. ``events`` holds what the browser has told unasked since the last `open`."""

    def __init__(self, commands: int, answers: int) -> None:
        """Open a tab in the browser that reads ``commands`` and writes ``answers``."""
        self._commands, self._answers = commands, answers
        self._number, self._session, self._rest = 0, {}, b""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        for domain in ("Page", "Network", "Log", "Runtime", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, /, **parameters: Any) -> dict[str, Any]:
        """Return the browser's answer to one command."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters, **self._session}
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            told = self._read()
            if told.get("id") == self._number:
                assert "error" not in told, told
                return told["result"]

    def open(self, path: Path, size: tuple[int, int] = PHONE, scheme: str = "light") -> None:
        """Load a file in a window of that size, and wait until it is drawn."""
        width, height = size
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=size == PHONE
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events = []
        self.call("Page.navigate", url=path.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._read()

    def value(self, expression: str) -> Any:
        """Return what a JavaScript expression comes to on the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def press_tab(self) -> None:
        """Press the tabulator key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def told(self, method: str) -> list[dict[str, Any]]:
        """Return the events of one kind."""
        return [event["params"] for event in self.events if event["method"] == method]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select([self._answers], [], [], PATIENCE)
            chunk = os.read(self._answers, 1 << 16) if ready else b""
            assert chunk, "the browser is gone, or says nothing"
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(line)
        self.events += [told] if "method" in told else []
        return told


def _pipe() -> tuple[int, int]:
    """Return the ends of a pipe, out of the way of the numbers 3 and 4, where the browser looks for them."""
    low = os.pipe()
    read, write = (fcntl(end, F_DUPFD_CLOEXEC, 10) for end in low)
    for end in low:
        os.close(end)
    return read, write


@contextmanager
def browser() -> Iterator[Page]:
    """Yield a tab of a fresh browser; it ends with the context."""
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory(prefix="evote-chromium-", ignore_cleanup_errors=True) as home:
        (reads, commands), (answers, writes) = _pipe(), _pipe()
        words = ["bash", "-c", f'exec "$@" 3<&{reads} 4>&{writes}', "bash", PROGRAM, *FLAGS, f"--user-data-dir={home}"]
        with (Path(home) / "log").open("wb") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, pass_fds=(reads, writes))
        os.close(reads)
        os.close(writes)
        try:
            yield Page(commands, answers)
        finally:
            os.close(commands)  # a browser ends with its pipe
            os.close(answers)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
