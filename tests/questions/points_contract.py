"""What every question that gives points must keep, beyond `QuestionContract`: a cheat commits to what suits best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import ClassVar

import pytest

from evote.crypto.range_proof import bit_weights
from evote.crypto.relation import Witness
from evote.questions.points import Points
from tests.questions.question_contract import QuestionContract


class PointsContract(QuestionContract):
    """Inherit beside `QuestionContract`'s data; the cheat's links say what is true, its bits what is allowed."""

    question: ClassVar[Points]

    def forged(self, cheat: Sequence[int]) -> list[Witness]:
        """Return the openings of the bits that were committed to, and links that tell the truth about the rest."""
        q, opening = self.question, self.opening(cheat)
        blinding, found = iter(opening.blinding), list[Witness]()
        for option, (x, r) in enumerate(zip(cheat, opening.randomness, strict=True), 1):
            if bit_weights(q.maximum) or option in self.options_allowed:
                found += self.forged_range(x, r, blinding, q.maximum)
            if option not in self.options_allowed:
                found.append(Witness((r,)))
        if q.cap is not None:
            rho = sum((r * p for p, r in zip(q.prices, opening.randomness, strict=True)), self.group.scalar(0))
            found += self.forged_range(q._spent(cheat), rho, blinding, q.cap)
        return found

    def test_a_cheat_who_does_not_cheat_is_believed(self) -> None:
        """The forger is as strong as it says: what it makes of an honest answer can be proved."""
        honest = self.question.encode(self.selections[-1])
        for statement, witness in zip(self.statements(honest), self.forged(honest), strict=True):
            assert any(self.provable(statement, Witness(witness.values, i)) for i in range(len(statement.branches)))

    def test_read_and_encode_admit_the_same(self) -> None:
        """Over all points at the edges of their range, up to one too many."""
        edges = {0, 1, 2, self.question.maximum, self.question.maximum + 1}
        for points in product(sorted(edges), repeat=self.question.options):
            selection = [option for option, x in enumerate(points, 1) for _ in range(x)]
            read = self.question.read(points)
            if read is None:
                with pytest.raises(ValueError, match=r"at most|more than"):
                    self.question.encode(selection)
            else:
                assert (read, self.question.encode(selection)) == (tuple(selection), points)
