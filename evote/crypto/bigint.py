"""The one door to gmpy2.

Nothing else imports it, so this page is all that another big-integer library would have to offer.
"""

import gmpy2
from gmpy2 import invert, jacobi, mpz, powmod, powmod_sec

__all__ = ["invert", "is_prime", "jacobi", "mpz", "powmod", "powmod_sec"]


def is_prime(n: int) -> bool:
    """Tell whether n is a prime, by GMP: a Baillie-PSW test, then eight rounds of Miller-Rabin."""
    return bool(gmpy2.is_prime(n, 32))
