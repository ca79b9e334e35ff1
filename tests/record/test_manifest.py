"""An election cannot be built wrong, by whatever road it comes."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evote.crypto.group import group
from evote.errors import DecodeError, EvidenceMissing
from evote.questions.option import Option
from evote.record.manifest import Contest, District, Election, Role, decode_election, election_from_toml
from tests.record.samples import COUNCIL, ELECTION, MIXER, OPERATOR, SETTINGS, role

TEXT = ELECTION.canonical
OPTIONS = COUNCIL.options
CHOICE = Contest(id="mayor", title="Mayor", type="choice", options=OPTIONS)
SMALL_ORDER_KEY = Role(name="Nobody", key=bytes(32))
NORTH, SOUTH = ELECTION.districts


def test_the_sample_is_sound() -> None:
    assert decode_election(TEXT) == ELECTION
    assert ELECTION.canonical == TEXT
    assert ELECTION.fingerprint == hashlib.sha256(TEXT).digest()
    assert ELECTION.algebra is group("ristretto255")
    assert replace(ELECTION, name="Another").fingerprint != ELECTION.fingerprint


def contest(**changes: Any) -> dict[str, Any]:
    """Return the change that puts a changed contest into the election."""
    return {"contests": (replace(COUNCIL, **changes),)}


# What makes the election impossible at once
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown group": ({"group": "no-such-group"}, "nothing is registered"),
    "small group": ({"group": "toy"}, "too small"),
    "threshold 0": ({"threshold": 0}, "threshold"),
    "threshold above the trustees": ({"threshold": 4}, "threshold"),
    "no trustees": ({"trustees": (), "threshold": 0}, "threshold"),
    "too many trustees": ({"trustees": SETTINGS["trustees"] * 34}, "at most 100"),
    "no contest": ({"contests": ()}, "at least one contest"),
    "no district": ({"districts": ()}, "at least one contest"),
    "one key for two trustees": ({"trustees": SETTINGS["trustees"][:1] * 2}, "role keys must be distinct"),
    "one key for two roles": ({"registrar": role("The office", OPERATOR)}, "role keys must be distinct"),
    "a trustee who is also a mixer": (
        {"contests": (CHOICE,), "mixers": SETTINGS["trustees"][:1]},
        "role keys must be distinct",
    ),
    "key of small order": ({"operator": SMALL_ORDER_KEY}, "Ed25519"),
    "trustee's key of small order": ({"trustees": (*SETTINGS["trustees"], SMALL_ORDER_KEY)}, "Ed25519"),
    "two districts of one name": ({"districts": (NORTH, NORTH)}, "districts must be distinct"),
    "two contests of one name": ({"contests": (COUNCIL, COUNCIL)}, "contests must be distinct"),
    "two strata of one name": ({"strata": ("young", "young")}, "must be distinct"),
    "option in an unknown district": ({"districts": (SOUTH,)}, "unknown district 'north'"),
    "contest in an unknown district": (
        {"contests": (replace(COUNCIL, districts=("east",)),)},
        "unknown district 'east'",
    ),
    "no option for a district": (
        contest(options=tuple(replace(option, districts=("north",)) for option in OPTIONS)),
        "contest council: what is open to district south is not enough to choose from",
    ),
    "fewer options than must be chosen": (
        contest(options=(*OPTIONS, Option(id="c", name="C")), rules={"minimum": 3, "maximum": 3}),
        "contest council: what is open to district south is not enough",
    ),
    "unknown proof of shuffle": ({"shuffle": "no-such-proof"}, "no proof of shuffle is registered"),
    "mix road without mixers": ({"contests": (CHOICE,)}, "mixers must be named"),
    "mixers without the mix road": ({"mixers": (role("Mixer", MIXER),)}, "mixers must be named"),
}
# What is found at the latest when the definition is written
WRONG_FIELDS: dict[str, dict[str, Any]] = {
    "empty name": {"name": ""},
    "long name": {"name": "x" * 201},
    "control character": {"name": "Õisu\n2026"},
    "terminal escape": {"operator": replace(SETTINGS["operator"], name="\x1b[31mThe office")},
    "decomposed letter": {"name": "O\u0303isu"},
    "id in capitals": {"districts": (NORTH, SOUTH, District(id="East", name="East"))},
    "id with a line end": {"districts": (NORTH, SOUTH, District(id="east\n", name="East"))},
    "id with a space": contest(id="the council"),
    "stratum with a slash": {"strata": ("young/old",)},
    "minimum group 0": {"minimum_group": 0},
    "minimum group true": {"minimum_group": True},
    "other format": {"format": "evote/2"},
    "list for a tuple of the wrong kind": {"strata": (1,)},
    "no title": contest(title=""),
    "option with no name": contest(options=(OPTIONS[0], Option(id="c", name=""))),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_election_cannot_be_built_wrong(name: str) -> None:
    changes, message = WRONG[name]
    with pytest.raises((ValueError, DecodeError), match=message):
        Election(**SETTINGS | changes)


@pytest.mark.parametrize("name", WRONG_FIELDS)
def test_a_wrong_field_has_no_fingerprint(name: str) -> None:
    election = Election(**SETTINGS | WRONG_FIELDS[name])
    with pytest.raises(ValueError, match=r"not a|control characters|normal form"):
        _ = election.fingerprint


CONTESTS: dict[str, tuple[dict[str, Any], str]] = {
    "no such question": ({"type": "no-such-question"}, "nothing is registered"),
    "two options of one name": ({"options": OPTIONS[:1] * 2}, "options of contest council must be distinct"),
    "no options": ({"options": ()}, "selection"),
    "unknown rule": ({"rules": {"maximal": 1}}, "contest council: there is no rule 'maximal', but minimum"),
    "rule of the wrong kind": ({"rules": {"maximum": "1"}}, "rule 'maximum' must be a whole number, not text"),
    "more choices than options": ({"rules": {"maximum": 3}}, "maximum"),
    "minimum above maximum": ({"rules": {"minimum": 2, "maximum": 1}}, "minimum"),
    "negative minimum": ({"rules": {"minimum": -1}}, "minimum"),
    "no such method": ({"count": {"method": "no-such-method"}}, "nothing is registered"),
    "a method by number": ({"count": {"method": 1}}, "names its method"),
    "rules without a method": ({"count": {"seats": 1}}, "contest council: a count names its method"),
    "two options with one name": (
        {"options": (OPTIONS[0], replace(OPTIONS[1], name="A"))},
        "contest council: two options that a voter could choose are called 'A'",
    ),
    "two options with one name in a district": (
        {"options": tuple(Option(id=i, name="A", districts=d) for i, d in (("a", ("x", "y")), ("b", ("y", "z"))))},
        "contest council: two options that a voter could choose are called 'A'",
    ),
    "unknown rule of a method": (
        {"count": {"method": "plurality", "chairs": 1}},
        "contest council: there is no rule 'chairs', but .*seats",
    ),
    "more seats than options": ({"count": {"method": "plurality", "seats": 3}}, "seats"),
    "rankings that nobody makes": ({"count": {"method": "schulze"}}, "needs rankings"),
    "runoff without rankings": ({"count": {"method": "irv"}}, "needs rankings"),
    "a test without a threshold": (
        {"type": "petition", "options": OPTIONS[:1], "rules": {"result": "threshold"}},
        "to be tested|test of the threshold",
    ),
    "a test of a plurality": (
        {
            "type": "petition",
            "options": OPTIONS[:1],
            "rules": {"result": "threshold"},
            "count": {"method": "plurality"},
        },
        "to be tested|test of the threshold",
    ),
}


@pytest.mark.parametrize("name", CONTESTS)
def test_a_contest_cannot_be_built_wrong(name: str) -> None:
    changes, message = CONTESTS[name]
    with pytest.raises(ValueError, match=message):
        replace(COUNCIL, **changes)


def test_options_of_one_name_may_stand_in_different_districts() -> None:
    apart = tuple(Option(id=i, name="A", districts=(d,)) for i, d in (("a", "north"), ("b", "south")))
    assert Election(**SETTINGS | {"contests": (replace(COUNCIL, options=apart),)})


def edited(**changes: object) -> bytes:
    """Return the definition's canonical JSON with other values for some of its fields."""
    return json.dumps(json.loads(TEXT) | changes, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


SOUTHERN = {"districts": ("south",)}
PRICED = tuple(Option(id=name, name=name, cost=cost) for name, cost in (("a", 300), ("b", 500)))
HEAD, MEMBER = Option(id="head", name="Head"), Option(id="member", name="Member", party="head")
# Of what cannot be answered in the north, the least that makes it so, and what can be
BARE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "selection": (
        {"rules": {"minimum": 2, "maximum": 2, "blank": False}},
        {"rules": {"minimum": 1, "maximum": 2, "blank": False}},
    ),
    "selection with blank": ({"rules": {"minimum": 2, "maximum": 2}}, {"rules": {"maximum": 2}}),
    "ranked": (
        {"type": "ranked", "rules": {"minimum": 2, "blank": False}},
        {"type": "ranked", "rules": {"minimum": 1}},
    ),
    "lists": (
        {"type": "lists", "options": (replace(HEAD, **SOUTHERN), MEMBER)},
        {"type": "lists", "options": (HEAD, replace(MEMBER, **SOUTHERN))},
    ),
    "budget": (
        {"type": "budget", "options": (replace(PRICED[0], **SOUTHERN), PRICED[1]), "rules": {"budget": 400}},
        {"type": "budget", "options": (PRICED[0], replace(PRICED[1], **SOUTHERN)), "rules": {"budget": 400}},
    ),
    "score": (
        {"type": "score", "options": tuple(replace(option, **SOUTHERN) for option in OPTIONS)},
        {"type": "score", "options": (OPTIONS[0], replace(OPTIONS[1], **SOUTHERN))},
    ),
}


