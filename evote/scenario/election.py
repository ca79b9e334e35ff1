"""A whole election of any kind on known votes, with the accidents of a real one around them.

Every ballot of the poll counts. Around them: voters who vote again, voters whose ballots are revoked for a vote on
paper, voters who stay away, invalid votes where the rules let them through, ballots that the door must refuse,
petitions tested while people vote. The seed fixes all of that, never a key or a nonce.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import msgspec

from evote.ballot.voter import CastBallot
from evote.crypto.elgamal import decode_ciphertexts
from evote.parallel import batched
from evote.questions.choice import UNPROVED, Choice
from evote.questions.petition import CLOSING
from evote.questions.question import Route
from evote.record.entries import ballot_in
from evote.record.manifest import Contest, Election
from evote.record.operator import sign_entry
from evote.record.replies import Refusal
from evote.scenario.ledger import Answers, Ledger, Tally, published
from evote.scenario.scenario import Scenario
from evote.simulate import MIXERS, TRUSTEES, Keys, Simulation, VoterPlan, appoint, make_keys
from evote.sources.poll import Vote

BATCH = 250
VOTE_AGAIN, REVOKED, AWAY = 20, 100, 10  # one in so many
INVALID, BROKEN = 3, 4


@dataclass(slots=True)
class HeldElection:
    """A simulated election that is over: its parties, its true tallies, what the door accepted and why it refused."""

    simulation: Simulation
    expected: dict[str, Tally] = field(default_factory=dict)
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def election(self) -> Election:
        """The definition with its roles."""
        return self.simulation.election

    def differences(self) -> list[str]:
        """Return in what the result is not what was put in; an empty list if all is well."""
        counting = self.simulation.counting
        return [
            f"contest {contest.id}: {part}"
            for contest in self.election.contests
            for part in self.expected[contest.id].differences(
                published(counting.results[contest.id], counting.figures.get(contest.id))
            )
        ]


class _Asked(msgspec.Struct):
    contests: list[Contest]


def appointed(scenario: Scenario) -> tuple[Election, Keys]:
    """Return the scenario's election with simulated roles, and their keys.

    ``msgspec.ValidationError`` if the definition is wrong.
    """
    asked = msgspec.convert(scenario.definition, _Asked)
    mixed = any(contest.question.route is Route.MIX for contest in asked.contests)
    keys = make_keys(TRUSTEES, MIXERS if mixed else 0)
    return appoint(scenario.definition, keys), keys


def run(
    path: Path,
    scenario: Scenario,
    *,
    executor: Executor | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> HeldElection:
    """Hold the election and write its record to ``path``; ``tell`` hears of each phase as it begins."""
    return _Run(path, scenario, executor, tell).hold()


class _Run:
    def __init__(self, path: Path, scenario: Scenario, executor: Executor | None, tell: Callable[[str], None]) -> None:
        self._random = random.Random(f"{scenario.seed} run")  # noqa: S311 - a simulation that can be repeated
        self._election, keys = appointed(scenario)
        self._tell = tell
        self._votes = scenario.ballots
        self._voters = [_plan(f"voter-{i:06}", vote) for i, vote in enumerate(self._votes)]
        self._numbers = {
            contest.id: {option.id: number for number, option in enumerate(contest.options, 1)}
            for contest in self._election.contests
        }
        self._like: dict[str, list[Vote]] = {}
        for vote in self._votes:
            self._like.setdefault(vote.district, []).append(vote)
        self._simulation = Simulation(path, self._election, keys, executor=executor)
        self._ledger, self._held = Ledger(self._election), HeldElection(self._simulation)

    def hold(self) -> HeldElection:
        simulation, first = self._simulation, self._votes[0]
        revoked = [(_plan(f"paper-{i:04}", v), v) for i, v in enumerate(self._votes[: -(-len(self._votes) // REVOKED)])]
        odd = [_plan(f"odd-{i:04}", first) for i in range(INVALID if self._lets_through(first.district) else 0)]
        away = [_plan(f"away-{i:06}", vote) for i, vote in enumerate(self._votes[::AWAY])]
        self._tell("enrolling voters")
        roll = [*self._voters, *(plan for plan, _ in revoked), *odd, *away]
        self._ledger.enrol(roll)
        simulation.enrol(roll)
        self._tell("making the key")
        simulation.make_key()
        self._tell("voting")
        self._vote(revoked, odd)
        self._tell("closing, mixing, decrypting" if self._election.mixers else "closing, decrypting")
        self._test(CLOSING)
        simulation.finish()
        figures = simulation.counting.figures
        for contest in self._election.contests:
            lot = figures[contest.id].lot if contest.id in figures else b""
            self._held.expected[contest.id] = self._ledger.tally(contest, lot)
        return self._held

    def _lets_through(self, district: str) -> bool:
        """Tell whether an invalid vote comes to light only when it is decrypted, in every contest of a district."""
        questions = [contest.question for contest in self._election.contests_of(district)]
        return bool(questions) and all(
            isinstance(question, Choice) and question.membership == UNPROVED for question in questions
        )

    def _vote(self, revoked: list[tuple[VoterPlan, Vote]], odd: list[VoterPlan]) -> None:
        again = self._random.sample(self._voters, len(self._voters) // VOTE_AGAIN)
        self._cast((plan, self._selections(self._another(plan))) for plan in again)
        self._cast((plan, self._selections(vote)) for plan, vote in revoked)
        stages = self._stages()
        pairs = list(zip(self._voters, self._votes, strict=True))
        part = -(-len(pairs) // (len(stages) + 1))
        for time, some in zip([*stages, CLOSING], batched(pairs, part), strict=False):
            self._cast((plan, self._selections(vote)) for plan, vote in some)
            if time != CLOSING:
                self._test(time)
        self._cast((plan, dict.fromkeys(c.id for c in self._election.contests_of(plan.district))) for plan in odd)
        asked = (plan for plan in self._voters if self._election.contests_of(plan.district))
        self._hand_in(self._broken(plan) for plan in islice(asked, BROKEN))
        for plan, _ in revoked:
            self._simulation.revoke(plan.voter)
            self._ledger.revoke(plan)

    def _stages(self) -> list[str]:
        """Return the names of the tests before closing, those of all contests."""
        return list(dict.fromkeys(time for c in self._petitions() for time in c.question.times if time != CLOSING))

    def _test(self, time: str) -> None:
        """Have the petitions tested that name this time, if there are ballots enough."""
        named = [contest for contest in self._petitions() if time in contest.question.times]
        for contest in filter(self._ledger.testable, named):
            self._ledger.test(contest, time)
            if time != CLOSING:
                self._simulation.test(contest.id, time)

    def _petitions(self) -> list[Contest]:
        return [contest for contest in self._election.contests if contest.question.route is Route.THRESHOLD]

    def _selections(self, vote: Vote) -> dict[str, tuple[int, ...]]:
        return {
            contest.id: tuple(self._numbers[contest.id][option] for option in vote.selections[contest.id])
            for contest in self._election.contests_of(vote.district)
        }

    def _another(self, plan: VoterPlan) -> Vote:
        return self._random.choice(self._like[plan.district])

    def _cast(self, ballots: Iterable[tuple[VoterPlan, Answers]]) -> None:
        """Hand in ballots that the door must accept."""
        self._hand_in(self._made(plan, answers) for plan, answers in ballots)

    def _made(self, plan: VoterPlan, answers: Answers) -> CastBallot:
        self._ledger.cast(plan, answers)
        selections = {contest: selection for contest, selection in answers.items() if selection is not None}
        if len(selections) == len(answers):
            return self._simulation.ballot(plan.voter, selections)
        beyond = {c.id: [c.question.bound + 1] * c.question.width for c in self._election.contests_of(plan.district)}
        return self._simulation.ballot(plan.voter, exponents=beyond)

    def _broken(self, victim: VoterPlan) -> CastBallot:
        """Return a ballot whose first ciphertexts are the victim's, squared, under the proofs of another vote."""
        honest = self._simulation.ballot(victim.voter, self._selections(self._another(victim)))
        ballot = ballot_in(honest.entry)
        sealed = decode_ciphertexts(self._election.algebra, ballot.answers[0].ciphertexts)
        forged = msgspec.structs.replace(ballot.answers[0], ciphertexts=tuple(bytes(c * c) for c in sealed))
        body = msgspec.structs.replace(ballot, answers=(forged, *ballot.answers[1:]))
        key, author = self._simulation.keys.of(honest.entry.author), honest.entry.author
        return CastBallot(sign_entry(key, self._election.fingerprint, author, body), honest.ticket)

    def _hand_in(self, ballots: Iterator[CastBallot]) -> None:
        for batch in batched(ballots, BATCH):
            for reply in self._simulation.cast(batch):
                if isinstance(reply, Refusal):
                    self._held.refused[reply.check] += 1
                else:
                    self._held.accepted += 1


def _plan(name: str, vote: Vote) -> VoterPlan:
    return VoterPlan(name, vote.district, vote.stratum, vote.weight)
