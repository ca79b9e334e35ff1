"""Products over whole vectors: the right element whatever the chunks and workers, and no step past a non-member."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto import vector
from evote.crypto.group import Element, Group, group
from evote.crypto.vector import KnownVector, Power, Vector, chunk_rows, products
from evote.errors import DecodeError
from tests import executors
from tests.crypto.samples import TOY, elements
from tests.crypto.watching import noting

GROUPS = ("toy", "modp-2048", "electionguard-4096", "p-256", "ristretto255")
NO_MEMBER = {"toy": (2**64 + 3102).to_bytes(9, "big"), "p-256": b"\x04" + bytes(64), "ristretto255": b"\xff" * 32}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut everything into chunks of a few rows."""
    monkeypatch.setattr(vector, "CHUNK", 4)
    monkeypatch.setattr(vector, "SMALLEST_CHUNK", 1)


executor = executors.executor


def exponents(of: Group, count: int, seed: int = 1) -> list[int]:
    """Return exponents of every sort: short, long, longer than the order, negative, zero."""
    source, q = random.Random(seed), of.order
    sorts: list[Callable[[], int]] = [lambda: source.randrange(1 << 128), lambda: source.randrange(q), lambda: 0]
    sorts += [lambda: -source.randrange(q), lambda: q, lambda: 5 * q**2 + 7, lambda: -1, lambda: -(q**3) - 2]
    return [sorts[i % len(sorts)]() for i in range(count)]


def naive(powers: Sequence[Power]) -> Element:
    """Return the product one careful power at a time."""
    total = powers[0].vector.group.identity
    for power in powers:
        for element, exponent in zip(power.vector.elements(), power.exponents, strict=True):
            total *= element ** (power.factor * exponent)
    return total


def packed(of: Group, members: Sequence[Element], name: str = "item") -> KnownVector:
    return KnownVector(of, of.pack(element.raw for element in members), len(members), name)


# --- what a vector is ---


@pytest.mark.parametrize("name", GROUPS)
def test_a_vector_holds_what_it_was_made_of(name: str) -> None:
    of = group(name)
    members = [*elements(of, 3), of.identity]
    for made in (Vector.of(of, members), packed(of, members)):
        assert made.elements() == members
        assert len(made) == len(made.raws()) == 4
        assert made.encodings() == list(map(bytes, members))
        assert Vector(of, b"".join(made.encodings())).elements() == members


@pytest.mark.parametrize("kind", [Vector.of, packed], ids=["encoded", "packed"])
@pytest.mark.parametrize(("low", "high"), [(0, 5), (0, 0), (1, 3), (4, 9), (5, 5), (7, 9), (0, 99)])
def test_a_cut_is_a_slice_of_the_same_kind(kind: type, low: int, high: int) -> None:
    members = elements(TOY, 5)
    whole = kind(TOY, members, "name") if kind is packed else Vector.of(TOY, members, "name")
    cut = whole.cut(low, high)
    assert type(cut) is type(whole)
    assert (cut.elements(), len(cut), cut.name) == (members[low:high], len(members[low:high]), "name")


def test_nothing_is_a_vector_too() -> None:
    for empty in (Vector.of(TOY, []), Vector(TOY, b""), packed(TOY, [])):
        assert (len(empty), empty.elements(), empty.encodings(), len(empty.cut(0, 3))) == (0, [], [], 0)


@pytest.mark.parametrize("size", [1, 8, 10, 26])
def test_a_part_of_an_element_is_the_callers_mistake(size: int) -> None:
    with pytest.raises(ValueError, match="A': not a whole number"):
        Vector(TOY, bytes(size), "A'")


@pytest.mark.parametrize("name", GROUPS)
def test_vectors_cross_to_a_process(name: str) -> None:
    of = group(name)
    members = elements(of, 3)
    for made in (Vector.of(of, members, "B"), packed(of, members, "B")):
        again = pickle.loads(pickle.dumps(made))
        assert (type(again), again.name, len(again), again.elements()) == (type(made), "B", 3, members)


