"""The documents say what the program does: every value they quote is recomputed, every example is read."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from evote.ballot.receipt import ballot_randomness, decode_ticket
from evote.crypto.elgamal import PublicKey, decode_ciphertexts
from evote.crypto.group import group
from evote.crypto.modp_parameters import ELECTIONGUARD_G, ELECTIONGUARD_P
from evote.crypto.pedersen import second_generator
from evote.crypto.relation import Statement, bind, decode_proof
from evote.crypto.rows import Rows
from evote.crypto.threshold import commitment_at, joint_coefficients
from evote.crypto.transcript import Transcript
from evote.formats.native.reader import NativeRecord
from evote.mixnet.cascade import shuffle_transcript
from evote.mixnet.shuffle import Generators, ShuffleStatement
from evote.mixnet.terelius_wikstrom.proof import batching_vector, challenge, decode
from evote.procedure.machine import WRITERS
from evote.questions.question import Sealed
from evote.record import canonical, entries
from evote.record.audit import Audit
from evote.record.board import OPERATOR, Receipt, key_hash
from evote.record.context import ballot_transcript, list_transcript, proof_transcript
from evote.record.entries import Body, Credential, Entry, decode_entry, signing_message
from evote.record.lists import list_digest, read_list
from evote.record.manifest import Contest, Election, election_from_toml
from evote.record.merkle import MerkleLog, leaf_hash
from evote.record.replies import Refusal
from evote.record.units import Place
from evote.tally.ceremony import Ceremony, possession, possession_transcript
from evote.tally.decryption import share_statement, share_vector
from evote.tally.petition import PetitionTests
from evote.verify import CHECKS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
VECTORS = Path(__file__).parent / "vectors" / "record"
RECORD, TRANSCRIPT = DOCS / "record.md", DOCS / "transcript.md"
LONG_HEX = re.compile(r"\b[0-9a-f]{32,}\b")


@cache
def record(name: str) -> NativeRecord:
    return NativeRecord(VECTORS / name)


@cache
def lines(name: str) -> list[bytes]:
    return list(record(name).lines())


def entry(name: str, number: int) -> Entry:
    return decode_entry(lines(name)[number])


def body(name: str, number: int) -> Any:
    return entry(name, number).body


def root(name: str, size: int) -> bytes:
    log = MerkleLog()
    for line in lines(name):
        log.append(leaf_hash(line))
    return log.root_at(size)


def joint_key(name: str) -> PublicKey:
    (key,) = (b for b in (decode_entry(line).body for line in lines(name)) if isinstance(b, entries.JointKey))
    return PublicKey(record(name).election.algebra.decode(key.key))


def proof_challenge(statement: Statement, data: bytes, transcript: Transcript) -> bytes:
    bind(statement, transcript)
    proof = decode_proof(statement, data)
    transcript.append("commitment", *(element for part in proof.commitments for element in part))
    return transcript.challenge("challenge", 252).to_bytes(32, "big")


def opening_values() -> Iterator[tuple[str, bytes]]:
    election, said = record("sum").election, body("sum", 19)
    yield "commitment of entry 16", body("sum", 16).commitment
    statement = possession(election.algebra.decode(said.coefficients[0]))
    transcript = possession_transcript(election, "trustee 1", 2, said.coefficients)
    yield "challenge of entry 19", proof_challenge(statement, said.proof, transcript)


def ballot_values() -> Iterator[tuple[str, bytes]]:
    election, key, ballot, author = record("sum").election, joint_key("sum"), body("sum", 29), entry("sum", 29).author
    bare = json.loads(canonical.encode(ballot))
    for answer in bare["answers"]:
        answer["proofs"] = []
    said = entries.SIGNING_DOMAIN + election.fingerprint
    for part in (author.encode(), json.dumps(bare, sort_keys=True, separators=(",", ":")).encode()):
        said += len(part).to_bytes(8, "big") + part
    yield "message of entry 29", hashlib.sha256(said).digest()
    (contest, *_), (answer, *_) = election.contests, ballot.answers
    sealed = Sealed(tuple(decode_ciphertexts(key.group, answer.ciphertexts)))
    statement, *_ = contest.question.statements(key, sealed, (1, 2))
    transcript = proof_transcript(ballot_transcript(election, key.y, author, ballot), contest.id, 1)
    yield "challenge of entry 29", proof_challenge(statement, answer.proofs[0], transcript)


def range_values() -> Iterator[tuple[str, bytes]]:
    election, key, ballot, author = (
        record("points").election,
        joint_key("points"),
        body("points", 15),
        entry("points", 15).author,
    )
    (contest, *_), (answer, *_) = election.contests, ballot.answers
    ciphertexts = tuple(decode_ciphertexts(key.group, answer.ciphertexts))
    sealed = Sealed(ciphertexts, tuple(key.group.decode_many(answer.commitments)))
    statement = contest.question.statements(key, sealed, (1, 2))[9]
    assert statement.branches[0].name == "range"
    transcript = proof_transcript(ballot_transcript(election, key.y, author, ballot), contest.id, 10)
    yield "challenge of entry 15", proof_challenge(statement, answer.proofs[9], transcript)


def petition_values() -> Iterator[tuple[str, bytes]]:
    opened, share, author = body("petition", 35), body("petition", 40), entry("petition", 40).author
    assert (opened.contest, opened.time, share.contest, author) == ("park", "closing", "park", "trustee 1")
    election, key = record("petition").election, joint_key("petition")
    tests = PetitionTests(election, cast(Ceremony, SimpleNamespace(key=key)), cast(Audit, None))
    tests.open(opened, {}, threshold=7, electorate=18)
    test = tests.find("park", "closing")
    yield "test of entry 35", test.digest
    joint = joint_coefficients([key.group.decode_many(body("petition", n).coefficients) for n in (5, 6, 7)])
    statement = test.blinded_decryption(commitment_at(joint, 1), key.group.decode(share.share))
    transcript = tests.share_transcript(author, test)
    yield "challenge of entry 40", proof_challenge(statement, share.proof, transcript)


def seed_values() -> Iterator[tuple[str, bytes]]:
    election = record("mix").election
    ticket = decode_ticket(json.loads((VECTORS / "tickets.json").read_text())["mix"]["n1"])
    assert ticket.leaf == leaf_hash(lines("mix")[29])
    yield "seed", ticket.seed
    (r,) = ballot_randomness(ticket.seed, election, election.contest("mayor"))
    c1, _ = (body("mix", 29).answers[0].ciphertexts[0][i : i + 32] for i in (0, 32))
    assert bytes(election.algebra.generator**r) == c1
    yield "randomness", bytes(r)


def shuffle_values() -> Iterator[tuple[str, bytes]]:
    election, key, said = record("mix").election, joint_key("mix"), body("mix", 32)
    kept = [body("mix", n) for n in (16, 22, 28, 29)]  # n2, n3, n4 and the last ballot of n1
    rows = [b"".join(ballot.answers[0].ciphertexts) for ballot in kept]
    assert list_digest(rows) == said.input
    before, after = (Rows(key.group, 1, encoded) for encoded in (rows, read_list(record("mix"), said.output, 4)))
    statement = ShuffleStatement(key, before, after, Generators(key.group).first(4), Place(said.contest, said.unit))
    proof = decode(key.group, 1, list(record("mix").rows(said.vectors, 4)), said.proof)
    transcript = shuffle_transcript(election, "mixer 1", key)
    yield "e_0", batching_vector(statement, proof.u, transcript)[0].to_bytes(16, "big")
    yield "v", challenge(proof.commitment, key.group, transcript).to_bytes(32, "big")


def decryption_values() -> Iterator[tuple[str, bytes]]:
    election, key, said = record("sum").election, joint_key("sum"), body("sum", 51)
    rows = [b"".join(body("sum", 48).ciphertexts)]
    shares = share_vector(key.group, read_list(record("sum"), said.shares, 1), 3)
    joint = joint_coefficients([key.group.decode_many(body("sum", n).coefficients) for n in (19, 20, 21)])
    digests = (list_digest(rows), said.shares)

    def transcript() -> Transcript:
        return list_transcript("decryption", election, "trustee 1", key.y, Place(said.contest, said.unit), digests)

    drawing, proving = transcript(), transcript()
    drawing.append("share key", commitment_at(joint, 1))
    yield "rho_0", drawing.challenges("rho", 128, 3)[0].to_bytes(16, "big")
    statement = share_statement(commitment_at(joint, 1), Rows(key.group, 3, rows), shares, proving)
    yield "challenge of entry 51", proof_challenge(statement, said.proof, proving)


def record_values() -> Iterator[tuple[str, bytes]]:
    election, first = record("sum").election, entry("sum", 0)
    yield "fingerprint", hashlib.sha256((VECTORS / "sum" / "election.json").read_bytes()).digest()
    yield "leaf 0", hashlib.sha256(b"\x00" + lines("sum")[0]).digest()
    yield "message 0", signing_message(election.fingerprint, first.author, first.body)
    yield "root", root("sum", 59)
    yield "key hash", key_hash(OPERATOR, election.operator.key)
    assert root("sum", 47) == body("sum", 47).root
    yield "closing root", root("sum", 47)
    yield "p of ElectionGuard", hashlib.sha256(ELECTIONGUARD_P.to_bytes(512, "big")).digest()
    yield "g of ElectionGuard", hashlib.sha256(ELECTIONGUARD_G.to_bytes(512, "big")).digest()


def h_0(name: str) -> bytes:
    return Generators(group(name)).first(1).encodings()[0]


def transcript_values() -> Iterator[tuple[str, bytes]]:
    for values in (opening_values, ballot_values, range_values, seed_values, shuffle_values, decryption_values):
        yield from values()
    yield from petition_values()
    yield "h of ristretto255", bytes(second_generator(group("ristretto255")))
    yield "h_0 of ristretto255", h_0("ristretto255")
    yield "h_0 of p-256", h_0("p-256")
    yield "h_0 of modp-3072", hashlib.sha256(h_0("modp-3072")).digest()


QUOTED = {RECORD: record_values, TRANSCRIPT: transcript_values}


@pytest.mark.parametrize("path", QUOTED, ids=lambda path: path.name)
def test_the_values_quoted_are_those_computed(path: Path) -> None:
    values = dict(QUOTED[path]())
    text = path.read_text(encoding="utf-8")
    missing = {name: value.hex() for name, value in values.items() if not re.search(rf"\b{value.hex()}\b", text)}
    assert not missing
    assert set(LONG_HEX.findall(text)) <= {value.hex() for value in values.values()}


def blocks(path: Path, kind: str) -> list[str]:
    """Return the fenced blocks of a kind in a document."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_lines_quoted_stand_in_the_vectors() -> None:
    found = [block.rstrip("\n").encode() for block in blocks(RECORD, "json")]
    roll = list(record("sum").rows(body("sum", 1).credentials, 13))
    assert found == [lines("sum")[0], roll[0]]
    assert decode_entry(found[0])
    assert canonical.decode(found[1], Credential)


