# ruff: noqa: N806 - letters as in docs/transcript.md
"""The naive verifier: reads a record from top to bottom and stops at the first thing that is false.

Written from ``docs/record.md`` and ``docs/transcript.md``. No batching, no streaming, no parallel work, no evote.
"""

import base64
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.reference import forms
from tests.reference.ceremony import ROUNDS, Ceremony
from tests.reference.forms import Absent, allowed, put_to
from tests.reference.groups import Refuted, frame, group, prime_order_point, require, signed
from tests.reference.proofs import (
    Transcript,
    ballot_statements,
    check_proof,
    check_shuffle,
    ciphertexts,
    cut,
    integer,
    joined,
)

__all__ = ["Absent", "Refuted", "verify"]

WRITES = {
    "operator": ["election", "key-restart", "key", "closing", "aggregate", "result"],
    "registrar": ["roll", "revocation", "restoration"],
    "trustee": [*ROUNDS, "decryption"],
    "mixer": ["shuffle"],
    "voter": ["ballot"],
}
Place = tuple[str, str]  # contest, unit


def verify(path: Path | str) -> None:
    """Return if everything in the record is true; raise `Refuted`, or else `Absent`."""
    path = Path(path)
    board = Board(path, read(path / "election.json"))
    for line in lines_of(read(path / "board/entries.jsonl")):
        board.admit(line)
    try:
        board.check_note(read(path / "board/checkpoint"))
    except Absent as error:
        board.absent.append(str(error))
    check_files(path, board.lists)
    if board.results.keys() != {contest.id for contest in board.election.contests}:
        board.absent.append("a result is missing")
    if board.absent:
        raise Absent(board.absent[0])


def read(path: Path) -> bytes:
    require(not os.path.lexists(path) or (path.is_file() and not path.is_symlink()), f"{path.name} is not a file")
    try:
        return path.read_bytes()
    except OSError:
        raise Absent(f"{path.name} cannot be read") from None


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines of a file, each of which ends in a line feed and has something in it."""
    lines = data.split(b"\n")
    require(lines.pop() == b"" and all(lines) and b"\r" not in data, "not lines")
    return lines


def check_files(path: Path, lists: set[bytes]) -> None:
    """Refuse what the record does not name."""
    known = {"election.json", "board/entries.jsonl", "board/checkpoint", *(f"lists/{d.hex()}.jsonl" for d in lists)}
    for found in path.rglob("*"):
        name = found.relative_to(path).as_posix()
        directory = name in ("board", "lists") and found.is_dir()
        require(not found.is_symlink() and (directory or name in known), f"the record does not name {name!r}")


def leaf(line: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + line).digest()


def root(leaves: list[bytes]) -> bytes:
    """Return the Merkle root; RFC 9162, section 2.1.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()


def signing_message(fingerprint: bytes, author: str, body: Any) -> bytes:
    return b"evote entry v1\x00" + fingerprint + frame(author.encode()) + frame(forms.dump(body))


