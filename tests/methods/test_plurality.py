"""The most votes win; equals as the rule says; nobody without a vote."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from evote.methods.method import Figures
from evote.methods.plurality import Plurality
from evote.methods.ties import Ties
from evote.questions.option import Option
from tests.methods.method_contract import MethodContract

OPTIONS = tuple(Option(id=f"option-{i}", name=f"Option {i}") for i in range(1, 6))


def figures(*counts: int, root: bytes = b"") -> Figures:
    return Figures(OPTIONS[: len(counts)], counts, lot=root)


class TestPlurality(MethodContract):
    name = "plurality"
    kind = Plurality
    options = OPTIONS
    rules = {"seats": 2, "ties": "lot"}
    samples = (figures(0, 0, 0, 0, 0), figures(5, 0, 9, 9, 9), figures(1, 2, 3, 4, 2**40))
    wrong_rules = {
        "no seats": {"seats": 0},
        "fewer seats than none": {"seats": -1},
        "more seats than options": {"seats": 6},
        "another way with ties": {"ties": "coin"},
    }


def winners(counts: Sequence[int], method: Plurality) -> list[int]:
    return [int(winner.removeprefix("option-")) for winner in method.outcome(figures(*counts)).winners]


def test_one_seat_goes_to_the_most_votes() -> None:
    assert winners((3, 9, 4), Plurality()) == [2]


def test_winners_come_in_the_order_of_their_votes() -> None:
    assert winners((3, 9, 4, 5), Plurality(3)) == [2, 4, 3]


def test_equals_go_by_the_definition() -> None:
    assert winners((4, 7, 7), Plurality()) == [2]
    assert winners((4, 7, 7), Plurality(2)) == [2, 3]


def test_nobody_wins_without_a_vote() -> None:
    assert winners((0, 7, 0), Plurality(2)) == [2]
    assert winners((0, 0, 0), Plurality()) == []


def test_a_lot_may_choose_any_of_the_equals_and_only_these() -> None:
    method = Plurality(ties=Ties.LOT)
    drawn = {method.outcome(figures(7, 7, 1, 7, root=bytes([i]))).winners for i in range(40)}
    assert drawn == {("option-1",), ("option-2",), ("option-4",)}


def test_the_table_shows_all_options() -> None:
    (table,) = Plurality().outcome(figures(3, 9)).tables
    assert table.rows == (("Option 2", "9", "yes"), ("Option 1", "3", "no"))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), st.integers(1, 5), st.sampled_from(Ties))
def test_no_loser_has_more_votes_than_a_winner(counts: list[int], seats: int, ties: Ties) -> None:
    won = winners(counts, Plurality(seats, ties))
    lost = set(range(1, len(counts) + 1)) - set(won)
    assert len(won) == min(seats, sum(count > 0 for count in counts))
    assert all(counts[w - 1] >= counts[loser - 1] for w in won for loser in lost)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), st.integers(1, 5), st.data())
def test_a_vote_more_does_not_cost_the_seat(counts: list[int], seats: int, data: st.DataObject) -> None:
    for winner in winners(counts, Plurality(seats)):
        more = list(counts)
        more[winner - 1] += data.draw(st.integers(1, 5))
        assert winner in winners(more, Plurality(seats))
