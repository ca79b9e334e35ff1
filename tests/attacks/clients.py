"""Malicious voters' devices: one contest of each question type twice, and a device that proves whatever is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evote.ballot.receipt import ballot_randomness
from evote.ballot.voter import CastBallot, Voter, _Answered
from evote.crypto.pedersen import commit
from evote.crypto.prover import prove
from evote.crypto.relation import LinearRelation, Statement, Witness
from evote.crypto.transcript import NativeTranscript
from evote.questions.question import Opening, Sealed
from evote.record.context import proof_transcript
from evote.record.manifest import Contest
from evote.simulate import Simulation, VoterPlan

Exponents = Sequence[int]


def people(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "name": name.title()} for name in names]


FOREIGN = {"id": "xan", "name": "Xan", "districts": ["elsewhere"]}  # stands in another district
ABC = [*people("ann", "bob", "cyd"), FOREIGN]
LISTS = [
    *people("green"),
    *({**person, "party": "green"} for person in people("ann", "abe")),
    *people("blue"),
    *({**person, "party": "blue"} for person in [*people("bea"), FOREIGN]),
]
PRICED = [{**option, "cost": cost} for option, cost in zip(ABC, (40, 30, 20, 10), strict=True)]

# name -> the contest that voters of the district of that name answer, twice
CONTESTS: dict[str, dict[str, Any]] = {
    "selection": {"type": "selection", "rules": {"maximum": 2}, "options": ABC},
    "approval": {
        "type": "selection",
        "rules": {"maximum": 7, "blank": False},
        "options": people("ann", "bob", "cyd", "dan", "eve", "fay", "gil", "hal"),
    },
    "choice": {"type": "choice", "rules": {"membership": "proved"}, "options": ABC},
    "ranked": {"type": "ranked", "rules": {"maximum": 3}, "options": ABC},
    "lists": {"type": "lists", "options": LISTS},
    "score": {"type": "score", "rules": {"maximum": 9}, "options": ABC},
    "marks": {"type": "score", "rules": {"maximum": 3}, "options": ABC},
    "cumulative": {"type": "cumulative", "rules": {"limit": 9, "maximum": 7}, "options": ABC},
    "budget": {"type": "budget", "rules": {"budget": 65}, "options": PRICED},
    "count": {"type": "petition", "options": people("support")},
    "petition": {
        "type": "petition",
        "rules": {"result": "threshold"},
        "count": {"method": "threshold", "votes": 2},
        "options": people("support"),
    },
}
HONEST: dict[str, Sequence[int]] = {
    "selection": (1, 3),
    "approval": (1, 2, 5),
    "choice": (2,),
    "ranked": (3, 1),
    "lists": (1, 2),
    "score": (1, 1, 3),
    "marks": (2, 2, 3),
    "cumulative": (1, 1, 1, 2),
    "budget": (1, 3),
    "count": (1,),
    "petition": (1,),
}

# type -> name -> what is sealed and, where it is not what suits it best, what is committed to
Cheats = dict[str, tuple[Exponents, Exponents | None]]
CHEATS: dict[str, Cheats] = {
    "selection": {
        "three of two": ((1, 1, 1, 0, 0), None),
        "none, and not blank": ((0, 0, 0, 0, 0), None),
        "blank, and a vote": ((1, 0, 0, 0, 1), None),
        "two votes for one": ((2, 0, 0, 0, 0), None),
        "one vote taken from another": ((2, -1, 0, 0, 0), None),
        "a candidate of another district": ((0, 0, 0, 1, 0), None),
    },
    "approval": {
        "eight of seven": ((1,) * 8, None),
        "eight of seven, a bit of 2": ((1,) * 8, (2, 1, 1)),
        "none": ((0,) * 8, None),
        "none, a bit of -1": ((0,) * 8, (-1, 0, 0)),
        "seven for one": ((7, *(0,) * 7), None),
    },
    "choice": {
        "a candidate of another district": ((4,), None),
        "nobody": ((9,), None),
        "less than blank": ((-1,), None),
    },
    "ranked": {
        "one candidate at two ranks": ((1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0), None),
        "a gap": ((1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0), None),
        "nobody first": ((0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0), None),
        "two candidates at one rank": ((1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), None),
        "two at the last rank": ((1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1), None),
        "twice at one rank": ((2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), None),
        "a negative mark": ((1, 0, 0, 0, -1, 1, 1, 0, 0, 0, 0, 0), None),
        "a candidate of another district": ((0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0), None),
    },
    "lists": {
        "a preference outside the list": ((1, 0, 0, 0, 1, 0, 0), None),
        "two lists": ((1, 0, 0, 1, 0, 0, 0), None),
        "two preferences of one": ((1, 1, 1, 0, 0, 0, 0), None),
        "a candidate without a list": ((0, 1, 0, 0, 0, 0, 0), None),
        "blank, and a preference": ((0, 1, 0, 0, 0, 0, 1), None),
        "blank, and a list": ((1, 0, 0, 0, 0, 0, 1), None),
        "two votes for one list": ((2, 0, 0, -1, 0, 0, 0), None),
        "a candidate of another district": ((0, 0, 0, 1, 0, 1, 0), None),
    },
    "score": {
        "ten of nine": ((10, 0, 0, 0), None),
        "ten of nine, a bit of 2": ((10, 0, 0, 0), (2, 1, 1, 1, *(0,) * 12)),
        "a point less than none": ((0, -1, 0, 0), None),
        "a point less than none, a bit of -1": ((0, -1, 0, 0), (*(0,) * 4, -1, *(0,) * 11)),
        "points for another district": ((0, 0, 0, 5), None),
    },
    "marks": {
        "four of three": ((4, 0, 0, 0), None),
        "a point less than none": ((0, -1, 0, 0), None),
        "points for another district": ((0, 0, 0, 1), None),
    },
    "cumulative": {
        "ten points of nine": ((7, 3, 0, 0), None),
        "ten points of nine, a bit of 2": ((7, 3, 0, 0), (1, 1, 1, 1, 1, 0, *(0,) * 6, 2, 1, 1, 1)),
        "points taken from another": ((7, 7, -5, 0), None),
        "points taken from another, a bit of -1": (
            (7, 3, -1, 0),
            (1, 1, 1, 1, 1, 0, -1, *(0,) * 5, 1, 1, 1, 1),
        ),
        "eight points for one of seven": ((8, 0, 0, 0), None),
        "points for another district": ((0, 0, 0, 3), None),
    },
    "budget": {
        "over the cap": ((1, 1, 0, 0), None),
        "over the cap, a bit of 2": ((1, 1, 0, 0), (2, 1, 1)),
        "money back for another project": ((1, 1, -1, 0), None),
        "one project twice": ((0, 2, 0, 0), None),
        "a project of another district": ((0, 0, 0, 1), None),
    },
    "count": {"support twice": ((2,), None), "support withdrawn from others": ((-1,), None)},
    "petition": {"support twice": ((2,), None), "support withdrawn from others": ((-1,), None)},
}


def contests() -> list[dict[str, Any]]:
    """Return each contest twice, put to the district of its name."""
    return [
        {**contest, "id": name + suffix, "title": name, "districts": [name]}
        for name, contest in CONTESTS.items()
        for suffix in ("", "-2")
    ]


def districts() -> list[dict[str, str]]:
    return [{"id": name, "name": name} for name in (*CONTESTS, "elsewhere")]


def voters() -> list[VoterPlan]:
    """Return two voters in each district: ``mallory-TYPE`` and ``victor-TYPE``."""
    return [VoterPlan(f"{who}-{name}", name) for name in CONTESTS for who in ("mallory", "victor")]


class Cheat(Voter):
    """A device that seals and commits to what it is told, and makes a proof of all that is true of it.

    ``false`` are the numbers of the statements in its contest for which there is nothing better than a bad proof.
    """

    def __init__(self, honest: Voter, contest: Contest, committed: Exponents | None = None) -> None:
        super().__init__(honest._election, honest._key, honest._credential, honest._signing_key, power=honest._power)
        self._contest, self._committed = contest, committed
        self.false: list[int] = []

    def _encrypt(self, contest: Contest, exponents: Exponents, seed: bytes) -> _Answered:
        group, question, power = self._key.group, contest.question, self._power
        randomness = ballot_randomness(seed, self._election, contest)
        r, s = randomness[: question.width], randomness[question.width :]
        row = tuple(
            self._key.encrypt(power(group.generator, group.scalar(m_i)), r_i, power=power)
            for m_i, r_i in zip(exponents, r, strict=True)
        )
        values = zip(self._values(contest, exponents), s, strict=True)
        commitments = tuple(commit(group, v_j, s_j, power=power) for v_j, s_j in values)
        return _Answered(contest, Sealed(row, commitments), Opening(exponents, r, s))

    def _values(self, contest: Contest, exponents: Exponents) -> Exponents:
        """Return what is committed to: what we are told, what the rules say, or else what suits an honest answer."""
        if contest.id == self._contest.id and self._committed is not None:
            return self._committed
        try:
            return contest.question.committed(exponents)
        except ValueError:
            return contest.question.committed(honest_exponents(contest))

    def _proofs(self, answered: _Answered, transcript: NativeTranscript) -> Iterator[bytes]:
        contest, opening = answered.contest, answered.opening
        allowed = contest.allowed(self._credential.district)
        # But for the links, an honest answer's witnesses depend on the randomness alone, and so are ours.
        as_if = Opening(honest_exponents(contest), opening.randomness, opening.blinding)
        statements = contest.question.statements(self._key, answered.sealed, allowed)
        witnesses = contest.question.witnesses(as_if, allowed)
        for number, (statement, witness) in enumerate(zip(statements, witnesses, strict=True), 1):
            found, true = best(statement, witness.values)
            if not true:
                self.false.append(number)
            bound = proof_transcript(transcript, contest.id, number)
            yield bytes(prove(statement, found, bound, power=self._power))


def honest_exponents(contest: Contest) -> Exponents:
    return contest.question.encode(HONEST[contest.title])


def cheat(
    simulation: Simulation, name: str, exponents: Exponents | None = None, committed: Exponents | None = None
) -> tuple[CastBallot, list[int]]:
    """Return mallory's ballot in the district of that name, and the numbers of its proofs that cannot be good."""
    box, voter = simulation.operator.procedure.box, f"mallory-{name}"
    assert box is not None
    contest, second = simulation.election.contests_of(name)
    device, state = Cheat(simulation.device(voter), contest, committed), box.state(voter)
    sealed = {contest.id: exponents or honest_exponents(contest), second.id: honest_exponents(second)}
    return device.seal(sealed, state.sequence + 1, state.leaf), device.false


