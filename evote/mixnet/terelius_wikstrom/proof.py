"""What prover and verifier of a Terelius-Wikstrom proof share: its parts, its bytes, its challenges.

Letters as in Wikstrom, "How to implement a stand-alone verifier for the Verificatum mix-net", section 8: u commits to
the permutation; B, A', B', C', D', F' are commitments; k_A ... k_F responses; e the batching vector, v the challenge.
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
from evote.record import canonical

E_BITS = 128  # n_e of our own proofs
SLACK_BITS = 128  # and n_r


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths in bits: n_e, a component of the batching vector; n_v, v; n_r, how much more than these a mask has."""

    n_e: int
    n_v: int
    n_r: int

    def mask_bound(self, group: Group) -> int:
        """Return the number that the masks epsilon_i are drawn below: 2^(n_e + n_v + n_r), or q if that is less."""
        return min(1 << (self.n_e + self.n_v + self.n_r), group.order)

    def reduced(self, group: Group, exponent: int) -> int:
        """Return a response k_E as it is written: modulo q where masks are as long as q, else as an integer.

        In a large group modulo p the integers are far shorter than q, and so are the powers that the verifier computes.
        """
        return exponent % group.order if self.mask_bound(group) == group.order else exponent


def native_lengths(group: Group) -> Lengths:
    """Return the lengths in our own proofs."""
    return Lengths(E_BITS, group.challenge_bits, SLACK_BITS)


class VectorLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row's part of the proof, as a line of JSON."""

    B: Annotated[bytes, Meta(max_length=1024)]
    B_prime: Annotated[bytes, Meta(max_length=1024)]
    k_B: Annotated[bytes, Meta(max_length=1024)]
    k_E: Annotated[bytes, Meta(max_length=1024)]
    u: Annotated[bytes, Meta(max_length=1024)]


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the prover says before the challenge v."""

    B: Vector
    A_prime: Element
    B_prime: Vector
    C_prime: Element
    D_prime: Element
    F_prime: Row


@dataclass(frozen=True, slots=True)
class Reply:
    """What the prover says after it. Each k_E is an integer below 2 `mask_bound`, all others are reduced modulo q."""

    k_A: int
    k_B: Sequence[int]
    k_C: int
    k_D: int
    k_E: Sequence[int]
    k_F: Sequence[int]


@dataclass(frozen=True, slots=True)
class Proof:
    """Permutation commitment, commitment, reply."""

    u: Vector
    commitment: Commitment
    reply: Reply

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.u)

    def lines(self) -> list[bytes]:
        """Return the part that grows with the list, a line for each row."""
        return list(map(canonical.encode, self.rows()))

    def rows(self) -> list[VectorLine]:
        """Return that part before it is written."""
        group, c, r = self.commitment.A_prime.group, self.commitment, self.reply
        size, scalar = exponent_size(group), group.scalar_size
        columns = (c.B.encodings(), c.B_prime.encodings(), r.k_B, r.k_E, self.u.encodings())
        return [
            VectorLine(b, b_prime, k_b.to_bytes(scalar, "big"), k_e.to_bytes(size, "big"), u)
            for b, b_prime, k_b, k_e, u in zip(*columns, strict=True)
        ]

    def __bytes__(self) -> bytes:
        """Return A' || C' || D' || F' || k_A || k_C || k_D || k_F."""
        c, r, size = self.commitment, self.reply, self.commitment.A_prime.group.scalar_size
        elements = bytes(c.A_prime) + bytes(c.C_prime) + bytes(c.D_prime) + encode_row(c.F_prime)
        return elements + b"".join(k.to_bytes(size, "big") for k in (r.k_A, r.k_C, r.k_D, *r.k_F))


def mask_bound(group: Group) -> int:
    """Return the bound of masks in our own proofs."""
    return native_lengths(group).mask_bound(group)


def exponent_size(group: Group) -> int:
    """Return the length in bytes of an encoded k_E; as an integer, v e'_i may carry into one more bit than the mask."""
    bound = mask_bound(group)
    return group.scalar_size if bound == group.order else (bound.bit_length() + 7) // 8


