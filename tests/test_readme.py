"""What the README shows is what happens."""

import doctest
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failed, tried = doctest.testfile(str(README), module_relative=False)
    assert (failed, tried) == (0, 8)


def test_the_commands_are_in_the_makefile() -> None:
    targets = (README.parent / "Makefile").read_text(encoding="utf-8")
    lines = README.read_text(encoding="utf-8").splitlines()
    named = {line.split()[1] for line in lines if line.startswith("    make ")}
    assert named == {"demo", "test"}
    assert all(f"\n{target}:" in targets for target in named)
