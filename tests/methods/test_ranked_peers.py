"""Another's program must find the same winners, wherever it finds any: votelib leaves ties open, or raises."""

import pytest
from hypothesis import assume, given

from evote.methods.borda import borda_points
from evote.methods.schulze import Schulze
from evote.methods.stv import InstantRunoff
from tests.methods.ranked_ballots import LETTERS, PROFILES, figures

pytest.importorskip("votelib", reason="votelib is not installed")

from votelib.component.rankscore import FixedTop
from votelib.convert import RankedToCondorcetVotes, RankedToPositionalVotes
from votelib.evaluate.condorcet import Schulze as TheirSchulze
from votelib.evaluate.core import Tie
from votelib.evaluate.sequential import TransferableVoteSelector


def theirs(profile):
    return {tuple(ranking): weight for ranking, weight in profile.items() if ranking}


@given(PROFILES)
def test_borda(profile):
    points = RankedToPositionalVotes(FixedTop(3)).convert(theirs(profile))
    assert borda_points(figures(LETTERS, profile), 3) == tuple(points.get(letter, 0) for letter in LETTERS)


@given(PROFILES)
def test_instant_runoff(profile):
    assume(theirs(profile))
    try:
        found = TransferableVoteSelector().evaluate(theirs(profile), 1)
    except NotImplementedError as problem:
        assume("tie" not in str(problem))
        raise
    assert InstantRunoff().outcome(figures(LETTERS, profile)).winners == tuple(letter.lower() for letter in found)


@given(PROFILES)
def test_schulze(profile):
    pairs = RankedToCondorcetVotes().convert(theirs(profile))
    found = TheirSchulze().evaluate(pairs, 1)
    assume(found and not Tie.any(found))
    support = [n for (i, j), n in pairs.items() if n > pairs.get((j, i), 0)]
    assume(len(support) == len(set(support)))  # of equal support they look no further
    assert Schulze().outcome(figures(LETTERS, profile)).winners == tuple(letter.lower() for letter in found)
