"""Public keys of elections, and the parameters in them: validated, and kept byte for byte as they were received.

The bytes matter, because every proof hashes them: a flag that says nothing new still changes all challenges. The
official programs take composite orders and g = 1; here p and (p-1)/2 are primes, g generates the squares, and the key
is a member other than the identity. Nothing is said about the size of p beyond `MAX_BITS`; that is for a report.

Source: ``formats/IVXV.md`` 1.1 and 1.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from evote.crypto import elgamal
from evote.crypto.group import Element, Group, group
from evote.crypto.modp import ModPGroup, modp_group
from evote.formats.ivxv import der, pem, schema
from evote.formats.ivxv.elements import CURVE_OID, MODP_OID, decode_element, element_der, is_modp
from evote.formats.ivxv.reasons import Reason, Refusal

CURVE = "P-384"
MAX_BITS = 4096  # of p: to prove a stranger's parameters costs seconds at most
IDENTIFIER = re.compile(r"[ \-,+.:;=!?&%#<>_/'*()\[\]{}|^A-Za-z0-9]{1,28}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A group, the election's identifier ("" if it has none), and what a key says about lifting (None: nothing).

    ``encoded`` is the algorithm SEQUENCE as received; two are equal if that is.
    """

    encoded: bytes
    group: Group = field(compare=False)
    election: str = field(compare=False)
    lifted: bool | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An election's public key. ``encoded`` is its SubjectPublicKeyInfo as received; two are equal if that is."""

    encoded: bytes
    parameters: Parameters = field(compare=False)
    y: Element = field(compare=False)

    @property
    def group(self) -> Group:
        """The group of the key."""
        return self.parameters.group

    @property
    def election(self) -> str:
        """The identifier of the election."""
        return self.parameters.election

    @property
    def elgamal(self) -> elgamal.PublicKey:
        """The key as our own encryption takes it."""
        return elgamal.PublicKey(self.y)


@lru_cache(maxsize=16)
def read_public_key(data: bytes) -> PublicKey:
    """Return the key in a PEM or DER file; raise `Refusal` for anything else.

    To prove the parameters of a new group takes as long as some twenty powers, once for each group.
    """
    encoded = pem.decode(data, pem.PUBLIC_KEY)
    info = schema.decode(schema.SubjectPublicKeyInfo, encoded, "public key")
    parameters = read_parameters(info.algorithm)
    if info.key.padding_bits():
        raise Refusal(Reason.MALFORMED, "public key")
    kind: type[schema.OneElement] = schema.OneInteger if is_modp(parameters.group) else schema.OnePoint
    held = schema.decode(kind, info.key.as_bytes(), "public key")
    y = decode_element(parameters.group, held.element, "public key")
    if y == parameters.group.identity:
        raise Refusal(Reason.WEAK_KEY, "public key")
    return PublicKey(encoded, parameters, y)


def public_key(parameters: Parameters, y: Element) -> PublicKey:
    """Return the key y with these parameters; ``ValueError`` if it is the identity or of another group."""
    if y == parameters.group.identity or y.group != parameters.group:
        raise ValueError("no public key with these parameters")
    bits = b"\0" + der.encode_sequence(element_der(y))
    return PublicKey(der.encode_sequence(parameters.encoded, der.encode(der.BIT_STRING, bits)), parameters, y)


def read_parameters(algorithm: schema.KeyAlgorithm) -> Parameters:
    """Return validated parameters; raise `Refusal`."""
    encoded, inner = schema.encoded(algorithm), schema.encoded(algorithm.parameters)
    if algorithm.oid.dotted_string == MODP_OID:
        modp = schema.decode(schema.ModPParameters, inner, "key parameters")
        return Parameters(encoded, squares_modulo(modp.p, modp.g), _election(modp.election), None)
    if algorithm.oid.dotted_string == CURVE_OID:
        curve = schema.decode(schema.CurveParameters, inner, "key parameters")
        if schema.general_string(curve.curve, "curve") != CURVE:
            raise Refusal(Reason.UNKNOWN_CURVE, "key parameters")
        return Parameters(encoded, group("p-384"), _election(curve.election), curve.lifted)
    raise Refusal(Reason.WRONG_ALGORITHM, "key parameters")


def modp_parameters(of: Group, election: str) -> Parameters:
    """Return the parameters of a key modulo p."""
    if not isinstance(of, ModPGroup):
        raise TypeError(f"{of.name} is no group modulo p")
    _check_identifier(election)
    p, g = der.encode_integer(of.p), element_der(of.generator)
    return Parameters(_algorithm(MODP_OID, p, g, der.encode_text(election)), of, election, None)


def curve_parameters(election: str, *, lifted: bool | None = None) -> Parameters:
    """Return the parameters of a key on P-384; ``lifted`` None writes no flag, as generations 1 and 2 do."""
    _check_identifier(election)
    flag = b"" if lifted is None else der.encode(der.BOOLEAN, b"\xff" if lifted else b"\0")
    encoded = _algorithm(CURVE_OID, der.encode_text(CURVE), der.encode_text(election), flag)
    return Parameters(encoded, group("p-384"), election, lifted)


def squares_modulo(p: int, g: int) -> Group:
    """Return the squares modulo p, generated by g; raise `Refusal` unless the parameters are proved safe."""
    if p.bit_length() > MAX_BITS:
        raise Refusal(Reason.TOO_LARGE, "key parameters")
    try:
        return modp_group(p, (p - 1) // 2, g)
    except ValueError:
        raise Refusal(Reason.UNSAFE_PARAMETERS, "key parameters") from None


def _algorithm(oid: str, *parameters: bytes) -> bytes:
    return der.encode_sequence(schema.encode_oid(oid), der.encode_sequence(*parameters))


def _election(value: schema.TLV) -> str:
    text = schema.general_string(value, "election identifier")
    _check_identifier(text)
    return text


def _check_identifier(text: str) -> None:
    if text and not IDENTIFIER.fullmatch(text):
        raise Refusal(Reason.BAD_IDENTIFIER, "election identifier")
