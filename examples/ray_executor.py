"""Ray as an executor: ``verify(record, executor=RayExecutor())``. Ray has none of its own.

Needs ``pip install ray`` here, and Ray and the same evote on every machine of the cluster. A task whose worker dies is
repeated three times by default; then its future raises, and there is no verdict.
"""

import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

if __name__ == "__main__":
    print("import RayExecutor from a program of yours; it needs Ray: pip install ray", file=sys.stderr)
    sys.exit(2)

import ray


class RayExecutor(Executor):
    """The Ray cluster that ``ray.init`` reached; ``address`` and the like are for ``ray.init``."""

    def __init__(self, **settings: Any) -> None:
        """Join the cluster, or start one on this machine."""
        if not ray.is_initialized():
            ray.init(**settings)
        # A lambda travels by value, so the workers need not find this file.
        self._call = ray.remote(lambda function, *arguments, **keywords: function(*arguments, **keywords))

    @property
    def num_workers(self) -> int:
        """The processors that the cluster has now."""
        return int(ray.cluster_resources().get("CPU", 0))

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> Future[Any]:
        """Return the future of one call. Cancelling it leaves the call to Ray, which finishes it in vain."""
        future: Future[Any] = self._call.remote(function, *arguments, **keywords).future()
        return future
