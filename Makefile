# Two commands on a fresh machine: `make demo` runs two whole elections, `make test` passes the tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint mutants real clean

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: .venv/ready
	$(BIN)/python examples/demo.py

test: .venv/ready
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 2
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

mutants: .venv/ready
	$(BIN)/python -m tests.mutants

real: .venv/ready
	$(BIN)/python -m tests.scenario.real

clean:
	rm -rf .venv build *.egg-info
