"""Party lists with preference votes: mark one list and, if you like, some of its candidates; the sums are counted.

An option without a party is a list; any other is a candidate, whose ``party`` is the id of its list. One ciphertext of
0 or 1 for each option, and one for a blank vote where there is one. The lists and the blank sum to 1. For each list L
with mark l_L and k = min(maximum, its candidates): k l_L - sum of its candidates' marks lies in 0..k, so that
preferences stay inside the list that is voted for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import mul

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.range_proof import bit_weights, bits, range_statements, range_witnesses
from evote.crypto.relation import Statement, Witness
from evote.crypto.statements import encryption_of
from evote.questions.marks import Marks
from evote.questions.option import Option, Rule, rules_of
from evote.questions.question import Opening, Sealed, check_form


@dataclass(frozen=True, slots=True)
class Lists(Marks):
    """Vote for one list and at most ``maximum`` of its candidates or, if ``blank``, for none.

    ``lists`` gives, for each option, the number of its list, its own for a list. A ballot has n ciphertexts, n + 1 with
    blank; a proof of 2 branches for each, one of 1, and the `range_statements` of each list with candidates.
    """

    options: int
    lists: tuple[int, ...]
    maximum: int = 1
    blank: bool = True

    def __post_init__(self) -> None:
        heads = {number for number, own in enumerate(self.lists, 1) if own == number}
        if not self.options or len(self.lists) != self.options or set(self.lists) != heads or self.maximum < 1:
            raise ValueError("lists need options, each of them a list or a candidate on one, and maximum >= 1")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Lists:
        """Build from ``maximum`` (1 if absent), ``blank`` (true if absent) and the options' parties."""
        heads = {option.id: number for number, option in enumerate(options, 1) if not option.party}
        for option in options:
            if option.party and option.party not in heads:
                raise ValueError(f"candidate {option.id}: there is no list {option.party!r}")
        lists = tuple(heads[option.party or option.id] for option in options)
        return cls(len(options), lists, **rules_of(rules, maximum=int, blank=bool))

    @property
    def commitments(self) -> int:
        """The bits of each list's preferences left, unless their values are named."""
        return sum(len(bit_weights(self._most(members))) for members in self._members().values())

    def answerable(self, allowed: Collection[int]) -> bool:
        """Tell whether there is a list to vote for; a candidate alone is not enough."""
        return any(self.lists[option - 1] == option for option in allowed)

    def encode(self, selection: Sequence[int]) -> tuple[int, ...]:
        """Return 1 for the list and the candidates chosen and 0 for the others, then the blank flag."""
        chosen = self.distinct(selection)
        if not chosen and self.blank:
            return self.marks(chosen)
        heads = [option for option in chosen if self.lists[option - 1] == option]
        if len(heads) != 1 or {self.lists[option - 1] for option in chosen} != set(heads):
            raise ValueError("choose one list, and candidates of that list only")
        if len(chosen) - 1 > self.maximum:
            raise ValueError(f"choose at most {self.maximum} candidates")
        return self.marks(chosen)

    def statements(self, key: PublicKey, sealed: Sealed, allowed: Collection[int]) -> list[Statement]:
        """Return 0/1 for each ciphertext (0 for what is not allowed), one list or blank, preferences inside it."""
        row = check_form(self, sealed)
        one = encryption_of(key, reduce(mul, [row[i - 1] for i in self._exclusive()]), 1)
        inside, commitments = list[Statement](), iter(sealed.commitments)
        for head, members in self._members().items():
            k = self._most(members)
            taken = list(islice(commitments, len(bit_weights(k))))
            inside += range_statements(key, self._left(row, head, members), taken, k)
        return [*self.mark_statements(key, row, allowed), one, *inside]

    def committed(self, exponents: Sequence[int], /) -> tuple[int, ...]:
        """Return the bits of each list's preferences left."""
        return tuple(
            bit
            for head, members in self._members().items()
            for bit in bits(self._rest(exponents, head, members), self._most(members))
        )

    def witnesses(self, opening: Opening, allowed: Collection[int]) -> list[Witness]:
        """Return which branch is true and its randomness, or the openings of the bits, for each of the `statements`."""
        x, r = opening.exponents, opening.randomness
        first, *others = (r[i - 1] for i in self._exclusive())
        inside, blinding = list[Witness](), iter(opening.blinding)
        for head, members in self._members().items():
            k = self._most(members)
            rho = sum((-r[i - 1] for i in members), r[head - 1] * k)
            taken = list(islice(blinding, len(bit_weights(k))))
            inside += range_witnesses(self._rest(x, head, members), rho, taken, k)
        return [*self.mark_witnesses(opening, allowed), Witness((sum(others, first),)), *inside]

    def totals(self, sums: Sequence[int], ballots: int, /) -> tuple[tuple[int, ...], int] | None:
        """Return the votes of each list and candidate and the blanks, or None if so many ballots cannot give them."""
        counts, blank = tuple(sums[: self.options]), sums[-1] if self.blank else 0
        whole = min(sums) >= 0 and sum(sums[i - 1] for i in self._exclusive()) == ballots
        inside = all(
            max(counts[i - 1] for i in members) <= counts[head - 1]
            and sum(counts[i - 1] for i in members) <= self._most(members) * counts[head - 1]
            for head, members in self._members().items()
        )
        return (counts, blank) if whole and inside else None

    def _members(self) -> dict[int, list[int]]:
        """Return the candidates of each list that has some."""
        members: dict[int, list[int]] = {}
        for option, head in enumerate(self.lists, 1):
            if option != head:
                members.setdefault(head, []).append(option)
        return members

    def _exclusive(self) -> list[int]:
        """Return the numbers of the lists and of blank, of which exactly one is marked."""
        return [i for i, head in enumerate(self.lists, 1) if i == head] + [self.options + 1] * self.blank

    def _most(self, members: Sequence[int]) -> int:
        return min(self.maximum, len(members))

    def _rest(self, exponents: Sequence[int], head: int, members: Sequence[int]) -> int:
        """Return k l_L - sum of the candidates' marks: the preferences left in list L."""
        return self._most(members) * exponents[head - 1] - sum(exponents[i - 1] for i in members)

    def _left(self, row: Sequence[Ciphertext], head: int, members: Sequence[int]) -> Ciphertext:
        """Return an encryption of the `_rest`."""
        marked = reduce(mul, [row[i - 1] for i in members])
        return reduce(mul, [row[head - 1]] * self._most(members)) / marked
