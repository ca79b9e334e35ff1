"""Checkpoints, receipts and refusals: the operator's promises, and what does not pass for one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evote.crypto.signing import SigningKey
from evote.errors import DecodeError, EvoteError, VerificationError
from evote.record.board import (
    Checkpoint,
    NoteSignature,
    Receipt,
    decode_checkpoint,
    decode_receipt,
    key_hash,
    origin,
    verify_checkpoint,
    verify_conflict,
    verify_receipt,
)
from evote.record.merkle import EMPTY_ROOT, MerkleLog, verify_consistency
from evote.record.operator import make_receipt, sign_checkpoint, sign_refusal
from evote.record.replies import Refusal, decode_refusal, verify_refusal
from tests.record.samples import FINGERPRINT, OPERATOR, REGISTRAR, log_of

KEY = OPERATOR.public_key
LINES = [b"one", b"two", b"three", b"four", b"five"]
LOG = log_of(LINES)
NOTE = sign_checkpoint(OPERATOR, FINGERPRINT, LOG)
TEXT, LINE = NOTE.split(b"\n\n")
ELSEWHERE = bytes(32)


def signed(text: str, name: str = "operator", key: SigningKey = OPERATOR) -> bytes:
    """Return a note with a true signature under any text, however odd."""
    payload = key_hash(name, key.public_key) + key.sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(payload).decode()}\n".encode()


def test_a_checkpoint_is_a_signed_note() -> None:
    first, second, third, empty, signature, end = NOTE.decode().split("\n")
    assert (first, second, empty, end) == (f"evote/{FINGERPRINT.hex()}", "5", "", "")
    assert base64.b64decode(third) == LOG.root()
    assert signature.startswith("— operator ")
    assert signed(f"{first}\n{second}\n{third}\n") == NOTE
    assert bytes(decode_checkpoint(NOTE)) == NOTE


def test_key_hash_is_that_of_signed_notes() -> None:
    key = base64.b64decode("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")[1:]  # Go's checksum database
    assert key_hash("sum.golang.org", key).hex() == "033de0ae"


@pytest.mark.parametrize("size", range(6))
def test_what_the_operator_signs_verifies(size: int) -> None:
    log = log_of(LINES[:size])
    checkpoint = verify_checkpoint(sign_checkpoint(OPERATOR, FINGERPRINT, log), FINGERPRINT, KEY)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (origin(FINGERPRINT), size, log.root())
    verify_consistency(size, 5, checkpoint.root, LOG.root(), LOG.consistency_proof(size, 5))


ROOT = base64.b64encode(LOG.root()).decode()
HEAD = f"{origin(FINGERPRINT)}\n5\n"
MALFORMED = {
    "empty": b"",
    "not UTF-8": b"\xff" + NOTE,
    "byte order mark": b"\xef\xbb\xbf" + NOTE,
    "unsigned": TEXT + b"\n\n",
    "unsigned text": TEXT,
    "no end of line": NOTE[:-1],
    "more after it": NOTE + b"\n",
    "carriage returns": NOTE.replace(b"\n", b"\r\n"),
    "hyphen for the dash": NOTE.replace("—".encode(), b"-"),
    "two spaces": NOTE.replace(b" operator", b"  operator"),
    "name in capitals": signed(f"{HEAD}{ROOT}\n", "Operator"),
    "extension line": signed(f"{HEAD}{ROOT}\nmore\n"),
    "other origin": signed(f"example.org/log\n5\n{ROOT}\n"),
    "fingerprint in capitals": signed(f"evote/{FINGERPRINT.hex().upper()}\n5\n{ROOT}\n"),
    "size with a zero before": signed(f"{origin(FINGERPRINT)}\n05\n{ROOT}\n"),
    "size with a sign": signed(f"{origin(FINGERPRINT)}\n+5\n{ROOT}\n"),
    "size in other digits": signed(f"{origin(FINGERPRINT)}\n\u0665\n{ROOT}\n"),
    "size beyond all bounds": signed(f"{origin(FINGERPRINT)}\n{10**20}\n{ROOT}\n"),
    "root cut": signed(f"{HEAD}{ROOT[:-4]}\n"),
    "root without padding": signed(f"{HEAD}{ROOT[:-1]}\n"),
    "loose base64 in the root": signed(f"{HEAD}{ROOT[:-2]}{chr(ord(ROOT[-2]) + 1)}=\n"),
    "signature cut": NOTE[:-5] + b"\n",
    "signature not base64": NOTE[:-3] + b"!=\n",
    "too long": TEXT + b"\n\n" + (LINE) * 40,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_a_checkpoint(name: str) -> None:
    with pytest.raises(DecodeError):
        verify_checkpoint(MALFORMED[name], FINGERPRINT, KEY)


FALSE = {
    "another election": sign_checkpoint(OPERATOR, ELSEWHERE, LOG),
    "another key": sign_checkpoint(REGISTRAR, FINGERPRINT, LOG),
    "another name": signed(f"{HEAD}{ROOT}\n", "witness"),
    "two signatures": NOTE + LINE,
    "and a witness": NOTE + signed(f"{HEAD}{ROOT}\n", "witness", REGISTRAR).split(b"\n\n")[1],
    "size changed": NOTE.replace(b"\n5\n", b"\n4\n"),
    "root changed": NOTE.replace(ROOT.encode(), base64.b64encode(EMPTY_ROOT)),
    "signature of another checkpoint": TEXT
    + b"\n\n"
    + sign_checkpoint(OPERATOR, FINGERPRINT, MerkleLog()).split(b"\n\n")[1],
    "key hash of another": bytes(
        Checkpoint(
            origin(FINGERPRINT),
            5,
            LOG.root(),
            (NoteSignature("operator", bytes(4), OPERATOR.sign(TEXT + b"\n")),),
        )
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_the_operator_did_not_sign(name: str) -> None:
    verify_checkpoint(NOTE, FINGERPRINT, KEY)
    with pytest.raises(VerificationError) as caught:
        verify_checkpoint(FALSE[name], FINGERPRINT, KEY)
    assert caught.value.check == "board.checkpoint"


def test_signatures_come_in_the_expected_order() -> None:
    note = signed(f"{HEAD}{ROOT}\n") + signed(f"{HEAD}{ROOT}\n", "witness", REGISTRAR).split(b"\n\n")[1]
    keys = [("operator", KEY), ("witness", REGISTRAR.public_key)]
    decode_checkpoint(note).verify(keys)
    with pytest.raises(VerificationError, match="expected keys"):
        decode_checkpoint(note).verify(keys[::-1])


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_no_byte_of_a_checkpoint_can_change(place: int, flip: int) -> None:
    data = bytearray(NOTE)
    data[place] ^= flip
    with pytest.raises((DecodeError, VerificationError)):
        verify_checkpoint(bytes(data), FINGERPRINT, KEY)


@given(st.one_of(st.binary(), st.text().map(str.encode), st.binary().map(lambda data: TEXT + b"\n\n" + data)))
def test_decoding_a_checkpoint_inverts_encoding_or_refuses(data: bytes) -> None:
    try:
        assert bytes(decode_checkpoint(data)) == data
    except DecodeError as error:
        assert "checkpoint" in str(error)  # noqa: PT017


RECEIPT = make_receipt(LOG, 2, NOTE)
WRONG_RECEIPTS = {
    "other leaf": (replace(RECEIPT, leaf=LOG.leaf(1)), "board.inclusion"),
    "other index": (replace(RECEIPT, index=3), "board.inclusion"),
    "index beyond": (replace(RECEIPT, index=5), "board.inclusion"),
    "proof cut": (replace(RECEIPT, proof=RECEIPT.proof[1:]), "board.inclusion"),
    "proof changed": (replace(RECEIPT, proof=(bytes(32), *RECEIPT.proof[1:])), "board.inclusion"),
    "checkpoint of another size": (
        replace(RECEIPT, checkpoint=sign_checkpoint(OPERATOR, FINGERPRINT, log_of(LINES[:3]))),
        "board.inclusion",
    ),
    "checkpoint by another": (replace(RECEIPT, checkpoint=FALSE["another key"]), "board.checkpoint"),
    "checkpoint of another election": (
        replace(RECEIPT, checkpoint=FALSE["another election"]),
        "board.checkpoint",
    ),
}


@pytest.mark.parametrize("index", range(5))
def test_a_receipt_shows_an_entry(index: int) -> None:
    receipt = make_receipt(LOG, index, NOTE)
    assert decode_receipt(bytes(receipt)) == receipt
    assert verify_receipt(receipt, FINGERPRINT, KEY) == decode_checkpoint(NOTE)


@pytest.mark.parametrize("name", WRONG_RECEIPTS)
def test_what_does_not_show_an_entry(name: str) -> None:
    receipt, check = WRONG_RECEIPTS[name]
    with pytest.raises(VerificationError) as caught:
        verify_receipt(receipt, FINGERPRINT, KEY)
    assert caught.value.check == check


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        bytes(RECEIPT) + b"\n",
        bytes(RECEIPT).replace(b'"index":2', b'"index":2.0'),
        bytes(RECEIPT).replace(b'"index":2', b'"index":-1'),
        bytes(RECEIPT).replace(b'"leaf":"', b'"leaf":"AAAA'),
        bytes(RECEIPT)[:-1] + b',"more":1}',
        bytes(replace(RECEIPT, proof=(bytes(32),) * 65)),
    ],
)
def test_what_is_not_a_receipt(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_receipt(data)


def receipt_of(lines: list[bytes], index: int, key: SigningKey = OPERATOR) -> Receipt:
    log = log_of(lines)
    return make_receipt(log, index, sign_checkpoint(key, FINGERPRINT, log))


CONFLICTS = {
    "one place, two entries": (receipt_of(LINES, 2), receipt_of([b"one", b"two", b"other", b"four"], 2)),
    "one size, two roots": (receipt_of(LINES, 2), receipt_of([b"one", b"two", b"three", b"four", b"other"], 0)),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_contradictory_receipts_convict_the_operator(name: str) -> None:
    one, other = CONFLICTS[name]
    verify_conflict(one, other, FINGERPRINT, KEY)
    verify_conflict(other, one, FINGERPRINT, KEY)


INNOCENT = {
    "the same twice": (RECEIPT, RECEIPT, "board.conflict"),
    "two entries of one board": (RECEIPT, receipt_of(LINES, 3), "board.conflict"),
    "a board that grew": (receipt_of(LINES[:3], 2), RECEIPT, "board.conflict"),
    "somebody else's board": (RECEIPT, receipt_of([b"x"] * 5, 2, REGISTRAR), "board.checkpoint"),
    "a forged proof": (RECEIPT, replace(RECEIPT, leaf=bytes(32)), "board.inclusion"),
}


@pytest.mark.parametrize("name", INNOCENT)
def test_what_does_not_convict_the_operator(name: str) -> None:
    one, other, check = INNOCENT[name]
    with pytest.raises(VerificationError) as caught:
        verify_conflict(one, other, FINGERPRINT, KEY)
    assert caught.value.check == check


REFUSAL = sign_refusal(OPERATOR, FINGERPRINT, b"a line", "ballot.eligible", "voter v1")


def test_a_refusal_is_signed() -> None:
    verify_refusal(REFUSAL, FINGERPRINT, KEY)
    assert decode_refusal(bytes(REFUSAL)) == REFUSAL


@pytest.mark.parametrize(
    ("refusal", "fingerprint", "key"),
    [
        (replace(REFUSAL, check="ballot.signature"), FINGERPRINT, KEY),
        (replace(REFUSAL, subject="voter v2"), FINGERPRINT, KEY),
        (replace(REFUSAL, check="ballot.eligiblev", subject="oter v1"), FINGERPRINT, KEY),
        (replace(REFUSAL, entry=bytes(32)), FINGERPRINT, KEY),
        (replace(REFUSAL, fingerprint=ELSEWHERE), FINGERPRINT, KEY),
        (replace(REFUSAL, fingerprint=ELSEWHERE), ELSEWHERE, KEY),
        (sign_refusal(OPERATOR, ELSEWHERE, b"a line", "ballot.eligible", "voter v1"), FINGERPRINT, KEY),
        (REFUSAL, FINGERPRINT, REGISTRAR.public_key),
    ],
)
def test_a_refusal_says_what_was_signed(refusal: Refusal, fingerprint: bytes, key: bytes) -> None:
    with pytest.raises(VerificationError) as caught:
        verify_refusal(refusal, fingerprint, key)
    assert caught.value.check == "board.refusal"


@given(st.binary(max_size=60))
def test_arbitrary_bytes_raise_nothing_but_ours(data: bytes) -> None:
    for decode in (decode_receipt, decode_refusal, decode_checkpoint):
        with pytest.raises(EvoteError):
            decode(data)


@pytest.mark.parametrize("subject", ["a \x00 control", "\u202eback to front", "e\u0301 in two parts", "x" * 5000])
def test_a_refusal_can_be_written_whatever_it_quotes(subject: str) -> None:
    refusal = sign_refusal(OPERATOR, FINGERPRINT, b"a line", "entry.encoding", subject)
    assert decode_refusal(bytes(refusal)) == refusal
    verify_refusal(refusal, FINGERPRINT, KEY)
