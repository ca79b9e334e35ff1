"""Definitions, the rule of validity, the tally recomputed, and the logs."""

import json
from dataclasses import replace
from typing import Any

import pytest

from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.box.anonymous import Place
from evote.formats.ivxv.box.definitions import Choices, check_choices, read_choices, read_districts
from evote.formats.ivxv.box.logs import Kind, Log, check_logs, file_name, read_log, record
from evote.formats.ivxv.box.tally import Definitions, read_tally
from evote.formats.ivxv.box.writer import hash_order, write_log, write_tally
from evote.formats.ivxv.generation import Generation
from tests.formats.ivxv.boxes import ELECTION, QUESTION, bb, content, districts, opened, table, written

TALLY = content("TESTKOV.1.tally")
HERE = Place("0164.1", "0164", QUESTION)
BEN = b"0164.102\x1fP1\x1fBEN"


def choices() -> Choices:
    return read_choices(content("TESTKOV.choices.json"))


def definitions(generation: Generation = Generation.G1) -> Definitions:
    return Definitions(districts(), choices(), generation)


def test_the_tally_is_the_official_one() -> None:
    said = read_tally(TALLY)
    said.check_sums()
    assert written(write_tally, said) == TALLY
    made = definitions().count([(HERE, BEN), (HERE, None)])
    assert made == {QUESTION: said}
    assert written(write_tally, made[QUESTION]) == TALLY
    assert made[QUESTION].differences(said) == []


def test_a_district_without_parishes_has_a_tally() -> None:
    empty = read_districts(districts_with(districts={"0164.1": {"name": "A", "parish": []}}))
    tally = Definitions(empty, choices(), Generation.G1).count([], [QUESTION])[QUESTION]
    assert tally.by_district == {"0164.1": {"0164.101": 0, "0164.102": 0, "invalid": 0}}


def test_votes_from_abroad_count_in_the_parish_of_the_district_s_list() -> None:
    abroad = Place("0164.1", "FOREIGN", QUESTION)
    tally = definitions().count([(abroad, BEN)])[QUESTION]
    assert tally.by_parish["0164.1"]["0000"]["0164.102"] == tally.by_district["0164.1"]["0164.102"] == 1
    tally.check_sums()
    assert tally.differences(read_tally(TALLY))[0] == "0164.1, 0000, 0164.102: 1 and 0"


def test_a_question_that_nobody_answered_has_a_tally() -> None:
    tally = definitions().count([], [QUESTION])[QUESTION]
    assert sum(sum(counts.values()) for counts in tally.by_district.values()) == 0
    assert definitions().count([]) == {}


@pytest.mark.parametrize("place", [Place("0164.2", "0164", QUESTION), Place("0164.1", "0296", QUESTION)])
def test_a_vote_in_a_place_that_there_is_not(place: Place) -> None:
    with pytest.raises(VerificationError, match=r"ivxv.tally.place"):
        definitions().count([(place, BEN)])


INVALID = {
    "no plaintext": None,
    "empty": b"",
    "a code alone": b"0164.102",
    "another name": b"0164.102\x1fP1\x1fANN",
    "another party": b"0164.102\x1fP2\x1fBEN",
    "a party in which it is not": b"0296.101\x1fP2\x1fCAT",
    "an unknown code": b"0164.103\x1fP1\x1fBEN",
    "a part too many": BEN + b"\x1f",
    "a space too many": BEN + b" ",
    "not UTF-8": BEN + b"\xff",
}


@pytest.mark.parametrize("text", INVALID.values(), ids=INVALID.keys())
def test_plaintexts_that_count_for_nobody(text: bytes | None) -> None:
    assert definitions().code("0164.1", BEN) == "0164.102"
    assert definitions(Generation.G1_PADDED).code("0164.1", BEN) == "0164.102"
    assert definitions().code("0164.1", text) is None


