"""What a person writes wrong is complained of where it stands."""

from __future__ import annotations

import msgspec
import pytest

from evote.errors import DecodeError
from evote.record.manifest import Contest, election_from_toml
from evote.record.toml import definition_from_toml, placed


class Asked(msgspec.Struct):
    contests: list[Contest]


TOML = """
name = "Vald"
trustees = [{name = "Ants"}, {}]
[[contests]]
id = "council"
options = [{id = "a", name = "A"}, {name = "B"}]
[contests.rules]
maximum = 2
"""


def test_text_is_normalised_however_it_is_written() -> None:
    for written in ("O\u0303isu", r"O\u0303isu", "Õisu", r"\u00d5isu"):
        found = definition_from_toml(TOML.replace('name = "B"', f'name = "{written}"'))
        assert found["contests"][0]["options"][1] == {"name": "Õisu"}


def test_nothing_else_is_changed() -> None:
    assert definition_from_toml("\ufeff" + TOML) == definition_from_toml(TOML)
    assert definition_from_toml(TOML)["contests"][0]["rules"] == {"maximum": 2}
    assert definition_from_toml("") == {}


WRONG = {
    "a control character": (r'name = "A\u0000"', "^contests council, options a, name: text has control characters$"),
    "a line end": (r'name = "A\n"', "^contests council, options a, name: text has control characters$"),
    "a fraction": ('name = "A", cost = 1.5', "numbers are whole, and 1.5 is not"),
    "a deep array": (f'name = "A", x = {"[" * 5000}{"]" * 5000}', "too deeply"),
    "a deep table": (f'name = "A", x = {"{a=" * 5000}1{"}" * 5000}', "too deeply"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_definition_says_where(name: str) -> None:
    new, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        definition_from_toml(TOML.replace('name = "A"', new))
    with pytest.raises(DecodeError, match="election definition: "):
        election_from_toml(TOML.replace('name = "A"', new))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("$.name", "name"),
        ("$.contests[0]", "contests council"),
        ("$.contests[0].options[1].cost", "contests council, options B, cost"),
        ("$.contests[0].options[7].cost", "contests council, options 8, cost"),
        ("$.trustees[1].key", "trustees 2, key"),
        ("$.trustees[0].key", "trustees Ants, key"),
        ("$.contests[0].rules[...]", "contests council, rules"),
        ("$", "the definition"),
    ],
)
def test_a_path_is_told_in_words(path: str, words: str) -> None:
    assert placed(f"Expected `int` - at `{path}`", definition_from_toml(TOML)) == f"Expected `int` - at {words}"


def test_a_complaint_of_msgspecs_has_its_path() -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.convert(definition_from_toml(TOML), Asked)
    assert (
        placed(str(raised.value), definition_from_toml(TOML))
        == "Object missing required field `id` - at contests council, options B"
    )
