"""The naive verifier: reads a record from top to bottom and stops at the first thing that is false.

Written from ``docs/record.md`` and ``docs/transcript.md``. No batching, no streaming, no parallel work, no evote.
"""

import base64
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.reference import definition, forms
from tests.reference.ceremony import ROUNDS, Ceremony
from tests.reference.counting import Counting, Kept
from tests.reference.definition import allowed, put_to
from tests.reference.forms import Absent
from tests.reference.groups import Refuted, frame, group, prime_order_point, require, signed
from tests.reference.petitions import Petitions
from tests.reference.proofs import Statement, Transcript, check_proof, ciphertexts, integer
from tests.reference.questions import Answer

__all__ = ["Absent", "Refuted", "verify"]

WRITES = {
    "operator": ["election", "key-restart", "key", "closing", "aggregate", "threshold-test", "result"],
    "registrar": ["roll", "revocation", "restoration"],
    "trustee": [*ROUNDS, "decryption", "threshold-share", "threshold-proof"],
    "mixer": ["shuffle"],
    "voter": ["ballot"],
}
COUNTED = ["aggregate", "shuffle", "decryption", "result"]


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
    if board.counting.results.keys() != {contest.id for contest in board.election.contests}:
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

    def __init__(self, path: Path, text: bytes) -> None:
        self.path, self.election = path, definition.election(text)
        self.fingerprint = hashlib.sha256(text).digest()
        self.group = group(self.election.group)
        self.absent: list[str] = []
        self.lists: set[bytes] = set()
        self.leaves: list[bytes] = []
        self.raw: list[Any] = []
        self.roll: dict[str, Any] = {}
        self.voters: dict[str, SimpleNamespace] = {}
        self.has_roll = False
        self.ceremony = Ceremony(self.election, self.group, self.transcript)
        self.counting, self.petitions = Counting(self), Petitions(self)

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
        handler: Any = self.ceremony if body.kind.startswith("key") else self
        handler = self.counting if body.kind in COUNTED else handler
        handler = self.petitions if body.kind.startswith("threshold") else handler
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

    def list_lines(self, digest: bytes, count: int, most: int = 1) -> list[bytes]:
        """Return the lines of a list beside the board: ``count`` of them, or up to ``most`` times as many."""
        data = read(self.path / f"lists/{digest.hex()}.jsonl")
        require(hashlib.sha256(data).digest() == digest, "a list is not the one named")
        lines = lines_of(data)
        require(count <= len(lines) <= most * count, "a list is not of its length")
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
        if match is None:
            raise Refuted("the checkpoint is not that of this board")
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
        heaviest = max(contest.question.bound for contest in e.contests)
        require(sum(c.weight for c in credentials) * heaviest < 2**40, "too heavy")
        for contest in e.contests:
            weights = {c.weight for c in credentials if put_to(contest, c.district)}
            require(not contest.question.tested or len(weights) <= 1, "weights that differ, and nothing but a test")
        self.has_roll = True
        self.voters = {v: SimpleNamespace(sequence=0, last=bytes(32), revoked=False) for v in self.roll}

    def voting(self) -> None:
        if not self.has_roll and self.absent:
            raise Absent("the roll is not there")
        require(self.has_roll and self.ceremony.key and not self.counting.closed, "there is no voting now")

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
        state.sequence, state.last = body.sequence, leaf(forms.dump(raw))
        state.number, state.answers = number, body.answers

    def check_answers(self, body: Any, author: str, raw: Any, district: str) -> None:
        contests = [c for c in self.election.contests if put_to(c, district)]
        require([answer.contest for answer in body.answers] == [c.id for c in contests], "not the district's contests")
        bare = {**raw, "answers": [{**answer, "proofs": []} for answer in raw["answers"]]}
        opening = self.transcript("ballot", author, self.ceremony.key)
        opening.append("ballot", signing_message(self.fingerprint, author, bare))
        for contest, answer in zip(contests, body.answers, strict=True):
            question, commitments = contest.question, answer.commitments
            require(len(answer.ciphertexts) == question.width, "not a ciphertext for each part of the answer")
            require(len(commitments) == question.commitments, "not its number of commitments")
            row = [ciphertexts(self.group, data, 1)[0] for data in answer.ciphertexts]
            commitments = [self.group.element(data) for data in commitments]
            options = allowed(contest, district)
            given = Answer(self.group, self.ceremony.key, row, iter(commitments), options)
            statements: list[Statement] = list(question.statements(given))
            require(len(answer.proofs) == len(statements), "not a proof for each statement")
            for number, (statement, proof) in enumerate(zip(statements, answer.proofs, strict=True), 1):
                t = opening.fork()
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
        self.counting.open(body.root, self.kept())

    def kept(self) -> Kept:
        """Return credential and answers of each ballot that counts now, in board order."""
        kept = [(s.number, self.roll[v], s.answers) for v, s in self.voters.items() if s.sequence and not s.revoked]
        return [(c, answers) for _, c, answers in sorted(kept, key=lambda k: k[0])]

    def root(self) -> bytes:
        """Return the root of the board so far."""
        return root(self.leaves)

    def polls(self) -> None:
        """Go on only if there are a roll and a key."""
        if not self.counting.closed:
            self.voting()
