"""What an election is about: districts with their parishes, and the choices in each district.

The official programs check less: not the patterns, and not that the two files are of one election (`check_choices`).

Source: ``formats/IVXV.md`` 7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from evote.errors import VerificationError
from evote.formats.ivxv.box import strict_json
from evote.formats.ivxv.box.fields import ABROAD, FOREIGN, SEPARATOR, Code, District, Election, Name, Parish, Region

DISTRICTS, CHOICES = "districts", "choices"


class Area(Struct, frozen=True, forbid_unknown_fields=True):
    """A parish: the names of its state, county and itself."""

    state: Name
    county: Name = ""
    parish: Name = ""


class Constituency(Struct, frozen=True, forbid_unknown_fields=True):
    """A district: its name and its parishes."""

    name: Name
    parish: tuple[Parish, ...]


class Districts(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Regions by code, districts by id, counties with their parishes."""

    election: Election
    regions: dict[Parish, Area]
    districts: dict[District, Constituency]
    counties: dict[Region, tuple[Parish, ...]]

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a parish that is unknown, or twice in a district."""
        known = {_parish(region) for region in self.regions}
        for district, held in self.districts.items():
            parishes = [_parish(parish) for parish in held.parish]
            if len(set(parishes)) < len(parishes) or not known.issuperset(parishes):
                raise ValueError(f"a parish of {district} is unknown or occurs twice")
        if not known.issuperset(_parish(parish) for parishes in self.counties.values() for parish in parishes):
            raise ValueError("a parish of a county is unknown")

    @cached_property
    def _places(self) -> dict[tuple[str, str], str]:
        """The district of each number and parish: the first in the file."""
        places: dict[tuple[str, str], str] = {}
        for district, held in self.districts.items():
            for parish in held.parish:
                places.setdefault((district.partition(".")[2], _parish(parish)), district)
        return places

    def find(self, number: str, parish: str) -> str | None:
        """Return the first district with this number and parish."""
        return self._places.get((number, _parish(parish)))

    def parish(self, district: str, parish: str) -> str | None:
        """Return a parish by the name that the district's list has for it; None if it is not there."""
        held = self.districts.get(district)
        return next((one for one in held.parish if _parish(one) == _parish(parish)), None) if held else None


class Choices(Struct, frozen=True, forbid_unknown_fields=True):
    """The choices: by district, then by party, the name of each code."""

    election: Election
    choices: dict[District, dict[Name, dict[Code, Name]]]

    def __post_init__(self) -> None:
        """Raise ``ValueError`` if a code occurs twice in the file."""
        times = Counter(code for district in self.choices for code in self.codes(district))
        if times and max(times.values()) > 1:
            raise ValueError("a code occurs twice")

    def codes(self, district: str) -> list[str]:
        """Return the codes of a district in the order of the file; none if there is no such district."""
        return [code for names in self.choices.get(district, {}).values() for code in names]

    def texts(self) -> Iterator[bytes]:
        """Yield all plaintexts of generation 1: code, party and name."""
        for parties in self.choices.values():
            for party, names in parties.items():
                yield from (SEPARATOR.join((code, party, name)).encode() for code, name in names.items())


def read_districts(data: bytes) -> Districts:
    """Return the districts in a file; raise `DecodeError`."""
    return strict_json.decode(data, Districts, DISTRICTS)


def read_choices(data: bytes) -> Choices:
    """Return the choices in a file; raise `DecodeError`."""
    return strict_json.decode(data, Choices, CHOICES)


def check_choices(choices: Choices, districts: Districts, capacity: int | None = None) -> None:
    """Raise `VerificationError` unless the files belong together and all texts of generation 1 have a place.

    ``capacity`` is the longest text in bytes (`evote.formats.ivxv.encoding.Embedding.capacity`), None in later
    generations, which encrypt codes alone. Its check is ``ivxv.choices``, with what is wrong.
    """
    if choices.election != districts.election:
        raise VerificationError("ivxv.choices", "of another election than the districts")
    if unknown := sorted(choices.choices.keys() - districts.districts.keys()):
        raise VerificationError("ivxv.choices", f"no such district: {unknown[0]}")
    if capacity is not None and any(len(text) > capacity for text in choices.texts()):
        raise VerificationError("ivxv.choices", f"a choice is longer than {capacity} bytes and cannot be encrypted")


def _parish(parish: str) -> str:
    return ABROAD if parish == FOREIGN else parish
