"""The key ceremony: four rounds, faults that name a trustee, restarts, the joint key."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from tests.reference import box
from tests.reference.groups import Group, Refuted, require
from tests.reference.proofs import Transcript, check_proof, integer

ROUNDS = ["key-commitment", "key-opening", "key-boxes", "key-verdict"]


class Ceremony:
    """Where the ceremony stands after the entries so far; ``key`` is empty until it has come to a good end."""

    def __init__(self, election: SimpleNamespace, group: Group, transcript: Callable[[str, str], Transcript]) -> None:
        self.election, self.group, self.transcript = election, group, transcript
        self.key = b""
        self.share_keys: dict[int, bytes] = {}
        self.begin(1, range(1, len(election.trustees) + 1))

    def begin(self, number: int, participants: Iterable[int]) -> None:
        """Start an attempt."""
        self.attempt, self.participants = number, list(participants)
        self.rounds: list[dict[int, Any]] = [{}, {}, {}, {}]
        self.faults: set[int] = set()

    @property
    def round(self) -> int:
        """The round under way, from 0; 4 when all are complete."""
        return sum(len(done) == len(self.participants) for done in self.rounds)

    def said(self, body: Any, author: str) -> int:
        """Check that a trustee's message is due, note it, and return the trustee's index."""
        index, round_ = int(author.removeprefix("trustee ")), self.round
        due = round_ < 4 and body.kind == ROUNDS[round_] and body.attempt == self.attempt
        require(due and not self.key and not self.faults, "not due in this round")
        require(index in self.participants and index not in self.rounds[round_], "not due from this trustee")
        self.rounds[round_][index] = body
        return index

    def on_key_commitment(self, body: Any, author: str) -> None:
        used = [key for other in self.rounds[0].values() for key in other.box_keys]
        self.said(body, author)
        fresh = len({*used, *body.box_keys}) == len(used) + len(self.participants)
        require(len(body.box_keys) == len(self.participants) and fresh, "box keys")
        for key in body.box_keys:
            box.check_key(key)

    def on_key_opening(self, body: Any, author: str) -> None:
        index = self.said(body, author)
        require(len(body.coefficients) == self.election.threshold, "the degree is not t - 1")
        t = self.transcript("key commitment", author)
        t.append("attempt", integer(body.attempt))
        t.append("coefficients", *body.coefficients)
        t.append("proof", body.proof)
        t.append("nonce", body.nonce)
        committed = t.challenges("commitment", 256, 1)[0].to_bytes(32, "big") == self.rounds[0][index].commitment
        t = self.transcript("possession", author)
        t.append("attempt", integer(body.attempt))
        t.append("coefficients", *body.coefficients)
        try:
            require(committed, "not what was committed to")
            a = [self.group.element(data) for data in body.coefficients]
            require(self.group.identity not in (a[0], a[-1]), "a coefficient is the identity")
            check_proof(self.group, "possession", [([self.group.generator], a[0])], [[0]], body.proof, t)
        except Refuted:
            self.faults.add(index)

    def on_key_boxes(self, body: Any, author: str) -> None:
        self.said(body, author)
        sizes = [len(each) for each in body.boxes]
        require(sizes == [48 + self.group.scalar_size] * len(self.participants), "boxes")

    def on_key_verdict(self, body: Any, author: str) -> None:
        index = self.said(body, author)
        dealers = [complaint.dealer for complaint in body.complaints]
        require(dealers == sorted(set(dealers)) and set(dealers) <= set(self.participants), "complaints")
        for complaint in body.complaints:
            self.faults.add(self.guilty(index, complaint.dealer, complaint.secret))

    def guilty(self, receiver: int, dealer: int, secret: bytes) -> int:
        """Return who is at fault: open the box that the receiver complains of."""
        to, by = self.participants.index(receiver), self.participants.index(dealer)
        try:
            require(box.public_key(secret) == self.rounds[0][receiver].box_keys[by], "not the secret of this box")
        except Refuted:
            return receiver
        try:
            share = self.group.scalar(box.open_box(secret, self.rounds[2][dealer].boxes[to]))
            coefficients = self.rounds[1][dealer].coefficients
            right = self.at(coefficients, receiver) == self.group.product((self.group.generator, share))
        except Refuted:
            return dealer
        return receiver if right else dealer

    def at(self, coefficients: list[bytes], index: int) -> bytes:
        """Return prod_k A_k^{index^k}."""
        return self.group.product(*((a, index**k) for k, a in enumerate(coefficients)))

    def on_key_restart(self, body: Any, _: str) -> None:
        out, round_ = body.disqualified, self.round
        absent = set(self.participants) - set(self.rounds[round_]) if round_ < 4 else set()
        require(body.attempt == self.attempt and not self.key, "no restart is due")
        require(out and out == sorted(set(out)), "not in order")
        require(set(out) == self.faults if self.faults else set(out) <= absent, "not the guilty, or not the absent")
        rest = [index for index in self.participants if index not in out]
        require(len(rest) >= self.election.threshold, "too few trustees are left")
        self.begin(self.attempt + 1, rest)

    def on_key(self, body: Any, _: str) -> None:
        require(not self.key and self.round == 4 and not self.faults, "the ceremony has not come to a good end")
        dealt = [self.rounds[1][index].coefficients for index in self.participants]
        joint = [self.group.product(*((a, 1) for a in column)) for column in zip(*dealt, strict=True)]
        require(body.attempt == self.attempt and body.trustees == self.participants, "not this attempt")
        require(body.key == joint[0] != self.group.identity, "not the joint key")
        self.key = joint[0]
        self.share_keys = {index: self.at(joint, index) for index in self.participants}