def test_the_checkpoint_quoted_is_that_of_the_vector() -> None:
    assert blocks(RECORD, "")[-1].encode() == (VECTORS / "sum" / "board" / "checkpoint").read_bytes()


def test_the_definition_quoted_is_one() -> None:
    (text,) = blocks(RECORD, "toml")
    assert election_from_toml(text).threshold == 2


def tag(kind: type[Body]) -> str:
    found = kind.__struct_config__.tag
    assert isinstance(found, str)
    return found


def test_every_field_of_every_form_is_described() -> None:
    text = RECORD.read_text(encoding="utf-8")
    others: list[type[msgspec.Struct]] = [Entry, Credential, Election, Contest, Receipt, Refusal, entries.UnitResult]
    for form in [*Body.__subclasses__(), *others]:
        for name in form.__struct_fields__:
            assert f"`{name}`" in text, (form.__name__, name)


def test_every_kind_of_entry_has_its_author_and_its_paragraph() -> None:
    text = RECORD.read_text(encoding="utf-8")
    for role, written in WRITERS.items():
        tags = [tag(kind) for kind in written]
        (row,) = re.findall(rf"^\| `{role}[ A-Z]*` \| ([`, a-z-]+) \|$", text, re.MULTILINE)
        assert sorted(re.findall("`(.*?)`", row)) == sorted(tags)
        assert all(text.count(f"**`{name}`**") == 1 for name in tags)


