"""The cascade: every mix server once, in order, on the list before it; mix servers refuse any other turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import PublicKey, encode_row
from evote.crypto.group import group
from evote.crypto.rows import Rows
from evote.errors import DecodeError, EvidenceMissing, Refused, VerificationError
from evote.mixnet.cascade import Cascade
from evote.mixnet.mixer import Mixer, ShuffleMessage
from evote.record import canonical
from evote.record.audit import Audit
from evote.record.entries import Shuffle
from evote.record.lists import list_digest
from evote.record.units import Place
from tests.elections import changed, small_election
from tests.mixnet.shuffle_contract import ballots

ELECTION, KEYS = small_election("mix", mixers=2)
GROUP = group("ristretto255")
KEY = PublicKey(GROUP.generator ** GROUP.scalar(9))
NORTH, SOUTH = Place("mayor", "north"), Place("mayor", "south")
ENCODED = list(map(encode_row, ballots(KEY, 4, 1)))


class Lists:
    """The lists handed in."""

    def __init__(self, *messages: ShuffleMessage) -> None:
        self.held: dict[bytes, list[bytes]] = {}
        for message in messages:
            self.put(message)

    def put(self, message: ShuffleMessage) -> None:
        body = message.entry.body
        assert isinstance(body, Shuffle)
        self.held |= dict(zip((body.output, body.vectors), message.lists, strict=True))

    def line(self, index: int) -> bytes:
        raise IndexError(index)

    def rows(self, digest: bytes, limit: int) -> list[bytes]:
        if digest not in self.held:
            raise EvidenceMissing("no such list")
        return self.held[digest][: limit + 1]


def cascade(key: PublicKey = KEY) -> Cascade:
    """Return a cascade with the same list in two units."""
    made = Cascade(ELECTION, key, Audit())
    for place in (NORTH, SOUTH):
        made.open(place, ENCODED, 1)
    return made


def mixer(index: int, arithmetic: Arithmetic = Arithmetic.FAST) -> Mixer:
    return Mixer(ELECTION, index, KEYS.mixers[index - 1], arithmetic)


@cache
def mixed() -> tuple[ShuffleMessage, ShuffleMessage, ShuffleMessage]:
    """Return the first and second shuffle of the north, and the first of the south."""
    made = cascade()
    first = mixer(1).shuffle(made, NORTH)
    made.admit("mixer 1", body(first), Lists(first), "")
    return first, mixer(2).shuffle(made, NORTH), mixer(1).shuffle(made, SOUTH)


def body(message: ShuffleMessage) -> Any:
    return message.entry.body


def after_first() -> tuple[Cascade, Lists]:
    first, second, south = mixed()
    made, lists = cascade(), Lists(first, second, south)
    made.admit("mixer 1", body(first), lists, "")
    return made, lists


def test_honest_mix_servers_leave_the_same_votes_and_other_ciphertexts() -> None:
    made, lists = after_first()
    made.admit("mixer 2", body(mixed()[1]), lists, "")
    rows, digest = made.output(NORTH)
    encoded = list(rows.encoded)
    assert digest == list_digest(encoded)
    assert not set(encoded) & set(ENCODED)
    assert made.turn(NORTH) is None
    assert made.turn(SOUTH) == 1

    def votes(rows: Rows) -> set[Any]:
        return {c.c2 / c.c1 ** GROUP.scalar(9) for (c,) in rows.decoded()}

    mixed_rows = made.current(NORTH).rows
    unmixed_rows = made.current(SOUTH).rows
    assert mixed_rows is not None
    assert unmixed_rows is not None
    assert votes(mixed_rows) == votes(unmixed_rows)


def test_a_careful_mixer_is_believed_too() -> None:
    made = cascade()
    message = mixer(1, Arithmetic.CAREFUL).shuffle(made, NORTH)
    made.admit("mixer 1", body(message), Lists(message), "")
    assert made.turn(NORTH) == 2


def test_no_two_shuffles_are_alike() -> None:
    one, two = (mixer(1).shuffle(cascade(), NORTH) for _ in range(2))
    assert body(one).output != body(two).output


Turn = Callable[[], tuple[str, Any]]

OUT_OF_TURN: dict[str, tuple[str, Turn]] = {
    "the second first": ("mix.order", lambda: ("mixer 2", body(mixed()[0]))),
    "a stranger": ("mix.order", lambda: ("mixer 3", body(mixed()[0]))),
    "a unit that there is not": ("mix.order", lambda: ("mixer 1", changed(body(mixed()[0]), unit="west"))),
    "a contest that there is not": ("mix.order", lambda: ("mixer 1", changed(body(mixed()[0]), contest="council"))),
    "another input": ("mix.input", lambda: ("mixer 1", changed(body(mixed()[0]), input=bytes(32)))),
    "the second's shuffle by the first": ("mix.input", lambda: ("mixer 1", body(mixed()[1]))),
    "another unit's shuffle": (
        "shuffle.terelius-wikstrom",
        lambda: ("mixer 1", changed(body(mixed()[2]), unit="north")),
    ),
}


@pytest.mark.parametrize("name", OUT_OF_TURN)
def test_a_shuffle_out_of_turn_is_refused(name: str) -> None:
    check, turn = OUT_OF_TURN[name]
    author, shuffle = turn()
    made, lists = cascade(), Lists(*mixed())
    with pytest.raises(VerificationError) as caught:
        made.admit(author, shuffle, lists, "")
    assert caught.value.check == check
    assert made.turn(NORTH) == 1
    made.admit("mixer 1", body(mixed()[0]), lists, "")


def test_nobody_shuffles_twice_and_nobody_after_the_last() -> None:
    made, lists = after_first()
    with pytest.raises(VerificationError, match=r"mix\.order"):
        made.admit("mixer 1", body(mixed()[0]), lists, "")
    made.admit("mixer 2", body(mixed()[1]), lists, "")
    for author in ("mixer 1", "mixer 2", "mixer 3", "mixer None"):
        with pytest.raises(VerificationError, match=r"mix\.order"):
            made.admit(author, body(mixed()[1]), lists, "")


Spoil = Callable[[Lists, Any], Any]


def replaced(which: str, change: Callable[[list[bytes]], list[bytes]]) -> Spoil:
    """Put another list beside the board under a digest that the shuffle then names."""

    def spoil(lists: Lists, shuffle: Any) -> Any:
        lists.held[bytes(32)] = change(lists.held[getattr(shuffle, which)])
        return changed(shuffle, **{which: bytes(32)})

    return spoil


SPOILT: dict[str, tuple[type[Exception], str, Spoil]] = {
    "a ballot dropped": (DecodeError, "", replaced("output", lambda rows: rows[1:])),
    "a ballot added": (DecodeError, "", replaced("output", lambda rows: [*rows, rows[0]])),
    "a ballot twice for another": (
        VerificationError,
        "shuffle.terelius-wikstrom",
        replaced("output", lambda rows: [rows[1], *rows[1:]]),
    ),
    "ballots exchanged": (
        VerificationError,
        "shuffle.terelius-wikstrom",
        replaced("output", lambda rows: [rows[1], rows[0], *rows[2:]]),
    ),
    "not shuffled at all": (
        VerificationError,
        "shuffle.terelius-wikstrom",
        replaced("output", lambda _: list(map(canonical.encode, ENCODED))),
    ),
    "no element": (DecodeError, "", replaced("output", lambda rows: [canonical.encode(b"\xff" * 64), *rows[1:]])),
    "a row too short": (DecodeError, "", replaced("output", lambda rows: [canonical.encode(b""), *rows[1:]])),
    "a line of the proof dropped": (VerificationError, "mix.length", replaced("vectors", lambda rows: rows[1:])),
    "a line of the proof added": (
        VerificationError,
        "mix.length",
        replaced("vectors", lambda rows: [*rows, rows[0]]),
    ),
    "lines of the proof exchanged": (
        VerificationError,
        "shuffle.terelius-wikstrom",
        replaced("vectors", lambda rows: [rows[1], rows[0], *rows[2:]]),
    ),
    "a proof cut short": (DecodeError, "", lambda _, shuffle: changed(shuffle, proof=shuffle.proof[:-1])),
    "the proof of another unit": (
        VerificationError,
        "shuffle.terelius-wikstrom",
        lambda _, shuffle: changed(shuffle, proof=body(mixed()[2]).proof, vectors=body(mixed()[2]).vectors),
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_shuffle_is_refused_and_an_honest_one_may_follow(name: str) -> None:
    error, check, spoil = SPOILT[name]
    made, lists = cascade(), Lists(*mixed())
    with pytest.raises(error) as caught:
        made.admit("mixer 1", spoil(lists, body(mixed()[0])), lists, "")
    assert getattr(caught.value, "check", "") == check
    made.admit("mixer 1", body(mixed()[0]), lists, "")
    assert made.turn(NORTH) == 2


def test_under_another_key_the_shuffle_is_none() -> None:
    made = cascade(PublicKey(KEY.y * KEY.y))
    with pytest.raises(VerificationError, match="terelius"):
        made.admit("mixer 1", body(mixed()[0]), Lists(*mixed()), "")


# --- evidence that is not there ---


@pytest.mark.parametrize("which", ["output", "vectors"])
def test_a_missing_list_leaves_the_turn_unless_it_is_passed_over(which: str) -> None:
    first, second, _ = mixed()
    made, lists = cascade(), Lists(first, second)
    lost = lists.held.pop(getattr(body(first), which))
    with pytest.raises(EvidenceMissing):
        made.admit("mixer 1", body(first), lists, "")
    assert (made.turn(NORTH), made.unknown(NORTH)) == (1, False)
    made.pass_over(body(first))
    assert (made.turn(NORTH), made.unknown(NORTH)) == (2, True)
    with pytest.raises(Refused, match="is not there"):
        mixer(2).shuffle(made, NORTH)
    lists.held[getattr(body(first), which)] = lost
    with pytest.raises(EvidenceMissing, match="that it shuffles"):
        made.admit("mixer 2", body(second), lists, "entry 9")
    made.pass_over(body(second))
    with pytest.raises(EvidenceMissing, match="the mixed list"):
        made.output(NORTH)


def test_missing_evidence_does_not_hide_what_is_no_member() -> None:
    lists = Lists(mixed()[0])
    spoilt = replaced("output", lambda rows: [*rows[:-1], canonical.encode(b"\xff" * 64)])(lists, body(mixed()[0]))
    with pytest.raises(DecodeError, match="not a canonical field element"):
        cascade().admit("mixer 1", changed(spoilt, vectors=bytes(31) + b"\1"), lists, "")


def test_missing_evidence_does_not_hide_a_broken_chain() -> None:
    first, second, _ = mixed()
    made = cascade()
    made.pass_over(body(first))
    with pytest.raises(VerificationError, match=r"mix\.input"):
        made.admit("mixer 2", changed(body(second), input=bytes(32)), Lists(), "")
    with pytest.raises(VerificationError, match=r"mix\.order"):
        made.admit("mixer 1", body(first), Lists(), "")


# --- refusals ---


def test_a_mixer_refuses_a_turn_that_is_not_its() -> None:
    made, lists = after_first()
    for index, place in ((2, SOUTH), (1, NORTH), (1, Place("mayor", "west"))):
        with pytest.raises(Refused, match=f"mixer {index}: not my turn"):
            mixer(index).shuffle(made, place)
    made.admit("mixer 2", body(mixed()[1]), lists, "")
    with pytest.raises(Refused, match="not my turn"):
        mixer(2).shuffle(made, NORTH)


def test_nothing_comes_out_before_the_last_mixer() -> None:
    made, _ = after_first()
    for place in (NORTH, SOUTH, Place("mayor", "west")):
        with pytest.raises(Refused, match="not fully mixed"):
            made.output(place)
