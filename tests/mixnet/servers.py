"""Mix servers of the small election whose shuffles are proved in two parts, and the lists that wait for them."""

import msgspec

from evote.mixnet.cascade import Cascade
from evote.mixnet.mixer import Mixer
from evote.record.audit import Audit
from tests.mixnet.test_cascade import ELECTION, ENCODED, KEY, KEYS, NORTH, SOUTH

NAME = "commitment-consistent"
MADE_FOR = msgspec.structs.replace(ELECTION, shuffle=NAME)
PASSPHRASE = b"correct horse battery"


def mixer(index: int = 1) -> Mixer:
    """Return a mix server."""
    return Mixer(MADE_FOR, index, KEYS.mixers[index - 1])


def cascade() -> Cascade:
    """Return the lists of both units, not yet shuffled."""
    made = Cascade(MADE_FOR, KEY, Audit())
    for place in (NORTH, SOUTH):
        made.open(place, ENCODED, 1)
    return made
