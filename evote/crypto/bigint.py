"""The one door to gmpy2.

Nothing else imports it, so this page is all that another big-integer library would have to offer.
"""

from gmpy2 import invert, is_prime, jacobi, mpz, powmod, powmod_sec

__all__ = ["invert", "is_prime", "jacobi", "mpz", "powmod", "powmod_sec"]
