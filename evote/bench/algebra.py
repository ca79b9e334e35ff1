"""Works of the algebra: encodings, powers, products."""

from __future__ import annotations

from evote.bench.materials import ciphertexts, elements, exponents, shared
from evote.bench.measure import Bench, Timed
from evote.crypto.arithmetic import Arithmetic
from evote.crypto.group import Element, group
from evote.record.units import Cell, Unit
from evote.tally.aggregate import aggregate as product_of_ballots

UNIT = Unit((Cell("bench", "", 1),), 0)


def encode(bench: Bench) -> Timed:
    """Encode one element that a product has left unnormalised; one process whatever ``jobs``."""
    algebra, raws = group(bench.group), [element.raw for element in elements(bench)]
    return lambda: algebra.encode_many([algebra.element(raw) for raw in raws])


def decode(bench: Bench) -> Timed:
    """Decode one element of a list, membership proved; one process whatever ``jobs``."""
    algebra, encoded = group(bench.group), group(bench.group).encode_many(elements(bench))
    return lambda: algebra.decode_many(encoded)


def power(bench: Bench) -> Timed:
    """Raise one element to a full-size secret exponent by the careful path, ``**``."""
    pairs = list(zip(elements(bench), exponents(bench), strict=True))
    return lambda: shared(_powers, pairs, bench)


def _powers(pairs: list[tuple[Element, int]]) -> list[Element]:
    return [base**exponent for base, exponent in pairs]


def fixed_base(bench: Bench) -> Timed:
    """Raise the generator to one full-size exponent of many, fast; tables are made anew, and timed."""
    g, secrets = group(bench.group).generator, exponents(bench)
    return lambda: Arithmetic.FAST.powers(g, secrets, bench.executor)


def product(bench: Bench) -> Timed:
    """Multiply one full-size power into a product of powers, from decoded bases."""
    algebra = group(bench.group)
    bases = algebra.decode_many(algebra.encode_many(elements(bench)))
    pairs = list(zip(bases, exponents(bench), strict=True))
    return lambda: shared(_product, pairs, bench)


def _product(pairs: list[tuple[Element, int]]) -> bytes:
    bases, exponents = zip(*pairs, strict=True)
    return bytes(bases[0].group.product_of_powers(bases, exponents))


def aggregate(bench: Bench) -> Timed:
    """Decode one ciphertext and multiply it into the sum of all."""
    answers = [(UNIT, (data,)) for data in ciphertexts(bench)]
    return lambda: product_of_ballots(group(bench.group), answers, bench.executor)
