"""The parts that a page is built of: a tree of elements, so that no text of a record is ever markup.

Text that is put into the tree is escaped when it is written out, and `printable` takes controls and direction marks
from it before. Attributes are ours alone: what a record says becomes text, never the value of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, tostring

from evote.cli.output import printable

Child = Element | str
LONG = 15  # rows; the rest of a longer table is folded
NARROW, SHORT = 3, 15  # columns and letters of a head, for which a phone has room


def element(tag: str, *children: Child, **attributes: str) -> Element:
    """Return an element; ``class_`` is the attribute class, ``aria_label`` is aria-label."""
    made = Element(tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    for child in children:
        if isinstance(child, Element):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + printable(child)
        else:
            made.text = (made.text or "") + printable(child)
    return made


def html(root: Element) -> str:
    """Return the document with this root."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def listing(tag: str, items: Iterable[Child]) -> Element:
    """Return a list, ``ol`` or ``ul``."""
    return element(tag, *(element("li", item) for item in items))


def section(name: str, heading: str, *children: Child) -> Element:
    """Return a section with its heading; ``name`` is where a link to it leads."""
    title = element("h2", heading, id=f"{name}-title")
    return element("section", title, *children, id=name, aria_labelledby=f"{name}-title")


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[Child]], numbers: Sequence[int] = (), long: int = LONG
) -> Element:
    """Return a table whose rows begin with their own heads; ``numbers`` are the places of columns of numbers.

    Rows beyond ``long`` are folded; what is too wide for a phone scrolls by itself.
    """
    made = list(rows)
    if len(made) <= long + 1:
        return _table(caption, columns, made, numbers)
    rest = f"{caption}: {len(made) - long} more"
    folded = element("details", element("summary", rest), _table(rest, columns, made[long:], numbers))
    return element("div", _table(caption, columns, made[:long], numbers), folded)


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Child]], numbers: Sequence[int]) -> Element:
    kind: list[dict[str, str]] = [{"class_": "number"} if i in numbers else {} for i in range(len(columns))]
    head = element("tr", *(element("th", name, scope="col", **kind[i]) for i, name in enumerate(columns)))
    body = element("tbody")
    for first, *rest in rows:
        cells = (element("td", cell, **kind[i]) for i, cell in enumerate(rest, 1))
        body.append(element("tr", element("th", first, scope="row", dir="auto", **kind[0]), *cells))
    made = element("table", element("caption", element("span", caption)), element("thead", head), body)
    if len(columns) <= NARROW and max(map(len, columns)) <= SHORT:
        return made
    return element("div", made, class_="wide", role="group", aria_label="A table that scrolls sideways", tabindex="0")
