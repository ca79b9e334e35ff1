"""A box is opened by t of n shares that never meet, and whoever is wrong is named."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evote.crypto.relation import Proof
from evote.crypto.rows import Rows
from evote.crypto.vector import Vector
from evote.errors import EvidenceMissing, Refused, VerificationError
from evote.formats.ivxv import official
from evote.formats.ivxv import quorum as quorum_module
from evote.formats.ivxv.box.anonymous import Vote
from evote.formats.ivxv.ciphertext import decode_ciphertext, encode_ciphertext
from evote.formats.ivxv.decryptor import NOT_LISTED, Opened, assemble, open_box, prove_claims
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.private_key import read_private_key
from evote.formats.ivxv.proof import Claim, encode_proof
from evote.formats.ivxv.proof_file import check_proofs
from evote.formats.ivxv.quorum import (
    Announcement,
    Answers,
    Partial,
    find_quorum,
    interpolate,
    join,
    open_rows,
)
from evote.formats.ivxv.reasons import Reason
from evote.formats.ivxv.share_holder import ShareHolder
from tests.formats.ivxv.elections import HERE, KINDS, Small, deal, small
from tests.formats.ivxv.vectors import GROUPS, OFFICIAL, entry, official_key, unhex
from tests.formats.ivxv.vectors import official as vector


def opened(made: Small, votes: list[Vote], threshold: int = 3, **options: Any) -> list[Opened]:
    quorum, members = assemble(made.key, made.holders, threshold)
    return list(open_box(quorum, members, made.reading, votes, **options))


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_is_opened_and_its_proofs_hold(kind: str) -> None:
    made = small(kind)
    generation = made.reading.definitions.generation
    votes = made.votes()
    found = opened(made, votes)
    assert [one.vote for one in found] == votes
    assert [one.code for one in found] == ["0164.101", "0164.102", "0296.101", None, None]
    assert [one.reason for one in found] == ["", "", "", NOT_LISTED, Reason.MALFORMED.value]
    entries = []
    for one in found[:3]:
        assert one.claim is not None
        assert one.proof is not None
        message, proof = one.claim.plaintext.message(generation), encode_proof(one.proof)
        entries.append(entry(one.vote.ciphertext, message, proof))
        verdict = official.check_proof(made.key, generation, one.vote.ciphertext, message, proof)
        assert verdict is official.ProofVerdict.VALID
    assert [one.refusal for one in check_proofs(made.key, generation, entries)] == [None] * 3
    assert [one.proof for one in found[3:]] == [None, None]


@pytest.mark.parametrize(
    ("threshold", "indices"), [(1, [1]), (1, [7]), (2, [2, 5]), (3, [9, 4, 2**31]), (4, [1, 2, 3, 4, 6])]
)
@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_any_threshold_and_indices(threshold: int, indices: list[int], chunk: int) -> None:
    made = small("G1 toy", threshold=threshold, indices=indices)
    found = opened(made, made.votes(), threshold, chunk=chunk)
    assert [one.code for one in found] == ["0164.101", "0164.102", "0296.101", None, None]


def test_an_empty_box() -> None:
    assert opened(small("G1 toy"), []) == []


@pytest.mark.parametrize("group", GROUPS)
def test_official_shares_open_official_ciphertexts(group: str) -> None:
    """The vectors' shares give the vectors' key, and what they decrypt is what the official programs decrypted."""
    key = official_key(group)
    shares = {j: read_private_key((OFFICIAL / group / f"share-{j}.der").read_bytes()) for j in (1, 3, 4, 5)}
    quorum, members = assemble(key, [ShareHolder(*one) for one in shares.items()], vector(group, "key")["threshold"])
    assert quorum.wrong == ()
    cases = [case for case in vector(group, "encrypt") if case.get("decrypted_hex")]
    rows = Rows.of(key.group, 1, [(decode_ciphertext(key.group, unhex(case["ciphertext_der"])),) for case in cases])
    elements = open_rows(quorum, rows, [member.decrypt(quorum, rows) for member in members])
    plaintexts = [Plaintext.decrypted(Generation.G1, element) for element in elements]
    assert [one.text for one in plaintexts] == [unhex(case["decrypted_hex"]) for case in cases] != []
    claim = Claim(key, rows.decoded()[0][0], plaintexts[0])
    (proof,) = prove_claims(quorum, members, [claim], {j: Vector.of(key.group, []) for j in quorum.share_keys})
    parts = encode_ciphertext(claim.ciphertext), cases[0]["message"], encode_proof(proof)
    assert official.check_proof(key, Generation.G1, *parts) is official.ProofVerdict.VALID


# --- which shares are wrong ---


def announced(made: Small) -> list[Announcement]:
    return [holder.announce(made.key) for holder in made.holders]


def off(one: Announcement) -> Announcement:
    """Return an announcement with an error of its own, so that errors do not cancel out."""
    return replace(one, share_key=one.share_key * one.share_key.group.generator ** (7 + one.index**5))


FOUND: dict[str, tuple[list[int], tuple[int, ...], tuple[int, ...]]] = {
    # wrong ones among the shares 1 to 5 with t = 3: who is chosen, who is named
    "none": ([], (1, 2, 3), ()),
    "one beside": ([5], (1, 2, 3), (5,)),
    "one among the first": ([2], (1, 3, 4), (2,)),
    "two": ([1, 4], (2, 3, 5), (1, 4)),
}


@pytest.mark.parametrize(("wrong", "members", "named"), FOUND.values(), ids=FOUND)
def test_wrong_shares_are_named(wrong: list[int], members: tuple[int, ...], named: tuple[int, ...]) -> None:
    made = small("G1 toy")
    held = [off(one) if one.index in wrong else one for one in announced(made)]
    quorum = find_quorum(made.key, held, 3)
    assert (tuple(quorum.share_keys), quorum.wrong) == (members, named)


def test_a_quorum_with_more_agreement_is_preferred() -> None:
    """Shares 1 and 2, wrong together so that with 3 they give the key: 3, 4 and 5 still agree with nobody else."""
    made = small("G1 toy", indices=range(1, 7))
    held = announced(made)
    g = made.key.group.generator
    # lambda_1 e_1 + lambda_2 e_2 = 0 with weights 3 and -3 for the indices 1, 2, 3
    held[0] = replace(held[0], share_key=held[0].share_key * g)
    held[1] = replace(held[1], share_key=held[1].share_key * g)
    assert interpolate({one.index: one.share_key for one in held[:3]}) == made.key.y
    quorum = find_quorum(made.key, held, 3)
    assert (tuple(quorum.share_keys), quorum.wrong) == ((3, 4, 5), (1, 2))


REFUSED: dict[str, tuple[Callable[[list[Announcement]], list[Announcement]], str]] = {
    "an index twice": (lambda held: [*held[:3], held[1]], "ivxv.share.index: share 2: announced more than once"),
    "an index twice, differently": (
        lambda held: [*held[:3], off(held[0]), held[2]],
        "ivxv.share.index: shares 1, 3: announced more than once",
    ),
    "one wrong of just enough": (
        lambda held: [held[0], off(held[1]), held[2]],
        "ivxv.share.key: shares 1, 2, 3: they do not give the published key; which is wrong cannot be told",
    ),
    "too many wrong": (
        lambda held: [off(held[0]), off(held[1]), off(held[2]), held[3], held[4]],
        "ivxv.share.key: shares 1, 2, 3, 4, 5: no 3 of them give the published key",
    ),
    "indices exchanged": (
        lambda held: [replace(held[0], index=2), replace(held[1], index=1), held[2]],
        "ivxv.share.key: shares 1, 2, 3: they do not give",
    ),
}


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_shares_that_do_not_give_the_key_are_refused(
    change: Callable[[list[Announcement]], list[Announcement]], message: str
) -> None:
    made = small("G1 toy")
    with pytest.raises(VerificationError, match=message):
        find_quorum(made.key, change(announced(made)), 3)


def test_a_search_that_ends_early_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made = small("G1 toy")
    monkeypatch.setattr(quorum_module, "MAX_COMBINATIONS", 1)
    assert tuple(find_quorum(made.key, announced(made), 3).share_keys) == (1, 2, 3)
    first, *others = announced(made)
    with pytest.raises(VerificationError, match="none of the 1 combinations tried gives the published key"):
        find_quorum(made.key, [off(first), *others], 3)


def test_too_few_shares() -> None:
    made = small("G1 toy")
    with pytest.raises(EvidenceMissing, match="2 shares announced where 3 are needed"):
        find_quorum(made.key, announced(made)[:2], 3)


def test_a_share_of_another_election_is_named() -> None:
    made, other = small("G1 P-384"), small("G3")
    with pytest.raises(VerificationError, match=r"ivxv.share.parameters: share 1"):
        other.holders[0].announce(made.key)


def test_no_holder_helps_a_quorum_that_it_is_not_in() -> None:
    made = small("G1 toy")
    quorum, members = assemble(made.key, made.holders, 3)
    rows = Rows.of(made.key.group, 1, [])
    with pytest.raises(Refused, match="share 4 is not in this quorum"):
        made.holders[3].decrypt(quorum, rows)
    share_keys = {**quorum.share_keys, 1: quorum.share_keys[2]}
    with pytest.raises(Refused, match="share 1 is not in this quorum"):
        members[0].begin(replace(quorum, share_keys=share_keys), [])


def test_the_key_is_compared_before_anything_is_decrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    made = small("G1 toy")
    key, _ = deal(made.key.parameters, [77], [1])
    monkeypatch.setattr(ShareHolder, "decrypt", lambda *_: pytest.fail("decrypted"))
    with pytest.raises(VerificationError, match=r"ivxv\.share\.key"):
        assemble(key, made.holders, 3)


# --- who is wrong later ---


class Ceremony:
    """A quorum with the votes that count of a small box, step by step."""

    def __init__(self) -> None:
        self.made = small("G1 toy")
        self.quorum, self.members = assemble(self.made.key, self.made.holders, 3)
        group = self.made.key.group
        held = [decode_ciphertext(group, vote.ciphertext) for vote in self.made.votes()[:3]]
        self.rows = Rows.of(group, 1, [(one,) for one in held])
        self.partials = [member.decrypt(self.quorum, self.rows) for member in self.members]
        elements = open_rows(self.quorum, self.rows, self.partials)
        plaintexts = [self.made.reading.read(HERE.district, element)[0] for element in elements]
        self.claims = [Claim(self.made.key, *pair) for pair in zip(held, plaintexts, strict=True)]
        self.sessions = {member.index: member.begin(self.quorum, self.claims) for member in self.members}
        self.seals = {j: session.seal() for j, session in self.sessions.items()}

    def join(self, answers: Answers) -> list[Proof]:
        return join(self.quorum, self.claims, answers, {one.index: one.shares for one in self.partials})

    def answers(self) -> Answers:
        opened = {j: session.open(self.seals) for j, session in self.sessions.items()}
        return Answers(self.seals, opened, {j: session.respond(opened) for j, session in self.sessions.items()})


def test_proofs_made_apart_are_proofs() -> None:
    ceremony = Ceremony()
    proofs = ceremony.join(ceremony.answers())
    assert all(
        equation.holds()
        for claim, proof in zip(ceremony.claims, proofs, strict=True)
        for equation in claim.equations(proof)
    )


def shifted(vector: Vector) -> Vector:
    first, *others = vector.elements()
    return Vector.of(vector.group, [first * vector.group.generator, *others])


PARTIALS: dict[str, Callable[[Partial], Partial]] = {
    "a wrong partial decryption": lambda one: replace(one, shares=shifted(one.shares)),
    "partial decryptions exchanged": lambda one: replace(
        one, shares=Vector.of(one.shares.group, one.shares.elements()[::-1])
    ),
    "one too few": lambda one: replace(one, shares=one.shares.cut(0, 2)),
    "no member of the group": lambda one: replace(
        one, shares=Vector(one.shares.group, bytes(len(one.shares.data)), "share")
    ),
    "no proof": lambda one: replace(one, proof=b""),
    "another proof": lambda one: replace(one, proof=one.proof[:-1] + bytes([one.proof[-1] ^ 1])),
}


@pytest.mark.parametrize("change", PARTIALS.values(), ids=PARTIALS)
def test_wrong_partial_decryptions_name_their_author(change: Callable[[Partial], Partial]) -> None:
    ceremony = Ceremony()
    first, second, third = ceremony.partials
    with pytest.raises(VerificationError, match=r"ivxv\.share\.decryption: share 2: "):
        open_rows(ceremony.quorum, ceremony.rows, [first, change(second), third])


def test_a_proof_of_partial_decryptions_is_bound_to_its_author_and_list() -> None:
    ceremony = Ceremony()
    first, second, third = ceremony.partials
    with pytest.raises(VerificationError, match="share 2"):
        open_rows(ceremony.quorum, ceremony.rows, [first, replace(first, index=2), third])
    other = Rows.of(ceremony.rows.group, 1, ceremony.rows.decoded()[::-1])
    with pytest.raises(VerificationError, match="share 1"):
        open_rows(ceremony.quorum, other, ceremony.partials)
    with pytest.raises(ValueError, match="by each member"):
        open_rows(ceremony.quorum, ceremony.rows, [first, second])


def more(answers: Answers, j: int, number: int) -> Answers:
    held = list(answers.responses[j])
    held[number] += 1
    return replace(answers, responses={**answers.responses, j: held})


ANSWERS: dict[str, tuple[Callable[[Answers], Answers], str]] = {
    "a wrong response": (lambda held: more(held, 3, 1), r"ivxv\.share\.response: share 3: not what"),
    "two wrong responses that cancel out in the sum are none": (
        lambda held: more(more(held, 1, 0), 2, 2),
        r"ivxv\.share\.response: shares 1, 2: not what",
    ),
    "a response too few": (
        lambda held: replace(held, responses={**held.responses, 2: held.responses[2][:2]}),
        r"ivxv\.share\.response: share 2: not one for each claim",
    ),
    "no responses": (
        lambda held: replace(held, responses={1: held.responses[1]}),
        r"ivxv\.share\.response: share 2: not one for each claim",
    ),
    "other commitments than sealed": (
        lambda held: replace(held, opened={**held.opened, 1: held.opened[2]}),
        r"ivxv\.share\.commitment: share 1: ",
    ),
    "no commitments": (
        lambda held: replace(held, opened={j: held.opened[j] for j in (1, 2)}),
        r"ivxv\.share\.commitment: share 3: ",
    ),
}


@pytest.mark.parametrize(("change", "message"), ANSWERS.values(), ids=ANSWERS)
def test_wrong_answers_name_their_author(change: Callable[[Answers], Answers], message: str) -> None:
    ceremony = Ceremony()
    with pytest.raises(VerificationError, match=message):
        ceremony.join(change(ceremony.answers()))


def test_a_claim_that_is_false_is_not_proved() -> None:
    """The members answer, but what comes out does not hold, and none of them is to blame."""
    ceremony = Ceremony()
    first, second, third = ceremony.claims
    ceremony.claims = [replace(first, plaintext=second.plaintext), second, third]
    ceremony.sessions = {one.index: one.begin(ceremony.quorum, ceremony.claims) for one in ceremony.members}
    ceremony.seals = {j: session.seal() for j, session in ceremony.sessions.items()}
    with pytest.raises(VerificationError, match="no share: a claim is false"):
        ceremony.join(ceremony.answers())


def test_commitments_are_shown_when_all_have_sealed_theirs() -> None:
    ceremony = Ceremony()
    session = ceremony.sessions[1]
    with pytest.raises(Refused, match="when every member has sealed"):
        session.open({1: ceremony.seals[1]})
    session.open(ceremony.seals)
    with pytest.raises(Refused, match="shown once"):
        session.open(ceremony.seals)


def test_nonces_answer_once_and_only_what_was_sealed() -> None:
    ceremony = Ceremony()
    opened = {j: session.open(ceremony.seals) for j, session in ceremony.sessions.items()}
    session = ceremony.sessions[1]
    for false in ({**opened, 2: opened[3]}, {1: opened[1]}):
        with pytest.raises(VerificationError, match=r"ivxv\.share\.commitment: share 2"):
            session.respond(false)
    session.respond(opened)
    with pytest.raises(Refused, match="nonces answer once"):
        session.respond(opened)
    with pytest.raises(VerificationError):
        Ceremony().sessions[1].respond(opened)


def test_nonces_are_fresh_even_for_one_ciphertext() -> None:
    ceremony = Ceremony()
    (one, *_) = ceremony.claims
    session = ceremony.members[0].begin(ceremony.quorum, [one, one])
    (first, second) = session.open(dict.fromkeys(ceremony.quorum.share_keys, b""))
    assert first != second


def test_holders_and_sessions_do_not_print_or_pickle() -> None:
    ceremony = Ceremony()
    for held in (ceremony.members[0], ceremony.sessions[1]):
        assert repr(held) == f"<{type(held).__name__}: secret>"
        with pytest.raises(TypeError):
            pickle.dumps(held)
        with pytest.raises(TypeError):
            copy.copy(held)
    with pytest.raises(ValueError, match="begin with 1"):
        ShareHolder(0, read_private_key((OFFICIAL / "toy256" / "share-1.der").read_bytes()))
