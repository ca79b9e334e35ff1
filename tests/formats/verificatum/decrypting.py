"""Decryptions of any width, key width and threshold, written from the note with plain powers; for tests.

Nothing here is taken from `evote.formats.verificatum.decryption`. Source: ``docs/verificatum.md``, section 10.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm, prod
from pathlib import Path

from evote.crypto.group import Element, Group
from evote.crypto.vector import Vector
from evote.formats.verificatum.byte_tree import Tree, leaf, node
from evote.formats.verificatum.lists import Ciphertexts, Layout
from evote.formats.verificatum.oracle import Challenger
from evote.formats.verificatum.protinfo import read_protinfo
from evote.formats.verificatum.records import write_element, write_scalar, write_vector
from evote.formats.verificatum.shapes import Shape, write_product
from tests.formats.verificatum.synthetic import shuffle_session, write_session

Columns = list[list[Element]]


@dataclass(frozen=True)
class Decryption:
    """A session, and who decrypts in it: the parties ``correct`` count as such, all of them if none is named.

    With ``mixed`` the list is shuffled before. Of the keys of columns ``undivided`` each party has the whole.
    """

    keywidth: int = 1
    width: int = 1
    parties: int = 1
    threshold: int = 1
    correct: tuple[int, ...] = ()
    mixed: bool = False
    undivided: tuple[int, ...] = ()

    def write(self, to: Path, of: Group, n: int) -> None:
        """Write the session of a list of ``n`` rows, and its proof directory."""
        layout = Layout(of, self.keywidth, self.width)
        trustees = Trustees.drawn(layout, self.parties, self.threshold, self.undivided)
        y = [of.generator**x for x in trustees.polynomial[0]]
        write_session(of, n, to, self.keywidth, self.width, parties=self.parties, threshold=self.threshold, y=y)
        root, name = to / "nizkp", "Ciphertexts.bt"
        if self.mixed:
            name = "proofs/Ciphertexts01.bt"
            shuffle_session(to)
            (root / "ShuffledCiphertexts.bt").unlink()
        else:
            (root / "proofs").mkdir(parents=True)
            files = {"version": b"3.1.0", "auxsid": b"default", "width": b"%d" % self.width}
            files |= {"proofs/activethreshold": b"%d" % self.threshold, name: (to / "ciphertexts").read_bytes()}
            halves = (_elements(layout.plain, half) for half in ([of.generator] * self.keywidth, y))
            _write(root, files | {"FullPublicKey.bt": node(*halves)})
        before = layout.ciphertexts(Tree((root / name).read_bytes(), name))
        challenger = read_protinfo(to / "protInfo.xml").challenger("default")
        said = Said(trustees, before, challenger, self.correct or tuple(trustees.parties))
        _write(root, said.files() | {"type": b"mixing" if self.mixed else b"decryption"})


def _write(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (root / name).write_bytes(data)


@dataclass(frozen=True)
class Trustees:
    """The parties of a session: ``shares[party - 1][j]`` is a party's share of the key of column j."""

    layout: Layout
    polynomial: list[list[int]]
    shares: list[list[int]]

    @classmethod
    def drawn(cls, layout: Layout, parties: int, threshold: int, undivided: Collection[int] = ()) -> Trustees:
        """Draw the secrets, the same each time; the polynomials of keys ``undivided`` are constant."""
        source, q, keys = random.Random(parties), layout.group.order, range(layout.keywidth)
        polynomial = [[source.randrange(1, q) for _ in keys] for _ in range(threshold)]
        polynomial[1:] = [[0 if j in undivided else a for j, a in enumerate(row)] for row in polynomial[1:]]
        # x_l = sum p_m l^m
        value = [
            [sum(p[j] * party**m for m, p in enumerate(polynomial)) % q for j in keys]
            for party in range(1, parties + 1)
        ]
        return cls(layout, polynomial, value)

    @property
    def parties(self) -> range:
        """The parties' numbers."""
        return range(1, len(self.shares) + 1)

    @property
    def f(self) -> int:
        """F = lcm(1 .. k)^2."""
        return lcm(*self.parties) ** 2

    def exponents(self, party: int) -> list[int]:
        """Return -x_l / F for each key."""
        q = self.layout.group.order
        return [-x * pow(self.f, -1, q) % q for x in self.shares[party - 1]]

    def coefficient(self, party: int, chosen: Sequence[int]) -> int:
        """Return c_l = F prod_{m != l} m / (m - l)."""
        q = self.layout.group.order
        return self.f * prod(m * pow(m - party, -1, q) for m in chosen if m != party) % q


