"""Small IVXV elections of every generation: a key dealt to holders, definitions, and ballots made by our own voter."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from evote.crypto.group import Group, group
from evote.formats.ivxv.box.anonymous import Place, Vote
from evote.formats.ivxv.box.definitions import Area, Choices, Constituency, Districts
from evote.formats.ivxv.box.tally import Definitions
from evote.formats.ivxv.elements import is_modp
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import Parameters, PublicKey, curve_parameters, modp_parameters
from evote.formats.ivxv.private_key import PrivateKey
from evote.formats.ivxv.receipt import Reading
from evote.formats.ivxv.share_holder import ShareHolder
from evote.formats.ivxv.voter import encrypt_choice
from tests.formats.ivxv.vectors import official_key

ELECTION, QUESTION = "SMALL", "SMALL.1"
KINDS = {
    "G1 toy": (Generation.G1, "toy"),
    "G1' toy": (Generation.G1_PADDED, "toy"),
    "G1 P-384": (Generation.G1, "p-384"),
    "G2": (Generation.G2, "p-384"),
    "G3": (Generation.G3, "p-384"),
}
CHOICES = {"0164.1": {"P1": {"0164.101": "ANN", "0164.102": "BEN"}}, "0296.1": {"P2": {"0296.101": "CÄT"}}}
HERE, THERE = Place("0164.1", "0164", QUESTION), Place("0296.1", "0296", QUESTION)


def districts() -> Districts:
    areas = {code: Area(state="Eesti", county="Harju", parish=f"{code} vald") for code in ("0164", "0296")}
    held = {f"{code}.1": Constituency(name="Ringkond", parish=(code,)) for code in areas}
    return Districts(election=ELECTION, regions=areas, districts=held, counties={"0037": tuple(areas)})


def definitions(generation: Generation) -> Definitions:
    return Definitions(districts(), Choices(election=ELECTION, choices=CHOICES), generation)


def parameters(generation: Generation, of: Group) -> Parameters:
    if is_modp(of):
        return modp_parameters(of, ELECTION)
    return curve_parameters(ELECTION, lifted=True if generation is Generation.G3 else None)


def deal(of: Parameters, coefficients: Sequence[int], indices: Collection[int]) -> tuple[PublicKey, list[ShareHolder]]:
    """Return the key g^f(0) and a holder of f(j) for each index j."""
    scalar = of.group.scalar

    def share(j: int) -> PrivateKey:
        return PrivateKey(of, scalar(sum(a * j**k for k, a in enumerate(coefficients))))

    return share(0).public(), [ShareHolder(j, share(j)) for j in indices]


@dataclass(frozen=True)
class Small:
    """A key, its holders (3 of 5, indices 1 to 5 unless told otherwise), and how to read plaintexts."""

    key: PublicKey
    holders: list[ShareHolder]
    reading: Reading

    def vote(self, place: Place, code: str) -> Vote:
        return Vote(place, encrypt_choice(self.key, self.reading.definitions, place.district, code).ciphertext)

    def votes(self) -> list[Vote]:
        """Return a box of five votes, of which the last two do not count: a choice of elsewhere, no ciphertext."""
        good = [self.vote(HERE, "0164.101"), self.vote(HERE, "0164.102"), self.vote(THERE, "0296.101")]
        return [*good, replace(self.vote(THERE, "0296.101"), place=HERE), Vote(HERE, b"no ciphertext")]


def small(kind: str, *, threshold: int = 3, indices: Collection[int] = range(1, 6)) -> Small:
    generation, name = KINDS[kind]
    of = parameters(generation, official_key("toy256").group if name == "toy" else group(name))
    key, holders = deal(of, [x * 0x1234567890ABCDEF << 90 for x in range(1, threshold + 1)], indices)
    return Small(key, holders, Reading(key, definitions(generation)))
