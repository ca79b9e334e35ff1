"""The Estonian parliament: quotas in each district, then modified d'Hondt for the whole country.

Riigikogu Election Act, paragraph 62, with mandates of districts as the definition gives them:

1. The *simple quota* of a district is its valid votes over its mandates. A candidate with as many votes wins a
   *personal mandate*, party or not.
2. A party with at least 5 per cent of all valid votes wins as many *district mandates* as its votes hold full quotas,
   and one more if at least 75 per cent of a quota remain; personal mandates count among them. They go to its candidates
   in the district with the most votes, but to none with less than 10 per cent of the quota.
3. Mandates not given out in districts are *compensation mandates*: the quotients V / n^0.9 of these parties, the first
   as many left out as they have mandates, are taken in turn. Each goes to the first on the party's national list who is
   not yet elected and has at least 5 per cent of the quota of the own district.

V_a / n^0.9 > V_b / m^0.9 is compared as V_a^10 / n^9 > V_b^10 / m^9. The definition lists each party's candidates in
the order of its national list, and parties in that of the consolidated list. With ``ties = "order"`` equals are decided
as in the law: among candidates the higher on the national list, among parties the one further down the consolidated
list.

The law is silent on three points, which no election has met: in a district without votes nobody is elected; where many
remainders of 75 per cent give out more mandates than there are, all stand and none is left for compensation; a party
whose national list is used up takes no further part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Self

from evote.crypto.bigint import iroot
from evote.methods.averages import PartyList, Seat, decimal, highest_averages
from evote.methods.method import Figures, Method
from evote.methods.outcome import Outcome, Table
from evote.methods.rules import settled
from evote.methods.ties import Ties
from evote.questions.option import Option, Rule

THRESHOLD = Fraction(5, 100)  # of all valid votes, for a party
REMAINDER = Fraction(75, 100)  # of a quota, for one more district mandate
DISTRICT_MINIMUM = Fraction(10, 100)  # of a quota, for a candidate to take a district mandate
COMPENSATION_MINIMUM = Fraction(5, 100)  # of a quota, for a candidate to take a compensation mandate
MAX_MANDATES = 1000


@dataclass(frozen=True, slots=True)
class District:
    """A district and the number of its mandates."""

    id: str
    mandates: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate: party ("" for none), votes, also in quotas of the district, place among equals."""

    id: str
    name: str
    district: str
    party: str
    votes: int
    quotas: Fraction
    place: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a party won in a district: votes, also in quotas, and its elected, personal mandates included."""

    district: str
    party: str
    votes: int
    quotas: Fraction
    elected: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Riigikogu(Method):
    """``districts`` share out their mandates; ``independents`` is what stands for a party where there is none."""

    districts: tuple[District, ...]
    independents: str = ""
    ties: Ties = Ties.ORDER

    def __post_init__(self) -> None:
        if not self.districts or not all(1 <= district.mandates <= MAX_MANDATES for district in self.districts):
            raise ValueError(f"rule 'seats' must give each district from 1 to {MAX_MANDATES} mandates")

    @classmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from ``seats`` (by district), ``independents`` and ``ties``.

        ``ValueError`` also unless each option is of exactly one district, each district of ``seats`` and has options.
        """
        given = settled(rules, seats={}, independents="")
        if any(len(option.districts) != 1 for option in options):
            raise ValueError("each option must name exactly one district")
        named = list(dict.fromkeys(option.districts[0] for option in options))
        if set(named) != set(given["seats"]):
            raise ValueError("rule 'seats' must have exactly the districts of the options")
        districts = tuple(District(name, given["seats"][name]) for name in named)
        return cls(districts, given["independents"], given["ties"])

    def outcome(self, figures: Figures) -> Outcome:
        """Return the elected, with personal, district, then compensation mandates; each step is a table."""
        candidates, parties = self._candidates(figures), self._parties(figures)
        bar = THRESHOLD * sum(figures.counts)
        over = [party for party in parties if party.votes >= bar]
        personal = [c for d in self.districts for c in _ranked(candidates, d.id) if c.quotas >= 1]
        shares = [_share(d.id, party.name, candidates) for d in self.districts for party in over]
        district = [c for share in shares for c in share.elected if c.quotas < 1]
        left = sum(d.mandates for d in self.districts) - len(personal) - len(district)
        compensation = highest_averages(_national(candidates, over, personal + district), left, comparative_figure)
        tables = (
            self._quotas(figures),
            _candidate_table("Personal mandates", personal),
            _share_table(shares),
            _candidate_table("District mandates", district),
            _compensation_table(compensation, candidates),
            _party_table(parties, bar, personal, district, compensation),
        )
        winners = (*(c.id for c in personal + district), *(seat.candidate for seat in compensation))
        return Outcome(method="riigikogu", winners=winners, tables=tables)

    def _votes(self, figures: Figures) -> Counter[str]:
        votes: Counter[str] = Counter()
        for option, count in zip(figures.options, figures.counts, strict=True):
            votes[option.districts[0]] += count
        return votes

    def _candidates(self, figures: Figures) -> list[Candidate]:
        votes, place = self._votes(figures), self.ties.order((option.id for option in figures.options), figures.lot)
        mandates = {district.id: district.mandates for district in self.districts}
        found = []
        for option, count in zip(figures.options, figures.counts, strict=True):
            district, party = option.districts[0], "" if option.party == self.independents else option.party
            quotas = Fraction(count * mandates[district], votes[district] or 1)
            found.append(Candidate(option.id, option.name, district, party, count, quotas, place[option.id]))
        return found

    def _parties(self, figures: Figures) -> list[PartyList]:
        """Return all parties with their votes and places in ties, of those in order the last first."""
        votes: dict[str, int] = {}
        for option, count in zip(figures.options, figures.counts, strict=True):
            if option.party not in ("", self.independents):
                votes[option.party] = votes.get(option.party, 0) + count
        place = self.ties.order(reversed(votes), figures.lot)
        return [PartyList(name, votes[name], (), place[name]) for name in votes]

    def _quotas(self, figures: Figures) -> Table:
        votes = self._votes(figures)
        rows = tuple(
            (d.id, str(votes[d.id]), str(d.mandates), decimal(Fraction(votes[d.id], d.mandates)))
            for d in self.districts
        )
        columns = ("District", "Valid votes", "Mandates", "Simple quota, rounded down")
        return Table(title="Districts", columns=columns, rows=rows)


