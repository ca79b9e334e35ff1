"""True statements, why they are true, and false ones of the same shape; in any group, the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from evote.crypto import statements
from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import Element, Group, Scalar
from evote.crypto.group import group as registered
from evote.crypto.modp import ModPGroup
from evote.crypto.relation import Disjunction, LinearRelation, Statement, Witness
from evote.crypto.transcript import NativeTranscript


def modp(name: str) -> ModPGroup:
    found = registered(name)
    assert isinstance(found, ModPGroup)
    return found


TOY = modp("toy")


@dataclass(frozen=True)
class Sample:
    """A true statement with its witness, and a statement of the same shape that the witness does not fit."""

    statement: Statement
    witness: Witness
    false: Statement


def scalars(group: Group, count: int, seed: int = 1) -> list[Scalar]:
    source = random.Random(seed)
    return [group.scalar(source.randrange(1, group.order)) for _ in range(count)]


def elements(group: Group, count: int, seed: int = 1) -> list[Element]:
    return [group.generator**x for x in scalars(group, count, seed)]


def keypair(group: Group, seed: int = 2) -> tuple[Scalar, PublicKey]:
    (x,) = scalars(group, 1, seed)
    return x, PublicKey(group.generator**x)


def encrypt(key: PublicKey, value: int, r: Scalar) -> Ciphertext:
    return key.encrypt(key.group.generator**value, r)


def transcript(context: str = "test") -> NativeTranscript:
    made = NativeTranscript("test")
    made.append("context", context.encode())
    return made


def linear(group: Group) -> Sample:
    """A relation of three rows and two columns, with a hole."""
    g, h, k = elements(group, 3, seed=5)
    x, y = scalars(group, 2, seed=6)
    bases = ((g, h), (h, k), (group.identity, g))
    image = (g**x * h**y, h**x * k**y, g**y)
    return Sample(
        LinearRelation("linear", bases, image),
        Witness((x, y)),
        LinearRelation("linear", bases, (image[0], image[1] * g, image[2])),
    )


def offsets(group: Group) -> Sample:
    """A relation whose image is off by small powers of the generator."""
    true = linear(group).statement
    assert isinstance(true, LinearRelation)
    shifts = (7, 0, 2**64 - 1)
    image = tuple(a * group.generator**shift for a, shift in zip(true.image, shifts, strict=True))
    relation = LinearRelation("offsets", true.bases, image, shifts)
    return Sample(relation, linear(group).witness, replace(relation, offsets=(7, 0, 2**64 - 2)))


def two_runs(group: Group) -> Sample:
    """Two ciphertexts, of which one encrypts 3 or 4; it is the second."""
    _, key = keypair(group)
    r, s = scalars(group, 2)
    nine, four, five = (
        statements.encryption_of_one_of(key, encrypt(key, m, x), (3, 4)).branches for m, x in ((9, r), (4, s), (5, s))
    )
    return Sample(Disjunction("two runs", (*nine, *four)), Witness((s,), 3), Disjunction("two runs", (*nine, *five)))


def mixed_disjunction(group: Group) -> Sample:
    """Branches of different shapes, the second of them true."""
    g, h = elements(group, 2, seed=7)
    (x,) = scalars(group, 1, seed=8)
    schnorr = LinearRelation("schnorr", ((g,),), (h,))
    true = LinearRelation("pair", ((g,), (h,)), (g**x, h**x))
    false = LinearRelation("pair", ((g,), (h,)), (g**x, h**x * g))
    three = linear(group).false
    assert isinstance(three, LinearRelation)
    return Sample(
        Disjunction("mixed", (schnorr, true, three)), Witness((x,), 1), Disjunction("mixed", (schnorr, false, three))
    )


def knowledge_of_logarithm(group: Group) -> Sample:
    g, h = elements(group, 2)
    (x,) = scalars(group, 1, seed=3)
    return Sample(
        statements.knowledge_of_logarithm("knowledge", g, g**x),
        Witness((x,)),
        statements.knowledge_of_logarithm("knowledge", g, h),
    )


def equal_logarithms(group: Group) -> Sample:
    g, h = elements(group, 2)
    (x,) = scalars(group, 1, seed=3)
    return Sample(
        statements.equal_logarithms("equal", g, h, g**x, h**x),
        Witness((x,)),
        statements.equal_logarithms("equal", g, h, g**x, h ** (x + 1)),
    )


def knowledge_of_randomness(group: Group) -> Sample:
    _, key = keypair(group)
    r, s = scalars(group, 2)
    return Sample(
        statements.knowledge_of_randomness(encrypt(key, 1, r)),
        Witness((r,)),
        statements.knowledge_of_randomness(encrypt(key, 1, s)),
    )


def encryption_of(group: Group) -> Sample:
    _, key = keypair(group)
    (r,) = scalars(group, 1)
    return Sample(
        statements.encryption_of(key, encrypt(key, 3, r), 3),
        Witness((r,)),
        statements.encryption_of(key, encrypt(key, 4, r), 3),
    )


def encryption_of_zero_or_one(group: Group) -> Sample:
    _, key = keypair(group)
    (r,) = scalars(group, 1)
    return Sample(
        statements.encryption_of_one_of(key, encrypt(key, 1, r), (0, 1)),
        Witness((r,), 1),
        statements.encryption_of_one_of(key, encrypt(key, 2, r), (0, 1)),
    )


def encryption_of_one_of(group: Group) -> Sample:
    _, key = keypair(group)
    (r,) = scalars(group, 1)
    return Sample(
        statements.encryption_of_one_of(key, encrypt(key, 2, r), (2, 5, 7)),
        Witness((r,), 0),
        statements.encryption_of_one_of(key, encrypt(key, 3, r), (2, 5, 7)),
    )


def decryption(group: Group) -> Sample:
    x, key = keypair(group)
    c1, other = elements(group, 2, seed=4)
    return Sample(
        statements.decryption(key.y, c1, c1**x),
        Witness((x,)),
        statements.decryption(key.y, c1, other**x),
    )


def reencryption(group: Group) -> Sample:
    _, key = keypair(group)
    r, s = scalars(group, 2)
    before = encrypt(key, 1, r)
    after = key.reencrypt(before, s)
    return Sample(
        statements.reencryption(key, before, after),
        Witness((s,)),
        statements.reencryption(key, before, Ciphertext(after.c1, after.c2 * group.generator)),
    )


SAMPLES: dict[str, Callable[[Group], Sample]] = {
    "linear": linear,
    "offsets": offsets,
    "two runs": two_runs,
    "mixed disjunction": mixed_disjunction,
    "knowledge of logarithm": knowledge_of_logarithm,
    "equal logarithms": equal_logarithms,
    "knowledge of randomness": knowledge_of_randomness,
    "encryption of": encryption_of,
    "encryption of zero or one": encryption_of_zero_or_one,
    "encryption of one of": encryption_of_one_of,
    "decryption": decryption,
    "reencryption": reencryption,
}
