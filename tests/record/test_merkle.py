"""The Merkle log against RFC 6962's own words, its known roots, and every small tampering."""

import hashlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import VerificationError
from evote.record.merkle import EMPTY_ROOT, MerkleLog, leaf_hash, node_hash, verify_consistency, verify_inclusion

# The tree of the Certificate Transparency reference implementation and its roots for 1 to 8 leaves
CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    )
]  # fmt: skip
CT_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
CT_CONSISTENCY_1_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
SIZE = 41
LEAVES = [leaf_hash(bytes([i])) for i in range(SIZE)]


def log_of(leaves: list[bytes]) -> MerkleLog:
    log = MerkleLog()
    for leaf in leaves:
        log.append(leaf)
    return log


LOG = log_of(LEAVES)


# RFC 6962, section 2.1, word for word: MTH, PATH and SUBPROOF
def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    if not d:
        return hashlib.sha256(b"").digest()
    if len(d) == 1:
        return d[0]
    k = split(len(d))
    return hashlib.sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:  # noqa: FBT001, the RFC's own parameter
    if m == len(d):
        return [] if b else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]  # noqa: FBT003


def test_known_roots() -> None:
    log = log_of([leaf_hash(leaf) for leaf in CT_LEAVES])
    assert {size: log.root_at(size).hex() for size in CT_ROOTS} == CT_ROOTS
    assert [step.hex() for step in log.consistency_proof(1, 8)] == CT_CONSISTENCY_1_8
    assert log.root() == log.root_at(8)


def test_leaf_and_node_hashes() -> None:
    assert leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()
    assert node_hash(b"l", b"r") == hashlib.sha256(b"\x01lr").digest()
    assert MerkleLog().root() == EMPTY_ROOT


@pytest.mark.parametrize("size", range(SIZE + 1))
def test_roots_and_proofs_are_the_rfcs(size: int) -> None:
    assert LOG.root_at(size) == mth(LEAVES[:size])
    for index in range(size):
        assert LOG.inclusion_proof(index, size) == tuple(path(index, LEAVES[:size]))
    for old in range(1, size + 1):
        assert LOG.consistency_proof(old, size) == tuple(subproof(old, LEAVES[:size], True))  # noqa: FBT003


@pytest.mark.parametrize("size", range(SIZE + 1))
def test_every_proof_convinces_in_its_place_only(size: int) -> None:
    root = LOG.root_at(size)
    for index in range(size):
        proof = LOG.inclusion_proof(index, size)
        verify_inclusion(LEAVES[index], index, size, proof, root)
        for wrong in {0, index - 1, index + 1, index ^ 1, size - 1} - {index}:
            with pytest.raises(VerificationError, match="inclusion"):
                verify_inclusion(LEAVES[index], wrong, size, proof, root)
    for old in range(size + 1):
        proof = LOG.consistency_proof(old, size)
        verify_consistency(old, size, LOG.root_at(old), root, proof)
        for wrong in {old - 1, old + 1, 0, size} - {old}:
            with pytest.raises(VerificationError, match="consistency"):
                verify_consistency(wrong, size, LOG.root_at(old), root, proof)


