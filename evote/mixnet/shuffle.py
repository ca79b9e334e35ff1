"""What a shuffle claims: the second list is the first, re-encrypted under the key and in another order.

A proof of shuffle is a class with the `ShuffleProof` protocol, registered under ``evote.shuffles``; its prover is
registered apart under ``evote.shuffle_provers``, so that a verifier never loads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Protocol

from evote.crypto.elgamal import PublicKey
from evote.crypto.equation import Equation, Family
from evote.crypto.group import Group
from evote.crypto.rows import Rows
from evote.crypto.transcript import Transcript
from evote.crypto.vector import KnownVector, Vector
from evote.parallel import pmap
from evote.record.lists import list_digest
from evote.record.units import Place
from evote.registry import registered

GENERATORS = "shuffle generators"
BLOCK = 32  # so many generators are made at a time: in some groups one takes milliseconds
BLOCKS = 8  # and so many blocks by a worker


@dataclass(frozen=True, slots=True)
class ShuffleStatement:
    """For some permutation pi and scalars s: after[j] = before[pi(j)] re-encrypted with s[pi(j)], block by block.

    ``h`` are independent generators, one for each line of the proof; it rests on nobody knowing a relation between
    them. ``place`` is whose list it is.
    """

    key: PublicKey
    before: Rows
    after: Rows
    h: Vector
    place: Place

    def __post_init__(self) -> None:
        if not 1 <= len(self.before) == len(self.after) <= len(self.h):
            raise ValueError("a shuffle has as many rows after as before, and at least one, and generators for them")
        if self.before.width != self.after.width:
            raise ValueError("both lists of a shuffle have one width")

    @property
    def group(self) -> Group:
        """The group of key and ciphertexts."""
        return self.key.group

    @property
    def width(self) -> int:
        """The number of ciphertexts in a row."""
        return self.before.width

    def bind(self, transcript: Transcript) -> None:
        """Bind a transcript to contest and unit, and to the digests of both lists."""
        transcript.append("place", self.place.contest.encode(), self.place.unit.encode())
        transcript.append("lists", *(list_digest(rows.encoded) for rows in (self.before, self.after)))


@dataclass(frozen=True, slots=True)
class ShuffleWitness:
    """after[j] = before[permutation[j]] re-encrypted with randomness[permutation[j]], a scalar for each block."""

    permutation: Sequence[int] = field(repr=False)
    randomness: Sequence[Sequence[int]] = field(repr=False)

    def cut(self, n: int) -> tuple[ShuffleWitness, list[int]]:
        """Return the witness for the first n rows after, and which rows before these are, which stay in order."""
        first = self.permutation[:n]
        kept = sorted(first)
        rank = {i: place for place, i in enumerate(kept)}
        return ShuffleWitness([rank[i] for i in first], [self.randomness[i] for i in kept]), kept


@dataclass(frozen=True, slots=True)
class ShuffleToCome:
    """What is known of a shuffle before its list: there will be len(h) rows of ``width`` ciphertexts, or fewer.

    ``transcript`` is bound to whose shuffle it is, and to nothing of the list.
    """

    key: PublicKey
    h: Vector
    width: int
    contest: str
    transcript: Transcript
    permutation: Sequence[int] = field(repr=False)


class WrittenProof(Protocol):
    """A proof as it was read."""

    @property
    def u(self) -> Vector:
        """What it commits to the permutation with, which serves one shuffle of an election."""

    @property
    def n(self) -> int:
        """The number of rows of the list that it is about."""

    def lines(self) -> Sequence[bytes]:
        """Return the part that is written by lines."""

    def __bytes__(self) -> bytes:
        """Return the part that is written as it is."""


class ShuffleProof(Protocol):
    """The public side of a proof of shuffle.

    ``check`` is its name in a report, ``meaning`` what it shows there. For n rows it has n to ``spare`` n lines.
    """

    check: ClassVar[str]
    meaning: ClassVar[str]
    spare: ClassVar[int]

    def decode(self, group: Group, width: int, lines: Sequence[bytes], proof: bytes) -> WrittenProof:
        """Return the proof that was written as so many lines and one string; raise `DecodeError`.

        Vectors in it may still hold anything: membership is proved when the equations are checked.
        """

    def equations(self, statement: ShuffleStatement, proof: Any, transcript: Transcript) -> Iterable[Equation | Family]:
        """Return the equations that hold if the statement is true and, but for chance, only then.

        ``transcript`` is bound to whose shuffle it is; the proof binds the statement, and with it the unit.
        """


def shuffle_proof(name: str) -> ShuffleProof:
    """Return the registered proof of shuffle; ``ValueError`` if there is none, or more than one."""
    made: ShuffleProof = registered("evote.shuffles", name)()
    return made


def shuffle_prover(name: str) -> Any:
    """Return the registered prover class for a proof of shuffle; ``ValueError`` if there is none, or more than one."""
    return registered("evote.shuffle_provers", name)


class Generators:
    """The independent generators h_0, h_1, ... of a group, hashed into it, the same for every shuffle; made once.

    Anybody recomputes them, so nobody can have chosen them; see `Group.hash_to_group`.
    """

    def __init__(self, group: Group) -> None:
        """Start with none made."""
        self._group, self._data, self._blocks = group, b"", 0

    def first(self, count: int, executor: Executor | None = None) -> Vector:
        """Return h_0 ... h_{count-1}."""
        wanted = range(self._blocks, -(-count // BLOCK))
        made = pmap(partial(_generators, self._group), wanted, executor=executor, chunk=BLOCKS)
        self._data += b"".join(made)
        self._blocks += len(wanted)
        return KnownVector(self._group, self._data, self._blocks * BLOCK, "h").cut(0, count)


def _generators(group: Group, blocks: list[int]) -> bytes:
    return group.pack(h.raw for block in blocks for h in group.independent_generators(BLOCK, GENERATORS, block * BLOCK))
