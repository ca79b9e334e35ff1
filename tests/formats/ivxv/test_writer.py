"""Files of an election of our own: read back here, accepted by the official rules, in the official layout."""

import io
import json
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from evote.formats.ivxv import official
from evote.formats.ivxv.box.anonymous import AnonymousFile, InvalidFile
from evote.formats.ivxv.box.checksum import check_checksum
from evote.formats.ivxv.box.definitions import read_choices, read_districts
from evote.formats.ivxv.box.pretty import pretty
from evote.formats.ivxv.box.tally import Definitions, read_tally
from evote.formats.ivxv.ciphertext import decode_ciphertext
from evote.formats.ivxv.decryptor import Opened, assemble, open_box
from evote.formats.ivxv.generation import Generation, detect
from evote.formats.ivxv.keys import read_public_key
from evote.formats.ivxv.pem import decode_base64
from evote.formats.ivxv.proof_file import Entry, ProofFile, check_proofs
from evote.formats.ivxv.record_format import IvxvFormat
from evote.formats.ivxv.writer import ElectionFiles, proof_entry, write_proofs, write_public_key
from tests.formats.ivxv.boxes import written
from tests.formats.ivxv.elections import ELECTION, HERE, KINDS, QUESTION, Small, definitions, small
from tests.formats.ivxv.vectors import proof_files

EXAMPLE = Path(__file__).parents[3] / "examples" / "ivxv_election.py"


def export(made: Small, directory: Path) -> None:
    """Hold the small election and write all of its files."""
    files, votes = ElectionFiles(directory, made.key, made.reading.definitions), made.votes()
    files.write_box(votes)
    quorum, members = assemble(made.key, made.holders, 3)
    files.write_outcome(open_box(quorum, members, made.reading, votes), [QUESTION, f"{ELECTION}.2"])


def read(directory: Path, name: str) -> bytes:
    return (directory / f"{ELECTION}{name}").read_bytes()


def entries(directory: Path) -> Iterator[Entry]:
    return iter(ProofFile(io.BytesIO(read(directory, "-proof"))))


@pytest.mark.parametrize("kind", KINDS)
def test_an_election_is_read_back_from_its_files(kind: str, tmp_path: Path) -> None:
    made = small(kind)
    export(made, tmp_path)
    key = read_public_key(read(tmp_path, "-pub.pem"))
    assert key == made.key == read_public_key(read(tmp_path, "-pub.der"))
    generation = detect(key.parameters, next(entries(tmp_path)).message)
    assert generation is KINDS[kind][0]
    held = Definitions(
        read_districts(read(tmp_path, ".districts.json")), read_choices(read(tmp_path, ".choices.json")), generation
    )
    assert held == definitions(generation)
    box = list(AnonymousFile(io.BytesIO(read(tmp_path, "-bb-4.json"))))
    check_checksum(io.BytesIO(read(tmp_path, "-bb-4.json")), read(tmp_path, "-bb-4.json.sha256sum"), "bb-4")
    invalid = list(InvalidFile(io.BytesIO(read(tmp_path, "-invalid"))))
    checked = list(check_proofs(key, generation, entries(tmp_path)))
    assert [one.refusal for one in checked] == [None] * 3
    assert sorted(vote.ciphertext for vote in box) == sorted(
        [one.ciphertext for one in checked] + [vote.ciphertext for vote in invalid]
    )
    for entry in entries(tmp_path):
        parts = decode_base64(entry.ciphertext, ""), entry.message, decode_base64(entry.proof, "")
        assert official.check_proof(key, generation, *parts) is official.ProofVerdict.VALID


@pytest.mark.parametrize("kind", ["G1 toy", "G3"])
def test_the_tally_is_that_of_the_votes(kind: str, tmp_path: Path) -> None:
    export(small(kind), tmp_path)
    tally = read_tally(read(tmp_path, ".1.tally"))
    tally.check_sums()
    assert tally.by_district == {
        "0164.1": {"0164.101": 1, "0164.102": 1, "invalid": 2},
        "0296.1": {"0296.101": 1, "invalid": 0},
    }
    assert read_tally(read(tmp_path, ".2.tally")).by_parish["0296.1"] == {"0296": {"0296.101": 0, "invalid": 0}}


def test_the_example_is_audited_with_success(tmp_path: Path) -> None:
    runpy.run_path(str(EXAMPLE))["main"](tmp_path)
    report = IvxvFormat().verify(tmp_path, {})
    assert report, report.findings
    (tmp_path / "EXAMPLE-proof").write_text('{"election" : "EXAMPLE", "proofs" : [ ]}')
    assert not IvxvFormat().verify(tmp_path, {})


def test_a_mixed_box_has_its_own_name(tmp_path: Path) -> None:
    made = small("G1 toy")
    files, votes = ElectionFiles(tmp_path, made.key, made.reading.definitions), made.votes()
    files.write_box(votes)
    files.write_box(votes[::-1], mixed=True)
    before, after = (list(AnonymousFile(io.BytesIO(read(tmp_path, name)))) for name in ("-bb-4.json", "-shuffled.json"))
    assert before != after
    assert set(before) == set(after)


def test_files_of_several_elections_are_not_mixed_up(tmp_path: Path) -> None:
    other = small("G1 toy").key
    key = read_public_key(proof_files()[0][0].read_bytes())
    assert key.election != other.election
    with pytest.raises(ValueError, match="of different elections"):
        ElectionFiles(tmp_path, key, definitions(Generation.G1))
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_count_has_no_entry() -> None:
    made = small("G1 toy")
    with pytest.raises(ValueError, match="has no proof"):
        proof_entry(Generation.G1, Opened(made.vote(HERE, "0164.101")))


@pytest.mark.parametrize(("key", "proofs"), proof_files(), ids=lambda path: path.name)
def test_the_official_layout(key: Path, proofs: Path) -> None:
    """The official programs' files are written byte for byte; third parties print the same content otherwise."""
    file = ProofFile(io.BytesIO(proofs.read_bytes()))
    made = written(write_proofs, file.election, list(file))
    if "official" in str(proofs):
        assert made == proofs.read_bytes()
        assert written(write_public_key, read_public_key(key.read_bytes())) == key.read_bytes()
    assert json.loads(made) == json.loads(proofs.read_bytes())
    held = read_public_key(key.read_bytes())
    assert read_public_key(written(write_public_key, held)) == held


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x1fb", '"a\\u001Fb"'),
        ("\\u001f", '"\\\\u001f"'),
        ("\\\x1f", '"\\\\\\u001F"'),
        ('\n\t"', '"\\n\\t\\""'),
        ("õ", '"õ"'),
    ],
)
def test_escapes_are_in_capitals(text: str, printed: str) -> None:
    assert "".join(pretty(text)) == printed
    assert json.loads(printed) == text


def test_a_vote_opened_twice_is_the_same_vote() -> None:
    """Proofs are fresh every time, what they prove is not."""
    made = small("G1 toy")
    vote = made.vote(HERE, "0164.102")
    assert decode_ciphertext(made.key.group, vote.ciphertext)
    quorum, members = assemble(made.key, made.holders, 3)
    first, second = (next(open_box(quorum, members, made.reading, [vote])) for _ in range(2))
    assert first.proof != second.proof
    assert (first.code, first.claim) == (second.code, second.claim)
