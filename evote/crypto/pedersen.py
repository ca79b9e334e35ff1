"""Pedersen commitments: g^v h^r says nothing about v, and whoever made it cannot say another v later.

Hiding is perfect: for uniform r, g^v h^r is uniform whatever v is. Binding rests on discrete logarithms: two openings
of one commitment give log_g h = (v - v') / (r' - r), which nobody knows, since h is hashed into the group. The joint
key would not do for h: t trustees know its logarithm. Commitments multiply as values and blinding factors add.

Pedersen 1991, "Non-interactive and information-theoretic secure verifiable secret sharing", section 3.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from operator import pow as careful

from evote.crypto.elgamal import Power
from evote.crypto.group import Element, Group, Scalar
from evote.crypto.relation import Disjunction, LinearRelation

SECOND_GENERATOR = "evote pedersen second generator v1"


@cache
def second_generator(group: Group) -> Element:
    """Return h, whose logarithm to the generator g, to a key or to any other hashed generator nobody knows."""
    (h,) = group.independent_generators(1, SECOND_GENERATOR)
    return h


def commit(group: Group, value: int, r: Scalar, *, power: Power = careful) -> Element:
    """Return g^value h^r for a uniform r, of any value modulo q. Costs 2 powers, 1 of g and 1 of h."""
    return power(group.generator, group.scalar(value)) * power(second_generator(group), r)


def commitment_to_one_of(commitment: Element, values: Collection[int]) -> Disjunction:
    """State that I know r with commitment / g^v = h^r for one of the values; 0 <= v < 2^64.

    A proof for n values has n elements, n-1 challenges and n scalars. It costs 2n - 1 powers, n - 1 of them of g and n
    of h.
    """
    bases, image = ((second_generator(commitment.group),),), (commitment,)
    branches = tuple(LinearRelation("commitment-to", bases, image, (value,)) for value in values)
    return Disjunction("commitment-to-one-of", branches)
