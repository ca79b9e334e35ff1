"""Ballot boxes are read as the official programs wrote them, written to the same bytes, and refused if bent."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.box.anonymous import AnonymousFile, InvalidFile
from evote.formats.ivxv.box.checksum import check_checksum, read_checksum
from evote.formats.ivxv.box.fields import instant
from evote.formats.ivxv.box.pretty import Members, pretty
from evote.formats.ivxv.box.stages import MAX_CIPHERTEXT, Stage
from evote.formats.ivxv.box.writer import checksum, write_anonymous, write_invalid, write_stage
from tests.formats.ivxv.boxes import ELECTION, QUESTION, ballot, bb, box, content, opened, written

STAGES = {1: Stage.CHECKED, 2: Stage.SQUASHED, 3: Stage.REVOKED}
LATER = {"id": "20230301110000000+0200", "time": "2023-03-01T09:00:01Z"}
HONEST = ballot({QUESTION: b"?"})


@pytest.mark.parametrize("number", STAGES)
def test_a_stage_is_written_as_it_was_read(number: int) -> None:
    file = opened(bb(number))
    assert (file.election, file.stage) == (ELECTION, STAGES[number])
    assert written(write_stage, file.election, file.stage, file) == bb(number)


def test_white_space_is_free() -> None:
    """Line ends are those of the machine that wrote the file, and others print in other ways."""
    compact = json.dumps(json.loads(bb(1)), separators=(",", ":")).encode()
    for data in (compact, bb(1).replace(b"\n", b"\r\n")):
        assert list(opened(data)) == list(opened(bb(1)))


def test_the_anonymous_box_and_the_invalid_file_are_written_as_they_were_read() -> None:
    anonymous = AnonymousFile(io.BytesIO(bb(4)))
    assert written(write_anonymous, anonymous.election, anonymous) == bb(4)
    invalid = InvalidFile(io.BytesIO(content("TESTKOV-invalid")))
    assert written(write_invalid, invalid.election, invalid) == content("TESTKOV-invalid")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_checksums(number: int) -> None:
    name = f"TESTKOV-bb-{number}.json"
    said = content(f"{name}.sha256sum")
    assert checksum(io.BytesIO(bb(number))) == said
    check_checksum(io.BytesIO(bb(number)), said, name)
    with pytest.raises(VerificationError, match=r"ivxv.checksum: TESTKOV-bb"):
        check_checksum(io.BytesIO(bb(number) + b"\n"), said, name)


@pytest.mark.parametrize("bad", [b"", b"0" * 63, b"0" * 64 + b"\n", b"F" * 64, b" " + b"0" * 64])
def test_checksums_refused(bad: bytes) -> None:
    with pytest.raises(DecodeError):
        read_checksum(bad)


def edited(edit: Callable[[dict[str, Any]], Any]) -> bytes:
    """Return the first stage's file after an edit."""
    held = json.loads(bb(1))
    edit(held)
    return json.dumps(held).encode()


