"""Commitment-consistent proofs: the contract, every part by name, and first and second parts that do not belong."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from evote.crypto.batch import Batch
from evote.crypto.elgamal import Ciphertext, PublicKey, Row
from evote.crypto.equation import Equation
from evote.crypto.group import Group
from evote.crypto.transcript import Transcript
from evote.crypto.vector import Vector
from evote.errors import DecodeError, Refused, VerificationError
from evote.mixnet.cascade import Cascade, shuffle_transcript
from evote.mixnet.commitment_consistent.proof import (
    Consistency,
    ConsistentLine,
    TwoParts,
    batching_vector,
    consistency_challenge,
    decode,
    permutation_challenge,
)
from evote.mixnet.commitment_consistent.prover import Ahead, CommitmentConsistentProver, _products
from evote.mixnet.commitment_consistent.verifier import CommitmentConsistent
from evote.mixnet.offline import claim, prepare, write
from evote.mixnet.shuffle import ShuffleStatement, ShuffleToCome, ShuffleWitness
from evote.mixnet.terelius_wikstrom.offline import Masks
from evote.mixnet.terelius_wikstrom.proof import mask_bound, native_lengths
from evote.mixnet.terelius_wikstrom.prover import Proving, columns_of
from evote.mixnet.terelius_wikstrom.verifier import Bridges
from evote.record import canonical, vault
from evote.verify import verify
from tests.elections import changed, run_small
from tests.mixnet.servers import NAME, PASSPHRASE, cascade, mixer
from tests.mixnet.shuffle_contract import (
    FAST,
    Case,
    ShuffleContract,
    generators,
    statement_of,
    transcript,
)
from tests.mixnet.test_cascade import ELECTION, ENCODED, GROUP, KEY, NORTH, Lists, body


class TestCommitmentConsistent(ShuffleContract):
    """The contract of a proof of shuffle."""

    name: ClassVar[str] = NAME


@pytest.fixture(scope="module")
def case() -> Case:
    return Case(NAME, "toy", 5, 2)


@pytest.fixture(scope="module")
def proof(case: Case) -> TwoParts:
    return decode(case.group, case.width, case.lines, case.data)


def statement(case: Case) -> ShuffleStatement:
    return statement_of(case.key, case.before, case.after)


def check(case: Case, proof: TwoParts, said: Transcript | None = None) -> None:
    batch = Batch(bytes(32))
    batch.add(CommitmentConsistent().equations(statement(case), proof, said or transcript()), "shuffle", "")
    batch.check()


# --- every part, by name ---


def element(x: Any) -> Any:
    return x * x.group.generator


def row(x: Row) -> Row:
    return (*x[:-1], Ciphertext(x[-1].c1, x[-1].c2 * x[-1].c2.group.generator))


def one_item(at: int) -> Callable[[Any], Any]:
    """Return the change of one item of a column."""

    def change(column: Any) -> Any:
        items: list[Any] = column.elements() if isinstance(column, Vector) else list(column)
        items[at] = items[at] + 1 if isinstance(items[at], int) else element(items[at])
        return Vector.of(column.group, items, column.name) if isinstance(column, Vector) else items

    return change


def integer(x: int) -> int:
    return x + 1


FIRST, SECOND = "permutation", "consistency"
PARTS: dict[str, Callable[[Any], Any]] = {
    f"{FIRST}.commitment.A_prime": element,
    f"{FIRST}.commitment.C_prime": element,
    f"{FIRST}.commitment.D_prime": element,
    f"{FIRST}.reply.k_A": integer,
    f"{FIRST}.reply.k_C": integer,
    f"{FIRST}.reply.k_D": integer,
    f"{SECOND}.A_prime": element,
    f"{SECOND}.F_prime": row,
    f"{SECOND}.k_A": integer,
}
COLUMNS = (
    f"{FIRST}.u",
    f"{FIRST}.commitment.B",
    f"{FIRST}.commitment.B_prime",
    f"{FIRST}.reply.k_B",
    f"{FIRST}.reply.k_E",
    f"{SECOND}.k_E",
    f"{SECOND}.k_F",
)


def with_part(value: Any, path: str, change: Callable[[Any], Any]) -> Any:
    name, _, rest = path.partition(".")
    old = getattr(value, name)
    return replace(value, **{name: with_part(old, rest, change) if rest else change(old)})


@pytest.mark.parametrize("path", PARTS)
def test_no_part_may_change(case: Case, proof: TwoParts, path: str) -> None:
    check(case, proof)
    with pytest.raises(VerificationError):
        check(case, with_part(proof, path, PARTS[path]))


@pytest.mark.parametrize("at", [0, 1, -1])
@pytest.mark.parametrize("path", COLUMNS)
def test_no_row_of_a_column_may_change(case: Case, proof: TwoParts, path: str, at: int) -> None:
    with pytest.raises(VerificationError):
        check(case, with_part(proof, path, one_item(at)))


@pytest.mark.parametrize("name", ConsistentLine.__struct_fields__)
def test_a_malformed_row_is_refused(case: Case, name: str) -> None:
    line = canonical.decode(case.lines[0], ConsistentLine)
    good = getattr(line, name)
    empty = [] if name == "list_k_E" else [b""]  # there, the mark of an entry that is not kept
    for bad in (*empty, good[1:], good + b"\0", b"\xff" * len(good)):
        with pytest.raises(DecodeError):
            case.verify([canonical.encode(changed(line, **{name: bad})), *case.lines[1:]])


def hold(said: Sequence[Any]) -> bool:
    """Tell whether these claims hold, those of a family one by one."""
    return all(
        claim.holds()
        if isinstance(claim, Equation)
        else all(claim.fold([i == j for j in range(claim.count)]).holds() for i in range(claim.count))
        for claim in said
    )


def test_there_are_4_n_2w_equations(case: Case, proof: TwoParts) -> None:
    made = list(CommitmentConsistent().equations(statement(case), proof, transcript()))
    assert sum(said.count if isinstance(said, Bridges) else 1 for said in made) == 4 + case.n + 2 * case.width
    assert hold(made)


# --- first parts that were made for something else ---


def first_for(
    case: Case, said: Transcript, rows: int | None = None, contest: str = NORTH.contest
) -> CommitmentConsistentProver:
    """Return a prover with a first part whose transcript is that one."""
    h = generators(case.group, rows or case.n)
    pi = [*case.witness.permutation, *range(case.n, len(h))]
    made, _ = CommitmentConsistentProver.prepare(ShuffleToCome(case.key, h, case.width, contest, said, pi), FAST)
    return CommitmentConsistentProver(statement(case), case.witness, FAST, None, made)


def of_mixer(election: Any = ELECTION, author: str = "mixer 1", key: Any = KEY) -> Transcript:
    return shuffle_transcript(election, author, key)


OTHERS: dict[str, Callable[[Case], CommitmentConsistentProver]] = {
    "another election": lambda c: first_for(c, of_mixer(election=msgspec.structs.replace(ELECTION, name="another"))),
    "another mix server": lambda c: first_for(c, of_mixer(author="mixer 2")),
    "another contest": lambda c: first_for(c, of_mixer(), contest="council"),
    "another key": lambda c: first_for(c, of_mixer(key=PublicKey(KEY.y * KEY.y))),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_first_part_made_for_another_does_not_serve(case: Case, name: str) -> None:
    """Though whoever uses it knows all its secrets, and the second part is made for this."""
    check(case, first_for(case, of_mixer()).prove(of_mixer()), of_mixer())
    made = OTHERS[name](case).prove(of_mixer())
    with pytest.raises(VerificationError):
        check(case, made, of_mixer())


def test_a_second_part_belongs_to_its_first(case: Case, proof: TwoParts) -> None:
    other = first_for(case, transcript()).prove(transcript())
    check(case, other)
    for made in (
        replace(proof, consistency=other.consistency),
        replace(other, consistency=proof.consistency),
    ):
        with pytest.raises(VerificationError):
            check(case, made)


def test_a_second_part_is_bound_to_the_reply_of_its_first(case: Case, proof: TwoParts) -> None:
    """Which it need not be; so that nothing of a proof that has been accepted can be exchanged, ever."""
    replies = [f"{FIRST}.reply.{name}" for name in ("k_A", "k_C", "k_D")]
    vectors = []
    for made in (proof, *(with_part(proof, path, integer) for path in replies)):
        said = transcript()
        permutation_challenge(made.permutation, NORTH.contest, said)
        vectors.append(tuple(batching_vector(statement(case), made.kept, said)))
    assert len(set(vectors)) == 4


def test_a_commitment_to_more_rows_does_not_serve_when_cut(case: Case) -> None:
    made = first_for(case, transcript(), case.n + 1)
    assert made._prepared is not None
    ahead = made._prepared.take()
    commitment, reply, n = ahead.proof.commitment, ahead.proof.reply, case.n
    cut = replace(
        ahead.proof,
        u=ahead.proof.u.cut(0, n),
        commitment=replace(commitment, B=commitment.B.cut(0, n), B_prime=commitment.B_prime.cut(0, n)),
        reply=replace(reply, k_B=reply.k_B[:n], k_E=reply.k_E[:n]),
    )
    masks = replace(ahead.masks, epsilon=ahead.masks.epsilon[:n], r=ahead.masks.r[:n])
    said = transcript()
    permutation_challenge(cut, NORTH.contest, said)
    factors = (ahead.factors[0], *_products(generators(case.group, n), masks.epsilon, FAST, None))
    shorter = replace(ahead, proof=cut, masks=masks, kept=range(n), factors=factors)
    forged = TwoParts(cut, range(n), made._consistency(shorter, said))
    claims = list(CommitmentConsistent().equations(statement(case), forged, transcript()))
    assert (hold(claims[:4]), hold(claims[4:])) == (False, True)


def test_a_commitment_to_fewer_rows_does_not_serve_when_padded(case: Case) -> None:
    short = Case(NAME, "toy", case.n - 1, case.width)
    for padding in (short.lines[-1], case.lines[-1]):
        with pytest.raises(VerificationError):
            case.verify([*short.lines, padding], short.data)
    with pytest.raises(ValueError, match="another length"):
        case.verify(short.lines, short.data)


# --- what the first part is for ---


class Marking(CommitmentConsistentProver):
    """A mix server that divides the first row by the second to the power a, to tell it from the others later.

    Its u_0 = g^r_0 h_0 h_1^a commits to the matrix of that, with which e' = (e_0, e_1 + a e_0, e_2, ...).
    """

    def forge(self, a: int, said: Transcript) -> TwoParts:
        s, group = self._statement, self._statement.group
        n, lengths = len(s.before), native_lengths(group)
        made, _ = self.prepare(ShuffleToCome(s.key, s.h, s.width, s.place.contest, said.fork(), range(n)), FAST)
        ahead = made.take()
        u = ahead.proof.u.elements()
        u[0] *= s.h.elements()[1] ** a
        first = replace(ahead.proof, u=Vector.of(group, u, "u"))
        permutation_challenge(first, s.place.contest, said)
        e = batching_vector(s, range(n), said)
        marked = [e[0], e[1] + a * e[0], *e[2:]]
        proving = Proving(s.h, lambda: columns_of(s.after, None), self._witness, lengths, FAST)
        f_prime = proving.f_prime(ahead.masks, ahead.blinding)
        a_prime = self._a_prime(ahead.factors, ahead.masks.epsilon)
        v = consistency_challenge(a_prime, f_prime, said)
        k_a, _, k_f = proving.shuffled_reply(v, e, e, ahead.masks)
        k_e = [lengths.reduced(group, v * x + eps) for x, eps in zip(marked, ahead.masks.epsilon, strict=True)]
        return TwoParts(first, range(n), Consistency(a_prime, f_prime, k_a, k_e, k_f))


def marked(before: list[Row], a: int) -> list[Row]:
    first = tuple(Ciphertext(x.c1 / y.c1**a, x.c2 / y.c2**a) for x, y in zip(before[0], before[1], strict=True))
    return [first, *before[1:]]


@pytest.mark.parametrize("a", [0, 3])
def test_the_second_part_alone_would_let_a_vote_be_marked(case: Case, a: int) -> None:
    after, zeros = marked(case.before, a), [[0] * case.width] * case.n
    said = statement_of(case.key, case.before, after)
    made = Marking(said, ShuffleWitness(range(case.n), zeros), FAST).forge(a, transcript())
    claims = list(CommitmentConsistent().equations(said, made, transcript()))
    assert hold(claims[4:])  # A and F, of the second
    assert hold(claims[:4]) == (a == 0)


# --- prepared, by a mix server ---

ROWS = len(ENCODED)


def plaintexts(made: Cascade, group: Group = GROUP) -> set[Any]:
    rows = made.current(NORTH).rows
    assert rows is not None
    return {c.c2 / c.c1 ** group.scalar(9) for (c,) in rows.decoded()}


def test_mix_servers_shuffle_with_what_is_in_a_file_and_once(tmp_path: Path) -> None:
    state = cascade()
    sent = plaintexts(state)
    for index in (1, 2):
        path, wanted = tmp_path / f"mixer-{index}", mixer(index).purpose(KEY, *NORTH, ROWS, 1)
        write(path, mixer(index).prepare(KEY, *NORTH, 1, generators(GROUP, ROWS)), PASSPHRASE, vault.MINIMAL)
        claimed = claim(path, PASSPHRASE, wanted, GROUP)
        message = mixer(index).shuffle(state, NORTH, claimed)
        state.admit(f"mixer {index}", body(message), Lists(message), "")
        with pytest.raises(Refused, match="has been used"):
            claim(path, PASSPHRASE, wanted, GROUP)
    assert plaintexts(state) == sent
    assert state.turn(NORTH) is None


def test_what_is_prepared_for_the_one_proof_does_not_serve_for_this() -> None:
    wanted = mixer().purpose(KEY, *NORTH, ROWS, 1)
    other = prepare(
        msgspec.structs.replace(wanted, proof="terelius-wikstrom"), KEY, generators(GROUP, ROWS), of_mixer(), FAST
    )
    with pytest.raises(Refused, match=f"prepared for proof terelius-wikstrom, not {NAME}"):
        mixer().shuffle(cascade(), NORTH, other)


# --- secrets ---


def test_each_part_has_masks_of_its_own(case: Case) -> None:
    """With one mask for two challenges, k_E of both parts would give e', and with it the permutation."""
    ahead: Ahead = case.prepare(FAST).take()
    first = Masks.drawn(case.group, case.n, 0, mask_bound(case.group), ahead.seeds[0])
    assert not {first.alpha, *first.epsilon} & {ahead.masks.alpha, *ahead.masks.epsilon}
    assert ahead.proof.commitment.A_prime != prod(ahead.factors[1:], start=ahead.factors[0])
    g, h = case.group.generator, generators(case.group, case.n).elements()
    opened = [g**r * h_j for r, h_j in zip(ahead.masks.r, h, strict=True)]
    assert [ahead.proof.u.elements()[i] for i in case.witness.permutation] == opened


def test_secrets_do_not_print_or_pickle(case: Case) -> None:
    prepared = case.prepare(FAST)
    for secret in (prepared, prepared.take()):
        assert repr(secret) == f"<{type(secret).__name__}: secret>"
        with pytest.raises(TypeError, match="neither pickled nor copied"):
            pickle.dumps(secret)


# --- in an election ---


def test_another_mix_servers_shuffle_cannot_be_copied() -> None:
    """Mixer 2 hands in, as its own, the shuffle that mixer 1 has made of the same list."""
    state = cascade()
    message = mixer().shuffle(state, NORTH)
    state.admit("mixer 1", body(message), Lists(message), "")
    behind = cascade()
    behind._lists[NORTH].shuffles = 1  # as if another had been before, with the same list
    with pytest.raises(VerificationError) as caught:
        behind.admit("mixer 2", body(message), Lists(message), "")
    assert caught.value.check == f"shuffle.{NAME}"


def test_an_election_mixed_with_this_proof_verifies(tmp_path: Path) -> None:
    report = verify(run_small(tmp_path / "board", "mix", shuffle=NAME).path)
    assert (report.status, report.failures) == (0, [])
