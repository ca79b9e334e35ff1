"""Verifiable elections: ElGamal ballots, two roads to a result, and a verifier that trusts nobody.

The names below are loaded when first used, so that ``evote.verify`` never brings prover code into the process.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evote.ballot.voter import Voter
    from evote.crypto.group import group
    from evote.errors import DecodeError, EvidenceMissing, EvoteError, Refused, VerificationError
    from evote.mixnet.mixer import Mixer
    from evote.operator import Operator
    from evote.record.manifest import Election, election_from_toml
    from evote.scenario import draw, run
    from evote.tally.trustee import Trustee
    from evote.verify import Report

_HOME = {
    "DecodeError": "evote.errors",
    "Election": "evote.record.manifest",
    "EvidenceMissing": "evote.errors",
    "EvoteError": "evote.errors",
    "Mixer": "evote.mixnet.mixer",
    "Operator": "evote.operator",
    "Refused": "evote.errors",
    "Report": "evote.verify",
    "Trustee": "evote.tally.trustee",
    "VerificationError": "evote.errors",
    "Voter": "evote.ballot.voter",
    "draw": "evote.scenario",
    "election_from_toml": "evote.record.manifest",
    "group": "evote.crypto.group",
    "run": "evote.scenario",
}

__all__ = [
    "DecodeError",
    "Election",
    "EvidenceMissing",
    "EvoteError",
    "Mixer",
    "Operator",
    "Refused",
    "Report",
    "Trustee",
    "VerificationError",
    "Voter",
    "draw",
    "election_from_toml",
    "group",
    "run",
]


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
