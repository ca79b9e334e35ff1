"""Ed25519, checked so strictly that two honest verifiers never disagree about a signature.

RFC 8032 leaves open whether the equation S B = R + h A holds exactly or up to a point of small order, and libraries
differ ("Taming the many EdDSAs", Chalkias, Garillot, Nikolaenko, SSR 2020). Both readings agree if A and R lie in the
subgroup of prime order, and an honest signer's always do; so nothing else passes. S must be reduced.
"""

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_BYTES, crypto_sign_open
from nacl.bindings import crypto_sign_PUBLICKEYBYTES as KEY_SIZE
from nacl.exceptions import BadSignatureError

from evote.errors import DecodeError, VerificationError

SIGNATURE_SIZE: int = crypto_sign_BYTES


def check_public_key(key: bytes) -> None:
    """Raise `DecodeError` unless ``key`` is the canonical encoding of a point of prime order, not the identity."""
    if len(key) != KEY_SIZE or not crypto_core_ed25519_is_valid_point(key):
        raise DecodeError("not an Ed25519 public key: not a canonical point of prime order")


def verify_signature(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Return if ``signature`` (R || S, 64 bytes) is that of ``message`` under a key that `check_public_key` passed.

    Raises ``VerificationError("signature")``. Costs two scalar multiplications, one of them to place R.
    """
    if len(public_key) != KEY_SIZE or len(signature) != SIGNATURE_SIZE:
        raise VerificationError("signature")
    if not crypto_core_ed25519_is_valid_point(signature[:32]):
        raise VerificationError("signature")
    try:
        crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        raise VerificationError("signature") from None
