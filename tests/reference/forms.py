"""What bytes may look like: canonical JSON, and every field of the definition, the entries and the lists."""

import base64
import json
import re
import unicodedata
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.reference.groups import GROUPS, Refuted, prime_order_point, require

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
    require(type(value) is dict and all(type(v) in (bool, int, str) for v in value.values()), "not rules")
    return value


DIGEST, INDEX, COUNT = blob(32, 32), integer(1, 1000), integer(0, 2**53 - 1)
NAME, TEXT, UNIT, TITLE = text(1, 200), text(0, 2000), text(1, 65536), text(1, 200)
ID = text(1, 64, "[a-z0-9][a-z0-9-]{0,63}")

COMPLAINT = struct(dealer=INDEX, secret=DIGEST)
ANSWER = struct(contest=NAME, ciphertexts=many(blob()), proofs=many(blob()))
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
    "result": {
        "contest": NAME, "units": many(UNIT_RESULT), "counts": many(COUNT), "blank": COUNT, "invalid": COUNT,
        "withheld": COUNT,
    },
}  # fmt: skip


def body(value: Any) -> SimpleNamespace:
    """Return an entry's body; ``kind`` tells which fields it has."""
    kind = value.get("kind") if type(value) is dict else None
    require(type(kind) is str and kind in BODIES, "an unknown kind of entry")
    return struct(kind=NAME, **BODIES[kind])(value)


ENTRY = struct(author=NAME, body=body, signature=blob(64, 64))
CREDENTIAL = struct(
    voter=text(1, 64, "[A-Za-z0-9_.-]+"), key=DIGEST, district=NAME, stratum=text(0, 200), weight=integer(1, 2**40 - 1)
)
VECTOR_LINE = struct(B=blob(0, 1024), B_prime=blob(0, 1024), k_B=blob(0, 1024), k_E=blob(0, 1024), u=blob(0, 1024))

SHUFFLES = ["terelius-wikstrom"]
DEFAULTS: dict[str, dict[str, Any]] = {
    "selection": {"minimum": 1, "maximum": 1, "blank": True},
    "choice": {"blank": True, "membership": "unproved"},
}
ROLE = struct(name=TITLE, key=DIGEST)
OPTION = struct(id=ID, name=TITLE, party=text(0, 200), districts=many(ID))
CONTEST = struct(id=ID, title=TITLE, type=TITLE, options=many(OPTION), districts=many(ID), rules=rules)
ELECTION = struct(
    name=TITLE, group=TITLE, operator=ROLE, registrar=ROLE, trustees=many(ROLE), threshold=integer(1, 100),
    districts=many(struct(id=ID, name=TITLE)), contests=many(CONTEST), format=text(1, 20, "evote/1"),
    mixers=many(ROLE), shuffle=TITLE, strata=many(ID), minimum_group=integer(1, 1_000_000), simulated=truth,
)  # fmt: skip


def election(line: bytes) -> SimpleNamespace:
    """Return the definition in ``line``, complete with the rules of its questions, if it is consistent."""
    check_known(line)
    e = ELECTION(load(line))
    roles = [e.operator, e.registrar, *e.trustees, *e.mixers]
    known = [district.id for district in e.districts]
    require(len({role.key for role in roles}) == len(roles), "two roles with one key")
    for role in roles:
        prime_order_point(role.key)
    require(e.threshold <= len(e.trustees) <= 100 and len(e.mixers) <= 100, "the threshold, or too many roles")
    for ids in (known, [c.id for c in e.contests], e.strata, *([o.id for o in c.options] for c in e.contests)):
        require(len(set(ids)) == len(ids), "an id twice")
    require(e.contests and known, "no contest or no district")
    for contest in e.contests:
        require(set(contest.districts).union(*(o.districts for o in contest.options)) <= set(known), "no such district")
        question(contest)
        for district in known:
            require(not put_to(contest, district) or allowed(contest, district), "a contest without options")
    require(bool(e.mixers) == any(c.mixed for c in e.contests), "mixers if, and only if, something is mixed")
    e.keys = {"operator": e.operator.key, "registrar": e.registrar.key}
    e.keys |= {f"trustee {i}": role.key for i, role in enumerate(e.trustees, 1)}
    e.keys |= {f"mixer {i}": role.key for i, role in enumerate(e.mixers, 1)}
    return e


def put_to(contest: Any, district: str) -> bool:
    """Tell whether voters of a district answer a contest."""
    return not contest.districts or district in contest.districts


def allowed(contest: Any, district: str) -> list[int]:
    """Return the numbers of the options that voters of a district may choose."""
    return [i for i, option in enumerate(contest.options, 1) if not option.districts or district in option.districts]


def check_known(line: bytes) -> None:
    """Give up on a definition that asks for a version, group or question type that is not described."""
    try:
        asked = json.loads(line)
        known = [(asked["format"], ["evote/1"]), (asked["group"], GROUPS), (asked["shuffle"], SHUFFLES)]
        known += [(contest["type"], DEFAULTS) for contest in asked["contests"]]
        strange = [name for name, names in known if name not in names]
        require(all(type(name) is str for name in strange), "not a name")
    except (ValueError, RecursionError, KeyError, TypeError):
        return
    if strange:
        raise Absent(f"no {strange[0]} here")


def question(contest: SimpleNamespace) -> None:
    """Check a contest's rules and fill in what they leave out."""
    options, given = len(contest.options), contest.rules
    defaults = DEFAULTS[contest.type]
    r = SimpleNamespace(**{**defaults, **given})
    fits = (type(value) is type(defaults.get(name)) for name, value in given.items())
    require(all(fits), "an unknown rule, or one of another type")
    contest.rules, contest.mixed = r, contest.type == "choice"
    if contest.mixed:
        require(options >= 1 and r.membership in ("proved", "unproved"), "the rules of a choice")
        contest.width, contest.bound = 1, options
    else:
        require(0 <= r.minimum <= r.maximum <= options and r.maximum >= 1, "the rules of a selection")
        require(r.minimum or not r.blank, "two ways to choose nothing")
        contest.width, contest.bound = options + r.blank, 1
