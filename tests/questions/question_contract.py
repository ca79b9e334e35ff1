"""What every question type must keep. A plug-in inherits `QuestionContract` and fills in its data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, islice
from typing import ClassVar

import pytest

from evote.crypto.elgamal import PublicKey
from evote.crypto.group import Group, Scalar, group
from evote.crypto.pedersen import commit
from evote.crypto.prover import prove
from evote.crypto.range_proof import bit_weights
from evote.crypto.relation import Statement, Witness, decode_proof, proof_size
from evote.crypto.transcript import NativeTranscript
from evote.crypto.verifier import verify
from evote.errors import VerificationError
from evote.questions.option import Option
from evote.questions.question import Opening, Question, Route, Sealed

TOY = group("toy")
SECRET = 123456789
MANY = 12


def options(count: int) -> list[Option]:
    """Return so many options that have nothing but their names."""
    return [Option(id=f"option-{i}", name=f"Option {i}") for i in range(1, count + 1)]


class QuestionContract:
    """Inherit in a class named ``Test...`` for each instance of the question type that is worth testing.

    ``question`` is that instance; ``allowed`` the options that the voter may choose, by default all.
    ``selections`` are answers that are allowed, several of them; ``refused`` are answers that are not.
    ``malicious`` names exponents that no voter may get past the statements; ``unreadable`` names those that the
    statements leave open, so that `read` must call them invalid.
    """

    question: ClassVar[Question]
    allowed: ClassVar[Collection[int] | None] = None
    selections: ClassVar[Sequence[Sequence[int]]]
    refused: ClassVar[dict[str, Sequence[int]]]
    malicious: ClassVar[dict[str, Sequence[int]]] = {}
    unreadable: ClassVar[dict[str, Sequence[int]]] = {}

    group: ClassVar[Group] = TOY

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one test of each selection and each malicious answer."""
        cases = {
            "selection": {str(tuple(s)) or "blank": s for s in self.selections},
            "bad_selection": self.refused,
            "cheat": {**self.malicious, **self.unreadable},
        }
        for argument in cases.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(argument, list(cases[argument].values()), ids=list(cases[argument]))

    # --- what the tests do again and again ---

    @property
    def key(self) -> PublicKey:
        return PublicKey(self.group.generator ** self.group.scalar(SECRET))

    @property
    def options_allowed(self) -> Collection[int]:
        return range(1, self.question.options + 1) if self.allowed is None else self.allowed

    def canonical(self, selection: Sequence[int]) -> tuple[int, ...]:
        """Return the form in which `read` gives a selection back."""
        return tuple(selection) if self.question.ranked else tuple(sorted(selection))

    def opening(self, exponents: Sequence[int]) -> Opening:
        r = [self.group.scalar(1000 + i) for i in range(self.question.width)]
        s = [self.group.scalar(5000 + i) for i in range(self.question.commitments)]
        return Opening(exponents, r, s)

    def seal(self, exponents: Sequence[int]) -> Sealed:
        g, opening = self.group.generator, self.opening(exponents)
        pairs = zip(exponents, opening.randomness, strict=True)
        ciphertexts = tuple(self.key.encrypt(g ** self.group.scalar(m), r) for m, r in pairs)
        values = zip(self.committed(exponents), opening.blinding, strict=True)
        return Sealed(ciphertexts, tuple(commit(self.group, v, s) for v, s in values))

    def committed(self, exponents: Sequence[int]) -> tuple[int, ...]:
        """Return what a voter commits to; who cheats beyond what can be committed to, commits to an honest answer."""
        try:
            return self.question.committed(exponents)
        except ValueError:
            return self.question.committed(self.question.encode(self.selections[0]))

    def statements(self, exponents: Sequence[int]) -> list[Statement]:
        return self.question.statements(self.key, self.seal(exponents), self.options_allowed)

    def witnesses(self, exponents: Sequence[int]) -> list[Witness]:
        return self.question.witnesses(self.opening(exponents), self.options_allowed)

    def forged(self, _cheat: Sequence[int]) -> list[Witness]:
        """Return the best witnesses a cheat has; where their values do not depend on the answer, an honest voter's."""
        return self.witnesses(self.question.encode(self.selections[0]))

    def forged_range(self, v: int, rho: Scalar, blinding: Iterator[Scalar], m: int) -> list[Witness]:
        """Return openings of the bits of 0..m that were committed to, and a link that tells the truth: rho, and v."""
        weights = bit_weights(m)
        taken = list(islice(blinding, len(weights)))
        if not weights:
            return [Witness((rho,))]
        total = sum((s * w for w, s in zip(weights, taken, strict=True)), self.group.scalar(0))
        return [*(Witness((s,)) for s in taken), Witness((rho, self.group.scalar(v), total))]

    def provable(self, statement: Statement, witness: Witness) -> bool:
        proof = prove(statement, witness, NativeTranscript("test"))
        try:
            verify(statement, proof, NativeTranscript("test"))
        except VerificationError:
            return False
        return True

    # --- encoding ---

    def test_read_inverts_encode(self, selection: Sequence[int]) -> None:
        exponents = self.question.encode(selection)
        assert self.question.read(exponents) == self.canonical(selection)

    def test_exponents_are_as_many_as_said_and_within_the_bound(self, selection: Sequence[int]) -> None:
        exponents = self.question.encode(selection)
        assert len(exponents) == self.question.width
        assert 0 <= min(exponents) <= max(exponents) <= self.question.bound

    def test_different_selections_have_different_exponents(self) -> None:
        encoded = {self.canonical(s): self.question.encode(s) for s in self.selections}
        assert len(set(encoded.values())) == len(encoded) == len(self.selections)

    def test_refused_selections_are_not_encoded(self, bad_selection: Sequence[int]) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            self.question.encode(bad_selection)

    def test_it_is_answerable_where_something_can_be_chosen(self) -> None:
        n = self.question.options
        for k in range(n + 1):
            for allowed in (range(1, k + 1), range(n - k + 1, n + 1)):
                chosen = (s for size in range(1, k + 1) for s in combinations(allowed, size))
                assert self.question.answerable(allowed) == any(map(self.encodes, chosen))

    def encodes(self, selection: Sequence[int]) -> bool:
        try:
            return bool(self.question.encode(selection))
        except ValueError:
            return False

    def test_malicious_exponents_are_not_read(self, cheat: Sequence[int]) -> None:
        selection = self.question.read(cheat)
        assert selection is None or not set(selection) <= set(self.options_allowed)

    # --- statements ---

    def test_every_selection_can_be_proved(self, selection: Sequence[int]) -> None:
        exponents = self.question.encode(selection)
        statements, witnesses = self.statements(exponents), self.witnesses(exponents)
        assert statements
        for statement, witness in zip(statements, witnesses, strict=True):
            proof = prove(statement, witness, NativeTranscript("test"))
            verify(statement, decode_proof(statement, bytes(proof)), NativeTranscript("test"))

    def test_no_malicious_answer_can_be_proved(self, cheat: Sequence[int]) -> None:
        """Try each branch of each statement with the true randomness; some statement must withstand them all."""
        witnesses = self.forged(cheat)
        proved = [
            any(self.provable(statement, Witness(witness.values, i)) for i in range(len(statement.branches)))
            for statement, witness in zip(self.statements(cheat), witnesses, strict=True)
        ]
        assert all(proved) == (cheat in self.unreadable.values())

    def test_proofs_do_not_fit_another_answer(self, selection: Sequence[int]) -> None:
        mine = self.question.encode(selection)
        mine_read = self.canonical(selection)
        other = self.question.encode(next(s for s in self.selections if self.canonical(s) != mine_read))
        proofs = [
            prove(statement, witness, NativeTranscript("test"))
            for statement, witness in zip(self.statements(mine), self.witnesses(mine), strict=True)
        ]
        fitting = 0
        theirs = self.seal(other)
        fresh = [self.group.scalar(7 * 1009**i) for i in range(max(self.question.width, self.question.commitments))]
        sealed = Sealed(
            tuple(self.key.reencrypt(c, r) for c, r in zip(theirs.ciphertexts, fresh, strict=False)),
            tuple(p * commit(self.group, 0, r) for p, r in zip(theirs.commitments, fresh, strict=False)),
        )
        for statement, proof in zip(
            self.question.statements(self.key, sealed, self.options_allowed), proofs, strict=True
        ):
            try:
                verify(statement, proof, NativeTranscript("test"))
                fitting += 1
            except VerificationError:
                pass
        assert fitting == 0

    @pytest.mark.parametrize("change", [-1, 1])
    def test_another_number_of_ciphertexts_is_refused(self, change: int) -> None:
        sealed = self.seal(self.question.encode(self.selections[0]))
        row = sealed.ciphertexts
        wrong = Sealed(row + row[-1:] if change == 1 else row[:-1], sealed.commitments)
        with pytest.raises(ValueError, match=r"\w"):
            self.question.statements(self.key, wrong, self.options_allowed)

    @pytest.mark.parametrize("change", [-1, 1])
    def test_another_number_of_commitments_is_refused(self, change: int) -> None:
        sealed = self.seal(self.question.encode(self.selections[0]))
        if change == -1 and not sealed.commitments:
            return
        wrong = (*sealed.commitments, self.group.generator) if change == 1 else sealed.commitments[:-1]
        with pytest.raises(ValueError, match=r"\w"):
            self.question.statements(self.key, Sealed(sealed.ciphertexts, wrong), self.options_allowed)

    def test_how_long_proofs_are_depends_on_how_many_options_are_allowed(self) -> None:
        sealed, n = self.seal(self.question.encode(self.selections[0])), self.question.options
        for k in range(1, n + 1):
            first, last = range(1, k + 1), range(n - k + 1, n + 1)
            sizes = [list(map(proof_size, self.question.statements(self.key, sealed, a))) for a in (first, last)]
            assert sorted(sizes[0]) == sorted(sizes[1])

    # --- the mix road ---

    def test_a_row_is_read_as_the_selection(self, selection: Sequence[int]) -> None:
        """What is mixed has as many ciphertexts as said, holds small exponents, and reads as what was cast."""
        row = self.question.row(self.seal(self.question.encode(selection)).ciphertexts)
        assert len(row) == self.question.columns
        x = self.group.scalar(SECRET)
        table = {bytes(self.group.generator**m): m for m in range(self.question.bound + 1)}
        assert self.question.read_row([table[bytes(c.c2 / c.c1**x)] for c in row]) == self.canonical(selection)

    # --- the count ---

    def test_totals_of_honest_ballots(self) -> None:
        """Over every selection several times: the counts per option, and those who chose none."""
        if self.question.route is Route.MIX:
            with pytest.raises(TypeError):
                self.question.totals([0], 0)
            return
        cast = [s for number, s in enumerate(self.selections, 1) for _ in range(number)]
        sums = [sum(column) for column in zip(*(self.question.encode(s) for s in cast), strict=True)]
        counts = tuple(sum(list(s).count(option) for s in cast) for option in range(1, self.question.options + 1))
        found = self.question.totals(sums, len(cast))
        assert found is not None
        assert found[0] == counts
        assert found[1] in (0, sum(not s for s in cast))

    def test_totals_that_no_ballots_give(self) -> None:
        """Some option has more votes than so many ballots can give, or fewer than none."""
        if self.question.route is Route.MIX:
            return
        for position in range(self.question.width):
            for value in (MANY * self.question.bound + 1, -1):
                sums = [sum(c) for c in zip(*[self.question.encode(self.selections[0])] * MANY, strict=True)]
                assert self.question.totals(sums, MANY) is not None
                sums[position] = value
                assert self.question.totals(sums, MANY) is None

    # --- the definition ---

    def test_unknown_rules_are_refused(self) -> None:
        with pytest.raises(ValueError, match="no such rule"):
            type(self.question).from_rules(options(self.question.options), {"no such rule": 1})

    def test_it_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            self.question.options = 99  # type: ignore[misc]

    def test_no_options_are_no_question(self) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            type(self.question).from_rules([], {})
