"""One mix server's turn: re-encrypt, permute, prove.

It is handed a `Cascade`, which has verified the board up to here, and refuses when it is not its turn. Its secrets live
in this call alone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import msgspec

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, PublicKey, Row
from evote.crypto.rows import Rows
from evote.crypto.signing import SigningKey
from evote.errors import Refused
from evote.mixnet.cascade import Cascade, shuffle_transcript
from evote.mixnet.shuffle import ShuffleWitness, shuffle_prover
from evote.record.entries import Entry, Shuffle
from evote.record.lists import lines_digest, list_digest, list_lines
from evote.record.manifest import Election
from evote.record.operator import sign_entry
from evote.record.units import Place


@dataclass(frozen=True, slots=True)
class ShuffleMessage:
    """A signed shuffle and the two lists that go beside the board."""

    entry: Entry
    lists: tuple[list[bytes], list[bytes]]


class Mixer:
    """Mix server ``index`` (from 1) of an election."""

    def __init__(
        self,
        election: Election,
        index: int,
        key: SigningKey,
        arithmetic: Arithmetic = Arithmetic.FAST,
    ) -> None:
        """Hold the signing key; ``arithmetic`` says how secret exponents are treated."""
        self._election, self._index, self._key, self._arithmetic = election, index, key, arithmetic

    @property
    def author(self) -> str:
        """The name it signs under."""
        return f"mixer {self._index}"

    def shuffle(self, cascade: Cascade, place: Place) -> ShuffleMessage:
        """Return this server's shuffle of a unit's list; `Refused` if it is not its turn."""
        if place not in cascade.places() or cascade.turn(place) != self._index:
            raise Refused(f"{self.author}: not my turn with {place}")
        key, current = cascade.key, cascade.current(place)
        if current.rows is None:
            raise Refused(f"{self.author}: the list of {place} is not there")
        after, witness = self._reencrypt(key, current.rows.decoded())
        body = Shuffle(
            contest=place.contest,
            unit=place.unit,
            input=current.digest,
            output=list_digest(after.encoded),
            vectors=bytes(32),
            proof=b"",
        )
        statement = cascade.statement(current.rows, after)
        prover = shuffle_prover(self._election.shuffle)(statement, witness, self._arithmetic)
        proof = prover.prove(shuffle_transcript(self._election, self.author, key, body))
        lines = proof.lines()
        body = msgspec.structs.replace(body, vectors=lines_digest(lines), proof=bytes(proof))
        entry = sign_entry(self._key, self._election.fingerprint, self.author, body)
        return ShuffleMessage(entry, (list(list_lines(after.encoded)), lines))

    def _reencrypt(self, key: PublicKey, before: list[Row]) -> tuple[Rows, ShuffleWitness]:
        group, n = key.group, len(before)
        g_power, y_power = map(self._arithmetic.table, (group.generator, key.y))
        permutation = list(range(n))
        secrets.SystemRandom().shuffle(permutation)
        s = [[secrets.randbelow(group.order) for _ in row] for row in before]
        # w'_j = w_pi(j) (g, y)^s_pi(j)
        after = [
            tuple(w * Ciphertext(g_power(x), y_power(x)) for w, x in zip(before[i], s[i], strict=True))
            for i in permutation
        ]
        return Rows.of(group, len(before[0]), after), ShuffleWitness(permutation, s)
