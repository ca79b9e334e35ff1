"""A participatory budget: the most votes first, each project if it fits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from evote.methods.greedy import Greedy
from evote.methods.method import Figures
from evote.methods.ties import Ties
from evote.questions.option import Option
from tests.methods.method_contract import MethodContract


def figures(*projects: tuple[int, int], root: bytes = b"") -> Figures:
    """Return figures for projects given as cost and votes, named p1, p2, ..."""
    options = tuple(Option(id=f"p{i}", name=f"Project {i}", cost=cost) for i, (cost, _) in enumerate(projects, 1))
    return Figures(options, tuple(votes for _, votes in projects), lot=root)


class TestGreedy(MethodContract):
    name = "greedy"
    kind = Greedy
    options = figures((60, 0), (50, 0), (40, 0)).options
    rules = {"budget": 100, "ties": "lot"}
    samples = tuple(figures((60, a), (50, b), (40, c)) for a, b, c in ((0, 0, 0), (9, 9, 9), (1, 2, 3)))
    wrong_rules = {
        "no budget": {},
        "a budget of nothing": {"budget": 0},
        "a debt": {"budget": -5},
        "another way with ties": {"budget": 100, "ties": "cheapest"},
        "seats": {"budget": 100, "seats": 1},
        "points to be taken away": {"budget": 100, "points": -1},
        "points beyond measure": {"budget": 100, "points": 1_000_001},
    }
    wrong_options = {"a project without a cost": figures((60, 0), (0, 0)).options}


def test_what_no_longer_fits_is_skipped() -> None:
    outcome = Greedy(100).outcome(figures((60, 9), (50, 8), (30, 7), (20, 6), (10, 5)))
    assert outcome.winners == ("p1", "p3", "p5")
    assert outcome.tables[0].rows == (
        ("Project 1", "9", "60", "100", "yes"),
        ("Project 2", "8", "50", "40", "no"),
        ("Project 3", "7", "30", "40", "yes"),
        ("Project 4", "6", "20", "10", "no"),
        ("Project 5", "5", "10", "10", "yes"),
    )


def test_a_project_may_take_the_whole_budget_and_none_more() -> None:
    assert Greedy(100).outcome(figures((101, 9), (100, 1))).winners == ("p2",)


def test_a_project_without_a_vote_is_not_funded() -> None:
    assert Greedy(100).outcome(figures((1, 0), (1, 1))).winners == ("p2",)


def test_equals_go_by_the_definition_or_by_lot() -> None:
    equal = ((60, 5), (60, 5))
    assert Greedy(100).outcome(figures(*equal)).winners == ("p1",)
    drawn = {Greedy(100, Ties.LOT).outcome(figures(*equal, root=bytes([i]))).winners for i in range(30)}
    assert drawn == {("p1",), ("p2",)}


def test_rankings_are_votes_by_points() -> None:
    ranked = replace(figures((60, 9), (50, 1), (40, 0), (10, 0)), ballots=(((1, 2), 3), ((3, 2), 2), ((2,), 1)))
    outcome = Greedy(100, points=2).outcome(ranked)
    assert outcome.tables[0].columns[1] == "Points"
    assert [row[1:3] for row in outcome.tables[0].rows] == [("7", "50"), ("6", "60"), ("4", "40"), ("0", "10")]
    assert outcome.winners == ("p2", "p3")
    assert Greedy(100).outcome(ranked).winners == ("p1",)


def test_krakow_swoszowice_is_funded_by_its_published_scores() -> None:
    """Costs and scores of 2018, most points first; rankings of one project each give them."""
    costs = (56000, 56000, 56000, 50500, 53000, 12500, 2900, 20000, 4000, 8400)
    scores = (700, 603, 559, 557, 516, 501, 496, 488, 329, 315)
    found = figures(*((cost, 0) for cost in costs))
    ballots = tuple(((number,), score) for number, score in enumerate(scores, 1))
    outcome = Greedy(141200, points=1).outcome(replace(found, ballots=ballots))
    assert outcome.winners == ("p1", "p2", "p6", "p7", "p9", "p10")


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 4)), min_size=1, max_size=5), st.integers(1, 40))
def test_agrees_with_the_first_of_all_orders(projects: list[tuple[int, int]], budget: int) -> None:
    def falls(order: tuple[int, ...]) -> bool:
        return all(projects[a][1] >= projects[b][1] for a, b in pairwise(order))

    order = next(order for order in permutations(range(len(projects))) if falls(order))
    funded: list[int] = []
    for i in order:
        if projects[i][1] and sum(projects[j][0] for j in funded) + projects[i][0] <= budget:
            funded.append(i)
    assert Greedy(budget).outcome(figures(*projects)).winners == tuple(f"p{i + 1}" for i in funded)
