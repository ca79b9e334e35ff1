"""Fuzzing of the parsers around the ballot box, and what holds for whatever they accept."""

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.box.anonymous import AnonymousFile, InvalidFile, Place, Vote
from evote.formats.ivxv.box.checksum import read_checksum
from evote.formats.ivxv.box.definitions import read_choices, read_districts
from evote.formats.ivxv.box.logs import Kind, Log, Record, read_log
from evote.formats.ivxv.box.processor import squash
from evote.formats.ivxv.box.register import Entry, Register
from evote.formats.ivxv.box.revocation import Order, RevocationList, read_revocation_list
from evote.formats.ivxv.box.signatures import check_result, check_voter_list, read_result_key, read_signer
from evote.formats.ivxv.box.stages import StageFile
from evote.formats.ivxv.box.tally import Definitions, read_tally
from evote.formats.ivxv.box.voter_list import Addition, Removal, VoterList, read_skip_order, read_voter_list
from evote.formats.ivxv.box.writer import (
    write_anonymous,
    write_log,
    write_revocation_list,
    write_stage,
    write_tally,
    write_voter_list,
)
from evote.formats.ivxv.generation import Generation
from tests.formats.ivxv.boxes import ELECTION, QUESTION, ballot, bb, box, content, districts, key, opened, written
from tests.formats.ivxv.fuzz import FUZZ, near
from tests.formats.ivxv.vectors import load, unhex

LOG = Log(ELECTION, Kind.ACCEPTED, (Record("20230306120000", bytes(32), "0164", "1", "1" * 11),))
REVOCATIONS = RevocationList(ELECTION, Order.REVOKE, ("1" * 11,))


def written_stage(data: bytes) -> bytes:
    file = StageFile(io.BytesIO(data))
    return written(write_stage, file.election, file.stage, file)


def written_anonymous(data: bytes) -> bytes:
    file = AnonymousFile(io.BytesIO(data))
    return written(write_anonymous, file.election, file)


def written_log(data: bytes) -> bytes:
    return written(write_log, read_log(data))


def written_list(data: bytes) -> bytes:
    return written(write_voter_list, read_voter_list(data))


def written_tally(data: bytes) -> bytes:
    return written(write_tally, read_tally(data))


# What a parser accepts it accepts again as it is written, to the same end.
STABLE: dict[str, tuple[Callable[[bytes], bytes], bytes]] = {
    "stage": (written_stage, box(ballot({QUESTION: b"?"}))),
    "stage with ciphertexts": (written_stage, bb(2)),
    "anonymous": (written_anonymous, b'{"election": "E", "districts": {"0164.1": {"0164": {"E.1": ["AA=="]}}}}'),
    "tally": (written_tally, content("TESTKOV.1.tally")),
}
# There is one form: what is accepted is written to the same bytes.
CANONICAL: dict[str, tuple[Callable[[bytes], bytes], bytes]] = {
    "voter list": (written_list, content("voters-1.utf")),
    "log": (written_log, written(write_log, LOG)),
    "checksum": (lambda data: read_checksum(data).hex().encode(), content("TESTKOV-bb-1.json.sha256sum")),
}
PARSERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "invalid": (lambda data: list(InvalidFile(io.BytesIO(data))), content("TESTKOV-invalid")),
    "districts": (read_districts, content("TESTKOV.districts.json")),
    "choices": (read_choices, content("TESTKOV.choices.json")),
    "revocations": (read_revocation_list, written(write_revocation_list, REVOCATIONS)),
    "skip order": (read_skip_order, b"election: TESTKOV\nchangeset: 1\nskip_voter_list: voters-1.utf\n"),
    "signer": (read_signer, content("voterlist-signer.pem")),
    "result key": (read_result_key, unhex(load("official-java/threshold-rsa.json")["public_key_spki_der"])),
}


@pytest.mark.parametrize("name", STABLE)
@given(data=st.data())
@FUZZ
def test_what_is_accepted_means_one_thing(name: str, data: st.DataObject) -> None:
    rewritten, honest = STABLE[name]
    assert rewritten(honest)
    try:
        once = rewritten(data.draw(near(honest)))
    except DecodeError:
        return
    assert rewritten(once) == once


@pytest.mark.parametrize("name", CANONICAL)
@given(data=st.data())
@FUZZ
def test_where_there_is_one_form_no_other_is_accepted(name: str, data: st.DataObject) -> None:
    rewritten, honest = CANONICAL[name]
    assert rewritten(honest) == honest
    changed = data.draw(near(honest))
    try:
        assert rewritten(changed) == changed
    except DecodeError:
        assert changed != honest


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
@FUZZ
def test_only_a_decode_error_comes_out(name: str, data: st.DataObject) -> None:
    parse, honest = PARSERS[name]
    assert parse(honest) is not None
    changed = data.draw(near(honest))
    try:
        assert parse(changed) is not None
    except DecodeError:
        assert changed != honest


