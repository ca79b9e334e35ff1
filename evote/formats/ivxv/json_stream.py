"""JSON of any length, one small value at a time: memory for a block and for the largest value.

The outer objects and lists are walked by whoever knows their shape; what they hold is decoded by the standard library.
Names that occur twice in an object are refused, and so is anything after the document. White space is free, since the
official programs print prettily. Everything wrong is a `DecodeError`.

Source: RFC 8259.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from evote.errors import DecodeError

BLOCK = 1 << 18  # bytes read at once
MAX_VALUE = 1 << 17  # characters of a value, and of white space at one place
SPACE = re.compile(r"[ \t\r\n]*")


class JsonStream:
    """A document being read; the methods must follow its structure."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Read ``file`` from where it stands; ``name`` is for error messages."""
        self._file, self._name = file, name
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._decoder = json.JSONDecoder(object_pairs_hook=_distinct)
        self._buffer, self._at = "", 0

    def value(self) -> Any:
        """Return the next value, decoded whole."""
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError):
                if len(self._buffer) - self._at > MAX_VALUE or not self._more():
                    raise self._error("no JSON value, or too long a one") from None
                continue
            # a number may go on in the next block
            if end == len(self._buffer) and self._more():
                continue
            if end - self._at > MAX_VALUE:
                raise self._error("too long a value")
            self._at = end
            return value

    def items(self) -> Iterator[int]:
        """Yield 0, 1, 2 ... for the items of a list; each must be read before the next is asked for."""
        yield from self._walk("[", "]")

    def members(self) -> Iterator[str]:
        """Yield the names in an object; the value of each must be read before the next is asked for."""
        seen: set[str] = set()
        for _ in self._walk("{", "}"):
            name = self.text()
            if name in seen:
                raise self._error(f"{name!a} occurs twice")
            seen.add(name)
            self._expect(":")
            yield name

    def text(self) -> str:
        """Return the next value, which must be a string that UTF-8 can hold."""
        value = self.value()
        if not is_text(value):
            raise self._error("no text where text is expected")
        return str(value)

    def name(self, expected: str, names: Iterator[str]) -> None:
        """Take the next of an object's ``names``, which must be the expected one."""
        if next(names, None) != expected:
            raise self._error(f"no {expected!r} where it is expected")

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self._peek():
            raise self._error("something follows the document")

    def _walk(self, opening: str, closing: str) -> Iterator[int]:
        self._expect(opening)
        if self._peek() == closing:
            self._expect(closing)
            return
        number = 0
        while True:
            yield number
            number += 1
            if self._peek() == closing:
                self._expect(closing)
                return
            self._expect(",")

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._error(f"no {mark!r} where it is expected")
        self._at += 1

    def _peek(self) -> str:
        """Return the next character that is not white space; "" at the end."""
        while True:
            match = SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Drop what was read and read on; tell whether there was anything."""
        try:
            data = self._file.read(BLOCK)
            block = self._utf8.decode(data, final=not data)
        except ValueError:
            raise self._error("not UTF-8") from None
        self._buffer, self._at = self._buffer[self._at :] + block, 0
        return bool(data)

    def _error(self, what: str) -> DecodeError:
        return DecodeError(f"{self._name}: {what}")


def is_text(value: object) -> bool:
    """Tell whether a value is a string without halves of surrogate pairs."""
    return isinstance(value, str) and (value.isascii() or not re.search("[\ud800-\udfff]", value))


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice in an object")
    return members
