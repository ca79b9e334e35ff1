"""The one prover: it makes proofs of relations and disjunctions, every power by the careful path.

Nonces are synthetic: drawn from the transcript, the witness and fresh randomness together, so a bad random number
generator alone leaks nothing (Bernstein et al., EdDSA for more curves, 2015; poksho). The false branches of a
disjunction are simulated with the same operations as the true one, so timing does not tell them apart.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from evote.crypto.group import Element, Group, Scalar
from evote.crypto.relation import LinearRelation, Proof, Statement, Witness, bind, remaining_challenge
from evote.crypto.transcript import Transcript


def prove(
    statement: Statement,
    witness: Witness,
    transcript: Transcript,
    *,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Proof:
    """Return a proof that ``statement`` is true; ``transcript`` is bound to all of it and advanced.

    A wrong witness gives a proof that does not verify; a witness of another shape is a ``ValueError``. Costs one
    careful power for each base and, in a disjunction, one more for each row.
    """
    group, branches = statement.group, statement.branches
    if not 0 <= witness.branch < len(branches) or len(witness.values) != branches[witness.branch].columns:
        raise ValueError(f"a witness of another shape than {statement.name}")
    bind(statement, transcript)
    nonces = _Nonces(group, transcript, witness, random_bytes(32))
    # The true branch answers later; the others choose challenge and response first and solve for the commitment.
    responses = [nonces.scalars(branch.columns) for branch in branches]
    challenges = [0 if i == witness.branch else nonces.challenge() for i in range(len(branches))]
    # Where there is one branch there is nothing to hide, and no power of the image to spend on hiding it.
    commit = _committed if len(branches) == 1 else _simulated
    commitments = tuple(map(commit, branches, responses, challenges))
    transcript.append("commitment", *(element for part in commitments for element in part))
    c = transcript.challenge("challenge", group.challenge_bits)
    del challenges[witness.branch]
    c_true = remaining_challenge(group, c, challenges)
    challenges.insert(witness.branch, c_true)
    # z_j = nonce_j + c x_j
    pairs = zip(responses[witness.branch], witness.values, strict=True)
    responses[witness.branch] = tuple(nonce + x * c_true for nonce, x in pairs)
    return Proof(commitments, tuple(challenges[:-1]), tuple(responses))


class _Nonces:
    """The stream of nonces of one proof."""

    def __init__(self, group: Group, transcript: Transcript, witness: Witness, fresh: bytes) -> None:
        self._group = group
        self._stream = transcript.fork()
        self._stream.append("witness", witness.branch.to_bytes(8, "big"), *witness.values)
        self._stream.append("randomness", fresh)

    def scalars(self, count: int) -> tuple[Scalar, ...]:
        bits = self._group.order.bit_length() + 128
        return tuple(self._group.scalar(v) for v in self._stream.challenges("nonce", bits, count))

    def challenge(self) -> int:
        return self._stream.challenge("simulated challenge", self._group.challenge_bits)


def _simulated(branch: LinearRelation, exponents: tuple[Scalar, ...], challenge: int) -> tuple[Element, ...]:
    """Return prod_j bases[i][j]^z[j] / image[i]^c for each row; c = 0 in the true branch."""
    return tuple(_power(bases, exponents) / image**challenge for bases, image in branch.rows())


def _committed(branch: LinearRelation, exponents: tuple[Scalar, ...], _: int) -> tuple[Element, ...]:
    """Return prod_j bases[i][j]^z[j] for each row."""
    return tuple(_power(bases, exponents) for bases in branch.bases)


def _power(bases: tuple[Element, ...], exponents: tuple[Scalar, ...]) -> Element:
    group = bases[0].group
    result = group.identity
    for base, exponent in zip(bases, exponents, strict=True):
        if base is not group.identity:
            result *= base**exponent
    return result