class Board:
    """Where the election stands after the entries so far."""

    def __init__(self, path: Path, definition: bytes) -> None:
        self.path, self.election = path, forms.election(definition)
        self.fingerprint = hashlib.sha256(definition).digest()
        self.group = group(self.election.group)
        self.absent: list[str] = []
        self.lists: set[bytes] = set()
        self.leaves: list[bytes] = []
        self.raw: list[Any] = []
        self.roll: dict[str, Any] = {}
        self.voters: dict[str, SimpleNamespace] = {}
        self.has_roll = self.closed = False
        self.ceremony = Ceremony(self.election, self.group, self.transcript)
        self.units: dict[str, list[Any]] = {}
        self.work: dict[Place, SimpleNamespace] = {}
        self.results: dict[str, Any] = {}

    # --- every entry ---

    def admit(self, line: bytes) -> None:
        """Check an entry, and let it change the state."""
        raw = forms.load(line)
        entry = forms.ENTRY(raw)
        author, body, number = entry.author, entry.body, len(self.leaves)
        role = author.split(" ")[0]
        require(body.kind in WRITES.get(role, []), f"entry {number}: not for {author} to write")
        require(
            (number == 0) == (body.kind == "election"), f"entry {number}: the first entry, and only it, is the election"
        )
        if role != "voter":
            require(author in self.election.keys, f"entry {number}: no such role")
            self.check_signature(self.election.keys[author], author, raw, entry.signature)
        handler = self.ceremony if body.kind.startswith("key") else self
        handle: Callable[..., None] = getattr(handler, "on_" + body.kind.replace("-", "_"))
        self.raw.append(raw)
        try:
            handle(body, author)
        except Absent as error:
            self.absent.append(str(error))
        except Refuted as error:
            raise Refuted(f"entry {number}: {error}") from None
        self.leaves.append(leaf(line))
        self.lists |= {
            getattr(body, name) for name in ("credentials", "output", "vectors", "shares") if hasattr(body, name)
        }

    def check_signature(self, key: bytes, author: str, raw: Any, signature: bytes) -> None:
        require(signed(key, signing_message(self.fingerprint, author, raw["body"]), signature), "signature")

    def list_lines(self, digest: bytes, count: int) -> list[bytes]:
        """Return the lines of a list beside the board."""
        data = read(self.path / f"lists/{digest.hex()}.jsonl")
        require(hashlib.sha256(data).digest() == digest, "a list is not the one named")
        lines = lines_of(data)
        require(len(lines) == count, "a list is not of its length")
        return lines

    def transcript(self, use: str, author: str, key: bytes = b"") -> Transcript:
        t = Transcript(use)
        t.append("suite", self.election.format.encode(), self.election.group.encode())
        t.append("election", self.fingerprint)
        t.append("joint key", key)
        t.append("author", author.encode())
        return t

    def check_note(self, note: bytes) -> None:
        """Check the signed checkpoint."""
        top = f"evote/{self.fingerprint.hex()}\n{len(self.leaves)}\n{base64.b64encode(root(self.leaves)).decode()}\n"
        text, key = top.encode(), self.election.operator.key
        key_hash = hashlib.sha256(b"operator\n\x01" + key).digest()[:4]
        match = re.fullmatch(re.escape(text) + "\n— operator ([A-Za-z0-9+/]{91}=)\n".encode(), note)
        require(match is not None, "the checkpoint is not that of this board")
        payload = forms.blob(68, 68)(match[1].decode())
        require(payload[:4] == key_hash and signed(key, text, payload[4:]), "the operator did not sign the checkpoint")

    def on_election(self, body: Any, _: str) -> None:
        require(body.fingerprint == self.fingerprint, "the board of another election")

    # --- voting ---

    def on_roll(self, body: Any, _: str) -> None:
        require(not self.has_roll, "a second roll")
        credentials = [forms.CREDENTIAL(forms.load(line)) for line in self.list_lines(body.credentials, body.count)]
        e, districts = self.election, [district.id for district in self.election.districts]
        for c in credentials:
            prime_order_point(c.key)
            require(c.district in districts and c.stratum in (e.strata or [""]), "an unknown district or stratum")
        self.roll = {c.voter: c for c in credentials}
        keys = {c.key for c in credentials}
        require(len(self.roll) == len(keys) == len(credentials), "a voter or a key twice")
        heaviest = max(contest.bound for contest in e.contests)
        require(sum(c.weight for c in credentials) * heaviest < 2**40, "too heavy")
        self.has_roll = True
        self.voters = {v: SimpleNamespace(sequence=0, last=bytes(32), number=-1, revoked=False) for v in self.roll}

    def voting(self) -> None:
        if not self.has_roll and self.absent:
            raise Absent("the roll is not there")
        require(self.has_roll and self.ceremony.key and not self.closed, "there is no voting now")

    def on_ballot(self, body: Any, author: str) -> None:
        self.voting()
        number, raw = len(self.leaves), self.raw[-1]
        voter = author.removeprefix("voter ")
        require(author.startswith("voter ") and voter in self.roll, "not on the roll")
        credential, state = self.roll[voter], self.voters[voter]
        follows = (body.sequence, body.previous) == (state.sequence + 1, state.last)
        require(follows, "not the voter's next ballot")
        self.check_signature(credential.key, author, raw, forms.ENTRY(raw).signature)
        self.check_answers(body, author, raw["body"], credential.district)
        state.sequence, state.last, state.number = body.sequence, leaf(forms.dump(raw)), number

    def check_answers(self, body: Any, author: str, raw: Any, district: str) -> None:
        contests = [c for c in self.election.contests if put_to(c, district)]
        require([answer.contest for answer in body.answers] == [c.id for c in contests], "not the district's contests")
        bare = {**raw, "answers": [{**answer, "proofs": []} for answer in raw["answers"]]}
        opening = self.transcript("ballot", author, self.ceremony.key)
        opening.append("ballot", signing_message(self.fingerprint, author, bare))
        for contest, answer in zip(contests, body.answers, strict=True):
            require(len(answer.ciphertexts) == contest.width, "not a ciphertext for each part of the answer")
            row = [ciphertexts(self.group, data, 1)[0] for data in answer.ciphertexts]
            statements = list(
                ballot_statements(self.group, self.ceremony.key, contest, row, allowed(contest, district))
            )
            require(len(answer.proofs) == len(statements), "not a proof for each statement")
            for number, (statement, proof) in enumerate(zip(statements, answer.proofs, strict=True), 1):
                t = Transcript("")
                t.data = opening.data
                t.append("proof", contest.id.encode(), integer(number))
                check_proof(self.group, *statement, proof, t)

    def on_revocation(self, body: Any, _: str) -> None:
        self.voting()
        require(body.voter in self.roll, "not on the roll")
        require(self.voters[body.voter].revoked != (body.kind == "revocation"), "nothing changes")
        self.voters[body.voter].revoked = body.kind == "revocation"

    on_restoration = on_revocation

    def on_closing(self, body: Any, _: str) -> None:
        self.voting()
        voted = [state for state in self.voters.values() if state.sequence]
        ballots, revoked = sum(state.sequence for state in voted), sum(state.revoked for state in voted)
        require((body.size, body.root) == (len(self.leaves), root(self.leaves)), "not this board")
        stated = (body.ballots, body.superseded, body.revoked, body.kept)
        require(stated == (ballots, ballots - len(voted), revoked, len(voted) - revoked), "not these counts")
        self.closed = True
        kept = [
            (state.number, self.roll[v]) for v, state in self.voters.items() if state.sequence and not state.revoked
        ]
        for contest in self.election.contests:
            self.sort(contest, [(n, c) for n, c in sorted(kept, key=lambda k: k[0]) if put_to(contest, c.district)])

    # --- counting ---

    def sort(self, contest: Any, kept: list[tuple[int, Any]]) -> None:
        """Sort the kept ballots of a contest into units, and determine the first list of each."""
        minimum = self.election.minimum_group
        cells = Counter((c.district, c.stratum, c.weight) for _, c in kept)
        self.units[contest.id] = partition(cells, minimum)
        for unit in self.units[contest.id]:
            if unit.ballots < minimum:
                continue
            members = [n for n, c in kept if (c.district, c.stratum, c.weight) in unit.cells]
            answers = [a for n in members for a in self.raw[n]["body"]["answers"] if a["contest"] == contest.id]
            rows = [
                ciphertexts(self.group, b"".join(map(base64.b64decode, a["ciphertexts"])), contest.width)
                for a in answers
            ]
            work = SimpleNamespace(contest=contest, unit=unit, mixed=0, ready=False, shares={}, posted=set())
            if not contest.mixed:
                rows = [[self.product_of(column) for column in zip(*rows, strict=True)]]
            work.rows, work.digest = rows, digest([joined(row) for row in rows])
            self.work[contest.id, unit.name] = work

    def product_of(self, column: Any) -> tuple[bytes, bytes]:
        first, second = (self.group.product(*((c[half], 1) for c in column)) for half in (0, 1))
        return first, second

    def counting(self, body: Any) -> SimpleNamespace:
        """Return the work on the unit that an entry names."""
        if not self.closed and self.absent:
            raise Absent("what this builds on is not there")
        require(self.closed and (body.contest, body.unit) in self.work, "no such unit is open")
        return self.work[body.contest, body.unit]

    def on_aggregate(self, body: Any, _: str) -> None:
        work = self.counting(body)
        require(not work.contest.mixed and not work.ready, "no aggregate is due")
        require(body.ciphertexts == [joined([c]) for c in work.rows[0]], "not the product of the ballots")
        work.ready = True

    def on_shuffle(self, body: Any, author: str) -> None:
        work = self.counting(body)
        due = work.contest.mixed and work.mixed < len(self.election.mixers) and author == f"mixer {work.mixed + 1}"
        require(due and body.input == work.digest, "not the next shuffle of this list")
        before, work.rows = work.rows, None
        work.digest, work.mixed = body.output, work.mixed + 1
        work.ready = work.mixed == len(self.election.mixers)
        if before is None:
            raise Absent("the list that is shuffled is not there")
        width, count = work.contest.width, len(before)
        after = [ciphertexts(self.group, row, width) for row in self.byte_rows(body.output, count)]
        t = self.about(body, "shuffle", author, body.input, body.output)
        check_shuffle(self.group, self.ceremony.key, before, after, self.list_lines(body.vectors, count), body.proof, t)
        work.rows = after

    def byte_rows(self, digest: bytes, count: int) -> list[bytes]:
        return [forms.blob()(forms.load(line)) for line in self.list_lines(digest, count)]

    def about(self, body: Any, use: str, author: str, *digests: bytes) -> Transcript:
        t = self.transcript(use, author, self.ceremony.key)
        t.append("place", body.contest.encode(), body.unit.encode())
        t.append("lists", *digests)
        return t

    def on_decryption(self, body: Any, author: str) -> None:
        work, index = self.counting(body), int(author.removeprefix("trustee "))
        require(work.ready and body.input == work.digest, "not the list to decrypt")
        if work.rows is None:
            raise Absent("the list that is decrypted is not there")
        require(
            index in self.ceremony.share_keys and index not in work.posted,
            "not this trustee's to decrypt, or not again",
        )
        work.posted.add(index)
        width, share_key, g = len(work.rows[0]), self.ceremony.share_keys[index], self.group.generator
        rows = [cut(row, [self.group.size] * width) for row in self.byte_rows(body.shares, len(work.rows))]
        d = [self.group.element(part) for row in rows for part in row]
        c1 = [c[0] for row in work.rows for c in row]
        t = self.about(body, "decryption", author, body.input, body.shares)
        t.append("share key", share_key)
        rho = t.challenges("rho", 128, len(c1))
        # C = prod c1_i^rho_i,  D = prod d_i^rho_i
        C, D = (self.group.product(*zip(elements, rho, strict=True)) for elements in (c1, d))
        check_proof(self.group, "decryption.proof", [(g, share_key), (C, D)], [[0, 0]], body.proof, t)
        work.shares[index] = d

    def plaintexts(self, work: SimpleNamespace) -> list[list[bytes]]:
        """Return m = c2 / prod_j d_j^lambda_j for every ciphertext, from t shares."""
        t, q = self.election.threshold, self.group.order
        if work.rows is None or len(work.shares) < t:
            raise Absent("a list or a share is not there")
        chosen = sorted(work.shares)[:t]
        weights = dict.fromkeys(chosen, 1)
        for j in chosen:
            for m in chosen:
                weights[j] = weights[j] * (m * pow(m - j, -1, q) if m != j else 1) % q
        numbers = iter(range(sum(map(len, work.rows))))
        return [[self.message(c[1], work.shares, weights, next(numbers)) for c in row] for row in work.rows]

    def message(self, c2: bytes, shares: dict[int, list[bytes]], weights: dict[int, int], i: int) -> bytes:
        return self.group.product((c2, 1), *((shares[j][i], -weight) for j, weight in weights.items()))

    def on_result(self, body: Any, _: str) -> None:
        if not self.closed and self.absent:
            raise Absent("what this builds on is not there")
        contest = {c.id: c for c in self.election.contests}.get(body.contest)
        require(self.closed and contest and contest.id not in self.results, "no result is due")
        opened = [work for (name, _), work in self.work.items() if name == contest.id]
        for work in opened:
            require(work.ready, "the list to decrypt is not determined")
            require(work.rows is None or len(work.posted) >= self.election.threshold, "too few shares")
        units = [self.count(work, self.plaintexts(work)) for work in opened]
        totals = [sum(u.weight * u.counts[i] for u in units) for i in range(len(contest.options))]
        require(body.units == units and body.counts == totals, "not the result")
        require(body.blank == sum(u.weight * u.blank for u in units), "not the blank votes")
        require(body.invalid == sum(u.weight * u.invalid for u in units), "not the invalid votes")
        least = self.election.minimum_group
        require(body.withheld == sum(u.ballots for u in self.units[contest.id] if u.ballots < least), "withheld")
        self.results[contest.id] = body

    def count(self, work: SimpleNamespace, plaintexts: list[list[bytes]]) -> SimpleNamespace:
        """Return what a unit's decrypted list says."""
        contest, unit, rules = work.contest, work.unit, work.contest.rules
        bound = contest.bound if contest.mixed else unit.ballots
        small = {self.group.product((self.group.generator, m)): m for m in range(bound + 1)}
        counts, blank, invalid = [0] * len(contest.options), 0, []
        if contest.mixed:
            open_to = {option for cell in unit.cells for option in allowed(contest, cell[0])}
            for (message,) in plaintexts:
                choice = small.get(message)
                if choice in open_to:
                    counts[choice - 1] += 1
                elif choice == 0 and rules.blank:
                    blank += 1
                else:
                    invalid.append(message)
        else:
            sums = [small.get(message, -1) for message in plaintexts[0]]
            counts, blank = sums[: len(counts)], sums[-1] if rules.blank else 0
            marked = unit.ballots - blank
            possible = min(sums) >= 0 and max(counts) <= marked
            require(
                possible and rules.minimum * marked <= sum(counts) <= rules.maximum * marked, "no ballots give this"
            )
        return SimpleNamespace(
            unit=unit.name, ballots=unit.ballots, weight=unit.cells[0][2],
            counts=counts, blank=blank, invalid=len(invalid), invalid_elements=invalid,
        )  # fmt: skip


