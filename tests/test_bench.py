"""Every work runs and every figure has its form; no time is asserted anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import msgspec
import pytest

from evote.bench.materials import elements
from evote.bench.measure import Bench, Figure, Made, Timed, cpu_seconds, measure, measure_here, workers
from evote.bench.works import WORKS
from evote.cli.main import main
from evote.errors import EvidenceMissing
from evote.parallel import WorkerLost

FIELDS = {"work", "group", "n", "jobs", "cpu_s_per_item", "wall_s", "pm_per_item", "max_rss_mb"}
PROMISED = {
    "shuffle-prove",
    "shuffle-verify",
    "selection-prove",
    "selection-verify",
    "decryption-verify",
    "record-verify",
    "power",
    "fixed-base",
    "product",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench("ristretto255", 3, 1, tmp_path_factory.mktemp("bench"))


@pytest.mark.parametrize("name", WORKS)
def test_every_work_runs_and_says_what_it_is(name: str, run: Bench) -> None:
    figure = measure_here(name, WORKS[name], run)
    assert (figure.work, figure.group, figure.n, figure.jobs) == (name, "ristretto255", 3, 1)
    assert min(figure.cpu_s_per_item, figure.wall_s, figure.pm_per_item, figure.max_rss_mb) > 0
    assert WORKS[name].__doc__


def test_the_promised_names_are_there() -> None:
    assert set(WORKS) >= PROMISED


def test_the_command_writes_a_list_of_objects_and_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "figures.json"
    lists = {"--work": ["decode", "product"], "--group": ["p-256"], "--n": ["3"], "--jobs": ["1", "2"]}
    words = [word for option, values in lists.items() for value in values for word in (option, value)]
    assert main(["bench", *words, "--json", str(out)]) == 0
    figures = json.loads(out.read_text())
    asked = [(work, "p-256", n, jobs) for work in ("decode", "product") for n in (3,) for jobs in (1, 2)]
    assert [(f["work"], f["group"], f["n"], f["jobs"]) for f in figures] == asked
    assert all(set(figure) == FIELDS for figure in figures)
    assert msgspec.convert(figures, list[Figure])
    assert capsys.readouterr().out.count("p-256") == len(asked)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--work", "nothing"], "no work 'nothing'; there are: encode, decode"),
        (["--group", "z7"], "no group 'z7'; there are: "),
        (["--n", "0"], "'--n'"),
        (["--jobs", "0"], "'--jobs'"),
        (["--n", "many"], "'--n'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_wrong_calls_get_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *words]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""
    assert told.err.count("\n") == 1


def test_a_file_that_cannot_be_written_is_found_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--json", str(tmp_path / "absent" / "figures.json")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "absent" in told.err


def _spend(seconds: float) -> float:
    end = process_time() + seconds
    while process_time() < end:
        pass
    return seconds


def test_the_time_of_workers_counts() -> None:
    with workers(2, "p-256") as executor:
        assert executor is not None
        start = cpu_seconds()
        assert sum(executor.map(_spend, [0.05, 0.05])) == 0.1
        assert cpu_seconds() - start >= 0.1


def _numbers(bench: Bench) -> Made:
    return {"n": [bytes([bench.n])], "calls": [b"".join(p.name.encode() for p in bench.directory.iterdir())]}


def test_what_a_work_starts_from_is_made_once_for_each_group_and_size(tmp_path: Path) -> None:
    bench = Bench("p-256", 3, 1, tmp_path)
    assert bench.made(_numbers)["n"] == [b"\3"]
    before = sorted(path.stat().st_mtime_ns for path in tmp_path.iterdir())
    assert Bench("p-256", 3, 2, tmp_path).made(_numbers)["n"] == [b"\3"]
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.iterdir()) == before
    assert Bench("p-256", 4, 1, tmp_path).made(_numbers)["n"] == [b"\4"]


def _dies(_: Bench) -> Timed:
    import os  # noqa: PLC0415 - the process that dies needs it, no other

    os._exit(3)


def _fails(_: Bench) -> Timed:
    raise EvidenceMissing("nothing to measure")


def test_a_measurement_that_dies_or_fails_is_an_error(tmp_path: Path) -> None:
    bench = Bench("p-256", 3, 1, tmp_path)
    with pytest.raises(WorkerLost, match="died"):
        measure("dies", _dies, bench)
    with pytest.raises(EvidenceMissing, match="nothing to measure"):
        measure("fails", _fails, bench)


def test_elements_differ(run: Bench) -> None:
    assert len(set(elements(run))) == run.n
