"""The kinds of entry on the board: what each party says, as signed values.

An `Entry` is a body, the role that wrote it, and that role's Ed25519 signature over the election's fingerprint, the
author and the body. Elements, ciphertexts and proofs are bytes here; the module that knows their group decodes them.
A list too long for a line stands beside the board in a file named by its SHA-256 digest, and the entry holds the
digest.
"""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from evote.crypto.transcript import frame
from evote.methods.outcome import Outcome
from evote.record import canonical

SIGNING_DOMAIN = b"evote entry v1\x00"  # the NUL keeps it apart from checkpoint notes, which are text

Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]
Index = Annotated[int, Meta(ge=1, le=1000)]
Count = Annotated[int, Meta(ge=0, lt=1 << 53)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
MAX_TEXT = 2000
MAX_VOTER, MAX_SEQUENCE = 64, 1_000_000
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
UnitName = Annotated[str, Meta(min_length=1)]  # as long as its cells make it, up to what a line holds


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What an entry says; ``kind`` in the JSON tells which of the classes below it is."""


class Definition(Body, frozen=True, tag="election"):
    """Operator: this board serves the election with this fingerprint."""

    fingerprint: Digest


class Roll(Body, frozen=True, tag="roll"):
    """Registrar: the electorate, a list of `Credential` lines."""

    credentials: Digest
    count: Count


class KeyCommitment(Body, frozen=True, tag="key-commitment"):
    """Trustee, round 1: a hash of the opening to come, and one fresh box key for each dealer, by index."""

    attempt: Index
    commitment: Digest
    box_keys: tuple[Digest, ...]


class KeyOpening(Body, frozen=True, tag="key-opening"):
    """Trustee, round 2: Feldman commitments of a polynomial of degree t-1, proof of possession, hash nonce."""

    attempt: Index
    coefficients: tuple[bytes, ...]
    proof: bytes
    nonce: Digest


class KeyBoxes(Body, frozen=True, tag="key-boxes"):
    """Trustee, round 3: the share for each participant, sealed to the box key made for this dealer."""

    attempt: Index
    boxes: tuple[bytes, ...]


class Complaint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one-time secret that opens the box from ``dealer``, so that anybody can judge."""

    dealer: Index
    secret: Digest


class KeyVerdict(Body, frozen=True, tag="key-verdict"):
    """Trustee, round 4: the boxes were good, except those complained of."""

    attempt: Index
    complaints: tuple[Complaint, ...]


class KeyRestart(Body, frozen=True, tag="key-restart"):
    """Operator: this attempt failed through these trustees; the others begin again."""

    attempt: Index
    disqualified: tuple[Index, ...]


class JointKey(Body, frozen=True, tag="key"):
    """Operator: the ceremony ended well; this is the key that ballots are encrypted under."""

    attempt: Index
    key: bytes
    trustees: tuple[Index, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sealed answer to one contest: ciphertexts c1 || c2, commitments, and the proofs its question asks for."""

    contest: Name
    ciphertexts: tuple[bytes, ...]
    commitments: tuple[bytes, ...] = ()
    proofs: tuple[bytes, ...]


class Ballot(Body, frozen=True, tag="ballot"):
    """Voter: answers to every contest; ``previous`` is the leaf of this voter's last ballot, or 32 zero bytes."""

    sequence: Annotated[int, Meta(ge=1, le=MAX_SEQUENCE)]
    previous: Digest
    answers: tuple[Answer, ...]

    FIRST: ClassVar[bytes] = bytes(32)


class Revocation(Body, frozen=True, tag="revocation"):
    """Registrar: this voter's electronic ballots do not count, for this reason (a vote on paper, say)."""

    voter: Name
    reason: Text


class Restoration(Body, frozen=True, tag="restoration"):
    """Registrar: this voter's revocation is lifted, for this reason."""

    voter: Name
    reason: Text


class Closing(Body, frozen=True, tag="closing"):
    """Operator: voting is over after ``size`` entries with Merkle root ``root``."""

    size: Count
    root: Digest
    ballots: Count
    superseded: Count
    revoked: Count
    kept: Count


class Aggregate(Body, frozen=True, tag="aggregate"):
    """Operator: the product of the kept ballots of one unit; all have one weight, which the result multiplies by."""

    contest: Name
    unit: UnitName
    ciphertexts: tuple[bytes, ...]


class Shuffle(Body, frozen=True, tag="shuffle"):
    """Mixer: the list before, re-encrypted and permuted; ``output`` and ``vectors`` name lists beside the board."""

    contest: Name
    unit: UnitName
    input: Digest
    output: Digest
    vectors: Digest
    proof: bytes


class DecryptionShare(Body, frozen=True, tag="decryption"):
    """Trustee: partial decryptions of the list with digest ``input``, with one proof for all of them."""

    contest: Name
    unit: UnitName
    input: Digest
    shares: Digest
    proof: bytes


class ThresholdTest(Body, frozen=True, tag="threshold-test"):
    """Operator: it is time to test whether a petition has reached its threshold.

    ``aggregate`` is the product of the ballots kept on a board of ``size`` entries, each raised to its weight.
    """

    contest: Name
    time: Name
    size: Count
    root: Digest
    ballots: Count
    aggregate: bytes


class ThresholdShare(Body, frozen=True, tag="threshold-share"):
    """Trustee: a partial decryption of a test's aggregate, blinded, with proof."""

    contest: Name
    time: Name
    share: bytes
    proof: bytes


class ThresholdProof(Body, frozen=True, tag="threshold-proof"):
    """Trustee: the threshold is reached, or is not, by the shares of these trustees and a range proof."""

    contest: Name
    time: Name
    trustees: tuple[Index, ...]
    reached: bool
    commitments: tuple[bytes, ...]
    proofs: tuple[bytes, ...]


class UnitResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One unit's outcome in ballots, the weight of each, and the plaintexts of the invalid ones as elements."""

    unit: UnitName
    ballots: Count
    weight: Count
    counts: tuple[Count, ...]
    blank: Count
    invalid: Count
    invalid_elements: tuple[bytes, ...]


class Result(Body, frozen=True, tag="result"):
    """Operator: a contest's count by unit and, by weight, in total; ``withheld`` ballots lie in units too small.

    A petition whose threshold is all that is told has no ``units`` and no ``counts``. ``outcome`` is what the
    definition's method makes of it, if it names one.
    """

    contest: Name
    units: tuple[UnitResult, ...]
    counts: tuple[Count, ...]
    blank: Count
    invalid: Count
    withheld: Count
    outcome: Outcome | None = None


AnyBody = (
    Definition | Roll | KeyCommitment | KeyOpening | KeyBoxes | KeyVerdict | KeyRestart | JointKey | Ballot
    | Revocation | Restoration | Closing | Aggregate | Shuffle | DecryptionShare
    | ThresholdTest | ThresholdShare | ThresholdProof | Result
)  # fmt: skip


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body, its author (``operator``, ``registrar``, ``trustee 1``, ``mixer 1``, ``voter NAME``) and signature."""

    author: Name
    body: AnyBody
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]

    def __bytes__(self) -> bytes:
        """Return the entry's line on the board, without the line end."""
        return canonical.encode(self)


class Credential(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the roll: a voter's pseudonym, Ed25519 key, place in the partition, and weight."""

    voter: Annotated[str, Meta(pattern=rf"^[A-Za-z0-9_.-]{{1,{MAX_VOTER}}}\Z")]
    key: Digest
    district: Name
    stratum: Annotated[str, Meta(max_length=200)] = ""
    weight: Annotated[int, Meta(ge=1, lt=1 << 40)] = 1


def trustee_index(author: str) -> int:
    """Return j of the author ``trustee j``."""
    return int(author.removeprefix("trustee "))


def ballot_in(entry: Entry) -> Ballot:
    """Return the body of a ballot entry; ``TypeError`` for an entry of another kind."""
    if not isinstance(entry.body, Ballot):
        raise TypeError("not a ballot")
    return entry.body


def lists_named(body: Body) -> tuple[bytes, ...]:
    """Return the digests of the lists that an entry puts beside the board."""
    match body:
        case Roll():
            return (body.credentials,)
        case Shuffle():
            return (body.output, body.vectors)
        case DecryptionShare():
            return (body.shares,)
    return ()


def signing_message(fingerprint: bytes, author: str, body: Body) -> bytes:
    """Return what an author signs: domain, fingerprint, framed author, framed canonical body."""
    return SIGNING_DOMAIN + fingerprint + frame(author.encode()) + frame(canonical.encode(body))


def decode_entry(line: bytes) -> Entry:
    """Return the entry whose canonical JSON is ``line``; raise `DecodeError` for anything else."""
    return canonical.decode(line, Entry)
