"""Counts: each vote counted is a ballot for one option that the definition has."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError
from evote.sources.counts import counts_poll
from tests.sources.files import changed

OPTIONS = [{"id": "yes", "name": "Yes"}, {"id": "no", "name": "No"}, {"id": "here", "name": "H", "districts": ["b"]}]
DEFINITION: dict[str, Any] = {
    "name": "A question",
    "districts": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}],
    "contests": [{"id": "question", "title": "?", "type": "selection", "options": OPTIONS}],
}
FILE = """district,option,name,votes
a,yes,Yes,3
a,no,No,2
a,blank,"Invalid, or blank",1
b,here,H,0
"""


def test_counts_become_ballots() -> None:
    poll = counts_poll(FILE.encode(), DEFINITION)
    assert poll.definition is DEFINITION
    assert [(e.vote.district, e.vote.selections["question"], e.times) for e in poll.lines] == [
        ("a", ("yes",), 3),
        ("a", ("no",), 2),
        ("a", (), 1),
        ("b", ("here",), 0),
    ]
    assert (len(poll.ballots), poll.totals("question")) == (6, {"yes": 3, "no": 2, "here": 0})


def test_blank_is_an_option_where_the_definition_says_so() -> None:
    contest = {**DEFINITION["contests"][0], "options": [*OPTIONS, {"id": "blank", "name": "Blank"}]}
    poll = counts_poll(FILE.encode(), {**DEFINITION, "contests": [contest]})
    assert poll.totals("question")["blank"] == 1


def test_bom_and_line_ends_of_spreadsheets_are_read() -> None:
    assert counts_poll(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode(), DEFINITION) == counts_poll(
        FILE.encode(), DEFINITION
    )


def test_lines_at_the_end_may_be_empty() -> None:
    assert counts_poll(f"{FILE}\n\r\n".encode(), DEFINITION) == counts_poll(FILE.encode(), DEFINITION)


@pytest.mark.parametrize(("example", "figures", "votes"), [("referendum", 2003, 555835), ("riigikogu", 2023, 610299)])
def test_the_examples_are_read_whole(example: str, figures: int, votes: int) -> None:
    folder = files("evote") / "examples"
    definition = tomllib.loads((folder / f"{example}.toml").read_text(encoding="utf-8"))
    poll = counts_poll((folder / f"{example}-{figures}.csv").read_bytes(), definition)
    assert poll.size == votes


MALFORMED = {
    "empty": ("", "line 1: there must be one column 'district'"),
    "no option column": (changed(FILE, "option", "candidate"), "line 1: there must be one column 'option'"),
    "two votes columns": (changed(FILE, "name", "votes"), "line 1: there must be one column 'votes'"),
    "a row too short": (changed(FILE, "a,no,No,2", "a,no,2"), "line 3: 3 fields under 4 columns"),
    "an empty line": (changed(FILE, "a,no,No,2", ""), "line 3: an empty line, and not at the end"),
    "semicolons": (FILE.replace(",", ";"), "line 1: columns are separated by semicolons, where commas are read"),
    "an unknown option": (
        changed(FILE, "a,no,", "a,nay,"),
        "line 3: the definition has no option 'nay' in",
    ),
    "an option elsewhere": (
        changed(FILE, "a,no,", "a,here,"),
        "line 3: the definition has no option 'here' in",
    ),
    "a district mistyped": (changed(FILE, "a,no,", "c,no,"), "line 3: district 'c' is not in the definition"),
    "an option twice": (changed(FILE, "a,no,", "a,yes,"), "line 3: option 'yes' of district 'a' again"),
    "votes in words": (changed(FILE, "No,2", "No,two"), "line 3: the number of votes 'two' is not a whole number"),
    "votes against": (changed(FILE, "No,2", "No,-2"), "line 3: the number of votes '-2' is below 0"),
    "very many votes": (
        changed(FILE, "No,2", "No,1000000000000000"),
        "line 3: the number of votes '1000000000000000' has more than 15 digits",
    ),
    "half a vote": (changed(FILE, "No,2", "No,0.5"), "line 3: the number of votes '0.5' is not a whole number"),
    "an open quotation": (changed(FILE, 'blank"', "blank"), "line 5: unexpected end of data"),
}


@pytest.mark.parametrize(("text", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DecodeError) as caught:
        counts_poll(text.encode(), DEFINITION)
    assert str(caught.value).startswith(sentence)


def test_counts_of_two_contests_are_refused() -> None:
    with pytest.raises(DecodeError, match="a counts file answers one contest"):
        counts_poll(FILE.encode(), {**DEFINITION, "contests": DEFINITION["contests"] * 2})


@given(st.text(alphabet='ab,yesno\n\r"0123é', max_size=60), st.integers(0, len(FILE)))
def test_whatever_is_written_into_a_file_is_read_or_refused(noise: str, place: int) -> None:
    try:
        poll = counts_poll((FILE[:place] + noise + FILE[place:]).encode(), DEFINITION)
    except DecodeError:
        return
    assert set(poll.totals("question")) <= {"yes", "no", "here"}
