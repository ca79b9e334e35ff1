"""A whole election with every party in one process: for tests, benchmarks and the README, never for voters.

The parties are the real ones and so is the record; only the keys live together, which is why the definition says
``simulated``. Each phase is a method, so that a test can step in between. Trustees are careful even here, but voters
raise to secret exponents the fast way, which leaks to who measures it: simulated secrets are nobody's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from evote.ballot.receipt import Ticket
from evote.ballot.voter import CastBallot, Voter, public_bases
from evote.crypto.arithmetic import Arithmetic, Powers
from evote.crypto.elgamal import PublicKey
from evote.crypto.signing import SigningKey
from evote.errors import VerificationError
from evote.mixnet.mixer import Mixer
from evote.operator import Message, Operator
from evote.procedure.counting import Counting
from evote.record import canonical
from evote.record.board import Receipt
from evote.record.entries import AnyBody, Credential, Restoration, Revocation, Roll
from evote.record.lists import lines_digest
from evote.record.manifest import Election
from evote.record.operator import sign_entry
from evote.record.replies import Refusal
from evote.tally.petition_trustee import PetitionTrustee
from evote.tally.trustee import Trustee

TRUSTEES, MIXERS = 3, 2
POWERS = 4  # of each base for each ciphertext of a ballot, more or less


@dataclass(slots=True)
class Keys:
    """Every role's signing key, and every voter's."""

    operator: SigningKey
    registrar: SigningKey
    trustees: list[SigningKey]
    mixers: list[SigningKey]
    voters: dict[str, SigningKey] = field(default_factory=dict)

    def of(self, author: str) -> SigningKey:
        """Return the key that an author of the board signs with."""
        role, _, which = author.partition(" ")
        if role == "voter":
            return self.voters[which]
        held = getattr(self, role if not which else f"{role}s")
        return held[int(which) - 1] if which else held  # type: ignore[no-any-return]


def make_keys(trustees: int, mixers: int) -> Keys:
    """Draw a key for each role."""
    fresh = SigningKey.generate
    return Keys(fresh(), fresh(), [fresh() for _ in range(trustees)], [fresh() for _ in range(mixers)])


def appoint(definition: Mapping[str, Any], keys: Keys) -> Election:
    """Return the election of a definition without roles, with these keys in their places."""

    def role(name: str, key: SigningKey) -> dict[str, Any]:
        return {"name": name, "key": key.public_key}

    roles: dict[str, Any] = {
        "operator": role("Simulated operator", keys.operator),
        "registrar": role("Simulated registrar", keys.registrar),
        "trustees": [role(f"Simulated trustee {i}", key) for i, key in enumerate(keys.trustees, 1)],
        "mixers": [role(f"Simulated mix server {i}", key) for i, key in enumerate(keys.mixers, 1)],
    }
    return msgspec.convert({**definition, **roles, "simulated": True}, Election)


@dataclass(frozen=True, slots=True)
class VoterPlan:
    """Where a simulated voter stands in the electorate."""

    voter: str
    district: str
    stratum: str = ""
    weight: int = 1


class Simulation:
    """An election under way at ``path``; call the phases in order."""

    def __init__(self, path: Path, election: Election, keys: Keys, *, executor: Executor | None = None) -> None:
        """Start the record."""
        self.path, self.election, self.keys = path, election, keys
        self.operator = Operator.create(path, election, keys.operator, executor=executor)
        self.trustees = [Trustee(election, i, key) for i, key in enumerate(keys.trustees, 1)]
        self.tickets: dict[str, Ticket] = {}
        self._credentials: dict[str, Credential] = {}
        self._powers: Powers | None = None

    def post(self, author: str, body: AnyBody, lists: Sequence[list[bytes]] = ()) -> Receipt:
        """Sign and post a body in the name of an author; raise `VerificationError` if the door refuses it."""
        entry = sign_entry(self.keys.of(author), self.election.fingerprint, author, body)
        return self._hand_in(Message(bytes(entry), tuple(lists)))

    def _hand_in(self, message: Message) -> Receipt:
        (reply,) = self.operator.post([message])
        if isinstance(reply, Refusal):
            raise VerificationError(reply.check, reply.subject)
        return reply

    def enrol(self, voters: Iterable[VoterPlan]) -> None:
        """Give every voter a key and post the roll."""
        for plan in voters:
            self.keys.voters[plan.voter] = key = SigningKey.generate()
            self._credentials[plan.voter] = Credential(
                voter=plan.voter, key=key.public_key, district=plan.district, stratum=plan.stratum, weight=plan.weight
            )
        lines = [canonical.encode(credential) for credential in self._credentials.values()]
        self.post("registrar", Roll(credentials=lines_digest(lines), count=len(lines)), [lines])

    def make_key(self) -> PublicKey:
        """Run the key ceremony with honest trustees."""
        ceremony = self.operator.procedure.ceremony
        for _ in range(4):
            for trustee in self.trustees:
                self._hand_in(Message(bytes(trustee.next_message(ceremony))))
        self.operator.finish_key()
        return self.key

    @property
    def key(self) -> PublicKey:
        """The joint key."""
        key = self.operator.procedure.ceremony.key
        if key is None:
            raise ValueError("there is no joint key yet")
        return key

    def device(self, voter: str) -> Voter:
        """Return a voter's device, one with fast powers."""
        if self._powers is None:
            count = POWERS * len(self._credentials) * sum(contest.question.width for contest in self.election.contests)
            self._powers = Powers(Arithmetic.FAST, *public_bases(self.election, self.key), count=count)
        credential, signing_key = self._credentials[voter], self.keys.voters[voter]
        return Voter(self.election, self.key, credential, signing_key, power=self._powers)

    def ballot(
        self,
        voter: str,
        selections: Mapping[str, Sequence[int]] | None = None,
        exponents: Mapping[str, Sequence[int]] | None = None,
    ) -> CastBallot:
        """Return a voter's next ballot: honest ``selections``, or whatever ``exponents`` say."""
        box = self.operator.procedure.box
        if box is None:
            raise ValueError("there is no roll yet")
        state, device = box.state(voter), self.device(voter)
        if exponents is not None:
            return device.seal(exponents, state.sequence + 1, state.leaf)
        return device.cast(selections or {}, state.sequence + 1, state.leaf)

    def cast(self, ballots: Iterable[CastBallot]) -> list[Receipt | Refusal]:
        """Hand in ballots, at most one from each voter; return the door's answers."""
        made = list(ballots)
        for ballot in made:
            self.tickets[ballot.entry.author.removeprefix("voter ")] = ballot.ticket
        return self.operator.post([Message(bytes(ballot.entry)) for ballot in made])

    def revoke(self, voter: str, reason: str = "voted on paper") -> None:
        """Set a voter's ballots aside."""
        self.post("registrar", Revocation(voter=voter, reason=reason))

    def restore(self, voter: str, reason: str = "revoked by mistake") -> None:
        """Lift a revocation."""
        self.post("registrar", Restoration(voter=voter, reason=reason))

    @property
    def counting(self) -> Counting:
        """The state after closing."""
        counting = self.operator.procedure.counting
        if counting is None:
            raise ValueError("the ballot box is not closed")
        return counting

    def mix(self, arithmetic: Arithmetic = Arithmetic.FAST) -> None:
        """Let every mix server shuffle every list, in order."""
        cascade = self.counting.cascade
        for place in cascade.places():
            for index, key in enumerate(self.keys.mixers, 1):
                message = Mixer(self.election, index, key, arithmetic).shuffle(cascade, place)
                self._hand_in(Message(bytes(message.entry), message.lists))

    def decrypt(self, indices: Collection[int] | None = None) -> None:
        """Let trustees (the first t, unless told otherwise) decrypt every list."""
        chosen = indices or range(1, self.election.threshold + 1)
        for place in self.counting.decryption.places():
            for index in chosen:
                message = self.trustees[index - 1].decrypt(self.counting.decryption, place)
                self._hand_in(Message(bytes(message.entry), (message.lines,)))

    def test(self, contest: str, time: str) -> None:
        """Test a petition before closing, at a time that its definition names."""
        self.operator.test(contest, time)
        self.answer_tests()

    def answer_tests(self) -> None:
        """Let the first t trustees say how the tests under way come out."""
        tests, t = self.operator.procedure.petitions.tests, self.election.threshold
        pairs = zip(self.trustees[:t], self.keys.trustees[:t], strict=True)
        first, *others = [PetitionTrustee(self.election, trustee, key) for trustee, key in pairs]
        for test in tests.under_way():
            for trustee in (first, *others):
                self._hand_in(Message(bytes(trustee.share(tests, *test.at))))
            pooled = [trustee.pool(tests, *test.at, receiver=1) for trustee in others]
            self._hand_in(Message(bytes(first.prove(tests, *test.at, pooled))))

    def finish(self) -> None:
        """Go from the open box to the results: close, mix, aggregate, decrypt, test, publish."""
        self.operator.close_box()
        self.mix()
        self.operator.tally()
        self.decrypt()
        self.answer_tests()
        self.operator.tally()
        self.operator.close_record()
