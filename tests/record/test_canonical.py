"""One text for each value: every other spelling of the same JSON is refused."""

import json
from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from evote.errors import DecodeError
from evote.record import canonical
from evote.record.entries import Entry


class Sample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of each kind that the record uses."""

    count: Annotated[int, Meta(ge=0, lt=1 << 53)]
    data: bytes
    name: str
    parts: tuple[bytes, ...] = ()
    rules: dict[str, bool | int | str] = {}


VALUE = Sample(count=7, data=b"\xff\xfe", name='Õ"\\', parts=(b"a",), rules={"x": True, "y": 2})
TEXT = r'{"count":7,"data":"//4=","name":"Õ\"\\","parts":["YQ=="],"rules":{"x":true,"y":2}}'.encode()


def changed(old: str, new: str) -> bytes:
    """Return the text with one part spelled otherwise."""
    assert TEXT.decode().count(old) == 1
    return TEXT.decode().replace(old, new).encode()


SPELLINGS = {
    "empty": b"",
    "nothing but space": b" ",
    "cut": TEXT[:-1],
    "line end": TEXT + b"\n",
    "space before": b" " + TEXT,
    "space after": TEXT + b" ",
    "space inside": changed('"count":7', '"count": 7'),
    "tab inside": changed(',"data"', ',\t"data"'),
    "byte order mark": b"\xef\xbb\xbf" + TEXT,
    "two values": TEXT + TEXT,
    "NUL after": TEXT + b"\x00",
    "repeated key": changed('"count":7', '"count":7,"count":7'),
    "repeated key, other value": changed('"count":7', '"count":8,"count":7'),
    "repeated key in a map": changed('"y":2', '"y":2,"y":2'),
    "keys in another order": changed('"count":7,"data":"//4="', '"data":"//4=","count":7'),
    "map keys in another order": changed('"x":true,"y":2', '"y":2,"x":true'),
    "missing field": changed('"count":7,', ""),
    "missing default": changed(',"rules":{"x":true,"y":2}', ""),
    "unknown field": changed('{"count"', '{"a":1,"count"'),
    "null": changed('"count":7', '"count":null'),
    "escaped letter": changed("Õ", "\\u00d5"),
    "escaped slash": changed("//4=", "\\/\\/4="),
    "escaped ASCII": changed("Õ", "\\u0041"),
    "escaped quote, long": changed('Õ\\"', "Õ\\u0022"),
    "decomposed letter": changed("Õ", "O\u0303"),
    "compatibility letter": changed("Õ", "\u212b"),
    "escaped tab": changed("Õ", "\\t"),
    "escaped NUL": changed("Õ", "\\u0000"),
    "raw control character": changed("Õ", "\x01"),
    "raw delete": changed("Õ", "\x7f"),
    "raw C1 control": changed("Õ", "\x85"),
    "line feed in a string": changed("Õ", "\n"),
    "lone surrogate": changed("Õ", "\\ud800"),
    "raw surrogate": TEXT.replace("Õ".encode(), b"\xed\xa0\x80"),
    "overlong UTF-8": TEXT.replace("Õ".encode(), b"\xc1\x81"),
    "latin-1": TEXT.replace("Õ".encode(), b"\xd5"),
    "base64 without padding": changed("//4=", "//4"),
    "base64 with loose bits": changed("//4=", "//5="),
    "base64 of the web": changed("//4=", "__4="),
    "base64 with a line break": changed("//4=", "//4=\\n"),
    "base64 with a space": changed("//4=", " //4="),
    "base64 with more padding": changed("//4=", "//4=="),
    "float": changed('"count":7', '"count":7.0'),
    "exponent": changed('"count":7', '"count":7e0'),
    "leading zero": changed('"count":7', '"count":07'),
    "plus": changed('"count":7', '"count":+7'),
    "minus zero": changed('"count":7', '"count":-0'),
    "negative": changed('"count":7', '"count":-7'),
    "number as text": changed('"count":7', '"count":"7"'),
    "2^53": changed('"count":7', f'"count":{2**53}'),
    "2^64": changed('"count":7', f'"count":{2**64}'),
    "hundred digits": changed('"count":7', f'"count":{"7" * 100}'),
    "not a number": changed('"count":7', '"count":NaN'),
    "truth as a number": changed("true", "1.0"),
    "array for an object": b"[7]",
    "deep nesting": changed('"count":7', '"count":' + "[" * 100_000),
}


def test_the_text_of_a_value() -> None:
    assert canonical.encode(VALUE) == TEXT
    assert canonical.decode(TEXT, Sample) == VALUE


@pytest.mark.parametrize("name", SPELLINGS)
def test_any_other_spelling_is_refused(name: str) -> None:
    with pytest.raises(DecodeError):
        canonical.decode(SPELLINGS[name], Sample)


def test_many_of_these_spellings_are_json_to_others() -> None:
    """What is refused is not only what no parser would take."""
    accepted = 0
    for text in SPELLINGS.values():
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            continue
        accepted += 1
    assert accepted > len(SPELLINGS) // 2


@pytest.mark.parametrize("name", ["a\x00", "\x1b[31m", "tab\t", "\x7f", "\x85", "O\u0303", "\ud800"])
def test_text_that_cannot_be_written(name: str) -> None:
    with pytest.raises(ValueError, match=r"normal form|control|surrogates"):
        canonical.encode(Sample(count=0, data=b"", name=name))


@pytest.mark.parametrize("name", ["", "\\", "\\\\", '"', '\\"', '"\\"', "\\n", "\\u0041", "x" * 1000, "😀", "\u2028"])
def test_odd_text_that_can(name: str) -> None:
    value = Sample(count=0, data=b"", name=name)
    assert canonical.decode(canonical.encode(value), Sample) == value


def test_the_limit() -> None:
    assert canonical.decode(TEXT, Sample, limit=len(TEXT)) == VALUE
    with pytest.raises(DecodeError, match="at most"):
        canonical.decode(TEXT, Sample, limit=len(TEXT) - 1)


values = st.builds(
    Sample,
    count=st.integers(0, 2**53 - 1),
    data=st.binary(max_size=20),
    name=st.text(max_size=20),
    parts=st.lists(st.binary(max_size=5), max_size=3).map(tuple),
    rules=st.dictionaries(st.text(max_size=3), st.one_of(st.booleans(), st.integers(-9, 9), st.text(max_size=3))),
)


@given(values)
def test_what_can_be_written_reads_back(value: Sample) -> None:
    try:
        text = canonical.encode(value)
    except ValueError as error:
        assert "text" in str(error) or "surrogates" in str(error)  # noqa: PT017
    else:
        assert canonical.decode(text, Sample) == value


@given(st.integers(0, len(TEXT) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_a_changed_text_is_another_value_or_none(place: int, new: bytes, removed: int) -> None:
    text = TEXT[:place] + new + TEXT[place + removed :]
    try:
        value = canonical.decode(text, Sample)
    except DecodeError:
        return
    assert canonical.encode(value) == text
    assert (value == VALUE) == (text == TEXT)


@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_arbitrary_bytes(data: bytes) -> None:
    try:
        assert canonical.encode(canonical.decode(data, Sample)) == data
    except DecodeError as error:
        assert str(error)  # noqa: PT017


def test_what_it_is_not_has_its_article() -> None:
    with pytest.raises(DecodeError, match=r"^not an Entry: "):
        canonical.decode(b"{}", Entry)
    with pytest.raises(DecodeError, match=r"^not a Sample: "):
        canonical.decode(b"{}", Sample)
    with pytest.raises(DecodeError, match=r"^not the canonical encoding of a Sample$"):
        canonical.decode(b" " + TEXT, Sample)
