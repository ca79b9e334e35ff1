"""What the works are made of: elements, exponents, keys. The same each time, and the secrets are nobody's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from evote.bench.measure import Bench
from evote.crypto.elgamal import PublicKey
from evote.crypto.group import Element, Group, Scalar, group
from evote.crypto.powers import powers_of
from evote.crypto.transcript import NativeTranscript
from evote.parallel import pmap

T = TypeVar("T")
R = TypeVar("R")


def elements(bench: Bench, count: int = 0) -> list[Element]:
    """Return n different elements, or ``count``, as products leave them."""
    start = group(bench.group).hash_to_group("bench")
    return powers_of(start, count or bench.n)[1:]


def exponents(bench: Bench) -> list[int]:
    """Return n full-size exponents."""
    order = group(bench.group).order
    return [x % order for x in NativeTranscript("bench").challenges("x", order.bit_length() + 64, bench.n)]


def ciphertexts(bench: Bench) -> list[bytes]:
    """Return n different encoded ciphertexts."""
    encoded = group(bench.group).encode_many(elements(bench, 2 * bench.n))
    return [c1 + c2 for c1, c2 in zip(encoded[::2], encoded[1::2], strict=True)]


def secret(algebra: Group) -> Scalar:
    """Return the secret key."""
    return algebra.scalar(NativeTranscript("bench").challenge("key", algebra.order.bit_length() + 64))


def public_key(algebra: Group) -> PublicKey:
    """Return the key that everything is encrypted under."""
    return PublicKey(algebra.generator ** secret(algebra))


def shared(function: Callable[[list[T]], R], items: Sequence[T], bench: Bench, most: int = 1 << 30) -> list[R]:
    """Return what the workers make of the items, in parts of equal length and at most ``most``."""
    return list(pmap(function, items, executor=bench.executor, chunk=min(most, -(-len(items) // bench.jobs))))