def digest(rows: list[bytes]) -> bytes:
    """Return the SHA-256 of the list's file."""
    return hashlib.sha256(b"".join(forms.dump(base64.b64encode(row).decode()) + b"\n" for row in rows)).digest()


def partition(cells: dict[tuple[str, str, int], int], minimum: int) -> list[SimpleNamespace]:
    """Return the units, sorted by name: merged within district and weight, then within weight, while too small."""
    units = [unit_of([cell], ballots) for cell, ballots in cells.items()]
    for parent in (lambda u: (u.cells[0][2], u.cells[0][0]), lambda u: (u.cells[0][2],)):
        merged = []
        for _, group_ in groupby(sorted(units, key=parent), parent):
            siblings = sorted(group_, key=lambda u: (u.ballots, u.name))
            while len(siblings) > 1 and siblings[0].ballots < minimum:
                first, second, *rest = siblings
                both = unit_of(first.cells + second.cells, first.ballots + second.ballots)
                siblings = sorted([both, *rest], key=lambda u: (u.ballots, u.name))
            merged += siblings
        units = merged
    return sorted(units, key=lambda u: u.name)


def unit_of(cells: list[tuple[str, str, int]], ballots: int) -> SimpleNamespace:
    names = sorted(d + (f"/{s}" if s else "") + (f"/x{w}" if w != 1 else "") for d, s, w in cells)
    return SimpleNamespace(cells=cells, ballots=ballots, name="+".join(names))
