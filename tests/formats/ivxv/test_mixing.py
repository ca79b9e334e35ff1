"""Mixed elections with a proof of shuffle: honest ones verified to the end, and a proof about anything else is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from evote.crypto.group import Group, group
from evote.errors import DecodeError
from evote.formats.ivxv.audit import audit
from evote.formats.ivxv.box.anonymous import Vote
from evote.formats.ivxv.box.writer import write_anonymous
from evote.formats.ivxv.ciphertext import decode_ciphertext, encode_ciphertext
from evote.formats.ivxv.evidence import NAMES, ROLES
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import PublicKey, modp_parameters, public_key
from evote.formats.ivxv.reasons import Reason, Refusal
from evote.formats.ivxv.wide import COLUMNS, read_votes, wide_key, wide_layout
from evote.formats.ivxv.wide_writer import write_key, write_list
from evote.formats.verificatum.byte_tree import Tree
from evote.formats.verificatum.lists import Ciphertexts
from evote.record.report import Report
from tests.formats.ivxv import mixed
from tests.formats.ivxv.audits import ELECTION, VOTES, A, B, Change, ciphertext, election, encrypted, verified
from tests.formats.ivxv.fuzz import FUZZ, near
from tests.formats.ivxv.mixed import box, mix, mixed_election, mixed_votes
from tests.formats.ivxv.synthetic import make_key
from tests.formats.ivxv.vectors import official_key
from tests.formats.verificatum.cases import VECTORS

VMN = VECTORS / "modp3072-ivxv-kw5-setpk-shuffle-n20"


def false(report: Report) -> dict[str, str]:
    return {finding.check: finding.error for finding in report.failures if not finding.absent}


def absent(report: Report) -> str:
    return "\n".join(finding.error for finding in report.failures if finding.absent)


def again(key: PublicKey, vote: Vote) -> Vote:
    """Return the vote re-encrypted, which nobody can see."""
    pair, g = decode_ciphertext(key.group, vote.ciphertext), key.group.generator
    return replace(vote, ciphertext=encode_ciphertext(type(pair)(pair.c1 * g**7, pair.c2 * key.y**7)))


def rewrite(name: str, votes: Callable[[list[Vote]], list[Vote]]) -> Change:
    """Return what changes the votes of a box, whose checksum goes."""

    def change(directory: Path) -> None:
        (path,) = directory.glob(f"*-{name}")
        held = votes(box(directory, name))
        with path.open("wb") as file:
            write_anonymous(file, ELECTION, held)
        path.with_name(path.name + ".sha256sum").unlink(missing_ok=True)

    return change


def flip(name: str, at: int) -> Change:
    def change(directory: Path) -> None:
        path = directory / "mixing" / name
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)

    return change


def put(name: str, data: bytes) -> Change:
    return lambda directory: (directory / "mixing" / name).write_bytes(data)


def exchange_a_vote(directory: Path) -> None:
    """Leave everything true but the mixing: one vote is another ciphertext of the same choice."""
    first, *rest = mixed_votes(directory)
    mixed.write_outcome(directory, [again(mixed.public_key(directory), first), *rest])


def exchange_before(directory: Path) -> None:
    first, *rest = box(directory)
    mix(directory, [again(mixed.public_key(directory), first), *rest])


def extend_the_key(directory: Path) -> None:
    with (directory / "mixing" / "FullPublicKey.bt").open("ab") as file:
        file.write(b"\0")


def other_key(directory: Path) -> None:
    key = mixed.public_key(directory)
    mix(directory, key=public_key(key.parameters, key.y**2))


def move_a_vote(directory: Path) -> None:
    votes = box(directory)
    at = next(i for i, vote in enumerate(votes) if vote.place == A)
    mix(directory, [*votes[:at], replace(votes[at], place=B), *votes[at + 1 :]])


def fewer_columns(directory: Path) -> None:
    path = directory / "protInfo.xml"
    path.write_text(path.read_text().replace("<keywidth>5<", "<keywidth>1<"))


FALSEHOODS: dict[str, tuple[Change, str]] = {
    "a vote is exchanged after mixing": (
        exchange_a_vote,
        "Ciphertexts.bt and the box after mixing differ in 2",
    ),
    "a vote is exchanged before mixing": (
        exchange_before,
        "Ciphertexts.bt and the box before mixing differ in 2",
    ),
    "a vote twice, another not at all": (
        lambda directory: mix(directory, box(directory)[:1] + box(directory)[:-1]),
        "Ciphertexts.bt and the box before mixing differ in 2",
    ),
    "a vote less is mixed": (lambda directory: mix(directory, box(directory)[1:]), "before mixing differ in 1"),
    "a vote is mixed in another place": (move_a_vote, "before mixing differ in 1"),
    "another mix of the same box": (mix, f"after mixing differ in {2 * len(VOTES)}"),
    "another key": (other_key, "FullPublicKey.bt is not the election's key"),
    "another election": (lambda directory: mix(directory, of="OTHER"), "a vote of 'OTHER', not of SYNTHETIC"),
    "not wide": (fewer_columns, "protInfo.xml is of another group, or not of wide ciphertexts"),
    "another file as protInfo.xml": (
        lambda directory: shutil.copy(directory / "mixing" / "type", directory / "protInfo.xml"),
        "protInfo.xml: ",
    ),
    "a false reply": (flip("proofs/PoSReply01.bt", -1), "verificatum.shuffle: "),
    "a false commitment": (flip("proofs/PoSCommitment01.bt", -1), "verificatum.shuffle: "),
    "an output of its own": (flip("ShuffledCiphertexts.bt", -1), "after mixing differ in 2"),
    "called a decryption": (put("type", b"decryption"), "type decryption, not shuffling as"),
    "called a mixing": (put("type", b"mixing"), "verificatum.parameters: type mixing, not shuffling"),
    "of another list": (put("auxsid", b"north"), "verificatum.parameters: auxsid north, not default"),
    "a file too many": (put("proofs/more", b""), "verificatum.files: proofs/more"),
    "bytes after the key": (extend_the_key, "bytes too many"),
}


def test_an_honest_election_that_was_mixed_is_verified_to_the_end(tmp_path: Path) -> None:
    directory = mixed_election(tmp_path)
    report = verified(directory)
    held = {finding.check: finding.held for finding in report.findings}
    assert (report.status, report.failures) == (0, [])
    assert (held["ivxv.mix"], held["ivxv.shuffle"], held["ivxv.decryption"]) == (1, 2, len(VOTES))
    assert "proof of shuffle: mixing, with protInfo.xml" in report.scope
    paths = {role: [p for p in directory.iterdir() if any(map(p.match, NAMES[role]))] for role in ROLES}
    brought = {role: path for role, found in paths.items() for path in found} | {"mixing": directory / "mixing"}
    assert brought.keys() == ROLES.keys()
    assert audit(None, brought).status == 0


def test_order_within_a_box_has_no_meaning(tmp_path: Path) -> None:
    directory = mixed_election(tmp_path)
    for name in ("bb-4.json", "shuffled.json"):
        rewrite(name, lambda votes: votes[::-1])(directory)
    assert verified(directory).status == 0


@pytest.mark.parametrize("name", FALSEHOODS)
def test_a_proof_about_anything_else_is_refused(name: str, tmp_path: Path) -> None:
    change, why = FALSEHOODS[name]
    directory = mixed_election(tmp_path)
    change(directory)
    found = false(verified(directory))
    assert found.keys() == {"ivxv.shuffle"}
    assert any(why in finding.error for finding in verified(directory).failures)


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        ("mixing", "there is no proof of shuffle: nothing shows that mixing exchanged no vote"),
        ("protInfo.xml", "no protinfo (the parameters of that proof's session, protInfo.xml): the proof of shuffle"),
        ("mixing/proofs/PoSReply01.bt", "the proof of shuffle cannot be checked: proofs/PoSReply01.bt is missing"),
        ("mixing/Ciphertexts.bt", "Ciphertexts.bt is missing"),
    ],
)
def test_without_a_whole_proof_something_is_absent(gone: str, why: str, tmp_path: Path) -> None:
    directory = mixed_election(tmp_path)
    path = directory / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    report = verified(directory)
    assert (report.status, false(report)) == (2, {})
    assert why in absent(report)


def test_two_proofs_of_shuffle_are_one_too_many(tmp_path: Path) -> None:
    directory = mixed_election(tmp_path)
    shutil.copytree(directory / "mixing", directory / "other")
    assert false(verified(directory)).keys() == {"ivxv.files"}
    assert audit(directory, {"mixing": directory / "mixing"}).status == 0


def test_how_a_curve_is_mixed_is_not_known(tmp_path: Path) -> None:
    directory, modp = election(tmp_path, mixed=True), mixed_election(tmp_path / "modp")
    shutil.copytree(modp / "mixing", directory / "mixing")
    shutil.copy(modp / "protInfo.xml", directory)
    report = verified(directory)
    assert (report.status, false(report)) == (2, {})
    assert "how votes on a curve are mixed is not published" in absent(report)


def test_a_proof_without_mixing_is_mentioned(tmp_path: Path) -> None:
    directory = mix(election(tmp_path, mixed.KIND))
    shutil.copy(next(directory.glob("*-bb-4.json")), directory / "shuffled.json")
    report = verified(directory)
    assert report.status == 0
    assert "there is a proof of shuffle, which was not read" in report.notes


def parsed(of: Group, data: bytes) -> Ciphertexts:
    return wide_layout(of).ciphertexts(Tree(data, "list"))


def test_vmn_reads_our_key_as_its_own() -> None:
    """The key of a session with an external key is, byte for byte, what VMN was given there."""
    of = group("modp-3072")
    theirs = (VMN / "publicKey").read_bytes()
    y = wide_layout(of).key(Tree((VMN / "nizkp" / "FullPublicKey.bt").read_bytes(), "key")).y
    ours = public_key(modp_parameters(of, ELECTION), y[-1])
    assert wide_key(ours) == y
    assert write_key(ours) == theirs


def test_lists_are_read_as_they_were_written(tmp_path: Path) -> None:
    directory = mixed_election(tmp_path)
    of, votes = mixed.public_key(directory).group, box(directory)
    data = write_list(of, ELECTION, votes)
    held = parsed(of, data)
    assert list(read_votes(held, ELECTION)) == votes
    assert all(set(column.encodings()) == {bytes(of.identity)} for column in held.c1[:-1])
    assert data == (directory / "mixing" / "Ciphertexts.bt").read_bytes()
    assert len(held.c1) == len(held.c2) == COLUMNS


def test_what_cannot_be_mixed_is_not_written(tmp_path: Path) -> None:
    of = mixed.public_key(mixed_election(tmp_path)).group
    with pytest.raises(Refusal) as refused:
        write_list(of, ELECTION, [Vote(A, b"\x30\x00")])
    assert refused.value.reason is Reason.MALFORMED
    with pytest.raises(ValueError, match="no empty lists"):
        write_list(of, ELECTION, [])
    with pytest.raises(TypeError):
        write_list(group("p-384"), ELECTION, [])


TOY = make_key(official_key("toy256").group)
TOY_ENTRIES = zip((A, B), encrypted(TOY, Generation.G1, ["0164.101", "0296.101"], seed=1), strict=True)
TOY_LIST = write_list(TOY.group, ELECTION, [Vote(place, ciphertext(made)) for place, made in TOY_ENTRIES])


@pytest.mark.parametrize("at", range(COLUMNS - 1))
def test_texts_are_padded_texts(at: int) -> None:
    held = parsed(TOY.group, TOY_LIST)
    columns = list(held.c2)
    columns[at] = held.c2[-1]
    with pytest.raises(Refusal, match="not padded"):
        list(read_votes(replace(held, c2=tuple(columns)), ELECTION))


@FUZZ
@given(near(TOY_LIST))
def test_of_bytes_that_are_no_list_only_decode_errors_come(data: bytes) -> None:
    try:
        votes = list(read_votes(parsed(TOY.group, data), ELECTION))
    except DecodeError:
        return
    assert len(votes) == 2
