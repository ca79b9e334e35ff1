"""The proof file: every counted vote's ciphertext, what it decrypts to, and the proof of it.

Read as a stream, checked chunk by chunk, each chunk one batch: two equations for a proof, folded with weights of its
own. A chunk that does not hold is halved until every false proof is named. An entry that is malformed in itself is
refused by name, and the rest is still checked; a file that is no such file is a `DecodeError`. What the file leaves
out, and whether its ciphertexts are those of the ballot box, is not asked here.

Source: ``formats/IVXV.md`` 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import BinaryIO

from evote.crypto.group import Element, Group
from evote.errors import DecodeError, VerificationError
from evote.formats.ivxv.ciphertext import CIPHERTEXT, ciphertext_encodings
from evote.formats.ivxv.decryptions import Decryption, Decryptions
from evote.formats.ivxv.elements import member
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.json_stream import JsonStream, is_text
from evote.formats.ivxv.keys import PublicKey, read_public_key
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.proof import PROOF, EncodedProof
from evote.formats.ivxv.reasons import Reason, Refusal
from evote.parallel import pmap
from evote.record.audit import Audit

CHUNK = 8192  # proofs in a batch; more cost hardly less, since the product leaves the cache, and take more memory
CHECK = "ivxv.decryption"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the file: ciphertext and proof in base64, the message in its generation's form."""

    ciphertext: str
    message: str
    proof: str


class ProofFile:
    """A proof file being read: its ``election``, then, by iterating once, its entries."""

    def __init__(self, file: BinaryIO, name: str = "proof file") -> None:
        """Read the head and the first entry, if there is one; raise `DecodeError` unless they are there."""
        self._json, self._name = JsonStream(file, name), name
        self._names = self._json.members()
        self._json.name("election", self._names)
        self.election = self._json.text()
        self._json.name("proofs", self._names)
        self._entries = self._read()
        self.first = next(self._entries, None)

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries; raise `DecodeError` where the file ceases to be one."""
        if self.first is not None:
            yield self.first
            yield from self._entries

    def _read(self) -> Iterator[Entry]:
        for number in self._json.items():
            held = self._json.value()
            if not isinstance(held, dict) or set(held) != set(Entry.__slots__) or not all(map(is_text, held.values())):
                raise DecodeError(f"{self._name}: entry {number} is not ciphertext, message and proof")
            yield Entry(**held)
        if next(self._names, None) is not None:
            raise DecodeError(f"{self._name}: more than an election and its proofs")
        self._json.end()


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of an entry: its number from 0, its ciphertext's DER, its plaintext, and why it is refused, if it is.

    ``plaintext`` is what the proof hashes: the text, the padded text or the point. ``text`` is None where there is
    none. Of a refused entry there is nothing but ``refusal`` and ``entry``, as it stands in the file.
    """

    index: int
    ciphertext: bytes = b""
    plaintext: bytes = b""
    text: bytes | None = None
    refusal: Refusal | None = None
    entry: Entry | None = None


def check_proofs(
    key: PublicKey,
    generation: Generation,
    entries: Iterable[Entry],
    *,
    executor: Executor | None = None,
    seed: bytes | None = None,
    chunk: int = CHUNK,
) -> Iterator[Checked]:
    """Yield what became of each entry, in order; a false proof is refused but for probability 2^-128.

    Costs two full and two short powers for each proof, all in one product for each chunk; memory, some 15 kB for each
    proof of as many chunks as are in hand. All weights come from ``seed``, which is drawn now unless it is given; then
    it must have been drawn when the file was fixed. Raises what reading the entries raises, at the place where it
    occurs.
    """
    work = partial(_check_chunk, key.encoded, generation, Audit(seed=seed).seed)
    yield from chain.from_iterable(pmap(work, enumerate(entries), executor=executor, chunk=chunk))


class _Messages(dict[str, Plaintext]):
    """The plaintext of each message, read once, so that equal ones are one object."""

    def __init__(self, generation: Generation, group: Group) -> None:
        super().__init__()
        self._generation, self._group = generation, group

    def __missing__(self, message: str) -> Plaintext:
        self[message] = plaintext = Plaintext.claimed(self._generation, self._group, message)
        return plaintext


