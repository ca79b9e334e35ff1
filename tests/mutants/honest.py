"""What an honest author might have said instead: the changes that no verifier can, or should, refuse.

Each rule gives its reason in words, or "" where there is none. It is a rule about the record, stated before any
verifier is asked; a mutant with a reason must be accepted, so the rules are tested, too.
"""

from __future__ import annotations

from typing import Any

from tests.mutants.records import World
from tests.mutants.sealing import Draft, Item
from tests.mutants.trees import Path, field_of

REASON = "a registrar words its reason as it likes"
BOX_KEY = "nobody complained with this box key: only its owner knows how it was made"
BOX = "nobody complained of this box, or the complaint stands: what is in it is seen by its receiver alone"
ROLL = "no ballot that counts depends on it: the registrar decides who is on the roll, and in which order"
ORDER = "these entries may come in any order"
SPARE_SHARE = "two of three trustees are enough"
NOT_COUNTED = "a ballot that does not count never arrived"
ANOTHER_VOTE = "a voter whose ballot is not opened may have voted otherwise"
LATE_VERDICT = "another's complaint ended the attempt before this verdict came"
FALSE_COMPLAINT = "the trustee who is left out may as well have been caught at a false complaint"
REVOKED_SILENT = "a voter without a ballot may be revoked"

WELL_FORMED_TEXT = {"letter-more", "letter-less", "empty", "upper-case"}
REARRANGED = {"reversed", "first-two-swapped"}
KEY_KINDS = ("key-commitment", "key-opening", "key-boxes", "key-verdict")
MIXED = ("mix", "ranked")
COMPLAINER, ACCUSED = "trustee 1", "trustee 3"  # in the first attempt of the record "mix"


def changed_field(world: World, item: Item, path: Path, operator: str) -> str:
    """Return why the author of an entry may change one value in this way."""
    match item.kind, field_of(path) if path else "":
        case "revocation" | "restoration", "reason" if operator in WELL_FORMED_TEXT:
            return REASON
        case "key-commitment", "box_keys":
            fits = operator == "fresh" or operator in REARRANGED
            return BOX_KEY if fits and not _complained_key(world, item, path, operator) else ""
        case "key-boxes", "boxes" if operator in {"flipped", "zeros", "first-over-last", *REARRANGED}:
            return BOX
    return ""


def _complained_key(world: World, item: Item, path: Path, operator: str) -> bool:
    """Tell whether the key for the box that was complained of, the third, is another one after the change."""
    evidence = world.name == "mix" and item.body["attempt"] == 1 and item.author == COMPLAINER
    return evidence and (operator == "reversed" or path[-1] == 2)


def exchanged_field(draft: Draft, one: int, other: int, field: str) -> str:
    """Return why two entries of a kind may exchange one field, or their authors."""
    if _tested(draft, one):
        return ""
    first, second = draft.items[one], draft.items[other]
    match first.kind, field:
        case "revocation" | "restoration", "reason":
            return REASON
        case "revocation", "voter":
            return ORDER
        case "key-boxes" | "key-commitment" | "key-verdict", _ if first.body["attempt"] == second.body["attempt"]:
            evidence = draft.world.name == "mix" and first.body["attempt"] == 1
            return _exchanged_in_ceremony(first, second, field, evidence=evidence)
    return ""


def _exchanged_in_ceremony(first: Item, second: Item, field: str, *, evidence: bool) -> str:
    match first.kind, field:
        case "key-boxes", "boxes" | "author":
            return BOX
        case "key-commitment", "box_keys":
            return "" if evidence and COMPLAINER in (first.author, second.author) else BOX_KEY
        case "key-verdict", "author" if evidence and (first.author, second.author) == (ACCUSED, COMPLAINER):
            return FALSE_COMPLAINT
        case "key-verdict", "author" if not first.body["complaints"] + second.body["complaints"]:
            return ORDER
    return ""


