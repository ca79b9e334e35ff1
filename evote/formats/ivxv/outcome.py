"""What the plaintexts come to: a choice for each vote that counts, a reason for each that does not, and the tally.

The format proves nothing about invalid votes. One is seen to be invalid if its ciphertext is malformed, or if there is
a proof all the same and the plaintext is no choice of its district; of all others one has to believe it.

Source: ``formats/IVXV.md`` 7 and 8.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evote.crypto.group import Group
from evote.errors import VerificationError
from evote.formats.ivxv.accounting import Decrypted, Votes, listed
from evote.formats.ivxv.box.anonymous import Place
from evote.formats.ivxv.box.tally import Definitions, Tally
from evote.formats.ivxv.checks import CHOICE, INVALID
from evote.formats.ivxv.ciphertext import decode_ciphertext
from evote.formats.ivxv.official import CiphertextVerdict, check_ciphertext, difference
from evote.formats.ivxv.reasons import Refusal


@dataclass(slots=True)
class Malformed:
    """Finds the ciphertexts that are malformed; ``disputed`` are the official tool's verdicts where they differ."""

    group: Group | None
    found: set[bytes] = field(default_factory=set)
    disputed: list[str] = field(default_factory=list)

    def see(self, name: bytes, ciphertext: bytes) -> None:
        """Look at a ciphertext; ``name`` is its digest. Costs two tests of membership."""
        if self.group is None or name in self.found:
            return
        try:
            decode_ciphertext(self.group, ciphertext)
        except Refusal as refusal:
            self.found.add(name)
            if check_ciphertext(self.group, ciphertext) is CiphertextVerdict.VALID:
                self.disputed.append(f"{b64encode(name).decode()}: {difference(accepts=True, refusal=refusal)}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The votes of the last box with their texts, all accounted for. ``definitions`` are None if they are missing."""

    box: Votes
    decrypted: Decrypted
    texts: dict[bytes, bytes | None]
    definitions: Definitions | None
    malformed: set[bytes]

    def unseen(self) -> list[bytes]:
        """Return the votes listed as invalid of which nothing shows it; raise `VerificationError` for false ones."""
        unseen, faults = [], []
        for name, places in self.decrypted.invalid.places.items():
            for place in places:
                if name in self.malformed:
                    continue
                if self.definitions is None or not self.decrypted.is_proved_too(name, self.box):
                    unseen.append(name)
                elif code := self.definitions.code(place.district, self.texts[name]):
                    faults.append(f"{b64encode(name).decode()} is listed as invalid and proved to be for {code}")
        if faults:
            raise VerificationError(INVALID, listed(faults))
        return unseen

    def check_choices(self, definitions: Definitions) -> int:
        """Return how many votes are for a choice; raise `VerificationError` if any is not, nor listed as invalid."""
        counted = list(self._counted())
        faults = [
            f"the text of {b64encode(name).decode()} is no choice of district {place.district}"
            for name, place in counted
            if definitions.code(place.district, self.texts[name]) is None
        ]
        if faults:
            raise VerificationError(CHOICE, listed(faults))
        return len(counted)

    def tallies(self, definitions: Definitions, questions: Sequence[str]) -> dict[str, Tally]:
        """Return the tally of each question; raise `VerificationError` for a vote in no place."""
        votes: list[tuple[Place, bytes | None]] = [(place, self.texts[name]) for name, place in self._counted()]
        votes += [(place, None) for places in self.decrypted.invalid.places.values() for place in places]
        return definitions.count(votes, questions)

    def _counted(self) -> Iterator[tuple[bytes, Place]]:
        for name, places in self.box.places.items():
            yield from ((name, place) for place in self.decrypted.remaining(name, places))


def assign(paths: Sequence[Path], questions: Sequence[str]) -> dict[str, Path]:
    """Return the tally file of each question: the one that bears its name, or the only one if there is one question.

    A file that bears no question's name is of a question that nobody answered.
    """
    stems = {path.name.removesuffix(".tally"): path for path in paths}
    made = {question: stems.pop(stem) for question in questions if (stem := _stem(question)) in stems}
    if len(paths) == len(questions) == 1:
        return {questions[0]: paths[0]}
    return made | stems


def _stem(question: str) -> str:
    return re.sub("[^A-Za-z0-9.-]", "_", question)
