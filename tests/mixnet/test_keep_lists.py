"""A shuffle prepared for more rows than come: the entries kept of the commitment, and what they must not do."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations, product
from pathlib import Path
from typing import Any

import pytest

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.batch import Batch
from evote.crypto.elgamal import PublicKey
from evote.crypto.equation import Equation
from evote.crypto.group import Group
from evote.errors import DecodeError, EvoteError, Refused, VerificationError
from evote.mixnet.cascade import Cascade
from evote.mixnet.commitment_consistent import prover
from evote.mixnet.commitment_consistent.proof import (
    Consistency,
    ConsistentLine,
    TwoParts,
    batching_vector,
    consistency_challenge,
    decode,
    permutation_challenge,
)
from evote.mixnet.commitment_consistent.prover import CommitmentConsistentProver
from evote.mixnet.commitment_consistent.verifier import CommitmentConsistent
from evote.mixnet.mixer import Mixer, ShuffleMessage
from evote.mixnet.offline import Ahead, PreparedShuffle, Purpose, claim, write
from evote.mixnet.shuffle import ShuffleStatement, ShuffleToCome, ShuffleWitness
from evote.mixnet.terelius_wikstrom.proof import native_lengths
from evote.mixnet.terelius_wikstrom.prover import Proving, columns_of
from evote.record import canonical, vault
from evote.record.lists import lines_digest
from evote.verify import verify
from tests.elections import EXPECTED, changed, open_box, outcome, story
from tests.mixnet.servers import MADE_FOR, NAME, PASSPHRASE, cascade, mixer
from tests.mixnet.shuffle_contract import CAREFUL, FAST, PLACE, ballots, generators, key_of, shuffled, transcript
from tests.mixnet.shuffle_contract import statement_of as plain_statement_of
from tests.mixnet.test_cascade import ELECTION, ENCODED, GROUP, KEY, KEYS, NORTH, SOUTH, Lists, body
from tests.reference import verifier as reference
from tests.reference.groups import Refuted, require
from tests.reference.groups import group as naive_group
from tests.reference.proofs import Transcript as NaiveTranscript
from tests.reference.proofs import ciphertexts
from tests.reference.shuffles import SHUFFLES
from tests.test_architecture import SECRET_CODE

COMMITTED, ROWS, WIDTH = 9, 5, 2
PERMUTATION = [6, 2, 8, 0, 5, 7, 1, 3, 4]
KEPT = [0, 2, 5, 6, 8]  # sorted(PERMUTATION[:ROWS])
ORDER = [3, 1, 4, 0, 2]  # where PERMUTATION[:ROWS] stand among them


class Spare:
    """A shuffle of `ROWS` rows, proved with a commitment to `COMMITTED`."""

    def __init__(self, name: str = "toy", arithmetic: Arithmetic = FAST, executor: Any = None) -> None:
        self.key, self.arithmetic, self.executor = key_of(name), arithmetic, executor
        self.before = ballots(self.key, ROWS, WIDTH)
        self.after, self.witness = shuffled(self.key, self.before, ORDER)

    @property
    def group(self) -> Group:
        return self.key.group

    def statement(self) -> ShuffleStatement:
        return plain_statement_of(self.key, self.before, self.after, generators(self.group, COMMITTED))

    def prove(self, kept: Sequence[int] = KEPT, *, stored: bool = False) -> TwoParts:
        """Return the proof with these entries kept, whichever should be."""
        h = generators(self.group, COMMITTED)
        to_come = ShuffleToCome(self.key, h, WIDTH, PLACE.contest, transcript(), PERMUTATION)
        made, _ = CommitmentConsistentProver.prepare(to_come, self.arithmetic, self.executor)
        if stored:
            made = CommitmentConsistentProver.restore(made.secret_bytes(), self.group, COMMITTED, WIDTH)
        made = made.cut(kept)
        proving = CommitmentConsistentProver(self.statement(), self.witness, self.arithmetic, self.executor, made)
        return proving.prove(transcript())

    def check(self, proof: TwoParts) -> None:
        batch = Batch(bytes(32))
        batch.add(CommitmentConsistent().equations(self.statement(), proof, transcript()), "shuffle", "")
        batch.check()


@pytest.fixture(scope="module")
def case() -> Spare:
    return Spare()


@pytest.fixture(scope="module")
def proof(case: Spare) -> TwoParts:
    return case.prove()


@pytest.mark.parametrize("arithmetic", [FAST, CAREFUL], ids=["fast", "careful"])
@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("name", ["toy", "ristretto255", "p-256", "modp-2048"])
def test_a_commitment_to_more_rows_serves(name: str, stored: bool, arithmetic: Arithmetic) -> None:  # noqa: FBT001 - a case
    made = Spare(name, arithmetic)
    proof = made.prove(stored=stored)
    made.check(proof)
    read = decode(made.group, WIDTH, proof.lines(), bytes(proof))
    assert (read.lines(), bytes(read), read.n, list(read.kept)) == (proof.lines(), bytes(proof), ROWS, KEPT)
    made.check(read)


@pytest.mark.parametrize("block", [1, 2, 3, 5, 8, 9])
def test_most_of_the_mask_is_computed_ahead_in_blocks(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover, "BLOCK", block)
    with ThreadPoolExecutor(2) as executor:
        for made in (Spare(), Spare(executor=executor)):
            made.check(made.prove())


# --- which entries are kept ---

WRONG: dict[str, list[int]] = {
    "one of them exchanged for another": [0, 2, 5, 6, 7],
    "another of them exchanged": [1, 2, 5, 6, 8],
    "the first ones": [0, 1, 2, 3, 4],
    "those that are not": [1, 3, 4, 7, 8],
}


@pytest.mark.parametrize("name", WRONG)
def test_other_entries_do_not_serve(case: Spare, proof: TwoParts, name: str) -> None:
    """Be they named afterwards, or before the proof is made."""
    case.check(proof)
    for made in (replace(proof, kept=WRONG[name]), case.prove(WRONG[name])):
        with pytest.raises(VerificationError):
            case.check(made)


def test_what_is_kept_is_bound_before_e(case: Spare, proof: TwoParts) -> None:
    """Else a server could choose e'_j, by the choice of the entries, when it knows e."""
    vectors = []
    for kept in (proof.kept, *WRONG.values()):
        said = transcript()
        permutation_challenge(proof.permutation, PLACE.contest, said)
        vectors.append(tuple(batching_vector(case.statement(), kept, said)))
    assert len(set(vectors)) == 1 + len(WRONG)


