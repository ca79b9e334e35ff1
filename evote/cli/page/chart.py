"""Charts as inline SVG without scripts or styles of their own; every number in them also stands beside them as text."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from xml.etree.ElementTree import Element

from evote.cli.page.element import element

COLOURS = 8  # of groups in a chamber; the others share the last one
DIGIT = 0.62  # height of a seat's number, as a part of the distance of seats
SIZE, INNER, OUTER = 100, 0.4, 1.0  # half the width of a chamber, radii of its first and last row as parts of that
WIDEST = 0.2  # distance of seats


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


def kind_of(place: int) -> str:
    """Return the class of a group's seats, by its place from 0: a colour and, in every other group, a ring."""
    return f"group-{min(place, COLOURS - 1)}{' ring' if place % 2 else ''}"


def swatch(place: int) -> Element:
    """Return a seat of a group as it is in a chamber, for the table beside it."""
    return element("span", str(place + 1), class_=f"swatch {kind_of(place)}", aria_hidden="true")


def chamber(seats: Sequence[tuple[str, int]]) -> Element:
    """Return a half circle of seats, group by group from left to right, each with the number of its group."""
    groups = [place for place, (_, count) in enumerate(seats) for _ in range(count)]
    rows = _rows(len(groups))
    gap = SIZE * min([WIDEST, (OUTER - INNER) / len(rows), *(2 * r * sin(pi / (2 * count)) for r, count in rows)])
    places = sorted((-pi * (i + 0.5) / count, radius * SIZE) for radius, count in rows for i in range(count))
    spoken = "Seats: " + ", ".join(f"{name} {count}" for name, count in seats)
    box = f"{-1.1 * SIZE} {-1.1 * SIZE} {2.2 * SIZE} {1.2 * SIZE}"
    dots = (_seat(r * cos(a), r * sin(a), gap, group) for (a, r), group in zip(places, groups, strict=True))
    size = f"{DIGIT * gap:.1f}"
    return element("svg", element("title", spoken), *dots, viewBox=box, font_size=size, class_="chamber", role="img")


def _seat(x: float, y: float, gap: float, group: int) -> Element:
    dot = element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{0.43 * gap:.1f}")
    number = element("text", str(group + 1), x=f"{x:.1f}", y=f"{y:.1f}")
    return element("g", dot, number, class_=kind_of(group))


def _rows(seats: int) -> list[tuple[float, int]]:
    """Return radius and number of seats of each row, so many that rows and seats stand about equally apart."""
    number = max(1, round((0.26 * seats) ** 0.5))
    radii = [OUTER - (OUTER - INNER) * i / number for i in range(number)]
    counts = [round(seats * radius / sum(radii)) for radius in radii]
    counts[0] += seats - sum(counts)
    return [(radius, count) for radius, count in zip(radii, counts, strict=True) if count]
