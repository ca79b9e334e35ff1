"""A question says what may be answered and what must be true of a sealed answer; it neither proves nor verifies.

A new question type is one new file: a subclass of `Question`, registered under ``evote.questions``. Options are
numbered from 1 in the order of the definition. A selection is a sequence of such numbers: in order of preference where
the question ranks, with as many repetitions as points where it gives points, empty for a blank vote. It is sealed as
exponents m_i, one ciphertext (g^r, g^m_i y^r) for each; beside them stand Pedersen commitments g^v h^s if the proofs
need them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NoReturn, Self

from evote.crypto.elgamal import Ciphertext, PublicKey, Row
from evote.crypto.group import Element, Scalar
from evote.crypto.relation import Statement, Witness
from evote.questions.option import Option, Rule
from evote.registry import registered, registered_names


class Route(Enum):
    """The road from ballots to a result: a sum, a list of single answers, or whether a sum reaches a threshold."""

    AGGREGATE = "aggregate"
    MIX = "mix"
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An answer as it stands in a ballot."""

    ciphertexts: Row
    commitments: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """What an answer seals, for the device that sealed it. It does not print, pickle or compare.

    ``randomness`` are the r of the ciphertexts, ``blinding`` the s of the commitments.
    """

    exponents: Sequence[int] = field(repr=False)
    randomness: Sequence[Scalar] = field(repr=False)
    blinding: Sequence[Scalar] = field(default=(), repr=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("an opening is neither pickled nor copied")


class Question(ABC):
    """What a question type must offer, and what it may; instances are frozen and cannot be built wrong."""

    __slots__ = ()

    options: int

    @classmethod
    @abstractmethod
    def from_rules(cls, options: Sequence[Option], rules: Mapping[str, Rule]) -> Self:
        """Build from the definition's options and ``rules``; ``ValueError`` names what is wrong with them."""

    @property
    @abstractmethod
    def route(self) -> Route:
        """The road that answers take."""

    @property
    @abstractmethod
    def width(self) -> int:
        """The number of ciphertexts in an answer."""

    @property
    @abstractmethod
    def bound(self) -> int:
        """The largest exponent that a ciphertext of a valid answer, or of its `row`, seals."""

    def answerable(self, allowed: Collection[int]) -> bool:
        """Tell whether a voter who may choose from ``allowed`` can give an answer that chooses something."""
        return bool(allowed)

    @abstractmethod
    def encode(self, selection: Sequence[int]) -> tuple[int, ...]:
        """Return the exponents that seal a selection; ``ValueError`` if it is not allowed."""

    @abstractmethod
    def read(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return the selection that `encode` turns into these exponents, or None if there is none."""

    @abstractmethod
    def statements(self, key: PublicKey, sealed: Sealed, allowed: Collection[int]) -> list[Statement]:
        """Return what must be true of an answer by a voter who may choose from ``allowed``.

        How long their proofs are depends on how many options are allowed, and not on which, nor on what is sealed.
        ``ValueError`` for another number of ciphertexts or commitments than the question has.
        """

    @abstractmethod
    def witnesses(self, opening: Opening, allowed: Collection[int]) -> list[Witness]:
        """Return why the `statements` are true, in the same order; ``ValueError`` if they are not."""

    def totals(self, _sums: Sequence[int], _ballots: int, /) -> tuple[tuple[int, ...], int] | None:
        """Return counts per option and blanks from the sums of all answers, or None if ballots cannot give them.

        Only for Route.AGGREGATE.
        """
        raise TypeError("answers to this question are read one by one, never summed")

    # --- commitments, for proofs that need them ---

    @property
    def commitments(self) -> int:
        """The number of commitments beside the ciphertexts."""
        return 0

    def committed(self, _exponents: Sequence[int], /) -> tuple[int, ...]:
        """Return the values v that an honest answer commits to."""
        return ()

    # --- the road of which only a test is told ---

    @property
    def times(self) -> tuple[str, ...]:
        """The names of the times at which the threshold is tested, in order."""
        return ()

    # --- the mix road, where what is mixed need not be what was cast ---

    @property
    def ranked(self) -> bool:
        """Whether the order of a selection is an order of preference; the first then gets the vote."""
        return False

    @property
    def columns(self) -> int:
        """The number of ciphertexts that an answer adds to its list; if it is `width`, they are the answer's own."""
        return self.width

    def row(self, ciphertexts: Row, /) -> Row:
        """Return the ciphertexts that an answer adds to its list, which anybody computes from its own."""
        return ciphertexts

    def read_row(self, exponents: Sequence[int]) -> tuple[int, ...] | None:
        """Return the selection behind the exponents of a `row`, or None if it is invalid."""
        return self.read(exponents)


def check_form(question: Question, sealed: Sealed) -> Sequence[Ciphertext]:
    """Return the ciphertexts of an answer; ``ValueError`` unless it has as many parts as the question says."""
    if (len(sealed.ciphertexts), len(sealed.commitments)) != (question.width, question.commitments):
        raise ValueError(f"an answer has {question.width} ciphertexts and {question.commitments} commitments")
    return sealed.ciphertexts


def place(values: Sequence[int], exponent: int) -> int:
    """Return where ``exponent`` stands among the values that a voter may seal; ``ValueError`` if it does not."""
    if exponent not in values:
        raise ValueError("an option that is not allowed to this voter")
    return values.index(exponent)


def question_type(name: str) -> type[Question]:
    """Return the registered question type of that name; ``ValueError`` if there is none, or more than one."""
    found: type[Question] = registered("evote.questions", name)
    return found


def question_names() -> list[str]:
    """Return the names of all registered question types."""
    return registered_names("evote.questions")
