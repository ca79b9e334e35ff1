"""The page of results as a browser draws it: on a phone, by keyboard, light and dark, and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evote.cli.page import page
from tests.browser.chromium import DESK, PHONE, PROGRAM, Page, browser
from tests.browser.pages import SAMPLES

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no chromium on this machine")

SIZES = {"phone": PHONE, "small phone": (320, 568), "desk": DESK}
PAPER = (718, 1000)  # A4 at 96 dots an inch, without its margins


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    with browser() as made:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a file for each sample."""
    home = tmp_path_factory.mktemp("pages")
    made = {name: home / f"{name}.html" for name in SAMPLES}
    for name, path in made.items():
        path.write_text(page(SAMPLES[name], units=True))
    return made


UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
BEYOND = """[...document.querySelectorAll('main *')].filter(each => !each.closest('.wide')
    && each.getBoundingClientRect().right > innerWidth + 0.5).map(each => each.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_sticks_out(tab: Page, files: dict[str, Path], name: str, size: str) -> None:
    tab.open(files[name], SIZES[size])
    tab.value(UNFOLD)
    assert tab.value("innerWidth") == SIZES[size][0]
    assert tab.value("document.documentElement.scrollWidth") == SIZES[size][0]
    assert tab.value(BEYOND) == []


def cells_seen(column: str) -> str:
    """Return what tells for each row of that column in the first table that scrolls whether it is seen at once."""
    return f"""(each => {{
        const place = [...each.querySelectorAll('thead th')].findIndex(head => head.innerText == '{column}')
        const seen = cell => cell.getBoundingClientRect().right <= each.getBoundingClientRect().right + 0.5
        return [...each.querySelectorAll('tr')].map(row => seen(row.children[place]))
    }})(document.querySelector('.wide'))"""


@pytest.mark.parametrize("name", ["petition", "barred"])
@pytest.mark.parametrize("size", ["phone", "small phone"])
def test_whether_a_threshold_is_reached_is_seen_on_a_phone_without_scrolling(
    tab: Page, files: dict[str, Path], name: str, size: str
) -> None:
    tab.open(files[name], SIZES[size])
    assert tab.value("document.querySelector('#contest-c .lead').innerText.startsWith('The threshold was ')")
    assert tab.value(cells_seen("Reached")) == [True] * 3


def test_whether_a_project_is_funded_is_seen_on_a_phone_without_scrolling(tab: Page, files: dict[str, Path]) -> None:
    tab.open(files["budget"], SIZES["small phone"])
    assert set(tab.value(cells_seen("Funded"))) == {True}


CUT = """[...document.querySelectorAll('.wide')].filter(each => each.checkVisibility()
    && each.querySelector('caption span').getBoundingClientRect().right > each.getBoundingClientRect().right + 0.5)
    .map(each => each.querySelector('caption').innerText)"""


@pytest.mark.parametrize("name", SAMPLES)
def test_captions_of_tables_that_scroll_are_whole(tab: Page, files: dict[str, Path], name: str) -> None:
    tab.open(files[name], SIZES["small phone"])
    tab.value(UNFOLD)
    assert tab.value(CUT) == []
    tab.value("document.querySelectorAll('.wide').forEach(each => each.scrollLeft = 1000)")
    assert tab.value(CUT) == []


def test_a_table_that_scrolls_fades_where_it_goes_on_and_not_at_its_end(tab: Page, files: dict[str, Path]) -> None:
    tab.open(files["petition"], SIZES["small phone"])
    end = "(each => each.querySelector('td:last-child').getBoundingClientRect().right)(document.querySelector('.wide'))"
    fade = "(each => each.getBoundingClientRect().right - parseFloat(getComputedStyle(each, '::after').width))"
    beyond = f"{end} - {fade}(document.querySelector('.wide'))"
    assert tab.value(beyond) > 1
    tab.value("document.querySelector('.wide').scrollLeft = 1000")
    assert tab.value(beyond) <= 1


@pytest.mark.parametrize("name", ["ranked", "parliament", "budget", "survey"])
def test_paper_does_not_scroll(tab: Page, files: dict[str, Path], name: str) -> None:
    tab.open(files[name], PAPER)
    tab.call("Emulation.setEmulatedMedia", media="print")
    tab.value(UNFOLD)
    wide = "[...document.querySelectorAll('.wide')]"
    assert tab.value(f"{wide}.filter(each => each.scrollWidth > each.clientWidth).length") == 0
    verdict = "(p => p.getBoundingClientRect().left - p.parentElement.getBoundingClientRect().left)"
    bar = "parseFloat(getComputedStyle(document.querySelector('#verdict')).borderLeftWidth)"
    assert tab.value(f"{verdict}(document.querySelector('.verdict'))") >= tab.value(bar) + 6
    tab.call("Emulation.setEmulatedMedia", media="screen")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_browser_asks_for_nothing_and_finds_nothing_to_complain_of(
    tab: Page, files: dict[str, Path], name: str
) -> None:
    tab.open(files[name])
    asked = [event["request"]["url"] for event in tab.told("Network.requestWillBeSent")]
    assert asked == [files[name].as_uri()]
    assert tab.told("Log.entryAdded") == tab.told("Runtime.consoleAPICalled") == []
    assert tab.value("document.scripts.length + document.images.length") == 0
    assert tab.value("document.styleSheets.length") == 1


def test_a_page_with_something_of_another_is_stopped_by_its_policy(
    tab: Page, files: dict[str, Path], tmp_path: Path
) -> None:
    """The same page with a script, an image and a style pushed in: none of them gets to do anything."""
    pushed = (
        "<script>document.title = 'hacked'</script><img src='https://198.51.100.1/x.png'>"
        "<p id=p style='color: rgb(1, 2, 3)' onclick='document.title = 1'>x</p>"
    )
    bad = tmp_path / "bad.html"
    bad.write_text(files["referendum"].read_text().replace("<main>", f"<main>{pushed}"))
    tab.open(bad)
    assert "hacked" not in tab.value("document.title")
    assert tab.value("getComputedStyle(p).color") != "rgb(1, 2, 3)"
    refused = [entry["entry"]["text"] for entry in tab.told("Log.entryAdded")]
    assert len([text for text in refused if "Content Security Policy" in text]) >= 3
    for event in tab.told("Network.requestWillBeSent")[1:]:
        (failed,) = (e for e in tab.told("Network.loadingFailed") if e["requestId"] == event["requestId"])
        assert failed["blockedReason"] == "csp"


def test_markup_in_names_stays_text(tab: Page, files: dict[str, Path]) -> None:
    tab.open(files["hostile"])
    assert tab.value("document.title").startswith('</style></title><script>document.title = "hacked"')
    assert tab.value("document.querySelector('h1').children.length") == 0


def _roles(tab: Page) -> list[tuple[str, str]]:
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    seen = [node for node in nodes if not node["ignored"]]
    return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in seen]


def test_a_screen_reader_finds_landmarks_headings_and_tables(tab: Page, files: dict[str, Path]) -> None:
    tab.open(files["parliament"])
    roles = _roles(tab)
    for landmark in (("banner", ""), ("navigation", "On this page"), ("main", ""), ("contentinfo", "")):
        assert roles.count(landmark) == 1
    regions = [name for role, name in roles if role == "region"]
    assert regions == ["Verdict", "Member of the Riigikogu", "Turnout", "Checks"]
    headings = [name for role, name in roles if role == "heading"]
    assert headings[:4] == ["Election: Member of the Riigikogu", "Verdict", "Member of the Riigikogu", "Decision"]
    tables = [name for role, name in roles if role == "table"]
    assert tables[:2] == ["The 101 seats", "Votes"]
    assert ("image", "Seats: Reform 37, EKRE 17, Centre 16, Eesti 200 14, SDE 9, Isamaa 8") in roles
    assert ("rowheader", "Reform") in roles


def test_the_keyboard_goes_from_top_to_bottom(tab: Page, files: dict[str, Path]) -> None:
    tab.open(files["parliament"])
    expected = tab.value("[...document.querySelectorAll('a, summary, .wide')].filter(e => e.checkVisibility()).length")
    tab.value("window.order = [...document.querySelectorAll('a, summary, .wide')].filter(e => e.checkVisibility())")
    seen = []
    for _ in range(expected):
        tab.press_tab()
        seen.append(tab.value("order.indexOf(document.activeElement)"))
    assert seen == list(range(expected))
    assert expected >= 6
    assert tab.value("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 3


def test_a_dark_room_has_a_dark_page(tab: Page, files: dict[str, Path]) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    tab.open(files["referendum"])
    assert tab.value(ground) == "rgb(251, 250, 247)"
    tab.open(files["referendum"], scheme="dark")
    assert tab.value(ground) == "rgb(20, 23, 26)"


def test_a_bar_is_drawn_as_long_as_its_share(tab: Page, files: dict[str, Path]) -> None:
    tab.open(files["referendum"])
    width = "document.querySelectorAll('#contest-c .bar')[{}].{}getBoundingClientRect().width"
    whole, most, less = (tab.value(width.format(*of)) for of in ((0, ""), (0, "firstChild."), (1, "firstChild.")))
    assert most == pytest.approx(whole)
    assert less / whole == pytest.approx(191 / 402, abs=0.002)