def honest(simulation: Simulation, voter: str) -> CastBallot:
    """Return a voter's next ballot, as it should be."""
    selection = HONEST[voter.partition("-")[2]]
    put = simulation.election.contests_of(voter.partition("-")[2])
    return simulation.ballot(voter, {contest.id: selection for contest in put})


def best(statement: Statement, values: tuple[Any, ...]) -> tuple[Witness, bool]:
    """Return the witness of a branch that is true, if there is one, and whether there is."""
    for number, branch in enumerate(statement.branches):
        told = (values[0], small(branch, values), values[2]) if branch.name == "range" else values
        if holds(branch, told):
            return Witness(told, number), True
    return Witness(values, 0), False


def small(link: LinearRelation, values: tuple[Any, ...]) -> Any:
    """Return the number v that the ciphertext of a link really seals: c2 / g^start = g^v y^rho."""
    group = link.group
    sealed = link.image[1] / group.product_of_powers([group.generator, link.bases[1][0]], [link.offsets[1], values[0]])
    known = {group.product_of_powers([group.generator], [v]): v for v in range(-30, 31)}
    return group.scalar(known[sealed])


def holds(branch: LinearRelation, values: tuple[Any, ...]) -> bool:
    """Tell whether each row of a relation is true of these exponents."""
    group = branch.group
    return all(
        group.product_of_powers([*bases, group.generator], [*values, offset]) == image
        for bases, image, offset in branch.rows()
    )
