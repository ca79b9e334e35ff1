"""The list of ballots that is mixed and decrypted: n rows of w ciphertexts, as the bytes that were written."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import cached_property, partial
from itertools import chain

from evote.crypto.elgamal import Row, decode_rows, encode_row
from evote.crypto.group import Group
from evote.crypto.vector import Vector
from evote.errors import DecodeError
from evote.parallel import pmap


class Rows:
    """``encoded[i]`` holds row i, block after block, each c1 || c2. The elements are not decoded, so nothing is proved.

    Two are equal if their bytes are.
    """

    def __init__(self, group: Group, width: int, encoded: Sequence[bytes]) -> None:
        """Hold the rows; raise `DecodeError` if one is not of its length."""
        if any(len(row) != 2 * width * group.element_size for row in encoded):
            raise DecodeError(f"a row of {width} ciphertexts has {2 * width * group.element_size} bytes")
        self.group, self.width, self.encoded = group, width, encoded
        self._known: list[Row] | None = None

    @classmethod
    def of(cls, group: Group, width: int, rows: Sequence[Row]) -> Rows:
        """Return how these rows, whose elements are members, are written."""
        made = cls(group, width, list(map(encode_row, rows)))
        made._known = list(rows)
        return made

    def __len__(self) -> int:
        return len(self.encoded)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rows):
            return NotImplemented
        mine, theirs = (self.group, self.width, list(self.encoded)), (other.group, other.width, list(other.encoded))
        return mine == theirs

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def c1(self) -> tuple[Vector, ...]:
        """The first halves, a vector for each block; always the same objects, so that batches can merge them."""
        return tuple(self._column(2 * block) for block in range(self.width))

    @cached_property
    def c2(self) -> tuple[Vector, ...]:
        """The second halves, a vector for each block."""
        return tuple(self._column(2 * block + 1) for block in range(self.width))

    @cached_property
    def all_c1(self) -> Vector:
        """The first halves of all ciphertexts, row by row."""
        return self.c1[0] if self.width == 1 else self._halves(0)

    @cached_property
    def all_c2(self) -> Vector:
        """The second halves of all ciphertexts, row by row."""
        return self.c2[0] if self.width == 1 else self._halves(1)

    def _halves(self, half: int) -> Vector:
        size = self.group.element_size
        starts = range(half * size, 2 * self.width * size, 2 * size)
        data = b"".join([row[i : i + size] for row in self.encoded for i in starts])
        return Vector(self.group, data, f"c{1 + half} of ciphertext")

    def _column(self, at: int) -> Vector:
        size = self.group.element_size
        low, high = at * size, (at + 1) * size
        return Vector(self.group, b"".join([row[low:high] for row in self.encoded]), f"c{1 + at % 2} of row")

    def decoded(self, executor: Executor | None = None) -> list[Row]:
        """Return the ciphertexts, every half a member of the group; raise `DecodeError` for anything else."""
        if self._known is not None:
            return self._known
        return list(
            chain.from_iterable(pmap(partial(_decode, self.group, self.width), self.encoded, executor=executor))
        )


def _decode(group: Group, width: int, encoded: list[bytes]) -> list[Row]:
    return decode_rows(group, encoded, width)
