"""The one prover: it makes proofs of relations and disjunctions, every power by the path it is given.

Nonces are synthetic: drawn from the transcript, the witness and fresh randomness together, so a bad random number
generator alone leaks nothing (Bernstein et al., EdDSA for more curves, 2015; poksho). The operations are the same
whichever branch of a disjunction is true, so timing does not tell. There are two ways to make a false one:

- Where branches share bases and image (one run), x answers for all but a power of g: with d = offsets of the true
  branch less those of j, commit to bases^n_j / g^(c_j d) and answer z_j = n_j + c_j x. The true one is made first.
- Independent branches are simulated: choose z_j and commit to bases^z_j / (image / g^offsets)^c_j; the true one does
  the same with c_j = 0 until its challenge is known.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import pow as careful

from evote.crypto.elgamal import Power
from evote.crypto.group import Element, Group
from evote.crypto.relation import LinearRelation, Proof, Statement, Witness, bind, remaining_challenge, runs
from evote.crypto.transcript import Transcript

Terms = list[tuple[Element, int]]  # bases and exponents, whose product of powers is one row of a commitment


def prove(
    statement: Statement,
    witness: Witness,
    transcript: Transcript,
    *,
    power: Power = careful,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Proof:
    """Return a proof that ``statement`` is true; ``transcript`` is bound to all of it and advanced.

    A wrong witness gives a proof that does not verify; a witness of another shape is a ``ValueError``. ``power`` raises
    to secret exponents. Costs one power for each base of each branch; and where branches share bases and image, one
    of g for each row of each branch but one in which offsets differ; where they do not, one of the image for each row
    of each branch, and one of g if it has an offset.
    """
    group, branches, true = statement.group, statement.branches, witness.branch
    if not 0 <= true < len(branches) or [x.order for x in witness.values] != [group.order] * branches[true].columns:
        raise ValueError(f"a witness of another shape than {statement.name}")
    bind(statement, transcript)
    nonces = _Nonces(group, transcript, witness, random_bytes(32))
    n = [nonces.exponents(branch.columns) for branch in branches]
    # The true branch gets its challenge last; till then its place is taken by 0.
    challenges = [0 if j == true else nonces.challenge() for j in range(len(branches))]
    shared = len(runs(statement)) == 1
    terms = _shared(branches, n, challenges, true) if shared else _simulated(branches, n, challenges)
    made = {j: tuple(_product(row, group, power) for row in rows) for j, rows in terms}
    commitments = tuple(made[j] for j in range(len(branches)))
    transcript.append("commitment", *chain.from_iterable(commitments))
    c = transcript.challenge("challenge", group.challenge_bits)
    challenges[true] = remaining_challenge(group, c, challenges[:true] + challenges[true + 1 :])
    for j in range(len(branches)) if shared else (true,):
        # z_j = n_j + c_j x
        n[j] = [n_i + challenges[j] * x.value for n_i, x in zip(n[j], witness.values, strict=True)]
    return Proof(commitments, tuple(challenges[:-1]), tuple(tuple(map(group.scalar, z)) for z in n))


class _Nonces:
    """The stream of nonces of one proof."""

    def __init__(self, group: Group, transcript: Transcript, witness: Witness, fresh: bytes) -> None:
        self._group = group
        self._stream = transcript.fork()
        self._stream.append("witness", witness.branch.to_bytes(8, "big"), *witness.values)
        self._stream.append("randomness", fresh)

    def exponents(self, count: int) -> list[int]:
        order = self._group.order
        return [value % order for value in self._stream.challenges("nonce", order.bit_length() + 128, count)]

    def challenge(self) -> int:
        return self._stream.challenge("simulated challenge", self._group.challenge_bits)


def _shared(
    branches: Sequence[LinearRelation], n: list[list[int]], challenges: list[int], true: int
) -> Iterator[tuple[int, list[Terms]]]:
    """Yield, for each branch j, the rows bases^n_j g^(c_j (offset_j - offset_true)), the true branch first.

    Its rows are bases^n_j. As all branches have the same bases, which of them came first does not show.
    """
    g, told = branches[0].group.generator, branches[true].offsets
    differ = [len(set(column)) > 1 for column in zip(*(branch.offsets for branch in branches), strict=True)]
    for j in sorted(range(len(branches)), key=lambda j: j != true):
        moved = [(offset - start) * challenges[j] for offset, start in zip(branches[j].offsets, told, strict=True)]
        rows = [list(zip(bases, n[j], strict=True)) for bases in branches[j].bases]
        if j != true:
            for row, exponent, needed in zip(rows, moved, differ, strict=True):
                row.extend([(g, exponent)] * needed)
        yield j, rows


def _simulated(
    branches: Sequence[LinearRelation], z: list[list[int]], challenges: list[int]
) -> Iterator[tuple[int, list[Terms]]]:
    """Yield, for each branch, the rows bases^z (image / g^offset)^-c; c = 0 in the true branch."""
    g = branches[0].group.generator
    for j, (branch, c) in enumerate(zip(branches, challenges, strict=True)):
        rows = [
            [*zip(bases, z[j], strict=True), (image, -c)] + [(g, c * offset)] * bool(offset)
            for bases, image, offset in branch.rows()
        ]
        yield j, rows


def _product(terms: Terms, group: Group, power: Power) -> Element:
    result = group.identity
    for base, exponent in terms:
        if base is not group.identity:
            result *= power(base, exponent)
    return result