def test_every_label_is_listed() -> None:
    text = TRANSCRIPT.read_text(encoding="utf-8")
    secret = {"witness", "randomness", "nonce", "simulated challenge", "seed", "permutation"}  # the prover's own
    elsewhere = {"bench", "formats"}  # figures, and dialects that have documents of their own
    for path in (path for path in (ROOT / "evote").rglob("*.py") if not elsewhere & set(path.parts)):
        for label in re.findall(r'\.(?:append|challenges?)\(\s*"([^"]+)",', path.read_text(encoding="utf-8")):
            assert label in secret or f"`{label}`" in text, (path.name, label)


def test_every_check_is_explained_once_and_in_order() -> None:
    text = (DOCS / "checks.md").read_text(encoding="utf-8")
    assert re.findall(r"^### `([a-z0-9.-]+)`$", text, re.MULTILINE) == list(CHECKS)


def test_every_explanation_of_a_check_has_its_parts() -> None:
    text = (DOCS / "checks.md").read_text(encoding="utf-8")
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        for heading in ("**Shows.**", "**Rule.**", "**Source.**", "**Without it.**"):
            assert part.count(heading) == 1, (part.splitlines()[0], heading)


def test_links_lead_somewhere() -> None:
    for path in [*DOCS.rglob("*.md"), ROOT / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


def test_base64_in_the_prose_is_the_vectors() -> None:
    text = RECORD.read_text(encoding="utf-8")
    for token in re.findall(r"[A-Za-z0-9+/]{40,}={1,2}", text):
        assert base64.b64decode(token)
        assert any(token.encode() in path.read_bytes() for path in (VECTORS / "sum").rglob("*") if path.is_file())


def test_msgspec_counts_characters_not_bytes() -> None:
    assert msgspec.json.decode(('"' + "é" * 200 + '"').encode(), type=entries.Name)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(('"' + "é" * 201 + '"').encode(), type=entries.Name)
