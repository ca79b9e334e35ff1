"""What a shuffle claims: the second list is the first, re-encrypted under the key and in another order.

A proof of shuffle is a class with the `ShuffleProof` protocol, registered under ``evote.shuffles``; its prover is
registered apart under ``evote.shuffle_provers``, so that a verifier never loads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Protocol

from evote.crypto.elgamal import PublicKey, Row
from evote.crypto.equation import Equation
from evote.crypto.group import Element, Group
from evote.crypto.transcript import Transcript
from evote.registry import registered

GENERATORS = "shuffle generators"


@dataclass(frozen=True, slots=True)
class ShuffleStatement:
    """For some permutation pi and scalars s: after[j] = before[pi(j)] re-encrypted with s[pi(j)], block by block."""

    key: PublicKey
    before: Sequence[Row]
    after: Sequence[Row]

    def __post_init__(self) -> None:
        if not self.before or len(self.before) != len(self.after):
            raise ValueError("a shuffle has as many rows after as before, and at least one")
        if len({len(row) for row in (*self.before, *self.after)}) != 1:
            raise ValueError("all rows of a shuffle have one width")

    @property
    def group(self) -> Group:
        """The group of key and ciphertexts."""
        return self.key.group

    @property
    def width(self) -> int:
        """The number of ciphertexts in a row."""
        return len(self.before[0])


@dataclass(frozen=True, slots=True)
class ShuffleWitness:
    """after[j] = before[permutation[j]] re-encrypted with randomness[permutation[j]], a scalar for each block."""

    permutation: Sequence[int] = field(repr=False)
    randomness: Sequence[Sequence[int]] = field(repr=False)


class ShuffleProof(Protocol):
    """The public side of a proof of shuffle."""

    check: ClassVar[str]

    def decode(self, group: Group, width: int, lines: Sequence[bytes], proof: bytes) -> Any:
        """Return the proof that was written as one line for each row and one string; raise `DecodeError`."""

    def equations(self, statement: ShuffleStatement, proof: Any, transcript: Transcript) -> Iterable[Equation]:
        """Return the equations that hold if the statement is true and, but for chance, only then."""


def shuffle_proof(name: str) -> ShuffleProof:
    """Return the registered proof of shuffle; ``ValueError`` if there is none, or more than one."""
    made: ShuffleProof = registered("evote.shuffles", name)()
    return made


def shuffle_prover(name: str) -> Any:
    """Return the registered prover class for a proof of shuffle; ``ValueError`` if there is none, or more than one."""
    return registered("evote.shuffle_provers", name)


def generators(group: Group, count: int) -> list[Element]:
    """Return the independent generators h_0 ... h_{count-1}: hashed into the group, the same for every shuffle.

    Anybody recomputes them, so nobody can have chosen them; see `Group.hash_to_group`.
    """
    blocks = -(-count // _BLOCK)
    return [h for block in range(blocks) for h in _generators(group, block)][:count]


_BLOCK = 32


@cache
def _generators(group: Group, block: int) -> tuple[Element, ...]:
    return tuple(group.independent_generators(_BLOCK, GENERATORS, block * _BLOCK))
