"""The definition: its fields, and whether they make an election."""

import json
from types import SimpleNamespace
from typing import Any

from tests.reference.forms import (
    DIGEST,
    ID,
    MAX_LINE,
    TITLE,
    Absent,
    dump,
    integer,
    load,
    many,
    rules,
    struct,
    text,
    truth,
)
from tests.reference.groups import GROUPS, group, prime_order_point, require
from tests.reference.methods import averages, greedy, plurality, threshold, threshold_of
from tests.reference.proofs import proof_sizes
from tests.reference.questions import TYPES, Answer
from tests.reference.ranked_methods import borda, schulze, transferable
from tests.reference.riigikogu import riigikogu
from tests.reference.shuffles import SHUFFLES

METHODS = {
    "plurality": plurality,
    "greedy": greedy,
    "dhondt": averages("dhondt", 1),
    "sainte-lague": averages("sainte-lague", 2),
    "riigikogu": riigikogu,
    "borda": borda,
    "irv": transferable("irv"),
    "stv": transferable("stv"),
    "schulze": schulze,
    "threshold": threshold,
}
RANKINGS = ["borda", "irv", "stv", "schulze"]
ROLE = struct(name=TITLE, key=DIGEST)
OPTION = struct(id=ID, name=TITLE, party=text(0, 200), cost=integer(0, 2**53 - 1), districts=many(ID))
CONTEST = struct(id=ID, title=TITLE, type=TITLE, options=many(OPTION), districts=many(ID), rules=rules, count=rules)
ELECTION = struct(
    name=TITLE, group=TITLE, operator=ROLE, registrar=ROLE, trustees=many(ROLE), threshold=integer(1, 100),
    districts=many(struct(id=ID, name=TITLE)), contests=many(CONTEST), format=text(1, 20, "evote/1"),
    mixers=many(ROLE), shuffle=TITLE, strata=many(ID), minimum_group=integer(1, 1_000_000), simulated=truth,
)  # fmt: skip


def election(line: bytes) -> SimpleNamespace:
    """Return the definition in ``line``, complete with its questions and methods, if it is consistent."""
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
        contest.question = TYPES[contest.type](contest.options, contest.rules)
        method = contest.count.pop("method", "")
        require(type(method) is str and (method or not contest.count), "a method that is not named")
        contest.decide = METHODS[method](contest.options, contest.count) if method else None
        by_rankings = method in RANKINGS or (method == "greedy" and contest.count.get("points"))
        require(contest.question.ranked or not by_rankings, "a decision by rankings that nobody asks for")
        if method == "threshold":
            contest.threshold = threshold_of(contest.count)
        require(method == "threshold" or not contest.question.tested, "a test without a threshold")
        for district in known:
            names = [contest.options[i - 1].name for i in allowed(contest, district)]
            require(len(set(names)) == len(names), "two options that look alike")
            able = contest.question.answerable(allowed(contest, district))
            require(able or not put_to(contest, district), "a contest without an answer")
    require(bool(e.mixers) == any(c.question.mixed for c in e.contests), "mixers if, and only if, something is mixed")
    for district in known:
        require(ballot_size(e, district) <= MAX_LINE, "a ballot that fits no line")
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


def ballot_size(e: Any, district: str) -> int:
    """Return the length of the longest line that a voter of a district could write."""
    answers = [answer(group(e.group), c, allowed(c, district)) for c in e.contests if put_to(c, district)]
    body = {"kind": "ballot", "sequence": 1_000_000, "previous": "=" * 44, "answers": answers}
    return len(dump({"author": "voter " + "x" * 64, "body": body, "signature": "=" * 88}))


def answer(of: Any, contest: Any, open_options: list[int]) -> dict[str, Any]:
    """Return an answer of the right length, if its ciphertexts fit a line."""
    question, one = contest.question, of.identity
    require((2 * question.width + question.commitments) * of.size <= MAX_LINE, "ciphertexts that fit no line")
    a = Answer(of, one, [(one, one)] * question.width, iter([one] * question.commitments), open_options)
    parts = {
        "ciphertexts": [2 * of.size] * question.width,
        "commitments": [of.size] * question.commitments,
        "proofs": [sum(proof_sizes(of, form, branches)) for _, form, branches in question.statements(a)],
    }
    return {"contest": contest.id} | {name: ["=" * (-(-n // 3) * 4) for n in sizes] for name, sizes in parts.items()}


def check_known(line: bytes) -> None:
    """Give up on a definition that asks for a version, group, question type or method that is not described."""
    try:
        asked = json.loads(line)
        known = [(asked["format"], ["evote/1"]), (asked["group"], GROUPS), (asked["shuffle"], SHUFFLES)]
        known += [(contest["type"], TYPES) for contest in asked["contests"]]
        strange = [name for name, names in known if name not in names]
        require(all(type(name) is str for name in strange), "not a name")
        counts = [dict(contest.get("count", {})) for contest in asked["contests"]]
        strange += [m for m in (count.get("method") for count in counts) if type(m) is str and m not in METHODS]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return
    if strange:
        raise Absent(f"no {strange[0]!r} here")