@pytest.mark.parametrize("name", BARE)
def test_no_district_is_asked_what_it_cannot_answer(name: str) -> None:
    refused, sound = ({"options": (OPTIONS[0], replace(OPTIONS[1], **SOUTHERN)), **changes} for changes in BARE[name])
    mixers = (role("Mixer", MIXER),) if name == "ranked" else ()
    asked = replace(COUNCIL, **refused)
    with pytest.raises(ValueError, match="contest council: what is open to district north is not enough"):
        Election(**SETTINGS | {"contests": (asked,), "mixers": mixers})
    assert Election(**SETTINGS | {"contests": (replace(COUNCIL, **sound),), "mixers": mixers})
    assert Election(**SETTINGS | {"contests": (replace(asked, **SOUTHERN),), "mixers": mixers})


TEXTS = {
    "empty": b"",
    "line end": TEXT + b"\n",
    "indented": json.dumps(json.loads(TEXT), indent=1).encode(),
    "threshold": edited(threshold=9),
    "threshold of 2^64": edited(threshold=2**64),
    "rule that is a float": edited(contests=[json.loads(TEXT)["contests"][0] | {"rules": {"maximum": 1.0}}]),
    "rule that is a list": edited(contests=[json.loads(TEXT)["contests"][0] | {"rules": {"maximum": [1]}}]),
    "key of small order": edited(operator={"key": "A" * 43 + "=", "name": "The office"}),
    "short key": edited(operator={"key": "AAAA", "name": "The office"}),
    "unknown field": edited(comment="hello"),
    "simulated with a number": edited(simulated=0),
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_decodes_to_a_wrong_election(name: str) -> None:
    assert decode_election(edited()) == ELECTION
    with pytest.raises(DecodeError):
        decode_election(TEXTS[name])


NOT_INSTALLED = {
    "unknown group": edited(group="no-such-group"),
    "unknown question": edited(contests=[json.loads(TEXT)["contests"][0] | {"type": "no-such-question"}]),
    "another version": edited(format="evote/2"),
    "unknown proof of shuffle": edited(shuffle="no-such-proof"),
    "unknown method": edited(contests=[json.loads(TEXT)["contests"][0] | {"count": {"method": "no-such-method"}}]),
}


@pytest.mark.parametrize("name", NOT_INSTALLED)
def test_what_is_not_installed_here_is_absent_rather_than_false(name: str) -> None:
    with pytest.raises(EvidenceMissing, match="is not installed here"):
        decode_election(NOT_INSTALLED[name])


@given(st.integers(0, len(TEXT) - 1), st.binary(max_size=2), st.integers(0, 2))
def test_a_changed_definition_is_another_election_or_none(place: int, new: bytes, removed: int) -> None:
    text = TEXT[:place] + new + TEXT[place + removed :]
    try:
        assert decode_election(text).canonical == text
    except (DecodeError, EvidenceMissing) as error:
        assert str(error)  # noqa: PT017


def test_districts_decide_who_is_asked_what() -> None:
    northern = Contest(id="bridge", title="A bridge?", type="selection", options=OPTIONS[:1], districts=("north",))
    election = Election(**SETTINGS | {"contests": (COUNCIL, northern)})
    assert [c.id for c in election.contests_of("north")] == ["council", "bridge"]
    assert [c.id for c in election.contests_of("south")] == ["council"]
    assert (COUNCIL.allowed("north"), COUNCIL.allowed("south")) == ((1, 2), (1,))
    assert election.contest("bridge") is northern
    with pytest.raises(KeyError):
        election.contest("tunnel")


def test_every_role_has_its_key() -> None:
    election = Election(**SETTINGS | {"contests": (CHOICE,), "mixers": (role("Mixer", MIXER),)})
    assert election.role_key("operator") == OPERATOR.public_key
    assert election.role_key("registrar") == election.registrar.key
    assert [election.role_key(f"trustee {i}") for i in (1, 2, 3)] == [t.key for t in election.trustees]
    assert election.role_key("mixer 1") == MIXER.public_key
    for nobody in ("trustee 0", "trustee 4", "mixer 2", "voter v1", "Operator", ""):
        with pytest.raises(KeyError):
            election.role_key(nobody)


TOML = """
name = "Vald"
group = "ristretto255"
threshold = 1
districts = [{id = "all", name = "All"}]
operator = {name = "Office", key = "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="}
registrar = {name = "Registry", key = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="}
trustees = [{name = "Ants", key = "gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q="}]
[[contests]]
id = "council"
title = "Council"
type = "selection"
rules = {maximum = 2}
options = [{id = "a", name = "A"}, {id = "b", name = "B"}]
"""


def test_what_a_person_writes() -> None:
    election = election_from_toml(TOML)
    assert (election.name, election.threshold, election.contests[0].rules) == ("Vald", 1, {"maximum": 2})
    assert decode_election(election.canonical) == election
    assert election_from_toml(TOML.replace("Vald", "O\u0303isu")).name == "Õisu"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Vald"', "Vald", "definition"),
        ("threshold = 1", "threshold = 2", "threshold"),
        ("threshold = 1", 'threshold = "1"', "threshold"),
        ("threshold = 1", "thresold = 1", "thresold"),
        ("maximum = 2", "maximum = 2.5", "numbers are whole, and 2.5 is not; a share"),
        ('"selection"', '"selektion"', r"evote.questions, but budget, .*selection"),
        ("maximum = 2", "maximum = 1979-05-27", "rules"),
        ("O2onvM62", "!!!!!!!!", "operator"),
        ('"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="', f'"{"A" * 43}="', "Ed25519"),
        ('id = "a"', 'id = "b"', "distinct"),
    ],
)
def test_what_a_person_writes_wrong(old: str, new: str, message: str) -> None:
    assert old in TOML
    with pytest.raises(DecodeError, match=message):
        election_from_toml(TOML.replace(old, new, 1))
