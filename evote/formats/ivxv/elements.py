"""Group elements as IVXV writes them: INTEGER modulo p, or an OCTET STRING with 04, x and y.

Encodings of ours have fixed length, theirs modulo p the shortest; both are big-endian, so only the frame changes and no
element is computed.
"""

from __future__ import annotations

from evote.crypto.group import Element, Group
from evote.crypto.modp import ModPGroup
from evote.errors import DecodeError
from evote.formats.ivxv import der
from evote.formats.ivxv.reasons import Reason, Refusal

MODP_OID, CURVE_OID = "1.3.6.1.4.1.3029.2.1", "1.3.6.1.4.1.99999.1"  # of keys and ciphertexts
UNCOMPRESSED = b"\x04"


def is_modp(group: Group) -> bool:
    """Tell whether elements are integers; otherwise they are points."""
    return isinstance(group, ModPGroup)


def oid(group: Group) -> str:
    """Return the OID that keys and ciphertexts of the group carry, in all generations."""
    return MODP_OID if is_modp(group) else CURVE_OID


def encoding(group: Group, value: int | bytes, what: str) -> bytes:
    """Return our encoding of what the file holds; raise `Refusal` unless it has the right range or length.

    Whether it is a member is not asked here: `Group.decode_many` does.
    """
    if isinstance(value, int):
        if not 0 < value < group.p:  # type: ignore[attr-defined]
            raise Refusal(Reason.OUT_OF_RANGE, what)
        return value.to_bytes(group.element_size, "big")
    if value in (b"", b"\0", UNCOMPRESSED + b"\0") or not any(value):
        raise Refusal(Reason.IDENTITY_POINT, what)
    if len(value) != group.element_size or value[:1] != UNCOMPRESSED:
        raise Refusal(Reason.POINT_ENCODING, what)
    return value


def decode_element(group: Group, value: int | bytes, what: str) -> Element:
    """Return the member that the file holds; raise `Refusal`."""
    return member(group, encoding(group, value, what), what)


def member(group: Group, data: bytes, what: str) -> Element:
    """Return the member with this encoding; raise `Refusal` if there is none."""
    try:
        return group.decode(data)
    except DecodeError:
        raise Refusal(Reason.NOT_IN_GROUP, what) from None


def element_der(element: Element) -> bytes:
    """Return the INTEGER or OCTET STRING; ``ValueError`` for the identity of a curve, which has none."""
    return encoding_der(element.group, bytes(element))


def encoding_der(group: Group, data: bytes) -> bytes:
    """Return what `element_der` does, of our encoding of an element."""
    if is_modp(group):
        return der.encode_integer(int.from_bytes(data, "big"))
    if not any(data):
        raise ValueError("the identity of a curve is not written")
    return der.encode_octets(data)
