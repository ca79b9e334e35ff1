"""The election's constitution: every proof and every signature is bound to its fingerprint.

A person writes it as TOML (``examples/*.toml``); the record holds it as canonical JSON in ``election.json``. An
`Election` cannot be built wrong: whatever later code relies on is checked in ``__post_init__``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from evote.crypto.group import Group, group, group_names
from evote.crypto.signature import check_public_key
from evote.errors import DecodeError, EvidenceMissing
from evote.methods.method import Method, method, method_names
from evote.methods.threshold import Threshold
from evote.questions.option import Id, Option, Rule, Title
from evote.questions.question import Question, Route, question_names, question_type
from evote.record import canonical
from evote.record.size import answer_size, ballot_size
from evote.record.toml import definition_from_toml, placed
from evote.registry import registered_names

FORMAT: Final = "evote/1"
SHUFFLES: Final = "evote.shuffles"
MIN_ORDER_BITS = 224
MAX_WEIGHT_BITS = 40

Key = Annotated[bytes, Meta(min_length=32, max_length=32)]


class _Frozen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    pass


class Role(_Frozen, frozen=True):
    """A party that writes on the board: its name for people, its Ed25519 public key."""

    name: Title
    key: Key


class District(_Frozen, frozen=True):
    """A part of the electorate that shares a list of options."""

    id: Id
    name: Title


class Contest(_Frozen, frozen=True):
    """One question put to the voters of some districts (empty: all); ``rules`` belong to its question type.

    ``count`` names the ``method`` that turns the count into a decision, and that method's rules; empty if none does.
    """

    id: Id
    title: Title
    type: Title
    options: tuple[Option, ...]
    districts: tuple[Id, ...] = ()
    rules: dict[str, Rule] = {}
    count: dict[str, Rule] = {}

    def __post_init__(self) -> None:
        _distinct([option.id for option in self.options], f"options of contest {self.id}")
        self._check_names()
        self._check_rules()
        if self.question.route is Route.THRESHOLD and not isinstance(self.method, Threshold):
            raise ValueError(
                f'contest {self.id}: a test of the threshold needs count = {{ method = "threshold", ... }}'
            )
        if self.method and self.method.by_rankings and not self.question.ranked:
            raise ValueError(f"contest {self.id}: {self.count['method']} needs rankings, and {self.type} asks for none")

    @cached_property
    def question(self) -> Question:
        """The question that the type and rules describe."""
        return question_type(self.type).from_rules(self.options, self.rules)

    @cached_property
    def method(self) -> Method | None:
        """The method that decides, if there is to be a decision."""
        if not self.count:
            return None
        rules = dict(self.count)
        name = rules.pop("method", None)
        if not isinstance(name, str) or not name:
            raise ValueError('a count names its method: count = { method = "...", ... }')
        return method(name).from_rules(self.options, rules)

    def _check_names(self) -> None:
        """Refuse two options of one name that a voter could choose; who stands elsewhere may be called the same."""
        seen: dict[str, list[Option]] = {}
        for option in self.options:
            alike = seen.setdefault(option.name, [])
            if any(map(option.meets, alike)):
                raise ValueError(f"contest {self.id}: two options that a voter could choose are called {option.name!r}")
            alike.append(option)

    def _check_rules(self) -> None:
        try:
            _ = self.question, self.method
        except ValueError as error:
            raise ValueError(f"contest {self.id}: {error}") from None

    def threshold(self, electorate: int) -> int:
        """Return T for this electorate, for a contest that is decided by a threshold; ``TypeError`` for any other."""
        if not isinstance(self.method, Threshold):
            raise TypeError(f"contest {self.id} has no threshold")
        return self.method.at(electorate)

    def put_to(self, district: str) -> bool:
        """Tell whether voters of ``district`` answer this contest."""
        return not self.districts or district in self.districts

    def allowed(self, district: str) -> tuple[int, ...]:
        """Return the numbers, from 1, of the options open to ``district``."""
        return tuple(
            number
            for number, option in enumerate(self.options, 1)
            if not option.districts or district in option.districts
        )


class Election(_Frozen, frozen=True):
    """Who does what, what is asked, and by which rules it is counted."""

    name: Title
    group: Title
    operator: Role
    registrar: Role
    trustees: tuple[Role, ...]
    threshold: int
    districts: tuple[District, ...]
    contests: tuple[Contest, ...]
    format: Literal["evote/1"] = FORMAT
    mixers: tuple[Role, ...] = ()
    shuffle: Title = "terelius-wikstrom"
    strata: tuple[Id, ...] = ()
    minimum_group: Annotated[int, Meta(ge=1, le=1_000_000)] = 10
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.algebra.order.bit_length() <= MIN_ORDER_BITS:
            raise ValueError(f"group {self.group} is too small for an election")
        if not 1 <= self.threshold <= len(self.trustees):
            raise ValueError("threshold must lie between 1 and the number of trustees")
        if len(self.trustees) > 100 or len(self.mixers) > 100:  # noqa: PLR2004
            raise ValueError("at most 100 trustees and 100 mixers")
        self._check_names()
        mixed = any(contest.question.route is Route.MIX for contest in self.contests)
        if self.shuffle not in registered_names(SHUFFLES):
            raise ValueError(f"no proof of shuffle is registered as {self.shuffle!r}")
        if mixed != bool(self.mixers):
            raise ValueError("mixers must be named if, and only if, a contest takes the mix road")
        self._check_ballots()

    def _check_names(self) -> None:
        if not self.contests or not self.districts:
            raise ValueError("an election has at least one contest and one district")
        roles = (self.operator, self.registrar, *self.trustees, *self.mixers)
        _distinct([role.key for role in roles], "role keys")
        for role in roles:
            try:
                check_public_key(role.key)
            except DecodeError as error:
                raise ValueError(f"the key of {role.name}: {error}") from None
        known = {district.id for district in self.districts}
        _distinct([district.id for district in self.districts], "districts")
        _distinct([contest.id for contest in self.contests], "contests")
        _distinct(self.strata, "strata")
        named = {d for c in self.contests for d in (*c.districts, *(x for o in c.options for x in o.districts))}
        if not named <= known:
            raise ValueError(f"unknown district {min(named - known)!r}")

    def _check_ballots(self) -> None:
        """Refuse a district whose voters could choose nothing in a contest, or cast no ballot that fits a line."""

        @cache
        def size(contest: str, count: int) -> int:
            return answer_size(self.contest(contest).question, self.algebra, range(1, count + 1))

        for district in self.districts:
            answers = dict[str, int]()
            for contest in self.contests_of(district.id):
                allowed = contest.allowed(district.id)
                if not contest.question.answerable(allowed):
                    raise ValueError(
                        f"contest {contest.id}: what is open to district {district.id} is not enough to choose from"
                    )
                answers[contest.id] = size(contest.id, len(allowed))
            if (total := ballot_size(answers)) > canonical.MAX_LINE:
                largest = max(answers, key=answers.__getitem__)
                raise ValueError(
                    f"contest {largest}: a ballot of district {district.id} can have {total} bytes or more, "
                    f"{answers[largest]} of them for this contest, "
                    f"and a line of the record has {canonical.MAX_LINE} at most"
                )

    @cached_property
    def algebra(self) -> Group:
        """The group that ballots are encrypted in."""
        return group(self.group)

    @cached_property
    def canonical(self) -> bytes:
        """The bytes of ``election.json``; ``ValueError`` if a field breaks its annotation or has no canonical text."""
        text = canonical.encode(self)
        try:
            canonical.decode(text, Election)  # msgspec checks annotations only when it decodes
        except DecodeError as error:
            raise ValueError(str(error)) from None
        return text

    @cached_property
    def fingerprint(self) -> bytes:
        """SHA-256 of ``election.json``."""
        return hashlib.sha256(self.canonical).digest()

    def contest(self, name: str) -> Contest:
        """Return the contest with that id; ``KeyError`` if there is none."""
        return next((c for c in self.contests if c.id == name), None) or _missing(name)

    def contests_of(self, district: str) -> tuple[Contest, ...]:
        """Return the contests put to a district, in order."""
        return tuple(contest for contest in self.contests if contest.put_to(district))

    def role_key(self, author: str) -> bytes:
        """Return the key of ``operator``, ``registrar``, ``trustee 1``...; ``KeyError`` for anybody else."""
        return self._role_keys[author]

    @cached_property
    def _role_keys(self) -> dict[str, bytes]:
        keys = {"operator": self.operator.key, "registrar": self.registrar.key}
        keys |= {f"trustee {i}": role.key for i, role in enumerate(self.trustees, 1)}
        return keys | {f"mixer {i}": role.key for i, role in enumerate(self.mixers, 1)}


def _missing(name: str) -> Contest:
    raise KeyError(name)


def _distinct(names: tuple[str, ...] | list[str] | list[bytes], what: str) -> None:
    if len(set(names)) != len(names):
        ((twice, _),) = Counter(names).most_common(1)
        raise ValueError(f"{what} must be distinct" + (f": {twice!r} stands twice" if isinstance(twice, str) else ""))


class _Needs(msgspec.Struct):
    """What a definition asks of the program that reads it."""

    format: str
    group: str
    shuffle: str
    contests: list[_Type]


class _Type(msgspec.Struct):
    type: str
    count: dict[str, Any] = {}


def decode_election(data: bytes) -> Election:
    """Return the election whose canonical JSON is ``data``; raise `DecodeError` for anything else.

    `EvidenceMissing` if it asks for a version, group, question type or proof of shuffle that is not installed here.
    """
    try:
        return canonical.decode(data, Election)
    except DecodeError:
        _check_installed(data)
        raise


def _check_installed(data: bytes) -> None:
    try:
        needs = msgspec.json.decode(data, type=_Needs)
    except (msgspec.MsgspecError, ValueError):
        return
    wanted = {
        "record format": ({needs.format}, {FORMAT}),
        "group": ({needs.group}, group_names()),
        "proof of shuffle": ({needs.shuffle}, registered_names(SHUFFLES)),
        "question type": ({contest.type for contest in needs.contests}, question_names()),
        "method": ({m for c in needs.contests if isinstance(m := c.count.get("method"), str)}, method_names()),
    }
    for what, (asked, known) in wanted.items():
        if unknown := asked - set(known):
            raise EvidenceMissing(f"{what} {min(unknown)!r} is not installed here")


def election_from_toml(text: str) -> Election:
    """Return the election that a person wrote; `DecodeError` says what is wrong with it. Text becomes NFC."""
    definition: Mapping[str, Any] = {}
    try:
        definition = definition_from_toml(text)
        return msgspec.convert(definition, Election)
    except (msgspec.MsgspecError, ValueError) as error:
        raise DecodeError(f"election definition: {placed(str(error), definition)}") from None
