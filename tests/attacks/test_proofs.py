"""Named attacks on proofs: where a careless verifier is what they need, the test defines one, and they work against it.

Against ours none does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import SupportsBytes

import pytest

from evote.crypto.batch import Batch, Folding
from evote.crypto.elgamal import Ciphertext, PublicKey, decode_ciphertexts
from evote.crypto.equation import Equation
from evote.crypto.group import Element, Group, Scalar, group
from evote.crypto.modp import ModPGroup
from evote.crypto.prover import prove
from evote.crypto.relation import Disjunction, LinearRelation, Proof, Statement, Witness, bind, decode_proof
from evote.crypto.statements import (
    decryption,
    encryption_of,
    encryption_of_one_of,
    knowledge_of_logarithm,
    knowledge_of_randomness,
)
from evote.crypto.threshold import lagrange
from evote.crypto.transcript import NativeTranscript
from evote.crypto.verifier import equations, verify
from evote.errors import DecodeError, VerificationError
from tests.crypto.samples import TOY, elements, encrypt, keypair, modp, scalars
from tests.crypto.shares import combined

g = TOY.generator
Q = TOY.order
X, KEY = keypair(TOY)


class Deaf(NativeTranscript):
    """A careless dialect: it drops some labels from the hash, where a good one would raise."""

    def __init__(self, omitted: Collection[str]) -> None:
        super().__init__("test")
        self.omitted = omitted

    def append(self, label: str, *messages: SupportsBytes) -> None:
        if label not in self.omitted:
            super().append(label, *messages)


class DeafTo(NativeTranscript):
    """A careless dialect that drops single messages, given by their bytes."""

    def __init__(self, omitted: Collection[bytes]) -> None:
        super().__init__("test")
        self.omitted = omitted

    def append(self, label: str, *messages: SupportsBytes) -> None:
        super().append(label, *(m for m in messages if bytes(m) not in self.omitted))


def native() -> NativeTranscript:
    return NativeTranscript("test")


def without_statement() -> NativeTranscript:
    return Deaf(("bases", "image"))


def without_commitment() -> NativeTranscript:
    return Deaf(("commitment",))


Dialect = Callable[[], NativeTranscript]


def challenge(transcript: NativeTranscript, statement: Statement, *commitments: Element) -> int:
    """Return the challenge that a prover gets who says this statement and these commitments."""
    bind(statement, transcript)
    transcript.append("commitment", *commitments)
    return transcript.challenge("challenge", statement.group.challenge_bits)


def holds(statement: Statement, proof: Proof, transcript: NativeTranscript) -> bool:
    try:
        verify(statement, proof, transcript)
    except VerificationError:
        return False
    return True


# --- weak Fiat-Shamir ---


def ballot_with_millions_of_votes(dialect: Dialect) -> tuple[Scalar, Ciphertext, Proof]:
    """Return a vote m that is neither 0 nor 1, its ciphertext, and a 0/1 proof whose statement came last.

    Branch 1 gets the challenge 0, so its commitment needs no statement. Branch 0 commits to (g^a, g^b y^a) with b not
    0; the challenge c then fixes the vote: y^z = g^b y^a (c2)^c holds for z = a + r c and m = -b/c.
    """
    r, a, b, z1 = scalars(TOY, 4, seed=60)
    first = (g**a, g**b * KEY.y**a)
    second = (g**z1, KEY.y**z1)
    promised = encryption_of_one_of(KEY, encrypt(KEY, 0, r), (0, 1))
    c = challenge(dialect(), promised, *first, *second)
    m = -b / TOY.scalar(c)
    ciphertext = KEY.encrypt(g**m, r)
    return m, ciphertext, Proof((first, second), (c,), ((a + r * c,), (z1,)))


def test_weak_fiat_shamir_ballot() -> None:
    """Bernhard, Pereira, Warinschi 2012 (Helios): a ballot for any number of votes."""
    m, ciphertext, proof = ballot_with_millions_of_votes(without_statement)
    statement = encryption_of_one_of(KEY, ciphertext, (0, 1))
    assert int(m) > 1
    assert ciphertext.c2 / ciphertext.c1**X == g**m
    assert holds(statement, proof, without_statement())
    assert not holds(statement, proof, native())
    _, ciphertext, proof = ballot_with_millions_of_votes(native)
    assert not holds(encryption_of_one_of(KEY, ciphertext, (0, 1)), proof, native())


def false_decryption(dialect: Dialect, c1: Element) -> tuple[Element, Proof]:
    """Return a wrong d for c1, and a proof that only had to know d last: d = (c1^z / B)^(1/c) for any B."""
    u, wrong = scalars(TOY, 2, seed=61)
    commitment = (g**u, g**wrong)
    c = challenge(dialect(), decryption(KEY.y, c1, c1**X), *commitment)
    z = u + X * c
    d = (c1**z / commitment[1]) ** (TOY.scalar(1) / TOY.scalar(c))
    return d, Proof((commitment,), (), ((z,),))


def test_weak_fiat_shamir_decryption() -> None:
    """Bernhard, Pereira, Warinschi 2012 (Helios): a trustee publishes a false share with a proof."""
    (c1,) = elements(TOY, 1, seed=62)
    d, proof = false_decryption(without_statement, c1)
    assert d != c1**X
    assert holds(decryption(KEY.y, c1, d), proof, without_statement())
    assert not holds(decryption(KEY.y, c1, d), proof, native())
    d, proof = false_decryption(native, c1)
    assert not holds(decryption(KEY.y, c1, d), proof, native())


def test_weak_fiat_shamir_without_the_ciphertext() -> None:
    """Haines, Lewis, Pereira, Teague 2020 (Scytl, SwissPost): all but c1 is hashed, so c1 is made to fit the proof."""
    u, b, delta, unused = scalars(TOY, 4, seed=63)
    d = g**delta
    commitment = (g**u, g**b)

    def forge(transcript: NativeTranscript, said: Element) -> tuple[Element, Proof]:
        c = challenge(transcript, decryption(KEY.y, said, d), *commitment)
        z = u + X * c
        # c1^z = B d^c
        c1 = g ** ((b + delta * c) / z)
        return c1, Proof((commitment,), (), ((z,),))

    placeholder = g**unused
    c1, proof = forge(DeafTo({bytes(placeholder)}), placeholder)
    statement = decryption(KEY.y, c1, d)
    assert d != c1**X
    assert holds(statement, proof, DeafTo({bytes(c1)}))
    assert not holds(statement, proof, native())
    c1, proof = forge(native(), placeholder)
    assert not holds(decryption(KEY.y, c1, d), proof, native())


def simulated(statement: LinearRelation, dialect: Dialect) -> Proof:
    """Return a proof without a witness: response first, then the commitment that fits the challenge."""
    (z,) = scalars(TOY, 1, seed=64)
    c = challenge(dialect(), statement, *(g for _ in statement.image))
    commitment = tuple(base**z / image ** TOY.scalar(c) for (base,), image, _ in statement.rows())
    return Proof((commitment,), (), ((z,),))


def test_fiat_shamir_without_the_commitment() -> None:
    """Fiat, Shamir 1986 turned round: a challenge known before the commitment proves everything."""
    h, false = elements(TOY, 2, seed=65)
    statement = decryption(KEY.y, h, false)
    assert false != h**X
    assert holds(statement, simulated(statement, without_commitment), without_commitment())
    assert not holds(statement, simulated(statement, without_commitment), native())
    assert not holds(statement, simulated(statement, native), native())


# --- ballots that were somebody else's ---


def test_c2_swapped_under_a_valid_proof() -> None:
    """Bernhard, Pereira, Warinschi 2012: a proof for c1 alone lets anybody change the vote under it."""
    (r,) = scalars(TOY, 1)
    honest = encrypt(KEY, 1, r)
    changed = replace(honest, c2=honest.c2 * g)
    proof = prove(knowledge_of_randomness(honest), Witness((r,)), native())
    assert holds(knowledge_of_randomness(changed), proof, native())

    def bound(ciphertext: Ciphertext) -> NativeTranscript:
        transcript = native()
        transcript.append("ballot", ciphertext)
        return transcript

    proof = prove(knowledge_of_randomness(honest), Witness((r,)), bound(honest))
    assert holds(knowledge_of_randomness(honest), proof, bound(honest))
    assert not holds(knowledge_of_randomness(changed), proof, bound(changed))


def test_c2_swapped_under_a_proof_of_its_value() -> None:
    """The same against 0/1 proofs: c2 is part of the statement, whatever the transcript was told before."""
    (r,) = scalars(TOY, 1)
    honest = encrypt(KEY, 0, r)
    proof = prove(encryption_of_one_of(KEY, honest, (0, 1)), Witness((r,), 0), native())
    changed = replace(honest, c2=honest.c2 * g)
    assert holds(encryption_of_one_of(KEY, honest, (0, 1)), proof, native())
    assert not holds(encryption_of_one_of(KEY, changed, (0, 1)), proof, native())


def test_ballot_copied_by_another_voter() -> None:
    """Cortier, Smyth 2011: who casts my ciphertext as his own learns my vote from the result."""
    (r,) = scalars(TOY, 1)
    ciphertext = encrypt(KEY, 1, r)
    statement = encryption_of_one_of(KEY, ciphertext, (0, 1))

    def of(voter: str) -> NativeTranscript:
        transcript = native()
        transcript.append("author", voter.encode())
        return transcript

    proof = prove(statement, Witness((r,), 1), of("voter 1"))
    assert holds(statement, proof, of("voter 1"))
    assert not holds(statement, proof, of("voter 2"))


def test_ballot_rerandomised_by_another_voter() -> None:
    """Cortier, Smyth 2011, the variant: z + s c follows a re-encryption by s, unless the challenge binds c1 and c2."""
    r, s = scalars(TOY, 2)
    ciphertext = encrypt(KEY, 1, r)
    statement = encryption_of_one_of(KEY, ciphertext, (0, 1))
    other = encryption_of_one_of(KEY, KEY.reencrypt(ciphertext, s), (0, 1))

    def carried(dialect: Dialect) -> Proof:
        proof = prove(statement, Witness((r,), 1), dialect())
        c = challenge(dialect(), statement, *proof.commitments[0], *proof.commitments[1])
        c_0 = proof.challenges[0]
        c_1 = (c - c_0) % (1 << TOY.challenge_bits)
        (z_0,), (z_1,) = proof.responses
        return replace(proof, responses=((z_0 + s * c_0,), (z_1 + s * c_1,)))

    assert holds(other, carried(without_statement), without_statement())
    assert not holds(other, carried(native), native())


# --- disjunctions ---


def test_challenges_that_are_not_split() -> None:
    """Cramer, Damgard, Schoenmakers 1994: without the sum, each branch is simulated by itself."""
    (r,) = scalars(TOY, 1)
    statement = encryption_of_one_of(KEY, encrypt(KEY, 7, r), (0, 1))
    z = scalars(TOY, 2, seed=66)
    for split in ((5, 6), (0, 0), (1 << 62, 1 << 62)):
        commitments = tuple(
            tuple(
                base ** z[i] / (image / g**offset) ** TOY.scalar(split[i]) for (base,), image, offset in branch.rows()
            )
            for i, branch in enumerate(statement.branches)
        )
        assert not holds(statement, Proof(commitments, split[:1], ((z[0],), (z[1],))), native())


def test_challenge_chosen_modulo_two_moduli() -> None:
    """Challenges add up modulo 2^k and act modulo q: a longer one is chosen apart for each, and proves anything."""
    k, (r,) = 1 << TOY.challenge_bits, scalars(TOY, 1)
    statement = encryption_of_one_of(KEY, encrypt(KEY, 7, r), (0, 1))
    acting, z = (5, 6), scalars(TOY, 2, seed=67)
    commitments = tuple(
        tuple(base ** z[i] / (image / g**offset) ** TOY.scalar(acting[i]) for (base,), image, offset in branch.rows())
        for i, branch in enumerate(statement.branches)
    )
    c = challenge(native(), statement, *commitments[0], *commitments[1])
    # e = c - 6 modulo 2^k, e = 5 modulo q
    e = acting[0] + Q * ((c - acting[1] - acting[0]) * pow(Q, -1, k) % k)
    proof = Proof(commitments, (e,), ((z[0],), (z[1],)))
    assert (c - e) % k == acting[1]
    for i, (branch, weight) in enumerate(zip(statement.branches, (e, (c - e) % k), strict=True)):
        for (bases, image, offset), a in zip(branch.rows(), commitments[i], strict=True):
            assert Equation((*bases, image / g**offset, a), (int(z[i]), -weight, -1)).holds()
    with pytest.raises(ValueError, match="oversized"):
        verify(statement, proof, native())
    with pytest.raises(DecodeError):
        decode_proof(statement, bytes(replace(proof, challenges=(k,))))


def test_disjunction_passed_off_as_one_of_its_branches() -> None:
    """A proof that one of two is true is no proof of either by itself."""
    (r,) = scalars(TOY, 1)
    ciphertext = encrypt(KEY, 1, r)
    proof = prove(encryption_of_one_of(KEY, ciphertext, (0, 1)), Witness((r,), 1), native())
    for number, value in enumerate((0, 1)):
        alone = Proof(proof.commitments[number : number + 1], (), proof.responses[number : number + 1])
        assert not holds(encryption_of(KEY, ciphertext, value), alone, native())


def test_proof_under_another_name() -> None:
    """A relation is bound by name: knowledge of a key is not consent to a decryption."""
    one, other = (knowledge_of_logarithm(name, g, KEY.y) for name in ("key", "consent"))
    proof = prove(one, Witness((X,)), native())
    assert holds(one, proof, native())
    assert not holds(other, proof, native())


# --- degenerate elements ---


def test_identity_as_public_key() -> None:
    """Under y = 1 every vote is in the clear: c2 = g^m."""
    with pytest.raises(ValueError, match="identity"):
        PublicKey(TOY.identity)


def test_identity_as_c1() -> None:
    """For c1 = 1 nothing but d = 1 can be shown, neither by the key's owner nor by anybody's simulation."""
    (false,) = elements(TOY, 1, seed=68)
    assert holds(
        decryption(KEY.y, TOY.identity, TOY.identity),
        prove(decryption(KEY.y, TOY.identity, TOY.identity), Witness((X,)), native()),
        native(),
    )
    lie = decryption(KEY.y, TOY.identity, false)
    for witness in (X, TOY.scalar(0), TOY.scalar(1)):
        assert not holds(lie, prove(lie, Witness((witness,)), native()), native())
    assert not holds(lie, simulated(lie, native), native())


def test_identity_as_share_key() -> None:
    """A trustee whose key is 1 can only ever contribute d = 1; that such a key is refused is the ceremony's part."""
    (c1, d) = elements(TOY, 2, seed=69)
    zero = Witness((TOY.scalar(0),))
    honest, lie = decryption(TOY.identity, c1, TOY.identity), decryption(TOY.identity, c1, d)
    assert holds(honest, prove(honest, zero, native()), native())
    assert not holds(lie, prove(lie, zero, native()), native())


