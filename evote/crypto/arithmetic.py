"""How secret exponents are raised to: carefully, or fast.

CAREFUL takes paths meant for secrets: ``**``, and where one base is raised often a table of its powers of which every
entry is touched for every digit (`Group.careful_table`). FAST uses tables and products whose use of memory and time
depends on the exponents, so whoever can measure the machine meanwhile may learn something of them. Voters and trustees
are careful. A mix server's secrets are the permutation and the re-encryption randomness of one list; a careful shuffle
cannot be fast, so its operator chooses. A simulation's secrets are nobody's. ``docs/limitations.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from enum import Enum
from functools import partial

from evote.crypto.fixed_base import FixedBase, powers_of_base, stored_width
from evote.crypto.group import Element, Group, Scalar
from evote.parallel import pmap

CHUNK = 4096  # powers handed to a worker at once; each chunk of FAST powers makes its own tables
MANY = 1000  # powers that a table is made for, unless somebody knows better


class Arithmetic(Enum):
    """The choice, explicit in every API that raises to secret exponents."""

    FAST = "fast"
    CAREFUL = "careful"

    def table(self, base: Element, count: int = MANY) -> Callable[[int], Element]:
        """Return the function x -> base^x, for x of any sign and length, to be used about ``count`` times."""
        if self is Arithmetic.FAST:
            return FixedBase(base, stored_width(count, base.group.order.bit_length())).power
        return partial(_careful, base.group, base.group.careful_table(base.raw))

    def powers(self, base: Element, exponents: Sequence[int], executor: Executor | None = None) -> list[Element]:
        """Return base^x for each x; the workers of an ``executor``, if there are any, see the exponents."""
        if executor is None:
            return self._powers(base, exponents)
        group = base.group
        packed = pmap(partial(_packed_powers, self, base), exponents, executor=executor, chunk=CHUNK)
        return [group.element(raw) for part in packed for raw in group.unpack(part)]

    def _powers(self, base: Element, exponents: Sequence[int]) -> list[Element]:
        if self is Arithmetic.FAST:
            return powers_of_base(base, exponents)
        return list(map(self.table(base, len(exponents)), exponents))

    def product(self, bases: Sequence[Element], exponents: Sequence[int]) -> Element:
        """Return the product of bases[i]^exponents[i]; of one base at least."""
        group = bases[0].group
        if self is Arithmetic.FAST:
            return group.product_of_powers(bases, exponents)
        result = group.identity
        for base, exponent in zip(bases, exponents, strict=True):
            result *= base**exponent
        return result


def _careful(group: Group, power: Callable[[int], object], exponent: int) -> Element:
    return group.element(power(exponent % group.order))


def _packed_powers(arithmetic: Arithmetic, base: Element, exponents: list[int]) -> bytes:
    powers = arithmetic.powers(base, exponents)
    return base.group.pack(power.raw for power in powers)


class Powers:
    """Raises to secret exponents: the ``bases`` named here by tables, any other by ``**``.

    Made once for the generator and a joint key, and handed to `PublicKey.encrypt` and `prover.prove`.
    """

    def __init__(self, arithmetic: Arithmetic, *bases: Element, count: int = MANY) -> None:
        """Make a table for each of the bases, to be used about ``count`` times."""
        self._tables = {base: arithmetic.table(base, count) for base in bases}

    def __call__(self, base: Element, exponent: Scalar | int) -> Element:
        """Return base^exponent."""
        table = self._tables.get(base)
        return base**exponent if table is None else table(int(exponent))
