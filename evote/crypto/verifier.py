"""The one verifier of relations and disjunctions: a proof becomes equations.

One proof may be checked at once with `verify`; many go into a `batch.Batch`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from evote.crypto.equation import Equation
from evote.crypto.group import Element
from evote.crypto.relation import LinearRelation, Proof, Statement, bind, remaining_challenge
from evote.crypto.transcript import Transcript
from evote.errors import VerificationError


def equations(statement: Statement, proof: Proof, transcript: Transcript) -> list[Equation]:
    """Return the equations that hold if, and but for 2^-k only if, the proof convinces.

    ``transcript`` must stand where the prover's stood, and is advanced. A proof of another shape, or with a challenge
    that is not below 2^k, is a ``ValueError``: `decode_proof` cannot produce one.
    """
    group, branches, bits = statement.group, statement.branches, statement.group.challenge_bits
    # A longer challenge could be chosen modulo 2^k and modulo q apart, and prove anything.
    if any(challenge >> bits for challenge in proof.challenges):
        raise ValueError("a proof with an oversized challenge")
    bind(statement, transcript)
    transcript.append("commitment", *chain.from_iterable(proof.commitments))
    c = transcript.challenge("challenge", bits)
    challenges = (*proof.challenges, remaining_challenge(group, c, proof.challenges))
    result: list[Equation] = []
    for branch, commitment, c_i, z in zip(branches, proof.commitments, challenges, proof.responses, strict=True):
        if len(z) != branch.columns:
            raise ValueError("a proof of another shape")
        result += _rows(branch, commitment, c_i, tuple(map(int, z)), group.generator)
    return result


def _rows(
    branch: LinearRelation, commitment: tuple[Element, ...], c: int, z: tuple[int, ...], g: Element
) -> Iterator[Equation]:
    for (bases, image, offset), a in zip(branch.rows(), commitment, strict=True):
        # prod_j bases[j]^z[j] = a (image / g^offset)^c
        if offset:
            yield Equation((*bases, image, a, g), (*z, -c, -1, offset * c))
        else:
            yield Equation((*bases, image, a), (*z, -c, -1))


def verify(statement: Statement, proof: Proof, transcript: Transcript, subject: str = "") -> None:
    """Return if the proof convinces; raise `VerificationError`, named after the statement, if it does not."""
    if not all(equation.holds() for equation in equations(statement, proof, transcript)):
        raise VerificationError(statement.name, subject)
