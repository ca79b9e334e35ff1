"""What can go wrong, in three words: malformed, false, absent.

Caller mistakes stay ``ValueError`` and ``TypeError``. Everything that bytes from outside can cause is
an `EvoteError`, so a program that reads a stranger's record needs one ``except``.
"""


class EvoteError(Exception):
    """The root of every error that input from outside can cause."""


class DecodeError(EvoteError):
    """Bytes are not the canonical encoding of anything."""


class VerificationError(EvoteError):
    """A well-formed claim is false.

    ``check`` is the name that ``docs/checks.md`` explains; ``subject`` says whose claim it was.
    """

    def __init__(self, check: str, subject: str = "") -> None:
        """Name the failed check and the party, list or entry that it concerns."""
        super().__init__(check, subject)
        self.check = check
        self.subject = subject

    def __str__(self) -> str:
        """Return one sentence for people."""
        return f"{self.check}: {self.subject}" if self.subject else self.check


class EvidenceMissing(EvoteError):
    """Something that the verdict needs is absent or unreadable."""


class Refused(EvoteError):
    """A party declines to act, because the rules do not determine what is asked of it."""
