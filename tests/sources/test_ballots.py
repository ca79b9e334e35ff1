"""Ballots in a table: one line is one ballot and how many cast it, and each fits the definition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError
from evote.sources.ballots import ballots_poll
from evote.sources.poll import Vote
from evote.sources.reader import read_poll
from tests.sources.files import changed

ABC = [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}, {"id": "c", "name": "C", "districts": ["south"]}]
DEFINITION: dict[str, Any] = {
    "name": "Two questions",
    "districts": [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}],
    "strata": ["young", "old"],
    "contests": [
        {"id": "order", "title": "?", "type": "ranked", "options": ABC},
        {"id": "points", "title": "?", "type": "cumulative", "options": ABC, "districts": ["south"]},
    ],
}
FILE = """district,stratum,weight,votes,order,points
north,young,,3,b a,
south,old,2,1,c  b a,a:3 b:0 c:2
south,young,1,0,,
"""
LONE: dict[str, Any] = {
    "name": "One question",
    "districts": [{"id": "all", "name": "All"}],
    "contests": [{"id": "q", "title": "?", "type": "selection", "options": ABC[:2]}],
}


def test_a_line_is_a_ballot() -> None:
    poll = ballots_poll(FILE.encode(), DEFINITION)
    assert [(line.vote, line.times) for line in poll.lines] == [
        (Vote("north", "young", 1, {"order": ("b", "a")}), 3),
        (Vote("south", "old", 2, {"order": ("c", "b", "a"), "points": ("a", "a", "a", "c", "c")}), 1),
        (Vote("south", "young", 1, {"order": (), "points": ()}), 0),
    ]
    assert (poll.size, poll.totals("points"), poll.definition) == (4, {"a": 6, "c": 4}, DEFINITION)


def test_the_only_district_need_not_be_named() -> None:
    poll = ballots_poll(b"votes,q\n2,a\n1,\n", LONE)
    assert [line.vote for line in poll.lines] == [Vote("all", "", 1, {"q": ("a",)}), Vote("all", "", 1, {"q": ()})]


def test_a_column_named_option_tells_counts_from_ballots(tmp_path: Path) -> None:
    (tmp_path / "ballots.csv").write_text("votes,q\n2,a\n", encoding="utf-8")
    (tmp_path / "counts.csv").write_text("district,option,votes\nall,a,2\n", encoding="utf-8")
    ballots, counts = (read_poll(tmp_path / f"{name}.csv", definition=LONE) for name in ("ballots", "counts"))
    assert ballots.lines == counts.lines


WRONG = {
    "a column for nothing": (changed(FILE, "weight", "wieght"), "line 1: column 'wieght' is neither a contest nor"),
    "a contest without a column": (changed(FILE, "points", "weight"), "line 1: there must be one column 'points'"),
    "a header that ends in quotes": ('"district', "line 1: "),
    "another district": (changed(FILE, "north,", "west,"), "line 2: district 'west' is not in the definition"),
    "no district": (changed(FILE, "north,", ","), "line 2: district '' is not in the definition"),
    "another stratum": (changed(FILE, "old", "dead"), "line 3: stratum 'dead' is not in the definition"),
    "no weight at all": (changed(FILE, ",2,1", ",0,1"), "line 3: weight 0 is not between"),
    "a weight too large": (changed(FILE, ",2,1", f",{1 << 40},1"), "line 3: weight 1099511627776 is not between"),
    "a weight that is none": (changed(FILE, ",2,1", ",two,1"), "line 3: the weight 'two' is not a whole number"),
    "votes that are none": (changed(FILE, ",,3,", ",,-3,"), "line 2: the number of votes '-3' is below 0"),
    "an unknown option": (changed(FILE, "b a,\n", "b x,\n"), "line 2: contest order has no option 'x' in district"),
    "an option of another district": (changed(FILE, "b a,\n", "b c,\n"), "line 2: contest order has no option 'c'"),
    "a contest of another district": (changed(FILE, "b a,\n", "b a,a:1\n"), "line 2: contest points is not put to dis"),
    "points as a product": (changed(FILE, "a:3", "a*3"), "line 3: contest points: 'a\\*3' is not option:points"),
    "an option without points": (changed(FILE, "a:3", "a"), "line 3: contest points: 'a' is not option:points"),
    "points that are none": (changed(FILE, "a:3", "a:03"), "line 3: contest points: 'a:03' is not option:points"),
    "points twice": (changed(FILE, "b:0", "a:1"), "line 3: contest points: 'a' has points 2 times"),
    "points beyond all": (changed(FILE, "a:3", "a:999999999999"), "line 3: contest points: .* from 0 to 5"),
    "too many points": (changed(FILE, "a:3", "a:4"), "line 3: contest points: 6 points, more than 5"),
    "points in a ranking": (changed(FILE, "b a,\n", "b:1 a,\n"), "line 2: contest order has no option 'b:1'"),
    "semicolons": (FILE.replace(",", ";"), "line 1: columns are separated by semicolons"),
    "one option twice": (changed(FILE, "b a,\n", "b b,\n"), "line 2: contest order: rank at least 1"),
    "a row cut short": (FILE + "north,young\n", "line 5: 2 fields under 6 columns"),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_named_by_its_line(content: str, message: str) -> None:
    assert ballots_poll(FILE.encode(), DEFINITION).lines
    with pytest.raises(DecodeError, match=f"^{message}"):
        ballots_poll(content.encode(), DEFINITION)


def test_what_is_spent_is_said_in_the_unit_of_the_costs() -> None:
    projects = [{"id": "a", "name": "A", "cost": 80_000}, {"id": "b", "name": "B", "cost": 75_000}]
    budget = {"id": "q", "title": "?", "type": "budget", "rules": {"budget": 120_000}, "options": projects}
    definition = {**LONE, "contests": [budget]}
    assert ballots_poll(b"votes,q\n2,a\n", definition).size == 2
    with pytest.raises(DecodeError, match=r"^line 2: contest q: these projects cost 155000, more than 120000$"):
        ballots_poll(b"votes,q\n2,a b\n", definition)


def test_contests_that_are_none_are_refused() -> None:
    broken = {**LONE, "contests": [{**LONE["contests"][0], "type": "riddle"}]}
    with pytest.raises(DecodeError, match=r"the definition's contests: .*riddle"):
        ballots_poll(b"votes,q\n2,a\n", broken)


@given(st.text(alphabet='votes,q\n "a:b20', max_size=40))
def test_any_text_is_a_poll_or_refused(text: str) -> None:
    try:
        poll = ballots_poll(b"votes,q\n" + text.encode(), LONE)
    except DecodeError:
        return
    assert all(set(line.vote.selections["q"]) <= {"a", "b"} for line in poll.lines)
