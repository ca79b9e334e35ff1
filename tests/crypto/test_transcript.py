"""The native transcript: its bytes, that no two histories share an input, and that forks do not meet again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.transcript import NativeTranscript, frame
from tests.crypto.samples import TOY

History = Callable[[NativeTranscript], object]


Step = tuple[str, tuple[bytes, ...]]


def said(*steps: Step) -> History:
    def tell(transcript: NativeTranscript) -> None:
        for label, messages in steps:
            transcript.append(label, *messages)

    return tell


def after(history: History, domain: str = "test") -> int:
    transcript = NativeTranscript(domain)
    history(transcript)
    return transcript.challenge("end", 256)


@pytest.mark.parametrize("bits", [252, 256])
def test_bytes_are_as_documented(bits: int) -> None:
    def eight(n: int) -> bytes:
        return n.to_bytes(8, "big")

    transcript = NativeTranscript("ballot")
    transcript.append("bases", b"abc", b"")
    absorbed = eight(19) + b"evote transcript v1" + eight(6) + b"ballot"
    absorbed += b"\x01" + eight(5) + b"bases" + eight(2) + eight(3) + b"abc" + eight(0)
    absorbed += b"\x02" + eight(9) + b"challenge" + eight(bits) + eight(2)
    output = hashlib.shake_256(absorbed).digest(64)
    expected = [int.from_bytes(half, "big") % 2**bits for half in (output[:32], output[32:])]
    assert transcript.challenges("challenge", bits, 2) == expected


def test_known_answer() -> None:
    """The same number in ten years, or old records stop verifying."""
    transcript = NativeTranscript("test")
    transcript.append("bases", b"abc", b"")
    assert transcript.challenge("challenge", 61) == 0x7E5CB329EEA0708


DIFFERENT: dict[str, tuple[History, History]] = {
    "cut between messages": (lambda t: t.append("x", b"ab", b"c"), lambda t: t.append("x", b"a", b"bc")),
    "one message or two": (lambda t: t.append("x", b"ab"), lambda t: t.append("x", b"a", b"b")),
    "framed by hand": (
        lambda t: t.append("x", b"a", b"b"),
        lambda t: t.append("x", b"a" + frame(b"b")),
    ),
    "one append or two": (
        lambda t: t.append("x", b"a", b"b"),
        said(("x", (b"a",)), ("x", (b"b",))),
    ),
    "label or message": (lambda t: t.append("x", b"y"), lambda t: t.append("xy", b"")),
    "other label": (lambda t: t.append("x", b"a"), lambda t: t.append("y", b"a")),
    "other message": (lambda t: t.append("x", b"a"), lambda t: t.append("x", b"b")),
    "order": (
        said(("x", (b"a",)), ("y", (b"b",))),
        said(("y", (b"b",)), ("x", (b"a",))),
    ),
    "nothing or an empty append": (lambda t: None, lambda t: t.append("x")),
    "no message or an empty one": (lambda t: t.append("x"), lambda t: t.append("x", b"")),
    "append or challenge": (lambda t: t.append("x"), lambda t: t.challenge("x", 8)),
    "challenge drawn or not": (lambda t: None, lambda t: t.challenge("end", 256)),
    "bits of an earlier challenge": (lambda t: t.challenge("x", 8), lambda t: t.challenge("x", 16)),
    "count of an earlier challenge": (lambda t: t.challenges("x", 8, 1), lambda t: t.challenges("x", 8, 2)),
}


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_histories_that_look_alike_give_other_challenges(pair: tuple[History, History]) -> None:
    one, other = pair
    assert after(one) == after(one)
    assert after(one) != after(other)


def test_domain_separates() -> None:
    assert after(lambda t: None, "ballot") != after(lambda t: None, "decryption")


steps = st.lists(st.tuples(st.text(max_size=3), st.lists(st.binary(max_size=9), max_size=3).map(tuple)), max_size=3)


@given(steps, steps)
def test_different_histories_give_different_challenges(one: list[Step], other: list[Step]) -> None:
    assert (after(said(*one)) == after(said(*other))) == (one == other)


@pytest.mark.parametrize("bits", [1, 7, 8, 9, 60, 252, 256, 3200])
def test_challenges_use_all_their_bits_and_no_more(bits: int) -> None:
    drawn = NativeTranscript("test").challenges("c", bits, 64)
    assert len(drawn) == 64
    assert max(drawn) >> (bits - 1) == 1
    assert min(drawn) >= 0


def test_two_challenges_in_a_row_differ() -> None:
    transcript = NativeTranscript("test")
    assert transcript.challenge("c", 256) != transcript.challenge("c", 256)


def test_an_element_and_a_scalar_are_absorbed_as_their_encoding() -> None:
    element, scalar = TOY.generator, TOY.scalar(5)
    assert after(lambda t: t.append("x", element, scalar)) == after(
        lambda t: t.append("x", bytes(element), bytes(scalar))
    )


@pytest.mark.parametrize("message", [5, True, "text", [1, 2]], ids=repr)
def test_what_has_no_encoding_of_its_own_is_refused(message: object) -> None:
    with pytest.raises(AttributeError):
        NativeTranscript("test").append("x", message)  # type: ignore[arg-type]


def test_fork_shares_the_past_and_nothing_else() -> None:
    transcript = NativeTranscript("test")
    transcript.append("x", b"a")
    twin, other = transcript.fork(), transcript.fork()
    other.append("y", b"b")
    other.challenge("c", 8)
    assert twin.challenge("c", 256) == transcript.challenge("c", 256)
    assert transcript.challenge("c", 256) != other.challenge("c", 256)
