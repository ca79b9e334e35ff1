"""Participatory budgets: real ones count as published, and a file that contradicts itself is refused."""

from collections import Counter
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError
from evote.methods.method import Figures
from evote.record.manifest import Contest
from evote.sources import pabulib as module
from evote.sources import sections
from evote.sources.pabulib import pabulib_poll
from evote.sources.poll import Poll, scaled
from tests.sources.files import DATA, POINTS, PROJECTS, VOTES, changed, outside, pabulib


def contest(poll: Poll) -> Contest:
    return msgspec.convert(poll.definition["contests"][0], Contest)


def numbers(poll: Poll) -> list[tuple[int, ...]]:
    """Return each ballot's selection as numbers of options, having seen that the question takes it."""
    asked = contest(poll)
    place = {option.id: number for number, option in enumerate(asked.options, 1)}
    found = [tuple(place[option] for option in vote.selections["projects"]) for vote in poll.ballots]
    for selection in found:
        assert len(asked.question.encode(selection)) == asked.question.width
    return found


def test_ids_go_back_to_the_names_of_the_file() -> None:
    poll = pabulib_poll(pabulib("approval").encode())
    assert poll.originals == {"a-1": "A.1", "a-2": "A.2", "b-7": "B/7"}
    assert [option.name for option in contest(poll).options] == ["Trees", "Benches; and more", "Lamps"]
    assert [option.cost for option in contest(poll).options] == [40, 60, 80]


def test_counts_are_the_published_ones() -> None:
    poll = pabulib_poll(pabulib("approval").encode())
    assert poll.published == {"votes": {"a-1": 2, "a-2": 3, "b-7": 1}}
    assert poll.totals("projects") == poll.published["votes"]
    assert poll.size == len(poll.ballots) == 4


TYPES: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...]]] = {
    "approval": (pabulib("approval"), "selection", {"minimum": 1, "maximum": 3, "blank": True}, ()),
    "approval, 0 to 2": (
        pabulib("approval", min_length="0", max_length="2"),
        "selection",
        {"minimum": 1, "maximum": 2, "blank": True},
        (),
    ),
    "approval, 1 to 9": (
        pabulib("approval", min_length="1", max_length="9"),
        "selection",
        {"minimum": 1, "maximum": 3, "blank": False},
        (),
    ),
    "approval within a sum": (
        pabulib("approval", max_sum_cost="100.50", min_length="1", min_sum_cost="0"),
        "budget",
        {"budget": 100},
        ("min_length = 1",),
    ),
    "choose-1": (
        pabulib("choose-1", changed(VOTES, "A.1,A.2", "A.1").replace("A.2,A.1", ""), max_length="1"),
        "selection",
        {"minimum": 1, "maximum": 1, "blank": True},
        (),
    ),
    "cumulative": (
        pabulib("cumulative", POINTS, max_sum_points="3", min_sum_points="1"),
        "cumulative",
        {"maximum": 3, "limit": 3},
        ("min_sum_points = 1",),
    ),
    "cumulative, 3 a project": (
        pabulib("cumulative", POINTS, max_sum_points="5", max_points="3", max_length="2"),
        "cumulative",
        {"maximum": 3, "limit": 5},
        ("max_length = 2",),
    ),
    "scoring": (pabulib("scoring", POINTS, default_score="0"), "score", {"maximum": 3}, ()),
    "scoring, 0 to 5": (pabulib("scoring", POINTS, max_points="5", min_points="0"), "score", {"maximum": 5}, ()),
    "ordinal": (
        pabulib("ordinal", scoring_fn="Borda", max_length="2", min_length="1", max_project_cost="90"),
        "ranked",
        {"minimum": 1, "maximum": 2, "blank": False},
        (),
    ),
}


@pytest.mark.parametrize(("text", "kind", "rules", "unstated"), TYPES.values(), ids=TYPES)
def test_each_vote_type_is_a_question_that_takes_its_ballots(
    text: str, kind: str, rules: dict[str, Any], unstated: tuple[str, ...]
) -> None:
    poll = pabulib_poll(text.encode())
    assert (contest(poll).type, contest(poll).rules, poll.unstated) == (kind, rules, unstated)
    assert len(numbers(poll)) == 4
    method = contest(poll).count
    assert method == {"method": "greedy", "budget": 100} | ({"points": 2} if kind == "ranked" else {})


def test_points_are_repetitions_and_no_points_no_mention() -> None:
    poll = pabulib_poll(pabulib("cumulative", POINTS, max_sum_points="3").encode())
    selections = [vote.selections["projects"] for vote in poll.ballots]
    assert selections == [("a-1", "a-1", "a-2"), ("a-2", "a-2", "a-2"), ("a-2",), ("b-7",)]


