"""PrefLib: strict orders are rankings, two categories are approvals, ties are refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError
from evote.record.manifest import Contest
from evote.sources import preflib as module
from evote.sources.poll import Poll
from evote.sources.preflib import preflib_poll
from tests.sources.files import CAT, SOC, SOI, changed


def read(text: str) -> tuple[Contest, list[tuple[tuple[str, ...], int]]]:
    """Return the contest and each selection with its voters, having seen that the question takes it."""
    poll = preflib_poll(text.encode())
    return contest_of(poll), [(line.vote.selections["alternatives"], line.times) for line in poll.lines]


def contest_of(poll: Poll) -> Contest:
    contest = msgspec.convert(poll.definition["contests"][0], Contest)
    for vote in poll.ballots:
        encoded = contest.question.encode([int(option) for option in vote.selections["alternatives"]])
        assert len(encoded) == contest.question.width
    return contest


def test_incomplete_orders_are_rankings_of_the_lengths_that_occur() -> None:
    contest, selections = read(SOI)
    assert (contest.type, contest.rules) == ("ranked", {"minimum": 1, "maximum": 3, "blank": False})
    assert [option.name for option in contest.options] == ["Ada", "Blaise", "Carl"]
    assert selections == [(("2", "1"), 5), (("1", "2", "3"), 3), (("3",), 1)]
    assert preflib_poll(SOI.encode()).totals("alternatives") == {"1": 8, "2": 8, "3": 4}
    assert contest.title == "Chair"
    assert not contest.count


def test_complete_orders_are_full_rankings() -> None:
    contest, selections = read(SOC)
    assert (contest.type, contest.rules) == ("ranked", {"minimum": 3, "maximum": 3, "blank": False})
    assert selections == [(("2", "1", "3"), 5), (("1", "2", "3"), 3), (("3", "2", "1"), 1)]


def test_two_categories_are_an_approval() -> None:
    contest, selections = read(CAT)
    assert (contest.type, contest.rules) == ("selection", {"minimum": 1, "maximum": 3, "blank": True})
    assert selections == [(("1", "2"), 4), ((), 2), (("3",), 1)]


def test_a_category_of_the_approved_alone_is_an_approval() -> None:
    alone = changed(CAT, "# CATEGORY NAME 2: No\n", "").replace("CATEGORIES: 2", "CATEGORIES: 1")
    alone = alone.replace("{1,2},3", "{1,2}").replace("{},{1,2,3}", "{}").replace("3,{}", "3")
    assert read(alone) == read(CAT)


def test_orders_that_could_have_ties_and_have_none_are_rankings() -> None:
    assert read(SOI.replace("soi", "toi").replace("3: 1,2,3", "3: 1,{2},3")) == read(SOI)


def test_the_file_s_name_stands_in_for_a_title() -> None:
    assert read(changed(SOI, "TITLE: Chair", "TITLE:"))[0].title == "00001-00000001.soi"


def test_what_editors_do_to_a_file_changes_nothing() -> None:
    plain = preflib_poll(SOI.encode())
    assert preflib_poll(b"\xef\xbb\xbf" + SOI.replace("\n", "\r\n").encode()) == plain
    assert preflib_poll(changed(SOI, "1,2,3", " 1, 2, 3 ").rstrip("\n").encode()) == plain


MALFORMED = {
    "empty": ("", "the file has no ballots"),
    "the format before 2022": ("3\n1,Ada\n", "line 1: neither a header"),
    "no ballots": (SOI[: SOI.index("5: ")], "the file has no ballots"),
    "a header among the ballots": (changed(SOI, "3: 1,2,3", "# NOTE: x"), "line 12: neither a header"),
    "a header that is none": (changed(SOI, "# DESCRIPTION:", "# description"), "line 3: neither a header"),
    "a blank line": (changed(SOI, "5: 2,1", "\n5: 2,1"), "line 11: '' is not a number of voters"),
    "a key twice": (changed(SOI, "# DESCRIPTION:", "# TITLE: x"), "line 3: the header has 'TITLE' again"),
    "no type": (changed(SOI, "# DATA TYPE: soi\n", ""), "the header has no 'DATA TYPE'"),
    "no title": (changed(SOI, "# TITLE: Chair\n", ""), "the header has no 'TITLE'"),
    "a matching": (changed(SOI, "TYPE: soi", "TYPE: wmd"), "line 4: data of type 'wmd' are no votes"),
    "no alternatives": (changed(SOI, "ALTERNATIVES: 3", "ALTERNATIVES: 0"), "0 alternatives where 1 to 10000"),
    "many alternatives": (changed(SOI, "ALTERNATIVES: 3", "ALTERNATIVES: 10001"), "10001 alternatives where 1 to"),
    "a name too many": (changed(SOI, "ALTERNATIVES: 3", "ALTERNATIVES: 2"), "the header does not name exactly"),
    "a name in another's place": (changed(SOI, "NAME 3", "NAME 03"), "the header has no 'ALTERNATIVE NAME 3'"),
    "an empty name": (changed(SOI, "Carl", ""), "line 10: ALTERNATIVE NAME 3 is empty"),
    "voters in words": (changed(SOI, "VOTERS: 9", "VOTERS: nine"), "line 6: NUMBER VOTERS 'nine' is not a whole"),
    "more voters declared": (changed(SOI, "VOTERS: 9", "VOTERS: 10"), "line 6: 10 voters, but there are 9"),
    "fewer orders declared": (changed(SOI, "ORDERS: 3", "ORDERS: 2"), "line 7: 2 distinct ballots, but there are 3"),
    "no colon": (changed(SOI, "5: 2,1", "5; 2,1"), "line 11: '5; 2,1' is not a number of voters"),
    "a name in a ballot": (changed(SOI, "5: 2,1", "5: Ada"), "line 11: '5: Ada' is not a number of voters"),
    "no voters in a line": (changed(SOI, "5: 2,1", "0: 2,1"), "line 11: a ballot that nobody cast"),
    "a trailing comma": (changed(SOI, "5: 2,1", "5: 2,1,"), "line 11: '5: 2,1,' is not a number of voters"),
    "a number without end": (changed(SOI, "5: 2,1", f"5: {'1' * 5000}"), "line 11: '5: 111"),
    "an unknown alternative": (changed(SOI, "5: 2,1", "5: 2,4"), "line 11: an alternative that is not one of 1 to 3"),
    "alternative 0": (changed(SOI, "5: 2,1", "5: 0,1"), "line 11: an alternative that is not one of 1 to 3"),
    "an alternative twice": (changed(SOI, "5: 2,1", "5: 2,2"), "line 11: an alternative that is not one of 1 to 3, or"),
    "a ballot twice": (changed(SOI, "5: 2,1", "5: 3"), "line 13: this ballot stood in an earlier line"),
    "a tie": (changed(SOI, "5: 2,1", "5: {1,2},3"), "line 11: alternatives 1 and 2 are tied; a ranked ballot is"),
    "an empty rank": (changed(SOI, "5: 2,1", "5: 2,{}"), "line 11: an empty rank"),
    "an incomplete order": (changed(SOC, "1: 3,2,1", "1: 3,2"), "line 13: not an order of all 3 alternatives"),
    "an incomplete order where ties are allowed": (
        changed(SOC, "TYPE: soc", "TYPE: toc").replace("1: 3,2,1", "1: 3,2"),
        "line 13: not an order of all 3 alternatives",
    ),
    "three categories": (changed(CAT, "CATEGORIES: 2", "CATEGORIES: 3"), "line 7: only one or two categories"),
    "a category too many": (changed(CAT, "4: {1,2},3", "4: 1,2,3"), "line 13: 3 categories where there are 2"),
    "one category": (changed(CAT, "1: 3,{}", "1: 3"), "line 15: 1 categories where there are 2"),
    "two categories in other words": (changed(CAT, "PREFERENCES", "ORDERS"), "the header has no 'NUMBER UNIQUE PREF"),
}


@pytest.mark.parametrize(("text", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DecodeError) as caught:
        preflib_poll(text.encode())
    assert str(caught.value).startswith(sentence)


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINES", 13)
    with pytest.raises(DecodeError, match="14 lines where at most 13"):
        preflib_poll(SOI.encode())


@given(
    st.sampled_from([SOI, SOC, CAT]),
    st.text(alphabet="# NUMBERVOT:{},0123\n\réa", max_size=60),
    st.integers(0, len(SOI)),
)
def test_whatever_is_written_into_a_file_is_read_or_refused(text: str, noise: str, place: int) -> None:
    try:
        poll = preflib_poll((text[:place] + noise + text[place:]).encode())
    except DecodeError:
        return
    assert len(contest_of(poll).options) >= 1


@given(st.lists(st.permutations(range(1, 6)), min_size=1, max_size=30), st.data())
def test_any_orders_come_back_as_they_were_given(orders: list[list[int]], data: st.DataObject) -> None:
    short = {tuple(order[: data.draw(st.integers(1, 5))]): data.draw(st.integers(1, 99)) for order in orders}
    header = [
        ("TITLE", "x"),
        ("DATA TYPE", "soi"),
        ("NUMBER ALTERNATIVES", 5),
        ("NUMBER VOTERS", sum(short.values())),
        ("NUMBER UNIQUE ORDERS", len(short)),
        *((f"ALTERNATIVE NAME {n}", f"no. {n}") for n in range(1, 6)),
    ]
    lines = [f"# {key}: {value}" for key, value in header]
    lines += [f"{times}: {', '.join(map(str, order))}" for order, times in short.items()]
    poll = preflib_poll("\n".join(lines).encode())
    assert {tuple(map(int, e.vote.selections["alternatives"])): e.times for e in poll.lines} == short
    assert poll.size == sum(short.values())
