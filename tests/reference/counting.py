# ruff: noqa: N806 - letters as in docs/transcript.md
"""From the closed box to the results: units, lists, shuffles, decryptions, counts, decisions."""

import base64
import hashlib
from collections import Counter
from types import SimpleNamespace
from typing import Any

from tests.reference import forms
from tests.reference.definition import allowed, put_to
from tests.reference.forms import Absent
from tests.reference.groups import frame, require
from tests.reference.proofs import Transcript, check_proof, ciphertexts, cut, joined, product
from tests.reference.shuffles import SHUFFLES

Place = tuple[str, str]  # contest, unit
Kept = list[tuple[Any, list[Any]]]  # credential and answers of each kept ballot, in board order


class Counting:
    """What is known of each unit's list; nothing may come before the box is closed."""

    def __init__(self, board: Any) -> None:
        """Begin with a board, of which the election, the key and the lists are asked."""
        self.board, self.election, self.group = board, board.election, board.group
        self.closed, self.root = False, b""
        self.units: dict[str, list[Any]] = {}
        self.work: dict[Place, SimpleNamespace] = {}
        self.results: dict[str, Any] = {}
        self.committed: list[list[bytes]] = []

    def open(self, root: bytes, kept: Kept) -> None:
        """Sort the kept ballots into units, and determine the first list of each."""
        self.closed, self.root = True, root
        for contest in self.election.contests:
            if not contest.question.tested:
                self.sort(contest, [(c, answers) for c, answers in kept if put_to(contest, c.district)])

    def sort(self, contest: Any, kept: Kept) -> None:
        minimum = self.election.minimum_group
        cells = Counter((c.district, c.stratum, c.weight) for c, _ in kept)
        options = {d.id: frozenset(allowed(contest, d.id)) for d in self.election.districts}
        self.units[contest.id] = partition(cells, minimum, options)
        for unit in self.units[contest.id]:
            if unit.ballots < minimum:
                continue
            members = [answers for c, answers in kept if (c.district, c.stratum, c.weight) in unit.cells]
            answers = [answer for given in members for answer in given if answer.contest == contest.id]
            question = contest.question
            rows = [ciphertexts(self.group, b"".join(a.ciphertexts), question.width) for a in answers]
            work = SimpleNamespace(contest=contest, unit=unit, mixed=0, ready=False, shares={}, posted=set())
            if question.mixed:
                rows = [question.mixed_row(self.group, row) for row in rows]
            else:
                rows = [[product(self.group, column, [1] * len(column)) for column in zip(*rows, strict=True)]]
            work.rows, work.digest = rows, digest([joined(row) for row in rows])
            self.work[contest.id, unit.name] = work

    def place(self, body: Any) -> SimpleNamespace:
        """Return the work on the unit that an entry names."""
        self.due()
        require((body.contest, body.unit) in self.work, "no such unit is open")
        return self.work[body.contest, body.unit]

    def due(self) -> None:
        if not self.closed and self.board.absent:
            raise Absent("what this builds on is not there")
        require(self.closed, "the box is not closed")

    def on_aggregate(self, body: Any, _: str) -> None:
        work = self.place(body)
        require(not work.contest.question.mixed and not work.ready, "no aggregate is due")
        require(body.ciphertexts == [joined([c]) for c in work.rows[0]], "not the product of the ballots")
        work.ready = True

    def on_shuffle(self, body: Any, author: str) -> None:
        work, question, mixers = self.place(body), self.place(body).contest.question, len(self.election.mixers)
        due = question.mixed and work.mixed < mixers and author == f"mixer {work.mixed + 1}"
        require(due and body.input == work.digest, "not the next shuffle of this list")
        before, work.rows = work.rows, None
        work.digest, work.mixed = body.output, work.mixed + 1
        work.ready = work.mixed == mixers
        if before is None:
            raise Absent("the list that is shuffled is not there")
        after = [ciphertexts(self.group, row, question.columns) for row in self.byte_rows(body.output, len(before))]
        check, most = SHUFFLES[self.election.shuffle]
        lines = self.board.list_lines(body.vectors, len(before), most)
        y = self.board.ceremony.key
        u = check(self.group, y, body, before, after, lines, self.board.transcript("shuffle", author, y))
        require(u not in self.committed, "a permutation commitment that has served")
        self.committed.append(u)
        work.rows = after

    def byte_rows(self, digest: bytes, count: int) -> list[bytes]:
        return [forms.blob()(forms.load(line)) for line in self.board.list_lines(digest, count)]

    def about(self, body: Any, use: str, author: str, *digests: bytes) -> Transcript:
        t: Transcript = self.board.transcript(use, author, self.board.ceremony.key)
        t.append("place", body.contest.encode(), body.unit.encode())
        t.append("lists", *digests)
        return t

    def on_decryption(self, body: Any, author: str) -> None:
        work, index = self.place(body), int(author.removeprefix("trustee "))
        require(work.ready and body.input == work.digest, "not the list to decrypt")
        if work.rows is None:
            raise Absent("the list that is decrypted is not there")
        share_keys = self.board.ceremony.share_keys
        require(index in share_keys and index not in work.posted, "not this trustee's to decrypt, or not again")
        work.posted.add(index)
        width, g = len(work.rows[0]), self.group.generator
        rows = [cut(row, [self.group.size] * width) for row in self.byte_rows(body.shares, len(work.rows))]
        d = [self.group.element(part) for row in rows for part in row]
        c1 = [c[0] for row in work.rows for c in row]
        t = self.about(body, "decryption", author, body.input, body.shares)
        t.append("share key", share_keys[index])
        rho = t.challenges("rho", 128, len(c1))
        # C = prod c1_i^rho_i,  D = prod d_i^rho_i
        C, D = (self.group.product(*zip(elements, rho, strict=True)) for elements in (c1, d))
        form = [([g], share_keys[index]), ([C], D)]
        check_proof(self.group, "decryption.proof", form, [[0, 0]], body.proof, t)
        work.shares[index] = d

    def plaintexts(self, work: SimpleNamespace) -> list[list[bytes]]:
        """Return m = c2 / prod_j d_j^lambda_j for every ciphertext, from t shares."""
        t = self.election.threshold
        if work.rows is None or len(work.shares) < t:
            raise Absent("a list or a share is not there")
        weights = self.lagrange(sorted(work.shares)[:t])
        numbers = iter(range(sum(map(len, work.rows))))
        return [[self.message(c[1], work.shares, weights, next(numbers)) for c in row] for row in work.rows]

    def lagrange(self, chosen: list[int]) -> dict[int, int]:
        """Return lambda_j = prod_{m != j} m / (m - j) mod q."""
        q, weights = self.group.order, dict.fromkeys(chosen, 1)
        for j in chosen:
            for m in chosen:
                weights[j] = weights[j] * (m * pow(m - j, -1, q) if m != j else 1) % q
        return weights

    def message(self, c2: bytes, shares: dict[int, list[bytes]], weights: dict[int, int], i: int) -> bytes:
        return self.group.product((c2, 1), *((shares[j][i], -weight) for j, weight in weights.items()))

    def on_result(self, body: Any, _: str) -> None:
        self.due()
        contests = {c.id: c for c in self.election.contests}
        require(body.contest in contests and body.contest not in self.results, "no result is due")
        contest = contests[body.contest]
        if contest.question.tested:
            self.board.petitions.check_result(contest, body)
            self.results[contest.id] = body
            return
        opened = [work for (name, _), work in self.work.items() if name == contest.id]
        for work in opened:
            require(work.ready, "the list to decrypt is not determined")
            require(work.rows is None or len(work.posted) >= self.election.threshold, "too few shares")
        rankings: Counter[tuple[int, ...]] = Counter()
        units = [self.count(work, self.plaintexts(work), rankings) for work in opened]
        totals = [sum(u.weight * u.counts[i] for u in units) for i in range(len(contest.options))]
        require(body.units == units and body.counts == totals, "not the result")
        require(body.blank == sum(u.weight * u.blank for u in units), "not the blank votes")
        require(body.invalid == sum(u.weight * u.invalid for u in units), "not the invalid votes")
        least = self.election.minimum_group
        require(body.withheld == sum(u.ballots for u in self.units[contest.id] if u.ballots < least), "withheld")
        ballots = sorted((list(ranking), weight) for ranking, weight in rankings.items() if ranking)
        lot = hashlib.sha256(frame(self.root) + frame(contest.id.encode())).digest()
        electorate = self.board.petitions.electorate(contest)
        figures = SimpleNamespace(counts=totals, ballots=ballots, lot=lot, electorate=electorate)
        require(body.outcome == (contest.decide(figures) if contest.decide else None), "not the outcome")
        self.results[contest.id] = body

    def count(
        self, work: SimpleNamespace, plaintexts: list[list[bytes]], rankings: "Counter[tuple[int, ...]]"
    ) -> SimpleNamespace:
        """Return what a unit's decrypted list says; add what was ranked to the rankings, by weight."""
        unit, question = work.unit, work.contest.question
        bound, weight = question.bound * (1 if question.mixed else unit.ballots), unit.cells[0][2]
        small = {self.group.product((self.group.generator, m)): m for m in range(bound + 1)}
        exponents = [[small.get(message, -1) for message in row] for row in plaintexts]
        counts, blank, invalid = [0] * question.n, 0, []
        if question.mixed:
            open_to = set(allowed(work.contest, unit.cells[0][0]))
            for row, messages in zip(exponents, plaintexts, strict=True):
                chosen = question.read(row) if min(row) >= 0 else None
                if chosen is None or not set(chosen) <= open_to:
                    invalid.append(b"".join(messages))
                    continue
                for option in chosen[:1]:
                    counts[option - 1] += 1
                blank += not chosen
                rankings[tuple(chosen)] += weight * question.ranked
        else:
            require(min(exponents[0]) >= 0, "no ballots give this")
            counts, blank = question.totals(exponents[0], unit.ballots)
        return SimpleNamespace(
            unit=unit.name, ballots=unit.ballots, weight=weight,
            counts=counts, blank=blank, invalid=len(invalid), invalid_elements=invalid,
        )  # fmt: skip