def outsider() -> Element:
    """Return -1, the element of order 2, wrapped as no decoder would."""
    assert isinstance(TOY, ModPGroup)
    return Element(TOY, TOY.identity.raw * (TOY.p - 1))


def test_small_order_element_in_a_decryption() -> None:
    """Lim, Lee 1997; Chang-Fong, Essex 2016 (Helios): d = -c1^x passes if the challenge is even, and turns the result.

    The proof cannot see it; the decoder must, and does.
    """
    (c1,) = elements(TOY, 1, seed=70)
    false = c1**X * outsider()
    statement = decryption(KEY.y, c1, false)
    proofs = [prove(statement, Witness((X,)), native()) for _ in range(40)]
    assert any(holds(statement, proof, native()) for proof in proofs)
    with pytest.raises(DecodeError):
        TOY.decode(bytes(false))


def test_small_order_elements_in_a_batch() -> None:
    """Boyd, Pavlovski 2000: -1 in two equations is lost when their weights add up to an even number."""
    (h,) = elements(TOY, 1, seed=71)
    bad = Equation((h, h * outsider()), (1, -1))
    survived = 0
    for number in range(40):
        batch = Batch(number.to_bytes(32, "big"))
        batch.add([bad], "check", "one")
        batch.add([bad], "check", "other")
        try:
            batch.check()
            survived += 1
        except VerificationError:
            pass
    assert not bad.holds()
    assert 0 < survived < 40
    with pytest.raises(DecodeError):
        decode_ciphertexts(TOY, [bytes(h) + bytes(h * outsider())])


