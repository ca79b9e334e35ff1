"""Charts as inline SVG without scripts or styles of their own; every number in them also stands beside them as text."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from xml.etree.ElementTree import Element

from evote.cli.page.element import element

COLOURS = 8  # of groups in a chamber; the others share the last one
INNER, OUTER = 0.42, 1.0  # radii of the chamber's first and last row


def percent(part: int, whole: int) -> str:
    """Return the share with one decimal, rounded half up: ``37.5 %``; a dash of nothing."""
    if not whole:
        return "-"
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10} %"


def bar(part: int, whole: int, kind: str = "") -> Element:
    """Return a bar as long as the part is of the whole."""
    length = min(1000, 1000 * part // whole) if whole else 0
    rect = element("rect", width=f"{length / 10}%", height="100%", rx="2")
    return element("svg", rect, class_=f"bar {kind}".strip(), aria_hidden="true")


def chamber(seats: Sequence[tuple[str, int]]) -> Element:
    """Return a half circle of seats, group by group from left to right."""
    groups = [min(place, COLOURS - 1) for place, (_, count) in enumerate(seats) for _ in range(count)]
    rows = _rows(len(groups))
    radius = 0.42 * (OUTER - INNER) / max(1, len(rows) - 1) if len(rows) > 1 else 0.12
    places = sorted(
        (pi * (i + 0.5) / count, 100 * cos(pi - pi * (i + 0.5) / count) * r, -100 * sin(pi * (i + 0.5) / count) * r)
        for r, count in rows
        for i in range(count)
    )
    dots = (
        element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{100 * radius:.1f}", class_=f"group-{group}")
        for (_, x, y), group in zip(places, groups, strict=True)
    )
    spoken = "Seats: " + ", ".join(f"{name} {count}" for name, count in seats)
    return element("svg", *dots, viewBox="-115 -115 230 130", class_="chamber", role="img", aria_label=spoken)


def _rows(seats: int) -> list[tuple[float, int]]:
    """Return radius and number of seats of each row, in proportion to its length; the last row takes what is left."""
    number = max(1, round((seats / 5) ** 0.5))
    radii = [OUTER - (OUTER - INNER) * i / max(1, number - 1) for i in reversed(range(number))]
    counts = [int(seats * r / sum(radii)) for r in radii]
    counts[-1] += seats - sum(counts)
    return list(zip(radii, counts, strict=True))
