"""What a verifier says at the end: which named checks held how often, which did not and why.

A `Report` is truthy only if checks were run and every one of them held. The exit status is the verdict: 0 every check
held, 1 something present is false, malformed or inconsistent, 2 something needed is absent or unreadable. What is false
outweighs what is absent, so nobody hides a falsehood by taking something else away; only what rests on the thing taken
away can no longer be judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.parallel import WorkerLost
from evote.record.audit import Audit


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that was reached: how often it held, or why it did not."""

    check: str
    held: int
    error: str = ""
    absent: bool = False


@dataclass(slots=True)
class Report:
    """The verdict, and everything it rests on. ``checks`` says what each check shows, in the order of the report."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    scope: list[str] = field(default_factory=list)
    checks: Mapping[str, str] = field(default_factory=dict)
    seed: bytes = b""

    def __bool__(self) -> bool:
        """Tell whether checks were run and every one of them held."""
        return self.status == 0

    @property
    def status(self) -> int:
        """The exit status: 0 all held, 1 something is false, 2 something is absent."""
        if any(finding.error and not finding.absent for finding in self.findings):
            return 1
        absent = any(finding.absent for finding in self.findings)
        return 2 if absent or not any(finding.held for finding in self.findings) else 0

    @property
    def failures(self) -> list[Finding]:
        """The findings that speak against the record."""
        return [finding for finding in self.findings if finding.error]


class Steps:
    """A run through a record, step by step: what one step finds wrong does not keep the next from being taken.

    ``complete`` is the check that fails if something is absent.
    """

    def __init__(self, audit: Audit, complete: str) -> None:
        """Start with nothing wrong."""
        self._audit, self._complete = audit, complete
        self._failures: list[Finding] = []

    @contextmanager
    def step(self, check: str) -> Iterator[None]:
        """Turn what goes wrong within into findings; ``check`` names what has no name of its own."""
        try:
            yield
        except VerificationError as error:
            self._failures.append(Finding(error.check, self._audit.held[error.check], error.subject or error.check))
        except DecodeError as error:
            self._failures.append(Finding(check, self._audit.held[check], str(error)))
        except (EvidenceMissing, WorkerLost) as error:
            self._failures.append(Finding(self._complete, 0, str(error), absent=True))

    @property
    def clean(self) -> bool:
        """Whether nothing has been found wrong so far."""
        return not self._failures

    def findings(self, checks: Mapping[str, str]) -> list[Finding]:
        """Return what held, in the order of ``checks``, then what did not."""
        failed = {finding.check for finding in self._failures}
        held = self._audit.held
        return [Finding(c, held[c]) for c in checks if held[c] and c not in failed] + self._failures
