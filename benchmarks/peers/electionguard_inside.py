"""Runs in electionguard's own environment: prints the seconds of a 0/1 selection and of one pm, as JSON.

Logging is off, which favours the peer; its ciphertexts and proofs are not encoded, which does, too.
"""

import dataclasses
import inspect
import json
import logging
import random
import sys
import time
from collections.abc import Callable
from statistics import mean, median
from typing import ParamSpec, TypeVar

# Python 3.11 refuses dataclass defaults that cannot be hashed, 3.10 only lists, dicts and sets, and 1.4.0 needs that.
SOURCE = inspect.getsource(vars(dataclasses)["_get_field"])
RULE, RULE_OF_3_10 = "f.default.__class__.__hash__ is None", "isinstance(f.default, (list, dict, set))"
exec(SOURCE.replace(RULE, RULE_OF_3_10), dataclasses.__dict__)  # noqa: S102 - as above

from electionguard.chaum_pedersen import make_disjunctive_chaum_pedersen  # noqa: E402
from electionguard.elgamal import elgamal_encrypt, elgamal_keypair_random  # noqa: E402
from electionguard.group import ONE_MOD_Q, rand_q  # noqa: E402
from gmpy2 import mpz, powmod  # noqa: E402

P = ParamSpec("P")
T = TypeVar("T")

logging.disable(logging.CRITICAL)


def pm_samples() -> list[float]:
    """Return the seconds of a full-size 3072-bit power, several times over."""
    base, exponent, modulus = (mpz(random.getrandbits(3072) | 1 | 1 << 3071) for _ in range(3))
    return [timed(powmod, base, exponent, modulus)[1] for _ in range(7)]


def timed(function: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> tuple[T, float]:
    """Return what a function returns, and the seconds that it took."""
    start = time.process_time()
    result = function(*arguments, **keywords)
    return result, time.process_time() - start


def main() -> None:
    """Encrypt, prove and verify as many selections as the first argument says."""
    key, sums, pm = elgamal_keypair_random().public_key, [], pm_samples()
    for number in range(int(sys.argv[1])):
        r, seed = rand_q(), rand_q()
        ciphertext, encrypting = timed(elgamal_encrypt, number % 2, r, key)
        proof, proving = timed(make_disjunctive_chaum_pedersen, ciphertext, r, key, ONE_MOD_Q, seed, number % 2)
        valid, verifying = timed(proof.is_valid, ciphertext, key, ONE_MOD_Q)
        if not valid:
            raise SystemExit("an honest proof was refused")
        sums.append((encrypting + proving, verifying))
    proving, verifying = map(mean, zip(*sums, strict=True))
    print(json.dumps({"encrypt and prove": proving, "verify": verifying, "pm": median(pm + pm_samples())}))


main()
