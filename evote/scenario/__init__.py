"""Elections held in one process on votes that are known, so that the result is known beforehand."""

from evote.scenario.election import HeldElection, run
from evote.scenario.scenario import Scenario, draw

__all__ = ["HeldElection", "Scenario", "draw", "run"]
