"""What bytes may look like: canonical JSON, and every field of the entries and the lists."""

import base64
import json
import re
import unicodedata
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.reference.groups import Refuted, require

Form = Callable[[Any], Any]
MAX_LINE = 1 << 22


class Absent(Exception):
    """Something that the verdict needs is not there."""


def dump(value: Any) -> bytes:
    """Return the canonical JSON of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load(line: bytes) -> Any:
    """Return the value whose canonical JSON is ``line``."""
    require(len(line) <= MAX_LINE, "a line is too long")
    try:
        text = line.decode()
        value = json.loads(text)
        same = dump(value) == line
    except (ValueError, RecursionError):
        raise Refuted("not JSON") from None
    plain = not re.search("[\x00-\x1f\x7f-\x9f]", text) and not re.search(r"\\[^\\\"]", text.replace(r"\\", ""))
    require(same and plain and unicodedata.is_normalized("NFC", text), "not canonical JSON")
    return value


def integer(low: int, high: int) -> Form:
    def form(value: Any) -> int:
        require(type(value) is int and low <= value <= high, "not an integer in its range")
        return value

    return form


def text(low: int, high: int, pattern: str = "") -> Form:
    def form(value: Any) -> str:
        require(type(value) is str and low <= len(value) <= high, "not a string of its length")
        require(not pattern or re.fullmatch(pattern, value), "not a name")
        return value

    return form


def blob(low: int = 0, high: int = MAX_LINE) -> Form:
    def form(value: Any) -> bytes:
        require(type(value) is str, "not base64")
        try:
            data = base64.b64decode(value, validate=True)
        except ValueError:
            raise Refuted("not base64") from None
        require(base64.b64encode(data).decode() == value and low <= len(data) <= high, "not bytes of their length")
        return data

    return form


def truth(value: Any) -> bool:
    require(type(value) is bool, "neither true nor false")
    return value


def many(item: Form) -> Form:
    def form(value: Any) -> list[Any]:
        require(type(value) is list, "not a list")
        return [item(each) for each in value]

    return form


def struct(**fields: Form) -> Form:
    def form(value: Any) -> SimpleNamespace:
        require(type(value) is dict and set(value) == set(fields), "not the fields that belong there")
        return SimpleNamespace(**{name: fields[name](value[name]) for name in fields})

    return form


def rules(value: Any) -> dict[str, Any]:
    require(type(value) is dict, "not rules")
    for rule in value.values():
        inner = list(rule.values()) if type(rule) is dict else [0]
        require(type(rule) in (bool, int, str, dict) and all(type(v) is int for v in inner), "not a rule")
    return value


def null_or(item: Form) -> Form:
    return lambda value: None if value is None else item(value)


DIGEST, INDEX, COUNT = blob(32, 32), integer(1, 1000), integer(0, 2**53 - 1)
NAME, TEXT, UNIT, TITLE = text(1, 200), text(0, 2000), text(1, MAX_LINE), text(1, 200)
ID = text(1, 64, "[a-z0-9][a-z0-9-]{0,63}")

COMPLAINT = struct(dealer=INDEX, secret=DIGEST)
ANSWER = struct(contest=NAME, ciphertexts=many(blob()), commitments=many(blob()), proofs=many(blob()))
LABEL = text(0, 200)
TABLE = struct(title=LABEL, columns=many(LABEL), rows=many(many(LABEL)))
OUTCOME = struct(method=LABEL, winners=many(LABEL), tables=many(TABLE))
UNIT_RESULT = struct(
    unit=UNIT,
    ballots=COUNT,
    weight=COUNT,
    counts=many(COUNT),
    blank=COUNT,
    invalid=COUNT,
    invalid_elements=many(blob()),
)
BODIES: dict[str, dict[str, Form]] = {
    "election": {"fingerprint": DIGEST},
    "roll": {"credentials": DIGEST, "count": COUNT},
    "key-commitment": {"attempt": INDEX, "commitment": DIGEST, "box_keys": many(DIGEST)},
    "key-opening": {"attempt": INDEX, "coefficients": many(blob()), "proof": blob(), "nonce": DIGEST},
    "key-boxes": {"attempt": INDEX, "boxes": many(blob())},
    "key-verdict": {"attempt": INDEX, "complaints": many(COMPLAINT)},
    "key-restart": {"attempt": INDEX, "disqualified": many(INDEX)},
    "key": {"attempt": INDEX, "key": blob(), "trustees": many(INDEX)},
    "ballot": {"sequence": integer(1, 1_000_000), "previous": DIGEST, "answers": many(ANSWER)},
    "revocation": {"voter": NAME, "reason": TEXT},
    "restoration": {"voter": NAME, "reason": TEXT},
    "closing": {
        "size": COUNT, "root": DIGEST, "ballots": COUNT, "superseded": COUNT, "revoked": COUNT, "kept": COUNT
    },
    "aggregate": {"contest": NAME, "unit": UNIT, "ciphertexts": many(blob())},
    "shuffle": {
        "contest": NAME, "unit": UNIT, "input": DIGEST, "output": DIGEST, "vectors": DIGEST, "proof": blob()
    },
    "decryption": {"contest": NAME, "unit": UNIT, "input": DIGEST, "shares": DIGEST, "proof": blob()},
    "threshold-test": {
        "contest": NAME, "time": NAME, "size": COUNT, "root": DIGEST, "ballots": COUNT, "aggregate": blob()
    },
    "threshold-share": {"contest": NAME, "time": NAME, "share": blob(), "proof": blob()},
    "threshold-proof": {
        "contest": NAME, "time": NAME, "trustees": many(INDEX), "reached": truth,
        "commitments": many(blob()), "proofs": many(blob()),
    },
    "result": {
        "contest": NAME, "units": many(UNIT_RESULT), "counts": many(COUNT), "blank": COUNT, "invalid": COUNT,
        "withheld": COUNT, "outcome": null_or(OUTCOME),
    },
}  # fmt: skip


def body(value: Any) -> SimpleNamespace:
    """Return an entry's body; ``kind`` tells which fields it has."""
    kind: Any = value.get("kind") if type(value) is dict else None
    require(type(kind) is str and kind in BODIES, "an unknown kind of entry")
    return struct(kind=NAME, **BODIES[kind])(value)


ENTRY = struct(author=NAME, body=body, signature=blob(64, 64))
CREDENTIAL = struct(
    voter=text(1, 64, "[A-Za-z0-9_.-]+"), key=DIGEST, district=NAME, stratum=text(0, 200), weight=integer(1, 2**40 - 1)
)
VECTORS = dict.fromkeys(("B", "B_prime", "k_B", "k_E", "u"), blob(0, 1024))
VECTOR_LINE, TWO_PARTS_LINE = struct(**VECTORS), struct(**VECTORS, list_k_E=blob(0, 1024))
