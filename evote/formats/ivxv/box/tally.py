"""The tally: read from its file, and recomputed from plaintexts by the official rule of validity.

A plaintext counts under a code if the district's list says exactly what it says: in generation 1 code, party and name,
later the code. Everything else is "invalid", also what could not be decrypted. Every parish of every district appears,
with zeros where nobody voted.

Source: ``formats/IVXV.md`` 7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec import Struct

from evote.errors import VerificationError
from evote.formats.ivxv.box import strict_json
from evote.formats.ivxv.box.anonymous import Place
from evote.formats.ivxv.box.definitions import Choices, Districts
from evote.formats.ivxv.box.fields import INVALID, SEPARATOR, CodeOrInvalid, Count, District, Election, Parish
from evote.formats.ivxv.generation import Generation

WHAT = "tally"
PARTS = 3  # of a plaintext of generation 1
Counts = dict[str, int]


class Tally(
    Struct, frozen=True, forbid_unknown_fields=True, rename={"by_parish": "byparish", "by_district": "bydistrict"}
):
    """The votes of one question: by district and parish, and by district, for each code and "invalid".

    Equal tallies may differ in order, so in bytes.
    """

    election: Election
    by_parish: dict[District, dict[Parish, dict[CodeOrInvalid, Count]]]
    by_district: dict[District, dict[CodeOrInvalid, Count]]

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for counts without "invalid"."""
        if any(INVALID not in counts for counts in self._all()):
            raise ValueError(f"counts without {INVALID!r}")

    def check_sums(self) -> None:
        """Raise ``VerificationError("ivxv.tally.sums")`` unless each district is the sum of its parishes."""
        if {district: _sum(parishes.values()) for district, parishes in self.by_parish.items()} != {
            district: _sum([counts]) for district, counts in self.by_district.items()
        }:
            raise VerificationError("ivxv.tally.sums")

    def differences(self, other: Tally) -> list[str]:
        """Return a line for each count in which another tally differs: this one's count and the other's."""
        mine, others = dict(self._lines()), dict(other._lines())
        return [
            f"{line}: {mine.get(line, 'none')} and {others.get(line, 'none')}"
            for line in sorted(mine.keys() | others.keys())
            if mine.get(line) != others.get(line)
        ]

    def _all(self) -> Iterator[Counts]:
        for parishes in self.by_parish.values():
            yield from parishes.values()
        yield from self.by_district.values()

    def _lines(self) -> Iterator[tuple[str, int]]:
        for district, parishes in self.by_parish.items():
            for parish, counts in parishes.items():
                yield from ((f"{district}, {parish}, {code}", count) for code, count in counts.items())
        for district, counts in self.by_district.items():
            yield from ((f"{district}, {code}", count) for code, count in counts.items())


@dataclass(frozen=True, slots=True)
class Definitions:
    """Districts and choices of one election, and the generation of its plaintexts."""

    districts: Districts
    choices: Choices
    generation: Generation

    def code(self, district: str, text: bytes | None) -> str | None:
        """Return the code for which a plaintext counts in a district; None if it is invalid there.

        ``text`` is None if the ciphertext had none. In generation 3 it is the code found by table.
        """
        try:
            parts = (text or b"").decode().split(SEPARATOR)
        except ValueError:
            return None
        parties = self.choices.choices.get(district, {})
        if self.generation in {Generation.G2, Generation.G3}:
            return parts[0] if len(parts) == 1 and any(parts[0] in names for names in parties.values()) else None
        if len(parts) != PARTS:
            return None
        code, party, name = parts
        return code if parties.get(party, {}).get(code) == name else None

    def texts(self, district: str) -> list[bytes]:
        """Return the codes of a district as generation 3 encodes them (`evote.formats.ivxv.encoding.Lifted.table`)."""
        return [code.encode() for code in self.choices.codes(district)]

    def count(self, votes: Iterable[tuple[Place, bytes | None]], questions: Iterable[str] = ()) -> dict[str, Tally]:
        """Return the tally of each question, also of ``questions`` that nobody answered, from places and plaintexts.

        Raises ``VerificationError("ivxv.tally.place")`` for a vote in a district or parish that there is not.
        """
        counted: dict[str, Counter[tuple[str, str, str]]] = {question: Counter() for question in questions}
        for place, text in votes:
            parish = self.districts.parish(place.district, place.parish)
            if parish is None:
                raise VerificationError("ivxv.tally.place", f"{place.district}, {place.parish}")
            code = self.code(place.district, text) or INVALID
            counted.setdefault(place.question, Counter())[place.district, parish, code] += 1
        return {question: self._tally(counts) for question, counts in counted.items()}

    def _tally(self, counted: Counter[tuple[str, str, str]]) -> Tally:
        by_parish: dict[str, dict[str, Counts]] = {}
        by_district: dict[str, Counts] = {}
        for district, held in self.districts.districts.items():
            codes = [*self.choices.codes(district), INVALID]
            by_parish[district] = {
                parish: {code: counted[district, parish, code] for code in codes} for parish in held.parish
            }
            by_district[district] = dict(_sum([dict.fromkeys(codes, 0), *by_parish[district].values()]))
        return Tally(self.districts.election, by_parish, by_district)


def read_tally(data: bytes) -> Tally:
    """Return the tally in a file; raise `DecodeError`. Whether it adds up is `Tally.check_sums`."""
    return strict_json.decode(data, Tally, WHAT)


def _sum(counts: Iterable[Counts]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total
