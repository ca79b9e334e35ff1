"""One mix server's turn: re-encrypt, permute, prove.

It is handed a `Cascade`, which has verified the board up to here, and refuses when it is not its turn. Its secrets live
in this call alone, or come from a `PreparedShuffle` that serves once.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.rows import Rows
from evote.crypto.signing import SigningKey
from evote.crypto.vector import Vector
from evote.errors import Refused
from evote.mixnet.cascade import Cascade, shuffle_transcript
from evote.mixnet.columns import multiplied
from evote.mixnet.offline import Ahead, PreparedShuffle, Purpose, prepare
from evote.mixnet.shuffle import shuffle_proof, shuffle_prover
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
        executor: Executor | None = None,
    ) -> None:
        """Hold the signing key.

        ``arithmetic`` says how secret exponents are treated. The workers of an ``executor`` see the secrets of a
        shuffle; CAREFUL keeps them in this process and does without.
        """
        self._election, self._index, self._key, self._arithmetic = election, index, key, arithmetic
        self._executor = executor if arithmetic is Arithmetic.FAST else None

    @property
    def author(self) -> str:
        """The name it signs under."""
        return f"mixer {self._index}"

    def prepare(self, key: PublicKey, contest: str, unit: str | None, width: int, h: Vector) -> PreparedShuffle:
        """Return what can be made of one shuffle before its list exists; it will have len(h) rows of ``width``.

        Without a unit it serves the list of any, of len(h) rows or some fewer. ``h`` are the independent generators,
        see `Generators` and `Cascade.generators`. Raises what `purpose` does.
        """
        transcript = shuffle_transcript(self._election, self.author, key)
        purpose = self.purpose(key, contest, unit, len(h), width)
        return prepare(purpose, key, h, transcript, self._arithmetic, self._executor)

    def purpose(self, key: PublicKey, contest: str, unit: str | None, rows: int, width: int) -> Purpose:
        """Return what a shuffle of a unit's list, or of any unit's, is prepared for.

        `Refused` if the election's proof of shuffle cannot be prepared without the unit.
        """
        if unit is None and shuffle_proof(self._election.shuffle).spare == 1:
            raise Refused(f"for {self._election.shuffle} nothing is prepared before the ballot box is closed")
        return Purpose(
            election=self._election.fingerprint,
            author=self.author,
            contest=contest,
            unit=unit,
            key=bytes(key.y),
            proof=self._election.shuffle,
            rows=rows,
            width=width,
        )

    def purpose_of(self, cascade: Cascade, place: Place) -> Purpose:
        """Return what the next shuffle of a unit's list is prepared for; `Refused` if the list is not there."""
        width = cascade.current(place).width
        return self.purpose(cascade.key, place.contest, place.unit, len(self._rows(cascade, place)), width)

    def shuffle(self, cascade: Cascade, place: Place, prepared: PreparedShuffle | None = None) -> ShuffleMessage:
        """Return this server's shuffle of a unit's list.

        `Refused` if it is not its turn, or if what was prepared is for another list or has been used, be it by a copy
        whose shuffle is on the board.
        """
        if place not in cascade.places() or cascade.turn(place) != self._index:
            raise Refused(f"{self.author}: not my turn with {place}")
        key, current, before = cascade.key, cascade.current(place), self._rows(cascade, place)
        if prepared is None:
            prepared = self.prepare(key, place.contest, place.unit, current.width, cascade.generators(len(before)))
        ahead = prepared.take(self.purpose_of(cascade, place))
        after = self._reencrypted(before, ahead)
        statement = cascade.statement(place, before, after, prepared.purpose.rows)
        prover_class = shuffle_prover(self._election.shuffle)
        prover = prover_class(statement, ahead.witness, self._arithmetic, self._executor, ahead.proof)
        proof = prover.prove(shuffle_transcript(self._election, self.author, key))
        if cascade.served(proof):
            raise Refused(f"{self.author}: what was prepared has served: its commitment is on the board")
        lines = proof.lines()
        body = Shuffle(
            contest=place.contest,
            unit=place.unit,
            input=current.digest,
            output=list_digest(after.encoded),
            vectors=lines_digest(lines),
            proof=bytes(proof),
        )
        entry = sign_entry(self._key, self._election.fingerprint, self.author, body)
        return ShuffleMessage(entry, (list(list_lines(after.encoded)), lines))

    def _rows(self, cascade: Cascade, place: Place) -> Rows:
        rows = cascade.current(place).rows
        if rows is None:
            raise Refused(f"{self.author}: the list of {place} is not there")
        return rows

    def _reencrypted(self, before: Rows, ahead: Ahead) -> Rows:
        # w'_j = w_pi(j) (g, y)^s_pi(j)
        permuted = Rows(before.group, before.width, [before.encoded[i] for i in ahead.witness.permutation])
        halves = zip(ahead.factors, (*permuted.c1, *permuted.c2), strict=True)
        columns = [multiplied(factors, half, self._executor) for factors, half in halves]
        blocks = [map(Ciphertext, *pair) for pair in zip(columns[: before.width], columns[before.width :], strict=True)]
        return Rows.of(before.group, before.width, list(zip(*blocks, strict=True)))
