"""Vectors multiplied item by item, whoever does it and however they are held."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from evote.crypto.group import Element, group
from evote.crypto.vector import KnownVector, Vector
from evote.errors import DecodeError
from evote.mixnet import columns
from evote.mixnet.columns import RawVector, multiplied, multiplied_encodings, raw_vector

KINDS = ["toy", "ristretto255", "p-256", "modp-2048"]


def elements(name: str, n: int, start: int = 0) -> list[Element]:
    """Return n elements; the identity and elements that multiply to it are among those with starts 0 and 5."""
    made = group(name)
    return [made.generator ** ((i + start) * (-1) ** start) for i in range(n)]


@pytest.mark.parametrize("name", KINDS)
def test_products_and_their_encodings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "CHUNK", 4)
    left, right = elements(name, 10), elements(name, 10, 5)[::-1]
    true = [a * b for a, b in zip(left, right, strict=True)]
    made = group(name)
    for vector in (Vector.of(made, left), raw_vector(made, left)):
        products = multiplied(vector, raw_vector(made, right))
        assert products == true
        assert [product._bytes for product in products] == list(map(bytes, true))
        assert multiplied_encodings(vector, raw_vector(made, right)) == list(map(bytes, true))
    assert raw_vector(made, left).elements() == left


def test_workers_do_the_same() -> None:
    made, left, right = group("p-256"), elements("p-256", 5), elements("p-256", 5, 3)
    true = [a * b for a, b in zip(left, right, strict=True)]
    for pool in (ThreadPoolExecutor(2), ProcessPoolExecutor(1, get_context("spawn"))):
        with pool as executor:
            assert multiplied(Vector.of(made, left), raw_vector(made, right), executor) == true
            encodings = multiplied_encodings(raw_vector(made, left), raw_vector(made, right), executor)
            assert encodings == made.encode_many(true)


@pytest.mark.parametrize("name", KINDS)
def test_raw_values_cross_to_a_worker_packed(name: str) -> None:
    made, held = group(name), elements(name, 5)
    there = pickle.loads(pickle.dumps(raw_vector(made, held)))
    assert isinstance(there, KnownVector)
    assert there.elements() == held
    assert there.encodings() == raw_vector(made, held).encodings() == made.encode_many(held)
    assert [len(vector.cut(1, 9)) for vector in (there, raw_vector(made, held))] == [4, 4]


def test_an_outsider_is_found_by_its_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "CHUNK", 2)
    made = group("p-256")
    data = b"".join(made.encode_many(elements("p-256", 5))[:4]) + b"\xff" * made.element_size
    with pytest.raises(DecodeError, match="c1 4"):
        multiplied(Vector(made, data, "c1"), raw_vector(made, elements("p-256", 5)))


def test_vectors_of_different_lengths_are_a_mistake_of_the_caller() -> None:
    made = group("toy")
    with pytest.raises(ValueError, match="different lengths"):
        multiplied(RawVector(made, []), raw_vector(made, elements("toy", 1)))
