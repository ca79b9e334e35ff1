"""What elections prove, each as a relation or a disjunction; nothing here proves or verifies.

A new statement needs no proof code: say what is true, and `prover.prove` and `verifier.equations` do the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import Element, Group
from evote.crypto.powers import powers_of
from evote.crypto.relation import Disjunction, LinearRelation


def knowledge_of_logarithm(name: str, base: Element, image: Element) -> LinearRelation:
    """Schnorr 1989: state that I know x with image = base^x."""
    return LinearRelation(name, ((base,),), (image,))


def equal_logarithms(name: str, g: Element, h: Element, x: Element, y: Element) -> LinearRelation:
    """Chaum-Pedersen 1992: state that I know s with x = g^s and y = h^s."""
    return LinearRelation(name, ((g,), (h,)), (x, y))


def knowledge_of_randomness(ciphertext: Ciphertext) -> LinearRelation:
    """State that I know r with c1 = g^r, hence the message; bind c2 (Bernhard, Pereira, Warinschi 2012)."""
    return knowledge_of_logarithm("knowledge-of-randomness", ciphertext.c1.group.generator, ciphertext.c1)


def encryption_of(key: PublicKey, ciphertext: Ciphertext, value: int) -> LinearRelation:
    """State that the ciphertext encrypts g^value: c1 = g^r and c2 / g^value = y^r; 0 <= value < 2^64."""
    return encryption_of_one_of(key, ciphertext, (value,)).branches[0]


def encryption_of_one_of(key: PublicKey, ciphertext: Ciphertext, values: Collection[int]) -> Disjunction:
    """State that the ciphertext encrypts g^v for one of the values: 0/1, a range, or a list of choices.

    A proof for n values has 2n elements, n-1 challenges and n scalars. It costs 3n - 1 powers, 2n - 1 of them of g
    and n of the key.
    """
    bases, image = ((key.group.generator,), (key.y,)), (ciphertext.c1, ciphertext.c2)
    branches = tuple(LinearRelation("encryption-of", bases, image, (0, value)) for value in values)
    return Disjunction("encryption-of-one-of", branches)


def decryption(share_key: Element, c1: Element, d: Element) -> LinearRelation:
    """State that the partial decryption d = c1^x is made with the x of share_key = g^x."""
    return equal_logarithms("decryption.proof", share_key.group.generator, c1, share_key, d)


def reencryption(key: PublicKey, before: Ciphertext, after: Ciphertext) -> LinearRelation:
    """State that both ciphertexts encrypt one message: after / before = (g^r, y^r)."""
    quotient = after / before
    return equal_logarithms("reencryption", key.group.generator, key.y, quotient.c1, quotient.c2)


@cache
def small_logarithms(group: Group, count: int) -> Mapping[bytes, int]:
    """Return the table from the encoding of g^m to m, for 0 <= m < count; one table for all that ask."""
    powers = powers_of(group.generator, count - 1)
    return MappingProxyType({data: m for m, data in enumerate(group.encode_many(powers))})
