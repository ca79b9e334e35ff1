"""The reference vectors, by group: see ``tests/vectors/ivxv/README.md``."""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

from evote.formats.ivxv.keys import PublicKey, read_public_key
from evote.formats.ivxv.proof_file import Entry

ROOT = Path(__file__).parents[2] / "vectors" / "ivxv"
OFFICIAL, THIRD = ROOT / "official-java", ROOT / "thirdparty"
GROUPS = ("toy256", "modp3072", "p384")
PYIVXV = ("gen2-pyivxv-legacy", "gen3-pyivxv-lifted")


@cache
def load(name: str) -> Any:
    """Return a JSON file, by its path below the root."""
    return json.loads((ROOT / name).read_text(encoding="utf-8"))


def official(group: str, name: str) -> Any:
    """Return a JSON file of the official programs' for a group."""
    return load(f"official-java/{group}/{name}.json")


def official_key(group: str) -> PublicKey:
    return read_public_key((OFFICIAL / group / "pub.der").read_bytes())


def unhex(text: str) -> bytes:
    return bytes.fromhex(text)


def number(text: str) -> int:
    return int(text, 16)


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def entry(ciphertext: bytes, message: str, proof: bytes) -> Entry:
    """Return the entry of a proof file that holds these."""
    return Entry(base64_of(ciphertext), message, base64_of(proof))


def proof_files() -> list[tuple[Path, Path]]:
    """Return all honest proof files, each with its key."""
    made = [(OFFICIAL / group / "pub.pem", next((OFFICIAL / group).glob("*-proof"))) for group in GROUPS]
    return made + [(THIRD / f"{name}-pub.pem", THIRD / f"{name}-proof") for name in PYIVXV]
