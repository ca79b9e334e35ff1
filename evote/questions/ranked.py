"""Ranked ballots, for the mix road: the first k preferences, in order, counted by whatever method the definition names.

A ballot seals a matrix x[p][c] of 0 and 1: candidate c stands at position p. Proved: each cell is 0 or 1; the first row
sums to 0 or 1, and each row to as much as the next or one more, so that no position is left out; where there are
several rows, each column sums to 0 or 1, so that nobody stands twice. What is mixed is one ciphertext for each
position, E_p = prod_c x[p][c]^c: it holds the number of the candidate there, 0 past the end. So no ranking that is
mixed can be invalid.

That row sums are 0 or 1 follows: with r_1 in {0, 1}, and r_p - r_(p+1) in {0, 1}, r_(p+1) is at most 1, and as a sum of
few cells it is not negative. Rankings are published: with many candidates a voter can be told to sign a ballot by an
unlikely order of the last ones (docs/limitations.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import mul
from typing import TypeVar

from evote.crypto.elgamal import PublicKey, Row, product_of_powers
from evote.crypto.relation import Statement, Witness
from evote.crypto.statements import encryption_of_one_of
from evote.questions.option import Option, Rule, rules_of
from evote.questions.question import Opening, Question, Route, Sealed, check_form, place

T = TypeVar("T")

BIT = (0, 1)


@dataclass(frozen=True, slots=True)
class Ranked(Question):
    """Rank at least ``minimum`` and at most ``maximum`` of the options or, if ``blank``, none.

    A ballot for k = maximum of n options has kn ciphertexts, a proof of 2 branches for each, k more, and n if k > 1.
    """

    options: int
    minimum: int
    maximum: int
    blank: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.minimum <= self.maximum <= self.options:
            raise ValueError("a ranking needs 1 <= minimum <= maximum <= options")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Ranked:
        """Build from ``minimum`` (1 if absent), ``maximum`` (all options if absent) and ``blank`` (true if absent)."""
        given = {"minimum": 1, "maximum": len(options), **rules_of(rules, minimum=int, maximum=int, blank=bool)}
        return cls(len(options), **given)

    @property
    def route(self) -> Route:
        """Ballots are mixed and read one by one."""
        return Route.MIX

    @property
    def width(self) -> int:
        """The cells, row by row."""
        return self.maximum * self.options

    @property
    def bound(self) -> int:
        """A position holds the number of an option."""
        return self.options

    @property
    def ranked(self) -> bool:
        """The order counts."""
        return True

    @property
    def columns(self) -> int:
        """One ciphertext for each position."""
        return self.maximum

    def answerable(self, allowed: Collection[int]) -> bool:
        """Tell whether there are ``minimum`` options to rank."""
        return len(allowed) >= self.minimum

    def encode(self, selection: Sequence[int]) -> tuple[int, ...]:
        """Return the cells of the matrix, row by row."""
        ranking = tuple(selection)
        if not self._valid(ranking):
            raise ValueError(f"rank at least {self.minimum} and at most {self.maximum} of the options, each once")
        cells = [0] * self.width
        for position, option in enumerate(ranking):
            cells[position * self.options + option - 1] = 1
        return tuple(cells)

    def read(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return the ranking, or None if no ballot looks like this."""
        marked = [[c for c, cell in enumerate(row, 1) if cell] for row in self._rows(exponents)]
        ranking = tuple(option for row in marked for option in row)
        return ranking if self._valid(ranking) and self.encode(ranking) == tuple(exponents) else None

    def read_row(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return the ranking: the positions up to the first that holds 0."""
        ranking = tuple(exponents[: exponents.index(0)] if 0 in exponents else exponents)
        return ranking if self._valid(ranking) and not any(exponents[len(ranking) :]) else None

    def row(self, ciphertexts: Row, /) -> Row:
        """Return E_p for each position p. Costs some 2k products of n short powers."""
        numbers = range(1, self.options + 1)
        return tuple(product_of_powers(row, numbers) for row in self._rows(ciphertexts))

    def statements(self, key: PublicKey, sealed: Sealed, allowed: Collection[int]) -> list[Statement]:
        """Return 0/1 for each cell (0 for an option that is not allowed), then rows, then columns of the allowed.

        There are no statements about the columns of a single row.
        """
        cells = check_form(self, sealed)
        each = [
            encryption_of_one_of(key, cell, values) for cell, values in zip(cells, self._cells(allowed), strict=True)
        ]
        sums = [reduce(mul, row) for row in self._rows(cells)]
        steps = [sums[0], *(before / after for before, after in pairwise(sums))]
        rows = [encryption_of_one_of(key, step, values) for step, values in zip(steps, self._steps(), strict=True)]
        columns = [encryption_of_one_of(key, reduce(mul, column), BIT) for column in self._columns(cells, allowed)]
        return [*each, *rows, *columns]

    def witnesses(self, opening: Opening, allowed: Collection[int]) -> list[Witness]:
        """Return the randomness of cells, steps and columns, and which value each has."""
        x, r = opening.exponents, opening.randomness
        each = [Witness((r_i,), place(v, x_i)) for x_i, r_i, v in zip(x, r, self._cells(allowed), strict=True)]
        x_sums, r_sums = [sum(row) for row in self._rows(x)], [sum(row[1:], row[0]) for row in self._rows(r)]
        x_steps = [x_sums[0], *(before - after for before, after in pairwise(x_sums))]
        r_steps = [r_sums[0], *(before - after for before, after in pairwise(r_sums))]
        rows = [Witness((r_p,), place(v, x_p)) for x_p, r_p, v in zip(x_steps, r_steps, self._steps(), strict=True)]
        marked = zip(self._columns(x, allowed), self._columns(r, allowed), strict=True)
        return [*each, *rows, *(Witness((sum(r_c[1:], r_c[0]),), place(BIT, sum(x_c))) for x_c, r_c in marked)]

    def _valid(self, ranking: Sequence[int]) -> bool:
        distinct = len(set(ranking)) == len(ranking) and set(ranking) <= set(range(1, self.options + 1))
        return distinct and (self.minimum <= len(ranking) <= self.maximum or (self.blank and not ranking))

    def _rows(self, cells: Sequence[T]) -> Iterator[Sequence[T]]:
        return (cells[i : i + self.options] for i in range(0, self.width, self.options))

    def _columns(self, cells: Sequence[T], allowed: Collection[int]) -> Iterator[Sequence[T]]:
        return (cells[option - 1 :: self.options] for option in sorted(allowed) if self.maximum > 1)

    def _cells(self, allowed: Collection[int]) -> Sequence[tuple[int, ...]]:
        """Return what each cell may hold."""
        return [BIT if option in allowed else (0,) for option in range(1, self.options + 1)] * self.maximum

    def _steps(self) -> list[tuple[int, ...]]:
        """Return what the first row may sum to, then by how much each row may exceed the next."""
        first = BIT if self.blank else (1,)
        return [first, *((0,) if position <= self.minimum else BIT for position in range(2, self.maximum + 1))]
