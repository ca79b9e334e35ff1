"""A method turns a contest's verified figures into a decision: by the definition alone, so that anybody repeats it.

A new one is one new file: a subclass of `Method`, registered under ``evote.methods`` and named by a contest's
``count = { method = "...", ... }``. It computes with integers and fractions, never with floats, and no run differs
from another: ties are broken by the rule that the definition names.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from evote.methods.outcome import Outcome
from evote.questions.option import Option, Rule
from evote.registry import registered, registered_names

METHODS = "evote.methods"

Ballots = Sequence[tuple[tuple[int, ...], int]]  # distinct rankings, numbers of options, each with its weight


@dataclass(frozen=True, slots=True)
class Figures:
    """What the verified count of a contest found, by weight.

    ``counts`` holds one number for each option, in order. ``ballots`` are the distinct rankings, best first, as numbers
    of options from 1, each with its weight; empty unless ballots were ranked. ``lot`` is what lots are drawn from: a
    hash of the contest and of the board when the ballot box closed, which nobody knew while people voted.
    ``electorate`` is the weight of all who could have voted.
    """

    options: tuple[Option, ...]
    counts: tuple[int, ...]
    ballots: Ballots = ()
    lot: bytes = b""
    electorate: int = 0


class Method(ABC):
    """What a method must offer; instances are frozen and cannot be built wrong."""

    __slots__ = ()

    @classmethod
    @abstractmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from the definition's ``count`` without ``method``; ``ValueError`` names what is wrong with it."""

    @abstractmethod
    def outcome(self, figures: Figures) -> Outcome:
        """Return the decision that the figures lead to."""

    @property
    def by_rankings(self) -> bool:
        """Whether it decides by whole rankings, which a question must have asked for."""
        return False


def method(name: str) -> type[Method]:
    """Return the registered method of that name; ``ValueError`` if there is none, or more than one."""
    found: type[Method] = registered(METHODS, name)
    return found


def method_names() -> list[str]:
    """Return the names of all registered methods."""
    return registered_names(METHODS)