class Longer(CommitmentConsistentProver):
    """A mix server that keeps an entry which commits to h_7, and gives k_E of that row under another generator.

    It drops a ballot so: the row that the entry should permute is in no row of the output.
    """

    def forge(self, said: Any) -> TwoParts:
        s, group = self._statement, self._statement.group
        assert self._prepared is not None
        ahead = self._prepared.take()
        lengths, n = native_lengths(group), len(s.before)
        permutation_challenge(ahead.proof, s.place.contest, said)
        e = batching_vector(s, ahead.kept, said)
        masks = replace(ahead.masks, r=ahead.masks.r[:n], epsilon=ahead.masks.epsilon[:n])
        a_prime = self._a_prime(ahead.factors, masks.epsilon)
        columns = columns_of(s.after, None)
        proving = Proving(s.h.cut(0, n), lambda: columns, self._witness, lengths, FAST)
        f_prime = proving.f_prime(masks, ahead.blinding)
        v = consistency_challenge(a_prime, f_prime, said)
        # the true k_A for what is kept: r of the entries at these places, whatever generators they commit to
        inverse = {i: j for j, i in enumerate(PERMUTATION)}
        a = sum(ahead.masks.r[inverse[i]] * e_i for i, e_i in zip(ahead.kept, e, strict=True))
        permuted = [e[list(ahead.kept).index(i)] if i in ahead.kept else 0 for i in PERMUTATION[:n]]
        _, k_e, k_f = proving.shuffled_reply(v, e, permuted, masks)
        k_a = (v * a + masks.alpha) % group.order
        return TwoParts(ahead.proof, ahead.kept, Consistency(a_prime, f_prime, k_a, k_e, k_f))


