"""What every method must keep. A plug-in inherits `MethodContract` and fills in its data."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import FrozenInstanceError, replace
from typing import ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evote.methods.method import Figures, Method, method, method_names
from evote.methods.outcome import Outcome
from evote.questions.option import Option, Rule

# The contract's tests are inherited, so hypothesis meets them in several classes.
FUZZ = settings(deadline=None, database=None, max_examples=50, suppress_health_check=list(HealthCheck))

texts = st.sampled_from(["", "order", "lot", "0", "5", "-1", "1e3", "nan", "½", "a"])
integers = st.integers(-2, 12) | st.integers()
rule_values = st.booleans() | integers | texts | st.dictionaries(texts, integers, max_size=3)


class MethodContract:
    """Inherit in a class named ``Test...`` for each way to use the method that is worth testing.

    ``kind`` is registered as ``name``. ``options`` and ``rules`` build it; ``samples`` are figures for these options,
    several of them. ``ties`` tells whether there is a rule for ties. ``wrong_rules`` names rules, and ``wrong_options``
    options, that `from_rules` must refuse.
    """

    name: ClassVar[str]
    kind: ClassVar[type[Method]]
    options: ClassVar[Sequence[Option]]
    rules: ClassVar[Mapping[str, Rule]]
    ties: ClassVar[bool] = True
    samples: ClassVar[Sequence[Figures]]
    wrong_rules: ClassVar[dict[str, Mapping[str, Rule]]] = {}
    wrong_options: ClassVar[dict[str, Sequence[Option]]] = {}

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one test of each sample, and of all rules and options that must be refused."""
        wrong_rules = {"an unknown rule": {**self.rules, "nonsense": 1}, **self.wrong_rules}
        cases: dict[str, Mapping[str, object]] = {
            "figures": {f"sample {i}": figures for i, figures in enumerate(self.samples)},
            "wrong": {name: (self.options, rules) for name, rules in wrong_rules.items()}
            | {name: (options, self.rules) for name, options in self.wrong_options.items()},
        }
        for argument in cases.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(argument, list(cases[argument].values()), ids=list(cases[argument]))

    @property
    def method(self) -> Method:
        return self.kind.from_rules(self.options, self.rules)

    def test_name_stands_for_the_method(self) -> None:
        assert self.name in method_names()
        assert method(self.name) is self.kind

    def test_methods_are_values(self) -> None:
        built = self.method
        assert built == self.method
        assert hash(built) == hash(self.method)
        assert pickle.loads(pickle.dumps(built)) == built
        with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
            built.nonsense = 1  # type: ignore[attr-defined]

    def test_outcome_depends_on_nothing_but_the_figures(self, figures: Figures) -> None:
        twin = pickle.loads(pickle.dumps(self.method))
        assert self.method.outcome(figures) == twin.outcome(pickle.loads(pickle.dumps(figures)))

    def test_outcome_can_be_recorded(self, figures: Figures) -> None:
        outcome = self.method.outcome(figures)
        assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) == outcome
        assert outcome.method == self.name

    def test_winners_are_options_and_tables_are_rectangular(self, figures: Figures) -> None:
        outcome = self.method.outcome(figures)
        assert set(outcome.winners) <= {option.id for option in self.options}
        assert outcome.tables
        assert all(len(row) == len(table.columns) for table in outcome.tables for row in table.rows)

    def test_the_board_decides_nothing_unless_lots_are_drawn(self, figures: Figures) -> None:
        rules = {**self.rules, **({"ties": "order"} if self.ties else {})}
        built = self.kind.from_rules(self.options, rules)
        assert built.outcome(figures) == built.outcome(replace(figures, lot=figures.lot + b"another"))

    def test_wrong_definitions_are_refused(self, wrong: tuple[Sequence[Option], Mapping[str, Rule]]) -> None:
        assert self.method
        with pytest.raises(ValueError, match=r"\w"):
            self.kind.from_rules(*wrong)

    def test_rules_of_another_type_are_refused(self) -> None:
        others: dict[type, Rule] = {int: "1", str: 1, dict: "1", bool: 1}
        for name, value in self.rules.items():
            with pytest.raises(ValueError, match=name):
                self.kind.from_rules(self.options, {**self.rules, name: others[type(value)]})

    @FUZZ
    @given(st.data())
    def test_any_rules_build_or_are_refused_as_a_value_error(self, data: st.DataObject) -> None:
        names = st.sampled_from(sorted({*self.rules, "ties", "seats", "nonsense"}))
        rules = {**self.rules, **data.draw(st.dictionaries(names, rule_values, min_size=1))}
        try:
            built = self.kind.from_rules(self.options, rules)
        except ValueError:
            return
        assert built == self.kind.from_rules(self.options, dict(reversed(rules.items())))
