"""Who votes what: every ballot of a poll, in an order that the seed fixes."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evote.errors import DecodeError
from evote.sources.examples import example_poll
from evote.sources.poll import Poll, Vote, scaled


@dataclass(frozen=True, slots=True)
class Scenario:
    """A poll whose every ballot shall count, and the seed of all that is accident; never of a key or a nonce."""

    poll: Poll
    seed: int = 0

    @property
    def definition(self) -> Mapping[str, Any]:
        """The definition without roles."""
        return self.poll.definition

    @property
    def ballots(self) -> tuple[Vote, ...]:
        """The ballots in the order in which they are cast; `DecodeError` if they are too many to list."""
        ballots = list(self.poll.ballots)
        random.Random(self.seed).shuffle(ballots)  # noqa: S311 - a simulation that can be repeated
        return tuple(ballots)


def draw(
    example: str, voters: int, seed: int = 0, group: str | None = None, *, districts: Collection[str] = ()
) -> Scenario:
    """Return a scenario with ``voters`` ballots that count, drawn from the votes of an example.

    ``districts``, if named, are the only ones; ``group`` replaces the example's. `EvidenceMissing` for no example.
    """
    return scenario(example_poll(example, districts), voters, seed, group)


def scenario(poll: Poll, voters: int | None = None, seed: int = 0, group: str | None = None) -> Scenario:
    """Return a scenario of a whole poll, or of as many ``voters`` in proportion; `DecodeError` if nobody voted."""
    if not poll.size:
        raise DecodeError("nobody voted, so there is nothing to count")
    if voters is not None:
        poll = scaled(poll, voters, seed)
    if group is not None:
        poll = replace(poll, definition={**poll.definition, "group": group})
    return Scenario(poll, seed)
