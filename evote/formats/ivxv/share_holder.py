"""One holder of a share of an IVXV key: what it says of its share, its partial decryptions, its part of the proofs.

IVXV itself puts the key together in memory; here no share leaves its holder. Proofs of decryption under the published
key are made by all members of a quorum together, in three steps: each seals its commitments, then shows them, then
answers the challenge, which it computes itself. Commitments that depend on those of others would let one who takes part
in many proofs at once forge another (Benhamouda et al. 2021), hence the seals; nonces answer once. Secret exponents
take the careful path.

Source: ``formats/IVXV.md`` 3.2, what a correct replacement would be.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.group import Scalar
from evote.crypto.prover import prove
from evote.crypto.relation import Witness
from evote.crypto.rows import Rows
from evote.crypto.secret import Secret
from evote.crypto.transcript import NativeTranscript
from evote.crypto.vector import Vector
from evote.errors import Refused, VerificationError
from evote.formats.ivxv.ciphertext import encode_ciphertext
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.private_key import PrivateKey
from evote.formats.ivxv.proof import Claim
from evote.formats.ivxv.quorum import (
    Announcement,
    Commitments,
    Partial,
    Quorum,
    challenge,
    check_seals,
    partial_statement,
    seal_commitments,
)

NONCE_EXCESS = 128  # bits more than the order, so that the remainder is uniform


class ShareHolder(Secret):
    """A share with its index, as a smart card holds them; a key of one holder is share 1 with threshold 1."""

    __slots__ = ("_share", "index")

    def __init__(self, index: int, share: PrivateKey) -> None:
        """Hold the share; ``ValueError`` for an index below 1."""
        if index < 1:
            raise ValueError("indices of shares begin with 1")
        self.index, self._share = index, share

    def announce(self, key: PublicKey) -> Announcement:
        """Return the share key; raise ``VerificationError("ivxv.share.parameters")`` for a share of another key."""
        if self._share.parameters != key.parameters:
            raise VerificationError("ivxv.share.parameters", f"share {self.index}: of another group or election")
        return Announcement(self.index, key.group.generator**self._share.x)

    def decrypt(self, quorum: Quorum, rows: Rows) -> Partial:
        """Return c1^share for each ciphertext, and one proof of them all.

        Costs a careful power for each. `Refused` unless this share is in the quorum.
        """
        self.check(quorum)
        shares = Vector.of(rows.group, [c1**self._share.x for c1 in rows.all_c1.elements()], "share")
        statement, transcript = partial_statement(quorum, self.index, rows, shares)
        return Partial(self.index, shares, bytes(prove(statement, Witness((self._share.x,)), transcript)))

    def begin(self, quorum: Quorum, claims: Sequence[Claim]) -> ProofSession:
        """Return this holder's part in proving the claims; costs a careful power and one of g for each."""
        self.check(quorum)
        return ProofSession(self.index, self._share.x, quorum, claims)

    def check(self, quorum: Quorum) -> None:
        """Raise `Refused` unless this share is in the quorum, under its own share key."""
        if quorum.share_keys.get(self.index) != self.announce(quorum.key).share_key:
            raise Refused(f"share {self.index} is not in this quorum")


class ProofSession(Secret):
    """One holder's nonces for a list of claims: ``seal``, ``open``, ``respond``, each once and in this order."""

    __slots__ = ("_claims", "_commitments", "_nonces", "_quorum", "_seals", "_x", "index")

    def __init__(self, index: int, x: Scalar, quorum: Quorum, claims: Sequence[Claim]) -> None:
        """Draw the nonces; `ShareHolder.begin` does this."""
        self.index, self._x, self._quorum, self._claims = index, x, quorum, claims
        self._seals: Mapping[int, bytes] = {}
        self._nonces = [self._nonce(claim) for claim in claims]
        of_g = Arithmetic.CAREFUL.powers(quorum.key.group.generator, list(map(int, self._nonces)))
        of_c1 = [claim.ciphertext.c1**t for claim, t in zip(claims, self._nonces, strict=True)]
        self._commitments = list(zip(of_c1, of_g, strict=True))

    def _nonce(self, claim: Claim) -> Scalar:
        """Return t, drawn from the share, the ciphertext and fresh randomness together."""
        stream = NativeTranscript("ivxv share nonce")
        stream.append("share", self._x)
        stream.append("ciphertext", encode_ciphertext(claim.ciphertext))
        stream.append("randomness", secrets.token_bytes(32))
        group = self._quorum.key.group
        return group.scalar(stream.challenge("nonce", group.order.bit_length() + NONCE_EXCESS))

    def seal(self) -> bytes:
        """Return the hash of the commitments."""
        return seal_commitments(self.index, self._commitments)

    def open(self, seals: Mapping[int, bytes]) -> Commitments:
        """Return the commitments, once the seals of all members are there; `Refused` before, and a second time."""
        if self._seals or not self._quorum.share_keys.keys() <= seals.keys():
            raise Refused(f"share {self.index}: commitments are shown once, when every member has sealed its own")
        self._seals = dict(seals)
        return self._commitments

    def respond(self, opened: Mapping[int, Commitments]) -> list[Scalar]:
        """Return z_j = t_j + k lambda_j f(j) for each claim, and forget the nonces.

        Raises ``VerificationError("ivxv.share.commitment")`` for commitments that were not sealed.
        """
        joint = check_seals(self._quorum, len(self._claims), self._seals, opened)
        if len(self._nonces) < len(self._claims):
            raise Refused(f"share {self.index}: nonces answer once")
        nonces, self._nonces = self._nonces, []
        share = self._x * self._quorum.weight(self.index)
        return [
            t + share * challenge(*pair) for t, pair in zip(nonces, zip(self._claims, joint, strict=True), strict=True)
        ]
