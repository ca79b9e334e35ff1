"""Whether a petition has reached its threshold T, and nothing else: the public learns one bit.

The aggregate (c1, c2) of the kept ballots encrypts their number S, 0 <= S <= N. Trustee j publishes D_j = c1^x_j
h^rho_j and proves that it is made with the x_j of its share key Y_j = g^x_j. For t of them, lambda_j being the Lagrange
weights, C = c2 / prod_j D_j^lambda_j = g^S h^rho is a Pedersen commitment to S, with rho = - sum_j lambda_j rho_j. The
t trustees pool their rho_j with one of them, which proves that S - T or T - 1 - S lies in 0..2^k - 1, k the bits of the
larger of N and T. Only whoever has what is pooled learns S, though any t could decrypt it together.

Sound: D_j is as stated or a logarithm of h is known, so C commits to S. S - T lies between -T and N, so if it is in
0..2^k - 1 modulo q, it is not negative; so with T - 1 - S.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evote.crypto.elgamal import Ciphertext, decode_ciphertexts
from evote.crypto.group import Element
from evote.crypto.pedersen import second_generator
from evote.crypto.range_proof import bit_weights, commitment_range_statements
from evote.crypto.relation import LinearRelation, Statement, decode_proof
from evote.crypto.threshold import lagrange
from evote.crypto.transcript import NativeTranscript
from evote.crypto.verifier import equations
from evote.errors import Refused, VerificationError
from evote.record import canonical
from evote.record.audit import Audit
from evote.record.context import integer, open_transcript
from evote.record.entries import ThresholdProof, ThresholdShare, ThresholdTest, trustee_index
from evote.record.manifest import Election
from evote.tally.ceremony import Ceremony


@dataclass(slots=True)
class PetitionTest:
    """One test under way: T and N in votes, what was admitted so far, and how it came out.

    ``kept`` are the ballots that it is made on: for each voter the index of one on the board.
    """

    body: ThresholdTest
    kept: Mapping[str, int]
    threshold: int
    electorate: int
    aggregate: Ciphertext
    shares: dict[int, Element] = field(default_factory=dict)
    reached: bool | None = None

    @property
    def at(self) -> tuple[str, str]:
        """The contest and the time, which no other test has."""
        return self.body.contest, self.body.time

    @property
    def name(self) -> str:
        """The test, for people."""
        return f"contest {self.body.contest}, test {self.body.time}"

    @property
    def digest(self) -> bytes:
        """What shares and proofs are bound to: SHA-256 of the canonical body of the operator's entry."""
        return hashlib.sha256(canonical.encode(self.body)).digest()

    @property
    def largest(self) -> int:
        """2^k - 1, the most that the distance from the threshold is proved to be."""
        return (1 << max(self.electorate, self.threshold).bit_length()) - 1

    def blinded_decryption(self, share_key: Element, share: Element) -> LinearRelation:
        """State that I know (x_j, rho_j) with Y_j = g^x_j and D_j = c1^x_j h^rho_j."""
        group = share_key.group
        bases = ((group.generator, group.identity), (self.aggregate.c1, second_generator(group)))
        return LinearRelation("blinded-decryption", bases, (share_key, share))

    def commitment(self, trustees: Sequence[int]) -> Element:
        """Return C, which commits to S by the shares of these trustees."""
        group, weights = self.aggregate.c2.group, self.weights(trustees)
        # C = c2 / prod_j D_j^lambda_j
        bases = [self.aggregate.c2, *(self.shares[j] for j in trustees)]
        return group.product_of_powers(bases, [1, *(-weights[j] for j in trustees)])

    def weights(self, trustees: Sequence[int]) -> dict[int, int]:
        """Return lambda_j modulo q for each trustee."""
        q = self.aggregate.c2.group.order
        delta, scaled = lagrange(trustees, q)
        return {j: weight * pow(delta, -1, q) % q for j, weight in scaled.items()}

    def distance(self, commitment: Element, *, reached: bool) -> Element:
        """Return the commitment to S - T if the threshold is reached, to T - 1 - S if it is not."""
        g = commitment.group.generator
        if reached:
            return commitment / commitment.group.product_of_powers([g], [self.threshold])
        return commitment.group.product_of_powers([g], [self.threshold - 1]) / commitment


