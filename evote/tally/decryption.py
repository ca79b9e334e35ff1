"""What may be decrypted, and whether it was decrypted rightly.

For each unit the rules determine one list: the aggregate, or what the last mix server left. A trustee's share is
bound to the digest of that list and admitted once. A trustee with share key Y = g^x publishes d_i = c1_i^x for the
whole list and one Chaum-Pedersen proof over C = prod c1_i^rho_i and D = prod d_i^rho_i, with 128-bit rho_i drawn
after list, key and all d_i are bound: a single wrong d_i escapes with probability 2^-128 (Bellare, Garay, Rabin 1998;
small exponents).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cache, partial
from types import MappingProxyType

from evote.crypto.elgamal import PublicKey
from evote.crypto.group import Element, Group
from evote.crypto.powers import powers_of
from evote.crypto.relation import LinearRelation, decode_proof
from evote.crypto.rows import Rows
from evote.crypto.statements import decryption
from evote.crypto.threshold import lagrange
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Power, Vector, products
from evote.crypto.verifier import verify
from evote.errors import DecodeError, EvidenceMissing, Refused
from evote.parallel import pmap
from evote.record.audit import Audit
from evote.record.context import list_transcript
from evote.record.entries import DecryptionShare, trustee_index
from evote.record.lists import Source, read_list
from evote.record.manifest import Election
from evote.record.units import Place

RHO_BITS = 128
OPENED_AT_ONCE = 1024


@dataclass(slots=True)
class DecryptionList:
    """The one list of a unit that may be decrypted, and the shares admitted so far, by trustee."""

    rows: Rows
    digest: bytes
    shares: dict[int, Vector] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)


def share_statement(
    share_key: Element, rows: Rows, shares: Vector, transcript: Transcript, executor: Executor | None = None
) -> LinearRelation:
    """Return the relation that stands for the whole list, with rho drawn from the transcript.

    Raises `DecodeError` unless all c1 and all shares, one for each ciphertext and row by row, are members of the group.
    """
    transcript.append("share key", share_key)
    rho = transcript.challenges("rho", RHO_BITS, len(shares))
    # C = prod c1_i^rho_i,  D = prod d_i^rho_i
    big_c, big_d = products(share_key.group, [[Power(rows.all_c1, rho)], [Power(shares, rho)]], executor)
    return decryption(share_key, big_c, big_d)


class Decryption:
    """The state of the decryption: ``admit`` takes in shares; ``plaintexts`` combines them."""

    def __init__(self, election: Election, key: PublicKey, share_keys: dict[int, Element], audit: Audit) -> None:
        """Start without lists; ``share_keys`` are the public share keys Y_j of the qualified trustees."""
        self._election, self._key, self.share_keys, self._audit = election, key, share_keys, audit
        self._lists: dict[Place, DecryptionList] = {}

    def open(self, place: Place, rows: Rows, digest: bytes) -> None:
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
        place, index = Place(body.contest, body.unit), trustee_index(author)
        require = self._audit.require
        require(place in self._lists and index in self.share_keys, "decryption.list", subject)
        ours = self._lists[place]
        require(body.input == ours.digest, "decryption.list", subject)
        require(index not in {*ours.shares, *ours.missing}, "decryption.once", subject)
        shares = self._read(source, body, ours)
        transcript = self.transcript(author, body)
        statement = share_statement(self.share_keys[index], ours.rows, shares, transcript, self._audit.executor)
        verify(statement, decode_proof(statement, body.proof), transcript, subject)
        self._audit.hold("decryption.proof")
        ours.shares[index] = shares

    def pass_over(self, author: str, body: DecryptionShare) -> None:
        """Go on after a share that lacks its evidence: its trustee has had its turn, if the list is known at all."""
        place = Place(body.contest, body.unit)
        if place in self._lists:
            self._lists[place].missing.add(trustee_index(author))

    def _read(self, source: Source, body: DecryptionShare, ours: DecryptionList) -> Vector:
        encoded = read_list(source, body.shares, len(ours.rows))
        return share_vector(self._key.group, encoded, ours.rows.width)

    def plaintexts(self, place: Place, bound: int = 0) -> Vector:
        """Return the messages of a unit's list, row by row; `EvidenceMissing` with fewer than t shares.

        g^0 ... g^``bound`` are recognised at little cost, whichever trustees were there; others may cost a power.
        """
        ours, t, group = self.list_of(place), self._election.threshold, self._key.group
        if len(ours.shares) < t:
            raise EvidenceMissing(f"{len(ours.shares)} of {t} decryption shares for {place}")
        chosen = sorted(ours.shares)[:t]
        delta, weights = lagrange(chosen, group.order)
        opening = partial(_open, group, delta, [weights[j] for j in chosen], bound)
        columns = (ours.rows.all_c2.encodings(), *(ours.shares[j].encodings() for j in chosen))
        messages = pmap(opening, zip(*columns, strict=True), executor=self._audit.executor, chunk=OPENED_AT_ONCE)
        return Vector(group, b"".join(messages), "plaintext")


@cache
def _roots(group: Group, delta: int, bound: int) -> Mapping[bytes, bytes]:
    """Return the table from (g^m)^delta to g^m, for 0 <= m <= bound; one for all units."""
    messages = powers_of(group.generator, bound)
    raised = powers_of(group.product_of_powers([group.generator], [delta]), bound)
    return MappingProxyType(dict(zip(group.encode_many(raised), group.encode_many(messages), strict=True)))


def _open(group: Group, delta: int, weights: list[int], bound: int, columns: list[tuple[bytes, ...]]) -> bytes:
    """Return the encoded messages of ciphertexts, given c2 and the chosen trustees' d_j of each."""
    c2, *shares = (group.decode_many(column) for column in zip(*columns, strict=True))
    # m^delta = c2^delta / prod_j d_j^(delta lambda_j)
    exponents = [delta, *(-weight for weight in weights)]
    raised = [group.product_of_powers(bases, exponents) for bases in zip(c2, *shares, strict=True)]
    known = _roots(group, delta, bound)
    return b"".join(known.get(bytes(m)) or bytes(_root(m, delta)) for m in raised)


def _root(element: Element, delta: int) -> Element:
    group = element.group
    return group.product_of_powers([element], [pow(delta, -1, group.order)]) if delta != 1 else element


def share_vector(group: Group, encoded: Sequence[bytes], width: int) -> Vector:
    """Return the elements d of all rows, ``width`` in each row; raise `DecodeError` for rows of another length."""
    if any(len(row) != width * group.element_size for row in encoded):
        raise DecodeError(f"a row of {width} partial decryptions has {width * group.element_size} bytes")
    return Vector(group, b"".join(encoded), "share")
