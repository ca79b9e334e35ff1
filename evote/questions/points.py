"""Points for options, counted by a homomorphic sum: each option gets 0..m, and what is spent stays under a cap.

One ciphertext for each option holds its points x_i. Their ranges, and that sum_i price_i x_i lies in 0..cap, are proved
by `evote.crypto.range_proof`; that sum is at most m sum_i price_i < q, so what holds modulo q holds of the integers.
This is what cumulative votes, scores and budgets have in common. An answer without any points is valid, and is not told
apart in the sums.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Collection, Sequence
from functools import reduce
from itertools import islice
from operator import mul
from typing import TypeGuard

from evote.crypto.elgamal import Ciphertext, PublicKey, product_of_powers
from evote.crypto.range_proof import bit_weights, bits, range_statements, range_witnesses
from evote.crypto.relation import Statement, Witness
from evote.crypto.statements import encryption_of
from evote.questions.question import Opening, Question, Route, Sealed, check_form, place

MAX_POINTS, MAX_TOTAL = 1 << 16, 1 << 64  # of one option, which a selection names as often; of all it costs


class Points(Question):
    """The common part; a question type adds its rules as ``maximum``, ``prices`` and ``allowance``."""

    __slots__ = ()

    maximum: int

    @property
    @abstractmethod
    def prices(self) -> tuple[int, ...]:
        """What a point for each option costs the voter; all 0 where points are free."""

    @property
    @abstractmethod
    def allowance(self) -> int:
        """The most that a voter may spend."""

    @property
    def cap(self) -> int | None:
        """What must be proved not to be passed; None where all points together cost no more than the allowance."""
        return self.allowance if self.allowance < self.dearest else None

    @property
    def dearest(self) -> int:
        """What all points together cost."""
        return self.maximum * sum(self.prices)

    @property
    def route(self) -> Route:
        """Only sums are opened."""
        return Route.AGGREGATE

    @property
    def width(self) -> int:
        """One ciphertext for each option."""
        return self.options

    @property
    def bound(self) -> int:
        """The most points that an option can be given."""
        return self.maximum

    @property
    def commitments(self) -> int:
        """The bits of each option's points, then the bits of what is spent."""
        return self.options * len(bit_weights(self.maximum)) + len(bit_weights(self.cap or 0))

    def answerable(self, allowed: Collection[int]) -> bool:
        """Tell whether a point for some option can be afforded."""
        prices = self.prices
        return any(prices[option - 1] <= self.allowance for option in allowed)

    def encode(self, selection: Sequence[int]) -> tuple[int, ...]:
        """Return how often each option is named."""
        given = Counter(selection)
        if not given.keys() <= set(range(1, self.options + 1)):
            raise ValueError("an option that is not on the list")
        points = tuple(given[option] for option in range(1, self.options + 1))
        if max(points) > self.maximum:
            raise ValueError(f"at most {self.maximum} for one option")
        if self.cap is not None and self._spent(points) > self.cap:
            raise ValueError(f"this costs {self._spent(points)}, more than {self.cap}")
        return points

    def read(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return each option as often as it has points, or None if no ballot looks like this."""
        if min(exponents) < 0 or max(exponents) > self.maximum:
            return None
        if self.cap is not None and self._spent(exponents) > self.cap:
            return None
        return tuple(option for option, points in enumerate(exponents, 1) for _ in range(points))

    def committed(self, exponents: Sequence[int], /) -> tuple[int, ...]:
        """Return the bits of each option's points, then of what is spent."""
        known = tuple(bit for points in exponents for bit in bits(points, self.maximum))
        return known if self.cap is None else known + bits(self._spent(exponents), self.cap)

    def statements(self, key: PublicKey, sealed: Sealed, allowed: Collection[int]) -> list[Statement]:
        """Return 0..m for each option, 0 for one that is not allowed, then 0..cap for what is spent.

        Bits that are committed to are proved for every option. ``ValueError`` also where all points together cost as
        much as the group's order.
        """
        ciphertexts, commitments = check_form(self, sealed), iter(sealed.commitments)
        if self.dearest >= key.group.order:
            raise ValueError("more to be spent than the group can count")
        size, found = len(bit_weights(self.maximum)), list[Statement]()
        for option, ciphertext in enumerate(ciphertexts, 1):
            if size or option in allowed:
                found += range_statements(key, ciphertext, list(islice(commitments, size)), self.maximum)
            if option not in allowed:
                found.append(encryption_of(key, ciphertext, 0))
        if self.cap is None:
            return found
        return [*found, *range_statements(key, self._spent_of(ciphertexts), list(commitments), self.cap)]

    def witnesses(self, opening: Opening, allowed: Collection[int]) -> list[Witness]:
        """Return the bits, their blinding and the randomness, for each of the `statements`."""
        blinding, size, found = iter(opening.blinding), len(bit_weights(self.maximum)), list[Witness]()
        for option, (x, r) in enumerate(zip(opening.exponents, opening.randomness, strict=True), 1):
            if size or option in allowed:
                found += range_witnesses(x, r, list(islice(blinding, size)), self.maximum)
            if option not in allowed:
                found.append(Witness((r,), place((0,), x)))
        if self.cap is None:
            return found
        priced = [r * price for price, r in zip(self.prices, opening.randomness, strict=True)]
        rho = sum(priced[1:], priced[0])
        return [*found, *range_witnesses(self._spent(opening.exponents), rho, list(blinding), self.cap)]

    def totals(self, sums: Sequence[int], ballots: int, /) -> tuple[tuple[int, ...], int] | None:
        """Return the points of each option, or None if so many ballots cannot give them; blanks are not known."""
        fits = min(sums) >= 0 and max(sums) <= self.maximum * ballots
        affordable = self.cap is None or self._spent(sums) <= self.cap * ballots
        return (tuple(sums), 0) if fits and affordable else None

    def _spent(self, points: Sequence[int]) -> int:
        return sum(price * x for price, x in zip(self.prices, points, strict=True))

    def _spent_of(self, ciphertexts: Sequence[Ciphertext]) -> Ciphertext:
        """Return an encryption of what is spent: prod_i (c1_i, c2_i)^price_i."""
        return reduce(mul, ciphertexts) if set(self.prices) == {1} else product_of_powers(ciphertexts, self.prices)


def check_size(question: Points) -> None:
    """Raise ``ValueError`` for a maximum of 65 536 or more, or a cost of all points together of more than 64 bits."""
    if question.maximum >= MAX_POINTS or question.dearest >= MAX_TOTAL:
        raise ValueError(f"an option gets fewer than {MAX_POINTS} points, and what they cost is limited to 64 bits")


def gives_points(question: Question) -> TypeGuard[Points]:
    """Tell whether an option can be given more than one point."""
    return isinstance(question, Points) and question.maximum > 1