@pytest.mark.parametrize("kept", [KEPT, [0, 2, 5, 6, 7]])
def test_an_entry_for_a_generator_beyond_the_list_is_caught_by_the_opening(case: Spare, kept: list[int]) -> None:
    """The exact reason: with that entry, e times h_5 is left over, which no k_E accounts for."""
    to_come = ShuffleToCome(
        case.key, generators(case.group, COMMITTED), WIDTH, PLACE.contest, transcript(), PERMUTATION
    )
    made, _ = CommitmentConsistentProver.prepare(to_come, FAST)
    forged = Longer(case.statement(), case.witness, FAST, None, made.cut(kept)).forge(transcript())
    claims = list(CommitmentConsistent().equations(case.statement(), forged, transcript()))
    opening = claims[4]
    assert isinstance(opening, Equation)
    assert opening.holds() == (kept == KEPT)


# --- by a mix server ---


def for_any(rows: int, index: int = 1, contest: str = NORTH.contest) -> PreparedShuffle:
    """Return what mixer ``index`` can make before it knows the unit."""
    return mixer(index).prepare(KEY, contest, None, 1, generators(GROUP, rows))


def wanted() -> Purpose:
    return mixer().purpose(KEY, *NORTH, len(ENCODED), 1)


@cache
def longer() -> ShuffleMessage:
    """Return a shuffle of the four rows of the north with a commitment to seven."""
    return mixer().shuffle(cascade(), NORTH, for_any(7))


def plaintexts(made: Cascade) -> set[Any]:
    rows = made.current(NORTH).rows
    assert rows is not None
    return {c.c2 / c.c1 ** GROUP.scalar(9) for (c,) in rows.decoded()}


@pytest.mark.parametrize("rows", [4, 5, 16])
def test_what_was_prepared_for_no_unit_serves_any(rows: int, tmp_path: Path) -> None:
    state = cascade()
    sent = plaintexts(state)
    for place in (NORTH, SOUTH):
        path, purpose = tmp_path / place.unit, mixer().purpose(KEY, *place, len(ENCODED), 1)
        write(path, for_any(rows), PASSPHRASE, vault.MINIMAL)
        message = mixer().shuffle(state, place, claim(path, PASSPHRASE, purpose, GROUP))
        state.admit("mixer 1", body(message), Lists(message), "")
        assert len(message.lists[1]) == rows
        with pytest.raises(Refused, match="has been used"):
            claim(path, PASSPHRASE, purpose, GROUP)
    assert plaintexts(state) == sent
    assert (state.turn(NORTH), state.turn(SOUTH)) == (2, 2)


@pytest.mark.parametrize(("rows", "served"), [(3, "3"), (17, "5 to 17")])
def test_lists_too_long_or_too_short_are_refused(rows: int, served: str, tmp_path: Path) -> None:
    made, path = for_any(rows), tmp_path / "file"
    write(path, for_any(rows), PASSPHRASE, vault.MINIMAL)
    for use in (lambda: made.take(wanted()), lambda: claim(path, PASSPHRASE, wanted(), GROUP)):
        with pytest.raises(Refused, match=f"prepared for .*{served} rows, not 4"):
            use()
    assert path.exists()


