"""``evote bench``: what each piece of work costs on this machine, for researchers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import product
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from evote.bench.measure import Bench, Figure, directory, measure
from evote.bench.works import WORKS
from evote.cli.options import examples, noun
from evote.cli.output import check_report_place, progress, show_table
from evote.crypto.group import group_names
from evote.errors import EvidenceMissing
from evote.record.files import write_atomic

GROUPS = ["ristretto255", "p-256", "modp-3072"]
SIZES = [100]
JOBS = [1]
COLUMNS = ("work", "group", "n", "jobs", "CPU per item, ms", "pm per item", "wall, s", "memory, MB")

app = noun("Measure what proofs, verification and powers cost here.")


def _known(what: str, names: Callable[[], Collection[str]]) -> Callable[[str], str]:
    def parse(name: str) -> str:
        if name not in names():
            raise typer.BadParameter(f"no {what} {name!r}; there are: {', '.join(names())}")
        return name

    parse.__name__ = what
    return parse


@app.command(
    epilog=examples(
        "evote bench",
        "evote bench --work shuffle-verify --group modp-3072 --n 1000 --n 10000 --jobs 1 --jobs 2 --json figures.json",
    )
)
def bench(
    work: Annotated[
        list[str] | None,
        typer.Option(
            "--work", metavar="NAME", parser=_known("work", lambda: WORKS), help=f"One of: {', '.join(WORKS)}."
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="NAME", parser=_known("group", group_names), help="A group, ristretto255 say."),
    ] = None,
    n: Annotated[list[int] | None, typer.Option("--n", metavar="N", min=1, help="How many items.")] = None,
    jobs: Annotated[
        list[int] | None, typer.Option("--jobs", metavar="J", min=1, max=1000, help="How many processes.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to this file, too.")
    ] = None,
) -> None:
    """Measure every combination of the works, groups, sizes and numbers of processes given.

    Each option may be given more than once. CPU is the time of all processors; pm is one 3072-bit modular power,
    measured in the same run, so that figures in pm compare across machines.
    """
    if json is not None and not json.parent.is_dir():
        raise EvidenceMissing(f"{json.parent} is not a directory")
    check_report_place(json)
    wanted = list(product(work or WORKS, group or GROUPS, n or SIZES, jobs or JOBS))
    figures = []
    with directory() as shared, progress("measuring", len(wanted)) as advance:
        for name, algebra, size, processes in wanted:
            figures.append(measure(name, WORKS[name], Bench(algebra, size, processes, shared)))
            advance(1)
    show_table("Cost per item", COLUMNS, map(_row, figures))
    if json is not None:
        write_atomic(json, msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _row(figure: Figure) -> tuple[object, ...]:
    milliseconds, pm = f"{figure.cpu_s_per_item * 1000:.3f}", f"{figure.pm_per_item:.4f}"
    wall, memory = f"{figure.wall_s:.2f}", f"{figure.max_rss_mb:.0f}"
    return figure.work, figure.group, figure.n, figure.jobs, milliseconds, pm, wall, memory
