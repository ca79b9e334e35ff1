"""An election of our own, with every accident of a voting phase, becomes IVXV files that say the same as our record."""

import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from evote.errors import EvidenceMissing, Refused, VerificationError
from evote.formats.ivxv.box.anonymous import AnonymousFile, InvalidFile
from evote.formats.ivxv.box.tally import read_tally
from evote.formats.ivxv.ciphertext import decode_ciphertext
from evote.formats.ivxv.export import Exported, export, export_key
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import read_public_key
from evote.formats.ivxv.private_key import PrivateKey
from evote.formats.ivxv.proof_file import ProofFile, check_proofs
from evote.formats.ivxv.record_format import IvxvFormat
from evote.formats.ivxv.share_holder import ShareHolder
from evote.procedure.counting import Counting
from evote.record.units import Cell, Place, Unit
from evote.simulate import Simulation
from tests.elections import open_box, story

NAME = "OURS"
GENERATIONS = {
    "p-384": (Generation.G1, Generation.G2, Generation.G3),
    "modp-2048": (Generation.G1, Generation.G1_PADDED),
}


@pytest.fixture(scope="module", params=GENERATIONS)
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """Return a decrypted election on both roads."""
    made = open_box(tmp_path_factory.mktemp("ours") / "record", "both", group=request.param)
    story(made)
    made.operator.close_box()
    made.mix()
    made.operator.tally()
    made.decrypt()
    made.operator.tally()
    yield made
    made.operator.close_record()


def described(made: Simulation, generation: Generation, contest: str = "mayor") -> Exported:
    return Exported.of(made.counting, made.election.contest(contest), NAME, generation)


def holders(made: Simulation, exported: Exported) -> list[ShareHolder]:
    decode = made.election.algebra.decode_scalar
    held = [PrivateKey(exported.key.parameters, decode(trustee.state.share)) for trustee in made.trustees]
    return [ShareHolder(index, share) for index, share in enumerate(held, 1)]


def test_the_files_say_what_our_record_says(ended: Simulation, tmp_path: Path) -> None:
    for generation in GENERATIONS[ended.election.group]:
        directory = tmp_path / generation.name
        directory.mkdir()
        exported = described(ended, generation)
        export(directory, exported, ended.counting, holders(ended, exported), ended.election.threshold)
        compare(directory, exported, ended)
        report = IvxvFormat(generation).verify(directory, {})
        assert [one.check for one in report.findings if not one.absent and one.error] == []
        assert {"ivxv.decryption", "ivxv.account", "ivxv.tally"} <= {one.check for one in report.findings if one.held}


def compare(directory: Path, exported: Exported, made: Simulation) -> None:
    def opened(name: str) -> io.BytesIO:
        return io.BytesIO((directory / f"{NAME}{name}").read_bytes())

    key = read_public_key(opened("-pub.pem").read())
    assert key.y == made.key.y
    checked = list(check_proofs(key, exported.definitions.generation, ProofFile(opened("-proof"))))
    assert {one.refusal for one in checked} == {None}
    box, invalid = list(AnonymousFile(opened("-bb-4.json"))), list(InvalidFile(opened("-invalid")))
    result = made.counting.results["mayor"]
    assert sorted(vote.ciphertext for vote in box) == sorted(
        [one.ciphertext for one in checked] + [vote.ciphertext for vote in invalid]
    )
    tally = read_tally(opened(".1.tally").read())
    tally.check_sums()
    for (unit, district), ours in zip(exported.districts.items(), result.units, strict=True):
        assert unit.name == ours.unit
        counts = dict(tally.by_district[district])
        assert counts.pop("invalid") == ours.blank + ours.invalid
        assert list(counts.values()) == [
            count for count, n in zip(ours.counts, range(1, 4), strict=True) if _open(exported, district, n)
        ]
    assert len(invalid) == sum(unit.blank + unit.invalid for unit in result.units)


def _open(exported: Exported, district: str, number: int) -> bool:
    return f"{district[:4]}.{100 + number}" in exported.definitions.choices.codes(district)


def test_relabelling_keeps_c1_and_the_power_of_the_key(ended: Simulation) -> None:
    """Who has the record can repeat it: c1 is the ballot's, and c2 differs by the quotient of the plaintexts."""
    exported = described(ended, Generation.G1)
    decryption, moved = ended.counting.decryption, list(exported.relabel(ended.counting))
    places = [Place("mayor", unit.name) for unit in exported.districts]
    rows = [row for place in places for (row,) in decryption.list_of(place).rows.decoded()]
    assert [decode_ciphertext(exported.key.group, vote.ciphertext).c1 for vote in moved] == [row.c1 for row in rows]
    assert moved == list(exported.relabel(ended.counting))


def test_the_trustees_shares_are_compared_with_the_key(ended: Simulation, tmp_path: Path) -> None:
    exported = described(ended, Generation.G1)
    first, second, _ = holders(ended, exported)
    with pytest.raises(VerificationError, match=r"ivxv\.share\.index: share 1"):
        export(tmp_path, exported, ended.counting, [first, second, first], 2)
    with pytest.raises(EvidenceMissing, match="1 shares announced where 2 are needed"):
        export(tmp_path, exported, ended.counting, [first], 2)
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_place_is_refused(ended: Simulation) -> None:
    with pytest.raises(Refused, match="only choices by the mix road"):
        described(ended, Generation.G1, "council")
    heavy = SimpleNamespace(box=SimpleNamespace(opened=lambda _: [Unit((Cell("south", "", 5),), 3)]))
    with pytest.raises(Refused, match="IVXV has no weights"):
        Exported.of(cast(Counting, heavy), ended.election.contest("mayor"), NAME, Generation.G1)
    wrong = Generation.G1_PADDED if ended.election.group == "p-384" else Generation.G2
    with pytest.raises(ValueError, match="does not use"):
        export_key(ended.key.y, NAME, wrong)
