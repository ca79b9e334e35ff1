"""Attacks on what branches share: an offset is as much a part of the statement as an element is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from evote.crypto.group import Scalar
from evote.crypto.prover import prove
from evote.crypto.relation import Disjunction, LinearRelation, Proof, Witness, bind
from evote.crypto.statements import encryption_of_one_of
from evote.crypto.transcript import NativeTranscript
from tests.attacks.test_proofs import KEY, Deaf, holds, native
from tests.crypto.samples import TOY, encrypt, scalars

g = TOY.generator
R, S = scalars(TOY, 2, seed=80)
CIPHERTEXT = encrypt(KEY, 1, R)
STATEMENT = encryption_of_one_of(KEY, CIPHERTEXT, (0, 1))
PROOF = prove(STATEMENT, Witness((R,), 1), native())
ZERO, ONE = STATEMENT.branches


def shifted(branch: LinearRelation, *offsets: int) -> LinearRelation:
    return replace(branch, offsets=offsets)


TAMPERED: dict[str, Disjunction] = {
    "another list": encryption_of_one_of(KEY, CIPHERTEXT, (0, 2)),
    "a list moved by one": encryption_of_one_of(KEY, CIPHERTEXT, (1, 2)),
    "the offsets exchanged": encryption_of_one_of(KEY, CIPHERTEXT, (1, 0)),
    "the true value twice": encryption_of_one_of(KEY, CIPHERTEXT, (1, 1)),
    "one value more": encryption_of_one_of(KEY, CIPHERTEXT, (0, 1, 2)),
    "no offsets": replace(STATEMENT, branches=(ZERO, ZERO)),
    "an offset on the other row": replace(STATEMENT, branches=(ZERO, shifted(ONE, 1, 0))),
    "an offset on both rows": replace(STATEMENT, branches=(ZERO, shifted(ONE, 1, 1))),
    "an offset of the true branch": replace(STATEMENT, branches=(ZERO, shifted(ONE, 0, 2))),
    "an offset of the false branch": replace(STATEMENT, branches=(shifted(ZERO, 0, 7), ONE)),
    "the message moved from image to offset": encryption_of_one_of(
        KEY, replace(CIPHERTEXT, c2=CIPHERTEXT.c2 * g), (1, 2)
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_another_offset_is_another_statement(name: str) -> None:
    assert holds(STATEMENT, PROOF, native())
    if len(TAMPERED[name].branches) == len(PROOF.commitments):
        assert not holds(TAMPERED[name], PROOF, native())
    else:
        with pytest.raises(ValueError, match="zip"):
            holds(TAMPERED[name], PROOF, native())


def deaf() -> NativeTranscript:
    """A careless dialect that does not hash which values are allowed."""
    return Deaf(("offsets",))


def proof_with_a_value_made_to_fit(dialect: Callable[[], NativeTranscript], said: Disjunction) -> tuple[int, Proof]:
    """Return a value v, and a proof that (c1, c2) encrypts 0 or v, where v is known only after the challenge.

    Branch 0 is simulated. Branch 1 commits to (g^a, g^b y^a) with b not 0, and y^z = g^b y^a (c2 / g^v)^c then holds
    for v = m + b/c. The toy group's order is shorter than an offset; in a real group v is long and must be tried for.
    """
    a, b, z = scalars(TOY, 3, seed=81)
    challenge_0 = 12345
    zero = said.branches[0]  # without offsets
    simulated = tuple(base**z / image ** TOY.scalar(challenge_0) for (base,), image, _ in zero.rows())
    made = (g**a, g**b * KEY.y**a)
    transcript = dialect()
    bind(said, transcript)
    transcript.append("commitment", *simulated, *made)
    c = (transcript.challenge("challenge", TOY.challenge_bits) - challenge_0) % (1 << TOY.challenge_bits)
    value = int(TOY.scalar(1_000_000) + b / Scalar(c, TOY.order))
    return value, Proof((simulated, made), (challenge_0,), ((z,), (a + S * c,)))


def test_offsets_that_are_not_hashed() -> None:
    """Bernhard, Pereira, Warinschi 2012, once more: the list of allowed values is chosen after the challenge."""
    ciphertext = encrypt(KEY, 1_000_000, S)
    said = encryption_of_one_of(KEY, ciphertext, (0, 1))
    value, proof = proof_with_a_value_made_to_fit(deaf, said)
    assert value not in (0, 1, 1_000_000)
    fitted = encryption_of_one_of(KEY, ciphertext, (0, value))
    assert holds(fitted, proof, deaf())
    assert not holds(fitted, proof, native())
    value, proof = proof_with_a_value_made_to_fit(native, said)
    assert not holds(encryption_of_one_of(KEY, ciphertext, (0, value)), proof, native())


def test_a_run_is_no_shortcut_past_the_sum_of_challenges() -> None:
    """Branches of a run share a witness in the prover; a vote for 2 still satisfies neither 0 nor 1."""
    statement = encryption_of_one_of(KEY, encrypt(KEY, 2, R), (0, 1))
    for branch in (0, 1):
        assert not holds(statement, prove(statement, Witness((R,), branch), native()), native())


def test_two_answers_to_one_run_do_not_reveal_the_witness() -> None:
    """z_0 and z_1 of a run both contain x; were their nonces one, x = (z_0 - z_1) / (c_0 - c_1)."""
    for context in range(20):
        transcript = native()
        transcript.append("context", bytes([context]))
        proof = prove(STATEMENT, Witness((R,), 1), transcript.fork(), random_bytes=bytes)
        bind(STATEMENT, transcript)
        transcript.append("commitment", *proof.commitments[0], *proof.commitments[1])
        c = transcript.challenge("challenge", TOY.challenge_bits)
        (z_0,), (z_1,) = proof.responses
        c_0 = proof.challenges[0]
        c_1 = (c - c_0) % (1 << TOY.challenge_bits)
        assert (z_0 - z_1) / TOY.scalar(c_0 - c_1) != R
