"""Which groups, sizes and numbers of processes the benchmarks run through."""

from __future__ import annotations

import pytest

from evote.bench.works import WORKS


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take lists separated by commas."""
    parser.addoption("--works", default=",".join(WORKS), help="works to measure")
    parser.addoption("--groups", default="ristretto255,p-256,modp-3072", help="groups to measure in")
    parser.addoption("--sizes", default="100", help="numbers of items")
    parser.addoption("--processes", default="1", help="numbers of processes")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each benchmark every combination."""
    for argument, option, kind in (
        ("work", "--works", str),
        ("group", "--groups", str),
        ("n", "--sizes", int),
        ("jobs", "--processes", int),
    ):
        values = metafunc.config.getoption(option).split(",")
        metafunc.parametrize(argument, list(map(kind, values)))
