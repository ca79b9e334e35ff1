"""What a file says of its own ballots, counted again: votes, score and selection of each project.

``votes`` are the ballots that name a project, ``score`` their points, for rankings Borda's. ``selected`` is what greedy
funds if every tie is broken in favour of the file, so it is compared only where the method is greedy, and every project
has a 0 or a 1; a file may have a 2, for money from elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from evote.methods.greedy import Greedy
from evote.methods.method import Figures
from evote.methods.ties import Ties
from evote.questions.ranked import Ranked
from evote.record.manifest import Contest

VOTES, SCORE, SELECTED = "votes", "score", "selected"
COLUMNS = (VOTES, SCORE, SELECTED)
Column = Mapping[str, int]  # by option


def recounted(
    contest: Contest, ballots: Sequence[Mapping[str, int]], published: Mapping[str, Column]
) -> dict[str, Column]:
    """Return the published columns as the ballots give them; ``ballots`` have points by option, in their order."""
    most = contest.question.maximum if isinstance(contest.question, Ranked) else 0
    votes, score = Counter[str](), Counter[str]()
    for ballot in ballots:
        votes.update(ballot.keys())
        score.update(_borda(ballot, most) if most else ballot)
    columns: dict[str, Column] = {VOTES: votes, SCORE: score}
    if isinstance(contest.method, Greedy) and _tells_selection(contest, published.get(SELECTED, {})):
        columns[SELECTED] = _funded(contest, contest.method, score, published[SELECTED])
    return {name: {o: columns[name][o] for o in published[name]} for name in published if name in columns}


def differences(
    published: Mapping[str, Column], again: Mapping[str, Column], names: Mapping[str, str]
) -> Iterator[str]:
    """Yield a phrase for each figure of the file that its ballots contradict; ``names`` are the file's own."""
    for column, figures in again.items():
        for option, figure in figures.items():
            if figure != published[column][option]:
                yield f"{column} of {names[option]}: {published[column][option]} in the file, {figure} by its ballots"


def _borda(ballot: Mapping[str, int], most: int) -> dict[str, int]:
    return {option: most - place for place, option in enumerate(ballot)}


def _tells_selection(contest: Contest, selected: Column) -> bool:
    return selected.keys() == {option.id for option in contest.options} and set(selected.values()) <= {0, 1}


def _funded(contest: Contest, method: Greedy, score: Column, selected: Column) -> Column:
    """Return 1 for each funded project, else 0; of equals the file's choice is first, which leaves others the least."""
    options = tuple(sorted(contest.options, key=lambda option: -selected[option.id]))
    counts = tuple(score[option.id] for option in options)
    winners = replace(method, points=0, ties=Ties.ORDER).outcome(Figures(options, counts)).winners
    return {option.id: int(option.id in winners) for option in contest.options}
