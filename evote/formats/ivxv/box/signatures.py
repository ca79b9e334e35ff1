"""Signatures beside files: ECDSA for voter lists, RSA-PSS for results. The signed containers of people are not read.

Which key is the right one is for the caller to know; the official programs take any signer with a trusted certificate.

Source: ``formats/IVXV.md`` 3.2 and 7; FIPS 186-5, RFC 8017.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv import pem

CHECK = "ivxv.signature"
CERTIFICATE = "CERTIFICATE"
CURVES = ("secp256r1", "secp384r1", "secp521r1")
SALT = 32  # bytes
RSA_BITS = range(2040, 8193)  # a key generated with 2048 bits may have a few less
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


def read_signer(data: bytes) -> ec.EllipticCurvePublicKey:
    """Return the key of voter lists in a PEM or DER file; raise `DecodeError`."""
    key = _public_key(pem.decode(data, pem.PUBLIC_KEY))
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in CURVES:
        raise DecodeError("signer's key: not one on a NIST curve")
    return key


def check_voter_list(signer: ec.EllipticCurvePublicKey, data: bytes, signature: bytes, name: str) -> None:
    """Raise ``VerificationError("ivxv.signature", name)`` unless the bytes of a voter list are signed by the signer."""
    try:
        if encode_dss_signature(*decode_dss_signature(signature)) == signature:
            signer.verify(signature, data, ec.ECDSA(SHA256()))
            return
    except (ValueError, InvalidSignature):
        pass
    raise VerificationError(CHECK, name)


def read_result_key(data: bytes) -> rsa.RSAPublicKey:
    """Return the key of results in a file: certificate in PEM, or public key in PEM or DER; raise `DecodeError`.

    A certificate is its key's envelope here: the official ones expire after three weeks, by a mistake.
    """
    if data.lstrip().startswith(b"-----BEGIN CERTIFICATE-----"):
        key = _certified(pem.decode(data, CERTIFICATE))
    else:
        key = _public_key(pem.decode(data, pem.PUBLIC_KEY))
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size not in RSA_BITS:
        raise DecodeError("result key: not an RSA key of a size allowed")
    return key


def check_result(key: rsa.RSAPublicKey, data: bytes, signature: bytes, name: str) -> None:
    """Raise ``VerificationError("ivxv.signature", name)`` unless the bytes of a result are signed.

    Signatures come without leading zero bytes, so a shorter one is extended.
    """
    size = (key.key_size + 7) // 8
    try:
        if len(signature) <= size and signature[:1] != b"\0":
            key.verify(signature.rjust(size, b"\0"), data, padding.PSS(padding.MGF1(SHA256()), SALT), SHA256())
            return
    except (ValueError, InvalidSignature):
        pass
    raise VerificationError(CHECK, name)


def _public_key(encoded: bytes) -> object:
    try:
        key = load_der_public_key(encoded)
        if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == encoded:
            return key
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass
    raise DecodeError("public key: not the DER of one")


def _certified(encoded: bytes) -> object:
    try:
        return x509.load_der_x509_certificate(encoded).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise DecodeError("certificate: not the DER of one") from None