def decode_exponent(group: Group, data: bytes) -> int:
    """Return a k_E; raise `DecodeError` for anything but its encoding."""
    value = int.from_bytes(data, "big")
    if (
        len(data) != exponent_size(group)
        or value != native_lengths(group).reduced(group, value)
        or value >= 2 * mask_bound(group)
    ):
        raise DecodeError("k_E is not of its length")
    return value


def decode(group: Group, width: int, lines: Sequence[bytes], data: bytes) -> Proof:
    """Return the proof that `Proof.lines` and ``bytes`` wrote; raise `DecodeError` for anything else.

    The vectors are of their length; that they hold members is proved when they are used.
    """
    return decode_parts(group, width, [canonical.decode(line, VectorLine) for line in lines], data)


def proof_size(group: Group, width: int) -> int:
    """Return the length of `Proof` as bytes."""
    return (3 + 2 * width) * group.element_size + (3 + width) * group.scalar_size


def decode_parts(group: Group, width: int, rows: Sequence[VectorLine], data: bytes) -> Proof:
    """Return the proof with these rows; without F' and k_F where the width is 0."""
    size, scalar = group.element_size, group.scalar_size
    if len(data) != proof_size(group, width):
        raise DecodeError("a proof of shuffle is not of its length")
    a_prime, c_prime, d_prime = group.decode_many([data[i * size : (i + 1) * size] for i in range(3)])
    start = (3 + 2 * width) * size
    f_prime = decode_rows(group, [data[3 * size : start]], width)[0] if width else ()
    k_a, k_c, k_d, *k_f = [_scalar(group, data[i : i + scalar]) for i in range(start, len(data), scalar)]
    b, b_prime, u = (_vector(group, [getattr(row, name) for row in rows], name) for name in ("B", "B_prime", "u"))
    k_b, k_e = [_scalar(group, row.k_B) for row in rows], [decode_exponent(group, row.k_E) for row in rows]
    commitment = Commitment(b, a_prime, b_prime, c_prime, d_prime, f_prime)
    return Proof(u, commitment, Reply(k_a, k_b, k_c, k_d, k_e, k_f))


def _vector(group: Group, encodings: Sequence[bytes], name: str) -> Vector:
    if any(len(data) != group.element_size for data in encodings):
        raise DecodeError(f"{name} is not of its length")
    return Vector(group, b"".join(encodings), name)


def _scalar(group: Group, data: bytes) -> int:
    return int(group.decode_scalar(data))


def batching_vector(statement: ShuffleStatement, u: Vector, transcript: Transcript) -> list[int]:
    """Bind the whole statement and u; return e. The generators are a function of the group and the length."""
    group, n = statement.group, len(statement.before)
    statement.bind(transcript)
    transcript.append("shuffle", b"terelius-wikstrom", group.name.encode(), statement.width.to_bytes(8, "big"))
    transcript.append("pk", group.generator, statement.key.y)
    transcript.append("w", *statement.before.encoded)
    transcript.append("w'", *statement.after.encoded)
    transcript.append("u", *u.encodings())
    return transcript.challenges("e", E_BITS, n)


def challenge(commitment: Commitment, group: Group, transcript: Transcript) -> int:
    """Bind the commitment, which has no F' where there is no list; return v."""
    transcript.append("B", *commitment.B.encodings())
    transcript.append("A'", commitment.A_prime)
    transcript.append("B'", *commitment.B_prime.encodings())
    transcript.append("C'", commitment.C_prime)
    transcript.append("D'", commitment.D_prime)
    if commitment.F_prime:
        transcript.append("F'", encode_row(commitment.F_prime))
    return transcript.challenge("v", group.challenge_bits)
