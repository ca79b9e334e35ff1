"""A relation's proof: the honest one holds, and no other bytes, statement or context will do."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import SupportsBytes, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.group import group
from evote.crypto.prover import prove
from evote.crypto.relation import (
    Disjunction,
    LinearRelation,
    Proof,
    Statement,
    Witness,
    bind,
    challenge_size,
    decode_proof,
    decode_proofs,
    proof_size,
    remaining_challenge,
    runs,
)
from evote.crypto.statements import encryption_of_one_of
from evote.crypto.transcript import NativeTranscript
from evote.crypto.verifier import verify
from evote.errors import DecodeError, VerificationError
from tests.crypto.samples import SAMPLES, TOY, Sample, elements, encrypt, keypair, transcript

T = TypeVar("T")
SHAPES = ("linear", "offsets", "mixed disjunction", "two runs", "encryption of zero or one")
_, KEY = keypair(TOY)
CIPHERTEXT = encrypt(KEY, 1, TOY.scalar(77))


@pytest.fixture(params=SHAPES)
def sample(request: pytest.FixtureRequest) -> Sample:
    return SAMPLES[request.param](TOY)


@pytest.fixture
def proof(sample: Sample) -> Proof:
    return prove(sample.statement, sample.witness, transcript())


def changed(rows: tuple[tuple[T, ...], ...], row: int, new: Callable[[T], T]) -> tuple[tuple[T, ...], ...]:
    """Return the rows with the last item of one of them replaced."""
    return tuple((*r[:-1], new(r[-1])) if i == row % len(rows) else r for i, r in enumerate(rows))


def test_honest_proof_holds(sample: Sample, proof: Proof) -> None:
    verify(sample.statement, proof, transcript())


def test_proof_survives_its_encoding(sample: Sample, proof: Proof) -> None:
    data = bytes(proof)
    # Elements of the toy group have 9 bytes, scalars and challenges 8.
    fields = sum(map(len, proof.responses)) + len(proof.challenges)
    assert len(data) == 9 * sum(map(len, proof.commitments)) + 8 * fields
    assert len(data) == proof_size(sample.statement)
    assert decode_proof(sample.statement, data) == proof
    assert bytes(decode_proof(sample.statement, data)) == data


TAMPERINGS: dict[str, Callable[[Proof], Proof]] = {
    "first response": lambda p: replace(p, responses=changed(p.responses, 0, lambda z: z + 1)),
    "last response": lambda p: replace(p, responses=changed(p.responses, -1, lambda z: z + 1)),
    "negated response": lambda p: replace(p, responses=changed(p.responses, 0, lambda z: -z)),
    "first commitment": lambda p: replace(p, commitments=changed(p.commitments, 0, lambda a: a * TOY.generator)),
    "last commitment": lambda p: replace(p, commitments=changed(p.commitments, -1, lambda a: a * TOY.generator)),
    "identity for a commitment": lambda p: replace(p, commitments=changed(p.commitments, 0, lambda _: TOY.identity)),
    "commitments in another order": lambda p: replace(p, commitments=tuple(row[::-1] for row in p.commitments)),
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampered_proof_is_refused(sample: Sample, proof: Proof, tamper: Callable[[Proof], Proof]) -> None:
    assert tamper(proof) != proof
    with pytest.raises(VerificationError) as caught:
        verify(sample.statement, tamper(proof), transcript(), "voter 7")
    assert (caught.value.check, caught.value.subject) == (sample.statement.name, "voter 7")


DISJUNCTION_TAMPERINGS: dict[str, Callable[[Proof], Proof]] = {
    "first challenge": lambda p: replace(p, challenges=(p.challenges[0] ^ 1, *p.challenges[1:])),
    "all zero challenges": lambda p: replace(p, challenges=(0,) * len(p.challenges)),
    "complement": lambda p: replace(p, challenges=((1 << TOY.challenge_bits) - 1 - p.challenges[0], *p.challenges[1:])),
}


@pytest.mark.parametrize("tamper", DISJUNCTION_TAMPERINGS.values(), ids=DISJUNCTION_TAMPERINGS)
@pytest.mark.parametrize("name", ["mixed disjunction", "encryption of zero or one"])
def test_tampered_challenge_is_refused(name: str, tamper: Callable[[Proof], Proof]) -> None:
    sample = SAMPLES[name](TOY)
    proof = prove(sample.statement, sample.witness, transcript())
    verify(sample.statement, proof, transcript())
    with pytest.raises(VerificationError):
        verify(sample.statement, tamper(proof), transcript())


def test_branches_do_not_change_places() -> None:
    sample = SAMPLES["encryption of zero or one"](TOY)
    proof = prove(sample.statement, sample.witness, transcript())
    swapped = Proof(proof.commitments[::-1], proof.challenges, proof.responses[::-1])
    with pytest.raises(VerificationError):
        verify(sample.statement, swapped, transcript())


MISSHAPEN: dict[str, Callable[[Proof], Proof]] = {
    "no responses": lambda p: replace(p, responses=()),
    "an empty row of responses": lambda p: replace(p, responses=((), *p.responses[1:])),
    "a response too many": lambda p: replace(p, responses=((*p.responses[0], TOY.scalar(1)), *p.responses[1:])),
    "a row of responses too many": lambda p: replace(p, responses=(*p.responses, p.responses[0])),
    "no commitments": lambda p: replace(p, commitments=()),
    "a commitment too few": lambda p: replace(p, commitments=(p.commitments[0][:-1], *p.commitments[1:])),
    "a commitment too many": lambda p: replace(p, commitments=((*p.commitments[0], TOY.identity), *p.commitments[1:])),
    "a challenge too many": lambda p: replace(p, challenges=(*p.challenges, 0)),
    "an oversized challenge": lambda p: replace(p, challenges=(*p.challenges[:-1], 1 << TOY.challenge_bits)),
    "a negative challenge": lambda p: replace(p, challenges=(*p.challenges[:-1], -1)),
}


@pytest.mark.parametrize("tamper", MISSHAPEN.values(), ids=MISSHAPEN)
def test_a_proof_of_another_shape_is_the_callers_mistake(
    sample: Sample, proof: Proof, tamper: Callable[[Proof], Proof]
) -> None:
    with pytest.raises(ValueError, match=r"shape|challenge|zip"):
        verify(sample.statement, tamper(proof), transcript())


def test_every_bit_counts(sample: Sample, proof: Proof) -> None:
    data = bytes(proof)
    for position in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        with pytest.raises((DecodeError, VerificationError)):
            verify(sample.statement, decode_proof(sample.statement, bytes(flipped)), transcript())


def again(sample: Sample, proof: Proof) -> None:
    said = transcript()
    verify(sample.statement, proof, said)
    verify(sample.statement, proof, said)


CONTEXTS: dict[str, Callable[[Sample, Proof], None]] = {
    "another context": lambda s, p: verify(s.statement, p, transcript("another")),
    "a second time": again,
    "another statement": lambda s, p: verify(s.false, p, transcript()),
}


@pytest.mark.parametrize("use", CONTEXTS.values(), ids=CONTEXTS)
def test_the_same_proof_elsewhere_is_refused(
    sample: Sample, proof: Proof, use: Callable[[Sample, Proof], None]
) -> None:
    verify(sample.statement, proof, transcript())
    with pytest.raises(VerificationError):
        use(sample, proof)


def test_two_proofs_share_a_transcript_in_order() -> None:
    one, other = SAMPLES["linear"](TOY), SAMPLES["decryption"](TOY)
    proving, checking, backwards = transcript(), transcript(), transcript()
    first = prove(one.statement, one.witness, proving)
    second = prove(other.statement, other.witness, proving)
    verify(one.statement, first, checking)
    verify(other.statement, second, checking)
    with pytest.raises(VerificationError):
        verify(other.statement, second, backwards)


def _branch(statement: Disjunction, number: int, new: LinearRelation) -> Disjunction:
    return replace(statement, branches=tuple(new if i == number else b for i, b in enumerate(statement.branches)))


def linear() -> LinearRelation:
    statement = SAMPLES["linear"](TOY).statement
    assert isinstance(statement, LinearRelation)
    return statement


LINEAR, DISJUNCTION = linear(), SAMPLES["mixed disjunction"](TOY).statement
assert isinstance(DISJUNCTION, Disjunction)
OTHER = elements(TOY, 1, seed=99)[0]
OTHER_LINEAR = replace(LINEAR, image=(OTHER, *LINEAR.image[1:]))


def _with(relation: LinearRelation, offset: int) -> LinearRelation:
    return replace(relation, offsets=(0, 0, offset))


STATEMENTS: dict[str, Statement] = {
    "linear": LINEAR,
    "its name": replace(LINEAR, name="other"),
    "a base": replace(LINEAR, bases=((OTHER, LINEAR.bases[0][1]), *LINEAR.bases[1:])),
    "the last base": replace(LINEAR, bases=(*LINEAR.bases[:-1], (LINEAR.bases[-1][0], OTHER))),
    "the hole": replace(LINEAR, bases=(*LINEAR.bases[:-1], (OTHER, LINEAR.bases[-1][1]))),
    "an image": replace(LINEAR, image=(OTHER, *LINEAR.image[1:])),
    "the last image": replace(LINEAR, image=(*LINEAR.image[:-1], OTHER)),
    "its rows in another order": replace(LINEAR, bases=LINEAR.bases[::-1], image=LINEAR.image[::-1]),
    "a row less": replace(LINEAR, bases=LINEAR.bases[:-1], image=LINEAR.image[:-1], offsets=()),
    "a column less": replace(LINEAR, bases=tuple(row[:1] for row in LINEAR.bases)),
    "an offset": replace(LINEAR, offsets=(1, 0, 0)),
    "another offset": replace(LINEAR, offsets=(2, 0, 0)),
    "the offset of another row": replace(LINEAR, offsets=(0, 1, 0)),
    "a long offset": replace(LINEAR, offsets=(0, 0, 2**64 - 1)),
    "disjunction": DISJUNCTION,
    "the disjunction's name": replace(DISJUNCTION, name="other"),
    "branches in another order": replace(DISJUNCTION, branches=DISJUNCTION.branches[::-1]),
    "a branch less": replace(DISJUNCTION, branches=DISJUNCTION.branches[:-1]),
    "a branch twice": replace(DISJUNCTION, branches=DISJUNCTION.branches + DISJUNCTION.branches[-1:]),
    "a branch's image": _branch(DISJUNCTION, 2, LINEAR),
    "the same branch twice": Disjunction(LINEAR.name, (LINEAR, LINEAR)),
    "the same branch three times": Disjunction(LINEAR.name, (LINEAR,) * 3),
    "two offsets": Disjunction(LINEAR.name, (LINEAR, _with(LINEAR, 1))),
    "two offsets in another order": Disjunction(LINEAR.name, (_with(LINEAR, 1), LINEAR)),
    "two other offsets": Disjunction(LINEAR.name, (LINEAR, _with(LINEAR, 2))),
    "two runs": Disjunction(LINEAR.name, (LINEAR, OTHER_LINEAR, _with(LINEAR, 1))),
    "their offsets exchanged": Disjunction(LINEAR.name, (_with(LINEAR, 1), OTHER_LINEAR, LINEAR)),
    "the offset in the run between": Disjunction(LINEAR.name, (LINEAR, _with(OTHER_LINEAR, 1), LINEAR)),
    "two runs out of order": Disjunction(LINEAR.name, (LINEAR, _with(LINEAR, 1), OTHER_LINEAR)),
    "one branch": replace(DISJUNCTION, branches=DISJUNCTION.branches[:1]),
}


def test_every_part_of_the_statement_is_bound() -> None:
    challenges = {}
    for name, statement in STATEMENTS.items():
        said = transcript()
        bind(statement, said)
        challenges[name] = said.challenge("challenge", 256)
    assert len(set(challenges.values())) == len(STATEMENTS)


def test_elements_of_a_run_are_bound_once_and_by_value() -> None:
    """Which objects hold the elements is no part of a statement."""
    first, second = encryption_of_one_of(KEY, CIPHERTEXT, (0, 1)).branches
    twin = replace(second, image=tuple(TOY.decode(bytes(element)) for element in second.image))
    assert len(runs(Disjunction("x", (first, twin)))) == 1
    said = [Recording("test"), Recording("test")]
    bind(Disjunction("x", (first, second)), said[0])
    bind(Disjunction("x", (first, twin)), said[1])
    assert said[0].labels == said[1].labels == ["statement", "bases", "image", "offsets"]
    assert said[0].challenge("challenge", 256) == said[1].challenge("challenge", 256)


def test_a_relation_without_offsets_says_none() -> None:
    said = [Recording("test"), Recording("test")]
    bind(LINEAR, said[0])
    bind(replace(LINEAR, offsets=(0, 0, 0)), said[1])
    assert said[0].labels == said[1].labels == ["statement", "bases", "image"]
    assert replace(LINEAR, offsets=()) == LINEAR


def test_what_a_disjunction_says_of_its_branches() -> None:
    said = Recording("test")
    bind(encryption_of_one_of(KEY, CIPHERTEXT, (0, 258)), said)
    assert said.messages["offsets"] == [bytes(16), bytes(14) + b"\x01\x02"]
    assert said.messages["image"] == [bytes(CIPHERTEXT.c1), bytes(CIPHERTEXT.c2)]


def test_the_group_is_bound() -> None:
    """Two groups may encode an element with the same bytes."""
    said = [transcript(), transcript()]
    for history, name in zip(said, ("modp-3072", "ffdhe3072"), strict=True):
        two = group(name).generator
        bind(LinearRelation("two", ((two,),), (two,)), history)
    assert bytes(group("modp-3072").generator) == bytes(group("ffdhe3072").generator)
    assert said[0].challenge("challenge", 256) != said[1].challenge("challenge", 256)


class Recording(NativeTranscript):
    """A transcript that can be asked what was said."""

    def __init__(self, domain: str) -> None:
        super().__init__(domain)
        self.labels: list[str] = []
        self.messages: dict[str, list[bytes]] = {}

    def append(self, label: str, *messages: SupportsBytes) -> None:
        self.labels.append(label)
        self.messages[label] = list(map(bytes, messages))
        super().append(label, *messages)


ILL_FORMED: dict[str, Callable[[], Statement]] = {
    "no rows": lambda: LinearRelation("x", (), ()),
    "no bases": lambda: LinearRelation("x", ((),), (OTHER,)),
    "more images than rows": lambda: LinearRelation("x", ((OTHER,),), (OTHER, OTHER)),
    "ragged rows": lambda: LinearRelation("x", ((OTHER,), (OTHER, OTHER)), (OTHER, OTHER)),
    "an offset for each row but one": lambda: replace(LINEAR, name="x", offsets=(0, 0)),
    "a negative offset": lambda: replace(LINEAR, name="x", offsets=(0, -1, 0)),
    "an offset of 65 bits": lambda: replace(LINEAR, name="x", offsets=(0, 0, 2**64)),
    "no branches": lambda: Disjunction("x", ()),
}


@pytest.mark.parametrize("build", ILL_FORMED.values(), ids=ILL_FORMED)
def test_a_statement_cannot_be_built_wrong(build: Callable[[], Statement]) -> None:
    with pytest.raises(ValueError, match="x"):
        build()


def test_what_remains_of_a_challenge() -> None:
    k = 1 << TOY.challenge_bits
    assert remaining_challenge(TOY, 5, (7, k - 1)) == (5 - 7 - (k - 1)) % k
    assert remaining_challenge(TOY, -5 * k, ()) == -5 * k


# --- decoding ---

SAMPLE = SAMPLES["encryption of zero or one"](TOY)
GOOD = bytes(prove(SAMPLE.statement, SAMPLE.witness, transcript()))
CHALLENGE_AT = 4 * TOY.element_size
RESPONSES_AT = CHALLENGE_AT + challenge_size(TOY)

MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "a byte short": GOOD[:-1],
    "a byte long": GOOD + b"\0",
    "an element out of range": b"\xff" * TOY.element_size + GOOD[TOY.element_size :],
    "an element that is zero": bytes(TOY.element_size) + GOOD[TOY.element_size :],
    "an oversized challenge": GOOD[:CHALLENGE_AT] + b"\xff" * challenge_size(TOY) + GOOD[RESPONSES_AT:],
    "a response equal to the order": GOOD[: -TOY.scalar_size] + TOY.order.to_bytes(TOY.scalar_size, "big"),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_proof_is_a_decode_error(data: bytes) -> None:
    assert bytes(decode_proof(SAMPLE.statement, GOOD)) == GOOD
    with pytest.raises(DecodeError):
        decode_proof(SAMPLE.statement, data)


def test_proofs_of_different_shapes_are_decoded_together() -> None:
    samples = [make(TOY) for make in SAMPLES.values()]
    proofs = [prove(sample.statement, sample.witness, transcript()) for sample in samples]
    assert decode_proofs([sample.statement for sample in samples], list(map(bytes, proofs))) == proofs
    assert decode_proofs([], []) == []


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_proof_among_others_is_a_decode_error(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_proofs([SAMPLE.statement] * 3, [GOOD, data, GOOD])


@given(st.binary(min_size=len(GOOD), max_size=len(GOOD)) | st.binary(max_size=200))
def test_decoding_is_canonical_or_fails(data: bytes) -> None:
    try:
        proof = decode_proof(SAMPLE.statement, data)
    except DecodeError:
        return
    assert bytes(proof) == data


def test_a_witness_does_not_print_pickle_or_compare() -> None:
    witness, twin = (Witness((TOY.scalar(7),)) for _ in range(2))
    assert repr(witness) == "Witness()"
    assert witness != twin
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        pickle.dumps(witness)
