"""An election that was mixed with a proof of shuffle: every file of it, with ``mixing`` and ``protInfo.xml``."""

from __future__ import annotations

import atexit
import random
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from evote.formats.ivxv.box.anonymous import AnonymousFile, Vote
from evote.formats.ivxv.box.writer import write_anonymous
from evote.formats.ivxv.ciphertext import decode_ciphertext
from evote.formats.ivxv.elements import element_der
from evote.formats.ivxv.keys import PublicKey, read_public_key
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.proof import encode_proof, proof_of
from evote.formats.ivxv.proof_file import Entry
from evote.formats.ivxv.transcript import decryption_seed, integers_below
from evote.formats.ivxv.wide import COLUMNS, read_votes, wide_layout
from evote.formats.ivxv.wide_writer import write_key, write_list
from evote.formats.verificatum.directory import Directory
from evote.formats.verificatum.groups import write_group
from evote.formats.verificatum.verifier import OUTPUT
from tests.formats.ivxv import synthetic
from tests.formats.ivxv.audits import ELECTION, KINDS, election
from tests.formats.ivxv.vectors import entry
from tests.formats.verificatum.synthetic import TEMPLATE, shuffle_session

KIND = "G1 modulo p"


def box(directory: Path, name: str = "bb-4.json") -> list[Vote]:
    (path,) = directory.glob(f"*{name}")
    with path.open("rb") as file:
        return list(AnonymousFile(file))


def public_key(directory: Path) -> PublicKey:
    return read_public_key((directory / f"{ELECTION}-pub.pem").read_bytes())


def write_protinfo(key: PublicKey, to: Path) -> None:
    text = TEMPLATE.read_text()
    for tag, value in {"pgroup": f"synthetic::{write_group(key.group).hex()}", "keywidth": COLUMNS}.items():
        text = re.sub(f"<{tag}>.*</{tag}>", f"<{tag}>{value}</{tag}>", text, count=1)
    to.write_text(text)


def mix(directory: Path, votes: list[Vote] | None = None, key: PublicKey | None = None, of: str = ELECTION) -> Path:
    """Mix the box into ``mixing``, or other ``votes``, under another ``key``, or for another election."""
    held = public_key(directory)
    write_protinfo(held, directory / "protInfo.xml")
    with tempfile.TemporaryDirectory() as case:
        shutil.copy(directory / "protInfo.xml", case)
        (Path(case) / "publicKey").write_bytes(write_key(key or held))
        (Path(case) / "ciphertexts").write_bytes(write_list(held.group, of, votes or box(directory)))
        shuffle_session(Path(case))
        shutil.rmtree(directory / "mixing", ignore_errors=True)
        shutil.copytree(Path(case) / "nizkp", directory / "mixing")
    return directory


def mixed_votes(directory: Path) -> list[Vote]:
    layout, tree = wide_layout(public_key(directory).group), Directory(directory / "mixing").tree(OUTPUT)
    return list(read_votes(layout.ciphertexts(tree), ELECTION))


def proved(key: PublicKey, vote: Vote, draw: random.Random) -> Entry:
    """Return the proof of what a vote decrypts to."""
    generation, q = KINDS[KIND][0], key.group.order
    pair, t = decode_ciphertext(key.group, vote.ciphertext), draw.randrange(q)
    plaintext = Plaintext.decrypted(generation, pair.c2 / pair.c1**synthetic.SECRET)
    a, b = pair.c1**t, key.group.generator**t
    seed = decryption_seed(key.encoded, vote.ciphertext, plaintext.hashed, element_der(a) + element_der(b))
    s = (next(integers_below(q, seed)) * synthetic.SECRET + t) % q
    return entry(vote.ciphertext, plaintext.message(generation), encode_proof(proof_of(a, b, s)))


def write_outcome(directory: Path, votes: list[Vote]) -> None:
    """Write the box after mixing and the proofs of decryption."""
    key, draw = public_key(directory), random.Random(1)
    with (directory / f"{ELECTION}-shuffled.json").open("wb") as file:
        write_anonymous(file, ELECTION, votes)
    with tempfile.TemporaryDirectory() as made:
        synthetic.write(key, iter([proved(key, vote, draw) for vote in votes]), Path(made))
        shutil.copy(Path(made) / "proofs.json", directory / f"{ELECTION}-proof")


@cache
def _made() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="evote-ivxv-"))
    atexit.register(shutil.rmtree, directory)
    made = election(directory, KIND)
    write_outcome(made, mixed_votes(mix(made)))
    return made


def mixed_election(to: Path) -> Path:
    """Return a copy of an honest election that was mixed."""
    return shutil.copytree(_made(), to / "election")
