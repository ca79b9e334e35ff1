"""JSON in blocks: what the whole document says, wherever the blocks end, and nothing but JSON."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.errors import DecodeError
from evote.formats.ivxv import json_stream
from evote.formats.ivxv.json_stream import JsonStream
from tests.formats.ivxv.fuzz import FUZZ

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), TEXT), st.lists, max_leaves=5)
DOCUMENTS = st.dictionaries(TEXT, st.lists(VALUES, max_size=4), max_size=4)


def walk(data: bytes) -> dict[str, list[Any]]:
    """Read an object of lists of values."""
    stream = JsonStream(io.BytesIO(data), "document")
    whole = {name: [stream.value() for _ in stream.items()] for name in stream.members()}
    stream.end()
    return whole


@given(document=DOCUMENTS, block=st.integers(1, 9), indent=st.sampled_from([None, 2]), escapes=st.booleans())
@FUZZ
def test_blocks_do_not_matter(document: dict[str, list[Any]], block: int, indent: int | None, *, escapes: bool) -> None:
    data = json.dumps(document, indent=indent, ensure_ascii=escapes).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "BLOCK", block)
        assert walk(data) == document


@given(st.binary(max_size=40))
@FUZZ
def test_anything_else_is_a_decode_error(data: bytes) -> None:
    try:
        document = walk(data)
    except DecodeError:
        return
    assert document == json.loads(data)


BAD = {
    "nothing": b"",
    "a list": b"[]",
    "a name twice": b'{"a":[],"a":[]}',
    "a name twice inside": b'{"a":[{"b":1,"b":1}]}',
    "something behind": b'{"a":[]} x',
    "a second document": b'{"a":[]}{"a":[]}',
    "a comma too many": b'{"a":[1,]}',
    "no comma": b'{"a":[1 2]}',
    "no colon": b'{"a" []}',
    "cut short": b'{"a":[1,2',
    "cut inside a string": b'{"a":["b',
    "a name that is no string": b"{1:[]}",
    "half a surrogate pair as a name": b'{"\\ud800":[]}',
    "a control character": b'{"a":["\x01"]}',
    "not UTF-8": b'{"a":["\xff"]}',
    "UTF-8 cut short": b'{"a":["\xc3',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "nested without end": b'{"a":[' + b"[" * 100_000,
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_bad_documents(data: bytes) -> None:
    assert walk(b'{"a":[1, {"b": [2]}]}\n') == {"a": [1, {"b": [2]}]}
    with pytest.raises(DecodeError, match=r"^document: "):
        walk(data)


def test_values_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "BLOCK", 16)
    monkeypatch.setattr(json_stream, "MAX_VALUE", 64)
    assert walk(b'{"a":["' + b"x" * 60 + b'"]}') == {"a": ["x" * 60]}
    for size in (70, 1000):
        with pytest.raises(DecodeError):
            walk(b'{"a":["' + b"x" * size + b'"]}')
    # white space is skipped, not held
    assert walk(b"{" + b" " * 1000 + b"}") == {}
