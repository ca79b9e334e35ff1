"""Many proofs of decryption as one equation: what `Claim.equations` says of each, with the plaintexts put together.

The same equations would come from the generic verifier, one by one; here a batch's weights go straight to the bases, no
c2 / m is computed, and a plaintext that many voters share is one base. Worth an eighth of the check on P-384.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from evote.crypto.equation import Equation
from evote.crypto.group import Element
from evote.formats.ivxv.keys import PublicKey


@dataclass(frozen=True, slots=True)
class Decryption:
    """A proof with what it is about, all members of the group, and its challenge k."""

    c1: Element
    c2: Element
    m: Element
    a: Element
    b: Element
    s: int
    k: int


@dataclass(frozen=True, slots=True)
class Decryptions:
    """The equations of some proofs under one key, two for each: an `evote.crypto.equation.Family`."""

    key: PublicKey
    proofs: Sequence[Decryption]

    @property
    def count(self) -> int:
        """How many equations there are."""
        return 2 * len(self.proofs)

    def fold(self, weights: Sequence[int]) -> Equation:
        """Return the product of all equations, those of proof i to the powers u = weights[2i] and v = weights[2i+1]."""
        of_m: defaultdict[Element, int] = defaultdict(int)
        of_g = of_y = 0
        exponents: list[tuple[int, int, int, int]] = []
        for proof, u, v in zip(self.proofs, weights[::2], weights[1::2], strict=True):
            # c1^s = A (c2 / m)^k to the power u, g^s = B y^k to the power v
            uk = u * proof.k
            exponents.append((u * proof.s, -uk, -u, -v))
            of_m[proof.m] += uk
            of_g += v * proof.s
            of_y -= v * proof.k
        bases = chain.from_iterable((proof.c1, proof.c2, proof.a, proof.b) for proof in self.proofs)
        return Equation(
            (*bases, *of_m, self.key.group.generator, self.key.y),
            (*chain.from_iterable(exponents), *of_m.values(), of_g, of_y),
        )
