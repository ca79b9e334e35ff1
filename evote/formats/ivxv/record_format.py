"""IVXV as it is registered: ``ivxv`` tells the generation from key and proofs, ``ivxv-g2`` and so on force one."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from evote.formats.ivxv.audit import audit
from evote.formats.ivxv.evidence import ROLES
from evote.formats.ivxv.generation import Generation
from evote.record.report import Report


class IvxvFormat:
    """The registered format ``ivxv``; with a ``generation``, one of those that force it."""

    brings: Mapping[str, str] = {}
    takes: Mapping[str, str] = ROLES

    def __init__(self, generation: Generation | None = None) -> None:
        """Take the generation from key and proofs unless it is given."""
        self._generation = generation

    def verify(
        self, path: Path, brought: Mapping[str, Path], *, executor: Executor | None = None, seed: bytes | None = None
    ) -> Report:
        """Return the report on the files in a directory; those brought go before those found there."""
        return self._audit(path, brought, executor, seed)

    def verify_files(
        self, brought: Mapping[str, Path], *, executor: Executor | None = None, seed: bytes | None = None
    ) -> Report:
        """Return the report on the files brought."""
        return self._audit(None, brought, executor, seed)

    def _audit(
        self, path: Path | None, brought: Mapping[str, Path], executor: Executor | None, seed: bytes | None
    ) -> Report:
        return audit(path, brought, generation=self._generation, executor=executor, seed=seed)


ivxv_g1, ivxv_g1_padded, ivxv_g2, ivxv_g3 = (partial(IvxvFormat, generation) for generation in Generation)