@given(data=st.data())
@FUZZ
def test_signatures_near_an_honest_one(data: st.DataObject) -> None:
    signature = content("voters-0.sig")
    changed = data.draw(near(signature))
    signer, signed = read_signer(content("voterlist-signer.pem")), content("voters-0.utf")
    check_voter_list(signer, signed, signature, "")
    if changed != signature:
        with pytest.raises(VerificationError):
            check_voter_list(signer, signed, changed, "")
    said = load("official-java/threshold-rsa.json")
    if (changed := data.draw(near(honest := unhex(said["signature_1_2_3"]["sig_hex"])))) != honest:
        with pytest.raises(VerificationError):
            check_result(read_result_key(unhex(said["public_key_spki_der"])), unhex(said["message_hex"]), changed, "")


@given(data=st.data())
@FUZZ
def test_ciphertexts_of_any_kind_are_kept_or_removed(data: st.DataObject) -> None:
    """Nobody looked at them before; the two whose verdicts are drawn together do not disturb each other."""
    (voter, *_) = opened(bb(2))
    honest = voter.ballots[0].ciphertexts[QUESTION]
    changed = data.draw(near(honest))
    held = json.loads(bb(2)) | {"type": "INTEGRITY_CONTROLLED"}
    held["ballots"]["2" * 11]["ballots"][0]["votes"][QUESTION] = base64.b64encode(changed).decode()
    kept = {one.voter[0]: one.kept is not None for one in squash(opened(json.dumps(held).encode()), key())}
    assert kept == {"1": True, "2": changed == honest, "4": True, "5": True, "6": True}


VOTERS = st.integers(1, 4).map(lambda voter: str(voter) * 11)
ADDITIONS = st.builds(
    Addition, VOTERS, st.just("V"), st.sampled_from(["0164", "0296", "FOREIGN"]), st.sampled_from("19")
)
ROWS = st.lists(st.one_of(ADDITIONS, st.builds(Removal, VOTERS)), max_size=6)


@given(first=st.lists(ADDITIONS, max_size=4), later=st.lists(ROWS, max_size=4))
@FUZZ
def test_lists_change_nothing_before_them(first: list[Addition], later: list[list[Any]]) -> None:
    register = Register(districts())
    seen: list[dict[str, Entry | None]] = []
    for number, rows in enumerate([first, *later]):
        changes = VoterList(ELECTION, 2 * number, "2023-02-01T00:00:00Z", "2023-02-02T00:00:00Z", tuple(rows))
        assert read_voter_list(written(write_voter_list, changes)) == changes
        left_out = len(register.apply(changes))
        now = {voter: register.lookup(voter, 2 * number) for voter in (str(i) * 11 for i in range(1, 5))}
        assert all(entry is None or entry.district != "." for entry in now.values())
        before = seen[-1] if seen else dict.fromkeys(now)
        growth = sum(entry is not None for entry in now.values()) - sum(entry is not None for entry in before.values())
        signs = sum(1 if isinstance(row, Addition) else -1 for row in rows)
        assert abs(growth - signs) <= left_out
        seen.append(now)
    for number, known in enumerate(seen):
        assert {voter: register.lookup(voter, 2 * number) for voter in known} == known


TEXTS = st.sampled_from([None, b"", b"0164.102\x1fP1\x1fBEN", b"0296.101\x1fP2\x1fCAT", b"0164.102"])
PLACES = st.sampled_from([("0164.1", "0164"), ("0164.1", "FOREIGN"), ("0164.1", "0000"), ("0296.1", "0296")])


@given(st.lists(st.tuples(PLACES, TEXTS), max_size=20))
@FUZZ
def test_every_vote_is_counted_once(votes: list[tuple[tuple[str, str], bytes | None]]) -> None:
    made = Definitions(districts(), read_choices(content("TESTKOV.choices.json")), Generation.G1)
    tally = made.count(((Place(*where, QUESTION), text) for where, text in votes), [QUESTION])[QUESTION]
    tally.check_sums()
    assert sum(sum(counts.values()) for counts in tally.by_district.values()) == len(votes)
    assert read_tally(written(write_tally, tally)) == tally


@given(st.lists(st.tuples(PLACES, st.binary(max_size=3)), max_size=20))
@FUZZ
def test_an_anonymous_box_keeps_its_votes(votes: list[tuple[tuple[str, str], bytes]]) -> None:
    held = [Vote(Place(*where, QUESTION), data) for where, data in votes]
    read = list(AnonymousFile(io.BytesIO(written(write_anonymous, ELECTION, held))))
    assert read == sorted(held, key=lambda vote: vote.place)
