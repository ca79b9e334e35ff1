"""A definition as a person writes it: TOML, and complaints that say where in it something is wrong.

Text becomes NFC however it is written, escapes included, and has no control characters; a byte order mark is skipped.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from typing import Any, NoReturn

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_PATH = re.compile(r"`\$([^`]*)`")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def definition_from_toml(text: str) -> dict[str, Any]:
    """Return a definition as it is written, with or without roles; ``ValueError`` says what is wrong with the TOML."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    try:
        written = tomllib.loads(text, parse_float=_no_fraction)
        return {name: _normal(value, written, f".{name}") for name, value in written.items()}
    except RecursionError:
        raise ValueError("tables or arrays stand in each other too deeply") from None


def placed(complaint: str, definition: Any) -> str:
    """Return a complaint of msgspec's with its path, `$.contests[0].title`, in words: contests council, title."""
    return _PATH.sub(lambda path: ", ".join(_words(path[1], definition)) or "the definition", complaint)


def _words(path: str, value: Any) -> Iterator[str]:
    """Yield the fields on a path, each with the id, name or number, from 1, of what it leads to."""
    word = ""
    for field, index in _STEP.findall(path):
        if field:
            yield from [word] * bool(word)
            word, value = field, value.get(field) if isinstance(value, dict) else None
        else:
            number = int(index)
            value = value[number] if isinstance(value, list) and number < len(value) else None
            known = (value.get("id"), value.get("name")) if isinstance(value, dict) else ()
            word += f" {next((name for name in known if isinstance(name, str)), number + 1)}"
    yield from [word] * bool(word)


def _normal(value: Any, written: dict[str, Any], path: str) -> Any:
    """Return a value with its text in NFC; ``ValueError`` names the field of text with control characters."""
    match value:
        case str():
            if _CONTROL.search(value):
                raise ValueError(f"{', '.join(_words(path, written))}: text has control characters")
            return unicodedata.normalize("NFC", value)
        case list():
            return [_normal(item, written, f"{path}[{i}]") for i, item in enumerate(value)]
        case dict():
            return {name: _normal(item, written, f"{path}.{name}") for name, item in value.items()}
    return value


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f'numbers are whole, and {text} is not; a share, where there is one, is text: "0.05"')
