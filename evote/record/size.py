"""How long the line of a ballot can be: the definition settles it, so nobody need cast a ballot to find it too long.

The parts of an answer are as long as its question and group say, whatever is sealed in them. So its proofs are measured
on the statements about an answer whose elements are all the identity, which cost products and hardly a power.
"""

from collections.abc import Collection, Mapping

from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import Group
from evote.crypto.relation import proof_size
from evote.questions.question import Question, Sealed
from evote.record.canonical import MAX_LINE
from evote.record.entries import MAX_SEQUENCE, MAX_VOTER, Answer, Ballot, Entry

LONGEST_AUTHOR = f"voter {'x' * MAX_VOTER}"


def answer_size(question: Question, group: Group, allowed: Collection[int]) -> int:
    """Return the bytes of a ballot's line that the parts of an answer take, with their quotes and commas.

    If ciphertexts and commitments alone do not fit a line, proofs are not counted.
    """
    one = group.identity
    sealed = (question.width, 2 * group.element_size), (question.commitments, group.element_size)
    size = sum(_array_size(count, count * _text_size(length)) for count, length in sealed)
    if size > MAX_LINE:
        return size
    answer = Sealed((Ciphertext(one, one),) * question.width, (one,) * question.commitments)
    statements = question.statements(PublicKey(group.generator), answer, allowed)
    return size + _array_size(len(statements), sum(_text_size(proof_size(statement)) for statement in statements))


def ballot_size(answers: Mapping[str, int]) -> int:
    """Return the bytes of a ballot's line, by the contests' ids and the sizes of the answers.

    It is that of the last ballot of the longest pseudonym; no ballot with these answers is longer.
    """
    empty = tuple(Answer(contest=contest, ciphertexts=(), proofs=()) for contest in answers)
    ballot = Ballot(sequence=MAX_SEQUENCE, previous=Ballot.FIRST, answers=empty)
    return len(bytes(Entry(author=LONGEST_AUTHOR, body=ballot, signature=bytes(64)))) + sum(answers.values())


def _text_size(length: int) -> int:
    """Return the length of so many bytes as base64 in quotes."""
    return 2 + 4 * ((length + 2) // 3)


def _array_size(count: int, texts: int) -> int:
    """Return the length of texts in an array, without its brackets."""
    return texts + max(count - 1, 0)
