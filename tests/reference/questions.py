# ruff: noqa: N806 - letters as in docs/transcript.md
"""What can be asked: for each type its rules, what an answer must prove, what is counted. ``docs/questions.md``."""

from collections.abc import Iterable, Iterator, Sequence
from math import gcd
from types import SimpleNamespace
from typing import Any, NamedTuple

from tests.reference.groups import Group, require
from tests.reference.proofs import Ciphertext, Row, Statement, product

BIT = [0, 1]
NAMED = 5  # ranges up to here are proved value by value


def weights_of(m: int) -> list[int]:
    """Return the weights of the bits of a number from 0 to m."""
    k = m.bit_length()
    return [] if m <= NAMED else [2**j for j in range(k - 1)] + [m - 2 ** (k - 1) + 1]


def second(group: Group) -> bytes:
    """Return h, the second generator of commitments."""
    return group.hash("evote pedersen second generator v1", (0).to_bytes(8, "big"))


class Answer(NamedTuple):
    """An answer as it stands in a ballot, and which options its voter may choose."""

    group: Group
    y: bytes
    row: Row
    bits: Iterator[bytes]  # the commitments that are still to be spoken of
    allowed: list[int]

    def encrypts(self, c: Ciphertext, values: Iterable[int]) -> Statement:
        """Return: c encrypts g^v for one of the values."""
        return "encryption-of-one-of", [([self.group.generator], c[0]), ([self.y], c[1])], [[0, v] for v in values]

    def encrypts_just(self, c: Ciphertext, value: int) -> Statement:
        """Return: c encrypts g^value."""
        return "encryption-of", [([self.group.generator], c[0]), ([self.y], c[1])], [[0, value]]

    def product(self, row: Row, exponents: Sequence[int] = ()) -> Ciphertext:
        """Return the product of ciphertexts, to these powers if any are given."""
        return product(self.group, row, exponents or [1] * len(row))

    def in_range(self, c: Ciphertext, m: int, start: int = 0) -> Iterator[Statement]:
        """Yield: c encrypts start, start + 1, ... or start + m."""
        weights, group = weights_of(m), self.group
        if not weights:
            yield self.encrypts(c, range(start, start + m + 1))
            return
        bits, h = [next(self.bits) for _ in weights], second(group)
        for P in bits:
            yield "commitment-to-one-of", [([h], P)], [[0], [1]]
        T, g, one = group.product(*zip(bits, weights, strict=True)), group.generator, group.identity
        yield "range", [([g, one, one], c[0]), ([self.y, g, one], c[1]), ([one, g, h], T)], [[0, start, 0]]


class Question:
    """What the types share. Rules are complete once built; the numbers of options count from 1."""

    mixed = ranked = tested = False
    kinds: dict[str, type] = {}
    columns = commitments = 0  # of what is mixed; in an answer

    def __init__(self, options: list[SimpleNamespace], given: dict[str, Any]) -> None:
        """Complete the rules; refuse those that are not of the type, or make no sense."""
        require(all(type(value) is self.kinds.get(name) for name, value in given.items()), "an unknown rule")
        self.options, self.n = options, len(options)
        require(self.n >= 1, "no options")
        self.given = given
        self.r = SimpleNamespace(**{**self.defaults(), **given})
        self.width, self.bound = self.n, 1
        self.settle()
        self.columns = self.columns or self.width

    def defaults(self) -> dict[str, Any]:
        raise NotImplementedError

    def settle(self) -> None:
        """Check the rules; say how wide an answer is, and the largest number that it seals."""
        raise NotImplementedError

    def answerable(self, allowed: list[int]) -> bool:
        """Tell whether one who may choose these can choose something."""
        return len(allowed) >= 1

    def statements(self, a: Answer) -> Iterator[Statement]:
        """Yield what must be proved of an answer."""
        raise NotImplementedError

    def mixed_row(self, group: Group, row: Row) -> Row:
        """Return what an answer adds to the list that is mixed."""
        del group
        return row

    def totals(self, sums: list[int], ballots: int) -> tuple[list[int], int]:
        """Return counts and blanks, if so many ballots can have these sums."""
        raise NotImplementedError

    def read(self, exponents: list[int]) -> list[int] | None:
        """Return the selection that one row of a mixed list stands for, or None if it is invalid."""
        raise NotImplementedError

    def marks(self, a: Answer) -> Iterator[Statement]:
        """Yield: 0 or 1 in each ciphertext; 0 for an option that is not allowed."""
        for number, c in enumerate(a.row, 1):
            yield a.encrypts(c, BIT if number in a.allowed or number > self.n else [0])


