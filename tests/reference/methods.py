"""How counts become a decision, each method from its definition; the tables as in ``docs/methods.md``."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from tests.reference.groups import frame, require

Options = list[SimpleNamespace]
Decide = Callable[[SimpleNamespace], SimpleNamespace]  # from figures (counts, ballots, lot, electorate) to an outcome


def table(title: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> SimpleNamespace:
    return SimpleNamespace(title=title, columns=list(columns), rows=[list(map(str, row)) for row in rows])


def outcome(method: str, winners: Iterable[str], *tables: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(method=method, winners=list(winners), tables=list(tables))


def settled(given: dict[str, Any], **defaults: Any) -> SimpleNamespace:
    """Return the rules, complete; a default that is a type must be given."""
    kinds = {name: value if type(value) is type else type(value) for name, value in defaults.items()}
    require(all(type(value) is kinds.get(name) for name, value in given.items()), "an unknown rule, or of another type")
    rules = {**defaults, **given}
    require(not any(type(value) is type for value in rules.values()), "a rule is missing")
    require(rules["ties"] in ("order", "lot"), "an unknown rule for ties")
    return SimpleNamespace(**rules)


def places(ties: str, names: Iterable[str], lot: bytes) -> dict[str, int]:
    """Return who is first among equals: lower is better."""
    names = list(names)
    if ties == "lot":
        names.sort(key=lambda name: hashlib.sha256(frame(b"evote lot v1") + frame(lot) + frame(name.encode())).digest())
    return {name: place for place, name in enumerate(names)}


def by_votes(options: Options, figures: SimpleNamespace, ties: str) -> list[tuple[SimpleNamespace, int]]:
    place = places(ties, (o.id for o in options), figures.lot)
    return sorted(zip(options, figures.counts, strict=True), key=lambda pair: (-pair[1], place[pair[0].id]))


def points(n: int, ballots: list[tuple[list[int], int]], first: int) -> list[int]:
    """Return what options have, if the first of a ranking gets so many points, and each next one a point less."""
    found = [0] * n
    for ranking, weight in ballots:
        for place, number in enumerate(ranking):
            found[number - 1] += weight * max(0, first - place)
    return found


def yes(condition: object) -> str:
    return "yes" if condition else "no"


def decimal(value: Fraction) -> str:
    """Return three digits after the point, the rest cut off."""
    text = f"{int(value * 1000):04}"
    return f"{text[:-3]}.{text[-3:]}"


def plurality(options: Options, given: dict[str, Any]) -> Decide:
    rules = settled(given, seats=1, ties="order")
    require(1 <= rules.seats <= len(options), "seats")

    def decide(figures: SimpleNamespace) -> SimpleNamespace:
        ranked = by_votes(options, figures, rules.ties)
        winners = [o.id for o, votes in ranked if votes > 0][: rules.seats]
        rows = [(o.name, votes, yes(o.id in winners)) for o, votes in ranked]
        return outcome("plurality", winners, table("Votes", ["Option", "Votes", "Elected"], rows))

    return decide


def greedy(options: Options, given: dict[str, Any]) -> Decide:
    rules = settled(given, budget=int, points=0, ties="order")
    require(rules.budget >= 1 and all(o.cost for o in options), "a budget, and costs")
    require(0 <= rules.points <= 1_000_000, "points")

    def decide(figures: SimpleNamespace) -> SimpleNamespace:
        if rules.points:
            figures = SimpleNamespace(counts=points(len(options), figures.ballots, rules.points), lot=figures.lot)
        left, winners, rows = rules.budget, [], []
        for o, votes in by_votes(options, figures, rules.ties):
            funded = votes > 0 and o.cost <= left
            rows.append((o.name, votes, o.cost, left, yes(funded)))
            winners += [o.id] * funded
            left -= o.cost * funded
        columns = ["Project", "Points" if rules.points else "Votes", "Cost", "Left in the budget", "Funded"]
        return outcome("greedy", winners, table("Projects", columns, rows))

    return decide


def threshold_of(given: dict[str, Any]) -> Callable[[int], int]:
    """Return how many votes are needed, given the electorate."""
    require(all(type(value) is {"votes": int, "share": str}.get(name) for name, value in given.items()), "rules")
    votes, share = given.get("votes", 0), given.get("share", "0")
    match = re.fullmatch(r"[0-9]{1,9}(?:(\.[0-9]{1,9})|/([0-9]{1,9}))?", share)
    require(match and 0 <= votes < 2**53, "a number of votes, or a share")
    require(not (match and match[2]) or int(share.partition("/")[2]), "a share by zero")
    fraction = Fraction(share)
    require(fraction <= 1 and (votes > 0) != (fraction > 0), "one threshold, and one only")
    return lambda electorate: votes or -int(-fraction * electorate // 1) or 1


def threshold(options: Options, given: dict[str, Any]) -> Decide:
    needed = threshold_of(given)

    def decide(figures: SimpleNamespace) -> SimpleNamespace:
        T = needed(figures.electorate)  # noqa: N806 - the letter of docs/transcript.md
        pairs = list(zip(options, figures.counts, strict=True))
        rows = [(o.name, votes, T, yes(votes >= T)) for o, votes in pairs]
        columns = ["Option", "Votes", "Threshold", "Reached"]
        return outcome("threshold", [o.id for o, votes in pairs if votes >= T], table("Threshold", columns, rows))

    return decide


def averages(name: str, step: int) -> Callable[[Options, dict[str, Any]], Decide]:
    """Return d'Hondt for step 1, Sainte-Lague for step 2."""

    def settle(options: Options, given: dict[str, Any]) -> Decide:
        rules = settled(given, seats=int, threshold="0", ties="order")
        require(1 <= rules.seats <= 10_000, "seats")
        require(re.fullmatch(r"(0|[1-9][0-9]?)(\.[0-9]{1,6})?", rules.threshold), "the threshold")
        named, heads = {o.party for o in options if o.party}, {o.id for o in options if not o.party}
        require(not named & heads or named <= heads, "parties that are lists, and others")
        return lambda figures: _averages(name, step, options, rules, figures, inside=named <= heads)

    return settle


