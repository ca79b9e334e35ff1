"""What the verifiers say of a mutant, and whether that is what they should say."""

from __future__ import annotations

import importlib
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from evote.verify import verify
from tests.mutants.mutant import Mutant

ACCEPTED, FALSE, ABSENT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier, with the name of the check that failed first, and the reference verifier make of a mutant.

    ``status`` is -1 if the verifier crashed; ``reference`` is an exit status, too, or what went wrong there.
    """

    mutant: str
    honest: str
    status: int
    check: str
    detail: str
    reference: int | str

    @property
    def problems(self) -> list[str]:
        """What is wrong with the verifiers, in words; nothing, as a rule."""
        right = (ACCEPTED,) if self.honest else (FALSE, ABSENT)
        found = []
        if self.status not in right:
            found.append("crashed" if self.status < 0 else "refused, though honest" if self.honest else "ACCEPTED")
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
    status, check, detail = _ours(path)
    return Verdict(mutant.name, mutant.honest, status, check, detail, _reference(path))


def _ours(path: Path) -> tuple[int, str, str]:
    try:
        report = verify(path)
    except Exception:
        return -1, "", traceback.format_exc()
    if not report.failures:
        return report.status, "", ""
    first = min(report.failures, key=lambda finding: finding.absent)
    return report.status, first.check, first.error


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