def digest(rows: list[bytes]) -> bytes:
    """Return the SHA-256 of the list's file."""
    return hashlib.sha256(b"".join(forms.dump(base64.b64encode(row).decode()) + b"\n" for row in rows)).digest()


def partition(
    cells: dict[tuple[str, str, int], int], minimum: int, options: dict[str, frozenset[int]]
) -> list[SimpleNamespace]:
    """Return the units, sorted by name, joined while too small.

    First those of one weight and district, then those of one weight whose districts may choose the same options.
    """
    units = [unit_of([cell], ballots) for cell, ballots in cells.items()]
    for same in (lambda district: district, lambda district: options[district]):
        parents: dict[Any, list[SimpleNamespace]] = {}
        for unit in units:
            district, _, weight = unit.cells[0]
            parents.setdefault((same(district), weight), []).append(unit)
        units = [unit for siblings in parents.values() for unit in joined_up(siblings, minimum)]
    return sorted(units, key=lambda u: u.name)


def joined_up(units: list[SimpleNamespace], minimum: int) -> list[SimpleNamespace]:
    units = sorted(units, key=lambda u: (u.ballots, u.name))
    while len(units) > 1 and units[0].ballots < minimum:
        first, second, *rest = units
        both = unit_of(first.cells + second.cells, first.ballots + second.ballots)
        units = sorted([both, *rest], key=lambda u: (u.ballots, u.name))
    return units


def unit_of(cells: list[tuple[str, str, int]], ballots: int) -> SimpleNamespace:
    names = sorted(d + (f"/{s}" if s else "") + (f"/x{w}" if w != 1 else "") for d, s, w in cells)
    return SimpleNamespace(cells=cells, ballots=ballots, name="+".join(names))
