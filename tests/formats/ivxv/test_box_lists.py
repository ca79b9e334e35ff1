"""Voter lists: signatures, form, and the register they make, as the official loader had it but for one error."""

import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.box import signatures, strict_json
from evote.formats.ivxv.box.quirks import NONE, Quirk
from evote.formats.ivxv.box.register import Entry, Finding, Problem, Register, unentitled
from evote.formats.ivxv.box.voter_list import SkipOrder, read_skip_order, read_voter_list
from evote.formats.ivxv.box.writer import write_voter_list
from tests.formats.ivxv.boxes import bb, content, districts, opened, table, written
from tests.formats.ivxv.vectors import load, unhex

RESULT = table("voterlists-official-result.json")
LOADED = [name for name, said in RESULT.items() if said["result"] == "loaded"]
REPORTS = {  # the official messages, and what they are here
    "e_vl_invalid_district": Problem.UNKNOWN_DISTRICT,
    "e_vl_removed_voter_missing": Problem.REMOVED_UNKNOWN,
    "e_vl_added_voter_exists": Problem.ADDED_TWICE,
}
SIX = "66666666666"  # added by list 1 with a district that there is not, after a removal


def shown(entry: Entry | None) -> str:
    return f"{entry.district} / {entry.parish}" if entry else "absent"


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "with the quirk"])
def test_the_register_is_the_official_one(strict: bool) -> None:  # noqa: FBT001
    register = Register(districts(), quirks=NONE if strict else {Quirk.DISTRICTS_UNCHECKED_AFTER_REMOVAL})
    for name in LOADED:
        said: Any = RESULT[name]
        changes = read_voter_list(content(name))
        assert str(changes.changeset) == said["changeset"]
        expected = [(REPORTS[line.split()[0]], line.split("[")[1].split(", ")[1]) for line in said["reports"]]
        if strict and name == "voters-1.utf":
            expected.append((Problem.UNSEEN_DISTRICT, SIX))
        findings = [(one.problem, one.voter) for one in register.apply(changes)]
        assert sorted(findings, key=str) == sorted(expected, key=str)
        for voter, where in said["lookup_after"].items():
            different = strict and voter == SIX and where != "absent"
            assert shown(register.lookup(voter, changes.changeset)) == ("absent" if different else where)
    assert register.changesets == (0, 1, 3)
    # what was so before stays so
    assert [shown(register.lookup("3" * 11, v)) for v in (0, 1, 3)] == ["0296.1 / 0296", "absent", "0164.1 / 0164"]
    assert register.lookup("3" * 11, 2) is None


def test_lists_that_have_no_place() -> None:
    register = Register(districts())
    for name in LOADED:
        register.apply(read_voter_list(content(name)))
    for name, message in (
        ("voters-bad-order.utf", "list 2 comes after list 3"),
        ("voters-bad-election.utf", "election"),
    ):
        assert RESULT[name]["result"].startswith("rejected")
        with pytest.raises(VerificationError, match=message):
            register.apply(read_voter_list(content(name)))
    with pytest.raises(VerificationError, match="comes first"):
        Register(districts()).apply(read_voter_list(content("voters-1.utf")))
    assert RESULT["voters-bad-version.utf"]["result"].startswith("rejected")
    with pytest.raises(DecodeError):
        read_voter_list(content("voters-bad-version.utf"))


def test_a_change_set_can_be_skipped() -> None:
    register = Register(districts())
    register.apply(read_voter_list(content("voters-0.utf")))
    order = read_skip_order(b"election: TESTKOV\nchangeset: 1\nskip_voter_list: voters-1.utf\n")
    assert order == SkipOrder("TESTKOV", 1, "voters-1.utf")
    register.skip(order)
    assert shown(register.lookup("2" * 11, 1)) == "0164.1 / 0164"
    with pytest.raises(VerificationError):
        register.skip(order)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"election: TESTKOV\nchangeset: 1\n",
        b"election: TESTKOV\nchangeset: 1\nskip_voter_list: a",
        b"election: TESTKOV\nchangeset: 1\nchangeset: 2\nskip_voter_list: a\n",
        b"election: TESTKOV\nchangeset: 01\nskip_voter_list: a\n",
        b'election: "TESTKOV"\nchangeset: 1\nskip_voter_list: a\n',
        b"election: TESTKOV\nchangeset: 1\nskip_voter_list: a # b\n",
        b"election: TESTKOV\nchangeset: 1\nskip_voter_list: a\nmore: b\n",
    ],
)
def test_skip_orders_refused(bad: bytes) -> None:
    with pytest.raises(DecodeError):
        read_skip_order(bad)


def rows(changeset: int, *lines: str) -> bytes:
    head = ["2", "TESTKOV", str(changeset), "2023-02-01T00:00:00Z\t2023-02-20T00:00:00+02:00"]
    return "".join(f"{line}\n" for line in [*head, *lines]).encode()


def added(voter: int, parish: str = "0164", number: str = "1") -> str:
    return f"lisamine\t{str(voter) * 11}\tV\t{parish}\t{number}"


def test_rows_that_contradict_the_register_are_left_out() -> None:
    register = Register(districts())
    first = register.apply(
        read_voter_list(rows(0, added(1), added(1, "0296"), added(2, "FOREIGN"), added(3, "FOREIGN", "9")))
    )
    assert first == [Finding(Problem.ADDED_TWICE, "1" * 11, 0), Finding(Problem.UNKNOWN_DISTRICT, "3" * 11, 0)]
    removal = [f"kustutamine\t{str(voter) * 11}" for voter in (1, 1, 4)]
    second = register.apply(read_voter_list(rows(1, *removal, added(4), added(1, "0296"), added(1))))
    assert [(one.problem, one.voter[0]) for one in second] == [
        (Problem.REMOVED_UNKNOWN, "1"),
        (Problem.REMOVED_UNKNOWN, "4"),
        (Problem.REMOVED_AND_ADDED, "4"),
        (Problem.ADDED_TWICE, "1"),
    ]
    assert [shown(register.lookup(str(voter) * 11, 1)) for voter in (1, 2, 3, 4)] == [
        "0296.1 / 0296",
        "0164.1 / 0000",
        "absent",
        "absent",
    ]