def _averages(
    name: str, step: int, options: Options, rules: SimpleNamespace, figures: SimpleNamespace, *, inside: bool
) -> SimpleNamespace:
    """Count; ``inside``: options without a party are lists, and have the votes."""
    titles = {o.id: o.name for o in options}
    ranked = [o for o, _ in by_votes(options, figures, rules.ties)]
    candidates = any(o.party for o in options)
    lists: dict[str, SimpleNamespace] = {}
    for o in options:
        lists.setdefault(o.party or o.id, SimpleNamespace(votes=0, won=0, title=o.name if not o.party else o.party))
    for o, count in zip(options, figures.counts, strict=True):
        key = o.party or o.id
        lists[key].votes += 0 if inside and o.party else count
        lists[key].title = o.name if not o.party else lists[key].title
    for key, party in lists.items():
        party.members = [o.id for o in ranked if o.party == key]
        if not party.members and not (inside and candidates):
            party.members = [key] * (rules.seats if inside else 1)
    place = places(rules.ties, lists, figures.lot)
    bar = Fraction(rules.threshold) * sum(party.votes for party in lists.values()) / 100
    seats, rows = [], []
    for number in range(1, rules.seats + 1):
        open_ = [k for k, p in lists.items() if p.votes >= bar and p.votes and p.won < len(p.members)]
        if not open_:
            break
        key = min(open_, key=lambda k: (-Fraction(lists[k].votes, 1 + step * lists[k].won), place[k]))
        party = lists[key]
        divisor, winner = 1 + step * party.won, party.members[party.won]
        party.won += 1
        seats.append(winner)
        average = decimal(Fraction(party.votes, divisor))
        rows.append((number, party.title, f"{party.votes} / {divisor}", average, titles[winner]))
    summary = [(p.title, p.votes, yes(p.votes >= bar), p.won) for p in lists.values()]
    reach = table(
        f"Lists, and whether they reach {rules.threshold} per cent", ["List", "Votes", "Reaches it", "Seats"], summary
    )
    columns = ["Seat", "List", "Quotient", "Rounded down", "Goes to"]
    return outcome(name, seats, reach, table("Seats in the order in which they were won", columns, rows))
