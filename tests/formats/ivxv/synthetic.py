"""Proof files of any size with a key of our own, made fast: every element is a power of g with a known exponent.

`python -m tests.formats.ivxv.synthetic GROUP COUNT DIRECTORY` writes ``pub.pem`` and ``proofs.json``. Nothing secret is
in them, and nothing here is fit for secrets.
"""

import base64
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext
from evote.crypto.group import Group, group
from evote.formats.ivxv import pem
from evote.formats.ivxv.ciphertext import encode_ciphertext
from evote.formats.ivxv.elements import element_der, is_modp
from evote.formats.ivxv.generation import Generation, embedding
from evote.formats.ivxv.keys import PublicKey, curve_parameters, modp_parameters, public_key
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.proof import Claim, encode_proof, proof_of
from evote.formats.ivxv.proof_file import Entry
from evote.formats.ivxv.transcript import decryption_seed, integers_below

SECRET = 0x1234567890ABCDEF << 128 | 3
ELECTION = "SYNTHETIC"
BLOCK = 4096


def make_key(of: Group, *, lifted: bool | None = None) -> PublicKey:
    """Return the key with the known secret."""
    parameters = modp_parameters(of, ELECTION) if is_modp(of) else curve_parameters(ELECTION, lifted=lifted)
    return public_key(parameters, of.generator**SECRET)


def texts(generation: Generation, choices: int) -> list[bytes]:
    """Return that many choices, written as the generation writes them."""
    codes = [f"0000.{101 + number}" for number in range(choices)]
    plain = generation in {Generation.G2, Generation.G3}
    return [(code if plain else f"{code}\x1fERAKOND\x1fNIMI {code[-3:]}").encode() for code in codes]


def entries(key: PublicKey, generation: Generation, count: int, choices: int = 100, seed: int = 1) -> Iterator[Entry]:
    """Yield honest entries, the choices in turn."""
    form = embedding(generation, key.group)
    plaintexts = [Plaintext.decrypted(generation, form.encode(text)) for text in texts(generation, choices)]
    draw = random.Random(seed)
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        yield from _block(key, generation, [plaintexts[(start + i) % choices] for i in range(size)], draw)


def _block(key: PublicKey, generation: Generation, plaintexts: list[Plaintext], draw: random.Random) -> Iterator[Entry]:
    q, n = key.group.order, len(plaintexts)
    r, t = ([draw.randrange(1, q) for _ in range(n)] for _ in range(2))
    products = [SECRET * r_i % q for r_i in r] + [r_i * t_i % q for r_i, t_i in zip(r, t, strict=True)]
    powers = Arithmetic.FAST.powers(key.group.generator, [*r, *t, *products])
    elements = [key.group.decode(data) for data in key.group.encode_many(powers)]
    c1, b, shared, a = (elements[i * n : (i + 1) * n] for i in range(4))
    for i, plaintext in enumerate(plaintexts):
        claim = Claim(key, Ciphertext(c1[i], plaintext.element * shared[i]), plaintext)
        ciphertext = encode_ciphertext(claim.ciphertext)
        seed = decryption_seed(key.encoded, ciphertext, plaintext.hashed, element_der(a[i]) + element_der(b[i]))
        s = (next(integers_below(q, seed)) * SECRET + t[i]) % q
        held = ciphertext, encode_proof(proof_of(a[i], b[i], s))
        yield Entry(_base64(held[0]), plaintext.message(generation), _base64(held[1]))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def write(key: PublicKey, made: Iterator[Entry], directory: Path) -> None:
    """Write key and proof file, the latter as Jackson prints it."""
    (directory / "pub.pem").write_bytes(pem.encode(key.encoded, pem.PUBLIC_KEY))
    with (directory / "proofs.json").open("w", encoding="utf-8", newline="") as file:
        file.write('{\n  "election" : ' + json.dumps(key.election) + ',\n  "proofs" : [ ')
        for number, entry in enumerate(made):
            members = ",\n".join(
                f'    "{name}" : {json.dumps(getattr(entry, name), ensure_ascii=False)}' for name in Entry.__slots__
            )
            file.write(f"{', ' if number else ''}{{\n{members}\n  }}")
        file.write(" ]\n}")


def main(name: str, count: str, directory: str) -> None:
    """Write a file of G1 modulo p, or of G2 on P-384."""
    key = make_key(group(name))
    generation = Generation.G1 if is_modp(key.group) else Generation.G2
    Path(directory).mkdir(parents=True, exist_ok=True)
    write(key, entries(key, generation, int(count)), Path(directory))


if __name__ == "__main__":
    main(*sys.argv[1:])