SMALL_ORDER: dict[str, tuple[str, bytes]] = {
    "modp: 0": ("modp-2048", bytes(256)),
    "modp: -1": ("modp-2048", (modp("modp-2048").p - 1).to_bytes(256, "big")),
    "electionguard: -1": ("electionguard-4096", (modp("electionguard-4096").p - 1).to_bytes(512, "big")),
    "ristretto255: -1": ("ristretto255", (2**255 - 20).to_bytes(32, "little")),
    "ristretto255: the identity, negative": ("ristretto255", (2**255 - 19).to_bytes(32, "little")),
    "ristretto255: the point of order 4": (
        "ristretto255",
        bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ),
}


@pytest.mark.parametrize(("name", "data"), SMALL_ORDER.values(), ids=SMALL_ORDER)
def test_small_order_elements_are_not_decoded(name: str, data: bytes) -> None:
    """Lim, Lee 1997: key recovery by elements of small order needs a decoder that lets them in."""
    of = group(name)
    assert of.decode(bytes(of.generator)) == of.generator
    with pytest.raises(DecodeError):
        of.decode(data)


# --- thresholds ---


def test_duplicate_share_index() -> None:
    """Trail of Bits 2021 (several threshold libraries): j and j + q are one point, and 0 is the secret itself."""
    share = g**X
    assert combined({1: share}) == share
    for indices in ([1, 1 + Q], [0, 1], [Q, 1]):
        with pytest.raises(ValueError, match="indices"):
            combined(dict.fromkeys(indices, share))
    with pytest.raises(ValueError, match="indices"):
        lagrange([2, 2], Q)


