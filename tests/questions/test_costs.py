"""The benchmark of ballots: every type has a row, and its ballots verify; no time is asserted."""

from __future__ import annotations

import pytest

from benchmarks.ballots import KINDS, SERIES, Case, measured, table
from evote.questions.option import Option
from evote.questions.question import question_names, question_type


def test_every_type_has_a_row() -> None:
    assert {case.contest["type"] for case in KINDS} == set(question_names())


@pytest.mark.parametrize("title", SERIES)
def test_no_row_stands_twice(title: str) -> None:
    rows = [(case.text, group) for case, group in SERIES[title]]
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("case", KINDS, ids=lambda case: case.text)
def test_ballots_verify_and_have_the_form_that_the_question_says(case: Case) -> None:
    options = [Option(**option) for option in case.contest["options"]]
    question = question_type(case.contest["type"]).from_rules(options, case.contest["rules"])
    row = measured(case, "ristretto255", rounds=1, batch=2)
    assert (row.ciphertexts, row.commitments) == (question.width, question.commitments)
    assert row.size > 64 * row.ciphertexts + 32 * row.commitments + 96 * row.proofs
    assert min(row.prove, row.alone, row.together) > 0
    assert case.text in "".join(table({"Types": [row]}))
