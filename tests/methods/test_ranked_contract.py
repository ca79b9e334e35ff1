"""The methods for ranked ballots keep what every method keeps."""

from collections.abc import Mapping

from evote.methods.borda import Borda
from evote.methods.schulze import Schulze
from evote.methods.stv import InstantRunoff, SingleTransferableVote
from evote.questions.option import Rule
from tests.methods.method_contract import MethodContract
from tests.methods.ranked_ballots import LETTERS, figures, options

SEATS: dict[str, Mapping[str, Rule]] = {
    "no seats": {"seats": 0},
    "more seats than options": {"seats": 6},
    "another way with ties": {"ties": "coin"},
}


class RankedContract(MethodContract):
    options = options(LETTERS)
    rules = {"seats": 2, "ties": "lot"}
    samples = (
        figures(LETTERS, {}),
        figures(LETTERS, {"": 3}),
        figures(LETTERS, dict.fromkeys(LETTERS, 1), lot=b"lot"),
        figures(LETTERS, {"ABC": 2**39, "CA": 3, "DEAB": 2**20, "": 1}),
    )
    wrong_rules = SEATS


class TestBorda(RankedContract):
    name = "borda"
    kind = Borda
    rules = {**RankedContract.rules, "points": 3}
    wrong_rules = {**SEATS, "no points": {"points": 0}}


class TestSchulze(RankedContract):
    name = "schulze"
    kind = Schulze


class TestSingleTransferableVote(RankedContract):
    name = "stv"
    kind = SingleTransferableVote
    rules = {**RankedContract.rules, "decimals": 5}
    wrong_rules = {**SEATS, "negative decimals": {"decimals": -1}, "too many decimals": {"decimals": 19}}


class TestInstantRunoff(RankedContract):
    name = "irv"
    kind = InstantRunoff
    rules = {"ties": "lot"}
    wrong_rules = {"seats": {"seats": 1}, "another way with ties": {"ties": "coin"}}
