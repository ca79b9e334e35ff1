"""How many voted, and what became of their ballots."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from evote.cli.page.chart import bar, percent
from evote.cli.page.element import element, section, table
from evote.record.entries import Closing


@dataclass(frozen=True, slots=True)
class Turnout:
    """The number of voters on the roll, what the closing says of the ballots, and whether it is on the board yet."""

    electorate: int
    ballots: Closing
    closed: bool = True


def turnout_section(turnout: Turnout | None) -> Element:
    """Return the section, which says so if the ballot box is still open."""
    if turnout is None:
        return section("turnout", "Turnout", element("p", "The ballot box is not closed yet."))
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
