"""Our files under pyivxv, a program of somebody else's, wherever it is installed; it knows generations 2 and 3.

It needs ``pip install pyivxv`` (0.0.1a6 or later) and is skipped without.
"""

import base64
import io
from pathlib import Path
from typing import Any

import pytest

from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.proof_file import ProofFile
from evote.formats.ivxv.schema import decode
from evote.formats.ivxv.voter import encrypt_choice
from tests.formats.ivxv.elections import ELECTION, HERE, KINDS, small
from tests.formats.ivxv.test_writer import export

pytest.importorskip("pyivxv")


def loaded(module: str, name: str) -> Any:
    return getattr(pytest.importorskip(f"pyivxv.{module}"), name)


@pytest.mark.parametrize("kind", ["G2", "G3"])
def test_every_proof_of_our_file_is_accepted(kind: str, tmp_path: Path) -> None:
    export(small(kind), tmp_path)
    key = loaded("crypto.keys", "PublicKey").from_public_bytes((tmp_path / f"{ELECTION}-pub.pem").read_bytes())
    assert key.lifted is (KINDS[kind][0] is Generation.G3)
    entries = list(ProofFile(io.BytesIO((tmp_path / f"{ELECTION}-proof").read_bytes())))
    assert len(entries) == 3
    for number, entry in enumerate(entries):
        point = loaded("encoding.ec_point", "point_from_bytes")(decode(bytes, decode_base64(entry.message, ""), ""))
        ciphertext = loaded("crypto.ciphertext", "ElGamalCiphertext").from_bytes(base64.b64decode(entry.ciphertext))
        proof = loaded("crypto.decryption_proof", "DecryptionProof").from_bytes(base64.b64decode(entry.proof))
        proof.verify(point, ciphertext, key)
        other = base64.b64decode(entries[number - 1].proof)
        with pytest.raises(loaded("crypto.exceptions", "VerificationError")):
            loaded("crypto.decryption_proof", "DecryptionProof").from_bytes(other).verify(point, ciphertext, key)


def test_our_ballot_is_opened_by_its_randomness() -> None:
    made = small("G2")
    vote = encrypt_choice(made.key, made.reading.definitions, HERE.district, "0164.102")
    key = loaded("crypto.keys", "PublicKey").from_public_bytes(made.key.encoded)
    held = loaded("crypto.ciphertext", "ElGamalCiphertext").from_bytes(vote.ciphertext)
    assert key.curve.G * vote.randomness == held.U
    point = held.unblind(key.H, r=vote.randomness)
    assert loaded("encoding.message", "decode_from_point")(point, key.curve) == b"0164.102"
