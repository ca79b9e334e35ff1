"""ElGamal encryption: (c1, c2) = (g^r, m y^r), with messages in the group (ElGamal 1985).

Multiplying ciphertexts multiplies messages, so exponents add: sum of votes without opening one. Randomness is an
argument here and lives with whoever drew it; so is what raises to it, and the default is the careful path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import pow as careful

from evote.crypto.group import Element, Group, Scalar
from evote.errors import DecodeError

Power = Callable[[Element, Scalar | int], Element]  # (base, secret exponent) -> base ** exponent


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """An encryption of one group element."""

    c1: Element
    c2: Element

    def __mul__(self, other: Ciphertext) -> Ciphertext:
        """Return an encryption of the product of the messages."""
        return Ciphertext(self.c1 * other.c1, self.c2 * other.c2)

    def __truediv__(self, other: Ciphertext) -> Ciphertext:
        """Return an encryption of the quotient of the messages."""
        return Ciphertext(self.c1 / other.c1, self.c2 / other.c2)

    def __bytes__(self) -> bytes:
        """Return c1 || c2."""
        return bytes(self.c1) + bytes(self.c2)


Row = tuple[Ciphertext, ...]  # what a voter's answer contributes to one list: ciphertexts that stay together


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The key y = g^x that messages are encrypted under; never the identity."""

    y: Element

    def __post_init__(self) -> None:
        if self.y == self.group.identity:
            raise ValueError("the identity is no public key")

    @property
    def group(self) -> Group:
        """The group of key and messages."""
        return self.y.group

    def encrypt(self, message: Element, r: Scalar, *, power: Power = careful) -> Ciphertext:
        """Return (g^r, m y^r). Costs 2 powers."""
        return Ciphertext(power(self.group.generator, r), message * power(self.y, r))

    def reencrypt(self, ciphertext: Ciphertext, r: Scalar, *, power: Power = careful) -> Ciphertext:
        """Return (c1 g^r, c2 y^r), which encrypts the same message. Costs 2 powers."""
        return ciphertext * self.encrypt(self.group.identity, r, power=power)


def product_of_powers(ciphertexts: Sequence[Ciphertext], exponents: Sequence[int]) -> Ciphertext:
    """Return prod_i c_i^e_i, which encrypts prod_i m_i^e_i, by the fast path: public exponents only."""
    group = ciphertexts[0].c1.group
    halves = [c.c1 for c in ciphertexts], [c.c2 for c in ciphertexts]
    return Ciphertext(*(group.product_of_powers(half, exponents) for half in halves))


def decode_ciphertexts(group: Group, encodings: Sequence[bytes]) -> list[Ciphertext]:
    """Return the ciphertexts c1 || c2, every half a member of the group; raise `DecodeError` for anything else."""
    size = group.element_size
    if any(len(data) != 2 * size for data in encodings):
        raise DecodeError(f"a ciphertext of {group.name} has {2 * size} bytes")
    halves = [half for data in encodings for half in (data[:size], data[size:])]
    elements = group.decode_many(halves)
    return [Ciphertext(*pair) for pair in zip(elements[::2], elements[1::2], strict=True)]


def decode_rows(group: Group, encodings: Sequence[bytes], width: int) -> list[Row]:
    """Return rows of ``width`` ciphertexts, each row one byte string; raise `DecodeError` for anything else."""
    size = 2 * group.element_size
    if any(len(data) != width * size for data in encodings):
        raise DecodeError(f"a row of {width} ciphertexts has {width * size} bytes")
    flat = decode_ciphertexts(group, [row[i : i + size] for row in encodings for i in range(0, width * size, size)])
    return [tuple(flat[i : i + width]) for i in range(0, len(flat), width)]


def encode_row(row: Row) -> bytes:
    """Return the ciphertexts of a row, one after the other."""
    return b"".join(map(bytes, row))
