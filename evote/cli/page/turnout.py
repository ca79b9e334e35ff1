"""How many voted, and what became of their ballots."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from evote.cli.page.chart import bar, percent
from evote.cli.page.element import element, section, table
from evote.procedure.turnout import Turnout
from evote.record.entries import Closing


def turnout_section(turnout: Turnout | None) -> Element:
    """Return the section, which says so if there is no roll yet, or the ballot box is still open."""
    if turnout is None:
        return section("turnout", "Turnout", element("p", "There is no roll of voters yet."))
    ballots, electorate = turnout.ballots, turnout.electorate
    share = element("p", element("strong", percent(ballots.kept, electorate), class_="figure"), class_="lead")
    share.append(bar(ballots.kept, electorate, "won"))
    voters = f"{ballots.kept} of the {electorate} voters on the roll have a ballot that counts"
    note = element("p", voters + ("." if turnout.closed else ", if the ballot box closed now."))
    rows = (
        ("Kept", ballots.kept),
        ("Superseded by a later ballot of the same voter", ballots.superseded),
        ("Revoked", ballots.revoked),
    )
    caption = f"What became of the {ballots.ballots} ballots on the board"
    return section("turnout", "Turnout", share, note, table(caption, ("Ballots", "Number"), _bars(rows, ballots), [1]))


def _bars(rows: tuple[tuple[str, int], ...], ballots: Closing) -> list[tuple[Element, str]]:
    return [(element("div", name, bar(count, ballots.ballots)), str(count)) for name, count in rows]