OTHERS: dict[str, Callable[[], PreparedShuffle]] = {
    "contest council": lambda: for_any(5, contest="council"),
    "author mixer 2": lambda: for_any(5, 2),
    "width 2": lambda: mixer().prepare(KEY, NORTH.contest, None, 2, generators(GROUP, 5)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_it_serves_no_other_purpose(name: str) -> None:
    with pytest.raises(Refused, match=f"prepared for {name}, not"):
        mixer().shuffle(cascade(), NORTH, OTHERS[name]())


def test_the_proof_in_one_part_is_not_prepared_without_a_list() -> None:
    other = Mixer(ELECTION, 1, KEYS.mixers[0])
    with pytest.raises(Refused, match="terelius-wikstrom nothing is prepared before the ballot box is closed"):
        other.prepare(KEY, NORTH.contest, None, 1, generators(GROUP, 5))


# --- at the door ---

Edit = Callable[[list[bytes]], list[bytes]]


def with_k_e(lines: list[bytes], **changes: bytes) -> list[bytes]:
    """Return the lines with list_k_E of some replaced; line 0 is called ``_0``."""
    new = {int(name[1:]): value for name, value in changes.items()}
    read = [canonical.decode(line, ConsistentLine) for line in lines]
    return [canonical.encode(changed(row, list_k_E=new.get(i, row.list_k_E))) for i, row in enumerate(read)]


def marked(lines: list[bytes], *, kept: bool) -> list[int]:
    return [i for i, line in enumerate(lines) if bool(canonical.decode(line, ConsistentLine).list_k_E) == kept]


def one_more(lines: list[bytes]) -> list[bytes]:
    return with_k_e(lines, **{f"_{marked(lines, kept=False)[0]}": bytes(32)})


def one_less(lines: list[bytes]) -> list[bytes]:
    return with_k_e(lines, **{f"_{marked(lines, kept=True)[0]}": b""})


def none(lines: list[bytes]) -> list[bytes]:
    return with_k_e(lines, **{f"_{i}": b"" for i in range(len(lines))})


def without_the_others(lines: list[bytes]) -> list[bytes]:
    return [lines[i] for i in marked(lines, kept=True)]


SPOILT: dict[str, tuple[str, Edit]] = {
    "an entry more is kept than there are rows": ("mix.length", one_more),
    "an entry less is kept": ("mix.length", one_less),
    "none is kept": ("mix.length", none),
    "another one is kept": (f"shuffle.{NAME}", lambda lines: one_more(one_less(lines))),
    "more than four entries for each row": ("mix.length", lambda lines: [*lines, *none(lines), *none(lines)[:3]]),
    "fewer entries than rows": ("mix.length", lambda lines: lines[:3]),
    "no entries": ("mix.length", lambda _: []),
    "the entries that are not kept are left out": (f"shuffle.{NAME}", without_the_others),
    "an entry that is not kept is doubled": (
        f"shuffle.{NAME}",
        lambda lines: [*lines, lines[marked(lines, kept=False)[0]]],
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_keep_list_that_does_not_belong_is_refused_by_name(name: str) -> None:
    check, edit = SPOILT[name]
    state, lists = cascade(), Lists(longer())
    vectors = edit(longer().lists[1])
    lists.held[lines_digest(vectors)] = vectors
    with pytest.raises(VerificationError) as caught:
        state.admit("mixer 1", changed(body(longer()), vectors=lines_digest(vectors)), lists, "")
    assert caught.value.check == check
    state.admit("mixer 1", body(longer()), lists, "")


def test_a_list_is_read_no_further_than_it_may_be_long() -> None:
    asked: list[int] = []

    class Counting(Lists):
        def rows(self, digest: bytes, limit: int) -> list[bytes]:
            asked.append(limit)
            return super().rows(digest, limit)

    cascade().admit("mixer 1", body(longer()), Counting(longer()), "")
    assert asked == [len(ENCODED), 4 * len(ENCODED)]


# --- once ---


def twice(made: PreparedShuffle) -> tuple[PreparedShuffle, PreparedShuffle]:
    """Return it two times over, as from a backup of its file."""
    ahead = made._once._held[0]
    again = replace(ahead, proof=prover.PreparedPermutation(ahead.proof._held[0]))
    return made, PreparedShuffle(made.purpose, again)


def test_a_permutation_commitment_serves_one_shuffle_of_an_election() -> None:
    """Of any list, by any mix server; the server itself refuses, too, when it sees the first on the board."""
    first, second = twice(for_any(7))
    message = mixer().shuffle(cascade(), NORTH, first)
    state = cascade()
    state.admit("mixer 1", body(message), Lists(message), "")
    again = mixer().shuffle(cascade(), SOUTH, twice(second)[0])
    with pytest.raises(VerificationError) as caught:
        state.admit("mixer 1", body(again), Lists(again), "")
    assert (caught.value.check, state.turn(SOUTH)) == ("mix.once", 1)
    cascade().admit("mixer 1", body(again), Lists(again), "")


def test_a_mix_server_refuses_a_copy_of_what_has_served() -> None:
    first, second = twice(for_any(7))
    state = cascade()
    message = mixer().shuffle(state, NORTH, first)
    state.admit("mixer 1", body(message), Lists(message), "")
    with pytest.raises(Refused, match="its commitment is on the board"):
        mixer().shuffle(state, SOUTH, second)


def test_a_shuffle_that_was_refused_uses_no_commitment_up() -> None:
    state, lists = cascade(), Lists(longer())
    bad = changed(body(longer()), proof=bytes(len(body(longer()).proof)))
    with pytest.raises(EvoteError):
        state.admit("mixer 1", bad, lists, "")
    with pytest.raises((VerificationError, DecodeError)):
        state.admit("mixer 1", changed(body(longer()), proof=body(longer()).proof[:-1] + b"\0"), lists, "")
    state.admit("mixer 1", body(longer()), lists, "")


def test_the_entries_kept_say_nothing_of_the_order() -> None:
    """Of all permutations of 4, each pair of kept entries comes as often with either order."""
    seen: Counter[tuple[tuple[int, ...], tuple[int, ...]]] = Counter()
    for permutation in permutations(range(4)):
        kept, witness = _cut(permutation, 2)
        seen[kept, tuple(witness.permutation)] += 1
    assert seen == dict.fromkeys(product(combinations(range(4), 2), permutations(range(2))), 2)


def _cut(permutation: Sequence[int], n: int) -> tuple[tuple[int, ...], ShuffleWitness]:
    kept: list[tuple[int, ...]] = []

    class Told:
        def cut(self, of: Sequence[int]) -> None:
            kept.append(tuple(of))

    made = Ahead(b"", ShuffleWitness(permutation, [[i] for i in range(len(permutation))]), (), Told()).cut(n)
    assert [s for (s,) in made.witness.randomness] == list(kept[0])
    return kept[0], made.witness


# --- in an election ---


def run_prepared(path: Path, ahead: Callable[[Mixer, PublicKey], tuple[PreparedShuffle, PreparedShuffle]]) -> None:
    """Run an election whose mix servers prepare, before the first ballot, for two units that they do not know yet."""
    simulation = open_box(path, "mix", shuffle=NAME)
    servers = [Mixer(simulation.election, i, key) for i, key in enumerate(simulation.keys.mixers, 1)]
    prepared = [ahead(server, simulation.key) for server in servers]
    story(simulation)
    simulation.operator.close_box()
    cascade = simulation.counting.cascade
    for number, place in enumerate(cascade.places()):
        for server, made in zip(servers, prepared, strict=True):
            message = server.shuffle(cascade, place, made[number])
            simulation.post(server.author, body(message), message.lists)
    simulation.operator.tally()
    simulation.decrypt()
    simulation.operator.tally()
    simulation.operator.close_record()


def one_each(server: Mixer, key: PublicKey) -> tuple[PreparedShuffle, PreparedShuffle]:
    one, two = (server.prepare(key, "mayor", None, 1, generators(key.group, 8)) for _ in range(2))
    return one, two


def test_an_election_prepared_before_its_ballots_verifies_and_the_naive_verifier_agrees(tmp_path: Path) -> None:
    run_prepared(tmp_path / "board", one_each)
    report = verify(tmp_path / "board")
    assert (report.status, report.failures) == (0, [])
    held = {finding.check: finding.held for finding in report.findings}
    assert (held[f"shuffle.{NAME}"], held["mix.once"]) == (4, 4)
    assert outcome(report.results["mayor"]) == EXPECTED["mayor"]
    reference.verify(tmp_path / "board")
    script = (
        "import sys; from pathlib import Path; from evote.verify import verify\n"
        f"assert verify(Path({str(tmp_path / 'board')!r}))\n"
        f"print(sorted({SECRET_CODE!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_record_in_which_a_commitment_serves_twice_is_refuted(tmp_path: Path) -> None:
    """Its operator and mix servers have looked away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cascade, "served", lambda *_: False)
        run_prepared(tmp_path / "board", lambda server, key: twice(one_each(server, key)[0]))
    report = verify(tmp_path / "board")
    assert [finding.check for finding in report.failures] == ["mix.once"]
    with pytest.raises(Refuted, match="a permutation commitment that has served"):
        reference.verify(tmp_path / "board")


# --- naively ---


def naively(vectors: list[bytes], proof: bytes) -> None:
    """Check `longer` as the reference verifier does, with these lines and this string in place of its own."""
    group, said = naive_group(GROUP.name), body(longer())
    after = [canonical.decode(line, bytes) for line in longer().lists[0]]
    t = NaiveTranscript("shuffle")
    t.append("suite", MADE_FOR.format.encode(), GROUP.name.encode())
    t.append("election", MADE_FOR.fingerprint)
    t.append("joint key", bytes(KEY.y))
    t.append("author", b"mixer 1")
    before, mixed = ([ciphertexts(group, row, 1) for row in rows] for rows in (ENCODED, after))
    check, most = SHUFFLES[NAME]
    require(len(ENCODED) <= len(vectors) <= most * len(ENCODED), "not of its length")
    check(group, bytes(KEY.y), changed(said, proof=proof), before, mixed, vectors, t)


def exchanged(field: str) -> Edit:
    """Return the edit that exchanges one field of two lines that have it."""

    def edit(lines: list[bytes]) -> list[bytes]:
        i, j = marked(lines, kept=True)[:2]
        one, two = (canonical.decode(lines[at], ConsistentLine) for at in (i, j))
        new = {i: changed(one, **{field: getattr(two, field)}), j: changed(two, **{field: getattr(one, field)})}
        return [canonical.encode(new[at]) if at in new else line for at, line in enumerate(lines)]

    return edit


EDITS = {name: edit for name, (_, edit) in SPOILT.items()} | {
    f"{field} of two lines exchanged": exchanged(field) for field in ConsistentLine.__struct_fields__
}


@pytest.mark.parametrize("name", EDITS)
def test_the_naive_verifier_refuses_the_same(name: str) -> None:
    vectors, proof = longer().lists[1], body(longer()).proof
    naively(vectors, proof)
    with pytest.raises(Refuted):
        naively(EDITS[name](vectors), proof)
    state, lists = cascade(), Lists(longer())
    digest = lines_digest(EDITS[name](vectors))
    lists.held[digest] = EDITS[name](vectors)
    with pytest.raises(VerificationError):
        state.admit("mixer 1", changed(body(longer()), vectors=digest), lists, "")


def test_the_naive_verifier_refuses_another_string() -> None:
    vectors, proof = longer().lists[1], body(longer()).proof
    for at in range(31, len(proof), 32):  # every element and scalar has 32 bytes
        with pytest.raises(Refuted):
            naively(vectors, proof[:at] + bytes([proof[at] ^ 1]) + proof[at + 1 :])
