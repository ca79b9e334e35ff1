"""A group from somebody else's package: tiny and insecure, but large enough that no weight or challenge repeats."""

from functools import cache

from evote.crypto.group import Group
from evote.crypto.modp import ModPGroup


@cache
def toy() -> Group:
    """Return the squares modulo the least safe prime above 2^64; generator 2."""
    p = 2**64 + 3103
    return ModPGroup("toy", p, (p - 1) // 2, 2)
