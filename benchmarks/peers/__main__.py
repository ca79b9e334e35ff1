"""python -m benchmarks.peers [--install] [--rounds R] [--json FILE]: peer and ours by turns, and the ratio."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from types import ModuleType

import msgspec

from benchmarks.peers import Absent, Comparison, Cost, belenios, electionguard
from evote.bench.measure import Bench, directory, measure
from evote.bench.works import WORKS

PEERS = (electionguard, belenios)
ROUNDS = 3


def compare(peer: ModuleType, rounds: int) -> Iterator[Comparison]:
    """Yield one comparison for each of a peer's works; raise `Absent` if it is."""
    theirs = peer.costs()
    pairs = [pair for pair in peer.PAIRS if pair[1] in WORKS]
    taken: list[list[tuple[Cost, Cost]]] = [[] for _ in pairs]
    with directory() as shared:
        for _ in range(rounds):
            their_costs = next(theirs)
            for (work, ours, n), costs in zip(pairs, taken, strict=True):
                figure = measure(ours, WORKS[ours], Bench(peer.GROUP, n, 1, shared))
                costs.append((their_costs[work], Cost(figure.cpu_s_per_item, figure.pm_per_item)))
    for (work, ours, _), costs in zip(pairs, taken, strict=True):
        a, b = (_median(column) for column in zip(*costs, strict=True))
        yield Comparison(peer.NAME, work, ours, peer.GROUP, b.pm / a.pm, a, b, costs)


def _median(costs: tuple[Cost, ...]) -> Cost:
    return Cost(median(cost.cpu_s for cost in costs), median(cost.pm for cost in costs))


def compare_all(rounds: int) -> list[Comparison]:
    """Return the comparisons with all peers that are here; print them, and who is absent."""
    found = []
    for peer in PEERS:
        try:
            for c in compare(peer, rounds):
                found.append(c)
                print(f"{c.peer}, {c.theirs}: {c.their_cost.cpu_s * 1e3:.2f} ms ({c.their_cost.pm:.3f} pm); ", end="")
                print(f"ours, {c.ours}: {c.our_cost.cpu_s * 1e3:.3f} ms ({c.our_cost.pm:.4f} pm)", end="")
                print(f"; ours / theirs {c.ratio:.3f}, 1/{1 / c.ratio:.1f}", flush=True)
        except Absent as reason:
            print(f"{peer.NAME}: SKIPPED, {reason} (python -m benchmarks.peers --install)", flush=True)
    return found


def main() -> None:
    """Install, or compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--install", action="store_true", help="fetch the peers into .peers/ first")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured")
    parser.add_argument("--json", type=Path, help="write the comparisons to this file")
    options = parser.parse_args()
    for peer in PEERS if options.install else ():
        try:
            peer.install()
        except Absent as reason:
            print(f"{peer.NAME}: not installed, {reason}")
    found = compare_all(options.rounds)
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


if __name__ == "__main__":
    main()