# --- nonces ---


def test_repeated_nonces_reveal_the_key() -> None:
    """Two answers to one commitment give x = (z - z') / (c - c'); our nonces depend on what is proved."""
    stuck = scalars(TOY, 1, seed=72)[0]
    statement = knowledge_of_logarithm("key", g, KEY.y)
    answers = []
    for context in (b"one", b"other"):
        transcript = native()
        transcript.append("context", context)
        c = challenge(transcript, statement, g**stuck)
        answers.append((c, stuck + X * c))
    (c, z), (c_other, z_other) = answers
    assert (z - z_other) / TOY.scalar(c - c_other) == X

    proofs = []
    for context in (b"one", b"other"):
        transcript = native()
        transcript.append("context", context)
        proofs.append(prove(statement, Witness((X,)), transcript, random_bytes=bytes))
    assert proofs[0].commitments != proofs[1].commitments


# --- batches ---


def test_weights_known_in_advance() -> None:
    """Bellare, Garay, Rabin 1998: who knows the weights makes two errors cancel, so the seed comes last.

    The test plays a forger who knows the seed; under any other he is caught.
    """
    seed = bytes(32)

    def batch(errors: tuple[int, int], seed: bytes) -> Batch:
        made = Batch(seed)
        for number, error in enumerate(errors):
            made.add([Equation((g, g ** TOY.scalar(5 + error)), (5, -1))], "check", f"item {number}")
        return made

    weights = batch((0, 0), seed)._weights(0, 2, 2)
    # w_0 e_0 + w_1 e_1 = 0
    errors = (1, -weights[0] * pow(weights[1], -1, Q) % Q)
    batch(errors, seed).check()
    with pytest.raises(VerificationError, match="item 0"):
        batch(errors, bytes([1]) + seed[1:]).check()


