"""A proof is data about a linear relation: for each i, image[i] / g^offsets[i] = prod_j bases[i][j]^x[j], and I know x.

Schnorr, Chaum-Pedersen, knowledge of an encryption's randomness, decryption and re-encryption are all this one type;
a `Disjunction` of them is every ballot proof. This module says what is true and what a proof looks like; the prover and
the verifier are modules of their own. Branches that differ in their offsets alone, as "this encrypts v" does for each
v, share bases and image: these are bound once, and what differs is an integer and never an element.

Sigma protocols for linear maps: Maurer 2009. Disjunctions: Cramer, Damgard, Schoenmakers 1994, with challenges that add
up modulo 2^k, k = ``group.challenge_bits``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from typing import NoReturn

from evote.crypto.group import Element, Group, Scalar
from evote.crypto.transcript import Transcript
from evote.errors import DecodeError

OFFSET_SIZE = 8


@dataclass(frozen=True, slots=True)
class LinearRelation:
    """For each row i: ``image[i] / g ** offsets[i]`` is the product over j of ``bases[i][j] ** x[j]``.

    There is one witness x for all rows; g is the group's generator; offsets are public, 0 <= offset < 2^64, and none
    given means all are 0. A base that plays no part in a row is the group's identity. There is at least one row and one
    base, and rows are equally long.
    """

    name: str
    bases: tuple[tuple[Element, ...], ...]
    image: tuple[Element, ...]
    offsets: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        rows, lengths = len(self.image), set(map(len, self.bases))
        if len(self.bases) != rows or len(lengths) != 1 or lengths == {0}:
            raise ValueError(f"relation {self.name}: one image for each row, rows of one length")
        if not self.offsets:
            object.__setattr__(self, "offsets", (0,) * rows)
        if len(self.offsets) != rows or min(self.offsets) < 0 or max(self.offsets) >> 8 * OFFSET_SIZE:
            raise ValueError(f"relation {self.name}: one offset below 2^64 for each row")

    @property
    def group(self) -> Group:
        """The group that all of it lives in."""
        return self.image[0].group

    @property
    def branches(self) -> tuple[LinearRelation, ...]:
        """A relation is a disjunction with one branch."""
        return (self,)

    @property
    def columns(self) -> int:
        """The length of the witness."""
        return len(self.bases[0])

    def rows(self) -> Iterator[tuple[tuple[Element, ...], Element, int]]:
        """Yield each row's bases, image and offset."""
        return zip(self.bases, self.image, self.offsets, strict=True)


@dataclass(frozen=True, slots=True)
class Disjunction:
    """At least one of the branches is true, and nobody learns which."""

    name: str
    branches: tuple[LinearRelation, ...]

    def __post_init__(self) -> None:
        if not self.branches:
            raise ValueError(f"disjunction {self.name} has no branches")

    @property
    def group(self) -> Group:
        """The group that all of it lives in."""
        return self.branches[0].group


Statement = LinearRelation | Disjunction


def runs(statement: Statement) -> list[list[LinearRelation]]:
    """Return the branches, cut wherever bases or image change: within a run only offsets differ."""
    return [list(run) for _, run in groupby(statement.branches, key=lambda branch: (branch.bases, branch.image))]


def bind(statement: Statement, transcript: Transcript) -> None:
    """Commit the transcript to the whole statement, never to part of it.

    Bases and image are said once for each run; then, unless it is a single branch without offsets, one message for each
    branch: its offsets.
    """
    transcript.append("statement", statement.name.encode(), statement.group.name.encode())
    for run in runs(statement):
        transcript.append("bases", *chain.from_iterable(run[0].bases))
        transcript.append("image", *run[0].image)
        if len(run) > 1 or any(run[0].offsets):
            transcript.append("offsets", *map(_encode_offsets, run))


def _encode_offsets(branch: LinearRelation) -> bytes:
    return b"".join([offset.to_bytes(OFFSET_SIZE, "big") for offset in branch.offsets])


