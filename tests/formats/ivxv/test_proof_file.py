"""Proof files: honest ones of every generation, false proofs named wherever they stand, files that are none."""

import io
import json
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from evote.crypto.batch import Batch
from evote.crypto.group import group
from evote.crypto.modp import ModPGroup
from evote.errors import DecodeError
from evote.formats.ivxv.der import encode_integer, encode_sequence
from evote.formats.ivxv.generation import Generation, detect
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.proof import decode_proof, encode_proof, proof_of
from evote.formats.ivxv.proof_file import Checked, Entry, ProofFile, check_proofs
from evote.formats.ivxv.reasons import Reason
from evote.record import audit
from tests.formats.ivxv.synthetic import entries, make_key, texts, write
from tests.formats.ivxv.vectors import base64_of, official_key

COUNT = 24
KINDS = {
    "G1 toy": (Generation.G1, "toy"),
    "G1' toy": (Generation.G1_PADDED, "toy"),
    "G1 2048": (Generation.G1, "modp-2048"),
    "G1 P-384": (Generation.G1, "p-384"),
    "G2": (Generation.G2, "p-384"),
    "G3": (Generation.G3, "p-384"),
}


@cache
def made(kind: str) -> tuple[PublicKey, Generation, tuple[Entry, ...]]:
    """Return a key and honest entries under it."""
    generation, name = KINDS[kind]
    of = official_key("toy256").group if name == "toy" else group(name)
    key = make_key(of, lifted=True if generation is Generation.G3 else None)
    return key, generation, tuple(entries(key, generation, COUNT, choices=5))


def check(kind: str, held: Iterable[Entry], **options: Any) -> list[Checked]:
    key, generation, _ = made(kind)
    return list(check_proofs(key, generation, held, **options))


def refused(checked: Iterable[Checked]) -> dict[int, Reason]:
    return {one.index: one.refusal.reason for one in checked if one.refusal is not None}