@dataclass(frozen=True)
class Said:
    """What trustees say of a list."""

    trustees: Trustees
    before: Ciphertexts
    challenger: Challenger
    correct: Sequence[int]

    @cached_property
    def factors(self) -> dict[int, Columns]:
        """f_l = u^(-x_l / F), column by column."""
        made = {}
        for party in self.trustees.parties:
            x = self.trustees.exponents(party)
            made[party] = [[u ** x[j % len(x)] for u in c.elements()] for j, c in enumerate(self.before.c1)]
        return made

    def files(self) -> dict[str, bytes]:
        """Return the files that are about the decryption."""
        layout, challenger, parties = self.trustees.layout, self.challenger, self.trustees.parties
        g, plain, of = layout.group.generator, layout.plain, layout.group
        polynomial = node(*(_elements(plain, [g**x for x in row]) for row in self.trustees.polynomial))
        factors = [_arrays(layout.wide, self.factors[party]) for party in parties]
        statement = node(_elements(plain, [g] * layout.keywidth), bytes(self.before.written))
        seed = challenger.seed(node(statement, node(polynomial, node(*factors))))
        masks = [
            [random.Random(f"{party} {j}").randrange(of.order) for j in range(layout.keywidth)] for party in parties
        ]
        commitments = [self._commitment(seed, r) for r in masks]
        v = challenger.challenge(seed, node(*commitments))
        files = {
            "Plaintexts.bt": _arrays(layout.wide, self._plaintexts()),
            "proofs/PolynomialInExponent.bt": polynomial,
            "proofs/CorrectIndices.bt": leaf(bytes([1, *(party in self.correct for party in parties)])),
        }
        for party, r, f, commitment in zip(parties, masks, factors, commitments, strict=True):
            # k_l = v (-x_l / F) + r
            k = [(v * x + mask) % of.order for x, mask in zip(self.trustees.exponents(party), r, strict=True)]
            files[f"proofs/DecryptionFactors{party:02}.bt"] = f
            files[f"proofs/DecrFactCommitment{party:02}.bt"] = commitment
            files[f"proofs/DecrFactReply{party:02}.bt"] = write_product(plain, (write_scalar(x, of) for x in k))
        return files

    def _commitment(self, seed: bytes, r: Sequence[int]) -> bytes:
        """Return y'_l = g^r and B'_l = A^r, A = prod u_i^e_i."""
        layout, e = self.trustees.layout, self.challenger.batching_vector(seed, len(self.before))
        one = layout.group.identity
        a = [prod((u**x for u, x in zip(c.elements(), e, strict=True)), start=one) for c in self.before.c1]
        b_prime = [a_j ** r[j % len(r)] for j, a_j in enumerate(a)]
        y_prime = [layout.group.generator**x for x in r]
        return node(_elements(layout.plain, y_prime), _elements(layout.wide, b_prime))

    def _plaintexts(self) -> Columns:
        """Return v prod f_l^c_l over the first lambda correct parties."""
        chosen = self.correct[: len(self.trustees.polynomial)]
        opened = [column.elements() for column in self.before.c2]
        for party in chosen:
            c = self.trustees.coefficient(party, chosen)
            for column, made in zip(opened, self.factors[party], strict=True):
                column[:] = [x * f**c for x, f in zip(column, made, strict=True)]
        return opened


def _elements(shape: Shape, elements: Sequence[Element]) -> bytes:
    return write_product(shape, map(write_element, elements))


def _arrays(shape: Shape, columns: Columns) -> bytes:
    return write_product(shape, (write_vector(Vector.of(column[0].group, column)) for column in columns))