# --- products ---


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_products_are_those_of_single_powers(name: str, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    of = group(name)
    a, b = Vector.of(of, elements(of, 9, 1)), packed(of, elements(of, 9, 2))
    x, y = exponents(of, 9, 1), exponents(of, 9, 2)
    monkeypatch.setattr(vector, "chunk_rows", lambda *_: rows)
    wanted = [[Power(a, x)], [Power(a, x), Power(b, y)], [Power(b, x, -3), Power(a, y, of.order + 2)]]
    assert products(of, wanted) == [naive(powers) for powers in wanted]


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(-(2**80), 2**80), st.booleans()), min_size=1, max_size=5),
    st.integers(1, 14),
    st.integers(),
)
def test_any_powers_in_any_chunks(shapes: list[tuple[int, int, bool]], rows: int, seed: int) -> None:
    powers = [
        Power((packed if known else Vector.of)(TOY, elements(TOY, n, i + 1)), exponents(TOY, n, seed + i), factor)
        for i, (n, factor, known) in enumerate(shapes)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vector, "chunk_rows", lambda *_: rows)
        assert products(TOY, [powers, powers[:1]]) == [naive(powers), naive(powers[:1])]


@pytest.mark.usefixtures("small")
def test_a_vector_used_twice_adds_its_exponents() -> None:
    a, x, y = Vector.of(TOY, elements(TOY, 11)), exponents(TOY, 11, 1), exponents(TOY, 11, 2)
    added = [2 * i - 5 * j for i, j in zip(x, y, strict=True)]
    twice = [Power(a, x, 2), Power(a, y, -5)]
    assert products(TOY, [twice, [Power(a, added)]]) == [naive([Power(a, added)])] * 2


@pytest.mark.usefixtures("small")
def test_the_same_exponents_may_serve_twice() -> None:
    a, b, x = Vector.of(TOY, elements(TOY, 11, 1)), Vector.of(TOY, elements(TOY, 11, 2)), exponents(TOY, 11)
    wanted = [[Power(a, x), Power(b, x, -1)], [Power(a, x), Power(a, x)], [Power(a, x), Power(a, x, -1)]]
    assert products(TOY, wanted) == [naive(powers) for powers in wanted]
    assert products(TOY, wanted)[2] == TOY.identity


def test_a_vector_is_decoded_once_in_a_chunk_whatever_is_wanted_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    a = Vector.of(TOY, elements(TOY, 6))
    asked: list[int] = []
    monkeypatch.setattr(Vector, "raws", noting(asked, lambda _, first=0: first, Vector.raws))
    monkeypatch.setattr(vector, "chunk_rows", lambda *_: 3)
    products(TOY, [[Power(a, [i] * 6, i + 1)] for i in range(4)])
    assert asked == [0, 3]


@pytest.mark.usefixtures("small")
def test_two_vectors_of_the_same_bytes_are_no_harm() -> None:
    members, x = elements(TOY, 7), exponents(TOY, 7)
    a, b = Vector.of(TOY, members), Vector.of(TOY, members)
    assert products(TOY, [[Power(a, x), Power(b, x, -1)]]) == [TOY.identity]


def test_of_nothing_the_product_is_the_identity() -> None:
    empty = Vector.of(TOY, [])
    assert products(TOY, []) == []
    assert products(TOY, [[], [Power(empty, [])]]) == [TOY.identity] * 2
    a = Vector.of(TOY, elements(TOY, 2))
    assert (
        products(TOY, [[Power(a, [0, 0])], [Power(a, [TOY.order] * 2, 7)], [Power(a, [3, 4], 0)]]) == [TOY.identity] * 3
    )


