"""What anybody computes from sealed answers: the product of a unit's ballots, or the rows that its mix starts from.

On the homomorphic road the votes add up unopened; the operator's entry only saves others the wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

from evote.crypto.elgamal import Row, decode_ciphertexts, encode_row
from evote.crypto.group import Group
from evote.parallel import pmap
from evote.questions.question import Question
from evote.record.units import Unit

Answers = Iterable[tuple[Unit, tuple[bytes, ...]]]
K = TypeVar("K")


def aggregate(
    group: Group, answers: Iterable[tuple[K, tuple[bytes, ...]]], executor: Executor | None = None
) -> dict[K, Row]:
    """Return, for each key (the unit, say), the componentwise product of its answers. Two products a ciphertext."""
    totals: dict[K, Row] = {}
    for part in pmap(partial(_product, group), answers, executor=executor):
        _multiply_into(totals, part)
    return totals


def _product(group: Group, answers: list[tuple[K, tuple[bytes, ...]]]) -> dict[K, Row]:
    totals: dict[K, Row] = {}
    for key, encoded in answers:
        _multiply_into(totals, {key: tuple(decode_ciphertexts(group, encoded))})
    return totals


def _multiply_into(totals: dict[K, Row], part: dict[K, Row]) -> None:
    for key, row in part.items():
        held = totals.get(key)
        totals[key] = row if held is None else tuple(a * b for a, b in zip(held, row, strict=True))


def mixed_rows(
    group: Group, question: Question, answers: Answers, executor: Executor | None = None
) -> Iterator[tuple[Unit, bytes]]:
    """Yield the encoded row that each answer adds to the list of its unit."""
    if question.columns == question.width:
        return ((unit, b"".join(encoded)) for unit, encoded in answers)
    return (pair for part in pmap(partial(_rows, group, question), answers, executor=executor) for pair in part)


def _rows(group: Group, question: Question, answers: list[tuple[Unit, tuple[bytes, ...]]]) -> list[tuple[Unit, bytes]]:
    return [(unit, encode_row(question.row(tuple(decode_ciphertexts(group, encoded))))) for unit, encoded in answers]
