"""Attacks on what a shuffle's verifier leaves undecoded until a worker multiplies it: in every list, at every place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pytest

from evote.crypto import batch, vector
from evote.crypto.batch import Batch, Folding
from evote.crypto.elgamal import Ciphertext
from evote.crypto.group import group
from evote.crypto.rows import Rows
from evote.crypto.vector import Vector
from evote.errors import DecodeError, VerificationError
from evote.mixnet.shuffle import ShuffleStatement, shuffle_proof
from evote.mixnet.terelius_wikstrom.proof import Commitment, Proof, Reply, mask_bound
from tests.mixnet.shuffle_contract import Case, statement_of, transcript

G = group("ristretto255")
OUTSIDE, SIZE = b"\xff" * 32, G.element_size
N, WIDTH = 5, 2
NAME = "terelius-wikstrom"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut lists into chunks of one or two rows."""
    monkeypatch.setattr(vector, "CHUNK", 12)
    monkeypatch.setattr(vector, "SMALLEST_CHUNK", 1)


@cache
def honest() -> tuple[ShuffleStatement, Proof]:
    case = Case(NAME, G.name, N, WIDTH)
    proof = shuffle_proof(NAME).decode(G, WIDTH, case.lines, case.data)
    assert isinstance(proof, Proof)
    return statement_of(case.key, case.before, case.after), proof


def check(statement: ShuffleStatement, proof: Proof) -> None:
    public, made = shuffle_proof(NAME), Batch(bytes(32))
    made.add(public.equations(statement, proof, transcript()), public.check, "somebody")
    with ThreadPoolExecutor(2) as pool:
        made.check(pool)


@pytest.mark.parametrize("plan", [None, True, False], ids=["as planned", "apart", "merged"])
@pytest.mark.parametrize("singles", [1, 4096])
def test_the_honest_shuffle_passes_however_it_is_computed(
    plan: Any, singles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "SINGLES", singles)

    def forced(folding: Folding, _group: Any) -> Any:
        powers = [power for powers in folding.powers.values() for power in powers]
        return (powers, []) if plan else ([], powers)

    if plan is not None:
        monkeypatch.setattr(Folding, "_plan", forced)
    check(*honest())
    statement, proof = honest()
    with pytest.raises(VerificationError):
        check(statement, replace(proof, u=put(proof.u, N - 1, bytes(G.generator))))


def put(vector_: Vector, at: int, data: bytes) -> Vector:
    encodings = vector_.encodings()
    encodings[at] = data
    return Vector(G, b"".join(encodings), vector_.name)


def with_vector(proof: Proof, name: str, change: Callable[[Vector], Vector]) -> Proof:
    if name == "u":
        return replace(proof, u=change(proof.u))
    changed: dict[str, Any] = {name: change(getattr(proof.commitment, name))}
    return replace(proof, commitment=replace(proof.commitment, **changed))


@pytest.mark.parametrize("name", ["u", "B", "B_prime"])
@pytest.mark.parametrize("at", range(N))
def test_outsider_in_a_proof(name: str, at: int) -> None:
    """Lim, Lee 1997: an outsider is refused by name and place; another member falsifies the proof."""
    statement, proof = honest()
    with pytest.raises(DecodeError, match=rf"^{name} {at}: "):
        check(statement, with_vector(proof, name, partial(put, at=at, data=OUTSIDE)))
    for member in (G.identity, G.generator):
        with pytest.raises(VerificationError, match=NAME):
            check(statement, with_vector(proof, name, partial(put, at=at, data=bytes(member))))


@pytest.mark.parametrize("which", ["before", "after"])
@pytest.mark.parametrize("part", range(2 * WIDTH))
@pytest.mark.parametrize("at", [0, 2, N - 1])
def test_outsider_in_a_list(which: str, part: int, at: int) -> None:
    statement, proof = honest()
    encoded = list(getattr(statement, which).encoded)
    for data, error in ((OUTSIDE, DecodeError), (bytes(G.hash_to_group("another")), VerificationError)):
        row = encoded[at][: part * SIZE] + data + encoded[at][(part + 1) * SIZE :]
        rows: dict[str, Any] = {which: Rows(G, WIDTH, [*encoded[:at], row, *encoded[at + 1 :]])}
        with pytest.raises(error, match=rf"c{part % 2 + 1} of row {at}: " if error is DecodeError else NAME):
            check(replace(statement, **rows), proof)


def responses(reply: Reply) -> Iterator[Reply]:
    for at in (0, N - 1):
        for wrong in (0, 2 * mask_bound(G) - 1, -reply.k_E[at], reply.k_E[at] + 1, 1 << 5000):
            yield replace(reply, k_E=[*reply.k_E[:at], wrong, *reply.k_E[at + 1 :]])
        yield replace(reply, k_B=[*reply.k_B[:at], reply.k_B[at] + 1, *reply.k_B[at + 1 :]])


def test_responses_of_any_length() -> None:
    """A verifier that cut long exponents, or took them modulo another number than q, would accept some of these."""
    statement, proof = honest()
    for reply in responses(proof.reply):
        with pytest.raises(VerificationError, match=NAME):
            check(statement, replace(proof, reply=reply))


def test_identities_everywhere() -> None:
    """A proof of nothing but identities and zeros, for a list that is no shuffle and for one that is."""
    one = G.identity
    ones = Vector.of(G, [one] * N)
    commitment = Commitment(ones, one, ones, one, one, (Ciphertext(one, one),) * WIDTH)
    empty = Proof(ones, commitment, Reply(0, [0] * N, 0, 0, [0] * N, [0] * WIDTH))
    statement, _ = honest()
    blank = Rows.of(G, WIDTH, [(Ciphertext(one, one),) * WIDTH] * N)
    for claimed in (statement, replace(statement, before=blank, after=blank)):
        with pytest.raises(VerificationError, match=NAME):
            check(claimed, empty)


def test_columns_of_other_lengths_are_the_callers_mistake() -> None:
    statement, proof = honest()
    reply = proof.reply
    for wrong in (
        *(with_vector(proof, name, lambda v: v.cut(0, N - 1)) for name in ("u", "B", "B_prime")),
        replace(proof, reply=replace(reply, k_E=reply.k_E[1:])),
        replace(proof, reply=replace(reply, k_B=[*reply.k_B, 0])),
        replace(proof, reply=replace(reply, k_F=[])),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - it may say so in several ways
            check(statement, wrong)
