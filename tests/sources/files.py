"""Small files of votes in each format, and how a test changes one."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("EVOTE_DATA", "/work/shared/data"))  # third parties' files: never copied into the project

HEAD = {
    "description": "Budget of the Old Town",
    "unit": "Town",
    "num_projects": "3",
    "num_votes": "4",
    "budget": "100",
    "rule": "greedy",
}
PROJECTS = """PROJECTS
project_id;cost;votes;name
A.1;40;2;Trees
A.2;60;3;"Benches; and more"
B/7;80;1;Lamps
VOTES
"""
VOTES = """voter_id;vote;sex
1;A.1,A.2;F
2;A.2;M
3;A.2,A.1;F
4;B/7;
"""
POINTS = """voter_id;vote;points
1;A.1,A.2;2,1
2;A.2;3
3;A.2,A.1;1,0
4;B/7;1
"""


def pabulib(vote_type: str, votes: str = VOTES, **meta: str) -> str:
    """Return a Pabulib file of that vote type; ``meta`` adds to META, and takes from it what is empty."""
    entries = {**HEAD, "vote_type": vote_type, **meta}
    return "META\nkey;value\n" + "".join(f"{k};{v}\n" for k, v in entries.items() if v) + PROJECTS + votes


SOI = """# FILE NAME: 00001-00000001.soi
# TITLE: Chair
# DESCRIPTION:
# DATA TYPE: soi
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 9
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: Ada
# ALTERNATIVE NAME 2: Blaise
# ALTERNATIVE NAME 3: Carl
5: 2,1
3: 1,2,3
1: 3
"""
SOC = SOI.replace("soi", "soc").replace("5: 2,1\n", "5: 2, 1, 3\n").replace("1: 3\n", "1: 3,2,1\n")
CAT = """# FILE NAME: 00026-00000001.cat
# TITLE: Approvals
# DATA TYPE: cat
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 7
# NUMBER UNIQUE PREFERENCES: 3
# NUMBER CATEGORIES: 2
# CATEGORY NAME 1: Yes
# CATEGORY NAME 2: No
# ALTERNATIVE NAME 1: Ada
# ALTERNATIVE NAME 2: Blaise
# ALTERNATIVE NAME 3: Carl
4: {1,2},3
2: {},{1,2,3}
1: 3,{}
"""


def changed(text: str, old: str, new: str) -> str:
    """Return the text with ``old``, which stands there once, replaced."""
    assert text.count(old) == 1
    return text.replace(old, new)


def outside(name: str) -> "pytest.MarkDecorator":
    """Return the mark that skips a test, visibly, where a real file is absent."""
    return pytest.mark.skipif(not (DATA / name).is_file(), reason=f"{DATA / name} is not there")