@pytest.mark.parametrize("generation", [Generation.G2, Generation.G3])
def test_later_generations_encrypt_codes(generation: Generation) -> None:
    made = definitions(generation)
    assert made.code("0164.1", b"0164.102") == "0164.102"
    assert [made.code("0164.1", text) for text in (BEN, b"0296.101", b"", None, b"P1", b"\xff")] == [None] * 6
    assert made.code("9999.1", b"0164.102") is None
    assert made.texts("0164.1") == [b"0164.101", b"0164.102"]


def edited(name: str, **changed: Any) -> bytes:
    return json.dumps({**table(name), **changed}).encode()


BAD_TALLIES = {
    "a count below zero": TALLY.replace(b": 1", b": -1").replace(b" : 1", b" : -1"),
    "a count that is no integer": TALLY.replace(b" : 1", b" : 1.0"),
    "a count that is too large": TALLY.replace(b" : 1", b" : 4294967296"),
    "a code that is none": TALLY.replace(b"0164.102", b"BEN"),
    "no count of invalid votes": TALLY.replace(b'"invalid"', b'"0164.109"'),
    "a code twice": TALLY.replace(b"0164.102", b"0164.101"),
    "another member": edited("TESTKOV.1.tally", total=2),
    "a district that is none": TALLY.replace(b"0296.1", b"."),
    "cut short": TALLY[:-1],
}


@pytest.mark.parametrize("data", BAD_TALLIES.values(), ids=BAD_TALLIES.keys())
def test_tallies_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        read_tally(data)


@pytest.mark.parametrize("at", [0, 1])
def test_a_tally_that_does_not_add_up(at: int) -> None:
    parts = TALLY.split(b" : 1")
    changed = b" : 1".join(parts[: at + 1]) + b" : 2" + b" : 1".join(parts[at + 1 :])
    with pytest.raises(VerificationError, match=r"ivxv.tally.sums"):
        read_tally(changed).check_sums()


def test_a_hash_table_grows() -> None:
    """Names of one character hash to their code, so they come out by its last bits."""
    assert hash_order("QAP") == ["P", "Q", "A"]
    assert hash_order("abcdefghijklmP")[:2] == ["a", "b"]
    assert hash_order(["0164.1", "0296.1"]) == ["0296.1", "0164.1"]


def districts_with(**changed: Any) -> bytes:
    return edited("TESTKOV.districts.json", **changed)


BAD_DISTRICTS = {
    "a parish that is unknown": districts_with(districts={"0164.1": {"name": "A", "parish": ["0165"]}}),
    "a parish twice": districts_with(districts={"0164.1": {"name": "A", "parish": ["0164", "0164"]}}),
    "abroad under both names": districts_with(districts={"0164.1": {"name": "A", "parish": ["0000", "FOREIGN"]}}),
    "a county with an unknown parish": districts_with(counties={"0037": ["0165"]}),
    "a district that is none": districts_with(districts={"0164": {"name": "A", "parish": []}}),
    "a name with a line break": districts_with(districts={"0164.1": {"name": "A\n", "parish": []}}),
    "another member": districts_with(more=1),
    "not an object": b"[]",
    "a name twice": content("TESTKOV.districts.json").replace(b"0296.1", b"0164.1"),
    "nested without end": b"[" * 100000,
}


@pytest.mark.parametrize("data", BAD_DISTRICTS.values(), ids=BAD_DISTRICTS.keys())
def test_districts_refused(data: bytes) -> None:
    assert districts().find("1", "FOREIGN") == "0164.1"
    with pytest.raises(DecodeError):
        read_districts(data)


BAD_CHOICES = {
    "a code in two districts": {"0164.1": {"P": {"0164.101": "A"}}, "0296.1": {"P": {"0164.101": "A"}}},
    "a code in two parties": {"0164.1": {"P": {"0164.101": "A"}, "Q": {"0164.101": "A"}}},
    "a separator in a name": {"0164.1": {"P": {"0164.101": "A\x1fB"}}},
    "a separator in a party": {"0164.1": {"P\x1f": {"0164.101": "A"}}},
    "a code with a line break": {"0164.1": {"P": {"0164.101\n": "A"}}},
    "an empty name": {"0164.1": {"P": {"0164.101": ""}}},
}