@dataclass(frozen=True, slots=True, eq=False)
class Witness:
    """Why a statement is true: the exponents of the branch that holds. It does not print, pickle or compare."""

    values: tuple[Scalar, ...] = field(repr=False)
    branch: int = field(default=0, repr=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a witness is neither pickled nor copied")


@dataclass(frozen=True, slots=True)
class Proof:
    """Commitments and responses for each branch, and the challenge of each branch but the last.

    The last challenge is what makes the sum right, so a plain relation carries none. Commitments rather than the
    challenge are sent, because then many proofs can be checked as one product of powers.
    """

    commitments: tuple[tuple[Element, ...], ...]
    challenges: tuple[int, ...]
    responses: tuple[tuple[Scalar, ...], ...]

    def __bytes__(self) -> bytes:
        """Return all commitments, then all challenges, then all responses, each of fixed length."""
        group = self.commitments[0][0].group
        size = challenge_size(group)
        parts = group.encode_many(chain.from_iterable(self.commitments))
        parts += [challenge.to_bytes(size, "big") for challenge in self.challenges]
        parts += [bytes(response) for response in chain.from_iterable(self.responses)]
        return b"".join(parts)


def challenge_size(group: Group) -> int:
    """Return the length of an encoded challenge in bytes."""
    return (group.challenge_bits + 7) // 8


def remaining_challenge(group: Group, c: int, others: Sequence[int]) -> int:
    """Return what the challenge c leaves for one branch when the others have theirs: c - sum(others) modulo 2^k.

    A plain relation takes c as it is, of any sign and length, so that a dialect may draw it as its own system does.
    """
    return (c - sum(others)) % (1 << group.challenge_bits) if others else c


def proof_size(statement: Statement) -> int:
    """Return the length of an encoded proof in bytes."""
    return _layout(statement)[-1]


def _layout(statement: Statement) -> tuple[int, int, int]:
    """Return where the commitments, the challenges and the responses of a proof end."""
    group, branches = statement.group, statement.branches
    rows, columns = sum([len(b.image) for b in branches]), sum([b.columns for b in branches])
    commitments = rows * group.element_size
    challenges = commitments + (len(branches) - 1) * challenge_size(group)
    return commitments, challenges, challenges + columns * group.scalar_size


def decode_proof(statement: Statement, data: bytes) -> Proof:
    """Return the proof of ``statement`` that ``data`` encodes; raise `DecodeError` for anything else."""
    (proof,) = decode_proofs([statement], [data])
    return proof


def decode_proofs(statements: Sequence[Statement], encodings: Sequence[bytes]) -> list[Proof]:
    """Return a proof for each statement, all of one group; raise `DecodeError` if one is anything else.

    Membership of all commitments is proved as one list, which some groups do at a fraction of the cost.
    """
    if not statements:
        return []
    group = statements[0].group
    cut = [_commitments(statement, data) for statement, data in zip(statements, encodings, strict=True)]
    elements = iter(group.decode_many(list(chain.from_iterable(cut))))
    return [_proof(*one, elements) for one in zip(statements, encodings, strict=True)]


def _commitments(statement: Statement, data: bytes) -> list[bytes]:
    """Return the encoded commitments of a proof, which is as long as it should be."""
    end, _, size = _layout(statement)
    if len(data) != size:
        raise DecodeError(f"a proof of {statement.name} has {size} bytes, not {len(data)}")
    return _cut(data, 0, end, statement.group.element_size)


def _proof(statement: Statement, data: bytes, elements: Iterator[Element]) -> Proof:
    """Return the proof whose commitments are the next of the elements."""
    group, branches, (c_at, z_at, end) = statement.group, statement.branches, _layout(statement)
    challenges = tuple([int.from_bytes(part, "big") for part in _cut(data, c_at, z_at, challenge_size(group))])
    if challenges and max(challenges) >> group.challenge_bits:
        raise DecodeError(f"a proof of {statement.name} has an oversized challenge")
    responses = iter([group.decode_scalar(part) for part in _cut(data, z_at, end, group.scalar_size)])
    return Proof(
        tuple([tuple(islice(elements, len(branch.image))) for branch in branches]),
        challenges,
        tuple([tuple(islice(responses, branch.columns)) for branch in branches]),
    )


def _cut(data: bytes, start: int, end: int, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(start, end, size)]
