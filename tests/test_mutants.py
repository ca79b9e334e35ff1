"""A sample of both mutation runs; ``make mutants`` makes them in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from evote.verify import verify
from tests.mutants.judge import judge
from tests.mutants.mutant import Mutant
from tests.mutants.run import RUNS, Worlds, judged, make_worlds, mutants_of, thinned
from tests.mutants.sealing import take_apart
from tests.reference import verifier as reference

SAMPLE = 60


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return make_worlds(tmp_path_factory.mktemp("worlds"))


def test_records_verify(worlds: Worlds) -> None:
    for world in worlds.values():
        assert verify(world.path).status == 0
        reference.verify(world.path)


def test_every_kind_of_entry_occurs(worlds: Worlds) -> None:
    kinds = {item.kind for world in worlds.values() for item in take_apart(world).items}
    assert len(kinds) == 19


def test_resealing_alone_changes_nothing(worlds: Worlds, tmp_path: Path) -> None:
    for name, world in worlds.items():
        take_apart(world).seal(tmp_path / name)
        for file in (file for file in world.path.rglob("*") if file.is_file()):
            assert (tmp_path / name / file.relative_to(world.path)).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("run", RUNS)
def test_mutants_are_as_many_and_as_named_as_they_should_be(worlds: Worlds, run: str) -> None:
    names = [mutant.name for mutant in mutants_of(worlds, run)]
    assert len(names) == len(set(names))
    assert len(names) >= 500
    assert [mutant.name for mutant in mutants_of(worlds, run)] == names


@pytest.mark.parametrize("run", RUNS)
def test_sample(worlds: Worlds, run: str) -> None:
    verdicts = [judged(worlds, mutant) for mutant in thinned(mutants_of(worlds, run), SAMPLE)]
    assert {verdict.mutant: verdict.problems for verdict in verdicts if verdict.problems} == {}
    assert len({verdict.check for verdict in verdicts}) >= 5


def test_every_honest_reason_is_accepted(worlds: Worlds) -> None:
    by_reason = {mutant.honest: mutant for mutant in mutants_of(worlds, "resealed") if mutant.honest}
    assert len(by_reason) >= 8
    for mutant in by_reason.values():
        assert judged(worlds, mutant).problems == []


def test_a_verifier_that_is_wrong_is_found_out(worlds: Worlds, tmp_path: Path) -> None:
    """The judge must be able to say that something is wrong: an untouched record is no forgery."""
    world = worlds["sum"]
    take_apart(world).seal(tmp_path / "record")
    forgery = Mutant("sum/nothing", lambda _world, _path: None)
    assert judge(forgery, tmp_path / "record").problems[0] == "ACCEPTED"
    (tmp_path / "record" / "stranger").touch()
    honest = Mutant("sum/stranger", lambda _world, _path: None, "no reason")
    assert judge(honest, tmp_path / "record").problems[0] == "refused, though honest: no reason"