class PetitionTests:
    """The tests of all petitions of an election, in the order in which they were made."""

    def __init__(self, election: Election, ceremony: Ceremony, audit: Audit) -> None:
        """Start before the first test; ``ceremony`` will know the keys."""
        self._election, self._ceremony, self._audit = election, ceremony, audit
        self._tests: dict[tuple[str, str], PetitionTest] = {}

    @property
    def share_keys(self) -> dict[int, Element]:
        """The public share keys Y_j of the qualified trustees."""
        return self._ceremony.share_keys

    def open(self, body: ThresholdTest, kept: Mapping[str, int], *, threshold: int, electorate: int) -> None:
        """Take in a test whose body the rules determine."""
        (aggregate,) = decode_ciphertexts(self._election.algebra, [body.aggregate])
        test = PetitionTest(body, kept, threshold, electorate, aggregate)
        self._tests[test.at] = test

    def of(self, contest: str) -> list[PetitionTest]:
        """Return the tests of a contest, in order."""
        return [test for (name, _), test in self._tests.items() if name == contest]

    def find(self, contest: str, time: str) -> PetitionTest:
        """Return a test; `Refused` if it has not been opened."""
        if (contest, time) not in self._tests:
            raise Refused(f"contest {contest} is not being tested at {time}")
        return self._tests[contest, time]

    def under_way(self) -> list[PetitionTest]:
        """Return the tests that have no outcome yet."""
        return [test for test in self._tests.values() if test.reached is None]

    def share_transcript(self, author: str, test: PetitionTest) -> NativeTranscript:
        """Return the transcript of a share's proof: trustee and test."""
        return self._transcript("threshold share", author, test)

    def proof_transcripts(self, author: str, test: PetitionTest, body: ThresholdProof) -> Iterator[NativeTranscript]:
        """Yield the transcript of each statement of a proof: trustee, test, shares, outcome, commitments, number."""
        transcript = self._transcript("threshold proof", author, test)
        transcript.append("shares", *(part for j in body.trustees for part in (integer(j), test.shares[j])))
        transcript.append("reached", bytes([body.reached]))
        transcript.append("commitments", *body.commitments)
        for number in range(1, len(bit_weights(test.largest)) + 2):
            bound = transcript.fork()
            bound.append("proof", integer(number))
            yield bound

    def pool_transcript(self, author: str, test: PetitionTest, receiver: int) -> NativeTranscript:
        """Return the transcript of what a trustee hands another one: both, and the test."""
        transcript = self._transcript("threshold pool", author, test)
        transcript.append("receiver", integer(receiver))
        return transcript

    def _transcript(self, use: str, author: str, test: PetitionTest) -> NativeTranscript:
        key = self._ceremony.key
        transcript = open_transcript(use, self._election, author, key.y if key else b"")
        transcript.append("test", test.digest)
        return transcript

    def admit_share(self, author: str, body: ThresholdShare, subject: str) -> None:
        """Verify a trustee's share of a test; raise `VerificationError` if it is wrong or out of place."""
        index, require = trustee_index(author), self._audit.require
        test = self._due(body, subject)
        require(index in self.share_keys and index not in test.shares, "petition.once", subject)
        share = self._election.algebra.decode(body.share)
        statement = test.blinded_decryption(self.share_keys[index], share)
        told = [(statement, body.proof, self.share_transcript(author, test))]
        self._verify(told, "petition.share", subject)
        test.shares[index] = share

    def admit_proof(self, author: str, body: ThresholdProof, subject: str) -> None:
        """Verify the proof that a threshold is reached, or is not; raise `VerificationError` if it shows neither."""
        require = self._audit.require
        test, chosen = self._due(body, subject), list(body.trustees)
        right = len(chosen) == self._election.threshold and chosen == sorted(set(chosen) & set(test.shares))
        require(right and trustee_index(author) in chosen, "petition.trustees", subject)
        commitments = self._election.algebra.decode_many(list(body.commitments))
        fits = len(commitments) == len(bit_weights(test.largest)) and len(body.proofs) == len(commitments) + 1
        require(fits, "petition.proof", f"{subject}: wrong number of commitments or proofs")
        distance = test.distance(test.commitment(chosen), reached=body.reached)
        statements = commitment_range_statements(distance, commitments, test.largest)
        transcripts = self.proof_transcripts(author, test, body)
        self._verify(list(zip(statements, body.proofs, transcripts, strict=True)), "petition.proof", subject)
        test.reached = body.reached

    def _due(self, body: ThresholdShare | ThresholdProof, subject: str) -> PetitionTest:
        test = self._tests.get((body.contest, body.time))
        if test is None or test.reached is not None:
            raise VerificationError("petition.order", subject)
        self._audit.hold("petition.order")
        return test

    def _verify(self, told: Sequence[tuple[Statement, bytes, NativeTranscript]], check: str, subject: str) -> None:
        batch = self._audit.batch(check, subject)
        for statement, data, transcript in told:
            batch.add(equations(statement, decode_proof(statement, data), transcript), check, subject)
        batch.check()
        self._audit.hold(check)
