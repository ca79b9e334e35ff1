"""Byte trees, elements, scalars, groups, products: one encoding each, and `DecodeError` for the rest."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evote.crypto.group import Group, group
from evote.crypto.modp import modp_group
from evote.crypto.vector import Vector
from evote.errors import DecodeError, EvidenceMissing
from evote.formats.verificatum.byte_tree import Tree, integer_leaf, leaf, node
from evote.formats.verificatum.groups import product_group, read_description, read_group, write_group
from evote.formats.verificatum.protinfo import read_protinfo
from evote.formats.verificatum.records import (
    integer_size,
    read_element,
    read_scalar,
    read_scalars,
    read_vector,
    write_element,
    write_scalars,
    write_vector,
)
from evote.formats.verificatum.shapes import read_product, wide_shape, write_product
from tests.formats.verificatum.cases import NAMES, VECTORS

GROUPS = [group("p-256"), group("p-384"), group("modp-2048"), group("electionguard-4096")]
READERS: list[Callable[[Tree], Any]] = [
    lambda tree: tree.node(),
    lambda tree: tree.leaf(),
    lambda tree: tree.integer(),
    lambda tree: tree.text(),
    lambda tree: tree.take(7),
    lambda tree: tree.end(),
    lambda tree: read_vector(tree, GROUPS[0]),
    lambda tree: read_scalars(tree, GROUPS[0], 2),
    lambda tree: read_element(tree, GROUPS[0]),
    read_group,
    lambda tree: read_product(tree, (2,), Tree.leaf),
]


def elements(of: Group) -> list[Any]:
    return [of.generator**x for x in (1, 2, 3)] + [of.identity]


@pytest.mark.parametrize("of", GROUPS, ids=str)
def test_elements_and_arrays(of: Group) -> None:
    for element in elements(of):
        written = write_element(element)
        tree = Tree(written, "x")
        assert read_element(tree, of) == element
        tree.end()
    for members in (elements(of), elements(of)[:3]):
        vector = Vector.of(of, members)
        tree = Tree(write_vector(vector), "x")
        read = read_vector(tree, of, len(members))
        tree.end()
        assert read.data == vector.data
        assert read.elements() == members


def test_the_note_s_examples() -> None:
    p, generator = group("modp-3072").p, group("modp-3072").generator  # type: ignore[attr-defined]
    assert integer_size(p) == 385
    assert write_element(generator) == b"\1" + (385).to_bytes(4, "big") + bytes(384) + b"\2"
    assert len(write_element(GROUPS[0].generator)) == 5 + 2 * (5 + 33)
    assert write_element(GROUPS[1].identity) == b"\0\0\0\0\2" + 2 * (b"\1\0\0\0\x31" + b"\xff" * 49)
    assert integer_leaf(256) == b"\1\0\0\0\4\0\0\1\0"
    assert node(leaf(b"a"), node()) == b"\0\0\0\0\2\1\0\0\0\1a\0\0\0\0\0"


@pytest.mark.parametrize("of", GROUPS, ids=str)
def test_scalars(of: Group) -> None:
    values = [0, 1, of.order - 1]
    tree = Tree(write_scalars(values, of), "x")
    assert read_scalars(tree, of, 3) == values
    tree.end()
    too_large = write_scalars([of.order - 1], of)[5:-1] + bytes([(of.order & 0xFF)])
    with pytest.raises(DecodeError, match="not below the order"):
        read_scalar(Tree(too_large, "x"), of)


SPOILED: dict[str, tuple[bytes, str]] = {
    "another tag": (b"\2" + leaf(b"ab")[1:], "x, byte 5: a leaf belongs here"),
    "a node": (node(leaf(b"ab")), "a leaf belongs here"),
    "a negative length": (b"\1\xff\xff\xff\xff", "a leaf belongs here"),
    "too short": (leaf(b"abc")[:-1], "it ends too early"),
    "a length beyond the end": (b"\1\x7f\xff\xff\xff", "2147483647 bytes in a leaf"),
    "no length": (b"\1\0\0", "it ends too early"),
    "nothing": (b"", "it ends too early"),
    "trailing bytes": (leaf(b"abc") + b"\0", "1 bytes too many"),
    "another length": (leaf(b"ab"), "2 bytes in a leaf where 3 belong"),
}


def whole_leaf(data: bytes) -> bytes:
    tree = Tree(data, "x")
    held = tree.leaf(3)
    tree.end()
    return held


@pytest.mark.parametrize("name", SPOILED)
def test_a_leaf_is_read_strictly(name: str) -> None:
    data, error = SPOILED[name]
    with pytest.raises(DecodeError, match=error):
        whole_leaf(data)
    assert whole_leaf(leaf(b"abc")) == b"abc"


def test_texts() -> None:
    assert Tree(leaf("Ä".encode()), "x").text() == "Ä"
    with pytest.raises(DecodeError, match="UTF-8"):
        Tree(leaf(b"\xff"), "x").text()


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(READERS))
def test_any_bytes_are_read_or_refused(data: bytes, read: Callable[[Tree], Any]) -> None:
    tree = Tree(data, "x")
    try:
        read(tree)
    except (DecodeError, EvidenceMissing):
        return
    assert tree.at <= len(data)


@settings(deadline=None)
@given(st.data())
def test_a_spoiled_array_is_refused_or_another_array(data: st.DataObject) -> None:
    """What is read writes the bytes that it was read from."""
    of = data.draw(st.sampled_from(GROUPS))
    written = bytearray(write_vector(Vector.of(of, elements(of))))
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] ^= data.draw(st.integers(1, 255))
    tree = Tree(bytes(written), "x")
    try:
        vector = read_vector(tree, of)
        tree.end()
        members = vector.elements()
    except DecodeError:
        return
    assert write_vector(Vector.of(of, members)) == bytes(written)


# --- products ---


@pytest.mark.parametrize(("keywidth", "width", "shape"), [(1, 1, ()), (5, 1, (5,)), (1, 3, (3,)), (2, 3, (3, 2))])
def test_products(keywidth: int, width: int, shape: tuple[int, ...]) -> None:
    assert wide_shape(keywidth, width) == shape
    count = keywidth * width
    written = write_product(shape, iter([leaf(bytes([i])) for i in range(count)]))
    tree = Tree(written, "x")
    assert read_product(tree, shape, Tree.leaf) == [bytes([i]) for i in range(count)]
    tree.end()


def test_a_product_is_nested() -> None:
    a, b, c, d = (leaf(bytes([i])) for i in range(4))
    assert write_product((2, 2), iter([a, b, c, d])) == node(node(a, b), node(c, d))


# --- groups ---


@pytest.mark.parametrize("name", NAMES)
def test_descriptions_are_written_as_vmn_writes_them(name: str) -> None:
    info = read_protinfo(VECTORS / name / "protInfo.xml")
    digits = info.pgroup.rpartition("::")[2]
    assert write_group(info.group).hex() == digits
    assert read_description(f"any comment::or two::{digits}") == info.group
    shape = wide_shape(info.keywidth, 1)
    held = (VECTORS / name / "publicKey").read_bytes()
    assert held.startswith(node(b"", b"")[:5] + product_group(bytes.fromhex(digits), shape))


def modp(p: int, q: int, g: int, encoding: int = 2, size: int | None = None) -> str:
    numbers = [leaf(x.to_bytes(integer_size(x), "big")) for x in (p, q)]
    body = node(*numbers, leaf(g.to_bytes(size or integer_size(p), "big")), integer_leaf(encoding))
    return "::" + node(leaf(b"com.verificatum.arithm.ModPGroup"), body).hex()


def test_a_small_group_is_read() -> None:
    assert read_description(modp(23, 11, 2)).order == 11
    assert read_description(modp(23, 11, 2, encoding=1)).order == 11


UNPROVED: dict[str, str] = {
    "p is no prime": modp(21, 5, 16),
    "q does not divide p - 1": modp(23, 7, 2),
    "q is no prime": modp(31, 15, 9),
    "g has another order": modp(23, 11, 5),
    "g is 1": modp(23, 11, 1),
    "not a safe prime": modp(43, 7, 4, encoding=1),
    "an unknown encoding": modp(23, 11, 2, encoding=3),
    "g too long": modp(23, 11, 2, size=2),
    "p too large": modp(2**20000 + 1, 11, 2),
    "a curve with a tail": "::" + node(leaf(b"com.verificatum.arithm.ECqPGroup"), leaf(b"P-256")).hex() + "00",
    "another class": "::" + node(leaf(b"java.lang.Runtime"), leaf(b"P-256")).hex(),
    "capital digits": modp(23, 11, 2).replace("d", "D"),
    "no digits": "ModPGroup(23)",
    "a space": modp(23, 11, 2) + " ",
}


@pytest.mark.parametrize("name", UNPROVED)
def test_a_group_is_proved(name: str) -> None:
    with pytest.raises(DecodeError):
        read_description(UNPROVED[name])


def test_a_curve_that_is_not_ours() -> None:
    with pytest.raises(EvidenceMissing, match="P-521"):
        read_description("::" + node(leaf(b"com.verificatum.arithm.ECqPGroup"), leaf(b"P-521")).hex())


def test_a_group_that_verificatum_has_not() -> None:
    with pytest.raises(ValueError, match="ristretto255"):
        write_group(group("ristretto255"))


def test_a_group_known_by_its_parameters_crosses_to_another_process() -> None:
    made = modp_group(23, 11, 2)
    assert pickle.loads(pickle.dumps(made)) is made
    assert made != modp_group(23, 11, 3)
    known = group("modp-2048")
    assert modp_group(known.p, known.order, 2) is known  # type: ignore[attr-defined]
