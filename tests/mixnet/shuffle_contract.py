"""What every proof of shuffle must keep. A plug-in inherits `ShuffleContract` and says its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, ClassVar

import pytest

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.batch import Batch
from evote.crypto.elgamal import Ciphertext, PublicKey, Row, encode_row
from evote.crypto.group import Group, group
from evote.crypto.rows import Rows
from evote.crypto.transcript import NativeTranscript
from evote.crypto.vector import Vector
from evote.errors import DecodeError, Refused, VerificationError
from evote.mixnet.shuffle import (
    GENERATORS,
    ShuffleStatement,
    ShuffleToCome,
    ShuffleWitness,
    shuffle_proof,
    shuffle_prover,
)
from evote.record.units import Place

SECRET = 123456789
PLACE = Place("mayor", "north")
FAST, CAREFUL = Arithmetic.FAST, Arithmetic.CAREFUL


@cache
def key_of(name: str) -> PublicKey:
    made = group(name)
    return PublicKey(made.generator ** made.scalar(SECRET))


@cache
def generators(made: Group, n: int) -> Vector:
    """Return the generators for n rows, as `Generators` would make a whole block of them."""
    return Vector.of(made, made.independent_generators(n, GENERATORS))


def statement_of(
    key: PublicKey, before: Sequence[Row], after: Sequence[Row], h: Vector | None = None, place: Place = PLACE
) -> ShuffleStatement:
    """Return the statement about these rows, as a verifier holds them: undecoded, with generators of its own."""
    h = generators(key.group, len(before)) if h is None else h
    return ShuffleStatement(key, as_read(key.group, before), as_read(key.group, after), h, place)


def as_read(made: Group, rows: Sequence[Row]) -> Rows:
    """Return rows as bytes."""
    return Rows(made, len(rows[0]), list(map(encode_row, rows)))


def transcript(context: str = "a context") -> NativeTranscript:
    return NativeTranscript(context)


def ballots(key: PublicKey, n: int, width: int) -> list[Row]:
    """Return n different rows."""
    made, g = key.group, key.group.generator
    return [
        tuple(key.encrypt(g ** (i + 7), made.scalar(100 * i + block + 1)) for block in range(width)) for i in range(n)
    ]


def shuffled(
    key: PublicKey, before: Sequence[Row], permutation: Sequence[int], stray: int = 0
) -> tuple[list[Row], ShuffleWitness]:
    """Return the rows re-encrypted and permuted, and the witness; ``stray`` spoils its randomness."""
    scalar = key.group.scalar
    s = [[31 * i + block + 1 for block in range(len(before[0]))] for i in range(len(before))]
    after = [tuple(key.reencrypt(w, scalar(x)) for w, x in zip(before[i], s[i], strict=True)) for i in permutation]
    s[0][0] += stray
    return after, ShuffleWitness(permutation, s)


class Case:
    """One shuffle: statement, witness, and the proof as it is written."""

    def __init__(self, name: str, group_name: str, n: int, width: int, arithmetic: Arithmetic = FAST) -> None:
        self.name, self.key, self.n, self.width = name, key_of(group_name), n, width
        self.before = ballots(self.key, n, width)
        self.after, self.witness = shuffled(self.key, self.before, list(range(n - 1, -1, -1)))
        self.lines, self.data = self.prove(self.after, self.witness, arithmetic)

    @property
    def group(self) -> Group:
        return self.key.group

    def prepare(
        self, arithmetic: Arithmetic, permutation: Sequence[int] | None = None, context: str = "a context"
    ) -> Any:
        """Return what can be made of the proof before there is a list."""
        h = generators(self.group, self.n)
        permutation = self.witness.permutation if permutation is None else permutation
        to_come = ShuffleToCome(self.key, h, self.width, PLACE.contest, transcript(context), permutation)
        prepared, (power,) = shuffle_prover(self.name).prepare(to_come, arithmetic, None, [SECRET])
        assert power == self.key.y  # what was asked for besides
        return prepared

    def prove(
        self, after: Sequence[Row], witness: ShuffleWitness, arithmetic: Arithmetic = FAST, prepared: Any = None
    ) -> tuple[list[bytes], bytes]:
        statement = statement_of(self.key, self.before, after)
        proof = shuffle_prover(self.name)(statement, witness, arithmetic, None, prepared).prove(transcript())
        return proof.lines(), bytes(proof)

    def verify(
        self,
        lines: Sequence[bytes] | None = None,
        data: bytes | None = None,
        *,
        before: Sequence[Row] | None = None,
        after: Sequence[Row] | None = None,
        key: PublicKey | None = None,
        place: Place = PLACE,
        context: str = "a context",
    ) -> None:
        """Check the proof, or parts of it with others in their place."""
        public = shuffle_proof(self.name)
        lines = self.lines if lines is None else lines
        proof = public.decode(self.group, self.width, lines, self.data if data is None else data)
        statement = statement_of(key or self.key, before or self.before, after or self.after, place=place)
        batch = Batch(bytes(32))
        batch.add(public.equations(statement, proof, transcript(context)), public.check, "somebody")
        batch.check()


@cache
def case_of(name: str, group_name: str = "toy", n: int = 5, width: int = 2) -> Case:
    """Return a case, made once."""
    return Case(name, group_name, n, width)


def reencrypted(row: Row, r: int) -> Row:
    g = row[0].c1.group.generator
    return (Ciphertext(row[0].c1 * g**r, row[0].c2), *row[1:])


def shifted(row: Row) -> Row:
    g = row[0].c1.group.generator
    return (Ciphertext(row[0].c1, row[0].c2 * g), *row[1:])


Statements = dict[str, Callable[[Case], dict[str, Any]]]

ELSEWHERE: Statements = {
    "another key": lambda c: {"key": PublicKey(c.key.y * c.key.y)},
    "another context": lambda _: {"context": "another"},
    "another contest": lambda _: {"place": Place("council", PLACE.unit)},
    "another unit": lambda _: {"place": Place(PLACE.contest, "south")},
    "the lists exchanged": lambda c: {"before": c.after, "after": c.before},
    "a copy, unshuffled": lambda c: {"after": c.before},
    "input rows exchanged": lambda c: {"before": [c.before[1], c.before[0], *c.before[2:]]},
    "output rows exchanged": lambda c: {"after": [c.after[1], c.after[0], *c.after[2:]]},
    "an input row replaced by another": lambda c: {"before": [c.before[1], *c.before[1:]]},
    "an output row replaced by another": lambda c: {"after": [c.after[1], *c.after[1:]]},
    "a message changed": lambda c: {"after": [shifted(c.after[0]), *c.after[1:]]},
    "a message changed before": lambda c: {"before": [shifted(c.before[0]), *c.before[1:]]},
    "two messages changed, the product kept": lambda c: {
        "after": [shifted(c.after[0]), _unshifted(c.after[1]), *c.after[2:]]
    },
    "half a re-encryption": lambda c: {"after": [reencrypted(c.after[0], 5), *c.after[1:]]},
}


def _unshifted(row: Row) -> Row:
    g = row[0].c1.group.generator
    return (Ciphertext(row[0].c1, row[0].c2 / g), *row[1:])


Lies = dict[str, Callable[[Case], tuple[list[Row], ShuffleWitness]]]

LIES: Lies = {
    "not re-encrypted as it says": lambda c: (c.after, shuffled(c.key, c.before, c.witness.permutation, 1)[1]),
    "another permutation than it says": lambda c: (
        c.after,
        ShuffleWitness([1, 0, *range(2, c.n)], c.witness.randomness),
    ),
    "one row twice, one not at all": lambda c: shuffled(c.key, c.before, [1, 1, *range(2, c.n)]),
    "all rows the same": lambda c: shuffled(c.key, c.before, [0] * c.n),
    "a row of its own": lambda c: ([ballots(c.key, c.n + 1, c.width)[-1], *c.after[1:]], c.witness),
    "a message shifted": lambda c: ([shifted(c.after[0]), *c.after[1:]], c.witness),
    "messages shifted, the product kept": lambda c: (
        [shifted(c.after[0]), _unshifted(c.after[1]), *c.after[2:]],
        c.witness,
    ),
}

Edits = dict[str, Callable[[list[bytes], bytes], tuple[list[bytes], bytes]]]

EDITS: Edits = {
    "rows exchanged": lambda lines, data: ([lines[1], lines[0], *lines[2:]], data),
    "a row twice for another": lambda lines, data: ([lines[1], *lines[1:]], data),
    "the first row last": lambda lines, data: ([*lines[1:], lines[0]], data),
    "a bit of the first byte": lambda lines, data: (lines, bytes([data[0] ^ 1, *data[1:]])),
    "a bit of the last byte": lambda lines, data: (lines, bytes([*data[:-1], data[-1] ^ 1])),
    "all zeros": lambda lines, data: (lines, bytes(len(data))),
}

MALFORMED: Edits = {
    "nothing": lambda lines, _: (lines, b""),
    "a byte short": lambda lines, data: (lines, data[:-1]),
    "a byte long": lambda lines, data: (lines, data + b"\0"),
    "all ones": lambda lines, data: (lines, b"\xff" * len(data)),
    "an empty row": lambda lines, data: ([b"{}", *lines[1:]], data),
    "a row that is not JSON": lambda lines, data: ([b"\xff", *lines[1:]], data),
    "a row with a blank": lambda lines, data: ([lines[0] + b" ", *lines[1:]], data),
}


class NoExecutor(ThreadPoolExecutor):
    """Fails whoever hands it anything."""

    def submit(self, *_: Any, **__: Any) -> Any:
        pytest.fail("a secret left the process")


class ShuffleContract:
    """Inherit in a class named ``Test...``; ``name`` is what the proof is registered as."""

    name: ClassVar[str]

    @pytest.mark.parametrize("arithmetic", [FAST, CAREFUL], ids=["fast", "careful"])
    @pytest.mark.parametrize("width", [1, 2, 3])
    @pytest.mark.parametrize("n", [1, 2, 20])
    def test_an_honest_shuffle_verifies(self, n: int, width: int, arithmetic: Arithmetic) -> None:
        Case(self.name, "toy", n, width, arithmetic).verify()

    @pytest.mark.parametrize("group_name", ["ristretto255", "p-256", "modp-2048", "electionguard-4096"])
    def test_it_verifies_in_every_kind_of_group_and_nowhere_else(self, group_name: str) -> None:
        case = case_of(self.name, group_name, 3, 1)
        case.verify()
        with pytest.raises(VerificationError):
            case.verify(after=case.before)

    @pytest.mark.parametrize("group_name", ["ristretto255", "modp-2048"])
    def test_a_careful_mixer_convinces_too(self, group_name: str) -> None:
        Case(self.name, group_name, 2, 1, CAREFUL).verify()

    @pytest.mark.parametrize("arithmetic", [FAST, CAREFUL], ids=["fast", "careful"])
    @pytest.mark.parametrize("group_name", ["toy", "ristretto255", "p-256", "modp-2048"])
    def test_what_was_prepared_makes_one_proof_also_when_it_was_stored(
        self, group_name: str, arithmetic: Arithmetic
    ) -> None:
        case = case_of(self.name, group_name, 3, 2)
        for stored in (False, True):
            prepared = case.prepare(arithmetic)
            if stored:
                prepared = shuffle_prover(self.name).restore(prepared.secret_bytes(), case.group, case.n, case.width)
            lines, data = case.prove(case.after, case.witness, arithmetic, prepared)
            case.verify(lines, data)
            with pytest.raises(Refused, match="serves once"):
                case.prove(case.after, case.witness, arithmetic, prepared)

    def test_to_store_what_was_prepared_is_to_use_it(self) -> None:
        case = case_of(self.name)
        prepared = case.prepare(FAST)
        prepared.secret_bytes()
        for use in (prepared.secret_bytes, lambda: case.prove(case.after, case.witness, FAST, prepared)):
            with pytest.raises(Refused, match="serves once"):
                use()

    def test_what_was_prepared_for_another_permutation_does_not_convince(self) -> None:
        case = case_of(self.name)
        prepared = case.prepare(FAST, [1, 0, *range(2, case.n)])
        lines, data = case.prove(case.after, case.witness, FAST, prepared)
        with pytest.raises(VerificationError):
            case.verify(lines, data)

    @pytest.mark.parametrize("group_name", ["toy", "ristretto255", "p-256", "modp-2048"])
    def test_workers_change_nothing(self, group_name: str) -> None:
        case = case_of(self.name, group_name, 3, 2)
        statement = statement_of(case.key, case.before, case.after)
        with ThreadPoolExecutor(2) as executor:
            proof = shuffle_prover(self.name)(statement, case.witness, FAST, executor).prove(transcript())
        case.verify(proof.lines(), bytes(proof))

    def test_careful_secrets_stay_in_this_process(self) -> None:
        case = case_of(self.name)
        statement = statement_of(case.key, case.before, case.after)
        proof = shuffle_prover(self.name)(statement, case.witness, CAREFUL, NoExecutor()).prove(transcript())
        case.verify(proof.lines(), bytes(proof))

    def test_a_failure_is_named_after_the_proof(self) -> None:
        case = case_of(self.name)
        with pytest.raises(VerificationError, match="somebody") as caught:
            case.verify(context="another")
        assert caught.value.check == shuffle_proof(self.name).check == f"shuffle.{self.name}"

    @pytest.mark.parametrize("name", ELSEWHERE)
    def test_the_proof_of_another_statement_does_not_convince(self, name: str) -> None:
        case = case_of(self.name)
        case.verify()
        with pytest.raises(VerificationError):
            case.verify(**ELSEWHERE[name](case))

    @pytest.mark.parametrize("name", LIES)
    def test_a_prover_that_lies_does_not_convince(self, name: str) -> None:
        case = case_of(self.name)
        after, witness = LIES[name](case)
        lines, data = case.prove(after, witness)
        with pytest.raises(VerificationError):
            case.verify(lines, data, after=after)

    @pytest.mark.parametrize("name", EDITS)
    def test_a_proof_with_parts_moved_or_changed_does_not_convince(self, name: str) -> None:
        case = case_of(self.name)
        with pytest.raises((VerificationError, DecodeError)):
            case.verify(*EDITS[name](case.lines, case.data))

    @pytest.mark.parametrize("name", MALFORMED)
    def test_malformed_bytes_are_not_a_proof(self, name: str) -> None:
        case = case_of(self.name)
        with pytest.raises(DecodeError):
            case.verify(*MALFORMED[name](case.lines, case.data))

    def test_no_byte_of_the_proof_is_idle(self) -> None:
        case = case_of(self.name)
        for at in range(len(case.data)):
            changed = bytearray(case.data)
            changed[at] ^= 0x04
            with pytest.raises((VerificationError, DecodeError)):
                case.verify(data=bytes(changed))

    def test_a_proof_of_another_length_is_a_mistake_of_the_caller(self) -> None:
        case = case_of(self.name)
        for lines in (case.lines[1:], [*case.lines, case.lines[0]], []):
            with pytest.raises(ValueError, match="another length"):
                case.verify(lines)

    def test_a_proof_of_another_width_is_malformed(self) -> None:
        wide = case_of(self.name, "toy", 5, 3)
        with pytest.raises(DecodeError):
            case_of(self.name).verify(wide.lines, wide.data)

    def test_it_reads_back(self) -> None:
        case = case_of(self.name)
        proof = shuffle_proof(self.name).decode(case.group, case.width, case.lines, case.data)
        assert (proof.lines(), bytes(proof)) == (case.lines, case.data)

    def test_it_tells_what_a_cascade_asks(self) -> None:
        case, public = case_of(self.name), shuffle_proof(self.name)
        made = [public.decode(case.group, case.width, *case.prove(case.after, case.witness)) for _ in range(2)]
        assert [proof.n for proof in made] == [case.n] * 2
        assert made[0].u.encodings() != made[1].u.encodings()
        assert public.meaning
        assert public.spare >= 1

    def test_two_proofs_of_one_shuffle_differ(self) -> None:
        case = case_of(self.name)
        lines, data = case.prove(case.after, case.witness)
        case.verify(lines, data)
        assert data != case.data
        assert not set(lines) & set(case.lines)

    def test_the_witness_does_not_print(self) -> None:
        assert "31" not in repr(case_of(self.name).witness)
