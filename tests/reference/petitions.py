# ruff: noqa: N806 - letters as in docs/transcript.md
"""Petitions of which only a test is told: whether the support reaches a threshold, and never how much there is."""

import hashlib
from types import SimpleNamespace
from typing import Any

from tests.reference import forms
from tests.reference.definition import put_to
from tests.reference.groups import require
from tests.reference.methods import outcome, table, yes
from tests.reference.proofs import Transcript, check_proof, ciphertexts, integer, joined, product
from tests.reference.questions import second, weights_of


class Petitions:
    """The tests of all petitions, in the order in which they were opened."""

    def __init__(self, board: Any) -> None:
        """Begin with a board, of which the election, the key and the kept ballots are asked."""
        self.board, self.group = board, board.group
        self.tests: list[SimpleNamespace] = []

    def contest(self, name: str) -> SimpleNamespace:
        found = [c for c in self.board.election.contests if c.id == name and c.question.tested]
        require(found, "no such petition")
        contest: SimpleNamespace = found[0]
        return contest

    def kept(self, contest: SimpleNamespace) -> list[tuple[Any, Any]]:
        """Return credential and answer of each ballot that counts now."""
        return [
            (c, next(a for a in answers if a.contest == contest.id))
            for c, answers in self.board.kept()
            if put_to(contest, c.district)
        ]

    def electorate(self, contest: SimpleNamespace) -> int:
        return sum(c.weight for c in self.board.roll.values() if put_to(contest, c.district))

    def times_left(self, contest: SimpleNamespace) -> list[str]:
        """Return when a test can still be opened, as things stand."""
        times, made = contest.question.times, [test.body.time for test in self.made(contest)]
        left = times[times.index(made[-1]) + 1 :] if made else times
        return [time for time in left if (time == "closing") == self.board.counting.closed]

    def made(self, contest: SimpleNamespace) -> list[SimpleNamespace]:
        return [test for test in self.tests if test.contest is contest]

    def numbers(self, contest: SimpleNamespace) -> dict[str, int]:
        """Return, for each voter, the number of the entry that is the ballot kept now."""
        return {c.voter: self.board.voters[c.voter].number for c, _ in self.kept(contest)}

    def enough(self, contest: SimpleNamespace) -> bool:
        """Tell whether the ballots kept now are those of some test already, or enough of them of none."""
        now = set(self.numbers(contest).values())
        tests = [set(test.numbers.values()) for test in self.made(contest)]
        new = [number for number in now if not any(number in test for test in tests)]
        return now in tests or len(new) >= self.board.election.minimum_group

    def withheld(self, contest: SimpleNamespace) -> int:
        """Return how many voters have another ballot kept, or none, than at the contest's last test."""
        now, made = self.numbers(contest), self.made(contest)
        then: dict[str, int] = made[-1].numbers if made else {}
        return sum(now.get(voter) != then.get(voter) for voter in now.keys() | then.keys())

    def on_threshold_test(self, body: Any, _: str) -> None:
        self.board.polls()
        contest = self.contest(body.contest)
        require(body.time in self.times_left(contest), "not the time of a test")
        require(self.enough(contest), "too few new ballots")
        kept, board = self.kept(contest), self.board
        row = [ciphertexts(self.group, answer.ciphertexts[0], 1)[0] for _, answer in kept]
        c = product(self.group, row, [credential.weight for credential, _ in kept])
        said = (body.size, body.root, body.ballots, body.aggregate)
        require(said == (len(board.leaves), board.root(), len(kept), joined([c])), "not the test of these ballots")
        N = self.electorate(contest)
        T = contest.threshold(N)
        test = SimpleNamespace(contest=contest, body=body, c=c, T=T, m=2 ** max(N, T).bit_length() - 1)
        test.digest = hashlib.sha256(forms.dump(board.raw[-1]["body"])).digest()
        test.shares, test.reached, test.numbers = {}, None, self.numbers(contest)
        self.tests.append(test)

    def under_way(self, body: Any) -> SimpleNamespace:
        """Return the test that an entry is about."""
        self.board.polls()
        named = [t for t in self.tests if (t.contest.id, t.body.time) == (body.contest, body.time)]
        require(named and named[0].reached is None, "no such test is under way")
        return named[0]

    def transcript(self, use: str, author: str, test: SimpleNamespace) -> Transcript:
        t: Transcript = self.board.transcript(use, author, self.board.ceremony.key)
        t.append("test", test.digest)
        return t

    def on_threshold_share(self, body: Any, author: str) -> None:
        test, index = self.under_way(body), int(author.removeprefix("trustee "))
        keys, g, one = self.board.ceremony.share_keys, self.group.generator, self.group.identity
        require(index in keys and index not in test.shares, "not this trustee's to share, or not again")
        D = self.group.element(body.share)
        form = [([g, one], keys[index]), ([test.c[0], second(self.group)], D)]
        t = self.transcript("threshold share", author, test)
        check_proof(self.group, "blinded-decryption", form, [[0, 0]], body.proof, t)
        test.shares[index] = D

    def on_threshold_proof(self, body: Any, author: str) -> None:
        test, chosen, g = self.under_way(body), body.trustees, self.group.generator
        right = len(chosen) == self.board.election.threshold and chosen == sorted(set(chosen) & set(test.shares))
        require(right and int(author.removeprefix("trustee ")) in chosen, "not these trustees")
        # C = c2 / prod_j D_j^lambda_j;  the distance is C / g^T, or g^(T-1) / C
        lagrange = self.board.counting.lagrange(chosen)
        C = self.group.product((test.c[1], 1), *((test.shares[j], -weight) for j, weight in lagrange.items()))
        pair = [(C, 1), (g, -test.T)] if body.reached else [(g, test.T - 1), (C, -1)]
        distance = self.group.product(*pair)
        bits = [self.group.element(data) for data in body.commitments]
        weights, h = weights_of(test.m), second(self.group)
        fits = len(bits) == len(weights) and len(body.proofs) == len(bits) + 1
        require(fits, "not its number of commitments or proofs")
        statements = [("commitment-to-one-of", [([h], P)], [[0], [1]]) for P in bits]
        if bits:
            rest = self.group.product(*zip(bits, weights, strict=True), (distance, -1))
            statements.append(("committed-range", [([h], rest)], [[0]]))
        else:
            statements.append(("commitment-to-one-of", [([h], distance)], [[v] for v in range(test.m + 1)]))
        opening = self.transcript("threshold proof", author, test)
        opening.append("shares", *(part for j in chosen for part in (integer(j), test.shares[j])))
        opening.append("reached", bytes([body.reached]))
        opening.append("commitments", *bits)
        for number, (statement, proof) in enumerate(zip(statements, body.proofs, strict=True), 1):
            t = opening.fork()
            t.append("proof", integer(number))
            check_proof(self.group, *statement, proof, t)
        test.reached = body.reached

    def check_result(self, contest: SimpleNamespace, body: Any) -> None:
        """Check the result of a petition whose box is closed."""
        tests = self.made(contest)
        at_closing = [test for test in tests if test.body.time == "closing"]
        require(at_closing or not self.enough(contest), "the last test is not made")
        require(not tests or tests[-1].reached is not None, "the last test has no end")
        require((body.units, body.counts, body.blank, body.invalid) == ([], [], 0, 0), "a petition tells no counts")
        rows = [(t.body.time, t.body.ballots, t.T, yes(t.reached)) for t in tests if t.reached is not None]
        if not at_closing:
            reason = f"barred: fewer than {self.board.election.minimum_group} new ballots"
            rows.append(("closing", len(self.kept(contest)), contest.threshold(self.electorate(contest)), reason))
        winners = [contest.options[0].id] if tests and tests[-1].reached else []
        expected = outcome("threshold", winners, table("Threshold", ["Time", "Ballots", "Threshold", "Reached"], rows))
        require(body.outcome == (expected if tests else None), "not the outcome")
        require(body.withheld == self.withheld(contest), "withheld")