@pytest.mark.usefixtures("small")
def test_workers_make_no_difference(executor: Executor | None) -> None:
    a, b = Vector.of(TOY, elements(TOY, 23, 1)), packed(TOY, elements(TOY, 17, 2))
    x, y = exponents(TOY, 23, 1), exponents(TOY, 17, 2)
    wanted = [[Power(a, x, 3), Power(b, y)], [Power(b, y, -1), Power(b, y)], [Power(a, x)]]
    assert products(TOY, wanted, executor) == [naive(powers) for powers in wanted]


def test_chunks_are_neither_tiny_nor_huge() -> None:
    assert chunk_rows(10, 1, 4) == vector.SMALLEST_CHUNK
    assert chunk_rows(vector.CHUNK * 153, 1, 4) == vector.CHUNK
    assert chunk_rows(vector.CHUNK + 2, 1, 1) == vector.CHUNK // 2 + 1
    assert chunk_rows(40_000, 1, 4) == 10_000
    assert chunk_rows(vector.CHUNK, 8, 4) == vector.CHUNK // 8
    assert chunk_rows(0, 0, 1) == chunk_rows(0, 1, 4) == vector.SMALLEST_CHUNK
    assert chunk_rows(5, 10**6, 1) == 1


# --- what is refused ---


def spoilt(of: Group, length: int, at: int, name: str = "B") -> Vector:
    encodings = Vector.of(of, elements(of, length)).encodings()
    encodings[at] = NO_MEMBER[of.name]
    return Vector(of, b"".join(encodings), name)


@pytest.mark.parametrize("name", NO_MEMBER)
@pytest.mark.parametrize("at", [0, 3, 4, 7, 8, 9])
def test_what_is_no_member_is_named(
    name: str, at: int, executor: Executor | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At either end and on either side of a border between chunks."""
    of = group(name)
    monkeypatch.setattr(vector, "chunk_rows", lambda *_: 4)
    good, x = Vector.of(of, elements(of, 10, 3)), [1] * 10
    with pytest.raises(DecodeError, match=rf"^B {at}: "):
        products(of, [[Power(good, x)], [Power(good, x), Power(spoilt(of, 10, at), x)]], executor)
    with pytest.raises(DecodeError, match=rf"^B {at}: "):
        spoilt(of, 10, at).elements()


@pytest.mark.parametrize("exponent", [0, TOY.order, 1])
def test_what_is_no_member_is_refused_though_its_power_vanishes(exponent: int) -> None:
    bad = spoilt(TOY, 3, 1)
    for powers in ([Power(bad, [exponent] * 3)], [Power(bad, [1] * 3, 0)], [Power(bad, [1] * 3), Power(bad, [-1] * 3)]):
        with pytest.raises(DecodeError, match=r"^B 1: "):
            products(TOY, [powers])


@pytest.mark.usefixtures("small")
def test_the_first_of_several_is_named_whoever_answers_first(executor: Executor | None) -> None:
    encodings = [bytes(9)] * 20
    encodings[:5] = map(bytes, elements(TOY, 5))
    with pytest.raises(DecodeError, match=r"^u 5: "):
        products(TOY, [[Power(Vector(TOY, b"".join(encodings), "u"), [1] * 20)]], executor)


def test_groups_do_not_mix() -> None:
    foreign = Vector.of(group("p-256"), [group("p-256").generator])
    for wanted in ([[Power(foreign, [1])]], [[Power(Vector.of(TOY, elements(TOY, 1)), [1]), Power(foreign, [1])]]):
        with pytest.raises(ValueError, match="different groups"):
            products(TOY, wanted)


def test_as_many_exponents_as_elements() -> None:
    """Even where one list is too long by as much as the other is too short."""
    a, b = Vector.of(TOY, elements(TOY, 3, 1)), Vector.of(TOY, elements(TOY, 2, 2))
    for powers in (
        [Power(a, [1, 2])],
        [Power(a, [1, 2, 3, 4])],
        [Power(a, [1, 2]), Power(b, [1, 2, 3])],
        [Power(a, [])],
    ):
        with pytest.raises(ValueError, match="as many exponents"):
            products(TOY, [powers])
