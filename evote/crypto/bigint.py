"""The one door to gmpy2.

Nothing else imports it, so this page is all that another big-integer library would have to offer.
"""

from collections.abc import Sequence

import gmpy2
from gmpy2 import invert, iroot, jacobi, mpz, powmod, powmod_sec

__all__ = ["invert", "invert_many", "iroot", "is_prime", "jacobi", "mpz", "powmod", "powmod_sec"]


def is_prime(n: int) -> bool:
    """Tell whether n is a prime, by GMP: a Baillie-PSW test, then eight rounds of Miller-Rabin."""
    return bool(gmpy2.is_prime(n, 32))


def invert_many(values: Sequence[mpz], modulus: mpz) -> list[mpz]:
    """Return the inverses of values prime to the modulus: one inversion and 3n products (Montgomery 1987, 10.3.1).

    ``ZeroDivisionError`` if one of them has no inverse.
    """
    # rest = 1/(values[0] ... values[i]), counted down; before = values[0] ... values[i-1]
    before = [mpz(1)]
    for value in values:
        before.append(before[-1] * value % modulus)
    rest = invert(before.pop(), modulus)
    for i in range(len(values) - 1, -1, -1):
        before[i] = before[i] * rest % modulus
        rest = rest * values[i] % modulus
    return before
