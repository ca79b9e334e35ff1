"""A proof of correct decryption: log_g y = log_c1 (c2 / m), two commitments and a response (Chaum, Pedersen 1992).

It is our relation of equal logarithms, under the transcript of `DecryptionTranscript`. The commitments A = c1^t and
B = g^t stand in the file, so many proofs fold into one batch.

Source: ``formats/IVXV.md`` 2.
"""

from __future__ import annotations

from dataclasses import dataclass

from evote.crypto.elgamal import Ciphertext
from evote.crypto.equation import Equation
from evote.crypto.group import Element, Group
from evote.crypto.relation import LinearRelation, Proof
from evote.crypto.statements import equal_logarithms
from evote.crypto.verifier import equations
from evote.formats.ivxv import schema
from evote.formats.ivxv.ciphertext import encode_ciphertext
from evote.formats.ivxv.der import content, encode_integer, encode_sequence
from evote.formats.ivxv.elements import element_der, encoding, is_modp, member
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.reasons import Reason, Refusal
from evote.formats.ivxv.transcript import DECRYPTION, DecryptionTranscript, decryption_seed, integers_below

PROOF = "proof"


@dataclass(frozen=True, slots=True)
class Claim:
    """That the ciphertext decrypts to the plaintext under the key."""

    key: PublicKey
    ciphertext: Ciphertext
    plaintext: Plaintext

    def relation(self) -> LinearRelation:
        """Return what a proof proves."""
        c1, quotient = self.ciphertext.c1, self.ciphertext.c2 / self.plaintext.element
        return equal_logarithms(DECRYPTION, c1, self.key.group.generator, quotient, self.key.y)

    def transcript(self) -> DecryptionTranscript:
        """Return the transcript of a proof, told all that is not in the relation."""
        transcript = DecryptionTranscript(self.relation())
        transcript.append("key", self.key.encoded)
        transcript.append("ciphertext", encode_ciphertext(self.ciphertext))
        transcript.append("plaintext", self.plaintext.hashed)
        return transcript

    def equations(self, proof: Proof) -> list[Equation]:
        """Return the two equations that hold if, and but for 1/q only if, the claim is true."""
        return equations(self.relation(), proof, self.transcript())


@dataclass(frozen=True, slots=True)
class EncodedProof:
    """The encodings of A and B, not yet known to be members, the response, and A and B as they are hashed."""

    message_commitment: bytes
    key_commitment: bytes
    response: int
    commitments: bytes

    @classmethod
    def decode(cls, group: Group, data: bytes) -> EncodedProof:
        """Return the proof that ``data`` is the DER of; raise `Refusal`."""
        kind: type[schema.AnyProof] = schema.IntegerProof if is_modp(group) else schema.PointProof
        held = schema.decode(kind, data, PROOF)
        if not 0 <= held.response < group.order:
            raise Refusal(Reason.RESPONSE_RANGE, PROOF)
        a, b = encoding(group, held.first, PROOF), encoding(group, held.second, PROOF)
        return cls(a, b, held.response, content(data).removesuffix(encode_integer(held.response)))

    def challenge(self, key: PublicKey, ciphertext: bytes, plaintext: bytes) -> int:
        """Return k; ``ciphertext`` is the DER of it, ``plaintext`` what is hashed for it."""
        seed = decryption_seed(key.encoded, ciphertext, plaintext, self.commitments)
        return next(integers_below(key.group.order, seed))


def proof_of(a: Element, b: Element, response: int) -> Proof:
    """Return the parts as a proof of the relation."""
    return Proof(((a, b),), (), ((a.group.scalar(response),),))


def decode_proof(group: Group, data: bytes) -> Proof:
    """Return the one proof that ``data`` is the DER of; raise `Refusal`."""
    held = EncodedProof.decode(group, data)
    a, b = (member(group, part, PROOF) for part in (held.message_commitment, held.key_commitment))
    return proof_of(a, b, held.response)


def encode_proof(proof: Proof) -> bytes:
    """Return the DER."""
    ((a, b),), ((response,),) = proof.commitments, proof.responses
    return encode_sequence(element_der(a), element_der(b), encode_integer(int(response)))
