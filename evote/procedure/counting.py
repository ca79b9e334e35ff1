"""From the closed box to the results: which list each road leads to, who must act on it, what the outcome is.

Both roads end in one list of ciphertexts for each unit, and from there they are the same code.
"""

from __future__ import annotations

from collections.abc import Iterator

from evote.ballot.box import BallotBox, ClosedBox
from evote.crypto.elgamal import PublicKey, Row
from evote.crypto.rows import Rows
from evote.errors import EvidenceMissing
from evote.methods.method import Figures
from evote.mixnet.cascade import Cascade
from evote.procedure.petitions import Petitions
from evote.questions.question import Route
from evote.record.audit import Audit
from evote.record.entries import Aggregate, AnyBody, DecryptionShare, Result, Shuffle
from evote.record.lists import Source, list_digest
from evote.record.manifest import Contest, Election
from evote.record.units import Place, Unit
from evote.tally.aggregate import aggregate, mixed_rows
from evote.tally.ceremony import Ceremony
from evote.tally.count import count_unit, figures, result
from evote.tally.decryption import Decryption


class Counting:
    """The state after closing. ``pending`` says what is still due, in the order in which it can be done."""

    def __init__(
        self,
        election: Election,
        key: PublicKey,
        ceremony: Ceremony,
        box: BallotBox,
        source: Source,
        audit: Audit,
        root: bytes,
        petitions: Petitions,
    ) -> None:
        """Sort the kept ballots into units; open the lists of the mix road, multiply those of the other.

        ``root`` is the root of the board when the box closed.
        """
        self._election, self._audit, self._source, self._root = election, audit, source, root
        self.key, self._petitions, self._ballots = key, petitions, box
        self.box = ClosedBox(election, box, source)
        self.cascade = Cascade(election, key, audit)
        self.decryption = Decryption(election, key, ceremony.share_keys, audit)
        self.aggregates: dict[Place, Row] = {}
        self.results: dict[str, Result] = {}
        self.figures: dict[str, Figures] = {}
        for contest in election.contests:
            match contest.question.route:
                case Route.MIX:
                    self._mix(contest)
                case Route.AGGREGATE:
                    self._sum(contest)

    def _mix(self, contest: Contest) -> None:
        rows: dict[Unit, list[bytes]] = {unit: [] for unit in self.box.opened(contest)}
        for unit, row in mixed_rows(self.key.group, contest.question, self.box.answers(contest), self._audit.executor):
            rows[unit].append(row)
        for unit, encoded in rows.items():
            self.cascade.open(Place(contest.id, unit.name), encoded, contest.question.columns)

    def _sum(self, contest: Contest) -> None:
        totals = aggregate(self.key.group, self.box.answers(contest), self._audit.executor)
        for unit, row in totals.items():
            self.aggregates[Place(contest.id, unit.name)] = row

    def admit(self, author: str, body: Aggregate | Shuffle | DecryptionShare | Result, subject: str) -> None:
        """Admit the entry that comes next; raise `VerificationError` if it should not be there."""
        match body:
            case Aggregate():
                self._admit_aggregate(body, subject)
            case Shuffle():
                self._admit_shuffle(author, body, subject)
            case DecryptionShare():
                self._admit_share(author, body, subject)
            case Result():
                self._admit_result(body, subject)

    def _admit_aggregate(self, body: Aggregate, subject: str) -> None:
        """Compare an aggregate with our own; it becomes the unit's list to decrypt."""
        place = Place(body.contest, body.unit)
        due = place in self.aggregates and place not in self.decryption.places()
        self._audit.require(due, "tally.unit", subject)
        row = self.aggregates[place]
        self._audit.require(body.ciphertexts == tuple(map(bytes, row)), "tally.aggregate", subject)
        rows = Rows.of(self.key.group, len(row), [row])
        self.decryption.open(place, rows, list_digest(rows.encoded))

    def _admit_shuffle(self, author: str, body: Shuffle, subject: str) -> None:
        """Verify a shuffle; the last one's output becomes the unit's list to decrypt."""
        self.cascade.admit(author, body, self._source, subject)
        place = Place(body.contest, body.unit)
        if self.cascade.turn(place) is None:
            self.decryption.open(place, *self.cascade.output(place))

    def _admit_share(self, author: str, body: DecryptionShare, subject: str) -> None:
        """Verify a trustee's partial decryption of a unit's list."""
        place = Place(body.contest, body.unit)
        if self._unknown(place):
            self._audit.require(body.input == self.cascade.current(place).digest, "decryption.list", subject)
            raise EvidenceMissing(f"{subject}: the list that it decrypts is not there")
        self.decryption.admit(author, body, self._source, subject)

    def _unknown(self, place: Place) -> bool:
        """Tell whether a unit's list is fully mixed, but not there."""
        return place in self.cascade.places() and self.cascade.turn(place) is None and self.cascade.unknown(place)

    def pass_over(self, author: str, body: AnyBody) -> None:
        """Go on after an entry whose evidence is missing, so that what follows it can still be found false."""
        match body:
            case Shuffle():
                self.cascade.pass_over(body)
            case DecryptionShare():
                self.decryption.pass_over(author, body)

    def outcome(self, contest: Contest) -> Result:
        """Return the result that the shares on the board determine, and note its figures.

        `EvidenceMissing` if there are too few shares.
        """
        if contest.question.route is Route.THRESHOLD:
            return self._petitions.result(contest, self._ballots)
        places = {unit: Place(contest.id, unit.name) for unit in self.box.opened(contest)}
        for place in places.values():
            if place not in self.decryption.places():
                raise EvidenceMissing(f"the list of {place} is not there yet")
        bound = contest.question.bound if contest.question.route is Route.MIX else 0
        plaintexts = {unit: self.decryption.plaintexts(place, bound) for unit, place in places.items()}
        counted = [count_unit(contest, unit, messages) for unit, messages in plaintexts.items()]
        self.figures[contest.id] = found = figures(contest, counted, self._root, self._ballots.weight_of(contest))
        return result(contest, counted, self.box.withheld(contest), found)

    def ready(self, contest: Contest) -> bool:
        """Tell whether all that a contest's result builds on is on the board."""
        return not any(self._due(contest))

    def _admit_result(self, body: Result, subject: str) -> None:
        """Compare a result with the one we compute."""
        due = {c.id: c for c in self._election.contests if c.id not in self.results}
        self._audit.require(body.contest in due, "result.contest", subject)
        self._audit.require(self.ready(due[body.contest]), "entry.order", subject)
        expected = self.outcome(due[body.contest])
        self._audit.hold("result.sums", len(expected.units))
        self._audit.require(body == expected, "result.count", subject)
        self.results[body.contest] = body

    def pending(self) -> Iterator[tuple[str, str]]:
        """Yield who (``operator``, ``mixer 1``, ``trustees``) must still do what, in the order of the contests."""
        for contest in self._election.contests:
            yield from self._due(contest)
            if contest.id not in self.results:
                yield "operator", f"the result of contest {contest.id}"

    def _due(self, contest: Contest) -> Iterator[tuple[str, str]]:
        if contest.question.route is Route.THRESHOLD:
            yield from self._petitions.pending(contest, self._ballots)
            return
        for unit in self.box.opened(contest):
            yield from self._pending(Place(contest.id, unit.name))

    def _pending(self, place: Place) -> Iterator[tuple[str, str]]:
        if place in self.aggregates and place not in self.decryption.places():
            yield "operator", f"the aggregate of {place}"
        if place in self.cascade.places():
            done = self.cascade.turn(place) or len(self._election.mixers) + 1
            for mixer in range(done, len(self._election.mixers) + 1):
                yield f"mixer {mixer}", f"the shuffle of {place}"
        wanted = self._election.threshold - self.decryption.posted(place)
        if wanted > 0 and not self._unknown(place):
            yield "trustees", f"{wanted} more decryption shares of {place}"
