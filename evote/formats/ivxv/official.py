"""What the official programs would say, for reports: "official tool: accepts; refused here because ...".

A model, built from what was observed in running them: they read BER, ignore what follows an object, never ask whether a
proof's elements are members or its response is reduced, and hash what they re-encoded. In G2 and G3 the tool meant is
the third-party one. Nothing that is verified comes from here.

Source: ``formats/IVXV.md`` 1.7 and 2, the vectors under ``tests/vectors/ivxv``.
"""

from __future__ import annotations

from enum import Enum

from evote.crypto.bigint import powmod
from evote.crypto.elgamal import Ciphertext
from evote.crypto.group import Element, Group
from evote.crypto.modp import ModPGroup
from evote.errors import DecodeError
from evote.formats.ivxv import schema
from evote.formats.ivxv.ber import Node, read
from evote.formats.ivxv.der import INTEGER, OCTET_STRING, SEQUENCE, encode_integer
from evote.formats.ivxv.elements import UNCOMPRESSED, oid
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.proof import Claim, proof_of
from evote.formats.ivxv.reasons import Refusal
from evote.formats.ivxv.transcript import decryption_seed, integers_below

INFINITY = b"\0"


class CiphertextVerdict(Enum):
    """The outcomes of the official "correctness" check."""

    VALID = "VALID"
    INVALID_BYTES = "INVALID_BYTES"
    INVALID_RANGE = "INVALID_RANGE"
    INVALID_QR = "INVALID_QR"


class ProofVerdict(Enum):
    """The outcomes of the official proof check; an exception is lost in a thread and counts as no failure."""

    VALID = "VALID"
    INVALID = "INVALID"
    EXCEPTION = "EXCEPTION"


def difference(accepts: bool, refusal: Refusal) -> str:  # noqa: FBT001 - "accepts" is a verdict, not an option
    """Return the sentence of a report about something refused here."""
    return f"official tool: {'accepts' if accepts else 'refuses'}; refused here because {refusal.reason.value}"


def check_ciphertext(group: Group, data: bytes) -> CiphertextVerdict:
    """Return the verdict on a ciphertext."""
    try:
        _, elements = _ciphertext(group, data)
        if isinstance(group, ModPGroup):
            return _check_residues(group, list(map(_integer, elements)))
        for element in elements:
            _point(group, element)
    except DecodeError:
        return CiphertextVerdict.INVALID_BYTES
    return CiphertextVerdict.VALID


def _check_residues(group: ModPGroup, residues: list[int]) -> CiphertextVerdict:
    if not all(0 < e <= group.p for e in residues):
        return CiphertextVerdict.INVALID_RANGE
    if any(powmod(e, group.order, group.p) != 1 for e in residues):
        return CiphertextVerdict.INVALID_QR
    return CiphertextVerdict.VALID


def check_proof(key: PublicKey, generation: Generation, ciphertext: bytes, message: str, proof: bytes) -> ProofVerdict:
    """Return the verdict on an entry of a proof file, taken out of its base64."""
    try:
        held, elements = _ciphertext(key.group, ciphertext)
        parts = _members(read(proof)[0], 3)
        plaintext = Plaintext.claimed(generation, key.group, message)
        if isinstance(key.group, ModPGroup):
            holds = _holds_modp(key, key.group, held, plaintext, [*map(_integer, elements), *map(_integer, parts)])
        else:
            points = [_point(key.group, node) for node in (*elements, *parts[:2])]
            holds = _holds_on_curve(key, plaintext, points, _integer(parts[2]))
    except (DecodeError, ZeroDivisionError):
        return ProofVerdict.EXCEPTION
    return ProofVerdict.VALID if holds else ProofVerdict.INVALID


def _holds_modp(key: PublicKey, group: ModPGroup, held: Node, plaintext: Plaintext, numbers: list[int]) -> bool:
    """Evaluate both equations on integers that may be no members at all."""
    c1, c2, a, b, s = numbers
    seed = decryption_seed(key.encoded, held.der(), plaintext.hashed, encode_integer(a) + encode_integer(b))
    k = next(integers_below(group.order, seed))
    p, (g, y, m) = group.p, (int.from_bytes(bytes(e), "big") for e in (group.generator, key.y, plaintext.element))
    quotient = c2 * powmod(m, -1, p)
    # c1^s = A (c2 / m)^k and g^s = B y^k
    first = powmod(c1, s, p) == a * powmod(quotient, k, p) % p
    return first and bool(powmod(g, s, p) == b * powmod(y, k, p) % p)


def _holds_on_curve(key: PublicKey, plaintext: Plaintext, points: list[Element], response: int) -> bool:
    """Evaluate both equations; a point on the curve is a member whatever its encoding was, and is hashed in ours."""
    c1, c2, a, b = points
    if key.group.identity in points:
        raise DecodeError("the identity cannot be hashed")
    claim = Claim(key, Ciphertext(c1, c2), plaintext)
    return all(equation.holds() for equation in claim.equations(proof_of(a, b, response)))


def _ciphertext(group: Group, data: bytes) -> tuple[Node, tuple[Node, ...]]:
    """Return the whole object, and c1 and c2."""
    node, _ = read(data)
    algorithm, elements = _members(node, 2)
    (named,) = _members(algorithm, 1)
    if named.der() != schema.encode_oid(oid(group)):
        raise DecodeError("another algorithm")
    return node, _members(elements, 2)


def _members(node: Node, count: int) -> tuple[Node, ...]:
    if node.tag != SEQUENCE or len(node.members) != count:
        raise DecodeError(f"no SEQUENCE of {count}")
    return node.members


def _integer(node: Node) -> int:
    value = int.from_bytes(node.content, "big", signed=True)
    if node.tag != INTEGER or encode_integer(value) != node.der():
        raise DecodeError("no INTEGER")
    return value


def _point(group: Group, node: Node) -> Element:
    """Return the point; the identity is taken, and zeros in front of both coordinates."""
    data, size = node.content, group.element_size // 2
    if node.tag != OCTET_STRING:
        raise DecodeError("no point")
    if data == INFINITY:
        return group.identity
    half, rest = divmod(len(data) - 1, 2)
    x, y = (int.from_bytes(part, "big") for part in (data[1 : 1 + half], data[1 + half :]))
    if data[:1] != UNCOMPRESSED or rest or max(x, y).bit_length() > 8 * size:
        raise DecodeError("no uncompressed point")
    return group.decode(UNCOMPRESSED + x.to_bytes(size, "big") + y.to_bytes(size, "big"))