def comparative_figure(V: int, n: int) -> Fraction:  # noqa: N803  (the field's letter for votes)
    """Return what orders as V / n^0.9 does: its tenth power."""
    return Fraction(V**10, n**9)


def _ranked(candidates: Sequence[Candidate], district: str, party: str | None = None) -> list[Candidate]:
    """Return a district's candidates (of one party), most votes first."""
    found = (c for c in candidates if c.district == district and party in (None, c.party))
    return sorted(found, key=lambda c: (-c.votes, c.place))


def _share(district: str, party: str, candidates: Sequence[Candidate]) -> Share:
    ranked = _ranked(candidates, district, party)
    quotas = sum((c.quotas for c in ranked), Fraction(0))
    mandates = floor(quotas) + (quotas - floor(quotas) >= REMAINDER)
    elected = tuple(c for c in ranked if c.quotas >= DISTRICT_MINIMUM)[:mandates]
    return Share(district, party, sum(c.votes for c in ranked), quotas, elected)


def _national(
    candidates: Sequence[Candidate], over: Sequence[PartyList], elected: Sequence[Candidate]
) -> list[PartyList]:
    """Return the parties with what is left of their national lists and how many mandates they hold."""
    gone, held = {c.id for c in elected}, Counter(c.party for c in elected)
    left: dict[str, list[str]] = {party.name: [] for party in over}
    for c in candidates:
        if c.party in left and c.id not in gone and c.quotas >= COMPENSATION_MINIMUM:
            left[c.party].append(c.id)
    return [replace(party, candidates=tuple(left[party.name]), held=held[party.name]) for party in over]


def _candidate_table(title: str, elected: Sequence[Candidate]) -> Table:
    rows = tuple((c.district, c.name, c.party, str(c.votes), decimal(c.quotas)) for c in elected)
    return Table(title=title, columns=("District", "Candidate", "Party", "Votes", "Quotas, rounded down"), rows=rows)


def _share_table(shares: Sequence[Share]) -> Table:
    rows = tuple((s.district, s.party, str(s.votes), decimal(s.quotas), str(len(s.elected))) for s in shares)
    columns = ("District", "Party", "Votes", "Quotas, rounded down", "Personal and district mandates")
    return Table(title="Parties in districts", columns=columns, rows=rows)


def _compensation_table(seats: Sequence[Seat], candidates: Sequence[Candidate]) -> Table:
    found = {c.id: c for c in candidates}
    rows = tuple(
        (
            seat.list.name,
            f"{seat.list.votes} / {seat.n}^0.9",
            # floor(1000 V / n^0.9) = floor((10^30 V^10 / n^9)^(1/10))
            decimal(Fraction(int(iroot(10**30 * seat.list.votes**10 // seat.n**9, 10)[0]), 1000)),
            found[seat.candidate].name,
            found[seat.candidate].district,
        )
        for seat in seats
    )
    columns = ("Party", "Comparative figure", "Rounded down", "Candidate", "District")
    return Table(title="Compensation mandates, in order", columns=columns, rows=rows)


def _party_table(
    parties: Sequence[PartyList],
    bar: Fraction,
    personal: Sequence[Candidate],
    district: Sequence[Candidate],
    compensation: Sequence[Seat],
) -> Table:
    won = [
        Counter(c.party for c in personal),
        Counter(c.party for c in district),
        Counter(seat.list.name for seat in compensation),
    ]
    rows = []
    for party in parties:
        each = [count[party.name] for count in won]
        reaches = "yes" if party.votes >= bar else "no"
        rows.append((party.name, str(party.votes), reaches, *map(str, each), str(sum(each))))
    columns = ("Party", "Votes", "Reaches 5 per cent", "Personal", "District", "Compensation", "Mandates")
    return Table(title="Mandates", columns=columns, rows=tuple(rows))
