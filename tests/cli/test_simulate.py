"""``evote simulate`` on files of votes: what it says beside the result, and when that is not enough for a 0."""

from __future__ import annotations

from pathlib import Path

import pytest

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
