"""The independent generators h_0, h_1, ... of a session, hashed into the group: nobody knows a relation among them.

Candidates stand at known places of one stream, so workers take ranges of them. Modulo p each gives a generator; on a
curve half of them are no abscissa of a point and are passed over.

Source: ``docs/verificatum.md``, section 6; ``distr/IndependentGeneratorsRO.java``, ``arithm/ECqPGroup.java``.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from evote.crypto.group import Group, Raw
from evote.crypto.modp import ModPGroup
from evote.crypto.vector import KnownVector
from evote.crypto.weierstrass import WeierstrassGroup
from evote.formats.verificatum.oracle import Challenger, integers
from evote.parallel import pmap

BLOCK = 512  # candidates that a worker takes at once, at most


@dataclass(frozen=True, slots=True)
class Candidates:
    """The stream of candidates: integers of |p| + ``slack`` bits."""

    group: Group
    rohash: str
    seed: bytes
    slack: int

    def made(self, places: range) -> Iterator[Raw]:
        """Yield the generators that the candidates at these places give."""
        group = self.group
        if isinstance(group, ModPGroup):
            yield from (group.power_public(x, group.cofactor) for x in self._residues(group.p, places))
        elif isinstance(group, WeierstrassGroup):
            yield from filter(None, map(group.lift, self._residues(group.p, places)))

    def _residues(self, p: int, places: range) -> list[int]:
        bits = p.bit_length() + self.slack
        return [x % p for x in integers(self.rohash, self.seed, bits, len(places), places.start)]


def generators(
    group: Group, challenger: Challenger, slack: int, number: int, executor: Executor | None = None
) -> KnownVector:
    """Return the first ``number`` generators; ``slack`` is the session's n_r."""
    candidates = Candidates(group, challenger.rohash, challenger.generator_seed(), slack)
    parts: list[bytes] = []
    made, size, at = 0, 0, 0
    rate = 1 if isinstance(group, ModPGroup) else 2  # candidates for each generator, on average
    while made < number:
        end = at + rate * (number - made)
        blocks = [range(low, min(low + BLOCK, end)) for low in range(at, end, BLOCK)]
        for data, found in pmap(partial(_made, candidates), blocks, executor=executor, chunk=1):
            parts.append(data)
            made, size = made + found, len(data) // found if found else size
        at = end
    return KnownVector(group, b"".join(parts)[: number * size], number, "h")


def _made(candidates: Candidates, blocks: list[range]) -> tuple[bytes, int]:
    (places,) = blocks
    raws = list(candidates.made(places))
    return candidates.group.pack(raws), len(raws)
