"""What the parties say about the decryption of a list: each its factors, with a proof; together the plaintexts.

VMN multiplies the parties' proofs together first and asks whose was wrong only then. Here each party that counts as
correct is checked for itself, which implies the combination, and names who cheated.

    party l:   f_l,i = u_i^(-x_l / F),   F = lcm(1 .. k)^2,   proved with y_l = g^x_l = prod_m P_m^(l^m)
    together:  m_i = v_i prod_l f_l,i^c_l,   c_l = F prod_{m != l} m / (m - l),   l, m the first lambda correct ones

Source: ``docs/verificatum.md``, section 10; ``elgamal/DistrElGamalSession.java``, ``DistrElGamalSessionBasic.java``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evote.crypto.equation import Equation
from evote.crypto.group import Element
from evote.crypto.vector import Power, Vector
from evote.errors import VerificationError
from evote.formats.verificatum.byte_tree import node_header
from evote.formats.verificatum.directory import PROOFS, Directory
from evote.formats.verificatum.lists import Ciphertexts, JointKey, Layout, Wide
from evote.formats.verificatum.oracle import Piece
from evote.formats.verificatum.protinfo import ProtInfo
from evote.formats.verificatum.shuffle import Claims, Session

POLYNOMIAL, INDICES = f"{PROOFS}/PolynomialInExponent.bt", f"{PROOFS}/CorrectIndices.bt"
PLAINTEXTS = "Plaintexts.bt"
DECRYPTION = "verificatum.decryption"


@dataclass(frozen=True, slots=True)
class Polynomial:
    """P_0, P_1, ...: the parties' shares of the key in the exponent; each a product with a component for each key."""

    coefficients: tuple[tuple[Element, ...], ...]
    written: memoryview


@dataclass(frozen=True, slots=True)
class Share:
    """What a party says: its factors, its commitment, its reply."""

    party: int
    factors: Wide
    y_prime: Sequence[Element]
    b_prime: Sequence[Element]
    k: Sequence[int]
    commitment: memoryview


@dataclass(frozen=True, slots=True)
class Opening:
    """A list, and what the parties say about it."""

    before: Ciphertexts
    polynomial: Polynomial
    shares: Sequence[Share]


def read_polynomial(directory: Directory, layout: Layout, key: JointKey, threshold: int) -> Polynomial:
    """Return the polynomial; raise `DecodeError` unless its value at 0 is the joint key and its degree lambda - 1.

    Of a lower degree, in any column, it would be a key that fewer than lambda parties have together; of a key that is 1
    nobody needs a share.
    """
    tree = directory.tree(POLYNOMIAL)
    coefficients = tuple(tuple(layout.elements(tree, layout.plain)) for _ in range(tree.node(threshold)))
    tree.end()
    if coefficients[0] != key.y:
        raise tree.error("its value at 0 is not the joint key")
    identity = layout.group.identity
    pairs = enumerate(zip(coefficients[-1], key.y, strict=True), 1)
    if low := [str(column) for column, (last, y) in pairs if last == identity != y]:
        raise tree.error(f"its last coefficient is the identity in columns {', '.join(low)}")
    return Polynomial(coefficients, tree.since(0))


def read_share(session: Session, party: int, count: int) -> Share:
    """Return what a party says about a list of ``count`` ciphertexts."""
    layout = session.layout
    factors = layout.halves(session.file("DecryptionFactors", party), count)
    tree = session.file("DecrFactCommitment", party)
    tree.node(2)
    y_prime, b_prime = layout.elements(tree, layout.plain), layout.elements(tree, layout.wide)
    tree.end()
    reply = session.file("DecrFactReply", party)
    k = layout.scalars(reply, layout.plain)
    reply.end()
    return Share(party, factors, y_prime, b_prime, k, tree.since(0))


def correct_parties(session: Session, info: ProtInfo) -> list[int]:
    """Return the parties that count as correct, which are lambda at least; byte 0 of the file is nobody's, and 1."""
    tree = session.directory.tree(INDICES)
    flags = tree.leaf(info.parties + 1)
    tree.end()
    if flags[0] != 1 or flags.count(0) + flags.count(1) != len(flags):
        raise tree.error("not a byte 0 or 1 for each party")
    correct = [party for party in range(1, info.parties + 1) if flags[party]]
    if len(correct) < info.threshold:
        raise VerificationError(DECRYPTION, f"{len(correct)} parties count as correct, fewer than {info.threshold}")
    return correct


