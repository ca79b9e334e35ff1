"""What prover and verifier of a commitment-consistent proof share: its parts, its bytes, its challenges.

The first part, a `Proof` of Terelius and Wikstrom without a list, shows that u commits to a permutation of N0 items.
Of these entries a list of N rows keeps those that commit to h_0 ... h_{N-1}; the second part shows that it is permuted
as they say. Its letters are those of the first, A', F', k_A, k_E, k_F, about other challenges. Its transcript goes on
from the first part's, so it is bound to all of that.

Source: Wikstrom, "A Commitment-Consistent Proof of a Shuffle" (2009). Laid out in ``docs/adr/0024-two-parts.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from evote.crypto.elgamal import Row, decode_rows, encode_row
from evote.crypto.group import Element, Group
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Vector
from evote.errors import DecodeError
from evote.mixnet.shuffle import ShuffleStatement
from evote.mixnet.terelius_wikstrom.proof import (
    E_BITS,
    Proof,
    VectorLine,
    challenge,
    decode_exponent,
    decode_parts,
    exponent_size,
    proof_size,
)
from evote.mixnet.terelius_wikstrom.verifier import Challenge
from evote.record import canonical

NAME = b"commitment-consistent"
SPARE = 4  # N0 is at most so many times N, which bounds what a verifier has to do


class ConsistentLine(VectorLine, frozen=True, forbid_unknown_fields=True):
    """One entry's part of both proofs, as a line of JSON.

    ``list_k_E`` is empty where the entry is not kept. In those that are kept, in order, stand k_E,0 ... k_E,N-1 of the
    second part.
    """

    list_k_E: Annotated[bytes, Meta(max_length=1024)]


@dataclass(frozen=True, slots=True)
class Consistency:
    """The second part. Each k_E is an integer as in the first, all others are reduced modulo q."""

    A_prime: Element
    F_prime: Row
    k_A: int
    k_E: Sequence[int]
    k_F: Sequence[int]


@dataclass(frozen=True, slots=True)
class TwoParts:
    """The proof that u commits to a permutation, which entries of u are kept, and that the list is permuted so."""

    permutation: Proof
    kept: Sequence[int]
    consistency: Consistency

    @property
    def u(self) -> Vector:
        """The permutation commitment."""
        return self.permutation.u

    @property
    def n(self) -> int:
        """The number of rows of the list."""
        return len(self.kept)

    def lines(self) -> list[bytes]:
        """Return the part that grows with the list, a line for each entry of u."""
        size, rows = exponent_size(self.u.group), self.permutation.rows()
        written = dict(zip(self.kept, (k.to_bytes(size, "big") for k in self.consistency.k_E), strict=True))
        return [
            canonical.encode(ConsistentLine(**msgspec.structs.asdict(row), list_k_E=written.get(i, b"")))
            for i, row in enumerate(rows)
        ]

    def __bytes__(self) -> bytes:
        """Return the first part's bytes, then A' || F' || k_A || k_F of the second."""
        c, size = self.consistency, self.u.group.scalar_size
        scalars = b"".join(k.to_bytes(size, "big") for k in (c.k_A, *c.k_F))
        return bytes(self.permutation) + bytes(c.A_prime) + encode_row(c.F_prime) + scalars


def decode(group: Group, width: int, lines: Sequence[bytes], data: bytes) -> TwoParts:
    """Return the proof that `TwoParts.lines` and ``bytes`` wrote; raise `DecodeError` for anything else.

    The vectors are of their length; that they hold members is proved when they are used.
    """
    rows = [canonical.decode(line, ConsistentLine) for line in lines]
    first, size, scalar = proof_size(group, 0), group.element_size, group.scalar_size
    scalars = first + (1 + 2 * width) * size
    if len(data) != scalars + (1 + width) * scalar:
        raise DecodeError("a proof of shuffle is not of its length")
    a_prime = group.decode(data[first : first + size])
    (f_prime,) = decode_rows(group, [data[first + size : scalars]], width)
    k_a, *k_f = [int(group.decode_scalar(data[i : i + scalar])) for i in range(scalars, len(data), scalar)]
    kept = [i for i, row in enumerate(rows) if row.list_k_E]
    k_e = [decode_exponent(group, rows[i].list_k_E) for i in kept]
    return TwoParts(decode_parts(group, 0, rows, data[:first]), kept, Consistency(a_prime, f_prime, k_a, k_e, k_f))


def permutation_vector(u: Vector, contest: str, transcript: Transcript) -> list[int]:
    """Bind contest and u; return e of the first part.

    The generators are a function of the group and of the length of u.
    """
    transcript.append("contest", contest.encode())
    transcript.append("permutation", NAME, u.group.name.encode())
    transcript.append("u", *u.encodings())
    return transcript.challenges("e", E_BITS, len(u))


def permutation_challenge(proof: Proof, contest: str, transcript: Transcript) -> Challenge:
    """Bind the first part, its reply too; return what it answers."""
    group, reply = proof.u.group, proof.reply
    e = permutation_vector(proof.u, contest, transcript)
    v = challenge(proof.commitment, group, transcript)
    transcript.append("k_A, k_C, k_D", *map(group.scalar, (reply.k_A, reply.k_C, reply.k_D)))
    transcript.append("k_B", *map(group.scalar, reply.k_B))
    size = exponent_size(group)
    transcript.append("k_E", *(k.to_bytes(size, "big") for k in reply.k_E))
    return Challenge(e, v)


def batching_vector(statement: ShuffleStatement, kept: Sequence[int], transcript: Transcript) -> list[int]:
    """Bind the whole statement and what is kept of u, after `permutation_challenge`; return e of the second part."""
    marks = bytearray(len(statement.h))
    for i in kept:
        marks[i] = 1
    statement.bind(transcript)
    transcript.append("kept", bytes(marks))
    transcript.append("shuffle", NAME, statement.group.name.encode(), statement.width.to_bytes(8, "big"))
    transcript.append("pk", statement.group.generator, statement.key.y)
    return transcript.challenges("e", E_BITS, len(statement.before))


def consistency_challenge(a_prime: Element, f_prime: Row, transcript: Transcript) -> int:
    """Bind the commitment of the second part, after `batching_vector`; return its v."""
    transcript.append("A'", a_prime)
    transcript.append("F'", encode_row(f_prime))
    return transcript.challenge("v", a_prime.group.challenge_bits)
