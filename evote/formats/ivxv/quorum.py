"""Who decrypts together, and what they said: judged before anything is decrypted, and named where it is wrong.

Share j is f(j), the key y = g^f(0). From the share keys g^f(j) the joint key is multiplied together and compared with
the published one, so that the secret never exists. The dealer of IVXV publishes no commitments to f, hence of the
share keys alone can be told:

- a repeated index, and whose it is, always;
- of t shares that do not give the key, only that at least one is wrong;
- of more than t, which of them do not lie on one polynomial with t that give the key. That names the wrong ones
  unless two holders of wrong shares agreed on them so as to shift the blame.

Whatever follows is proved against the share keys, so a wrong partial decryption or response names its author.

Source: ``formats/IVXV.md`` 3; Shamir 1979; Chaum, Pedersen 1992; Lindell 2024 for commitments in two steps.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

from evote.crypto.batch import Batch
from evote.crypto.equation import Equation
from evote.crypto.group import Element, Scalar
from evote.crypto.relation import LinearRelation, Proof, bind, decode_proof
from evote.crypto.rows import Rows
from evote.crypto.threshold import lagrange
from evote.crypto.transcript import NativeTranscript, frame
from evote.crypto.vector import Vector
from evote.crypto.verifier import verify
from evote.errors import DecodeError, EvidenceMissing, VerificationError
from evote.formats.ivxv.decryptions import Decryption, Decryptions
from evote.formats.ivxv.keys import PublicKey
from evote.formats.ivxv.proof import Claim, proof_of
from evote.record.lists import list_digest
from evote.tally.decryption import share_statement

MAX_COMBINATIONS = 20_000  # of t announced shares that are tried; nine holders have at most 126


@dataclass(frozen=True, slots=True)
class Announcement:
    """A share's index and its share key g^f(index)."""

    index: int
    share_key: Element


@dataclass(frozen=True, slots=True)
class Quorum:
    """t holders whose shares give the key, by index, and the announced ones that are ``wrong`` beside theirs."""

    key: PublicKey
    share_keys: Mapping[int, Element]
    wrong: tuple[int, ...] = ()

    def weight(self, index: int) -> Scalar:
        """Return lambda_j modulo q."""
        delta, weights = lagrange(self.share_keys, self.key.group.order)
        return self.key.group.scalar(weights[index]) / delta


@dataclass(frozen=True, slots=True)
class Partial:
    """One holder's partial decryptions d = c1^f(index) of a list, and the proof of them all."""

    index: int
    shares: Vector
    proof: bytes


Commitments = Sequence[tuple[Element, Element]]  # for each claim A_j = c1^t and B_j = g^t


def interpolate(parts: Mapping[int, Element]) -> Element:
    """Return h^f(0) from h^f(j) for each index j: the product of ``parts[j] ** lambda_j``.

    The weights are short, so that this costs little; if they have a common denominator, one full power more.
    ``ValueError`` for indices that are not between 1 and the order less 1.
    """
    group = next(iter(parts.values())).group
    delta, weights = lagrange(parts, group.order)
    product = group.product_of_powers(list(parts.values()), [weights[j] for j in parts])
    return product if delta == 1 else group.product_of_powers([product], [pow(delta, -1, group.order)])


def find_quorum(key: PublicKey, announced: Iterable[Announcement], threshold: int) -> Quorum:
    """Return ``threshold`` of the holders whose share keys give the key; what else was announced wrongly is named.

    Of several such quorums it is the first of those with which most others agree; of the key all are sure. Raises
    ``VerificationError("ivxv.share.index")`` for a repeated index, ``VerificationError("ivxv.share.key")`` if no t
    shares give the published key, `EvidenceMissing` if fewer are announced.
    """
    held = list(announced)
    repeated = sorted(index for index, times in Counter(one.index for one in held).items() if times > 1)
    if repeated:
        raise VerificationError("ivxv.share.index", f"{_named(repeated)}: announced more than once")
    if not 1 <= threshold <= len(held):
        raise EvidenceMissing(f"{len(held)} shares announced where {threshold} are needed")
    share_keys = {one.index: one.share_key for one in sorted(held, key=lambda one: one.index)}
    found: list[Quorum] = []
    for chosen in islice(combinations(share_keys, threshold), MAX_COMBINATIONS):
        parts = {j: share_keys[j] for j in chosen}
        if interpolate(parts) == key.y:
            wrong = [j for j in share_keys if j not in parts and not _agrees(key, parts, j, share_keys[j])]
            found.append(Quorum(key, parts, tuple(wrong)))
            if not wrong:
                break
    if not found:
        raise VerificationError("ivxv.share.key", f"{_named(share_keys)}: {_unknown(len(held), threshold)}")
    return min(found, key=lambda quorum: len(quorum.wrong))