def decryption_claims(session: Session, opening: Opening, correct: Sequence[int]) -> Claims:
    """Yield the equations of the parties that count as correct."""
    challenger, q, shares = session.challenger, session.layout.group.order, opening.shares
    seed = challenger.seed(*_statement(session, opening))
    e = challenger.batching_vector(seed, len(opening.before))
    v = challenger.challenge(seed, node_header(len(shares)), *(share.commitment for share in shares))
    # v / F
    weight = v * pow(scale(len(shares)), -1, q) % q
    for share in shares:
        if share.party in correct:
            yield from _share_claims(session, opening, share, e, v, weight)


def _share_claims(session: Session, opening: Opening, share: Share, e: Sequence[int], v: int, weight: int) -> Claims:
    g, q, keys = session.layout.group.generator, session.layout.group.order, session.layout.keywidth
    powers = [-weight * pow(share.party, m, q) for m in range(len(opening.polynomial.coefficients))]
    # y'_l y_l^(-v/F) = g^k_l   with y_l = prod P_m^(l^m)
    for j, (prime, k) in enumerate(zip(share.y_prime, share.k, strict=True)):
        bases = [coefficient[j] for coefficient in opening.polynomial.coefficients]
        yield f"party {share.party}: key", Equation((prime, g, *bases), (1, -k, *powers))
    # B'_l B_l^v = A^k_l   with A = prod u_i^e_i, B_l = prod f_l,i^e_i
    for j, (prime, u, factors) in enumerate(zip(share.b_prime, opening.before.c1, share.factors.columns, strict=True)):
        products = (Power(factors, e, v), Power(u, e, -share.k[j % keys]))
        yield f"party {share.party}: factors", Equation((prime,), (1,), products)


def plaintext_claims(opening: Opening, plaintexts: Wide, chosen: Sequence[int]) -> Claims:
    """Yield, for each column, that the plaintexts are what the factors of lambda correct parties, the first, give."""
    group = opening.before.c1[0].group
    coefficients = lagrange(chosen, len(opening.shares), group.order)
    for j, (v, m) in enumerate(zip(opening.before.c2, plaintexts.columns, strict=True)):
        factors = [opening.shares[party - 1].factors.columns[j] for party in chosen]
        yield "plaintexts", Plaintexts(v, m, list(zip(factors, coefficients, strict=True)))


@dataclass(frozen=True, slots=True)
class Plaintexts:
    """The N equations v_i prod_l f_l,i^c_l = m_i."""

    v: Vector
    m: Vector
    factors: Sequence[tuple[Vector, int]]

    @property
    def count(self) -> int:
        """One for each ciphertext."""
        return len(self.v)

    def fold(self, weights: Sequence[int]) -> Equation:
        """Return prod v_i^t_i prod_l (prod f_l,i^t_i)^c_l = prod m_i^t_i."""
        identity, t = self.v.group.identity, weights
        factors = [Power(vector, t, c) for vector, c in self.factors]
        return Equation((identity,), (0,), (Power(self.v, t), *factors, Power(self.m, t, -1)))


def _statement(session: Session, opening: Opening) -> Iterator[Piece]:
    """Yield node(node(g, w), node(P, node(f_1, ..., f_k)))."""
    yield node_header(2) + node_header(2) + session.key.g_written
    yield opening.before.written
    yield node_header(2)
    yield opening.polynomial.written
    yield node_header(len(opening.shares))
    for share in opening.shares:
        yield share.factors.written


def lagrange(parties: Sequence[int], total: int, order: int) -> list[int]:
    """Return c_l for each of the ``parties``, of ``total`` in all; the representatives nearest to 0."""
    f = scale(total)
    coefficients = []
    for party in parties:
        c = f
        for other in parties:
            if other != party:
                c = c * other * pow(other - party, -1, order) % order
        coefficients.append(c - order if c > order // 2 else c)
    return coefficients


def scale(total: int) -> int:
    """Return F."""
    return math.lcm(*range(1, total + 1)) ** 2
