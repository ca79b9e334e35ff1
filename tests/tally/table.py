"""A key ceremony at one table, where any trustee may change what it says before it says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evote.crypto.elgamal import PublicKey
from evote.crypto.group import Scalar
from evote.record.audit import Audit
from evote.record.entries import KeyRestart
from evote.tally.ceremony import Ceremony
from evote.tally.trustee import Trustee
from tests.elections import small_election

Change = Callable[[Any], Any]


class Table:
    """n trustees, of whom t are needed, in the first round of their first attempt."""

    def __init__(self, n: int = 3, t: int = 2) -> None:
        self.election, self.keys = small_election("sum", trustees=n, threshold=t)
        self.ceremony = Ceremony(self.election, Audit())
        self.trustees = {i: Trustee(self.election, i, key) for i, key in enumerate(self.keys.trustees, 1)}

    def message(self, index: int) -> Any:
        """Return the body that a trustee would post next."""
        return self.trustees[index].next_message(self.ceremony).body

    def say(self, index: int, body: Any) -> None:
        """Post a body in a trustee's name."""
        self.ceremony.admit(f"trustee {index}", body, f"trustee {index}")

    def round(self, changes: Mapping[int, Change] | None = None) -> None:
        """Let everybody speak who is due, until somebody is at fault."""
        for index in sorted(self.ceremony.attempt.absent):
            if not self.ceremony.attempt.faults:
                body = self.message(index)
                self.say(index, (changes or {}).get(index, lambda b: b)(body))

    def rounds(self, count: int) -> None:
        """Play some honest rounds."""
        for _ in range(count):
            self.round()

    def restart(self, *out: int) -> None:
        """Begin again without some."""
        self.ceremony.restart(KeyRestart(attempt=self.ceremony.attempt.number, disqualified=out), "operator")

    def finish(self) -> PublicKey:
        """Fix the joint key."""
        return self.ceremony.finish(self.ceremony.joint_key(), "operator")

    def complete(self) -> PublicKey:
        """Play the rest honestly and fix the key."""
        self.rounds(5 - self.ceremony.attempt.round)
        return self.finish()

    def coefficient(self, index: int, power: int = 0) -> Scalar:
        """Return a secret coefficient, which no party at the table could see."""
        group = self.election.algebra
        return group.decode_scalar(self.trustees[index].state.coefficients[power])

    def share(self, index: int) -> Scalar:
        """Return a trustee's secret share of the key."""
        return self.election.algebra.decode_scalar(self.trustees[index].state.share)
