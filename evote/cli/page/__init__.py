"""``evote show --html``: the results and the verdict as one page that needs no network, no script and no trust.

The page is a report about a record, not evidence: whoever hands it on could have written another, and it says so. A
false record has no results on it. Everything from the record is escaped, and the page's own policy lets a browser load
nothing and run nothing.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from xml.etree.ElementTree import Element

from evote.cli.page.contests import contest_section
from evote.cli.page.element import element, html, listing
from evote.cli.page.turnout import turnout_section
from evote.cli.page.verdict import checks_section, verdict_section
from evote.record.manifest import Election
from evote.verify import Report

__all__ = ["page"]


def page(report: Report, *, units: bool = False) -> str:
    """Return the page as HTML; ``units`` for the results unit by unit, too.

    Of a false record the turnout and the results are left out.
    """
    election = report.election
    name = election.name if election else "A record that cannot be read"
    parts = [verdict_section(report)]
    if election and report.status != 1:
        parts += _established(election, report, units=units)
    parts.append(checks_section(report))
    body = element("body", _header(name, election), _contents(parts), element("main", *parts), _footer(election))
    return html(element("html", _head(f"{name}: results and verification"), body, lang="en"))


def _established(election: Election, report: Report, *, units: bool) -> list[Element]:
    sections = [
        contest_section(election, contest, report.results.get(contest.id), units=units) for contest in election.contests
    ]
    return [*sections, turnout_section(report.turnout)]


def _head(title: str) -> Element:
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sheet = Element("style")
    sheet.text = style
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        sheet,
    )


def _header(name: str, election: Election | None) -> Element:
    header = element("header", element("h1", name, dir="auto"))
    if election and election.simulated:
        header.append(element("p", "A simulation: nobody really voted.", class_="simulated"))
    return header


def _contents(parts: list[Element]) -> Element:
    links = [element("a", "".join(part[0].itertext()), href=f"#{part.attrib['id']}") for part in parts]
    return element("nav", listing("ul", links), aria_label="On this page")


def _footer(election: Election | None) -> Element:
    brought = f" --expect {election.fingerprint.hex()}" if election else ""
    return element(
        "footer",
        element("p", "This page is a report, not evidence: anybody could write one that says otherwise. To see for "
                "yourself, take the record, and the fingerprint from a source that you trust, and run"),
        element("p", element("code", f"evote verify RECORD{brought}")),
    )  # fmt: skip
