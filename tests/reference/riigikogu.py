"""The Estonian parliament's mandates: Riigikogu Election Act, paragraph 62. ``docs/methods.md``."""

from collections import Counter
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from tests.reference.groups import require
from tests.reference.methods import Decide, Options, decimal, outcome, places, settled, table, yes


def riigikogu(options: Options, given: dict[str, Any]) -> Decide:
    require("seats" in given, "no mandates")
    rules = settled(given, seats=dict, independents="", ties="order")
    require(all(len(o.districts) == 1 for o in options), "not one district for each candidate")
    districts = list(dict.fromkeys(o.districts[0] for o in options))
    fits = set(districts) == set(rules.seats) and all(1 <= n <= 1000 for n in rules.seats.values())
    require(fits, "mandates for exactly the candidates' districts")
    return lambda figures: Distribution(options, districts, rules, figures).outcome()


class Distribution:
    """The three steps, in order; candidates are records that note how they were elected."""

    def __init__(
        self, options: Options, districts: list[str], rules: SimpleNamespace, figures: SimpleNamespace
    ) -> None:
        """Compute the quota of each district, and which parties pass the threshold."""
        self.districts, self.rules, self.lot = districts, rules, figures.lot
        place = places(rules.ties, (o.id for o in options), figures.lot)
        self.all = [
            SimpleNamespace(
                id=o.id, name=o.name, district=o.districts[0], party="" if o.party == rules.independents else o.party,
                votes=votes, place=place[o.id], elected=False,
            )
            for o, votes in zip(options, figures.counts, strict=True)
        ]  # fmt: skip
        self.votes = Counter(dict.fromkeys(districts, 0))
        self.parties: Counter[str] = Counter()
        for c in self.all:
            self.votes[c.district] += c.votes
            if c.party:
                self.parties[c.party] += c.votes
        self.quota = {d: Fraction(self.votes[d], rules.seats[d]) for d in districts}
        self.over = [p for p, votes in self.parties.items() if 20 * votes >= sum(figures.counts)]
        self.left = sum(rules.seats.values())
        self.won: dict[str, Counter[str]] = {step: Counter() for step in ("personal", "district", "compensation")}

    def quotas(self, votes: int, district: str) -> Fraction:
        return votes / self.quota[district] if self.quota[district] else Fraction(0)

    def ranked(self, district: str) -> list[SimpleNamespace]:
        return sorted((c for c in self.all if c.district == district), key=lambda c: (-c.votes, c.place))

    def elect(self, step: str, c: SimpleNamespace) -> None:
        c.elected = True
        self.won[step][c.party] += 1
        self.left -= 1

    def line(self, c: SimpleNamespace) -> tuple[object, ...]:
        return c.district, c.name, c.party, c.votes, decimal(self.quotas(c.votes, c.district))

    def outcome(self) -> SimpleNamespace:
        quotas = [(d, self.votes[d], self.rules.seats[d], decimal(self.quota[d])) for d in self.districts]
        personal = [c for d in self.districts for c in self.ranked(d) if self.quotas(c.votes, d) >= 1]
        for c in personal:
            self.elect("personal", c)
        district, shares = self.district_mandates()
        compensation, lines = self.compensation()
        rows = []
        for party, votes in self.parties.items():
            each = [self.won[step][party] for step in self.won]
            rows.append((party, votes, yes(party in self.over), *each, sum(each)))
        who = ["District", "Candidate", "Party", "Votes", "Quotas, rounded down"]
        total = ["Party", "Votes", "Reaches 5 per cent", "Personal", "District", "Compensation", "Mandates"]
        return outcome(
            "riigikogu",
            [c.id for c in personal + district + compensation],
            table("Districts", ["District", "Valid votes", "Mandates", "Simple quota, rounded down"], quotas),
            table("Personal mandates", who, map(self.line, personal)),
            table(
                "Parties in districts",
                ["District", "Party", "Votes", "Quotas, rounded down", "Personal and district mandates"],
                shares,
            ),
            table("District mandates", who, map(self.line, district)),
            table(
                "Compensation mandates, in order",
                ["Party", "Comparative figure", "Rounded down", "Candidate", "District"],
                lines,
            ),
            table("Mandates", total, rows),
        )

    def district_mandates(self) -> tuple[list[SimpleNamespace], list[tuple[object, ...]]]:
        """Return who gets one, and each party's share of each district."""
        found: list[SimpleNamespace] = []
        shares: list[tuple[object, ...]] = []
        for d in self.districts:
            for party in self.over:
                own = [c for c in self.ranked(d) if c.party == party]
                votes = sum(c.votes for c in own)
                quotas = self.quotas(votes, d)
                mandates = int(quotas) + (quotas % 1 >= Fraction(3, 4))
                able = [c for c in own if self.quotas(c.votes, d) * 10 >= 1][:mandates]
                shares.append((d, party, votes, decimal(quotas), len(able)))
                new = [c for c in able if not c.elected]
                found += new
                for c in new:
                    self.elect("district", c)
        return found, shares

    def compensation(self) -> tuple[list[SimpleNamespace], list[tuple[object, ...]]]:
        """Return who gets one, and the comparative figures."""
        place = places(self.rules.ties, reversed(list(self.parties)), self.lot)
        found: list[SimpleNamespace] = []
        lines: list[tuple[object, ...]] = []
        while self.left > 0:
            lists = {p: [c for c in self.all if c.party == p and self.able(c)] for p in self.over}
            offers = {p: sum(won[p] for won in self.won.values()) + 1 for p in self.over if lists[p]}
            offers = {p: n for p, n in offers.items() if self.parties[p]}
            if not offers:
                break
            # V_a / n_a^0.9 > V_b / n_b^0.9  if  V_a^10 / n_a^9 > V_b^10 / n_b^9
            party = min(offers, key=lambda p: (-Fraction(self.parties[p] ** 10, offers[p] ** 9), place[p]))
            c, votes, n = lists[party][0], self.parties[party], offers[party]
            self.elect("compensation", c)
            found.append(c)
            figure = decimal(Fraction(tenth_root(10**30 * votes**10 // n**9), 1000))
            lines.append((party, f"{votes} / {n}^0.9", figure, c.name, c.district))
        return found, lines

    def able(self, c: SimpleNamespace) -> bool:
        """Tell whether a candidate may still take a compensation mandate."""
        return not c.elected and self.quotas(c.votes, c.district) * 20 >= 1


def tenth_root(value: int) -> int:
    """Return the largest integer whose tenth power is at most ``value``."""
    low, high = 0, 1 << (value.bit_length() // 10 + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**10 <= value else (low, middle)
    return low
