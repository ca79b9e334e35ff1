"""What may be decrypted, and whether it was decrypted rightly.

For each unit the rules determine one list: the aggregate, or what the last mix server left. A trustee's share is
bound to the digest of that list and admitted once. A trustee with share key Y = g^x publishes d_i = c1_i^x for the
whole list and one Chaum-Pedersen proof over C = prod c1_i^rho_i and D = prod d_i^rho_i, with 128-bit rho_i drawn
after list, key and all d_i are bound: a single wrong d_i escapes with probability 2^-128 (Bellare, Garay, Rabin 1998;
small exponents).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from evote.crypto.elgamal import PublicKey, Row
from evote.crypto.group import Element, Group
from evote.crypto.relation import LinearRelation, decode_proof
from evote.crypto.statements import decryption
from evote.crypto.threshold import combine
from evote.crypto.transcript import Transcript
from evote.crypto.verifier import verify
from evote.errors import DecodeError, EvidenceMissing, Refused
from evote.record.audit import Audit
from evote.record.context import list_transcript
from evote.record.entries import DecryptionShare
from evote.record.lists import Source, read_list
from evote.record.manifest import Election
from evote.record.units import Place

RHO_BITS = 128


@dataclass(slots=True)
class DecryptionList:
    """The one list of a unit that may be decrypted, and the shares admitted so far, by trustee."""

    rows: list[Row]
    digest: bytes
    shares: dict[int, list[Element]] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)

    @property
    def c1(self) -> list[Element]:
        """The first halves of all ciphertexts, row by row."""
        return [ciphertext.c1 for row in self.rows for ciphertext in row]


def share_statement(
    share_key: Element, c1: list[Element], shares: list[Element], transcript: Transcript
) -> LinearRelation:
    """Return the relation that stands for the whole list, with rho drawn from the transcript."""
    group = share_key.group
    transcript.append("share key", share_key)
    rho = transcript.challenges("rho", RHO_BITS, len(c1))
    # C = prod c1_i^rho_i,  D = prod d_i^rho_i
    return decryption(share_key, group.product_of_powers(c1, rho), group.product_of_powers(shares, rho))


class Decryption:
    """The state of the decryption: ``admit`` takes in shares; ``plaintexts`` combines them."""

    def __init__(self, election: Election, key: PublicKey, share_keys: dict[int, Element], audit: Audit) -> None:
        """Start without lists; ``share_keys`` are the public share keys Y_j of the qualified trustees."""
        self._election, self._key, self.share_keys, self._audit = election, key, share_keys, audit
        self._lists: dict[Place, DecryptionList] = {}

    def open(self, place: Place, rows: list[Row], digest: bytes) -> None:
        """Take in the list that the rules determine for a unit."""
        self._lists[place] = DecryptionList(rows, digest)

    def places(self) -> list[Place]:
        """Return every contest and unit whose list is determined."""
        return list(self._lists)

    def list_of(self, place: Place) -> DecryptionList:
        """Return the list to decrypt; `Refused` if the rules determine none."""
        if place not in self._lists:
            raise Refused(f"the rules determine no list to decrypt for {place}")
        return self._lists[place]

    def posted(self, place: Place) -> int:
        """Return how many trustees have posted a share of a unit's list, be it here or missing."""
        ours = self._lists.get(place)
        return len(ours.shares) + len(ours.missing) if ours else 0

    def transcript(self, author: str, body: DecryptionShare) -> Transcript:
        """Return the transcript of a share's proof: trustee, contest, unit, digests of list and shares."""
        digests = (body.input, body.shares)
        place = Place(body.contest, body.unit)
        return list_transcript("decryption", self._election, author, self._key.y, place, digests)

    def admit(self, author: str, body: DecryptionShare, source: Source, subject: str) -> None:
        """Verify a trustee's share of a unit; raise `VerificationError` if it is wrong or out of place."""
        place, index = Place(body.contest, body.unit), int(author.removeprefix("trustee "))
        require = self._audit.require
        require(place in self._lists and index in self.share_keys, "decryption.list", subject)
        ours = self._lists[place]
        require(body.input == ours.digest, "decryption.list", subject)
        require(index not in {*ours.shares, *ours.missing}, "decryption.once", subject)
        shares = self._read(source, body, ours)
        transcript = self.transcript(author, body)
        statement = share_statement(self.share_keys[index], ours.c1, shares, transcript)
        verify(statement, decode_proof(statement, body.proof), transcript, subject)
        self._audit.hold("decryption.proof")
        ours.shares[index] = shares

    def pass_over(self, author: str, body: DecryptionShare) -> None:
        """Go on after a share that lacks its evidence: its trustee has had its turn, if the list is known at all."""
        place = Place(body.contest, body.unit)
        if place in self._lists:
            self._lists[place].missing.add(int(author.removeprefix("trustee ")))

    def _read(self, source: Source, body: DecryptionShare, ours: DecryptionList) -> list[Element]:
        encoded = read_list(source, body.shares, len(ours.rows))
        return decode_share_rows(self._key.group, encoded, len(ours.rows[0]))

    def plaintexts(self, place: Place) -> list[tuple[Element, ...]]:
        """Return the messages of a unit's list, row by row; `EvidenceMissing` with fewer than t shares."""
        ours, t = self.list_of(place), self._election.threshold
        if len(ours.shares) < t:
            raise EvidenceMissing(f"{len(ours.shares)} of {t} decryption shares for {place}")
        chosen = {j: ours.shares[j] for j in sorted(ours.shares)[:t]}
        # m = c2 / prod_j d_j^lambda_j
        factors = iter([combine({j: d[i] for j, d in chosen.items()}) for i in range(len(ours.c1))])
        return [tuple(c.c2 / next(factors) for c in row) for row in ours.rows]


def decode_share_rows(group: Group, encoded: list[bytes], width: int) -> list[Element]:
    """Return the elements d of all rows, ``width`` in each row."""
    size = group.element_size
    if any(len(row) != width * size for row in encoded):
        raise DecodeError(f"a row of {width} partial decryptions has {width * size} bytes")
    return group.decode_many([row[i : i + size] for row in encoded for i in range(0, width * size, size)])
