"""The page of results: what must be on it, what a record can never put there, and the command that writes it."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

import evote.cli.page
from evote.cli.names import unit_name, why_no_count
from evote.cli.page import page
from evote.cli.page.chart import bar, chamber, percent
from evote.cli.show import _show, _show_count, _show_outcome
from evote.methods.outcome import Outcome
from evote.record.entries import Closing, Result
from evote.record.manifest import Contest
from tests.browser.pages import HOSTILE, PARTIES, SAMPLES, SEATS, election_of, option, report_of, result_of
from tests.cli.parties import Parties, one_sentence
from tests.elections import copy_of, finished, open_box

EMPTY = {"br", "meta", "wbr"}
TAGS = """
    html head title style body header h1 h2 h3 nav main section footer p a ul ol li dl dt dd div span strong small code
    bdi table caption thead tbody tr th td details summary svg rect g circle text br meta wbr
"""
ATTRIBUTES = """
    lang charset http-equiv content name id class href scope dir role tabindex aria-label aria-labelledby aria-hidden
    width height rx cx cy r x y font-size viewbox
"""


class Tree(HTMLParser):
    """A strict reader of our pages: every element is closed where it must be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("document")
        self._open = [self.root]
        self.feed(text)
        self.close()
        assert self._open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        made = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].append(made)
        if tag not in EMPTY:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        here = self._open[-1]
        if len(here):
            here[-1].tail = (here[-1].tail or "") + data
        else:
            here.text = (here.text or "") + data


def read(text: str) -> Element:
    (root,) = Tree(text).root
    return root


@pytest.fixture(params=SAMPLES)
def tree(request: pytest.FixtureRequest) -> Element:
    return read(page(SAMPLES[request.param], units=True))


def text_of(element: Element) -> str:
    return "".join(element.itertext())


def sample(name: str, **options: bool) -> str:
    return text_of(read(page(SAMPLES[name], **options)))


def table(root: Element, caption: str) -> list[list[str]]:
    """Return the rows of the table with that caption."""
    (found,) = (t for t in root.iter("table") if text_of(t[0]) == caption)
    return [[text_of(cell) for cell in row] for row in found.iter("tr")][1:]


def test_a_page_has_only_harmless_elements(tree: Element) -> None:
    assert {each.tag for each in tree.iter()} <= set(TAGS.split())
    assert {name for each in tree.iter() for name in each.attrib} <= set(ATTRIBUTES.split())


def test_a_page_leads_nowhere(tree: Element) -> None:
    """Every link stays on the page, and the style sheet names no other file."""
    places = [each.attrib["id"] for each in tree.iter() if "id" in each.attrib]
    links = [each.attrib["href"] for each in tree.iter() if "href" in each.attrib]
    assert links
    assert max(Counter(places).values()) == 1
    assert {link.removeprefix("#") for link in links} <= set(places)
    (style,) = tree.iter("style")
    assert not re.search(r"url|@import|//|expression|\\", style.text or "")


