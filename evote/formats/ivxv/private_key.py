"""Private keys and the shares of them, as key files and smart cards hold them: secrets, so no reader imports this.

PKCS#8, but the OCTET STRING holds another one, and in it the number in Java's shortest signed form. A share looks like
a key; its index stands beside it on the card. Third-party programs write RFC 5915 instead, which any library reads.

Source: ``formats/IVXV.md`` 1.6 and 3.1.
"""

from __future__ import annotations

from evote.crypto.group import Scalar
from evote.crypto.secret import Secret
from evote.formats.ivxv import pem, schema
from evote.formats.ivxv.der import encode_integer, encode_octets, encode_sequence, signed_bytes
from evote.formats.ivxv.keys import Parameters, PublicKey, public_key, read_parameters
from evote.formats.ivxv.reasons import Reason, Refusal

PRIVATE_KEY = "private key"
INDEX_SIZE = 4


class PrivateKey(Secret):
    """A secret exponent, or a share of one, with the parameters of its key."""

    __slots__ = ("parameters", "x")

    def __init__(self, parameters: Parameters, x: Scalar) -> None:
        """Hold x; ``ValueError`` if it is 0 or of another order."""
        if int(x) == 0 or x.order != parameters.group.order:
            raise ValueError("no private key with these parameters")
        self.parameters, self.x = parameters, x

    def public(self) -> PublicKey:
        """Return the key g^x. Costs a power."""
        return public_key(self.parameters, self.parameters.group.generator**self.x)

    def secret_bytes(self) -> bytes:
        """Return the PKCS#8 structure."""
        held = encode_octets(encode_octets(signed_bytes(int(self.x))))
        return encode_sequence(encode_integer(0), self.parameters.encoded, held)


def read_private_key(data: bytes) -> PrivateKey:
    """Return the key or share in a PEM or DER file; raise `Refusal` unless 0 < x < order, in the shortest form."""
    info = schema.decode(schema.PrivateKeyInfo, pem.decode(data, pem.PRIVATE_KEY), PRIVATE_KEY)
    if info.version != 0:
        raise Refusal(Reason.MALFORMED, PRIVATE_KEY)
    parameters = read_parameters(info.algorithm)
    number = schema.decode(bytes, info.key, PRIVATE_KEY)
    x = int.from_bytes(number, "big", signed=True)
    if number != signed_bytes(x):
        raise Refusal(Reason.NOT_DER, PRIVATE_KEY)
    if not 0 < x < parameters.group.order:
        raise Refusal(Reason.OUT_OF_RANGE, PRIVATE_KEY)
    return PrivateKey(parameters, parameters.group.scalar(x))


def read_card(data: bytes) -> tuple[int, PrivateKey]:
    """Return the index, from 1, and the share in a smart card's object ``DEC``; raise `Refusal`."""
    held = schema.decode(schema.Card, data, "card")
    index = int.from_bytes(held.index, "big")
    if len(held.index) != INDEX_SIZE or index == 0:
        raise Refusal(Reason.MALFORMED, "card")
    return index, read_private_key(held.share)
