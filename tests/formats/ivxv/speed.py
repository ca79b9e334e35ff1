"""What it costs to check a proof file, against checking the two equations of each proof one by one.

`python -m tests.formats.ivxv.speed DIRECTORY`, where `synthetic` has written. CPU seconds of this process;
pm is one full-size ``gmpy2.powmod`` with a 3072-bit modulus in the same run.
"""

import resource
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from time import process_time

from evote.crypto.bigint import powmod
from evote.formats.ivxv.ciphertext import decode_ciphertext
from evote.formats.ivxv.generation import Generation, detect
from evote.formats.ivxv.keys import PublicKey, read_public_key
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.proof import Claim, decode_proof
from evote.formats.ivxv.proof_file import CHUNK, Entry, ProofFile, check_proofs
from tests.crypto.samples import modp

MODP = modp("modp-3072")


def power() -> float:
    """Return the seconds of one pm."""
    start = process_time()
    for i in range(8):
        powmod(3 + i, MODP.p - 2 - i, MODP.p)
    return (process_time() - start) / 8


def hold(key: PublicKey, generation: Generation, entries: Iterable[Entry]) -> None:
    """Check entries as one would without batches: parse, then every equation by itself."""
    for entry in entries:
        ciphertext = decode_ciphertext(key.group, decode_base64(entry.ciphertext, "ciphertext"))
        plaintext = Plaintext.claimed(generation, key.group, entry.message)
        proof = decode_proof(key.group, decode_base64(entry.proof, "proof"))
        assert all(equation.holds() for equation in Claim(key, ciphertext, plaintext).equations(proof))


def main(directory: str, chunk: str = str(CHUNK), sample: str = "25") -> None:
    """Print the figures. The machine's speed varies, so the three are measured in turn, chunk by chunk."""
    key = read_public_key((Path(directory) / "pub.pem").read_bytes())
    batch, single, pm, held, singles = 0.0, 0.0, [], 0, 0
    with (Path(directory) / "proofs.json").open("rb") as file:
        start = process_time()
        proofs = ProofFile(file)
        assert proofs.first is not None
        generation = detect(key.parameters, proofs.first.message)
        entries = iter(proofs)
        while some := list(islice(entries, int(chunk))):
            held += sum(one.refusal is None for one in check_proofs(key, generation, some, chunk=int(chunk)))
            batch += process_time() - start
            pm.append(power())
            start = process_time()
            hold(key, generation, some[: int(sample)])
            single += process_time() - start
            singles += len(some[: int(sample)])
            start = process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    batch, single, unit = batch / held, single / singles, sum(pm) / len(pm)
    print(f"{key.group.name}: {held} proofs, pm {1000 * unit:.2f} ms, peak {memory:.0f} MiB, chunk {chunk}")
    print(f"  a proof: batch {1000 * batch:.3f} ms = {batch / unit:.3f} pm, alone {1000 * single:.2f} ms")
    print(f"  one by one takes {single / batch:.1f} times as long")


if __name__ == "__main__":
    main(*sys.argv[1:])