ROOT, PROOF = LOG.root_at(13), LOG.inclusion_proof(5, 13)
INCLUSION = {
    "other leaf": (LEAVES[6], 5, 13, PROOF, ROOT),
    "other root": (LEAVES[5], 5, 13, PROOF, LOG.root_at(12)),
    "index beyond": (LEAVES[5], 13, 13, PROOF, ROOT),
    "index negative": (LEAVES[5], -1, 13, PROOF, ROOT),
    "size 0": (LEAVES[5], 0, 0, (), EMPTY_ROOT),
    "size smaller": (LEAVES[5], 5, 6, PROOF, ROOT),
    "step missing": (LEAVES[5], 5, 13, PROOF[:-1], ROOT),
    "step repeated": (LEAVES[5], 5, 13, (*PROOF, PROOF[-1]), ROOT),
    "steps swapped": (LEAVES[5], 5, 13, (PROOF[1], PROOF[0], *PROOF[2:]), ROOT),
    "step changed": (LEAVES[5], 5, 13, (bytes(32), *PROOF[1:]), ROOT),
    "no proof": (LEAVES[5], 5, 13, (), ROOT),
    "node taken for a leaf": (node_hash(LEAVES[4], LEAVES[5]), 2, 13, PROOF[1:], ROOT),
    "bytes moved between steps": (
        PROOF[0][31:] + LEAVES[5], 5, 13, (PROOF[0][:31], *PROOF[1:]), ROOT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INCLUSION)
def test_what_does_not_show_inclusion(name: str) -> None:
    verify_inclusion(LEAVES[5], 5, 13, PROOF, ROOT)
    with pytest.raises(VerificationError) as caught:
        verify_inclusion(*INCLUSION[name])
    assert caught.value.check == "board.inclusion"


OLD, GROWTH = LOG.root_at(6), LOG.consistency_proof(6, 13)
OTHER = log_of([*LEAVES[:5], bytes(32), *LEAVES[6:]])
CONSISTENCY = {
    "history rewritten": (6, 13, OLD, OTHER.root_at(13), OTHER.consistency_proof(6, 13)),
    "history rewritten, old proof": (6, 13, OLD, OTHER.root_at(13), GROWTH),
    "shrunk": (13, 6, ROOT, OLD, GROWTH),
    "negative": (-1, 13, OLD, ROOT, GROWTH),
    "both negative": (-1, -1, OLD, OLD, ()),
    "same size, other root": (6, 6, OLD, OTHER.root_at(6), ()),
    "same size with a proof": (6, 6, OLD, OLD, GROWTH),
    "empty with a wrong root": (0, 13, OLD, ROOT, ()),
    "empty with a proof": (0, 13, EMPTY_ROOT, ROOT, GROWTH),
    "still empty with a wrong root": (0, 0, EMPTY_ROOT, ROOT, ()),
    "step missing": (6, 13, OLD, ROOT, GROWTH[:-1]),
    "step added": (6, 13, OLD, ROOT, (*GROWTH, GROWTH[0])),
    "no proof": (6, 13, OLD, ROOT, ()),
    "no proof, power of two": (8, 13, LOG.root_at(8), ROOT, ()),
    "short step": (6, 13, OLD, ROOT, (GROWTH[0][:31], *GROWTH[1:])),
    "first step changed": (6, 13, OLD, ROOT, (bytes(32), *GROWTH[1:])),
    "last step changed": (6, 13, OLD, ROOT, (*GROWTH[:-1], bytes(32))),
    "roots swapped": (6, 13, ROOT, OLD, GROWTH),
}


@pytest.mark.parametrize("name", CONSISTENCY)
def test_what_does_not_show_consistency(name: str) -> None:
    verify_consistency(6, 13, OLD, ROOT, GROWTH)
    with pytest.raises(VerificationError) as caught:
        verify_consistency(*CONSISTENCY[name])
    assert caught.value.check == "board.consistency"


@given(st.lists(st.integers(0, 300), min_size=2, max_size=4).map(sorted), st.data())
def test_larger_logs(sizes: list[int], data: st.DataObject) -> None:
    log = log_of([leaf_hash(i.to_bytes(2, "big")) for i in range(sizes[-1])])
    for old, new in pairwise(sizes):
        verify_consistency(old, new, log.root_at(old), log.root_at(new), log.consistency_proof(old, new))
    if sizes[-1]:
        index = data.draw(st.integers(0, sizes[-1] - 1))
        proof = log.inclusion_proof(index, sizes[-1])
        verify_inclusion(log.leaf(index), index, sizes[-1], proof, log.root())


@pytest.mark.parametrize(
    "call",
    [
        lambda log: log.append(bytes(31)),
        lambda log: log.leaf(SIZE),
        lambda log: log.leaf(-1),
        lambda log: log.root_at(SIZE + 1),
        lambda log: log.inclusion_proof(SIZE, SIZE),
        lambda log: log.inclusion_proof(0, 0),
        lambda log: log.inclusion_proof(0, SIZE + 1),
        lambda log: log.consistency_proof(3, 2),
        lambda log: log.consistency_proof(0, SIZE + 1),
    ],
)
def test_a_log_answers_for_what_it_has(call: Callable[[MerkleLog], object]) -> None:
    with pytest.raises(ValueError, match=r"between|32 bytes"):
        call(LOG)
