"""``evote simulate`` on files of votes: what it says beside the result, and when that is not enough for a 0."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evote.cli import simulate
from tests.cli.parties import Parties, one_sentence
from tests.sources.test_published import RANKED


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    """Return the terminal of a researcher."""
    return Parties(tmp_path, "both")


def test_the_files_own_figures_stand_beside_like_ones(parties: Parties) -> None:
    votes = parties.home / "ranked.pb"
    votes.write_text(RANKED.replace(";100\n", ";100\nscoring_fn;Borda\n"), encoding="utf-8")
    answer = parties.run("simulate", parties.home / "out", "--votes", votes)
    assert (answer.status, answer.err) == (0, "")
    assert "ballots: score" in answer.out
    assert "contradicts" not in answer.out
    votes.write_text(RANKED.replace("80;2;", "80;1;"), encoding="utf-8")
    answer = parties.run("simulate", parties.home / "again", "--votes", votes)
    one_sentence(answer, 1, "1 of the file's own figures are not those of its ballots")
    assert "the file contradicts itself: score of B/7: 1 in the file, 2 by its ballots" in answer.out
    assert parties.run("verify", parties.home / "again").status == 0


def test_too_many_ballots_are_refused_with_the_option_that_helps(
    parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulate, "MAX_BALLOTS", 3)
    votes = parties.home / "ranked.pb"
    votes.write_text(RANKED, encoding="utf-8")
    answer = parties.run("simulate", parties.home / "out", "--votes", votes)
    one_sentence(answer, 2, r"ranked\.pb: 4 ballots where at most 3 can be cast: give --voters fewer")


def test_a_directory_that_is_missing_is_named_and_nothing_else(parties: Parties) -> None:
    nowhere = parties.home / "nowhere"
    answer = parties.run("simulate", nowhere / "out", "--example", "referendum")
    assert (answer.status, answer.err) == (2, f"evote: {nowhere}: No such file or directory\n")


def test_a_program_that_is_told_to_end_leaves_nothing(tmp_path: Path) -> None:
    run = "from evote.cli.main import main; raise SystemExit(main())"
    words = [sys.executable, "-c", run, "simulate", "out", "--example", "referendum", "--jobs", "1"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        while not os.listdir(tmp_path):
            time.sleep(0.01)
        program.send_signal(signal.SIGTERM)
        _, err = program.communicate(timeout=20)
    assert (program.returncode, err) == (130, "evote: interrupted\n")
    assert os.listdir(tmp_path) == []
