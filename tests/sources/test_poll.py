"""A poll made smaller keeps its proportions; ids, titles and numbers of strangers are bounded."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError, EvidenceMissing
from evote.simulate import appoint, make_keys
from evote.sources import poll as module
from evote.sources import reader, text
from evote.sources.poll import Line, Poll, Vote, definition, largest_remainder, scaled
from evote.sources.preflib import preflib_poll
from evote.sources.reader import read_poll
from tests.sources.files import CAT, SOI, pabulib

COUNTS = st.dictionaries(st.integers(), st.integers(0, 10**9), min_size=1).filter(lambda counts: any(counts.values()))


def poll(*times: int) -> Poll:
    lines = (Line(Vote("all", "", 1 + n, {"c": (f"o{n}", "o")}), count) for n, count in enumerate(times))
    return Poll(definition={}, lines=tuple(lines), published={"votes": {}})


@given(COUNTS, st.integers(0, 10**6))
def test_largest_remainder_gives_each_its_quota_and_no_more_than_one_above(counts: dict[int, int], total: int) -> None:
    shares, whole = largest_remainder(counts, total), sum(counts.values())
    assert sum(shares.values()) == total
    assert all(0 <= shares[key] - count * total // whole <= 1 for key, count in counts.items())


def test_equal_remainders_go_to_the_first_listed() -> None:
    assert largest_remainder({"a": 1, "b": 1, "c": 1}, 2) == {"a": 1, "b": 1, "c": 0}
    with pytest.raises(ValueError, match="no votes"):
        largest_remainder({"a": 0}, 1)


def test_options_of_one_name_have_their_ids_added() -> None:
    named = zip("abc", ("A" * 200, "B", "A" * 200), strict=True)
    asked = {"id": "c", "title": "C", "type": "selection", "options": [{"id": i, "name": name} for i, name in named]}
    (contest,) = definition("Poll", asked, "All")["contests"]
    assert [option["name"] for option in contest["options"]] == ["A" * 196 + " (a)", "B", "A" * 196 + " (c)"]


def test_totals_are_by_weight_and_count_points() -> None:
    assert poll(3, 5).totals("c") == {"o0": 3, "o1": 10, "o": 13}
    assert poll(3, 5).totals("other") == Counter()


def test_a_scaled_poll_keeps_its_proportions() -> None:
    smaller = scaled(poll(600, 300, 100, 0), 10)
    assert [line.times for line in smaller.lines] == [6, 3, 1]
    assert (smaller.size, smaller.published) == (10, {})
    assert scaled(poll(3, 1), 8) == scaled(poll(6, 2), 8)


def test_a_sample_of_single_ballots_is_drawn_by_the_seed() -> None:
    single = poll(*[1] * 100)
    assert scaled(single, 10, seed=1) == scaled(single, 10, seed=1) != scaled(single, 10, seed=2)
    assert [line.times for line in scaled(single, 10).lines] == [1] * 10
    assert scaled(single, 10).lines != single.lines[:10]


def test_a_poll_of_nobody_is_not_scaled() -> None:
    with pytest.raises(DecodeError, match="nobody voted"):
        scaled(poll(0), 10)


def test_too_many_ballots_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BALLOTS", 7)
    assert len(poll(3, 4).ballots) == 7
    with pytest.raises(DecodeError, match="8 ballots where at most 7"):
        _ = poll(4, 4).ballots


def test_a_contest_that_no_question_takes_is_refused() -> None:
    contest = {"id": "c", "title": "C", "type": "selection", "rules": {"maximum": 2}, "options": []}
    with pytest.raises(DecodeError, match="no contest can be made of it: contest c: a selection needs"):
        definition("x", contest, "All")


@given(st.text())
def test_any_text_makes_a_title_or_is_refused(name: str) -> None:
    try:
        found = text.title(name, 1, "it")
    except DecodeError:
        return
    assert 1 <= len(found) <= 200
    assert not any(unicodedata.category(sign) == "Cc" for sign in found)


@given(st.lists(st.text(max_size=8), unique=True))
def test_ids_are_one_for_each_name_or_refused(names: list[str]) -> None:
    try:
        found = text.ids({name: line for line, name in enumerate(names, 1)}, "name")
    except DecodeError:
        return
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert all(id_.isascii() and 1 <= len(id_) <= 64 for id_ in found.values())


def test_a_file_too_long_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.soi"
    path.write_text(SOI, encoding="utf-8")
    for where in (reader, text):
        monkeypatch.setattr(where, "MAX_BYTES", 100)
    with pytest.raises(DecodeError, match=r"^a\.soi: longer than the 100 bytes that are allowed$"):
        read_poll(path)


@pytest.mark.parametrize(
    ("name", "content", "size"), [("a.soi", SOI, 9), ("a.cat", CAT, 7), ("a.pb", "", 4), ("A.PB", "", 4)]
)
def test_the_ending_says_what_a_file_is(tmp_path: Path, name: str, content: str, size: int) -> None:
    path = tmp_path / name
    path.write_text(content or pabulib("approval"), encoding="utf-8")
    assert read_poll(path).size == size


def test_counts_are_read_by_their_definition(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("district,option,votes\nall,1,7\n", encoding="utf-8")
    poll = read_poll(path, definition=preflib_poll(CAT.encode()).definition)
    assert poll.totals("alternatives") == {"1": 7}
    with pytest.raises(ValueError, match="needs a definition"):
        read_poll(path)


def test_strata_are_read_from_a_column(tmp_path: Path) -> None:
    (tmp_path / "a.pb").write_text(pabulib("approval"), encoding="utf-8")
    (tmp_path / "a.soi").write_text(SOI, encoding="utf-8")
    assert read_poll(tmp_path / "a.pb", strata="sex").definition["strata"] == ["f", "m", "unknown"]
    with pytest.raises(ValueError, match="only Pabulib"):
        read_poll(tmp_path / "a.soi", strata="sex")


@pytest.mark.parametrize(
    ("name", "content", "mixers"),
    [("a.pb", pabulib("approval", max_sum_cost="100"), 0), ("a.pb", pabulib("ordinal"), 2), ("a.cat", CAT, 0)],
    ids=["budget", "ranked", "approval"],
)
def test_a_definition_needs_only_roles_to_be_an_election(tmp_path: Path, name: str, content: str, mixers: int) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    poll = read_poll(tmp_path / name)
    election = appoint(poll.definition, make_keys(3, mixers))
    assert election.simulated
    assert {option.id for option in election.contests[0].options} == poll.originals.keys()
    assert election.canonical.startswith(b"{")


def test_what_is_not_there_or_not_a_file_of_votes_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing, match=r"a\.pb: No such file"):
        read_poll(tmp_path / "a.pb")
    with pytest.raises(DecodeError, match=r"a\.xls: not a file of votes"):
        read_poll(tmp_path / "a.xls")
