"""The processor's stages come out as the official ones, byte for byte; what is stricter is said, and can be off."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from evote.crypto.elgamal import Ciphertext
from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.box.processor import Cause, Outcome, anonymize, remaining, revoke, squash
from evote.formats.ivxv.box.quirks import NONE, OFFICIAL, Quirk, Quirks
from evote.formats.ivxv.box.revocation import (
    Effect,
    Order,
    RevocationList,
    apply_revocations,
    read_revocation_list,
)
from evote.formats.ivxv.box.stages import Stage, StageFile
from evote.formats.ivxv.box.writer import write_anonymous, write_revocation_list, write_stage
from evote.formats.ivxv.ciphertext import encode_ciphertext
from tests.formats.ivxv.boxes import ELECTION, QUESTION, ballot, bb, box, key, opened, table, written

OTHER = f"{ELECTION}.2"
LISTS = [  # as the official run applied them; the messages are in stages.json
    RevocationList(ELECTION, Order.REVOKE, ("44444444444", "55555555555", "99999999999")),
    RevocationList(None, Order.REVOKE, ("44444444444",)),
    RevocationList(ELECTION, Order.RESTORE, ("55555555555", "11111111111")),
]


def named(outcomes: list[Outcome], cause: Cause) -> list[str]:
    return [f"{one.voter}/{gone.ballot.id}" for one in outcomes for gone in one.removed if gone.cause is cause]


@pytest.mark.parametrize("quirks", [NONE, OFFICIAL], ids=["strict", "official"])
def test_from_the_first_stage_to_the_last(quirks: Quirks) -> None:
    said = table("stages.json")
    outcomes = list(squash(opened(bb(1)), key(), quirks=quirks))
    assert named(outcomes, Cause.RECURRENT) == said["removed_recurrent"]
    assert named(outcomes, Cause.INVALID) == said["removed_invalid"]
    assert [one.voter for one in outcomes if one.tied] == ["66666666666"]
    second = written(write_stage, ELECTION, Stage.SQUASHED, remaining(outcomes))
    assert second == bb(2)

    known = {voter.id for voter in opened(second)}
    restoring = read_revocation_list(
        b'{"election": "TESTKOV", "type": "Revoke", "persons": ["66666666666"]}', quirks=OFFICIAL
    )
    revocations = apply_revocations(ELECTION, known, [*LISTS, restoring])
    lines = [f"{one.order.value} {one.person} {one.effect.value}" for one in revocations.messages]
    assert lines == said["revocations"]
    outcomes = list(revoke(opened(second), revocations.revoked))
    assert [one.voter for one in outcomes if one.kept is None] == ["44444444444"]
    third = written(write_stage, ELECTION, Stage.REVOKED, remaining(outcomes))
    assert third == bb(3)

    votes = list(anonymize(opened(third)))
    assert written(write_anonymous, ELECTION, votes) == bb(4)
    assert len(votes) == said["bb4_votes"]


def test_chunks_and_workers_change_nothing() -> None:
    with ThreadPoolExecutor(2) as executor:
        outcomes = squash(opened(bb(1)), key(), executor=executor, chunk=2)
        assert written(write_stage, ELECTION, Stage.SQUASHED, remaining(outcomes)) == bb(2)


def test_no_stage_is_skipped() -> None:
    assert table("stages.json")["anonymize_on_stage_1"].startswith("refused")
    for data in (bb(1), bb(2)):
        with pytest.raises(DecodeError, match="DOUBLE_VOTERS_REMOVED is needed"):
            anonymize(opened(data))
    for data in (bb(1), bb(3)):
        with pytest.raises(DecodeError, match="INVALID_CIPHERTEXTS_REMOVED is needed"):
            revoke(opened(data), ())
    for data in (bb(2), bb(3)):
        with pytest.raises(DecodeError, match="INTEGRITY_CONTROLLED is needed"):
            squash(opened(data), key())


def good() -> bytes:
    g = key().group.generator
    return encode_ciphertext(Ciphertext(g, g * g))


def squashed(data: bytes, *quirks: Quirk) -> Outcome:
    (outcome,) = squash(StageFile(io.BytesIO(data)), key(), quirks=quirks)
    return outcome


def test_every_question_counts_unless_the_last_one_decides() -> None:
    """The official programs kept 200 of 200 ballots whose first question was malformed and whose second was not."""
    assert table("stages.json")["two_question_ballot_with_first_question_malformed_second_ok"] == "kept 200 of 200"
    first_bad = box(ballot({QUESTION: b"malformed", OTHER: good()}))
    outcome = squashed(first_bad)
    assert outcome.kept is None
    assert "official tool: keeps the ballot" in outcome.removed[0].detail
    assert squashed(first_bad, Quirk.LAST_QUESTION_DECIDES).kept is not None
    last_bad = box(ballot({QUESTION: good(), OTHER: b"malformed"}))
    assert squashed(last_bad, Quirk.LAST_QUESTION_DECIDES).kept is None
    assert "keeps" not in squashed(last_bad).removed[0].detail
    assert squashed(box(ballot({QUESTION: good(), OTHER: good()}))).kept is not None


def test_ciphertexts_are_judged_strictly_unless_the_official_test_is_asked_for() -> None:
    trailing = box(ballot({QUESTION: good() + b"\0"}))
    assert squashed(trailing, Quirk.LENIENT_CIPHERTEXTS).kept is not None
    assert squashed(trailing).removed[0].detail.startswith("official tool: accepts; refused here because bytes follow")
    off_curve = good()[:-1] + bytes([good()[-1] ^ 1])
    malformed = box(ballot({QUESTION: off_curve}))
    assert squashed(malformed, Quirk.LENIENT_CIPHERTEXTS).removed[0].detail == "INVALID_BYTES"
    assert squashed(malformed).removed[0].detail.startswith("official tool: refuses; refused here because")
    mixed = squashed(box(ballot({QUESTION: off_curve, OTHER: b""})))
    assert mixed.kept is None


def test_revocation_lists() -> None:
    for held in LISTS:
        assert read_revocation_list(written(write_revocation_list, held)) == held
    assert read_revocation_list(b'{"election": null, "type": "revoke", "persons": []}').election is None
    with pytest.raises(VerificationError, match="another election"):
        apply_revocations("OTHER", (), LISTS)
    again = [RevocationList(None, order, ("1" * 11,)) for order in (Order.REVOKE, Order.RESTORE, Order.REVOKE)]
    applied = apply_revocations(ELECTION, {"1" * 11}, again)
    assert applied.revoked == {"1" * 11}
    assert {message.effect for message in applied.messages} == {Effect.DONE}


@pytest.mark.parametrize(
    "bad",
    [
        b'{"election": "TESTKOV", "type": "Revoke", "persons": []}',
        b'{"election": "TESTKOV", "type": "revoke"}',
        b'{"election": "TESTKOV", "type": "revoke", "persons": ["1"]}',
        b'{"election": "TESTKOV", "type": "revoke", "persons": [], "x": 1}',
        b'{"election": "TESTKOV", "type": "revoke", "type": "restore", "persons": []}',
        b'{"election": 1, "type": "revoke", "persons": []}',
        b"[]",
    ],
)
def test_revocation_lists_refused(bad: bytes) -> None:
    with pytest.raises(DecodeError):
        read_revocation_list(bad)
