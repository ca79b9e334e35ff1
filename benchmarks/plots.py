"""Plots for docs/performance/: python -m benchmarks.plots OUT --figures FILE... --peers FILE.

Needs matplotlib (``pip install evote[bench]``). Cost per item against N from what ``evote bench --json`` wrote, one SVG
for each work; our cost against peers' from what ``python -m benchmarks.peers --json`` wrote.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import matplotlib as mpl
import msgspec

from benchmarks.peers import Comparison
from evote.bench.measure import Figure

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "evote"  # the same figures give the same file
mpl.rcParams["svg.fonttype"] = "none"  # small files, and text that can be searched

from matplotlib import pyplot as plt  # noqa: E402 - the backend is chosen before

SIZE = (6, 3.6)


def plot_works(figures: list[Figure], out: Path) -> None:
    """Write cost per item against N for each work measured at two sizes or more, a line for each group."""
    lines: dict[str, dict[str, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
    for figure in figures:
        if figure.jobs == 1:
            lines[figure.work][figure.group].append((figure.n, figure.pm_per_item))
    for work, groups in lines.items():
        axes = plt.figure(figsize=SIZE).add_subplot()
        for group, points in sorted(groups.items()):
            axes.plot(*zip(*sorted(points), strict=True), marker="o", label=group)
        axes.set(xscale="log", yscale="log", xlabel="N", ylabel="processor time per item, pm", title=work)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
        if any(len(points) > 1 for points in groups.values()):
            _write(out / f"{work}.svg")
        plt.close()


def plot_peers(comparisons: list[Comparison], out: Path) -> None:
    """Write our cost beside the peers', a pair of bars for each comparison."""
    axes = plt.figure(figsize=(6, 1 + 0.7 * len(comparisons))).add_subplot()
    names = [f"{c.peer}\n{c.theirs} / {c.ours}" for c in comparisons]
    places = range(len(names))
    axes.barh([place + 0.2 for place in places], [c.their_cost.pm for c in comparisons], 0.38, label="peer")
    axes.barh([place - 0.2 for place in places], [c.our_cost.pm for c in comparisons], 0.38, label="evote")
    axes.set(xscale="log", xlabel="processor time per item, pm", yticks=list(places), yticklabels=names)
    axes.tick_params(axis="y", labelsize=7)
    axes.legend()
    _write(out / "peers.svg")
    plt.close()


def _write(path: Path) -> None:
    plt.tight_layout()
    plt.savefig(path, metadata={"Date": None})


def main() -> None:
    """Read figures, write plots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plots", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--figures", type=Path, nargs="*", default=[])
    parser.add_argument("--peers", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    figures = [f for path in options.figures for f in msgspec.json.decode(path.read_bytes(), type=list[Figure])]
    plot_works(figures, options.out)
    if options.peers:
        plot_peers(msgspec.json.decode(options.peers.read_bytes(), type=list[Comparison]), options.out)


if __name__ == "__main__":
    main()
