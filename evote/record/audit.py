"""What a verifier brings along: the seed of its batch weights, its workers, and a count of what held."""

import hashlib
import os
from collections import Counter
from concurrent.futures import Executor

from evote.crypto.batch import Batch
from evote.errors import VerificationError

SEED_SIZE = 32


class Audit:
    """One party's run through a board. A check that fails raises; it is never counted and never passed over.

    The seed is drawn afresh unless given, and a run with a given seed is a reproduction, not a verification: whoever
    knew the seed could have made a false record for it.
    """

    def __init__(self, *, seed: bytes | None = None, executor: Executor | None = None) -> None:
        """Start with nothing shown."""
        self.seed = os.urandom(SEED_SIZE) if seed is None else seed
        self.reproduction = seed is not None
        self.executor = executor
        self.held: Counter[str] = Counter()

    def require(self, condition: bool, check: str, subject: str) -> None:  # noqa: FBT001
        """Count the check if ``condition`` is true; raise `VerificationError` if it is not."""
        if not condition:
            raise VerificationError(check, subject)
        self.held[check] += 1

    def hold(self, check: str, count: int = 1) -> None:
        """Count a check that raised nothing, made ``count`` times."""
        self.held[check] += count

    def batch(self, *labels: object) -> Batch:
        """Return an empty batch with weights of its own."""
        return Batch(self.subseed(*labels))

    def subseed(self, *labels: object) -> bytes:
        """Return a seed for one use, named by ``labels``."""
        return hashlib.shake_256(self.seed + repr(labels).encode()).digest(SEED_SIZE)
