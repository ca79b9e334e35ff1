"""What the verifiers say of a mutant, and whether that is what they should say."""

from __future__ import annotations

import importlib
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from evote.verify import verify
from tests.mutants.mutant import ABSENT, ACCEPTED, FALSE, Mutant


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier and the reference verifier make of a mutant.

    ``status`` is -1 if the verifier crashed; ``check`` is the one that failed first, ``checks`` all that did.
    ``reference`` is an exit status, too, or what went wrong there, or "" if it was not asked.
    """

    mutant: str
    honest: str
    right: frozenset[int]
    sealed: bool
    status: int
    checks: tuple[str, ...]
    detail: str
    reference: int | str

    @property
    def check(self) -> str:
        """The check that caught the mutant, if one did; where several failed, one that is not the hash tree's."""
        deeper = [check for check in self.checks if not check.startswith("board.")]
        return next(iter((*deeper, *self.checks)), "")

    @property
    def problems(self) -> list[str]:
        """What is wrong with the verifiers, in words; nothing, as a rule."""
        found = []
        if self.status not in self.right:
            said = {-1: "crashed", ACCEPTED: "ACCEPTED", FALSE: "refused", ABSENT: "said to be absent"}[self.status]
            found.append(f"{said}, though honest: {self.honest}" if self.honest else said)
        if self.sealed and self.check.startswith("board."):
            found.append("caught by the hash tree alone")
        if self.reference not in ("", self.status):
            found.append(f"the reference verifier says {self.reference}, not {self.status}")
        return found


def reference_verifier() -> ModuleType | None:
    """Return the naive verifier's module if it is there."""
    try:
        return importlib.import_module("tests.reference.verifier")
    except ModuleNotFoundError:
        return None


def judge(mutant: Mutant, path: Path) -> Verdict:
    """Return both verdicts on the mutant at ``path``."""
    status, checks, detail = _ours(path)
    return Verdict(mutant.name, mutant.honest, mutant.right, mutant.sealed, status, checks, detail, _reference(path))


def _ours(path: Path) -> tuple[int, tuple[str, ...], str]:
    try:
        report = verify(path)
    except Exception:
        return -1, (), traceback.format_exc()
    failures = sorted(report.failures, key=lambda finding: finding.absent)
    return report.status, tuple(f.check for f in failures), "; ".join(f.error for f in failures)


def _reference(path: Path) -> int | str:
    module = reference_verifier()
    if module is None:
        return ""
    try:
        module.verify(path)
    except module.Refuted:
        return FALSE
    except module.Absent:
        return ABSENT
    except Exception:
        return traceback.format_exc()
    return ACCEPTED
