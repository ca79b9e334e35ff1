"""Another's program must find the same winners where it can be asked; ADR 22 says where votelib cannot."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evote.methods.borda import borda_points
from evote.methods.schulze import Schulze
from evote.methods.stv import InstantRunoff
from tests.methods.ranked_ballots import FUZZ, LETTERS, PROFILES, RANKINGS, Profile, figures

pytest.importorskip("votelib", reason="votelib is not installed")

from votelib.component.rankscore import FixedTop
from votelib.convert import RankedToCondorcetVotes, RankedToPositionalVotes
from votelib.evaluate.condorcet import Schulze as TheirSchulze
from votelib.evaluate.sequential import TransferableVoteSelector


def theirs(profile: Profile) -> dict[tuple[str, ...], int]:
    return {tuple(ranking): weight for ranking, weight in profile.items() if ranking}


@FUZZ
@given(PROFILES)
def test_borda(profile: Profile) -> None:
    points = RankedToPositionalVotes(FixedTop(3)).convert(theirs(profile))
    assert borda_points(figures(LETTERS, profile), 3) == tuple(points.get(letter, 0) for letter in LETTERS)


@settings(FUZZ, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.dictionaries(st.permutations(LETTERS).map("".join), st.integers(1, 10**6), min_size=1))
def test_instant_runoff_of_full_rankings(profile: Profile) -> None:
    """With short ones it can end in an error: the pile of exhausted ballots takes an option's place."""
    try:
        found = TransferableVoteSelector().evaluate(theirs(profile), 1)
    except NotImplementedError as problem:
        assume("tie" not in str(problem))
        raise
    assert InstantRunoff().outcome(figures(LETTERS, profile)).winners == tuple(letter.lower() for letter in found)


@settings(FUZZ, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.dictionaries(RANKINGS, st.integers(1, 10**6), min_size=3))
def test_schulze_without_ties(profile: Profile) -> None:
    """Of several unbeaten options it takes the one that is better than most, and says nothing."""
    winners = Schulze().outcome(figures(LETTERS, profile)).winners
    assume(winners and winners == Schulze().outcome(figures(LETTERS[::-1], profile)).winners)
    pairs = RankedToCondorcetVotes().convert(theirs(profile))
    support = [n for (i, j), n in pairs.items() if n > pairs.get((j, i), 0)]
    assume(support and len(support) == len(set(support)))  # of equal support it looks no further
    assert TheirSchulze().evaluate(pairs, 1) == [winner.upper() for winner in winners]
