"""The vectors of the ballot box, and small boxes of one's own: see ``tests/vectors/ivxv/README-box.md``."""

import base64
import io
import json
from collections.abc import Callable
from typing import Any

from evote.crypto.group import group
from evote.formats.ivxv.box.definitions import Districts, read_districts
from evote.formats.ivxv.box.stages import Stage, StageFile
from evote.formats.ivxv.keys import PublicKey, curve_parameters, public_key
from tests.formats.ivxv.vectors import OFFICIAL

BOX = OFFICIAL / "box"
ELECTION, QUESTION = "TESTKOV", "TESTKOV.1"


def content(name: str) -> bytes:
    return (BOX / name).read_bytes()


def table(name: str) -> Any:
    return json.loads(content(name))


def bb(stage: int) -> bytes:
    return content(f"TESTKOV-bb-{stage}.json")


def opened(data: bytes) -> StageFile:
    return StageFile(io.BytesIO(data))


def key() -> PublicKey:
    """Return a key of the box's kind; which one does not matter, since nothing is decrypted."""
    p384 = group("p-384")
    return public_key(curve_parameters(ELECTION), p384.generator ** p384.scalar(7))


def districts() -> Districts:
    return read_districts(content("TESTKOV.districts.json"))


def written(write: Callable[..., None], *arguments: Any) -> bytes:
    file = io.BytesIO()
    write(file, *arguments)
    return file.getvalue()


def ballot(votes: dict[str, bytes], **changed: str) -> dict[str, Any]:
    """Return a ballot as bb-1 writes it."""
    made = {
        "id": "20230301100000000+0200",
        "time": "2023-03-01T08:00:01Z",
        "version": "3",
        "name": "V ONE",
        "districtId": "0164.1",
        "parish": "0164",
    }
    return {**made, **changed, "votes": {name: base64.b64encode(data).decode() for name, data in votes.items()}}


def box(*ballots: dict[str, Any], stage: Stage = Stage.CHECKED) -> bytes:
    """Return a box of one voter."""
    voter = "11111111111"
    held = {voter: {"voterId": voter, "ballots": list(ballots)}}
    return json.dumps({"election": ELECTION, "type": stage.value, "ballots": held}).encode()