class Selection(Question):
    kinds = {"minimum": int, "maximum": int, "blank": bool}

    def defaults(self) -> dict[str, Any]:
        return {"minimum": 1, "maximum": 1, "blank": True}

    def settle(self) -> None:
        r = self.r
        require(0 <= r.minimum <= r.maximum <= self.n and r.maximum >= 1, "the rules of a selection")
        require(r.minimum or not r.blank, "two ways to choose nothing")
        self.width, self.commitments = self.n + r.blank, len(weights_of(r.maximum - r.minimum))

    def answerable(self, allowed: list[int]) -> bool:
        return len(allowed) >= max(1, self.r.minimum)

    def statements(self, a: Answer) -> Iterator[Statement]:
        yield from self.marks(a)
        total = a.product(a.row, [1] * self.n + [self.r.maximum] * self.r.blank)
        yield from a.in_range(total, self.r.maximum - self.r.minimum, self.r.minimum)

    def totals(self, sums: list[int], ballots: int) -> tuple[list[int], int]:
        counts, blank = sums[: self.n], sums[-1] if self.r.blank else 0
        marked = ballots - blank
        require(max(counts) <= marked, "more votes than ballots")
        require(self.r.minimum * marked <= sum(counts) <= self.r.maximum * marked, "no ballots give this")
        return counts, blank


class Choice(Question):
    mixed, kinds = True, {"blank": bool, "membership": str}

    def defaults(self) -> dict[str, Any]:
        return {"blank": True, "membership": "unproved"}

    def settle(self) -> None:
        require(self.r.membership in ("proved", "unproved"), "the rules of a choice")
        self.width, self.bound = 1, self.n

    def statements(self, a: Answer) -> Iterator[Statement]:
        yield "knowledge-of-randomness", [([a.group.generator], a.row[0][0])], [[0]]
        if self.r.membership == "proved":
            yield a.encrypts(a.row[0], [0] * self.r.blank + a.allowed)

    def read(self, exponents: list[int]) -> list[int] | None:
        (choice,) = exponents
        if choice == 0:
            return [] if self.r.blank else None
        return [choice]


class Ranked(Question):
    mixed, ranked, kinds = True, True, {"minimum": int, "maximum": int, "blank": bool}

    def defaults(self) -> dict[str, Any]:
        return {"minimum": 1, "maximum": self.n, "blank": True}

    def settle(self) -> None:
        require(1 <= self.r.minimum <= self.r.maximum <= self.n, "the rules of a ranking")
        self.columns, self.width, self.bound = self.r.maximum, self.r.maximum * self.n, self.n

    def answerable(self, allowed: list[int]) -> bool:
        return len(allowed) >= max(1, self.r.minimum)

    def statements(self, a: Answer) -> Iterator[Statement]:
        n = self.n
        for i, cell in enumerate(a.row):
            yield a.encrypts(cell, BIT if i % n + 1 in a.allowed else [0])
        sums = [a.product(a.row[p * n : p * n + n]) for p in range(self.columns)]
        yield a.encrypts(sums[0], BIT if self.r.blank else [1])
        for p in range(1, self.columns):
            yield a.encrypts(a.product(sums[p - 1 : p + 1], [1, -1]), BIT if p >= self.r.minimum else [0])
        for option in a.allowed if self.columns > 1 else []:
            yield a.encrypts(a.product(a.row[option - 1 :: n]), BIT)

    def mixed_row(self, group: Group, row: Row) -> Row:
        n, numbers = self.n, list(range(1, self.n + 1))
        return [product(group, row[p * n : p * n + n], numbers) for p in range(self.columns)]

    def read(self, exponents: list[int]) -> list[int] | None:
        ranking = [e for e in exponents if e]
        gap = exponents != ranking + [0] * (len(exponents) - len(ranking))
        if gap or len(set(ranking)) < len(ranking):
            return None
        fits = self.r.minimum <= len(ranking) or (self.r.blank and not ranking)
        return ranking if fits else None


