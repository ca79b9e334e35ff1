"""A contest of our own mix road as an IVXV election: for those who have verifiers of that format and none of ours.

Our mixed ballots seal g^i for option i, IVXV's a text. Both decryptions of a ballot are public once it is decrypted, so
everybody can turn one into the other: (c1, c2) becomes (c1, c2 M / g^i), where M is the choice's element, and proving
that this decrypts to M is proving that the ballot decrypts to g^i. What the files show by themselves is therefore the
last step only, that the key decrypts these ciphertexts to this tally. That they are the mixed ballots of the voters is
shown by our record, with which `relabel` can be repeated.

Each unit becomes a district with one parish. Blank and invalid ballots both are "invalid" there; weights, other than 1,
have no place in the format, nor have withheld units, which nobody decrypts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evote.crypto.elgamal import Ciphertext
from evote.crypto.group import Element
from evote.crypto.statements import small_logarithms
from evote.errors import Refused
from evote.formats.ivxv.box import strict_json
from evote.formats.ivxv.box.anonymous import Place, Vote
from evote.formats.ivxv.box.definitions import CHOICES, DISTRICTS, Choices, Districts, check_choices
from evote.formats.ivxv.box.tally import Definitions
from evote.formats.ivxv.ciphertext import encode_ciphertext
from evote.formats.ivxv.decryptor import assemble, open_box
from evote.formats.ivxv.elements import is_modp
from evote.formats.ivxv.generation import Generation, embedding
from evote.formats.ivxv.keys import PublicKey, curve_parameters, modp_parameters, public_key
from evote.formats.ivxv.receipt import Reading
from evote.formats.ivxv.share_holder import ShareHolder
from evote.formats.ivxv.voter import choice_text
from evote.formats.ivxv.writer import ElectionFiles
from evote.procedure.counting import Counting
from evote.questions.question import Route
from evote.record import units
from evote.record.manifest import Contest

FIRST_CODE = 101  # of a district's choices
NO_PARTY = "-"  # the format demands a name


def export_key(y: Element, identifier: str, generation: Generation) -> PublicKey:
    """Return our joint key as an IVXV key; ``ValueError`` for a generation that never used its group."""
    embedding(generation, y.group)
    if is_modp(y.group):
        return public_key(modp_parameters(y.group, identifier), y)
    return public_key(curve_parameters(identifier, lifted=True if generation is Generation.G3 else None), y)


@dataclass(frozen=True, slots=True)
class Exported:
    """A contest as an IVXV election: key, definitions, and which unit is which district."""

    key: PublicKey
    contest: Contest
    definitions: Definitions
    districts: dict[units.Unit, str]

    @classmethod
    def of(cls, counting: Counting, contest: Contest, identifier: str, generation: Generation) -> Exported:
        """Describe a decrypted contest as the election ``identifier``; `Refused` if the format has no place for it.

        Raises ``VerificationError("ivxv.choices")`` for names too long for the group, `DecodeError` for others.
        """
        opened = list(counting.box.opened(contest))
        if contest.question.route is not Route.MIX or contest.question.width != 1:
            raise Refused(f"contest {contest.id}: only choices by the mix road have a place in IVXV")
        if any(unit.weight != 1 for unit in opened):
            raise Refused(f"contest {contest.id}: IVXV has no weights")
        key = export_key(counting.key.y, identifier, generation)
        codes = {unit: f"{number:04}" for number, unit in enumerate(opened, 1)}
        definitions = Definitions(_districts(identifier, codes), _choices(identifier, contest, codes), generation)
        whole = generation in {Generation.G1, Generation.G1_PADDED}
        capacity = embedding(generation, key.group).capacity if whole else None
        check_choices(definitions.choices, definitions.districts, capacity)
        return cls(key, contest, definitions, {unit: f"{code}.1" for unit, code in codes.items()})

    @property
    def question(self) -> str:
        """The one question of the election."""
        return f"{self.key.election}.1"

    def relabel(self, counting: Counting) -> Iterator[Vote]:
        """Yield the mixed ballots of all units as IVXV votes; those that choose nothing as they are.

        Needs our decryption: `EvidenceMissing` with too few shares of it.
        """
        bound = self.contest.question.bound
        options = small_logarithms(self.key.group, bound + 1)
        for unit, district in self.districts.items():
            place = units.Place(self.contest.id, unit.name)
            rows = counting.decryption.list_of(place).rows
            known = self._known(unit, district)
            for (held,), m in zip(rows.decoded(), counting.decryption.plaintexts(place, bound).elements(), strict=True):
                element = known.get(options.get(bytes(m), 0), m)
                # (c1, c2 M / m)
                moved = Ciphertext(held.c1, held.c2 * (element / m))
                yield Vote(Place(district, district[:4], self.question), encode_ciphertext(moved))

    def _known(self, unit: units.Unit, district: str) -> dict[int, Element]:
        """Return the element of each option that is allowed in a unit."""
        form = embedding(self.definitions.generation, self.key.group)
        texts = {
            n: choice_text(self.definitions, district, _code(district, n)) for n in self.contest.allowed(unit.district)
        }
        return {number: form.encode(text) for number, text in texts.items()}


def export(
    directory: Path, exported: Exported, counting: Counting, holders: Sequence[ShareHolder], threshold: int
) -> None:
    """Write all files of an exported contest; the holders are trustees, each with its share of the joint key.

    They raise to their shares nothing but what the record's own decryption raised. Raises what `find_quorum` and
    `open_box` raise.
    """
    quorum, members = assemble(exported.key, holders, threshold)
    votes = list(exported.relabel(counting))
    files = ElectionFiles(directory, exported.key, exported.definitions)
    files.write_box(votes)
    reading = Reading(exported.key, exported.definitions)
    files.write_outcome(open_box(quorum, members, reading, votes), [exported.question])


def _code(district: str, number: int) -> str:
    return f"{district[:4]}.{FIRST_CODE - 1 + number}"


def _districts(identifier: str, codes: dict[units.Unit, str]) -> Districts:
    held = {
        "election": identifier,
        "regions": {code: {"state": unit.name[:100]} for unit, code in codes.items()},
        "districts": {f"{code}.1": {"name": unit.name[:100], "parish": [code]} for unit, code in codes.items()},
        "counties": {},
    }
    return strict_json.convert(held, Districts, DISTRICTS)


def _choices(identifier: str, contest: Contest, codes: dict[units.Unit, str]) -> Choices:
    choices: dict[str, dict[str, dict[str, str]]] = {}
    for unit, code in codes.items():
        parties = choices.setdefault(f"{code}.1", {})
        for number in contest.allowed(unit.district):
            option = contest.options[number - 1]
            parties.setdefault(option.party or NO_PARTY, {})[_code(f"{code}.1", number)] = option.name
    return strict_json.convert({"election": identifier, "choices": choices}, Choices, CHOICES)