def test_ballots_against_the_lists() -> None:
    """The box and the lists of the vectors are of different runs, and it shows."""
    register = Register(districts())
    assert {one.problem for one in unentitled(opened(bb(1)), register)} == {Problem.NO_LIST}
    for name in LOADED:
        register.apply(read_voter_list(content(name)))
    found = {one.voter[0]: one.problem for one in unentitled(opened(bb(1)), register)}
    different, absent = Problem.OTHER_ENTRY, Problem.NO_VOTER
    assert found == {"2": different, "4": different, "5": absent, "6": absent}


LIST = content("voters-0.utf")
BAD_LISTS = {
    "empty": b"",
    "cut short": LIST[:-1],
    "a head only in part": b"2\nTESTKOV\n0\n",
    "line ends of Windows": LIST.replace(b"\n", b"\r\n"),
    "not UTF-8": LIST.replace(b"V ONE", b"V \xff"),
    "an empty line": LIST + b"\n",
    "an unknown action": LIST.replace(b"lisamine", b"lisamin", 1),
    "a row with too few parts": LIST.replace(b"\t1\n", b"\n", 1),
    "a row with too many parts": LIST.replace(b"\t1\n", b"\t1\t1\n", 1),
    "a voter of 10 digits": LIST.replace(b"11111111111", b"1111111111"),
    "a parish in words": LIST.replace(b"FOREIGN", b"ABROAD"),
    "a district that is no number": LIST.replace(b"\t1\n", b"\tx\n", 1),
    "an empty name": LIST.replace(b"V ONE", b""),
    "a change set with a sign": LIST.replace(b"\n0\n", b"\n+0\n"),
    "a date that there is not": LIST.replace(b"02-20", b"02-30"),
    "one date": LIST.replace(b"\t2023-02-20T00:00:00Z", b""),
    "a removal in the first list": LIST + b"kustutamine\t11111111111\n",
}


@pytest.mark.parametrize("data", BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_voter_lists_refused(data: bytes) -> None:
    assert len(read_voter_list(LIST).rows) == 5
    assert data != LIST
    with pytest.raises(DecodeError):
        read_voter_list(data)


@pytest.mark.parametrize("name", [name for name in RESULT if "version" not in name])
def test_voter_lists_are_written_as_they_were_read(name: str) -> None:
    assert written(write_voter_list, read_voter_list(content(name))) == content(name)


def test_files_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evote.formats.ivxv.box.voter_list.MAX_FILE", len(LIST) - 1)
    with pytest.raises(DecodeError, match="at most"):
        read_voter_list(LIST)
    with pytest.raises(DecodeError, match="at most"):
        strict_json.decode(b"[ ]", list, "list", limit=2)


def test_signatures_of_voter_lists() -> None:
    signer = signatures.read_signer(content("voterlist-signer.pem"))
    for name in RESULT:
        data, signature = content(name), content(name.replace(".utf", ".sig"))
        if name == "voters-bad-sig.utf":
            with pytest.raises(VerificationError, match=r"ivxv.signature: voters-bad-sig"):
                signatures.check_voter_list(signer, data, signature, name)
            continue
        signatures.check_voter_list(signer, data, signature, name)
        for changed in ((data + b"\n", signature), (data, signature + b"\0"), (data, signature[:-1]), (data, b"")):
            with pytest.raises(VerificationError):
                signatures.check_voter_list(signer, *changed, name)


def read_result_rsa() -> RSAPublicKey:
    return signatures.read_result_key(unhex(load("official-java/threshold-rsa.json")["public_key_spki_der"]))


def test_signatures_of_results() -> None:
    """One of them is a byte shorter than the modulus."""
    said = load("official-java/threshold-rsa.json")
    key, message = read_result_rsa(), unhex(said["message_hex"])
    made = [unhex(said[name]["sig_hex"]) for name in ("signature_1_2_3", "signature_2_4_5")]
    assert sorted(map(len, made)) == [255, 256]
    for signature in made:
        signatures.check_result(key, message, signature, "tally")
        for changed in (
            (message + b" ", signature),
            (message, b"\0" + signature),
            (message, signature[:-1]),
            (message, b""),
        ):
            with pytest.raises(VerificationError, match=r"ivxv.signature: tally"):
                signatures.check_result(key, *changed, "tally")


def test_the_key_of_results_may_come_in_a_certificate_even_one_that_has_expired() -> None:
    key, signer = read_result_rsa(), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "result")])
    start = datetime.datetime(2023, 2, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key, 1, start, start + datetime.timedelta(days=21))
    certificate = builder.sign(signer, SHA256()).public_bytes(Encoding.PEM)
    assert signatures.read_result_key(certificate).public_numbers() == key.public_numbers()


def test_keys_refused() -> None:
    rsa, ec = unhex(load("official-java/threshold-rsa.json")["public_key_spki_der"]), content("voterlist-signer.pem")
    for bad in (rsa, b"", ec.replace(b"MFkw", b"MFkx"), ec + b"x"):
        with pytest.raises(DecodeError):
            signatures.read_signer(bad)
    for bad in (ec, rsa + b"\0", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"):
        with pytest.raises(DecodeError):
            signatures.read_result_key(bad)
