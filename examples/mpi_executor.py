"""Verify a record with the processes of an MPI job: ``mpiexec -n 5 python -m mpi4py.futures mpi_executor.py RECORD``.

Needs ``pip install mpi4py`` and an MPI library; `MPIPoolExecutor` is an executor as it is. Rank 0 verifies, the others
work for it. When a rank dies, MPI ends the whole job, with a status of mpiexec's own that is no verdict: believe the
line that this program prints, and without it nothing.
"""

import sys
from pathlib import Path

try:
    from mpi4py.futures import MPIPoolExecutor
except ModuleNotFoundError:
    print("this needs MPI: pip install mpi4py, and an MPI library", file=sys.stderr)
    sys.exit(2)

from evote.verify import verify

if __name__ == "__main__":
    if not sys.argv[1:]:
        print("usage: mpiexec -n 5 python -m mpi4py.futures mpi_executor.py RECORD", file=sys.stderr)
        sys.exit(2)
    with MPIPoolExecutor() as executor:
        print(f"{executor.num_workers} workers")
        report = verify(Path(sys.argv[1]), executor=executor)
    print(f"verdict: {report.status}")
    for failure in report.failures:
        print(f"{'ABSENT' if failure.absent else 'FALSE'} {failure.check}: {failure.error}")
    sys.exit(report.status)
