"""Descriptions of groups, as Verificatum marshals its objects: a Java class, and what that class reads.

Nothing in a description is believed: p, q and g are proved, and a curve is one that we know by its name.

Source: ``docs/verificatum.md``, section 3; ``eio/Marshalizer.java``, ``arithm/ModPGroup.java``.
"""

from __future__ import annotations

from itertools import repeat

from evote.crypto.group import Group, group
from evote.crypto.modp import MAX_BITS, ModPGroup, modp_group
from evote.errors import DecodeError, EvidenceMissing
from evote.formats.verificatum.byte_tree import Tree, integer_leaf, leaf, node
from evote.formats.verificatum.records import integer_size, write_element
from evote.formats.verificatum.shapes import Shape, write_product

PACKAGE = "com.verificatum.arithm."
MODP, CURVE, PRODUCT = PACKAGE + "ModPGroup", PACKAGE + "ECqPGroup", PACKAGE + "PPGroup"
CURVES = {"P-256": "p-256", "P-384": "p-384"}
RANDOM_ORACLE, SAFE_PRIME, SUBGROUP = 0, 1, 2  # how VMN turns messages into elements: of no concern here
SEPARATOR = "::"  # between a comment and the description in hexadecimal digits


def read_description(text: str) -> Group:
    """Return the group that ``comment::hexadecimal`` describes; `EvidenceMissing` for a curve unknown here."""
    digits = text.rpartition(SEPARATOR)[2]
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        raise DecodeError("pgroup: not hexadecimal digits") from None
    if data.hex() != digits:
        raise DecodeError("pgroup: not hexadecimal digits, all small and without spaces")
    tree = Tree(data, "pgroup")
    made = read_group(tree)
    tree.end()
    return made


def read_group(tree: Tree) -> Group:
    """Return the marshalled group that comes next."""
    tree.node(2)
    name = tree.text()
    if name == MODP:
        return _read_modp(tree)
    if name == CURVE:
        curve = tree.text()
        if curve not in CURVES:
            raise EvidenceMissing(f"{tree.name}: the curve {curve!a} is not known here")
        return group(CURVES[curve])
    raise tree.error("not a group")


def _read_modp(tree: Tree) -> Group:
    tree.node(4)
    p, q = _read_integer(tree), _read_integer(tree)
    if p.bit_length() > MAX_BITS:
        raise tree.error(f"p has more than {MAX_BITS} bits")
    g = int.from_bytes(tree.leaf(integer_size(p)), "big", signed=True)
    encoding = tree.integer()
    if encoding not in (RANDOM_ORACLE, SAFE_PRIME, SUBGROUP) or (encoding == SAFE_PRIME and p != 2 * q + 1):
        raise tree.error("not a group modulo p")
    try:
        return modp_group(p, q, g)
    except ValueError as error:
        raise tree.error(str(error)) from None


def _read_integer(tree: Tree) -> int:
    """Return a positive integer in its shortest two's complement."""
    data = tree.leaf()
    value = int.from_bytes(data, "big", signed=True)
    if value <= 0 or len(data) != integer_size(value):
        raise tree.error("not a positive integer in its shortest form")
    return value


def write_group(of: Group) -> bytes:
    """Return the marshalled group; ``ValueError`` if Verificatum has no such group."""
    if isinstance(of, ModPGroup):
        p, q = of.p, of.order
        numbers = [leaf(value.to_bytes(integer_size(value), "big")) for value in (p, q)]
        encoding = SAFE_PRIME if p == 2 * q + 1 else SUBGROUP
        return node(leaf(MODP.encode()), node(*numbers, write_element(of.generator), integer_leaf(encoding)))
    for theirs, ours in CURVES.items():
        if of.name == ours:
            return node(leaf(CURVE.encode()), leaf(theirs.encode()))
    raise ValueError(f"Verificatum has no group {of.name}")


def product_group(marshalled: bytes, shape: Shape) -> bytes:
    """Return the marshalled product, of this shape, of a marshalled group; the group itself for the shape ()."""
    if not shape:
        return marshalled
    structure = write_product(shape, repeat(integer_leaf(0)))
    return node(leaf(PRODUCT.encode()), node(node(marshalled), structure))