@pytest.mark.parametrize("meta", [{"rule": "equalshares"}, {"rule": ""}, {"budget_per_category": "60,40"}])
def test_no_method_is_named_for_a_rule_that_is_not_plainly_greedy(meta: dict[str, str]) -> None:
    assert contest(pabulib_poll(pabulib("approval", **meta).encode())).count == {}


def test_strata_are_the_values_of_a_column() -> None:
    poll = pabulib_poll(pabulib("approval").encode(), strata="sex")
    assert poll.definition["strata"] == ["f", "m", "unknown"]
    assert [vote.stratum for vote in poll.ballots] == ["f", "m", "f", "unknown"]
    with pytest.raises(DecodeError, match="VOTES has no column 'age'"):
        pabulib_poll(pabulib("approval").encode(), strata="age")


def test_what_editors_do_to_a_file_changes_nothing() -> None:
    text = pabulib("approval")
    plain = pabulib_poll(text.encode())
    assert pabulib_poll(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n") == plain
    spaced = text[: text.index("voter_id")] + VOTES.replace(";", " ; ").replace(",", ", ")
    assert pabulib_poll(spaced.encode()) == plain


FILE = pabulib("approval", max_sum_cost="180")
CUMULATIVE = pabulib("cumulative", POINTS, max_sum_points="3")
MALFORMED = {
    "empty": ("", "there is no section META"),
    "no META": (PROJECTS + VOTES, "line 1: section PROJECTS out of its place"),
    "a file of something else": ("Dear Sirs", "line 1: the file does not begin with META"),
    "no VOTES": (FILE[: FILE.index("VOTES")], "there is no section VOTES"),
    "VOTES before PROJECTS": (changed(FILE, "PROJECTS\n", "VOTES\n"), "line 11: section VOTES out of its place"),
    "META twice": (changed(FILE, "PROJECTS\n", "META\n"), "line 11: section META out of its place"),
    "a section after VOTES": (FILE + "VOTES\n", "line 22: section VOTES out of its place"),
    "a row too long": (changed(FILE, "Trees", "Trees;shady"), "line 13: 5 fields under 4 columns"),
    "a row too short": (changed(FILE, "2;A.2;M", "2;A.2"), "line 19: 2 fields under 3 columns"),
    "an open quote": (changed(FILE, "more", 'more"'), "line 14: unexpected end of data"),
    "text after a quotation": (changed(FILE, 'more"', 'more"!'), "line 14: ';' expected after '\"'"),
    "no votes column": (changed(FILE, "voter_id;vote;", "voter_id;poll;"), "line 17: section VOTES has no column vote"),
    "two columns of a name": (changed(FILE, "cost;votes", "cost;cost"), "line 12: section PROJECTS has two columns"),
    "a key twice": (changed(FILE, "rule;greedy", "budget;9"), "line 8: META has 'budget' again"),
    "no description": (pabulib("approval", description=""), "META has no description"),
    "no budget": (pabulib("approval", budget=""), "META has no budget"),
    "a budget in words": (pabulib("approval", budget="much"), "line 7: budget 'much' is not a whole number"),
    "a number in other digits": (pabulib("approval", num_votes="٤"), "line 6: num_votes '٤' is not a whole number"),
    "a decimal comma": (changed(FILE, ";40;", ";40,5;"), "line 13: the cost '40,5' is not a whole number"),
    "a fraction of a cost": (changed(FILE, ";40;", ";40.5;"), "line 13: the cost '40.5' is not a whole number"),
    "a project for nothing": (changed(FILE, ";40;", ";0;"), "line 13: a project without a cost"),
    "more votes declared": (pabulib("approval", num_votes="5"), "line 6: num_votes is 5, but there are 4"),
    "fewer projects declared": (pabulib("approval", num_projects="2"), "line 5: num_projects is 2, but there are 3"),
    "no ballots": (pabulib("approval", "voter_id;vote\n", num_votes="0"), "the file has no ballots"),
    "a project twice": (changed(FILE, "A.1;40", "A.2;40"), "line 14: project_id 'A.2' is empty or stood in an earlier"),
    "a voter twice": (changed(FILE, "2;A.2;M", "1;A.2;M"), "line 19: voter_id '1' is empty or stood in an earlier"),
    "a project without an id": (changed(FILE, "A.1;40", ";40"), "line 13: project_id '' is empty"),
    "two projects of one id": (
        changed(FILE, "B/7;80", "a-1;80"),
        "line 15: project 'a-1' and 'A.1' would both be",
    ),
    "an id of signs": (changed(FILE, "A.1;40", "№;40"), "line 13: project '№' makes no id"),
    "an id too long": (changed(FILE, "A.1;40", f"{'x' * 65};40"), "line 13: project 'xxx"),
    "a nameless project": (changed(FILE, "Trees", "\x01"), "line 13: the project's name is empty or has control"),
    "an unknown project": (changed(FILE, "2;A.2;M", "2;A.9;M"), "line 19: a vote for project 'A.9', which is not in"),
    "an empty place in a vote": (changed(FILE, "2;A.2;M", "2;A.2,;M"), "line 19: a vote for project ''"),
    "a project voted for twice": (changed(FILE, "2;A.2;M", "2;A.2,A.2;M"), "line 19: a vote for one project twice"),
    "published in words": (changed(FILE, "40;2;", "40;two;"), "line 13: votes 'two' is not a whole number"),
    "an unknown vote type": (pabulib("quadratic"), "line 9: vote_type 'quadratic' is not known"),
    "no vote type": (pabulib(""), "META has no vote_type"),
    "a rule not known": (pabulib("approval", max_length_per_category="1"), "line 10: rule max_length_per_category is"),
    "points in an approval": (pabulib("approval", max_points="3"), "line 10: rule max_points is not known"),
    "limits that exclude all": (
        pabulib("approval", min_length="2", max_length="1"),
        "no ballot has length of at least",
    ),
    "choose-1 of two": (pabulib("choose-1", max_length="2"), "line 10: max_length is 2, but the vote_type means 1"),
    "two in a choose-1": (pabulib("choose-1"), "line 17: the ballot of voter '1' has length 2, against max_length 1"),
    "too many": (pabulib("approval", max_length="1"), "line 18: the ballot of voter '1' has length 2, against max_"),
    "too few": (pabulib("approval", min_length="2"), "line 19: the ballot of voter '2' has length 1, against min_"),
    "too dear": (pabulib("approval", max_sum_cost="99"), "line 18: the ballot of voter '1' has sum_cost 100, against"),
    "too cheap": (pabulib("ordinal", min_sum_cost="61"), "line 19: the ballot of voter '2' has sum_cost 60, against"),
    "a blank vote that is none": (
        pabulib("approval", changed(VOTES, "4;B/7;", "4;;"), min_length="1"),
        "line 21: the ballot of voter '4' has length 0, against min_length 1",
    ),
    "too many points": (
        pabulib("cumulative", POINTS, max_sum_points="2"),
        "line 18: the ballot of voter '1' has sum_points 3, against max_sum_points 2",
    ),
    "too many points for one": (
        pabulib("scoring", POINTS, max_points="2"),
        "line 19: the ballot of voter '2' has points 3, against max_points 2",
    ),
    "no limit of points": (pabulib("cumulative", POINTS), "META has no max_sum_points"),
    "a point short": (changed(CUMULATIVE, "2,1\n", "2\n"), "line 18: points for 1 projects in a vote for 2"),
    "negative points": (changed(CUMULATIVE, "B/7;1", "B/7;-1"), "line 21: points '-1' is below 0"),
    "points without bound": (
        changed(pabulib("scoring", POINTS), "B/7;1", "B/7;999999999999999"),
        "more than 16777216 points are given in all",
    ),
    "another scoring function": (
        pabulib("ordinal", scoring_fn="dowdall"),
        "line 10: scoring_fn 'dowdall' is not",
    ),
    "a default score": (pabulib("scoring", POINTS, default_score="1"), "line 10: a default_score other than 0"),
    "no money": (
        pabulib("approval", budget="0"),
        "no contest can be made of it: contest projects: rule 'budget' must be at least 1",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DecodeError) as caught:
        pabulib_poll(text.encode())
    assert str(caught.value).startswith(sentence)


def test_the_honest_files_beside_them_are_read() -> None:
    assert pabulib_poll(FILE.encode()).size == pabulib_poll(CUMULATIVE.encode()).size == 4


LIMITS = {
    "strata": (module, "MAX_STRATA", 2, "3 values where at most 2"),
    "projects": (module, "MAX_OPTIONS", 2, "3 projects where 1 to 2"),
    "points": (module, "MAX_POINTS", 5, "more than 5 points"),
    "lines": (sections, "MAX_LINES", 20, "line 21: at most 20 lines"),
}


@pytest.mark.parametrize(("where", "limit", "most", "sentence"), LIMITS.values(), ids=LIMITS)
def test_too_many_are_refused(
    monkeypatch: pytest.MonkeyPatch, where: ModuleType, limit: str, most: int, sentence: str
) -> None:
    assert pabulib_poll(FILE.encode(), strata="sex").size == 4
    monkeypatch.setattr(where, limit, most)
    with pytest.raises(DecodeError, match=sentence):
        pabulib_poll(FILE.encode(), strata="sex")


def test_bytes_that_are_not_text_are_refused_by_line() -> None:
    with pytest.raises(DecodeError, match="line 3: not UTF-8"):
        pabulib_poll(b"META\nkey;value\ndescription;\xff\n")


@given(st.text(alphabet='METAPROJCSV\n;,."k1é\x00\r', max_size=200), st.integers(0, len(FILE)))
def test_whatever_is_written_into_a_file_is_read_or_refused(noise: str, place: int) -> None:
    try:
        poll = pabulib_poll((FILE[:place] + noise + FILE[place:]).encode())
    except DecodeError:
        return
    assert len(numbers(poll)) == poll.size


@given(st.lists(st.dictionaries(st.integers(1, 5), st.integers(0, 4), max_size=3), min_size=1, max_size=20), st.data())
def test_any_points_come_back_as_they_were_given(ballots: list[dict[int, int]], data: st.DataObject) -> None:
    rows = [f"{n};{','.join(map(str, b))};{','.join(map(str, b.values()))}\n" for n, b in enumerate(ballots)]
    meta = f"description;x\nunit;x\nnum_projects;5\nnum_votes;{len(ballots)}\nbudget;9\nvote_type;cumulative\n"
    projects = "".join(f"{n};1\n" for n in range(1, 6))
    text = f"META\nkey;value\n{meta}max_sum_points;12\nPROJECTS\nproject_id;cost\n{projects}VOTES\n"
    poll = pabulib_poll((text + "voter_id;vote;points\n" + "".join(rows)).encode())
    want = [Counter({str(n): points for n, points in ballot.items() if points}) for ballot in ballots]
    assert [Counter(vote.selections["projects"]) for vote in poll.ballots] == want
    assert poll.totals("projects") == sum(want, Counter())
    fewer = scaled(poll, voters := data.draw(st.integers(1, len(ballots))))
    assert fewer.size == voters
    assert fewer.totals("projects") <= poll.totals("projects")


REAL = {
    "Netherlands_Amsterdam_525.pb": ("budget", 3428, "votes"),
    "Netherlands_Amsterdam_643.pb": ("selection", 66, "votes"),
    "Poland_Gdansk_2020_Mlyniska.pb": ("cumulative", 167, "score"),
    "Poland_Krakow_2018_Swoszowice.pb": ("ranked", 844, "votes"),
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=outside(name)) for name in REAL])
def test_a_real_budget_counts_as_published(name: str) -> None:
    kind, voters, column = REAL[name]
    poll = pabulib_poll((DATA / name).read_bytes())
    assert (contest(poll).type, len(numbers(poll))) == (kind, voters)
    assert poll.totals("projects") == poll.published[column]