@pytest.mark.parametrize("held", BAD_CHOICES.values(), ids=BAD_CHOICES.keys())
def test_choices_refused(held: Any) -> None:
    with pytest.raises(DecodeError):
        read_choices(edited("TESTKOV.choices.json", choices=held))


def test_choices_must_fit_the_districts_and_the_group() -> None:
    check_choices(choices(), districts(), 44)
    check_choices(choices(), districts())
    with pytest.raises(VerificationError, match="longer than 14 bytes"):
        check_choices(choices(), districts(), 14)
    with pytest.raises(VerificationError, match="another election"):
        check_choices(read_choices(edited("TESTKOV.choices.json", election="OTHER")), districts())
    with pytest.raises(VerificationError, match=r"no such district: 0164.2"):
        check_choices(read_choices(edited("TESTKOV.choices.json", choices={"0164.2": {}})), districts())


def logs() -> tuple[Log, Log, Log]:
    """Return logs of the vectors' box: all ballots; those that did not go on; those that did."""
    passed = {one.ballots[0].id for one in opened(bb(3))}
    held = [(one.id, ballot) for one in opened(bb(1)) for ballot in one.ballots]
    parts = held, [one for one in held if one[1].id not in passed], [one for one in held if one[1].id in passed]
    first, second, third = (
        Log(ELECTION, kind, tuple(record("20230306120000", *one, QUESTION) for one in part))
        for kind, part in zip(Kind, parts, strict=True)
    )
    return first, second, third


def test_logs_add_up() -> None:
    accepted, removed, counted = logs()
    assert [len(log.records) for log in (accepted, removed, counted)] == [10, 6, 4]
    check_logs(accepted, [removed], counted)
    halves = [replace(removed, records=removed.records[:2]), replace(removed, records=removed.records[2:])]
    check_logs(accepted, halves, counted)
    lost, doubled = replace(counted, records=counted.records[1:]), replace(counted, records=counted.records * 2)
    bad = {
        "3 records of log 1 are in no other, 0": (accepted, halves[1:], lost),
        "0 records of log 1 are in no other, 4": (accepted, [removed], doubled),
        "of different elections": (accepted, [replace(removed, election="OTHER")], counted),
        "not logs 1, 2 and 3": (accepted, [counted], removed),
    }
    for message, arguments in bad.items():
        with pytest.raises(VerificationError, match=f"ivxv.logs: {message}"):
            check_logs(*arguments)
    assert file_name("TEST KOV.1", Kind.REMOVED) == "TEST_KOV.1.log2"


def test_logs_are_read_as_they_were_written() -> None:
    for log in logs():
        assert read_log(written(write_log, log)) == log


LOG = written(write_log, logs()[0])
BAD_LOGS = {
    "too large": LOG + b" " * 21,
    "empty": b"",
    "cut short": LOG[:-1],
    "another version": b"2" + LOG[1:],
    "another log": LOG.replace(b"\n1\n", b"\n4\n"),
    "not UTF-8": LOG + b"\xff\n",
    "a time that there is not": LOG.replace(b"20230306120000", b"20230230120000"),
    "a time cut short": LOG.replace(b"20230306120000", b"2023030612000"),
    "a time in another form": LOG.replace(b"20230306120000", b"2023 306120000"),
    "a hash that is none": LOG.replace(b"=", b"", 1),
    "a hash that is too short": LOG.split(b"\t")[0] + b"\tAAAA\t0164\t1\t11111111111\n",
    "a region that is none": LOG.replace(b"\t0164\t", b"\t164\t"),
    "a part too many": LOG.replace(b"\t1\t", b"\t1\t1\t"),
}


@pytest.mark.parametrize("data", BAD_LOGS.values(), ids=BAD_LOGS.keys())
def test_logs_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(read_log(LOG).records) == 10
    monkeypatch.setattr("evote.formats.ivxv.box.logs.MAX_FILE", len(LOG) + 20)
    with pytest.raises(DecodeError):
        read_log(data)