def of(voter: str, **changed: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda held: held["ballots"][voter]["ballots"][0].update(changed)


ONE, TWO = "11111111111", "22222222222"
REFUSED: dict[str, bytes] = {
    "no JSON": b"{",
    "no object": b"[]",
    "something after it": bb(1) + b"{}",
    "not UTF-8": bb(1).replace(b"V ONE", b"V \xff"),
    "an election without name": edited(lambda held: held.update(election="")),
    "an election of 29 characters": edited(lambda held: held.update(election="E" * 29)),
    "another order of members": json.dumps(dict(reversed(json.loads(bb(1)).items()))).encode(),
    "another member": edited(lambda held: held.update(more=1)),
    "an unknown stage": edited(lambda held: held.update(type="ANONYMIZED")),
    "a voter twice": bb(1).replace(TWO.encode(), ONE.encode()),
    "a voter called otherwise within": edited(lambda held: held["ballots"][ONE].update(voterId=TWO)),
    "a voter with another member": edited(lambda held: held["ballots"][ONE].update(more=1)),
    "a voter without ballots": edited(lambda held: held["ballots"][ONE].update(ballots=[])),
    "a voter of 12 digits": bb(1).replace(ONE.encode(), b"111111111110"),
    "digits that are not ASCII": bb(1).replace(ONE.encode(), ("\u0661" * 11).encode()),
    "ballots not in order": edited(lambda held: held["ballots"][ONE]["ballots"].reverse()),
    "a ballot twice": edited(of(ONE, id="20230301110000000+0200")),
    "several ballots in a later stage": edited(lambda held: held.update(type="DOUBLE_VOTERS_REMOVED")),
    "an id that is no time": edited(of(ONE, id="1")),
    "a time in another zone": edited(of(ONE, time="2023-03-01T08:00:01+00:00")),
    "a day that there is not": edited(of(ONE, time="2023-02-29T08:00:01Z")),
    "a fraction with zeros": edited(of(ONE, time="2023-03-01T08:00:01.100000Z")),
    "a version with a leading zero": edited(of(ONE, version="03")),
    "a version that is a number": edited(of(ONE, version=3)),
    "a name with a separator": edited(of(ONE, name="V\x1fONE")),
    "a name with half a character": bb(1).replace(b"V ONE", b"V \\ud800"),
    "a name of 101 characters": edited(of(ONE, name="V" * 101)),
    'the district "."': edited(of(ONE, districtId=".")),
    "a parish in words": edited(of(ONE, parish="Tallinn")),
    "no votes": edited(of(ONE, votes={})),
    "a question of another election": edited(of(ONE, votes={"OTHER.1": "AA=="})),
    "a question without number": edited(of(ONE, votes={"TESTKOV": "AA=="})),
    "base64 with stray bits": edited(of(ONE, votes={QUESTION: "AB=="})),
    "base64 without padding": edited(of(ONE, votes={QUESTION: "AA"})),
    "a vote that is no text": edited(of(ONE, votes={QUESTION: None})),
    "a ballot with another member": edited(of(ONE, more=1)),
    "a ballot without name": bb(1).replace(b'"name" : "V ONE",', b""),
    "a member of a ballot twice": bb(1).replace(b'"name" : "V ONE",', b'"name" : "V ONE", "name" : "V ONE",', 1),
    "a ciphertext that is too long": box(ballot({QUESTION: bytes(MAX_CIPHERTEXT + 1)})),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_stages_refused(data: bytes) -> None:
    assert len(list(opened(edited(lambda _: None)))) == 6
    with pytest.raises(DecodeError):
        list(opened(data))


def test_the_refusal_names_what_is_wrong() -> None:
    with pytest.raises(DecodeError, match=r"ballot box, voter 11111111111: .*`\$.parish`"):
        list(opened(REFUSED["a parish in words"]))


def test_what_a_ciphertext_is_does_not_matter_yet() -> None:
    (voter,) = opened(box(ballot({QUESTION: b""}), ballot({QUESTION: bytes(MAX_CIPHERTEXT)}, **LATER)))
    assert [len(one.ciphertexts[QUESTION]) for one in voter.ballots] == [0, MAX_CIPHERTEXT]


def test_too_many_ballots_or_voters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evote.formats.ivxv.box.stages.MAX_BALLOTS", 1)
    with pytest.raises(DecodeError, match="more than 1 ballots"):
        list(opened(bb(1)))
    assert list(opened(bb(2)))
    monkeypatch.setattr("evote.formats.ivxv.box.stages.MAX_VOTERS", 4)
    with pytest.raises(DecodeError, match="more than 4 voters"):
        list(opened(bb(2)))


def test_times_have_the_order_of_their_instants() -> None:
    times = [
        "2023-03-01T08:00:01Z",
        "2023-03-01T08:00:01.001Z",
        "2023-03-01T08:00:01.001000001Z",
        "2023-03-01T08:00:02Z",
    ]
    assert sorted(times, key=instant) == times
    assert instant("1970-01-01T00:00:01.5Z".replace(".5", ".500")) == 1_500_000_000


ANONYMOUS = {
    "a place without district": {"": {"0164": {QUESTION: ["AA=="]}}},
    "a parish in words": {"0164.1": {"Tallinn": {QUESTION: ["AA=="]}}},
    "a question of another election": {"0164.1": {"0164": {"OTHER.1": ["AA=="]}}},
    "a vote that is no text": {"0164.1": {"0164": {QUESTION: [1]}}},
    "base64 with a line break": {"0164.1": {"0164": {QUESTION: ["AA==\n"]}}},
    "no list": {"0164.1": {"0164": {QUESTION: {}}}},
    "a list too many": {"0164.1": {"0164": {QUESTION: [["AA=="]]}}},
    "a vote that is too long": {"0164.1": {"0164": {QUESTION: ["A" * 4 * (MAX_CIPHERTEXT // 3 + 1)]}}},
}


@pytest.mark.parametrize("held", ANONYMOUS.values(), ids=ANONYMOUS.keys())
def test_anonymous_boxes_refused(held: Any) -> None:
    def read(held: Any) -> int:
        return len(list(AnonymousFile(io.BytesIO(json.dumps({"election": ELECTION, "districts": held}).encode()))))

    assert read({"0164.1": {"FOREIGN": {QUESTION: ["AA==", ""]}}}) == 2
    assert read({}) == 0
    with pytest.raises(DecodeError):
        read(held)


def test_more_in_a_file_than_belongs_there() -> None:
    for data in (b'{"election": "E", "districts": {}, "more": 1}', b'{"election": "E", "districts": {}} 1'):
        with pytest.raises(DecodeError):
            list(AnonymousFile(io.BytesIO(data)))
    twice = bb(4).replace(b"0296.1", b"0164.1")
    with pytest.raises(DecodeError, match="occurs twice"):
        list(AnonymousFile(io.BytesIO(twice)))


@pytest.mark.parametrize(
    "changed", [{"district": "."}, {"station": ""}, {"question": "OTHER.1"}, {"vote": "A"}, {"x": ""}]
)
def test_invalid_files_refused(changed: dict[str, str]) -> None:
    def read(**changed: str) -> int:
        held = {"district": "0164.1", "station": "0164", "question": QUESTION, "vote": "AA==", **changed}
        return len(list(InvalidFile(io.BytesIO(json.dumps({"election": ELECTION, "invalid": [held]}).encode()))))

    assert read() == 1
    with pytest.raises(DecodeError):
        read(**changed)


def test_empty_objects_and_lists_are_printed_as_jackson_does() -> None:
    assert "".join(pretty(Members([("a", []), ("b", Members([])), ("c", [1, "ü"])]))) == (
        '{\n  "a" : [ ],\n  "b" : { },\n  "c" : [ 1, "ü" ]\n}'
    )
    with pytest.raises(TypeError):
        list(pretty(None))
