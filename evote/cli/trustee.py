"""``evote trustee``: the key ceremony and the decryption, one message at a time.

What a trustee must remember is in its secret file before its message is anywhere. It never says two different things
in one round, serves one election only, and refuses a board that does not continue the one it saw last.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from evote.cli import secret_file
from evote.cli.board import counting_of, file_names, index_in, verified_board
from evote.cli.messages import SUFFIX, own_message, write_message
from evote.cli.options import (
    ALL_PROCESSORS,
    Expect,
    Jobs,
    OutDirectory,
    OutFile,
    PassphraseFile,
    RecordPath,
    SecretPath,
    examples,
    noun,
)
from evote.cli.secret_file import RoleSecret, SecretFile, TrusteeMemory
from evote.errors import Refused, VerificationError
from evote.procedure.machine import Procedure
from evote.record.entries import DecryptionShare, Entry, decode_entry
from evote.record.merkle import MerkleLog
from evote.record.units import Place
from evote.tally.decryption import Decryption
from evote.tally.trustee import ShareMessage, Trustee, TrusteeState

app = noun("Take part in the key ceremony; decrypt what the rules determine, and nothing else.")


@app.command(epilog=examples("evote trustee act record --secret trustee-1.secret --out round.msg"))
def act(
    record: RecordPath,
    secret: SecretPath,
    out: OutFile,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make this trustee's message in the round of the key ceremony that is under way.

    There are four rounds; in each, every trustee acts once and the operator posts the messages.
    """
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        write_message(out, _Office(file, procedure).ceremony_message())


@app.command(epilog=examples("evote trustee decrypt record --secret trustee-1.secret --out shares/"))
def decrypt(
    record: RecordPath,
    secret: SecretPath,
    out: OutDirectory,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    jobs: Jobs = ALL_PROCESSORS,
) -> None:
    """Make this trustee's decryption shares of all lists that are due, one message for each."""
    file = secret_file.existing(secret, passphrase_file)
    with verified_board(record, expect, jobs) as procedure:
        messages = _Office(file, procedure).decryption_messages(out)
        for path, message in messages.items():
            write_message(path, message.entry, [message.lines])


class _Office:
    """A trustee at work: its secret file, what it remembers, and the board it has just checked."""

    def __init__(self, file: SecretFile, procedure: Procedure) -> None:
        self._file, self._procedure = file, procedure
        self._secret = file.read(RoleSecret)
        election, key = procedure.election, self._secret.key
        nothing = TrusteeMemory(
            election=election.fingerprint, size=0, root=MerkleLog().root(), state=TrusteeState(), said={}
        )
        self._memory = self._secret.memory or nothing
        self._check_continues()
        index = index_in(election.trustees, key.public_key, "trustee")
        self._trustee = Trustee(election, index, key, self._memory.state)

    def _check_continues(self) -> None:
        seen = self._memory
        if seen.election != self._procedure.election.fingerprint:
            raise Refused(f"{self._file.path} serves another election; make a new key for each")
        if not self._procedure.log.continues(seen.size, seen.root):
            raise VerificationError("board.consistency", f"this is not the board that had {seen.size} entries before")

    def ceremony_message(self) -> Entry:
        """Return the message that is due; once made, it stays the same."""
        attempt = self._procedure.ceremony.attempt
        turn = f"attempt {attempt.number}, round {attempt.round}"
        said = dict(self._memory.said)
        if turn not in said:
            said[turn] = bytes(self._trustee.next_message(self._procedure.ceremony))
            self._remember(said)
        return decode_entry(said[turn])

    def decryption_messages(self, out: Path) -> dict[Path, ShareMessage]:
        """Return a message for each list that is due and has none in ``out`` yet; `Refused` if no list is due."""
        decryption = counting_of(self._procedure).decryption
        names = file_names(self._procedure)
        due = [place for place in decryption.places() if self._is_due(decryption, place)]
        if not due:
            raise Refused(f"{self._trustee.author}: no decryption is due from me now")
        out.mkdir(exist_ok=True)
        paths = {place: out / f"trustee-{self._trustee.index}-{names[place]}{SUFFIX}" for place in due}
        messages = {
            path: self._trustee.decrypt(decryption, place)
            for place, path in paths.items()
            if not own_message(path, self._trustee.author, DecryptionShare, decryption.list_of(place).digest)
        }
        self._remember(self._memory.said)
        return messages

    def _is_due(self, decryption: Decryption, place: Place) -> bool:
        shares = decryption.list_of(place).shares
        return self._trustee.index not in shares and len(shares) < self._procedure.election.threshold

    def _remember(self, said: dict[str, bytes]) -> None:
        log = self._procedure.log
        memory = msgspec.structs.replace(
            self._memory, size=log.size, root=log.root(), state=self._trustee.state, said=said
        )
        self._file.replace(msgspec.structs.replace(self._secret, memory=memory))
