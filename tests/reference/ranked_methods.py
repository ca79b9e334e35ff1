"""How rankings become a decision: Borda, Schulze, the single transferable vote. ``docs/methods.md``."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.reference.groups import require
from tests.reference.methods import Decide, Options, outcome, places, points, settled, table, yes

Strength = tuple[int, int]  # votes for, minus votes against


def standing(options: Options, figures: SimpleNamespace, ties: str) -> list[int]:
    """Return the numbers of the options that somebody ranked, in the order of the rule for ties."""
    place = places(ties, (o.id for o in options), figures.lot)
    ranked = {number for ranking, _ in figures.ballots for number in ranking}
    return sorted(ranked, key=lambda number: place[options[number - 1].id])


def borda(options: Options, given: dict[str, Any]) -> Decide:
    rules = settled(given, points=len(options), seats=1, ties="order")
    require(1 <= rules.seats <= len(options) and 1 <= rules.points <= 1_000_000, "seats or points")

    def decide(figures: SimpleNamespace) -> SimpleNamespace:
        won = points(len(options), figures.ballots, rules.points)
        order = sorted(standing(options, figures, rules.ties), key=lambda number: -won[number - 1])
        winners = [n for n in order if won[n - 1]][: rules.seats]
        rows = [(options[n - 1].name, won[n - 1], yes(n in winners)) for n in order]
        ids = [options[n - 1].id for n in winners]
        return outcome("borda", ids, table("Points", ["Option", "Points", "Elected"], rows))

    return decide


def schulze(options: Options, given: dict[str, Any]) -> Decide:
    rules = settled(given, seats=1, ties="order")
    require(1 <= rules.seats <= len(options), "seats")

    def decide(figures: SimpleNamespace) -> SimpleNamespace:
        order = standing(options, figures, rules.ties)
        prefer = {(i, j): sum(w for r, w in figures.ballots if prefers(r, i, j)) for i in order for j in order}
        paths = strongest(order, prefer)
        best: list[int] = []
        while len(best) < min(rules.seats, len(order)):
            left = [n for n in order if n not in best]
            best.append(next(i for i in left if not any(paths[j, i] > paths[i, j] for j in left)))
        wins = {i: sum(prefer[i, j] > prefer[j, i] for j in order) for i in order}
        names = {n: options[n - 1].name for n in order}
        pairs = [(names[i], wins[i], yes(wins[i] == len(order) - 1), yes(i in best)) for i in order]
        rows = [
            (names[i], names[j], prefer[i, j], prefer[j, i], strength(paths[i, j]), strength(paths[j, i]))
            for place, i in enumerate(best)
            for j in order
            if j not in best[: place + 1]
        ]
        first = table("Contests in pairs", ["Option", "Beats", "Condorcet winner", "Elected"], pairs)
        columns = ["Elected", "Other", "For", "Against", "Path", "Path back"]
        second = table("Strongest paths, by their weakest links", columns, rows)
        return outcome("schulze", [options[n - 1].id for n in best], first, second)

    return decide


def prefers(ranking: list[int], i: int, j: int) -> bool:
    return i in ranking and i != j and (j not in ranking or ranking.index(i) < ranking.index(j))


def strongest(order: list[int], prefer: dict[tuple[int, int], int]) -> dict[tuple[int, int], Strength]:
    """Return the strength of the strongest path from i to j: try one more step until nothing gets stronger."""
    links = {(i, j): (n, -prefer[j, i]) for (i, j), n in prefer.items() if n > prefer[j, i]}
    paths: dict[tuple[int, int], Strength] = {(i, j): links.get((i, j), (0, 0)) for i in order for j in order}
    changed = True
    while changed:
        changed = False
        for (i, k), link in links.items():
            for j in order:
                if j != i and min(link, paths[k, j]) > paths[i, j]:
                    paths[i, j], changed = min(link, paths[k, j]), True
    return paths


def strength(path: Strength) -> str:
    return f"{path[0]}:{-path[1]}" if path[0] else "none"


def transferable(name: str) -> Callable[[Options, dict[str, Any]], Decide]:
    """Return the single transferable vote, or with one seat and whole votes the instant runoff."""

    def settle(options: Options, given: dict[str, Any]) -> Decide:
        if name == "irv":
            rules = SimpleNamespace(**vars(settled(given, ties="order")), seats=1, decimals=0)
        else:
            rules = settled(given, seats=1, decimals=5, ties="order")
        require(1 <= rules.seats <= len(options) and 0 <= rules.decimals <= 18, "seats or decimals")
        return lambda figures: Transfer(name, options, rules, figures).outcome()

    return settle


class Transfer:
    """A count by the Scottish rules. A paper is worth ``value`` units and lies with one option, or with nobody (0)."""

    def __init__(self, name: str, options: Options, rules: SimpleNamespace, figures: SimpleNamespace) -> None:
        """Put each paper with its first preference."""
        self.name, self.options, self.rules, self.unit = name, options, rules, 10**rules.decimals
        self.standing = standing(options, figures, rules.ties)
        self.papers = [SimpleNamespace(r=r, n=n, value=self.unit, at=0) for r, n in figures.ballots]
        self.total = sum(paper.n for paper in self.papers)
        self.elected: list[int] = []
        self.out: list[int] = []
        self.exhausted: dict[int, int] = {}  # what an option that transferred its surplus still has
        self.history: list[dict[int, int]] = []
        self.rows: list[tuple[object, ...]] = []
        for paper in self.papers:
            self.move(paper)
        self.end("first preferences", "")

    @property
    def quota(self) -> int:
        """Return what elects: Droop's quota, or more than half of what still counts."""
        if self.name == "irv":
            return sum(self.history[-1].values()) // 2 + 1
        return (self.total // (self.rules.seats + 1) + 1) * self.unit

    def move(self, paper: SimpleNamespace) -> None:
        """Give a paper to the next preference who is neither elected nor excluded."""
        rest = paper.r[paper.r.index(paper.at) + 1 :] if paper.at else paper.r
        paper.at = next((n for n in rest if n not in self.elected + self.out), 0)
        paper.r = paper.r if paper.at else []

    def votes(self) -> dict[int, int]:
        votes = dict.fromkeys(self.standing, 0)
        for paper in self.papers:
            if paper.at:
                votes[paper.at] += paper.n * paper.value
        return votes | self.exhausted

    def end(self, event: str, source: str, elect: list[int] | None = None) -> None:
        """Write down a stage; who has the quota is elected, the most votes first."""
        self.history.append(self.votes())
        self.rows.append((len(self.history), event, source))
        for n in self.order():
            if n not in self.elected + self.out and (self.history[-1][n] >= self.quota or n in (elect or [])):
                self.elected.append(n)
                self.rows.append((len(self.history), "elected", self.options[n - 1].name))

    def order(self) -> list[int]:
        """Return the options by votes; equals by the latest stage at which they differed, then by the rule for ties."""
        return sorted(self.standing, key=lambda n: [-votes[n] for votes in reversed(self.history)])

    def outcome(self) -> SimpleNamespace:
        while True:
            left = [n for n in self.order() if n not in self.elected + self.out]
            vacant = self.rules.seats - len(self.elected)
            if not left or not vacant:
                break
            over = [n for n in self.order() if n in self.elected and self.history[-1][n] > self.quota]
            if len(left) <= vacant:
                self.end("last vacancies", "", left)
            elif over:
                self.surplus(over[0])
            else:
                self.exclude(left[-1])
        return outcome(self.name, [self.options[n - 1].id for n in self.elected], *self.tables())

    def surplus(self, option: int) -> None:
        votes = self.history[-1][option]
        for paper in [paper for paper in self.papers if paper.at == option]:
            paper.value = paper.value * (votes - self.quota) // votes
            self.move(paper)
        self.exhausted[option] = self.quota
        self.end("surplus", self.options[option - 1].name)

    def exclude(self, option: int) -> None:
        self.out.append(option)
        for paper in [paper for paper in self.papers if paper.at == option]:
            self.move(paper)
        self.end("exclusion", self.options[option - 1].name)

    def tables(self) -> list[SimpleNamespace]:
        stages = range(1, len(self.history) + 1)
        quota = "" if self.name == "irv" else f"quota {self.decimal(self.quota)} of "
        sheet = [
            (self.options[n - 1].name, *(self.decimal(votes[n]) for votes in self.history))
            for n in sorted(self.standing)
        ]
        lost = [self.decimal(self.total * self.unit - sum(votes.values())) for votes in self.history]
        return [
            table(f"Stages; {quota}{self.total} votes", ["Stage", "Event", "Option"], self.rows),
            table(
                "Votes at the end of each stage",
                ["Option", *map(str, stages)],
                [*sheet, ("not transferable, or cut off", *lost)],
            ),
        ]

    def decimal(self, units: int) -> str:
        digits = f"{units:0{self.rules.decimals + 1}}"
        at = len(digits) - self.rules.decimals
        return f"{digits[:at]}.{digits[at:]}" if self.rules.decimals else digits