def _agrees(key: PublicKey, parts: Mapping[int, Element], index: int, share_key: Element) -> bool:
    """Tell whether the share lies on the polynomial of the parts: put in the place of one, it gives the key, too."""
    others = dict(list(parts.items())[1:])
    return interpolate({**others, index: share_key}) == key.y


def _unknown(count: int, threshold: int) -> str:
    if count == threshold:
        return "they do not give the published key; which is wrong cannot be told without another share"
    if comb(count, threshold) > MAX_COMBINATIONS:
        return f"none of the {MAX_COMBINATIONS} combinations tried gives the published key"
    return f"no {threshold} of them give the published key"


def partial_transcript(quorum: Quorum, index: int, rows: Rows, shares: Vector) -> NativeTranscript:
    """Return the transcript of the proof that one holder's partial decryptions are right."""
    transcript = NativeTranscript("ivxv partial decryption")
    transcript.append("key", quorum.key.encoded)
    transcript.append("index", str(index).encode())
    transcript.append("list", list_digest(rows.encoded), list_digest(shares.encodings()))
    return transcript


def partial_statement(
    quorum: Quorum, index: int, rows: Rows, shares: Vector
) -> tuple[LinearRelation, NativeTranscript]:
    """Return what a proof of partial decryptions proves, and the transcript that it goes on with."""
    transcript = partial_transcript(quorum, index, rows, shares)
    return share_statement(quorum.share_keys[index], rows, shares, transcript), transcript


def open_rows(quorum: Quorum, rows: Rows, partials: Iterable[Partial]) -> list[Element]:
    """Return the plaintext element of each ciphertext; every member's partial decryptions are verified first.

    Raises ``VerificationError("ivxv.share.decryption")`` with the index of the holder whose are wrong, ``ValueError``
    unless there is one `Partial` of each member.
    """
    held = {one.index: one for one in partials}
    if held.keys() != quorum.share_keys.keys():
        raise ValueError("one partial decryption of the list by each member, and by nobody else")
    for one in held.values():
        _check_partial(quorum, rows, one)
    columns = zip(*(one.shares.elements() for one in held.values()), strict=True)
    # m = c2 / prod_j d_j^lambda_j
    return [
        c2 / interpolate(dict(zip(held, d, strict=True))) for c2, d in zip(rows.all_c2.elements(), columns, strict=True)
    ]


def _check_partial(quorum: Quorum, rows: Rows, one: Partial) -> None:
    check, subject = "ivxv.share.decryption", f"share {one.index}"
    if len(one.shares) != len(rows):
        raise VerificationError(check, f"{subject}: not one for each ciphertext")
    try:
        statement, transcript = partial_statement(quorum, one.index, rows, one.shares)
        verify(statement, decode_proof(statement, one.proof), transcript, subject)
    except (DecodeError, VerificationError) as error:
        raise VerificationError(check, f"{subject}: {error}") from None


def seal_commitments(index: int, commitments: Commitments) -> bytes:
    """Return the hash that a holder shows before it sees the commitments of others, so that none depends on others'."""
    parts = [bytes(element) for pair in commitments for element in pair]
    return hashlib.sha256(frame(b"ivxv commitments") + b"".join(map(frame, [str(index).encode(), *parts]))).digest()


