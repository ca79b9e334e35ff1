"""The generator and the random oracle, against definitions written out."""

import hashlib
import struct
from typing import Any

import pytest

from evote.crypto.group import group
from evote.formats.verificatum.byte_tree import leaf
from evote.formats.verificatum.generators import generators
from evote.formats.verificatum.oracle import Challenger, integers, random_oracle, stream


def naive(seed: bytes, length: int) -> bytes:
    out = b""
    while len(out) < length:
        out += hashlib.sha384(seed + struct.pack(">i", len(out) // 48)).digest()
    return out[:length]


def test_the_stream_starts_anywhere() -> None:
    whole = naive(b"s" * 48, 500)
    for start, length in ((0, 500), (0, 0), (1, 47), (47, 2), (48, 48), (100, 333)):
        assert stream("SHA-384", b"s" * 48, start, length) == whole[start : start + length]


def test_integers_lose_their_first_bits() -> None:
    whole = naive(b"s" * 48, 30)
    wanted = [int.from_bytes(whole[i : i + 3], "big") & (1 << 20) - 1 for i in range(0, 30, 3)]
    assert integers("SHA-384", b"s" * 48, 20, 10) == wanted
    assert integers("SHA-384", b"s" * 48, 20, 4, start=6) == wanted[6:]


def test_the_oracle_hashes_its_own_length() -> None:
    seed = hashlib.sha384(struct.pack(">i", 260) + b"data").digest()
    first, *rest = naive(seed, 33)
    assert random_oracle("SHA-384", 260, [b"da", b"", b"ta"]) == bytes([first & 15, *rest])
    assert random_oracle("SHA-384", 256, [b"data"]) != random_oracle("SHA-384", 264, [b"data"])[:32]


@pytest.mark.parametrize("name", ["electionguard-4096", "modp-2048"])
def test_generators_modulo_p_are_powers_with_the_cofactor(name: str) -> None:
    """Written out: h_i = t_i^((p - 1) / q), t_i of |p| + n_r bits; all from one stream."""
    of: Any = group(name)
    challenger = Challenger("SHA-384", "SHA-256", b"rho", 256, 256)
    seed = random_oracle("SHA-384", 384, [b"rho", leaf(b"generators")])
    output, size = naive(seed, 3 * 600), -(-(of.p.bit_length() + 100) // 8)
    made = generators(of, challenger, 100, 3).elements()
    for i, h in enumerate(made):
        t = int.from_bytes(output[i * size : (i + 1) * size], "big") % (1 << of.p.bit_length() + 100)
        assert bytes(h) == pow(t % int(of.p), (int(of.p) - 1) // of.order, int(of.p)).to_bytes(of.element_size, "big")
        assert h**of.order == of.identity
