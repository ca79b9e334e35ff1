"""Entries about a petition that nobody should have posted: tests at other times, and every other way to its count."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.mutants.inserted import Inserted, insert
from tests.mutants.sealing import Draft, Item, Tree


def petition_mutants(draft: Draft) -> Iterator[Inserted]:
    """Yield name, edit, reason and absence for each entry, at each place where it might go."""
    kinds = [item.kind for item in draft.items]
    tests = [index for index, kind in enumerate(kinds) if kind == "threshold-test"]
    if not tests:
        return
    closing, end = kinds.index("closing"), len(kinds)
    under_way = end - kinds[::-1].index("threshold-proof") - 1
    places = {"early": tests[0], "voting": closing, "counting": closing + 1, "under-way": under_way, "end": end}
    for name, author, body in _entries(draft):
        for place, index in places.items():
            item = Item(author, body, author, pinned=True)
            yield f"inserted-{place}/{name}", partial(insert, index, item), "", False


def _entries(draft: Draft) -> Iterator[tuple[str, str, Tree]]:
    def last(kind: str) -> dict[str, Any]:
        return next(item.body for item in reversed(draft.items) if item.kind == kind)

    test, share, result = last("threshold-test"), last("threshold-share"), last("result")
    place = {"contest": test["contest"], "unit": "all"}
    yield "a-test-at-no-time", "operator", {**test, "time": "summer"}
    yield "a-second-test-in-spring", "operator", {**test, "time": "spring"}
    yield "a-second-test-at-closing", "operator", test
    yield "a-test-of-one-ballot", "operator", {**test, "aggregate": last("ballot")["answers"][0]["ciphertexts"][0]}
    yield "a-share-by-trustee-3", "trustee 3", share
    yield "a-second-share", "trustee 2", share
    yield "a-proof-by-trustee-3", "trustee 3", last("threshold-proof")
    yield "a-second-proof", "trustee 1", last("threshold-proof")
    yield "an-aggregate", "operator", {"kind": "aggregate", **place, "ciphertexts": [test["aggregate"]]}
    decryption = {"input": bytes(32), "shares": last("roll")["credentials"], "proof": share["proof"]}
    yield "a-decryption", "trustee 1", {"kind": "decryption", **place, **decryption}
    yield "a-result-with-counts", "operator", {**result, "counts": [2]}
