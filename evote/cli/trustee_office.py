"""A trustee at work: its secret file, what it remembers, and the board it has just checked.

What a trustee must remember is in its secret file before its message is anywhere. It never says two different things
in one turn, serves one election only, and refuses a board that does not continue the one it saw last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import SupportsBytes

import msgspec

from evote.cli.board import index_in
from evote.cli.secret_file import RoleSecret, SecretFile, TrusteeMemory
from evote.errors import Refused, VerificationError
from evote.procedure.machine import Procedure
from evote.record.merkle import MerkleLog
from evote.tally.trustee import Trustee, TrusteeState


class TrusteeOffice:
    """The common part; each procedure that trustees take part in adds its messages."""

    def __init__(self, file: SecretFile, procedure: Procedure) -> None:
        """Open the secret file; `Refused` or `VerificationError` if it does not go with this board."""
        self._file, self.procedure = file, procedure
        self._secret = file.read(RoleSecret)
        election, self.key = procedure.election, self._secret.key
        nothing = TrusteeMemory(
            election=election.fingerprint, size=0, root=MerkleLog().root(), state=TrusteeState(), said={}
        )
        self._memory = self._secret.memory or nothing
        self._check_continues()
        index = index_in(election.trustees, self.key.public_key, "trustee")
        self.trustee = Trustee(election, index, self.key, self._memory.state)

    def _check_continues(self) -> None:
        seen = self._memory
        if seen.election != self.procedure.election.fingerprint:
            raise Refused(f"{self._file.path} serves another election; make a new key for each")
        if not self.procedure.log.continues(seen.size, seen.root):
            raise VerificationError("board.consistency", f"this is not the board that had {seen.size} entries before")

    def turns(self, kind: str) -> list[str]:
        """Return the turns that begin with ``kind`` and in which something has been said."""
        return [turn for turn in self._memory.said if turn.startswith(kind)]

    def once(self, turn: str, make: Callable[[], SupportsBytes]) -> bytes:
        """Return what this trustee says in a turn; once made, it stays the same."""
        if turn not in self._memory.said:
            self.remember({turn: bytes(make())})
        return self._memory.said[turn]

    def remember(self, said: dict[str, bytes] | None = None) -> None:
        """Put the trustee's state, the board as it is, and what is about to be said into the secret file."""
        log = self.procedure.log
        self._memory = msgspec.structs.replace(
            self._memory,
            size=log.size,
            root=log.root(),
            state=self.trustee.state,
            said={**self._memory.said, **(said or {})},
        )
        self._file.replace(msgspec.structs.replace(self._secret, memory=self._memory))