def check_seals(
    quorum: Quorum, count: int, seals: Mapping[int, bytes], opened: Mapping[int, Commitments]
) -> list[tuple[Element, Element]]:
    """Return the joint commitments A = prod_j A_j and B = prod_j B_j of ``count`` claims.

    Raises ``VerificationError("ivxv.share.commitment")``, which names the holder, for commitments other than sealed.
    """
    joint: list[tuple[Element, Element]] = []
    for index in quorum.share_keys:
        held = opened.get(index, ())
        if len(held) != count or seals.get(index) != seal_commitments(index, held):
            raise VerificationError("ivxv.share.commitment", f"share {index}: not the commitments that it sealed")
        joint = [(a * a_j, b * b_j) for (a, b), (a_j, b_j) in zip(joint, held, strict=True)] if joint else list(held)
    return joint


def challenge(claim: Claim, commitments: tuple[Element, Element]) -> int:
    """Return the k that the proof with these joint commitments has."""
    transcript = claim.transcript()
    bind(claim.relation(), transcript)
    transcript.append("commitment", *commitments)
    return transcript.challenge("challenge", claim.key.group.challenge_bits)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the members showed of their commitments, and answered, by index."""

    seals: Mapping[int, bytes]
    opened: Mapping[int, Commitments]
    responses: Mapping[int, Sequence[Scalar]]


def join(quorum: Quorum, claims: Sequence[Claim], answers: Answers, shares: Mapping[int, Vector]) -> list[Proof]:
    """Return a proof of each claim, checked; ``shares`` are the partial decryptions of their ciphertexts, by member.

    A = prod A_j, B = prod B_j, s = sum z_j, where z_j = t_j + k lambda_j f(j). Raises
    ``VerificationError("ivxv.share.response")``, which names the holder whose response is wrong, or as `check_seals`.
    """
    joint = check_seals(quorum, len(claims), answers.seals, answers.opened)
    for j in quorum.share_keys:
        if len(answers.responses.get(j, ())) != len(claims):
            raise VerificationError("ivxv.share.response", f"share {j}: not one for each claim")
    columns = zip(*(answers.responses[j] for j in quorum.share_keys), strict=True)
    made = [_decryption(*one) for one in zip(claims, joint, columns, strict=True)]
    if made and not _hold(quorum.key, made):
        wrong = [j for j in quorum.share_keys if not _answered(quorum, j, made, answers, shares[j].elements())]
        who = f"{_named(wrong)}: not what the challenge asks" if wrong else "no share: a claim is false"
        raise VerificationError("ivxv.share.response", who)
    return [proof_of(one.a, one.b, one.s) for one in made]


def _decryption(claim: Claim, commitments: tuple[Element, Element], responses: tuple[Scalar, ...]) -> Decryption:
    c1, c2, s = claim.ciphertext.c1, claim.ciphertext.c2, int(sum(responses[1:], responses[0]))
    return Decryption(c1, c2, claim.plaintext.element, *commitments, s, challenge(claim, commitments))


def _hold(key: PublicKey, made: list[Decryption]) -> bool:
    batch = Batch(os.urandom(32))
    batch.add([Decryptions(key, made)], "ivxv.decryption", "")
    try:
        batch.check()
    except VerificationError:
        return False
    return True


def _answered(quorum: Quorum, j: int, made: list[Decryption], answers: Answers, shares: list[Element]) -> bool:
    """Tell whether c1^z = A_j d_j^(k lambda_j) and g^z = B_j Y_j^(k lambda_j) for each proof."""
    g, share_key, weight = quorum.key.group.generator, quorum.share_keys[j], quorum.weight(j)
    for one, (a, b), d, z in zip(made, answers.opened[j], shares, answers.responses[j], strict=True):
        exponents = int(z), -1, -int(weight * one.k)
        if not (Equation((one.c1, a, d), exponents).holds() and Equation((g, b, share_key), exponents).holds()):
            return False
    return True


def _named(indices: Iterable[int]) -> str:
    held = list(indices)
    return f"share{'s' * (len(held) != 1)} {', '.join(map(str, held))}"