def moved(draft: Draft, index: int, to: int) -> str:
    """Return why an entry may stand at another place: it may change places with each one that it passes."""
    if _tested(draft, min(index, to)):
        return ""
    passed = draft.items[index + 1 : to + 1] if to > index else draft.items[to:index]
    return ORDER if all(_commute(draft, draft.items[index], other) for other in passed) else ""


def dropped(draft: Draft, index: int) -> str:
    """Return why the record may be without an entry."""
    item, world = draft.items[index], draft.world
    if _tested(draft, index):
        return ""
    if item.kind == "decryption" and world.name == "sum":
        return SPARE_SHARE
    if item.kind == "ballot" and item.author.removeprefix("voter ") in world.set_aside:
        return NOT_COUNTED
    if item.kind == "key-verdict" and world.name == "mix" and item.body["attempt"] == 1 and not item.body["complaints"]:
        return LATE_VERDICT
    return ""


def another_vote(world: World, voter: str) -> str:
    """Return why a voter may have cast another vote in a record that is finished."""
    return ANOTHER_VOTE if voter in world.set_aside | world.withheld else ""


def _tested(draft: Draft, index: int) -> bool:
    """Tell whether a test of a petition comes later, which states the root of all that stood before it."""
    return any(item.kind == "threshold-test" for item in draft.items[index + 1 :])


def _commute(draft: Draft, a: Item, b: Item) -> bool:
    kinds = {a.kind, b.kind}
    if kinds & {"election", "closing"}:
        return False
    if "roll" in kinds:
        return bool(kinds & {*KEY_KINDS, "key-restart", "key"})
    if len(kinds) == 1 and a.kind in KEY_KINDS:
        return a.body["attempt"] == b.body["attempt"] and not a.body.get("complaints") and not b.body.get("complaints")
    voting = {"ballot", "revocation", "restoration"}
    if kinds <= voting:
        return _voters_commute(draft, a, b)
    if kinds <= {"aggregate", "shuffle", "decryption", "threshold-share", "threshold-proof", "result"}:
        return _counting_commutes(draft.world, a, b)
    return False


def _voters_commute(draft: Draft, a: Item, b: Item) -> bool:
    if a.kind == b.kind == "ballot":
        one_list = draft.world.name in MIXED and _counted(draft, a) and _counted(draft, b)
        return a.author != b.author and not (one_list and _district(a) == _district(b))
    return "ballot" in (a.kind, b.kind) or a.body["voter"] != b.body["voter"]


def _district(item: Item) -> str:
    return item.author.removeprefix("voter ")[0]


def _counted(draft: Draft, item: Item) -> bool:
    last = [other for other in draft.items if other.author == item.author][-1]
    return last is item and item.author.removeprefix("voter ") not in draft.world.set_aside


def _counting_commutes(world: World, a: Item, b: Item) -> bool:
    """Entries of different lists; two trustees' shares of one list; a third share and the result."""
    if a.body["contest"] != b.body["contest"]:
        return True
    both, spare = {a.kind, b.kind}, world.name == "sum"
    if both & {"threshold-share", "threshold-proof"}:
        return both == {"threshold-share"} and a.author != b.author
    if both == {"result", "decryption"}:
        return spare
    return "result" not in both and (a.body["unit"] != b.body["unit"] or both == {"decryption"})


def changed_row(world: World, row: dict[str, Any], path: Path, operator: str) -> str:
    """Return why the registrar may change a credential in this way."""
    voter, field = row["voter"], field_of(path) if path else ""
    if voter not in world.silent:
        return ROLL if voter in world.set_aside and (field, operator) == ("weight", "plus-1") else ""
    fits = {
        "voter": {"letter-more", "letter-less", "upper-case"},
        "key": {"fresh"},
        "weight": {"plus-1"},
    }
    return ROLL if operator in fits.get(field, ()) else ""


def changed_rows(world: World, rows: list[dict[str, Any]], operator: str) -> str:
    """Return why the registrar may change the roll as a list in this way."""
    last_is_silent = rows[-1]["voter"] in world.silent
    fits = {*REARRANGED, *({"last-dropped"} if last_is_silent else ())}
    return ROLL if operator in fits else ""