@pytest.mark.parametrize("kind", KINDS)
def test_honest_entries_hold(kind: str) -> None:
    key, generation, honest = made(kind)
    assert detect(key.parameters, honest[0].message) is generation
    checked = check(kind, honest)
    assert refused(checked) == {}
    assert [one.index for one in checked] == list(range(COUNT))
    if generation is not Generation.G3:
        assert [one.text for one in checked] == [texts(generation, 5)[i % 5] for i in range(COUNT)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_exchange_is_noticed(kind: str) -> None:
    """Another entry's ciphertext, message or proof, each by itself."""
    _, _, honest = made(kind)
    for part in Entry.__slots__:
        other = {part: getattr(honest[1], part)}
        assert refused(check(kind, [replace(honest[0], **other), *honest[1:3]])) == {0: Reason.FALSE_PROOF}


@pytest.mark.parametrize("false", [{0}, {COUNT - 1}, {7, 8}, {0, 5, 23}, set(range(COUNT))])
@pytest.mark.parametrize("chunk", [1, 5, 100])
def test_all_false_proofs_are_named(false: set[int], chunk: int) -> None:
    _, _, honest = made("G1 toy")
    held = [replace(entry, proof=honest[i - 1].proof) if i in false else entry for i, entry in enumerate(honest)]
    checked = check("G1 toy", held, chunk=chunk)
    assert refused(checked) == dict.fromkeys(sorted(false), Reason.FALSE_PROOF)
    assert [one.index for one in checked] == list(range(COUNT))
    assert all(one.entry == held[one.index] for one in checked if one.refusal is not None)


def test_two_lies_do_not_make_a_truth() -> None:
    """Responses changed by opposite amounts, and commitments exchanged between entries: a plain sum would hold."""
    key, generation, honest = made("G1 toy")
    q = key.group.order

    def shifted(entry: Entry, by: int) -> Entry:
        proof = decode_proof(key.group, decode_base64(entry.proof, "proof"))
        ((a, b),), ((s,),) = proof.commitments, proof.responses
        return replace(entry, proof=base64_of(encode_proof(proof_of(a, b, (int(s) + by) % q))))

    held = [shifted(honest[0], 1), shifted(honest[0], -1), *honest[1:]]
    found = list(check_proofs(key, generation, held))
    assert refused(found) == {0: Reason.FALSE_PROOF, 1: Reason.FALSE_PROOF}


MALFORMED = {
    "ciphertext not base64": ({"ciphertext": "!"}, Reason.BASE64),
    "ciphertext with a line end": ({"ciphertext": "MFQw\n"}, Reason.BASE64),
    "ciphertext empty": ({"ciphertext": ""}, Reason.MALFORMED),
    "proof without padding": ({"proof": "MA"}, Reason.BASE64),
    "proof empty": ({"proof": ""}, Reason.MALFORMED),
    "proof with loose bits": ({"proof": "MB=="}, Reason.BASE64),
    "message too long": ({"message": "x" * 30}, Reason.PLAINTEXT_LENGTH),
    "message not ASCII base64": ({"ciphertext": "é"}, Reason.BASE64),
}


@pytest.mark.parametrize(("change", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_entries_are_named_and_the_rest_is_checked(change: dict[str, str], reason: Reason) -> None:
    _, _, honest = made("G1 toy")
    held = [honest[0], replace(honest[1], **change), replace(honest[2], proof=honest[3].proof), honest[4]]
    assert refused(check("G1 toy", held)) == {1: reason, 2: Reason.FALSE_PROOF}


def test_elements_outside_the_group_are_named() -> None:
    """A non-member among honest entries of its chunk."""
    key, _, honest = made("G1 toy")
    assert isinstance(key.group, ModPGroup)

    proof = decode_proof(key.group, decode_base64(honest[1].proof, "proof"))
    ((a, b),), ((s,),) = proof.commitments, proof.responses
    for outsiders in ((-1, 1), (1, -1)):
        numbers = [x * int.from_bytes(bytes(e), "big") % key.group.p for x, e in zip(outsiders, (a, b), strict=True)]
        data = encode_sequence(*map(encode_integer, [*numbers, int(s)]))
        held = [honest[0], replace(honest[1], proof=base64_of(data)), honest[2]]
        assert refused(check("G1 toy", held)) == {1: Reason.NOT_IN_GROUP}


@pytest.mark.parametrize("kind", ["G1 toy", "G2"])
def test_an_executor_says_the_same(kind: str) -> None:
    _, _, honest = made(kind)
    held = [*honest[:10], replace(honest[10], proof=honest[0].proof), *honest[11:]]
    expected = check(kind, held)
    executor: Executor
    with ThreadPoolExecutor(2) as executor:
        found = check(kind, held, executor=executor, chunk=4)
    assert [(one.index, one.text, one.ciphertext) for one in found] == [
        (one.index, one.text, one.ciphertext) for one in expected
    ]
    assert refused(found) == refused(expected) == {10: Reason.FALSE_PROOF}


def test_no_entries() -> None:
    assert check("G1 toy", []) == []


def written(kind: str, tmp_path: Any, count: int = COUNT) -> bytes:
    key, _, honest = made(kind)
    write(key, iter(honest[:count]), tmp_path)
    return bytes((tmp_path / "proofs.json").read_bytes())


@pytest.mark.parametrize("count", [0, 1, COUNT])
def test_files_are_streams_of_entries(count: int, tmp_path: Any) -> None:
    key, _, honest = made("G1 toy")
    file = ProofFile(io.BytesIO(written("G1 toy", tmp_path, count)))
    assert file.election == key.election
    assert file.first == (honest[0] if count else None)
    assert tuple(file) == honest[:count]


ENTRY = '{"ciphertext": "AA==", "message": "m", "proof": "AA=="}'
FILES = {
    "another order of members": f'{{"proofs": [{ENTRY}], "election": "e"}}',
    "no proofs": '{"election": "e"}',
    "no election": f'{{"proofs": [{ENTRY}]}}',
    "an election that is no text": f'{{"election": 1, "proofs": [{ENTRY}]}}',
    "a member too many": f'{{"election": "e", "proofs": [{ENTRY}], "more": 1}}',
    "proofs that are no list": f'{{"election": "e", "proofs": {ENTRY}}}',
    "an entry without proof": '{"election": "e", "proofs": [{"ciphertext": "AA==", "message": "m"}]}',
    "an entry with more": f'{{"election": "e", "proofs": [{ENTRY[:-1]}, "more": ""}}]}}',
    "an entry with a message twice": f'{{"election": "e", "proofs": [{ENTRY[:-1]}, "message": ""}}]}}',
    "an entry with null": f'{{"election": "e", "proofs": [{ENTRY.replace(chr(34) + "m" + chr(34), "null")}]}}',
    "half a surrogate pair": f'{{"election": "e", "proofs": [{ENTRY.replace("m", chr(92) + "ud800", 1)}]}}',
    "cut short": f'{{"election": "e", "proofs": [{ENTRY}, ',
    "something behind": f'{{"election": "e", "proofs": [{ENTRY}]}}]',
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_other_files_are_refused(text: str) -> None:
    honest = f'{{"election": "e", "proofs": [{ENTRY}, {ENTRY}]}}'
    assert len(list(ProofFile(io.BytesIO(honest.encode())))) == 2
    with pytest.raises(DecodeError, match="proof file: "):
        list(ProofFile(io.BytesIO(text.encode())))


def test_a_file_that_ends_badly_is_no_success(tmp_path: Any) -> None:
    """All that came before is yielded, and then the error is raised."""
    data = written("G1 toy", tmp_path)[:-4]
    key, generation, _ = made("G1 toy")
    with pytest.raises(DecodeError):
        list(check_proofs(key, generation, ProofFile(io.BytesIO(data)), chunk=4))


def test_third_party_layout() -> None:
    """Other programs print otherwise; the order of an entry's members is free, too."""
    _, _, honest = made("G1 toy")
    members = [{name: getattr(entry, name) for name in reversed(Entry.__slots__)} for entry in honest]
    for indent in (None, 4):
        data = json.dumps({"election": "e", "proofs": members}, indent=indent).encode()
        assert tuple(ProofFile(io.BytesIO(data))) == honest


@pytest.fixture
def seeds(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return the list of the seeds that batches will be given."""
    used: list[bytes] = []

    def watched(seed: bytes) -> Batch:
        used.append(seed)
        return Batch(seed)

    monkeypatch.setattr(audit, "Batch", watched)
    return used


def test_weights_are_fresh(seeds: list[bytes]) -> None:
    """Each batch has weights of its own, and they come from a seed that the system draws for each run."""
    for _ in range(2):
        assert refused(check("G1 toy", made("G1 toy")[2], chunk=8)) == {}
    assert len(seeds) == len(set(seeds)) == 6


def test_a_given_seed_fixes_all_weights(seeds: list[bytes]) -> None:
    for _ in range(2):
        assert refused(check("G1 toy", made("G1 toy")[2], chunk=8, seed=bytes(32))) == {}
    assert seeds[:3] == seeds[3:]
    assert len(set(seeds)) == 3
