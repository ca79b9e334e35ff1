"""A poll: who was asked what, and every ballot that was cast, whatever file it was read from.

The definition is what a definition's TOML without roles would give. Ballots are in the clear: input for a simulation
whose count is known beforehand, never part of a record.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from typing import Any, TypeVar

import msgspec

from evote.errors import DecodeError
from evote.record.manifest import Contest
from evote.sources.text import MAX_TITLE

K = TypeVar("K", bound=Hashable)

GROUP = "ristretto255"
THRESHOLD = 2
MINIMUM_GROUP = 10
MAX_BALLOTS = 1 << 22


@dataclass(frozen=True, slots=True)
class Vote:
    """One ballot: where its voter stands, and for each contest's id the ids of the options selected.

    An order is a ranking, best first; an id repeated is that many points; nothing selected is a blank vote.
    """

    district: str
    stratum: str
    weight: int
    selections: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Line:
    """A ballot and how many voters cast it: one line of a file."""

    vote: Vote
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A definition without roles, and the ballots in the order of the file.

    ``originals`` gives for each option's id the name that the file has for it. ``published`` holds the file's own
    figures, if it has any: by column (``votes``, ``score``, ``selected``), then by option; ``recounted`` are the same
    as the ballots tell them, and ``contradictions`` says where the two differ. ``unstated`` are rules of the file that
    every ballot here obeys and the definition's question type cannot state.
    """

    definition: Mapping[str, Any]
    lines: tuple[Line, ...]
    originals: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    recounted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    contradictions: tuple[str, ...] = ()
    unstated: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The number of ballots."""
        return sum(line.times for line in self.lines)

    @property
    def ballots(self) -> tuple[Vote, ...]:
        """Every ballot; `DecodeError` if they are too many to list: `scaled` makes them fewer."""
        if self.size > MAX_BALLOTS:
            raise DecodeError(f"{self.size} ballots where at most {MAX_BALLOTS} can be listed: scale them down")
        return tuple(chain.from_iterable(repeat(line.vote, line.times) for line in self.lines))

    def totals(self, contest: str) -> Counter[str]:
        """Return how often each option was selected in a contest, by weight; points count each."""
        totals: Counter[str] = Counter()
        for line in self.lines:
            for option in line.vote.selections.get(contest, ()):
                totals[option] += line.vote.weight * line.times
        return totals


def largest_remainder(counts: Mapping[K, int], total: int) -> dict[K, int]:
    """Return ``total`` split in proportion to ``counts`` (Hamilton's method); ties go to the first listed.

    ``ValueError`` if there is nothing to split by.
    """
    whole = sum(counts.values())
    if whole < 1:
        raise ValueError("no votes to split in proportion to")
    shares = {key: divmod(count * total, whole) for key, count in counts.items()}
    left = total - sum(quotient for quotient, _ in shares.values())
    favoured = set(sorted(shares, key=lambda key: -shares[key][1])[:left])
    return {key: quotient + (key in favoured) for key, (quotient, _) in shares.items()}


def scaled(poll: Poll, voters: int, seed: int = 0) -> Poll:
    """Return the poll as ``voters`` would have decided it: each line in proportion, equal remainders by lot.

    Figures about all ballots are left out, what they contradict is not. `DecodeError` if nobody voted.
    """
    if not poll.size:
        raise DecodeError("nobody voted, so there is nothing to scale")
    order = list(range(len(poll.lines)))
    random.Random(seed).shuffle(order)  # noqa: S311 - a simulation that can be repeated
    times = largest_remainder({number: poll.lines[number].times for number in order}, voters)
    lines = tuple(Line(line.vote, times[number]) for number, line in enumerate(poll.lines) if times[number])
    return replace(poll, lines=lines, published={}, recounted={})


def definition(name: str, contest: Mapping[str, Any], district: str, strata: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the definition of one contest in one district, whose id is ``all``.

    Options of one name have their ids added. `DecodeError` if the question type or the method does not take what the
    file says.
    """
    contest = {**contest, "options": _apart(contest["options"])}
    try:
        msgspec.convert(contest, Contest)
    except (msgspec.MsgspecError, ValueError) as error:
        raise DecodeError(f"no contest can be made of it: {error}") from None
    return {
        "name": name,
        "group": GROUP,
        "threshold": THRESHOLD,
        "minimum_group": MINIMUM_GROUP,
        "districts": [{"id": "all", "name": district}],
        "strata": list(strata),
        "contests": [contest],
    }


def _apart(options: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the options, with the id in the name where several have the same."""
    known = Counter(option["name"] for option in options)
    return [option if known[option["name"]] == 1 else {**option, "name": _with_id(option)} for option in options]


def _with_id(option: Mapping[str, Any]) -> str:
    suffix = f" ({option['id']})"
    return f"{option['name'][: MAX_TITLE - len(suffix)]}{suffix}"
