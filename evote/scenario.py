"""Who votes what in a simulated election: real counts, scaled down, with the accidents of a real election.

A counts file says how many votes each option had. The ballots that count are drawn from it by largest remainder, so
the result must equal what was put in. Around them: voters who vote again, voters whose ballots are revoked for a vote
on paper, an invalid vote or two where the rules cannot exclude them, and ballots that the door must refuse. The seed
fixes all of that and the order, never a key or a nonce.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from evote.ballot.voter import CastBallot
from evote.crypto.elgamal import decode_ciphertexts
from evote.errors import EvidenceMissing
from evote.parallel import batched
from evote.questions.question import Route
from evote.record.entries import ballot_in
from evote.record.manifest import Contest
from evote.record.operator import sign_entry
from evote.record.replies import Refusal
from evote.simulate import MIXERS, TRUSTEES, Simulation, VoterPlan, appoint, make_keys

BLANK = "blank"
BATCH = 250
VOTE_AGAIN, REVOKED = 20, 100  # one in so many
INVALID, BROKEN = 3, 4


@dataclass(frozen=True, slots=True)
class Scenario:
    """A definition without roles, the votes that shall count as (district, option), and the seed of everything else."""

    definition: Mapping[str, Any]
    votes: tuple[tuple[str, str], ...]
    seed: int

    @property
    def expected(self) -> dict[str, int]:
        """The number of votes put in for each option, and for ``blank``."""
        return dict(Counter(option for _, option in self.votes))


def largest_remainder(counts: Mapping[tuple[str, str], int], total: int) -> dict[tuple[str, str], int]:
    """Return ``total`` split in proportion to ``counts`` (Hamilton's method); ties go to the first listed."""
    whole = sum(counts.values())
    shares = {key: divmod(count * total, whole) for key, count in counts.items()}
    left = total - sum(quotient for quotient, _ in shares.values())
    favoured = set(sorted(shares, key=lambda key: -shares[key][1])[:left])
    return {key: quotient + (key in favoured) for key, (quotient, _) in shares.items()}


def example_names() -> list[str]:
    """Return the names of the examples that come with the library."""
    return sorted(path.name.removesuffix(".toml") for path in _examples().iterdir() if path.name.endswith(".toml"))


def _examples() -> Path:
    return Path(__file__).parent / "examples"


def draw(example: str, voters: int, seed: int = 0, group: str | None = None) -> Scenario:
    """Return a scenario with ``voters`` ballots that count, drawn from the figures of an example."""
    if example not in example_names():
        raise EvidenceMissing(f"no example {example!r}; there are: {', '.join(example_names())}")
    definition = tomllib.loads((_examples() / f"{example}.toml").read_text(encoding="utf-8"))
    if group is not None:
        definition["group"] = group
    (counts,) = _examples().glob(f"{example}-*.csv")
    districts = {district["id"] for district in definition["districts"]}
    figures = {key: votes for key, votes in read_counts(counts) if key[0] in districts}
    votes = [key for key, count in largest_remainder(figures, voters).items() for _ in range(count)]
    random.Random(seed).shuffle(votes)  # noqa: S311 - a simulation that can be repeated
    return Scenario(definition, tuple(votes), seed)


def read_counts(path: Path) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield (district, option), votes from a CSV file with these columns."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield (row["district"], row["option"]), int(row["votes"])


@dataclass(slots=True)
class Outcome:
    """A simulated election that is over: its parties, what the door accepted, and what it refused, by check."""

    simulation: Simulation
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def run(
    path: Path,
    scenario: Scenario,
    *,
    executor: Executor | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Hold the election and write its record to ``path``; ``tell`` hears of each phase as it begins."""
    return _Run(path, scenario, executor, tell).hold()


class _Run:
    def __init__(self, path: Path, scenario: Scenario, executor: Executor | None, tell: Callable[[str], None]) -> None:
        self._scenario, self._tell = scenario, tell
        self._random = random.Random(f"{scenario.seed} run")  # noqa: S311 - as above
        (contest,) = scenario.definition["contests"]
        mixed = msgspec.convert(contest, Contest).question.route is Route.MIX
        keys = make_keys(TRUSTEES, MIXERS if mixed else 0)
        election = appoint(scenario.definition, keys)
        self._contest = election.contests[0]
        self._numbers = {option.id: (number,) for number, option in enumerate(self._contest.options, 1)}
        self._mixed = mixed and self._contest.rules.get("membership") != "proved"
        self._simulation = Simulation(path, election, keys, executor=executor)
        self._outcome = Outcome(self._simulation)

    def hold(self) -> Outcome:
        votes = self._scenario.votes
        voters = [VoterPlan(f"voter-{i:06}", district) for i, (district, _) in enumerate(votes)]
        revoked = [VoterPlan(f"paper-{i:04}", votes[i][0]) for i in range(-(-len(votes) // REVOKED))]
        invalid = [VoterPlan(f"odd-{i:04}", votes[0][0]) for i in range(INVALID if self._mixed else 0)]
        simulation = self._simulation
        self._tell("enrolling voters")
        simulation.enrol([*voters, *revoked, *invalid])
        self._tell("making the key")
        simulation.make_key()
        self._tell("voting")
        self._vote(voters, revoked, invalid)
        self._tell("closing, mixing, decrypting" if self._mixed else "closing, decrypting")
        simulation.finish()
        return self._outcome

    def _vote(self, voters: list[VoterPlan], revoked: list[VoterPlan], invalid: list[VoterPlan]) -> None:
        again = self._random.sample(voters, len(voters) // VOTE_AGAIN)
        self._cast(self._honest(plan, self._any_option()) for plan in again)
        self._cast(self._honest(plan, self._any_option()) for plan in revoked)
        self._cast(self._honest(plan, option) for plan, (_, option) in zip(voters, self._scenario.votes, strict=True))
        beyond = self._contest.question.bound + 1
        self._cast(
            self._simulation.ballot(plan.voter, exponents={self._contest.id: [beyond] * self._contest.question.width})
            for plan in invalid
        )
        self._cast(self._broken(victim) for victim in voters[:BROKEN])
        for plan in revoked:
            self._simulation.revoke(plan.voter)

    def _honest(self, plan: VoterPlan, option: str) -> CastBallot:
        selection = () if option == BLANK else self._numbers[option]
        return self._simulation.ballot(plan.voter, {self._contest.id: selection})

    def _any_option(self) -> str:
        return self._random.choice(self._contest.options).id

    def _broken(self, victim: VoterPlan) -> CastBallot:
        """Return a ballot whose ciphertexts are the victim's, squared, under the proofs of another vote."""
        honest = self._honest(victim, self._any_option())
        ballot = ballot_in(honest.entry)
        (answer,) = ballot.answers
        sealed = decode_ciphertexts(self._simulation.election.algebra, answer.ciphertexts)
        forged = msgspec.structs.replace(answer, ciphertexts=tuple(bytes(c * c) for c in sealed))
        body = msgspec.structs.replace(ballot, answers=(forged,))
        key, author = self._simulation.keys.of(honest.entry.author), honest.entry.author
        entry = sign_entry(key, self._simulation.election.fingerprint, author, body)
        return CastBallot(entry, honest.ticket)

    def _cast(self, ballots: Iterator[CastBallot]) -> None:
        for batch in batched(ballots, BATCH):
            for reply in self._simulation.cast(batch):
                if isinstance(reply, Refusal):
                    self._outcome.refused[reply.check] += 1
                else:
                    self._outcome.accepted += 1
