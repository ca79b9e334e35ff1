"""Entries made anew: such as nobody should have posted, duly signed by whoever might, and other votes by voters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from evote.ballot.voter import Voter
from evote.crypto.elgamal import PublicKey
from evote.record import canonical
from evote.record.entries import Credential
from evote.record.manifest import decode_election
from tests.mutants import honest
from tests.mutants.sealing import Draft, Item, Tree, encode, tree_of

Inserted = tuple[str, Callable[[Draft], None], str, bool]


def inserted_mutants(draft: Draft) -> Iterator[Inserted]:
    """Yield name, edit, reason and absence for each entry, at each place where it might go."""
    closing = next(i for i, item in enumerate(draft.items) if item.kind == "closing")
    places = {"first": 1, "early": closing // 3, "voting": closing, "counting": closing + 1, "end": len(draft.items)}
    for name, author, body, reason in _entries(draft):
        for place, index in places.items():
            allowed = reason if place == "voting" else ""
            yield (
                f"inserted-{place}/{name}",
                partial(insert, index, Item(author, body, author, pinned=True)),
                allowed,
                False,
            )

    for index, item in enumerate(draft.items):
        if item.kind == "ballot":
            reason = honest.another_vote(draft.world, item.author.removeprefix("voter "))
            yield f"{index:02}-ballot/another-vote", partial(_vote_again, index), reason, False

    yield from _false_complaints(draft)


def _false_complaints(draft: Draft) -> Iterator[Inserted]:
    """Let each trustee complain, with the true secret, of a dealer whose box was good."""
    for index, item in enumerate(draft.items):
        if item.kind == "key-verdict" and item.body["attempt"] == 1:
            secrets = draft.world.box_secrets[int(item.author.removeprefix("trustee "))]
            for dealer, secret in enumerate(secrets, 1):
                said = {complaint["dealer"]: complaint for complaint in item.body["complaints"]}
                if dealer not in said:
                    said[dealer] = {"dealer": dealer, "secret": secret}
                    complaints = [said[number] for number in sorted(said)]
                    name = f"{index:02}-key-verdict/false-complaint-of-{dealer}"
                    yield name, partial(_complain, index, complaints), "", False


def _complain(index: int, complaints: list[Tree], draft: Draft) -> None:
    draft.items[index].body["complaints"] = complaints


def _vote_again(index: int, draft: Draft) -> None:
    """Let the voter seal another vote, in the same place."""
    item, voter = draft.items[index], draft.items[index].author.removeprefix("voter ")
    election = decode_election(encode(draft.election))
    joint = next(i.body["key"] for i in draft.items if i.kind == "key")
    roll = next(i.body["credentials"] for i in draft.items if i.kind == "roll")
    credentials = (canonical.decode(line, Credential) for line in draft.lists[roll])
    credential = next(c for c in credentials if c.voter == voter)
    key = PublicKey(election.algebra.decode(joint))
    device = Voter(election, key, credential, draft.world.keys.voters[voter])
    choices = {contest.id: [2] for contest in election.contests_of(credential.district)}
    item.body = tree_of(device.cast(choices, item.body["sequence"], item.body["previous"]).entry.body)


def insert(index: int, item: Item, draft: Draft) -> None:
    """Put an entry at a place."""
    draft.items.insert(index, Item(item.author, dict(item.body), item.signer, item.pinned))


def _entries(draft: Draft) -> Iterator[tuple[str, str, Tree, str]]:
    silent = min(draft.world.silent)
    yield from _by_registrar(silent)
    yield from _by_operator(draft)
    ballot = next(item for item in reversed(draft.items) if item.kind == "ballot")
    yield "a-ballot-by-a-silent-voter", f"voter {silent}", {**ballot.body, "sequence": 1, "previous": bytes(32)}, ""
    yield "an-empty-ballot", f"voter {silent}", {**ballot.body, "sequence": 1, "previous": bytes(32), "answers": []}, ""


def _by_registrar(silent: str) -> Iterator[tuple[str, str, Tree, str]]:
    def said(kind: str, voter: str) -> Tree:
        return {"kind": kind, "voter": voter, "reason": "inserted"}

    yield "revocation-of-a-silent-voter", "registrar", said("revocation", silent), honest.REVOKED_SILENT
    yield "revocation-of-a-stranger", "registrar", said("revocation", "nobody"), ""
    yield "revocation-twice", "registrar", said("revocation", "n1"), ""
    yield "revocation-of-a-voter-who-counts", "registrar", said("revocation", "s2"), ""
    yield "restoration-of-a-voter-who-counts", "registrar", said("restoration", "s2"), ""
    yield "restoration-of-a-revoked-voter", "registrar", said("restoration", "n1"), ""
    yield "restoration-of-a-stranger", "registrar", said("restoration", "nobody"), ""


def _by_operator(draft: Draft) -> Iterator[tuple[str, str, Tree, str]]:
    def last(kind: str) -> dict[str, Any]:
        return next(item.body for item in reversed(draft.items) if item.kind == kind)

    attempt = last("key")["attempt"]
    contest, unit = (last("decryption")[name] for name in ("contest", "unit"))
    ballot = last("ballot")["answers"][0]
    yield "restart-without-reason", "operator", {"kind": "key-restart", "attempt": attempt, "disqualified": []}, ""
    yield "restart-without-trustee-2", "operator", {"kind": "key-restart", "attempt": attempt, "disqualified": [2]}, ""
    raw = {"kind": "aggregate", "contest": ballot["contest"], "unit": unit, "ciphertexts": ballot["ciphertexts"]}
    yield "a-raw-ballot-as-aggregate", "operator", raw, ""
    yield "a-raw-ballot-as-aggregate-of-a-withheld-unit", "operator", {**raw, "unit": "south/old/x7"}, ""
    yield "an-aggregate-for-no-contest", "operator", {**raw, "contest": "none"}, ""
    yield "a-result-for-no-contest", "operator", {**last("result"), "contest": "none"}, ""
    share = last("decryption")
    yield "a-share-by-trustee-3", "trustee 3", share, ""
    yield "a-share-of-no-list", "trustee 1", {**share, "unit": "nowhere"}, ""
    yield "a-share-of-another-list", "trustee 1", {**share, "contest": contest, "input": bytes(range(32))}, ""