@outside("Poland_Gdansk_2020_Mlyniska.pb")
def test_supporters_in_gdansk_are_the_published_ones() -> None:
    poll = pabulib_poll((DATA / "Poland_Gdansk_2020_Mlyniska.pb").read_bytes(), strata="sex")
    supporters = Counter(option for vote in poll.ballots for option in set(vote.selections["projects"]))
    assert supporters == poll.published["votes"]
    assert Counter(vote.stratum for vote in poll.ballots) == {"m": 84, "f": 83}


@outside("Poland_Krakow_2018_Swoszowice.pb")
def test_points_in_cracow_are_the_published_ones() -> None:
    poll = pabulib_poll((DATA / "Poland_Krakow_2018_Swoszowice.pb").read_bytes())
    points: Counter[str] = Counter()
    for vote in poll.ballots:
        points.update({option: 3 - place for place, option in enumerate(vote.selections["projects"])})
    assert points == poll.published["score"]


@outside("Netherlands_Amsterdam_525.pb")
def test_amsterdam_funds_the_projects_with_the_most_votes_that_fit() -> None:
    poll = pabulib_poll((DATA / "Netherlands_Amsterdam_525.pb").read_bytes())
    asked = contest(poll)
    counts = tuple(poll.totals("projects")[option.id] for option in asked.options)
    assert asked.method is not None
    winners = asked.method.outcome(Figures(asked.options, counts)).winners
    assert sum(option.cost for option in asked.options if option.id in winners) <= 155000
    assert winners[:3] == ("41563", "41573", "41566")
