"""The homomorphic road: multiply the kept ballots of a unit, and the votes add up unopened.

Anybody recomputes it; the operator's entry only saves others the wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from functools import partial

from evote.crypto.elgamal import Ciphertext, decode_ciphertexts
from evote.crypto.group import Group
from evote.parallel import pmap
from evote.record.units import Unit

Totals = dict[Unit, tuple[Ciphertext, ...]]


def aggregate(
    group: Group, answers: Iterable[tuple[Unit, tuple[bytes, ...]]], executor: Executor | None = None
) -> Totals:
    """Return, for each unit, the componentwise product of its answers. Two products for each ciphertext."""
    totals: Totals = {}
    for part in pmap(partial(_product, group), answers, executor=executor):
        _multiply_into(totals, part)
    return totals


def _product(group: Group, answers: list[tuple[Unit, tuple[bytes, ...]]]) -> Totals:
    totals: Totals = {}
    for unit, encoded in answers:
        _multiply_into(totals, {unit: tuple(decode_ciphertexts(group, encoded))})
    return totals


def _multiply_into(totals: Totals, part: Totals) -> None:
    for unit, row in part.items():
        held = totals.get(unit)
        totals[unit] = row if held is None else tuple(a * b for a, b in zip(held, row, strict=True))