@dataclass(frozen=True, slots=True)
class _Opened:
    """An entry out of its envelopes; what it holds is not known to be members yet."""

    ciphertext: bytes
    halves: tuple[bytes, bytes]
    plaintext: Plaintext
    proof: EncodedProof

    @classmethod
    def of(cls, group: Group, messages: _Messages, entry: Entry) -> _Opened:
        """Raise `Refusal` for what is wrong with the entry."""
        ciphertext = decode_base64(entry.ciphertext, CIPHERTEXT)
        halves = ciphertext_encodings(group, ciphertext)
        proof = EncodedProof.decode(group, decode_base64(entry.proof, PROOF))
        return cls(ciphertext, halves, messages[entry.message], proof)

    @property
    def encodings(self) -> tuple[bytes, bytes, bytes, bytes]:
        """c1, c2, A, B."""
        return (*self.halves, self.proof.message_commitment, self.proof.key_commitment)

    def decryption(self, key: PublicKey, c1: Element, c2: Element, a: Element, b: Element) -> Decryption:
        """Return the proof with the members that the encodings are."""
        k = self.proof.challenge(key, self.ciphertext, self.plaintext.hashed)
        return Decryption(c1, c2, self.plaintext.element, a, b, self.proof.response, k)


Numbered = list[tuple[int, Decryption]]  # by the number of the entry


def _check_chunk(
    encoded: bytes, generation: Generation, seed: bytes, entries: list[tuple[int, Entry]]
) -> list[Checked]:
    key = read_public_key(encoded)
    messages = _Messages(generation, key.group)
    opened: dict[int, _Opened] = {}
    refused: dict[int, Refusal] = {}
    for index, entry in entries:
        try:
            opened[index] = _Opened.of(key.group, messages, entry)
        except Refusal as refusal:
            refused[index] = refusal
    proofs: Numbered = []
    for (index, one), members in zip(opened.items(), _members(key.group, list(opened.values())), strict=True):
        if isinstance(members, Refusal):
            refused[index] = members
        else:
            proofs.append((index, one.decryption(key, *members)))
    refused |= {index: Refusal(Reason.FALSE_PROOF, PROOF) for index in _false(key, proofs, Audit(seed=seed))}
    return [_checked(index, entry, opened.get(index), refused.get(index)) for index, entry in entries]


def _checked(index: int, entry: Entry, opened: _Opened | None, refusal: Refusal | None) -> Checked:
    if opened is None or refusal is not None:
        return Checked(index, refusal=refusal, entry=entry)
    return Checked(index, opened.ciphertext, opened.plaintext.hashed, opened.plaintext.text)


def _members(group: Group, opened: Sequence[_Opened]) -> list[list[Element] | Refusal]:
    """Return the four members that each entry holds, or why it does not."""
    try:
        flat = group.decode_many([data for one in opened for data in one.encodings])
    except DecodeError:
        return [_members_of(group, one) for one in opened]
    return [flat[i : i + 4] for i in range(0, len(flat), 4)]


def _members_of(group: Group, one: _Opened) -> list[Element] | Refusal:
    try:
        names = (CIPHERTEXT, CIPHERTEXT, PROOF, PROOF)
        return [member(group, data, name) for data, name in zip(one.encodings, names, strict=True)]
    except Refusal as refusal:
        return refusal


def _false(key: PublicKey, proofs: Numbered, audit: Audit) -> Iterator[int]:
    """Yield the numbers of the proofs that do not hold."""
    if not proofs:
        return
    batch = audit.batch(CHECK, proofs[0][0], proofs[-1][0])
    batch.add([Decryptions(key, [proof for _, proof in proofs])], CHECK, "")
    try:
        batch.check()
    except VerificationError:
        if len(proofs) == 1:
            yield proofs[0][0]
            return
        middle = len(proofs) // 2
        yield from _false(key, proofs[:middle], audit)
        yield from _false(key, proofs[middle:], audit)
