"""Bad input: one sentence, the right status, nothing lost."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from evote.formats.native.writer import RecordWriter
from evote.record.replies import decode_refusal
from tests.cli.parties import Parties, at_stage, one_sentence


@pytest.fixture(scope="module")
def appointed(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return at_stage("appointed", tmp_path_factory.mktemp("cli") / "home")


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return at_stage("enrolled", tmp_path_factory.mktemp("cli") / "home")


@pytest.fixture(scope="module")
def voting(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return at_stage("voting", tmp_path_factory.mktemp("cli") / "home")


CALLS: dict[str, tuple[list[str], str]] = {
    "an unknown noun": (["verfy"], "No such command 'verfy'. Did you mean 'verify'"),
    "no verb": (["key"], r"Missing command \(see evote key --help\)"),
    "an unknown verb": (["trustee", "decript", "r"], "Did you mean 'decrypt'"),
    "an unknown option": (["verify", "r", "--fast"], "No such option: --fast"),
    "a missing argument": (["verify"], "Missing argument 'RECORD'"),
    "a missing option": (["mix", "r", "--out", "o"], "Missing option '--secret'"),
    "a fingerprint that is none": (["verify", "r", "--expect", "abc"], "a fingerprint is 64 hexadecimal digits"),
    "a fingerprint with spaces": (["verify", "r", "--expect", "00 " * 32], "a fingerprint is 64 hexadecimal digits"),
    "no jobs": (["verify", "r", "--jobs", "0"], "--jobs"),
    "a number that is none": (["simulate", "o", "--voters", "many"], "--voters"),
    "no record": (["show", "/nowhere"], "/nowhere is not a record: it has no election.json"),
    "a checkpoint that is not there": (["verify", "r", "--checkpoint", "/nowhere"], "/nowhere: No such file"),
    "a ticket for no record": (["inspect", "/nowhere", "EVOTE1:" + "A" * 103], "is not a record"),
    "an unknown example": (["simulate", "o", "--example", "nope"], "no example 'nope'; there are: .*referendum"),
    "an unknown group": (["simulate", "o", "--group", "nope"], "nope"),
    "a group too small": (["simulate", "o", "--group", "toy"], "group toy is too small for an election"),
    "a directory that exists": (["simulate", "/"], "/ exists"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_is_a_2(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words, pattern = CALLS[name]
    one_sentence(Parties(tmp_path, "both").run(*words), 2, pattern)
    assert list(tmp_path.iterdir()) == []


Change = Callable[[str], str]
DEFINITIONS: dict[str, tuple[Change, str]] = {
    "not TOML": (lambda t: t.replace("threshold = 2", "threshold ="), r"Invalid value \(at line 3"),
    "a missing field": (lambda t: t.replace("threshold = 2\n", ""), "missing required field `threshold`"),
    "an unknown field": (lambda t: t + "colour = 1\n", "unknown field `colour`"),
    "another type": (lambda t: t.replace("threshold = 2", 'threshold = "2"'), "at threshold"),
    "a threshold too high": (lambda t: t.replace("threshold = 2", "threshold = 4"), "threshold must lie between"),
    "an unknown district": (lambda t: t.replace('["south"]', '["west"]'), "unknown district 'west'"),
    "an unknown rule": (
        lambda t: t.replace("minimum = 1", "least = 1"),
        "contest council: there is no rule 'least', but minimum",
    ),
    "an impossible rule": (lambda t: t.replace("minimum = 1", "minimum = 9"), "minimum <= maximum"),
    "half a key": (lambda t: re.sub('key = "[^"]{8}', 'key = "', t, count=1), "at operator, key"),
    "a key that is none": (
        lambda t: re.sub('key = "[^"]*"', 'key = "' + "A" * 43 + '="', t, count=1),
        "the key of The operator: not an Ed25519 public key",
    ),
    "no mixers": (lambda t: re.sub("mixers = .*\n", "", t), "mixers must be named if"),
    "an id twice": (lambda t: t.replace('"bob"', '"ada"'), "options of contest council must be distinct"),
    "a capital in an id": (lambda t: t.replace('"bob"', '"Bob"'), "at contests council, options Bob, id"),
    "a control character": (
        lambda t: t.replace('name = "An', 'name = "\\u0001An'),
        ": name: text has control characters",
    ),
    "a name twice": (lambda t: t.replace('name = "Bob"', 'name = "Ada"'), "contest council: two options .* 'Ada'"),
    "a count without a method": (
        lambda t: t.replace('type = "selection"', 'type = "selection", count = {seats = 1}'),
        "contest council: a count names its method",
    ),
    "depths": (lambda t: t + "x = " + "[" * 3000 + "]" * 3000, "too deeply"),
    "a small group": (lambda t: t.replace("ristretto255", "toy"), "group toy is too small"),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_wrong_definition_is_a_1(appointed: Parties, tmp_path: Path, name: str) -> None:
    change, pattern = DEFINITIONS[name]
    text = (appointed.home / "election.toml").read_text()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(change(text))
    assert wrong.read_text() != text
    answer = appointed.run("define", wrong, tmp_path / "record", *appointed.keys("operator"))
    one_sentence(answer, 1, f"wrong.toml: .*{pattern}")
    assert not (tmp_path / "record").exists()


def test_a_byte_order_mark_is_skipped(appointed: Parties, tmp_path: Path) -> None:
    marked = tmp_path / "marked.toml"
    marked.write_bytes(b"\xef\xbb\xbf" + (appointed.home / "election.toml").read_bytes())
    appointed.do("operator", "define", marked, tmp_path / "record")


def test_a_definition_that_is_not_text_is_a_1(appointed: Parties, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_bytes(b"\xff\xfe")
    one_sentence(appointed.run("define", wrong, tmp_path / "r", *appointed.keys("operator")), 1, "wrong.toml")


def test_define_wants_the_operators_key_and_a_place_of_its_own(appointed: Parties, tmp_path: Path) -> None:
    toml = appointed.home / "election.toml"
    answer = appointed.run("define", toml, tmp_path / "r", *appointed.keys("registrar"))
    one_sentence(answer, 2, "not that of the operator")
    one_sentence(appointed.run("define", toml, tmp_path, *appointed.keys("operator")), 2, "is not a record")
    other = at_stage("defined", tmp_path / "other")
    toml.with_name("renamed.toml").write_text(toml.read_text().replace("by hand", "by foot"))
    answer = appointed.run("define", toml.with_name("renamed.toml"), other.record, *appointed.keys("operator"))
    one_sentence(answer, 2, "is the record of another election")


def test_a_secret_file_is_never_overwritten(appointed: Parties) -> None:
    before = appointed.secret("operator").read_bytes()
    _, _, *passphrase = appointed.keys("operator")
    for words in (["key", "new"], ["voter", "new", "--voter", "v", "--district", "north"]):
        noun, verb, *more = words
        answer = appointed.run(noun, verb, appointed.secret("operator"), *more, *passphrase)
        one_sentence(answer, 2, "never overwritten")
    assert appointed.secret("operator").read_bytes() == before


def test_secret_files_open_for_their_owner_alone(enrolled: Parties, tmp_path: Path) -> None:
    secret, (_, _, *passphrase) = enrolled.secret("operator"), enrolled.keys("operator")
    show = ["key", "show", secret]
    one_sentence(enrolled.run(*show), 2, "no passphrase for .*operator.secret: give --passphrase-file")
    one_sentence(enrolled.run(*show, "--passphrase-file", tmp_path / "none"), 2, "No such file")
    wrong = enrolled.home / "trustee-1.passphrase"
    wrong.write_text("something else")
    one_sentence(enrolled.run(*show, "--passphrase-file", wrong), 1, "wrong passphrase, or a damaged file")
    wrong.write_text("\n")
    one_sentence(enrolled.run(*show, "--passphrase-file", wrong), 2, "is empty")
    exposed = tmp_path / "exposed.secret"
    shutil.copy(secret, exposed)
    exposed.chmod(0o644)
    one_sentence(enrolled.run("key", "show", exposed, *passphrase), 2, "others can read it")
    exposed.chmod(0o600)
    exposed.write_bytes(b"hello\n")
    one_sentence(enrolled.run("key", "show", exposed, *passphrase), 1, "is not a secret file")
    one_sentence(enrolled.run("key", "show", enrolled.secret("n1"), *passphrase), 2, "holds the key of a voter")
    one_sentence(enrolled.run("voter", "show", secret, *passphrase), 2, "holds the key of a role")
    one_sentence(enrolled.run("key", "new", tmp_path / "no" / "s", *passphrase), 2, f"{tmp_path}/no: No such file")


@pytest.mark.parametrize("wrong", [["--voter", "a b"], ["--voter", "ada", "--weight", "0"]])
def test_a_voter_needs_a_credential_that_can_be(tmp_path: Path, wrong: list[str]) -> None:
    parties = Parties(tmp_path, "both")
    _, _, *passphrase = parties.keys("ada")
    answer = parties.run("voter", "new", tmp_path / "v", "--district", "north", *wrong, *passphrase)
    one_sentence(answer, 2, "not a Credential")
    assert not (tmp_path / "v").exists()


ROLLS: dict[str, tuple[Callable[[bytes], bytes], int, str]] = {
    "a voter twice": (lambda c: c + c.splitlines(keepends=True)[0], 1, "roll.credential: the roll, voter n1"),
    "an unknown district": (lambda c: c.replace(b"north", b"western"), 1, "roll.credential: the roll, voter n1"),
    "too much weight": (lambda c: c.replace(b":5", b":1099511627775"), 1, "roll.weight: the roll: weights come to"),
    "a space": (lambda c: c.replace(b'":"', b'": "', 1), 1, "credentials.jsonl, line 1: not the canonical encoding"),
    "another system's lines": (lambda c: c.replace(b"\n", b"\r\n"), 1, "carriage return"),
    "an open end": (lambda c: c[:-1], 1, "a line without its end"),
}


@pytest.mark.parametrize("name", ROLLS)
def test_a_roll_that_cannot_be(enrolled: Parties, tmp_path: Path, name: str) -> None:
    change, status, pattern = ROLLS[name]
    parties = at_stage("defined", tmp_path / "home")
    credentials = tmp_path / "credentials.jsonl"
    credentials.write_bytes(change((enrolled.home / "credentials.jsonl").read_bytes()))
    words = ["registrar", "roll", parties.record, credentials, *parties.keys("registrar")]
    one_sentence(parties.run(*words, "--out", tmp_path / "out"), status, pattern)
    assert not (tmp_path / "out").exists()


CHOICES: dict[str, tuple[list[str], str]] = {
    "nothing": ([], "what is chosen"),
    "no contest": (["kai"], "--choose kai: write CONTEST=OPTION,..., once for each of council, mayor"),
    "an unknown contest": (["king=kai"], "--choose king=kai"),
    "one contest twice": (["mayor=", "mayor="], "--choose mayor="),
    "an unknown option": (["council=ada", "mayor=zed"], "contest mayor has no option zed"),
    "a contest left out": (["mayor="], "contest council has no answer; --choose council= for a blank vote"),
    "another district's option": (["council=ada", "mayor=mia"], "contest mayor: option mia is not open to this voter"),
    "too many": (["council=ada,bob,eve", "mayor="], "at most 2"),
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_that_cannot_be(voting: Parties, tmp_path: Path, name: str) -> None:
    chosen, pattern = CHOICES[name]
    words = [word for choice in chosen for word in ("--choose", choice)]
    answer = voting.run("vote", voting.record, *words, *voting.keys("n1"), "--out", tmp_path / "out")
    one_sentence(answer, 2, pattern)
    assert list(tmp_path.iterdir()) == []


def test_a_voter_must_be_on_the_roll_as_it_says(voting: Parties, tmp_path: Path) -> None:
    for name in ("stranger", "n1"):
        other = Parties(tmp_path / name, "both")
        other.new("voter", name, "--voter", name, "--district", "north")
        words = ["vote", voting.record, "--choose", "mayor=", "--choose", "council=", "--out", tmp_path / "out"]
        answer = other.run(*words, *other.keys(name))
        one_sentence(answer, 1, f"ballot.eligibility: voter {name} is not on the roll with this credential")


def test_nothing_is_overwritten(voting: Parties, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("a letter")
    vote = ["vote", voting.record, "--choose", "mayor=", "--choose", "council=", *voting.keys("n2")]
    one_sentence(voting.run(*vote, "--out", precious), 2, "precious exists")
    one_sentence(voting.run(*vote, "--out", tmp_path / "o", "--ticket", precious), 2, "precious exists and is not a")
    revoke = ["registrar", "revoke", voting.record, "n2", "--reason", "x", *voting.keys("registrar")]
    one_sentence(voting.run(*revoke, "--out", precious), 2, "precious exists and is something else")
    assert precious.read_text() == "a letter"
    assert list(tmp_path.iterdir()) == [precious]


def test_revocations_concern_voters_and_say_why(voting: Parties, tmp_path: Path) -> None:
    out = [*voting.keys("registrar"), "--out", tmp_path / "out"]
    words: dict[str, tuple[list[object], int]] = {
        "box.revocation: .*: not on the roll": (["revoke", voting.record, "nobody", "--reason", "paper"], 1),
        "box.revocation: .*: no change": (["restore", voting.record, "n1", "--reason", "paper"], 1),
        "a line of at most 2000 printable": (["revoke", voting.record, "n1", "--reason", "two\nlines"], 2),
    }
    for pattern, (given, status) in words.items():
        one_sentence(voting.run("registrar", *given, *out), status, pattern)


MESSAGES = {
    "an empty file": b"",
    "an empty line": b"\n",
    "an open end": b"{}",
    "two lines": b"{}\n{}\n",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_file_that_is_no_message(voting: Parties, tmp_path: Path, name: str) -> None:
    message = tmp_path / "a.msg"
    message.write_bytes(MESSAGES[name])
    answer = voting.run("post", voting.record, message, *voting.keys("operator"))
    one_sentence(answer, 1, "a.msg is not a message")
    assert list(tmp_path.iterdir()) == [message]


LINES = {
    "no JSON": b"\xff\x00 hello\n",
    "no entry": b"{}\n",
    "a field with a control character": b'{"\\u0001":1}\n',
    "lists of its own": b"{}\n\nabc\n\n\n",
}


@pytest.mark.parametrize("name", LINES)
def test_an_entry_that_is_none_is_refused_in_writing(voting: Parties, tmp_path: Path, name: str) -> None:
    before = (voting.record / "board" / "checkpoint").read_bytes()
    message = tmp_path / "a.msg"
    message.write_bytes(LINES[name])
    answer = voting.run("post", voting.record, tmp_path, *voting.keys("operator"))
    assert (answer.status, answer.err) == (1, "")
    assert decode_refusal((tmp_path / "a.msg.refusal").read_bytes()).check == "entry.encoding"
    assert (voting.record / "board" / "checkpoint").read_bytes() == before
    assert list((voting.record / "lists").iterdir()) != []


def test_messages_that_are_not_there(voting: Parties, tmp_path: Path) -> None:
    keys = voting.keys("operator")
    one_sentence(voting.run("post", voting.record, tmp_path / "none", *keys), 2, "there is no such file")
    one_sentence(voting.run("post", voting.record, tmp_path, *keys), 2, "no .msg file in it")
    words = ["registrar", "roll", voting.record, tmp_path / "none", *voting.keys("registrar"), "--out", tmp_path / "o"]
    one_sentence(at_stage("defined", tmp_path / "home").run(*words), 2, "there is no such file")


def test_a_list_too_many_is_refused(voting: Parties, tmp_path: Path) -> None:
    message = tmp_path / "ballot.msg"
    honest = voting.vote("n3", "council=eve", "mayor=", out="n3.msg")
    message.write_bytes(honest.read_bytes() + b"\nstowaway\n")
    answer = voting.run("post", voting.record, message, *voting.keys("operator"))
    assert answer.status == 1
    assert decode_refusal((tmp_path / "ballot.msg.refusal").read_bytes()).check == "record.list"


def test_tickets_that_open_nothing(voting: Parties, tmp_path: Path) -> None:
    one_sentence(voting.run("inspect", voting.record, "EVOTE1:AAAA"), 1, "not the payload of a ballot's QR code")
    (tmp_path / "photo").write_bytes(b"\xff\xd8")
    one_sentence(voting.run("inspect", voting.record, tmp_path / "photo"), 1, "photo is not a ticket")
    voting.vote("n4", "council=eve", "mayor=", out="n4.msg")
    ticket = voting.home / "n4.msg.ticket"
    one_sentence(voting.run("inspect", voting.record, ticket), 2, "there is no such ballot on the board")


def test_a_record_that_another_command_holds(voting: Parties) -> None:
    with RecordWriter.open(voting.record):
        answer = voting.run("post", voting.record, voting.home / "roll.msg", *voting.keys("operator"))
        one_sentence(answer, 2, "another command is writing to this record")
        assert voting.run("status", voting.record).status == 0
