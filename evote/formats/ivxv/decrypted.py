"""What a proof file shows, entry by entry, put together: texts by ciphertext, and why entries are refused.

Beside each refusal stands what the official tool says of the entry, where that differs.

Source: ``formats/IVXV.md`` 2.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from evote.crypto.group import Group
from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.formats.ivxv.accounting import SHOWN, digest
from evote.formats.ivxv.box.definitions import Choices
from evote.formats.ivxv.checks import DECRYPTION, GENERATION
from evote.formats.ivxv.encoding import Lifted, squares
from evote.formats.ivxv.generation import Generation, detect, embedding
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.official import ProofVerdict, check_proof, difference
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.proof_file import Checked, Entry
from evote.formats.ivxv.reasons import Reason, Refusal


@dataclass(slots=True)
class Proved:
    """The entries of a proof file: how many there are of each ciphertext, and what those that hold decrypt to.

    Ciphertexts go by digest. ``texts`` has the point in generation 3, where no text can be read off.
    """

    key: PublicKey
    generation: Generation
    count: Counter[bytes] = field(default_factory=Counter)
    texts: dict[bytes, bytes | None] = field(default_factory=dict)
    held: int = 0
    refusals: int = 0
    refused: list[str] = field(default_factory=list)  # the first of them, a line each
    _known: dict[bytes, bytes] = field(default_factory=dict)  # so that equal texts are one object

    def take(self, checked: Checked) -> None:
        """Take in what became of an entry."""
        if checked.refusal is None:
            name = digest(checked.ciphertext)
            text = checked.plaintext if self.generation is Generation.G3 else checked.text
            self.texts[name] = None if text is None else self._known.setdefault(text, text)
            self.count[name] += 1
            self.held += 1
            return
        self.refusals += 1
        if checked.entry is None:
            return
        with suppress(Refusal):  # it was meant to account for this one: what is missing is a proof
            self.count[digest(decode_base64(checked.entry.ciphertext, "ciphertext"))] += 1
        if len(self.refused) < SHOWN:
            why = _beside_official(self.key, self.generation, checked.entry, checked.refusal)
            self.refused.append(f"entry {checked.index}: {checked.refusal.what}: {why}")

    def require_all(self) -> None:
        """Raise `VerificationError` if any entry was refused."""
        if self.refusals:
            rest = self.refusals - len(self.refused)
            raise VerificationError(DECRYPTION, "; ".join(self.refused) + (f"; and {rest} more" if rest else ""))

    def resolve(self, choices: Choices) -> None:
        """Turn the points of generation 3 into texts, by a table of all choices. Costs a power for each choice."""
        if self.generation is Generation.G3:
            codes = [code.encode() for district in choices.choices for code in choices.codes(district)]
            table = Lifted(self.key.group).table(codes)
            self.texts = {name: table.get(point or b"") for name, point in self.texts.items()}


def tell_generation(key: PublicKey, first: Entry | None, forced: Generation | None) -> Generation:
    """Return the generation; raise `EvidenceMissing` if it has to be named, `VerificationError` if there is none."""
    try:
        return detect(key.parameters, first.message if first else None, forced)
    except Refusal as refusal:
        if refusal.reason is Reason.AMBIGUOUS_GENERATION:
            raise EvidenceMissing(f"{refusal.reason.value} (--format ivxv-g1, for instance)") from None
        raise VerificationError(GENERATION, refusal.reason.value) from None


def capacity(generation: Generation, group: Group) -> int | None:
    """Return the longest text of code, party and name; None in generations that encrypt codes alone."""
    if generation in {Generation.G2, Generation.G3}:
        return None
    return squares(group).capacity if generation is Generation.G1_PADDED else embedding(generation, group).capacity


def _beside_official(key: PublicKey, generation: Generation, entry: Entry, refusal: Refusal) -> str:
    verdict = ProofVerdict.EXCEPTION
    with suppress(DecodeError):
        ciphertext, proof = decode_base64(entry.ciphertext, "ciphertext"), decode_base64(entry.proof, "proof")
        verdict = check_proof(key, generation, ciphertext, entry.message, proof)
    if verdict is ProofVerdict.EXCEPTION:
        return f"official tool: fails on it and counts no failure; refused here because {refusal.reason.value}"
    return difference(accepts=True, refusal=refusal) if verdict is ProofVerdict.VALID else refusal.reason.value
