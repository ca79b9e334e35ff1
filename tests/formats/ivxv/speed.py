"""What it costs to check a proof file, against checking the two equations of each proof one by one.

`python -m tests.formats.ivxv.speed DIRECTORY [SAMPLE]`, where `synthetic` has written. CPU seconds of this process;
pm is one full-size ``gmpy2.powmod`` with a 3072-bit modulus in the same run.
"""

import resource
import sys
from itertools import islice
from pathlib import Path
from time import process_time

from evote.crypto.bigint import powmod
from evote.crypto.group import group
from evote.formats.ivxv.ciphertext import decode_ciphertext
from evote.formats.ivxv.generation import detect
from evote.formats.ivxv.keys import PublicKey, read_public_key
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.proof import Claim, decode_proof
from evote.formats.ivxv.proof_file import CHUNK, ProofFile, check_proofs


def power() -> float:
    """Return the seconds of one pm."""
    p = group("modp-3072").p
    start = process_time()
    for i in range(20):
        powmod(3 + i, p - 2 - i, p)
    return (process_time() - start) / 20


def one_by_one(path: Path, key: PublicKey, sample: int) -> float:
    """Return the seconds for each proof, every equation by itself."""
    with path.open("rb") as file:
        start = process_time()
        proofs = ProofFile(file)
        generation = detect(key.parameters, proofs.first.message)
        for entry in islice(proofs, sample):
            ciphertext = decode_ciphertext(key.group, decode_base64(entry.ciphertext, "ciphertext"))
            plaintext = Plaintext.claimed(generation, key.group, entry.message)
            proof = decode_proof(key.group, decode_base64(entry.proof, "proof"))
            assert all(equation.holds() for equation in Claim(key, ciphertext, plaintext).equations(proof))
        return (process_time() - start) / sample


def batched(path: Path, key: PublicKey, chunk: int) -> tuple[int, float]:
    """Return how many proofs hold, and the seconds for each."""
    with path.open("rb") as file:
        start = process_time()
        proofs = ProofFile(file)
        checked = check_proofs(key, detect(key.parameters, proofs.first.message), proofs, chunk=chunk)
        held = sum(one.refusal is None for one in checked)
        return held, (process_time() - start) / held


def main(directory: str, sample: str = "50", chunk: str = str(CHUNK)) -> None:
    """Print the figures."""
    path = Path(directory) / "proofs.json"
    key = read_public_key((Path(directory) / "pub.pem").read_bytes())
    pm = power()
    held, seconds = batched(path, key, int(chunk))
    pm = (pm + power()) / 2
    naive = one_by_one(path, key, int(sample))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{key.group.name}: {held} proofs, pm {1000 * pm:.2f} ms, peak {memory:.0f} MiB, chunk {chunk}")
    print(f"  batch {seconds * 1000:.3f} ms = {seconds / pm:.3f} pm a proof; one by one {naive * 1000:.2f} ms")
    print(f"  one by one takes {naive / seconds:.1f} times as long")


if __name__ == "__main__":
    main(*sys.argv[1:])
