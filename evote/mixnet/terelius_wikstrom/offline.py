"""What of a Terelius-Wikstrom proof can be made before there is a list: all powers of g, u, A', C', D'.

Letters as in `proof`. In the paper the prover draws b_i and beta_i and computes the exponents of g in B_i and B'_i,

    x_i = x_{i-1} e'_i + b_i,    t_i = x_{i-1} epsilon_i + beta_i,    x_{-1} = 0.

Here x_i and t_i are drawn. Whatever e' and epsilon are, each equation makes b_i and x_i, beta_i and t_i, determine each
other, so that if one is uniform modulo q and independent of all before it, so is the other: the proofs have the same
distribution. But x_i and t_i do not depend on the challenge, and their powers can be computed ahead, all in one batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import msgspec

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, Row
from evote.crypto.group import Element, Group
from evote.crypto.secret import Once, Secret
from evote.crypto.vector import KnownVector, Power, Vector, products
from evote.mixnet.columns import multiplied_encodings, raw_vector
from evote.mixnet.draws import Draws
from evote.mixnet.terelius_wikstrom.proof import Lengths, mask_bound


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Masks(Secret):
    """The secrets of a proof, but for its witness: r opens u; the others hide the witness in the reply."""

    r: list[int]
    x: list[int]
    t: list[int]
    epsilon: list[int]
    alpha: int
    gamma: int
    delta: int
    phi: list[int]

    @classmethod
    def drawn(cls, group: Group, n: int, width: int, bound: int, seed: bytes) -> Masks:
        """Draw them, epsilon below ``bound``."""
        draws = Draws("terelius-wikstrom masks", group, seed)
        r, x, t = (draws.exponents(label, n) for label in ("r", "x", "t"))
        epsilon = draws.below("epsilon", bound, n)
        alpha, gamma, delta = draws.exponents("alpha, gamma, delta", 3)
        return cls(r, x, t, epsilon, alpha, gamma, delta, draws.exponents("phi", width))


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Ahead(Secret):
    """Masks and what was computed of them: u, g^x_i, g^t_i, A', C', D' and pk^-phi."""

    seed: bytes
    masks: Masks
    u: Vector
    g_x: Vector
    g_t: Vector
    A_prime: Element
    C_prime: Element
    D_prime: Element
    blinding: Row


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    seed: bytes
    u: bytes
    g_x: bytes
    g_t: bytes
    others: bytes


class PreparedProof(Once[Ahead]):
    """The part of one proof that was made ahead. It serves once: two proofs with the same masks give the witness away.

    Whoever has taken it, or its bytes, has used it.
    """

    __slots__ = ()

    def secret_bytes(self) -> bytes:
        """Take it, and return it as `restore` reads it."""
        a = self.take()
        pack = a.u.group.pack
        others = [a.A_prime, a.C_prime, a.D_prime, *(half for c in a.blinding for half in (c.c1, c.c2))]
        stored = _Stored(a.seed, a.u.data, pack(a.g_x.raws()), pack(a.g_t.raws()), pack(e.raw for e in others))
        return msgspec.msgpack.encode(stored)


def restore(data: bytes, group: Group, n: int, width: int) -> PreparedProof:
    """Return what `secret_bytes` wrote for a proof of ours; nothing of the bytes is checked."""
    stored = msgspec.msgpack.decode(data, type=_Stored)
    others = [group.element(raw) for raw in group.unpack(stored.others)]
    blinding = tuple(map(Ciphertext, others[3::2], others[4::2]))
    g_x, g_t = KnownVector(group, stored.g_x, n), KnownVector(group, stored.g_t, n)
    masks = Masks.drawn(group, n, width, mask_bound(group), stored.seed)
    a_prime, c_prime, d_prime = others[:3]
    u = Vector(group, stored.u, "u")
    return PreparedProof(Ahead(stored.seed, masks, u, g_x, g_t, a_prime, c_prime, d_prime, blinding))


def prepare(
    keys: Sequence[Element],
    h: Vector,
    permutation: Sequence[int],
    lengths: Lengths,
    arithmetic: Arithmetic,
    seed: bytes,
    executor: Executor | None = None,
    also: Sequence[int] = (),
) -> tuple[PreparedProof, list[Element]]:
    """Make what can be made of a proof for len(h) rows; return g^x, too, for the x in ``also``, in the same batch.

    ``keys`` has the key of each block; 1 may be among them, and hides nothing. Costs 3N powers of g and a product of N
    powers.
    """
    group, n = h.group, len(h)
    masks = Masks.drawn(group, n, len(keys), lengths.mask_bound(group), seed)
    few = [masks.alpha, masks.gamma, masks.delta, *(-phi for phi in masks.phi)]
    powers = arithmetic.powers(group.generator, [*masks.r, *masks.x, *masks.t, *few, *also], executor)
    g_r, g_x, g_t = (raw_vector(group, powers[i * n : (i + 1) * n]) for i in range(3))
    end = 3 * n + len(few)
    g_alpha, c_prime, d_prime, *g_phi = powers[3 * n : end]
    # u_pi(j) = g^r_j h_j
    u = [bytes(group.identity)] * n
    for i, data in zip(permutation, multiplied_encodings(g_r, h, executor), strict=True):
        u[i] = data
    # A' = g^alpha prod h_i^epsilon_i
    (product,) = products_of(arithmetic, [h], masks.epsilon, executor)
    blinding = tuple(Ciphertext(power, y**-phi) for power, y, phi in zip(g_phi, keys, masks.phi, strict=True))
    vector = Vector(group, b"".join(u), "u")
    ahead = Ahead(seed, masks, vector, g_x, g_t, g_alpha * product, c_prime, d_prime, blinding)
    return PreparedProof(ahead), powers[end:]


def products_of(
    arithmetic: Arithmetic, columns: Sequence[Vector], exponents: Sequence[int], executor: Executor | None
) -> list[Element]:
    """Return each column's product of column[i]^exponents[i]; without workers in one piece, which costs less."""
    if executor is None:
        return [arithmetic.product(column.elements(), exponents) for column in columns]
    return products(columns[0].group, [[Power(column, exponents)] for column in columns], executor)