def test_the_policy_lets_a_browser_do_nothing_but_draw(tree: Element) -> None:
    (style,) = tree.iter("style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    (policy,) = (m.attrib["content"] for m in tree.iter("meta") if "http-equiv" in m.attrib)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = [child.tag for child in tree[0]]
    assert head == ["meta"] * 5 + ["title", "style"]  # what comes before the policy is not under it


def test_a_page_can_be_found_ones_way_in(tree: Element) -> None:
    assert tree.attrib == {"lang": "en"}
    assert [child.tag for child in tree[1]] == ["header", "nav", "main", "footer"]
    levels = [int(each.tag[1]) for each in tree.iter() if re.fullmatch("h[1-6]", each.tag)]
    assert levels.count(1) == 1 == levels[0]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for section in tree.iter("section"):
        assert section[0].attrib["id"] == section.attrib["aria-labelledby"]


def test_a_table_says_what_its_cells_are(tree: Element) -> None:
    for found in tree.iter("table"):
        assert [child.tag for child in found] == ["caption", "thead", "tbody"]
        assert text_of(found[0])
        columns = [cell.attrib["scope"] for cell in found[1][0]]
        assert columns == ["col"] * len(columns)
        for row in found[2]:
            assert [cell.tag for cell in row] == ["th"] + ["td"] * (len(columns) - 1)
            assert row[0].attrib["scope"] == "row"


def test_a_picture_is_also_text(tree: Element) -> None:
    for picture in tree.iter("svg"):
        spoken = picture.attrib.get("role") == "img" and text_of(picture)
        assert spoken or picture.attrib["aria-hidden"] == "true"
    for row in tree.iter("tr"):
        if any(True for _ in row.iter("svg")):
            assert re.search(r"\d|-", text_of(row))


def test_what_a_record_says_is_never_markup() -> None:
    text = page(SAMPLES["hostile"], units=True)
    assert "<script" not in text
    assert text.count("</style>") == 1
    attributes = [value for each in read(text).iter() for value in each.attrib.values()]
    assert not [value for value in attributes if re.search('[<>"&]', value)]
    assert "\u202e" not in text
    said = text_of(read(text))
    assert HOSTILE[:60] in said
    assert "nobody<br>" in said
    assert "north<i>" in said
    assert "\\u{202e}evil" in said
    assert "ballot by voter <n1>" in sample("refuted")


EXPECTED: dict[str, list[str]] = {
    "referendum": ["✓ VERIFIED: every check held", "Yes", "402", "67.0 %", "191", "31.8 %", "60.0 %", "Blank", "7"],
    "parliament": ["The 101 seats", "Decided by the method riigikogu", "Candidate 1 of EKRE (EKRE)", "Votes: 86 more"],
    "ranked": ["First preferences", "Won by Knoxville", "Stages; quota 300.01 of 600 votes", "348.00"],
    "budget": ["The 32 that won, in order", "Projects: 25 more", "36000"],
    "survey": [
        "Votes, by weight",
        "Of the weight",
        "too small to open: 3.",
        "North, men + South, men",
        "North, women, weight 3",
        bytes(range(32)).hex(),
    ],
    "petition": [
        "the public learns only the decision",
        "who proves a test learns the count",
        "The threshold was reached.",
        "Reached",
        "closing",
    ],
    "barred": [
        "The threshold was not reached, as of the test halfway; that at closing was barred: fewer than 10 new ballots.",
        "voters of whom another ballot is kept than at the last test, or none any more: 7",
        "barred: fewer than 10 new ballots",
    ],
    "points": ["Points", "402", "1191"],
    "no votes": ["Votes", "Ballots withheld, in units too small to open: 600."],
    "all withheld": ["Ballots withheld, in units too small to open: 600."],
    "nobody voted": ["0 of the 0 voters on the roll", "-"],
    "under way": [
        "… INCOMPLETE",
        "Absent record.complete",
        "There is no result yet",
        "There is no roll of voters yet",
    ],
    "refuted": ["✗ REFUTED", "False ballot.proof: entry 17", "Results and turnout are left out"],
    "unreadable": ["A record that cannot be read", "False election.definition: not canonical"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_page_says_what_there_is_to_say(name: str) -> None:
    said = sample(name, units=True)
    for text in EXPECTED[name]:
        assert text in said


@pytest.mark.parametrize(("name", "told"), [("points", False), ("referendum", True)])
def test_blank_votes_are_told_where_they_are_known(
    name: str,
    told: bool,  # noqa: FBT001 - a row of the table
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A ballot that gives no points is counted among the ballots, and said nothing more of."""
    report = SAMPLES[name]
    assert report.election is not None
    _show(report.election, report.turnout, report.results, units=True)
    shown = capsys.readouterr().out
    assert ("blank" in shown) == told
    assert ("Blank" in sample(name, units=True)) == told
    assert "invalid" in shown


def test_nothing_is_shown_of_a_false_record() -> None:
    said = sample("refuted", units=True)
    assert not re.search("Yes|60.0 %|Blank", said)


def test_a_simulation_is_called_one() -> None:
    assert "nobody really voted" in sample("ranked")
    assert "nobody really voted" not in sample("referendum")


def test_units_are_shown_to_who_asks() -> None:
    assert "North, women" not in sample("survey")


def test_every_check_has_its_verdict_and_none_is_passed_over() -> None:
    report = SAMPLES["refuted"]
    root = read(page(report))
    checks = table(root, "Checks made, and how often each held")
    assert len(checks) == len(report.findings)
    assert [row[2] for row in checks] == ["✓ held"] * (len(checks) - 1) + ["✗ false"]
    said = text_of(root)
    for check in report.checks:
        assert check in said
    assert said.index("Scope, and what was not checked") < said.index("record.origin")
    assert report.election is not None
    for text in (*report.notes, *report.scope, report.seed.hex(), report.election.fingerprint.hex()):
        assert text in said


def test_the_origin_is_said_to_be_checked_if_it_was() -> None:
    assert "the fingerprint is the one that the auditor brought" not in sample("referendum")
    report = evote.verify.verify(finished("sum").path, expect=finished("sum").election.fingerprint)
    assert "the fingerprint is the one that the auditor brought" in text_of(read(page(report)))


def test_seats_are_those_of_the_parties() -> None:
    root = read(page(SAMPLES["parliament"]))
    assert table(root, "The 101 seats") == [
        [f"{number}{party}", str(seats)] for number, (party, seats) in enumerate(zip(PARTIES, SEATS, strict=True), 1)
    ]
    (picture,) = (each for each in root.iter("svg") if "role" in each.attrib)
    assert text_of(picture[0]) == "Seats: Reform 37, EKRE 17, Centre 16, Eesti 200 14, SDE 9, Isamaa 8"
    assert list(Counter(text_of(seat) for seat in picture[1:]).items()) == [
        (str(number), seats) for number, seats in enumerate(SEATS, 1)
    ]


def test_a_party_has_the_same_mark_in_the_picture_and_beside_it_and_its_neighbours_another_one() -> None:
    """Colours may be seen as one grey: numbers tell parties apart, and every other one is drawn as rings."""
    root = read(page(SAMPLES["parliament"]))
    (picture,) = (each for each in root.iter("svg") if "role" in each.attrib)
    seats = dict.fromkeys((text_of(seat), seat.attrib["class"]) for seat in picture[1:])
    swatches = [each for each in root.iter("span") if each.attrib.get("class", "").startswith("swatch")]
    assert [(text_of(each), f"swatch {mark}") for each, (_, mark) in zip(swatches, seats, strict=True)] == [
        (number, each.attrib["class"]) for each, (number, _) in zip(swatches, seats, strict=True)
    ]
    assert ["ring" in mark for _, mark in seats] == [False, True] * 3
    _, *many = chamber([(f"p{i}", 1) for i in range(20)])
    assert [text_of(seat) for seat in many] == [str(i) for i in range(1, 21)]
    assert ["ring" in seat.attrib["class"] for seat in many] == [False, True] * 10


@pytest.mark.parametrize("seats", [2, 3, 5, 8, 15, 29, 50, 101, 349, 720])
def test_every_seat_has_a_place_of_its_own(seats: int) -> None:
    dots = list(chamber([("a", 1), ("b", seats - 1)]).iter("circle"))
    assert len(dots) == seats
    radius = float(dots[0].attrib["r"])
    places = [complex(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in dots]
    assert all(abs(p - q) >= 1.9 * radius for i, p in enumerate(places) for q in places[:i])
    assert all(abs(place) + radius <= 110 for place in places)


def test_rounding_is_half_up_and_nothing_has_no_share() -> None:
    shares = [(1, 3), (2, 3), (1, 2000), (999, 1000), (1, 1), (0, 5), (0, 0)]
    assert [percent(*share) for share in shares] == ["33.3 %", "66.7 %", "0.1 %", "99.9 %", "100.0 %", "0.0 %", "-"]


def test_a_bar_is_as_long_as_its_part() -> None:
    lengths = [bar(*share)[0].attrib["width"] for share in [(1, 3), (3, 3), (4, 3), (0, 0)]]
    assert lengths == ["33.3%", "100.0%", "100.0%", "0.0%"]


UNITS = {
    "north": "North",
    "north/women/x3+south": "North, women, weight 3 + South",
    "north/x3": "North, weight 3",
    "elsewhere": "elsewhere",
    "no unit, really": "no unit, really",
}


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_named_by_what_is_in_it(unit: str) -> None:
    assert unit_name(election_of([option("a", "A"), option("b", "B")]), unit) == UNITS[unit]


def colours(mode: str) -> dict[str, str]:
    """Return the colours of a mode (light or dark) by name."""
    style = (Path(evote.cli.page.__file__).parent / "page.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    return dict(re.findall(r"--(\w+): (#\w{6});", {"light": light, "dark": dark}[mode]))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _pairs() -> Iterator[tuple[str, str, float]]:
    for ground in ("paper", "card"):
        yield from ((ink, ground, 4.5) for ink in ("ink", "soft", "link", "good", "bad", "open"))
    yield from ((drawn, "card", 3.0) for drawn in ("bar", "won"))
    yield from ((f"g{i}", "card", 4.5) for i in range(8))
    yield from ((drawn, "track", 3.0) for drawn in ("bar", "won"))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_have_contrast(mode: str) -> None:
    found = colours(mode)
    assert {pair: contrast(found[pair[0]], found[pair[1]]) < pair[2] for pair in _pairs()} == dict.fromkeys(
        _pairs(), False
    )


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    return Parties(tmp_path / "home", "both")


def test_the_command_writes_the_page_and_says_the_verdict(parties: Parties, tmp_path: Path) -> None:
    simulation, file = finished("both"), tmp_path / "results.html"
    expect = simulation.election.fingerprint.hex()
    answer = parties.run("show", simulation.path, "--units", "--html", file, "--expect", expect)
    assert (answer.status, answer.err) == (0, "")
    assert answer.last == "VERIFIED: every check held"
    assert "Ada" in answer.out
    root = read(file.read_text())
    said = text_of(root)
    assert "the fingerprint is the one that the auditor brought" in said
    closing = simulation.operator.procedure.box
    assert closing is not None
    made = closing.closing(0, b"")
    assert isinstance(made, Closing)
    assert f"{made.kept} of the {closing.electorate} voters on the roll" in said
    assert [row[1] for row in table(root, f"What became of the {made.ballots} ballots on the board")] == [
        str(made.kept), str(made.superseded), str(made.revoked)
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_more_options_than_units_stand_below_each_other(parties: Parties) -> None:
    answer = parties.run("show", finished("sum").path, "--units")
    assert re.search(r"unit +. North . South ", answer.out)
    assert re.search(r"ballots +.( +\d+ .){2}\n", answer.out)


DECISIONS = {
    "parliament": [
        "Reform +.  +37",
        "1 . Candidate 0 of Reform",
        "Compensation mandates in the order",
        "decided by .*riigi",
    ],
    "ranked": ["1 . Knoxville", "Votes at the end of each stage"],
    "petition": ["the public learns only the decision", "threshold: the threshold was reached\n", "Threshold"],
    "barred": [
        "as of the test halfway; that at closing was barred: fewer than 10 new ballots: the threshold was not reached",
        "or none",
    ],
}


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_told_in_the_terminal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = SAMPLES[name]
    assert report.election is not None
    _show(report.election, report.turnout, report.results, units=True)
    said = capsys.readouterr().out
    for text in DECISIONS[name]:
        assert re.search(text, said)


def test_numbers_of_one_column_count_one_thing(capsys: pytest.CaptureFixture[str]) -> None:
    _show_count(*contest_of("survey"))
    said = capsys.readouterr().out
    assert re.search("option . name +. votes, by weight .\n", said)
    assert said.endswith("Do you cycle?: ballots withheld, in units too small to open: 3\n")


def shown(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the terminal says of a sample."""
    report = SAMPLES[name]
    assert report.election is not None
    _show(report.election, report.turnout, report.results, units=True)
    return capsys.readouterr().out


def test_the_page_says_of_every_number_whether_it_is_of_ballots_or_by_weight() -> None:
    root = read(page(SAMPLES["survey"], units=True))
    tables = [(text_of(t[0]), [text_of(cell) for cell in t[1][0]]) for t in root.iter("table")]
    assert [heads for caption, heads in tables if caption == "Votes, by weight"] == [
        ["Option", "Votes", "Of the weight"],
        ["Option", "Elected", "Votes"],
    ]
    heads = dict(tables)
    assert heads["For no option"] == ["Answer", "By weight"]
    assert table(root, "For no option") == [["Blank", "17"], ["Invalid", "2"]]
    assert heads["Units that were opened, in ballots"] == ["Unit", "Ballots", "Weight of each", "Blank", "Invalid"]
    assert table(root, "North, women, weight 3: votes, not weighted") == [["Yes", "22"], ["No", "13"]]
    root = read(page(SAMPLES["referendum"], units=True))
    assert table(root, "North + South: votes")
    assert {text_of(t[1]) for t in root.iter("table") if text_of(t[0]) == "For no option"} == {"AnswerBallots"}


def test_the_terminal_says_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown("survey", capsys)
    assert "Do you cycle?: Votes, by weight\n" in said
    assert "Do you cycle?, by unit: ballots, and votes, not weighted\n" in said
    assert "weight of each" in said


def test_points_are_called_points_in_the_tables_of_the_method_too(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown("points", capsys)
    assert re.search("Option +. Points . Elected", said)
    assert "ballots, and points" in said
    assert "votes" not in (said + sample("points", units=True)).lower()


def test_where_nothing_was_opened_no_table_shows_zeros(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown("all withheld", capsys)
    assert said.endswith(
        "too small to open: 600\nJoin the European Union?: decided by the method plurality: no option won\n"
    )
    assert not list(read(page(SAMPLES["all withheld"], units=True)).iter("table"))[2:]
    assert "Unit by unit" not in sample("petition", units=True)
    assert "by unit" not in shown("petition", capsys)


def test_a_contest_whose_ballots_are_all_withheld_has_no_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    _show_count(*contest_of("all withheld"))
    assert capsys.readouterr().out == "Join the European Union?: ballots withheld, in units too small to open: 600\n"
    assert "Of the ballots" not in sample("all withheld")


def test_who_has_a_party_is_shown_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    _show_count(*contest_of("parliament"))
    assert re.search("option +. name +. party +. votes .\n", capsys.readouterr().out)


def contest_of(name: str) -> tuple[Contest, Result]:
    report = SAMPLES[name]
    assert report.election is not None
    (contest,) = report.election.contests
    return contest, report.results[contest.id]


@pytest.mark.parametrize(
    ("withheld", "tested", "text"),
    [
        (0, True, "the public learns only the decision of this contest; who proves a test learns the count"),
        (7, True, "voters of whom another ballot is kept than at the last test, or none any more: 7"),
        (7, False, "not tested, for too few ballots are kept: 7"),
    ],
)
def test_a_petition_says_why_it_has_no_count(withheld: int, tested: bool, text: str) -> None:  # noqa: FBT001 - a row of the table
    outcome = Outcome(method="threshold", winners=(), tables=()) if tested else None
    result = Result(contest="c", units=(), counts=(), blank=0, invalid=0, withheld=withheld, outcome=outcome)
    assert why_no_count(result).endswith(text)


@pytest.mark.parametrize("winners", [("a",), ()])
def test_a_counted_petition_too_says_whether_its_threshold_was_reached(
    winners: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    election, outcome = election_of([option("a", "A")]), Outcome(method="threshold", winners=winners, tables=())
    said = "the threshold was reached" if winners else "the threshold was not reached"
    _show_outcome(election.contests[0], outcome)
    assert capsys.readouterr().out == f"The question: decided by the method threshold: {said}\n"
    assert f"{said.capitalize()}." in text_of(read(page(report_of(election, result_of((5,), outcome=outcome)))))


def test_that_nobody_won_is_told_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    contest = election_of([option("a", "A"), option("b", "B")]).contests[0]
    _show_outcome(contest, Outcome(method="threshold", winners=(), tables=()))
    assert capsys.readouterr().out == "The question: decided by the method threshold: no option won\n"


def _stow(record: Path) -> None:
    (record / "notes.txt").write_text("Ada won.")


def _drop_list(record: Path) -> None:
    max((record / "lists").iterdir()).unlink()


CHANGES: dict[str, tuple[Callable[[Path], None], int, str, str]] = {
    "a stowaway": (_stow, 1, "FALSE record.files: notes.txt", "✗ REFUTED"),
    "a list is missing": (_drop_list, 2, "ABSENT record.complete", "… INCOMPLETE"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_verdict_is_the_status_and_on_the_page(parties: Parties, tmp_path: Path, name: str) -> None:
    change, status, line, verdict = CHANGES[name]
    record = copy_of("both", tmp_path / "record")
    change(record)
    answer = parties.run("show", record, "--html", tmp_path / "results.html")
    assert (answer.status, answer.err) == (status, "")
    assert line in answer.out
    assert ("A small election" in answer.out) == (status == 2)
    assert verdict in text_of(read((tmp_path / "results.html").read_text()))


def test_an_election_under_way_has_a_page(parties: Parties, tmp_path: Path) -> None:
    simulation = open_box(tmp_path / "record", "both")
    simulation.operator.close_record()
    answer = parties.run("show", simulation.path, "--html", tmp_path / "results.html")
    assert (answer.status, answer.err) == (2, "")
    said = text_of(read((tmp_path / "results.html").read_text()))
    assert "0 of the 12 voters on the roll have a ballot that counts, if the ballot box closed now." in said


def test_a_page_that_cannot_be_written_is_a_2_and_hides_no_falsehood(parties: Parties, tmp_path: Path) -> None:
    record, file = copy_of("sum", tmp_path / "record"), tmp_path / "nowhere" / "results.html"
    one_sentence(parties.run("show", record, "--html", file), 2, "results.html: No such file")
    _stow(record)
    one_sentence(parties.run("show", record, "--html", file), 1, "results.html: No such file")


def _nothing(record: Path) -> None:
    shutil.rmtree(record)


def _empty(record: Path) -> None:
    _nothing(record)
    record.mkdir()


@pytest.mark.parametrize("take_away", [_nothing, _empty])
def test_where_there_is_no_record_an_earlier_page_stays(
    parties: Parties, tmp_path: Path, take_away: Callable[[Path], None]
) -> None:
    record, file = copy_of("sum", tmp_path / "record"), tmp_path / "results.html"
    file.write_text("an earlier page")
    take_away(record)
    answer = parties.run("show", record, "--html", file)
    one_sentence(answer, 2, "record is not a record: it has no election.json")
    assert answer.out == ""
    assert file.read_text() == "an earlier page"


def test_a_page_does_not_go_into_the_record(parties: Parties, tmp_path: Path) -> None:
    record = copy_of("sum", tmp_path / "record")
    before = sorted(record.rglob("*"))
    one_sentence(parties.run("show", record, "--html", record / "results.html"), 2, "would lie in the record")
    assert sorted(record.rglob("*")) == before