class Lists(Question):
    kinds = {"maximum": int, "blank": bool}

    def defaults(self) -> dict[str, Any]:
        return {"maximum": 1, "blank": True}

    def settle(self) -> None:
        heads = {option.id: number for number, option in enumerate(self.options, 1) if not option.party}
        require(self.r.maximum >= 1, "the rules of lists")
        self.members: dict[int, list[int]] = {}  # of each list with candidates, in the order of the first candidates
        for number, option in enumerate(self.options, 1):
            if option.party:
                require(option.party in heads, "a candidate without a list")
                self.members.setdefault(heads[option.party], []).append(number)
        self.width = self.n + self.r.blank
        self.commitments = sum(len(weights_of(self.most(head))) for head in self.members)
        self.exclusive = [*heads.values(), *[self.n + 1] * self.r.blank]

    def most(self, head: int) -> int:
        return int(min(self.r.maximum, len(self.members[head])))

    def answerable(self, allowed: list[int]) -> bool:
        return any(not self.options[number - 1].party for number in allowed)

    def statements(self, a: Answer) -> Iterator[Statement]:
        yield from self.marks(a)
        yield a.encrypts_just(a.product([a.row[i - 1] for i in self.exclusive]), 1)
        for head, members in self.members.items():
            k = self.most(head)
            row = [a.row[i - 1] for i in (head, *members)]
            yield from a.in_range(a.product(row, [k] + [-1] * len(members)), k)

    def totals(self, sums: list[int], ballots: int) -> tuple[list[int], int]:
        require(sum(sums[i - 1] for i in self.exclusive) == ballots, "not one list in each ballot")
        for head, members in self.members.items():
            votes, preferences = sums[head - 1], [sums[i - 1] for i in members]
            possible = max(preferences) <= votes and sum(preferences) <= self.most(head) * votes
            require(possible, "more preferences than the list has votes")
        return sums[: self.n], sums[-1] if self.r.blank else 0


class Points(Question):
    """Each option gets 0 to the bound; points times prices stay under a cap, where they could come to more."""

    prices: Sequence[int] = ()
    cap = 0

    def settle(self) -> None:
        self.rules()
        dearest = self.bound * sum(self.prices)
        require(self.bound < 2**16 and dearest < 2**64, "too many points")
        self.capped = dearest > self.cap
        self.commitments = self.n * len(weights_of(self.bound)) + len(weights_of(self.cap if self.capped else 0))

    def rules(self) -> None:
        """Say what the largest number is, what the cap and the prices are."""
        raise NotImplementedError

    def answerable(self, allowed: list[int]) -> bool:
        return any(self.prices[number - 1] <= self.cap for number in allowed)

    def statements(self, a: Answer) -> Iterator[Statement]:
        for number, c in enumerate(a.row, 1):
            if number in a.allowed or weights_of(self.bound):
                yield from a.in_range(c, self.bound)
            if number not in a.allowed:
                yield a.encrypts_just(c, 0)
        if self.capped:
            yield from a.in_range(a.product(a.row, self.prices), self.cap)

    def totals(self, sums: list[int], ballots: int) -> tuple[list[int], int]:
        require(max(sums) <= self.bound * ballots, "more points than there are")
        spent = sum(price * points for price, points in zip(self.prices, sums, strict=True))
        require(not self.capped or spent <= self.cap * ballots, "more spent than allowed")
        return sums, 0


class Score(Points):
    kinds = {"maximum": int}

    def defaults(self) -> dict[str, Any]:
        return {"maximum": 5}

    def rules(self) -> None:
        require(self.r.maximum >= 1, "the rules of a score")
        self.bound, self.prices = self.r.maximum, [0] * self.n


class Cumulative(Points):
    kinds = {"maximum": int, "limit": int}

    def defaults(self) -> dict[str, Any]:
        return {"limit": 5, "maximum": self.given.get("limit", 5)}

    def rules(self) -> None:
        require(1 <= self.r.maximum <= self.r.limit, "the rules of cumulative votes")
        self.bound, self.cap, self.prices = self.r.maximum, self.r.limit, [1] * self.n


class Budget(Points):
    kinds = {"budget": int}

    def defaults(self) -> dict[str, Any]:
        return {"budget": 0}

    def rules(self) -> None:
        unit = gcd(*(option.cost for option in self.options))
        require(unit and self.r.budget >= unit, "a budget that affords nothing")
        self.cap, self.prices = self.r.budget // unit, [option.cost // unit for option in self.options]


class Petition(Question):
    kinds = {"result": str, "tests": str}

    def defaults(self) -> dict[str, Any]:
        return {"result": "count", "tests": ""}

    def settle(self) -> None:
        self.tested = self.r.result == "threshold"
        tests = self.r.tests.split(",") if self.r.tests else []
        require(self.n == 1 and (self.tested or self.r.result == "count"), "the rules of a petition")
        require(self.tested or not tests, "tests of what is counted")
        self.times = [*tests, "closing"]
        named = all(1 <= len(test) <= 40 and test == test.strip() for test in tests)
        require(named and len(set(self.times)) == len(self.times) <= 101, "the names of tests")

    def statements(self, a: Answer) -> Iterator[Statement]:
        yield from self.marks(a)

    def totals(self, sums: list[int], ballots: int) -> tuple[list[int], int]:
        require(sums[0] <= ballots, "more support than ballots")
        return sums, ballots - sums[0]


TYPES: dict[str, type[Question]] = {
    "selection": Selection,
    "choice": Choice,
    "cumulative": Cumulative,
    "score": Score,
    "budget": Budget,
    "ranked": Ranked,
    "lists": Lists,
    "petition": Petition,
}
