"""Small elections for audits: every file under its official name, made anew and honest, to be spoiled by tests."""

from __future__ import annotations

import atexit
import json
import random
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from evote.crypto.group import group
from evote.formats.ivxv.audit import audit
from evote.formats.ivxv.box.anonymous import Place, Vote
from evote.formats.ivxv.box.definitions import read_choices, read_districts
from evote.formats.ivxv.box.tally import Definitions
from evote.formats.ivxv.box.writer import checksum, write_anonymous, write_invalid, write_tally
from evote.formats.ivxv.generation import Generation, embedding
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.proof_file import Entry
from evote.record.report import Report
from tests.formats.ivxv import synthetic

ELECTION = synthetic.ELECTION
QUESTION = f"{ELECTION}.1"
KINDS = {
    "G1 modulo p": (Generation.G1, "modp-2048"),
    "G1' modulo p": (Generation.G1_PADDED, "modp-2048"),
    "G1 on P-384": (Generation.G1, "p-384"),
    "G2": (Generation.G2, "p-384"),
    "G3": (Generation.G3, "p-384"),
}
REGIONS = {code: {"state": "Eesti", "county": "Harju", "parish": code} for code in ("0164", "0296")}
DISTRICTS = {
    "election": ELECTION,
    "regions": {**REGIONS, "0000": {"state": "Välisriik"}},
    "districts": {
        "0164.1": {"name": "Ringkond 1", "parish": ["0164", "0000"]},
        "0296.1": {"name": "Ringkond 1", "parish": ["0296"]},
    },
    "counties": {"0037": ["0164", "0296"]},
}
NAMES = {"0164.1": {"P1": {"0164.101": "ANN", "0164.102": "BEN"}}, "0296.1": {"P2": {"0296.101": "CAT"}}}
CHOICES = {"election": ELECTION, "choices": NAMES}
A, ABROAD, B = (Place(*where, QUESTION) for where in (("0164.1", "0164"), ("0164.1", "FOREIGN"), ("0296.1", "0296")))
VOTES = ((A, "0164.101"), (A, "0164.102"), (A, "0164.102"), (ABROAD, "0164.101"), (B, "0296.101"), (B, "0296.101"))
OFF_LIST = (B, "0164.101")  # a choice of another district
MALFORMED = Vote(A, b"\x30\x00")
PARTIES = {"0164.101": ("P1", "ANN"), "0164.102": ("P1", "BEN"), "0296.101": ("P2", "CAT")}
INVALIDS = ("none", "malformed", "proved", "plain")  # how what is listed as invalid can be seen to be
Change = Callable[[Path], object]


def text(generation: Generation, code: str) -> bytes:
    plain = generation in {Generation.G2, Generation.G3}
    return code.encode() if plain else "\x1f".join((code, *PARTIES[code])).encode()


def encrypted(key: PublicKey, generation: Generation, codes: list[str], seed: int) -> list[Entry]:
    """Return entries of a proof file, one for each code."""
    form = embedding(generation, key.group)
    plaintexts = [Plaintext.decrypted(generation, form.encode(text(generation, code))) for code in codes]
    return list(synthetic._block(key, generation, plaintexts, random.Random(seed)))


def ciphertext(entry: Entry) -> bytes:
    return decode_base64(entry.ciphertext, "ciphertext")


def write_election(directory: Path, kind: str, invalid: str, *, mixed: bool) -> None:
    """Write all files of an election; with ``mixed`` also those that it had before mixing."""
    generation, name = KINDS[kind]
    key = synthetic.make_key(group(name), lifted=True if generation is Generation.G3 else None)
    chosen = [*VOTES, *([OFF_LIST] if invalid in {"proved", "plain"} else [])]
    places, codes = [place for place, _ in chosen], [code for _, code in chosen]
    entries = encrypted(key, generation, codes, seed=1)
    held = [Vote(place, ciphertext(entry)) for place, entry in zip(places, entries, strict=True)]
    listed = held[len(VOTES) :] + ([MALFORMED] if invalid == "malformed" else [])
    last = [*held, *([MALFORMED] if invalid == "malformed" else [])]
    synthetic.write(key, iter(entries[: len(VOTES)] if invalid == "plain" else entries), directory)
    (directory / "pub.pem").rename(directory / f"{ELECTION}-pub.pem")
    (directory / "proofs.json").rename(directory / f"{ELECTION}-proof")
    put(directory / f"{ELECTION}.districts.json", DISTRICTS)
    put(directory / f"{ELECTION}.choices.json", CHOICES)
    before = [Vote(p, ciphertext(e)) for p, e in zip(places, encrypted(key, generation, codes, seed=2), strict=True)]
    with (directory / f"{ELECTION}-bb-4.json").open("wb") as file:
        write_anonymous(file, ELECTION, before if mixed else last)
    if mixed:
        with (directory / f"{ELECTION}-shuffled.json").open("wb") as file:
            write_anonymous(file, ELECTION, last)
    with (directory / f"{ELECTION}-invalid").open("wb") as file:
        write_invalid(file, ELECTION, listed)
    with (directory / f"{ELECTION}-bb-4.json").open("rb") as file:
        (directory / f"{ELECTION}-bb-4.json.sha256sum").write_bytes(checksum(file))
    count(directory, generation, [*VOTES, *((vote.place, None) for vote in listed)])


def count(directory: Path, generation: Generation, votes: list[Any]) -> None:
    definitions = Definitions(
        read_districts(json.dumps(DISTRICTS).encode()), read_choices(json.dumps(CHOICES).encode()), generation
    )
    made = definitions.count([(place, text(generation, code) if code else None) for place, code in votes], [QUESTION])
    with (directory / f"{QUESTION}.tally").open("wb") as file:
        write_tally(file, made[QUESTION])


@cache
def _made(kind: str, invalid: str, mixed: bool) -> Path:  # noqa: FBT001 - part of the key
    directory = Path(tempfile.mkdtemp(prefix="evote-ivxv-"))
    atexit.register(shutil.rmtree, directory)
    write_election(directory, kind, invalid, mixed=mixed)
    return directory


def election(to: Path, kind: str = "G2", invalid: str = "none", *, mixed: bool = False) -> Path:
    """Return a copy of an honest election."""
    return shutil.copytree(_made(kind, invalid, mixed), to / "election")


def verified(directory: Path) -> Report:
    return audit(directory, {})


def put(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def get(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def edit(name: str, change: Callable[[Any], object]) -> Change:
    """Return what changes a JSON file, by the end of its name; a checksum beside it goes."""

    def apply(directory: Path) -> None:
        (path,) = directory.glob(f"*{name}")
        held = get(path)
        change(held)
        put(path, held)
        path.with_name(path.name + ".sha256sum").unlink(missing_ok=True)

    return apply


def both(*changes: Change) -> Change:
    return lambda directory: [change(directory) for change in changes]
