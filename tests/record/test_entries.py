"""Entries: one text each, and a signature over exactly who says what in which election."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evote.crypto.signature import verify_signature
from evote.errors import DecodeError, VerificationError
from evote.methods.outcome import Outcome, Table
from evote.record import canonical
from evote.record.entries import (
    Aggregate,
    Answer,
    AnyBody,
    Ballot,
    Closing,
    Complaint,
    Credential,
    DecryptionShare,
    Definition,
    Entry,
    JointKey,
    KeyBoxes,
    KeyCommitment,
    KeyOpening,
    KeyRestart,
    KeyVerdict,
    Restoration,
    Result,
    Revocation,
    Roll,
    Shuffle,
    ThresholdProof,
    ThresholdShare,
    ThresholdTest,
    UnitResult,
    decode_entry,
    lists_named,
    signing_message,
)
from evote.record.operator import sign_entry
from tests.record.samples import FINGERPRINT, OPERATOR, REGISTRAR
from tests.reference.forms import ENTRY, load

ONE, TWO = bytes([1]) * 32, bytes([2]) * 32
BODIES = [
    Definition(fingerprint=FINGERPRINT),
    Roll(credentials=ONE, count=3),
    KeyCommitment(attempt=1, commitment=ONE, box_keys=(ONE, TWO)),
    KeyOpening(attempt=1, coefficients=(b"a", b"b"), proof=b"p", nonce=ONE),
    KeyBoxes(attempt=1, boxes=(b"", b"box")),
    KeyVerdict(attempt=2, complaints=(Complaint(dealer=1, secret=TWO),)),
    KeyRestart(attempt=1, disqualified=(2, 3)),
    JointKey(attempt=2, key=b"y", trustees=(1, 2)),
    Ballot(
        sequence=1,
        previous=Ballot.FIRST,
        answers=(Answer(contest="council", ciphertexts=(b"c", b"d"), commitments=(b"P",), proofs=(b"p",)),),
    ),
    Revocation(voter="v1", reason="voted on paper"),
    Restoration(voter="v1", reason="the wrong Õie"),
    Closing(size=9, root=ONE, ballots=3, superseded=1, revoked=0, kept=2),
    Aggregate(contest="council", unit="north", ciphertexts=(b"c",)),
    Shuffle(contest="council", unit="north", input=ONE, output=TWO, vectors=ONE, proof=b"p"),
    DecryptionShare(contest="council", unit="north", input=ONE, shares=TWO, proof=b"p"),
    ThresholdTest(contest="park", time="spring", size=9, root=ONE, ballots=3, aggregate=b"c"),
    ThresholdShare(contest="park", time="spring", share=b"D", proof=b"p"),
    ThresholdProof(
        contest="park", time="spring", trustees=(1, 3), reached=True, commitments=(b"P",), proofs=(b"p", b"q")
    ),
    Result(
        contest="council",
        units=(
            UnitResult(unit="north", ballots=2, weight=2, counts=(1, 0), blank=0, invalid=1, invalid_elements=(b"x",)),
        ),
        counts=(1, 0),
        blank=0,
        invalid=1,
        withheld=0,
        outcome=Outcome(
            method="plurality", winners=("a",), tables=(Table(title="Votes", columns=("Option",), rows=(("A",),)),)
        ),
    ),
]  # fmt: skip
KINDS = [type(body).__name__ for body in BODIES]
REVOCATION = sign_entry(REGISTRAR, FINGERPRINT, "registrar", Revocation(voter="v1", reason="paper"))
LINE = bytes(REVOCATION)


def test_there_is_a_sample_of_every_kind() -> None:
    assert {type(body) for body in BODIES} == set(get_args(AnyBody))


@pytest.mark.parametrize("body", BODIES, ids=KINDS)
def test_every_kind_has_one_text(body: AnyBody) -> None:
    entry = sign_entry(OPERATOR, FINGERPRINT, "operator", body)
    line = bytes(entry)
    assert decode_entry(line) == entry
    assert b"\n" not in line
    assert line.count(b'"kind"') == 1


@pytest.mark.parametrize("body", BODIES, ids=KINDS)
def test_an_author_signs_election_author_and_body(body: AnyBody) -> None:
    signature = sign_entry(OPERATOR, FINGERPRINT, "operator", body).signature
    key = OPERATOR.public_key
    verify_signature(key, signing_message(FINGERPRINT, "operator", body), signature)
    others = [other for other in BODIES if other is not body]
    contexts = [
        (FINGERPRINT, "registrar", body),
        (FINGERPRINT, "operator1", body),
        (bytes(32), "operator", body),
        *((FINGERPRINT, "operator", other) for other in others),
    ]
    for context in contexts:
        with pytest.raises(VerificationError):
            verify_signature(key, signing_message(*context), signature)


def test_which_entries_name_lists() -> None:
    named = {type(body): lists_named(body) for body in BODIES if lists_named(body)}
    assert named == {Roll: (ONE,), Shuffle: (TWO, ONE), DecryptionShare: (TWO,)}


def test_what_is_signed_byte_by_byte() -> None:
    body = canonical.encode(REVOCATION.body)
    message = signing_message(FINGERPRINT, "registrar", REVOCATION.body)
    assert body == b'{"kind":"revocation","reason":"paper","voter":"v1"}'
    assert message == (b"evote entry v1\x00" + FINGERPRINT + bytes(7) + b"\x09registrar" + bytes(7) + b"\x33" + body)


MALFORMED = {
    "empty": b"",
    "line end": LINE + b"\n",
    "no author": LINE.replace(b'"author":"registrar",', b""),
    "empty author": LINE.replace(b'"registrar"', b'""'),
    "unknown kind": LINE.replace(b'"revocation"', b'"rebuke"'),
    "no kind": LINE.replace(b'"kind":"revocation",', b""),
    "kind that is a number": LINE.replace(b'"revocation"', b"1"),
    "kind of another shape": LINE.replace(b'"revocation"', b'"roll"'),
    "kind last": LINE.replace(b'"kind":"revocation",', b"").replace(b'"v1"', b'"v1","kind":"revocation"'),
    "kind twice": LINE.replace(b'"kind":"revocation"', b'"kind":"restoration","kind":"revocation"'),
    "field more": LINE.replace(b'"voter"', b'"undo":false,"voter"'),
    "field more outside": LINE.replace(b'"author"', b'"at":0,"author"'),
    "short signature": bytes(replace(REVOCATION, signature=bytes(63))),
    "long signature": bytes(replace(REVOCATION, signature=bytes(65))),
    "escaped letter": LINE.replace(b'"paper"', b'"p\\u0061per"'),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_an_entry(name: str) -> None:
    assert decode_entry(LINE) == REVOCATION
    with pytest.raises(DecodeError):
        decode_entry(MALFORMED[name])


BOUNDS: dict[str, AnyBody] = {
    "attempt 0": KeyRestart(attempt=0, disqualified=()),
    "attempt 1001": KeyRestart(attempt=1001, disqualified=()),
    "trustee 0": KeyRestart(attempt=1, disqualified=(0,)),
    "short digest": Roll(credentials=bytes(31), count=0),
    "long digest": Roll(credentials=bytes(33), count=0),
    "negative count": Roll(credentials=ONE, count=-1),
    "count of 2^53": Roll(credentials=ONE, count=1 << 53),
    "sequence 0": Ballot(sequence=0, previous=ONE, answers=()),
    "sequence beyond": Ballot(sequence=1_000_001, previous=ONE, answers=()),
    "empty contest": Aggregate(contest="", unit="u", ciphertexts=()),
    "long reason": Revocation(voter="v", reason="x" * 2001),
    "short secret": KeyVerdict(attempt=1, complaints=(Complaint(dealer=1, secret=b""),)),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds(name: str) -> None:
    entry = Entry(author="operator", body=BOUNDS[name], signature=bytes(64))
    with pytest.raises(DecodeError):
        decode_entry(bytes(entry))


@given(st.integers(0, len(LINE) - 1), st.binary(max_size=2), st.integers(0, 2))
def test_a_changed_line_is_another_entry_or_none(place: int, new: bytes, removed: int) -> None:
    line = LINE[:place] + new + LINE[place + removed :]
    try:
        assert bytes(decode_entry(line)) == line
    except DecodeError as error:
        assert "Entry" in str(error)  # noqa: PT017


CREDENTIAL = Credential(voter="v-1", key=ONE, district="north")


def test_a_credential_has_one_text() -> None:
    text = canonical.encode(CREDENTIAL)
    assert canonical.decode(text, Credential) == CREDENTIAL


@pytest.mark.parametrize(
    "credential",
    [
        replace(CREDENTIAL, voter=""),
        replace(CREDENTIAL, voter="v 1"),
        replace(CREDENTIAL, voter="v1\u0130"),
        replace(CREDENTIAL, voter="v" * 65),
        replace(CREDENTIAL, key=bytes(31)),
        replace(CREDENTIAL, district=""),
        replace(CREDENTIAL, weight=0),
        replace(CREDENTIAL, weight=1 << 40),
    ],
)
def test_what_is_not_a_credential(credential: Credential) -> None:
    with pytest.raises(DecodeError):
        canonical.decode(canonical.encode(credential), Credential)


def test_a_unit_of_many_districts_has_a_name_as_long_as_they_make_it() -> None:
    aggregate = Aggregate(contest="council", unit="+".join(["polling-district"] * 5000), ciphertexts=())
    line = bytes(sign_entry(OPERATOR, FINGERPRINT, "operator", aggregate))
    assert decode_entry(line).body == aggregate
    assert ENTRY(load(line)).body.unit == aggregate.unit
