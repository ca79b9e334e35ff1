"""A trustee's part in the tests of petitions, as its office does it: shares, what is pooled, the proof.

Whoever gets what t - 1 others pool learns the count, so a trustee pools for one other trustee. If that one is lost, the
test must still come to an end: ``instead`` lets another one learn the count, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from evote.cli.messages import SUFFIX, check_there
from evote.cli.secret_file import SecretFile
from evote.cli.trustee_office import TrusteeOffice
from evote.errors import DecodeError, Refused
from evote.formats.native.reader import read_lines
from evote.procedure.machine import Procedure
from evote.record.entries import Entry, decode_entry
from evote.tally.petition import PetitionTest
from evote.tally.petition_trustee import PetitionTrustee, Pooled, decode_pooled


class PetitionOffice(TrusteeOffice):
    """A trustee's messages about all tests that are under way."""

    def __init__(self, file: SecretFile, procedure: Procedure) -> None:
        """See `TrusteeOffice`."""
        super().__init__(file, procedure)
        self._at_test = PetitionTrustee(procedure.election, self.trustee, self.key)
        self._tests = procedure.petitions.tests

    def shares(self, out: Path) -> dict[Path, Entry]:
        """Return the share of each test that lacks ours, by where it goes; `Refused` if there is none."""
        due = [test for test in self._tests.under_way() if self.trustee.index not in test.shares]
        if not due:
            raise Refused(f"{self.trustee.author}: no share of a test is due from me now")
        return {self._path(out, "test", test): self._share(test) for test in due}

    def _share(self, test: PetitionTest) -> Entry:
        return decode_entry(self.once(_turn("share", test), lambda: self._at_test.share(self._tests, *test.at)))

    def pooled(self, receiver: int, *, instead: bool) -> list[bytes]:
        """Return what we hand one other trustee, a line for each test that has shares enough; `Refused` if none has."""
        lines, reasons = list[bytes](), list[Refused]()
        for test in self._tests.under_way():
            try:
                lines.append(self._pool(test, receiver, instead))
            except Refused as reason:
                reasons.append(reason)
        if not lines:
            raise reasons[0] if reasons else Refused(f"{self.trustee.author}: no test is under way")
        return lines

    def _pool(self, test: PetitionTest, receiver: int, instead: bool) -> bytes:  # noqa: FBT001 - an option's value
        turn = _turn("pool", test)
        told = {int(said.removeprefix(f"{turn} for ")) for said in self.turns(turn)}
        if told - {receiver} and not instead:
            raise Refused(
                f"{self.trustee.author}: trustee {min(told - {receiver})} has what opens the count of {test.name}; "
                f"--instead lets trustee {receiver} see it, too"
            )
        return self.once(f"{turn} for {receiver}", lambda: self._at_test.pool(self._tests, *test.at, receiver))

    def proofs(self, files: Sequence[Path], out: Path) -> dict[Path, Entry]:
        """Return the proof of each test that others have pooled for, by where it goes; `Refused` if there is none."""
        pooled = [message for file in files for message in _read(file)]
        found = {
            self._path(out, "proof", test): self._proof(test, pooled)
            for test in self._tests.under_way()
            if self._pooled_for(test, pooled) or self.procedure.election.threshold == 1
        }
        if not found and self._tests.under_way() and not files:
            raise Refused(
                f"{self.trustee.author}: a proof needs what others hand over; see evote trustee pool and --with"
            )
        if not found:
            raise Refused(f"{self.trustee.author}: nothing here is for a test that is under way")
        return found

    def _proof(self, test: PetitionTest, pooled: Sequence[Pooled]) -> Entry:
        ours = self._pooled_for(test, pooled)
        made = self.once(_turn("proof", test), lambda: self._at_test.prove(self._tests, *test.at, ours))
        return decode_entry(made)

    def _pooled_for(self, test: PetitionTest, pooled: Sequence[Pooled]) -> list[Pooled]:
        return [message for message in pooled if (message.contest, message.time) == test.at]

    def _path(self, out: Path, what: str, test: PetitionTest) -> Path:
        times = self.procedure.election.contest(test.body.contest).question.times
        number = times.index(test.body.time) + 1
        return out / f"trustee-{self.trustee.index}-{test.body.contest}.{what}-{number}{SUFFIX}"


def _turn(what: str, test: PetitionTest) -> str:
    return f"{what} of test {test.digest.hex()}"


def _read(path: Path) -> Iterator[Pooled]:
    """Yield what a file from another trustee holds; `DecodeError` if it is anything else."""
    check_there(path)
    with path.open("rb") as file:
        for line in read_lines(file, str(path)):
            yield _pooled(path, line)


def _pooled(path: Path, line: bytes) -> Pooled:
    try:
        return decode_pooled(line)
    except DecodeError as error:
        raise DecodeError(f"{path}: {error}") from None