def test_weights_all_one() -> None:
    """Bellare, Garay, Rabin 1998, the naive test: errors that are opposite vanish."""
    up, down = (Equation((g, g ** TOY.scalar(5 + error)), (5, -1)) for error in (1, -1))
    folding = Folding()
    for equation in (up, down):
        folding.multiply(equation, 1)
    assert folding.is_identity()
    made = Batch(bytes(32))
    made.add([up, down], "check", "both")
    with pytest.raises(VerificationError):
        made.check()


# --- forging at random ---


@pytest.mark.parametrize("of", [TOY, group("ristretto255")], ids=lambda g: g.name)
def test_no_luck(of: Group) -> None:
    """A proof of a false statement with everything chosen at random, or borrowed from a true one, does not convince."""
    _, key = keypair(of)
    source = random.Random(9)
    (r,) = scalars(of, 1)
    false = encryption_of_one_of(key, encrypt(key, 2, r), (0, 1))
    assert isinstance(false, Disjunction)
    true = encryption_of_one_of(key, encrypt(key, 1, r), (0, 1))
    borrowed = prove(true, Witness((r,), 1), native())
    assert holds(true, borrowed, native())
    assert not holds(false, borrowed, native())
    for _ in range(20):
        commitments = tuple(tuple(elements(of, 2, seed=source.getrandbits(32))) for _ in range(2))
        responses = tuple(tuple(scalars(of, 1, seed=source.getrandbits(32))) for _ in range(2))
        proof = Proof(commitments, (source.getrandbits(of.challenge_bits),), responses)
        assert not any(equation.holds() for equation in equations(false, proof, native()))
