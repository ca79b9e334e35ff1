"""The append-only log as a Merkle tree (RFC 6962, RFC 9162): one hash commits to every entry and its place.

An inclusion proof shows one leaf under a root; a consistency proof shows that a later root only appended. Neither
says anything about what the entries mean, nor that everybody is shown the same root: for that, roots are compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from evote.errors import VerificationError

LEAF, NODE = b"\x00", b"\x01"
HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(line: bytes) -> bytes:
    """Return the leaf of an entry's line, without the line end."""
    return hashlib.sha256(LEAF + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(NODE + left + right).digest()


class MerkleLog:
    """The tree over the leaves so far.

    It keeps every complete subtree, 64 bytes per leaf in all, so that appending costs one hash on average and a
    root or a proof O(log n).
    """

    __slots__ = ("_levels",)

    def __init__(self) -> None:
        """Start an empty log."""
        self._levels = [bytearray()]  # _levels[k]: the roots of the complete subtrees of 2^k leaves, in order

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._levels[0]) // HASH_SIZE

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash, 32 bytes."""
        if len(leaf) != HASH_SIZE:
            raise ValueError(f"a leaf hash has {HASH_SIZE} bytes")
        position, level = self.size, 0
        self._levels[0] += leaf
        while position & 1:
            left = self._subtree(level, position - 1)
            leaf = node_hash(left, leaf)
            position, level = position >> 1, level + 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += leaf

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash at ``index``, from 0."""
        _between(0, index, self.size - 1)
        return self._subtree(0, index)

    def root(self) -> bytes:
        """Return the root over all leaves."""
        return self.root_at(self.size)

    def root_at(self, size: int) -> bytes:
        """Return the root that the log had when it had ``size`` leaves."""
        _between(0, size, self.size)
        return self._hash(0, size) if size else EMPTY_ROOT

    def continues(self, size: int, root: bytes) -> bool:
        """Tell whether the log began as one of ``size`` leaves with this root."""
        return size <= self.size and self.root_at(size) == root

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that leaf ``index`` stands in the tree of ``size`` leaves, lowest sibling first."""
        _between(1, size, self.size)
        _between(0, index, size - 1)
        proof, start, end = [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start = middle
        return tuple(reversed(proof))

    def consistency_proof(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of ``new_size`` leaves extends that of ``old_size``."""
        _between(0, new_size, self.size)
        _between(0, old_size, new_size)
        if old_size in (0, new_size):
            return ()
        proof, start, end = [], 0, new_size
        while end != old_size:
            middle = start + _split(end - start)
            if old_size <= middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start = middle
        if start:
            proof.append(self._hash(start, end))
        return tuple(reversed(proof))

    def _subtree(self, level: int, position: int) -> bytes:
        return bytes(self._levels[level][HASH_SIZE * position : HASH_SIZE * (position + 1)])

    def _hash(self, start: int, end: int) -> bytes:
        """Return the hash over leaves ``start`` to ``end``; ``start`` is a multiple of a power of 2 >= their number."""
        count = end - start
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._subtree(level, start >> level)
        middle = start + _split(count)
        return node_hash(self._hash(start, middle), self._hash(middle, end))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return if ``leaf`` is number ``index``, from 0, of the ``size`` leaves under ``root``.

    Raises ``VerificationError("board.inclusion")``.
    """
    if not 0 <= index < size:
        raise VerificationError("board.inclusion")
    sides = _sides(index, size)
    if len(proof) != len(sides) or not _are_hashes((leaf, *proof)):
        raise VerificationError("board.inclusion")
    for sibling, left in zip(proof, sides, strict=True):
        leaf = node_hash(sibling, leaf) if left else node_hash(leaf, sibling)
    if leaf != root:
        raise VerificationError("board.inclusion")


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the tree under ``new_root`` extends that under ``old_root``.

    Raises ``VerificationError("board.consistency")``.
    """
    if 0 < old_size < new_size:
        holds = _climb(old_size, new_size, old_root, proof) == (old_root, new_root)
    else:
        known = (0, EMPTY_ROOT), (new_size, new_root)
        real = new_size > 0 or (new_size, new_root) == (0, EMPTY_ROOT)
        holds = real and not proof and (old_size, old_root) in known
    if not holds:
        raise VerificationError("board.consistency")


def _climb(old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root that a consistency proof leads to.

    It starts at the largest complete subtree that ends where the old tree ends; if that is the whole old tree, the
    proof leaves it out. On the way up, a left sibling belongs to both trees and a right one only to the new tree.
    """
    level = (old_size & -old_size).bit_length() - 1
    if old_size != 1 << level:
        old_root, proof = proof[0] if proof else b"", proof[1:]
    sides = _sides(old_size - 1, new_size)[level:]
    if len(proof) != len(sides) or not _are_hashes((old_root, *proof)):
        raise VerificationError("board.consistency")
    old = new = old_root
    for sibling, left in zip(proof, sides, strict=True):
        old = node_hash(sibling, old) if left else old
        new = node_hash(sibling, new) if left else node_hash(new, sibling)
    return old, new


def _split(count: int) -> int:
    """Return the largest power of 2 below ``count``: the leaves of the left child."""
    return 1 << (count - 1).bit_length() - 1


def _sides(index: int, size: int) -> list[bool]:
    """Tell for each sibling on the way from leaf ``index`` to the root whether it stands on the left."""
    sides, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        sides.append(index >= middle)
        start, end = (middle, end) if index >= middle else (start, middle)
    return sides[::-1]


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _between(low: int, value: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{value} is not between {low} and {high}")
